//! SQLite's one writer, and the door to it: whoever comes in has the connection alone, and what several have written
//! one after the other becomes durable together.
//!
//! Each visitor works in a savepoint of one transaction. Whoever leaves while others wait hands the transaction on and
//! waits; the last one out commits it and tells the others. So nobody is answered before what they wrote is on the
//! disk, and many share the wait for the disk. A visitor that fails or is dropped takes its own work back, nothing else.
//! Only what makes SQLite itself end the transaction (a full disk, a failing one) ends it for all of the group: each
//! is told so, and the connection is replaced.

use std::{
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use futures_util::future::BoxFuture;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::sync::{OwnedMutexGuard, watch};

use super::{Error, schema};

/// Visitors in one group at most.
const GROUP_MAX: usize = 64;
/// How long the first of a group waits for more while others stand before the door.
const GROUP_LASTS: Duration = Duration::from_millis(15);

/// SQLite's code for a full disk.
const SQLITE_FULL: i32 = 13;

/// The door. Cheap to clone.
#[derive(Clone)]
pub(super) struct Door(Arc<Inner>);

struct Inner {
    options: SqliteConnectOptions,
    patience: Duration,
    room: Arc<tokio::sync::Mutex<Room>>,
    /// How many stand before the door.
    waiting: AtomicUsize,
    /// What will become of the group that is under way.
    present: Mutex<Option<watch::Receiver<Outcome>>>,
    flushes: AtomicU64,
}

/// What the visitors share.
struct Room {
    /// None after a failure: the next visitor connects.
    connection: Option<SqliteConnection>,
    group: Option<Group>,
    is_closed: bool,
}

/// Visitors whose work becomes durable together.
struct Group {
    outcome: watch::Sender<Outcome>,
    /// The first has waited long enough.
    is_due: Arc<AtomicBool>,
    kept: usize,
    left: Left,
}

/// What is to become of the savepoint of the last visitor.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Left {
    Kept,
    Dropped,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Open,
    Durable,
    /// The transaction is gone: the disk is full, or something else was wrong with it.
    Lost(Loss),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Loss {
    Full,
    Other,
}

impl Loss {
    fn of(error: &sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(|error| error.code()?.parse::<i32>().ok());
        if code.is_some_and(|code| code & 0xff == SQLITE_FULL) { Self::Full } else { Self::Other }
    }
}

impl From<Loss> for Error {
    fn from(loss: Loss) -> Self {
        match loss {
            Loss::Full => Self::Full,
            Loss::Other => Self::Unavailable,
        }
    }
}

type Inside = OwnedMutexGuard<Room>;

impl Door {
    /// A door to the database of these options. Whoever waits longer than `patience` is sent away.
    pub(super) async fn open(options: SqliteConnectOptions, patience: Duration) -> Result<Self, Error> {
        let connection = options.connect().await?;
        let room = Room { connection: Some(connection), group: None, is_closed: false };
        Ok(Self(Arc::new(Inner {
            options,
            patience,
            room: Arc::new(tokio::sync::Mutex::new(room)),
            waiting: AtomicUsize::new(0),
            present: Mutex::new(None),
            flushes: AtomicU64::new(0),
        })))
    }

    /// Comes in: a transaction of its own, as far as the visitor can tell.
    pub(super) async fn enter(&self) -> Result<Visit, Error> {
        let place = Place::take(self);
        let room = tokio::time::timeout(self.0.patience, self.0.room.clone().lock_owned()).await;
        let room = room.map_err(|_| Error::Overloaded)?;
        drop(place);
        let room = Unstoppable::new(begin(self.clone(), room)).await?;
        Ok(Visit { door: self.clone(), room: Some(room), is_troubled: false })
    }

    /// Waits until all that has been written so far is durable, or lost: what other connections see is then as new as
    /// what a visitor saw.
    pub(super) async fn settled(&self) {
        let present = self.present().clone();
        if let Some(mut outcome) = present {
            // A group whose sender is gone has settled too.
            let _ = outcome.wait_for(|outcome| *outcome != Outcome::Open).await;
        }
    }

    /// How often something was made durable.
    pub(super) fn flushes(&self) -> u64 {
        self.0.flushes.load(Ordering::Relaxed)
    }

    /// Brings the schema up to this release, with nobody else in the room.
    pub(super) async fn migrate(&self) -> Result<(), Error> {
        let mut room = Unstoppable::new(end(self.clone(), self.0.room.clone().lock_owned().await)).await;
        let connection = room.connected(&self.0.options).await?;
        schema::sqlite().run(connection).await?;
        Ok(())
    }

    /// Writes what the log of changes holds to the file and empties the log, with nobody else in the room. While somebody
    /// reads from it, some of it stays until the next time.
    pub(super) async fn empty_log(&self) -> Result<(), Error> {
        let mut room = Unstoppable::new(end(self.clone(), self.0.room.clone().lock_owned().await)).await;
        room.connected(&self.0.options).await?;
        // Whoever reads an older state for long (a backup, a proof) must not keep everybody from writing meanwhile.
        room.run("PRAGMA busy_timeout = 100").await?;
        let emptied = room.run("PRAGMA wal_checkpoint(TRUNCATE)").await;
        room.run("PRAGMA busy_timeout = 10000").await?;
        Ok(emptied?)
    }

    /// Finishes what is under way and closes the connection; nobody comes in any more.
    pub(super) async fn close(&self) {
        let mut room = end(self.clone(), self.0.room.clone().lock_owned().await).await;
        room.is_closed = true;
        if let Some(connection) = room.connection.take()
            && let Err(error) = connection.close().await
        {
            tracing::warn!(error = &error as &dyn std::error::Error, "the database was not closed cleanly");
        }
    }

    fn present(&self) -> std::sync::MutexGuard<'_, Option<watch::Receiver<Outcome>>> {
        self.0.present.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a group of so many should become durable now.
    fn closes(&self, group: &Group) -> bool {
        self.0.waiting.load(Ordering::SeqCst) == 0
            || group.kept >= GROUP_MAX
            || group.is_due.load(Ordering::Relaxed)
    }

    /// Leaves the room to the next visitor.
    fn hand_on(&self, room: Inside) {
        drop(room);
        self.look_after();
    }

    /// A group that waits for somebody who has given up is ended all the same. Whoever is inside sees to it themselves.
    fn look_after(&self) {
        if self.0.waiting.load(Ordering::SeqCst) == 0
            && let Ok(room) = self.0.room.clone().try_lock_owned()
            && room.group.is_some()
        {
            self.end_later(room);
        }
    }

    /// Ends the group that is under way, without a visitor to do it.
    fn end_later(&self, room: Inside) {
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => {
                runtime.spawn(end(self.clone(), room));
            }
            // Nobody is left who could wait for the outcome; the connection takes everything back when it closes.
            Err(_) => drop(room),
        }
    }
}

