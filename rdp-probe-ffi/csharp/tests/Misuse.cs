using System;
using System.Threading.Tasks;

namespace RdpProbe.Tests
{
    /// <summary>What callers can do wrong: an exception of the right kind each time, and the process goes on.</summary>
    internal static class Misuse
    {
        internal static async Task Run()
        {
            using var prober = new RdpProber();
            await Target(prober, "with\0nul", "a NUL inside");
            await Target(prober, "\ud800", "half a letter");
            await Target(prober, "", "no text");
            await Target(prober, "host:99999", "no port");
            await Target(prober, "a b", "a blank");
            await Check.Throws<ArgumentNullException>(() => { _ = prober.ProbeAsync(null!); }, "target: null");
            await Check.Throws<ArgumentNullException>(() => { _ = prober.ProbeRdpFileAsync(null!); }, "file: null, begun");
            var begun = prober.ProbeAsync("with\0nul");
            await Check.Throws<ArgumentException>(() => begun, "target: the task says that it cannot be read");
            await Check.Throws<ArgumentNullException>(() => prober.Probe(null!), "target: null, at once");
            await Check.Throws<ArgumentNullException>(() => { _ = prober.OpenAsync(null!); }, "target: null, opened");
            await Check.Throws<ArgumentException>(() => prober.ProbeRdpFile(new byte[] { 1, 2 }), "file: is none");
            await Check.Throws<ArgumentNullException>(() => prober.ProbeRdpFile(null!), "file: null");
            await Options();
            await Secrets();
            await Check.Throws<ArgumentException>(() => RdpExplain.Explain("a\0b"), "explain: a NUL inside");
            await Check.Throws<ArgumentNullException>(() => RdpExplain.Explain(null!), "explain: null");
            await Check.Throws<ArgumentNullException>(() => ReportDetails.Parse(null!), "JSON: null");
            await AfterTheEnd(prober);
            Check.That((await prober.ProbeAsync(Program.At("healthy"))).IsOk, "misuse: the prober goes on");
        }

        private static async Task Target(RdpProber prober, string target, string what)
        {
            var error = await Check.Throws<ArgumentException>(() => prober.ProbeAsync(target), $"target: {what}");
            Check.Same("target", error?.ParamName, $"target: {what}, is said to be the fault");
            await Check.Throws<ArgumentException>(() => prober.Probe(target), $"target: {what}, at once");
            await Check.Throws<ArgumentException>(() => prober.OpenAsync(target), $"target: {what}, opened");
        }

        private static async Task Options()
        {
            async Task Wrong<T>(string name, ProbeOptions options) where T : ArgumentException
            {
                var error = await Check.Throws<T>(() => new RdpProber(options), $"options: {name}");
                Check.Same(name, error?.ParamName, $"options: {name} is said to be the fault");
            }
            await Wrong<ArgumentException>("Goal", new ProbeOptions { Goal = (ProbeGoal)99 });
            await Wrong<ArgumentException>("Threads", new ProbeOptions { Threads = 0 });
            await Wrong<ArgumentOutOfRangeException>("Threads", new ProbeOptions { Threads = -1 });
            await Wrong<ArgumentException>("Trust", new ProbeOptions { Trust = (Trust)99 });
            await Wrong<ArgumentException>("Package", new ProbeOptions { Package = (SecurityPackage)99 });
            await Wrong<ArgumentException>("AddressFamily", new ProbeOptions { AddressFamily = 0 });
            await Wrong<ArgumentException>("ClientHello", new ProbeOptions { ClientHello = (ClientHelloRung)99 });
            await Wrong<ArgumentException>("Proxy", new ProbeOptions { Proxy = "gopher://x" });
            await Wrong<ArgumentException>("Cookie", new ProbeOptions { Cookie = "a\r\nb" });
            await Wrong<ArgumentException>("RoutingToken", new ProbeOptions { RoutingToken = "a\0b" });
            await Wrong<ArgumentException>("RootsPem", new ProbeOptions { RootsPem = new byte[] { 1 } });
            await Wrong<ArgumentException>("ExpectedThumbprints", new ProbeOptions { ExpectedThumbprints = { "xyz" } });
            await Wrong<ArgumentException>("StageTimeout", new ProbeOptions { StageTimeout = TimeSpan.Zero });
            await Wrong<ArgumentOutOfRangeException>("TotalTimeout",
                new ProbeOptions { TotalTimeout = TimeSpan.FromDays(99) });
            await Wrong<ArgumentOutOfRangeException>("StageTimeout",
                new ProbeOptions { StageTimeout = TimeSpan.FromSeconds(-1) });
            await Wrong<ArgumentOutOfRangeException>("Examination",
                new ProbeOptions { Examination = new ExaminationLimits { Connections = -1 } });
            await Check.Throws<ArgumentException>(() => new RdpProber(new ProbeOptions { Trust = Trust.FirstUse }),
                "options: first use without a store");
        }

