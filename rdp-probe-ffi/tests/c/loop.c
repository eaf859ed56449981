/* One thing over and over in one process, and what the process has grown to meanwhile.
 *
 *     loop KIND COUNT [SCENARIO=HOST:PORT]
 *
 * Prints a line ten times: how often by then, resident memory in KiB, descriptors, threads. Whoever runs it judges that.
 */

#define _POSIX_C_SOURCE 200809L

#include "lab.h"

#include <fcntl.h>

/* Probes that are under way together where there is somebody to wait for. */
#define TOGETHER 100
#define SAMPLES 10

static rdp_probe_prober *prober;
static struct place place;
static const char *target;
static uint32_t expected_end;
static const char *const *targets;

static size_t resident_kib(void)
{
    unsigned long size = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    CHECK(file != NULL && fscanf(file, "%lu %lu", &size, &resident) == 2);
    fclose(file);
    return resident * (size_t)sysconf(_SC_PAGESIZE) / 1024;
}

/* Everything that a report makes at the first call is made, or it could not leak. */
static void read_through(const rdp_probe_report *report)
{
    rdp_probe_report *masked = NULL;
    CHECK(rdp_probe_report_json(report).len > 0 && rdp_probe_report_text(report).len > 0);
    CHECK(rdp_probe_report_markdown(report).len > 0 && rdp_probe_report_transcript(report).len > 0);
    OK(rdp_probe_report_redacted(report, &masked));
    CHECK(rdp_probe_report_json(masked).len > 0);
    rdp_probe_report_free(masked);
}

static void is_expected(const rdp_probe_report *report)
{
    CHECK(rdp_probe_report_end(report) == expected_end);
    CHECK((rdp_probe_report_ok(report) == 1) == (expected_end == RDP_PROBE_END_COMPLETE));
}

static void run_one(void)
{
    rdp_probe_report *report = run(prober, target);
    is_expected(report);
    read_through(report);
    rdp_probe_report_free(report);
}

static void done(void *user, size_t index, rdp_probe_status status, rdp_probe_report *report)
{
    size_t *ended = (size_t *)user;
    (void)index;
    ended[status == RDP_PROBE_OK]++;
    if (report != NULL) {
        is_expected(report);
        read_through(report);
        rdp_probe_report_free(report);
    }
}

static rdp_probe_job *start(size_t *ended)
{
    rdp_probe_job *job = NULL;
    ended[0] = ended[1] = 0;
    OK(rdp_probe_start(prober, targets, TOGETHER, TOGETHER, NULL, done, ended, &job));
    return job;
}

/* The connections that the system has taken in the name of a silent server, and that are over. */
static void clear_away(void)
{
    int client;
    while ((client = accept(place.socket, NULL, NULL)) >= 0) {
        close(client);
    }
}

static void start_some(void)
{
    size_t ended[2];
    rdp_probe_job *job = start(ended);
    OK(rdp_probe_job_wait(job, RDP_PROBE_FOREVER));
    CHECK(ended[1] == TOGETHER);
    rdp_probe_job_free(job);
    clear_away();
}

static void cancel_some(void)
{
    size_t ended[2];
    rdp_probe_job *job = start(ended);
    OK(rdp_probe_job_cancel(job));
    OK(rdp_probe_job_wait(job, RDP_PROBE_FOREVER));
    CHECK(ended[0] == TOGETHER);
    rdp_probe_job_free(job);
    clear_away();
}

static void open_one(void)
{
    rdp_probe_connection *connection = NULL;
    rdp_probe_report *report = NULL;
    OK(rdp_probe_open(prober, target, NULL, &connection, &report));
    OK(rdp_probe_connection_close(connection));
    rdp_probe_connection_free(connection);
    rdp_probe_report_free(report);
}

static void open_in_vain(void)
{
    rdp_probe_connection *connection = NULL;
    rdp_probe_report *report = NULL;
    GIVES(RDP_PROBE_NOT_REACHED, rdp_probe_open(prober, target, NULL, &connection, &report));
    rdp_probe_report_free(report);
}

static void run_invalid(void)
{
    rdp_probe_report *report = NULL;
    GIVES(RDP_PROBE_INVALID_TARGET, rdp_probe_run(prober, target, NULL, &report));
}

static void replay_broken(void)
{
    static const char broken[] = "rdp-probe transcript 1\ntarget ts01.example\nnonsense\n";
    rdp_probe_report *report = NULL;
    GIVES(RDP_PROBE_INVALID_INPUT, rdp_probe_report_replay((const uint8_t *)broken, sizeof broken - 1, &report));
}

static void replay_cut(void)
{
    static const char cut[] = "rdp-probe transcript 1\ntarget ts01.example\n";
    rdp_probe_report *report = NULL;
    OK(rdp_probe_report_replay((const uint8_t *)cut, sizeof cut - 1, &report));
    read_through(report);
    rdp_probe_report_free(report);
}

