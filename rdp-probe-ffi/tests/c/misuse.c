/* What no program should do: NULL for each pointer of each function, numbers that no constant has, text that is not UTF-8, indexes
 * out of range, options that contradict each other. Each is a status with a text, or nothing; never the end of the process. */

#define _POSIX_C_SOURCE 200809L

#include "lab.h"

#define UNKNOWN 4711
#define NOT_UTF8 "ts\xff\xfe"

static const uint8_t some_bytes[16] = {0};
static const char *const some_targets[] = {"nobody.invalid"};
static const char a_file[] = "full address:s:nobody.invalid";

static void never(void *user, size_t index, rdp_probe_status status, rdp_probe_report *report)
{
    (void)user, (void)index, (void)status, (void)report;
    CHECK(!"called");
}

static void never_opened(void *user, rdp_probe_status status, rdp_probe_connection *connection, rdp_probe_report *report)
{
    (void)user, (void)status, (void)connection, (void)report;
    CHECK(!"called");
}

static uint32_t know_nothing(void *user, const char *target, uint8_t *buffer, size_t capacity, size_t *length)
{
    (void)user, (void)target, (void)buffer, (void)capacity, (void)length;
    return RDP_PROBE_KNOWN_NOTHING;
}

static uint32_t keep_nothing(void *user, const char *target, const uint8_t *certificate, size_t certificate_len,
                             uint8_t *buffer, size_t capacity, size_t *length)
{
    (void)user, (void)target, (void)certificate, (void)certificate_len, (void)buffer, (void)capacity, (void)length;
    return RDP_PROBE_KNOWN_NOTHING;
}

/* Text that is not there can be printed all the same. */
static int is_empty(rdp_probe_str text)
{
    return text.len == 0 && text.ptr != NULL;
}

static int has(uint32_t feature)
{
    return (rdp_probe_features() & feature) != 0;
}

static void no_options(void)
{
    REFUSES(rdp_probe_options_goal(NULL, RDP_PROBE_GOAL_TLS));
    REFUSES(rdp_probe_options_threads(NULL, 1));
    REFUSES(rdp_probe_options_offer(NULL, RDP_PROBE_PROTOCOL_SSL));
    REFUSES(rdp_probe_options_other_offer(NULL, RDP_PROBE_PROTOCOL_SSL));
    REFUSES(rdp_probe_options_budget(NULL, 1, 1));
    REFUSES(rdp_probe_options_family(NULL, RDP_PROBE_FAMILY_ANY));
    REFUSES(rdp_probe_options_bind(NULL, "127.0.0.1"));
    REFUSES(rdp_probe_options_proxy(NULL, "socks5://127.0.0.1:1"));
    REFUSES(rdp_probe_options_trust(NULL, RDP_PROBE_TRUST_OBSERVE));
    REFUSES(rdp_probe_options_roots_pem(NULL, some_bytes, sizeof some_bytes));
    REFUSES(rdp_probe_options_roots_system(NULL));
    REFUSES(rdp_probe_options_known(NULL, know_nothing, keep_nothing, NULL));
    REFUSES(rdp_probe_options_expect(NULL, "00"));
    REFUSES(rdp_probe_options_fixed_clock(NULL, 0));
    REFUSES(rdp_probe_options_server_name(NULL, "ts01.example"));
    REFUSES(rdp_probe_options_client_hello(NULL, RDP_PROBE_RUNG_WIDE, 0));
    REFUSES(rdp_probe_options_examine(NULL, 0, 0, 0));
}

