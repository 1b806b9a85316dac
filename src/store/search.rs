//! Lists with filters. What is not asked for is not in the text, so that an index is found for what is: a condition that
//! holds of every row where nothing is given would keep SQLite from using any.

use sqlx::{
    AssertSqlSafe, Encode, FromRow, Postgres, Sqlite, Type, error::BoxDynError, postgres::PgRow,
    query_as_with, sqlite::SqliteRow,
};

use super::{Error, Tx, batch::Arguments, db::Arm};
use crate::domain::{
    actor::Scope,
    ids::{FirmId, TechnicianId},
};

/// A text that grows with what is asked for, and its binds. Every text it can become is prepared by a test.
pub(super) struct Search {
    head: &'static str,
    text: String,
    arguments: Arguments,
    wrong: Option<BoxDynError>,
}

impl Search {
    /// Begins with a text that has its first conditions; its binds follow.
    pub(super) fn of(tx: &Tx, head: &'static str) -> Self {
        Self { head, text: head.to_owned(), arguments: Arguments::of(tx), wrong: None }
    }

    /// The next bind of the text.
    pub(super) fn bind<'t, T>(mut self, value: T) -> Self
    where
        T: Encode<'t, Sqlite> + Type<Sqlite> + Encode<'t, Postgres> + Type<Postgres>,
    {
        self.wrong = self.arguments.add(value).err().or(self.wrong);
        self
    }

    /// Asks for one thing more, if a value is given. The condition says `$` wherever that stands.
    pub(super) fn and<'t, T>(mut self, condition: &'static str, value: Option<T>) -> Self
    where
        T: Encode<'t, Sqlite> + Type<Sqlite> + Encode<'t, Postgres> + Type<Postgres>,
    {
        let Some(value) = value else { return self };
        self = self.bind(value);
        self.add(" AND ", condition);
        self
    }

    /// The rows found; the text ends with their order and `LIMIT $`.
    pub(super) async fn all<R>(self, tx: &mut Tx, order: &'static str, limit: i64) -> Result<Vec<R>, Error>
    where
        R: Send + Unpin + for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow>,
    {
        let mut search = self.bind(limit);
        search.add(" ", order);
        search.run(tx).await
    }

    /// The row found, of which there is one at most.
    pub(super) async fn optional<R>(self, tx: &mut Tx) -> Result<Option<R>, Error>
    where
        R: Send + Unpin + for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow>,
    {
        Ok(self.run(tx).await?.pop())
    }

    /// Adds a part that is about the last bind.
    fn add(&mut self, between: &str, part: &str) {
        self.text.push_str(between);
        self.text.push_str(&part.replace('$', &format!("${}", self.arguments.len())));
    }

    async fn run<R>(self, tx: &mut Tx) -> Result<Vec<R>, Error>
    where
        R: Send + Unpin + for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow>,
    {
        let Self { head, text, arguments, wrong } = self;
        if let Some(error) = wrong {
            return Err(sqlx::Error::Encode(error).into());
        }
        let done = match (tx.arm(), arguments) {
            (Arm::Sqlite(connection), Arguments::Sqlite(arguments)) => {
                query_as_with(AssertSqlSafe(text), arguments).fetch_all(connection).await
            }
            (Arm::Postgres(connection), Arguments::Postgres(arguments)) => {
                query_as_with(AssertSqlSafe(text), arguments).fetch_all(connection).await
            }
            (Arm::Ended, _) => Err(sqlx::Error::WorkerCrashed),
            _ => Err(sqlx::Error::Protocol("a search of the other engine".to_owned())),
        };
        tx.came(done, head)
    }
}

/// The firm and the technician a scope is limited to; nothing where it holds no row at all.
pub(super) fn limits(scope: Scope) -> Option<(Option<FirmId>, Option<TechnicianId>)> {
    match scope {
        Scope::All => Some((None, None)),
        Scope::Firm(firm) => Some((Some(firm), None)),
        Scope::Technician(_, technician) => Some((None, Some(technician))),
        Scope::Nothing => None,
    }
}
