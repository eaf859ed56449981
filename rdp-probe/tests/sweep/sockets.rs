//! A sweep over real sockets: what it holds open, and that it lets go.

use std::net::Ipv4Addr;

use rdp_probe::diagnose::Cause;
use rdp_probe::{Limits, Prober, Target};
use rdp_probe_lab::Lab;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;

use super::support::read_request;

/// The servers see their connections end when the sweep is dropped, and no other client comes.
#[tokio::test]
async fn dropping_a_sweep_closes_its_sockets() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let target = Target::from(listener.local_addr().unwrap());
    let mut sweep = Prober::builder().build().unwrap().probe_all(std::iter::repeat_n(target, 1_000)).at_once(40);
    let serve = async {
        let mut open = Vec::new();
        for _ in 0..40 {
            let mut far = listener.accept().await.unwrap().0;
            read_request(&mut far).await.unwrap();
            open.push(far);
        }
        open
    };
    let open = tokio::select! {
        _ = sweep.next() => unreachable!("nobody answers"),
        open = serve => open,
    };
    assert_eq!((sweep.progress().done, sweep.progress().under_way), (0, 40));
    drop(sweep);
    for mut far in open {
        assert!(matches!(far.read(&mut [0; 1]).await, Ok(0) | Err(_)), "closed");
    }
    // All 40 are gone, so another would have been begun by now.
    tokio::select! {
        biased;
        _ = listener.accept() => unreachable!("one more client"),
        () = tokio::task::yield_now() => {}
    }
}

/// Each target of a sweep that examines has its further connections, and a diagnosis over all of them.
#[tokio::test]
async fn a_sweep_can_examine() {
    let labs = [Lab::start("tls-reset").await.unwrap(), Lab::start("healthy").await.unwrap()];
    let limits = Limits { spacing: std::time::Duration::ZERO, ..Limits::default() };
    let prober = Prober::builder().build().unwrap();
    let mut sweep = prober.probe_all(labs.iter().map(Lab::target)).examining(limits);
    let mut found = [None, None];
    while let Some(probed) = sweep.next().await {
        let settled = probed.report.causes().swap_remove(0);
        found[probed.index] = Some((settled.cause, probed.report.further().is_empty()));
    }
    assert_eq!(found, [Some((Cause::KeyUnreadable, false)), Some((Cause::NoFaultFound, false))]);
}
