//! What the database forbids by itself: as the migrations of this release make it, and as it is there.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection, migrate::Migrator};

use super::{
    Db, Error, schema,
    statement::{Arm, Purpose},
};

/// Definitions by kind and name, as in `trigger fact_immutable`.
pub type Guards = BTreeMap<String, String>;

/// On SQLite, definitions stand as they were written.
const OF_FILE: &str = "SELECT type || ' ' || name, sql FROM sqlite_schema
    WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> '_sqlx_migrations'";

/// On PostgreSQL, as the server words them, without the schema.
const OF_SERVER: &str = "
    SELECT 'trigger ' || t.tgname || ' of ' || c.relname,
           replace(pg_get_triggerdef(t.oid), n.nspname || '.', '') || ' ' || CAST(t.tgenabled AS text)
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND NOT t.tgisinternal
    UNION ALL
    SELECT 'function ' || p.proname || '(' || pg_get_function_arguments(p.oid) || ')', p.prosrc
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
    WHERE n.nspname = current_schema() AND l.lanname = 'plpgsql'
    UNION ALL
    SELECT 'constraint ' || o.conname || ' of ' || c.relname,
           replace(pg_get_constraintdef(o.oid), n.nspname || '.', '') || ' ' || CAST(o.convalidated AS text)
    FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND c.relname <> '_sqlx_migrations' AND o.contype <> 't'
    UNION ALL
    SELECT 'index ' || c.relname, replace(pg_get_indexdef(i.indexrelid), n.nspname || '.', '')
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND c.relname NOT LIKE '\\_sqlx%'";

/// Where the migrations are tried on PostgreSQL, in a transaction that is taken back.
const BESIDE: &str = "kaketsuke_verify";

/// What the migrations make, and what is there. On PostgreSQL the role must be allowed to make a schema in the database.
pub async fn both(db: &Db) -> Result<(Guards, Guards), Error> {
    // Dropped without a commit: nothing stays.
    let mut tx = db.write().await?;
    let purpose = if tx.is_postgres() { Purpose::Change } else { Purpose::Look };
    match tx.arm(purpose).await? {
        Arm::Sqlite(connection) => {
            let there = of_file(connection).await?;
            let mut beside = SqliteConnection::connect("sqlite::memory:").await?;
            for text in texts(schema::sqlite()) {
                sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut beside).await?;
            }
            Ok((of_file(&mut beside).await?, there))
        }
        Arm::Postgres(connection) => {
            let there = of_server(connection).await?;
            let before: String =
                sqlx::query_scalar("SELECT current_schema()").fetch_one(&mut *connection).await?;
            let begin = format!("CREATE SCHEMA {BESIDE}; SET LOCAL search_path = {BESIDE}, \"{before}\"");
            for text in std::iter::once(begin).chain(texts(schema::postgres())) {
                sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut *connection).await?;
            }
            Ok((of_server(connection).await?, there))
        }
        Arm::Ended => Err(Error::Unavailable),
    }
}

fn texts(migrator: &'static Migrator) -> impl Iterator<Item = String> {
    migrator.iter().map(|migration| migration.sql.as_str().to_owned())
}

async fn of_file(connection: &mut SqliteConnection) -> Result<Guards, Error> {
    let rows: Vec<(String, String)> = sqlx::query_as(OF_FILE).fetch_all(connection).await?;
    Ok(rows.into_iter().collect())
}

async fn of_server(connection: &mut PgConnection) -> Result<Guards, Error> {
    let rows: Vec<(String, String)> = sqlx::query_as(OF_SERVER).fetch_all(connection).await?;
    Ok(rows.into_iter().collect())
}
