/* Many probes at a time: every callback comes exactly once, whatever is cancelled or freed meanwhile, and from wherever. */

#define _POSIX_C_SOURCE 200809L

#include "lab.h"

#define MOST 1000
#define THREADS 8

/* What has come of a job. Callbacks write here one after another; others look at it when the job is over, or with the lock. */
struct tally {
    pthread_mutex_t lock; /* held while the job is started, so that callbacks find its handle */
    rdp_probe_prober *prober;
    rdp_probe_job *job;
    size_t count, calls;
    unsigned char seen[MOST];
    size_t ended[RDP_PROBE_PANIC + 1];
    size_t ok;
};

static const char *targets[MOST];

static void all_targets(const char *target)
{
    for (size_t i = 0; i < MOST; i++) {
        targets[i] = target;
    }
}

static void count_call(struct tally *tally, size_t index, rdp_probe_status status, rdp_probe_report *report)
{
    pthread_mutex_lock(&tally->lock);
    CHECK(index < tally->count && !tally->seen[index]);
    CHECK(status <= RDP_PROBE_PANIC && (report != NULL) == (status == RDP_PROBE_OK));
    tally->seen[index] = 1;
    tally->calls++;
    tally->ended[status]++;
    tally->ok += rdp_probe_report_ok(report);
    pthread_mutex_unlock(&tally->lock);
}

static void count(void *user, size_t index, rdp_probe_status status, rdp_probe_report *report)
{
    struct tally *tally = (struct tally *)user;
    count_call(tally, index, status, report);
    if (status == RDP_PROBE_INVALID_TARGET) {
        CHECK(holds(rdp_probe_last_error(), "a b"));
    }
    rdp_probe_report_free(report);
}

static void begin(struct tally *tally, uint32_t goal, size_t targets_count, size_t at_once, rdp_probe_done done)
{
    memset(tally, 0, sizeof *tally);
    CHECK(pthread_mutex_init(&tally->lock, NULL) == 0);
    tally->count = targets_count;
    tally->prober = prober_with(goal, LONG_MS);
    pthread_mutex_lock(&tally->lock);
    OK(rdp_probe_start(tally->prober, targets, targets_count, at_once, NULL, done, tally, &tally->job));
    pthread_mutex_unlock(&tally->lock);
}

static void every_callback_once(const struct tally *tally)
{
    CHECK(tally->calls == tally->count);
    for (size_t i = 0; i < tally->count; i++) {
        CHECK(tally->seen[i] == 1);
    }
}

static void finish(struct tally *tally)
{
    OK(rdp_probe_job_wait(tally->job, RDP_PROBE_FOREVER));
    CHECK(rdp_probe_job_done(tally->job) == tally->count);
    every_callback_once(tally);
    rdp_probe_job_free(tally->job);
    rdp_probe_prober_free(tally->prober);
}

static void a_batch_of_a_thousand(void)
{
    struct tally tally;
    struct place nobody = refusing();
    const char *const kinds[] = {lab("healthy"), nobody.target, "a b", lab("closes-on-request")};
    for (size_t i = 0; i < MOST; i++) {
        targets[i] = kinds[i % 4];
    }
    begin(&tally, RDP_PROBE_GOAL_NEGOTIATE, MOST, 100, count);
    finish(&tally);
    CHECK(tally.ended[RDP_PROBE_OK] == MOST * 3 / 4 && tally.ended[RDP_PROBE_INVALID_TARGET] == MOST / 4);
    CHECK(tally.ok == MOST / 4);
    leave(nobody);
}

static void a_batch_of_none(void)
{
    struct tally tally;
    begin(&tally, RDP_PROBE_GOAL_TLS, 0, 0, count);
    finish(&tally);
}

