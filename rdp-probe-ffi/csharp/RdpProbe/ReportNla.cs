using System.Collections.Generic;

namespace RdpProbe
{
    /// <summary>What Network Level Authentication showed.</summary>
    public sealed class ReportNla
    {
        internal ReportNla(JsonMember json)
        {
            Depth = json.Text("depth");
            Result = json.TextOrNull("result");
            Status = json.ObjectOrNull("status", member => new ReportStatus(member));
            Package = json.TextOrNull("package");
            Spnego = json.FlagOrNull("spnego");
            WhyNotOther = json.Text("why_not_other");
            Mechanisms = json.Texts("mechanisms");
            CredsspVersion = json.NumberOrNull("credssp_version");
            HasCve20180886Update = json.FlagOrNull("cve_2018_0886_update");
        }

        /// <summary>How far it was to go: to the challenge (no credentials), to the proof of the password, or to its
        /// delegation.</summary>
        public string Depth { get; }

        /// <summary>What became of the credentials. not-verifiable: the server chose a protocol that asks for none,
        /// so nothing is known of them. Null with the depth challenge, which has none.</summary>
        public string? Result { get; }

        /// <summary>The number that the server, or a key distribution centre, refuses with. Null where nobody
        /// refused.</summary>
        public ReportStatus? Status { get; }

        /// <summary>The security package that was spoken. Null where it ended before any was.</summary>
        public string? Package { get; }

        /// <summary>Whether its messages were wrapped in SPNEGO. Null where it ended before any package was
        /// spoken.</summary>
        public bool? Spnego { get; }

        /// <summary>Why the other package was not used, in words.</summary>
        public string WhyNotOther { get; }

        /// <summary>The security packages that the server has named in SPNEGO. Empty where none was named: bare NTLM
        /// names none.</summary>
        public IReadOnlyList<string> Mechanisms { get; }

        /// <summary>The version of CredSSP that the server speaks. Null where it said none.</summary>
        public long? CredsspVersion { get; }

        /// <summary>Whether that is a version with the update for CVE-2018-0886 (5 and later). Null where it does not
        /// exist, or changes.</summary>
        public bool? HasCve20180886Update { get; }
    }

    /// <summary>The number of a refusal.</summary>
    public sealed class ReportStatus
    {
        internal ReportStatus(JsonMember json)
        {
            Code = json.Number("code");
            Hex = json.Text("hex");
            Symbol = json.TextOrNull("symbol");
        }

        /// <summary>The number.</summary>
        public long Code { get; }

        /// <summary>The number in hex.</summary>
        public string Hex { get; }

        /// <summary>Its published name. Null for one that has none.</summary>
        public string? Symbol { get; }
    }

    /// <summary>What the server's NTLM challenge says of it; nobody has proven it.</summary>
    public sealed class ReportNtlm
    {
        internal ReportNtlm(JsonMember json)
        {
            TargetName = json.TextOrNull("target_name");
            NetbiosComputer = json.TextOrNull("netbios_computer");
            NetbiosDomain = json.TextOrNull("netbios_domain");
            DnsComputer = json.TextOrNull("dns_computer");
            DnsDomain = json.TextOrNull("dns_domain");
            DnsForest = json.TextOrNull("dns_forest");
            Version = json.TextOrNull("version");
            Build = json.NumberOrNull("build");
            Time = json.TextOrNull("time");
            ClockSkewS = json.NumberOrNull("clock_skew_s");
            Flags = json.Text("flags");
            Flaw = json.TextOrNull("flaw");
        }

        /// <summary>The name that the server authenticates for: of its domain, or its own. Null where it says
        /// none.</summary>
        public string? TargetName { get; }

        /// <summary>The computer's NetBIOS name. Null where it says none.</summary>
        public string? NetbiosComputer { get; }

        /// <summary>The NetBIOS name of its domain. Null where it says none.</summary>
        public string? NetbiosDomain { get; }

        /// <summary>The computer's DNS name. Null where it says none.</summary>
        public string? DnsComputer { get; }

        /// <summary>The DNS name of its domain. Null where it says none.</summary>
        public string? DnsDomain { get; }

        /// <summary>The DNS name of its forest. Null where it says none.</summary>
        public string? DnsForest { get; }

        /// <summary>The operating system's version, as the server has it: major, minor, build.</summary>
        public string? Version { get; }

        /// <summary>The build in it.</summary>
        public long? Build { get; }

        /// <summary>The server's clock when it wrote the challenge (RFC 3339, UTC).</summary>
        public string? Time { get; }

        /// <summary>That clock against ours, in seconds: above zero where it is ahead.</summary>
        public long? ClockSkewS { get; }

        /// <summary>The flags that the server chose ([MS-NLMP] 2.2.2.5).</summary>
        public string Flags { get; }

        /// <summary>What is wrong with the challenge, in words. Null where nothing is.</summary>
        public string? Flaw { get; }
    }
}
