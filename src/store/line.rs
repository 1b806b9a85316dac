//! A connection to PostgreSQL in somebody's hands: what is asked of it is answered in time, or it is given up.
//!
//! A network that swallows what is sent tells nobody, and a server whose machine stands still says nothing either: without
//! limits of its own a node would wait for ever, its places used up. The server's limits ([`Patience`]) are the other end's. Two
//! things give a line up here: a limit on each call, a little longer than the server's own, and the news that another line has
//! not answered ([`Silence`]), after which the older ones have seconds. A line that is given up is closed without a good-bye, and
//! its place is free at once.

use std::{
    io::ErrorKind,
    pin::pin,
    time::{Duration, Instant},
};

use futures_util::{FutureExt as _, TryStreamExt as _, future::BoxFuture};
use sqlx::{
    AssertSqlSafe, Connection as _, Executor as _, PgConnection, PgPool, Postgres,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPoolOptions, PgRow},
};
use tokio::{sync::watch, time::timeout};

use super::{Error, patience::Patience};

/// A connection that was idle for longer is tried before it is used.
const FRESH: Duration = Duration::from_secs(5);

/// Connections of one kind of work.
#[derive(Clone)]
pub(super) struct Lines {
    pool: PgPool,
    limits: Limits,
}

/// How long a call may take.
#[derive(Clone)]
struct Limits {
    /// A statement; none where it may take as long as it takes.
    statement: Option<Duration>,
    /// What costs the server nothing.
    answer: Duration,
    silence: Silence,
}

/// What all lines of a node are told: when it was last found out that one of them does not answer.
#[derive(Clone)]
pub(super) struct Silence(watch::Sender<Option<Instant>>);

impl Silence {
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(None))
    }

    /// A line does not answer: those that were there before are not believed in any more.
    pub(super) fn found(&self) {
        self.0.send_replace(Some(Instant::now()));
    }

    fn is_after(&self, instant: Instant) -> bool {
        self.0.borrow().is_some_and(|found| found > instant)
    }

    /// Ends when one has been found after an instant.
    async fn after(&self, instant: Instant) {
        // This holds the sender: it is always there.
        let _ = self.0.subscribe().wait_for(|found| found.is_some_and(|found| found > instant)).await;
    }
}

impl Limits {
    fn new(patience: &Patience, silence: Silence) -> Self {
        let statement = (!patience.statement.is_zero()).then(|| patience.statement + patience.answer);
        Self { statement, answer: patience.answer, silence }
    }

    /// What comes of a call on a line that was believed in at an instant, unless nothing comes in time. Once another line is
    /// found silent, that is sooner.
    async fn bound<T>(
        &self,
        believed: Instant,
        call: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, sqlx::Error> {
        let begun = Instant::now();
        let answered = async {
            let mut call = pin!(call);
            tokio::select! {
                biased;
                done = &mut call => return done,
                () = self.silence.after(believed) => {}
            }
            let left = self.answer.saturating_sub(begun.elapsed());
            timeout(left, call).await.unwrap_or_else(|_| Err(silent()))
        };
        match self.statement {
            Some(limit) => timeout(limit, answered).await.unwrap_or_else(|_| Err(silent())),
            None => answered.await,
        }
    }
}

/// A line that does not answer.
fn silent() -> sqlx::Error {
    std::io::Error::new(ErrorKind::TimedOut, "the database does not answer").into()
}

impl Lines {
    /// Lines that are made when they are needed, `most` at once.
    pub(super) fn new(most: u32, options: PgConnectOptions, patience: Patience, silence: &Silence) -> Self {
        let limits = Limits::new(&patience, silence.clone());
        let tried = limits.clone();
        let pool = PgPoolOptions::new()
            .max_connections(most)
            .acquire_timeout(patience.place)
            .test_before_acquire(false)
            .before_acquire(move |connection, kept| {
                let Limits { answer, silence, .. } = tried.clone();
                Box::pin(async move {
                    let used = Instant::now().checked_sub(kept.idle_for);
                    if used.is_none_or(|used| silence.is_after(used)) {
                        return Ok(false);
                    }
                    if kept.idle_for > FRESH {
                        timeout(answer, connection.ping()).await.map_err(|_| silent())??;
                    }
                    Ok(true)
                })
            })
            .connect_lazy_with(patience.of_session(options));
        Self { pool, limits }
    }

