//! Every status of the tables, answered by a server, is reported with its number.

use rdp_probe::codes::{self, Namespace};
use rdp_probe_lab::{NlaAct, NlaTurn};

use super::*;

#[tokio::test(start_paused = true)]
async fn every_status_is_reported_with_its_number() {
    let namespaces = [Namespace::NtStatus, Namespace::ClientStatus];
    let rows: Vec<_> = codes::all().filter(|code| namespaces.contains(&code.namespace)).collect();
    assert!(rows.len() > 30, "{}", rows.len());
    let unknown = [0xC00A_F00D, 0xC007_00EA, 1, 0x7FFF_FFFF, u32::MAX];
    for number in rows.iter().map(|code| code.number).filter(|number| *number != 0).chain(unknown) {
        let status = NtStatus(number);
        let server = server().with_refused_user("bob", PASSWORD, status);
        let bob = Credentials::with_password("bob", None, PASSWORD.to_owned()).unwrap();
        let met = meet(&builder(Goal::Verify).build().unwrap(), &server, Some(&bob)).await;
        assert_eq!(met.end(), (Stage::Nla, End::Rejected(status)), "{number:#X}");
        assert_eq!((met.result(), met.attempts()), (Some(NlaResult::Rejected(status)), vec![("bob", status)]));
        assert_eq!(met.report.end().code(), Some(i64::from(number)));
        let (json, hex) = (met.report.to_json(), format!("\"hex\":\"0x{number:08X}\""));
        assert!(json.contains(&hex), "{hex} is not in {json}");
        assert!(met.report.to_string().contains(&format!("0x{number:08X}")), "{}", met.report);
        let known = codes::find(Namespace::NtStatus, number).or_else(|| codes::find(Namespace::ClientStatus, number));
        assert_eq!(met.report.end().symbol(), known.and_then(|code| code.symbol), "{number:#X}");
    }
}

/// Zero is no refusal, and no binding: the field that is due is missing.
#[tokio::test(start_paused = true)]
async fn zero_is_no_refusal() {
    let server = server().instead_of(NlaTurn::Binding, NlaAct::Refuse(NtStatus(0)));
    let met = meet_alice(builder(Goal::Verify), &server).await;
    assert_eq!(met.end(), (Stage::Nla, End::Malformed(rdp_probe::Fault::TsRequestField)));
    let server = self::server().instead_of(NlaTurn::Challenge, NlaAct::RefuseBeside(NtStatus(0)));
    let met = meet_alice(builder(Goal::Verify), &server).await;
    assert_eq!(met.end(), (Stage::Nla, End::Malformed(rdp_probe::Fault::TsRequestField)));
}
