//! Plans of every kind, from bytes and as bytes.

use bytes::Bytes;
use rdp_probe::{
    Budget, ClientHello, Dangers, Family, Goal, Known, Package, Plan, Protocols, Request, Rung, ServerName, Target,
    Thumbprint, Trust,
};

use super::codec::Codec;

/// The target where none is said.
pub(super) fn target() -> Target {
    std::net::SocketAddr::from(([192, 0, 2, 7], 3389)).into()
}

pub(super) fn code(codec: &mut Codec<'_>, plan: &mut Plan) {
    codec.parsed(&mut plan.target);
    codec.choice(&mut plan.goal, &Goal::ALL);
    let mut offer = u8::try_from(plan.offer.bits()).unwrap_or_default();
    codec.byte(&mut offer);
    plan.offer = Protocols::from_bits(offer.into());
    codec.choice(&mut plan.trust, &Trust::ALL);
    let Budget { stage, total } = &mut plan.budget;
    codec.time(stage);
    codec.time(total);
    codec.choice(&mut plan.package, &Package::ALL);
    let Dangers { any_certificate, old_credssp, .. } = &mut plan.dangers;
    codec.flag(any_certificate);
    codec.flag(old_credssp);
    let ClientHello { rung, length, .. } = &mut plan.client_hello;
    codec.choice(rung, &Rung::ALL);
    codec.short(length);
    code_request(codec, &mut plan.request);
    // What is seldom there: one byte where there is none of it.
    let usual = Plan {
        target: plan.target.clone(),
        goal: plan.goal,
        offer: plan.offer,
        trust: plan.trust,
        budget: plan.budget,
        package: plan.package,
        dangers: plan.dangers,
        client_hello: plan.client_hello,
        request: plan.request.clone(),
        ..Plan::new(plan.target.clone())
    };
    let mut is_seldom = *plan != usual;
    codec.flag(&mut is_seldom);
    if is_seldom {
        code_seldom(codec, plan);
    }
}

fn code_seldom(codec: &mut Codec<'_>, plan: &mut Plan) {
    code_name(codec, &mut plan.server_name);
    code_known(codec, &mut plan.known);
    codec.list(&mut plan.thumbprints, 3, || Thumbprint::Sha1([0; 20]), code_thumbprint);
    codec.choice(&mut plan.family, &Family::ALL);
    codec.option(&mut plan.address, || ([192, 0, 2, 7], 3389).into(), Codec::parsed);
    codec.option(&mut plan.gateway, target, Codec::parsed);
    codec.option(&mut plan.service, Box::default, Codec::words);
}

fn code_name(codec: &mut Codec<'_>, name: &mut ServerName) {
    let mut kind = match name {
        ServerName::Target => 0,
        ServerName::None => 1,
        _ => 2,
    };
    codec.byte(&mut kind);
    let mut text = match name {
        ServerName::Given(name) => name.clone(),
        _ => Box::default(),
    };
    *name = match kind % 3 {
        0 => ServerName::Target,
        1 => ServerName::None,
        _ => {
            codec.words(&mut text);
            ServerName::Given(text)
        }
    };
}

fn code_known(codec: &mut Codec<'_>, known: &mut Known) {
    let mut kind = match known {
        Known::Nothing => 1,
        Known::Unavailable => 2,
        Known::Certificate(_) => 3,
        _ => 0,
    };
    codec.byte(&mut kind);
    let mut der = match known {
        Known::Certificate(der) => der.clone(),
        _ => Bytes::new(),
    };
    *known = match kind % 4 {
        0 => Known::Unasked,
        1 => Known::Nothing,
        2 => Known::Unavailable,
        _ => {
            codec.bytes(&mut der);
            Known::Certificate(der)
        }
    };
}

fn code_thumbprint(codec: &mut Codec<'_>, thumbprint: &mut Thumbprint) {
    let (mut kind, mut hash) = (0, [0; 32]);
    match thumbprint {
        Thumbprint::Sha1(short) => hash[..20].copy_from_slice(short),
        Thumbprint::Sha256(long) => (kind, hash) = (1, *long),
        Thumbprint::Key(long) => (kind, hash) = (2, *long),
    }
    codec.byte(&mut kind);
    codec.array(&mut hash);
    *thumbprint = match kind % 3 {
        0 => Thumbprint::Sha1(*hash.first_chunk().unwrap()),
        1 => Thumbprint::Sha256(hash),
        _ => Thumbprint::Key(hash),
    };
}

/// The parts of a request, in one byte: which of them there are.
pub(super) fn code_request(codec: &mut Codec<'_>, request: &mut Request) {
    let mut parts = [
        !request.negotiates(),
        request.restricted_admin(),
        request.redirected_authentication(),
        request.cookie().is_some(),
        request.routing_token().is_some(),
        request.preconnection_id().is_some(),
        request.preconnection_blob().is_some(),
        request.correlation_id().is_some(),
    ];
    let mut byte = parts.iter().rev().fold(0, |byte, part| byte << 1 | u8::from(*part));
    codec.byte(&mut byte);
    parts.iter_mut().enumerate().for_each(|(place, part)| *part = byte >> place & 1 == 1);
    let mut made = Request::default();
    if parts[0] {
        made = made.without_negotiation();
    }
    if parts[1] {
        made = made.with_restricted_admin();
    }
    if parts[2] {
        made = made.with_redirected_authentication();
    }
    if parts[3] {
        let mut name = request.cookie().unwrap_or_default().to_owned();
        codec.text(&mut name);
        made = made.clone().with_cookie(&name).unwrap_or(made);
    }
    if parts[4] {
        let mut token = request.routing_token().unwrap_or_default().to_owned();
        codec.text(&mut token);
        made = made.clone().with_routing_token(&token).unwrap_or(made);
    }
    *request = code_outer_parts(codec, request, parts, made);
}

/// The pre-connection PDU and the correlation id.
fn code_outer_parts(codec: &mut Codec<'_>, request: &Request, parts: [bool; 8], mut made: Request) -> Request {
    if parts[5] {
        let mut id = request.preconnection_id().unwrap_or_default();
        codec.long(&mut id);
        made = made.with_preconnection_id(id);
    }
    if parts[6] {
        let mut blob = request.preconnection_blob().unwrap_or_default().to_owned();
        codec.text(&mut blob);
        made = made.clone().with_preconnection_blob(&blob).unwrap_or(made);
    }
    if parts[7] {
        let mut id = request.correlation_id().unwrap_or_default();
        codec.array(&mut id);
        made = made.clone().with_correlation_id(id).unwrap_or(made);
    }
    made
}
