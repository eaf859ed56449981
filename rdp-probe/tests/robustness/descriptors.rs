//! A process that has no descriptors left, really: a child of the test, which takes all there are.

use std::process::Command;

use rdp_probe::diagnose::Cause;
use rdp_probe::{End, Limits, Prober, Report, Shortage, Stage, Target};
use tokio::runtime::Builder;

use super::shown;

const CHILD: &str = "RDP_PROBE_WITHOUT_DESCRIPTORS";

/// Everything that the system has left for this process, but for so many.
fn take_all_but(left: usize) -> Vec<std::fs::File> {
    let mut taken: Vec<_> = std::iter::from_fn(|| std::fs::File::open("/dev/null").ok()).collect();
    taken.truncate(taken.len() - left);
    taken
}

#[track_caller]
fn assert_named(report: &Report, stage: Stage) {
    let End::Os(error) = report.end() else { panic!("{report}") };
    assert_eq!(
        (report.stage(), error.code, error.shortage()),
        (stage, Some(24), Some(Shortage::Descriptors)),
        "{report}"
    );
    assert_eq!(report.causes()[0].cause, Cause::ConnectFailedLocally);
    assert!(
        report.to_string().lines().next().unwrap().ends_with("This process has no file descriptors left"),
        "{report}"
    );
    shown::everything(report);
}

fn without_descriptors() {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let (prober, target) = (Prober::builder().build().unwrap(), Target::from(listener.local_addr().unwrap()));
    let taken = take_all_but(0);
    runtime.block_on(async {
        assert_named(&prober.probe(&target).await, Stage::Connect);
        assert_named(prober.open(&target).await.map(|_| ()).unwrap_err().report(), Stage::Connect);
        let limits = Limits { spacing: std::time::Duration::ZERO, ..Limits::default() };
        assert_named(&prober.examine_plan(prober.plan(&target), limits, |_| ()).await, Stage::Connect);
        let mut sweep = prober.probe_all(vec![target.clone(); 20]).at_once(5);
        for _ in 0..20 {
            assert_named(&sweep.next().await.unwrap().report, Stage::Connect);
        }
        assert!(sweep.next().await.is_none());
        let proxied = Prober::builder().proxy(format!("socks5://{target}").parse().unwrap()).build().unwrap();
        assert_named(&proxied.probe(&"ts01.example".parse().unwrap()).await, Stage::Proxy);
        // The resolver of the system cannot look into its files nor ask anybody. In which words it says so is its own affair.
        let looked_up = prober.probe(&"ts01.rdp-probe.test".parse().unwrap()).await;
        assert!(looked_up.stage() == Stage::Resolve && !looked_up.is_ok(), "{looked_up}");
        println!("{looked_up}");
        drop(taken);
        // With one for each of two connections all goes on, and what a probe had is free again behind it.
        let _taken = take_all_but(2);
        for _ in 0..10 {
            let (near, far) = tokio::join!(prober.probe(&target), async { listener.accept().map(drop) });
            assert!(far.is_ok() && near.stage() == Stage::Negotiate, "{near}");
        }
    });
}

#[test]
fn a_process_without_descriptors() {
    if std::env::var_os(CHILD).is_some() {
        return without_descriptors();
    }
    let script = r#"ulimit -n 64 && exec "$@""#;
    let output = Command::new("sh")
        .args(["-c", script, "sh"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "descriptors::a_process_without_descriptors", "--nocapture"])
        .env(CHILD, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("1 passed"), "{said}");
}
