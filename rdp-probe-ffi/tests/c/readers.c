/* Several who use one connection, each with its own time; and writers whose server has gone, in a program that leaves SIGPIPE alone. */

#define _POSIX_C_SOURCE 200809L

#include "talker.h"

#include <poll.h>
#include <signal.h>

#define LARGE (32 * 1024 * 1024)
#define MARK 0x5a

/* One who reads a byte or writes many, however long it takes. */
struct other {
    const rdp_probe_connection *connection;
    uint8_t *much; /* to be written, or NULL for one who reads */
    rdp_probe_status status;
    size_t count;
    pthread_t thread;
};

static void *go_on(void *user)
{
    struct other *other = (struct other *)user;
    uint8_t byte;
    if (other->much != NULL) {
        other->status = rdp_probe_connection_write(other->connection, other->much, LARGE, RDP_PROBE_FOREVER, &other->count);
    } else {
        other->status = rdp_probe_connection_read(other->connection, &byte, 1, RDP_PROBE_FOREVER, &other->count);
    }
    return NULL;
}

/* Sets one going, and gives it the time to be the first. */
static void set_going(struct other *other, const rdp_probe_connection *connection, uint8_t *much)
{
    memset(other, 0, sizeof *other);
    other->connection = connection;
    other->much = much;
    CHECK(pthread_create(&other->thread, NULL, go_on, other) == 0);
    for (int i = 0; i < 20; i++) {
        pause_shortly();
    }
}

static void was_closed(struct other *other)
{
    CHECK(pthread_join(other->thread, NULL) == 0);
    CHECK(other->status == RDP_PROBE_CLOSED);
}

/* A read that runs out of time leaves everything as it was. */
static void runs_out_of_time(const rdp_probe_connection *connection, uint32_t timeout_ms)
{
    uint8_t buffer[64];
    size_t length = 4711;
    memset(buffer, MARK, sizeof buffer);
    GIVES(RDP_PROBE_TIMEOUT, rdp_probe_connection_read(connection, buffer, sizeof buffer, timeout_ms, &length));
    CHECK(length == 4711);
    for (size_t i = 0; i < sizeof buffer; i++) {
        CHECK(buffer[i] == MARK);
    }
}

static void readers_have_their_own_time(void)
{
    struct talker talker;
    struct other first, second;
    rdp_probe_connection *connection = call(&talker, RESTS);
    runs_out_of_time(connection, 0);
    runs_out_of_time(connection, 30);
    set_going(&first, connection, NULL);
    runs_out_of_time(connection, 0);
    runs_out_of_time(connection, 30);
    set_going(&second, connection, NULL);
    OK(rdp_probe_connection_close(connection));
    was_closed(&first);
    was_closed(&second);
    rdp_probe_connection_free(connection);
    dismiss(&talker);
}

static void writers_have_their_own_time(void)
{
    struct talker talker;
    struct other first, second;
    size_t written = 4711;
    uint8_t *much = (uint8_t *)calloc(1, LARGE);
    rdp_probe_connection *connection = call(&talker, RESTS);
    CHECK(much != NULL);
    set_going(&first, connection, much);
    GIVES(RDP_PROBE_TIMEOUT, rdp_probe_connection_write(connection, much, 1, 30, &written));
    CHECK(written == 0);
    set_going(&second, connection, much);
    OK(rdp_probe_connection_close(connection));
    was_closed(&first);
    was_closed(&second);
    rdp_probe_connection_free(connection);
    dismiss(&talker);
    free(much);
}

/* Without time to wait a read gives what is there, and nothing but that. */
static void a_read_that_polls(void)
{
    struct talker talker;
    uint8_t buffer[8];
    size_t length = 0;
    rdp_probe_status status = RDP_PROBE_TIMEOUT;
    rdp_probe_connection *connection = call(&talker, ECHOES);
    OK(rdp_probe_connection_write(connection, (const uint8_t *)"abc", 3, LONG_MS, NULL));
    for (int i = 0; i < PATIENCE && status == RDP_PROBE_TIMEOUT; i++) {
        memset(buffer, MARK, sizeof buffer);
        status = rdp_probe_connection_read(connection, buffer, sizeof buffer, 0, &length);
        pause_shortly();
    }
    OK(status);
    CHECK(length == 3 && memcmp(buffer, "abc\x5a\x5a\x5a\x5a\x5a", sizeof buffer) == 0);
    runs_out_of_time(connection, 0);
    rdp_probe_connection_free(connection);
    dismiss(&talker);
}

static void the_same_inside_tls(void)
{
    struct other first;
    rdp_probe_connection *connection = NULL;
    rdp_probe_prober *prober = prober_with(RDP_PROBE_GOAL_TLS, LONG_MS);
    OK(rdp_probe_open(prober, lab("healthy"), NULL, &connection, NULL));
    runs_out_of_time(connection, 0);
    set_going(&first, connection, NULL);
    runs_out_of_time(connection, 0);
    runs_out_of_time(connection, 30);
    OK(rdp_probe_connection_close(connection));
    was_closed(&first);
    rdp_probe_connection_free(connection);
    rdp_probe_prober_free(prober);
}

