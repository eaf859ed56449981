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
    // Only the lock's file is beside it.
    let mut left: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["known", "known.lock"]);
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
    run(&["check", "--known", path, "--depth", "hello", "ts01"])
        .assert_usage_error(&["--known", "does not prove that it holds its key; nothing is kept"]);
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

/// Of what is no regular file there may be no end, and it would be replaced by one.
#[cfg(unix)]
#[test]
fn only_a_regular_file_of_some_size_is_taken() {
    use std::os::unix::fs::FileTypeExt as _;

    run(&["check", "--known", "/dev/null", "ts01"]).assert_usage_error(&["/dev/null", "no regular file"]);
    assert!(std::fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    let pipe = fresh_file("pipe.known");
    let _ = std::fs::remove_file(&pipe);
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    run(&["check", "--known", pipe.to_str().unwrap(), "ts01"]).assert_usage_error(&["no regular file"]);
    let folder = pipe.parent().unwrap().to_str().unwrap();
    run(&["check", "--known", folder, "ts01"]).assert_usage_error(&["no regular file"]);
    let large = fresh_file("large.known");
    std::fs::File::create(&large).unwrap().set_len(64 * 1024 * 1024 + 1).unwrap();
    run(&["check", "--known", large.to_str().unwrap(), "ts01"]).assert_usage_error(&["larger than 64 MiB"]);
    std::fs::remove_file(large).unwrap();
}

/// What the file is made with, its owner alone may read; what it is given by its keeper stays.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn who_may_read_the_file_stays() {
    use std::os::unix::fs::PermissionsExt;

    let (file, healthy) = (fresh_file("mode.known"), server("healthy").await);
    let mode = || std::fs::metadata(&file).unwrap().permissions().mode() & 0o777;
    by(&file, &healthy.address);
    assert_eq!((mode(), lines_of(&file).len()), (0o600, 1));
    std::fs::write(&file, "").unwrap();
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o640)).unwrap();
    by(&file, &healthy.address);
    assert_eq!((mode(), lines_of(&file).len()), (0o640, 1));
}

/// Processes that write in the file at the same time lose none of each other's lines.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn processes_share_a_file() {
    let file = fresh_file("processes.known");
    let mut servers = Vec::new();
    for _ in 0..24 {
        servers.push(keyed(LabKey::EcdsaP256).await);
    }
    let addresses: Vec<_> = servers.iter().map(|lab| lab.address().to_string()).collect();
    let runs: Vec<_> = addresses
        .chunks(3)
        .map(|chunk| {
            let (file, chunk) = (file.clone(), chunk.to_vec());
            std::thread::spawn(move || {
                let targets = chunk.iter().map(String::as_str);
                let options = ["check", "--json", "--known", file.to_str().unwrap()];
                run(&options.into_iter().chain(targets).collect::<Vec<_>>()).status
            })
        })
        .collect();
    for done in runs {
        assert_eq!(done.join().unwrap(), Some(0));
    }
    let mut known: Vec<_> = lines_of(&file).iter().map(|line| line.split(' ').next().unwrap().to_owned()).collect();
    let mut expected = addresses;
    known.sort();
    expected.sort();
    assert_eq!(known, expected);
}

/// What is seen first is kept, also where the report cannot be written: as for `check`.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn examine_keeps_what_it_has_seen_whatever_becomes_of_the_report() {
    let (file, lab) = (fresh_file("examined.known"), keyed(LabKey::EcdsaP256).await);
    // Eight lines more, so that one new line alone is not written at once.
    let mut lines = String::new();
    let address = lab.address().to_string();
    by(&file, &address);
    for port in 1..=9 {
        lines += &lines_of(&file)[0].replace(&address, &format!("192.0.2.1:{port}"));
        lines += "\n";
    }
    std::fs::write(&file, &lines).unwrap();
    let nowhere = fresh_file("no-folder").join("report.probe");
    let options = ["examine", "--spacing", "0", "--known", file.to_str().unwrap(), "--transcript"];
    let run = run(&[&options[..], &[nowhere.to_str().unwrap(), &address]].concat());
    assert_eq!(run.status, Some(2), "{run:?}");
    assert_eq!(lines_of(&file).len(), 10, "{run:?}");
}
