// Tests of the layer below RdpProbe, Native.cs and Handles.cs, as Mono compiles and runs it: each argument is
// SCENARIO=HOST:PORT. Prints a line for each check, then how many passed and failed.

using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;

namespace RdpProbe.Tests
{
    internal static class PInvoke
    {
        private const uint Ssl = 1, StageNegotiate = 4, StageTls = 5, EndRefusal = 6;

        private static readonly Dictionary<string, string> Servers = new Dictionary<string, string>();
        private static int passed, failed;

        private static int Main(string[] arguments)
        {
            foreach (var argument in arguments)
            {
                var parts = argument.Split('=');
                Servers[parts[0]] = parts[1];
            }
            var tests = new Action[]
            {
                Library, Running, Batch, Cancelling, InsideCallbacks, Misuse, Opening, Reading, Logging,
            };
            foreach (var part in tests)
            {
                try
                {
                    part();
                }
                catch (Exception error)
                {
                    Check(false, part.Method.Name + " runs to its end", error);
                }
            }
            Console.WriteLine("{0} passed, {1} failed", passed, failed);
            return failed == 0 && passed > 0 ? 0 : 1;
        }

        private static void Check(bool holds, string what, object seen)
        {
            passed += holds ? 1 : 0;
            failed += holds ? 0 : 1;
            Console.WriteLine(holds ? "ok     {0}" : "FAILED {0}: seen {1}", what, seen);
        }

        private static void Same(object expected, object seen, string what)
        {
            Check(Equals(expected, seen), what, seen);
        }

        private static void Library()
        {
            Same(Native.Abi, Native.rdp_probe_abi(), "library: ABI");
            Check(Native.rdp_probe_version().ToString().Split('.').Length == 3, "library: version",
                Native.rdp_probe_version());
            Check(Native.rdp_probe_status_text(Native.Cancelled).ToString().Length > 0, "library: words for a status",
                null);
        }

        private static ProberHandle Prober(uint stageMs)
        {
            using (var options = Native.rdp_probe_options_new())
            {
                Same(Native.Ok, Native.rdp_probe_options_offer(options, Ssl), "options: offer");
                Same(Native.Ok, Native.rdp_probe_options_budget(options, stageMs, 3 * stageMs), "options: budget");
                ProberHandle prober;
                Same(Native.Ok, Native.rdp_probe_prober_new(options, out prober), "prober: new");
                return prober;
            }
        }

        private static ReportHandle Run(ProberHandle prober, string target)
        {
            ReportHandle report;
            Same(Native.Ok, Native.rdp_probe_run(prober, Native.Utf8(target, "target"), CredentialsHandle.None, out report),
                "run: " + target);
            return report;
        }

        private static string Cause(ReportHandle report)
        {
            return report.Borrow(() => Native.rdp_probe_report_cause_code(report, UIntPtr.Zero).ToString());
        }

        private static void Running()
        {
            using (var prober = Prober(5000))
            {
                using (var report = Run(prober, Servers["healthy"]))
                {
                    Same(1u, Native.rdp_probe_report_ok(report), "success: ok");
                    Same("no-fault-found", Cause(report), "success: cause");
                    Same(Servers["healthy"], Native.rdp_probe_report_target(report).ToString(), "success: target");
                    Check(Native.rdp_probe_report_certificate(report).ToArray().Length > 100, "success: certificate", null);
                    Check(Native.rdp_probe_report_stage_us(report, StageTls) <= Native.rdp_probe_report_total_us(report),
                        "success: times", null);
                }
                using (var report = Run(prober, Servers["nla-required"]))
                {
                    long code;
                    Same(0u, Native.rdp_probe_report_ok(report), "failure: not ok");
                    Same(StageNegotiate, Native.rdp_probe_report_stage(report), "failure: stage");
                    Same(EndRefusal, Native.rdp_probe_report_end(report), "failure: end");
                    Same(1u, Native.rdp_probe_report_end_code(report, out code), "failure: has a number");
                    Same(5L, code, "failure: number");
                    Same("HYBRID_REQUIRED_BY_SERVER", Native.rdp_probe_report_end_symbol(report).ToString(),
                        "failure: symbol");
                    Same("nla-required", Cause(report), "failure: cause");
                }
                foreach (var row in new[] { "nothing.invalid name-not-found", Servers["nobody"] + " connection-refused",
                    Servers["tls-alert-handshake-failure"] + " tls-handshake-failure" })
                {
                    using (var report = Run(prober, row.Split(' ')[0]))
                    {
                        Same(row.Split(' ')[1], Cause(report), "failure: " + row);
                    }
                }
            }
        }

        /// <summary>What a batch calls back.</summary>
        private sealed class Calls
        {
            internal readonly int[] Counts;
            internal readonly uint[] Statuses;
            internal readonly Native.Done Done;
            internal Action<IntPtr> During = delegate { };

