/* The opened connection: read, write, their time, the end from either side, and what is freed in which order. */

#define _POSIX_C_SOURCE 200809L

#include "talker.h"

#define LARGE (64 * 1024 * 1024)
#define PIECE (1024 * 1024)

static void opened_as_far_as_tls(void)
{
    rdp_probe_prober *prober = prober_with(RDP_PROBE_GOAL_TLS, LONG_MS);
    rdp_probe_connection *connection = NULL;
    rdp_probe_report *report = NULL;
    uint8_t byte;
    size_t length = 4711;
    OK(rdp_probe_open(prober, lab("healthy"), NULL, &connection, &report));
    CHECK(rdp_probe_report_ok(report) && rdp_probe_report_stage(report) == RDP_PROBE_STAGE_TLS);
    rdp_probe_report_free(report);
    CHECK(rdp_probe_connection_is_tls(connection) == 1);
    CHECK(rdp_probe_connection_selected(connection) != RDP_PROBE_PROTOCOL_RDP);
    CHECK(rdp_probe_connection_public_key(connection).len > 32);
    CHECK(rdp_probe_connection_public_key_info(connection).len > rdp_probe_connection_public_key(connection).len);
    /* The server waits for us. */
    GIVES(RDP_PROBE_TIMEOUT, rdp_probe_connection_read(connection, &byte, 1, 20, &length));
    CHECK(length == 4711);
    OK(rdp_probe_connection_close(connection));
    rdp_probe_connection_free(connection);
    rdp_probe_prober_free(prober);
}

static void not_opened(void)
{
    struct place nobody = refusing();
    rdp_probe_prober *prober = prober_with(RDP_PROBE_GOAL_TLS, LONG_MS);
    rdp_probe_connection *connection = NULL;
    rdp_probe_report *report = NULL;
    GIVES(RDP_PROBE_NOT_REACHED, rdp_probe_open(prober, nobody.target, NULL, &connection, &report));
    CHECK(connection == NULL && report != NULL && has_cause(report, "connection-refused"));
    rdp_probe_report_free(report);
    GIVES(RDP_PROBE_NOT_REACHED, rdp_probe_open(prober, lab("tls-reset"), NULL, &connection, NULL));
    CHECK(connection == NULL);
    rdp_probe_prober_free(prober);
    leave(nobody);
}

/* What the server does not take, it is offered otherwise. */
static void another_offer(void)
{
    rdp_probe_options *options = options_with(RDP_PROBE_GOAL_TLS, LONG_MS);
    rdp_probe_connection *connection = NULL;
    OK(rdp_probe_options_offer(options, RDP_PROBE_PROTOCOL_SSL));
    OK(rdp_probe_options_other_offer(options, RDP_PROBE_PROTOCOL_SSL | RDP_PROBE_PROTOCOL_HYBRID));
    rdp_probe_prober *prober = prober_of(options);
    OK(rdp_probe_open(prober, lab("nla-required"), NULL, &connection, NULL));
    CHECK(rdp_probe_connection_selected(connection) == RDP_PROBE_PROTOCOL_HYBRID);
    rdp_probe_connection_free(connection);
    rdp_probe_prober_free(prober);
}

struct reading {
    const rdp_probe_connection *connection;
    uint8_t *buffer;
    size_t length;
    rdp_probe_status status;
};

/* Reads as much as it has room for, or to the end. */
static void *read_on(void *user)
{
    struct reading *reading = (struct reading *)user;
    size_t held = 0, more = 1;
    reading->status = RDP_PROBE_OK;
    while (held < reading->length && more > 0 && reading->status == RDP_PROBE_OK) {
        reading->status = rdp_probe_connection_read(reading->connection, reading->buffer + held, reading->length - held,
                                                    RDP_PROBE_FOREVER, &more);
        held += reading->status == RDP_PROBE_OK ? more : 0;
    }
    reading->length = held;
    return NULL;
}

static pthread_t reader(struct reading *reading, const rdp_probe_connection *connection, uint8_t *buffer, size_t length)
{
    pthread_t thread;
    reading->connection = connection;
    reading->buffer = buffer;
    reading->length = length;
    CHECK(pthread_create(&thread, NULL, read_on, reading) == 0);
    return thread;
}

