using System;
using System.Collections.Generic;
using System.Net;
using System.Threading;

namespace RdpProbe
{
    /// <summary>Limits of an examination (<see cref="ProbeOptions.Examination"/>).</summary>
    public sealed class ExaminationLimits
    {
        /// <summary>How many connections are made to a target at most; 0 is the usual, 8.</summary>
        public int Connections { get; set; }

        /// <summary>How far apart they are; zero is the usual, 200 ms.</summary>
        public TimeSpan Spacing { get; set; }

        /// <summary>How long all of them may take; zero is the usual, a minute.</summary>
        public TimeSpan TotalTimeout { get; set; }
    }

    /// <summary>What a prober does. What is not set is as usual; a prober takes a copy, so that changes come too late for
    /// it. One thread at a time may use it.</summary>
    public sealed class ProbeOptions
    {
        /// <summary>How far to go. Usually through TLS.</summary>
        public ProbeGoal? Goal { get; set; }

        /// <summary>What is offered. Usually TLS and CredSSP.</summary>
        public RdpProtocols? Offer { get; set; }

        /// <summary>Offers that <see cref="RdpProber.OpenAsync(string, CancellationToken)"/> makes, one after another, if
        /// the server does not take the first; none with credentials.</summary>
        public IList<RdpProtocols> OtherOffers { get; } = new List<RdpProtocols>();

        /// <summary>How long each stage may take. In whole milliseconds, as all times are.</summary>
        public TimeSpan StageTimeout { get; set; } = TimeSpan.FromSeconds(5);

        /// <summary>How long a whole probe may take.</summary>
        public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromSeconds(15);

        /// <summary>How many threads of the library probes have, 1 to 1024; usually one for each processor. A thousand
        /// probes under way need no more than one.</summary>
        public int? Threads { get; set; }

        /// <summary>Which addresses of a name are used. Usually all.</summary>
        public AddressFamilyChoice? AddressFamily { get; set; }

        /// <summary>The address of this machine that connections are made from.</summary>
        public IPAddress? LocalAddress { get; set; }

        /// <summary>The proxy that connections go through, <c>socks5://[user:password@]host[:port]</c> or
        /// <c>http://…</c>.</summary>
        public string? Proxy { get; set; }

        /// <summary>What a bad certificate means. Usually it is reported, and nothing else.</summary>
        public Trust? Trust { get; set; }

        /// <summary>The roots that chains of certificates are checked against, in PEM.</summary>
        public byte[]? RootsPem { get; set; }

        /// <summary>Whether chains are checked against the roots that the operating system trusts, in place of
        /// <see cref="RootsPem"/>.</summary>
        public bool UseSystemRoots { get; set; }

        /// <summary>What targets are known by, for <see cref="RdpProbe.Trust.FirstUse"/>.</summary>
        public IKnownCertificates? KnownCertificates { get; set; }

        /// <summary>Thumbprints that the server's certificate is to have: SHA-1 or SHA-256 in hex, or <c>key:</c> and the
        /// SHA-256 of its key. Of each kind that is given, one has to be its own.</summary>
        public IList<string> ExpectedThumbprints { get; } = new List<string>();

        /// <summary>The time that certificates are judged by, in place of now.</summary>
        public DateTimeOffset? Clock { get; set; }

        /// <summary>The name that TLS asks for, in place of the target's own.</summary>
        public string? ServerName { get; set; }

        /// <summary>Whether TLS asks for no name at all.</summary>
        public bool OmitServerName { get; set; }

        /// <summary>What the hello of <see cref="ProbeGoal.Hello"/> offers.</summary>
        public ClientHelloRung? ClientHello { get; set; }

        /// <summary>How many bytes that hello takes at least; 0 for no padding.</summary>
        public int ClientHelloPaddedTo { get; set; }

        /// <summary>The user's name in the cookie <c>mstshash</c>, which load balancers read.</summary>
        public string? Cookie { get; set; }

        /// <summary>A broker's routing token. It takes the place of a cookie.</summary>
        public string? RoutingToken { get; set; }

        /// <summary>Whether the request goes without negotiation data, as that of old clients does.</summary>
        public bool WithoutNegotiation { get; set; }