static void no_options_for_the_request(void)
{
    REFUSES(rdp_probe_options_cookie(NULL, "alice"));
    REFUSES(rdp_probe_options_routing_token(NULL, "token"));
    REFUSES(rdp_probe_options_without_negotiation(NULL));
    REFUSES(rdp_probe_options_restricted_admin(NULL));
    REFUSES(rdp_probe_options_redirected_authentication(NULL));
    REFUSES(rdp_probe_options_correlation_id(NULL, some_bytes));
    REFUSES(rdp_probe_options_preconnection_id(NULL, 1));
    REFUSES(rdp_probe_options_preconnection_blob(NULL, "blob"));
    REFUSES(rdp_probe_options_package(NULL, RDP_PROBE_PACKAGE_NTLM));
    REFUSES(rdp_probe_options_service(NULL, "ts01.example"));
    REFUSES(rdp_probe_options_kdc(NULL, "127.0.0.1:88"));
    REFUSES(rdp_probe_options_dangerous_any_certificate(NULL));
    REFUSES(rdp_probe_options_dangerous_old_credssp(NULL));
    REFUSES(rdp_probe_options_same_credentials_for_all(NULL));
}

static void no_value_for_an_option(void)
{
    rdp_probe_options *options = rdp_probe_options_new();
    REFUSES(rdp_probe_options_bind(options, NULL));
    REFUSES(rdp_probe_options_proxy(options, NULL));
    REFUSES(rdp_probe_options_roots_pem(options, NULL, 1));
    REFUSES(rdp_probe_options_known(options, NULL, keep_nothing, NULL));
    REFUSES(rdp_probe_options_known(options, know_nothing, NULL, NULL));
    REFUSES(rdp_probe_options_expect(options, NULL));
    REFUSES(rdp_probe_options_cookie(options, NULL));
    REFUSES(rdp_probe_options_routing_token(options, NULL));
    REFUSES(rdp_probe_options_correlation_id(options, NULL));
    REFUSES(rdp_probe_options_preconnection_blob(options, NULL));
    REFUSES(rdp_probe_options_service(options, NULL));
    REFUSES(rdp_probe_options_kdc(options, NULL));
    OK(rdp_probe_options_server_name(options, NULL)); /* which means: none */
    rdp_probe_options_free(options);
}

static void no_credentials(void)
{
    rdp_probe_credentials *credentials = NULL;
    REFUSES(rdp_probe_credentials_password(NULL, NULL, "x", &credentials));
    REFUSES(rdp_probe_credentials_password("alice", NULL, NULL, &credentials));
    REFUSES(rdp_probe_credentials_password("alice", NULL, "x", NULL));
    REFUSES(rdp_probe_credentials_nt_hash(NULL, NULL, some_bytes, &credentials));
    REFUSES(rdp_probe_credentials_nt_hash("alice", NULL, NULL, &credentials));
    REFUSES(rdp_probe_credentials_nt_hash("alice", NULL, some_bytes, NULL));
    CHECK(credentials == NULL);
}

/* Every function is there in every build, and says so where it lacks what it takes. */
static void what_is_not_built_in(void)
{
    rdp_probe_credentials *credentials = NULL;
    rdp_probe_options *options = rdp_probe_options_new();
    rdp_probe_status nla = has(RDP_PROBE_FEATURE_NLA) ? RDP_PROBE_OK : RDP_PROBE_UNSUPPORTED;
    GIVES(nla, rdp_probe_credentials_password("alice", NULL, "Secret-1", &credentials));
    CHECK((credentials != NULL) == (nla == RDP_PROBE_OK));
    rdp_probe_credentials_free(credentials);
    GIVES(nla, rdp_probe_options_kdc(options, "127.0.0.1:88"));
    GIVES(nla, rdp_probe_options_goal(options, RDP_PROBE_GOAL_VERIFY));
    GIVES(nla, rdp_probe_options_goal(options, RDP_PROBE_GOAL_DELEGATE));
    OK(rdp_probe_options_goal(options, RDP_PROBE_GOAL_CHALLENGE));
    if (!has(RDP_PROBE_FEATURE_SYSTEM_ROOTS)) {
        GIVES(RDP_PROBE_UNSUPPORTED, rdp_probe_options_roots_system(options));
    }
    rdp_probe_options_free(options);
}

