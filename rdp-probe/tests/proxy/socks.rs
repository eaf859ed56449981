//! SOCKS version 5 (RFC 1928) and its user names and passwords (RFC 1929), to the byte.

use rdp_probe::diagnose::{Cause, Confidence};
use rdp_probe::{End, Fault, ProxyRefusal, Report};
use tokio::io::AsyncWriteExt as _;
use tokio::time::sleep;

use super::Turn::{Hears, Says};
use super::support::{CONFIRM, ms};
use super::{ROOM, Turn, assert_ended, assert_passed, confidence, exchange, moved, proxy, recite, serve, through};

const PLAIN: &str = "socks5://proxy.example";
const NAMED: &str = "socks5://alice:s3cret@proxy.example:1081";

const NAME: &str = "ts01.example:3390";
const NAME_REQUEST: &[u8] = b"\x05\x01\x00\x03\x0cts01.example\x0d\x3e";

/// Greetings without and with credentials, the password that follows, and what is answered to each.
const GREETING: &[u8] = &[5, 1, 0];
const NAMED_GREETING: &[u8] = &[5, 2, 0, 2];
const PASSWORD: &[u8] = b"\x01\x05alice\x06s3cret";
const NO_AUTHENTICATION: &[u8] = &[5, 0];
const WANTS_PASSWORD: &[u8] = &[5, 2];
const WELCOME: &[u8] = &[1, 0];
const GRANTED: &[u8] = &[5, 0, 0, 1, 192, 0, 2, 99, 0xC3, 0x50];

async fn talk(url: &str, target: &str, turns: &[Turn<'_>]) -> Report {
    let (report, took) = through(proxy(url), target, ROOM, async |mut peer| {
        recite(&mut peer.stream, turns).await?;
        serve(peer.stream).await
    })
    .await;
    assert_eq!(took, ms(0));
    report
}

#[tokio::test(start_paused = true)]
async fn every_kind_of_target_is_asked_for_in_its_own_form() {
    let v6 = [&[5, 1, 0, 4, 0x20, 1, 0x0D, 0xB8][..], &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0x0D, 0x3D]];
    let longest = format!("{0}.{0}.{0}.{1}", "a".repeat(63), "b".repeat(61));
    let long = [&[5, 1, 0, 3, 253], longest.as_bytes(), &[0x0D, 0x3D]].concat();
    let rows: [(&str, Vec<u8>); 5] = [
        (NAME, NAME_REQUEST.to_vec()),
        ("192.0.2.7", vec![5, 1, 0, 1, 192, 0, 2, 7, 0x0D, 0x3D]),
        ("[2001:db8::7]:3389", v6.concat()),
        ("fe80::1%eth0", b"\x05\x01\x00\x03\x0cfe80::1%eth0\x0d\x3d".to_vec()),
        (&longest, long),
    ];
    for (target, request) in rows {
        let plain = [Hears(GREETING), Says(NO_AUTHENTICATION), Hears(&request), Says(GRANTED)];
        let report = talk(PLAIN, target, &plain).await;
        assert_passed(&report);
        assert_eq!(moved(&report), (3 + request.len() as u64, 12));

        let named = [
            Hears(NAMED_GREETING),
            Says(WANTS_PASSWORD),
            Hears(PASSWORD),
            Says(WELCOME),
            Hears(&request),
            Says(GRANTED),
        ];
        let report = talk(NAMED, target, &named).await;
        assert_passed(&report);
        assert_eq!(moved(&report), (4 + 14 + request.len() as u64, 14));
    }
}

#[tokio::test(start_paused = true)]
async fn a_proxy_may_do_without_the_password_that_it_is_offered() {
    let turns = [Hears(NAMED_GREETING), Says(NO_AUTHENTICATION), Hears(NAME_REQUEST), Says(GRANTED)];
    assert_passed(&talk(NAMED, NAME, &turns).await);
}

/// The version of the password's answer is passed over: some proxies repeat that of SOCKS.
#[tokio::test(start_paused = true)]
async fn the_answer_to_a_password_is_its_status() {
    let answered = async |answer: [u8; 2]| {
        let turns = [Hears(NAMED_GREETING), Says(WANTS_PASSWORD), Hears(PASSWORD), Says(&answer), Says(GRANTED)];
        talk(NAMED, NAME, &turns).await
    };
    for version in [1, 5, 0] {
        assert_passed(&answered([version, 0]).await);
    }
    for status in [1, 2, 255] {
        let report = answered([1, status]).await;
        let end = End::ProxyRefusal(ProxyRefusal::SocksPassword(status));
        assert_ended(&report, end, Cause::ProxyAuthentication);
        assert_eq!(report.end().code(), Some(i64::from(status)));
    }
}

#[tokio::test(start_paused = true)]
async fn the_address_that_the_proxy_connects_from_is_passed_over() {
    let domain = |length: u8| [vec![5, 0, 0, 3, length], vec![b'x'; usize::from(length) + 2]].concat();
    let v6 = [&[5, 0, 0, 4][..], &[0x20; 18]].concat();
    for granted in [GRANTED.to_vec(), v6, domain(0), domain(1), domain(255), vec![5, 0, 9, 1, 0, 0, 0, 0, 0, 0]] {
        // What the target says follows in the same breath: not a byte of it may be lost or taken for the proxy's.
        let breath = [granted.as_slice(), &CONFIRM].concat();
        let turns = [Hears(GREETING), Says(NO_AUTHENTICATION), Hears(NAME_REQUEST), Says(&breath)];
        let report = talk(PLAIN, NAME, &turns).await;
        assert_passed(&report);
        assert_eq!(moved(&report).1, 2 + granted.len() as u64);
    }
}

