//! Every form of the Connection Request, byte for byte, and what servers answer to it.
#![cfg(feature = "tokio")]

mod answers;
mod form;
mod limits;
#[path = "../support/mod.rs"]
mod support;

use std::time::Duration;

use form::{Form, decode, encode};
use proptest::prelude::*;
use rdp_probe::conversation::{Conversation, Effect, Input};
use rdp_probe::{Dial, Plan, Protocols, Request, Transcript};
use support::target;

fn plan(request: Request, offer: Protocols) -> Plan {
    let mut plan = Plan::new(target());
    (plan.request, plan.offer) = (request, offer);
    plan
}

/// What the core wants to be sent.
fn sent(request: Request, offer: Protocols) -> Vec<u8> {
    let mut conversation = Conversation::new(plan(request, offer), Dial::default(), None);
    let Effect::Send { bytes, .. } = conversation.step(Duration::ZERO, Input::Start) else { panic!("a request") };
    bytes.to_vec()
}

const ID: [u8; 16] = [0xA1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16, 0];

fn hex(text: &str) -> Vec<u8> {
    text.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect()
}

/// What is offered beside them.
fn offer(request: &Request) -> Protocols {
    let both = Protocols::SSL.union(Protocols::HYBRID);
    if request.cookie() == Some("eltons") { Protocols::RDP } else { both }
}

/// Requests whose bytes stand here in full. The second is the one of [MS-RDPBCGR] 4.1.1.
fn written_out() -> Vec<(Request, Protocols, Vec<u8>)> {
    let plain = Request::default;
    let rows = [
        (plain(), "03 00 00 13 0e e0 00 00 00 00 00 01 00 08 00 03 00 00 00"),
        (
            plain().with_cookie("eltons").unwrap(),
            "03 00 00 2c 27 e0 00 00 00 00 00 43 6f 6f 6b 69 65 3a 20 6d 73 74 73 68 61 73 68 3d 65 6c 74 6f 6e 73 \
             0d 0a 01 00 08 00 00 00 00 00",
        ),
        (
            plain().with_routing_token("Cookie: msts=3640205228.15629.0000").unwrap(),
            "03 00 00 37 32 e0 00 00 00 00 00 43 6f 6f 6b 69 65 3a 20 6d 73 74 73 3d 33 36 34 30 32 30 35 32 32 38 \
             2e 31 35 36 32 39 2e 30 30 30 30 0d 0a 01 00 08 00 03 00 00 00",
        ),
        (
            plain().with_routing_token("tsv://x y").unwrap(),
            "03 00 00 1e 19 e0 00 00 00 00 00 74 73 76 3a 2f 2f 78 20 79 0d 0a 01 00 08 00 03 00 00 00",
        ),
        (plain().without_negotiation(), "03 00 00 0b 06 e0 00 00 00 00 00"),
        (
            plain().without_negotiation().with_cookie("a").unwrap(),
            "03 00 00 1f 1a e0 00 00 00 00 00 43 6f 6f 6b 69 65 3a 20 6d 73 74 73 68 61 73 68 3d 61 0d 0a",
        ),
        (plain().with_restricted_admin(), "03 00 00 13 0e e0 00 00 00 00 00 01 01 08 00 03 00 00 00"),
        (plain().with_redirected_authentication(), "03 00 00 13 0e e0 00 00 00 00 00 01 02 08 00 03 00 00 00"),
        (
            plain().with_correlation_id(ID).unwrap(),
            "03 00 00 37 32 e0 00 00 00 00 00 01 08 08 00 03 00 00 00 06 00 24 00 a1 02 03 04 05 06 07 08 09 0a 0b \
             0c 0e 0f 10 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
        ),
        (
            plain().with_preconnection_id(0x1234_5678),
            "10 00 00 00 00 00 00 00 01 00 00 00 78 56 34 12 03 00 00 13 0e e0 00 00 00 00 00 01 00 08 00 03 00 00 00",
        ),
        (
            plain().with_preconnection_blob("vm\u{1F5A5}").unwrap(),
            "1c 00 00 00 00 00 00 00 02 00 00 00 00 00 00 00 05 00 76 00 6d 00 3d d8 a5 dd 00 00 \
             03 00 00 13 0e e0 00 00 00 00 00 01 00 08 00 03 00 00 00",
        ),
    ];
    rows.into_iter().map(|(request, text)| (request.clone(), offer(&request), hex(text))).collect()
}

#[test]
fn forms_that_are_written_out() {
    for (request, offer, bytes) in written_out() {
        assert_eq!(sent(request.clone(), offer), bytes, "{request:?}");
        assert_eq!(encode(&decode(&bytes)), bytes, "the reader and the writer of this file");
    }
}

prop_compose! {
    /// Any request that can be made, and what it should say.
    fn any_request()(
        line in prop::option::of((any::<bool>(), "[ -~]{1,185}")),
        bare: bool,
        restricted: bool,
        redirected: bool,
        id in prop::option::of(any::<[u8; 16]>().prop_filter("rules", |id| !matches!(id[0], 0 | 0xF4) && !id.contains(&13))),
        preconnection in prop::option::of((any::<u32>(), prop::option::of("[^\\p{Cc}]{0,40}"))),
        offer: u32,
    ) -> (Request, Protocols, Form) {
        let mut request = Request::default();
        let mut form = Form::default();
        if let Some((cookie, text)) = &line {
            request = if *cookie { request.with_cookie(text) } else { request.with_routing_token(text) }.unwrap();
            form.line = Some(if *cookie { format!("Cookie: mstshash={text}") } else { text.clone() });
        }
        request = if bare { request.without_negotiation() } else { request };
        request = if restricted { request.with_restricted_admin() } else { request };
        request = if redirected { request.with_redirected_authentication() } else { request };
        if let Some(id) = &id {
            request = request.with_correlation_id(*id).unwrap();
        }
        if let Some((id, blob)) = &preconnection {
            request = request.with_preconnection_id(*id);
            request = match blob {
                Some(blob) => request.with_preconnection_blob(blob).unwrap(),
                None => request,
            };
        }
        form.preconnection = preconnection;
        if !bare {
            let flags = u8::from(restricted) | u8::from(redirected) << 1 | u8::from(id.is_some()) << 3;
            (form.negotiation, form.correlation_id) = (Some((flags, offer)), id);
        }
        (request, Protocols::from_bits(offer), form)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn every_combination_says_what_it_was_told((request, offer, form) in any_request()) {
        let bytes = sent(request.clone(), offer);
        prop_assert_eq!(&bytes, &encode(&form));
        prop_assert_eq!(&decode(&bytes), &form);
        let plan = plan(request, offer);
        let printed = Transcript::new(plan.clone()).to_string();
        prop_assert_eq!(printed.parse::<Transcript>().unwrap().plan, plan, "{}", printed);
    }
}
