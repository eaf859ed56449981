/* What comes late: work that callbacks begin while the prober is being freed, and results that are there when a job is cancelled. */

#define _POSIX_C_SOURCE 200809L

#include "lab.h"

#define MANY 300

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* A prober that is freed, while its first callback begins more and more. */
struct late {
    rdp_probe_prober *prober;
    const char *target;
    size_t begun, calls;
    int was_told, is_over;
};

static void count(struct late *late)
{
    pthread_mutex_lock(&lock);
    CHECK(!late->is_over);
    late->calls++;
    pthread_mutex_unlock(&lock);
}

static void probed(void *user, size_t index, rdp_probe_status status, rdp_probe_report *report)
{
    (void)index;
    CHECK(status == RDP_PROBE_OK || status == RDP_PROBE_CANCELLED);
    rdp_probe_report_free(report);
    count((struct late *)user);
}

static void opened(void *user, rdp_probe_status status, rdp_probe_connection *connection, rdp_probe_report *report)
{
    CHECK(status == RDP_PROBE_NOT_REACHED || status == RDP_PROBE_CANCELLED);
    CHECK(connection == NULL);
    rdp_probe_report_free(report);
    count((struct late *)user);
}

/* Whatever begins something is told so, and gives nothing away. */
static void all_are_told(struct late *late)
{
    rdp_probe_job *job = NULL;
    rdp_probe_connection *connection = NULL;
    rdp_probe_report *report = NULL;
    char file[64];
    size_t length = (size_t)snprintf(file, sizeof file, "full address:s:%s\r\n", late->target);
    const uint8_t *bytes = (const uint8_t *)file;
    const rdp_probe_prober *prober = late->prober;
    GIVES(RDP_PROBE_CANCELLED, rdp_probe_start(prober, &late->target, 1, 1, NULL, probed, late, &job));
    GIVES(RDP_PROBE_CANCELLED, rdp_probe_start_rdp_file(prober, bytes, length, NULL, probed, late, &job));
    GIVES(RDP_PROBE_CANCELLED, rdp_probe_open_start(prober, late->target, NULL, opened, late, &job));
    GIVES(RDP_PROBE_CANCELLED, rdp_probe_open(prober, late->target, NULL, &connection, &report));
    GIVES(RDP_PROBE_CANCELLED, rdp_probe_open_rdp_file(prober, bytes, length, NULL, &connection, &report));
    CHECK(job == NULL && connection == NULL && report == NULL);
}

static void begin_until_told(struct late *late)
{
    rdp_probe_status status = RDP_PROBE_OK;
    for (int i = 0; i < PATIENCE && status == RDP_PROBE_OK; i++) {
        if (i % 2 == 0) {
            status = rdp_probe_start(late->prober, &late->target, 1, 1, NULL, probed, late, NULL);
        } else {
            status = rdp_probe_open_start(late->prober, late->target, NULL, opened, late, NULL);
        }
        late->begun += status == RDP_PROBE_OK;
        pause_shortly();
    }
    GIVES(RDP_PROBE_CANCELLED, status);
    all_are_told(late);
    late->was_told = 1;
}

static void first_probed(void *user, size_t index, rdp_probe_status status, rdp_probe_report *report)
{
    begin_until_told((struct late *)user);
    probed(user, index, status, report);
}

static void first_opened(void *user, rdp_probe_status status, rdp_probe_connection *connection, rdp_probe_report *report)
{
    begin_until_told((struct late *)user);
    opened(user, status, connection, report);
}

/* Behind the return of free, every callback has come, and none comes. */
static void free_it(struct late *late)
{
    rdp_probe_prober_free(late->prober);
    pthread_mutex_lock(&lock);
    CHECK(late->was_told && late->calls == late->begun + 1);
    late->is_over = 1;
    pthread_mutex_unlock(&lock);
    for (int i = 0; i < 20; i++) {
        pause_shortly();
    }
}

static void nothing_begins_while_a_prober_is_freed(void)
{
    struct place nobody = refusing(), quiet = silent();
    const char *const targets[] = {nobody.target, quiet.target}; /* the second one is cancelled */
    for (size_t i = 0; i < 2; i++) {
        struct late late;
        memset(&late, 0, sizeof late);
        late.target = nobody.target;
        late.prober = prober_with(RDP_PROBE_GOAL_TLS, LONG_MS);
        OK(rdp_probe_start(late.prober, targets + i, 1, 1, NULL, first_probed, &late, NULL));
        free_it(&late);
        memset(&late, 0, sizeof late);
        late.target = nobody.target;
        late.prober = prober_with(RDP_PROBE_GOAL_TLS, LONG_MS);
        OK(rdp_probe_open_start(late.prober, targets[i], NULL, first_opened, &late, NULL));
        free_it(&late);
    }
    leave(nobody);
    leave(quiet);
}

