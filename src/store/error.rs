//! What can go wrong in the database, told apart by what the caller should do about it.

use sqlx::error::ErrorKind;

/// A failed database operation. Nothing of its transaction stays.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another transaction was in the way; running the whole use-case again may succeed.
    #[error("a concurrent transaction was in the way")]
    Retry(#[source] sqlx::Error),
    /// A row is not as it was when it was read; running the whole use-case again may succeed.
    #[error("a row has changed since it was read")]
    Stale,
    /// A row like this exists already.
    #[error("a row like this exists already")]
    Exists(#[source] sqlx::Error),
    /// A rule of the schema forbids it; the code is the one its trigger or constraint gives.
    #[error("the database forbids it: {0}")]
    Forbidden(String),
    /// Something referred to does not exist.
    #[error("something referred to does not exist")]
    Missing(#[source] sqlx::Error),
    /// No free connection in time: the node is overloaded.
    #[error("no database connection was free in time")]
    Overloaded,
    /// What another session holds was waited for too long, or a statement took too long. The same may succeed shortly.
    #[error("the database was waited for too long")]
    TimedOut(#[source] sqlx::Error),
    /// The database cannot be written to now: its disk is full or fails, it is restarting, or it has ended this
    /// session. The same request may be sent again.
    #[error("the database cannot be written to now")]
    Unavailable,
    /// The disk of the database is full. Nothing of the transaction stays; the same request may be sent again when there
    /// is room.
    #[error("the disk of the database is full")]
    Full,
    /// The way to the database is broken. The same request may be sent again.
    #[error("the database cannot be reached")]
    Unreachable(#[source] sqlx::Error),
    /// A stored value that this release cannot read.
    #[error("{table}.{column} holds a value that cannot be read: {cause}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// Why it cannot be read.
        cause: String,
    },
    /// A file beside the database could not be written, read or deleted.
    #[error("the files beside the database failed")]
    Files(#[source] object_store::Error),
    /// The schema could not be brought up to date.
    #[error("the schema could not be brought up to date")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The sessions of this database pass by its triggers and foreign keys.
    #[error("the database does not heed its own rules: session_replication_role is {0}, and must be origin")]
    Unguarded(String),
    /// Anything else.
    #[error("the database failed")]
    Database(#[source] sqlx::Error),
}

impl Error {
    /// For a stored value that cannot be read.
    pub(super) fn corrupt(table: &'static str, column: &'static str, cause: impl ToString) -> Self {
        Self::Corrupt { table, column, cause: cause.to_string() }
    }
}

/// Marks the messages of our own triggers.
const TRIGGER_MARK: &str = "kaketsuke: ";
/// What `changed` says of a statement that has not changed what it must.
const STALE: &str = "stale";

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let Some(database) = error.as_database_error() else {
            return match error {
                sqlx::Error::PoolTimedOut => Self::Overloaded,
                // Its connection was cut, or closed: what was asked may be asked again.
                sqlx::Error::WorkerCrashed | sqlx::Error::PoolClosed => Self::Unavailable,
                // What answers is not a database, or was cut off in the middle of a word.
                lost @ (sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_)) => {
                    Self::Unreachable(lost)
                }
                other => Self::Database(other),
            };
        };
        if let Some((_, code)) = database.message().split_once(TRIGGER_MARK) {
            return match code.split_whitespace().next().unwrap_or_default() {
                STALE => Self::Stale,
                code => Self::Forbidden(code.to_owned()),
            };
        }
        // PostgreSQL: serialization_failure, deadlock_detected. SQLite: SQLITE_BUSY and its extended codes.
        if matches!(database.code().as_deref(), Some("40001" | "40P01" | "5" | "261" | "517")) {
            return Self::Retry(error);
        }
        match Trouble::of(&database.code().unwrap_or_default()) {
            Some(Trouble::Full) => return Self::Full,
            Some(Trouble::Away) => return Self::Unavailable,
            None => {}
        }
        // PostgreSQL: lock_not_available, query_canceled.
        if matches!(database.code().as_deref(), Some("55P03" | "57014")) {
            return Self::TimedOut(error);
        }
        // PostgreSQL: exclusion_violation, as two planned windows that overlap.
        if database.code().as_deref() == Some("23P01") {
            return Self::Forbidden(database.constraint().unwrap_or_default().to_owned());
        }
        match database.kind() {
            ErrorKind::UniqueViolation => Self::Exists(error),
            ErrorKind::ForeignKeyViolation => Self::Missing(error),
            ErrorKind::CheckViolation | ErrorKind::NotNullViolation => {
                Self::Forbidden(database.message().to_owned())
            }
            _ => Self::Database(error),
        }
    }
}

/// What is wrong with the engine or its machine, and with no request.
#[derive(Debug, PartialEq, Eq)]
enum Trouble {
    /// The disk is full.
    Full,
    /// It fails, restarts, takes no more connections, or takes no writes.
    Away,
}

impl Trouble {
    /// By the code of the engine. A state of SQL has five characters, a code of SQLite fewer; the lowest byte of an extended
    /// code of SQLite is the plain one.
    fn of(code: &str) -> Option<Self> {
        match code.parse::<i32>() {
            Ok(number) if code.len() < 5 => match number & 0xff {
                13 => Some(Self::Full),
                // No memory; a file that is read-only, fails or cannot be opened.
                7 | 8 | 10 | 14 => Some(Self::Away),
                _ => None,
            },
            _ if code == "53100" => Some(Self::Full),
            // Resources of the server, an operator who stops it, a lost connection, a standby that takes no writes.
            _ if ["53", "57P", "08"].iter().any(|class| code.starts_with(class))
                || ["25006", "25P03"].contains(&code) =>
            {
                Some(Self::Away)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_the_machine_is_told_from_what_is_wrong_with_a_request() {
        for code in ["13", "53100"] {
            assert_eq!(Trouble::of(code), Some(Trouble::Full), "{code}");
        }
        // 778: SQLITE_IOERR_WRITE; 1032: SQLITE_READONLY_DBMOVED.
        for code in ["7", "10", "778", "1032", "14", "53300", "57P01", "57P03", "08006", "25006", "25P03"] {
            assert_eq!(Trouble::of(code), Some(Trouble::Away), "{code}");
        }
        // 2067: SQLITE_CONSTRAINT_UNIQUE; 57014: a statement was cancelled.
        for code in ["1", "5", "2067", "23505", "40001", "57014", "42601", "22003", ""] {
            assert_eq!(Trouble::of(code), None, "{code}");
        }
    }
}