static void no_prober(void)
{
    rdp_probe_report *report = NULL;
    rdp_probe_connection *connection = NULL;
    rdp_probe_job *job = NULL;
    REFUSES(rdp_probe_prober_new(NULL, NULL));
    REFUSES(rdp_probe_run(NULL, "nobody.invalid", NULL, &report));
    REFUSES(rdp_probe_run_rdp_file(NULL, some_bytes, sizeof some_bytes, NULL, &report));
    REFUSES(rdp_probe_start(NULL, some_targets, 1, 0, NULL, never, NULL, &job));
    REFUSES(rdp_probe_open(NULL, "nobody.invalid", NULL, &connection, &report));
    REFUSES(rdp_probe_start_rdp_file(NULL, some_bytes, sizeof some_bytes, NULL, never, NULL, &job));
    REFUSES(rdp_probe_open_rdp_file(NULL, some_bytes, sizeof some_bytes, NULL, &connection, &report));
    REFUSES(rdp_probe_open_start(NULL, "nobody.invalid", NULL, never_opened, NULL, &job));
    CHECK(report == NULL && connection == NULL && job == NULL);
}

static void nothing_to_probe(void)
{
    rdp_probe_prober *prober = prober_with(RDP_PROBE_GOAL_TLS, LONG_MS);
    rdp_probe_report *report = NULL;
    rdp_probe_connection *connection = NULL;
    rdp_probe_job *job = NULL;
    REFUSES(rdp_probe_run(prober, NULL, NULL, &report));
    REFUSES(rdp_probe_run(prober, "nobody.invalid", NULL, NULL));
    REFUSES(rdp_probe_run_rdp_file(prober, NULL, 1, NULL, &report));
    REFUSES(rdp_probe_run_rdp_file(prober, some_bytes, 1, NULL, NULL));
    REFUSES(rdp_probe_start(prober, NULL, 1, 0, NULL, never, NULL, &job));
    REFUSES(rdp_probe_start(prober, some_targets, 1, 0, NULL, NULL, NULL, &job));
    REFUSES(rdp_probe_start_rdp_file(prober, NULL, 1, NULL, never, NULL, &job));
    REFUSES(rdp_probe_start_rdp_file(prober, (const uint8_t *)a_file, sizeof a_file - 1, NULL, NULL, NULL, &job));
    REFUSES(rdp_probe_open_rdp_file(prober, NULL, 1, NULL, &connection, &report));
    REFUSES(rdp_probe_open_rdp_file(prober, (const uint8_t *)a_file, sizeof a_file - 1, NULL, NULL, &report));
    REFUSES(rdp_probe_open(prober, NULL, NULL, &connection, &report));
    REFUSES(rdp_probe_open(prober, "nobody.invalid", NULL, NULL, &report));
    REFUSES(rdp_probe_open_start(prober, NULL, NULL, never_opened, NULL, &job));
    REFUSES(rdp_probe_open_start(prober, "nobody.invalid", NULL, NULL, NULL, &job));
    CHECK(report == NULL && connection == NULL && job == NULL);
    rdp_probe_prober_free(prober);
}

static void keep_status(void *user, size_t index, rdp_probe_status status, rdp_probe_report *report)
{
    rdp_probe_status *statuses = (rdp_probe_status *)user;
    CHECK(report == NULL && rdp_probe_last_error().len > 0);
    statuses[index] = status;
}

/* What is wrong with one target of many, its callback tells. */
static void gaps_in_a_batch(void)
{
    static const char *const targets[] = {"a b", NULL, NOT_UTF8, ""};
    rdp_probe_status statuses[4] = {RDP_PROBE_OK, RDP_PROBE_OK, RDP_PROBE_OK, RDP_PROBE_OK};
    rdp_probe_prober *prober = prober_with(RDP_PROBE_GOAL_TLS, LONG_MS);
    rdp_probe_job *job = NULL;
    OK(rdp_probe_start(prober, targets, 4, 0, NULL, keep_status, statuses, &job));
    OK(rdp_probe_job_wait(job, RDP_PROBE_FOREVER));
    CHECK(statuses[0] == RDP_PROBE_INVALID_TARGET && statuses[1] == RDP_PROBE_INVALID_ARGUMENT);
    CHECK(statuses[2] == RDP_PROBE_INVALID_ARGUMENT && statuses[3] == RDP_PROBE_INVALID_TARGET);
    rdp_probe_job_free(job);
    rdp_probe_prober_free(prober);
}

