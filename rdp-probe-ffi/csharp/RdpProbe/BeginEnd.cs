using System;
using System.Threading;
using System.Threading.Tasks;

namespace RdpProbe
{
    /// <summary>Tasks for those who call <c>Begin</c> and <c>End</c>.</summary>
    internal static class BeginEnd
    {
        internal static IAsyncResult Begin<T>(Task<T> task, AsyncCallback? callback, object? state)
        {
            // One more, since each has the state that it was made with.
            var source = new TaskCompletionSource<T>(state, TaskCreationOptions.RunContinuationsAsynchronously);
            async Task Follow()
            {
                try
                {
                    source.SetResult(await task.ConfigureAwait(false));
                }
                catch (Exception error)
                {
                    source.SetException(error);
                }
            }
            _ = Follow();
            if (callback != null)
            {
                source.Task.ContinueWith(callback.Invoke, CancellationToken.None, TaskContinuationOptions.None,
                    TaskScheduler.Default);
            }
            return source.Task;
        }

        internal static T End<T>(IAsyncResult result) => result is Task<T> task
            ? task.GetAwaiter().GetResult()
            : throw new ArgumentException("It comes from another call.", nameof(result));
    }
}
