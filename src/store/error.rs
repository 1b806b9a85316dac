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
                sqlx::Error::WorkerCrashed => Self::Unavailable,
                lost @ sqlx::Error::Io(_) => Self::Unreachable(lost),
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
        if is_unwritable(&database.code().unwrap_or_default()) {
            return Self::Unavailable;
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

/// PostgreSQL: disk_full, too_many_connections, a session ended for its silence in a transaction, a server that shuts down,
/// crashes or starts, an administrator. SQLite: no memory, a failing disk (its extended codes have the plain one in the
/// lowest byte), a full one. A state of SQL has five characters, a code of SQLite fewer.
fn is_unwritable(code: &str) -> bool {
    match code.parse::<i32>() {
        Ok(number) if code.len() < 5 => matches!(number & 0xff, 7 | 10 | 13),
        _ => matches!(code, "53100" | "53300" | "25P03" | "57P01" | "57P02" | "57P03"),
    }
}