impl Room {
    async fn connected(&mut self, options: &SqliteConnectOptions) -> Result<&mut SqliteConnection, Error> {
        if self.is_closed {
            return Err(sqlx::Error::PoolClosed.into());
        }
        match &mut self.connection {
            Some(connection) => Ok(connection),
            none => Ok(none.insert(options.connect().await?)),
        }
    }

    /// The transaction is gone, whoever worked in it: they are told, and the next visitor gets another connection.
    fn lose(&mut self, door: &Door, loss: Loss) {
        self.connection = None;
        door.present().take();
        if let Some(group) = self.group.take() {
            group.outcome.send_replace(Outcome::Lost(loss));
        }
    }

    async fn run(&mut self, text: &'static str) -> Result<(), sqlx::Error> {
        match &mut self.connection {
            Some(connection) => sqlx::query(text).execute(connection).await.map(|_| ()),
            None => Err(sqlx::Error::WorkerCrashed),
        }
    }
}

/// A savepoint for the next visitor, in the transaction that is under way or in a new one.
async fn begin(door: Door, mut room: Inside) -> Result<Inside, Error> {
    room.connected(&door.0.options).await?;
    let text = match &room.group {
        None => "BEGIN IMMEDIATE; SAVEPOINT visit",
        Some(Group { left: Left::Kept, .. }) => "RELEASE visit; SAVEPOINT visit",
        // The savepoint stays open: the next visitor works in it.
        Some(Group { left: Left::Dropped, .. }) => "ROLLBACK TO visit",
    };
    if let Err(error) = room.run(text).await {
        room.lose(&door, Loss::of(&error));
        return Err(error.into());
    }
    match &mut room.group {
        Some(group) => group.left = Left::Dropped,
        None => {
            let (outcome, present) = watch::channel(Outcome::Open);
            *door.present() = Some(present);
            room.group = Some(Group { outcome, is_due: Arc::default(), kept: 0, left: Left::Dropped });
        }
    }
    Ok(room)
}

/// Makes durable what is to be kept, and tells those who wait for it.
async fn end(door: Door, mut room: Inside) -> Inside {
    let Some(group) = &room.group else { return room };
    let text = match (group.kept, group.left) {
        (0, _) => "ROLLBACK",
        (_, Left::Kept) => "COMMIT",
        (_, Left::Dropped) => "ROLLBACK TO visit; COMMIT",
    };
    let is_kept = group.kept > 0;
    if let Err(error) = room.run(text).await {
        tracing::error!(error = &error as &dyn std::error::Error, "the database could not be written to");
        room.lose(&door, Loss::of(&error));
        return room;
    }
    if is_kept {
        door.0.flushes.fetch_add(1, Ordering::Relaxed);
    }
    door.present().take();
    if let Some(group) = room.group.take() {
        group.outcome.send_replace(Outcome::Durable);
    }
    room
}

