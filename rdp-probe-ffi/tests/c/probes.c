/* One probe at a time: success, a failure in each stage, what a report gives, and what is made of it. */

#define _POSIX_C_SOURCE 200809L

#include "lab.h"

/* What a failed probe must say. */
static void ends(const rdp_probe_report *report, uint32_t stage, uint32_t end, const char *cause_code)
{
    CHECK(!rdp_probe_report_ok(report));
    CHECK(rdp_probe_report_stage(report) == stage);
    CHECK(rdp_probe_report_end(report) == end);
    CHECK(has_cause(report, cause_code));
}

static void fails(const rdp_probe_prober *prober, const char *target, uint32_t stage, uint32_t end, const char *cause_code)
{
    rdp_probe_report *report = run(prober, target);
    ends(report, stage, end, cause_code);
    CHECK(same(rdp_probe_report_target(report), (rdp_probe_str){target, strlen(target)}));
    rdp_probe_report_free(report);
}

static void what_the_library_is(void)
{
    CHECK(rdp_probe_abi() == RDP_PROBE_ABI);
    CHECK(rdp_probe_version().len > 0);
    CHECK(!same(rdp_probe_status_text(RDP_PROBE_OK), rdp_probe_status_text(RDP_PROBE_CANCELLED)));
    CHECK(rdp_probe_status_text(RDP_PROBE_PANIC).len > 0);
    CHECK(rdp_probe_status_text(4711).len > 0);
}

static void times_add_up(const rdp_probe_report *report)
{
    uint64_t stages = 0;
    for (uint32_t stage = RDP_PROBE_STAGE_RESOLVE; stage <= RDP_PROBE_STAGE_NLA; stage++) {
        stages += rdp_probe_report_stage_us(report, stage);
    }
    CHECK(rdp_probe_report_stage_us(report, RDP_PROBE_STAGE_TLS) > 0);
    CHECK(stages > 0 && stages <= rdp_probe_report_total_us(report));
}

/* Texts are made at the first call, and stay where they are. */
static void texts_are_there(const rdp_probe_report *report)
{
    CHECK(holds(rdp_probe_report_json(report), "\"schema\":1"));
    CHECK(rdp_probe_report_json(report).ptr == rdp_probe_report_json(report).ptr);
    CHECK(holds(rdp_probe_report_text(report), "127.0.0.1"));
    CHECK(holds(rdp_probe_report_markdown(report), "127.0.0.1"));
    CHECK(holds(rdp_probe_report_transcript(report), "rdp-probe transcript 1"));
}

static void a_sound_server(void)
{
    rdp_probe_prober *prober = prober_with(RDP_PROBE_GOAL_TLS, LONG_MS);
    rdp_probe_report *report = run(prober, lab("healthy"));
    uint32_t protocol = 4711, reason = 0, extended = 0, confidence = 0;
    int64_t code = 4711;
    CHECK(rdp_probe_report_ok(report) == 1);
    CHECK(rdp_probe_report_stage(report) == RDP_PROBE_STAGE_TLS);
    CHECK(rdp_probe_report_end(report) == RDP_PROBE_END_COMPLETE);
    CHECK(rdp_probe_report_end_code(report, &code) == 0);
    CHECK(rdp_probe_report_end_symbol(report).len == 0);
    CHECK(rdp_probe_report_selected(report, &protocol) == 1 && protocol != 4711);
    CHECK(rdp_probe_report_windows(report, &reason, &extended, &confidence) == 0);
    CHECK(rdp_probe_report_nla(report) == RDP_PROBE_NLA_NONE);
    CHECK(rdp_probe_report_causes(report) == 1 && has_cause(report, "no-fault-found"));
    rdp_probe_bytes certificate = rdp_probe_report_certificate(report);
    CHECK(certificate.len > 100 && certificate.ptr[0] == 0x30);
    times_add_up(report);
    texts_are_there(report);
    rdp_probe_report_free(report);
    rdp_probe_prober_free(prober);
}

