using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace RdpProbe.Tests
{
    /// <summary>Programs with a window, whose one thread waits for what it has begun: nothing may want to go on there.</summary>
    internal static class Contexts
    {
        internal static async Task Run()
        {
            var silent = Enumerable.Repeat(Program.At("silent-after-request"), 8);
            var targets = Enumerable.Repeat(Program.At("healthy"), 1).Concat(silent);
            await Blocked("a batch that is left", prober =>
            {
                var results = prober.ProbeAllAsync(targets, 8).GetAsyncEnumerator();
                var sound = Wait(results.MoveNextAsync().AsTask()) && results.Current.Report!.IsOk;
                results.DisposeAsync().AsTask().Wait();
                return sound;
            });
            await Blocked("a probe", prober => Wait(prober.ProbeAsync(Program.At("healthy"))).IsOk);
            await Blocked("a connection", prober =>
            {
                var opened = Wait(prober.OpenAsync(Program.At("healthy")));
                opened.Connection!.WriteAsync(new byte[] { 3 }).AsTask().Wait();
                opened.DisposeAsync().AsTask().Wait();
                return !opened.Connection.CanRead;
            });
        }

        private static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();

        private static async Task Blocked(string what, Func<RdpProber, bool> work)
        {
            var context = new OfNobody();
            var ended = new TaskCompletionSource<bool>();
            var window = new Thread(() =>
            {
                using var prober = new RdpProber(new ProbeOptions { StageTimeout = TimeSpan.FromMinutes(9),
                    TotalTimeout = TimeSpan.FromMinutes(9) });
                SynchronizationContext.SetSynchronizationContext(context);
                ended.TrySetResult(work(prober));
            });
            window.IsBackground = true;
            window.Start();
            await Task.WhenAny(ended.Task, context.Asked);
            Check.That(ended.Task.IsCompletedSuccessfully && ended.Task.Result && !context.Asked.IsCompleted,
                $"a thread that waits: {what} does without it", context.Asked.IsCompleted ? "it is asked for" : "false");
        }

        /// <summary>Nobody ever does what it is asked to.</summary>
        private sealed class OfNobody : SynchronizationContext
        {
            private readonly TaskCompletionSource<bool> asked = new TaskCompletionSource<bool>();

            internal Task Asked => asked.Task;

            public override void Post(SendOrPostCallback callback, object? state) => asked.TrySetResult(true);

            public override void Send(SendOrPostCallback callback, object? state) => asked.TrySetResult(true);
        }
    }
}
