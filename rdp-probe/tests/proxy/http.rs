//! HTTP's CONNECT (RFC 9110 section 9.3.6), to the byte.

use rdp_probe::diagnose::{Cause, Confidence};
use rdp_probe::{End, Fault, ProxyRefusal, Report};
use tokio::io::AsyncWriteExt as _;
use tokio::time::sleep;

use super::Turn::{Hears, Says};
use super::support::{CONFIRM, ms};
use super::{ROOM, assert_ended, assert_passed, confidence, exchange, moved, proxy, recite, serve, through};

const PLAIN: &str = "http://proxy.example:3128";

const NAME: &str = "ts01.example:3390";
const NAME_REQUEST: &str = "CONNECT ts01.example:3390 HTTP/1.1\r\nHost: ts01.example:3390\r\n\r\n";

/// The longest head of an answer that is read.
const MAX_HEAD: usize = 16 * 1024;

async fn talk(url: &str, target: &str, request: &str, answer: &[u8]) -> Report {
    let (report, took) = through(proxy(url), target, ROOM, async |mut peer| {
        recite(&mut peer.stream, &[Hears(request.as_bytes()), Says(answer)]).await?;
        serve(peer.stream).await
    })
    .await;
    assert_eq!(took, ms(0));
    report
}

async fn answered(answer: &str) -> Report {
    talk(PLAIN, NAME, NAME_REQUEST, answer.as_bytes()).await
}

#[tokio::test(start_paused = true)]
async fn every_kind_of_target_is_asked_for() {
    let rows = [
        (PLAIN, NAME, NAME_REQUEST),
        (PLAIN, "192.0.2.7", "CONNECT 192.0.2.7:3389 HTTP/1.1\r\nHost: 192.0.2.7:3389\r\n\r\n"),
        (PLAIN, "2001:db8::7", "CONNECT [2001:db8::7]:3389 HTTP/1.1\r\nHost: [2001:db8::7]:3389\r\n\r\n"),
        (
            // The example of RFC 7617 section 2.
            "http://Aladdin:open%20sesame@proxy.example:3128",
            "ts01",
            "CONNECT ts01:3389 HTTP/1.1\r\nHost: ts01:3389\r\nProxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n",
        ),
        // Without a password, and with a colon in it.
        (
            "http://a@proxy.example:3128",
            "ts01",
            "CONNECT ts01:3389 HTTP/1.1\r\nHost: ts01:3389\r\nProxy-Authorization: Basic YTo=\r\n\r\n",
        ),
        (
            "http://a:b%3ac@proxy.example:3128",
            "ts01",
            "CONNECT ts01:3389 HTTP/1.1\r\nHost: ts01:3389\r\nProxy-Authorization: Basic YTpiOmM=\r\n\r\n",
        ),
    ];
    for (url, target, request) in rows {
        let answer = b"HTTP/1.1 200 Connection established\r\n\r\n";
        let report = talk(url, target, request, answer).await;
        assert_passed(&report);
        assert_eq!(moved(&report), (request.len() as u64, answer.len() as u64));
    }
}

#[tokio::test(start_paused = true)]
async fn every_success_is_one_however_it_is_written() {
    let answers = [
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.0 200 Connection established\r\nProxy-Agent: x\r\n\r\n",
        "HTTP/1.1 200\r\n\r\n",
        "HTTP/1.1  204 \r\nVia: 1.1 p\r\n\r\n",
        "HTTP/1.1 299 odd\r\n\r\n",
        // Both are to be passed over (RFC 9110 section 9.3.6): what follows is the target's.
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        // A bare LF ends a line, too (RFC 9112 section 2.2).
        "HTTP/1.1 200 OK\n\n",
        "HTTP/1.1 200 OK\nVia: x\r\n\n",
        "HTTP/1.1 200 OK\r\nVia: x\n\r\n",
    ];
    for answer in answers {
        let breath = [answer.as_bytes(), &CONFIRM].concat();
        let report = talk(PLAIN, NAME, NAME_REQUEST, &breath).await;
        assert_passed(&report);
        assert_eq!(moved(&report).1, answer.len() as u64, "{answer:?}");
    }
}

/// Interim answers (RFC 9110 section 15.2) come before the final one.
#[tokio::test(start_paused = true)]
async fn interim_answers_are_waited_through() {
    for interim in
        ["HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 102 Processing\r\nX: y\r\n\r\nHTTP/1.1 103 Hints\r\n\r\n"]
    {
        assert_passed(&answered(&format!("{interim}HTTP/1.1 200 OK\r\n\r\n")).await);
        let report = answered(&format!("{interim}HTTP/1.1 403 Forbidden\r\n\r\n")).await;
        assert_ended(&report, End::ProxyRefusal(ProxyRefusal::Http(403)), Cause::ProxyRefused);
    }
    // Nothing was asked to be switched to.
    let report = answered("HTTP/1.1 101 Switching Protocols\r\n\r\n").await;
    assert_ended(&report, End::ProxyRefusal(ProxyRefusal::Http(101)), Cause::ProxyRefused);
}

