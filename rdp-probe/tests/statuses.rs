//! Every status that a server may refuse with: what a report makes of it.

use rdp_probe::codes::{self, NtStatus};
use rdp_probe::credssp::TsRequest;
use rdp_probe::diagnose::{Case, Cause, Confidence, DisconnectReason, causes_of, diagnose, leading_to, predict};
use rdp_probe::transcript::Happening;
use rdp_probe::{End, Evidence, Report, Stage, Transcript};

/// A server that refuses the credentials with this status, and says nothing else.
fn refused_with(status: u32) -> Evidence {
    let text = include_str!("transcripts/credentials-wrong.probe");
    let mut transcript: Transcript = text.parse().unwrap();
    let refusal = TsRequest { version: 6, error_code: Some(NtStatus(status)), ..TsRequest::default() };
    let last = transcript.events.last_mut().unwrap();
    assert!(matches!(last.what, Happening::Received(_)));
    last.what = Happening::Received(refusal.encode().into());
    transcript.replay()
}

/// The cause that a report names for a status: its own where it stands for one that a rule is for.
fn expected(own: &[Cause]) -> Cause {
    match own {
        // What the client's own package says of the server is not what a server says.
        [
            Cause::CertificateExpired
            | Cause::ClientAtFault
            | Cause::ServiceNameMissing
            | Cause::PackageMissing
            | Cause::ServerTokenInvalid
            | Cause::CredentialsMissing
            | Cause::ServerUnproven,
        ]
        | [Cause::KeyUnreadable, _]
        | [] => Cause::NlaRejected,
        [one] => *one,
        _ => Cause::UnsupportedFunction,
    }
}

#[test]
fn every_status_of_the_table_is_named_with_its_cause_and_its_number() {
    let mut seen = 0;
    for code in codes::all().filter(|code| code.namespace == codes::Namespace::NtStatus) {
        let evidence = refused_with(code.number);
        assert_eq!((evidence.stage, evidence.end), (Stage::Nla, End::Rejected(NtStatus(code.number))), "{code}");
        let case = Case::of(&evidence);
        assert_eq!(diagnose(&case)[0].cause, expected(causes_of(code)), "{code}");
        let number = code.shows.and_then(|shows| shows.number);
        let shown = predict(&case);
        assert_eq!(shown.map(|shown| (shown.disconnect_reason, shown.grade)), number, "{code}");
        assert!(shown.is_none_or(|shown| shown.confidence <= shown.grade.bound() && shown.source.len() > 10), "{code}");
        let report = Report::from(evidence);
        for text in [report.to_string(), report.to_json(), report.to_markdown().replace('\\', "")] {
            assert!(text.contains(code.symbol.unwrap()), "{code}: {text}");
            assert!(number.is_none_or(|(reason, _)| text.contains(&reason.to_string())), "{code}: {text}");
        }
        seen += 1;
    }
    assert!(seen > 20, "{seen}");
}

/// The number that a row types is the one that its words begin with.
#[test]
fn a_number_is_the_one_of_its_words() {
    for code in codes::all() {
        let Some((number, grade)) = code.shows.and_then(|shows| shows.number) else { continue };
        let shows = code.shows.unwrap();
        assert!(shows.text.split(' ').next() == Some(&number.to_string()), "{code}: {}", shows.text);
        assert!(grade.bound() < Confidence::Certain, "{code}");
    }
    let rows = codes::all().filter(|code| code.namespace == codes::Namespace::NtStatus);
    for code in rows.filter(|code| code.shows.is_some_and(|shows| shows.text.starts_with("0x"))) {
        assert!(code.shows.unwrap().number.is_some(), "{code}");
    }
}

#[test]
fn a_status_of_a_client_s_package_leads_to_no_number() {
    for code in codes::all().filter(|code| code.namespace == codes::Namespace::ClientStatus) {
        let evidence = refused_with(code.number);
        let case = Case::of(&evidence);
        assert_eq!(diagnose(&case)[0].cause, expected(causes_of(code)), "{code}");
        assert_eq!(predict(&case), None, "{code}");
    }
}

/// `FreeRDP` 3 and `IronRDP` refuse so, and not wrong passwords alone.
#[test]
fn a_number_that_no_table_has_is_shown_and_no_more() {
    for number in [0xC007_00EA, 0xC007_0308, 0xC007_030C, 0xC000_0001, 0x8009_0300, 1, u32::MAX] {
        let evidence = refused_with(number);
        let case = Case::of(&evidence);
        let causes: Vec<_> = diagnose(&case).iter().map(|found| found.cause).collect();
        assert_eq!(causes, [Cause::NlaRejected], "{number:#X}");
        assert_eq!(predict(&case), None, "{number:#X}");
        assert!(Report::from(evidence).to_string().contains(&format!("0x{number:08X}")), "{number:#X}");
    }
}

