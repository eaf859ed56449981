/* Threads: how many there are, and what becomes of work for which there are none to be had. */

#define _GNU_SOURCE

#include "lab.h"

#include <dlfcn.h>
#include <errno.h>

/* This program's own pthread_create, which the library calls as well: it refuses a thread where the test wants it to, as a system
 * does that has no more. */
enum rule {
    EACH,      /* none is refused */
    FIRST,     /* so many are given, and none behind them, whatever ends meanwhile */
    AT_A_TIME, /* so many are given at the same time */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static enum rule rule = EACH;
static size_t most, given, rules; /* rules: how many there were */

struct routine {
    void *(*function)(void *);
    void *argument;
    size_t of_rule;
};

static void *run_routine(void *user)
{
    struct routine routine = *(struct routine *)user;
    free(user);
    void *result = routine.function(routine.argument);
    pthread_mutex_lock(&lock);
    given -= rule == AT_A_TIME && routine.of_rule == rules;
    pthread_mutex_unlock(&lock);
    return result;
}

static int is_refused(size_t *of_rule)
{
    pthread_mutex_lock(&lock);
    int refused = rule != EACH && given >= most;
    given += rule != EACH && !refused;
    *of_rule = rules;
    pthread_mutex_unlock(&lock);
    return refused;
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*function)(void *), void *argument)
{
    int (*create)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    void *found = dlsym(RTLD_NEXT, "pthread_create");
    size_t of_rule;
    memcpy(&create, &found, sizeof create);
    if (is_refused(&of_rule)) {
        return EAGAIN;
    }
    struct routine *routine = (struct routine *)malloc(sizeof *routine);
    CHECK(routine != NULL);
    routine->function = function;
    routine->argument = argument;
    routine->of_rule = of_rule;
    return create(thread, attributes, run_routine, routine);
}

static void give_threads(enum rule by, size_t count)
{
    pthread_mutex_lock(&lock);
    rule = by;
    most = count;
    given = 0;
    rules++;
    pthread_mutex_unlock(&lock);
}

/* A prober with so many threads, or as many as it takes by itself for 0. */
static rdp_probe_prober *prober_with_threads(uint32_t count)
{
    rdp_probe_options *options = options_with(RDP_PROBE_GOAL_TLS, LONG_MS);
    if (count > 0) {
        OK(rdp_probe_options_threads(options, count));
    }
    return prober_of(options);
}

static size_t calls;

static void probed(void *user, size_t index, rdp_probe_status status, rdp_probe_report *report)
{
    (void)user, (void)index;
    CHECK(status == RDP_PROBE_OK || status == RDP_PROBE_CANCELLED);
    rdp_probe_report_free(report);
    calls++;
}

static void opened(void *user, rdp_probe_status status, rdp_probe_connection *connection, rdp_probe_report *report)
{
    (void)user;
    CHECK(status == RDP_PROBE_OK && connection != NULL);
    rdp_probe_connection_free(connection);
    rdp_probe_report_free(report);
    calls++;
}

/* Probes a name, which takes a thread to be looked up, and an address. */
static rdp_probe_status starts(const rdp_probe_prober *prober, const struct place *nobody)
{
    char name[64];
    const char *targets[] = {name, nobody->target};
    rdp_probe_job *job = NULL;
    snprintf(name, sizeof name, "localhost%s", strchr(nobody->target, ':'));
    calls = 0;
    rdp_probe_status status = rdp_probe_start(prober, targets, 2, 0, NULL, probed, NULL, &job);
    CHECK((job != NULL) == (status == RDP_PROBE_OK));
    if (job != NULL) {
        OK(rdp_probe_job_wait(job, RDP_PROBE_FOREVER));
        CHECK(calls == 2);
    }
    rdp_probe_job_free(job);
    return status;
}

static rdp_probe_status opens_in_the_background(const rdp_probe_prober *prober, const struct place *nobody)
{
    rdp_probe_job *job = NULL;
    (void)nobody;
    calls = 0;
    rdp_probe_status status = rdp_probe_open_start(prober, lab("healthy"), NULL, opened, NULL, &job);
    CHECK((job != NULL) == (status == RDP_PROBE_OK));
    if (job != NULL) {
        OK(rdp_probe_job_wait(job, RDP_PROBE_FOREVER));
        CHECK(calls == 1);
    }
    rdp_probe_job_free(job);
    return status;
}

static rdp_probe_status opens(const rdp_probe_prober *prober, const struct place *nobody)
{
    rdp_probe_connection *connection = NULL;
    (void)nobody;
    rdp_probe_status status = rdp_probe_open(prober, lab("healthy"), NULL, &connection, NULL);
    CHECK((connection != NULL) == (status == RDP_PROBE_OK));
    rdp_probe_connection_free(connection);
    return status;
}

typedef rdp_probe_status (*way)(const rdp_probe_prober *prober, const struct place *nobody);

