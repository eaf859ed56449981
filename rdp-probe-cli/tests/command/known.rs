//! `--known`: what is seen first is kept in a file, and another key is a failure.

use rdp_probe_lab::{LabCertificate, LabKey};

use super::*;

fn text_of(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap()
}

/// The lines of targets in the file.
fn lines_of(file: &Path) -> Vec<String> {
    text_of(file).lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
}

/// A check by this file, and what its report says of the check.
fn by(file: &Path, address: &str) -> (Option<i32>, Value, Value) {
    let run = run(&["check", "--json", "--known", file.to_str().unwrap(), address]);
    assert_eq!(run.err, "", "{run:?}");
    let report = run.report();
    let known = report["certificate"]["verdict"]["known"]["reason"].clone();
    (run.status, known, report["causes"][0]["code"].clone())
}

/// A server with a key of this kind.
async fn keyed(key: LabKey) -> Lab {
    let now = std::time::SystemTime::now().into();
    Lab::with_certificate(LabCertificate::healthy(now).with_key(key)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_first_is_kept_and_another_key_is_a_failure() {
    let (file, lab) = (fresh_file("first.known"), keyed(LabKey::Rsa2048).await);
    let address = lab.address().to_string();
    assert_eq!(by(&file, &address), (Some(0), json!("first-seen"), json!("no-fault-found")));
    assert!(text_of(&file).starts_with("# Certificates that targets are known by"));
    let lines = lines_of(&file);
    assert!(lines.len() == 1 && lines[0].starts_with(&format!("{address} MII")), "{lines:?}");
    assert_eq!(by(&file, &address), (Some(0), json!("same"), json!("no-fault-found")));

    // The same line under the name of another server: that one is then known by it.
    let other = keyed(LabKey::EcdsaP256).await;
    let renamed = text_of(&file).replace(&address, &other.address().to_string());
    std::fs::write(&file, &renamed).unwrap();
    let (status, known, cause) = by(&file, &other.address().to_string());
    assert_eq!((status, cause), (Some(1), json!("certificate-changed")));
    assert_eq!(known, json!("new-key"));
    assert_eq!(text_of(&file), renamed, "nothing is written over");

    // What its keeper deletes is seen for the first time again.
    std::fs::write(&file, "# mine\n").unwrap();
    assert_eq!(by(&file, &other.address().to_string()).1, json!("first-seen"));
    assert!(text_of(&file).starts_with("# mine\n127.0.0.1:"), "{}", text_of(&file));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_certificate_issued_anew_for_the_same_key_passes() {
    let (file, lab) = (fresh_file("reissued.known"), keyed(LabKey::Rsa2048).await);
    let address = lab.address().to_string();
    let expired = server("certificate-expired").await;
    assert_eq!(by(&file, &expired.address), (Some(0), json!("first-seen"), json!("certificate-expired")));
    std::fs::write(&file, text_of(&file).replace(&expired.address, &address)).unwrap();
    assert_eq!(by(&file, &address), (Some(0), json!("renewed"), json!("no-fault-found")));
}

/// Twenty targets at once, each under two names that differ in case: a line each, and no other file is left.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn many_targets_share_a_file() {
    let folder = fresh_file("known.folder");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir(&folder).unwrap();
    let file = folder.join("known");
    let mut servers = Vec::new();
    for _ in 0..20 {
        servers.push(keyed(LabKey::Rsa2048).await);
    }
    let upper = |lab: &Lab| format!("LOCALHOST:{}", lab.address().port());
    let lower = |lab: &Lab| format!("localhost:{}", lab.address().port());
    let targets: Vec<_> = servers.iter().flat_map(|lab| [upper(lab), lower(lab)]).collect();
    let check = ["check", "--json", "-4", "--at-once", "16", "--known", file.to_str().unwrap()];
    let targets: Vec<_> = targets.iter().map(String::as_str).collect();
    let first = run(&[&check, &targets[..]].concat());
    assert_eq!((first.status, first.reports().len()), (Some(0), 40), "{first:?}");
    let mut known: Vec<_> = lines_of(&file).iter().map(|line| line.split(' ').next().unwrap().to_owned()).collect();
    let mut expected: Vec<_> = servers.iter().map(lower).collect();
    known.sort();
    expected.sort();
    assert_eq!(known, expected);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    let second = run(&[&check, &targets[..]].concat());
    assert!(second.reports().iter().all(|report| report["certificate"]["verdict"]["known"]["reason"] == "same"));
}

#[test]
fn a_damaged_file_is_said_with_its_line_and_left_alone() {
    let file = fresh_file("damaged.known");
    let path = file.to_str().unwrap();
    let good = "ts09.example:3389 ";
    for (line, says) in [
        ("ts01:33890000 AAAA", "begins with no target"),
        ("ts01.example:3389", "has no certificate behind its target"),
        ("ts01.example:3389 M$$C", "holds no base64"),
        ("ts01.example:3389 AAAA", "holds no certificate that can be read"),
    ] {
        let text = format!("# a note\n\n{line}\n{good}");
        std::fs::write(&file, &text).unwrap();
        run(&["check", "--known", path, "ts01"]).assert_usage_error(&[path, &format!("line 3 {says}")]);
        assert_eq!(text_of(&file), text);
    }
    std::fs::write(&file, [0xFF, 0xFE, 0]).unwrap();
    run(&["check", "--known", path, "ts01"]).assert_usage_error(&["cannot read", path]);
    let nowhere = fresh_file("no-such-folder").join("known");
    run(&["check", "--known", nowhere.to_str().unwrap(), "ts01"]).assert_usage_error(&["cannot make"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_target_that_stands_twice_is_an_error() {
    let (file, healthy) = (fresh_file("twice.known"), server("healthy").await);
    by(&file, &healthy.address);
    let line = lines_of(&file).remove(0);
    std::fs::write(&file, format!("{line} a note of mine\n{line}\n")).unwrap();
    let path = file.to_str().unwrap();
    let says = format!("line 2 is the second one of {}", healthy.address);
    run(&["check", "--known", path, "ts01"]).assert_usage_error(&[path, &says]);
}

#[test]
fn it_goes_with_nothing_that_it_contradicts() {
    let file = fresh_file("contradicted.known");
    let path = file.to_str().unwrap();
    run(&["check", "--known", path, "--roots", "system", "ts01"]).assert_usage_error(&["--known", "--roots"]);
    run(&["check", "--known", path, "--depth", "negotiate", "ts01"]).assert_usage_error(&["--known", "--depth tls"]);
    assert!(!file.exists());
}

/// A link stays one, and what it leads to is written.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_link_is_followed() {
    let (file, link, healthy) = (fresh_file("linked.known"), fresh_file("link.known"), server("healthy").await);
    std::fs::write(&file, "").unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    assert_eq!(by(&link, &healthy.address).0, Some(0));
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(lines_of(&file).len(), 1);
}
