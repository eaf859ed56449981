/* What the library asks of and tells to a program beside results: certificates that targets are known by, the log, the last error of
 * each thread. */

#define _POSIX_C_SOURCE 200809L

#include "lab.h"

/* A store with room for one certificate. Called from threads of the library, several at once. */
struct store {
    pthread_mutex_t lock;
    uint8_t kept[4096];
    size_t length;
    size_t gets, puts;
    char target[64];
    int unavailable;
    int claims_too_much;
};

static uint32_t give(struct store *store, uint8_t *buffer, size_t capacity, size_t *length)
{
    CHECK(buffer != NULL && capacity >= sizeof store->kept && length != NULL);
    memcpy(buffer, store->kept, store->length);
    *length = store->claims_too_much ? capacity + 1 : store->length;
    return RDP_PROBE_KNOWN_CERTIFICATE;
}

static uint32_t get(void *user, const char *target, uint8_t *buffer, size_t capacity, size_t *length)
{
    struct store *store = (struct store *)user;
    uint32_t answer = RDP_PROBE_KNOWN_NOTHING;
    pthread_mutex_lock(&store->lock);
    store->gets++;
    snprintf(store->target, sizeof store->target, "%s", target);
    if (store->unavailable) {
        answer = RDP_PROBE_KNOWN_UNAVAILABLE;
    } else if (store->length > 0) {
        answer = give(store, buffer, capacity, length);
    }
    pthread_mutex_unlock(&store->lock);
    return answer;
}

static uint32_t put(void *user, const char *target, const uint8_t *certificate, size_t certificate_len, uint8_t *buffer,
                    size_t capacity, size_t *length)
{
    struct store *store = (struct store *)user;
    pthread_mutex_lock(&store->lock);
    CHECK(strcmp(store->target, target) == 0 && certificate_len <= sizeof store->kept);
    store->puts++;
    if (store->length == 0) {
        memcpy(store->kept, certificate, certificate_len);
        store->length = certificate_len;
    }
    uint32_t answer = give(store, buffer, capacity, length);
    pthread_mutex_unlock(&store->lock);
    return answer;
}

static rdp_probe_prober *prober_that_remembers(struct store *store)
{
    rdp_probe_options *options = options_with(RDP_PROBE_GOAL_TLS, LONG_MS);
    memset(store, 0, sizeof *store);
    CHECK(pthread_mutex_init(&store->lock, NULL) == 0);
    OK(rdp_probe_options_known(options, get, put, store));
    OK(rdp_probe_options_trust(options, RDP_PROBE_TRUST_FIRST_USE));
    return prober_of(options);
}

static void is_trusted(const rdp_probe_prober *prober, const char *target, int expected)
{
    rdp_probe_report *report = run(prober, target);
    CHECK(rdp_probe_report_stage(report) == RDP_PROBE_STAGE_TLS);
    CHECK((int)rdp_probe_report_ok(report) == expected);
    CHECK((rdp_probe_report_end(report) == RDP_PROBE_END_UNTRUSTED) == !expected);
    rdp_probe_report_free(report);
}

static void remember_other_server(struct store *store)
{
    rdp_probe_prober *prober = prober_with(RDP_PROBE_GOAL_TLS, LONG_MS);
    rdp_probe_report *report = run(prober, lab("certificate-rsa1024"));
    rdp_probe_bytes certificate = rdp_probe_report_certificate(report);
    CHECK(certificate.len > 0 && certificate.len <= sizeof store->kept);
    CHECK(certificate.len != store->length || memcmp(certificate.ptr, store->kept, certificate.len) != 0);
    memcpy(store->kept, certificate.ptr, certificate.len);
    store->length = certificate.len;
    rdp_probe_report_free(report);
    rdp_probe_prober_free(prober);
}

static void trusted_on_first_use(void)
{
    struct store store;
    rdp_probe_prober *prober = prober_that_remembers(&store);
    is_trusted(prober, lab("healthy"), 1); /* the first use */
    CHECK(store.gets == 1 && store.puts == 1 && store.length > 0 && strcmp(store.target, lab("healthy")) == 0);
    is_trusted(prober, lab("healthy"), 1); /* the same again */
    CHECK(store.gets == 2 && store.puts == 1);
    remember_other_server(&store);
    is_trusted(prober, lab("healthy"), 0); /* another certificate */
    CHECK(store.gets == 3 && store.puts == 1);
    rdp_probe_prober_free(prober);
}

/* A store that cannot say, or says what cannot be, is none to trust by. */
static void a_store_in_trouble(void)
{
    struct store store;
    rdp_probe_prober *prober = prober_that_remembers(&store);
    store.unavailable = 1;
    is_trusted(prober, lab("healthy"), 0);
    store.unavailable = 0;
    is_trusted(prober, lab("healthy"), 1);
    store.claims_too_much = 1;
    is_trusted(prober, lab("healthy"), 0);
    rdp_probe_prober_free(prober);
}

static void an_expected_thumbprint(void)
{
    rdp_probe_options *options = options_with(RDP_PROBE_GOAL_TLS, LONG_MS);
    OK(rdp_probe_options_expect(options, "0000000000000000000000000000000000000000"));
    rdp_probe_prober *prober = prober_of(options);
    is_trusted(prober, lab("healthy"), 0);
    rdp_probe_prober_free(prober);
}

struct log {
    pthread_mutex_t lock;
    size_t messages;
};

