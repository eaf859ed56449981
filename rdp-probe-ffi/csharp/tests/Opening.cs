using System;
using System.IO;
using System.Linq;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;

namespace RdpProbe.Tests
{
    /// <summary>Opened connections, and what a program goes on with in them.</summary>
    internal static class Opening
    {
        // Client MCS Connect Initial PDU ([MS-RDPBCGR] 2.2.1.3) in its X.224 Data TPDU, with two channels.
        internal static readonly byte[] ConnectInitial = Bytes(
            "0300018d02f0807f658201810401010401010101ff301a020122020102020100020101020100020101020300ffff0201" +
            "023019020101020101020101020101020100020101020204200201023020020300ffff020300fc17020300ffff020101" +
            "020100020101020300ffff0201020482011b000500147c00018110000800100001c00044756361810401c0d800040008" +
            "000004000301ca03aa09040000280a00007200640070002d00700072006f006200650000000000000000000000000000" +
            "0004000000000000000c0000000000000000000000000000000000000000000000000000000000000000000000000000" +
            "000000000000000000000000000000000000000000000000000000000001ca01000000000018000f0001000000000000" +
            "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000" +
            "000000000000000000000000000000000002c00c001b0000000000000003c0200002000000636c697072647200000000" +
            "80647264796e76630000000080");

        internal static async Task Run()
        {
            await HandOff();
            await Failing();
            await Cancelling();
            await Closing();
        }

        private static ProbeOptions Tls => new ProbeOptions { Offer = RdpProtocols.Ssl };

        private static async Task HandOff()
        {
            var prober = new RdpProber(Tls);
            using var opened = await prober.OpenAsync(Program.At("healthy"));
            // A connection outlives the prober.
            prober.Dispose();
            var connection = opened.Connection!;
            Check.That(opened.Report.IsOk && connection.IsTls, "open: through TLS", opened.Report);
            Check.Same(RdpProtocols.Ssl, connection.SelectedProtocol, "open: protocol");
            Check.Same(opened.Report.Details.Negotiation?.Flags, (long?)connection.NegotiationFlags, "open: flags");
            using (var certificate = opened.Report.GetCertificate()!)
            {
                Check.That(connection.PublicKey.Span.SequenceEqual(certificate.GetPublicKey()), "open: public key");
                Check.That(connection.PublicKeyInfo.Span.EndsWith(connection.PublicKey.Span)
                    && connection.PublicKeyInfo.Length > connection.PublicKey.Length, "open: public key with its kind");
            }

            await connection.WriteAsync(ConnectInitial);
            var answer = await Packet(connection);
            Check.That(answer.AsSpan(4, 5).SequenceEqual(new byte[] { 2, 0xf0, 0x80, 0x7f, 0x66 }),
                "hand-off: MCS Connect Response", BitConverter.ToString(answer));

            // A read that is cancelled has taken nothing, and the connection goes on.
            using (var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(150)))
            {
                await Check.Throws<OperationCanceledException>(
                    () => connection.ReadAsync(new byte[1], soon.Token).AsTask(), "hand-off: a read is cancelled");
            }
            connection.ReadTimeout = 50;
            await Check.Throws<IOException>(() => connection.Read(new byte[1], 0, 1), "hand-off: a read runs out of time");
            connection.ReadTimeout = Timeout.Infinite;
            // Erect Domain Request and Attach User Request, in two pieces; the second has an answer.
            connection.Write(Bytes("0300000c02f0800401000100"), 0, 12);
            using var unused = new CancellationTokenSource();
            await connection.WriteAsync(Bytes("0300000802f08028"), 0, 8, unused.Token);
            answer = await Packet(connection);
            Check.Same((byte)0x2e, answer[7], "hand-off: Attach User Confirm");
            Check.Same(0, connection.Read(new byte[0], 0, 0), "hand-off: nothing is read into no room");
            connection.Flush();
        }

