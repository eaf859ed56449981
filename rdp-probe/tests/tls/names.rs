//! Which name the `ClientHello` asks for.

use rdp_probe::{End, ServerName};

use super::server::{Server, VERSIONS, builder};

/// What a server reads that is probed as this target, with this setting.
async fn asked(target: &str, setting: ServerName) -> Option<String> {
    let (server, target) = (Server::healthy(), target.parse().unwrap());
    let prober = builder().server_name(setting).build().unwrap();
    for version in VERSIONS {
        let report = server.probe_as(&prober, &target, version).await;
        assert_eq!(report.end(), End::Complete, "{target}");
    }
    let asked = server.asked();
    assert!(asked.len() == 2 && asked[0] == asked[1], "{asked:?}");
    asked[0].clone()
}

#[tokio::test(start_paused = true)]
async fn the_targets_name_is_asked_for_where_it_is_one() {
    let rows = [
        ("ts01.example", Some("ts01.example")),
        ("ts01.example:3390", Some("ts01.example")),
        ("TS01", Some("ts01")),
        ("ts01.example.", Some("ts01.example")),
        ("build_agent.example", Some("build_agent.example")),
        ("192.0.2.7", None),
        ("[2001:db8::7]:3389", None),
        ("fe80::1%eth0", None),
        ("ts01.7", None),
    ];
    for (target, name) in rows {
        assert_eq!(asked(target, ServerName::Target).await.as_deref(), name, "{target}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_given_name_and_none_are_what_they_say() {
    for target in ["ts01.example", "192.0.2.7"] {
        assert_eq!(asked(target, ServerName::Given("gw.example".into())).await.as_deref(), Some("gw.example"));
        assert_eq!(asked(target, ServerName::None).await, None);
    }
}