/// Somebody who stands before the door. When the last of them goes away, whoever relied on them is not left waiting.
struct Place<'a>(&'a Door);

impl<'a> Place<'a> {
    fn take(door: &'a Door) -> Self {
        door.0.waiting.fetch_add(1, Ordering::SeqCst);
        Self(door)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if self.0.0.waiting.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.look_after();
        }
    }
}

/// One visitor inside. Dropped without `commit`, its work is taken back.
pub(super) struct Visit {
    door: Door,
    room: Option<Inside>,
    /// A statement has failed.
    is_troubled: bool,
}

impl Visit {
    /// The connection; none when the transaction is gone.
    pub(super) fn connection(&mut self) -> Option<&mut SqliteConnection> {
        self.room.as_mut()?.connection.as_mut()
    }

    /// Takes notice of a failed statement: some failures end the transaction, and nothing may be written after it.
    pub(super) fn failed(&mut self, error: &sqlx::Error) {
        self.is_troubled = true;
        if ends_transaction(error)
            && let Some(room) = &mut self.room
        {
            tracing::error!(error = error as &dyn std::error::Error, "the database could not be written to");
            room.lose(&self.door, Loss::of(error));
        }
    }

    /// Leaves with everything written; comes back when it is durable.
    pub(super) async fn commit(mut self) -> Result<(), Error> {
        // As on PostgreSQL, nothing is kept of a transaction in which something has failed.
        if self.is_troubled {
            return Err(Error::Unavailable);
        }
        let Some(mut room) = self.room.take() else { return Err(Error::Unavailable) };
        let Some(group) = &mut room.group else { return Err(Error::Unavailable) };
        group.kept += 1;
        group.left = Left::Kept;
        let mut outcome = group.outcome.subscribe();
        let first = (group.kept == 1).then(|| group.is_due.clone());
        if self.door.closes(group) {
            drop(Unstoppable::new(end(self.door.clone(), room)).await);
        } else {
            self.door.hand_on(room);
        }
        if let Some(is_due) = first {
            let settled = outcome.wait_for(|outcome| *outcome != Outcome::Open);
            if tokio::time::timeout(GROUP_LASTS, settled).await.is_err() {
                is_due.store(true, Ordering::Relaxed);
            }
        }
        match outcome.wait_for(|outcome| *outcome != Outcome::Open).await {
            Ok(outcome) => match *outcome {
                Outcome::Durable => Ok(()),
                Outcome::Lost(loss) => Err(loss.into()),
                Outcome::Open => Err(Error::Unavailable),
            },
            Err(_) => Err(Error::Unavailable),
        }
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        let Some(room) = self.room.take() else { return };
        if room.group.as_ref().is_some_and(|group| self.door.closes(group)) {
            self.door.end_later(room);
        } else {
            self.door.hand_on(room);
        }
    }
}

/// Whether SQLite may have ended the transaction on its own after such a failure: no memory, interrupted, a failing or full
/// disk, a damaged or unreadable file; or its thread is gone.
fn ends_transaction(error: &sqlx::Error) -> bool {
    let Some(database) = error.as_database_error() else {
        return matches!(error, sqlx::Error::WorkerCrashed | sqlx::Error::Io(_));
    };
    let code = database.code().and_then(|code| code.parse::<i32>().ok());
    // The lowest byte of an extended code is the plain one.
    code.is_some_and(|code| matches!(code & 0xff, 7 | 8 | 9 | 10 | 11 | 13 | 14 | 26))
}

/// Work that is finished even when nobody waits for it any more: whoever stops waiting in the middle must not leave the
/// room in a state that nobody knows.
struct Unstoppable<T: Send + 'static>(Option<BoxFuture<'static, T>>);

impl<T: Send + 'static> Unstoppable<T> {
    fn new(work: impl Future<Output = T> + Send + 'static) -> Self {
        Self(Some(Box::pin(work)))
    }
}

impl<T: Send + 'static> Future for Unstoppable<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let Some(work) = &mut self.0 else { return Poll::Pending };
        let done = work.as_mut().poll(context);
        if done.is_ready() {
            self.0 = None;
        }
        done
    }
}