        private static async Task Failing()
        {
            using var prober = new RdpProber(Tls);
            using var refused = await prober.OpenAsync(Program.At("nla-required"));
            Check.That(refused.Connection == null, "open: not as far as asked");
            Check.Same("nla-required", refused.Report.CauseCode, "open: the report says why");
            using var dead = await prober.OpenAsync(Program.At("nobody"));
            Check.Same("connection-refused", dead.Report.CauseCode, "open: nobody there");
            var options = new ProbeOptions { Offer = RdpProtocols.Hybrid, OtherOffers = { RdpProtocols.Ssl } };
            using var other = new RdpProber(options);
            using var opened = await other.OpenAsync(Program.At("healthy"));
            Check.That(opened.Connection != null, "open: by another offer", opened.Report);
            byte[] File(string name) => System.Text.Encoding.UTF8.GetBytes($"full address:s:{Program.At(name)}\r\n");
            await using var read = prober.OpenRdpFile(File("healthy"));
            Check.That(read.Connection?.IsTls == true && read.Report.IsOk, "open: what a file leads to", read.Report);
            using var closed = new RdpProber().OpenRdpFile(File("nobody"));
            Check.That(closed.Connection == null, "open: what a file leads to, and nobody is there", closed.Report);
            Check.Same("connection-refused", closed.Report.CauseCode, "open: the file's report says why");
            await Check.Throws<ArgumentException>(() => prober.OpenRdpFile(new byte[] { 1, 2 }), "open: no such file");
            await Check.Throws<ArgumentNullException>(() => prober.OpenRdpFile(null!), "open: no file");
        }

        private static async Task Cancelling()
        {
            using var prober = new RdpProber(new ProbeOptions { StageTimeout = TimeSpan.FromMinutes(5),
                TotalTimeout = TimeSpan.FromMinutes(5) });
            using var stop = new CancellationTokenSource();
            var pending = prober.OpenAsync(Program.At("silent-after-request"), stop.Token);
            stop.CancelAfter(50);
            await Check.Throws<OperationCanceledException>(() => pending, "open: is cancelled");
        }

        private static async Task Closing()
        {
            using var prober = new RdpProber(Tls);
            using var opened = await prober.OpenAsync(Program.At("healthy"));
            var connection = opened.Connection!;
            var waiting = connection.ReadAsync(new byte[1]).AsTask();
            await Task.Delay(50);
            Check.That(!waiting.IsCompleted && connection.CanRead && connection.CanWrite, "close: a read waits");
            connection.Dispose();
            await Check.Throws<ObjectDisposedException>(() => waiting, "close: ends the read");
            await Check.Throws<ObjectDisposedException>(() => connection.Read(new byte[1], 0, 1), "close: no more reads");
            await Check.Throws<ObjectDisposedException>(() => connection.WriteAsync(new byte[1]).AsTask(),
                "close: no more writes");
            Check.That(!connection.CanRead && !connection.CanWrite, "close: says so");
            await Check.Throws<NotSupportedException>(() => connection.Seek(0, SeekOrigin.Begin), "stream: no positions");
            await Check.Throws<ArgumentException>(() => connection.Read(new byte[1], 1, 1), "stream: out of bounds");
            await Check.Throws<ArgumentOutOfRangeException>(() => connection.ReadTimeout = 0, "stream: no time at all");

            // The server ends: an answer that it does not know makes it say goodbye.
            using var ended = await prober.OpenAsync(Program.At("healthy"));
            await ended.Connection!.WriteAsync(ConnectInitial);
            await Packet(ended.Connection);
            await ended.Connection.WriteAsync(Bytes("0300000902f0802180"));
            var rest = new byte[100];
            var last = -1;
            for (var i = 0; i < 10 && last != 0; i++)
            {
                last = await ended.Connection.ReadAsync(rest);
            }
            Check.Same(0, last, "stream: the server has ended");
        }

        /// <summary>One TPKT.</summary>
        private static async Task<byte[]> Packet(Stream stream)
        {
            var header = await Exactly(stream, 4);
            return header.Concat(await Exactly(stream, header[2] * 256 + header[3] - 4)).ToArray();
        }

        private static async Task<byte[]> Exactly(Stream stream, int count)
        {
            var bytes = new byte[count];
            for (var read = 0; read < count;)
            {
                var more = await stream.ReadAsync(bytes, read, count - read);
                read += more > 0 ? more : throw new EndOfStreamException();
            }
            return bytes;
        }

        private static byte[] Bytes(string hex) => Enumerable.Range(0, hex.Length / 2)
            .Select(i => Convert.ToByte(hex.Substring(2 * i, 2), 16)).ToArray();
    }
}
