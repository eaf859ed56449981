// The C ABI of librdp_probe (include/rdp_probe.h), name by name. This file and Handles.cs keep to the C# that Mono's
// compiler reads as well (no nullable annotations, no local functions), so that they can be tested there too.
// interop/csharp compares names, numbers and types with those of the header.

using System;
using System.Diagnostics.CodeAnalysis;
using System.IO;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

#if !NETSTANDARD && !NETCOREAPP
namespace System.Diagnostics.CodeAnalysis
{
    /// <summary>Mono has none. Null may be given.</summary>
    [AttributeUsage(AttributeTargets.Parameter)]
    internal sealed class AllowNullAttribute : Attribute
    {
    }
}

#endif
namespace RdpProbe
{
    /// <summary>Text of the library: UTF-8, not ended by a NUL, and its owner's.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct NativeBytes
    {
        internal IntPtr Pointer;
        internal UIntPtr Length;

        /// <summary>A copy, which outlives the owner.</summary>
        internal byte[] ToArray()
        {
            var copy = new byte[checked((int)Length.ToUInt64())];
            if (copy.Length > 0)
            {
                Marshal.Copy(Pointer, copy, 0, copy.Length);
            }
            return copy;
        }

        public override string ToString()
        {
            return Encoding.UTF8.GetString(ToArray());
        }
    }

    /// <summary>Text that cannot go to the library: callers see an <see cref="ArgumentException"/>.</summary>
    internal sealed class UnreadableTextException : ArgumentException
    {
        internal readonly string Reason;

        internal UnreadableTextException(string reason, string parameter) : base(reason, parameter)
        {
            Reason = reason;
        }
    }

    /// <summary>The functions, as they are: no check, no exception. Flags are 0 or 1.</summary>
    internal static class Native
    {
        private const string Library = "rdp_probe";
        private const CallingConvention C = CallingConvention.Cdecl;

        /// <summary>The number of the C ABI that this file is written for.</summary>
        internal const uint Abi = 1;

        internal const uint Ok = 0, InvalidArgument = 1, InvalidTarget = 2, InvalidOptions = 3, InvalidInput = 4,
            Unsupported = 5, Cancelled = 6, NotReached = 7, Timeout = 8, Closed = 9, Io = 10, InCallback = 11,
            System = 12, Panic = 13;

        internal const uint KnownNothing = 1, KnownCertificate = 2, KnownUnavailable = 3;

        internal const uint Forever = uint.MaxValue;

        [UnmanagedFunctionPointer(C)]
        internal delegate void LogCallback(IntPtr user, uint level, NativeBytes target, NativeBytes message);

        [UnmanagedFunctionPointer(C)]
        internal delegate uint KnownGet(IntPtr user, IntPtr target, IntPtr buffer, UIntPtr capacity, IntPtr length);

        [UnmanagedFunctionPointer(C)]
        internal delegate uint KnownPut(IntPtr user, IntPtr target, IntPtr certificate, UIntPtr certificateLength,
            IntPtr buffer, UIntPtr capacity, IntPtr length);

        [UnmanagedFunctionPointer(C)]
        internal delegate void Done(IntPtr user, UIntPtr index, uint status, IntPtr report);

        [UnmanagedFunctionPointer(C)]
        internal delegate void Opened(IntPtr user, uint status, IntPtr connection, IntPtr report);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_abi();

        [DllImport(Library, CallingConvention = C)]
        internal static extern NativeBytes rdp_probe_version();

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_features();

        [DllImport(Library, CallingConvention = C)]
        internal static extern NativeBytes rdp_probe_last_error();

        [DllImport(Library, CallingConvention = C)]
        internal static extern long rdp_probe_last_error_code();

        [DllImport(Library, CallingConvention = C)]
        internal static extern NativeBytes rdp_probe_status_text(uint status);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_log(uint level, LogCallback callback, IntPtr user);

        [DllImport(Library, CallingConvention = C)]
        internal static extern OptionsHandle rdp_probe_options_new();

