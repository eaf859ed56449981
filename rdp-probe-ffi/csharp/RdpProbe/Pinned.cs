using System;
using System.Runtime.InteropServices;

namespace RdpProbe
{
    /// <summary>An array that stays where it is in memory, as long as this is not disposed of.</summary>
    internal sealed class Pinned : IDisposable
    {
        private GCHandle handle;

        internal Pinned(byte[] bytes) => handle = GCHandle.Alloc(bytes, GCHandleType.Pinned);

        internal IntPtr Address => handle.AddrOfPinnedObject();

        public void Dispose() => handle.Free();
    }
}