static void causes_have_numbers_and_words(const rdp_probe_report *report)
{
    CHECK(rdp_probe_report_causes(report) == 1);
    CHECK(rdp_probe_report_cause(report, 0) != 0);
    CHECK(rdp_probe_report_cause(report, 0) != RDP_PROBE_CAUSE_NAME_NOT_FOUND);
    CHECK(is(rdp_probe_report_cause_code(report, 0), "connection-refused"));
    CHECK(rdp_probe_report_cause_headline(report, 0).len > 20);
    CHECK(rdp_probe_report_cause_confidence(report, 0) == RDP_PROBE_CERTAIN);
}

static void a_refused_connection(void)
{
    struct place nobody = refusing();
    rdp_probe_prober *prober = prober_with(RDP_PROBE_GOAL_TLS, LONG_MS);
    rdp_probe_report *report = run(prober, nobody.target);
    uint32_t protocol = 0, reason = 0, extended = 0, confidence = 0;
    int64_t code = 0;
    ends(report, RDP_PROBE_STAGE_CONNECT, RDP_PROBE_END_OS, "connection-refused");
    causes_have_numbers_and_words(report);
    CHECK(rdp_probe_report_end_code(report, &code) == 1 && code > 0);
    CHECK(is(rdp_probe_report_end_symbol(report), "connection-refused"));
    CHECK(rdp_probe_report_selected(report, &protocol) == 0);
    CHECK(rdp_probe_report_windows(report, &reason, &extended, &confidence) == 1);
    CHECK(reason == 0x204 && confidence == RDP_PROBE_LIKELY && extended == UINT32_MAX);
    CHECK(rdp_probe_report_certificate(report).len == 0);
    CHECK(rdp_probe_report_stage_us(report, RDP_PROBE_STAGE_TLS) == 0);
    rdp_probe_report_free(report);
    rdp_probe_prober_free(prober);
    leave(nobody);
}

static void a_failure_in_each_stage(void)
{
    struct place quiet = silent();
    rdp_probe_prober *prober = prober_with(RDP_PROBE_GOAL_TLS, LONG_MS);
    rdp_probe_prober *hasty = prober_with(RDP_PROBE_GOAL_TLS, 2000);
    rdp_probe_report *report = run(prober, "nobody.invalid");
    CHECK(!rdp_probe_report_ok(report) && rdp_probe_report_stage(report) == RDP_PROBE_STAGE_RESOLVE);
    CHECK(rdp_probe_report_end(report) == RDP_PROBE_END_OS);
    rdp_probe_report_free(report);
    fails(prober, lab("closes-on-request"), RDP_PROBE_STAGE_NEGOTIATE, RDP_PROBE_END_FIN, "closed-on-request");
    fails(prober, lab("resets-on-request"), RDP_PROBE_STAGE_NEGOTIATE, RDP_PROBE_END_RESET, "reset-on-request");
    fails(prober, lab("tls-not-allowed"), RDP_PROBE_STAGE_NEGOTIATE, RDP_PROBE_END_REFUSAL, "tls-not-allowed");
    fails(prober, lab("tls-reset"), RDP_PROBE_STAGE_TLS, RDP_PROBE_END_RESET, "tls-not-started");
    fails(hasty, quiet.target, RDP_PROBE_STAGE_NEGOTIATE, RDP_PROBE_END_TIMEOUT, "silent-after-request");
    rdp_probe_prober_free(prober);
    rdp_probe_prober_free(hasty);
    leave(quiet);
}

static void an_alert_has_a_number_and_a_name(void)
{
    rdp_probe_prober *prober = prober_with(RDP_PROBE_GOAL_TLS, LONG_MS);
    rdp_probe_report *report = run(prober, lab("tls-alert-handshake-failure"));
    int64_t code = 0;
    ends(report, RDP_PROBE_STAGE_TLS, RDP_PROBE_END_ALERT, "tls-handshake-failure");
    CHECK(rdp_probe_report_end_code(report, &code) == 1 && code == 40);
    CHECK(is(rdp_probe_report_end_symbol(report), "handshake_failure"));
    rdp_probe_report_free(report);
    rdp_probe_prober_free(prober);
}

