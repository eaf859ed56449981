using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace RdpProbe.Tests
{
    /// <summary>Many targets at once.</summary>
    internal static class Batches
    {
        private const int Many = 1000;

        internal static async Task Run()
        {
            // Before anything is measured, all is there that comes once.
            await Thousand();
            var before = Descriptors();
            await Thousand();
            await LeavingEarly();
            await Cancelling();
            await Backpressure();
            await DisposingMeanwhile();
            await Flawed();
            Collect();
            Check.That(Descriptors() <= before + 2, "batch: no descriptors left", $"{Descriptors()}, {before} before");
        }

        private static async Task Thousand()
        {
            using var prober = new RdpProber();
            var targets = Enumerable.Range(0, Many).Select(i => Program.At(i % 10 == 9 ? "nobody" : "healthy"));
            var seen = new HashSet<long>();
            int sound = 0, refused = 0;
            await foreach (var result in prober.ProbeAllAsync(targets, 50))
            {
                using var report = result.Report!;
                var expected = Program.At(result.Index % 10 == 9 ? "nobody" : "healthy");
                seen.Add(result.Target == expected && report.Target == expected ? result.Index : -1);
                sound += report.IsOk ? 1 : 0;
                refused += report.CauseCode == "connection-refused" ? 1 : 0;
            }
            Check.That(seen.Count == Many && seen.Min() == 0 && seen.Max() == Many - 1, "batch: each exactly once",
                seen.Count);
            Check.Same(Many * 9 / 10, sound, "batch: the sound ones");
            Check.Same(Many / 10, refused, "batch: the others");
        }

        private static async Task LeavingEarly()
        {
            using var prober = Patient();
            var done = 0;
            // The rest would take minutes, so to end it is to have ended them.
            await foreach (var result in prober.ProbeAllAsync(FirstSound(20), 50))
            {
                result.Report?.Dispose();
                if (++done == 20)
                {
                    break;
                }
            }
            Check.Same(20, done, "batch: is left early");
            var (one, _, _) = await prober.ProbeAllAsync(FirstSound(1), 1).FirstThree();
            Check.That(one?.Report?.IsOk == true, "batch: the prober goes on");
        }

        private static async Task Cancelling()
        {
            using var prober = Patient();
            using var stop = new CancellationTokenSource();
            var done = 0;
            await Check.Throws<OperationCanceledException>(async () =>
            {
                await foreach (var result in prober.ProbeAllAsync(FirstSound(20), 50).WithCancellation(stop.Token))
                {
                    if (++done == 20)
                    {
                        stop.Cancel();
                    }
                }
            }, "batch: is cancelled");
            Check.Same(20, done, "batch: what was there before");
        }

        /// <summary>A list without end is taken as slowly as its results are.</summary>
        private static async Task Backpressure()
        {
            using var prober = new RdpProber();
            var taken = 0;
            IEnumerable<string> Endless()
            {
                while (true)
                {
                    taken++;
                    yield return Program.At("nobody");
                }
            }
            var most = 0;
            var done = 0;
            await foreach (var result in prober.ProbeAllAsync(Endless(), 8))
            {
                result.Report?.Dispose();
                most = Math.Max(most, taken - ++done);
                if (done == 200)
                {
                    break;
                }
            }
            Check.That(most <= 8 && taken <= 208, "batch: no more than asked for at once", $"{most} of {taken}");
        }

        private static async Task DisposingMeanwhile()
        {
            var prober = Patient();
            var done = 0;
            await Check.Throws<ObjectDisposedException>(async () =>
            {
                await foreach (var result in prober.ProbeAllAsync(FirstSound(20), 50))
                {
                    if (++done == 20)
                    {
                        prober.Dispose();
                    }
                }
            }, "batch: its prober is disposed of");
            Check.Same(20, done, "batch: what was there before that");
        }

        private static async Task Flawed()
        {
            using var prober = new RdpProber();
            var targets = new[] { "a b:c", Program.At("healthy"), "with\0nul", "\ud800", "" };
            var results = new Dictionary<long, ProbeResult>();
            await foreach (var result in prober.ProbeAllAsync(targets, 2))
            {
                results.Add(result.Index, result);
            }
            Check.Same(5, results.Count, "flawed targets: each has a result");
            Check.That(results[1].Report?.IsOk == true && results[1].Error == null, "flawed targets: the good one");
            foreach (var index in new[] { 0, 2, 3, 4 })
            {
                Check.That(results[index].Report == null && results[index].Error?.Length > 0,
                    $"flawed targets: {index} says why", results[index].Error);
                Check.Same(index == 2 || index == 3 ? ProbeStatus.InvalidArgument : ProbeStatus.InvalidTarget,
                    results[index].Status, $"flawed targets: {index}, and of which kind");
            }
            Check.Same(ProbeStatus.Ok, results[1].Status, "flawed targets: the good one's status");
            await Check.Throws<ArgumentException>(async () =>
            {
                await foreach (var _ in prober.ProbeAllAsync(new[] { Program.At("healthy"), null! }))
                {
                }
            }, "flawed targets: null is misuse");
            await Check.Throws<ArgumentNullException>(() => prober.ProbeAllAsync(null!), "batch: of nothing");
            await Check.Throws<ArgumentOutOfRangeException>(() => prober.ProbeAllAsync(targets, 0), "batch: none at once");
            var empty = await prober.ProbeAllAsync(new string[0]).FirstThree();
            Check.Same(null, empty.Item1, "batch: of no targets");
            await Credentialed();
        }

        private static async Task Credentialed()
        {
            if (!RdpProbeLibrary.Features.HasFlag(LibraryFeatures.Nla))
            {
                return;
            }
            var options = new ProbeOptions { Goal = ProbeGoal.Verify, DangerousAnyCertificate = true };
            var targets = Enumerable.Repeat(Program.At("nla"), 3);
            using var alice = Credentials.FromPassword("alice", null, "Secret-1");
            using (var prober = new RdpProber(options))
            {
                await Check.Throws<ArgumentException>(() => prober.ProbeAllAsync(targets, 2, alice),
                    "batch: credentials that were not meant for all");
            }
            options.SameCredentialsForAll = true;
            using (var prober = new RdpProber(options))
            {
                var (one, two, three) = await prober.ProbeAllAsync(targets, 2, alice).FirstThree();
                Check.That(new[] { one, two, three }.All(result => result?.Report?.Nla == NlaResult.Verified),
                    "batch: credentials for all");
            }
        }

        private static RdpProber Patient() => new RdpProber(new ProbeOptions
        {
            StageTimeout = TimeSpan.FromMinutes(9),
            TotalTimeout = TimeSpan.FromMinutes(9),
        });

        /// <summary>So many sound ones, and then many that say nothing.</summary>
        private static IEnumerable<string> FirstSound(int sound) =>
            Enumerable.Repeat(Program.At("healthy"), sound).Concat(
                Enumerable.Repeat(Program.At("silent-after-request"), Many));

        private static async Task<(ProbeResult?, ProbeResult?, ProbeResult?)> FirstThree(
            this IAsyncEnumerable<ProbeResult> results)
        {
            var first = new List<ProbeResult?>();
            await foreach (var result in results)
            {
                first.Add(result);
                if (result.Target == Program.At("healthy") || first.Count == 3)
                {
                    break;
                }
            }
            first.AddRange(new ProbeResult?[3]);
            return (first[0], first[1], first[2]);
        }

        private static int Descriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

        private static void Collect()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
        }
    }
}
