//! Many targets: lists in files and on standard input, `.rdp` files, formats, the summary.

use super::*;

/// A run that is given this text on standard input.
fn fed(arguments: &[&str], text: impl AsRef<[u8]>) -> Run {
    let mut child =
        command(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_ref()).unwrap();
    child.wait_with_output().unwrap().into()
}

fn written(name: &str, text: &[u8]) -> String {
    let file = fresh_file(name);
    std::fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

fn ports(run: &Run) -> Vec<Value> {
    run.reports().iter().map(|report| report["target"]["port"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn targets_come_from_a_file_from_standard_input_and_from_the_command_line() {
    let (healthy, closing) = (server("healthy").await, server("closes-on-request").await);
    let list = format!("# the farm\n\n {}  # good\r\n{}\n", healthy.address, closing.address);
    let file = written("targets.txt", list.as_bytes());
    let from_file = run(&["check", "--json", "--targets", &file]);
    assert_eq!((ports(&from_file), from_file.status), (vec![json!(healthy.port), json!(closing.port)], Some(1)));

    let both = fed(&["check", "--json", &closing.address, "--targets", "-"], format!("\u{feff}{}", healthy.address));
    assert_eq!(ports(&both), [json!(closing.port), json!(healthy.port)]);
}

#[test]
fn a_list_that_cannot_be_used_is_said_with_its_line_and_nothing_is_probed() {
    let file = written("bad-targets.txt", b"ts01\nts02:99999\n");
    run(&["check", "--targets", &file]).assert_usage_error(&["line 2 of", &file, "99999", "^"]);
    fed(&["check", "--targets", "-"], "# nothing\n").assert_usage_error(&["list is empty"]);
    let missing = fresh_file("no-targets.txt");
    run(&["check", "--targets", missing.to_str().unwrap()]).assert_usage_error(&["no-targets.txt"]);
    for at_once in ["0", "many"] {
        run(&["check", "--at-once", at_once, "ts01"]).assert_usage_error(&["--at-once", at_once]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_list_may_be_as_powershell_writes_it() {
    let (healthy, closing) = (server("healthy").await, server("closes-on-request").await);
    let list = format!("\u{feff}# büro\r\n{}\r\n{}\r\n", healthy.address, closing.address);
    let bytes = |of: fn(u16) -> [u8; 2]| list.encode_utf16().flat_map(of).collect::<Vec<_>>();
    let (little, big) = (bytes(u16::to_le_bytes), bytes(u16::to_be_bytes));
    for list in [list.as_bytes(), &little, &big] {
        let file = written("powershell.txt", list);
        let from_file = run(&["check", "--json", "--targets", &file]);
        assert_eq!(ports(&from_file), [json!(healthy.port), json!(closing.port)], "{list:x?}");
        let from_input = fed(&["check", "--json", "--targets", "-"], list);
        assert_eq!(ports(&from_input), [json!(healthy.port), json!(closing.port)], "{list:x?}");
    }
    let halved = &little[..little.len() - 1];
    let lonely = [0xFF, 0xFE, 0x00, 0xD8];
    for broken in [halved, &lonely, b"ts01\xFF\n"] {
        let file = written("broken.txt", broken);
        run(&["check", "--targets", &file]).assert_usage_error(&[&file, "neither UTF-8 nor UTF-16"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_note_begins_behind_white_space() {
    let healthy = server("healthy").await;
    let file = written("farm#2.rdp", format!("full address:s:{}\n", healthy.address).as_bytes());
    let list = format!("#{file}\n{file}\n{file} #{file}\n{file}\t# good # or not\n  # nothing\n");
    let run = fed(&["check", "--json", "--targets", "-"], &list);
    assert_eq!(ports(&run), vec![json!(healthy.port); 3], "{run:?}");
    fed(&["check", "--targets", "-"], "ts01#good\n").assert_usage_error(&["line 1", "ts01#good"]);
}

/// The command in a shell that may have so many open files.
#[cfg(unix)]
fn limited(files: u32, arguments: &str) -> Run {
    let script = format!("ulimit -n {files}; exec {} {arguments}", env!("CARGO_BIN_EXE_rdp-probe"));
    Command::new("sh").args(["-c", &script]).stdin(Stdio::null()).output().unwrap().into()
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn more_at_once_than_open_files_is_said_beforehand() {
    let healthy = server("healthy").await;
    let times = |targets| format!(" {}", healthy.address).repeat(targets);
    let few = limited(64, &format!("check --at-once 100 {}", times(120)));
    few.assert_usage_error(&["100 targets", "(64)", "--at-once 32", "ulimit"]);
    limited(64, &format!("check --at-once 100 {}", times(50))).assert_usage_error(&["50 targets", "(64)"]);
    assert_eq!(limited(64, &format!("check --at-once 20 {}", times(50))).status, Some(0));
    assert_eq!(limited(160, &format!("check --at-once 100 {}", times(120))).status, Some(0));
    // There are fewer targets than there might be.
    assert_eq!(limited(64, &format!("check --at-once 65535 {}", times(2))).status, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn many_targets_are_summed_up_on_standard_error() {
    let (healthy, closing) = (server("healthy").await, server("closes-on-request").await);
    let list = format!("{}\n", healthy.address).repeat(9) + &closing.address;
    let nine =
        fed(&["check", "--json", "--at-once", "3", "--targets", "-"], format!("{}\n", healthy.address).repeat(9));
    assert_eq!((nine.status, nine.err.as_str()), (Some(0), ""));
    let ten = fed(&["check", "--json", "--at-once", "3", "--targets", "-"], &list);
    assert_eq!((ten.status, ten.reports().len()), (Some(1), 10));
    assert_eq!(ten.err, "10 targets, 1 not ok\n      9  no-fault-found\n      1  closed-on-request\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_report_is_written_for_people_for_programs_and_for_tickets() {
    let closing = server("closes-on-request").await;
    let human = run(&["check", "--format", "human", &closing.address]);
    assert!(human.out.starts_with("FAILED 127.0.0.1:"), "{human:?}");
    let json = run(&["check", "--format", "json", &closing.address]);
    assert_eq!(json.report()["causes"][0]["code"], "closed-on-request");
    let markdown = run(&["check", "--format", "markdown", &closing.address]);
    assert!(markdown.out.starts_with(&format!("# FAILED `{}`\n", closing.address)), "{markdown:?}");
    assert!(markdown.out.contains("| stage | time | end |"), "{markdown:?}");
    run(&["check", "--json", "--format", "human", "ts01"]).assert_usage_error(&["--json", "--format"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_rdp_file_is_a_target() {
    let healthy = server("healthy").await;
    let text = format!(
        "full address:s:{}\r\nusername:s:alice\r\nenablecredsspsupport:i:0\r\ngatewayhostname:s:gateway.example\r\n\
         gatewayusagemethod:i:1\r\n",
        healthy.address
    );
    let wide: Vec<u8> = "\u{feff}".chars().chain(text.chars()).flat_map(|c| (c as u16).to_le_bytes()).collect();
    let file = written("farm.RDP", &wide);
    let report = run(&["check", "--json", &file]).report();
    assert_eq!((&report["target"]["port"], &report["ok"]), (&json!(healthy.port), &json!(true)));
    assert_eq!((&report["request"]["cookie"], &report["negotiation"]["offered"]), (&json!("alice"), &json!(["ssl"])));
    assert_eq!(report["gateway"], "gateway.example:443");
    assert!(run(&["check", &file]).out.contains("is not followed"));
    // The command line has the last word.
    let report = run(&["check", "--json", "--offer", "ssl,hybrid", "--cookie", "bob", &file]).report();
    assert_eq!(
        (&report["request"]["cookie"], &report["negotiation"]["offered"]),
        (&json!("bob"), &json!(["ssl", "hybrid"]))
    );

    let bad = written("bad.rdp", b"full address:s:ts01\nserver port:i:many\n");
    run(&["check", &bad]).assert_usage_error(&[&bad, "line 2", "server port"]);
    run(&["check", "no-such-file.rdp"]).assert_usage_error(&["cannot read no-such-file.rdp"]);
}