static void tell(void *user, uint32_t level, rdp_probe_str target, rdp_probe_str message)
{
    struct log *log = (struct log *)user;
    pthread_mutex_lock(&log->lock);
    CHECK(level >= RDP_PROBE_LOG_ERROR && level <= RDP_PROBE_LOG_TRACE);
    CHECK(target.len > 0 && holds(target, "rdp_probe"));
    CHECK(message.ptr != NULL);
    log->messages++;
    pthread_mutex_unlock(&log->lock);
}

static void probe_once(void)
{
    struct place nobody = refusing();
    rdp_probe_prober *prober = prober_with(RDP_PROBE_GOAL_TLS, LONG_MS);
    rdp_probe_report_free(run(prober, nobody.target));
    rdp_probe_report_free(run(prober, lab("healthy")));
    rdp_probe_prober_free(prober);
    leave(nobody);
}

static void the_log(void)
{
    struct log log;
    memset(&log, 0, sizeof log);
    CHECK(pthread_mutex_init(&log.lock, NULL) == 0);
    if ((rdp_probe_features() & RDP_PROBE_FEATURE_LOG) == 0) {
        GIVES(RDP_PROBE_UNSUPPORTED, rdp_probe_log(RDP_PROBE_LOG_TRACE, tell, &log));
        return;
    }
    OK(rdp_probe_log(RDP_PROBE_LOG_TRACE, tell, &log));
    probe_once();
    size_t messages = log.messages;
    CHECK(messages > 0);
    OK(rdp_probe_log(RDP_PROBE_LOG_OFF, tell, &log));
    probe_once();
    CHECK(log.messages == messages);
    OK(rdp_probe_log(RDP_PROBE_LOG_TRACE, NULL, NULL));
    probe_once();
    CHECK(log.messages == messages);
}

/* Hears the log for one of several threads that set it. */
struct listener {
    pthread_mutex_t lock;
    size_t messages;
    int is_retired;
};

static void listen_in(void *user, uint32_t level, rdp_probe_str target, rdp_probe_str message)
{
    struct listener *listener = (struct listener *)user;
    (void)level, (void)target, (void)message;
    pthread_mutex_lock(&listener->lock);
    CHECK(!listener->is_retired);
    listener->messages++;
    pthread_mutex_unlock(&listener->lock);
}

static struct listener *listener(void)
{
    struct listener *listener = (struct listener *)calloc(1, sizeof *listener);
    CHECK(listener != NULL && pthread_mutex_init(&listener->lock, NULL) == 0);
    return listener;
}

/* Sets the log to one after another; the one before is not called from then on, and can be freed. */
static void *set_the_log(void *unused)
{
    for (uint32_t i = 0; i < 25; i++) {
        struct listener *mine = listener();
        OK(rdp_probe_log(RDP_PROBE_LOG_DEBUG + i % 2, listen_in, mine));
        pause_shortly();
        OK(rdp_probe_log(RDP_PROBE_LOG_OFF, NULL, NULL));
        pthread_mutex_lock(&mine->lock);
        mine->is_retired = 1;
        pthread_mutex_unlock(&mine->lock);
        free(mine);
    }
    return unused;
}

static void *probe_some(void *unused)
{
    for (size_t i = 0; i < 5; i++) {
        probe_once();
    }
    return unused;
}

static void the_log_is_set_by_many(void)
{
    pthread_t threads[6];
    struct listener *last = listener();
    if ((rdp_probe_features() & RDP_PROBE_FEATURE_LOG) == 0) {
        free(last);
        return;
    }
    for (size_t i = 0; i < 6; i++) {
        CHECK(pthread_create(threads + i, NULL, i % 2 == 0 ? set_the_log : probe_some, NULL) == 0);
    }
    for (size_t i = 0; i < 6; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
    }
    OK(rdp_probe_log(RDP_PROBE_LOG_TRACE, listen_in, last));
    probe_once();
    CHECK(last->messages > 0);
    OK(rdp_probe_log(RDP_PROBE_LOG_OFF, NULL, NULL));
    free(last);
}

struct complaint {
    const rdp_probe_prober *prober;
    const char *target;
    pthread_barrier_t *barrier;
};

/* Fails, waits until the other has failed as well, and finds its own error. */
static void *complain(void *user)
{
    struct complaint *complaint = (struct complaint *)user;
    rdp_probe_report *report = NULL;
    CHECK(rdp_probe_last_error().len == 0);
    GIVES(RDP_PROBE_INVALID_TARGET, rdp_probe_run(complaint->prober, complaint->target, NULL, &report));
    pthread_barrier_wait(complaint->barrier);
    CHECK(holds(rdp_probe_last_error(), complaint->target));
    return NULL;
}

static void each_thread_has_an_error_of_its_own(void)
{
    pthread_barrier_t barrier;
    pthread_t threads[2];
    rdp_probe_prober *prober = prober_with(RDP_PROBE_GOAL_TLS, LONG_MS);
    struct complaint complaints[2] = {{prober, "first one", &barrier}, {prober, "second one", &barrier}};
    CHECK(pthread_barrier_init(&barrier, NULL, 2) == 0);
    for (size_t i = 0; i < 2; i++) {
        CHECK(pthread_create(threads + i, NULL, complain, complaints + i) == 0);
    }
    for (size_t i = 0; i < 2; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
    }
    CHECK(!holds(rdp_probe_last_error(), "one"));
    pthread_barrier_destroy(&barrier);
    rdp_probe_prober_free(prober);
}

static void all(void)
{
    RUN(trusted_on_first_use);
    RUN(a_store_in_trouble);
    RUN(an_expected_thumbprint);
    RUN(the_log);
    RUN(the_log_is_set_by_many);
    RUN(each_thread_has_an_error_of_its_own);
}

int main(int argc, char **argv)
{
    (void)argc;
    run_all(argv, all);
    return 0;
}
