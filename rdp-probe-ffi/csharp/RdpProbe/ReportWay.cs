using System;
using System.Collections.Generic;

namespace RdpProbe
{
    /// <summary>What was asked for.</summary>
    public sealed class ReportTarget
    {
        internal ReportTarget(JsonMember json)
        {
            Host = json.Text("host");
            Port = json.Number("port");
        }

        /// <summary>The name or address, as it was given, without brackets.</summary>
        public string Host { get; }

        /// <summary>The TCP port.</summary>
        public long Port { get; }
    }

    /// <summary>The proxy that the connection went through.</summary>
    public sealed class ReportProxy
    {
        internal ReportProxy(JsonMember json)
        {
            Kind = json.Text("kind");
            Host = json.Text("host");
            Port = json.Number("port");
            Address = json.TextOrNull("address");
            End = json.Object("end", member => new ReportEnd(member));
            Raw = json.TextOrNull("raw");
            Timings = json.Object("timings_us", member => new ReportProxyTimings(member));
        }

        /// <summary>What kind of proxy. Kinds are added.</summary>
        public string Kind { get; }

        /// <summary>Where it is: a name, or an address without brackets.</summary>
        public string Host { get; }

        /// <summary>Its TCP port.</summary>
        public long Port { get; }

        /// <summary>The address and port of the proxy that answered. Null if none did.</summary>
        public string? Address { get; }

        /// <summary>How a stage ended.</summary>
        public ReportEnd End { get; }

        /// <summary>The first bytes that it sent, at most 512, in hex; x in place of a user name or password that it
        /// repeats. Null if it sent none.</summary>
        public string? Raw { get; }

        /// <summary>How long each step of the way took; null where it was not begun.</summary>
        public ReportProxyTimings Timings { get; }
    }

    /// <summary>How long each step of the way through a proxy took.</summary>
    public sealed class ReportProxyTimings
    {
        internal ReportProxyTimings(JsonMember json)
        {
            Resolve = json.TimeOrNull("resolve");
            Connect = json.TimeOrNull("connect");
            Exchange = json.TimeOrNull("exchange");
        }

        /// <summary>The lookup of its name. Null also where it is an address.</summary>
        public TimeSpan? Resolve { get; }

        /// <summary>From the first connection attempt to the connection, or to the last failure.</summary>
        public TimeSpan? Connect { get; }

        /// <summary>From the first byte sent to it to the end of its answer, or of waiting for one.</summary>
        public TimeSpan? Exchange { get; }
    }

    /// <summary>What the Connection Request said beside its offer.</summary>
    public sealed class ReportRequest
    {
        internal ReportRequest(JsonMember json)
        {
            Negotiates = json.Flag("negotiates");
            Cookie = json.TextOrNull("cookie");
            RoutingToken = json.TextOrNull("routing_token");
            RestrictedAdmin = json.Flag("restricted_admin");
            RedirectedAuthentication = json.Flag("redirected_authentication");
            CorrelationId = json.TextOrNull("correlation_id");
            PreconnectionId = json.NumberOrNull("preconnection_id");
            PreconnectionBlob = json.TextOrNull("preconnection_blob");
        }

        /// <summary>Whether it carries negotiation data, and so an offer.</summary>
        public bool Negotiates { get; }

        /// <summary>The name in the cookie mstshash.</summary>
        public string? Cookie { get; }

        /// <summary>The routing token, as it travels, without its line end.</summary>
        public string? RoutingToken { get; }

        /// <summary>Whether restricted admin mode was asked for.</summary>
        public bool RestrictedAdmin { get; }

        /// <summary>Whether redirected authentication was asked for.</summary>
        public bool RedirectedAuthentication { get; }

        /// <summary>The correlation id, 16 bytes in hex.</summary>
        public string? CorrelationId { get; }

        /// <summary>The id in the pre-connection PDU ([MS-RDPEPS] 2.2.1). Null where none was sent.</summary>
        public long? PreconnectionId { get; }

        /// <summary>The pre-connection blob.</summary>
        public string? PreconnectionBlob { get; }
    }

    /// <summary>The X.224 Connection Request and its answer.</summary>
    public sealed class ReportNegotiation
    {
        internal ReportNegotiation(JsonMember json)
        {
            Offered = json.Texts("offered");
            OfferedCode = json.Number("offered_code");
            Selected = json.TextOrNull("selected");
            SelectedCode = json.NumberOrNull("selected_code");
            Flags = json.NumberOrNull("flags");
            Failure = json.ObjectOrNull("failure", member => new ReportRefusal(member));
            Raw = json.TextOrNull("raw");
        }

