//! The migrations of both engines, embedded: the binary runs from any folder. Both folders hold the same file
//! names (one list serves both) and build the same tables and columns.

use std::sync::LazyLock;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{PgConnection, SqlSafeStr as _};

use super::Error;

/// The files of `migrations/<engine>`, in order. One list, so that no engine can have a migration the other lacks.
/// Not `sqlx::migrate!`: it would build both drivers a second time, for the compiler.
macro_rules! embedded {
    ($engine:literal) => {
        embedded!(
            $engine,
            "0001_reference",
            "0002_firms",
            "0003_access",
            "0004_cases",
            "0005_jobs",
            "0006_ledger",
            "0007_log",
            "0008_referrals",
            "0009_alarms",
            "0011_identity",
            "0012_order_notes",
            "0013_blocks",
            "0014_shift_entries",
            "0016_money",
            "0017_evidence",
            "0018_messages",
            "0019_sessions"
        )
    };
    ($engine:literal, $($name:literal),+) => {
        &[$(($name, include_str!(concat!("../../migrations/", $engine, "/", $name, ".sql")))),+]
    };
}

/// The migrations for SQLite.
#[must_use]
pub fn sqlite() -> &'static Migrator {
    static SQLITE: LazyLock<Migrator> = LazyLock::new(|| migrator(embedded!("sqlite")));
    &SQLITE
}

/// The migrations for PostgreSQL (13 or newer).
#[must_use]
pub fn postgres() -> &'static Migrator {
    static POSTGRES: LazyLock<Migrator> = LazyLock::new(|| migrator(embedded!("postgres")));
    &POSTGRES
}

fn migrator(files: &[(&'static str, &'static str)]) -> Migrator {
    let migrations = files.iter().map(|(name, sql)| {
        // The number is the file's own: a gap stays a gap, and no file moves when another one is added.
        let number = name.split('_').next().and_then(|digits| digits.parse().ok()).unwrap_or_default();
        let description = name.trim_start_matches(|char: char| char.is_ascii_digit() || char == '_');
        Migration::new(number, description.into(), MigrationType::Simple, sql.into_sql_str(), false)
    });
    Migrator::with_migrations(migrations.collect())
}

/// What the session's setting is where every trigger is heeded.
pub(super) const GUARDED: &str = "origin";

/// Fails in a session that passes by the triggers: nothing may be written in it.
pub(super) async fn must_be_heeded(connection: &mut PgConnection) -> Result<(), Error> {
    let setting: String = sqlx::query_scalar("SELECT current_setting('session_replication_role')")
        .fetch_one(connection)
        .await?;
    if setting == GUARDED { Ok(()) } else { Err(Error::Unguarded(setting)) }
}