static void a_dead_proxy(void)
{
    struct place nobody = refusing();
    char url[64];
    rdp_probe_options *options = options_with(RDP_PROBE_GOAL_TLS, LONG_MS);
    snprintf(url, sizeof url, "socks5://%s", nobody.target);
    OK(rdp_probe_options_proxy(options, url));
    rdp_probe_prober *prober = prober_of(options);
    rdp_probe_report *report = run(prober, lab("healthy"));
    CHECK(!rdp_probe_report_ok(report) && rdp_probe_report_stage(report) == RDP_PROBE_STAGE_PROXY);
    CHECK(rdp_probe_report_end(report) == RDP_PROBE_END_OS);
    rdp_probe_report_free(report);
    rdp_probe_prober_free(prober);
    leave(nobody);
}

static void the_challenge_of_nla(void)
{
    rdp_probe_prober *prober = prober_with(RDP_PROBE_GOAL_CHALLENGE, LONG_MS);
    rdp_probe_report *report = run(prober, lab("nla-challenge"));
    CHECK(rdp_probe_report_ok(report) && rdp_probe_report_stage(report) == RDP_PROBE_STAGE_NLA);
    rdp_probe_report_free(report);
    fails(prober, lab("nla-challenge-malformed"), RDP_PROBE_STAGE_NLA, RDP_PROBE_END_MALFORMED, "ntlm-challenge-malformed");
    rdp_probe_prober_free(prober);
}

static rdp_probe_prober *prober_that_verifies(int same_for_all)
{
    rdp_probe_options *options = options_with(RDP_PROBE_GOAL_VERIFY, LONG_MS);
    OK(rdp_probe_options_dangerous_any_certificate(options));
    if (same_for_all) {
        OK(rdp_probe_options_same_credentials_for_all(options));
    }
    return prober_of(options);
}

/* What becomes of a password; the credentials are gone as soon as the call is back. */
static uint32_t verified(const rdp_probe_prober *prober, const char *password)
{
    rdp_probe_credentials *credentials = NULL;
    rdp_probe_report *report = NULL;
    OK(rdp_probe_credentials_password("alice", NULL, password, &credentials));
    OK(rdp_probe_run(prober, lab("nla"), credentials, &report));
    rdp_probe_credentials_free(credentials);
    CHECK(!holds(rdp_probe_report_json(report), password));
    CHECK(!holds(rdp_probe_report_transcript(report), password));
    uint32_t nla = rdp_probe_report_nla(report);
    CHECK(rdp_probe_report_ok(report) == (nla == RDP_PROBE_NLA_VERIFIED));
    rdp_probe_report_free(report);
    return nla;
}

static void count_verified(void *user, size_t index, rdp_probe_status status, rdp_probe_report *report)
{
    (void)index;
    CHECK(status == RDP_PROBE_OK);
    *(size_t *)user += rdp_probe_report_nla(report) == RDP_PROBE_NLA_VERIFIED;
    rdp_probe_report_free(report);
}

/* Credentials go to several targets only where the options say so. */
static void one_for_several(void)
{
    const char *const twice[] = {lab("nla"), lab("nla")};
    rdp_probe_prober *prober = prober_that_verifies(0), *other = prober_that_verifies(1);
    rdp_probe_credentials *credentials = NULL;
    rdp_probe_job *job = NULL;
    size_t right = 0;
    OK(rdp_probe_credentials_password("alice", NULL, "Secret-1", &credentials));
    GIVES(RDP_PROBE_INVALID_OPTIONS, rdp_probe_start(prober, twice, 2, 0, credentials, count_verified, &right, &job));
    OK(rdp_probe_start(other, twice, 2, 0, credentials, count_verified, &right, &job));
    rdp_probe_credentials_free(credentials);
    OK(rdp_probe_job_wait(job, RDP_PROBE_FOREVER));
    CHECK(right == 2);
    rdp_probe_job_free(job);
    rdp_probe_prober_free(prober);
    rdp_probe_prober_free(other);
}

