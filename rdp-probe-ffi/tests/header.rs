//! The header that is checked in is the one that the sources make.
//!
//! `UPDATE=1 cargo test --package rdp-probe-ffi --test header` writes it anew: look at the difference before you keep it.

use std::fs;
use std::path::Path;

#[test]
fn the_header_is_fresh() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = cbindgen::Config::from_file(package.join("cbindgen.toml")).unwrap();
    let mut made = Vec::new();
    cbindgen::Builder::new().with_crate(package).with_config(config).generate().unwrap().write(&mut made);
    let path = package.join("include/rdp_probe.h");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &made).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == String::from_utf8(made).unwrap(), "include/rdp_probe.h is stale: UPDATE=1 writes it anew");
}
