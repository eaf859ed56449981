//! Errors of the operating system, with its own numbers.

use std::io;

/// An error of the operating system: its own number, and what that means everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OsError {
    /// Whose number it is.
    pub space: OsErrorSpace,
    /// The number, where the error carried one.
    pub code: Option<i32>,
    /// What it means.
    pub kind: OsErrorKind,
}

/// Whose number an [`OsError`] carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum OsErrorSpace {
    /// A system call: `errno`, or a Winsock error.
    System,
    /// The resolver: `EAI_…` of `getaddrinfo`.
    Resolver,
}

/// What an [`OsError`] means, on every system alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the names are those of the system's own errors")]
pub enum OsErrorKind {
    NameNotFound,
    NameServerFailed,
    ConnectionRefused,
    ConnectionReset,
    ConnectionAborted,
    HostUnreachable,
    NetworkUnreachable,
    TimedOut,
    PermissionDenied,
    AddressNotAvailable,
    OutOfResources,
    Interrupted,
    Other,
}

impl OsErrorKind {
    /// All kinds.
    pub const ALL: [Self; 13] = [
        Self::NameNotFound,
        Self::NameServerFailed,
        Self::ConnectionRefused,
        Self::ConnectionReset,
        Self::ConnectionAborted,
        Self::HostUnreachable,
        Self::NetworkUnreachable,
        Self::TimedOut,
        Self::PermissionDenied,
        Self::AddressNotAvailable,
        Self::OutOfResources,
        Self::Interrupted,
        Self::Other,
    ];

    /// The word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NameNotFound => "name-not-found",
            Self::NameServerFailed => "name-server-failed",
            Self::ConnectionRefused => "connection-refused",
            Self::ConnectionReset => "connection-reset",
            Self::ConnectionAborted => "connection-aborted",
            Self::HostUnreachable => "host-unreachable",
            Self::NetworkUnreachable => "network-unreachable",
            Self::TimedOut => "timed-out",
            Self::PermissionDenied => "permission-denied",
            Self::AddressNotAvailable => "address-not-available",
            Self::OutOfResources => "out-of-resources",
            Self::Interrupted => "interrupted",
            Self::Other => "other",
        }
    }
}

impl OsError {
    /// An error that says nothing of itself.
    pub const UNKNOWN: Self = Self { space: OsErrorSpace::System, code: None, kind: OsErrorKind::Other };
}

/// An error with this meaning and no number: for networks and resolvers of one's own.
impl From<OsErrorKind> for OsError {
    fn from(kind: OsErrorKind) -> Self {
        Self { space: OsErrorSpace::System, code: None, kind }
    }
}

impl From<&io::Error> for OsError {
    fn from(error: &io::Error) -> Self {
        // EMFILE, ENFILE, ENOBUFS have no stable ErrorKind: their numbers on Linux, macOS and Windows.
        const EXHAUSTED: [i32; 7] = [23, 24, 55, 105, 10024, 10055, 12];
        let code = error.raw_os_error();
        let kind = match error.kind() {
            io::ErrorKind::ConnectionRefused => OsErrorKind::ConnectionRefused,
            io::ErrorKind::ConnectionReset => OsErrorKind::ConnectionReset,
            io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe => OsErrorKind::ConnectionAborted,
            io::ErrorKind::HostUnreachable => OsErrorKind::HostUnreachable,
            io::ErrorKind::NetworkUnreachable | io::ErrorKind::NetworkDown => OsErrorKind::NetworkUnreachable,
            io::ErrorKind::TimedOut => OsErrorKind::TimedOut,
            io::ErrorKind::PermissionDenied => OsErrorKind::PermissionDenied,
            // In use: where the system chooses the port, none is left.
            io::ErrorKind::AddrNotAvailable | io::ErrorKind::AddrInUse => OsErrorKind::AddressNotAvailable,
            io::ErrorKind::Interrupted => OsErrorKind::Interrupted,
            io::ErrorKind::OutOfMemory => OsErrorKind::OutOfResources,
            _ if code.is_some_and(|code| EXHAUSTED.contains(&code)) => OsErrorKind::OutOfResources,
            _ => OsErrorKind::Other,
        };
        Self { space: OsErrorSpace::System, code, kind }
    }
}
