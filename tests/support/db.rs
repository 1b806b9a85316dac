//! A fresh, migrated database for each test, on both engines.
//!
//! ```ignore
//! use crate::support::db::{TestDb, on_both_engines};
//!
//! on_both_engines! {
//!     /// becomes the tests accepts_once::sqlite and accepts_once::postgres
//!     async fn accepts_once(db: TestDb) { let mut raw = db.raw().await; … }
//! }
//! ```

use std::str::FromStr as _;

use kaketsuke::app::{self, Ctx, clock::Clock, loaded::Loaded};
use kaketsuke::store::{Db, schema};
use rand::{SeedableRng as _, rngs::StdRng};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqliteConnection};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use super::{postgres, server};

/// Declares async tests that take a [`TestDb`] and run once per engine, as `name::sqlite` and `name::postgres`.
macro_rules! on_both_engines {
    ($($(#[$meta:meta])* async fn $name:ident($db:ident: $type:ty) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn body($db: $type) $body

            #[tokio::test]
            async fn sqlite() {
                $crate::support::db::on_sqlite(body).await;
            }

            #[tokio::test]
            async fn postgres() {
                $crate::support::db::on_postgres(body).await;
            }
        }
    )+};
}
pub(crate) use on_both_engines;

/// The engine a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

/// A migrated, otherwise empty database that belongs to one test.
#[derive(Debug)]
pub(crate) struct TestDb {
    engine: Engine,
    url: String,
    /// Deleted with the value.
    _folder: Option<TempDir>,
}

impl TestDb {
    /// A SQLite database in a folder of its own; deleted when the value is dropped.
    pub(crate) async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("test.db");
        std::fs::write(&path, sqlite_template().await).unwrap();
        Self { engine: Engine::Sqlite, url: sqlite_url(&path), _folder: Some(folder) }
    }

    pub(super) fn on_postgres(url: String) -> Self {
        Self { engine: Engine::Postgres, url, _folder: None }
    }

    pub(crate) fn engine(&self) -> Engine {
        self.engine
    }

    /// `sqlite:PATH` or `postgres://…`.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// A connection that goes round the application.
    pub(crate) async fn raw(&self) -> Raw {
        match self.engine {
            Engine::Sqlite => Raw::Sqlite(SqliteConnection::connect(&self.url).await.unwrap()),
            Engine::Postgres => Raw::Postgres(PgConnection::connect(&self.url).await.unwrap()),
        }
    }
}

/// A raw connection to one of the engines.
#[derive(Debug)]
pub(crate) enum Raw {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Raw {
    /// Runs one or several statements; gives the number of rows touched.
    pub(crate) async fn execute(&mut self, sql: &str) -> Result<u64, sqlx::Error> {
        let sql = AssertSqlSafe(sql.to_owned());
        Ok(match self {
            Self::Sqlite(conn) => conn.execute(sql).await?.rows_affected(),
            Self::Postgres(conn) => conn.execute(sql).await?.rows_affected(),
        })
    }

    /// The only column of the only row, a 64-bit integer.
    pub(crate) async fn integer(&mut self, sql: &str) -> i64 {
        let query = sqlx::query_scalar(AssertSqlSafe(sql.to_owned()));
        match self {
            Self::Sqlite(conn) => query.fetch_one(conn).await.unwrap(),
            Self::Postgres(conn) => {
                sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(conn).await.unwrap()
            }
        }
    }

    /// The only column of every row, text.
    pub(crate) async fn texts(&mut self, sql: &str) -> Vec<String> {
        let query = sqlx::query_scalar(AssertSqlSafe(sql.to_owned()));
        match self {
            Self::Sqlite(conn) => query.fetch_all(conn).await.unwrap(),
            Self::Postgres(conn) => {
                sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_all(conn).await.unwrap()
            }
        }
    }
}

/// Runs `test` on a fresh SQLite database.
pub(crate) async fn on_sqlite<T: Future<Output = ()>>(test: impl FnOnce(TestDb) -> T) {
    test(TestDb::sqlite().await).await;
}

/// Runs `test` on a fresh PostgreSQL database and drops that afterwards, whatever the test did.
///
/// Without `KAKETSUKE_TEST_POSTGRES_URL` it says so and does nothing, unless `KAKETSUKE_REQUIRE_POSTGRES=1`: then
/// the test fails.
pub(crate) async fn on_postgres<T: Future<Output = ()>>(test: impl FnOnce(TestDb) -> T) {
    let Ok(admin_url) = std::env::var("KAKETSUKE_TEST_POSTGRES_URL") else {
        let required = std::env::var("KAKETSUKE_REQUIRE_POSTGRES").is_ok_and(|value| value == "1");
        assert!(!required, "KAKETSUKE_REQUIRE_POSTGRES=1, but KAKETSUKE_TEST_POSTGRES_URL is not set");
        eprintln!("no PostgreSQL: skipped");
        return;
    };
    postgres::with_database(&admin_url, test).await;
}

/// The bytes of a migrated database, made once per process.
async fn sqlite_template() -> &'static [u8] {
    static TEMPLATE: OnceCell<Vec<u8>> = OnceCell::const_new();
    TEMPLATE
        .get_or_init(|| async {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("template.db");
            let options = SqliteConnectOptions::from_str(&sqlite_url(&path)).unwrap();
            let mut conn = SqliteConnection::connect_with(&options.create_if_missing(true)).await.unwrap();
            schema::sqlite().run(&mut conn).await.unwrap();
            conn.close().await.unwrap();
            fill(&sqlite_url(&path)).await;
            std::fs::read(&path).unwrap()
        })
        .await
}

/// What a test finds in its database: each binary says at its root, as `const CONTENT`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    /// Tables only.
    Schema,
    /// Tables and the reference data that comes with the program.
    Reference,
}

/// Fills a migrated template as the binary wants it.
pub(super) async fn fill(url: &str) {
    if crate::CONTENT == Content::Schema {
        return;
    }
    let db = Db::connect(&url.parse().unwrap(), 1).await.unwrap();
    let ctx = Ctx::new(
        db,
        Clock::scenario(server::evening()),
        StdRng::seed_from_u64(0),
        Loaded::embedded().unwrap(),
    );
    app::reference::load_missing(&ctx).await.unwrap();
    // What was said of the loading is in the feed, so that a test's own story starts at a known position.
    app::feed::sequence(&ctx).await.unwrap();
    ctx.db().close().await;
}

fn sqlite_url(path: &std::path::Path) -> String {
    format!("sqlite:{}", path.display())
}
