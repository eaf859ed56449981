using System;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Threading;

namespace RdpProbe
{
    /// <summary>Keeps the certificates that targets are known by, for <see cref="Trust.FirstUse"/>.</summary>
    /// <remarks>Both methods come from threads of the library, several at once, and call nothing of it. One that
    /// throws has no answer: the certificate counts as one that cannot be compared, and the probe does not pass. The
    /// exception is told to the log, if there is one (<see cref="RdpProbeLibrary.SetLog"/>).</remarks>
    public interface IKnownCertificates
    {
        /// <summary>The certificate (DER) that the target is known by; null if it was never seen. Called before the
        /// connection is made, and waited for as long as a stage may take.</summary>
        /// <param name="target">The target, as reports write it.</param>
        byte[]? Find(string target);

        /// <summary>Remembers the certificate (DER) that the target was seen with for the first time. If another is
        /// there by now, that one stays: gives what is kept, or null if nothing is.</summary>
        /// <param name="target">The target, as reports write it.</param>
        /// <param name="certificate">The certificate, whose key the target has proven to have.</param>
        byte[]? Remember(string target, byte[] certificate);
    }

    /// <summary>The way from the library to stores. The library is given numbers in place of pointers: a word that comes
    /// after a prober is gone finds no store, and does no harm.</summary>
    internal static class KnownStores
    {
        private static readonly Native.KnownGet Get = OnGet;
        private static readonly Native.KnownPut Put = OnPut;
        private static readonly ConcurrentDictionary<long, IKnownCertificates> Stores =
            new ConcurrentDictionary<long, IKnownCertificates>();
        private static long last;

        /// <summary>Tells the options of a store; gives its number.</summary>
        internal static long Add(OptionsHandle options, IKnownCertificates store)
        {
            var number = Interlocked.Increment(ref last);
            Stores[number] = store;
            try
            {
                RdpProbeLibrary.Check(Native.rdp_probe_options_known(options, Get, Put, new IntPtr(number)),
                    nameof(ProbeOptions.KnownCertificates));
            }
            catch (Exception)
            {
                Remove(number);
                throw;
            }
            return number;
        }

        internal static void Remove(long number) => Stores.TryRemove(number, out _);

        private static uint OnGet(IntPtr user, IntPtr target, IntPtr buffer, UIntPtr capacity, IntPtr length) =>
            Answer(user, target, buffer, capacity, length, (store, name) => store.Find(name));

        private static uint OnPut(IntPtr user, IntPtr target, IntPtr certificate, UIntPtr certificateLength,
            IntPtr buffer, UIntPtr capacity, IntPtr length)
        {
            var seen = new NativeBytes { Pointer = certificate, Length = certificateLength };
            return Answer(user, target, buffer, capacity, length, (store, name) =>
                store.Remember(name, seen.ToArray()));
        }

        private static uint Answer(IntPtr user, IntPtr target, IntPtr buffer, UIntPtr capacity, IntPtr length,
            Func<IKnownCertificates, string, byte[]?> ask)
        {
            try
            {
                if (!Stores.TryGetValue(user.ToInt64(), out var store))
                {
                    return Native.KnownUnavailable;
                }
                var known = ask(store, Marshal.PtrToStringUTF8(target) ?? "");
                if (known == null)
                {
                    return Native.KnownNothing;
                }
                if ((ulong)known.Length > capacity.ToUInt64())
                {
                    return Native.KnownUnavailable;
                }
                Marshal.Copy(known, 0, buffer, known.Length);
                Marshal.WriteIntPtr(length, new IntPtr(known.Length));
                return Native.KnownCertificate;
            }
            catch (Exception error)
            {
                // Nothing may be thrown into native code.
                RdpProbeLibrary.Tell("a store of certificates throws", error);
                return Native.KnownUnavailable;
            }
        }
    }
}
