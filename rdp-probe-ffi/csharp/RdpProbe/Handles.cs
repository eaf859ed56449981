// Owners of what the library hands out. The runtime counts the calls that use a handle, so one that is disposed of in
// the middle of a call is freed when that call is over, and one that is forgotten when it is collected.

using System;
using System.Runtime.InteropServices;

namespace RdpProbe
{
    /// <summary>An opaque pointer of the library.</summary>
    internal abstract class NativeHandle : SafeHandle
    {
        protected NativeHandle() : base(IntPtr.Zero, true)
        {
        }

        public override bool IsInvalid
        {
            get { return handle == IntPtr.Zero; }
        }

        /// <summary>The class that programs know it by.</summary>
        protected abstract string Owner { get; }

        /// <exception cref="ObjectDisposedException">It has been disposed of. The runtime would say so as well, of a
        /// class that nobody has heard of.</exception>
        internal void Demand()
        {
            if (IsClosed)
            {
                throw new ObjectDisposedException(Owner);
            }
        }

        /// <summary>Runs something that reads what this owns and copies it; nobody frees it meanwhile.</summary>
        internal T Borrow<T>(Func<T> read)
        {
            var held = false;
            try
            {
                Demand();
                DangerousAddRef(ref held);
                return read();
            }
            finally
            {
                if (held)
                {
                    DangerousRelease();
                }
            }
        }
    }

    internal sealed class OptionsHandle : NativeHandle
    {
        protected override string Owner
        {
            get { return "ProbeOptions"; }
        }

        protected override bool ReleaseHandle()
        {
            Native.rdp_probe_options_free(handle);
            return true;
        }
    }

    internal sealed class CredentialsHandle : NativeHandle
    {
        /// <summary>No credentials: a null pointer.</summary>
        internal static readonly CredentialsHandle None = new CredentialsHandle();

        protected override string Owner
        {
            get { return "Credentials"; }
        }

        protected override bool ReleaseHandle()
        {
            Native.rdp_probe_credentials_free(handle);
            return true;
        }
    }

    internal sealed class ProberHandle : NativeHandle
    {
        /// <summary>What goes with the prober, done when the last callback of it has returned.</summary>
        internal Action Released = delegate { };

        protected override string Owner
        {
            get { return "RdpProber"; }
        }

        protected override bool ReleaseHandle()
        {
            Native.rdp_probe_prober_free(handle);
            Released();
            return true;
        }
    }

    internal sealed class JobHandle : NativeHandle
    {
        protected override string Owner
        {
            get { return "RdpProber"; }
        }

        protected override bool ReleaseHandle()
        {
            Native.rdp_probe_job_free(handle);
            return true;
        }
    }

    internal sealed class ReportHandle : NativeHandle
    {
        internal ReportHandle()
        {
        }

        /// <summary>Takes over what a callback was given.</summary>
        internal ReportHandle(IntPtr report)
        {
            SetHandle(report);
        }

        protected override string Owner
        {
            get { return "Report"; }
        }

        protected override bool ReleaseHandle()
        {
            Native.rdp_probe_report_free(handle);
            return true;
        }
    }

    internal sealed class ExplanationHandle : NativeHandle
    {
        protected override string Owner
        {
            get { return "Explanation"; }
        }

        protected override bool ReleaseHandle()
        {
            Native.rdp_probe_explanation_free(handle);
            return true;
        }
    }

    internal sealed class ConnectionHandle : NativeHandle
    {
        internal ConnectionHandle()
        {
        }

        /// <summary>Takes over what a callback was given.</summary>
        internal ConnectionHandle(IntPtr connection)
        {
            SetHandle(connection);
        }

        protected override string Owner
        {
            get { return "RdpConnection"; }
        }

        protected override bool ReleaseHandle()
        {
            Native.rdp_probe_connection_free(handle);
            return true;
        }
    }
}
