using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;

namespace RdpProbe
{
    /// <summary>Probes RDP servers. One is enough for a program: any number of threads may use it, for any number of
    /// probes at a time.</summary>
    /// <remarks>A host that is dead, refuses or is no RDP server is a <see cref="Report"/>. Exceptions are for what the
    /// caller does: targets that cannot be read, options that contradict each other, cancelling. A null where none may be
    /// is thrown by the call itself, all else by the task: text that is no target may well be somebody's
    /// data.</remarks>
    public sealed class RdpProber : IDisposable
    {
        private readonly ProberHandle handle;
        private readonly bool sameCredentialsForAll;

        /// <summary>A prober that does what the options say, or the usual without any.</summary>
        /// <exception cref="ArgumentException">The options cannot be used; the message says which, and why.</exception>
        /// <exception cref="NotSupportedException">The library was built without what they ask for, or is not the one
        /// for this assembly.</exception>
        /// <exception cref="DllNotFoundException">There is no librdp_probe where the system looks for
        /// libraries.</exception>
        public RdpProber(ProbeOptions? options = null)
        {
            RdpProbeLibrary.Demand();
            options ??= new ProbeOptions();
            sameCredentialsForAll = options.SameCredentialsForAll;
            using var native = options.ToNative(out var store);
            var status = Native.rdp_probe_prober_new(native, out handle);
            if (status != Native.Ok)
            {
                KnownStores.Remove(store);
                handle.Dispose();
                throw Native.Failure(status, nameof(options));
            }
            handle.Released = () => KnownStores.Remove(store);
        }

        /// <exception cref="ObjectDisposedException">It has been disposed of.</exception>
        internal ProberHandle Handle
        {
            get
            {
                handle.Demand();
                return handle;
            }
        }

        internal bool IsDisposed => handle.IsClosed;

        /// <summary>Probes a target. The thread is free meanwhile.</summary>
        /// <param name="target"><c>host</c>, <c>host:port</c>, <c>[2001:db8::1]:3390</c>.</param>
        /// <param name="cancellationToken">Ends it early.</param>
        /// <exception cref="ArgumentException">The target cannot be read, or the goal takes credentials.</exception>
        /// <exception cref="OperationCanceledException">It was cancelled.</exception>
        /// <exception cref="ObjectDisposedException">The prober was disposed of, before or meanwhile.</exception>
        public Task<Report> ProbeAsync(string target, CancellationToken cancellationToken = default) =>
            ProbeAsync(target, null, cancellationToken);

        /// <summary>Probes a target with credentials. The thread is free meanwhile.</summary>
        /// <param name="target"><c>host</c>, <c>host:port</c>, <c>[2001:db8::1]:3390</c>.</param>
        /// <param name="credentials">Who logs on, for <see cref="ProbeGoal.Verify"/> and
        /// <see cref="ProbeGoal.Delegate"/>.</param>
        /// <param name="cancellationToken">Ends it early.</param>
        /// <exception cref="ArgumentException">The target cannot be read, or the options do not go with the
        /// credentials.</exception>
        /// <exception cref="OperationCanceledException">It was cancelled.</exception>
        /// <exception cref="ObjectDisposedException">The prober was disposed of, before or meanwhile.</exception>
        public Task<Report> ProbeAsync(string target, Credentials? credentials,
            CancellationToken cancellationToken = default)
        {
            if (target == null)
            {
                throw new ArgumentNullException(nameof(target));
            }
            var probe = Pending.Probe(this, target, credentials, cancellationToken);
            return Reported(probe, nameof(target), cancellationToken);
        }

        /// <summary>Probes what an <c>.rdp</c> file leads to. The thread is free meanwhile. The file's settings that bear
        /// on the opening take the place of the prober's.</summary>
        /// <param name="file">What is in the file. A copy is taken.</param>
        /// <param name="cancellationToken">Ends it early.</param>
        /// <exception cref="ArgumentException">It is no such file, or names no host; or the goal takes
        /// credentials.</exception>
        /// <exception cref="OperationCanceledException">It was cancelled.</exception>
        /// <exception cref="ObjectDisposedException">The prober was disposed of, before or meanwhile.</exception>
        public Task<Report> ProbeRdpFileAsync(byte[] file, CancellationToken cancellationToken = default) =>
            ProbeRdpFileAsync(file, null, cancellationToken);