static void no_job(void)
{
    REFUSES(rdp_probe_job_cancel(NULL));
    REFUSES(rdp_probe_job_wait(NULL, 0));
    CHECK(rdp_probe_job_done(NULL) == 0);
}

static void no_report(void)
{
    rdp_probe_report *report = NULL;
    uint32_t a, b, c;
    int64_t code;
    CHECK(rdp_probe_report_ok(NULL) == 0 && rdp_probe_report_stage(NULL) == 0 && rdp_probe_report_end(NULL) == 0);
    CHECK(is_empty(rdp_probe_report_target(NULL)) && is_empty(rdp_probe_report_end_symbol(NULL)));
    CHECK(rdp_probe_report_end_code(NULL, &code) == 0 && rdp_probe_report_selected(NULL, &a) == 0);
    CHECK(rdp_probe_report_stage_us(NULL, RDP_PROBE_STAGE_TLS) == 0 && rdp_probe_report_total_us(NULL) == 0);
    CHECK(rdp_probe_report_windows(NULL, &a, &b, &c) == 0 && rdp_probe_report_nla(NULL) == 0);
    CHECK(rdp_probe_report_causes(NULL) == 0 && rdp_probe_report_cause(NULL, 0) == 0);
    CHECK(is_empty(rdp_probe_report_cause_code(NULL, 0)) && is_empty(rdp_probe_report_cause_headline(NULL, 0)));
    CHECK(rdp_probe_report_cause_confidence(NULL, 0) == 0 && rdp_probe_report_certificate(NULL).len == 0);
    CHECK(rdp_probe_report_certificate_validity(NULL, &code, &code) == 0 && rdp_probe_report_tls_version(NULL) == 0);
    CHECK(is_empty(rdp_probe_report_certificate_subject(NULL)) && rdp_probe_report_certificate_sha1(NULL).len == 0);
    CHECK(rdp_probe_report_certificate_sha1(NULL).ptr != NULL && is_empty(rdp_probe_report_cause_advice(NULL, 0)));
    CHECK(is_empty(rdp_probe_report_json(NULL)) && is_empty(rdp_probe_report_text(NULL)));
    CHECK(is_empty(rdp_probe_report_markdown(NULL)) && is_empty(rdp_probe_report_transcript(NULL)));
    REFUSES(rdp_probe_report_redacted(NULL, &report));
    REFUSES(rdp_probe_report_replay(NULL, 1, &report));
    REFUSES(rdp_probe_report_replay(some_bytes, sizeof some_bytes, NULL));
    CHECK(report == NULL);
}

/* Getters that write somewhere may be told not to. */
static void no_place_to_write(void)
{
    struct place nobody = refusing();
    rdp_probe_prober *prober = prober_with(RDP_PROBE_GOAL_TLS, LONG_MS);
    rdp_probe_report *report = run(prober, nobody.target);
    uint32_t reason = 0;
    CHECK(rdp_probe_report_end_code(report, NULL) == 1);
    CHECK(rdp_probe_report_selected(report, NULL) == 0);
    CHECK(rdp_probe_report_windows(report, NULL, NULL, NULL) == 1);
    CHECK(rdp_probe_report_windows(report, &reason, NULL, NULL) == 1 && reason == 0x204);
    REFUSES(rdp_probe_report_redacted(report, NULL));
    rdp_probe_report_free(report);
    rdp_probe_prober_free(prober);
    leave(nobody);
}

static void no_explanation(void)
{
    rdp_probe_explanation *explanation = NULL;
    REFUSES(rdp_probe_explain(NULL, &explanation));
    REFUSES(rdp_probe_explain("0x204", NULL));
    CHECK(explanation == NULL && rdp_probe_explanation_found(NULL) == 0);
    CHECK(is_empty(rdp_probe_explanation_text(NULL)) && is_empty(rdp_probe_explanation_json(NULL)));
}