        private static async Task Secrets()
        {
            if (!RdpProbeLibrary.Features.HasFlag(LibraryFeatures.Nla))
            {
                return;
            }
            foreach (var wrong in new[] { "Pass\0word-7", "Pass\ud800word-7" })
            {
                var error = await Check.Throws<ArgumentException>(
                    () => Credentials.FromPassword("alice", null, wrong), "credentials: a password that is no text");
                Check.That(!$"{error}".Contains("word-7"), "credentials: which is not told", error);
            }
            await Check.Throws<ArgumentException>(() => Credentials.FromNtHash("alice", null, new byte[15]),
                "credentials: a hash that is too short");
            await Check.Throws<ArgumentNullException>(() => Credentials.FromNtHash("alice", null, null!),
                "credentials: no hash");
            await Check.Throws<ArgumentNullException>(() => Credentials.FromPassword(null!, null, "x"),
                "credentials: no user");
            using var prober = new RdpProber(new ProbeOptions { Goal = ProbeGoal.Verify,
                DangerousAnyCertificate = true });
            var gone = Credentials.FromPassword("alice", null, "Secret-1");
            gone.Dispose();
            var error2 = await Check.Throws<ObjectDisposedException>(() => prober.ProbeAsync(Program.At("nla"), gone),
                "credentials: disposed of");
            Check.Same(nameof(Credentials), error2?.ObjectName, "credentials: disposed of, by their name");
            Check.Same("Credentials", gone.ToString(), "credentials: tell nothing");
        }

        private static async Task AfterTheEnd(RdpProber prober)
        {
            var report = await prober.ProbeAsync(Program.At("healthy"));
            var json = report.Json;
            var time = report.TimeOf(ProbeStage.Tls);
            report.Dispose();
            report.Dispose();
            Check.Same(json, report.Json, "report: what was read stays");
            Check.Same("no-fault-found", report.CauseCode, "report: what is short stays");
            Check.That(report.Causes.Count > 0, "report: as does what was made of it");
            Check.Same(time, report.TimeOf(ProbeStage.Tls), "report: as do times");
            Check.Same(report.Details.Certificate?.Sha1, report.CertificateSha1, "report: and the thumbprint");
            foreach (var (what, use) in new (string, Action)[]
            {
                ("text", () => _ = report.Text), ("Markdown", () => _ = report.Markdown),
                ("transcript", () => _ = report.Transcript), ("certificate", () => report.GetCertificateBytes()),
                ("certificate of .NET", () => report.GetCertificate()), ("redacted report", () => report.Redacted()),
            })
            {
                var error = await Check.Throws<ObjectDisposedException>(use, $"report: its {what} has gone");
                Check.Same(nameof(Report), error?.ObjectName, $"report: its {what} has gone, by its name");
            }
            var closed = new RdpProber();
            closed.Dispose();
            var ended = await Check.Throws<ObjectDisposedException>(async () =>
            {
                await foreach (var _ in closed.ProbeAllAsync(new[] { "x" }))
                {
                }
            }, "prober: no batch after its end");
            Check.That(ended?.StackTrace?.Contains("RdpProbe.Pending") == true, "batch: the exception says where it comes from",
                ended?.StackTrace);
            foreach (var (what, use) in new (string, Func<Task>)[]
            {
                ("probe", () => closed.ProbeAsync(Program.At("healthy"))), ("open", () => closed.OpenAsync("x")),
                ("probe of a file", () => closed.ProbeRdpFileAsync(new byte[1])),
                ("probe on this thread", () => Task.FromResult(closed.Probe("x"))),
                ("opened file", () => Task.FromResult(closed.OpenRdpFile(new byte[1]))),
            })
            {
                var error = await Check.Throws<ObjectDisposedException>(use, $"prober: no {what} after its end");
                Check.Same(nameof(RdpProber), error?.ObjectName, $"prober: no {what} after its end, by its name");
            }
        }
    }
}
