// Probes the hosts that a file names, one a line, a hundred at a time, until all are done, or until Ctrl-C, or until so
// many results are there.
//
//     dotnet run -- FILE [NUMBER]

using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using RdpProbe;

internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        if (arguments.Length < 1 || arguments.Length > 2)
        {
            Console.Error.WriteLine("usage: Sweep FILE [NUMBER]");
            return 2;
        }
        var enough = int.MaxValue;
        if (arguments.Length == 2 && (!int.TryParse(arguments[1], out enough) || enough < 1))
        {
            Console.Error.WriteLine($"{arguments[1]} is no number of results");
            return 2;
        }
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stop.Cancel();
        };

        int done = 0, sound = 0;
        using var prober = new RdpProber(new ProbeOptions { TotalTimeout = TimeSpan.FromSeconds(10) });
        try
        {
            // The file is read as there is room for more probes, so it may be as long as it likes.
            var hosts = File.ReadLines(arguments[0]);
            await foreach (var result in prober.ProbeAllAsync(hosts, 100, cancellationToken: stop.Token))
            {
                using var report = result.Report;
                Console.WriteLine(report?.ToString() ?? $"{result.Target}: {result.Error}");
                done++;
                sound += report?.IsOk == true ? 1 : 0;
                if (done == enough)
                {
                    // Those under way are ended, and waited for.
                    break;
                }
            }
        }
        catch (Exception error) when (error is IOException || error is UnauthorizedAccessException)
        {
            Console.Error.WriteLine(error.Message);
            return 2;
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine("cancelled");
        }
        Console.WriteLine($"{done} done, {sound} sound");
        return stop.IsCancellationRequested ? 130 : 0;
    }
}
