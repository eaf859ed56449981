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
    /// caller does: targets that cannot be read, options that contradict each other, cancelling.</remarks>
    public sealed class RdpProber : IDisposable
    {
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
            var status = Native.rdp_probe_prober_new(native, out var handle);
            Handle = handle;
            if (status != Native.Ok)
            {
                KnownStores.Remove(store);
                handle.Dispose();
                throw Native.Failure(status, nameof(options));
            }
            handle.Released = () => KnownStores.Remove(store);
        }

        internal ProberHandle Handle { get; }

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
        public async Task<Report> ProbeAsync(string target, Credentials? credentials,
            CancellationToken cancellationToken = default)
        {
            var ended = await Pending.Probe(this, target, credentials, cancellationToken).ConfigureAwait(false);
            return ended.Status == Native.Ok ? new Report(ended.Report) : throw ended.Failure(cancellationToken);
        }

        /// <summary>Probes a target and holds the thread up until it is done.</summary>
        /// <param name="target">As for <see cref="ProbeAsync(string, CancellationToken)"/>.</param>
        /// <param name="credentials">As for <see cref="ProbeAsync(string, CancellationToken)"/>.</param>
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
        /// <param name="credentials">As for <see cref="ProbeAsync(string, CancellationToken)"/>.</param>
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
        /// result that says so, and does not end the rest.</param>
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
        /// <param name="credentials">As for <see cref="ProbeAsync(string, CancellationToken)"/>.</param>
        /// <param name="cancellationToken">Ends the opening early; it has nothing to say of the connection then.</param>
        /// <exception cref="ArgumentException">As for <see cref="ProbeAsync(string, CancellationToken)"/>.</exception>
        /// <exception cref="OperationCanceledException">It was cancelled.</exception>
        /// <exception cref="ObjectDisposedException">The prober was disposed of, before or meanwhile.</exception>
        public async Task<OpenResult> OpenAsync(string target, Credentials? credentials,
            CancellationToken cancellationToken = default)
        {
            var ended = await Pending.Open(this, target, credentials, cancellationToken).ConfigureAwait(false);
            return ended.Status switch
            {
                Native.Ok => new OpenResult(new Report(ended.Report), new RdpConnection(ended.Connection)),
                Native.NotReached => new OpenResult(new Report(ended.Report), null),
                _ => throw ended.Failure(cancellationToken),
            };
        }

        /// <summary>Ends what is under way, and waits for that: nothing is left of it afterwards. Those who wait for it get
        /// an <see cref="ObjectDisposedException"/>. Opened connections stay open.</summary>
        /// <remarks>A probe that holds another thread up (<see cref="Probe"/>, <see cref="ProbeRdpFile"/>) cannot be
        /// ended: everything is ended when that one is done, and nobody waits for it.</remarks>
        public void Dispose() => Handle.Dispose();

        private async IAsyncEnumerable<ProbeResult> Run(IEnumerable<string> targets, int atOnce,
            Credentials? credentials, [EnumeratorCancellation] CancellationToken cancel)
        {
            await using var sweep = new Sweep(this, credentials, cancel);
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
