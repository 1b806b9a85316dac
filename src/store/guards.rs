//! What the database forbids by itself, and what it is made of: as the migrations of this release make it, and as it is there.

use std::collections::BTreeMap;

use futures_util::FutureExt as _;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection, migrate::Migrator};

use super::{
    Db, Error, schema,
    statement::{Arm, Purpose},
};

/// Definitions by kind and name, as in `trigger fact_immutable`.
pub type Guards = BTreeMap<String, String>;

/// On SQLite, definitions stand as they were written; the number of the file is left at zero.
const OF_FILE: &str = "SELECT type || ' ' || name, sql FROM sqlite_schema
    WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> '_sqlx_migrations'
    UNION ALL SELECT 'pragma user_version', CAST(user_version AS TEXT) FROM pragma_user_version";

/// On PostgreSQL, as the server words them, without the schema; what an extension has brought is not looked at.
const OF_SERVER: &str = "
    SELECT CASE c.relkind WHEN 'v' THEN 'view ' WHEN 'm' THEN 'view ' ELSE 'table ' END || c.relname,
           CAST(c.relkind AS text) || CAST(c.relrowsecurity AS text) || ' ' || COALESCE((
               SELECT string_agg(
                   a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || CAST(a.attnotnull AS text)
                       || CAST(a.attidentity AS text)
                       || COALESCE(replace(pg_get_expr(d.adbin, d.adrelid), n.nspname || '.', ''), ''),
                   ', ' ORDER BY a.attname)
               FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
               WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relname <> '_sqlx_migrations'
      AND NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.objid = c.oid AND e.deptype = 'e')
    UNION ALL
    SELECT 'rule ' || r.rulename || ' of ' || c.relname, pg_get_ruledef(r.oid)
    FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND r.rulename <> '_RETURN'
    UNION ALL
    SELECT 'trigger ' || t.tgname || ' of ' || c.relname,
           replace(pg_get_triggerdef(t.oid), n.nspname || '.', '') || ' ' || CAST(t.tgenabled AS text)
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND NOT t.tgisinternal
    UNION ALL
    SELECT 'function ' || p.proname || '(' || pg_get_function_arguments(p.oid) || ')', p.prosrc
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
    WHERE n.nspname = current_schema() AND l.lanname = 'plpgsql'
      AND NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.objid = p.oid AND e.deptype = 'e')
    UNION ALL
    SELECT 'constraint ' || o.conname || ' of ' || c.relname,
           replace(pg_get_constraintdef(o.oid), n.nspname || '.', '') || ' ' || CAST(o.convalidated AS text)
    FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND c.relname <> '_sqlx_migrations' AND o.contype <> 't'
      AND NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.objid = c.oid AND e.deptype = 'e')
    UNION ALL
    SELECT 'index ' || c.relname, replace(pg_get_indexdef(i.indexrelid), n.nspname || '.', '')
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND c.relname NOT LIKE '\\_sqlx%'
      AND NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.objid = i.indrelid AND e.deptype = 'e')";

/// Whether triggers and foreign keys are heeded at all: in this session, and in those that somebody opens later.
const OF_SESSION: &str = "
    SELECT 'setting session_replication_role', current_setting('session_replication_role')
    UNION ALL
    SELECT 'setting session_replication_role of ' || COALESCE('role ' || r.rolname, 'every role') || ' in '
               || COALESCE('database ' || d.datname, 'every database'), c.setting
    FROM pg_db_role_setting s CROSS JOIN LATERAL unnest(s.setconfig) AS c (setting)
         LEFT JOIN pg_database d ON d.oid = s.setdatabase LEFT JOIN pg_roles r ON r.oid = s.setrole
    WHERE (s.setdatabase = 0 OR d.datname = current_database()) AND c.setting LIKE 'session_replication_role=%'";

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
        Arm::Postgres(line) => Ok(line.ask(|connection| both_of_server(connection).boxed()).await?),
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

async fn both_of_server(connection: &mut PgConnection) -> Result<(Guards, Guards), sqlx::Error> {
    let mut there = of_server(connection).await?;
    let settings: Vec<(String, String)> = sqlx::query_as(OF_SESSION).fetch_all(&mut *connection).await?;
    there.extend(settings);
    let before: String = sqlx::query_scalar("SELECT current_schema()").fetch_one(&mut *connection).await?;
    let begin = format!("CREATE SCHEMA {BESIDE}; SET LOCAL search_path = {BESIDE}, \"{before}\"");
    for text in std::iter::once(begin).chain(texts(schema::postgres())) {
        sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut *connection).await?;
    }
    let mut made = of_server(connection).await?;
    made.insert("setting session_replication_role".to_owned(), schema::GUARDED.to_owned());
    Ok((made, there))
}

async fn of_server(connection: &mut PgConnection) -> Result<Guards, sqlx::Error> {
    let rows: Vec<(String, String)> = sqlx::query_as(OF_SERVER).fetch_all(connection).await?;
    Ok(rows.into_iter().collect())
}
