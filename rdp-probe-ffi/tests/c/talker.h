/* A server of the test programs' own that a connection can be opened to, and that does as it is told. */

#ifndef TALKER_H
#define TALKER_H

#include "lab.h"

/* A server of the program's own, for one client: it chooses standard RDP security, so that what follows is in the clear. Then it
 * gives back whatever comes, ends its side, resets, or leaves the client alone. */
enum part { ECHOES, ENDS, RESETS, RESTS };

struct talker {
    struct place place;
    enum part part;
    int client;
    pthread_t thread;
    unsigned char request[256]; /* the Connection Request, with a 0 behind it */
    size_t length;
};

static inline void say(int client, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(client, bytes, length, MSG_NOSIGNAL);
        if (sent <= 0) {
            return;
        }
        bytes += sent;
        length -= (size_t)sent;
    }
}

static inline void echo(int client)
{
    char buffer[4096];
    ssize_t length;
    while ((length = recv(client, buffer, sizeof buffer, 0)) > 0) {
        say(client, buffer, (size_t)length);
    }
}

static inline void reset(struct talker *talker)
{
    struct linger at_once = {1, 0};
    CHECK(setsockopt(talker->client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0);
    CHECK(close(talker->client) == 0);
    talker->client = -1;
}

static inline void *talk(void *user)
{
    static const char confirm[] = "\x03\0\0\x13\x0e\xd0\0\0\x12\x34\0\x02\0\x08\0\0\0\0\0";
    struct talker *talker = (struct talker *)user;
    unsigned char *request = talker->request;
    talker->client = accept(talker->place.socket, NULL, NULL);
    CHECK(talker->client >= 0);
    CHECK(recv(talker->client, request, 4, MSG_WAITALL) == 4 && request[2] == 0);
    CHECK(recv(talker->client, request + 4, request[3] - 4u, MSG_WAITALL) == request[3] - 4);
    talker->length = request[3];
    say(talker->client, confirm, sizeof confirm - 1);
    if (talker->part == ECHOES) {
        echo(talker->client);
    } else if (talker->part == ENDS) {
        CHECK(shutdown(talker->client, SHUT_WR) == 0);
    } else if (talker->part == RESETS) {
        reset(talker);
    }
    return NULL;
}

static inline void hire(struct talker *talker, enum part part)
{
    memset(talker, 0, sizeof *talker);
    talker->place = silent();
    talker->part = part;
    CHECK(pthread_create(&talker->thread, NULL, talk, talker) == 0);
}

static inline void dismiss(struct talker *talker)
{
    CHECK(pthread_join(talker->thread, NULL) == 0);
    if (talker->client >= 0) {
        CHECK(close(talker->client) == 0);
    }
    leave(talker->place);
}

static inline rdp_probe_prober *prober_for_rdp(void)
{
    rdp_probe_options *options = options_with(RDP_PROBE_GOAL_NEGOTIATE, LONG_MS);
    OK(rdp_probe_options_offer(options, RDP_PROBE_PROTOCOL_RDP));
    return prober_of(options);
}

/* A connection to a talker. The prober is freed at once: a connection lives without it. */
static inline rdp_probe_connection *call(struct talker *talker, enum part part)
{
    rdp_probe_connection *connection = NULL;
    rdp_probe_prober *prober = prober_for_rdp();
    hire(talker, part);
    OK(rdp_probe_open(prober, talker->place.target, NULL, &connection, NULL));
    rdp_probe_prober_free(prober);
    CHECK(connection != NULL && !rdp_probe_connection_is_tls(connection));
    CHECK(rdp_probe_connection_selected(connection) == RDP_PROBE_PROTOCOL_RDP);
    return connection;
}

#endif
