using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;

namespace RdpProbe.Tests
{
    /// <summary>Who lives how long, when garbage is collected, and when threads get in each other's way.</summary>
    internal static class Lifetimes
    {
        internal static async Task Run()
        {
            await Collecting();
            await CancellingAnytime();
            await DisposingAnytime();
            await NothingLeft();
            Wiping();
        }

        /// <summary>Garbage is collected all the while: what the library calls, or still has, must not be.</summary>
        private static async Task Collecting()
        {
            using var end = new CancellationTokenSource();
            var collector = Task.Run(() =>
            {
                while (!end.IsCancellationRequested)
                {
                    GC.Collect();
                    GC.WaitForPendingFinalizers();
                }
            });
            using (var prober = new RdpProber())
            {
                var sound = 0;
                await foreach (var result in prober.ProbeAllAsync(Enumerable.Repeat(Program.At("healthy"), 300), 30))
                {
                    // Not disposed of: the collector frees it.
                    sound += result.Report?.Text.Length > 0 && result.Report.IsOk ? 1 : 0;
                }
                Check.Same(300, sound, "collected: a batch");
            }
            Check.That((await Forgotten()).IsOk, "collected: not a prober that works");
            Check.That(await Remembered() == 2, "collected: not the store of one either");
            end.Cancel();
            await collector;
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static Task<Report> Forgotten() => new RdpProber().ProbeAsync(Program.At("healthy"));

        private static async Task<int> Remembered()
        {
            var calls = new Counting();
            await new RdpProber(new ProbeOptions { Trust = Trust.FirstUse, KnownCertificates = calls })
                .ProbeAsync(Program.At("healthy"));
            return calls.Calls;
        }

        /// <summary>Whenever it is cancelled, a probe ends in one way or the other, and nothing else happens.</summary>
        private static async Task CancellingAnytime()
        {
            using var prober = new RdpProber();
            int ended = 0, cancelled = 0;
            for (var i = 0; i < 200; i++)
            {
                using var stop = new CancellationTokenSource();
                var probe = prober.ProbeAsync(Program.At("healthy"), null, stop.Token);
                SpinWait.SpinUntil(() => probe.IsCompleted, TimeSpan.FromMilliseconds(i / 20));
                stop.Cancel();
                try
                {
                    using var report = await probe;
                    ended += report.IsOk ? 1 : 0;
                }
                catch (OperationCanceledException)
                {
                    cancelled++;
                }
            }
            Check.That(ended + cancelled == 200 && cancelled > 0, "cancelled anytime: ends so or so",
                $"{ended} and {cancelled}");
        }

        private static async Task DisposingAnytime()
        {
            int ended = 0, disposed = 0;
            for (var i = 0; i < 40; i++)
            {
                var prober = new RdpProber();
                async Task Probe(bool opens)
                {
                    try
                    {
                        if (opens)
                        {
                            using var opened = await prober.OpenAsync(Program.At("healthy"));
                        }
                        else
                        {
                            using var report = await prober.ProbeAsync(Program.At("healthy"));
                        }
                        Interlocked.Increment(ref ended);
                    }
                    catch (ObjectDisposedException error) when (error.ObjectName == nameof(RdpProber))
                    {
                        Interlocked.Increment(ref disposed);
                    }
                }
                var probes = Enumerable.Range(0, 6).Select(n => Task.Run(() => Probe(n % 2 == 0))).ToList();
                Thread.Sleep(i / 4);
                prober.Dispose();
                await Task.WhenAll(probes);
            }
            Check.That(ended + disposed == 240 && disposed > 0, "disposed of anytime: ends so or so",
                $"{ended} and {disposed}");
        }

        /// <summary>Of probers that are disposed of, no thread is left.</summary>
        private static async Task NothingLeft()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            using (var prober = new RdpProber())
            {
                await prober.ProbeAsync(Program.At("healthy"));
                Check.That(Threads() > 0, "threads: there are some while a prober works");
            }
            Check.Same(0, Threads(), "threads: none behind the last prober");
        }

        // Threads of the runtime's own pool have the name of the library's callback thread where that has called for them:
        // those that probes run on are the ones to look for.
        private static int Threads() => Directory.GetDirectories("/proc/self/task")
            .Count(thread => File.ReadAllText($"{thread}/comm").Trim() == "rdp-probe");

        /// <summary>A password lies in memory, in UTF-8, as long as the credentials live, and no longer.</summary>
        private static void Wiping()
        {
            if (!RdpProbeLibrary.Features.HasFlag(LibraryFeatures.Nla))
            {
                return;
            }
            // The search must not find what it searches for: that is kept with each bit turned over.
            var secret = new char[24];
            var turned = new byte[secret.Length];
            var chance = new Random();
            for (var i = 0; i < secret.Length; i++)
            {
                secret[i] = (char)('a' + chance.Next(26));
                turned[i] = (byte)~secret[i];
            }
            var credentials = Credentials.FromPassword("alice", null, secret);
            Check.That(Finds(turned) > 0, "password: the search finds it while it is there");
            credentials.Dispose();
            Check.Same(0, Finds(turned), "password: is wiped");
        }

        private static int Finds(byte[] turned)
        {
            var found = 0;
            using var memory = new FileStream("/proc/self/mem", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1);
            var block = new byte[1 << 20];
            foreach (var (start, end) in Writable())
            {
                for (var at = start; at < end; at += block.Length - turned.Length)
                {
                    var length = (int)Math.Min(block.Length, end - at);
                    memory.Seek(at, SeekOrigin.Begin);
                    int read;
                    try
                    {
                        read = memory.Read(block, 0, length);
                    }
                    catch (IOException)
                    {
                        // Mapped, and not to be read.
                        break;
                    }
                    found += Count(block, read, turned);
                    // This, too, would be found.
                    Array.Clear(block, 0, block.Length);
                }
            }
            return found;
        }

        private static int Count(byte[] block, int length, byte[] turned)
        {
            var found = 0;
            for (var i = 0; i + turned.Length <= length; i++)
            {
                var same = 0;
                while (same < turned.Length && (byte)~block[i + same] == turned[same])
                {
                    same++;
                }
                found += same == turned.Length ? 1 : 0;
            }
            return found;
        }

        /// <summary>What of the process is in memory and may have changed; what is only set aside is left out.</summary>
        private static IEnumerable<(long Start, long End)> Writable()
        {
            (long, long)? last = null;
            foreach (var line in File.ReadAllLines("/proc/self/smaps"))
            {
                var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (words.Length > 1 && words[0].Contains('-') && words[1].Length == 4)
                {
                    var bounds = words[0].Split('-').Select(word => Convert.ToInt64(word, 16)).ToArray();
                    last = words[1].StartsWith("rw") && bounds[0] > 0 ? (bounds[0], bounds[1]) : ((long, long)?)null;
                }
                else if (words.Length > 1 && words[0] == "Rss:" && words[1] != "0" && last.HasValue)
                {
                    yield return last.Value;
                }
            }
        }

        private sealed class Counting : IKnownCertificates
        {
            internal int Calls;

            public byte[]? Find(string target)
            {
                Interlocked.Increment(ref Calls);
                return null;
            }

            public byte[]? Remember(string target, byte[] certificate)
            {
                Interlocked.Increment(ref Calls);
                return certificate;
            }
        }
    }
}
