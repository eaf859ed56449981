// Tests of RdpProbe against servers that somebody else has started: each argument is SCENARIO=HOST:PORT. Prints a line for
// each check, then how many passed and failed; its exit status is 0 only if all passed.

using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;

namespace RdpProbe.Tests
{
    internal static class Program
    {
        private static Dictionary<string, string> servers = new Dictionary<string, string>();

        /// <summary>Where such a server is.</summary>
        internal static string At(string scenario) => servers[scenario];

        private static async Task<int> Main(string[] arguments)
        {
            servers = arguments.Select(argument => argument.Split('='))
                .ToDictionary(parts => parts[0], parts => parts[1]);
            await Check.All("Probing", Probing.Run);
            await Check.All("Trusting", Trusting.Run);
            await Check.All("Reading", Reading.Run);
            await Check.All("Batches", Batches.Run);
            await Check.All("Contexts", Contexts.Run);
            await Check.All("Opening", Opening.Run);
            await Check.All("Streaming", Streaming.Run);
            await Check.All("Misuse", Misuse.Run);
            await Check.All("Lifetimes", Lifetimes.Run);
            Check.Summary();
            return Check.AllHold ? 0 : 1;
        }
    }
}
