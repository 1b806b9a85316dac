//! A use-case's way to the database: its transaction begins with the first change.
//!
//! What is read before anything is changed needs no transaction: each statement looks at the database as it is when it
//! begins, on PostgreSQL in a transaction (READ COMMITTED) or not. What has changed since it was read is found when it is
//! written, by versions and constraints. So nobody holds SQLite's one writer while they read and decide, and a use-case
//! that saves everything in one statement needs neither `BEGIN` nor `COMMIT` on PostgreSQL: two round trips fewer, each
//! of which costs more than most statements.

use sqlx::{PgConnection, Postgres, SqlSafeStr as _, Sqlite, Transaction, pool::PoolConnection};

use super::{
    Error,
    door::{Door, Visit},
    statement::{Arm, Purpose},
};

/// A connection, with a transaction from the first change on.
pub(super) enum Work {
    /// Nothing is changed yet; SQLite.
    LooksAtFile(PoolConnection<Sqlite>, Door),
    /// Nothing is changed yet; PostgreSQL.
    LooksAtServer(PoolConnection<Postgres>),
    /// In a transaction; SQLite.
    ChangesFile(Visit),
    /// In a transaction; PostgreSQL. `Health` says whether a statement has failed.
    ChangesServer(Transaction<'static, Postgres>, Health),
    /// In no transaction: each statement commits by itself; PostgreSQL.
    Alone(PoolConnection<Postgres>),
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
            Self::LooksAtServer(connection) | Self::Alone(connection) => Arm::Postgres(connection),
            Self::ChangesFile(visit) => visit.connection().map_or(Arm::Ended, Arm::Sqlite),
            Self::ChangesServer(transaction, _) => Arm::Postgres(transaction),
            Self::Ended => Arm::Ended,
        })
    }

    /// The connection for a statement that changes all there is to change: where it needs no transaction.
    pub(super) fn at_once(&mut self) -> Option<&mut PgConnection> {
        match self {
            Self::LooksAtServer(connection) => Some(connection),
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
            Self::ChangesServer(transaction, Health::Sound) => Ok(transaction.commit().await?),
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
            Self::LooksAtServer(connection) => {
                Self::ChangesServer(begun(connection, "BEGIN").await?, Health::Sound)
            }
            begun => begun,
        };
        Ok(())
    }
}

/// Begins a transaction of the server, to the end even when nobody waits for it any more: else the pool would get back a
/// connection in a transaction of which it knows nothing, and what the next one writes there would never be committed.
pub(super) async fn begun(
    connection: PoolConnection<Postgres>,
    statement: &'static str,
) -> Result<Transaction<'static, Postgres>, Error> {
    let begun = tokio::spawn(Transaction::begin(connection, Some(statement.into_sql_str())));
    Ok(begun.await.map_err(|_| Error::Unavailable)??)
}