        /// <summary>Whether restricted admin mode is asked for.</summary>
        public bool RestrictedAdmin { get; set; }

        /// <summary>Whether redirected authentication (Remote Credential Guard) is asked for.</summary>
        public bool RedirectedAuthentication { get; set; }

        /// <summary>An id to be found again in logs. Its digits travel in the order in which they are written.</summary>
        public Guid? CorrelationId { get; set; }

        /// <summary>The number in a pre-connection PDU.</summary>
        public uint? PreconnectionId { get; set; }

        /// <summary>The text in a pre-connection PDU, such as the id of a virtual machine.</summary>
        public string? PreconnectionBlob { get; set; }

        /// <summary>The security package that is spoken. Usually NTLM.</summary>
        public SecurityPackage? Package { get; set; }

        /// <summary>The host that Kerberos asks a ticket for, in place of the target's.</summary>
        public string? ServiceHost { get; set; }

        /// <summary>The key distribution centre, <c>host:88</c>, in place of the one that the realm leads to.</summary>
        public string? Kdc { get; set; }

        /// <summary>Gives credentials to whoever answers, though no check of its certificate is demanded.</summary>
        public bool DangerousAnyCertificate { get; set; }

        /// <summary>Gives credentials to servers without the update for CVE-2018-0886.</summary>
        public bool DangerousOldCredSsp { get; set; }

        /// <summary>Lets the same credentials be tried at each target of a batch. Where they share a directory of users, a
        /// wrong password may lock the account.</summary>
        public bool SameCredentialsForAll { get; set; }

        /// <summary>Set, each probe examines its target: further connections tell apart what looks alike in one. No
        /// credentials are sent then.</summary>
        public ExaminationLimits? Examination { get; set; }

        /// <summary>The same for the library, and the number of the store in it, 0 for none.</summary>
        internal OptionsHandle ToNative(out long store)
        {
            var options = Native.rdp_probe_options_new();
            store = 0;
            try
            {
                SetConnection(options);
                SetRequest(options);
                SetSecurity(options);
                if (KnownCertificates != null)
                {
                    store = KnownStores.Add(options, KnownCertificates);
                }
                return options;
            }
            catch (Exception)
            {
                options.Dispose();
                throw;
            }
        }

        private void SetConnection(OptionsHandle options)
        {
            Set(Goal, goal => Native.rdp_probe_options_goal(options, (uint)goal), nameof(Goal));
            Set(Threads, threads => Native.rdp_probe_options_threads(options, Whole(threads, nameof(Threads))),
                nameof(Threads));
            Set(Offer, offer => Native.rdp_probe_options_offer(options, (uint)offer), nameof(Offer));
            foreach (var other in OtherOffers)
            {
                Set<RdpProtocols>(other, offer => Native.rdp_probe_options_other_offer(options, (uint)offer),
                    nameof(OtherOffers));
            }
            var stage = Milliseconds(StageTimeout, nameof(StageTimeout));
            var total = Milliseconds(TotalTimeout, nameof(TotalTimeout));
            RdpProbeLibrary.Check(Native.rdp_probe_options_budget(options, stage, total), nameof(StageTimeout));
            Set(AddressFamily, family => Native.rdp_probe_options_family(options, (uint)family), nameof(AddressFamily));
            Set(LocalAddress?.ToString(), Native.rdp_probe_options_bind, options, nameof(LocalAddress));
            Set(Proxy, Native.rdp_probe_options_proxy, options, nameof(Proxy));
            if (Examination != null)
            {
                var status = Native.rdp_probe_options_examine(options,
                    Whole(Examination.Connections, nameof(Examination)),
                    Milliseconds(Examination.Spacing, nameof(Examination)),
                    Milliseconds(Examination.TotalTimeout, nameof(Examination)));
                RdpProbeLibrary.Check(status, nameof(Examination));
            }
        }

