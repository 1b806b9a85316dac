//! PostgreSQL databases for tests: one template per process, one copy per test.

use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::FutureExt as _;
use kaketsuke::store::schema;
use sha2::{Digest as _, Sha256};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use tokio::sync::{OnceCell, Semaphore};

use super::db::TestDb;

/// Tests of one process that hold a database at the same time; with pools of a few connections each, several
/// processes stay below the server's limit.
static SLOTS: Semaphore = Semaphore::const_new(8);

pub(super) async fn with_database<T: Future<Output = ()>>(admin_url: &str, test: impl FnOnce(TestDb) -> T) {
    static NUMBER: AtomicU32 = AtomicU32::new(1);
    let _slot = SLOTS.acquire().await.unwrap();
    let template = template(admin_url).await;
    let name = format!("{}{}", own_prefix(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let mut admin = PgConnection::connect(admin_url).await.unwrap();
    execute(&mut admin, format!("CREATE DATABASE {name} TEMPLATE {template}")).await.unwrap();
    let outcome = AssertUnwindSafe(test(TestDb::on_postgres(url_of(admin_url, &name)))).catch_unwind().await;
    // FORCE: a pool the test left open must not keep the database.
    execute(&mut admin, format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
    admin.close().await.unwrap();
    if let Err(panic) = outcome {
        std::panic::resume_unwind(panic);
    }
}

/// Name of the migrated template, made once per process.
async fn template(admin_url: &str) -> &'static str {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    TEMPLATE
        .get_or_init(|| async {
            let mut admin = PgConnection::connect(admin_url).await.unwrap();
            sweep(&mut admin).await;
            let mut hash = Sha256::new();
            schema::postgres().iter().for_each(|migration| hash.update(&migration.checksum));
            let name = format!("{}template_{}", own_prefix(), &hex::encode(hash.finalize())[..8]);
            execute(&mut admin, format!("CREATE DATABASE {name}")).await.unwrap();
            admin.close().await.unwrap();
            let mut conn = PgConnection::connect(&url_of(admin_url, &name)).await.unwrap();
            schema::postgres().run(&mut conn).await.unwrap();
            // A template with a connection on it cannot be copied.
            conn.close().await.unwrap();
            super::db::fill(&url_of(admin_url, &name)).await;
            name
        })
        .await
}

/// Drops what processes of this machine left behind when they ended: nothing runs at the end of a test binary.
async fn sweep(admin: &mut PgConnection) {
    let names: Vec<String> =
        sqlx::query_scalar("SELECT datname FROM pg_database WHERE starts_with(datname, $1)")
            .bind(host_prefix())
            .fetch_all(&mut *admin)
            .await
            .unwrap();
    for name in names {
        let process = name[host_prefix().len()..].split('_').next().unwrap_or_default();
        let runs = Path::new("/proc").join(process).exists() && process != std::process::id().to_string();
        if Path::new("/proc/self").exists() && !runs {
            // Another process may be sweeping the same one.
            execute(admin, format!("DROP DATABASE IF EXISTS {name}")).await.ok();
        }
    }
}

/// Start of the names of this machine's databases: two machines may share a server.
fn host_prefix() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    format!("kaketsuke_{}_", &hex::encode(Sha256::digest(host))[..8])
}

/// Start of the names of this process's databases.
fn own_prefix() -> String {
    format!("{}{}_", host_prefix(), std::process::id())
}

async fn execute(admin: &mut PgConnection, sql: String) -> Result<(), sqlx::Error> {
    admin.execute(AssertSqlSafe(sql)).await.map(|_| ())
}

/// The URL with another database in it: `postgres://user@host/THIS?options`.
fn url_of(admin_url: &str, database: &str) -> String {
    let (address, options) = match admin_url.split_once('?') {
        Some((address, options)) => (address, format!("?{options}")),
        None => (admin_url, String::new()),
    };
    let (scheme, rest) = address.split_once("://").expect("KAKETSUKE_TEST_POSTGRES_URL is a postgres:// URL");
    let server = rest.split('/').next().unwrap_or(rest);
    format!("{scheme}://{server}/{database}{options}")
}