/* A prober of its own for each probe: threads come and go. */
static void make_a_prober(void)
{
    rdp_probe_prober *shared = prober;
    prober = prober_with(RDP_PROBE_GOAL_TLS, LONG_MS);
    run_one();
    rdp_probe_prober_free(prober);
    prober = shared;
}

/* What is done, how often that counts, to whom (a scenario, or a socket of this program), and how a probe ends. */
struct kind {
    const char *name;
    void (*once)(void);
    size_t counts;
    const char *whom;
    uint32_t end;
};

static const struct kind kinds[] = {
    {"refused", run_one, 1, "refusing", RDP_PROBE_END_OS},
    {"refused, started", start_some, TOGETHER, "refusing", RDP_PROBE_END_OS},
    {"refused, opened", open_in_vain, 1, "refusing", RDP_PROBE_END_OS},
    {"refused, a prober each", make_a_prober, 1, "refusing", RDP_PROBE_END_OS},
    {"closed on request", run_one, 1, "closes-on-request", RDP_PROBE_END_FIN},
    {"reset on request", run_one, 1, "resets-on-request", RDP_PROBE_END_RESET},
    {"negotiation failure", run_one, 1, "tls-not-allowed", RDP_PROBE_END_REFUSAL},
    {"TLS alert", run_one, 1, "tls-alert-handshake-failure", RDP_PROBE_END_ALERT},
    {"TLS reset", run_one, 1, "tls-reset", RDP_PROBE_END_RESET},
    {"TLS reset, started", start_some, TOGETHER, "tls-reset", RDP_PROBE_END_RESET},
    {"certificate not trusted", run_one, 1, "healthy", RDP_PROBE_END_UNTRUSTED},
    {"out of time", start_some, TOGETHER, "silent", RDP_PROBE_END_TIMEOUT},
    {"cancelled", cancel_some, TOGETHER, "silent", 0},
    {"success", run_one, 1, "healthy", RDP_PROBE_END_COMPLETE},
    {"success, started", start_some, TOGETHER, "healthy", RDP_PROBE_END_COMPLETE},
    {"opened and closed", open_one, 1, "healthy", RDP_PROBE_END_COMPLETE},
    {"invalid target", run_invalid, 1, "a b", 0},
    {"broken transcript", replay_broken, 1, "", 0},
    {"transcript cut short", replay_cut, 1, "", 0},
};

static const struct kind *find(const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            return kinds + i;
        }
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        printf("%s\t%s\n", kinds[i].name, kinds[i].whom);
    }
    exit(strcmp(name, "list") == 0 ? 0 : 2);
}

static const char *whom(const struct kind *kind)
{
    if (strcmp(kind->whom, "refusing") == 0) {
        place = refusing();
    } else {
        place = silent();
        CHECK(fcntl(place.socket, F_SETFL, O_NONBLOCK) == 0);
    }
    int its_own = strcmp(kind->whom, "refusing") == 0 || strcmp(kind->whom, "silent") == 0;
    int no_server = kind->whom[0] == '\0' || strchr(kind->whom, ' ') != NULL;
    return its_own ? place.target : no_server ? kind->whom : lab(kind->whom);
}

static void prepare(const struct kind *kind)
{
    static const char *all[TOGETHER];
    rdp_probe_options *options = options_with(RDP_PROBE_GOAL_TLS, kind->end == RDP_PROBE_END_TIMEOUT ? 100 : LONG_MS);
    target = whom(kind);
    expected_end = kind->end;
    for (size_t i = 0; i < TOGETHER; i++) {
        all[i] = target;
    }
    targets = all;
    if (kind->end == RDP_PROBE_END_UNTRUSTED) {
        OK(rdp_probe_options_expect(options, "0000000000000000000000000000000000000000"));
    }
    prober = prober_of(options);
}

static void sample(size_t made, struct census first)
{
    CHECK(settled(first));
    printf("%zu %zu %zu %zu\n", made, resident_kib(), census().files, census().threads);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        find(argc == 2 ? argv[1] : "");
    }
    lab_arguments = argv;
    const struct kind *kind = find(argv[1]);
    size_t count = strtoul(argv[2], NULL, 10), each = count / SAMPLES;
    CHECK(each >= kind->counts);
    prepare(kind);
    struct census first = {0, 0};
    for (size_t made = 0, next = each; next <= count;) {
        kind->once();
        made += kind->counts;
        if (made < next) {
            continue;
        }
        first = next == each ? census() : first;
        sample(made, first);
        next += each;
    }
    rdp_probe_prober_free(prober);
    leave(place);
    return 0;
}
