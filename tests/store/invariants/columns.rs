//! What the catalogue says of a table: so that a test over columns cannot forget one.

use std::collections::BTreeSet;

use crate::support::db::{Engine, TestDb};

/// Fails unless `named` and `left_out` together are the columns of the table.
pub(super) async fn assert_covers<'a>(
    db: &TestDb,
    table: &str,
    named: impl Iterator<Item = &'a str>,
    left_out: &[&'a str],
) {
    let named: BTreeSet<String> = named.chain(left_out.iter().copied()).map(str::to_owned).collect();
    assert_eq!(of(db, table).await, named, "columns of {table}");
}

/// The columns of a table.
pub(super) async fn of(db: &TestDb, table: &str) -> BTreeSet<String> {
    let query = match db.engine() {
        Engine::Sqlite => format!("SELECT name FROM pragma_table_info('{table}')"),
        Engine::Postgres => format!(
            "SELECT CAST(column_name AS text) FROM information_schema.columns
             WHERE table_schema = 'public' AND table_name = '{table}'"
        ),
    };
    db.raw().await.texts(&query).await.into_iter().collect()
}

/// The text columns of all tables of ours as `table.column`, instants left out.
pub(super) async fn of_text(db: &TestDb) -> BTreeSet<String> {
    in_catalogue(db, &format!("c.type = 'TEXT' AND NOT {IS_INSTANT}"), "data_type = 'text'").await
}

/// The instants that are text, as `table.column`.
pub(super) async fn of_instants(db: &TestDb) -> BTreeSet<String> {
    in_catalogue(db, IS_INSTANT, "data_type = 'text' AND false").await
}

/// The columns of 32 bytes, as `table.column`.
pub(super) async fn of_hashes(db: &TestDb) -> BTreeSet<String> {
    let on_sqlite = "c.type = 'BLOB' AND instr(m.sql, 'length(' || c.name || ') = 32') > 0";
    in_catalogue(db, on_sqlite, "data_type = 'bytea' AND column_name <> 'body'").await
}

/// An instant is known by its CHECK on SQLite: no other asks julianday.
const IS_INSTANT: &str = "instr(m.sql, 'julianday(' || c.name || ')') > 0";

async fn in_catalogue(db: &TestDb, on_sqlite: &str, on_postgres: &str) -> BTreeSet<String> {
    let query = match db.engine() {
        Engine::Sqlite => format!(
            "SELECT m.name || '.' || c.name FROM sqlite_schema m, pragma_table_info(m.name) c
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name <> '_sqlx_migrations' AND {on_sqlite}"
        ),
        Engine::Postgres => format!(
            "SELECT table_name || '.' || column_name FROM information_schema.columns
             WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations' AND {on_postgres}"
        ),
    };
    db.raw().await.texts(&query).await.into_iter().collect()
}
