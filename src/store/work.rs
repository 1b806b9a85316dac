//! A use-case's way to the database: its transaction begins with the first change.
//!
//! What is read before anything is changed needs no transaction: each statement looks at the database as it is when it
//! begins, on PostgreSQL in a transaction (READ COMMITTED) or not. What has changed since it was read is found when it is
//! written, by versions and constraints. So nobody holds SQLite's one writer while they read and decide, and a use-case
//! that saves everything in one statement needs neither `BEGIN` nor `COMMIT` on PostgreSQL: two round trips fewer, each
//! of which costs more than most statements.

use sqlx::{Sqlite, pool::PoolConnection};

use super::{
    Error,
    door::{Door, Visit},
    line::Line,
    statement::{Arm, Purpose},
};

/// A connection, with a transaction from the first change on.
pub(super) enum Work {
    /// Nothing is changed yet; SQLite.
    LooksAtFile(PoolConnection<Sqlite>, Door),
    /// Nothing is changed yet; PostgreSQL.
    LooksAtServer(Line),
    /// In a transaction; SQLite.
    ChangesFile(Visit),
    /// In a transaction; PostgreSQL. `Health` says whether a statement has failed.
    ChangesServer(Line, Health),
    /// In no transaction: each statement commits by itself; PostgreSQL.
    Alone(Line),
    /// Its transaction could not be begun.
    Ended,
}

/// Whether a transaction of the server can still be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Health {
    Sound,
    Aborted,
}

impl Work {
    /// The connection for a statement; from the first change on, in a transaction.
    pub(super) async fn arm(&mut self, purpose: Purpose) -> Result<Arm<'_>, Error> {
        if purpose == Purpose::Change {
            self.begin().await?;
        }
        Ok(match self {
            Self::LooksAtFile(connection, _) => Arm::Sqlite(connection),
            Self::LooksAtServer(line) | Self::Alone(line) | Self::ChangesServer(line, _) => {
                Arm::Postgres(line)
            }
            Self::ChangesFile(visit) => visit.connection().map_or(Arm::Ended, Arm::Sqlite),
            Self::Ended => Arm::Ended,
        })
    }

    /// The line for a statement that changes all there is to change: where it needs no transaction.
    pub(super) fn at_once(&mut self) -> Option<&mut Line> {
        match self {
            Self::LooksAtServer(line) => Some(line),
            _ => None,
        }
    }

    pub(super) fn is_of_server(&self) -> bool {
        matches!(self, Self::LooksAtServer(_) | Self::ChangesServer(..) | Self::Alone(_))
    }

    /// Takes notice of a failed statement.
    pub(super) fn failed(&mut self, error: &sqlx::Error) {
        match self {
            Self::ChangesFile(visit) => visit.failed(error),
            Self::ChangesServer(_, health) => *health = Health::Aborted,
            _ => {}
        }
    }

    /// Makes what was changed visible and durable.
    pub(super) async fn commit(self) -> Result<(), Error> {
        match self {
            Self::LooksAtFile(..) | Self::LooksAtServer(_) | Self::Alone(_) => Ok(()),
            Self::ChangesFile(visit) => visit.commit().await,
            Self::ChangesServer(line, Health::Sound) => line.commit().await,
            // The server answers such a COMMIT with a ROLLBACK, and with no error.
            Self::ChangesServer(_, Health::Aborted) => Err(Error::Unavailable),
            Self::Ended => Err(Error::Unavailable),
        }
    }

    async fn begin(&mut self) -> Result<(), Error> {
        *self = match std::mem::replace(self, Self::Ended) {
            Self::LooksAtFile(connection, door) => {
                // Others may look meanwhile.
                drop(connection);
                Self::ChangesFile(door.enter().await?)
            }
            Self::LooksAtServer(line) => Self::ChangesServer(line.begin("BEGIN").await?, Health::Sound),
            begun => begun,
        };
        Ok(())
    }
}
