//! Where the data lives.

use std::{path::PathBuf, str::FromStr};

use sqlx::{postgres::PgConnectOptions, sqlite::SqliteConnectOptions};

use super::patience::Patience;

/// Where the data lives: `sqlite:PATH` or `postgres://…`. Never printed: it may hold a password.
#[derive(Clone)]
pub struct DatabaseUrl(pub(super) Target);

/// Which engine, and how it is connected to.
#[derive(Clone)]
pub(super) enum Target {
    Sqlite(Box<SqliteConnectOptions>),
    Postgres(Box<PgConnectOptions>, Patience),
}

/// A database URL that cannot be used. Does not repeat the URL: it may hold a password.
#[derive(Debug, thiserror::Error)]
#[error("not a database URL: expected sqlite:PATH or postgres://USER@HOST/DATABASE ({0})")]
pub struct BadUrl(String);

impl FromStr for DatabaseUrl {
    type Err = BadUrl;

    fn from_str(url: &str) -> Result<Self, BadUrl> {
        let bad = |error: sqlx::Error| match error {
            sqlx::Error::Configuration(cause) => BadUrl(cause.to_string()),
            _ => BadUrl("malformed".to_owned()),
        };
        let target = match url.split_once(':') {
            Some(("sqlite", _)) => Target::Sqlite(Box::new(url.parse().map_err(bad)?)),
            Some(("postgres" | "postgresql", _)) => {
                Target::Postgres(Box::new(url.parse().map_err(bad)?), Patience::default())
            }
            _ => return Err(BadUrl("unknown scheme".to_owned())),
        };
        Ok(Self(target))
    }
}

impl DatabaseUrl {
    /// The file of the database; none on a server.
    #[must_use]
    pub fn file(&self) -> Option<&std::path::Path> {
        match &self.0 {
            Target::Sqlite(options) => Some(options.get_filename()),
            Target::Postgres(..) => None,
        }
    }

    /// The same database, whose sessions wait and are waited for so long. SQLite's do not wait for anybody else.
    #[must_use]
    pub fn with_patience(self, patience: Patience) -> Self {
        Self(match self.0 {
            Target::Postgres(options, _) => Target::Postgres(options, patience),
            file => file,
        })
    }

    /// How long its sessions wait and are waited for.
    #[must_use]
    pub fn patience(&self) -> Patience {
        match &self.0 {
            Target::Postgres(_, patience) => *patience,
            Target::Sqlite(_) => Patience::default(),
        }
    }

    /// A folder that belongs to this database and to no other: `kaketsuke.db.evidence` beside the file, or
    /// `kaketsuke.evidence` in the present folder for a server's database of that name.
    #[must_use]
    pub fn beside(&self, what: &str) -> PathBuf {
        match &self.0 {
            Target::Sqlite(options) => {
                let mut name = options.get_filename().as_os_str().to_owned();
                name.push(format!(".{what}"));
                name.into()
            }
            Target::Postgres(options, _) => {
                let sound =
                    |char: char| if char.is_alphanumeric() || "-_".contains(char) { char } else { '_' };
                let name: String = options.get_database().unwrap_or("postgres").chars().map(sound).collect();
                format!("{name}.{what}").into()
            }
        }
    }
}

impl std::fmt::Display for DatabaseUrl {
    /// The engine and where it is, without user and password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            Target::Sqlite(options) => write!(f, "sqlite:{}", options.get_filename().display()),
            Target::Postgres(options, _) => write!(
                f,
                "postgres://{}:{}/{}",
                options.get_host(),
                options.get_port(),
                options.get_database().unwrap_or("")
            ),
        }
    }
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}
