using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Text;
using System.Threading.Tasks;

namespace RdpProbe.Tests
{
    /// <summary>Certificates: roots, thumbprints, trust on first use.</summary>
    internal static class Trusting
    {
        internal static async Task Run()
        {
            var target = Program.At("healthy");
            using var observer = new RdpProber();
            var certificate = (await observer.ProbeAsync(target)).GetCertificateBytes()!;

            var other = (await observer.ProbeAsync(Program.At("certificate-rsa1024"))).GetCertificateBytes()!;
            var strict = await Report(new ProbeOptions { Trust = Trust.Strict, RootsPem = Pem(other) }, target);
            Check.Same(ProbeEnd.Untrusted, strict.End, "trust: nobody vouches for it");
            Check.Same("certificate-untrusted", strict.CauseCode, "trust: which is the cause");
            var rooted = new ProbeOptions { Trust = Trust.Strict, RootsPem = Pem(certificate) };
            Check.That((await Report(rooted, target)).IsOk, "trust: its root does");
            rooted.Clock = DateTimeOffset.UtcNow.AddYears(10);
            var late = await Report(rooted, target);
            Check.That(late.Causes.Any(cause => cause.Code == "certificate-expired"), "trust: in ten years", late);

            var expecting = new ProbeOptions { ExpectedThumbprints = { new string('0', 40) } };
            Check.Same("certificate-unexpected", (await Report(expecting, target)).CauseCode, "trust: another expected");
            expecting.ExpectedThumbprints.Add(strict.Details.Certificate!.Sha1);
            Check.That((await Report(expecting, target)).IsOk, "trust: one of two expected");
            await FirstUse(target, certificate, other);
        }

        private static async Task FirstUse(string target, byte[] certificate, byte[] another)
        {
            var store = new Memory();
            var options = new ProbeOptions { Trust = Trust.FirstUse, KnownCertificates = store };
            using (var prober = new RdpProber(options))
            {
                Check.That((await prober.ProbeAsync(target)).IsOk, "first use: of a target");
                Check.That(store.Kept.TryGetValue(target, out var kept) && Same(kept, certificate),
                    "first use: is remembered", string.Join(" ", store.Kept.Keys));
                var second = await prober.ProbeAsync(target);
                Check.Same("same", second.Details.Certificate?.Verdict.Known.Reason, "first use: is known again");
                store.Kept[target] = another;
                Check.Same("certificate-changed", (await prober.ProbeAsync(target)).CauseCode,
                    "first use: another is not taken for it");
                store.Fails = true;
                var told = new ConcurrentQueue<string>();
                var logs = RdpProbeLibrary.Features.HasFlag(LibraryFeatures.Log);
                if (logs)
                {
                    RdpProbeLibrary.SetLog(ProbeLogLevel.Error, (level, from, message) => told.Enqueue(message));
                }
                Check.Same(ProbeEnd.Untrusted, (await prober.ProbeAsync(target)).End,
                    "first use: a store that throws is no trust");
                Check.Same(logs, told.Any(line => line.Contains("InvalidOperationException: out of order")),
                    "first use: what it throws is told to the log, if there is one");
                if (logs)
                {
                    RdpProbeLibrary.SetLog(ProbeLogLevel.Off, null);
                }
            }
        }

        private static async Task<Report> Report(ProbeOptions options, string target)
        {
            using var prober = new RdpProber(options);
            return await prober.ProbeAsync(target);
        }

        private static byte[] Pem(byte[] certificate) => Encoding.ASCII.GetBytes(
            $"-----BEGIN CERTIFICATE-----\n{Convert.ToBase64String(certificate)}\n-----END CERTIFICATE-----\n");

        private static bool Same(byte[] one, byte[] other) => one.AsSpan().SequenceEqual(other);

        private sealed class Memory : IKnownCertificates
        {
            internal readonly ConcurrentDictionary<string, byte[]> Kept = new ConcurrentDictionary<string, byte[]>();
            internal volatile bool Fails;

            public byte[]? Find(string target) => Fails
                ? throw new InvalidOperationException("out of order")
                : Kept.TryGetValue(target, out var certificate) ? certificate : null;

            public byte[]? Remember(string target, byte[] certificate) => Kept.GetOrAdd(target, certificate);
        }
    }
}