/* With so few threads there is a status, and the prober is none the worse for it. */
static void with_few(way by, enum rule by_rule, size_t count, uint32_t threads)
{
    struct place nobody = refusing();
    rdp_probe_prober *prober = prober_with_threads(threads);
    give_threads(by_rule, count);
    rdp_probe_status status = by(prober, &nobody);
    give_threads(EACH, 0);
    CHECK(status == RDP_PROBE_OK || status == RDP_PROBE_SYSTEM);
    CHECK(status == RDP_PROBE_SYSTEM || count > 0);
    CHECK(status == RDP_PROBE_OK || rdp_probe_last_error().len > 0);
    OK(by(prober, &nobody));
    rdp_probe_prober_free(prober);
    leave(nobody);
}

static void with_all_numbers(way by)
{
    static const uint32_t threads[] = {0, 1, 3};
    for (size_t i = 0; i < 3; i++) {
        for (size_t count = 0; count <= 6; count++) {
            with_few(by, AT_A_TIME, count, threads[i]);
        }
    }
}

static void too_few_threads_to_start(void)
{
    with_all_numbers(starts);
}

static void too_few_threads_to_open_in_the_background(void)
{
    with_all_numbers(opens_in_the_background);
}

static void too_few_threads_to_open(void)
{
    with_all_numbers(opens);
}

/* Threads that were to be had when the library looked, and are refused when it wants them. It takes three to look, then three for
 * probes, and one for callbacks. The runtime in the library keeps memory and descriptors then, which are not counted here: that
 * no call hangs, and that the next one succeeds, is what there is to see. */
static void threads_that_another_takes_meanwhile(void)
{
    for (size_t count = 0; count <= 7; count++) {
        with_few(starts, FIRST, count, 3);
    }
}

/* A probe on the caller's thread takes another only to look a name up: without it, that is what the report says. */
static void no_thread_for_a_name(void)
{
    struct place nobody = refusing();
    char name[64];
    rdp_probe_prober *prober = prober_with(RDP_PROBE_GOAL_TLS, LONG_MS);
    snprintf(name, sizeof name, "localhost%s", strchr(nobody.target, ':'));
    give_threads(AT_A_TIME, 0);
    rdp_probe_report *report = run(prober, name), *other = run(prober, nobody.target);
    give_threads(EACH, 0);
    CHECK(rdp_probe_report_stage(report) == RDP_PROBE_STAGE_RESOLVE && rdp_probe_report_end(report) == RDP_PROBE_END_OS);
    CHECK(rdp_probe_report_stage(other) == RDP_PROBE_STAGE_CONNECT);
    rdp_probe_report_free(report);
    rdp_probe_report_free(other);
    rdp_probe_prober_free(prober);
    leave(nobody);
}

/* What other programs of the same runtime are told by the environment is not for this library. */
static void the_environment_does_no_harm(void)
{
    struct place nobody = refusing();
    rdp_probe_prober *prober = prober_with_threads(0);
    CHECK(setenv("TOKIO_WORKER_THREADS", "x", 1) == 0);
    OK(starts(prober, &nobody));
    CHECK(unsetenv("TOKIO_WORKER_THREADS") == 0);
    rdp_probe_prober_free(prober);
    leave(nobody);
}

static int are_there(size_t count)
{
    return threads_named("rdp-probe") == count && threads_named("rdp-probe calls") == 1;
}

/* So many are there at some time, each of them having said its name, and no more come. */
static void has_threads(size_t count)
{
    for (int i = 0; i < PATIENCE && !are_there(count); i++) {
        pause_shortly();
    }
    for (int i = 0; i < 10; i++) {
        CHECK(are_there(count));
        pause_shortly();
    }
}

static void as_many_threads_as_asked_for(void)
{
    struct place quiet = silent();
    const char *const targets[] = {quiet.target};
    for (uint32_t count = 1; count <= 3; count += 2) {
        rdp_probe_prober *prober = prober_with_threads(count);
        CHECK(threads_named("rdp-probe") == 0); /* there is no work yet */
        OK(rdp_probe_start(prober, targets, 1, 0, NULL, probed, NULL, NULL));
        has_threads(count);
        rdp_probe_prober_free(prober);
    }
    leave(quiet);
}

static void numbers_of_threads_that_cannot_be(void)
{
    rdp_probe_options *options = rdp_probe_options_new();
    REFUSES(rdp_probe_options_threads(options, 0));
    REFUSES(rdp_probe_options_threads(options, 1025));
    REFUSES(rdp_probe_options_threads(options, UINT32_MAX));
    OK(rdp_probe_options_threads(options, 1));
    OK(rdp_probe_options_threads(options, 1024));
    rdp_probe_options_free(options);
}

static void all(void)
{
    RUN(numbers_of_threads_that_cannot_be);
    RUN(as_many_threads_as_asked_for);
    RUN(the_environment_does_no_harm);
    RUN(no_thread_for_a_name);
    RUN(too_few_threads_to_start);
    RUN(too_few_threads_to_open_in_the_background);
    RUN(too_few_threads_to_open);
}

/* Behind the name of the program, "alone" says that nobody counts what is never freed. */
int main(int argc, char **argv)
{
    run_all(argv, all);
    if (argc > 1 && strcmp(argv[1], "alone") == 0) {
        run_all(argv, threads_that_another_takes_meanwhile);
    }
    return 0;
}
