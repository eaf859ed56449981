using System;
using System.Collections.Generic;
#if NETCOREAPP
using System.Text.Json;
using System.Text.Json.Serialization;
#endif

namespace RdpProbe
{
    /// <summary>All that a report says, as plain data: the members of its JSON (schema 1), and nothing that could
    /// change.</summary>
    /// <remarks>Words such as those of stages are as in the JSON, since later versions add some. Members that a report
    /// of another version lacks are null, zero or empty; what this class does not know is in <see cref="Json"/>.
    /// On .NET, <c>JsonSerializer</c> reads and writes it, also as a member of something else.</remarks>
#if NETCOREAPP
    [JsonConverter(typeof(ReportDetailsConverter))]
#endif
    public sealed class ReportDetails
    {
        private ReportDetails(string text, JsonMember json)
        {
            Json = text;
            Schema = json.Number("schema");
            Target = json.Object("target", member => new ReportTarget(member));
            Address = json.TextOrNull("address");
            Started = json.DateOrNull("started");
            ServerName = json.TextOrNull("server_name");
            Gateway = json.TextOrNull("gateway");
            Proxy = json.ObjectOrNull("proxy", member => new ReportProxy(member));
            Goal = json.Text("goal");
            ClientHello = json.ObjectOrNull("client_hello", member => new ReportClientHello(member));
            Ok = json.Flag("ok");
            Reached = json.TextOrNull("reached");
            Stage = json.Text("stage");
            End = json.Object("end", member => new ReportEnd(member));
            Request = json.Object("request", member => new ReportRequest(member));
            Negotiation = json.ObjectOrNull("negotiation", member => new ReportNegotiation(member));
            Flight = json.TextOrNull("flight");
            Tls = json.ObjectOrNull("tls", member => new ReportTls(member));
            Certificate = json.ObjectOrNull("certificate", member => new ReportCertificate(member));
            Nla = json.ObjectOrNull("nla", member => new ReportNla(member));
            Ntlm = json.ObjectOrNull("ntlm", member => new ReportNtlm(member));
            Timings = json.Object("timings_us", member => new ReportTimings(member));
            Windows = json.ObjectOrNull("windows", member => new ReportWindows(member));
            Causes = json.List("causes", member => new ReportCause(member));
            Attempts = json.List("attempts", member => new ReportAttempt(member));
            Looks = json.List("looks", member => new ReportLook(member));
            Spread = json.Object("spread_us", member => new ReportSpreads(member));
            Unmade = json.Texts("unmade");
        }

        /// <summary>Reads the JSON of a report: one of this program, or one that was kept.</summary>
        /// <exception cref="ArgumentNullException">There is none.</exception>
        /// <exception cref="FormatException">It is no JSON, is nested more than 64 deep, or is not that of a report of
        /// schema 1.</exception>
        public static ReportDetails Parse(string json)
        {
            var member = JsonMember.Parse(json ?? throw new ArgumentNullException(nameof(json)));
            if (member.NumberOrNull("schema") != 1)
            {
                throw new FormatException("This is no report of schema 1.");
            }
            return new ReportDetails(json, member);
        }

        /// <summary>The JSON that this was read from, as it was.</summary>
        public string Json { get; }

        /// <summary>The version of this schema.</summary>
        public long Schema { get; }

        /// <summary>What was asked for.</summary>
        public ReportTarget Target { get; }

        /// <summary>The target's address and port that answered. Null if none did, where the caller brought the
        /// connection along, and behind a proxy, which alone knows it.</summary>
        public string? Address { get; }

        /// <summary>When the probe began; certificates are judged by it. Null where no clock was given, or one that
        /// RFC 3339 cannot write.</summary>
        public DateTimeOffset? Started { get; }

        /// <summary>The name that TLS asks for (RFC 6066 section 3). Null where it asks for none.</summary>
        public string? ServerName { get; }

        /// <summary>A gateway that the target's .rdp file names and that was not followed. Null where there is
        /// none.</summary>
        public string? Gateway { get; }

        /// <summary>The proxy that the connection went through. Null for a direct one.</summary>
        public ReportProxy? Proxy { get; }

