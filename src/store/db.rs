//! Two engines behind one door: `Db` opens transactions, `Tx` is one, `query!` speaks to either.

use std::{sync::Arc, time::Duration};

use chrono::SecondsFormat;
use futures_util::future::BoxFuture;
use sqlx::{
    Connection as _, Executor as _, Sqlite, SqlitePool, Transaction,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use uuid::Uuid;

use super::{
    Error, Soonest, counting,
    door::Door,
    line::{Line, Lines, Silence},
    private, schema,
    seals::Seal,
    statement::{Arm, Binds, Purpose, Rows, Text, Wanted},
    url::{DatabaseUrl, Target},
    work::Work,
};
use crate::domain::span::Instant;

/// How long a request waits for SQLite before it is refused as overloaded.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long SQLite waits for another process's write.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// What every connection to PostgreSQL is told. What is read is nearly always in memory, where one row costs little more
/// than the next: plans that read whole tables while these are small are kept when they have grown.
const SETTINGS: [(&str, &str); 2] = [("random_page_cost", "1.1"), ("jit", "off")];
/// Connections of the workers.
const WORKERS_MAX: u32 = 4;
/// Connections of what reads much.
const REPORTS_MAX: u32 = 2;
/// Connections of what is taken by itself, one short statement at a time.
const NUMBERS_MAX: u32 = 2;
/// Prepared statements kept per connection; more than there are texts.
const STATEMENTS_MAX: usize = 500;

/// The database, as one kind of work uses it. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    engine: Engine,
    all: Arc<Lanes>,
}

/// Connections of the same database that are nobody else's: whoever has used up their own waits alone.
struct Lanes {
    workers: Engine,
    reports: Engine,
    /// On PostgreSQL: [`Db::alone`].
    numbers: Option<Lines>,
}

/// Whose connections are used. Requests have those a [`Db`] is made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// What runs by itself: the ladder, the alarms, the feed, messages.
    Workers,
    /// What reads much and may wait: figures of many days.
    Reports,
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Db").field(&self.engine()).finish()
    }
}

#[derive(Clone)]
enum Engine {
    /// One writer, many readers: SQLite has one write lock, and queueing for it here is fairer than busy-waiting.
    Sqlite {
        writer: Door,
        readers: SqlitePool,
    },
    Postgres(Lines),
}

/// Whether a file may be read and not written to.
fn is_read_only(file: &std::path::Path) -> bool {
    use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
    let opened = std::fs::OpenOptions::new().append(true).open(file);
    opened.is_err_and(|error| matches!(error.kind(), PermissionDenied | ReadOnlyFilesystem))
}

impl Db {
    /// Connects; makes the SQLite file when there is none. `connections` is the number of parallel readers
    /// (SQLite) or of connections (PostgreSQL) for requests; workers and reports have a few of their own, made when they
    /// are needed.
    pub async fn connect(url: &DatabaseUrl, connections: u32) -> Result<Self, Error> {
        match &url.0 {
            Target::Sqlite(options) => Self::connect_sqlite(options, connections).await,
            Target::Postgres(options, patience) => {
                let options = options.as_ref().clone().statement_cache_capacity(STATEMENTS_MAX);
                let options = options.options(SETTINGS);
                let silence = Silence::new();
                let lines = |most, patience| Lines::new(most, options.clone(), patience, &silence);
                let all = Arc::new(Lanes {
                    workers: Engine::Postgres(lines(WORKERS_MAX, patience.of_workers())),
                    reports: Engine::Postgres(lines(REPORTS_MAX, *patience)),
                    numbers: Some(lines(NUMBERS_MAX, *patience)),
                });
                let requests = lines(connections, *patience);
                drop(requests.take().await?);
                Ok(Self { engine: Engine::Postgres(requests), all })
            }
        }
    }

    /// Connects to read only. A SQLite file that cannot be written to, as on a backup medium, is read as a copy.
    pub async fn connect_to_read(url: &DatabaseUrl, connections: u32) -> Result<Self, Error> {
        match &url.0 {
            Target::Sqlite(options) if is_read_only(options.get_filename()) => {
                Self::open_copy(url, connections).await
            }
            _ => Self::connect(url, connections).await,
        }
    }

