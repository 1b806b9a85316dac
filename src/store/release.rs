//! Whether the database has the schema of this release.

use super::{
    Db, Error,
    db::{One, query},
    schema,
};

/// How the schema of a database stands to this release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// It is the one of this release.
    Current,
    /// It lacks migrations.
    Older,
    /// It has migrations this release does not know.
    Newer,
}

/// Compares the migrations applied with those of this release.
pub async fn schema_of(db: &Db) -> Result<Schema, Error> {
    let mut tx = db.read().await?;
    let known = if tx.is_postgres() { schema::postgres() } else { schema::sqlite() };
    let (tables,) = query!(
        tx,
        one One<i64>,
        {
            sqlite: "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'",
            postgres: "SELECT COUNT(*) FROM pg_tables
                       WHERE schemaname = current_schema() AND tablename = '_sqlx_migrations'"
        }
    )?;
    if tables == 0 {
        return Ok(Schema::Older);
    }
    let applied =
        query!(tx, all One<i64>, "SELECT version FROM _sqlx_migrations WHERE success ORDER BY version")?;
    if applied.iter().any(|(version,)| !known.version_exists(*version)) {
        return Ok(Schema::Newer);
    }
    let all = known.iter().all(|migration| applied.contains(&(migration.version,)));
    Ok(if all { Schema::Current } else { Schema::Older })
}
