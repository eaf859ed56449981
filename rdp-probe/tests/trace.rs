//! Spans and events: one span for each stage, and nothing that is not to be told.
#![cfg(feature = "tracing")]

#[path = "tls/server.rs"]
#[allow(dead_code, reason = "the tests of TLS use the rest")]
mod server;
mod support;

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use rdp_probe::{Goal, Protocols, Request};
use server::{Server, VERSIONS, builder};
use support::wired::{Peers, Wired, beside};
use support::{CONFIRM, ms, read_request, target};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_rustls::TlsAcceptor;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_core::span::Current;

/// A span, with the events in it.
#[derive(Debug)]
struct Span {
    name: &'static str,
    fields: String,
    parent: Option<&'static str>,
    events: Vec<String>,
    metadata: &'static Metadata<'static>,
    /// None is left of a span that is over.
    handles: usize,
}

/// Everything that was told.
#[derive(Debug, Default)]
struct Book {
    spans: Vec<Span>,
    entered: Vec<usize>,
    outside: Vec<String>,
    fields: BTreeSet<&'static str>,
    modules: BTreeSet<&'static str>,
    levels: BTreeSet<String>,
}

#[derive(Debug, Clone, Default)]
struct Scribe(Arc<Mutex<Book>>);

/// Writes fields down, and which there are.
struct Words<'a>(String, &'a mut BTreeSet<&'static str>);

impl Visit for Words<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.1.insert(field.name());
        let gap = if self.0.is_empty() { "" } else { " " };
        let name = if field.name() == "message" { String::new() } else { format!("{}=", field.name()) };
        write!(self.0, "{gap}{name}{value:?}").unwrap();
    }
}

impl Scribe {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap()
    }

    fn place(id: &Id) -> usize {
        usize::try_from(id.into_u64()).unwrap() - 1
    }

    /// Names of the spans, each with its target, in the order in which they began.
    fn spans(&self) -> Vec<String> {
        self.book().spans.iter().map(|span| format!("{} {}", span.name, span.fields)).collect()
    }

    /// What was told in each span of this name.
    fn events(&self, name: &str) -> Vec<String> {
        let book = self.book();
        book.spans.iter().filter(|span| span.name == name).flat_map(|span| span.events.clone()).collect()
    }

    /// What holds whatever was probed.
    #[track_caller]
    fn assert_discreet(&self, secrets: &[&str]) {
        let book = self.book();
        assert!(!book.spans.is_empty() && book.spans.iter().all(|span| span.handles == 0), "{book:#?}");
        assert_eq!(
            (book.outside.as_slice(), book.entered.as_slice()),
            (&[][..], &[][..]),
            "all is told inside of a span"
        );
        assert_eq!(book.modules, BTreeSet::from(["rdp_probe"]));
        assert_eq!(book.levels, BTreeSet::from([Level::DEBUG.to_string()]));
        let known = BTreeSet::from(["address", "at_most", "bytes", "end", "message", "target"]);
        assert!(book.fields.is_subset(&known), "{:?}", book.fields);
        let told = format!("{book:?}");
        assert!(secrets.iter().all(|secret| !told.contains(secret)), "{told}");
    }
}