    /// Opens a SQLite file that nobody changes, without making anything beside it.
    pub async fn open_copy(url: &DatabaseUrl, connections: u32) -> Result<Self, Error> {
        let Target::Sqlite(options) = &url.0 else { return Self::connect(url, connections).await };
        let mut log = options.get_filename().as_os_str().to_owned();
        log.push("-wal");
        // What stands in the log of changes belongs to the copy: with one the file alone is not the whole.
        let is_whole = std::fs::metadata(log).map_or(true, |log| log.len() == 0);
        let options = options.as_ref().clone().read_only(true).immutable(is_whole).foreign_keys(true);
        Self::of_file(options.statement_cache_capacity(STATEMENTS_MAX), connections).await
    }

    async fn connect_sqlite(options: &SqliteConnectOptions, connections: u32) -> Result<Self, Error> {
        if !options.get_filename().exists() {
            // Where it cannot be made, opening it says why.
            private::file(options.get_filename()).ok();
        }
        let options = options
            .clone()
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // What is erased is overwritten, not only forgotten.
            .pragma("secure_delete", "ON")
            .busy_timeout(BUSY_TIMEOUT)
            .statement_cache_capacity(STATEMENTS_MAX);
        Self::of_file(options, connections).await
    }

    async fn of_file(options: SqliteConnectOptions, connections: u32) -> Result<Self, Error> {
        let writer = Door::open(options.clone(), ACQUIRE_TIMEOUT).await?;
        let options = options.read_only(true);
        let readers = |most| {
            SqlitePoolOptions::new()
                .max_connections(most)
                .acquire_timeout(ACQUIRE_TIMEOUT)
                // A file does not hang up.
                .test_before_acquire(false)
                // Out of memory, or of a failing disk, SQLite may have ended the transaction by itself; whoever hands
                // the connection back believes in it still, and every later one would be refused.
                .after_release(|connection, _| {
                    Box::pin(async move {
                        connection.ping().await?;
                        Ok(!connection.is_in_transaction())
                    })
                })
        };
        let lazy = |most| {
            let readers = readers(most).connect_lazy_with(options.clone());
            Engine::Sqlite { writer: writer.clone(), readers }
        };
        let all = Arc::new(Lanes { workers: lazy(WORKERS_MAX), reports: lazy(REPORTS_MAX), numbers: None });
        let readers = readers(connections).connect_with(options.clone()).await?;
        Ok(Self { engine: Engine::Sqlite { writer, readers }, all })
    }

    /// The same database by connections that are kept for one kind of work.
    #[must_use]
    pub fn lane(&self, lane: Lane) -> Self {
        let engine = match lane {
            Lane::Workers => &self.all.workers,
            Lane::Reports => &self.all.reports,
        };
        Self { engine: engine.clone(), all: self.all.clone() }
    }

    /// Brings the schema up to this release. Safe to run from several nodes at once.
    pub async fn migrate(&self) -> Result<(), Error> {
        match &self.engine {
            Engine::Sqlite { writer, .. } => writer.migrate().await?,
            Engine::Postgres(lines) => {
                // What rewrites a large table takes as long as it takes.
                let mut alone = lines.unbound().await?;
                schema::must_be_heeded(&mut alone).await?;
                alone.execute("SET statement_timeout = 0; SET lock_timeout = 0").await?;
                schema::postgres().run(&mut alone).await?;
                alone.close().await?;
            }
        }
        Ok(())
    }