/* The texts of targets are the caller's again as soon as the call is back. */
static void targets_are_copied(void)
{
    struct tally tally;
    struct place nobody = refusing();
    char *target = (char *)malloc(sizeof nobody.target);
    CHECK(target != NULL);
    memcpy(target, nobody.target, sizeof nobody.target);
    all_targets(target);
    begin(&tally, RDP_PROBE_GOAL_TLS, 50, 1, count);
    memset(target, '?', sizeof nobody.target);
    free(target);
    finish(&tally);
    CHECK(tally.ended[RDP_PROBE_OK] == 50);
    leave(nobody);
}

static void a_job_is_cancelled(void)
{
    struct tally tally;
    struct place quiet = silent();
    all_targets(quiet.target);
    begin(&tally, RDP_PROBE_GOAL_TLS, 100, 0, count);
    GIVES(RDP_PROBE_TIMEOUT, rdp_probe_job_wait(tally.job, 0));
    CHECK(rdp_probe_job_done(tally.job) == 0);
    OK(rdp_probe_job_cancel(tally.job));
    OK(rdp_probe_job_cancel(tally.job));
    OK(rdp_probe_job_wait(tally.job, RDP_PROBE_FOREVER));
    OK(rdp_probe_job_wait(tally.job, 0));
    OK(rdp_probe_job_cancel(tally.job));
    finish(&tally);
    CHECK(tally.ended[RDP_PROBE_CANCELLED] == 100);
    leave(quiet);
}

/* The first targets end by themselves, the others never would. */
static void half_of_a_thousand(const struct place *nobody, const struct place *quiet)
{
    for (size_t i = 0; i < MOST; i++) {
        targets[i] = i < MOST / 2 ? nobody->target : quiet->target;
    }
}

static void a_batch_is_cancelled_midway(void)
{
    struct tally tally;
    struct place nobody = refusing(), quiet = silent();
    half_of_a_thousand(&nobody, &quiet);
    begin(&tally, RDP_PROBE_GOAL_TLS, MOST, 50, count);
    while (rdp_probe_job_done(tally.job) < MOST / 2) {
        pause_shortly();
    }
    OK(rdp_probe_job_cancel(tally.job));
    finish(&tally);
    CHECK(tally.ended[RDP_PROBE_OK] == MOST / 2 && tally.ended[RDP_PROBE_CANCELLED] == MOST / 2);
    leave(nobody);
    leave(quiet);
}

/* In a callback: cancels its own job at the tenth, twice, and asks for what would wait for itself. */
static void cancel_at_the_tenth(void *user, size_t index, rdp_probe_status status, rdp_probe_report *report)
{
    struct tally *tally = (struct tally *)user;
    count(user, index, status, report);
    GIVES(RDP_PROBE_IN_CALLBACK, rdp_probe_job_wait(tally->job, RDP_PROBE_FOREVER));
    if (tally->calls == 10) {
        OK(rdp_probe_job_cancel(tally->job));
        OK(rdp_probe_job_cancel(tally->job));
    }
}

static void cancelled_from_inside_a_callback(void)
{
    struct tally tally;
    struct place nobody = refusing(), quiet = silent();
    half_of_a_thousand(&nobody, &quiet);
    begin(&tally, RDP_PROBE_GOAL_TLS, MOST, 4, cancel_at_the_tenth);
    finish(&tally);
    CHECK(tally.ended[RDP_PROBE_OK] >= 10 && tally.ended[RDP_PROBE_CANCELLED] >= MOST / 2);
    leave(nobody);
    leave(quiet);
}

/* In a callback: a probe that blocks would wait for the thread that it is on, or not; either way it is no deadlock. */
static void run_inside(void *user, size_t index, rdp_probe_status status, rdp_probe_report *report)
{
    struct tally *tally = (struct tally *)user;
    rdp_probe_report *other = NULL;
    rdp_probe_status inner = rdp_probe_run(tally->prober, targets[index], NULL, &other);
    CHECK(inner == RDP_PROBE_OK || inner == RDP_PROBE_IN_CALLBACK);
    CHECK((other != NULL) == (inner == RDP_PROBE_OK));
    rdp_probe_report_free(other);
    count(user, index, status, report);
}

