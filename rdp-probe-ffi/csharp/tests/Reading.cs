using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Text.Json;
using System.Threading.Tasks;

namespace RdpProbe.Tests
{
    /// <summary>Reports as text and data: JSON, Markdown, transcripts.</summary>
    internal static class Reading
    {
        internal static async Task Run()
        {
            using var examiner = new RdpProber(new ProbeOptions
            {
                Examination = new ExaminationLimits { Spacing = TimeSpan.FromMilliseconds(1) },
            });
            using var challenger = new RdpProber(new ProbeOptions { Goal = ProbeGoal.Challenge });
            using var listener = new RdpProber(new ProbeOptions { Goal = ProbeGoal.Hello });
            using var proxied = new RdpProber(new ProbeOptions { Proxy = "http://" + Program.At("nobody") });
            using var offered = new RdpProber(new ProbeOptions { Offer = RdpProtocols.Ssl, Cookie = "alice",
                PreconnectionId = 7, CorrelationId = Guid.Parse("01020304-0506-0708-090a-0b0b0b0b0c0c") });
            var reports = new[]
            {
                await examiner.ProbeAsync(Program.At("tls13-resets")),
                await challenger.ProbeAsync(Program.At("nla")),
                await listener.ProbeAsync(Program.At("tls12")),
                await proxied.ProbeAsync(Program.At("healthy")),
                await offered.ProbeAsync(Program.At("nla-required")),
            };
            Check.Same("tls13-not-tolerated", reports[0].CauseCode, "examination: finds what one connection does not");
            Check.That(reports[0].Details.Looks.Count > 1, "examination: its connections");
            Check.Same("0102030405060708090a0b0b0b0b0c0c", reports[4].Details.Request.CorrelationId,
                "options: the digits of an id in their order");
            foreach (var report in reports)
            {
                Json(report);
            }
            Unknown();
            Texts(reports[4]);
            await Replaying(reports[4]);
        }

        /// <summary>System.Text.Json makes the same of it as the library's reader, and every member of the JSON is a
        /// property.</summary>
        private static void Json(Report report)
        {
            var what = $"JSON of {report.CauseCode}";
            var read = JsonSerializer.Deserialize<ReportDetails>(report.Json);
            using var document = JsonDocument.Parse(report.Json);
            var differences = new List<string>();
            Compare(document.RootElement, read, "", differences);
            Check.That(differences.Count == 0, $"{what}: each member is read", string.Join("; ", differences));
            Check.Same(report.Json, JsonSerializer.Serialize(read, Plainly), $"{what}: is written as it was");

            var nested = JsonSerializer.Deserialize<Dictionary<string, ReportDetails[]>>(
                $"{{\"reports\": [ {report.Json}, {report.Json} ]}}");
            Check.Same(report.CauseCode, nested["reports"][1].Causes[0].Code, $"{what}: inside of something else");
        }

        // As the library writes: letters beyond ASCII as they are.
        private static readonly JsonSerializerOptions Plainly = new JsonSerializerOptions
        {
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };

        private static void Compare(JsonElement json, object? value, string path, List<string> differences)
        {
            switch (json.ValueKind)
            {
                case JsonValueKind.Object:
                    foreach (var member in json.EnumerateObject())
                    {
                        var property = value?.GetType().GetProperty(NameOf(member.Name),
                            BindingFlags.Public | BindingFlags.Instance);
                        if (property == null || property.CanWrite)
                        {
                            differences.Add($"{path}.{member.Name} is no property that is read alone");
                            continue;
                        }
                        Compare(member.Value, property.GetValue(value), $"{path}.{member.Name}", differences);
                    }
                    break;
                case JsonValueKind.Array:
                    var items = ((IEnumerable?)value)?.Cast<object>().ToArray() ?? new object[0];
                    if (items.Length != json.GetArrayLength())
                    {
                        differences.Add($"{path} has {items.Length} items");
                        break;
                    }
                    for (var i = 0; i < items.Length; i++)
                    {
                        Compare(json[i], items[i], $"{path}[{i}]", differences);
                    }
                    break;
                default:
                    if (!Says(json, value))
                    {
                        differences.Add($"{path} is {value ?? "null"}");
                    }
                    break;
            }
        }

