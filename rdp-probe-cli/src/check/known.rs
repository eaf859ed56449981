//! The file of `--known`: what targets are known by, a line each.
//!
//! `ts01.example:3389 MIIC…`: the target, its certificate as DER in base64, and behind a space what its keeper likes to note.
//! Lines that begin with `#` are notes as well. Lines are added and never changed; whoever deletes one has the target seen for the
//! first time again.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use data_encoding::BASE64;
use rdp_probe::{Certificate, Known, KnownCertificates, Remembering, Target};

/// What a new file begins with.
const HEADER: &str = "# Certificates that targets are known by, for rdp-probe check --known: target, certificate.\n\
                      # Delete a line to have the target's next certificate taken for its first.\n";

/// The file is written anew when so many of its lines are not in it: an eighth. So a check of many targets writes little
/// more than all lines once, and loses little if it is killed.
const UNSAVED: usize = 8;

/// Certificates by target, and the file that they are kept in. Safe to be used by many probes of this process at once.
#[derive(Debug)]
pub(crate) struct KnownFile {
    path: PathBuf,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    certificates: HashMap<String, Vec<u8>>,
    /// Lines that are not in the file yet, by target.
    unsaved: Vec<(String, String)>,
    /// What went wrong in writing, first of all.
    failure: Option<String>,
}

impl KnownFile {
    /// Reads the file; one that is missing is made, so that it is known beforehand that it can be.
    pub(super) fn open(path: &Path) -> Result<Self, String> {
        let said = |what: &str, error: &io::Error| format!("cannot {what} {}: {error}", path.display());
        let made = fs::OpenOptions::new().write(true).create_new(true).open(path);
        match made.and_then(|mut file| file.write_all(HEADER.as_bytes())) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(said("make", &error)),
            _ => {}
        }
        // What is written anew takes the place of the file itself, not of a link to it.
        let file = fs::canonicalize(path).map_err(|error| said("find", &error))?;
        let text = fs::read_to_string(&file).map_err(|error| said("read", &error))?;
        let certificates = parse(&text).map_err(|flaw| format!("{}: {flaw}", path.display()))?;
        let kept = Kept { certificates, ..Kept::default() };
        Ok(Self { path: file, kept: Mutex::new(kept) })
    }

    /// Sees to it that everything is in the file.
    pub(crate) fn finish(&self) -> Result<(), String> {
        let mut kept = self.kept();
        self.save(&mut kept);
        kept.failure.take().map_or(Ok(()), Err)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Nothing is half done where a thread may have ended.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, target: &Target, certificate: &[u8]) {
        let mut kept = self.kept();
        let name = name(target);
        if kept.certificates.contains_key(&name) {
            return;
        }
        kept.unsaved.push((name.clone(), format!("{name} {}\n", BASE64.encode(certificate))));
        kept.certificates.insert(name, certificate.to_vec());
        if kept.unsaved.len() * UNSAVED >= kept.certificates.len() {
            self.save(&mut kept);
        }
    }

    fn save(&self, kept: &mut Kept) {
        if kept.unsaved.is_empty() || kept.failure.is_some() {
            return;
        }
        let written = self.add(&kept.unsaved);
        kept.failure = written.err().map(|flaw| format!("cannot write {}: {flaw}", self.path.display()));
        kept.unsaved.clear();
    }

    /// Adds lines to what is in the file by now: others may have written in it. It is there as it was, or whole.
    fn add(&self, lines: &[(String, String)]) -> Result<(), String> {
        let mut text = fs::read_to_string(&self.path).map_err(|error| error.to_string())?;
        let there = parse(&text)?;
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text.extend(lines.iter().filter(|(name, _)| !there.contains_key(name)).map(|(_, line)| line.as_str()));
        self.replace(&text).map_err(|error| error.to_string())
    }

    fn replace(&self, text: &str) -> io::Result<()> {
        let mut beside = self.path.clone().into_os_string();
        beside.push(format!(".{}.new", std::process::id()));
        let written = fs::File::create(&beside).and_then(|mut file| {
            file.set_permissions(fs::metadata(&self.path)?.permissions())?;
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
        let done = written.and_then(|()| fs::rename(&beside, &self.path));
        if done.is_err() {
            // It is in nobody's way, but nobody's use either.
            let _ = fs::remove_file(&beside);
        }
        done
    }
}

impl KnownCertificates for KnownFile {
    fn get<'a>(&'a self, target: &'a Target) -> Remembering<'a, Known> {
        let certificate = self.kept().certificates.get(&name(target)).cloned();
        Box::pin(async { certificate.map_or(Known::Nothing, |der| Known::Certificate(der.into())) })
    }

    fn put<'a>(&'a self, target: &'a Target, certificate: &'a [u8]) -> Remembering<'a, ()> {
        self.remember(target, certificate);
        Box::pin(async {})
    }
}

/// What a target is called in the file: names of hosts do not differ in case.
fn name(target: &Target) -> String {
    target.to_string().to_ascii_lowercase()
}

/// The certificates of a file, by target; or its first line that is wrong, and how.
fn parse(text: &str) -> Result<HashMap<String, Vec<u8>>, String> {
    let mut certificates = HashMap::new();
    for (number, line) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
        let flaw = |what: &str| format!("line {number} {what}");
        let mut words = line.split_whitespace();
        let Some(first) = words.next().filter(|word| !word.starts_with('#')) else { continue };
        let target: Target = first.parse().map_err(|error| flaw(&format!("begins with no target: {error}")))?;
        let base64 = words.next().ok_or_else(|| flaw("has no certificate behind its target"))?;
        let der = BASE64.decode(base64.as_bytes()).map_err(|error| flaw(&format!("holds no base64: {error}")))?;
        if Certificate::parse(&der).is_none() {
            return Err(flaw("holds no certificate that can be read"));
        }
        if certificates.insert(name(&target), der).is_some() {
            return Err(flaw(&format!("is the second one of {target}")));
        }
    }
    Ok(certificates)
}