static void a_probe_inside_a_callback(void)
{
    struct tally tally;
    struct place nobody = refusing();
    all_targets(nobody.target);
    begin(&tally, RDP_PROBE_GOAL_TLS, 4, 0, run_inside);
    finish(&tally);
    leave(nobody);
}

/* Jobs begin others from their callbacks. */
static void start_another(void *user, size_t index, rdp_probe_status status, rdp_probe_report *report)
{
    struct tally *tally = (struct tally *)user;
    count(user, index, status, report);
    if (index + 1 < MOST / 10) {
        OK(rdp_probe_start(tally->prober, targets, 1, 1, NULL, count, tally + 1 + index, NULL));
    }
}

static void jobs_from_callbacks(void)
{
    struct place nobody = refusing();
    struct tally *tallies = (struct tally *)calloc(MOST / 10, sizeof *tallies);
    CHECK(tallies != NULL);
    for (size_t i = 1; i < MOST / 10; i++) {
        CHECK(pthread_mutex_init(&tallies[i].lock, NULL) == 0);
        tallies[i].count = 1;
    }
    all_targets(nobody.target);
    begin(tallies, RDP_PROBE_GOAL_TLS, MOST / 10, 10, start_another);
    OK(rdp_probe_job_wait(tallies->job, RDP_PROBE_FOREVER));
    rdp_probe_job_free(tallies->job);
    /* Whatever is still under way is cancelled, and its callback has come when this is back. */
    rdp_probe_prober_free(tallies->prober);
    for (size_t i = 0; i < MOST / 10; i++) {
        every_callback_once(tallies + i);
    }
    free(tallies);
    leave(nobody);
}

/* In a callback: frees the handle of the job. */
static void free_job(void *user, size_t index, rdp_probe_status status, rdp_probe_report *report)
{
    struct tally *tally = (struct tally *)user;
    count(user, index, status, report);
    rdp_probe_job_free(tally->job);
    tally->job = NULL;
}

static void a_job_is_freed_inside_its_callback(void)
{
    struct tally tally;
    struct place nobody = refusing();
    all_targets(nobody.target);
    begin(&tally, RDP_PROBE_GOAL_TLS, 100, 10, free_job);
    for (size_t calls = 0; calls < 100; pause_shortly()) {
        pthread_mutex_lock(&tally.lock);
        calls = tally.calls;
        pthread_mutex_unlock(&tally.lock);
    }
    rdp_probe_prober_free(tally.prober);
    every_callback_once(&tally);
    CHECK(tally.job == NULL);
    leave(nobody);
}

/* In a callback: frees the prober, whose other probes are cancelled by that. */
static void free_prober(void *user, size_t index, rdp_probe_status status, rdp_probe_report *report)
{
    struct tally *tally = (struct tally *)user;
    count(user, index, status, report);
    rdp_probe_prober_free(tally->prober);
    tally->prober = NULL;
}

static void a_prober_is_freed_inside_a_callback(void)
{
    struct tally tally;
    struct place nobody = refusing(), quiet = silent();
    all_targets(quiet.target);
    targets[0] = nobody.target;
    begin(&tally, RDP_PROBE_GOAL_TLS, 100, 10, free_prober);
    finish(&tally);
    CHECK(tally.prober == NULL);
    CHECK(tally.ended[RDP_PROBE_OK] == 1 && tally.ended[RDP_PROBE_CANCELLED] == 99);
    leave(nobody);
    leave(quiet);
}

static void a_prober_is_freed_during_a_thousand(void)
{
    struct tally tally;
    struct place nobody = refusing(), quiet = silent();
    half_of_a_thousand(&nobody, &quiet);
    for (size_t round = 0; round < 4; round++) {
        begin(&tally, RDP_PROBE_GOAL_TLS, MOST, 20, count);
        while (rdp_probe_job_done(tally.job) < round * 100) {
            pause_shortly();
        }
        rdp_probe_prober_free(tally.prober);
        every_callback_once(&tally);
        CHECK(tally.ended[RDP_PROBE_CANCELLED] >= MOST / 2);
        OK(rdp_probe_job_wait(tally.job, 0));
        OK(rdp_probe_job_cancel(tally.job));
        rdp_probe_job_free(tally.job);
    }
    leave(nobody);
    leave(quiet);
}

