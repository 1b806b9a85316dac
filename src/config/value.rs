//! From text to type, once a value. A reason says what would be right, and never repeats a database URL.

use std::{net::SocketAddr, ops::RangeInclusive, path::PathBuf};

use tracing_subscriber::filter::{LevelFilter, Targets};

use crate::{
    domain::{email::EmailAddress, text_enum::text_enum},
    notify::SmtpTls,
    store::DatabaseUrl,
};

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

/// A folder; none where nothing is said.
pub(super) fn folder(text: &str) -> Result<Option<PathBuf>, String> {
    path(text, "expected the path of a folder")
}

/// A file in a folder that is there; none where nothing is said.
pub(super) fn file(text: &str) -> Result<Option<PathBuf>, String> {
    let file = path(text, "expected the path of a file")?;
    let is_file = |file: &PathBuf| {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        !file.is_dir() && folder.is_none_or(std::path::Path::is_dir)
    };
    if file.as_ref().is_some_and(|file| !is_file(file)) {
        return Err(format!("expected the path of a file in a folder that is there, got '{text}'"));
    }
    Ok(file)
}

fn path(text: &str, expected: &str) -> Result<Option<PathBuf>, String> {
    if text.contains('\0') {
        return Err(expected.to_owned());
    }
    Ok((!text.trim().is_empty()).then(|| PathBuf::from(text)))
}

pub(super) fn whole(text: &str, range: &RangeInclusive<u32>) -> Result<u32, String> {
    text.parse().ok().filter(|whole| range.contains(whole)).ok_or_else(|| {
        format!("expected a whole number from {} to {}, got '{text}'", range.start(), range.end())
    })
}

pub(super) fn yes_no(text: &str) -> Result<bool, String> {
    text.parse().map_err(|_| format!("expected true or false, got '{text}'"))
}

/// A text that may be left empty: nothing then.
pub(super) fn optional(text: &str) -> Result<Option<String>, String> {
    if text.chars().any(char::is_control) {
        return Err("must not contain control characters".to_owned());
    }
    Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
}

/// An e-mail address; none where nothing is said.
pub(super) fn email(text: &str) -> Result<Option<EmailAddress>, String> {
    let given = optional(text)?;
    given.map(EmailAddress::try_from).transpose().map_err(|error| error.to_string())
}

pub(super) fn smtp_tls(text: &str) -> Result<SmtpTls, String> {
    text.parse().map_err(|error: crate::domain::text_enum::UnknownCode| error.to_string())
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
