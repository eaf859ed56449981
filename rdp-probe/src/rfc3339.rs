//! Points in time as RFC 3339 text in UTC.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Seconds since 1970 as text; `None` for years that RFC 3339 cannot write.
pub(crate) fn format(seconds: i64) -> Option<String> {
    OffsetDateTime::from_unix_timestamp(seconds).ok()?.format(&Rfc3339).ok()
}

/// The same, and plain seconds beyond the calendar.
pub(crate) fn print(seconds: i64) -> String {
    format(seconds).unwrap_or_else(|| seconds.to_string())
}

/// The reverse of [`print()`].
pub(crate) fn parse(text: &str) -> Option<i64> {
    let time = OffsetDateTime::parse(text, &Rfc3339).ok().map(OffsetDateTime::unix_timestamp);
    time.or_else(|| text.parse().ok())
}
