//! The file of `--known`: what targets are known by, a line each.
//!
//! `ts01.example:3389 MIIC…`: the target, its certificate as DER in base64, and behind a space what its keeper likes to note.
//! Lines that begin with `#` are notes as well. Lines are added and never changed; whoever deletes one has the target seen for the
//! first time again.
//!
//! The file is written anew beside itself and renamed, so that it is there whole or as it was. Processes that write at the same
//! time take turns by a lock on a file of its name with `.lock` behind it, which stays: another could be waiting for it.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use data_encoding::BASE64;
use rdp_probe::{Certificate, Known, KnownCertificates, Remembering, Target};

/// What a new file begins with.
const HEADER: &str = "# Certificates that targets are known by, for rdp-probe check --known: target, certificate.\n\
                      # Delete a line to have the target's next certificate taken for its first.\n";

/// The file is written anew when so many of its lines are not in it: an eighth. So a check of many targets writes little
/// more than all lines once, and loses little if it is killed.
const UNSAVED: usize = 8;

/// What is read of a file at most, bytes: the certificates of some ten thousand targets.
const LARGEST: u64 = 64 * 1024 * 1024;

/// How long another process may hold the lock, and how often it is tried: to write a file takes a part of that.
const TURN: Duration = Duration::from_millis(10);
const TURNS: u32 = 500;

/// How many names are tried for the file that is written anew: one that was left behind has the first.
const NAMES: u32 = 16;

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
        let made = new_file().open(path);
        match made.and_then(|mut file| file.write_all(HEADER.as_bytes())) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(said("make", &error)),
            _ => {}
        }
        // What is written anew takes the place of the file itself, not of a link to it.
        let file = fs::canonicalize(path).map_err(|error| said("find", &error))?;
        let text = read(&file).map_err(|error| said("read", &error))?;
        OpenOptions::new().write(true).open(&file).map_err(|error| said("write", &error))?;
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

    /// Keeps the certificate if none is there yet; gives what is kept.
    fn remember(&self, target: &Target, certificate: &[u8]) -> Known {
        let mut kept = self.kept();
        let name = name(target);
        if !kept.certificates.contains_key(&name) {
            kept.unsaved.push((name.clone(), format!("{name} {}\n", BASE64.encode(certificate))));
            kept.certificates.insert(name.clone(), certificate.to_vec());
            if kept.unsaved.len() * UNSAVED >= kept.certificates.len() {
                self.save(&mut kept);
            }
        }
        kept.known(&name)
    }

    fn save(&self, kept: &mut Kept) {
        if kept.unsaved.is_empty() || kept.failure.is_some() {
            return;
        }
        match self.add(&kept.unsaved) {
            // What another process has kept meanwhile is what the target is known by.
            Ok(there) => kept.certificates.extend(there),
            Err(flaw) => kept.failure = Some(format!("cannot write {}: {flaw}", self.path.display())),
        }
        kept.unsaved.clear();
    }

    /// Adds lines to what is in the file by now, which it gives: others may have written in it.
    fn add(&self, lines: &[(String, String)]) -> Result<HashMap<String, Vec<u8>>, String> {
        let _turn = self.lock().map_err(|error| error.to_string())?;
        let mut text = read(&self.path).map_err(|error| error.to_string())?;
        let there = parse(&text)?;
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text.extend(lines.iter().filter(|(name, _)| !there.contains_key(name)).map(|(_, line)| line.as_str()));
        self.replace(&text).map_err(|error| error.to_string())?;
        Ok(there)
    }

    /// Waits for its turn, which is over when the file is closed.
    fn lock(&self) -> io::Result<File> {
        let file = private().create(true).truncate(false).open(self.beside(".lock"))?;
        for _ in 0..TURNS {
            match file.try_lock() {
                Err(TryLockError::WouldBlock) => std::thread::sleep(TURN),
                // Where there are no locks, there is at least the file.
                Err(TryLockError::Error(error)) if error.kind() != io::ErrorKind::Unsupported => return Err(error),
                _ => return Ok(file),
            }
        }
        Err(io::Error::new(io::ErrorKind::TimedOut, "another process holds its lock"))
    }

    fn beside(&self, suffix: &str) -> OsString {
        let mut name = self.path.clone().into_os_string();
        name.push(suffix);
        name
    }

    fn replace(&self, text: &str) -> io::Result<()> {
        let (beside, mut file) = self.anew()?;
        let written = fs::metadata(&self.path).and_then(|old| {
            own(&file, &old);
            file.set_permissions(old.permissions())?;
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

    /// A file of a name that nothing has, in the same folder.
    fn anew(&self) -> io::Result<(OsString, File)> {
        let mut made = Err(io::ErrorKind::AlreadyExists.into());
        for number in 0..NAMES {
            let beside = self.beside(&format!(".{}.{number}.new", std::process::id()));
            made = new_file().open(&beside).map(|file| (beside, file));
            if !made.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::AlreadyExists) {
                break;
            }
        }
        made
    }
}

impl Kept {
    fn known(&self, name: &str) -> Known {
        self.certificates.get(name).map_or(Known::Nothing, |der| Known::Certificate(der.clone().into()))
    }
}

impl KnownCertificates for KnownFile {
    fn get<'a>(&'a self, target: &'a Target) -> Remembering<'a, Known> {
        let known = self.kept().known(&name(target));
        Box::pin(async { known })
    }

    fn put<'a>(&'a self, target: &'a Target, certificate: &'a [u8]) -> Remembering<'a, Known> {
        let known = self.remember(target, certificate);
        Box::pin(async { known })
    }
}

/// Opens for writing; what is made so, its owner alone may read.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes a file, and opens none that is there.
fn new_file() -> OpenOptions {
    let mut options = private();
    options.create_new(true);
    options
}

/// Gives the file to the owner of the other, where that may be done.
fn own(file: &File, other: &fs::Metadata) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, fchown};
        let _ = fchown(file, Some(other.uid()), Some(other.gid()));
    }
    #[cfg(not(unix))]
    let _ = (file, other);
}

/// The text of a regular file. Of anything else there may be no end, and it could not be replaced.
fn read(path: &Path) -> io::Result<String> {
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"));
    }
    let mut text = String::new();
    let read = File::open(path)?.take(LARGEST + 1).read_to_string(&mut text);
    if metadata.len() > LARGEST || read.as_ref().is_ok_and(|length| *length as u64 > LARGEST) {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is larger than 64 MiB"));
    }
    read.map(|_| text)
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
