using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace RdpProbe.Tests
{
    /// <summary>Opened connections as streams: what .NET expects of one.</summary>
    internal static class Streaming
    {
        internal static async Task Run()
        {
            using var prober = new RdpProber();
            await BeginAndEnd(prober);
            await Timeouts(prober);
            await Disposing(prober);
            await Resetting(prober);
        }

        /// <summary>What is written does not wait for what is read.</summary>
        private static async Task BeginAndEnd(RdpProber prober)
        {
            using var opened = await prober.OpenAsync(Program.At("healthy"));
            var stream = opened.Connection!;
            var answer = new byte[4];
            var called = new TaskCompletionSource<IAsyncResult>();
            var reading = stream.BeginRead(answer, 0, 4, called.SetResult, "its state");
            var request = Opening.ConnectInitial;
            var written = Task.Run(() => stream.EndWrite(stream.BeginWrite(request, 0, request.Length, null, null)));
            // The read ends when the server answers, which takes the write.
            await Task.WhenAny(written, Task.Delay(TimeSpan.FromMinutes(1)));
            Check.That(written.IsCompletedSuccessfully, "begin: a write while a read waits", written.Status);
            if (!written.IsCompletedSuccessfully)
            {
                return;
            }
            Check.Same(reading, await called.Task, "begin: calls back");
            Check.Same("its state", reading.AsyncState, "begin: its state");
            Check.That(stream.EndRead(reading) > 0 && answer[0] == 3, "end: what came");
            await Check.Throws<ArgumentException>(() => stream.EndRead(Task.CompletedTask), "end: of something else");
            var last = stream.BeginRead(answer, 0, 0, null, null);
            Check.Same(0, stream.EndRead(last), "end: nothing into no room");
            stream.Dispose();
            var late = stream.BeginRead(answer, 0, 1, null, null);
            await Check.Throws<ObjectDisposedException>(() => stream.EndRead(late), "end: of what was disposed of");
        }

        /// <summary>Times are for those who wait on their thread.</summary>
        private static async Task Timeouts(RdpProber prober)
        {
            using var opened = await prober.OpenAsync(Program.At("healthy"));
            var stream = opened.Connection!;
            stream.ReadTimeout = 1;
            var waiting = stream.ReadAsync(new byte[4]).AsTask();
            await Task.Delay(50);
            Check.That(!waiting.IsCompleted, "timeouts: not of what waits elsewhere", waiting.Status);
            await stream.WriteAsync(Opening.ConnectInitial);
            Check.That(await waiting > 0, "timeouts: it goes on");
        }

        private static async Task Disposing(RdpProber prober)
        {
            var opened = await prober.OpenAsync(Program.At("healthy"));
            var stream = opened.Connection!;
            var waiting = stream.ReadAsync(new byte[1]).AsTask();
            // Each by itself, and all at once.
            await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(async () =>
            {
                if (n % 2 == 0)
                {
                    await opened.DisposeAsync();
                }
                else
                {
                    opened.Dispose();
                }
            })));
            var error = await Check.Throws<ObjectDisposedException>(() => waiting, "disposed of by many: ends the read");
            Check.Same(nameof(RdpConnection), error?.ObjectName, "disposed of: by its name");
            foreach (var (what, use) in new (string, Action)[]
            {
                ("flush", stream.Flush),
                ("nothing written", () => stream.Write(new byte[0], 0, 0)),
                ("nothing read", () => stream.Read(new byte[0], 0, 0)),
                ("read", () => stream.Read(new byte[1], 0, 1)),
            })
            {
                error = await Check.Throws<ObjectDisposedException>(use, $"disposed of: {what}");
                Check.Same(nameof(RdpConnection), error?.ObjectName, $"disposed of: {what}, by its name");
            }
        }

        /// <summary>A connection that somebody between resets.</summary>
        private static async Task Resetting(RdpProber prober)
        {
            var between = new TcpListener(IPAddress.Loopback, 0);
            between.Start();
            var opening = prober.OpenAsync(between.LocalEndpoint.ToString()!);
            using var client = await between.AcceptTcpClientAsync();
            between.Stop();
            var place = IPEndPoint(Program.At("healthy"));
            using var server = new TcpClient();
            await server.ConnectAsync(place.Address, place.Port);
            var there = client.GetStream().CopyToAsync(server.GetStream());
            var back = server.GetStream().CopyToAsync(client.GetStream());
            using var opened = await opening;
            var waiting = opened.Connection!.ReadAsync(new byte[1]).AsTask();
            client.Client.LingerState = new LingerOption(true, 0);
            client.Client.Close();
            var error = await Check.Throws<IOException>(() => waiting, "reset: the read says so");
            Check.Same(SocketError.ConnectionReset, (error?.InnerException as SocketException)?.SocketErrorCode,
                "reset: which failure it was");
            server.Close();
            try
            {
                await Task.WhenAll(there, back);
            }
            catch (Exception)
            {
                // Both were cut off.
            }
        }

        private static IPEndPoint IPEndPoint(string place) => System.Net.IPEndPoint.Parse(place);
    }
}
