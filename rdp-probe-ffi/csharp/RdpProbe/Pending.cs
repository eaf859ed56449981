using System;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;

namespace RdpProbe
{
    /// <summary>How something that was started has ended.</summary>
    internal sealed class Ended
    {
        /// <summary>To be made on the thread that was told of the end, before another native call.</summary>
        internal Ended(uint status, ReportHandle report, ConnectionHandle connection)
        {
            Status = status;
            if (status != Native.Ok && status != Native.NotReached)
            {
                Message = Native.LastError();
                Code = Native.rdp_probe_last_error_code();
            }
            Report = report;
            Connection = connection;
        }

        internal uint Status { get; }

        /// <summary>What the library said with a status that is not good.</summary>
        internal string Message { get; } = "";

        /// <summary>That, or what the status means.</summary>
        internal string Reason => Message.Length > 0 ? Message : Native.rdp_probe_status_text(Status).ToString();

        /// <summary>The operating system's number that goes with it, or 0.</summary>
        internal long Code { get; }

        internal ReportHandle Report { get; }

        internal ConnectionHandle Connection { get; }

        /// <summary>What it means that there is no report. A probe that nobody asked to cancel was ended by its prober,
        /// which is no more.</summary>
        internal Exception Failure(CancellationToken cancel, string parameter)
        {
            if (Status != Native.Cancelled)
            {
                return Native.Failure(Status, Message, Code, parameter);
            }
            return cancel.IsCancellationRequested
                ? (Exception)new OperationCanceledException(cancel)
                : new ObjectDisposedException(nameof(RdpProber));
        }
    }

    /// <summary>Something that the library works on, until it calls back, which it does exactly once.</summary>
    internal sealed class Pending
    {
        // The library calls these as long as there is anything to call them with: they must never be collected.
        private static readonly Native.Done DoneCallback = Done;
        private static readonly Native.Opened OpenedCallback = Opened;

        // Programs go on elsewhere, or they would hold the library's thread up.
        private readonly TaskCompletionSource<Ended> source =
            new TaskCompletionSource<Ended>(TaskCreationOptions.RunContinuationsAsynchronously);

        // Forgotten by the program, it is not collected while it works.
        private readonly RdpProber prober;

        private Pending(RdpProber prober) => this.prober = prober;

        private delegate uint Starter(IntPtr user, out JobHandle job);

        /// <summary>Probes a target; cancelled, it ends with that as its status. What is thrown, the task throws.</summary>
        /// <exception cref="UnreadableTextException">The target is no text that could go to the library.</exception>
        /// <exception cref="ObjectDisposedException">The prober, or the credentials, are gone.</exception>
        internal static Task<Ended> Probe(RdpProber prober, string target, Credentials? credentials,
            CancellationToken cancel)
        {
            uint Start(IntPtr user, out JobHandle job)
            {
                using var pinned = new Pinned(Native.Utf8(target, nameof(target)));
                return Native.rdp_probe_start(prober.Handle, new[] { pinned.Address }, new UIntPtr(1), new UIntPtr(1),
                    Credentials.HandleOf(credentials), DoneCallback, user, out job);
            }
            return new Pending(prober).Run(Start, cancel);
        }

        /// <summary>Probes what a file leads to; the same holds.</summary>
        internal static Task<Ended> ProbeFile(RdpProber prober, byte[] file, Credentials? credentials,
            CancellationToken cancel)
        {
            uint Start(IntPtr user, out JobHandle job) =>
                Native.rdp_probe_start_rdp_file(prober.Handle, file, new UIntPtr((uint)file.Length),
                    Credentials.HandleOf(credentials), DoneCallback, user, out job);
            return new Pending(prober).Run(Start, cancel);
        }

        /// <summary>Opens a connection; the same holds.</summary>
        internal static Task<Ended> Open(RdpProber prober, string target, Credentials? credentials,
            CancellationToken cancel)
        {
            uint Start(IntPtr user, out JobHandle job) =>
                Native.rdp_probe_open_start(prober.Handle, Native.Utf8(target, nameof(target)),
                    Credentials.HandleOf(credentials), OpenedCallback, user, out job);
            return new Pending(prober).Run(Start, cancel);
        }

        private async Task<Ended> Run(Starter start, CancellationToken cancel)
        {
            cancel.ThrowIfCancellationRequested();
            var self = GCHandle.Alloc(this);
            uint status;
            JobHandle job;
            try
            {
                status = start(GCHandle.ToIntPtr(self), out job);
            }
            catch (Exception error)
            {
                // It was never started, so it will not call back.
                self.Free();
                if (error is ObjectDisposedException && prober.IsDisposed)
                {
                    // In the middle of the call; the runtime speaks of the handle then.
                    throw new ObjectDisposedException(nameof(RdpProber));
                }
                throw;
            }
            if (status != Native.Ok)
            {
                // The same here.
                var refused = new Ended(status, new ReportHandle(), new ConnectionHandle());
                self.Free();
                job.Dispose();
                return refused;
            }
            using (job)
            {
                using var registration = cancel.Register(() => Native.rdp_probe_job_cancel(job));
                var ended = await source.Task.ConfigureAwait(false);
                GC.KeepAlive(prober);
                return ended;
            }
        }

        private static void Done(IntPtr user, UIntPtr index, uint status, IntPtr report) =>
            End(user, status, IntPtr.Zero, report);

        private static void Opened(IntPtr user, uint status, IntPtr connection, IntPtr report) =>
            End(user, status, connection, report);

        private static void End(IntPtr user, uint status, IntPtr connection, IntPtr report)
        {
            var self = GCHandle.FromIntPtr(user);
            var pending = (Pending)self.Target!;
            self.Free();
            try
            {
                var ended = new Ended(status, new ReportHandle(report), new ConnectionHandle(connection));
                pending.source.SetResult(ended);
            }
            catch (Exception error)
            {
                // Nothing may be thrown into native code; whoever waits hears of it.
                pending.source.TrySetException(error);
            }
        }
    }
}
