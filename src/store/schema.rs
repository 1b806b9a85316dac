//! The migrations of both engines, embedded: the binary runs from any folder.

use sqlx::migrate::Migrator;

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// The migrations of SQLite.
#[must_use]
pub fn sqlite() -> &'static Migrator {
    &SQLITE
}

/// The migrations of PostgreSQL.
#[must_use]
pub fn postgres() -> &'static Migrator {
    &POSTGRES
}