    /// A consistent snapshot to read from.
    pub async fn read(&self) -> Result<Tx, Error> {
        counting::transaction();
        Ok(Tx::new(match &self.engine {
            Engine::Sqlite { readers, .. } => Inner::Sqlite(readers.begin().await?),
            Engine::Postgres(lines) => {
                let line = lines.take().await?;
                Inner::Postgres(line.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        }))
    }

    /// For one statement, which is a snapshot by itself.
    pub async fn glance(&self) -> Result<Tx, Error> {
        self.write().await
    }

    /// A transaction that may write; it begins with the first change. On SQLite it takes the write lock at once then, so
    /// that it never has to be upgraded, which could deadlock, and shares the wait for the disk with those who write at
    /// the same time.
    pub async fn write(&self) -> Result<Tx, Error> {
        counting::transaction();
        Ok(Tx::new(Inner::Work(match &self.engine {
            Engine::Sqlite { writer, readers } => Work::LooksAtFile(readers.acquire().await?, writer.clone()),
            Engine::Postgres(lines) => Work::LooksAtServer(lines.take().await?),
        })))
    }

    /// Where each statement commits by itself, beside the transaction of a use-case: what it locks is free when it is over,
    /// whatever becomes of this node. On PostgreSQL only: SQLite has one writer, which is the use-case.
    pub(super) async fn alone(&self) -> Result<Option<Tx>, Error> {
        let Some(lines) = &self.all.numbers else { return Ok(None) };
        Ok(Some(Tx::new(Inner::Work(Work::Alone(lines.take().await?)))))
    }

    /// Writes something that changes nothing, and waits until the disk has it: fails where no use-case could be saved. On
    /// SQLite the number that this program leaves at zero, on PostgreSQL the lock of a row that nobody else holds: the server
    /// writes it to its log, and refuses it where nothing may be written. A row that another node's probe holds is passed by:
    /// that node may be frozen.
    pub async fn probe(&self) -> Result<(), Error> {
        let mut tx = self.write().await?;
        query!(
            tx,
            execute,
            {
                sqlite: "PRAGMA user_version = 0",
                postgres: "SELECT version FROM _sqlx_migrations ORDER BY version LIMIT 1
                           FOR NO KEY UPDATE SKIP LOCKED"
            }
        )?;
        tx.commit().await
    }

    /// Has what was erased leave the files: SQLite's log of changes still holds the pages as they were. On PostgreSQL that is
    /// the server's affair (`VACUUM`, and its own log).
    pub async fn forget(&self) -> Result<(), Error> {
        match &self.engine {
            Engine::Sqlite { writer, .. } => writer.empty_log().await,
            Engine::Postgres(_) => Ok(()),
        }
    }

    /// Waits until what a transaction may have seen before it was durable is durable. Whoever wants to run again after a
    /// conflict does that first: other connections see committed rows only.
    pub async fn settled(&self) {
        if let Engine::Sqlite { writer, .. } = &self.engine {
            writer.settled().await;
        }
    }

    /// How often writes were made durable, where this process does it itself: fewer times than there were transactions,
    /// when several shared the wait. None on a server, which groups commits by itself.
    #[must_use]
    pub fn flushes(&self) -> Option<u64> {
        match &self.engine {
            Engine::Sqlite { writer, .. } => Some(writer.flushes()),
            Engine::Postgres(_) => None,
        }
    }

    /// `sqlite` or `postgres`.
    #[must_use]
    pub fn engine(&self) -> &'static str {
        match &self.engine {
            Engine::Sqlite { .. } => "sqlite",
            Engine::Postgres(_) => "postgres",
        }
    }

    /// The lines to a server; none where there is one node only.
    #[must_use]
    pub(super) fn lines(&self) -> Option<&Lines> {
        match &self.engine {
            Engine::Sqlite { .. } => None,
            Engine::Postgres(lines) => Some(lines),
        }
    }

    /// Closes every connection, finishing what is under way.
    pub async fn close(&self) {
        if let Some(lines) = &self.all.numbers {
            lines.close().await;
        }
        for engine in [&self.all.reports, &self.all.workers, &self.engine] {
            match engine {
                Engine::Sqlite { readers, .. } => readers.close().await,
                Engine::Postgres(lines) => lines.close().await,
            }
        }
        if let Engine::Sqlite { writer, .. } = &self.engine {
            writer.close().await;
        }
    }
}

/// One transaction on either engine. Dropped without `commit`, it is rolled back.
pub struct Tx {
    inner: Inner,
    soonest: Soonest,
    /// What rows written by single statements are, until an event bears it.
    seals: Vec<Seal>,
}

enum Inner {
    /// A snapshot.
    Sqlite(Transaction<'static, Sqlite>),
    /// A snapshot.
    Postgres(Line),
    Work(Work),
}

impl Tx {
    fn new(inner: Inner) -> Self {
        Self { inner, soonest: Soonest::default(), seals: Vec::new() }
    }

    /// When the first is due of what was written here.
    #[must_use]
    pub fn soonest(&self) -> Soonest {
        self.soonest
    }

    pub(super) fn soonest_mut(&mut self) -> &mut Soonest {
        &mut self.soonest
    }

    pub(super) fn seals_mut(&mut self) -> &mut Vec<Seal> {
        &mut self.seals
    }

    /// Makes everything written visible and durable.
    pub async fn commit(self) -> Result<(), Error> {
        match self.inner {
            Inner::Sqlite(tx) => tx.commit().await?,
            Inner::Postgres(line) => line.commit().await?,
            Inner::Work(work) => work.commit().await?,
        }
        Ok(())
    }

    pub(super) fn is_postgres(&self) -> bool {
        match &self.inner {
            Inner::Sqlite(_) => false,
            Inner::Postgres(_) => true,
            Inner::Work(work) => work.is_of_server(),
        }
    }