#[tokio::test(start_paused = true)]
async fn everything_at_once_and_a_byte_at_a_time() {
    let all = [WANTS_PASSWORD, WELCOME, GRANTED, &CONFIRM].concat();
    assert_passed(&talk(NAMED, NAME, &[Says(&all)]).await);
    let (report, took) = through(proxy(NAMED), NAME, ROOM, async |mut peer| {
        for byte in &all {
            sleep(ms(10)).await;
            peer.stream.write_all(&[*byte]).await?;
        }
        Ok(peer)
    })
    .await;
    assert_passed(&report);
    assert_eq!((moved(&report).1, took), (14, ms(10) * 33));
}

#[tokio::test(start_paused = true)]
async fn every_reply_but_success_is_a_refusal() {
    for reply in 1..=255 {
        let refused = [5, reply, 0, 1, 0, 0, 0, 0, 0, 0];
        let turns = [Hears(GREETING), Says(NO_AUTHENTICATION), Hears(NAME_REQUEST), Says(&refused)];
        let report = talk(PLAIN, NAME, &turns).await;
        let (cause, sure) = match reply {
            1 => (Cause::ProxyCannotReachTarget, Confidence::Possible),
            3..=6 => (Cause::ProxyCannotReachTarget, Confidence::Likely),
            2 | 7 | 8 => (Cause::ProxyRefused, Confidence::Certain),
            // Numbers of a proxy's own, such as Tor's.
            _ => (Cause::ProxyRefused, Confidence::Likely),
        };
        assert_ended(&report, End::ProxyRefusal(ProxyRefusal::Socks(reply)), cause);
        assert_eq!((confidence(&report), report.causes().len()), (sure, 1), "{reply}");
        assert_eq!((report.end().code(), moved(&report).1), (Some(i64::from(reply)), 4));
    }
    // Two bytes are enough to know.
    let turns = [Says(NO_AUTHENTICATION), Says(&[5, 5])];
    let report = talk(PLAIN, NAME, &turns).await;
    assert_ended(&report, End::ProxyRefusal(ProxyRefusal::Socks(5)), Cause::ProxyCannotReachTarget);
    assert_eq!(report.end().symbol(), Some("socks-connection-refused"));
}

/// None will do, or one that was not offered: both are about authentication.
#[tokio::test(start_paused = true)]
async fn every_method_that_was_not_offered_is_a_refusal() {
    for (url, greeting, offered) in [(PLAIN, GREETING, 0), (NAMED, NAMED_GREETING, 2)] {
        for method in (1..=255).filter(|method| *method != offered) {
            let report = talk(url, NAME, &[Hears(greeting), Says(&[5, method])]).await;
            assert_ended(&report, End::ProxyRefusal(ProxyRefusal::SocksMethod(method)), Cause::ProxyAuthentication);
            let sure = if matches!(method, 1 | 2 | 0xFF) { Confidence::Certain } else { Confidence::Likely };
            assert_eq!((confidence(&report), report.causes().len()), (sure, 1), "{method}");
            assert_eq!((report.end().code(), moved(&report).1), (Some(i64::from(method)), 2));
        }
    }
    let symbol = async |method| talk(PLAIN, NAME, &[Says(&[5, method])]).await.end().symbol();
    assert_eq!(symbol(0xFF).await, Some("socks-no-acceptable-method"));
    assert_eq!((symbol(1).await, symbol(2).await), (Some("socks-gssapi-wanted"), Some("socks-password-wanted")));
    assert_eq!(symbol(0x80).await, Some("socks-method-not-offered"));
}

#[tokio::test(start_paused = true)]
async fn what_is_not_socks_is_told_at_the_first_wrong_byte() {
    let none: [(&str, Vec<u8>); 3] =
        [(PLAIN, b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()), (PLAIN, vec![0, 0x5B]), (NAMED, vec![4, 0])];
    // These begin as SOCKS does: not certainly another kind of proxy.
    let broken: [(&str, Vec<u8>); 4] = [
        (PLAIN, [NO_AUTHENTICATION, &[1, 0]].concat()),
        (PLAIN, [NO_AUTHENTICATION, &[5, 0, 0, 0]].concat()),
        (PLAIN, [NO_AUTHENTICATION, &[5, 0, 0, 2]].concat()),
        (NAMED, [WANTS_PASSWORD, WELCOME, &[4, 0]].concat()),
    ];
    let none = none.map(|row| (row, Fault::NotProxy, Confidence::Certain));
    let broken = broken.map(|row| (row, Fault::ProxyAnswer, Confidence::Likely));
    for ((url, said), fault, sure) in none.into_iter().chain(broken) {
        let (report, took) = through(proxy(url), NAME, ROOM, async |mut peer| {
            peer.stream.write_all(&said).await?;
            Ok(peer)
        })
        .await;
        assert_ended(&report, End::Malformed(fault), Cause::NotAProxy);
        // Listened to a little longer, for what it is.
        assert_eq!((moved(&report).1, took, confidence(&report)), (said.len() as u64, ms(250), sure), "{said:?}");
        assert_eq!(exchange(&report).received, said);
    }
}
