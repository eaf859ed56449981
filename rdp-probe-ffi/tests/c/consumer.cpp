// The same library from C++17: handles that free themselves, a callback that is a lambda, and the library's own words as exceptions.

#define _POSIX_C_SOURCE 200809L

#include "lab.h"

#include <atomic>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

template <auto Free>
struct Deleter {
    template <typename T>
    void operator()(T *handle) const
    {
        Free(handle);
    }
};

using Options = std::unique_ptr<rdp_probe_options, Deleter<rdp_probe_options_free>>;
using Prober = std::unique_ptr<rdp_probe_prober, Deleter<rdp_probe_prober_free>>;
using Job = std::unique_ptr<rdp_probe_job, Deleter<rdp_probe_job_free>>;
using Report = std::unique_ptr<rdp_probe_report, Deleter<rdp_probe_report_free>>;
using Connection = std::unique_ptr<rdp_probe_connection, Deleter<rdp_probe_connection_free>>;

std::string_view view(rdp_probe_str text)
{
    return {text.ptr == nullptr ? "" : text.ptr, text.len};
}

class Error : public std::runtime_error {
public:
    explicit Error(rdp_probe_status status) : std::runtime_error(std::string(view(rdp_probe_last_error()))), status(status) {}

    const rdp_probe_status status;
};

void check(rdp_probe_status status)
{
    if (status != RDP_PROBE_OK) {
        throw Error(status);
    }
}

// The handle that a call gives.
template <typename Handle, typename Call>
Handle made(Call call)
{
    typename Handle::pointer handle = nullptr;
    check(call(&handle));
    return Handle(handle);
}

Prober prober(std::uint32_t goal = RDP_PROBE_GOAL_TLS, std::uint32_t total_ms = LONG_MS)
{
    Options options(rdp_probe_options_new());
    check(rdp_probe_options_goal(options.get(), goal));
    check(rdp_probe_options_budget(options.get(), total_ms, total_ms));
    return made<Prober>([&](auto out) { return rdp_probe_prober_new(options.get(), out); });
}

Report probe(const Prober &prober, const std::string &target)
{
    return made<Report>([&](auto out) { return rdp_probe_run(prober.get(), target.c_str(), nullptr, out); });
}

// A batch, with whatever can be called as its callback. Waits before it goes.
class Batch {
public:
    using Done = std::function<void(std::size_t, rdp_probe_status, Report)>;

    Batch(const Prober &prober, const std::vector<std::string> &targets, std::size_t at_once, Done done)
        : done_(std::move(done))
    {
        std::vector<const char *> names;
        for (const std::string &target : targets) {
            names.push_back(target.c_str());
        }
        job_ = made<Job>([&](auto out) {
            return rdp_probe_start(prober.get(), names.data(), names.size(), at_once, nullptr, &Batch::call, this, out);
        });
    }

    Batch(const Batch &) = delete;
    Batch &operator=(const Batch &) = delete;

    ~Batch() { rdp_probe_job_wait(job_.get(), RDP_PROBE_FOREVER); }

    void wait() const { check(rdp_probe_job_wait(job_.get(), RDP_PROBE_FOREVER)); }
    void cancel() const { check(rdp_probe_job_cancel(job_.get())); }

private:
    static void call(void *user, std::size_t index, rdp_probe_status status, rdp_probe_report *report)
    {
        static_cast<Batch *>(user)->done_(index, status, Report(report));
    }

    Done done_;
    Job job_;
};

void success()
{
    Prober tls = prober();
    Report report = probe(tls, lab("healthy"));
    CHECK(rdp_probe_report_ok(report.get()) == 1);
    CHECK(view(rdp_probe_report_cause_code(report.get(), 0)) == "no-fault-found");
    CHECK(view(rdp_probe_report_json(report.get())).find("\"ok\":true") != std::string_view::npos);
}