            internal Calls(int targets)
            {
                Counts = new int[targets];
                Statuses = new uint[targets];
                Done = (user, index, status, report) =>
                {
                    Interlocked.Increment(ref Counts[(int)index.ToUInt32()]);
                    Statuses[(int)index.ToUInt32()] = status;
                    During(report);
                    new ReportHandle(report).Dispose();
                };
            }

            internal int Of(uint status)
            {
                return Array.FindAll(Statuses, other => other == status).Length;
            }

            internal bool OnceEach()
            {
                return Array.TrueForAll(Counts, count => count == 1);
            }
        }

        private static JobHandle Start(ProberHandle prober, Calls calls, Func<int, string> target, uint expected = Native.Ok)
        {
            var texts = new IntPtr[calls.Counts.Length];
            try
            {
                for (var i = 0; i < texts.Length; i++)
                {
                    var bytes = Native.Utf8(target(i), "target");
                    texts[i] = Marshal.AllocHGlobal(bytes.Length);
                    Marshal.Copy(bytes, 0, texts[i], bytes.Length);
                }
                JobHandle job;
                var status = Native.rdp_probe_start(prober, texts, new UIntPtr((uint)texts.Length), new UIntPtr(50),
                    CredentialsHandle.None, calls.Done, IntPtr.Zero, out job);
                Same(expected, status, "start: status");
                return job;
            }
            finally
            {
                // The library has copies.
                Array.ForEach(texts, Marshal.FreeHGlobal);
            }
        }

        private static void Batch()
        {
            var calls = new Calls(1000);
            using (var prober = Prober(5000))
            using (var job = Start(prober, calls, i => i % 10 == 9 ? "a b" : Servers["healthy"]))
            {
                Same(Native.Ok, Native.rdp_probe_job_wait(job, Native.Forever), "batch: is waited for");
                Same(1000u, Native.rdp_probe_job_done(job).ToUInt32(), "batch: is done");
            }
            Check(calls.OnceEach(), "batch: each exactly once", null);
            Same(900, calls.Of(Native.Ok), "batch: probed");
            Same(100, calls.Of(Native.InvalidTarget), "batch: not to be read");
            GC.KeepAlive(calls);
        }

        private static void Cancelling()
        {
            var calls = new Calls(200);
            using (var prober = Prober(300000))
            using (var job = Start(prober, calls, i => Servers["silent-after-request"]))
            {
                Same(Native.Timeout, Native.rdp_probe_job_wait(job, 50), "cancel: is under way");
                Same(Native.Ok, Native.rdp_probe_job_cancel(job), "cancel: once");
                Same(Native.Ok, Native.rdp_probe_job_cancel(job), "cancel: twice");
                Same(Native.Ok, Native.rdp_probe_job_wait(job, Native.Forever), "cancel: ends");
            }
            Check(calls.OnceEach() && calls.Of(Native.Cancelled) == 200, "cancel: each is told of it",
                calls.Of(Native.Cancelled));

            var orphans = new Calls(50);
            using (var prober = Prober(300000))
            {
                Start(prober, orphans, i => Servers["silent-after-request"]).Dispose();
            }
            Check(orphans.OnceEach() && orphans.Of(Native.Cancelled) == 50, "free: ends what is under way",
                orphans.Of(Native.Cancelled));
        }

        private static void InsideCallbacks()
        {
            var calls = new Calls(100);
            var prober = Prober(5000);
            JobHandle job = null;
            var waited = 0u;
            using (var ready = new ManualResetEventSlim())
            using (var all = new CountdownEvent(100))
            {
                calls.During = report =>
                {
                    ready.Wait();
                    if (!prober.IsClosed)
                    {
                        waited = Native.rdp_probe_job_wait(job, Native.Forever);
                        prober.Dispose();
                        job.Dispose();
                    }
                    all.Signal();
                };
                job = Start(prober, calls, i => Servers["healthy"]);
                ready.Set();
                all.Wait();
            }
            Check(calls.OnceEach(), "inside a callback: prober and job are freed, and each target is told of", null);
            Same(Native.InCallback, waited, "inside a callback: no waiting for itself");
            GC.KeepAlive(calls);
        }

        private static void Misuse()
        {
            using (var prober = Prober(5000))
            using (var options = Native.rdp_probe_options_new())
            {
                ReportHandle report;
                Same(Native.InvalidTarget, Native.rdp_probe_run(prober, Native.Utf8("a b", "x"), CredentialsHandle.None,
                    out report), "misuse: a target that cannot be read");
                Check(report.IsInvalid && Native.LastError().Contains("a b"), "misuse: says which", Native.LastError());
                Same(Native.InvalidArgument, Native.rdp_probe_run(prober, null, CredentialsHandle.None, out report),
                    "misuse: no target");
                Same(Native.InvalidArgument, Native.rdp_probe_run(new ProberHandle(), Native.Utf8("x", "x"),
                    CredentialsHandle.None, out report), "misuse: no prober");
                Same(Native.InvalidArgument, Native.rdp_probe_run(prober, new byte[] { 0xff, 0 },
                    CredentialsHandle.None, out report), "misuse: no UTF-8");
                Same(Native.InvalidArgument, Native.rdp_probe_options_goal(options, 99), "misuse: no such goal");
                JobHandle job;
                Same(Native.InvalidArgument, Native.rdp_probe_start(prober, new IntPtr[1], new UIntPtr(0), new UIntPtr(0),
                    CredentialsHandle.None, null, IntPtr.Zero, out job), "misuse: nobody to call back");
                prober.Dispose();
                Throws<ObjectDisposedException>(() => Native.rdp_probe_run(prober, Native.Utf8("x", "x"),
                    CredentialsHandle.None, out report), "misuse: a prober that was freed");
            }
            Throws<ArgumentException>(() => Native.Utf8("a\0b", "x"), "misuse: a NUL inside");
            Throws<ArgumentException>(() => Native.Utf8("\ud800", "x"), "misuse: half a letter");
            Throws<ArgumentNullException>(() => Native.Utf8(null, "x"), "misuse: no text");
        }