impl Subscriber for Scribe {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut book = self.book();
        let mut words = Words(String::new(), &mut book.fields);
        span.record(&mut words);
        let fields = words.0;
        book.modules.insert(span.metadata().target());
        book.levels.insert(span.metadata().level().to_string());
        let parent = book.entered.last().map(|place| book.spans[*place].name);
        let metadata = span.metadata();
        book.spans.push(Span { name: metadata.name(), fields, parent, events: Vec::new(), metadata, handles: 1 });
        Id::from_u64(book.spans.len() as u64)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {
        unreachable!("fields are given when a span begins");
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {
        unreachable!("no span follows from another");
    }

    fn event(&self, event: &Event<'_>) {
        let mut book = self.book();
        let mut words = Words(String::new(), &mut book.fields);
        event.record(&mut words);
        let told = words.0;
        book.modules.insert(event.metadata().target());
        book.levels.insert(event.metadata().level().to_string());
        match book.entered.last().copied() {
            Some(place) => book.spans[place].events.push(told),
            None => book.outside.push(told),
        }
    }

    fn enter(&self, id: &Id) {
        self.book().entered.push(Self::place(id));
    }

    fn exit(&self, id: &Id) {
        assert_eq!(self.book().entered.pop(), Some(Self::place(id)));
    }

    fn current_span(&self) -> Current {
        let book = self.book();
        let last = book.entered.last().map(|place| (Id::from_u64(*place as u64 + 1), book.spans[*place].metadata));
        last.map_or_else(Current::none, |(id, metadata)| Current::new(id, metadata))
    }

    fn clone_span(&self, id: &Id) -> Id {
        self.book().spans[Self::place(id)].handles += 1;
        id.clone()
    }

    fn try_close(&self, id: Id) -> bool {
        let span = &mut self.book().spans[Self::place(&id)];
        span.handles -= 1;
        span.handles == 0
    }
}

/// A healthy server for one connection, behind what a proxy says if there is one.
async fn serve(mut peers: Peers, proxy: &[u8], heard: usize) -> io::Result<()> {
    let mut far = peers.recv().await.unwrap().stream;
    far.write_all(proxy).await?;
    far.read_exact(&mut vec![0; heard]).await?;
    read_request(&mut far).await?;
    far.write_all(&CONFIRM).await?;
    TlsAcceptor::from(Server::healthy().config(VERSIONS[1])).accept(far).await?.read_to_end(&mut Vec::new()).await?;
    Ok(())
}

const NEGOTIATION: [&str; 5] =
    ["send bytes=19", "read at_most=4", "read at_most=15", "start tls", "ended end=complete"];

#[tokio::test(start_paused = true)]
async fn a_span_for_each_stage() {
    let scribe = Scribe::default();
    let _guard = tracing::subscriber::set_default(scribe.clone());
    let (network, peers) = Wired::new(16_384);
    let (prober, target) = (builder().build().unwrap(), target());
    let (report, _) = beside(prober.probe_over(&network, &target), serve(peers, &[], 0)).await;
    assert!(report.is_ok());
    let expected = ["resolve", "connect", "negotiate", "tls"].map(|name| format!("{name} target={target}"));
    assert_eq!(scribe.spans(), expected);
    assert_eq!(scribe.events("resolve"), ["ended end=complete"]);
    assert_eq!(scribe.events("connect"), ["attempt address=10.0.0.7:3389", "ended end=complete"]);
    assert_eq!(scribe.events("negotiate"), NEGOTIATION);
    assert_eq!(scribe.events("tls"), ["done", "ended end=complete"]);
    scribe.assert_discreet(&[]);
}

/// A hello of our own is told in the span of TLS, as what is sent and read.
#[tokio::test(start_paused = true)]
async fn a_hello_has_the_span_of_tls() {
    let scribe = Scribe::default();
    let _guard = tracing::subscriber::set_default(scribe.clone());
    let (near, mut far) = tokio::io::duplex(4_096);
    far.write_all(&[&CONFIRM[..], &[21, 3, 1, 0, 2, 2, 40]].concat()).await.unwrap();
    let report = builder().goal(Goal::Hello).build().unwrap().probe_stream(&target(), near).await;
    assert_eq!(scribe.spans(), ["negotiate", "tls"].map(|name| format!("{name} target={}", target())));
    assert_eq!(
        scribe.events("negotiate"),
        ["send bytes=19", "read at_most=4", "read at_most=15", "ended end=complete"]
    );
    let sent = format!("send bytes={}", report.evidence().tls.unwrap().sent);
    let expected = [&*sent, "read at_most=65536", "done", "ended end=alert 40 (handshake_failure)"];
    assert_eq!(scribe.events("tls"), expected);
    scribe.assert_discreet(&[]);
}

/// The way through a proxy has its spans too, and nothing of what proves who asks.
#[tokio::test(start_paused = true)]
async fn a_proxy_and_no_credentials() {
    let said: [(&str, &[u8], usize); 2] = [
        ("socks5://al1ce:s3cret@proxy.example", &[5, 2, 1, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0], 4 + 14 + 25),
        ("http://al1ce:s3cret@proxy.example:1080", b"HTTP/1.1 200 OK\r\n\r\n", 120),
    ];
    for (url, said, heard) in said {
        let scribe = Scribe::default();
        let _guard = tracing::subscriber::set_default(scribe.clone());
        let (network, peers) = Wired::new(16_384);
        let (prober, target) = (builder().proxy(url.parse().unwrap()).build().unwrap(), target());
        let (opening, _) = beside(prober.open_over(&network, &target), serve(peers, said, heard)).await;
        assert!(opening.is_ok(), "{}", opening.unwrap_err());
        let proxy = "proxy.example:1080";
        let expected = [
            format!("resolve target={proxy}"),
            format!("connect target={proxy}"),
            format!("proxy target={target}"),
            format!("negotiate target={target}"),
            format!("tls target={target}"),
        ];
        assert_eq!(scribe.spans(), expected);
        assert_eq!(scribe.events("proxy"), ["ended end=complete"]);
        assert_eq!(scribe.events("negotiate"), NEGOTIATION);
        scribe.assert_discreet(&["al1ce", "s3cret", "YWwxY2U6", "czNjcmV0"]);
    }
}

/// Of the request, its length alone is told.
#[tokio::test(start_paused = true)]
async fn nothing_that_is_sent_is_told() {
    let scribe = Scribe::default();
    let _guard = tracing::subscriber::set_default(scribe.clone());
    let request = Request::default().with_cookie("al1ce").unwrap().with_preconnection_blob("v1rtual").unwrap();
    let prober = builder().goal(Goal::Negotiate).request(request.with_correlation_id([0xAB; 16]).unwrap());
    let (near, mut far) = tokio::io::duplex(4_096);
    far.write_all(&CONFIRM).await.unwrap();
    assert!(prober.build().unwrap().probe_stream(&target(), near).await.is_ok());
    assert_eq!(scribe.spans(), [format!("negotiate target={}", target())]);
    let length = 16 + 2 + 2 * 8 + 19 + 17 + 5 + 2 + 36;
    let sent = format!("send bytes={length}");
    assert_eq!(scribe.events("negotiate"), [&*sent, "read at_most=4", "read at_most=15", "done", "ended end=complete"]);
    scribe.assert_discreet(&["al1ce", "v1rtual", "171", "abab", "ABAB"]);
}

#[tokio::test(start_paused = true)]
async fn failures_tell_their_end_and_dropped_stages_are_closed() {
    let scribe = Scribe::default();
    let _guard = tracing::subscriber::set_default(scribe.clone());
    let (network, peers) = Wired::new(64);
    drop(peers);
    let (prober, target) = (builder().other_offer(Protocols::SSL).build().unwrap(), target());
    assert!(prober.open_over(&network, &target).await.is_err());
    assert_eq!(scribe.events("connect"), ["attempt address=10.0.0.7:3389", "ended end=os (connection-refused)"]);
    assert_eq!(scribe.spans().len(), 2, "nothing behind it is begun");

    // Two offers are two negotiations.
    let (network, mut peers) = Wired::new(4_096);
    let refuse = async {
        while let Some(peer) = peers.recv().await {
            drop(peer);
        }
    };
    let (opening, _) = beside(prober.open_over(&network, &target), refuse).await;
    assert_eq!(opening.unwrap_err().report().earlier().len(), 1);
    let ended: Vec<_> = scribe.events("negotiate").into_iter().filter(|told| told.starts_with("ended")).collect();
    assert_eq!(ended, ["ended end=fin", "ended end=fin"]);

    // A probe that nobody waits for any more.
    let (network, peers) = Wired::new(4_096);
    let (ending, _) = beside(tokio::time::timeout(ms(10), prober.probe_over(&network, &target)), async { peers }).await;
    assert!(ending.is_err());
    scribe.assert_discreet(&[]);
}

/// The probes of a sweep are tasks of their own, and stay in the span of whoever asks for them.
#[tokio::test(start_paused = true)]
async fn a_sweep_stays_in_its_span() {
    let scribe = Scribe::default();
    let _guard = tracing::subscriber::set_default(scribe.clone());
    let (network, peers) = Wired::new(64);
    drop(peers);
    let mut sweep = builder().build().unwrap().probe_all_over(network, vec![target(); 3]);
    let batch = tracing::debug_span!(target: "rdp_probe", "batch");
    let all = async { while sweep.next().await.is_some() {} };
    tracing::Instrument::instrument(all, batch).await;
    let book = scribe.book();
    let within: Vec<_> = book.spans.iter().map(|span| (span.name, span.parent)).collect();
    let stages = [("resolve", Some("batch")), ("connect", Some("batch"))];
    assert_eq!((within[0], within.len()), (("batch", None), 7));
    assert!(within[1..].iter().all(|span| stages.contains(span)), "{within:?}");
    drop(book);
    drop(sweep);
    scribe.assert_discreet(&[]);
}
