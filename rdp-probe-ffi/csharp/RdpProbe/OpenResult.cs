using System;
using System.Threading.Tasks;

namespace RdpProbe
{
    /// <summary>What came of opening a connection. To be disposed of, or what is in it.</summary>
    public sealed class OpenResult : IDisposable, IAsyncDisposable
    {
        private OpenResult(Report report, RdpConnection? connection)
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

        /// <summary>The same, and no thread of the caller's waits for the goodbye.</summary>
        public async ValueTask DisposeAsync()
        {
            if (Connection != null)
            {
                await Connection.DisposeAsync().ConfigureAwait(false);
            }
            Report.Dispose();
        }

        /// <summary>What an opening ended with; null if it is neither open nor has a report that says why.</summary>
        internal static OpenResult? Of(Ended ended) => ended.Status switch
        {
            Native.Ok => new OpenResult(new Report(ended.Report), new RdpConnection(ended.Connection)),
            Native.NotReached => new OpenResult(new Report(ended.Report), null),
            _ => null,
        };
    }
}