/* One thread writes while another reads what comes back. */
static void written_and_read(void)
{
    struct talker talker;
    struct reading reading;
    size_t written = 0;
    uint8_t *sent = (uint8_t *)malloc(PIECE), *come = (uint8_t *)calloc(1, PIECE);
    rdp_probe_connection *connection = call(&talker, ECHOES);
    CHECK(sent != NULL && come != NULL);
    for (size_t i = 0; i < PIECE; i++) {
        sent[i] = (uint8_t)(i * 31 + i / 251);
    }
    pthread_t thread = reader(&reading, connection, come, PIECE);
    OK(rdp_probe_connection_write(connection, sent, PIECE, LONG_MS, &written));
    CHECK(written == PIECE);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(reading.status == RDP_PROBE_OK && reading.length == PIECE && memcmp(sent, come, PIECE) == 0);
    rdp_probe_connection_free(connection);
    dismiss(&talker);
    free(sent);
    free(come);
}

/* A read that runs out of time loses nothing of what comes later. */
static void a_read_runs_out_of_time(void)
{
    struct talker talker;
    uint8_t bytes[8] = "1234567";
    size_t length = 0;
    rdp_probe_connection *connection = call(&talker, ECHOES);
    GIVES(RDP_PROBE_TIMEOUT, rdp_probe_connection_read(connection, bytes, sizeof bytes, 20, &length));
    OK(rdp_probe_connection_write(connection, (const uint8_t *)"abc", 3, LONG_MS, &length));
    CHECK(length == 3);
    OK(rdp_probe_connection_read(connection, bytes, 2, LONG_MS, &length));
    CHECK(length == 2 && memcmp(bytes, "ab", 2) == 0);
    OK(rdp_probe_connection_read(connection, bytes, sizeof bytes, LONG_MS, &length));
    CHECK(length == 1 && bytes[0] == 'c');
    rdp_probe_connection_free(connection);
    dismiss(&talker);
}

/* A write that runs out of time says how much has gone. */
static void a_write_runs_out_of_time(void)
{
    struct talker talker;
    size_t written = 0;
    uint8_t *much = (uint8_t *)calloc(1, LARGE);
    rdp_probe_connection *connection = call(&talker, RESTS);
    CHECK(much != NULL);
    GIVES(RDP_PROBE_TIMEOUT, rdp_probe_connection_write(connection, much, LARGE, 1000, &written));
    CHECK(written > 0 && written < LARGE);
    rdp_probe_connection_free(connection);
    dismiss(&talker);
    free(much);
}

static void the_server_ends(void)
{
    struct talker talker;
    uint8_t byte;
    size_t length = 4711;
    rdp_probe_connection *connection = call(&talker, ENDS);
    OK(rdp_probe_connection_read(connection, &byte, 1, LONG_MS, &length));
    CHECK(length == 0);
    length = 4711;
    OK(rdp_probe_connection_read(connection, &byte, 1, LONG_MS, &length));
    CHECK(length == 0);
    rdp_probe_connection_free(connection);
    dismiss(&talker);
}

static void the_server_resets(void)
{
    struct talker talker;
    uint8_t byte;
    size_t length = 4711;
    rdp_probe_connection *connection = call(&talker, RESETS);
    GIVES(RDP_PROBE_IO, rdp_probe_connection_read(connection, &byte, 1, LONG_MS, &length));
    CHECK(rdp_probe_last_error_code() != 0 && length == 4711);
    rdp_probe_connection_free(connection);
    dismiss(&talker);
}

/* Closing wakes a reader on another thread, and nothing is read or written from then on. */
static void closed_under_a_reader(void)
{
    struct talker talker;
    struct reading reading;
    uint8_t byte;
    size_t length = 0;
    rdp_probe_connection *connection = call(&talker, RESTS);
    pthread_t thread = reader(&reading, connection, &byte, 1);
    pause_shortly();
    OK(rdp_probe_connection_close(connection));
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(reading.status == RDP_PROBE_CLOSED && reading.length == 0);
    GIVES(RDP_PROBE_CLOSED, rdp_probe_connection_read(connection, &byte, 1, LONG_MS, &length));
    GIVES(RDP_PROBE_CLOSED, rdp_probe_connection_write(connection, &byte, 1, LONG_MS, &length));
    OK(rdp_probe_connection_close(connection));
    rdp_probe_connection_free(connection);
    dismiss(&talker);
}

static void *close_it(void *user)
{
    pause_shortly();
    OK(rdp_probe_connection_close((const rdp_probe_connection *)user));
    return NULL;
}

static void closed_under_a_writer(void)
{
    struct talker talker;
    pthread_t thread;
    size_t written = 0;
    uint8_t *much = (uint8_t *)calloc(1, LARGE);
    rdp_probe_connection *connection = call(&talker, RESTS);
    CHECK(much != NULL);
    CHECK(pthread_create(&thread, NULL, close_it, connection) == 0);
    GIVES(RDP_PROBE_CLOSED, rdp_probe_connection_write(connection, much, LARGE, RDP_PROBE_FOREVER, &written));
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(written < LARGE);
    rdp_probe_connection_free(connection);
    dismiss(&talker);
    free(much);
}