#[tokio::test(start_paused = true)]
async fn every_other_status_is_a_refusal() {
    for status in [101, 300, 302, 400, 401, 403, 404, 405, 407, 418, 429, 500, 501, 502, 503, 504, 511, 599] {
        let report = answered(&format!("HTTP/1.1 {status} Words\r\nContent-Length: 4\r\n\r\nbody")).await;
        let (cause, sure) = match status {
            407 => (Cause::ProxyAuthentication, Confidence::Certain),
            401 => (Cause::ProxyAuthentication, Confidence::Likely),
            502 | 504 => (Cause::ProxyCannotReachTarget, Confidence::Likely),
            500 | 503 => (Cause::ProxyCannotReachTarget, Confidence::Possible),
            403 | 405 | 501 => (Cause::ProxyRefused, Confidence::Certain),
            // A portal, a limit, a web server: the number does not say.
            _ => (Cause::ProxyRefused, Confidence::Likely),
        };
        assert_ended(&report, End::ProxyRefusal(ProxyRefusal::Http(status)), cause);
        assert_eq!((confidence(&report), report.causes().len()), (sure, 1), "{status}");
        assert!(!report.to_string().contains("not contacted"), "{report}");
        assert_eq!(report.end().code(), Some(i64::from(status)));
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_not_http_is_told() {
    let none = ["SSH-2.0-OpenSSH_9.2p1\r\n\r\n", "\x05\x00", "http/1.1 200 OK\r\n\r\n", "HTTP/2 200\r\n\r\n"];
    let broken = [
        "HTTP/1.1\r\n\r\n",
        "HTTP/1.1 \r\n\r\n",
        "HTTP/1.1 20\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 2x0 OK\r\n\r\n",
        "HTTP/1.1 +20 OK\r\n\r\n",
        "HTTP/1.1 099 OK\r\n\r\n",
        "HTTP/1.1 600 OK\r\n\r\n",
    ];
    let none = none.map(|answer| (answer, Fault::NotProxy, Confidence::Certain));
    let broken = broken.map(|answer| (answer, Fault::ProxyAnswer, Confidence::Likely));
    for (answer, fault, sure) in none.into_iter().chain(broken) {
        let (report, took) = through(proxy(PLAIN), NAME, ROOM, async |mut peer| {
            peer.stream.write_all(answer.as_bytes()).await?;
            Ok(peer)
        })
        .await;
        assert_ended(&report, End::Malformed(fault), Cause::NotAProxy);
        // Listened to a little longer, for what it is.
        assert_eq!((took, confidence(&report)), (ms(250), sure), "{answer:?}");
        assert_eq!(exchange(&report).received, answer.as_bytes());
    }
}

#[tokio::test(start_paused = true)]
async fn a_byte_at_a_time() {
    let all = [b"HTTP/1.1 200 OK\r\nVia: 1.1 proxy\r\n\r\n".as_slice(), &CONFIRM].concat();
    let (report, took) = through(proxy(PLAIN), NAME, ROOM, async |mut peer| {
        for byte in &all {
            sleep(ms(10)).await;
            peer.stream.write_all(&[*byte]).await?;
        }
        Ok(peer)
    })
    .await;
    assert_passed(&report);
    assert_eq!(took, ms(10) * u32::try_from(all.len()).unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_head_is_read_up_to_its_bound() {
    let head = |length: usize| {
        let (first, last) = ("HTTP/1.1 200 OK\r\nX: ", "\r\n\r\n");
        format!("{first}{}{last}", "y".repeat(length - first.len() - last.len()))
    };
    let report = answered(&head(MAX_HEAD)).await;
    assert_passed(&report);
    let report = answered(&head(MAX_HEAD + 1)).await;
    assert_ended(&report, End::Malformed(Fault::ProxyAnswer), Cause::NotAProxy);
    // What it refuses with was told at its beginning.
    let report = answered(&head(MAX_HEAD + 1).replace("200 OK", "403 No")).await;
    assert_ended(&report, End::ProxyRefusal(ProxyRefusal::Http(403)), Cause::ProxyRefused);
    // Endless ones, of one head or of many.
    for bytes in ["X: y\r\n", "HTTP/1.1 100 Continue\r\n\r\n"] {
        let (report, took) = through(proxy(PLAIN), NAME, 1_000, async |mut peer| {
            peer.stream.write_all(b"HTTP/1.1 100 Continue\r\n").await?;
            let first: &[u8] = if bytes.starts_with('X') { b"" } else { b"\r\n" };
            peer.stream.write_all(first).await?;
            loop {
                peer.stream.write_all(bytes.as_bytes()).await?;
            }
            #[expect(unreachable_code, reason = "names the type")]
            Ok(())
        })
        .await;
        assert_ended(&report, End::Malformed(Fault::ProxyAnswer), Cause::NotAProxy);
        assert_eq!((moved(&report).1, took), (MAX_HEAD as u64 + 1, ms(0)));
    }
}