static void credentials(void)
{
    if ((rdp_probe_features() & RDP_PROBE_FEATURE_NLA) == 0) {
        rdp_probe_credentials *none = NULL;
        GIVES(RDP_PROBE_UNSUPPORTED, rdp_probe_credentials_password("alice", NULL, "Secret-1", &none));
        CHECK(none == NULL);
        return;
    }
    rdp_probe_prober *prober = prober_that_verifies(0);
    CHECK(verified(prober, "Secret-1") == RDP_PROBE_NLA_VERIFIED);
    CHECK(verified(prober, "another password") == RDP_PROBE_NLA_REJECTED);
    rdp_probe_prober_free(prober);
    one_for_several();
}

static void second_looks(void)
{
    struct place nobody = refusing();
    rdp_probe_options *options = options_with(RDP_PROBE_GOAL_TLS, LONG_MS);
    OK(rdp_probe_options_examine(options, 3, 1, LONG_MS));
    rdp_probe_prober *prober = prober_of(options);
    rdp_probe_report *report = run(prober, nobody.target);
    ends(report, RDP_PROBE_STAGE_CONNECT, RDP_PROBE_END_OS, "connection-refused");
    CHECK(!holds(rdp_probe_report_json(report), "\"examination\":null"));
    rdp_probe_report_free(report);
    rdp_probe_prober_free(prober);
    leave(nobody);
}

static void an_rdp_file(void)
{
    rdp_probe_prober *prober = prober_with(RDP_PROBE_GOAL_TLS, LONG_MS);
    rdp_probe_report *report = NULL;
    char file[128];
    int length = snprintf(file, sizeof file, "full address:s:%s\r\nprompt for credentials:i:1\r\n", lab("healthy"));
    OK(rdp_probe_run_rdp_file(prober, (const uint8_t *)file, (size_t)length, NULL, &report));
    CHECK(rdp_probe_report_ok(report));
    CHECK(is(rdp_probe_report_target(report), lab("healthy")));
    rdp_probe_report_free(report);
    rdp_probe_prober_free(prober);
}

/* What a report prints as a transcript is read back into the same report. */
static void a_transcript_is_replayed(const rdp_probe_report *report)
{
    rdp_probe_str transcript = rdp_probe_report_transcript(report);
    rdp_probe_report *again = NULL;
    OK(rdp_probe_report_replay((const uint8_t *)transcript.ptr, transcript.len, &again));
    CHECK(same(rdp_probe_report_json(again), rdp_probe_report_json(report)));
    CHECK(same(rdp_probe_report_text(again), rdp_probe_report_text(report)));
    CHECK(same(rdp_probe_report_certificate_subject(again), rdp_probe_report_certificate_subject(report)));
    CHECK(same(rdp_probe_report_cause_advice(again, 0), rdp_probe_report_cause_advice(report, 0)));
    CHECK(rdp_probe_report_tls_version(again) == rdp_probe_report_tls_version(report));
    CHECK(rdp_probe_report_stage(again) == rdp_probe_report_stage(report));
    rdp_probe_report_free(again);
}

/* A redacted report lives by itself, and has lost the name. */
static void a_report_is_redacted(rdp_probe_report *report)
{
    rdp_probe_report *masked = NULL;
    uint32_t stage = rdp_probe_report_stage(report), end = rdp_probe_report_end(report);
    CHECK(holds(rdp_probe_report_json(report), "localhost"));
    OK(rdp_probe_report_redacted(report, &masked));
    rdp_probe_report_free(report);
    CHECK(rdp_probe_report_stage(masked) == stage && rdp_probe_report_end(masked) == end);
    CHECK(!holds(rdp_probe_report_target(masked), "localhost"));
    CHECK(!holds(rdp_probe_report_json(masked), "localhost"));
    CHECK(!holds(rdp_probe_report_text(masked), "localhost"));
    CHECK(!holds(rdp_probe_report_transcript(masked), "localhost"));
    rdp_probe_report_free(masked);
}

