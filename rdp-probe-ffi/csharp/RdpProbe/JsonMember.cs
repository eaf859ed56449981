using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Runtime.Serialization.Json;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace RdpProbe
{
    /// <summary>A value in JSON, and its members by name.</summary>
    /// <remarks>.NET Standard has no System.Text.Json; what it has is a reader of JSON that speaks of elements: one for
    /// each member, whose attribute says of which type it is.</remarks>
    internal readonly struct JsonMember
    {
        private readonly XElement? element;

        private JsonMember(XElement? element) => this.element = element;

        // As deep as System.Text.Json goes, and as long as it likes.
        private static XmlDictionaryReaderQuotas Quotas
        {
            get
            {
                var quotas = new XmlDictionaryReaderQuotas();
                XmlDictionaryReaderQuotas.Max.CopyTo(quotas);
                quotas.MaxDepth = 64;
                return quotas;
            }
        }

        /// <exception cref="FormatException">It is no JSON, or nested more than 64 deep.</exception>
        internal static JsonMember Parse(string json)
        {
            try
            {
                using var reader = JsonReaderWriterFactory.CreateJsonReader(Encoding.UTF8.GetBytes(json),
                    Quotas);
                var root = XElement.Load(reader);
                return IsBlank(json.AsSpan(EndOf(json)))
                    ? new JsonMember(root)
                    : throw new FormatException("There is more behind this JSON.");
            }
            catch (Exception error) when (error is XmlException || error is InvalidOperationException)
            {
                // The second where there is nothing at all.
                throw new FormatException("This is no JSON: " + error.Message, error);
            }
        }

        /// <summary>Where the object ends that begins a text: the reader does not look at what is behind.</summary>
        private static int EndOf(string json)
        {
            var depth = 0;
            var inText = false;
            for (var i = 0; i < json.Length; i++)
            {
                switch (json[i])
                {
                    case '\\' when inText:
                        i++;
                        break;
                    case '"':
                        inText = !inText;
                        break;
                    case '{' when !inText:
                    case '[' when !inText:
                        depth++;
                        break;
                    case '}' when !inText && --depth == 0:
                    case ']' when !inText && --depth == 0:
                        return i + 1;
                }
            }
            return json.Length;
        }

        private static bool IsBlank(ReadOnlySpan<char> rest) => rest.Trim(" \t\r\n").IsEmpty;

        internal string? TextOrNull(string name) => Member(name)?.Value;

        internal string Text(string name) => TextOrNull(name) ?? "";

        internal long? NumberOrNull(string name) =>
            long.TryParse(TextOrNull(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                ? number
                : (long?)null;

        internal long Number(string name) => NumberOrNull(name) ?? 0;

        internal bool? FlagOrNull(string name) => TextOrNull(name) is string text ? text == "true" : (bool?)null;

        internal bool Flag(string name) => FlagOrNull(name) ?? false;

        /// <summary>From microseconds.</summary>
        internal TimeSpan? TimeOrNull(string name) =>
            NumberOrNull(name) is long microseconds ? Microseconds(microseconds) : (TimeSpan?)null;

        internal TimeSpan Time(string name) => TimeOrNull(name) ?? TimeSpan.Zero;

        /// <summary>As much of it as there are ticks for.</summary>
        internal static TimeSpan Microseconds(long microseconds) =>
            new TimeSpan(Math.Min(microseconds, long.MaxValue / 10) * 10);

        internal DateTimeOffset? DateOrNull(string name) =>
            DateTimeOffset.TryParse(TextOrNull(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
                out var date)
                ? date
                : (DateTimeOffset?)null;

        internal T Object<T>(string name, Func<JsonMember, T> read) => read(new JsonMember(Member(name)));

        internal T? ObjectOrNull<T>(string name, Func<JsonMember, T> read) where T : class =>
            Member(name) is XElement member ? read(new JsonMember(member)) : null;

        internal IReadOnlyList<T> List<T>(string name, Func<JsonMember, T> read) =>
            Items(name).Select(item => read(new JsonMember(item))).ToList().AsReadOnly();

        internal IReadOnlyList<string> Texts(string name) =>
            Items(name).Select(item => item.Value).ToList().AsReadOnly();

        private IEnumerable<XElement> Items(string name) => Member(name)?.Elements() ?? Enumerable.Empty<XElement>();

        /// <summary>Null also where it is the null of JSON.</summary>
        private XElement? Member(string name)
        {
            var member = element?.Element(name);
            return member?.Attribute("type")?.Value == "null" ? null : member;
        }
    }
}
