//! What the operator sets. Flags win over the environment, the environment over the file, the file over the
//! defaults; every value is checked once, here, and an error names its key and where it is from.

mod error;
mod given;
mod key;
mod limits;
mod messages;
mod tiles;
mod value;
mod warnings;

use std::{collections::BTreeMap, net::SocketAddr, ops::RangeInclusive, path::PathBuf, time::Duration};

use tracing_subscriber::filter::Targets;

use crate::{
    http::{Limits, Proxies, Tiles},
    notify::Settings,
    store::{DatabaseUrl, Patience},
};

pub use error::{Error, Errors};
pub use given::Given;
pub use key::Key;
pub use limits::raise_files;
pub use value::LogFormat;

/// Two at least: on PostgreSQL one listens all the time.
const DATABASE_CONNECTIONS: RangeInclusive<u32> = 2..=500;
const DATABASE_TIMEOUT_S: RangeInclusive<u32> = 1..=600;
/// Up to a pebibyte.
const DISK_FREE_MIN_MIB: RangeInclusive<u32> = 0..=1024 * 1024 * 1024;

/// A configuration that can be used.
#[derive(Debug, Clone)]
pub struct Config {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Where the data lives.
    pub database_url: DatabaseUrl,
    /// Parallel readers (SQLite) or connections (PostgreSQL).
    pub database_connections: u32,
    /// Where the pictures lie.
    pub evidence_folder: PathBuf,
    /// Bytes that should be free on each disk; nobody is told of any, when 0.
    pub disk_free_min: u64,
    /// File to which the head of the log is written each night.
    pub anchor_file: Option<PathBuf>,
    /// What limits a request.
    pub limits: Limits,
    /// Whose word about a client is believed.
    pub proxies: Proxies,
    /// How messages leave.
    pub messages: Settings,
    /// Where map tiles come from.
    pub tiles: Option<Tiles>,
    /// How log lines are written.
    pub log_format: LogFormat,
    /// Which log lines are written.
    pub log_filter: Targets,
    /// Every value in words with where it is from; a database URL without user and password.
    pub settings: Vec<Setting>,
    /// What is allowed, and seldom meant.
    pub warnings: Vec<String>,
}

/// One value in force, as it may be shown to anybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The key.
    pub key: Key,
    /// The value; secrets left out.
    pub shown: String,
    /// Where it is from.
    pub source: Source,
}

/// Where a value is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Nobody has set it.
    Default,
    /// The file.
    File(Key, PathBuf),
    /// The environment.
    Environment(Key),
    /// The command line.
    Flag(Key),
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(key, path) => write!(f, "file {}, key {key}", path.display()),
            Self::Environment(key) => write!(f, "environment {}", key.variable()),
            Self::Flag(key) => write!(f, "flag {}", key.flag()),
        }
    }
}

impl Config {
    /// Reads and checks what is given. Every error is reported, not only the first.
    pub fn load(given: &Given) -> Result<Self, Errors> {
        let (texts, errors) = given.texts();
        let mut reader = Reader { texts, settings: Vec::new(), errors };
        let listen = reader.take(Key::Listen, value::listen);
        let (url_text, url_from) = reader.peek(Key::DatabaseUrl);
        let database_url = reader.take(Key::DatabaseUrl, value::database_url);
        let connections = reader.whole(Key::DatabaseConnections, &DATABASE_CONNECTIONS);
        let patience = reader.patience();
        let evidence_folder = reader.take(Key::EvidenceFolder, value::folder);
        let disk_free_min = reader.whole(Key::DiskFreeMinMib, &DISK_FREE_MIN_MIB);
        let anchor_file = reader.take(Key::AnchorFile, value::file);
        let limits = limits::read(&mut reader);
        let proxies = reader.take(Key::TrustedProxies, Proxies::parse);
        let (_, password_from) = reader.peek(Key::SmtpPassword);
        let messages = messages::read(&mut reader);
        let tiles = tiles::read(&mut reader);
        let log_format = reader.take(Key::LogFormat, value::log_format);
        let log_filter = reader.take(Key::LogFilter, value::log_filter);
        let Reader { mut settings, errors, .. } = reader;
        let database_url = database_url.zip(patience).map(|(url, patience)| url.with_patience(patience));
        let database = database_url.zip(connections).zip(evidence_folder.zip(anchor_file));
        let log = log_format.zip(log_filter);
        let (
            Some(listen),
            Some(((database_url, database_connections), (evidence_folder, anchor_file))),
            Some((limits, proxies)),
            Some((messages, disk_free_min)),
            Some((log, tiles)),
        ) = (listen, database, limits.zip(proxies), messages.zip(disk_free_min), log.zip(tiles))
        else {
            return Err(Errors(errors));
        };
        if !errors.is_empty() {
            return Err(Errors(errors));
        }
        let evidence_folder = evidence_folder.unwrap_or_else(|| database_url.beside("evidence"));
        for setting in &mut settings {
            match setting.key {
                Key::DatabaseUrl => setting.shown = database_url.to_string(),
                Key::EvidenceFolder => setting.shown = evidence_folder.display().to_string(),
                _ => {}
            }
        }
        messages::hide(&mut settings);
        let mut warnings = warnings::warnings(listen, &url_text, &url_from);
        warnings.extend(warnings::of_messages(&messages, &password_from));
        warnings.extend(tiles::warnings(tiles.as_ref()));
        warnings.extend(warnings::of_files(database_url.file(), &evidence_folder));
        let (limits, short) = limits::within_files(limits, database_connections, limits::files());
        warnings.extend(short);
        Ok(Self {
            listen,
            warnings,
            database_url,
            database_connections,
            evidence_folder,
            disk_free_min: u64::from(disk_free_min) * 1024 * 1024,
            anchor_file,
            limits,
            proxies,
            messages,
            tiles,
            log_format: log.0,
            log_filter: log.1,
            settings,
        })
    }
}

/// Takes one value after the other, collecting what is wrong.
struct Reader {
    texts: BTreeMap<Key, given::Text>,
    settings: Vec<Setting>,
    errors: Vec<Error>,
}

impl Reader {
    fn peek(&self, key: Key) -> (String, Source) {
        match self.texts.get(&key) {
            Some(given) => (given.text.clone(), given.source.clone()),
            None => (key.default_text(), Source::Default),
        }
    }

    fn take<T>(&mut self, key: Key, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let (text, source) = self.peek(key);
        match parse(&text) {
            Ok(value) => {
                self.settings.push(Setting { key, shown: text, source });
                Some(value)
            }
            Err(reason) => {
                self.errors.push(Error::Value { key, source_of: source, reason });
                None
            }
        }
    }

    fn whole(&mut self, key: Key, range: &RangeInclusive<u32>) -> Option<u32> {
        self.take(key, |text| value::whole(text, range))
    }

    fn seconds(&mut self, key: Key, range: &RangeInclusive<u32>) -> Option<Duration> {
        self.whole(key, range).map(|seconds| Duration::from_secs(seconds.into()))
    }

    fn patience(&mut self) -> Option<Patience> {
        let lock = self.seconds(Key::DatabaseLockTimeoutS, &DATABASE_TIMEOUT_S);
        let silence = self.seconds(Key::DatabaseSilenceTimeoutS, &DATABASE_TIMEOUT_S);
        let statement = self.seconds(Key::DatabaseStatementTimeoutS, &DATABASE_TIMEOUT_S);
        let ((lock, silence), statement) = lock.zip(silence).zip(statement)?;
        Some(Patience { lock, silence, statement, ..Patience::default() })
    }
}

#[cfg(test)]
mod tests;