/* What comes of rdp_probe_open_start. */
struct opening {
    pthread_mutex_t lock;
    rdp_probe_prober *prober;
    rdp_probe_job *job;
    rdp_probe_status status;
    size_t calls;
};

static void opened(void *user, rdp_probe_status status, rdp_probe_connection *connection, rdp_probe_report *report)
{
    struct opening *opening = (struct opening *)user;
    uint8_t byte;
    size_t length = 0;
    CHECK((connection != NULL) == (status == RDP_PROBE_OK));
    CHECK((report != NULL) == (status == RDP_PROBE_OK || status == RDP_PROBE_NOT_REACHED));
    opening->status = status;
    opening->calls++;
    if (connection != NULL) {
        /* Either there is nothing yet, or a callback is no place to wait in. */
        rdp_probe_status reading = rdp_probe_connection_read(connection, &byte, 1, 1, &length);
        CHECK(reading == RDP_PROBE_TIMEOUT || reading == RDP_PROBE_IN_CALLBACK);
    }
    rdp_probe_connection_free(connection);
    rdp_probe_report_free(report);
}

static void start(struct opening *opening, const char *target, rdp_probe_opened callback)
{
    memset(opening, 0, sizeof *opening);
    CHECK(pthread_mutex_init(&opening->lock, NULL) == 0);
    opening->prober = prober_with(RDP_PROBE_GOAL_TLS, LONG_MS);
    pthread_mutex_lock(&opening->lock);
    OK(rdp_probe_open_start(opening->prober, target, NULL, callback, opening, &opening->job));
    pthread_mutex_unlock(&opening->lock);
}

static void opens(const char *target, rdp_probe_status expected)
{
    struct opening opening;
    start(&opening, target, opened);
    OK(rdp_probe_job_wait(opening.job, RDP_PROBE_FOREVER));
    CHECK(opening.calls == 1 && opening.status == expected && rdp_probe_job_done(opening.job) == 1);
    rdp_probe_job_free(opening.job);
    rdp_probe_prober_free(opening.prober);
}

static void opened_by_a_callback(void)
{
    struct place nobody = refusing();
    opens(lab("healthy"), RDP_PROBE_OK);
    opens(nobody.target, RDP_PROBE_NOT_REACHED);
    leave(nobody);
}

static void an_opening_is_cancelled(void)
{
    struct opening opening;
    struct place quiet = silent();
    start(&opening, quiet.target, opened);
    OK(rdp_probe_job_cancel(opening.job));
    OK(rdp_probe_job_wait(opening.job, RDP_PROBE_FOREVER));
    CHECK(opening.calls == 1 && opening.status == RDP_PROBE_CANCELLED);
    rdp_probe_job_free(opening.job);
    rdp_probe_prober_free(opening.prober);
    start(&opening, quiet.target, opened);
    rdp_probe_prober_free(opening.prober);
    CHECK(opening.calls == 1 && opening.status == RDP_PROBE_CANCELLED);
    rdp_probe_job_free(opening.job);
    leave(quiet);
}

/* In a callback: frees all there is, in the order that is the least likely to be right. */
static void free_all(void *user, rdp_probe_status status, rdp_probe_connection *connection, rdp_probe_report *report)
{
    struct opening *opening = (struct opening *)user;
    pthread_mutex_lock(&opening->lock);
    CHECK(status == RDP_PROBE_OK);
    rdp_probe_prober_free(opening->prober);
    rdp_probe_job_free(opening->job);
    rdp_probe_report_free(report);
    rdp_probe_connection_free(connection);
    opening->calls++;
    pthread_mutex_unlock(&opening->lock);
}

static void all_is_freed_inside_the_callback(void)
{
    struct opening opening;
    start(&opening, lab("healthy"), free_all);
    for (size_t calls = 0; calls < 1; pause_shortly()) {
        pthread_mutex_lock(&opening.lock);
        calls = opening.calls;
        pthread_mutex_unlock(&opening.lock);
    }
}

static void all(void)
{
    RUN(opened_as_far_as_tls);
    RUN(not_opened);
    RUN(another_offer);
    RUN(written_and_read);
    RUN(a_read_runs_out_of_time);
    RUN(a_write_runs_out_of_time);
    RUN(the_server_ends);
    RUN(the_server_resets);
    RUN(closed_under_a_reader);
    RUN(closed_under_a_writer);
    RUN(opened_by_a_callback);
    RUN(an_opening_is_cancelled);
    RUN(all_is_freed_inside_the_callback);
}

int main(int argc, char **argv)
{
    (void)argc;
    run_all(argv, all);
    return 0;
}