    /// No binds yet, for a statement of this engine.
    pub(super) fn binds(&self) -> Binds {
        if self.is_postgres() { Binds::of_postgres() } else { Binds::of_sqlite() }
    }

    /// The text for this engine.
    pub(super) fn text(&self, sqlite: &'static str, postgres: &'static str) -> Text {
        Text::fixed(if self.is_postgres() { postgres } else { sqlite })
    }

    /// Every statement and every call of a batch asks for it once, so that it is counted here.
    pub(super) async fn arm(&mut self, purpose: Purpose) -> Result<Arm<'_>, Error> {
        counting::statement();
        match &mut self.inner {
            Inner::Sqlite(tx) => Ok(Arm::Sqlite(tx)),
            Inner::Postgres(line) => Ok(Arm::Postgres(line)),
            Inner::Work(work) => work.arm(purpose).await,
        }
    }

    /// Runs a statement; answers how many rows it has changed. Called by `query!`.
    pub(super) fn execute(&mut self, text: Text, mut binds: Binds) -> BoxFuture<'_, Result<u64, Error>> {
        Box::pin(async move {
            let sealing = binds.take_sealing();
            let done = self.arm(Purpose::Change).await?.execute(text, binds).await;
            let changed = self.came(done)?;
            if let Some(sealing) = sealing.filter(|_| changed > 0) {
                self.seals.extend(sealing.seals());
            }
            Ok(changed)
        })
    }

    /// Runs a statement; answers its rows. Called by `query!`.
    pub(super) fn rows(
        &mut self,
        text: Text,
        binds: Binds,
        wanted: Wanted,
    ) -> BoxFuture<'_, Result<Rows, Error>> {
        Box::pin(async move {
            let done = self.arm(text.purpose()).await?.rows(text, binds, wanted).await;
            self.came(done)
        })
    }

    /// The line for a statement that changes all there is to change, where it needs no transaction.
    pub(super) fn at_once(&mut self) -> Option<&mut Line> {
        let Inner::Work(work) = &mut self.inner else { return None };
        let line = work.at_once()?;
        counting::statement();
        Some(line)
    }

    /// What came of a statement; a failure may be the end of the transaction.
    pub(super) fn came<T>(&mut self, done: Result<T, sqlx::Error>) -> Result<T, Error> {
        if let (Err(error), Inner::Work(work)) = (&done, &mut self.inner) {
            work.failed(error);
        }
        Ok(done?)
    }
}

/// Ids as a JSON array of texts, as it is bound to `json_each($1)` and `json_array_elements_text(CAST($1 AS JSON))`:
/// one statement for however many. `unhex` makes SQLite's bytes of them again, a cast PostgreSQL's `UUID`.
pub(super) fn id_list(ids: impl IntoIterator<Item = Uuid>) -> String {
    let ids: Vec<_> = ids.into_iter().map(|id| id.simple().to_string()).collect();
    // A list of texts is always JSON.
    serde_json::Value::from(ids).to_string()
}

/// An instant within JSON: for SQLite as it stands in a column, for PostgreSQL to be cast.
pub(super) fn instant_text(at: Instant) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, false)
}

/// A row of one column.
pub(super) type One<T> = (T,);

/// Runs one SQL text on whichever engine the transaction is of.
///
/// `query!(tx, execute, "…", binds…)` gives the number of rows changed; `query!(tx, all Row, "…", …)` all rows;
/// `one` exactly one; `optional` at most one. Where the engines truly differ, two texts with the same binds:
/// `query!(tx, all Row, { sqlite: "…", postgres: "…" }, …)`. Where several texts share their columns, these stand in a
/// macro of the same file that gives a literal: `query!(tx, all Row, concat!(columns!(), " WHERE …"), …)`. Every text is
/// prepared on both engines by a test.
macro_rules! query {
    ($tx:expr, execute, { sqlite: $sqlite:expr, postgres: $postgres:expr } $(, $bind:expr)* $(,)?) => {{
        #[allow(unused_mut, reason = "there may be no binds")]
        let mut binds = $tx.binds().sealing($sqlite);
        $(binds.add($bind);)*
        let text = $tx.text($sqlite, $postgres);
        $tx.execute(text, binds).await
    }};
    ($tx:expr, all $row:ty, $($rest:tt)+) => {
        $crate::store::db::query!(@rows All, all, $tx, $row, $($rest)+)
    };
    ($tx:expr, one $row:ty, $($rest:tt)+) => {
        $crate::store::db::query!(@rows First, one, $tx, $row, $($rest)+)
    };
    ($tx:expr, optional $row:ty, $($rest:tt)+) => {
        $crate::store::db::query!(@rows First, optional, $tx, $row, $($rest)+)
    };
    (@rows $wanted:ident, $read:ident, $tx:expr, $row:ty, { sqlite: $sqlite:expr, postgres: $postgres:expr }
        $(, $bind:expr)* $(,)?) => {{
        #[allow(unused_mut, reason = "there may be no binds")]
        let mut binds = $tx.binds();
        $(binds.add($bind);)*
        let text = $tx.text($sqlite, $postgres);
        let rows = $tx.rows(text, binds, $crate::store::statement::Wanted::$wanted).await;
        rows.and_then(|rows| rows.$read::<$row>())
    }};
    (@rows $wanted:ident, $read:ident, $tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::store::db::query!(@rows $wanted, $read, $tx, $row, { sqlite: $sql, postgres: $sql } $(, $bind)*)
    };
    ($tx:expr, execute, $sql:expr $(, $bind:expr)* $(,)?) => {
        $crate::store::db::query!($tx, execute, { sqlite: $sql, postgres: $sql } $(, $bind)*)
    };
}
pub(super) use query;