static void no_connection(void)
{
    uint8_t buffer[4];
    size_t length = 0;
    CHECK(rdp_probe_connection_selected(NULL) == 0 && rdp_probe_connection_flags(NULL) == 0);
    CHECK(rdp_probe_connection_is_tls(NULL) == 0 && rdp_probe_connection_public_key(NULL).len == 0);
    CHECK(rdp_probe_connection_public_key_info(NULL).len == 0);
    REFUSES(rdp_probe_connection_read(NULL, buffer, sizeof buffer, 1, &length));
    REFUSES(rdp_probe_connection_write(NULL, some_bytes, sizeof some_bytes, 1, &length));
    REFUSES(rdp_probe_connection_close(NULL));
}

static void no_buffers_of_a_connection(void)
{
    rdp_probe_options *options = options_with(RDP_PROBE_GOAL_NEGOTIATE, LONG_MS);
    rdp_probe_connection *connection = NULL;
    uint8_t buffer[4];
    size_t length = 0;
    OK(rdp_probe_options_offer(options, RDP_PROBE_PROTOCOL_RDP));
    rdp_probe_prober *prober = prober_of(options);
    OK(rdp_probe_open(prober, lab("standard-security"), NULL, &connection, NULL));
    REFUSES(rdp_probe_connection_read(connection, NULL, 4, 1, &length));
    REFUSES(rdp_probe_connection_read(connection, buffer, sizeof buffer, 1, NULL));
    REFUSES(rdp_probe_connection_write(connection, NULL, 4, 1, &length));
    rdp_probe_connection_free(connection);
    rdp_probe_prober_free(prober);
}

static void free_of_nothing(void)
{
    rdp_probe_options_free(NULL);
    rdp_probe_credentials_free(NULL);
    rdp_probe_prober_free(NULL);
    rdp_probe_job_free(NULL);
    rdp_probe_report_free(NULL);
    rdp_probe_explanation_free(NULL);
    rdp_probe_connection_free(NULL);
}

static void numbers_without_a_constant(void)
{
    rdp_probe_options *options = rdp_probe_options_new();
    REFUSES(rdp_probe_options_goal(options, 0));
    REFUSES(rdp_probe_options_goal(options, UNKNOWN));
    REFUSES(rdp_probe_options_family(options, 0));
    REFUSES(rdp_probe_options_family(options, UNKNOWN));
    REFUSES(rdp_probe_options_trust(options, 0));
    REFUSES(rdp_probe_options_trust(options, UNKNOWN));
    REFUSES(rdp_probe_options_client_hello(options, 0, 0));
    REFUSES(rdp_probe_options_client_hello(options, UNKNOWN, 0));
    REFUSES(rdp_probe_options_package(options, 0));
    REFUSES(rdp_probe_options_package(options, UNKNOWN));
    REFUSES(rdp_probe_log(UNKNOWN, NULL, NULL));
    rdp_probe_options_free(options);
}

static void text_that_is_not_utf8(void)
{
    rdp_probe_options *options = rdp_probe_options_new();
    rdp_probe_prober *prober = prober_with(RDP_PROBE_GOAL_TLS, LONG_MS);
    rdp_probe_report *report = NULL;
    rdp_probe_explanation *explanation = NULL;
    REFUSES(rdp_probe_options_bind(options, NOT_UTF8));
    REFUSES(rdp_probe_options_proxy(options, NOT_UTF8));
    REFUSES(rdp_probe_options_server_name(options, NOT_UTF8));
    REFUSES(rdp_probe_options_cookie(options, NOT_UTF8));
    REFUSES(rdp_probe_run(prober, NOT_UTF8, NULL, &report));
    REFUSES(rdp_probe_explain(NOT_UTF8, &explanation));
    CHECK(report == NULL && explanation == NULL);
    rdp_probe_prober_free(prober);
    rdp_probe_options_free(options);
}

