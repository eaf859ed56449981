using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading;

namespace RdpProbe
{
    /// <summary>What the Windows client would show: a prediction, never a fact.</summary>
    public sealed class WindowsPrediction
    {
        internal WindowsPrediction(uint reason, uint extended, uint confidence)
        {
            DisconnectReason = reason;
            ExtendedReason = extended == uint.MaxValue ? (uint?)null : extended;
            Confidence = (Confidence)confidence;
        }

        /// <summary>The first number, such as 0x904.</summary>
        public uint DisconnectReason { get; }

        /// <summary>The second number; null where it is not known.</summary>
        public uint? ExtendedReason { get; }

        /// <summary>How sure it is.</summary>
        public Confidence Confidence { get; }
    }

    /// <summary>What a probe of a target showed, and what follows from it. It does not change, and any number of threads
    /// may read it.</summary>
    /// <remarks>What it is made of lies in native memory until it is collected. A program with very many reports disposes
    /// of each when it is done with it. What is long has to be read before, and stays then: <see cref="Json"/>,
    /// <see cref="Details"/> and <see cref="Causes"/>, which are made of it, <see cref="Text"/>, <see cref="Markdown"/> and
    /// <see cref="Transcript"/>. <see cref="GetCertificate"/>, <see cref="GetCertificateBytes"/> and
    /// <see cref="Redacted"/> are to be had before alone. They all throw <see cref="ObjectDisposedException"/> behind it.
    /// All else stays.</remarks>
    public sealed class Report : IDisposable
    {
        private readonly ReportHandle handle;
        private readonly Lazy<string> json, text, markdown, transcript;
        private readonly Lazy<ReportDetails> details;
        private readonly IReadOnlyDictionary<ProbeStage, TimeSpan> times;

        private static readonly ProbeStage[] Stages = (ProbeStage[])Enum.GetValues(typeof(ProbeStage));

        internal Report(ReportHandle handle)
        {
            this.handle = handle;
            Target = Copy(Native.rdp_probe_report_target);
            IsOk = Native.rdp_probe_report_ok(handle) != 0;
            Stage = (ProbeStage)Native.rdp_probe_report_stage(handle);
            End = (ProbeEnd)Native.rdp_probe_report_end(handle);
            EndCode = Native.rdp_probe_report_end_code(handle, out var code) != 0 ? code : (long?)null;
            var symbol = Copy(Native.rdp_probe_report_end_symbol);
            EndSymbol = symbol.Length == 0 ? null : symbol;
            TotalTime = Microseconds(Native.rdp_probe_report_total_us(handle));
            SelectedProtocol = Native.rdp_probe_report_selected(handle, out var protocol) != 0
                ? (RdpProtocols)protocol
                : (RdpProtocols?)null;
            Windows = Native.rdp_probe_report_windows(handle, out var reason, out var extended, out var sure) != 0
                ? new WindowsPrediction(reason, extended, sure)
                : null;
            Nla = (NlaResult)Native.rdp_probe_report_nla(handle);
            CauseCode = Copy(report => Native.rdp_probe_report_cause_code(report, UIntPtr.Zero));
            Headline = Copy(report => Native.rdp_probe_report_cause_headline(report, UIntPtr.Zero));
            Confidence = (Confidence)Native.rdp_probe_report_cause_confidence(handle, UIntPtr.Zero);
            Advice = Copy(report => Native.rdp_probe_report_cause_advice(report, UIntPtr.Zero));
            TlsVersion = Native.rdp_probe_report_tls_version(handle) is uint version && version != 0
                ? (int)version
                : (int?)null;
            if (Native.rdp_probe_report_certificate_validity(handle, out var notBefore, out var notAfter) != 0)
            {
                CertificateSubject = Copy(Native.rdp_probe_report_certificate_subject);
                CertificateSha1 = Hex(handle.Borrow(() => Native.rdp_probe_report_certificate_sha1(handle).ToArray()));
                CertificateNotBefore = Moment(notBefore);
                CertificateNotAfter = Moment(notAfter);
            }
            times = Stages.ToDictionary(stage => stage, TimeIn);
            json = Later(Native.rdp_probe_report_json);
            text = Later(Native.rdp_probe_report_text);
            markdown = Later(Native.rdp_probe_report_markdown);
            transcript = Later(Native.rdp_probe_report_transcript);
            details = new Lazy<ReportDetails>(() => ReportDetails.Parse(Json), LazyThreadSafetyMode.PublicationOnly);
        }

