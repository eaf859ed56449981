using System;
using System.Collections.Generic;

namespace RdpProbe
{
    /// <summary>What a <c>ClientHello</c> of our own was to be.</summary>
    public sealed class ReportClientHello
    {
        internal ReportClientHello(JsonMember json)
        {
            Offer = json.Text("offer");
            PaddedTo = json.Number("padded_to");
        }

        /// <summary>wide: TLS 1.0 to 1.2 with every usual suite; tls12: TLS 1.2 alone with the suites of clients of
        /// today; tls13: TLS 1.3 alone, without a key share; nothing: TLS 1.2 with a suite that no server
        /// has.</summary>
        public string Offer { get; }

        /// <summary>How many bytes it takes on the wire at least. 0 for no padding.</summary>
        public long PaddedTo { get; }
    }

    /// <summary>What the server chose in TLS.</summary>
    public sealed class ReportTls
    {
        internal ReportTls(JsonMember json)
        {
            Version = json.TextOrNull("version");
            CipherSuite = json.Text("cipher_suite");
            Legacy = json.Flag("legacy");
            KeyExchange = json.ObjectOrNull("key_exchange", member => new ReportKeyExchange(member));
            KeyProven = json.Flag("key_proven");
        }

        /// <summary>The version of TLS, or its predecessor SSL 3.0. Null for a number that is none of
        /// these.</summary>
        public string? Version { get; }

        /// <summary>The name registered with IANA, or the number in hex.</summary>
        public string CipherSuite { get; }

        /// <summary>Whether the version is older than TLS 1.2.</summary>
        public bool Legacy { get; }

        /// <summary>How keys are agreed on, read from the clear-text part. Null where that does not tell, or was not
        /// kept: a handshake that was completed leaves none.</summary>
        public ReportKeyExchange? KeyExchange { get; }

        /// <summary>Whether the server has proven that it holds the key of its certificate: in a handshake that was
        /// completed by a TLS library. With the goal hello none is.</summary>
        public bool KeyProven { get; }
    }

    /// <summary>How the keys of TLS were agreed upon.</summary>
    public sealed class ReportKeyExchange
    {
        internal ReportKeyExchange(JsonMember json)
        {
            Kind = json.Text("kind");
            Group = json.TextOrNull("group");
            Bits = json.NumberOrNull("bits");
        }

        /// <summary>rsa: the client encrypts to the key of the certificate; ecdhe: Diffie-Hellman over a curve, or
        /// what TLS 1.3 has in its place; dhe: Diffie-Hellman over integers.</summary>
        public string Kind { get; }

        /// <summary>The named group, as registered with IANA, or its number in hex. Null where there is
        /// none.</summary>
        public string? Group { get; }

        /// <summary>The length of the prime in bits. Null where there is none.</summary>
        public long? Bits { get; }
    }

    /// <summary>The server's certificate, read and judged.</summary>
    public sealed class ReportCertificate
    {
        internal ReportCertificate(JsonMember json)
        {
            Subject = json.Text("subject");
            Issuer = json.Text("issuer");
            Serial = json.Text("serial");
            NotBefore = json.DateOrNull("not_before");
            NotAfter = json.DateOrNull("not_after");
            DaysLeft = json.NumberOrNull("days_left");
            SelfSigned = json.Flag("self_signed");
            OwnSignature = json.FlagOrNull("own_signature");
            Names = json.Texts("names");
            Key = json.Object("key", member => new ReportKey(member));
            SignatureAlgorithm = json.Text("signature_algorithm");
            Sha1 = json.Text("sha1");
            Sha256 = json.Text("sha256");
            KeySha256 = json.Text("key_sha256");
            Verdict = json.Object("verdict", member => new ReportVerdict(member));
        }

        /// <summary>The subject, as a distinguished name.</summary>
        public string Subject { get; }

        /// <summary>The issuer, as a distinguished name.</summary>
        public string Issuer { get; }

        /// <summary>The serial number, in lower hex.</summary>
        public string Serial { get; }

        /// <summary>Start of validity. Null where the certificate gives a time that RFC 3339 cannot write.</summary>
        public DateTimeOffset? NotBefore { get; }

        /// <summary>End of validity. Null where the certificate gives a time that RFC 3339 cannot write.</summary>
        public DateTimeOffset? NotAfter { get; }

        /// <summary>Whole days until the end of validity, negative behind it. Null where no clock was
        /// given.</summary>
        public long? DaysLeft { get; }

        /// <summary>Whether subject and issuer are the same.</summary>
        public bool SelfSigned { get; }

