using System;
using System.Collections.Generic;
using System.Threading.Tasks;

namespace RdpProbe.Tests
{
    /// <summary>Says of each check whether it holds, and counts.</summary>
    internal static class Check
    {
        private static int passed, failed;

        internal static bool AllHold => failed == 0 && passed > 0;

        internal static void That(bool holds, string what, object? seen = null)
        {
            if (holds)
            {
                passed++;
                Console.WriteLine($"ok     {what}");
            }
            else
            {
                failed++;
                Console.WriteLine($"FAILED {what}: seen {seen ?? "nothing"}");
            }
        }

        internal static void Same<T>(T expected, T seen, string what) =>
            That(EqualityComparer<T>.Default.Equals(expected, seen), what, $"{seen}, not {expected}");

        /// <summary>Just this exception, or one derived from it.</summary>
        internal static async Task<T?> Throws<T>(Func<Task> action, string what) where T : Exception
        {
            try
            {
                await action();
                That(false, what);
            }
            catch (T error)
            {
                That(true, what);
                return error;
            }
            catch (Exception other)
            {
                That(false, what, other);
            }
            return null;
        }

        internal static Task<T?> Throws<T>(Action action, string what) where T : Exception =>
            Throws<T>(() =>
            {
                action();
                return Task.CompletedTask;
            }, what);

        /// <summary>What throws although nothing should is a check that failed.</summary>
        internal static async Task All(string part, Func<Task> tests)
        {
            try
            {
                await tests();
            }
            catch (Exception error)
            {
                That(false, $"{part} runs to its end", error);
            }
        }

        internal static void Summary() => Console.WriteLine($"{passed} passed, {failed} failed");
    }
}
