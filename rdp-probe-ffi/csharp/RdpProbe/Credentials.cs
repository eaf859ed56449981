using System;
using System.Text;

namespace RdpProbe
{
    /// <summary>Who logs on, and with what. Kept in native memory alone, and wiped there when it is disposed of.</summary>
    /// <remarks>Any number of threads may use it. Probes that were started with it go on when it is disposed of.</remarks>
    public sealed class Credentials : IDisposable
    {
        private Credentials(CredentialsHandle handle) => Handle = handle;

        internal CredentialsHandle Handle { get; }

        /// <exception cref="ObjectDisposedException">They have been disposed of.</exception>
        internal static CredentialsHandle HandleOf(Credentials? credentials)
        {
            credentials?.Handle.Demand();
            return credentials?.Handle ?? CredentialsHandle.None;
        }

        /// <summary>A user and a password.</summary>
        /// <param name="user">The user's name, <c>user@domain.example</c> or <c>DOMAIN\user</c> included.</param>
        /// <param name="domain">The domain; null for none, or where the name has it.</param>
        /// <param name="password">The password. A string will do; a <c>char[]</c> can be wiped by the caller.</param>
        /// <exception cref="ArgumentException">One of them cannot be used.</exception>
        /// <exception cref="NotSupportedException">The library was built without credentials
        /// (<see cref="LibraryFeatures.Nla"/>).</exception>
        public static Credentials FromPassword(string user, string? domain, ReadOnlySpan<char> password)
        {
            RdpProbeLibrary.Demand();
            if (password.IndexOf('\0') >= 0)
            {
                throw new ArgumentException("The password has a NUL character inside.", nameof(password));
            }
            var name = Native.Utf8(user, nameof(user));
            var place = Optional(domain);
            // At once as long as it can get, so that no copy is left behind in growing.
            var secret = new byte[Encoding.UTF8.GetMaxByteCount(password.Length) + 1];
            using var pinned = new Pinned(secret);
            try
            {
                Encode(password, secret);
                var status = Native.rdp_probe_credentials_password(name, place, secret, out var handle);
                return Made(status, handle, nameof(password));
            }
            finally
            {
                Array.Clear(secret, 0, secret.Length);
            }
        }

        /// <summary>A user and the NT hash of the password.</summary>
        /// <param name="user">The user's name.</param>
        /// <param name="domain">The domain; null for none, or where the name has it.</param>
        /// <param name="hash">The 16 bytes of the hash. They are the caller's to wipe.</param>
        /// <exception cref="ArgumentException">One of them cannot be used.</exception>
        /// <exception cref="NotSupportedException">The library was built without credentials
        /// (<see cref="LibraryFeatures.Nla"/>).</exception>
        public static Credentials FromNtHash(string user, string? domain, byte[] hash)
        {
            RdpProbeLibrary.Demand();
            if (hash == null)
            {
                throw new ArgumentNullException(nameof(hash));
            }
            if (hash.Length != 16)
            {
                throw new ArgumentException($"An NT hash has 16 bytes, not {hash.Length}.", nameof(hash));
            }
            var status = Native.rdp_probe_credentials_nt_hash(Native.Utf8(user, nameof(user)), Optional(domain), hash,
                out var handle);
            return Made(status, handle, nameof(hash));
        }

        /// <summary>Wipes them.</summary>
        public void Dispose() => Handle.Dispose();

        /// <summary>Says nothing of what is in it.</summary>
        public override string ToString() => nameof(Credentials);

        private static byte[]? Optional(string? domain) => domain == null ? null : Native.Utf8(domain, nameof(domain));

        private static void Encode(ReadOnlySpan<char> password, byte[] secret)
        {
            try
            {
                new UTF8Encoding(false, true).GetBytes(password, secret);
            }
            catch (EncoderFallbackException)
            {
                // What it was is not repeated.
                throw new ArgumentException("The password is not Unicode.", nameof(password));
            }
        }

        private static Credentials Made(uint status, CredentialsHandle handle, string parameter)
        {
            if (status != Native.Ok)
            {
                handle.Dispose();
                throw Native.Failure(status, parameter);
            }
            return new Credentials(handle);
        }
    }
}