        /// <summary>Whether its own key has signed it, where subject and issuer are the same. Null where that was not
        /// checked or cannot be.</summary>
        public bool? OwnSignature { get; }

        /// <summary>DNS names and addresses of the subject alternative name, in their order.</summary>
        public IReadOnlyList<string> Names { get; }

        /// <summary>The public key.</summary>
        public ReportKey Key { get; }

        /// <summary>The algorithm the certificate is signed with, by its usual name, or as a dotted OID.</summary>
        public string SignatureAlgorithm { get; }

        /// <summary>SHA-1 of the certificate, the thumbprint that Windows shows, in lower hex without
        /// colons.</summary>
        public string Sha1 { get; }

        /// <summary>SHA-256 of the certificate, in lower hex without colons.</summary>
        public string Sha256 { get; }

        /// <summary>SHA-256 of the SubjectPublicKeyInfo in it, by which a key is pinned, in lower hex without
        /// colons.</summary>
        public string KeySha256 { get; }

        /// <summary>What each check says of the certificate, each for itself.</summary>
        public ReportVerdict Verdict { get; }
    }

    /// <summary>A public key.</summary>
    public sealed class ReportKey
    {
        internal ReportKey(JsonMember json)
        {
            Algorithm = json.Text("algorithm");
            Bits = json.NumberOrNull("bits");
        }

        /// <summary>The kind of key, or other.</summary>
        public string Algorithm { get; }

        /// <summary>Its size in bits. Null where it is not known.</summary>
        public long? Bits { get; }
    }

    /// <summary>Each check of a certificate, by itself.</summary>
    public sealed class ReportVerdict
    {
        internal ReportVerdict(JsonMember json)
        {
            Chain = json.Object("chain", member => new ReportCheck(member));
            Time = json.Object("time", member => new ReportCheck(member));
            Name = json.Object("name", member => new ReportCheck(member));
            Purpose = json.Object("purpose", member => new ReportCheck(member));
            Key = json.Object("key", member => new ReportCheck(member));
            Signature = json.Object("signature", member => new ReportCheck(member));
            Thumbprint = json.Object("thumbprint", member => new ReportCheck(member));
            Known = json.Object("known", member => new ReportCheck(member));
        }

        /// <summary>Whether it leads to a given root.</summary>
        public ReportCheck Chain { get; }

        /// <summary>Whether it was valid when the probe began.</summary>
        public ReportCheck Time { get; }

        /// <summary>Whether it names the host that was asked for.</summary>
        public ReportCheck Name { get; }

        /// <summary>Whether it may be used for a server.</summary>
        public ReportCheck Purpose { get; }

        /// <summary>Whether its key is strong enough.</summary>
        public ReportCheck Key { get; }

        /// <summary>Whether it is signed with an algorithm that is still trusted.</summary>
        public ReportCheck Signature { get; }

        /// <summary>Whether it is the one that was expected, by its thumbprint or by that of its key; ok is null
        /// where none was expected.</summary>
        public ReportCheck Thumbprint { get; }

        /// <summary>Whether its key is the one that the target is known by, and what became of the certificate since:
        /// same, issued anew for the same key, renewed after the old one was over, for other names, with another key.
        /// ok is null where none is known.</summary>
        public ReportCheck Known { get; }
    }

    /// <summary>A check of a certificate, and what came of it.</summary>
    public sealed class ReportCheck
    {
        internal ReportCheck(JsonMember json)
        {
            Ok = json.FlagOrNull("ok");
            Reason = json.Text("reason");
            Clock = json.DateOrNull("clock");
            WouldMatch = json.Texts("would_match");
            Sha1 = json.TextOrNull("sha1");
            Sha256 = json.TextOrNull("sha256");
        }

        /// <summary>Whether it passed. Null if that is not known.</summary>
        public bool? Ok { get; }

        /// <summary>Why; the words are those of each check.</summary>
        public string Reason { get; }

        /// <summary>The time by which it was judged. Null but in the check of time, and where no clock was
        /// given.</summary>
        public DateTimeOffset? Clock { get; }

        /// <summary>The hosts that the certificate is for. Empty but in the check of the name.</summary>
        public IReadOnlyList<string> WouldMatch { get; }

        /// <summary>SHA-1 of the certificate that the target is known by. Null but in the check of what is
        /// known.</summary>
        public string? Sha1 { get; }

        /// <summary>SHA-256 of it.</summary>
        public string? Sha256 { get; }
    }
}
