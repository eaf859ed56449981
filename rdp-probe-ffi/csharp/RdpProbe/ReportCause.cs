using System.Collections.Generic;

namespace RdpProbe
{
    /// <summary>A cause that fits what was seen.</summary>
    public sealed class ReportCause
    {
        internal ReportCause(JsonMember json)
        {
            Code = json.Text("code");
            Confidence = json.Text("confidence");
            Who = json.Text("who");
            Headline = json.Text("headline");
            What = json.Text("what");
            Evidence = json.Texts("evidence");
            Candidates = json.List("candidates", member => new ReportCandidate(member));
            Remedies = json.List("remedies", member => new ReportRemedy(member));
            Proof = json.TextOrNull("proof");
            Sources = json.Texts("sources");
            SettledBy = json.Texts("settled_by");
            Rivals = json.Texts("rivals");
        }

        /// <summary>Its stable name. Causes are added, never renamed or removed: a reader takes names that are not in
        /// this list, too.</summary>
        public string Code { get; }

        /// <summary>How sure it is: certain if the evidence itself says so, likely for the best explanation, possible
        /// for one among several.</summary>
        public string Confidence { get; }

        /// <summary>Whose move it is: whoever typed the target, runs the server, runs what lies between, runs the
        /// client, or nobody.</summary>
        public string Who { get; }

        /// <summary>What happened, in one line.</summary>
        public string Headline { get; }

        /// <summary>What happened and what it means, in one to three sentences.</summary>
        public string What { get; }

        /// <summary>What speaks for it, in words.</summary>
        public IReadOnlyList<string> Evidence { get; }

        /// <summary>Faults that leave this same trace, most probable first. Empty where the trace is
        /// unambiguous.</summary>
        public IReadOnlyList<ReportCandidate> Candidates { get; }

        /// <summary>What to do, best first.</summary>
        public IReadOnlyList<ReportRemedy> Remedies { get; }

        /// <summary>The event or finding that would prove the cause. Null where none is known.</summary>
        public string? Proof { get; }

        /// <summary>Where the statement comes from.</summary>
        public IReadOnlyList<string> Sources { get; }

        /// <summary>Of several connections, the experiments that told it from what it looked like.</summary>
        public IReadOnlyList<string> SettledBy { get; }

        /// <summary>Codes of the causes that several connections could not tell it from; each stands in the list,
        /// too.</summary>
        public IReadOnlyList<string> Rivals { get; }
    }

    /// <summary>Something that may lie behind a cause.</summary>
    public sealed class ReportCandidate
    {
        internal ReportCandidate(JsonMember json)
        {
            What = json.Text("what");
            Confidence = json.Text("confidence");
            Proof = json.TextOrNull("proof");
            Cause = json.TextOrNull("cause");
            Known = json.Text("known");
        }

        /// <summary>The fault, in words.</summary>
        public string What { get; }

        /// <summary>How sure it is: certain if the evidence itself says so, likely for the best explanation, possible
        /// for one among several.</summary>
        public string Confidence { get; }

        /// <summary>What would prove it. Null where nothing is known to.</summary>
        public string? Proof { get; }

        /// <summary>The code of the cause of its own that this is, where there is one.</summary>
        public string? Cause { get; }

        /// <summary>How well the fault is known to leave this trace.</summary>
        public string Known { get; }
    }

    /// <summary>Something to do about a cause.</summary>
    public sealed class ReportRemedy
    {
        internal ReportRemedy(JsonMember json)
        {
            What = json.Text("what");
            Command = json.TextOrNull("command");
            Risk = json.TextOrNull("risk");
        }

        /// <summary>What to do, in words.</summary>
        public string What { get; }

        /// <summary>The exact command, its lines separated by line feeds. Null where there is none.</summary>
        public string? Command { get; }

        /// <summary>What it costs. Null where that is not known.</summary>
        public string? Risk { get; }
    }

    /// <summary>What the Windows client would show: a prediction, never a fact.</summary>
    public sealed class ReportWindows
    {
        internal ReportWindows(JsonMember json)
        {
            DisconnectReason = json.Text("disconnect_reason");
            ExtendedReason = json.TextOrNull("extended_reason");
            Confidence = json.Text("confidence");
            Note = json.TextOrNull("note");
            Source = json.TextOrNull("source");
            Also = json.Texts("also");
        }

        /// <summary>The first number, in hex.</summary>
        public string DisconnectReason { get; }

        /// <summary>The second number, in hex. Null where it is not known.</summary>
        public string? ExtendedReason { get; }

        /// <summary>How sure it is: certain if the evidence itself says so, likely for the best explanation, possible
        /// for one among several.</summary>
        public string Confidence { get; }

        /// <summary>Under which condition, or what it would show instead.</summary>
        public string? Note { get; }

        /// <summary>Where that is known from.</summary>
        public string? Source { get; }

        /// <summary>Codes of other causes that lead to the same number.</summary>
        public IReadOnlyList<string> Also { get; }
    }
}
