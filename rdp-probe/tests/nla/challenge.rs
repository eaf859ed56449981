//! What a challenge says, read from whole handshakes.

use rdp_probe::Fault;
use rdp_probe::credssp::{Challenge, ChallengeFlaw, Mechanism};
use rdp_probe_lab::NtlmHost;

use super::*;

async fn challenged(package: Package, server: &NlaServer) -> Met {
    let prober = Prober::builder().goal(Goal::Challenge).package(package).fixed_clock(NOW).build().unwrap();
    meet(&prober, server, None).await
}

fn host() -> NtlmHost {
    NtlmHost { clock: Some(NOW + 421), version: (10, 0, 26100), ..NtlmHost::default() }
}

#[tokio::test(start_paused = true)]
async fn a_server_tells_its_names_its_build_and_its_clock_and_nobody_logs_on() {
    for package in PACKAGES {
        for version in 2..=6 {
            let met = challenged(package, &server().with_host(host()).with_version(version)).await;
            assert_eq!(met.end(), (Stage::Nla, End::Complete), "{}", met.report);
            let evidence = met.report.evidence();
            let challenge = evidence.challenge().unwrap();
            assert_eq!(challenge.netbios_computer.as_deref(), Some("TS01"));
            assert_eq!(challenge.netbios_domain.as_deref(), Some("LAB"));
            assert_eq!(challenge.target_name.as_deref(), Some("LAB"));
            assert_eq!(challenge.dns_computer.as_deref(), Some("ts01.lab.rdp-probe.test"));
            assert_eq!(challenge.dns_domain.as_deref(), Some("lab.rdp-probe.test"));
            assert_eq!(challenge.dns_forest.as_deref(), Some("rdp-probe.test"));
            assert_eq!(challenge.version.map(|os| (os.major, os.minor, os.build)), Some((10, 0, 26100)));
            assert_eq!((challenge.flaw, evidence.clock_skew()), (None, Some(421)));
            assert_eq!(evidence.credssp_version(), Some(version));
            // Bare NTLM is not negotiated, so that nothing was named.
            let named: &[_] = if package == Package::Ntlm { &[] } else { &[Mechanism::Ntlm] };
            assert_eq!(evidence.mechanisms(), named, "{package:?}");
            assert!(met.attempts().is_empty() && met.credentials_sent() == 0 && met.result().is_none());
            let requests = met.seen.iter().filter(|seen| matches!(seen, Seen::TsRequest { .. })).count();
            assert_eq!(requests, 1, "{:?}", met.seen);
        }
    }
}

/// Names that are missing are missing, others may be of any script, and a clock may be wrong by years, either way.
#[tokio::test(start_paused = true)]
async fn what_is_not_said_is_not_made_up() {
    for skew in [-400_000_000, -1, 0, 1, 400_000_000] {
        let blank = NtlmHost {
            netbios_computer: "SRV-Ä東".to_owned(),
            netbios_domain: String::new(),
            dns_computer: String::new(),
            dns_domain: String::new(),
            dns_forest: String::new(),
            version: (6, 1, 7601),
            flags: Some(0x0000_0201),
            clock: Some(NOW + skew),
        };
        let met = challenged(Package::Ntlm, &server().with_host(blank)).await;
        let challenge = met.report.evidence().challenge().unwrap();
        assert_eq!(challenge.netbios_computer.as_deref(), Some("SRV-Ä東"));
        assert_eq!((challenge.netbios_domain, challenge.dns_computer, challenge.target_name), (None, None, None));
        assert_eq!((challenge.version, challenge.flags), (None, 0x0000_0201), "without the flag it means nothing");
        assert_eq!(met.report.evidence().clock_skew(), Some(skew));
    }
}

/// Challenges that point outside, or never end: they are told, what can be read is kept, and nobody answers them.
#[tokio::test(start_paused = true)]
async fn hostile_challenges_are_read_and_not_answered() {
    let sound = host().challenge(0xE208_8237);
    let with = |at: usize, bytes: &[u8]| {
        let mut message = sound.clone();
        message[at..at + bytes.len()].copy_from_slice(bytes);
        message
    };
    let hostile = [
        (with(16, &u32::MAX.to_le_bytes()), Some(ChallengeFlaw::TargetName)),
        (with(12, &u16::MAX.to_le_bytes()), Some(ChallengeFlaw::TargetName)),
        (with(44, &u32::MAX.to_le_bytes()), Some(ChallengeFlaw::TargetInfo)),
        (with(40, &u16::MAX.to_le_bytes()), Some(ChallengeFlaw::TargetInfo)),
        // The end of the list, which is the end of the message, becomes another name, and one of 65535 bytes.
        (with(sound.len() - 4, &[9, 0, 0, 0]), Some(ChallengeFlaw::AvPairs)),
        (with(sound.len() - 4, &[9, 0, 0xFF, 0xFF]), Some(ChallengeFlaw::AvPairs)),
        (sound[..31].to_vec(), None),
        (with(8, &[3]), None),
        (b"NTLMSSP\0".to_vec(), None),
        (Vec::new(), None),
    ];
    let end = (Stage::Nla, End::Malformed(Fault::NtlmChallenge));
    for (message, flaw) in hostile {
        assert_eq!(Challenge::parse(&message).and_then(|read| read.flaw), flaw);
        for package in PACKAGES {
            let server = server().with_challenge(message.clone());
            let met = challenged(package, &server).await;
            if package == Package::Ntlm || message.starts_with(b"NTLMSSP\0") {
                assert_eq!(met.end(), end, "{package:?} {flaw:?} {message:02x?}");
                assert_eq!(met.report.evidence().challenge().and_then(|read| read.flaw), flaw);
            }
            let met = meet_alice(builder(Goal::Delegate).package(package), &server).await;
            assert!(!met.report.is_ok() && met.report.stage() == Stage::Nla, "{}", met.report);
            assert_eq!((met.attempts().len(), met.credentials_sent()), (0, 0), "{package:?} {message:02x?}");
        }
    }
}

/// SPNEGO names what the server takes instead.
#[tokio::test(start_paused = true)]
async fn a_server_with_kerberos_alone_says_so() {
    for mechanism in [Mechanism::MsKerberos, Mechanism::Kerberos, Mechanism::NegoEx] {
        let met = challenged(Package::Spnego, &server().with_mechanisms([mechanism])).await;
        assert_eq!(met.report.evidence().mechanisms(), [mechanism], "{}", met.report);
        assert!(met.report.evidence().challenge().is_none());
        let met = challenged(Package::Ntlm, &server().with_mechanisms([mechanism])).await;
        assert_eq!(met.end(), (Stage::Nla, End::Rejected(NtStatus(0x8009_0302))));
    }
}
