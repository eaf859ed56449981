using System;

namespace RdpProbe
{
    // The numbers of the C ABI. Later versions of the library add some: a value that has no name here is no error.

    /// <summary>How far a probe goes.</summary>
    public enum ProbeGoal
    {
        /// <summary>To the server's answer to the Connection Request.</summary>
        Negotiate = 1,

        /// <summary>Through the server's first flight of TLS in clear text: no handshake, no proven key.</summary>
        Hello = 2,

        /// <summary>Through the TLS handshake. This is the usual.</summary>
        Tls = 3,

        /// <summary>To the server's NTLM challenge: no credentials, and no attempt to log on.</summary>
        Challenge = 4,

        /// <summary>To the proof that the server takes the credentials; nothing is handed over.</summary>
        Verify = 5,

        /// <summary>Through all of Network Level Authentication: the server gets the credentials.</summary>
        Delegate = 6,

        /// <summary>As far as the server's choice of a protocol needs.</summary>
        Chosen = 7,
    }

    /// <summary>The protocols of security negotiation ([MS-RDPBCGR] 2.2.1.1.1), as bits.</summary>
    [Flags]
    public enum RdpProtocols : uint
    {
        /// <summary>Standard RDP security: offered where nothing else is.</summary>
        Rdp = 0,

        /// <summary>TLS.</summary>
        Ssl = 1,

        /// <summary>CredSSP: TLS with Network Level Authentication.</summary>
        Hybrid = 2,

        /// <summary>RDSTLS.</summary>
        RdsTls = 4,

        /// <summary>CredSSP with the Early User Authorization Result.</summary>
        HybridEx = 8,

        /// <summary>Sign-in with Entra ID.</summary>
        RdsAad = 16,
    }

    /// <summary>Which addresses of a name are used, and in which order.</summary>
    /// <summary>Which addresses of a name are used, and in which order.</summary>
    public enum AddressFamilyChoice
    {
        /// <summary>All, as they race.</summary>
        Any = 1,

        /// <summary>IPv4 first.</summary>
        PreferIPv4 = 2,

        /// <summary>IPv6 first.</summary>
        PreferIPv6 = 3,

        /// <summary>IPv4 alone.</summary>
        OnlyIPv4 = 4,

        /// <summary>IPv6 alone.</summary>
        OnlyIPv6 = 5,
    }

    /// <summary>What a bad certificate means.</summary>
    public enum Trust
    {
        /// <summary>It is looked at and reported. This is the usual.</summary>
        Observe = 1,

        /// <summary>A certificate that does not pass each check ends the probe.</summary>
        Strict = 2,

        /// <summary>A target is known by what it showed first (<see cref="IKnownCertificates"/>).</summary>
        FirstUse = 3,
    }

    /// <summary>What the <c>ClientHello</c> of <see cref="ProbeGoal.Hello"/> offers.</summary>
    public enum ClientHelloRung
    {
        /// <summary>TLS 1.0 to 1.2, with the widest list of suites.</summary>
        Wide = 1,

        /// <summary>TLS 1.2 alone, with the suites of clients of today.</summary>
        Tls12 = 2,

        /// <summary>TLS 1.3 alone.</summary>
        Tls13 = 3,

        /// <summary>Nothing that a server could take.</summary>
        Nothing = 4,
    }

    /// <summary>The security package that is spoken in Network Level Authentication.</summary>
    public enum SecurityPackage
    {
        /// <summary>NTLM, bare.</summary>
        Ntlm = 1,

        /// <summary>NTLM in SPNEGO.</summary>
        Spnego = 2,

        /// <summary>Kerberos.</summary>
        Kerberos = 3,
    }

    /// <summary>A stage of opening a connection.</summary>
    public enum ProbeStage
    {
        /// <summary>The lookup of the name.</summary>
        Resolve = 1,

        /// <summary>TCP.</summary>
        Connect = 2,

        /// <summary>The way through a proxy.</summary>
        Proxy = 3,

        /// <summary>X.224 and its security negotiation.</summary>
        Negotiate = 4,

        /// <summary>TLS.</summary>
        Tls = 5,

        /// <summary>The talk with a key distribution centre.</summary>
        Kerberos = 6,

        /// <summary>Network Level Authentication.</summary>
        Nla = 7,
    }

    /// <summary>How a stage ended.</summary>
    public enum ProbeEnd
    {
        /// <summary>It did what it is for.</summary>
        Complete = 1,

        /// <summary>The peer closed.</summary>
        Fin = 2,

        /// <summary>The peer, or something between, reset the connection.</summary>
        Reset = 3,

        /// <summary>The time was over.</summary>
        Timeout = 4,

        /// <summary>A fatal TLS alert; the code is its number.</summary>
        Alert = 5,

