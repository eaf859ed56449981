/* Stores of certificates that take their time: no probe waits for them longer than its budget, and none of their functions is called, or
 * goes on, behind the end of the prober. */

#define _POSIX_C_SOURCE 200809L

#include "lab.h"

#define MANY 100

/* As many calls to stores as the library makes at once. */
#define AT_ONCE 64

/* A store that keeps nothing, and whose functions stay inside as long as it is closed. */
struct store {
    int is_open;
    int naps_in_put; /* and not in get */
    size_t inside, gets, puts;
    size_t callbacks;
    rdp_probe_prober *prober;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t change = PTHREAD_COND_INITIALIZER;
static struct store *alive; /* the store that may be called */

static void nap(struct store *store)
{
    store->inside++;
    pthread_cond_broadcast(&change);
    while (!store->is_open) {
        pthread_cond_wait(&change, &lock);
    }
    pthread_mutex_unlock(&lock);
    pause_shortly(); /* not waited for, and not over yet */
    pthread_mutex_lock(&lock);
    store->inside--;
    pthread_cond_broadcast(&change);
}

static uint32_t get(void *user, const char *target, uint8_t *buffer, size_t capacity, size_t *length)
{
    struct store *store = (struct store *)user;
    (void)target, (void)buffer, (void)capacity, (void)length;
    pthread_mutex_lock(&lock);
    CHECK(store == alive);
    store->gets++;
    if (!store->naps_in_put) {
        nap(store);
    }
    pthread_mutex_unlock(&lock);
    return RDP_PROBE_KNOWN_NOTHING;
}

static uint32_t put(void *user, const char *target, const uint8_t *certificate, size_t certificate_len, uint8_t *buffer,
                    size_t capacity, size_t *length)
{
    struct store *store = (struct store *)user;
    (void)target;
    CHECK(certificate_len <= capacity);
    memcpy(buffer, certificate, certificate_len);
    *length = certificate_len;
    pthread_mutex_lock(&lock);
    CHECK(store == alive);
    store->puts++;
    if (store->naps_in_put) {
        nap(store);
    }
    pthread_mutex_unlock(&lock);
    return RDP_PROBE_KNOWN_CERTIFICATE;
}

static struct store *store_of(uint32_t budget_ms)
{
    rdp_probe_options *options = options_with(RDP_PROBE_GOAL_TLS, budget_ms);
    struct store *store = (struct store *)calloc(1, sizeof *store);
    CHECK(store != NULL);
    OK(rdp_probe_options_known(options, get, put, store));
    OK(rdp_probe_options_trust(options, RDP_PROBE_TRUST_FIRST_USE));
    store->prober = prober_of(options);
    alive = store;
    return store;
}

static void set_open(struct store *store, int is_open)
{
    pthread_mutex_lock(&lock);
    store->is_open = is_open;
    pthread_cond_broadcast(&change);
    pthread_mutex_unlock(&lock);
}

static void wait_until_inside(struct store *store, size_t count)
{
    pthread_mutex_lock(&lock);
    while (store->inside < count) {
        pthread_cond_wait(&change, &lock);
    }
    pthread_mutex_unlock(&lock);
}

static void wait_for_callbacks(struct store *store, size_t count)
{
    pthread_mutex_lock(&lock);
    while (store->callbacks < count) {
        pthread_cond_wait(&change, &lock);
    }
    pthread_mutex_unlock(&lock);
}

/* What the end of the prober means: nobody is inside, and nobody comes any more. */
static void gone(struct store *store)
{
    pthread_mutex_lock(&lock);
    CHECK(store->inside == 0);
    alive = NULL;
    free(store);
    pthread_mutex_unlock(&lock);
    for (int i = 0; i < 20; i++) {
        pause_shortly();
    }
}

static void called_back(void *user, size_t index, rdp_probe_status status, rdp_probe_report *report)
{
    struct store *store = (struct store *)user;
    (void)index;
    CHECK(status == RDP_PROBE_CANCELLED && report == NULL);
    pthread_mutex_lock(&lock);
    store->callbacks++;
    pthread_cond_broadcast(&change);
    pthread_mutex_unlock(&lock);
}

static void start_many(struct store *store, const char *first, rdp_probe_done done)
{
    const char *targets[MANY];
    for (size_t i = 0; i < MANY; i++) {
        targets[i] = i == 0 ? first : lab("healthy");
    }
    OK(rdp_probe_start(store->prober, targets, MANY, MANY, NULL, done, store, NULL));
}

/* Opens the store when every callback has come, which is not before the prober is being freed. */
static void *open_behind_the_callbacks(void *user)
{
    struct store *store = (struct store *)user;
    wait_for_callbacks(store, MANY);
    pause_shortly();
    set_open(store, 1);
    return NULL;
}

static void free_prober(struct store *store)
{
    pthread_t opener;
    CHECK(pthread_create(&opener, NULL, open_behind_the_callbacks, store) == 0);
    rdp_probe_prober_free(store->prober);
    pthread_mutex_lock(&lock);
    CHECK(store->inside == 0 && store->callbacks == MANY);
    pthread_mutex_unlock(&lock);
    CHECK(pthread_join(opener, NULL) == 0);
}

static void free_waits_for_the_store(void)
{
    struct store *store = store_of(LONG_MS);
    start_many(store, lab("healthy"), called_back);
    wait_until_inside(store, AT_ONCE);
    free_prober(store);
    CHECK(store->gets == AT_ONCE); /* and those that had to wait for their turn have not got it */
    gone(store);
}

/* A connection keeps threads of the prober, and none of its store. */
static void free_beside_a_connection(void)
{
    struct store *store = store_of(LONG_MS);
    rdp_probe_connection *connection = NULL;
    uint8_t byte;
    size_t length = 0;
    set_open(store, 1);
    OK(rdp_probe_open(store->prober, lab("healthy"), NULL, &connection, NULL));
    CHECK(store->gets == 1 && store->puts == 1);
    set_open(store, 0);
    start_many(store, lab("healthy"), called_back);
    wait_until_inside(store, AT_ONCE);
    free_prober(store);
    gone(store);
    GIVES(RDP_PROBE_TIMEOUT, rdp_probe_connection_read(connection, &byte, 1, 1, &length));
    rdp_probe_connection_free(connection);
}

/* In the first callback, of a target that cannot be read: frees the prober, when others are in the store. */
static void free_inside(void *user, size_t index, rdp_probe_status status, rdp_probe_report *report)
{
    struct store *store = (struct store *)user;
    if (index > 0) {
        called_back(user, index, status, report);
        return;
    }
    CHECK(status == RDP_PROBE_INVALID_TARGET && report == NULL);
    wait_until_inside(store, AT_ONCE);
    rdp_probe_prober_free(store->prober);
}

/* Then it is the callback thread that waits for the store, and ends behind that. */
static void free_inside_a_callback(void)
{
    struct store *store = store_of(LONG_MS);
    start_many(store, "a b", free_inside);
    wait_for_callbacks(store, MANY - 1);
    for (int i = 0; i < 20; i++) {
        CHECK(threads_named("rdp-probe calls") == 1);
        pause_shortly();
    }
    set_open(store, 1);
    for (int i = 0; i < PATIENCE && threads_named("rdp-probe calls") > 0; i++) {
        pause_shortly();
    }
    CHECK(threads_named("rdp-probe calls") == 0);
    CHECK(store->gets == AT_ONCE);
    gone(store);
}

static void *open_soon(void *user)
{
    pause_shortly();
    pause_shortly();
    set_open((struct store *)user, 1);
    return NULL;
}

/* The store is opened behind the return of whatever had to do with it, and free waits for it all the same. */
static void free_alone(struct store *store)
{
    pthread_t opener;
    CHECK(pthread_create(&opener, NULL, open_soon, store) == 0);
    rdp_probe_prober_free(store->prober);
    pthread_mutex_lock(&lock);
    CHECK(store->inside == 0);
    pthread_mutex_unlock(&lock);
    CHECK(pthread_join(opener, NULL) == 0);
    gone(store);
}

static void a_probe_leaves_a_store_that_hangs(void)
{
    struct store *store = store_of(500);
    rdp_probe_report *report = run(store->prober, lab("healthy"));
    CHECK(!rdp_probe_report_ok(report)); /* the store could not say, so nothing is trusted */
    rdp_probe_report_free(report);
    wait_until_inside(store, 1);
    free_alone(store);
}

static void an_opening_leaves_a_store_that_hangs(void)
{
    struct store *store = store_of(500);
    rdp_probe_connection *connection = NULL;
    rdp_probe_report *report = NULL;
    GIVES(RDP_PROBE_NOT_REACHED, rdp_probe_open(store->prober, lab("healthy"), NULL, &connection, &report));
    CHECK(connection == NULL && !rdp_probe_report_ok(report));
    rdp_probe_report_free(report);
    wait_until_inside(store, 1);
    free_alone(store);
}

/* The function that keeps is called at the end of a handshake, for which there must be time. */
static void a_probe_leaves_a_store_that_hangs_when_it_keeps(void)
{
    size_t puts = 0;
    for (uint32_t budget_ms = 500; puts == 0; budget_ms *= 2) {
        struct store *store = store_of(budget_ms);
        CHECK(budget_ms < LONG_MS);
        store->naps_in_put = 1;
        rdp_probe_report_free(run(store->prober, lab("healthy")));
        pthread_mutex_lock(&lock);
        puts = store->puts;
        pthread_mutex_unlock(&lock);
        free_alone(store);
    }
}

static void all(void)
{
    RUN(free_waits_for_the_store);
    RUN(free_beside_a_connection);
    RUN(free_inside_a_callback);
    RUN(a_probe_leaves_a_store_that_hangs);
    RUN(an_opening_leaves_a_store_that_hangs);
    RUN(a_probe_leaves_a_store_that_hangs_when_it_keeps);
}

int main(int argc, char **argv)
{
    (void)argc;
    run_all(argv, all);
    return 0;
}