        /// <summary>What was probed: host and port.</summary>
        public string Target { get; }

        /// <summary>Whether the goal was reached and the trust that was asked for holds.</summary>
        public bool IsOk { get; }

        /// <summary>The stage in which the probe ended.</summary>
        public ProbeStage Stage { get; }

        /// <summary>How that stage ended.</summary>
        public ProbeEnd End { get; }

        /// <summary>The number that came with the end: an alert, a failure code, an NTSTATUS, an error of the operating
        /// system. Null if it has none.</summary>
        public long? EndCode { get; }

        /// <summary>The name of that number. Null where there is none.</summary>
        public string? EndSymbol { get; }

        /// <summary>From the start of the probe to the end of its last stage.</summary>
        public TimeSpan TotalTime { get; }

        /// <summary>The protocol that the server chose; null if it chose none.</summary>
        public RdpProtocols? SelectedProtocol { get; }

        /// <summary>What the Windows client would show; null where nothing can be foretold.</summary>
        public WindowsPrediction? Windows { get; }

        /// <summary>What became of the credentials.</summary>
        public NlaResult Nla { get; }

        /// <summary>The most telling cause, by its stable name, such as <c>nla-required</c>; <c>no-fault-found</c> where
        /// nothing is wrong.</summary>
        public string CauseCode { get; }

        /// <summary>That cause in one line.</summary>
        public string Headline { get; }

        /// <summary>How sure that cause is.</summary>
        public Confidence Confidence { get; }

        /// <summary>What to do about that cause, best first: a line for each thing, with its command behind it.</summary>
        public string Advice { get; }

        /// <summary>The version of TLS that the server chose, as it travels: 0x0303 is TLS 1.2, 0x0304 TLS 1.3. Null if it
        /// did not come to that.</summary>
        public int? TlsVersion { get; }

        /// <summary>Whose certificate the server showed, <c>CN=ts01.example</c>. Null if none was seen that can be
        /// read, as with all that is said of it here.</summary>
        public string? CertificateSubject { get; }

        /// <summary>Its thumbprint as Windows shows it, SHA-1: 40 digits of lower hex, as in the JSON.</summary>
        public string? CertificateSha1 { get; }

        /// <summary>From when it is valid. Null also where .NET has no such time.</summary>
        public DateTimeOffset? CertificateNotBefore { get; }

        /// <summary>Until when it is valid. Null also where .NET has no such time.</summary>
        public DateTimeOffset? CertificateNotAfter { get; }

        /// <summary>All causes that fit, the most telling first, with what speaks for them and what to do.</summary>
        public IReadOnlyList<ReportCause> Causes => Details.Causes;

        /// <summary>Everything there is, as plain data that can be kept.</summary>
        public ReportDetails Details => details.Value;

        /// <summary>The report as JSON, schema 1.</summary>
        /// <exception cref="ObjectDisposedException">It is read for the first time after <see cref="Dispose"/>, as with
        /// everything that is long.</exception>
        public string Json => json.Value;

        /// <summary>The report for people.</summary>
        public string Text => text.Value;

        /// <summary>The report as Markdown, for tickets.</summary>
        public string Markdown => markdown.Value;

        /// <summary>The connection as text that <see cref="Replay(string)"/> takes. No secrets are in it.</summary>
        public string Transcript => transcript.Value;