static void input_that_cannot_be_read(void)
{
    rdp_probe_options *options = rdp_probe_options_new();
    rdp_probe_prober *prober = prober_with(RDP_PROBE_GOAL_TLS, LONG_MS);
    rdp_probe_report *report = NULL;
    GIVES(RDP_PROBE_INVALID_INPUT, rdp_probe_options_roots_pem(options, some_bytes, sizeof some_bytes));
    GIVES(RDP_PROBE_INVALID_INPUT, rdp_probe_options_proxy(options, "gopher://127.0.0.1"));
    GIVES(RDP_PROBE_INVALID_INPUT, rdp_probe_options_expect(options, "not hexadecimal"));
    GIVES(RDP_PROBE_INVALID_INPUT, rdp_probe_options_bind(options, "nowhere"));
    GIVES(RDP_PROBE_INVALID_INPUT, rdp_probe_options_cookie(options, "alice\r\nbob"));
    GIVES(RDP_PROBE_INVALID_INPUT, rdp_probe_report_replay((const uint8_t *)"no transcript", 13, &report));
    GIVES(RDP_PROBE_INVALID_INPUT, rdp_probe_run_rdp_file(prober, (const uint8_t *)"no address", 10, NULL, &report));
    CHECK(report == NULL);
    rdp_probe_prober_free(prober);
    rdp_probe_options_free(options);
}

/* A service's name has a host in it, and nothing else. */
static void services_that_are_no_host(void)
{
    static const char *const wrong[] = {"",           "a b",           "ts01:3389",   "ts01.example:88", "TERMSRV/ts01",
                                        "alice@ts01", "[::1]:3389",    "ts01\nts02",  ":3389",           "rdp://ts01",
                                        " ts01",      "ts01.example/", "ts01.example "};
    rdp_probe_options *options = rdp_probe_options_new();
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        GIVES(RDP_PROBE_INVALID_INPUT, rdp_probe_options_service(options, wrong[i]));
    }
    REFUSES(rdp_probe_options_service(options, NOT_UTF8));
    OK(rdp_probe_options_service(options, "ts01"));
    OK(rdp_probe_options_service(options, "ts01.example"));
    OK(rdp_probe_options_service(options, "TS01.Example"));
    rdp_probe_options_free(options);
}

/* The text of an invalid target points at what cannot be read. */
static void a_target_that_cannot_be_read(void)
{
    rdp_probe_prober *prober = prober_with(RDP_PROBE_GOAL_TLS, LONG_MS);
    rdp_probe_report *report = NULL;
    rdp_probe_connection *connection = NULL;
    GIVES(RDP_PROBE_INVALID_TARGET, rdp_probe_run(prober, "a b:3389", NULL, &report));
    CHECK(holds(rdp_probe_last_error(), "a b:3389") && holds(rdp_probe_last_error(), "\" \" cannot stand"));
    GIVES(RDP_PROBE_INVALID_TARGET, rdp_probe_open(prober, "ts01:99999", NULL, &connection, &report));
    CHECK(holds(rdp_probe_last_error(), "ts01:99999"));
    GIVES(RDP_PROBE_INVALID_TARGET, rdp_probe_run(prober, "", NULL, &report));
    CHECK(report == NULL && connection == NULL);
    rdp_probe_prober_free(prober);
}

static void indexes_out_of_range(void)
{
    struct place nobody = refusing();
    rdp_probe_prober *prober = prober_with(RDP_PROBE_GOAL_TLS, LONG_MS);
    rdp_probe_report *report = run(prober, nobody.target);
    const size_t places[] = {rdp_probe_report_causes(report), UNKNOWN, SIZE_MAX};
    for (size_t i = 0; i < 3; i++) {
        CHECK(rdp_probe_report_cause(report, places[i]) == 0);
        CHECK(is_empty(rdp_probe_report_cause_code(report, places[i])));
        CHECK(is_empty(rdp_probe_report_cause_headline(report, places[i])));
        CHECK(is_empty(rdp_probe_report_cause_advice(report, places[i])));
        CHECK(rdp_probe_report_cause_confidence(report, places[i]) == 0);
    }
    CHECK(rdp_probe_report_stage_us(report, 0) == 0 && rdp_probe_report_stage_us(report, UNKNOWN) == 0);
    rdp_probe_report_free(report);
    rdp_probe_prober_free(prober);
    leave(nobody);
}