/// What may be NTLM that is forbidden, or an update that is missing, is told as neither, and never as a wrong password.
#[test]
fn an_unsupported_function_is_no_wrong_password() {
    let evidence = refused_with(0x8009_0302);
    let found = diagnose(&Case::of(&evidence));
    assert_eq!(found.iter().map(|found| found.cause).collect::<Vec<_>>(), [Cause::UnsupportedFunction]);
    let candidates: Vec<_> = found[0].cause.text().candidates.iter().filter_map(|candidate| candidate.cause).collect();
    assert_eq!(candidates, [Cause::CredsspOracle, Cause::NtlmBlocked]);
}

fn replayed(transcript: &str) -> Report {
    Report::from(transcript.parse::<Transcript>().unwrap().replay())
}

/// A close behind the proof of the password is one on the password first of all; one before it is not.
#[test]
fn the_password_is_suspected_first_where_it_had_been_proven() {
    for (transcript, is_first) in [
        (include_str!("transcripts/credssp-ends-silently.verify.probe"), true),
        (include_str!("transcripts/credssp-ends-silently.probe"), false),
    ] {
        let report = replayed(transcript);
        let case = report.case();
        let found = &diagnose(&case)[0];
        let candidates: Vec<_> = found.candidates(&case).iter().map(|candidate| candidate.cause).collect();
        assert_eq!(candidates[0] == Some(Cause::CredentialsWrong), is_first, "{candidates:?}");
        assert_eq!(candidates.len(), found.cause.text().candidates.len());
        let json: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
        assert_eq!(json["causes"][0]["candidates"][0]["cause"] == "credentials-wrong", is_first);
        let (text, page) = (report.to_string(), report.to_markdown());
        for text in [text, page] {
            let at = |words: &str| text.find(words).unwrap();
            assert_eq!(at("Where credentials had") < at("A Windows server cannot"), is_first, "{text}");
        }
    }
}

#[test]
fn what_was_verified_is_said_first_and_what_was_not_spoken_is_null() {
    let verified = replayed(include_str!("transcripts/no-fault-found.verify.probe")).to_string();
    assert!(verified.lines().next().unwrap().contains("Credentials verified"), "{verified}");
    let challenged = replayed(include_str!("transcripts/no-fault-found.challenge.probe")).to_string();
    assert!(!challenged.contains("Credentials verified"), "{challenged}");
    let nla = |transcript: &str| {
        let json: serde_json::Value = serde_json::from_str(&replayed(transcript).to_json()).unwrap();
        json["nla"].clone()
    };
    let withheld = nla(include_str!("transcripts/credentials-withheld.probe"));
    assert!(withheld["package"].is_null() && withheld["spnego"].is_null(), "{withheld}");
    let begun = nla(include_str!("transcripts/credssp-silent.probe"));
    assert!(begun["package"] == "ntlm" && begun["spnego"] == false, "{begun}");
    // Versions that change say nothing of an update.
    let changed = nla(include_str!("transcripts/credssp-version-invalid.changed.probe"));
    assert!(changed["credssp_version"].is_number() && changed["cve_2018_0886_update"].is_null(), "{changed}");
}

/// Our own package is no server, and leads to no number of a client that waits for one.
#[test]
fn a_number_is_not_led_to_by_what_its_prediction_excludes() {
    let causes = leading_to(DisconnectReason::CONNECTION_TIMED_OUT);
    assert!(causes.contains(&Cause::CredsspSilent) && !causes.contains(&Cause::SecurityPackageFailed), "{causes:?}");
}

/// `tests/numbers.txt` holds what each number of the tables stands for by itself. `UPDATE=1` rewrites it; read the difference.
#[test]
fn every_number_stands_for_these_causes() {
    let causes = |code: &codes::Code| causes_of(code).iter().map(|cause| cause.code()).collect::<Vec<_>>().join(", ");
    let line = |code: &codes::Code| format!("{:?} {:#x}: {}", code.namespace, code.number, causes(code));
    let told: Vec<_> = codes::all().filter(|code| !causes_of(code).is_empty()).map(line).collect();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/numbers.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, told.join("\n") + "\n").unwrap();
    }
    assert_eq!(told, std::fs::read_to_string(path).unwrap().lines().collect::<Vec<_>>());
}