        [DllImport(Library, CallingConvention = C)]
        internal static extern void rdp_probe_options_free(IntPtr options);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_options_goal(OptionsHandle options, uint goal);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_options_threads(OptionsHandle options, uint count);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_options_offer(OptionsHandle options, uint protocols);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_options_other_offer(OptionsHandle options, uint protocols);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_options_budget(OptionsHandle options, uint stageMs, uint totalMs);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_options_family(OptionsHandle options, uint family);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_options_bind(OptionsHandle options, byte[] address);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_options_proxy(OptionsHandle options, byte[] url);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_options_trust(OptionsHandle options, uint trust);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_options_roots_pem(OptionsHandle options, byte[] pem, UIntPtr length);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_options_roots_system(OptionsHandle options);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_options_known(OptionsHandle options, KnownGet get, KnownPut put,
            IntPtr user);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_options_expect(OptionsHandle options, byte[] thumbprint);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_options_fixed_clock(OptionsHandle options, long seconds);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_options_server_name(OptionsHandle options,
            [AllowNull] byte[] nameOrNull);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_options_client_hello(OptionsHandle options, uint rung, uint paddedTo);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_options_cookie(OptionsHandle options, byte[] cookie);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_options_routing_token(OptionsHandle options, byte[] token);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_options_without_negotiation(OptionsHandle options);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_options_restricted_admin(OptionsHandle options);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_options_redirected_authentication(OptionsHandle options);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_options_correlation_id(OptionsHandle options, byte[] sixteen);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_options_preconnection_id(OptionsHandle options, uint id);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_options_preconnection_blob(OptionsHandle options, byte[] blob);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_options_package(OptionsHandle options, uint package);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_options_service(OptionsHandle options, byte[] name);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_options_kdc(OptionsHandle options, byte[] address);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_options_dangerous_any_certificate(OptionsHandle options);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_options_dangerous_old_credssp(OptionsHandle options);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_options_same_credentials_for_all(OptionsHandle options);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_options_examine(OptionsHandle options, uint connections, uint spacingMs,
            uint totalMs);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_credentials_password(byte[] user, [AllowNull] byte[] domainOrNull,
            byte[] password, out CredentialsHandle credentials);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_credentials_nt_hash(byte[] user, [AllowNull] byte[] domainOrNull,
            byte[] sixteen, out CredentialsHandle credentials);

        [DllImport(Library, CallingConvention = C)]
        internal static extern void rdp_probe_credentials_free(IntPtr credentials);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_prober_new(OptionsHandle optionsOrNull, out ProberHandle prober);

        [DllImport(Library, CallingConvention = C)]
        internal static extern void rdp_probe_prober_free(IntPtr prober);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_run(ProberHandle prober, byte[] target,
            CredentialsHandle credentialsOrNull, out ReportHandle report);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_run_rdp_file(ProberHandle prober, byte[] file, UIntPtr length,
            CredentialsHandle credentialsOrNull, out ReportHandle report);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_start_rdp_file(ProberHandle prober, byte[] file, UIntPtr length,
            CredentialsHandle credentialsOrNull, Done done, IntPtr user, out JobHandle job);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_start(ProberHandle prober, IntPtr[] targets, UIntPtr count,
            UIntPtr atOnce, CredentialsHandle credentialsOrNull, Done done, IntPtr user, out JobHandle job);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_job_cancel(JobHandle job);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_job_wait(JobHandle job, uint timeoutMs);

        [DllImport(Library, CallingConvention = C)]
        internal static extern UIntPtr rdp_probe_job_done(JobHandle job);

        [DllImport(Library, CallingConvention = C)]
        internal static extern void rdp_probe_job_free(IntPtr job);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_report_ok(ReportHandle report);

        [DllImport(Library, CallingConvention = C)]
        internal static extern NativeBytes rdp_probe_report_target(ReportHandle report);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_report_stage(ReportHandle report);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_report_end(ReportHandle report);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_report_end_code(ReportHandle report, out long code);

        [DllImport(Library, CallingConvention = C)]
        internal static extern NativeBytes rdp_probe_report_end_symbol(ReportHandle report);

        [DllImport(Library, CallingConvention = C)]
        internal static extern ulong rdp_probe_report_stage_us(ReportHandle report, uint stage);

        [DllImport(Library, CallingConvention = C)]
        internal static extern ulong rdp_probe_report_total_us(ReportHandle report);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_report_selected(ReportHandle report, out uint protocol);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_report_windows(ReportHandle report, out uint reason, out uint extended,
            out uint confidence);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_report_nla(ReportHandle report);

        [DllImport(Library, CallingConvention = C)]
        internal static extern UIntPtr rdp_probe_report_causes(ReportHandle report);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_report_cause(ReportHandle report, UIntPtr index);

        [DllImport(Library, CallingConvention = C)]
        internal static extern NativeBytes rdp_probe_report_cause_code(ReportHandle report, UIntPtr index);

        [DllImport(Library, CallingConvention = C)]
        internal static extern NativeBytes rdp_probe_report_cause_headline(ReportHandle report, UIntPtr index);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_report_cause_confidence(ReportHandle report, UIntPtr index);

        [DllImport(Library, CallingConvention = C)]
        internal static extern NativeBytes rdp_probe_report_cause_advice(ReportHandle report, UIntPtr index);

        [DllImport(Library, CallingConvention = C)]
        internal static extern NativeBytes rdp_probe_report_certificate(ReportHandle report);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_report_certificate_validity(ReportHandle report, out long notBefore,
            out long notAfter);

        [DllImport(Library, CallingConvention = C)]
        internal static extern NativeBytes rdp_probe_report_certificate_subject(ReportHandle report);

        [DllImport(Library, CallingConvention = C)]
        internal static extern NativeBytes rdp_probe_report_certificate_sha1(ReportHandle report);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_report_tls_version(ReportHandle report);

        [DllImport(Library, CallingConvention = C)]
        internal static extern NativeBytes rdp_probe_report_json(ReportHandle report);

