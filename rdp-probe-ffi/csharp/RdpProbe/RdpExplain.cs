using System;

namespace RdpProbe
{
    /// <summary>What the library knows of a number, a symbol, an event or a claim.</summary>
    public sealed class Explanation
    {
        internal Explanation(ExplanationHandle handle)
        {
            Found = Native.rdp_probe_explanation_found(handle) != 0;
            Text = handle.Borrow(() => Native.rdp_probe_explanation_text(handle).ToString());
            Json = handle.Borrow(() => Native.rdp_probe_explanation_json(handle).ToString());
        }

        /// <summary>Whether it knows anything.</summary>
        public bool Found { get; }

        /// <summary>The explanation for people; what comes closest, where nothing was found.</summary>
        public string Text { get; }

        /// <summary>The same for programs.</summary>
        public string Json { get; }

        /// <summary>The explanation for people.</summary>
        public override string ToString() => Text;
    }

    /// <summary>Explains what Windows clients show.</summary>
    public static class RdpExplain
    {
        /// <summary>Looks a number (<c>0x904</c>), a pair (<c>0x904/0x7</c>), a symbol, an event or a claim up. It asks
        /// no network, and any thread may call it.</summary>
        /// <exception cref="ArgumentException">The text cannot be used, such as one with a NUL inside.</exception>
        public static Explanation Explain(string query)
        {
            RdpProbeLibrary.Demand();
            var status = Native.rdp_probe_explain(Native.Utf8(query, nameof(query)), out var handle);
            using (handle)
            {
                RdpProbeLibrary.Check(status, nameof(query));
                return new Explanation(handle);
            }
        }
    }
}
