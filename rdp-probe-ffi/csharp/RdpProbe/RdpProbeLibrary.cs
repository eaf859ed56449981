using System;
using System.Collections.Concurrent;
#if NETCOREAPP
using System.Collections.Generic;
using System.Reflection;
using System.Runtime.InteropServices;
#endif

namespace RdpProbe
{
    /// <summary>Handles a line of the log. It comes from threads of the library, several at once, and holds them up. It
    /// calls nothing of this library; what it throws is lost.</summary>
    /// <param name="level">How grave it is.</param>
    /// <param name="target">Which part of the library says it.</param>
    /// <param name="message">What it says. No secrets.</param>
    public delegate void ProbeLogHandler(ProbeLogLevel level, string target, string message);

    /// <summary>The native library: which one it is, and what it logs.</summary>
    public static class RdpProbeLibrary
    {
        // The native side keeps a pointer to the first for as long as the process lives.
        private static readonly Native.LogCallback LogCallback = Log;
        private static readonly object Gate = new object();

        // The native side is given their numbers.
        private static readonly ConcurrentDictionary<long, ProbeLogHandler> Handlers =
            new ConcurrentDictionary<long, ProbeLogHandler>();
        private static long current;
        private static volatile bool isChecked;

        /// <summary>The version of the library, such as <c>0.1.0</c>.</summary>
        /// <exception cref="DllNotFoundException">There is no librdp_probe where the system looks for
        /// libraries.</exception>
        /// <exception cref="NotSupportedException">The library is one for another version of this
        /// assembly.</exception>
        public static string Version
        {
            get
            {
                Demand();
                return Native.rdp_probe_version().ToString();
            }
        }

        /// <summary>What the library was built with.</summary>
        public static LibraryFeatures Features
        {
            get
            {
                Demand();
                return (LibraryFeatures)Native.rdp_probe_features();
            }
        }

        /// <summary>Sends the log of the whole process somewhere, in place of where it went before; or nowhere, with
        /// null. Any thread may call it. What a store of certificates throws is told there, too, from this
        /// assembly.</summary>
        /// <remarks>If it fails, the log goes where it went.</remarks>
        /// <exception cref="ArgumentException">There is no such level.</exception>
        /// <exception cref="NotSupportedException">The library was built without a log
        /// (<see cref="LibraryFeatures.Log"/>).</exception>
        public static void SetLog(ProbeLogLevel level, ProbeLogHandler? log)
        {
            Demand();
            lock (Gate)
            {
                var wanted = log == null ? ProbeLogLevel.Off : level;
                var next = current + 1;
                if (log != null && wanted != ProbeLogLevel.Off)
                {
                    Handlers[next] = log;
                }
                var status = Native.rdp_probe_log((uint)wanted, LogCallback, new IntPtr(next));
                if (status != Native.Ok)
                {
                    Handlers.TryRemove(next, out _);
                    throw Native.Failure(status, nameof(level));
                }
                // It is not called any more.
                Handlers.TryRemove(current, out _);
                current = next;
            }
        }

        /// <summary>Makes sure, before the first call, that the library is there and is the right one.</summary>
        internal static void Demand()
        {
            if (isChecked)
            {
                return;
            }
            lock (Gate)
            {
                if (!isChecked)
                {
#if NETCOREAPP
                    TakeByOtherNames();
#endif
                    var abi = Native.rdp_probe_abi();
                    if (abi != Native.Abi)
                    {
                        throw new NotSupportedException(
                            $"The librdp_probe found here has C ABI {abi}; this assembly is written for {Native.Abi}.");
                    }
                    isChecked = true;
                }
            }
        }

        /// <summary>Throws what a status means, unless it is good. To be called before another native call.</summary>
        internal static void Check(uint status, string parameter)
        {
            if (status != Native.Ok)
            {
                throw Native.Failure(status, parameter);
            }
        }

        /// <summary>Tells of an exception that nobody catches, if there is somebody to tell.</summary>
        internal static void Tell(string what, Exception error)
        {
            foreach (var handler in Handlers.Values)
            {
                Tell(handler, ProbeLogLevel.Error, nameof(RdpProbe), $"{what}: {error.GetType()}: {error.Message}");
            }
        }

        private static void Log(IntPtr user, uint level, NativeBytes target, NativeBytes message)
        {
            if (Handlers.TryGetValue(user.ToInt64(), out var handler))
            {
                Tell(handler, (ProbeLogLevel)level, target.ToString(), message.ToString());
            }
        }

        private static void Tell(ProbeLogHandler handler, ProbeLogLevel level, string target, string message)
        {
            try
            {
                handler(level, target, message);
            }
            catch (Exception)
            {
                // Nothing may be thrown into native code, and there is nobody else to tell.
            }
        }
#if NETCOREAPP

        /// <summary>A machine may have the library itself alone, without the link that is there for compilers; or as cargo
        /// names it, which is what there is on Windows.</summary>
        private static void TakeByOtherNames()
        {
            static IEnumerable<string> Names()
            {
                yield return "rdp_probe";
                if (RuntimeInformation.IsOSPlatform(OSPlatform.Linux))
                {
                    yield return $"librdp_probe.so.{Native.Abi}";
                }
                if (RuntimeInformation.IsOSPlatform(OSPlatform.OSX))
                {
                    yield return $"librdp_probe.{Native.Abi}.dylib";
                }
                yield return "rdp_probe_ffi";
            }

            static IntPtr Find(string asked, Assembly assembly, DllImportSearchPath? path)
            {
                if (asked == "rdp_probe")
                {
                    foreach (var name in Names())
                    {
                        if (NativeLibrary.TryLoad(name, assembly, path, out var library))
                        {
                            return library;
                        }
                    }
                }
                // The runtime looks itself then, and says what it has not found.
                return IntPtr.Zero;
            }

            try
            {
                NativeLibrary.SetDllImportResolver(typeof(RdpProbeLibrary).Assembly, Find);
            }
            catch (InvalidOperationException)
            {
                // The program has set one of its own, which knows better.
            }
        }
#endif
    }
}
