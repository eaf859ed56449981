using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace RdpProbe
{
    /// <summary>What .NET calls the numbers that operating systems give to failures of connections. Its own table of them is
    /// not to be had.</summary>
    internal static class SocketErrors
    {
        /// <summary>The number itself where it has no other name: so it is on Windows, for all of them.</summary>
        internal static SocketError Of(long code)
        {
            if (RuntimeInformation.IsOSPlatform(OSPlatform.Windows))
            {
                return (SocketError)code;
            }
            // Those of Linux, and those of BSD, which macOS has.
            switch (code)
            {
                case 32: return SocketError.Shutdown;
                case 50: case 100: return SocketError.NetworkDown;
                case 51: case 101: return SocketError.NetworkUnreachable;
                case 52: case 102: return SocketError.NetworkReset;
                case 53: case 103: return SocketError.ConnectionAborted;
                case 54: case 104: return SocketError.ConnectionReset;
                case 60: case 110: return SocketError.TimedOut;
                case 61: case 111: return SocketError.ConnectionRefused;
                case 65: case 113: return SocketError.HostUnreachable;
                default: return (SocketError)code;
            }
        }
    }
}
