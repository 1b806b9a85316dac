//! Lists with filters. What is not asked for is not in the text, so that an index is found for what is: a condition that
//! holds of every row where nothing is given would keep SQLite from using any.

use sqlx::{Encode, FromRow, Postgres, Sqlite, Type, postgres::PgRow, sqlite::SqliteRow};

use super::{
    Error, Tx,
    statement::{Binds, Rows, Text, Wanted},
};
use crate::domain::{
    actor::Scope,
    ids::{FirmId, TechnicianId},
};

/// A text that grows with what is asked for, and its binds. Every text it can become is prepared by a test.
pub(super) struct Search {
    head: &'static str,
    text: String,
    binds: Binds,
}

impl Search {
    /// Begins with a text that has its first conditions; its binds follow.
    pub(super) fn of(tx: &Tx, head: &'static str) -> Self {
        Self { head, text: head.to_owned(), binds: tx.binds() }
    }

    /// The next bind of the text.
    pub(super) fn bind<'t, T>(mut self, value: T) -> Self
    where
        T: Encode<'t, Sqlite> + Type<Sqlite> + Encode<'t, Postgres> + Type<Postgres>,
    {
        self.binds.add(value);
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
        R: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow>,
    {
        let mut search = self.bind(limit);
        search.add(" ", order);
        search.run(tx, Wanted::All).await?.all()
    }

    /// The row found, of which there is one at most.
    pub(super) async fn optional<R>(self, tx: &mut Tx) -> Result<Option<R>, Error>
    where
        R: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow>,
    {
        self.run(tx, Wanted::First).await?.optional()
    }

    /// Adds a part that is about the last bind.
    fn add(&mut self, between: &str, part: &str) {
        self.text.push_str(between);
        self.text.push_str(&part.replace('$', &format!("${}", self.binds.len())));
    }

    async fn run(self, tx: &mut Tx, wanted: Wanted) -> Result<Rows, Error> {
        tx.rows(Text::grown(self.head, self.text), self.binds, wanted).await
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
