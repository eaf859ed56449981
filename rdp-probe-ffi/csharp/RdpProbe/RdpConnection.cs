using System;
using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace RdpProbe
{
    /// <summary>An RDP connection that is open as far as was asked, as the stream that MCS begins in.</summary>
    /// <remarks>One thread at a time may read and one write, and any may dispose of it, which ends both. A read or write
    /// that waits takes up a thread of the pool; one that can be cancelled looks ten times a second whether it
    /// was. A read that was cancelled has taken nothing; of a write some may be gone. It has to be disposed of: one that
    /// is forgotten keeps its socket and threads of the library until it is collected, and then holds the collector's own
    /// thread up for as long as the goodbye takes, a second at most.</remarks>
    public sealed class RdpConnection : Stream
    {
        private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(100);

        private readonly ConnectionHandle handle;
        private int readTimeout = Timeout.Infinite, writeTimeout = Timeout.Infinite, disposed;

        internal RdpConnection(ConnectionHandle handle)
        {
            this.handle = handle;
            SelectedProtocol = (RdpProtocols)Native.rdp_probe_connection_selected(handle);
            NegotiationFlags = Native.rdp_probe_connection_flags(handle);
            IsTls = Native.rdp_probe_connection_is_tls(handle) != 0;
            PublicKey = handle.Borrow(() => Native.rdp_probe_connection_public_key(handle).ToArray());
            PublicKeyInfo = handle.Borrow(() => Native.rdp_probe_connection_public_key_info(handle).ToArray());
        }

        private unsafe delegate uint Call(byte* bytes, int length, uint milliseconds, out UIntPtr done);

        /// <summary>The protocol that the server chose.</summary>
        public RdpProtocols SelectedProtocol { get; }

        /// <summary>The flags of the server's answer ([MS-RDPBCGR] 2.2.1.2.1).</summary>
        public uint NegotiationFlags { get; }

        /// <summary>Whether what is read and written goes through TLS.</summary>
        public bool IsTls { get; }

        /// <summary>The SubjectPublicKey of the server's certificate, which CredSSP binds to. Empty without
        /// TLS.</summary>
        public ReadOnlyMemory<byte> PublicKey { get; }

        /// <summary>Its SubjectPublicKeyInfo in DER. Empty without TLS.</summary>
        public ReadOnlyMemory<byte> PublicKeyInfo { get; }

        /// <inheritdoc/>
        public override bool CanRead => disposed == 0;

        /// <inheritdoc/>
        public override bool CanWrite => disposed == 0;

        /// <summary>False: a connection has no positions.</summary>
        public override bool CanSeek => false;

        /// <summary>True.</summary>
        public override bool CanTimeout => true;

        /// <summary>How long a read may take that holds the thread up, in milliseconds; <see cref="Timeout.Infinite"/> at
        /// first. As with other streams, those that do not are ended by their token alone.</summary>
        public override int ReadTimeout
        {
            get => readTimeout;
            set => readTimeout = Milliseconds(value);
        }

        /// <summary>How long a write may take that holds the thread up, in milliseconds; <see cref="Timeout.Infinite"/> at
        /// first. As with other streams, those that do not are ended by their token alone.</summary>
        public override int WriteTimeout
        {
            get => writeTimeout;
            set => writeTimeout = Milliseconds(value);
        }

        /// <summary>Not supported.</summary>
        public override long Length => throw new NotSupportedException();

        /// <summary>Not supported.</summary>
        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        /// <summary>Reads what is there, at least a byte; 0 means that the server has ended.</summary>
        /// <exception cref="IOException">The connection failed, or the time was over.</exception>
        /// <exception cref="ObjectDisposedException">It was disposed of, before or meanwhile.</exception>
        public override int Read(byte[] buffer, int offset, int count) =>
            Receive(Part(buffer, offset, count), readTimeout, default);

        /// <summary>Reads what is there, at least a byte; 0 means that the server has ended.</summary>
        /// <exception cref="IOException">The connection failed.</exception>
        /// <exception cref="ObjectDisposedException">It was disposed of, before or meanwhile.</exception>
        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(Part(buffer, offset, count), cancellationToken).AsTask();

        /// <inheritdoc cref="ReadAsync(byte[], int, int, CancellationToken)"/>
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            new ValueTask<int>(Task.Run(() => Receive(buffer, Timeout.Infinite, cancellationToken), cancellationToken));

        /// <inheritdoc cref="ReadAsync(byte[], int, int, CancellationToken)"/>
        public override IAsyncResult BeginRead(byte[] buffer, int offset, int count, AsyncCallback? callback,
            object? state) => BeginEnd.Begin(ReadAsync(buffer, offset, count, default), callback, state);

        /// <summary>What became of it.</summary>
        public override int EndRead(IAsyncResult asyncResult) => BeginEnd.End<int>(asyncResult);

        /// <summary>Writes all of it.</summary>
        /// <exception cref="IOException">The connection failed, or the time was over.</exception>
        /// <exception cref="ObjectDisposedException">It was disposed of, before or meanwhile.</exception>
        public override void Write(byte[] buffer, int offset, int count) =>
            Send(Part(buffer, offset, count), writeTimeout, default);

        /// <summary>Writes all of it.</summary>
        /// <exception cref="IOException">The connection failed.</exception>
        /// <exception cref="ObjectDisposedException">It was disposed of, before or meanwhile.</exception>
        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(Part(buffer, offset, count), cancellationToken).AsTask();

        /// <inheritdoc cref="WriteAsync(byte[], int, int, CancellationToken)"/>
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer,
            CancellationToken cancellationToken = default) =>
            new ValueTask(Task.Run(() => Send(buffer, Timeout.Infinite, cancellationToken), cancellationToken));

        /// <inheritdoc cref="WriteAsync(byte[], int, int, CancellationToken)"/>
        public override IAsyncResult BeginWrite(byte[] buffer, int offset, int count, AsyncCallback? callback,
            object? state)
        {
            var bytes = Part(buffer, offset, count);
            return BeginEnd.Begin(Task.Run(() => Send(bytes, Timeout.Infinite, default)), callback, state);
        }

        /// <summary>What became of it.</summary>
        public override void EndWrite(IAsyncResult asyncResult) => BeginEnd.End<int>(asyncResult);

        /// <summary>Does nothing: what was written has been sent.</summary>
        /// <exception cref="ObjectDisposedException">It has been disposed of.</exception>
        public override void Flush() => Demand();

        /// <summary>Not supported.</summary>
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        /// <summary>Not supported.</summary>
        public override void SetLength(long value) => throw new NotSupportedException();

        /// <summary>Says goodbye to the server and closes; reads and writes under way end. The thread waits for it. Any
        /// number of threads may dispose of it.</summary>
        protected override void Dispose(bool disposing)
        {
            if (disposing && Interlocked.Exchange(ref disposed, 1) == 0)
            {
                End();
            }
            base.Dispose(disposing);
        }

        /// <summary>Says goodbye to the server and closes; reads and writes under way end. A thread of the pool waits for
        /// it.</summary>
        public override async ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref disposed, 1) == 0)
            {
                await Task.Run(End).ConfigureAwait(false);
            }
            await base.DisposeAsync().ConfigureAwait(false);
        }

        private void End()
        {
            _ = Native.rdp_probe_connection_close(handle);
            handle.Dispose();
        }

        private void Demand()
        {
            if (disposed != 0)
            {
                throw new ObjectDisposedException(nameof(RdpConnection));
            }
        }

        private static Memory<byte> Part(byte[] buffer, int offset, int count) =>
            new Memory<byte>(buffer ?? throw new ArgumentNullException(nameof(buffer)), offset, count);

        private static int Milliseconds(int value) => value > 0 || value == Timeout.Infinite
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "A timeout is above zero, or infinite.");

        private unsafe int Receive(Memory<byte> buffer, int timeout, CancellationToken cancel)
        {
            uint Call(byte* bytes, int length, uint milliseconds, out UIntPtr done) =>
                Native.rdp_probe_connection_read(handle, (IntPtr)bytes, new UIntPtr((uint)length), milliseconds,
                    out done);
            return Wait(buffer, Call, timeout, cancel);
        }

        private unsafe int Send(ReadOnlyMemory<byte> buffer, int timeout, CancellationToken cancel)
        {
            uint Call(byte* bytes, int length, uint milliseconds, out UIntPtr done) =>
                Native.rdp_probe_connection_write(handle, (IntPtr)bytes, new UIntPtr((uint)length), milliseconds,
                    out done);
            return Wait(buffer, Call, timeout, cancel);
        }

        /// <summary>Makes a call, in slices where it can be cancelled, until it is done; gives how many bytes it
        /// took.</summary>
        private unsafe int Wait(ReadOnlyMemory<byte> buffer, Call call, int timeout,
            CancellationToken cancel)
        {
            var waited = Stopwatch.StartNew();
            using var pin = buffer.Pin();
            var taken = 0;
            while (true)
            {
                Demand();
                cancel.ThrowIfCancellationRequested();
                if (buffer.Length == 0)
                {
                    return 0;
                }
                var left = timeout == Timeout.Infinite
                    ? TimeSpan.MaxValue
                    : TimeSpan.FromMilliseconds(timeout) - waited.Elapsed;
                if (left <= TimeSpan.Zero)
                {
                    throw new IOException("The time for it was over.", new TimeoutException());
                }
                var slice = cancel.CanBeCanceled && left > Slice ? Slice : left;
                var wait = slice == TimeSpan.MaxValue ? Native.Forever : (uint)Math.Ceiling(slice.TotalMilliseconds);
                uint status;
                UIntPtr done;
                try
                {
                    status = call((byte*)pin.Pointer + taken, buffer.Length - taken, wait, out done);
                }
                catch (ObjectDisposedException)
                {
                    // Since it was looked at; the runtime speaks of the handle then.
                    throw new ObjectDisposedException(nameof(RdpConnection));
                }
                if (status != Native.Ok && status != Native.Timeout)
                {
                    throw Native.Failure(status, nameof(RdpConnection));
                }
                taken += (int)done.ToUInt32();
                if (status == Native.Ok)
                {
                    return taken;
                }
            }
        }
    }
}