        /// <summary>Probes what an <c>.rdp</c> file leads to, with credentials.</summary>
        /// <param name="file">What is in the file. A copy is taken.</param>
        /// <param name="credentials">As for <see cref="ProbeAsync(string, Credentials, CancellationToken)"/>.</param>
        /// <param name="cancellationToken">Ends it early.</param>
        /// <exception cref="ArgumentException">It is no such file, or names no host.</exception>
        /// <exception cref="OperationCanceledException">It was cancelled.</exception>
        /// <exception cref="ObjectDisposedException">The prober was disposed of, before or meanwhile.</exception>
        public Task<Report> ProbeRdpFileAsync(byte[] file, Credentials? credentials,
            CancellationToken cancellationToken = default)
        {
            if (file == null)
            {
                throw new ArgumentNullException(nameof(file));
            }
            var probe = Pending.ProbeFile(this, file, credentials, cancellationToken);
            return Reported(probe, nameof(file), cancellationToken);
        }

        /// <summary>Probes a target and holds the thread up until it is done.</summary>
        /// <param name="target">As for <see cref="ProbeAsync(string, CancellationToken)"/>.</param>
        /// <param name="credentials">As for <see cref="ProbeAsync(string, Credentials, CancellationToken)"/>.</param>
        /// <exception cref="ArgumentException">As for <see cref="ProbeAsync(string, CancellationToken)"/>.</exception>
        public Report Probe(string target, Credentials? credentials = null)
        {
            var status = Native.rdp_probe_run(Handle, Native.Utf8(target, nameof(target)),
                Credentials.HandleOf(credentials), out var report);
            return Report.Made(status, report, nameof(target));
        }

        /// <summary>Probes what an <c>.rdp</c> file leads to, and holds the thread up until it is done. The file's
        /// settings that bear on the opening take the place of the prober's.</summary>
        /// <param name="file">What is in the file.</param>
        /// <param name="credentials">As for <see cref="ProbeAsync(string, Credentials, CancellationToken)"/>.</param>
        /// <exception cref="ArgumentException">It is no such file, or names no host.</exception>
        public Report ProbeRdpFile(byte[] file, Credentials? credentials = null)
        {
            if (file == null)
            {
                throw new ArgumentNullException(nameof(file));
            }
            var status = Native.rdp_probe_run_rdp_file(Handle, file, new UIntPtr((uint)file.Length),
                Credentials.HandleOf(credentials), out var report);
            return Report.Made(status, report, nameof(file));
        }

        /// <summary>Probes targets, so many at once, and gives each result as soon as it is there.</summary>
        /// <remarks>Targets are taken one by one as there is room for them, so there may be very many. A result that
        /// nobody has taken yet takes up room as well: whoever reads slowly is not flooded. To stop, leave the
        /// <c>await foreach</c>, or cancel: the probes under way are ended, and waited for.</remarks>
        /// <param name="targets">As for <see cref="ProbeAsync(string, CancellationToken)"/>. One that cannot be read has a
        /// result that says so, as has one that the system or a fault of the library kept from being probed, and does not
        /// end the rest.</param>
        /// <param name="atOnce">How many probes are under way at the same time, at most.</param>
        /// <param name="cancellationToken">Ends it early.</param>
        /// <exception cref="ArgumentException">Less than one at once, or a target that is null.</exception>
        /// <exception cref="OperationCanceledException">It was cancelled.</exception>
        /// <exception cref="ObjectDisposedException">The prober was disposed of, before or meanwhile.</exception>
        public IAsyncEnumerable<ProbeResult> ProbeAllAsync(IEnumerable<string> targets, int atOnce = 64,
            CancellationToken cancellationToken = default) => ProbeAllAsync(targets, atOnce, null, cancellationToken);

        /// <summary>Probes targets with the same credentials.</summary>
        /// <remarks>As without them.</remarks>
        /// <param name="targets">As without credentials.</param>
        /// <param name="atOnce">As without credentials.</param>
        /// <param name="credentials">Who logs on, everywhere: only with
        /// <see cref="ProbeOptions.SameCredentialsForAll"/>.</param>
        /// <param name="cancellationToken">Ends it early.</param>
        /// <exception cref="ArgumentException">As without credentials; or they were not meant for all.</exception>
        /// <exception cref="OperationCanceledException">It was cancelled.</exception>
        /// <exception cref="ObjectDisposedException">The prober was disposed of, before or meanwhile.</exception>
        public IAsyncEnumerable<ProbeResult> ProbeAllAsync(IEnumerable<string> targets, int atOnce,
            Credentials? credentials, CancellationToken cancellationToken = default)
        {
            if (targets == null)
            {
                throw new ArgumentNullException(nameof(targets));
            }
            if (atOnce < 1)
            {
                throw new ArgumentOutOfRangeException(nameof(atOnce), atOnce, "At least one probe has to be under way.");
            }
            if (credentials != null && !sameCredentialsForAll)
            {
                throw new ArgumentException("The options do not let the same credentials be tried at each target.",
                    nameof(credentials));
            }
            return Run(targets, atOnce, credentials, cancellationToken);
        }