    /// A line, when one is free.
    pub(super) async fn take(&self) -> Result<Line, Error> {
        // What is found out while it waits counts: better once too often.
        let taken = Instant::now();
        let connection = Some(self.pool.acquire().await?);
        Ok(Line { connection, limits: self.limits.clone(), taken, state: State::Outside })
    }

    /// A connection without limits, which is nobody's afterwards.
    pub(super) async fn unbound(&self) -> Result<PgConnection, Error> {
        Ok(self.pool.acquire().await?.detach())
    }

    /// How to connect.
    pub(super) fn options(&self) -> PgConnectOptions {
        self.pool.connect_options().as_ref().clone()
    }

    /// How long what costs the server nothing may take.
    pub(super) fn answer(&self) -> Duration {
        self.limits.answer
    }

    /// What all lines are told.
    pub(super) fn silence(&self) -> &Silence {
        &self.limits.silence
    }

    pub(super) async fn close(&self) {
        self.pool.close().await;
    }
}

/// One connection. Dropped in a transaction, that is taken back.
pub(super) struct Line {
    /// None once it is given up.
    connection: Option<PoolConnection<Postgres>>,
    limits: Limits,
    taken: Instant,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// In no transaction.
    Outside,
    /// In a transaction.
    Inside,
    /// On the way from one to the other.
    Between,
}

impl Line {
    /// Asks the server. With [`Line::each`], the way to the connection.
    pub(super) async fn ask<T>(
        &mut self,
        call: impl for<'c> FnOnce(&'c mut PgConnection) -> BoxFuture<'c, Result<T, sqlx::Error>>,
    ) -> Result<T, sqlx::Error> {
        let connection = self.connection.as_mut().ok_or(sqlx::Error::WorkerCrashed)?;
        let done = self.limits.bound(self.taken, call(connection)).await;
        self.told(done)
    }

    /// Reads rows one by one, however many: each of them comes in time.
    pub(super) async fn each(
        &mut self,
        text: String,
        mut take: impl FnMut(PgRow) -> Result<(), sqlx::Error>,
    ) -> Result<(), sqlx::Error> {
        let connection = self.connection.as_deref_mut().ok_or(sqlx::Error::WorkerCrashed)?;
        let mut rows = sqlx::query(AssertSqlSafe(text)).fetch(connection);
        let done = loop {
            match self.limits.bound(self.taken, rows.try_next()).await {
                Ok(Some(row)) => take(row)?,
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        drop(rows);
        self.told(done)
    }

    /// What came of a call. A line that is broken is given up.
    fn told<T>(&mut self, done: Result<T, sqlx::Error>) -> Result<T, sqlx::Error> {
        if let Err(sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_)) = done {
            self.give_up();
        }
        done
    }

    /// Begins a transaction by this statement. Whoever waits for it no longer leaves a line of which nobody knows whether it
    /// is in one.
    pub(super) async fn begin(mut self, statement: &'static str) -> Result<Self, Error> {
        self.state = State::Between;
        let begun = self.ask(|connection| connection.execute(statement)).await;
        self.state = if begun.is_ok() { State::Inside } else { State::Outside };
        begun?;
        Ok(self)
    }

    /// Makes what was changed visible and durable.
    pub(super) async fn commit(mut self) -> Result<(), Error> {
        self.state = State::Between;
        let done = self.ask(|connection| connection.execute("COMMIT")).await;
        // It is over when it fails, too.
        self.state = State::Outside;
        done?;
        Ok(())
    }

    /// Closes it without a good-bye: whoever is not answered would wait to say it.
    fn give_up(&mut self) {
        if let Some(connection) = self.connection.take() {
            drop(connection.detach());
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if self.state == State::Between {
            return self.give_up();
        }
        let Some(mut connection) = self.connection.take() else { return };
        let (limits, state, taken) = (self.limits.clone(), self.state, self.taken);
        // What was under way, when it was dropped, is waited for.
        tokio::spawn(async move {
            if state == State::Inside && limits.bound(taken, connection.execute("ROLLBACK")).await.is_err() {
                return drop(connection.detach());
            }
            // It is tried once more; given up on the way, it is closed and its place is free.
            let _ = limits.bound(taken, connection.return_to_pool().map(Ok)).await;
        });
    }
}
