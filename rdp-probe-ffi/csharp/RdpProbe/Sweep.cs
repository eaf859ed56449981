using System;
using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using System.Threading;
using System.Threading.Tasks;

namespace RdpProbe
{
    /// <summary>What came of one target of many.</summary>
    public sealed class ProbeResult
    {
        internal ProbeResult(long index, string target, ProbeStatus status, Report? report, string? error)
        {
            Index = index;
            Target = target;
            Status = status;
            Report = report;
            Error = error;
        }

        /// <summary>Which one it was, counted from 0.</summary>
        public long Index { get; }

        /// <summary>The target, as it was given.</summary>
        public string Target { get; }

        /// <summary><see cref="ProbeStatus.Ok"/> where there is a report, whatever it says; else what kind of error it
        /// was: a target that cannot be read, mostly.</summary>
        public ProbeStatus Status { get; }

        /// <summary>The report; null for a target that was not probed.</summary>
        public Report? Report { get; }

        /// <summary>Why the target was not probed; null where it was.</summary>
        public string? Error { get; }
    }

    /// <summary>The probes of a batch that are under way or not yet taken. Used by one reader.</summary>
    internal sealed class Sweep : IAsyncDisposable
    {
        private readonly RdpProber prober;
        private readonly Credentials? credentials;
        private readonly CancellationToken cancel;
        private readonly CancellationTokenSource stop;
        private readonly ConcurrentQueue<(ProbeResult? Result, Exception? Error)> ended =
            new ConcurrentQueue<(ProbeResult?, Exception?)>();
        private readonly SemaphoreSlim there = new SemaphoreSlim(0);
        private long started;

        internal Sweep(RdpProber prober, Credentials? credentials, CancellationToken cancel)
        {
            this.prober = prober;
            this.credentials = credentials;
            this.cancel = cancel;
            stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        }

        /// <summary>How many have been started and not been taken.</summary>
        internal int UnderWay { get; private set; }

        internal void Start(string target)
        {
            if (target == null)
            {
                throw new ArgumentException($"Target {started} is null.", "targets");
            }
            UnderWay++;
            _ = Follow(started++, target);
        }

        /// <summary>The next one that ends.</summary>
        internal async Task<ProbeResult> Next()
        {
            var (result, error) = await Take().ConfigureAwait(false);
            if (error != null)
            {
                cancel.ThrowIfCancellationRequested();
                ExceptionDispatchInfo.Capture(error).Throw();
            }
            return result!;
        }

        /// <summary>Ends what nobody will take, and waits for it.</summary>
        public async ValueTask DisposeAsync()
        {
            stop.Cancel();
            while (UnderWay > 0)
            {
                var (result, _) = await Take().ConfigureAwait(false);
                result?.Report?.Dispose();
            }
            stop.Dispose();
            there.Dispose();
        }

        private async Task<(ProbeResult? Result, Exception? Error)> Take()
        {
            await there.WaitAsync().ConfigureAwait(false);
            UnderWay--;
            return ended.TryDequeue(out var one) ? one : throw new InvalidOperationException("Nothing has ended.");
        }

        private async Task Follow(long index, string target)
        {
            ProbeResult? result = null;
            Exception? error = null;
            try
            {
                var end = await Pending.Probe(prober, target, credentials, stop.Token).ConfigureAwait(false);
                switch (end.Status)
                {
                    case Native.Ok:
                        result = new ProbeResult(index, target, ProbeStatus.Ok, new Report(end.Report), null);
                        break;
                    case Native.Cancelled:
                    case Native.InvalidOptions:
                    case Native.Unsupported:
                        // The same would become of all others.
                        error = end.Failure(stop.Token, "credentials");
                        break;
                    default:
                        result = new ProbeResult(index, target, (ProbeStatus)end.Status, null, end.Reason);
                        break;
                }
            }
            catch (UnreadableTextException unreadable)
            {
                result = new ProbeResult(index, target, ProbeStatus.InvalidArgument, null, unreadable.Reason);
            }
            catch (Exception other)
            {
                error = other;
            }
            ended.Enqueue((result, error));
            there.Release();
        }
    }
}
