using System;
#if NETCOREAPP
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
        private static volatile ProbeLogHandler? handler;
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
        /// null. Any thread may call it.</summary>
        /// <exception cref="ArgumentException">There is no such level.</exception>
        /// <exception cref="NotSupportedException">The library was built without a log
        /// (<see cref="LibraryFeatures.Log"/>).</exception>
        public static void SetLog(ProbeLogLevel level, ProbeLogHandler? log)
        {
            Demand();
            lock (Gate)
            {
                handler = log;
                var wanted = log == null ? ProbeLogLevel.Off : level;
                Check(Native.rdp_probe_log((uint)wanted, LogCallback, IntPtr.Zero), nameof(level));
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
                    TakeWithoutDevelopmentLink();
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

        private static void Log(IntPtr user, uint level, NativeBytes target, NativeBytes message)
        {
            try
            {
                handler?.Invoke((ProbeLogLevel)level, target.ToString(), message.ToString());
            }
            catch (Exception)
            {
                // Nothing may be thrown into native code, and there is nobody else to tell.
            }
        }
#if NETCOREAPP

        /// <summary>A machine may have the library itself alone, without the link that is there for compilers.</summary>
        private static void TakeWithoutDevelopmentLink()
        {
            static IntPtr Find(string name, Assembly assembly, DllImportSearchPath? path)
            {
                var isOurs = name == "rdp_probe" && RuntimeInformation.IsOSPlatform(OSPlatform.Linux);
                if (isOurs && !NativeLibrary.TryLoad(name, assembly, path, out _)
                    && NativeLibrary.TryLoad($"librdp_probe.so.{Native.Abi}", assembly, path, out var library))
                {
                    return library;
                }
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