        private static bool Says(JsonElement json, object? value) => value switch
        {
            null => json.ValueKind == JsonValueKind.Null,
            bool flag => flag == (json.ValueKind == JsonValueKind.True),
            long number => json.GetInt64() == number,
            TimeSpan time => json.GetInt64() == time.Ticks / 10,
            DateTimeOffset date => json.GetDateTimeOffset() == date,
            string text => json.GetString() == text,
            _ => false,
        };

        private static string NameOf(string member)
        {
            var name = member switch
            {
                "timings_us" => "timings",
                "spread_us" => "spread",
                "started_us" => "started_after",
                "elapsed_us" => "elapsed",
                "cve_2018_0886_update" => "has_cve_2018_0886_update",
                _ => member,
            };
            return string.Concat(name.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word.Substring(1)));
        }

        /// <summary>What other versions may write.</summary>
        private static void Unknown()
        {
            var bare = ReportDetails.Parse("{\"schema\": 1, \"new\": {\"a\": [1, null]}, \"end\": {\"kind\": \"other\"}}");
            Check.Same("other", bare.End.Kind, "JSON of another version: new words");
            Check.That(bare.Causes.Count == 0 && bare.Certificate == null && bare.Target.Host == "",
                "JSON of another version: members that are missing");
            var odd = ReportDetails.Parse("{\"schema\":1,\"address\":\"\\u0001 \\ud83d\\ude00 \\\" \\\\ \\u0000 ü\"}");
            Check.Same("\u0001 \U0001F600 \" \\ \0 ü", odd.Address, "JSON: odd letters");
            foreach (var wrong in new[] { "", "[]", "{", "{\"schema\": 2}", "null", "\"x\"", "{\"schema\":1} x",
                "{\"schema\":1}{}", "{\"schema\":1}]", "{\"schema\":1},", Deep(70), Deep(100_000) })
            {
                var first = Caught(() => ReportDetails.Parse(wrong));
                Check.That(first is FormatException, $"JSON that is none, by the library: {Short(wrong)}", first);
                var second = Caught(() => JsonSerializer.Deserialize<ReportDetails>(wrong));
                Check.That(second is JsonException || wrong == "null" && second == null,
                    $"JSON that is none, by System.Text.Json: {Short(wrong)}", second);
            }
            Check.Same(1L, ReportDetails.Parse(Deep(60)).Schema, "JSON: not too deep");
            Check.Same(1L, ReportDetails.Parse("{\"schema\":1} \r\n").Schema, "JSON: an end of a line behind it");
        }

        private static string Deep(int arrays) =>
            $"{{\"schema\":1,\"new\":{new string('[', arrays)}{new string(']', arrays)}}}";

        private static string Short(string json) => json.Substring(0, Math.Min(json.Length, 40));

        private static Exception? Caught(Action action)
        {
            try
            {
                action();
                return null;
            }
            catch (Exception error)
            {
                return error;
            }
        }

        private static void Texts(Report report)
        {
            Check.That(report.Text.Contains(report.Headline), "text: has the headline", report.Text);
            Check.That(report.Markdown.Contains(report.Headline) && report.Markdown != report.Text,
                "Markdown: has the headline", report.Markdown);
            Check.Same($"{report.Target}: {report.Headline}", report.ToString(), "text: in a line");
            using var redacted = report.Redacted();
            Check.That(report.Json.Contains("alice") && !redacted.Json.Contains("alice"), "redacted: no names",
                redacted.Json);
            Check.Same(report.CauseCode, redacted.CauseCode, "redacted: the same cause");
        }

        private static async Task Replaying(Report report)
        {
            using var replayed = Report.Replay(report.Transcript);
            Check.Same(report.CauseCode, replayed.CauseCode, "replay: the same cause");
            Check.Same(report.Transcript, replayed.Transcript, "replay: the same transcript");
            using var bytes = Report.Replay(System.Text.Encoding.UTF8.GetBytes(report.Transcript));
            Check.Same(report.EndCode, bytes.EndCode, "replay: the same number");
            await Check.Throws<ArgumentException>(() => Report.Replay("no transcript"), "replay: something else");
            await Check.Throws<ArgumentException>(() => Report.Replay(new byte[] { 0xff, 0xfe }), "replay: no UTF-8");
            await Check.Throws<ArgumentNullException>(() => Report.Replay((string)null!), "replay: nothing");
        }
    }
}