void a_failure_in_each_stage()
{
    struct place nobody = refusing();
    struct Case {
        std::string target;
        std::uint32_t stage, end;
    };
    const std::vector<Case> cases = {
        {"nobody.invalid", RDP_PROBE_STAGE_RESOLVE, RDP_PROBE_END_OS},
        {nobody.target, RDP_PROBE_STAGE_CONNECT, RDP_PROBE_END_OS},
        {lab("closes-on-request"), RDP_PROBE_STAGE_NEGOTIATE, RDP_PROBE_END_FIN},
        {lab("tls-alert-handshake-failure"), RDP_PROBE_STAGE_TLS, RDP_PROBE_END_ALERT},
    };
    Prober tls = prober();
    for (const Case &one : cases) {
        Report report = probe(tls, one.target);
        CHECK(rdp_probe_report_ok(report.get()) == 0);
        CHECK(rdp_probe_report_stage(report.get()) == one.stage && rdp_probe_report_end(report.get()) == one.end);
    }
    Report challenge = probe(prober(RDP_PROBE_GOAL_CHALLENGE), lab("nla-challenge-malformed"));
    CHECK(rdp_probe_report_stage(challenge.get()) == RDP_PROBE_STAGE_NLA && rdp_probe_report_ok(challenge.get()) == 0);
    leave(nobody);
}

void a_batch_of_a_thousand()
{
    struct place nobody = refusing();
    Prober tls = prober(RDP_PROBE_GOAL_NEGOTIATE);
    std::vector<std::string> targets;
    for (std::size_t i = 0; i < 1000; i++) {
        targets.push_back(i % 2 == 0 ? lab("healthy") : nobody.target);
    }
    std::vector<int> seen(targets.size());
    Batch batch(tls, targets, 100, [&](std::size_t index, rdp_probe_status status, Report report) {
        CHECK(status == RDP_PROBE_OK);
        CHECK(rdp_probe_report_ok(report.get()) == (index % 2 == 0));
        seen.at(index)++;
    });
    batch.wait();
    CHECK(seen == std::vector<int>(targets.size(), 1));
    leave(nobody);
}

void cancelled()
{
    struct place quiet = silent();
    Prober tls = prober();
    std::atomic<int> calls = 0;
    {
        Batch batch(tls, std::vector<std::string>(100, quiet.target), 10, [&](std::size_t, rdp_probe_status status, Report report) {
            CHECK(status == RDP_PROBE_CANCELLED && report == nullptr);
            calls++;
        });
        batch.cancel();
    }
    CHECK(calls == 100);
    leave(quiet);
}

void misuse()
{
    Prober tls = prober();
    try {
        probe(tls, "a b:3389");
        CHECK(!"comes here");
    } catch (const Error &error) {
        CHECK(error.status == RDP_PROBE_INVALID_TARGET);
        CHECK(std::string_view(error.what()).find("a b:3389") != std::string_view::npos);
    }
    Options options(rdp_probe_options_new());
    CHECK(rdp_probe_options_trust(options.get(), RDP_PROBE_TRUST_STRICT) == RDP_PROBE_OK);
    try {
        made<Prober>([&](auto out) { return rdp_probe_prober_new(options.get(), out); });
        CHECK(!"comes here");
    } catch (const Error &error) {
        CHECK(error.status == RDP_PROBE_INVALID_OPTIONS);
    }
}

void opened()
{
    Prober tls = prober();
    auto open = [&](auto out) { return rdp_probe_open(tls.get(), lab("healthy"), nullptr, out, nullptr); };
    Connection connection = made<Connection>(open);
    tls.reset();
    CHECK(rdp_probe_connection_is_tls(connection.get()) == 1);
    check(rdp_probe_connection_close(connection.get()));
}

} // namespace

static void all(void)
{
    RUN(success);
    RUN(a_failure_in_each_stage);
    RUN(a_batch_of_a_thousand);
    RUN(cancelled);
    RUN(misuse);
    RUN(opened);
}

int main(int argc, char **argv)
{
    (void)argc;
    run_all(argv, all);
    return 0;
}
