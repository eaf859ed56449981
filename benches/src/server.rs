//! The servers that are measured against: a process of their own, so that what they cost is nobody else's.

use std::error::Error;
use std::fmt;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::str::FromStr;

/// What the servers of one process do with every connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// TLS of this version, after the negotiation, and then whatever the client does until it goes.
    Tls(Version, Key),
    /// The request is read, and nothing is said.
    SilentAtRequest,
    /// The request is answered; to the `ClientHello`, nothing is said.
    SilentAtHello,
    /// TLS 1.3, and nothing is said inside, although Network Level Authentication was chosen.
    SilentInside,
}

/// The one version that a server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// TLS 1.2.
    Tls12,
    /// TLS 1.3.
    Tls13,
}

/// The key of the self-signed certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// RSA with 2048 bits, as Windows makes it.
    Rsa,
    /// A curve, P-256: cheap for a server.
    P256,
}

/// Both versions, with the words that figures are named by.
pub const VERSIONS: [Version; 2] = [Version::Tls12, Version::Tls13];

impl Version {
    /// As a figure is named by it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tls12 => "tls1.2",
            Self::Tls13 => "tls1.3",
        }
    }

    /// The number that travels.
    #[must_use]
    pub const fn number(self) -> u16 {
        match self {
            Self::Tls12 => 0x0303,
            Self::Tls13 => 0x0304,
        }
    }
}

impl Key {
    /// As a figure is named by it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rsa => "rsa",
            Self::P256 => "p256",
        }
    }
}

/// All parts, as the command line names them.
const PARTS: [(&str, Part); 7] = [
    ("tls1.2-rsa", Part::Tls(Version::Tls12, Key::Rsa)),
    ("tls1.3-rsa", Part::Tls(Version::Tls13, Key::Rsa)),
    ("tls1.2-p256", Part::Tls(Version::Tls12, Key::P256)),
    ("tls1.3-p256", Part::Tls(Version::Tls13, Key::P256)),
    ("silent-at-request", Part::SilentAtRequest),
    ("silent-at-hello", Part::SilentAtHello),
    ("silent-inside", Part::SilentInside),
];

impl FromStr for Part {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let found = PARTS.into_iter().find(|(name, _)| *name == word);
        found.map(|(_, part)| part).ok_or_else(|| format!("no part is called {word:?}"))
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = PARTS.into_iter().find(|(_, part)| part == self);
        f.write_str(found.map_or("none", |(name, _)| name))
    }
}

/// A process that plays one part at several addresses, until this is dropped.
#[derive(Debug)]
pub struct Server {
    process: Child,
    /// It ends where nobody holds this any more, also if nobody is there to kill it.
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    addresses: Vec<SocketAddr>,
}

impl Server {
    /// Starts it. `program` is the one of `src/bin/server.rs`; a bench knows where it is.
    ///
    /// # Errors
    /// If it cannot be run, or does not listen.
    pub fn start(program: &str, part: Part, addresses: u8) -> Result<Self, Box<dyn Error>> {
        let mut command = Command::new(program);
        command.args([part.to_string(), addresses.to_string()]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().map_err(|error| format!("{program} cannot be run: {error}"))?;
        let ends = process.stdin.take().zip(process.stdout.take());
        let (stdin, stdout) = ends.ok_or("the server has no input or output")?;
        let mut server = Self { process, stdin, stdout: BufReader::new(stdout), addresses: Vec::new() };
        for _ in 0..addresses {
            let address = server.line()?.parse().map_err(|_| "the server does not listen")?;
            server.addresses.push(address);
        }
        Ok(server)
    }

    /// Where it listens: the address of this number, from the first on again where there are fewer.
    ///
    /// # Panics
    /// If it was started with no address.
    #[must_use]
    pub fn address(&self, index: usize) -> SocketAddr {
        self.addresses[index % self.addresses.len()]
    }

    /// How many clients have said all that they have to say, and wait for what it never says.
    ///
    /// # Errors
    /// If it does not answer.
    pub fn waiting(&mut self) -> Result<usize, Box<dyn Error>> {
        self.stdin.write_all(b"\n")?;
        Ok(self.line()?.parse()?)
    }

    fn line(&mut self) -> Result<String, Box<dyn Error>> {
        let mut line = String::new();
        self.stdout.read_line(&mut line)?;
        Ok(line.trim_end().to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_have_names() {
        for (name, part) in PARTS {
            assert_eq!((name.parse(), part.to_string()), (Ok(part), name.to_owned()));
        }
        assert!("none".parse::<Part>().is_err());
    }
}