static void replayed_and_redacted(void)
{
    static const char *const scenarios[] = {"healthy", "closes-on-request", "tls-alert-handshake-failure"};
    rdp_probe_prober *prober = prober_with(RDP_PROBE_GOAL_TLS, LONG_MS);
    for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++) {
        char target[64];
        snprintf(target, sizeof target, "localhost%s", strchr(lab(scenarios[i]), ':'));
        rdp_probe_report *report = run(prober, target);
        a_transcript_is_replayed(report);
        a_report_is_redacted(report);
    }
    rdp_probe_prober_free(prober);
}

/* The certificate in words and numbers: the same as in the JSON, and so in what is played again. */
static void certificate_of(const rdp_probe_report *report)
{
    int64_t times[2] = {0, 0};
    rdp_probe_str subject = rdp_probe_report_certificate_subject(report), json = rdp_probe_report_json(report);
    rdp_probe_bytes sha1 = rdp_probe_report_certificate_sha1(report);
    static const char *const members[] = {"not_before", "not_after"};
    char expected[160];
    CHECK(rdp_probe_report_certificate_validity(report, times, times + 1) == 1 && times[0] < times[1]);
    for (size_t i = 0; i < 2; i++) {
        time_t seconds = (time_t)times[i];
        struct tm parts;
        char moment[32];
        CHECK(gmtime_r(&seconds, &parts) != NULL && strftime(moment, sizeof moment, "%Y-%m-%dT%H:%M:%SZ", &parts) > 0);
        snprintf(expected, sizeof expected, "\"%s\":\"%s\"", members[i], moment);
        CHECK(holds(json, expected));
    }
    CHECK(is(subject, "CN=lab.rdp-probe.test"));
    snprintf(expected, sizeof expected, "\"subject\":\"%.*s\"", RDP_PROBE_PRINT(subject));
    CHECK(holds(json, expected));
    CHECK(sha1.len == 20);
    size_t end = (size_t)snprintf(expected, sizeof expected, "\"sha1\":\"");
    for (size_t i = 0; i < sha1.len; i++) {
        end += (size_t)snprintf(expected + end, sizeof expected - end, "%02x", (unsigned)sha1.ptr[i]);
    }
    CHECK(holds(json, expected));
}

static void certificates(void)
{
    static const char *const scenarios[] = {"healthy", "certificate-expired", "certificate-rsa1024"};
    rdp_probe_prober *prober = prober_with(RDP_PROBE_GOAL_TLS, LONG_MS);
    int64_t until = 0;
    for (size_t i = 0; i < 3; i++) {
        rdp_probe_report *report = run(prober, lab(scenarios[i]));
        certificate_of(report);
        CHECK(rdp_probe_report_certificate_validity(report, NULL, &until) == 1);
        CHECK((until < (int64_t)time(NULL)) == (i == 1) && (until < (int64_t)time(NULL)) == has_cause(report, "certificate-expired"));
        CHECK(rdp_probe_report_certificate_validity(report, NULL, NULL) == 1);
        rdp_probe_report_free(report);
    }
    rdp_probe_prober_free(prober);
}

/* None was seen, or none that can be read: nothing is written. */
static void no_certificate(const rdp_probe_prober *prober, const char *target, size_t length)
{
    rdp_probe_report *report = run(prober, target);
    int64_t from = 4711, until = 4711;
    CHECK(rdp_probe_report_certificate(report).len == length);
    CHECK(rdp_probe_report_certificate_validity(report, &from, &until) == 0 && from == 4711 && until == 4711);
    CHECK(rdp_probe_report_certificate_subject(report).len == 0 && rdp_probe_report_certificate_sha1(report).len == 0);
    rdp_probe_report_free(report);
}

static void certificates_that_are_none(void)
{
    struct place nobody = refusing();
    rdp_probe_prober *prober = prober_with(RDP_PROBE_GOAL_TLS, LONG_MS);
    no_certificate(prober, nobody.target, 0);
    no_certificate(prober, lab("tls-reset"), 0);
    no_certificate(prober, lab("certificate-unreadable"), 4);
    rdp_probe_prober_free(prober);
    leave(nobody);
}