/* Without a handle, and with one freed at once: neither cancels. */
static void jobs_without_a_handle(void)
{
    struct tally tally;
    struct place nobody = refusing();
    all_targets(nobody.target);
    begin(&tally, RDP_PROBE_GOAL_TLS, 20, 1, count);
    rdp_probe_job_free(tally.job);
    for (size_t calls = 0; calls < 20; pause_shortly()) {
        pthread_mutex_lock(&tally.lock);
        calls = tally.calls;
        pthread_mutex_unlock(&tally.lock);
    }
    CHECK(tally.ended[RDP_PROBE_OK] == 20);
    rdp_probe_prober_free(tally.prober);
    leave(nobody);
}

static void *on_a_thread(void *user)
{
    rdp_probe_prober *prober = (rdp_probe_prober *)user;
    struct tally tally;
    memset(&tally, 0, sizeof tally);
    CHECK(pthread_mutex_init(&tally.lock, NULL) == 0);
    tally.count = 20;
    OK(rdp_probe_start(prober, targets, tally.count, 5, NULL, count, &tally, &tally.job));
    for (size_t i = 0; i < 20; i++) {
        rdp_probe_report *report = run(prober, targets[i]);
        CHECK(rdp_probe_report_ok(report) == (i % 2 == 0));
        rdp_probe_report_free(report);
    }
    OK(rdp_probe_job_wait(tally.job, RDP_PROBE_FOREVER));
    every_callback_once(&tally);
    CHECK(tally.ok == 10);
    rdp_probe_job_free(tally.job);
    return NULL;
}

static void many_threads_share_a_prober(void)
{
    struct place nobody = refusing();
    pthread_t threads[THREADS];
    rdp_probe_prober *prober = prober_with(RDP_PROBE_GOAL_NEGOTIATE, LONG_MS);
    for (size_t i = 0; i < MOST; i++) {
        targets[i] = i % 2 == 0 ? lab("healthy") : nobody.target;
    }
    for (size_t i = 0; i < THREADS; i++) {
        CHECK(pthread_create(threads + i, NULL, on_a_thread, prober) == 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
    }
    rdp_probe_prober_free(prober);
    leave(nobody);
}

/* Several threads wait for one job, and one cancels it. */
static void *wait_for_it(void *user)
{
    OK(rdp_probe_job_wait((rdp_probe_job *)user, RDP_PROBE_FOREVER));
    return NULL;
}

static void many_threads_wait_for_a_job(void)
{
    struct tally tally;
    struct place quiet = silent();
    pthread_t threads[THREADS];
    all_targets(quiet.target);
    begin(&tally, RDP_PROBE_GOAL_TLS, 10, 0, count);
    for (size_t i = 0; i < THREADS; i++) {
        CHECK(pthread_create(threads + i, NULL, wait_for_it, tally.job) == 0);
    }
    OK(rdp_probe_job_cancel(tally.job));
    for (size_t i = 0; i < THREADS; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
    }
    finish(&tally);
    leave(quiet);
}

static void all(void)
{
    RUN(a_batch_of_a_thousand);
    RUN(a_batch_of_none);
    RUN(targets_are_copied);
    RUN(a_job_is_cancelled);
    RUN(a_batch_is_cancelled_midway);
    RUN(cancelled_from_inside_a_callback);
    RUN(a_probe_inside_a_callback);
    RUN(jobs_from_callbacks);
    RUN(a_job_is_freed_inside_its_callback);
    RUN(a_prober_is_freed_inside_a_callback);
    RUN(a_prober_is_freed_during_a_thousand);
    RUN(jobs_without_a_handle);
    RUN(many_threads_share_a_prober);
    RUN(many_threads_wait_for_a_job);
}

int main(int argc, char **argv)
{
    (void)argc;
    run_all(argv, all);
    return 0;
}