        /// <summary>A Negotiation Failure; the code is that of the failure.</summary>
        Refusal = 6,

        /// <summary>The server ended the connection in a message that is no answer.</summary>
        Denied = 7,

        /// <summary>The trust that was asked for does not hold; the symbol says which check failed.</summary>
        Untrusted = 8,

        /// <summary>What came is not what the protocol says; the symbol says what is wrong.</summary>
        Malformed = 9,

        /// <summary>The operating system failed the call; the code is its number, or the resolver's.</summary>
        Os = 10,

        /// <summary>A proxy refused; the code is the proxy's.</summary>
        ProxyRefusal = 11,

        /// <summary>The server refuses in CredSSP; the code is an NTSTATUS.</summary>
        Rejected = 12,

        /// <summary>The user may not log on here; the code is the Early User Authorization Result.</summary>
        Unauthorized = 13,

        /// <summary>The client's own security package failed; the code is a status of SSPI.</summary>
        Security = 14,

        /// <summary>A key distribution centre refuses; the code is that of its KRB-ERROR.</summary>
        KdcRefusal = 15,
    }

    /// <summary>What became of credentials.</summary>
    public enum NlaResult
    {
        /// <summary>Nothing was asked of any.</summary>
        None = 0,

        /// <summary>They are right: the server has proven that it takes them.</summary>
        Verified = 1,

        /// <summary>The server refuses them.</summary>
        Rejected = 2,

        /// <summary>The key distribution centre refuses them.</summary>
        RejectedByKdc = 3,

        /// <summary>They are right, and the user may not log on here.</summary>
        NotAuthorized = 4,

        /// <summary>The server chose a protocol that asks for none: nothing is known of them.</summary>
        NotVerifiable = 5,

        /// <summary>The connection ended before anything was known of them.</summary>
        Unknown = 6,
    }

    /// <summary>How sure a statement is.</summary>
    public enum Confidence
    {
        /// <summary>The evidence leaves nothing else.</summary>
        Certain = 1,

        /// <summary>It fits, and others are rare.</summary>
        Likely = 2,

        /// <summary>It fits, as others do.</summary>
        Possible = 3,
    }

    /// <summary>How a call of the library ended. Most of them are exceptions in .NET; where one target of many is concerned,
    /// they are in its <see cref="ProbeResult"/>.</summary>
    public enum ProbeStatus
    {
        /// <summary>There is a report, whatever it says.</summary>
        Ok = 0,

        /// <summary>Text that is none, a number that no constant has.</summary>
        InvalidArgument = 1,

        /// <summary>The target cannot be read.</summary>
        InvalidTarget = 2,

        /// <summary>Options contradict each other, or what is asked.</summary>
        InvalidOptions = 3,

        /// <summary>A file, a certificate, a proxy and so on that cannot be read.</summary>
        InvalidInput = 4,

        /// <summary>The library was built without what it takes.</summary>
        Unsupported = 5,

        /// <summary>It was cancelled.</summary>
        Cancelled = 6,

        /// <summary>The connection did not open as far as asked.</summary>
        NotReached = 7,

        /// <summary>The time was over.</summary>
        Timeout = 8,

        /// <summary>The connection was closed by this side.</summary>
        Closed = 9,

        /// <summary>The connection failed.</summary>
        Io = 10,

        /// <summary>It would wait for itself.</summary>
        InCallback = 11,

        /// <summary>The operating system gives no thread or no event queue.</summary>
        System = 12,

        /// <summary>A fault of the library, which goes on.</summary>
        Panic = 13,
    }

    /// <summary>What the native library was built with.</summary>
    [Flags]
    public enum LibraryFeatures : uint
    {
        /// <summary>Nothing beside the base.</summary>
        None = 0,

        /// <summary>Credentials: <see cref="ProbeGoal.Verify"/> and <see cref="ProbeGoal.Delegate"/>.</summary>
        Nla = 1,

        /// <summary><see cref="ProbeOptions.UseSystemRoots"/>.</summary>
        SystemRoots = 2,

        /// <summary>Targets with letters beyond ASCII.</summary>
        Idn = 4,

        /// <summary><see cref="RdpProbeLibrary.SetLog"/>.</summary>
        Log = 8,
    }

    /// <summary>How much is logged: everything at least as grave.</summary>
    public enum ProbeLogLevel
    {
        /// <summary>Nothing.</summary>
        Off = 0,

        /// <summary>What went wrong.</summary>
        Error = 1,

        /// <summary>What may be wrong.</summary>
        Warn = 2,

        /// <summary>What is of interest.</summary>
        Info = 3,

        /// <summary>What helps to find faults.</summary>
        Debug = 4,

        /// <summary>Everything.</summary>
        Trace = 5,
    }
}
