using System;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace RdpProbe.Tests
{
    /// <summary>A probe: what it says of a sound server, and where it says that another ends.</summary>
    internal static class Probing
    {
        internal static async Task Run()
        {
            await Success();
            await EachStage();
            await Authentication();
            await Cancelling();
            await RdpFiles();
            Explaining();
            await Logging();
        }

        private static async Task Success()
        {
            using var prober = new RdpProber();
            var target = Program.At("healthy");
            var report = await prober.ProbeAsync(target);
            Check.That(report.IsOk, "success: ok", report);
            Check.Same(target, report.Target, "success: target");
            Check.Same(ProbeStage.Tls, report.Stage, "success: stage");
            Check.Same(ProbeEnd.Complete, report.End, "success: end");
            Check.Same(null, report.EndCode, "success: no number");
            Check.Same(null, report.EndSymbol, "success: no symbol");
            Check.Same(RdpProtocols.Ssl, report.SelectedProtocol, "success: protocol");
            Check.Same("no-fault-found", report.CauseCode, "success: cause");
            Check.Same(Confidence.Certain, report.Confidence, "success: confidence");
            Check.Same(NlaResult.None, report.Nla, "success: no credentials");
            Check.That(report.TimeOf(ProbeStage.Tls) > TimeSpan.Zero, "success: time of TLS");
            Check.That(report.TotalTime >= report.TimeOf(ProbeStage.Tls), "success: total time", report.TotalTime);
            Check.Same(TimeSpan.Zero, report.TimeOf(ProbeStage.Nla), "success: no time of NLA");
            Check.That(report.TlsVersion == 0x303 || report.TlsVersion == 0x304, "success: version of TLS", report.TlsVersion);
            Check.Same(report.Details.Certificate?.Subject, report.CertificateSubject, "success: whose certificate");
            Check.Same(report.Details.Certificate?.Sha1, report.CertificateSha1, "success: its thumbprint");
            Check.Same(report.Details.Certificate?.NotBefore, report.CertificateNotBefore, "success: valid from");
            Check.Same(report.Details.Certificate?.NotAfter, report.CertificateNotAfter, "success: valid until");
            using var certificate = report.GetCertificate();
            Check.Same(report.Details.Certificate?.Sha1, certificate?.Thumbprint.ToLowerInvariant(),
                "success: .NET reads the certificate");
            var again = prober.Probe(target);
            Check.That(again.IsOk, "success: ok on the caller's thread", again);
        }

        /// <summary>A failure in each stage; the JSON says the same as the numbers.</summary>
        private static async Task EachStage()
        {
            await Fails("resolve", new ProbeOptions(), "nothing.invalid", ProbeStage.Resolve, ProbeEnd.Os,
                "name-not-found");
            await Fails("connect", new ProbeOptions(), Program.At("nobody"), ProbeStage.Connect, ProbeEnd.Os,
                "connection-refused");
            await Fails("proxy", new ProbeOptions { Proxy = "socks5://" + Program.At("nobody") },
                Program.At("healthy"), ProbeStage.Proxy, ProbeEnd.Os, "proxy-unreachable");
            var refused = await Fails("negotiate", new ProbeOptions { Offer = RdpProtocols.Ssl },
                Program.At("nla-required"), ProbeStage.Negotiate, ProbeEnd.Refusal, "nla-required");
            Check.Same(5, refused.EndCode, "negotiate: number");
            Check.Same("HYBRID_REQUIRED_BY_SERVER", refused.EndSymbol, "negotiate: symbol");
            var alert = await Fails("tls", new ProbeOptions(), Program.At("tls-alert-handshake-failure"),
                ProbeStage.Tls, ProbeEnd.Alert, "tls-handshake-failure");
            Check.Same(40, alert.EndCode, "tls: number");
            Check.That(alert.Windows != null, "tls: what Windows would show");
            Check.Same(alert.Details.Windows?.DisconnectReason, $"0x{alert.Windows?.DisconnectReason:X}",
                "tls: the same in JSON");
            await Fails("nla", new ProbeOptions { Goal = ProbeGoal.Challenge }, Program.At("nla-plain-text"),
                ProbeStage.Nla, ProbeEnd.Malformed, "credssp-not-spoken");
            await Fails("timeout", new ProbeOptions { StageTimeout = TimeSpan.FromMilliseconds(300) },
                Program.At("silent-after-request"), ProbeStage.Negotiate, ProbeEnd.Timeout, "silent-after-request");
        }

        private static async Task<Report> Fails(string what, ProbeOptions options, string target, ProbeStage stage,
            ProbeEnd end, string cause)
        {
            using var prober = new RdpProber(options);
            var report = await prober.ProbeAsync(target);
            Check.That(!report.IsOk, $"{what}: not ok", report);
            Check.Same(stage, report.Stage, $"{what}: stage");
            Check.Same(end, report.End, $"{what}: end");
            Check.Same(cause, report.CauseCode, $"{what}: cause");
            Check.Same(cause, report.Causes[0].Code, $"{what}: cause in JSON");
            Check.Same(report.Headline, report.Causes[0].Headline, $"{what}: headline in JSON");
            Check.That(report.Causes[0].Remedies.Count > 0, $"{what}: remedies");
            Check.That(report.Advice.StartsWith(report.Causes[0].Remedies[0].What), $"{what}: what to do", report.Advice);
            Check.That(what == "nla" || what == "timeout" || report.TlsVersion == null && report.CertificateSha1 == null,
                $"{what}: no TLS, no certificate", report.TlsVersion);
            Check.That(report.Details.Stage == stage.ToString().ToLowerInvariant(), $"{what}: stage in JSON",
                report.Details.Stage);
            Check.Same(report.EndCode, report.Details.End.Code, $"{what}: number in JSON");
            return report;
        }

        private static async Task Authentication()
        {
            using var challenger = new RdpProber(new ProbeOptions { Goal = ProbeGoal.Challenge });
            var challenge = await challenger.ProbeAsync(Program.At("nla"));
            Check.That(challenge.IsOk && challenge.Details.Ntlm?.NetbiosComputer != null, "challenge: names", challenge);
            if (!RdpProbeLibrary.Features.HasFlag(LibraryFeatures.Nla))
            {
                await Check.Throws<NotSupportedException>(() => Credentials.FromPassword("alice", null, "x"),
                    "credentials: a library without them says so");
                return;
            }
            using var prober = new RdpProber(new ProbeOptions
            {
                Goal = ProbeGoal.Verify,
                DangerousAnyCertificate = true,
            });
            Task<Report> started;
            using (var right = Credentials.FromPassword("alice", null, "Secret-1"))
            {
                started = prober.ProbeAsync(Program.At("nla"), right);
            }
            var verified = await started;
            Check.Same(NlaResult.Verified, verified.Nla, "credentials: right, and disposed of meanwhile");
            using var wrong = Credentials.FromPassword("alice", "LAB", "Secret-2".ToCharArray());
            var rejected = await prober.ProbeAsync(Program.At("nla"), wrong);
            Check.Same(NlaResult.Rejected, rejected.Nla, "credentials: wrong");
            Check.Same(0xC000006DL, rejected.EndCode, "credentials: number of the refusal");
            Check.Same(ProbeEnd.Rejected, rejected.End, "credentials: end");
            using var hashed = Credentials.FromNtHash("alice", null, new byte[16]);
            Check.Same(NlaResult.Rejected, (await prober.ProbeAsync(Program.At("nla"), hashed)).Nla,
                "credentials: wrong hash");
            await Check.Throws<ArgumentException>(() => prober.ProbeAsync(Program.At("nla")),
                "credentials: none, where the goal takes some");
        }

        private static async Task Cancelling()
        {
            using var prober = new RdpProber(new ProbeOptions
            {
                StageTimeout = TimeSpan.FromMinutes(5),
                TotalTimeout = TimeSpan.FromMinutes(5),
            });
            using var stop = new CancellationTokenSource();
            var pending = prober.ProbeAsync(Program.At("silent-after-request"), stop.Token);
            await Task.Delay(100);
            Check.That(!pending.IsCompleted, "cancel: is under way");
            stop.Cancel();
            var error = await Check.Throws<OperationCanceledException>(() => pending, "cancel: ends");
            Check.Same(stop.Token, error?.CancellationToken, "cancel: by this token");
            Check.That(pending.IsCanceled, "cancel: the task says so", pending.Status);
            await Check.Throws<OperationCanceledException>(
                () => prober.ProbeAsync(Program.At("healthy"), stop.Token), "cancel: before the start");
            Check.That((await prober.ProbeAsync(Program.At("healthy"))).IsOk, "cancel: the prober goes on");

            var other = new RdpProber(new ProbeOptions { StageTimeout = TimeSpan.FromMinutes(5),
                TotalTimeout = TimeSpan.FromMinutes(5) });
            var orphan = other.ProbeAsync(Program.At("silent-after-request"));
            other.Dispose();
            await Check.Throws<ObjectDisposedException>(() => orphan, "dispose: ends what is under way");
            await Check.Throws<ObjectDisposedException>(() => other.ProbeAsync(Program.At("healthy")),
                "dispose: nothing more");
            await Check.Throws<ObjectDisposedException>(() => other.Probe(Program.At("healthy")),
                "dispose: nothing more on the caller's thread");
            other.Dispose();
            Check.That(true, "dispose: twice");
        }

        private static async Task RdpFiles()
        {
            using var prober = new RdpProber(new ProbeOptions { Threads = 1 });
            byte[] File(string name) => Encoding.UTF8.GetBytes(
                $"full address:s:{Program.At(name)}\r\nprompt for credentials:i:0\r\n");
            var report = prober.ProbeRdpFile(File("healthy"));
            Check.That(report.IsOk && report.Target == Program.At("healthy"), "file: what it leads to", report);
            var file = File("healthy");
            var pending = prober.ProbeRdpFileAsync(file);
            Array.Clear(file, 0, file.Length);
            report = await pending;
            Check.That(report.IsOk && report.Target == Program.At("healthy"), "file: the same in the background", report);
            using var patient = new RdpProber(new ProbeOptions { StageTimeout = TimeSpan.FromMinutes(5),
                TotalTimeout = TimeSpan.FromMinutes(5) });
            using var stop = new CancellationTokenSource();
            var waiting = patient.ProbeRdpFileAsync(File("silent-after-request"), stop.Token);
            stop.CancelAfter(50);
            await Check.Throws<OperationCanceledException>(() => waiting, "file: is cancelled");
            var wrong = prober.ProbeRdpFileAsync(new byte[] { 1, 2 });
            var error = await Check.Throws<ArgumentException>(() => wrong, "file: is none, in the background");
            Check.Same("file", error?.ParamName, "file: is said to be the fault");
        }

        private static void Explaining()
        {
            var known = RdpExplain.Explain("0x904");
            Check.That(known.Found, "explain: 0x904");
            Check.That(known.Text.Contains("0x904") && known.Json.StartsWith("{"), "explain: says what it is about",
                known.Text);
            var unknown = RdpExplain.Explain("xyzzyplugh");
            Check.That(!unknown.Found, "explain: something unknown", unknown.Text);
            Check.That(RdpExplain.Explain("Größe \u6f22").Found == false, "explain: beyond ASCII");
        }

        private static async Task Logging()
        {
            if (!RdpProbeLibrary.Features.HasFlag(LibraryFeatures.Log))
            {
                await Check.Throws<NotSupportedException>(() => RdpProbeLibrary.SetLog(ProbeLogLevel.Trace,
                    (level, target, message) => { }), "log: a library without one says so");
                return;
            }
            var lines = 0;
            RdpProbeLibrary.SetLog(ProbeLogLevel.Trace, (level, target, message) =>
            {
                if (target.Length > 0 && message.Length > 0 && Enum.IsDefined(typeof(ProbeLogLevel), level))
                {
                    Interlocked.Increment(ref lines);
                }
                throw new InvalidOperationException("a handler that throws does no harm");
            });
            using var prober = new RdpProber();
            Check.That((await prober.ProbeAsync(Program.At("healthy"))).IsOk, "log: the probe is not disturbed");
            Check.That(lines > 0, "log: lines come", lines);
            var others = 0;
            await Check.Throws<ArgumentException>(() => RdpProbeLibrary.SetLog((ProbeLogLevel)99,
                (level, target, message) => Interlocked.Increment(ref others)), "log: no such level");
            var until = lines;
            await prober.ProbeAsync(Program.At("healthy"));
            Check.That(lines > until && others == 0, "log: goes where it went then", others);
            RdpProbeLibrary.SetLog(ProbeLogLevel.Off, null);
            var before = lines;
            await prober.ProbeAsync(Program.At("healthy"));
            Check.Same(before, lines, "log: none any more");
        }
    }
}