static void chooses(uint32_t goal, const char *scenario, uint32_t version, const char *in_json)
{
    rdp_probe_prober *prober = prober_with(goal, LONG_MS);
    rdp_probe_report *report = run(prober, lab(scenario));
    CHECK(rdp_probe_report_tls_version(report) == version);
    CHECK(holds(rdp_probe_report_json(report), in_json));
    rdp_probe_report_free(report);
    rdp_probe_prober_free(prober);
}

static void versions_of_tls(void)
{
    chooses(RDP_PROBE_GOAL_TLS, "healthy", 0x0304, "\"tls\":{\"version\":\"1.3\"");
    chooses(RDP_PROBE_GOAL_TLS, "healthy-tls12", 0x0303, "\"tls\":{\"version\":\"1.2\"");
    chooses(RDP_PROBE_GOAL_HELLO, "healthy", 0x0303, "\"tls\":{\"version\":\"1.2\"");
    chooses(RDP_PROBE_GOAL_NEGOTIATE, "healthy", 0, "\"tls\":null");
    chooses(RDP_PROBE_GOAL_TLS, "tls-reset", 0, "\"tls\":null");
}

/* What is to be done, first of all, is what the JSON says first of all; there is something for every cause that is found. */
static void advice(void)
{
    struct place nobody = refusing();
    rdp_probe_prober *prober = prober_with(RDP_PROBE_GOAL_TLS, LONG_MS);
    rdp_probe_report *report = run(prober, nobody.target);
    rdp_probe_str text = rdp_probe_report_cause_advice(report, 0);
    const char *end = (const char *)memchr(text.ptr, '\n', text.len);
    char expected[1024];
    CHECK(end != NULL && end > text.ptr && text.ptr[text.len - 1] != '\n');
    CHECK(text.ptr == rdp_probe_report_cause_advice(report, 0).ptr);
    snprintf(expected, sizeof expected, "\"remedies\":[{\"what\":\"%.*s\"", (int)(end - text.ptr), text.ptr);
    CHECK(holds(rdp_probe_report_json(report), expected));
    rdp_probe_report_free(report);
    report = run(prober, lab("resets-on-request"));
    CHECK(rdp_probe_report_causes(report) > 0);
    for (size_t i = 0; i < rdp_probe_report_causes(report); i++) {
        CHECK(rdp_probe_report_cause_advice(report, i).len > 20);
    }
    rdp_probe_report_free(report);
    rdp_probe_prober_free(prober);
    leave(nobody);
}

static void explanations(void)
{
    rdp_probe_explanation *explanation = NULL;
    OK(rdp_probe_explain("0x204", &explanation));
    CHECK(rdp_probe_explanation_found(explanation) == 1);
    CHECK(holds(rdp_probe_explanation_text(explanation), "disconnectReasonSocketConnectFailed"));
    CHECK(holds(rdp_probe_explanation_json(explanation), "disconnectReasonSocketConnectFailed"));
    rdp_probe_explanation_free(explanation);
    OK(rdp_probe_explain("qwertz", &explanation));
    CHECK(rdp_probe_explanation_found(explanation) == 0);
    CHECK(holds(rdp_probe_explanation_text(explanation), "qwertz"));
    rdp_probe_explanation_free(explanation);
}

static void all(void)
{
    RUN(what_the_library_is);
    RUN(a_sound_server);
    RUN(a_refused_connection);
    RUN(a_failure_in_each_stage);
    RUN(an_alert_has_a_number_and_a_name);
    RUN(a_dead_proxy);
    RUN(the_challenge_of_nla);
    RUN(credentials);
    RUN(second_looks);
    RUN(an_rdp_file);
    RUN(replayed_and_redacted);
    RUN(certificates);
    RUN(certificates_that_are_none);
    RUN(versions_of_tls);
    RUN(advice);
    RUN(explanations);
}

int main(int argc, char **argv)
{
    (void)argc;
    run_all(argv, all);
    return 0;
}