static void contradicts(rdp_probe_options *options)
{
    rdp_probe_prober *prober = NULL;
    GIVES(RDP_PROBE_INVALID_OPTIONS, rdp_probe_prober_new(options, &prober));
    CHECK(prober == NULL);
    rdp_probe_options_free(options);
}

static void options_that_contradict_each_other(void)
{
    rdp_probe_options *options = rdp_probe_options_new();
    OK(rdp_probe_options_trust(options, RDP_PROBE_TRUST_STRICT));
    contradicts(options); /* no roots */
    options = rdp_probe_options_new();
    OK(rdp_probe_options_trust(options, RDP_PROBE_TRUST_FIRST_USE));
    contradicts(options); /* no store */
    options = rdp_probe_options_new();
    OK(rdp_probe_options_known(options, know_nothing, keep_nothing, NULL));
    OK(rdp_probe_options_trust(options, RDP_PROBE_TRUST_FIRST_USE));
    OK(rdp_probe_options_goal(options, RDP_PROBE_GOAL_NEGOTIATE));
    contradicts(options); /* no certificate is seen */
}

/* Options are copied: two probers come from the same, and a change in between is the second one's alone. */
static void options_used_twice(void)
{
    rdp_probe_options *options = options_with(RDP_PROBE_GOAL_NEGOTIATE, LONG_MS);
    rdp_probe_prober *first = NULL, *second = NULL;
    OK(rdp_probe_prober_new(options, &first));
    OK(rdp_probe_options_goal(options, RDP_PROBE_GOAL_TLS));
    OK(rdp_probe_prober_new(options, &second));
    rdp_probe_options_free(options);
    rdp_probe_report *one = run(first, lab("tls-reset")), *other = run(second, lab("tls-reset"));
    CHECK(rdp_probe_report_stage(one) == RDP_PROBE_STAGE_NEGOTIATE);
    CHECK(rdp_probe_report_stage(other) == RDP_PROBE_STAGE_TLS);
    rdp_probe_report_free(one);
    rdp_probe_report_free(other);
    rdp_probe_prober_free(first);
    rdp_probe_prober_free(second);
}

/* A call that succeeds leaves the last error as it is; one that fails has it replaced. */
static void last_errors(void)
{
    rdp_probe_explanation *explanation = NULL;
    rdp_probe_report *report = NULL;
    rdp_probe_prober *prober = prober_with(RDP_PROBE_GOAL_TLS, LONG_MS);
    GIVES(RDP_PROBE_INVALID_TARGET, rdp_probe_run(prober, "a b", NULL, &report));
    OK(rdp_probe_explain("0x204", &explanation));
    rdp_probe_explanation_free(explanation);
    CHECK(holds(rdp_probe_last_error(), "a b"));
    REFUSES(rdp_probe_run(prober, NULL, NULL, &report));
    CHECK(!holds(rdp_probe_last_error(), "a b") && rdp_probe_last_error_code() == 0);
    rdp_probe_prober_free(prober);
}

static void all(void)
{
    RUN(no_options);
    RUN(no_options_for_the_request);
    RUN(no_value_for_an_option);
    RUN(no_credentials);
    RUN(what_is_not_built_in);
    RUN(no_prober);
    RUN(nothing_to_probe);
    RUN(gaps_in_a_batch);
    RUN(no_job);
    RUN(no_report);
    RUN(no_place_to_write);
    RUN(no_explanation);
    RUN(no_connection);
    RUN(no_buffers_of_a_connection);
    RUN(free_of_nothing);
    RUN(numbers_without_a_constant);
    RUN(text_that_is_not_utf8);
    RUN(input_that_cannot_be_read);
    RUN(services_that_are_no_host);
    RUN(a_target_that_cannot_be_read);
    RUN(indexes_out_of_range);
    RUN(options_that_contradict_each_other);
    RUN(options_used_twice);
    RUN(last_errors);
}

int main(int argc, char **argv)
{
    (void)argc;
    run_all(argv, all);
    return 0;
}
