//! What a machine can run out of while it probes, told by the numbers of its errors.

use super::os::{OsError, OsErrorKind, OsErrorSpace};

/// What ran out on this machine. None of it says anything of the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Shortage {
    /// File descriptors of this process: `EMFILE`.
    Descriptors,
    /// File descriptors of the whole machine: `ENFILE`.
    SystemDescriptors,
    /// Room for what sockets send and receive: `ENOBUFS`.
    Buffers,
    /// Memory: `ENOMEM`, `EAI_MEMORY`.
    Memory,
    /// Threads: `EAGAIN` where a thread was to be started.
    Threads,
    /// Local ports: `EADDRINUSE` where the system was to choose one.
    Ports,
    /// Local ports, or a local address that leads there: `EADDRNOTAVAIL` is said of both.
    PortsOrAddresses,
}

impl Shortage {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Descriptors,
        Self::SystemDescriptors,
        Self::Buffers,
        Self::Memory,
        Self::Threads,
        Self::Ports,
        Self::PortsOrAddresses,
    ];

    /// The word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Descriptors => "descriptors",
            Self::SystemDescriptors => "system-descriptors",
            Self::Buffers => "buffers",
            Self::Memory => "memory",
            Self::Threads => "threads",
            Self::Ports => "ports",
            Self::PortsOrAddresses => "ports-or-addresses",
        }
    }

    /// What ran out, as a headline.
    #[must_use]
    pub const fn headline(self) -> &'static str {
        match self {
            Self::Descriptors => "This process has no file descriptors left",
            Self::SystemDescriptors => "This machine has no file descriptors left for any process",
            Self::Buffers => "This machine has no buffers left for its sockets",
            Self::Memory => "This machine has no memory left for the call",
            Self::Threads => "This process can start no more threads, and a lookup takes one",
            Self::Ports => "This machine has no local ports left",
            Self::PortsOrAddresses => "This machine has no local port left, or no address that leads there",
        }
    }

    /// What to do about it, in a sentence without its full stop.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Descriptors => "probe fewer targets at once, or let the process have more (ulimit -n)",
            Self::SystemDescriptors => {
                "find the program that holds them (lsof), or let the machine have more (sysctl fs.file-max)"
            }
            Self::Buffers => {
                "probe fewer targets at once, and close other connections; on Windows it may be local ports that are used up"
            }
            Self::Memory => "probe fewer targets at once, or end what takes the memory",
            Self::Threads => {
                "probe fewer names at once, let the process have more threads (ulimit -u), or bring a resolver"
            }
            Self::Ports => {
                "probe fewer targets at once, or wait: a connection that was closed holds its port for a minute or more"
            }
            Self::PortsOrAddresses => {
                "see whether this machine has an address of the target's family; if it has, probe fewer targets at once, or \
                wait: a connection that was closed holds its port for a minute or more"
            }
        }
    }
}

impl OsError {
    /// What this machine ran out of; `None` where the error is of something else, or its number does not tell.
    #[must_use]
    pub const fn shortage(&self) -> Option<Shortage> {
        Some(match (self.space, self.kind, self.code) {
            (OsErrorSpace::Resolver, OsErrorKind::OutOfResources, _) => Shortage::Memory,
            (OsErrorSpace::Resolver, ..) => return None,
            // Linux, macOS and the BSDs agree on the first three, and nobody has a number twice: a report can be read elsewhere.
            (_, OsErrorKind::OutOfResources, Some(24 | 10_024)) => Shortage::Descriptors,
            (_, OsErrorKind::OutOfResources, Some(23)) => Shortage::SystemDescriptors,
            (_, OsErrorKind::OutOfResources, Some(12 | 8 | 14)) => Shortage::Memory,
            (_, OsErrorKind::OutOfResources, Some(105 | 55 | 10_055)) => Shortage::Buffers,
            (_, OsErrorKind::OutOfResources, Some(11 | 35)) => Shortage::Threads,
            (_, OsErrorKind::AddressNotAvailable, Some(98 | 48 | 10_048)) => Shortage::Ports,
            (_, OsErrorKind::AddressNotAvailable, Some(99 | 49 | 10_049)) => Shortage::PortsOrAddresses,
            _ => return None,
        })
    }
}