        /// <summary>The protocols that the request offered, by name.</summary>
        public IReadOnlyList<string> Offered { get; }

        /// <summary>The bits of requestedProtocols, as they travelled.</summary>
        public long OfferedCode { get; }

        /// <summary>The protocol that the server chose; rdp also for a confirm without negotiation data. Null where
        /// it chose none, or one without a name.</summary>
        public string? Selected { get; }

        /// <summary>The same as the number that travels (selectedProtocol).</summary>
        public long? SelectedCode { get; }

        /// <summary>The flags of the answer, unknown bits included. Null where it has none.</summary>
        public long? Flags { get; }

        /// <summary>The Negotiation Failure, if the answer is one.</summary>
        public ReportRefusal? Failure { get; }

        /// <summary>The bytes received, in lower hex. Null if there were none.</summary>
        public string? Raw { get; }
    }

    /// <summary>The refusal of an offer.</summary>
    public sealed class ReportRefusal
    {
        internal ReportRefusal(JsonMember json)
        {
            Code = json.Number("code");
            Symbol = json.TextOrNull("symbol");
        }

        /// <summary>The failure code, known or not.</summary>
        public long Code { get; }

        /// <summary>Its name in [MS-RDPBCGR] 2.2.1.2.2. Null for a code that is not there.</summary>
        public string? Symbol { get; }
    }

    /// <summary>How a stage ended.</summary>
    public sealed class ReportEnd
    {
        internal ReportEnd(JsonMember json)
        {
            Kind = json.Text("kind");
            Code = json.NumberOrNull("code");
            Symbol = json.TextOrNull("symbol");
            Detail = json.TextOrNull("detail");
        }

        /// <summary>complete: it did what it is for. fin: the peer closed. reset: the connection was reset. timeout:
        /// the time was over. alert: a fatal TLS alert. refusal: a Negotiation Failure. denied: a message that ends
        /// the connection. untrusted: the trust that was asked for does not hold. malformed: what came is not what
        /// the protocol says. os: the operating system failed the call. proxy-refusal: a proxy on the way refused.
        /// rejected: the server refuses in a TSRequest. unauthorized: the Early User Authorization Result is no
        /// success. security: the client's own security package failed. kdc-refusal: a key distribution centre
        /// refuses.</summary>
        public string Kind { get; }

        /// <summary>The number that came with it: of the alert, the Negotiation Failure, the reason of the denial,
        /// the operating system's error, the proxy's reply or status, the errorCode of the TSRequest, the Early User
        /// Authorization Result, the status of the security package, the KRB-ERROR.</summary>
        public long? Code { get; }

        /// <summary>The name of that number; of the check that failed for untrusted, of the fault for malformed, of
        /// the kind of failure for security.</summary>
        public string? Symbol { get; }

        /// <summary>The other protocol that answered, where its first bytes are known.</summary>
        public string? Detail { get; }
    }

    /// <summary>How long each stage took.</summary>
    public sealed class ReportTimings
    {
        internal ReportTimings(JsonMember json)
        {
            Resolve = json.TimeOrNull("resolve");
            Connect = json.TimeOrNull("connect");
            Proxy = json.TimeOrNull("proxy");
            Negotiate = json.TimeOrNull("negotiate");
            Tls = json.TimeOrNull("tls");
            Kerberos = json.TimeOrNull("kerberos");
            Nla = json.TimeOrNull("nla");
            Total = json.Time("total");
        }

        /// <summary>The lookup of the name. Null also where the target is an address.</summary>
        public TimeSpan? Resolve { get; }

        /// <summary>From the first connection attempt to the connection, or to the last failure.</summary>
        public TimeSpan? Connect { get; }

        /// <summary>From the lookup of the proxy's name to its answer. Null without a proxy.</summary>
        public TimeSpan? Proxy { get; }

        /// <summary>From the Connection Request to its answer, or to the end of waiting for one.</summary>
        public TimeSpan? Negotiate { get; }

        /// <summary>The TLS handshake; with the goal hello, as far as the server's first flight.</summary>
        public TimeSpan? Tls { get; }

        /// <summary>The talk with a key distribution centre, all of it. Null where there was none.</summary>
        public TimeSpan? Kerberos { get; }

        /// <summary>Network Level Authentication, the talk with a key distribution centre included.</summary>
        public TimeSpan? Nla { get; }

        /// <summary>From the start of the probe to the end of its last stage.</summary>
        public TimeSpan Total { get; }
    }
}