        private void SetRequest(OptionsHandle options)
        {
            Set(Cookie, Native.rdp_probe_options_cookie, options, nameof(Cookie));
            Set(RoutingToken, Native.rdp_probe_options_routing_token, options, nameof(RoutingToken));
            Set(WithoutNegotiation, Native.rdp_probe_options_without_negotiation, options, nameof(WithoutNegotiation));
            Set(RestrictedAdmin, Native.rdp_probe_options_restricted_admin, options, nameof(RestrictedAdmin));
            Set(RedirectedAuthentication, Native.rdp_probe_options_redirected_authentication, options,
                nameof(RedirectedAuthentication));
            Set(CorrelationId, id => Native.rdp_probe_options_correlation_id(options, AsWritten(id)),
                nameof(CorrelationId));
            Set(PreconnectionId, id => Native.rdp_probe_options_preconnection_id(options, id),
                nameof(PreconnectionId));
            Set(PreconnectionBlob, Native.rdp_probe_options_preconnection_blob, options, nameof(PreconnectionBlob));
        }

        private void SetSecurity(OptionsHandle options)
        {
            Set(Trust, trust => Native.rdp_probe_options_trust(options, (uint)trust), nameof(Trust));
            if (RootsPem != null)
            {
                var length = new UIntPtr((uint)RootsPem.Length);
                RdpProbeLibrary.Check(Native.rdp_probe_options_roots_pem(options, RootsPem, length), nameof(RootsPem));
            }
            Set(UseSystemRoots, Native.rdp_probe_options_roots_system, options, nameof(UseSystemRoots));
            foreach (var thumbprint in ExpectedThumbprints)
            {
                Set(thumbprint, Native.rdp_probe_options_expect, options, nameof(ExpectedThumbprints));
            }
            Set(Clock, clock => Native.rdp_probe_options_fixed_clock(options, clock.ToUnixTimeSeconds()),
                nameof(Clock));
            Set(ServerName, Native.rdp_probe_options_server_name, options, nameof(ServerName));
            Set(OmitServerName, handle => Native.rdp_probe_options_server_name(handle, null), options,
                nameof(OmitServerName));
            Set(ClientHello, rung => Native.rdp_probe_options_client_hello(options, (uint)rung,
                Whole(ClientHelloPaddedTo, nameof(ClientHelloPaddedTo))), nameof(ClientHello));
            Set(Package, package => Native.rdp_probe_options_package(options, (uint)package), nameof(Package));
            Set(ServiceHost, Native.rdp_probe_options_service, options, nameof(ServiceHost));
            Set(Kdc, Native.rdp_probe_options_kdc, options, nameof(Kdc));
            Set(DangerousAnyCertificate, Native.rdp_probe_options_dangerous_any_certificate, options,
                nameof(DangerousAnyCertificate));
            Set(DangerousOldCredSsp, Native.rdp_probe_options_dangerous_old_credssp, options,
                nameof(DangerousOldCredSsp));
            Set(SameCredentialsForAll, Native.rdp_probe_options_same_credentials_for_all, options,
                nameof(SameCredentialsForAll));
        }

        private static void Set<T>(T? value, Func<T, uint> set, string name) where T : struct
        {
            if (value is T given)
            {
                RdpProbeLibrary.Check(set(given), name);
            }
        }

        private static void Set(string? text, Func<OptionsHandle, byte[], uint> set, OptionsHandle options, string name)
        {
            if (text != null)
            {
                RdpProbeLibrary.Check(set(options, Native.Utf8(text, name)), name);
            }
        }

        private static void Set(bool wanted, Func<OptionsHandle, uint> set, OptionsHandle options, string name)
        {
            if (wanted)
            {
                RdpProbeLibrary.Check(set(options), name);
            }
        }

        private static uint Whole(int number, string name) =>
            number >= 0 ? (uint)number : throw new ArgumentOutOfRangeException(name, number, "It is below zero.");

        private static uint Milliseconds(TimeSpan time, string name)
        {
            var milliseconds = Math.Ceiling(time.TotalMilliseconds);
            return milliseconds >= 0 && milliseconds <= uint.MaxValue
                ? (uint)milliseconds
                : throw new ArgumentOutOfRangeException(name, time, "It is below zero, or too long.");
        }

        /// <summary>The bytes in the order of the digits: those of a Guid in memory are in another.</summary>
        private static byte[] AsWritten(Guid id)
        {
            var digits = id.ToString("N");
            var bytes = new byte[16];
            for (var i = 0; i < bytes.Length; i++)
            {
                bytes[i] = Convert.ToByte(digits.Substring(2 * i, 2), 16);
            }
            return bytes;
        }
    }
}