#[cfg(test)]
mod tests {
    use super::*;

    async fn open(folder: &tempfile::TempDir) -> Db {
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        Db::connect(&url.parse().unwrap(), 2).await.unwrap()
    }

    async fn run(tx: &mut Tx, text: &'static str) -> Result<u64, Error> {
        let binds = tx.binds();
        tx.execute(Text::fixed(text), binds).await
    }

    async fn change(db: &Db, text: &'static str) -> Result<(), Error> {
        let mut tx = db.write().await?;
        run(&mut tx, text).await?;
        tx.commit().await
    }

    /// What SQLite does of its own accord out of memory, or of a failing disk.
    #[tokio::test]
    async fn a_snapshot_that_the_engine_has_ended_spoils_no_connection() {
        let folder = tempfile::tempdir().unwrap();
        let db = open(&folder).await;
        for _ in 0..6 {
            let mut tx = db.read().await.unwrap();
            run(&mut tx, "ROLLBACK").await.unwrap();
            drop(tx);
        }
        for _ in 0..6 {
            let mut tx = db.read().await.unwrap();
            run(&mut tx, "SELECT 1").await.unwrap();
        }
        db.close().await;
    }

    #[tokio::test]
    async fn a_full_disk_is_told_to_who_writes_and_to_who_asks_and_forgotten_when_there_is_room() {
        let folder = tempfile::tempdir().unwrap();
        let db = open(&folder).await;
        change(&db, "CREATE TABLE t (x BLOB)").await.unwrap();
        for _ in 0..3 {
            // Of this connection only: no page more than there are.
            change(&db, "PRAGMA max_page_count = 2").await.unwrap();
            let full = change(&db, "INSERT INTO t VALUES (zeroblob(100000))").await;
            assert!(matches!(full, Err(Error::Full)), "{full:?}");
            // The connection is another one, which has room.
            db.probe().await.unwrap();
            change(&db, "INSERT INTO t VALUES (zeroblob(100000))").await.unwrap();
        }
        db.close().await;
        assert!(db.probe().await.is_err(), "no longer there");
    }

    #[tokio::test]
    async fn whoever_asks_whether_it_can_be_written_to_is_told_that_it_cannot() {
        let folder = tempfile::tempdir().unwrap();
        let db = open(&folder).await;
        db.probe().await.unwrap();
        change(&db, "PRAGMA query_only = ON").await.unwrap();
        assert!(matches!(db.probe().await, Err(Error::Unavailable)));
        // What can be read can be read: a look at the rows alone would not have found it.
        let mut tx = db.read().await.unwrap();
        run(&mut tx, "SELECT 1").await.unwrap();
        drop(tx);
        db.close().await;
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn nobody_else_of_the_machine_reads_what_is_kept() {
        use std::os::unix::fs::MetadataExt as _;
        let folder = tempfile::tempdir().unwrap();
        let db = open(&folder).await;
        change(&db, "CREATE TABLE t (x BLOB)").await.unwrap();
        let evidence = folder.path().join("a/b");
        crate::store::files::Files::in_folder(&evidence).unwrap();
        for name in ["test.db", "test.db-wal", "test.db-shm", "a", "a/b"] {
            let mode = std::fs::metadata(folder.path().join(name)).unwrap().mode();
            assert_eq!(mode & 0o077, 0, "{name}: {mode:o}");
        }
        db.close().await;
    }
}