/* A server that closes each connection as soon as it is there, so many times. */
struct closer {
    struct place place;
    size_t closed;
    pthread_t thread;
};

static void *close_all(void *user)
{
    struct closer *closer = (struct closer *)user;
    for (size_t i = 0; i < MANY; i++) {
        int client = accept(closer->place.socket, NULL, NULL);
        CHECK(client >= 0);
        pthread_mutex_lock(&lock);
        closer->closed++;
        CHECK(close(client) == 0);
        pthread_mutex_unlock(&lock);
    }
    return NULL;
}

/* How many sockets this process has. */
static size_t sockets(void)
{
    size_t count = 0;
    DIR *folder = opendir("/proc/self/fd");
    struct dirent *entry;
    CHECK(folder != NULL);
    while ((entry = readdir(folder)) != NULL) {
        char path[320], what[64];
        snprintf(path, sizeof path, "/proc/self/fd/%s", entry->d_name);
        count += readlink(path, what, sizeof what) > 7 && memcmp(what, "socket:", 7) == 0;
    }
    closedir(folder);
    return count;
}

/* How often threads that probes run on have got a processor or left it; one that has it at this moment counts as well. */
static unsigned long long switches(void)
{
    static unsigned long long running;
    unsigned long long sum = 0, number;
    DIR *folder = opendir("/proc/self/task");
    struct dirent *entry;
    CHECK(folder != NULL);
    while ((entry = readdir(folder)) != NULL) {
        char path[320], line[128];
        int is_one = 0;
        snprintf(path, sizeof path, "/proc/self/task/%s/status", entry->d_name);
        FILE *file = fopen(path, "r");
        while (file != NULL && fgets(line, sizeof line, file) != NULL) {
            is_one |= strcmp(line, "Name:\trdp-probe\n") == 0;
            if (is_one && strncmp(line, "State:\tR", 8) == 0) {
                sum += ++running;
            }
            if (is_one && sscanf(line, "%*[a-z]_ctxt_switches: %llu", &number) == 1) {
                sum += number;
            }
        }
        if (file != NULL) {
            fclose(file);
        }
    }
    closedir(folder);
    return sum;
}

/* Whether none of them has had anything to do for a while. */
static int is_idle(void)
{
    unsigned long long before = switches();
    for (int i = 0; i < 20; i++) {
        pause_shortly();
        if (switches() != before) {
            return 0;
        }
    }
    return 1;
}

struct tally {
    struct closer *closer;
    rdp_probe_job *job;
    size_t sockets, calls, ok;
};

/* In the first callback: cancels the job, when every probe has ended. All of them were begun, none has a connection, and there is
 * nothing that their threads still do. */
static void cancel_at_the_end(void *user, size_t index, rdp_probe_status status, rdp_probe_report *report)
{
    struct tally *tally = (struct tally *)user;
    (void)index;
    rdp_probe_report_free(report);
    tally->ok += status == RDP_PROBE_OK;
    if (tally->calls++ > 0) {
        return;
    }
    for (int i = 0, is_over = 0; !is_over; i++) {
        CHECK(i < PATIENCE);
        pause_shortly();
        pthread_mutex_lock(&lock);
        is_over = tally->closer->closed == MANY && sockets() == tally->sockets;
        pthread_mutex_unlock(&lock);
        is_over = is_over && is_idle();
    }
    pthread_mutex_lock(&lock); /* until the handle is there */
    OK(rdp_probe_job_cancel(tally->job));
    pthread_mutex_unlock(&lock);
}

static void cancel_keeps_results(void)
{
    const char *targets[MANY];
    struct tally tally;
    struct closer closer;
    rdp_probe_prober *prober = prober_with(RDP_PROBE_GOAL_TLS, LONG_MS);
    memset(&tally, 0, sizeof tally);
    memset(&closer, 0, sizeof closer);
    closer.place = silent();
    for (size_t i = 0; i < MANY; i++) {
        targets[i] = closer.place.target;
    }
    tally.closer = &closer;
    tally.sockets = sockets();
    CHECK(pthread_create(&closer.thread, NULL, close_all, &closer) == 0);
    pthread_mutex_lock(&lock);
    OK(rdp_probe_start(prober, targets, MANY, MANY, NULL, cancel_at_the_end, &tally, &tally.job));
    pthread_mutex_unlock(&lock);
    OK(rdp_probe_job_wait(tally.job, RDP_PROBE_FOREVER));
    CHECK(tally.calls == MANY && tally.ok == MANY);
    CHECK(pthread_join(closer.thread, NULL) == 0);
    rdp_probe_job_free(tally.job);
    rdp_probe_prober_free(prober);
    leave(closer.place);
}

static void all(void)
{
    RUN(nothing_begins_while_a_prober_is_freed);
    RUN(cancel_keeps_results);
}

int main(int argc, char **argv)
{
    (void)argc;
    run_all(argv, all);
    return 0;
}