        /// <summary>How long a stage took; zero if it was not begun.</summary>
        public TimeSpan TimeOf(ProbeStage stage) => times.TryGetValue(stage, out var time) ? time : TimeSpan.Zero;

        /// <summary>The server's certificate as DER, a copy; null if none was seen.</summary>
        /// <exception cref="ObjectDisposedException">After <see cref="Dispose"/>.</exception>
        public byte[]? GetCertificateBytes()
        {
            var certificate = handle.Borrow(() => Native.rdp_probe_report_certificate(handle).ToArray());
            return certificate.Length == 0 ? null : certificate;
        }

        /// <summary>The server's certificate, the caller's to dispose of; null if none was seen.</summary>
        /// <exception cref="System.Security.Cryptography.CryptographicException">.NET cannot read it; the report may
        /// still have what is wrong with it.</exception>
        /// <exception cref="ObjectDisposedException">After <see cref="Dispose"/>.</exception>
        public X509Certificate2? GetCertificate() =>
            GetCertificateBytes() is byte[] certificate ? new X509Certificate2(certificate) : null;

        /// <summary>The same report with names, addresses and what certificates can be found by masked: for posting in
        /// public.</summary>
        /// <exception cref="ObjectDisposedException">After <see cref="Dispose"/>.</exception>
        public Report Redacted()
        {
            handle.Demand();
            var status = Native.rdp_probe_report_redacted(handle, out var redacted);
            return Made(status, redacted, "report");
        }

        /// <summary>Diagnoses what a transcript holds, with what this version of the library knows. No network is
        /// asked.</summary>
        /// <exception cref="ArgumentException">It is no transcript; the message says at which line.</exception>
        public static Report Replay(string transcript) =>
            Replay(Encoding.UTF8.GetBytes(transcript ?? throw new ArgumentNullException(nameof(transcript))));

        /// <summary>Diagnoses what the bytes of a transcript, such as those of a file, hold.</summary>
        /// <exception cref="ArgumentException">It is no transcript; the message says at which line.</exception>
        public static Report Replay(byte[] transcript)
        {
            if (transcript == null)
            {
                throw new ArgumentNullException(nameof(transcript));
            }
            RdpProbeLibrary.Demand();
            var length = new UIntPtr((uint)transcript.Length);
            var status = Native.rdp_probe_report_replay(transcript, length, out var report);
            return Made(status, report, nameof(transcript));
        }

        /// <summary>Gives the native memory back.</summary>
        public void Dispose() => handle.Dispose();

        /// <summary>The target and the headline.</summary>
        public override string ToString() => $"{Target}: {Headline}";

        /// <summary>What a call gave, or why it did not. To be called before another native call.</summary>
        internal static Report Made(uint status, ReportHandle report, string parameter)
        {
            if (status != Native.Ok)
            {
                report.Dispose();
                throw Native.Failure(status, parameter);
            }
            return new Report(report);
        }

        private static TimeSpan Microseconds(ulong microseconds) =>
            JsonMember.Microseconds((long)Math.Min(microseconds, long.MaxValue));

        private TimeSpan TimeIn(ProbeStage stage) =>
            Microseconds(Native.rdp_probe_report_stage_us(handle, (uint)stage));

        private static DateTimeOffset? Moment(long seconds) =>
            seconds < DateTimeOffset.MinValue.ToUnixTimeSeconds() || seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds()
                ? (DateTimeOffset?)null
                : DateTimeOffset.FromUnixTimeSeconds(seconds);

        private static string Hex(byte[] bytes) => string.Concat(bytes.Select(one => one.ToString("x2")));

        private string Copy(Func<ReportHandle, NativeBytes> get) => handle.Borrow(() => get(handle).ToString());

        private Lazy<string> Later(Func<ReportHandle, NativeBytes> get) =>
            new Lazy<string>(() => Copy(get), LazyThreadSafetyMode.PublicationOnly);
    }
}