        /// <summary>How far the probe was to go: to the server's answer to the Connection Request; through the
        /// server's first flight of TLS in clear text, which finishes no handshake and proves no key; through the TLS
        /// handshake; through it to the server's NTLM challenge; to the proof that the server takes the credentials;
        /// to their delegation; or as far as the server's choice needs.</summary>
        public string Goal { get; }

        /// <summary>What the ClientHello was to be with the goal hello, where no TLS library sends one. Null with
        /// another goal.</summary>
        public ReportClientHello? ClientHello { get; }

        /// <summary>Whether the depth that was asked for was reached and the trust that was asked for
        /// holds.</summary>
        public bool Ok { get; }

        /// <summary>The deepest stage that was completed; with the goal hello, that of TLS is once the server's first
        /// flight was read. Null if none was.</summary>
        public string? Reached { get; }

        /// <summary>The stage in which the probe ended.</summary>
        public string Stage { get; }

        /// <summary>How that stage ended.</summary>
        public ReportEnd End { get; }

        /// <summary>The form of the Connection Request ([MS-RDPBCGR] 2.2.1.1), beside what it offers.</summary>
        public ReportRequest Request { get; }

        /// <summary>The X.224 Connection Request and its answer ([MS-RDPBCGR] 2.2.1.1 and 2.2.1.2). Null where it was
        /// not begun.</summary>
        public ReportNegotiation? Negotiation { get; }

        /// <summary>The first bytes, at most 64, that the server sent in answer to the ClientHello, in lower hex.
        /// Null where TLS was not begun, where its handshake was completed, and where nothing came.</summary>
        public string? Flight { get; }

        /// <summary>What the server chose in TLS, from a finished handshake or from its clear-text part. Null where
        /// it did not choose.</summary>
        public ReportTls? Tls { get; }

        /// <summary>The server's certificate, read and judged. Null where none was seen or it cannot be
        /// read.</summary>
        public ReportCertificate? Certificate { get; }

        /// <summary>What Network Level Authentication showed, where the goal lies in it. Null with another
        /// goal.</summary>
        public ReportNla? Nla { get; }

        /// <summary>What the server's NTLM challenge says of it; nobody has proven it. Null where no challenge
        /// came.</summary>
        public ReportNtlm? Ntlm { get; }

        /// <summary>How long each stage took. Null for a stage that did not begin.</summary>
        public ReportTimings Timings { get; }

        /// <summary>What the Windows client would show: a prediction, never a fact. Null where there is
        /// none.</summary>
        public ReportWindows? Windows { get; }

        /// <summary>The causes that fit, the most telling first. There is always at least one.</summary>
        public IReadOnlyList<ReportCause> Causes { get; }

        /// <summary>Every address that was tried or stood by, in the order of trying. Empty where the lookup gave
        /// none, and where the caller brought the connection along.</summary>
        public IReadOnlyList<ReportAttempt> Attempts { get; }

        /// <summary>Each connection of an examination, in order, with why it was made and what it ruled out. Empty
        /// where one connection was asked for.</summary>
        public IReadOnlyList<ReportLook> Looks { get; }

        /// <summary>The spread of the times of stages, over the connections of an examination that completed them at
        /// the first one's address. Each is null where there were fewer than two.</summary>
        public ReportSpreads Spread { get; }

        /// <summary>Experiments that could have told more, and that the limits kept from being made.</summary>
        public IReadOnlyList<string> Unmade { get; }
    }
#if NETCOREAPP

    /// <summary>Tells System.Text.Json, also that of .NET Core 3.1, which calls no constructors with parameters, how to
    /// read reports.</summary>
    internal sealed class ReportDetailsConverter : JsonConverter<ReportDetails>
    {
        public override ReportDetails Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
        {
            using var document = JsonDocument.ParseValue(ref reader);
            try
            {
                return ReportDetails.Parse(document.RootElement.GetRawText());
            }
            catch (FormatException error)
            {
                throw new JsonException(error.Message, error);
            }
        }

        public override void Write(Utf8JsonWriter writer, ReportDetails value, JsonSerializerOptions options)
        {
            using var document = JsonDocument.Parse(value.Json);
            document.RootElement.WriteTo(writer);
        }
    }
#endif
}
