//! From text to type, once a value. A reason says what would be right, and never repeats a database URL.

use std::{net::SocketAddr, ops::RangeInclusive};

use tracing_subscriber::filter::{LevelFilter, Targets};

use crate::{domain::text_enum::text_enum, store::DatabaseUrl};

text_enum! {
    /// How log lines are written.
    pub enum LogFormat("log format") {
        /// For people.
        Text = "text",
        /// One JSON object a line.
        Json = "json",
    }
}

pub(super) fn listen(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| format!("expected ADDRESS:PORT as in 127.0.0.1:8080 or [::]:8080, got '{text}'"))
}

pub(super) fn database_url(text: &str) -> Result<DatabaseUrl, String> {
    let url = text.parse().map_err(|error: <DatabaseUrl as std::str::FromStr>::Err| error.to_string())?;
    let path = text.strip_prefix("sqlite:").map(|path| path.trim_start_matches('/'));
    match path.map(|path| path.split_once('?').unwrap_or((path, ""))) {
        Some(("" | ":memory:", _)) => Err("a database in memory would lose its data; name a file".to_owned()),
        Some((_, options)) if options.contains("mode=memory") => {
            Err("a database in memory would lose its data; name a file".to_owned())
        }
        _ => Ok(url),
    }
}

pub(super) fn whole(text: &str, range: &RangeInclusive<u32>) -> Result<u32, String> {
    text.parse().ok().filter(|whole| range.contains(whole)).ok_or_else(|| {
        format!("expected a whole number from {} to {}, got '{text}'", range.start(), range.end())
    })
}

pub(super) fn log_format(text: &str) -> Result<LogFormat, String> {
    text.parse().map_err(|error: crate::domain::text_enum::UnknownCode| error.to_string())
}

/// Parts of LEVEL or TARGET=LEVEL. A target alone would mean everything of it, so that a mistyped level would
/// silence the whole log: it is refused.
pub(super) fn log_filter(text: &str) -> Result<Targets, String> {
    let level = |part: &str| part.split_once('=').map_or(part, |(_, level)| level).trim().to_owned();
    // An empty level would parse, as "error".
    let wrong = |part: &&str| level(part).is_empty() || level(part).parse::<LevelFilter>().is_err();
    if let Some(wrong) = text.split(',').find(wrong) {
        return Err(format!(
            "expected LEVEL or TARGET=LEVEL, comma-separated, with levels error, warn, info, debug, trace and off, \
             got '{wrong}'"
        ));
    }
    text.parse().map_err(|error| format!("{error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_in_memory_is_refused() {
        for url in ["sqlite::memory:", "sqlite://:memory:", "sqlite:", "sqlite:x.db?mode=memory"] {
            assert!(database_url(url).is_err(), "{url}");
        }
        for url in ["sqlite:x.db", "sqlite:///var/lib/x.db", "sqlite:x.db?mode=rwc", "postgres://h/d"] {
            assert!(database_url(url).is_ok(), "{url}");
        }
    }

    #[test]
    fn a_filter_is_made_of_levels() {
        for right in ["info", "warn,kaketsuke=debug", "off", "kaketsuke::http=trace, sqlx=off"] {
            assert!(log_filter(right).is_ok(), "{right}");
        }
        for wrong in ["", "inof", "kaketsuke", "kaketsuke=loud", "info,"] {
            assert!(log_filter(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_whole_number_stays_within_its_limits() {
        assert_eq!(whole("2", &(2..=9)), Ok(2));
        assert_eq!(whole("9", &(2..=9)), Ok(9));
        for wrong in ["1", "10", "-2", "2.0", "", "two", "99999999999"] {
            assert!(whole(wrong, &(2..=9)).is_err(), "{wrong}");
        }
    }
}
