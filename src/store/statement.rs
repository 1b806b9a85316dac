//! One statement on either engine: its binds, and the rows that come of it. All but the encoding of the binds and the
//! reading of the rows is compiled once, not for each query.

use futures_util::FutureExt as _;
use sqlx::{
    Arguments as _, AssertSqlSafe, Encode, FromRow, Postgres, SqlSafeStr as _, SqlStr, Sqlite,
    SqliteConnection, Type,
    postgres::{PgArguments, PgRow},
    sqlite::{SqliteArguments, SqliteRow},
};

use super::{Error, line::Line, seals::Sealing, unreadable};

/// A statement in the words of one engine.
pub(super) struct Text {
    sql: SqlStr,
    /// A text that has the same columns of the same tables: what is said of a value that cannot be read.
    shown: &'static str,
}

impl Text {
    pub(super) fn fixed(text: &'static str) -> Self {
        Self { sql: text.into_sql_str(), shown: text }
    }

    /// A text that was put together; `head` is how it begins.
    pub(super) fn grown(head: &'static str, text: String) -> Self {
        Self { sql: AssertSqlSafe(text).into_sql_str(), shown: head }
    }

    pub(super) fn purpose(&self) -> Purpose {
        Purpose::of(self.shown)
    }
}

/// What a statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Changes nothing, and holds nothing when it is over.
    Look,
    /// Anything else.
    Change,
}

impl Purpose {
    /// By how the text of a statement that gives rows begins. `tests/store/texts.rs` holds the texts to it.
    pub(super) fn of(text: &str) -> Self {
        let is_look = ["SELECT", "WITH"].iter().any(|word| text.trim_start().starts_with(word));
        if is_look { Self::Look } else { Self::Change }
    }
}

/// How many rows are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    All,
    First,
}

/// The binds of a statement, encoded for one engine.
pub(super) struct Binds {
    arguments: Arguments,
    wrong: Option<sqlx::error::BoxDynError>,
    /// What is sealed of them.
    sealing: Option<Sealing>,
}

/// Encoded binds.
pub(super) enum Arguments {
    Sqlite(SqliteArguments),
    Postgres(PgArguments),
}

impl Binds {
    pub(super) fn of_sqlite() -> Self {
        Self { arguments: Arguments::Sqlite(SqliteArguments::default()), wrong: None, sealing: None }
    }

    pub(super) fn of_postgres() -> Self {
        Self { arguments: Arguments::Postgres(PgArguments::default()), wrong: None, sealing: None }
    }

    /// For a statement that changes something: where that is sealed, with it.
    pub(super) fn sealing(mut self, text: &str) -> Self {
        self.sealing = Sealing::of(text);
        self
    }

    pub(super) fn take_sealing(&mut self) -> Option<Sealing> {
        self.sealing.take()
    }

    /// Adds the next one.
    pub(super) fn add<'t, T>(&mut self, value: T)
    where
        T: Encode<'t, Sqlite> + Type<Sqlite> + Encode<'t, Postgres> + Type<Postgres>,
    {
        if let Some(sealing) = &mut self.sealing {
            sealing.bind(&value);
        }
        let added = match &mut self.arguments {
            Arguments::Sqlite(arguments) => arguments.add(value),
            Arguments::Postgres(arguments) => arguments.add(value),
        };
        if let Err(error) = added {
            self.wrong = Some(error);
        }
    }

    pub(super) fn len(&self) -> usize {
        match &self.arguments {
            Arguments::Sqlite(arguments) => arguments.len(),
            Arguments::Postgres(arguments) => arguments.len(),
        }
    }

    /// The binds, unless one could not be encoded.
    pub(super) fn encoded(self) -> Result<Arguments, sqlx::Error> {
        match self.wrong {
            Some(error) => Err(sqlx::Error::Encode(error)),
            None => Ok(self.arguments),
        }
    }
}

/// A connection of one engine, as a statement needs it.
pub(super) enum Arm<'a> {
    Sqlite(&'a mut SqliteConnection),
    Postgres(&'a mut Line),
    /// The engine has ended the transaction.
    Ended,
}

impl Arm<'_> {
    /// Runs a statement; answers how many rows it has changed.
    pub(super) async fn execute(self, text: Text, binds: Binds) -> Result<u64, sqlx::Error> {
        match (self, binds.encoded()?) {
            (Arm::Sqlite(connection), Arguments::Sqlite(arguments)) => {
                let query = sqlx::query_with::<Sqlite, _>(text.sql, arguments);
                query.execute(connection).await.map(|done| done.rows_affected())
            }
            (Arm::Postgres(line), Arguments::Postgres(arguments)) => {
                let query = sqlx::query_with::<Postgres, _>(text.sql, arguments);
                let done = line.ask(|connection| query.execute(connection).boxed()).await;
                done.map(|done| done.rows_affected())
            }
            _ => Err(sqlx::Error::WorkerCrashed),
        }
    }

    /// Runs a statement; answers its rows.
    pub(super) async fn rows(self, text: Text, binds: Binds, wanted: Wanted) -> Result<Rows, sqlx::Error> {
        let of = match (self, binds.encoded()?) {
            (Arm::Sqlite(connection), Arguments::Sqlite(arguments)) => {
                let query = sqlx::query_with::<Sqlite, _>(text.sql, arguments);
                Of::Sqlite(match wanted {
                    Wanted::All => query.fetch_all(connection).await?,
                    Wanted::First => query.fetch_optional(connection).await?.into_iter().collect(),
                })
            }
            (Arm::Postgres(line), Arguments::Postgres(arguments)) => {
                let query = sqlx::query_with::<Postgres, _>(text.sql, arguments);
                Of::Postgres(match wanted {
                    Wanted::All => line.ask(|connection| query.fetch_all(connection).boxed()).await?,
                    Wanted::First => {
                        let row = line.ask(|connection| query.fetch_optional(connection).boxed()).await?;
                        row.into_iter().collect()
                    }
                })
            }
            _ => return Err(sqlx::Error::WorkerCrashed),
        };
        Ok(Rows { of, text: text.shown })
    }
}

/// What came of a statement, unread.
pub(super) struct Rows {
    of: Of,
    /// The text that has asked for them.
    text: &'static str,
}

enum Of {
    Sqlite(Vec<SqliteRow>),
    Postgres(Vec<PgRow>),
}

impl Rows {
    /// All of them, read.
    pub(super) fn all<R>(&self) -> Result<Vec<R>, Error>
    where
        R: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow>,
    {
        let read: Result<_, _> = match &self.of {
            Of::Sqlite(rows) => rows.iter().map(R::from_row).collect(),
            Of::Postgres(rows) => rows.iter().map(R::from_row).collect(),
        };
        read.map_err(|error| unreadable::failed(error, self.text))
    }

    /// The first, if there is one.
    pub(super) fn optional<R>(&self) -> Result<Option<R>, Error>
    where
        R: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow>,
    {
        let read = match &self.of {
            Of::Sqlite(rows) => rows.first().map(R::from_row).transpose(),
            Of::Postgres(rows) => rows.first().map(R::from_row).transpose(),
        };
        read.map_err(|error| unreadable::failed(error, self.text))
    }

    /// The first, which there must be.
    pub(super) fn one<R>(&self) -> Result<R, Error>
    where
        R: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow>,
    {
        self.optional()?.ok_or_else(|| sqlx::Error::RowNotFound.into())
    }
}