/* The signal would end the program, as it does unless a program says otherwise. */
static void sigpipe_is_deadly(void)
{
    struct sigaction action;
    sigset_t blocked;
    CHECK(sigaction(SIGPIPE, NULL, &action) == 0 && action.sa_handler == SIG_DFL);
    CHECK(pthread_sigmask(SIG_SETMASK, NULL, &blocked) == 0 && sigismember(&blocked, SIGPIPE) == 0);
}

/* Writes until the connection is known to be gone, and then some more; then says goodbye to nobody. */
static void writes_to_nobody(rdp_probe_connection *connection)
{
    size_t written = 0;
    rdp_probe_status status = RDP_PROBE_OK;
    sigpipe_is_deadly();
    for (int i = 0; i < PATIENCE && status == RDP_PROBE_OK; i++) {
        status = rdp_probe_connection_write(connection, (const uint8_t *)"abc", 3, LONG_MS, &written);
        pause_shortly();
    }
    GIVES(RDP_PROBE_IO, status);
    CHECK(rdp_probe_last_error_code() != 0);
    for (int i = 0; i < 3; i++) {
        GIVES(RDP_PROBE_IO, rdp_probe_connection_write(connection, (const uint8_t *)"abc", 3, LONG_MS, &written));
    }
    OK(rdp_probe_connection_close(connection));
    rdp_probe_connection_free(connection);
}

static void written_behind_a_reset(void)
{
    struct talker talker;
    rdp_probe_connection *connection = call(&talker, RESETS);
    writes_to_nobody(connection);
    dismiss(&talker);
}

/* Stands between a client and a server of the lab, until it resets both connections. */
struct relay {
    struct place place;
    pthread_t thread;
    pthread_mutex_t lock;
    int is_cut;
};

static int connected(const char *target)
{
    struct sockaddr_in address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((uint16_t)strtoul(strchr(target, ':') + 1, NULL, 10));
    int server = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(server >= 0 && connect(server, (struct sockaddr *)&address, sizeof address) == 0);
    return server;
}

static int is_cut(struct relay *relay)
{
    pthread_mutex_lock(&relay->lock);
    int cut = relay->is_cut;
    pthread_mutex_unlock(&relay->lock);
    return cut;
}

static void cut_off(int client)
{
    struct linger at_once = {1, 0};
    CHECK(setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0);
    CHECK(close(client) == 0);
}

static void *pass_on(void *user)
{
    struct relay *relay = (struct relay *)user;
    struct pollfd ends[2] = {{accept(relay->place.socket, NULL, NULL), POLLIN, 0}, {connected(lab("healthy")), POLLIN, 0}};
    while (!is_cut(relay)) {
        CHECK(poll(ends, 2, 10) >= 0);
        for (size_t i = 0; i < 2; i++) {
            char buffer[4096];
            ssize_t length = ends[i].revents != 0 ? recv(ends[i].fd, buffer, sizeof buffer, 0) : 0;
            say(ends[1 - i].fd, buffer, length > 0 ? (size_t)length : 0);
        }
    }
    cut_off(ends[0].fd);
    cut_off(ends[1].fd);
    return NULL;
}

static void written_behind_a_reset_inside_tls(void)
{
    struct relay relay;
    rdp_probe_connection *connection = NULL;
    rdp_probe_prober *prober = prober_with(RDP_PROBE_GOAL_TLS, LONG_MS);
    memset(&relay, 0, sizeof relay);
    CHECK(pthread_mutex_init(&relay.lock, NULL) == 0);
    relay.place = silent();
    CHECK(pthread_create(&relay.thread, NULL, pass_on, &relay) == 0);
    OK(rdp_probe_open(prober, relay.place.target, NULL, &connection, NULL));
    CHECK(rdp_probe_connection_is_tls(connection) == 1);
    pthread_mutex_lock(&relay.lock);
    relay.is_cut = 1;
    pthread_mutex_unlock(&relay.lock);
    CHECK(pthread_join(relay.thread, NULL) == 0);
    writes_to_nobody(connection);
    rdp_probe_prober_free(prober);
    leave(relay.place);
}

/* A probe whose server resets meets the same. */
static void probed_behind_a_reset(void)
{
    rdp_probe_prober *prober = prober_with(RDP_PROBE_GOAL_TLS, LONG_MS);
    sigpipe_is_deadly();
    rdp_probe_report_free(run(prober, lab("resets-on-request")));
    rdp_probe_report_free(run(prober, lab("tls-reset")));
    rdp_probe_prober_free(prober);
}

static void all(void)
{
    RUN(readers_have_their_own_time);
    RUN(writers_have_their_own_time);
    RUN(a_read_that_polls);
    RUN(the_same_inside_tls);
    RUN(written_behind_a_reset);
    RUN(written_behind_a_reset_inside_tls);
    RUN(probed_behind_a_reset);
}

int main(int argc, char **argv)
{
    (void)argc;
    run_all(argv, all);
    return 0;
}
