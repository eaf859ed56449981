/* What an .rdp file says: where to, what is offered, who asks. Its words take the place of the options', but for what is trusted. */

#define _POSIX_C_SOURCE 200809L

#include "talker.h"

#define SSL_ALONE "\x01\0\x08\0\x01\0\0\0"
#define SSL_AND_CREDSSP "\x01\0\x08\0\x0b\0\0\0"

/* A file that leads to a target. */
struct file {
    char text[256];
    const uint8_t *bytes;
    size_t length;
};

static void write_file(struct file *file, const char *target, const char *lines)
{
    file->length = (size_t)snprintf(file->text, sizeof file->text, "full address:s:%s\r\n%s", target, lines);
    file->bytes = (const uint8_t *)file->text;
    CHECK(file->length < sizeof file->text);
}

/* The prober's own words, none of which a file leaves. */
static rdp_probe_prober *prober_with_words(void)
{
    rdp_probe_options *options = options_with(RDP_PROBE_GOAL_NEGOTIATE, LONG_MS);
    OK(rdp_probe_options_offer(options, RDP_PROBE_PROTOCOL_SSL | RDP_PROBE_PROTOCOL_RDSTLS));
    OK(rdp_probe_options_cookie(options, "alice"));
    return prober_of(options);
}

/* What has come of a file in the background. */
static size_t calls;

static void probed(void *user, size_t index, rdp_probe_status status, rdp_probe_report *report)
{
    CHECK(status == RDP_PROBE_OK && index == 0);
    CHECK(is(rdp_probe_report_target(report), (const char *)user));
    rdp_probe_report_free(report);
    calls++;
}

static void probes(const rdp_probe_prober *prober, const char *target, const char *lines)
{
    struct file file;
    rdp_probe_report *report = NULL;
    write_file(&file, target, lines);
    OK(rdp_probe_run_rdp_file(prober, file.bytes, file.length, NULL, &report));
    CHECK(is(rdp_probe_report_target(report), target));
    rdp_probe_report_free(report);
}

/* The file is the caller's again as soon as the call is back. */
static void probes_in_the_background(const rdp_probe_prober *prober, const char *target, const char *lines)
{
    struct file file;
    rdp_probe_job *job = NULL;
    char to[32];
    write_file(&file, target, lines);
    calls = 0;
    snprintf(to, sizeof to, "%s", target);
    OK(rdp_probe_start_rdp_file(prober, file.bytes, file.length, NULL, probed, to, &job));
    memset(&file, '?', sizeof file);
    OK(rdp_probe_job_wait(job, RDP_PROBE_FOREVER));
    CHECK(calls == 1 && rdp_probe_job_done(job) == 1);
    rdp_probe_job_free(job);
}

static void opens(const rdp_probe_prober *prober, const char *target, const char *lines)
{
    struct file file;
    rdp_probe_connection *connection = NULL;
    rdp_probe_report *report = NULL;
    write_file(&file, target, lines);
    OK(rdp_probe_open_rdp_file(prober, file.bytes, file.length, NULL, &connection, &report));
    CHECK(connection != NULL && is(rdp_probe_report_target(report), target));
    CHECK(rdp_probe_connection_selected(connection) == RDP_PROBE_PROTOCOL_RDP);
    rdp_probe_report_free(report);
    rdp_probe_connection_free(connection);
}

typedef void (*way)(const rdp_probe_prober *prober, const char *target, const char *lines);

/* What the server hears of it: a line of the request, and what is offered at its end. */
static void hears(way by, const char *lines, const char *line, const char *offer)
{
    struct talker talker;
    rdp_probe_prober *prober = prober_with_words();
    hire(&talker, RESTS);
    by(prober, talker.place.target, lines);
    rdp_probe_prober_free(prober);
    CHECK(pthread_join(talker.thread, NULL) == 0);
    rdp_probe_str request = {(const char *)talker.request, talker.length};
    CHECK(holds(request, line) && !holds(request, "alice"));
    CHECK(talker.length > 8 && memcmp(talker.request + talker.length - 8, offer, 8) == 0);
    CHECK(close(talker.client) == 0);
    leave(talker.place);
}