        private static void Throws<T>(Action action, string what) where T : Exception
        {
            try
            {
                action();
                Check(false, what, "nothing");
            }
            catch (T)
            {
                Check(true, what, null);
            }
        }

        private static void Opening()
        {
            using (var prober = Prober(5000))
            {
                ConnectionHandle refused, connection;
                ReportHandle report;
                Same(Native.NotReached, Native.rdp_probe_open(prober, Native.Utf8(Servers["nla-required"], "x"),
                    CredentialsHandle.None, out refused, out report), "open: refused");
                Same("nla-required", Cause(report), "open: the report says why");
                report.Dispose();
                Same(Native.Ok, Native.rdp_probe_open(prober, Native.Utf8(Servers["healthy"], "x"), CredentialsHandle.None,
                    out connection, out report), "open: status");
                report.Dispose();
                using (connection)
                {
                    Same(1u, Native.rdp_probe_connection_is_tls(connection), "open: through TLS");
                    Same(Ssl, Native.rdp_probe_connection_selected(connection), "open: protocol");
                    Transfer(connection);
                }
            }
        }

        private static void Transfer(ConnectionHandle connection)
        {
            var room = Marshal.AllocHGlobal(64);
            try
            {
                UIntPtr count;
                Marshal.Copy(new byte[] { 3, 0, 0, 8, 2, 0xf0, 0x80, 0x28 }, 0, room, 8);
                Same(Native.Ok, Native.rdp_probe_connection_write(connection, room, new UIntPtr(8), 5000, out count),
                    "connection: write");
                Same(8u, count.ToUInt32(), "connection: all is written");
                Same(Native.Timeout, Native.rdp_probe_connection_read(connection, room, new UIntPtr(64), 50, out count),
                    "connection: a read runs out of time");
                var closer = new Thread(() =>
                {
                    Thread.Sleep(50);
                    Native.rdp_probe_connection_close(connection);
                });
                closer.Start();
                Same(Native.Closed, Native.rdp_probe_connection_read(connection, room, new UIntPtr(64), Native.Forever,
                    out count), "connection: closed while a read waits");
                closer.Join();
            }
            finally
            {
                Marshal.FreeHGlobal(room);
            }
        }

        private static void Reading()
        {
            using (var prober = Prober(5000))
            using (var report = Run(prober, Servers["nla-required"]))
            {
                var transcript = Native.rdp_probe_report_transcript(report).ToArray();
                ReportHandle again;
                Same(Native.Ok, Native.rdp_probe_report_replay(transcript, new UIntPtr((uint)transcript.Length), out again),
                    "replay: status");
                Same("nla-required", Cause(again), "replay: cause");
                again.Dispose();
                Same(Native.InvalidInput, Native.rdp_probe_report_replay(new byte[] { 65 }, new UIntPtr(1), out again),
                    "replay: no transcript");
                Check(Native.rdp_probe_report_json(report).ToString().StartsWith("{\"schema\":1,"), "report: JSON", null);
            }
            ExplanationHandle explanation;
            Same(Native.Ok, Native.rdp_probe_explain(Native.Utf8("0x904", "x"), out explanation), "explain: status");
            using (explanation)
            {
                Same(1u, Native.rdp_probe_explanation_found(explanation), "explain: found");
                Check(Native.rdp_probe_explanation_text(explanation).ToString().Contains("0x904"), "explain: text", null);
            }
        }

        private static void Logging()
        {
            var lines = 0;
            Native.LogCallback log = (user, level, target, message) =>
            {
                if (target.ToString().Length > 0 && message.ToString().Length > 0)
                {
                    Interlocked.Increment(ref lines);
                }
            };
            if (Native.rdp_probe_log(5, log, IntPtr.Zero) == Native.Unsupported)
            {
                Check((Native.rdp_probe_features() & 8) == 0, "log: not in this library", null);
                return;
            }
            using (var prober = Prober(5000))
            {
                Run(prober, Servers["healthy"]).Dispose();
                Check(lines > 0, "log: lines come", lines);
                Same(Native.Ok, Native.rdp_probe_log(0, null, IntPtr.Zero), "log: off");
            }
            GC.KeepAlive(log);
        }
    }
}
