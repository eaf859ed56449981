using System;
using System.Collections.Generic;

namespace RdpProbe
{
    /// <summary>An address that was tried or stood by.</summary>
    public sealed class ReportAttempt
    {
        internal ReportAttempt(JsonMember json)
        {
            Experiment = json.Text("experiment");
            OfferedCode = json.Number("offered_code");
            Address = json.TextOrNull("address");
            StartedAfter = json.TimeOrNull("started_us");
            Elapsed = json.TimeOrNull("elapsed_us");
            Stage = json.Text("stage");
            End = json.ObjectOrNull("end", member => new ReportEnd(member));
        }

        /// <summary>Why the connection was made: first is the one that was asked for; other-offer follows one whose
        /// offer the server did not take; the others are second looks. Experiments are added.</summary>
        public string Experiment { get; }

        /// <summary>The protocols that this connection offered, as they travel.</summary>
        public long OfferedCode { get; }

        /// <summary>The address that was tried. Null where the end is the target's and the connection went through a
        /// proxy, which alone knows its address.</summary>
        public string? Address { get; }

        /// <summary>When it began since the start of the probe. Null if it was not needed any more.</summary>
        public TimeSpan? StartedAfter { get; }

        /// <summary>How long it took; null if it was not begun.</summary>
        public TimeSpan? Elapsed { get; }

        /// <summary>The stage that the end belongs to: connect or proxy for the connection to the address; a later
        /// one for what became of an earlier connection.</summary>
        public string Stage { get; }

        /// <summary>How it ended. Null if it was not begun, or another address was faster.</summary>
        public ReportEnd? End { get; }
    }

    /// <summary>A connection of an examination.</summary>
    public sealed class ReportLook
    {
        internal ReportLook(JsonMember json)
        {
            Experiment = json.Text("experiment");
            Why = json.Text("why");
            Outcome = json.Text("outcome");
            Address = json.TextOrNull("address");
            ServerName = json.TextOrNull("server_name");
            OfferedCode = json.Number("offered_code");
            Goal = json.Text("goal");
            ClientHello = json.ObjectOrNull("client_hello", member => new ReportClientHello(member));
            Ok = json.Flag("ok");
            Stage = json.Text("stage");
            End = json.Object("end", member => new ReportEnd(member));
            Tls = json.ObjectOrNull("tls", member => new ReportTls(member));
            CertificateSha256 = json.TextOrNull("certificate_sha256");
            Found = json.Texts("found");
            RuledOut = json.Texts("ruled_out");
        }

        /// <summary>Why the connection was made, as a word. Experiments are added.</summary>
        public string Experiment { get; }

        /// <summary>The same in words.</summary>
        public string Why { get; }

        /// <summary>What it showed, in words.</summary>
        public string Outcome { get; }

        /// <summary>The address it was made to. Null where none answered, and behind a proxy.</summary>
        public string? Address { get; }

        /// <summary>The name that TLS asked for. Null for none.</summary>
        public string? ServerName { get; }

        /// <summary>The protocols that this connection offered, as they travel.</summary>
        public long OfferedCode { get; }

        /// <summary>How far it was to go.</summary>
        public string Goal { get; }

        /// <summary>What the probe's own ClientHello offered, and how many bytes it was padded to (0 for none). Null
        /// where the TLS library made it, or none was due.</summary>
        public ReportClientHello? ClientHello { get; }

        /// <summary>Whether it reached its goal.</summary>
        public bool Ok { get; }

        /// <summary>A stage of opening a connection: the lookup of the name, TCP, the way through a proxy (in place
        /// of the two before), X.224 negotiation, the TLS handshake, the talk with a key distribution centre, Network
        /// Level Authentication.</summary>
        public string Stage { get; }

        /// <summary>How a stage ended.</summary>
        public ReportEnd End { get; }

        /// <summary>What the server chose. Null where it chose nothing.</summary>
        public ReportTls? Tls { get; }

        /// <summary>SHA-256 of the certificate that was shown. Null without one.</summary>
        public string? CertificateSha256 { get; }

        /// <summary>Codes of the causes that are found since this connection.</summary>
        public IReadOnlyList<string> Found { get; }

        /// <summary>Codes of the causes that stood before this connection, and do no more.</summary>
        public IReadOnlyList<string> RuledOut { get; }
    }

    /// <summary>The spreads of the times of stages over the connections of an examination.</summary>
    public sealed class ReportSpreads
    {
        internal ReportSpreads(JsonMember json)
        {
            Connect = json.ObjectOrNull("connect", member => new ReportSpread(member));
            Negotiate = json.ObjectOrNull("negotiate", member => new ReportSpread(member));
            Tls = json.ObjectOrNull("tls", member => new ReportSpread(member));
        }

        /// <summary>The shortest, the middle and the longest of several times. Null where there are fewer than
        /// two.</summary>
        public ReportSpread? Connect { get; }

        /// <summary>The shortest, the middle and the longest of several times. Null where there are fewer than
        /// two.</summary>
        public ReportSpread? Negotiate { get; }

        /// <summary>The shortest, the middle and the longest of several times. Null where there are fewer than
        /// two.</summary>
        public ReportSpread? Tls { get; }
    }

    /// <summary>A spread of times.</summary>
    public sealed class ReportSpread
    {
        internal ReportSpread(JsonMember json)
        {
            Count = json.Number("count");
            Least = json.Time("least");
            Median = json.Time("median");
            Most = json.Time("most");
        }

        /// <summary>How many times.</summary>
        public long Count { get; }

        /// <summary>The shortest.</summary>
        public TimeSpan Least { get; }

        /// <summary>The one in the middle.</summary>
        public TimeSpan Median { get; }

        /// <summary>The longest.</summary>
        public TimeSpan Most { get; }
    }
}