static void the_words_of_the_file(void)
{
    static const way ways[] = {probes, probes_in_the_background, opens};
    for (size_t i = 0; i < 3; i++) {
        hears(ways[i], "username:s:bob\r\n", "Cookie: mstshash=bob\r\n", SSL_AND_CREDSSP);
        hears(ways[i], "username:s:bob\r\nenablecredsspsupport:i:0\r\n", "Cookie: mstshash=bob\r\n", SSL_ALONE);
        hears(ways[i], "loadbalanceinfo:s:tsv://MS Terminal Services Plugin.1.Pool\r\n",
              "tsv://MS Terminal Services Plugin.1.Pool\r\n", SSL_AND_CREDSSP);
    }
}

/* A file that cannot be used, and the line of it that is said to be wrong. */
static void is_broken(const rdp_probe_prober *prober, const char *text, const char *line)
{
    const uint8_t *bytes = (const uint8_t *)text;
    size_t bytes_length = strlen(text);
    rdp_probe_report *report = NULL;
    rdp_probe_connection *connection = NULL;
    rdp_probe_job *job = NULL;
    GIVES(RDP_PROBE_INVALID_INPUT, rdp_probe_run_rdp_file(prober, bytes, bytes_length, NULL, &report));
    CHECK(holds(rdp_probe_last_error(), line));
    GIVES(RDP_PROBE_INVALID_INPUT, rdp_probe_start_rdp_file(prober, bytes, bytes_length, NULL, probed, NULL, &job));
    CHECK(holds(rdp_probe_last_error(), line));
    GIVES(RDP_PROBE_INVALID_INPUT, rdp_probe_open_rdp_file(prober, bytes, bytes_length, NULL, &connection, &report));
    CHECK(holds(rdp_probe_last_error(), line));
    CHECK(report == NULL && connection == NULL && job == NULL);
}

static void broken_files(void)
{
    rdp_probe_prober *prober = prober_with_words();
    is_broken(prober, "full address:s:a b\r\n", "line 1");
    is_broken(prober, "username:s:bob\r\nfull address:s:a b\r\n", "line 2");
    is_broken(prober, "full address:s:ts01\r\nusername:s:bob\r\nserver port:i:99999\r\n", "line 3");
    is_broken(prober, "full address:s:ts01\r\nserver port:i:many\r\n", "line 2");
    is_broken(prober, "username:s:bob\r\n", "full address");
    is_broken(prober, "", "full address");
    rdp_probe_prober_free(prober);
}

static int is_trusted(const rdp_probe_prober *prober, const char *target, const char *lines)
{
    struct file file;
    rdp_probe_report *report = NULL;
    write_file(&file, target, lines);
    OK(rdp_probe_run_rdp_file(prober, file.bytes, file.length, NULL, &report));
    CHECK(rdp_probe_report_stage(report) == RDP_PROBE_STAGE_TLS);
    int ok = (int)rdp_probe_report_ok(report);
    CHECK(ok == (rdp_probe_report_end(report) != RDP_PROBE_END_UNTRUSTED));
    rdp_probe_report_free(report);
    return ok;
}

/* Whatever the file says of server authentication, in its own way of counting: 0 goes on, 1 does not, 2 asks. */
static void trust_is_that_of_the_options(void)
{
    static const char *const levels[] = {"", "authentication level:i:0\r\n", "authentication level:i:1\r\n",
                                         "authentication level:i:2\r\n"};
    rdp_probe_options *options = options_with(RDP_PROBE_GOAL_TLS, LONG_MS);
    OK(rdp_probe_options_expect(options, "0000000000000000000000000000000000000000"));
    rdp_probe_prober *strict = prober_of(options), *mild = prober_with(RDP_PROBE_GOAL_TLS, LONG_MS);
    for (size_t i = 0; i < 4; i++) {
        CHECK(is_trusted(mild, lab("certificate-expired"), levels[i]));
        CHECK(!is_trusted(strict, lab("certificate-expired"), levels[i]));
    }
    rdp_probe_prober_free(strict);
    rdp_probe_prober_free(mild);
}

static void all(void)
{
    RUN(the_words_of_the_file);
    RUN(broken_files);
    RUN(trust_is_that_of_the_options);
}

int main(int argc, char **argv)
{
    (void)argc;
    run_all(argv, all);
    return 0;
}