impl<T: Send + 'static> Drop for Unstoppable<T> {
    fn drop(&mut self) {
        if let Some(work) = self.0.take()
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(work);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use sqlx::Row as _;

    use super::*;

    /// A door to a new file, and another connection to it.
    async fn open() -> (Door, SqliteConnection, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("door.db"))
            .create_if_missing(true)
            .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal);
        let door = Door::open(options.clone(), Duration::from_secs(10)).await.unwrap();
        let mut visit = door.enter().await.unwrap();
        run(&mut visit, "CREATE TABLE t (x INTEGER NOT NULL UNIQUE, y BLOB)").await.unwrap();
        visit.commit().await.unwrap();
        (door, options.connect().await.unwrap(), folder)
    }

    async fn run(visit: &mut Visit, text: &'static str) -> Result<(), Error> {
        let Some(connection) = visit.connection() else { return Err(Error::Unavailable) };
        let done = sqlx::query(text).execute(connection).await;
        if let Err(error) = &done {
            visit.failed(error);
        }
        done.map(|_| ()).map_err(Error::from)
    }

    async fn rows(outside: &mut SqliteConnection) -> Vec<i64> {
        let rows = sqlx::query("SELECT x FROM t ORDER BY x").fetch_all(outside).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// Waits until so many stand before the door.
    async fn until_waiting(door: &Door, number: usize) {
        while door.0.waiting.load(Ordering::SeqCst) < number {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn who_leaves_while_others_wait_is_answered_with_them() {
        let (door, mut outside, _folder) = open().await;
        let before = door.flushes();
        let mut first = door.enter().await.unwrap();
        run(&mut first, "INSERT INTO t (x) VALUES (1)").await.unwrap();
        let next = tokio::spawn({
            let door = door.clone();
            async move { door.enter().await.unwrap() }
        });
        until_waiting(&door, 1).await;
        let mut answer = tokio::spawn(first.commit());
        let mut second = next.await.unwrap();
        run(&mut second, "INSERT INTO t (x) VALUES (2)").await.unwrap();
        assert!((&mut answer).now_or_never().is_none(), "not before it is durable");
        assert!(door.settled().now_or_never().is_none(), "nor is it settled");
        assert_eq!(rows(&mut outside).await, [] as [i64; 0]);
        second.commit().await.unwrap();
        answer.await.unwrap().unwrap();
        door.settled().await;
        assert_eq!(rows(&mut outside).await, [1, 2]);
        assert_eq!(door.flushes() - before, 1);
        door.close().await;
    }

    #[tokio::test]
    async fn a_full_disk_ends_it_for_all_of_the_group_and_for_nobody_after_it() {
        let (door, mut outside, _folder) = open().await;
        let mut visit = door.enter().await.unwrap();
        run(&mut visit, "PRAGMA max_page_count = 20").await.unwrap();
        visit.commit().await.unwrap();
        let mut first = door.enter().await.unwrap();
        run(&mut first, "INSERT INTO t (x) VALUES (1)").await.unwrap();
        let next = tokio::spawn({
            let door = door.clone();
            async move { door.enter().await.unwrap() }
        });
        until_waiting(&door, 1).await;
        let answer = tokio::spawn(first.commit());
        let mut second = next.await.unwrap();
        let third = tokio::spawn({
            let door = door.clone();
            async move { door.enter().await.unwrap() }
        });
        until_waiting(&door, 1).await;
        let full = run(&mut second, "INSERT INTO t (x, y) VALUES (2, zeroblob(1000000))").await;
        assert!(matches!(full, Err(Error::Full)), "{full:?}");
        let after = run(&mut second, "INSERT INTO t (x) VALUES (3)").await;
        assert!(matches!(after, Err(Error::Unavailable)), "nothing is written outside of a transaction");
        assert!(matches!(second.commit().await, Err(Error::Unavailable)));
        assert!(matches!(answer.await.unwrap(), Err(Error::Full)), "its work is gone, and it is told");
        let mut third = third.await.unwrap();
        run(&mut third, "INSERT INTO t (x, y) VALUES (4, zeroblob(1000000))").await.unwrap();
        third.commit().await.unwrap();
        assert_eq!(rows(&mut outside).await, [4]);
        door.close().await;
    }

    #[tokio::test]
    async fn who_is_dropped_takes_nobody_along() {
        let (door, mut outside, _folder) = open().await;
        let mut visit = door.enter().await.unwrap();
        run(&mut visit, "INSERT INTO t (x) VALUES (1)").await.unwrap();
        let next = tokio::spawn({
            let door = door.clone();
            async move { door.enter().await.unwrap() }
        });
        until_waiting(&door, 1).await;
        let answer = tokio::spawn(visit.commit());
        let mut second = next.await.unwrap();
        run(&mut second, "INSERT INTO t (x) VALUES (2)").await.unwrap();
        // The last one out, without a word.
        drop(second);
        answer.await.unwrap().unwrap();
        assert_eq!(rows(&mut outside).await, [1]);
        let mut third = door.enter().await.unwrap();
        let twice = run(&mut third, "INSERT INTO t (x) VALUES (1)").await;
        assert!(matches!(twice, Err(Error::Exists(_))), "{twice:?}");
        assert!(third.commit().await.is_err(), "as on the other engine, nothing is kept after a failure");
        door.close().await;
        assert!(door.enter().await.is_err(), "closed");
    }
}
