//! Plans of every kind.

use std::net::SocketAddr;

use rdp_probe::{ClientHello, Known, Rung};

use super::*;

pub(super) fn target() -> impl Strategy<Value = Target> {
    prop_oneof!["[a-z][a-z0-9-]{0,20}(\\.[a-z]{1,8}){0,2}", "\\[fe80::[0-9]%eth0\\]", "192\\.0\\.2\\.[1-9]"]
        .prop_flat_map(|host| (1_u16..).prop_map(move |port| format!("{host}:{port}").parse().unwrap()))
}

fn request() -> impl Strategy<Value = Request> {
    let line = proptest::option::of((any::<bool>(), "[ -~]{1,150}"));
    let preconnection = proptest::option::of((any::<u32>(), proptest::option::of("\\PC{0,20}")));
    let id = proptest::option::of(proptest::array::uniform16(0x0E_u8..0xF4));
    (line, preconnection, id, any::<[bool; 3]>()).prop_map(|(line, preconnection, id, [bare, admin, redirected])| {
        let mut request = Request::default();
        request = match line {
            Some((true, name)) => request.with_cookie(&name).unwrap(),
            Some((false, token)) => request.with_routing_token(&token).unwrap(),
            None => request,
        };
        if let Some((id, blob)) = preconnection {
            request = request.with_preconnection_id(id);
            request = blob.map_or(Ok(request.clone()), |blob| request.with_preconnection_blob(&blob)).unwrap();
        }
        request = id.map_or(Ok(request.clone()), |id| request.with_correlation_id(id)).unwrap();
        request = if bare { request.without_negotiation() } else { request };
        request = if admin { request.with_restricted_admin() } else { request };
        if redirected { request.with_redirected_authentication() } else { request }
    })
}

fn known() -> impl Strategy<Value = Known> {
    let words = vec![Known::Unasked, Known::Nothing, Known::Unavailable];
    prop_oneof![proptest::sample::select(words), bytes().prop_map(Known::Certificate)]
}

fn thumbprint() -> impl Strategy<Value = Thumbprint> {
    prop_oneof![
        any::<[u8; 20]>().prop_map(Thumbprint::Sha1),
        any::<[u8; 32]>().prop_map(Thumbprint::Sha256),
        any::<[u8; 32]>().prop_map(Thumbprint::Key),
    ]
}

/// A plan of what is to be asked, of no target that would matter.
fn asked() -> impl Strategy<Value = Plan> {
    let goal = proptest::sample::select(Goal::ALL.to_vec());
    let trust = (proptest::sample::select(Trust::ALL.to_vec()), known());
    let hello = (proptest::sample::select(Rung::ALL.to_vec()), prop_oneof![Just(0), any::<u16>()])
        .prop_map(|(rung, length)| ClientHello::new(rung).padded_to(length));
    let name = prop_oneof![
        Just(ServerName::Target),
        Just(ServerName::None),
        "[a-z]{1,20}".prop_map(|name| ServerName::Given(name.into())),
    ];
    (goal, trust, hello, name, any::<u32>(), request()).prop_map(|(goal, trust, hello, name, offer, request)| {
        let mut plan = Plan::new("ts01".parse().unwrap());
        (plan.goal, plan.client_hello, plan.server_name) = (goal, hello, name);
        (plan.trust, plan.known) = trust;
        (plan.offer, plan.request) = (Protocols::from_bits(offer), request);
        plan
    })
}

pub(super) fn plan() -> impl Strategy<Value = Plan> {
    let thumbprints = proptest::collection::vec(thumbprint(), 0..3);
    let family = proptest::sample::select(Family::ALL.to_vec());
    let way = (family, proptest::option::of(any::<SocketAddr>()), proptest::option::of(target()));
    let service = proptest::option::of("([!-~]{1,12}( [!-~]{1,12})?)?");
    let nla = (nla::package(), service, nla::dangers());
    (asked(), target(), (time(), time()), thumbprints, way, nla).prop_map(
        |(mut plan, target, (stage, total), thumbprints, (family, address, gateway), (package, service, dangers))| {
            (plan.package, plan.service, plan.dangers) = (package, service.map(Into::into), dangers);
            plan.target = target;
            plan.budget = Budget { stage, total };
            plan.thumbprints = thumbprints;
            (plan.family, plan.address, plan.gateway) = (family, address.map(without_zone), gateway);
            plan
        },
    )
}

/// Flow labels are not written down.
fn without_zone(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip(), address.port())
}
