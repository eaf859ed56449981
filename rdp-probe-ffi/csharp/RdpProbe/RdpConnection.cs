using System;
using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace RdpProbe
{
    /// <summary>What came of opening a connection.</summary>
    public sealed class OpenResult : IDisposable
    {
        internal OpenResult(Report report, RdpConnection? connection)
        {
            Report = report;
            Connection = connection;
        }

        /// <summary>What opening it showed.</summary>
        public Report Report { get; }

        /// <summary>The open connection; null where it did not open as far as asked: the report says why.</summary>
        public RdpConnection? Connection { get; }

        /// <summary>Closes the connection, and disposes of the report.</summary>
        public void Dispose()
        {
            Connection?.Dispose();
            Report.Dispose();
        }
    }

    /// <summary>An RDP connection that is open as far as was asked, as the stream that MCS begins in.</summary>
    /// <remarks>One thread at a time may read and one write, and any may dispose of it, which ends both. A read or write
    /// that waits takes up a thread of the pool; one that can be cancelled looks ten times a second whether it
    /// was. A read that was cancelled has taken nothing; of a write some may be gone.</remarks>
    public sealed class RdpConnection : Stream
    {
        private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(100);

        private readonly ConnectionHandle handle;
        private int readTimeout = Timeout.Infinite, writeTimeout = Timeout.Infinite;

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
        public override bool CanRead => !handle.IsClosed;

        /// <inheritdoc/>
        public override bool CanWrite => !handle.IsClosed;

        /// <summary>False: a connection has no positions.</summary>
        public override bool CanSeek => false;

        /// <summary>True.</summary>
        public override bool CanTimeout => true;

        /// <summary>How long a read may take, in milliseconds; <see cref="Timeout.Infinite"/> at first.</summary>
        public override int ReadTimeout
        {
            get => readTimeout;
            set => readTimeout = Milliseconds(value);
        }

        /// <summary>How long a write may take, in milliseconds; <see cref="Timeout.Infinite"/> at first.</summary>
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
            Receive(Part(buffer, offset, count), default);

        /// <inheritdoc cref="Read(byte[], int, int)"/>
        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(Part(buffer, offset, count), cancellationToken).AsTask();

        /// <inheritdoc cref="Read(byte[], int, int)"/>
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            new ValueTask<int>(Task.Run(() => Receive(buffer, cancellationToken), cancellationToken));

        /// <summary>Writes all of it.</summary>
        /// <exception cref="IOException">The connection failed, or the time was over.</exception>
        /// <exception cref="ObjectDisposedException">It was disposed of, before or meanwhile.</exception>
        public override void Write(byte[] buffer, int offset, int count) =>
            Send(Part(buffer, offset, count), default);

        /// <inheritdoc cref="Write(byte[], int, int)"/>
        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(Part(buffer, offset, count), cancellationToken).AsTask();

        /// <inheritdoc cref="Write(byte[], int, int)"/>
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer,
            CancellationToken cancellationToken = default) =>
            new ValueTask(Task.Run(() => Send(buffer, cancellationToken), cancellationToken));

        /// <summary>Does nothing: what was written has been sent.</summary>
        public override void Flush()
        {
        }

        /// <summary>Not supported.</summary>
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        /// <summary>Not supported.</summary>
        public override void SetLength(long value) => throw new NotSupportedException();

        /// <summary>Says goodbye to the server and closes; reads and writes under way end.</summary>
        protected override void Dispose(bool disposing)
        {
            if (disposing && !handle.IsClosed)
            {
                _ = Native.rdp_probe_connection_close(handle);
                handle.Dispose();
            }
            base.Dispose(disposing);
        }

        private static Memory<byte> Part(byte[] buffer, int offset, int count) =>
            new Memory<byte>(buffer ?? throw new ArgumentNullException(nameof(buffer)), offset, count);

        private static int Milliseconds(int value) => value > 0 || value == Timeout.Infinite
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "A timeout is above zero, or infinite.");

        private unsafe int Receive(Memory<byte> buffer, CancellationToken cancel)
        {
            uint Call(byte* bytes, int length, uint milliseconds, out UIntPtr done) =>
                Native.rdp_probe_connection_read(handle, (IntPtr)bytes, new UIntPtr((uint)length), milliseconds,
                    out done);
            return buffer.Length == 0 ? 0 : Wait(buffer, Call, readTimeout, cancel);
        }

        private unsafe void Send(ReadOnlyMemory<byte> buffer, CancellationToken cancel)
        {
            uint Call(byte* bytes, int length, uint milliseconds, out UIntPtr done) =>
                Native.rdp_probe_connection_write(handle, (IntPtr)bytes, new UIntPtr((uint)length), milliseconds,
                    out done);
            if (buffer.Length > 0)
            {
                Wait(buffer, Call, writeTimeout, cancel);
            }
        }

        /// <summary>Makes a call, in slices where it can be cancelled, until it is done; gives how many bytes it
        /// took.</summary>
        private static unsafe int Wait(ReadOnlyMemory<byte> buffer, Call call, int timeout,
            CancellationToken cancel)
        {
            var waited = Stopwatch.StartNew();
            using var pin = buffer.Pin();
            var taken = 0;
            while (true)
            {
                cancel.ThrowIfCancellationRequested();
                var left = timeout == Timeout.Infinite
                    ? TimeSpan.MaxValue
                    : TimeSpan.FromMilliseconds(timeout) - waited.Elapsed;
                if (left <= TimeSpan.Zero)
                {
                    throw new IOException("The time for it was over.", new TimeoutException());
                }
                var slice = cancel.CanBeCanceled && left > Slice ? Slice : left;
                var wait = slice == TimeSpan.MaxValue ? Native.Forever : (uint)Math.Ceiling(slice.TotalMilliseconds);
                var status = call((byte*)pin.Pointer + taken, buffer.Length - taken, wait, out var done);
                taken += (int)done.ToUInt32();
                if (status == Native.Ok)
                {
                    return taken;
                }
                if (status != Native.Timeout)
                {
                    throw Native.Failure(status, nameof(RdpConnection));
                }
            }
        }
    }
}
