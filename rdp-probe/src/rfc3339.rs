//! Points in time as RFC 3339 text in UTC.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Seconds since 1970 as text; years that RFC 3339 cannot write as plain seconds.
pub(crate) fn print(seconds: i64) -> String {
    let formatted = OffsetDateTime::from_unix_timestamp(seconds).ok().and_then(|time| time.format(&Rfc3339).ok());
    formatted.unwrap_or_else(|| seconds.to_string())
}

/// The reverse of [`print()`].
pub(crate) fn parse(text: &str) -> Option<i64> {
    let time = OffsetDateTime::parse(text, &Rfc3339).ok().map(OffsetDateTime::unix_timestamp);
    time.or_else(|| text.parse().ok())
}
