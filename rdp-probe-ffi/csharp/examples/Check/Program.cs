// Says whether a host opens Remote Desktop connections and, if not, why and what to do.
//
//     dotnet run -- HOST[:PORT]

using System;
using System.Threading.Tasks;
using RdpProbe;

internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        if (arguments.Length != 1)
        {
            Console.Error.WriteLine("usage: Check HOST[:PORT]");
            return 2;
        }
        using var prober = new RdpProber();
        Report report;
        try
        {
            report = await prober.ProbeAsync(arguments[0]);
        }
        catch (ArgumentException unreadable)
        {
            Console.Error.WriteLine(unreadable.Message);
            return 2;
        }
        var time = report.TotalTime.TotalMilliseconds;
        Console.WriteLine($"{report.Target}: {report.Stage} ends with {report.End} after {time:F1} ms");
        foreach (var cause in report.Causes)
        {
            Console.WriteLine($"{cause.Confidence}: {cause.Code}: {cause.Headline}");
            foreach (var remedy in cause.Remedies)
            {
                Console.WriteLine($"  - {remedy.What}");
            }
        }
        return report.IsOk ? 0 : 1;
    }
}