        [DllImport(Library, CallingConvention = C)]
        internal static extern NativeBytes rdp_probe_report_text(ReportHandle report);

        [DllImport(Library, CallingConvention = C)]
        internal static extern NativeBytes rdp_probe_report_markdown(ReportHandle report);

        [DllImport(Library, CallingConvention = C)]
        internal static extern NativeBytes rdp_probe_report_transcript(ReportHandle report);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_report_redacted(ReportHandle report, out ReportHandle redacted);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_report_replay(byte[] transcript, UIntPtr length,
            out ReportHandle report);

        [DllImport(Library, CallingConvention = C)]
        internal static extern void rdp_probe_report_free(IntPtr report);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_explain(byte[] query, out ExplanationHandle explanation);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_explanation_found(ExplanationHandle explanation);

        [DllImport(Library, CallingConvention = C)]
        internal static extern NativeBytes rdp_probe_explanation_text(ExplanationHandle explanation);

        [DllImport(Library, CallingConvention = C)]
        internal static extern NativeBytes rdp_probe_explanation_json(ExplanationHandle explanation);

        [DllImport(Library, CallingConvention = C)]
        internal static extern void rdp_probe_explanation_free(IntPtr explanation);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_open_start(ProberHandle prober, byte[] target,
            CredentialsHandle credentialsOrNull, Opened opened, IntPtr user, out JobHandle job);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_open(ProberHandle prober, byte[] target,
            CredentialsHandle credentialsOrNull, out ConnectionHandle connection, out ReportHandle report);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_open_rdp_file(ProberHandle prober, byte[] file, UIntPtr length,
            CredentialsHandle credentialsOrNull, out ConnectionHandle connection, out ReportHandle report);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_connection_selected(ConnectionHandle connection);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_connection_flags(ConnectionHandle connection);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_connection_is_tls(ConnectionHandle connection);

        [DllImport(Library, CallingConvention = C)]
        internal static extern NativeBytes rdp_probe_connection_public_key(ConnectionHandle connection);

        [DllImport(Library, CallingConvention = C)]
        internal static extern NativeBytes rdp_probe_connection_public_key_info(ConnectionHandle connection);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_connection_read(ConnectionHandle connection, IntPtr buffer,
            UIntPtr capacity, uint timeoutMs, out UIntPtr read);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_connection_write(ConnectionHandle connection, IntPtr bytes,
            UIntPtr length, uint timeoutMs, out UIntPtr written);

        [DllImport(Library, CallingConvention = C)]
        internal static extern uint rdp_probe_connection_close(ConnectionHandle connection);

        [DllImport(Library, CallingConvention = C)]
        internal static extern void rdp_probe_connection_free(IntPtr connection);

        /// <summary>What this thread's last call that failed said.</summary>
        internal static string LastError()
        {
            return rdp_probe_last_error().ToString();
        }

        /// <summary>The text in UTF-8, ended by a NUL, as the library takes it.</summary>
        /// <exception cref="ArgumentException">It has a NUL inside, behind which the library would not see it, or is
        /// not Unicode (half of a surrogate pair).</exception>
        internal static byte[] Utf8(string text, string parameter)
        {
            if (text == null)
            {
                throw new ArgumentNullException(parameter);
            }
            if (text.IndexOf('\0') >= 0)
            {
                throw new UnreadableTextException("The text has a NUL character inside.", parameter);
            }
            try
            {
                var strict = new UTF8Encoding(false, true);
                var bytes = new byte[strict.GetByteCount(text) + 1];
                strict.GetBytes(text, 0, text.Length, bytes, 0);
                return bytes;
            }
            catch (EncoderFallbackException error)
            {
                throw new UnreadableTextException("The text is not Unicode: " + error.Message, parameter);
            }
        }

        /// <summary>The exception for a status that is not <see cref="Ok"/>: what it says is the library's own word.
        /// Called on the thread that made the call, before another.</summary>
        internal static Exception Failure(uint status, string parameter)
        {
            var message = LastError();
            return Failure(status, message, rdp_probe_last_error_code(), parameter);
        }

        /// <summary>The same on any thread and at any time, of what was asked on the right one.</summary>
        internal static Exception Failure(uint status, string message, long code, string parameter)
        {
            if (message.Length == 0)
            {
                message = rdp_probe_status_text(status).ToString();
            }
            switch (status)
            {
                case InvalidOptions:
                    return new ArgumentException(message);
                case InvalidArgument:
                case InvalidTarget:
                case InvalidInput:
                    return new ArgumentException(message, parameter);
                case Unsupported:
                    return new NotSupportedException(message);
                case Cancelled:
                    return new OperationCanceledException(message);
                case Timeout:
                    return new TimeoutException(message);
                case Closed:
                    return new ObjectDisposedException(parameter, message);
                case Io:
                    return code == 0
                        ? new IOException(message)
                        : new IOException(message, new SocketException((int)SocketErrors.Of(code)));
                default:
                    return new InvalidOperationException(message);
            }
        }
    }
}