        /// <summary>Opens a connection as far as the options say, for the program to go on with.</summary>
        /// <param name="target">As for <see cref="ProbeAsync(string, CancellationToken)"/>.</param>
        /// <param name="cancellationToken">Ends the opening early; it has nothing to say of the connection then.</param>
        /// <exception cref="ArgumentException">As for <see cref="ProbeAsync(string, CancellationToken)"/>.</exception>
        /// <exception cref="OperationCanceledException">It was cancelled.</exception>
        /// <exception cref="ObjectDisposedException">The prober was disposed of, before or meanwhile.</exception>
        public Task<OpenResult> OpenAsync(string target, CancellationToken cancellationToken = default) =>
            OpenAsync(target, null, cancellationToken);

        /// <summary>Opens a connection with credentials.</summary>
        /// <param name="target">As for <see cref="ProbeAsync(string, CancellationToken)"/>.</param>
        /// <param name="credentials">As for <see cref="ProbeAsync(string, Credentials, CancellationToken)"/>.</param>
        /// <param name="cancellationToken">Ends the opening early; it has nothing to say of the connection then.</param>
        /// <exception cref="ArgumentException">As for <see cref="ProbeAsync(string, CancellationToken)"/>.</exception>
        /// <exception cref="OperationCanceledException">It was cancelled.</exception>
        /// <exception cref="ObjectDisposedException">The prober was disposed of, before or meanwhile.</exception>
        public Task<OpenResult> OpenAsync(string target, Credentials? credentials,
            CancellationToken cancellationToken = default)
        {
            if (target == null)
            {
                throw new ArgumentNullException(nameof(target));
            }
            return Opened(Pending.Open(this, target, credentials, cancellationToken), cancellationToken);
        }

        /// <summary>Opens a connection to what an <c>.rdp</c> file leads to, and holds the thread up until it is open: the
        /// library can do this in no other way. It cannot be cancelled; the budget ends it.</summary>
        /// <param name="file">What is in the file.</param>
        /// <param name="credentials">As for <see cref="ProbeAsync(string, Credentials, CancellationToken)"/>.</param>
        /// <exception cref="ArgumentException">It is no such file, or names no host.</exception>
        public OpenResult OpenRdpFile(byte[] file, Credentials? credentials = null)
        {
            if (file == null)
            {
                throw new ArgumentNullException(nameof(file));
            }
            var status = Native.rdp_probe_open_rdp_file(Handle, file, new UIntPtr((uint)file.Length),
                Credentials.HandleOf(credentials), out var connection, out var report);
            var ended = new Ended(status, report, connection);
            return OpenResult.Of(ended) ?? throw ended.Failure(default, nameof(file));
        }

        /// <summary>Ends what is under way, and waits for that: nothing is left of it afterwards. Those who wait for it get
        /// an <see cref="ObjectDisposedException"/>. Opened connections stay open.</summary>
        /// <remarks>A call that holds another thread up (<see cref="Probe"/>, <see cref="ProbeRdpFile"/>,
        /// <see cref="OpenRdpFile"/>) cannot be ended: everything is ended when that one is done, and nobody waits for
        /// it.</remarks>
        public void Dispose() => handle.Dispose();

        private static async Task<Report> Reported(Task<Ended> probe, string parameter, CancellationToken cancel)
        {
            var ended = await probe.ConfigureAwait(false);
            return ended.Status == Native.Ok ? new Report(ended.Report) : throw ended.Failure(cancel, parameter);
        }

        private static async Task<OpenResult> Opened(Task<Ended> opening, CancellationToken cancel)
        {
            var ended = await opening.ConfigureAwait(false);
            return OpenResult.Of(ended) ?? throw ended.Failure(cancel, "target");
        }

        private async IAsyncEnumerable<ProbeResult> Run(IEnumerable<string> targets, int atOnce,
            Credentials? credentials, [EnumeratorCancellation] CancellationToken cancel)
        {
            var sweep = new Sweep(this, credentials, cancel);
            await using var end = sweep.ConfigureAwait(false);
            using var waiting = targets.GetEnumerator();
            var more = true;
            while (true)
            {
                cancel.ThrowIfCancellationRequested();
                while (more && sweep.UnderWay < atOnce && (more = waiting.MoveNext()))
                {
                    sweep.Start(waiting.Current);
                }
                if (sweep.UnderWay == 0)
                {
                    yield break;
                }
                yield return await sweep.Next().ConfigureAwait(false);
            }
        }
    }
}
