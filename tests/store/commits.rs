//! Use-cases that write at the same time: each is kept or not by itself, and on SQLite several share the wait for the disk.

use std::{future::poll_fn, task::Poll};

use futures_util::future::join_all;
use kaketsuke::{
    domain::{
        actor::Actor,
        docket::{Changes, Moved, Rows, Waiting},
        events::{Event, FirmChanged},
        ids::{CaseId, FirmId, JobId},
        jobs::Job,
        retention::ErasureReason,
        span::Instant,
    },
    store::{self, Batch, Db, Error, Tx, events},
};
use uuid::Uuid;

use crate::{
    support::db::{Engine, TestDb, on_both_engines},
    world,
};

const AT_ONCE: usize = 50;

fn event(number: usize) -> (Uuid, Event) {
    (Uuid::from_u128(1_000 + number as u128), FirmChanged { firm: FirmId(Uuid::from_u128(7)) }.into())
}

/// The job as it was read at the version before, and nothing else.
fn only(job: Job) -> Changes {
    Changes {
        job: Some(job),
        moved: Moved::State,
        offers: Rows::default(),
        assignments: Rows::default(),
        windows: Rows::default(),
        alarms: Rows::default(),
        woken: Vec::new(),
        waiting: Waiting::Left,
        events: Vec::new(),
    }
}

async fn append(tx: &mut Tx, numbers: &[usize]) -> Result<(), Error> {
    let now: Instant = "2026-11-22T12:00:00Z".parse().unwrap();
    let mut batch = Batch::of(tx);
    let what: Vec<_> = numbers.iter().copied().map(event).collect();
    events::append(&mut batch, now, &Actor::Service("test"), &what);
    batch.run(tx).await.map(|_| ())
}

/// Looks at something so many times and waits for it no more.
async fn given_up<T>(polls: usize, what: impl Future<Output = T>) {
    let mut what = std::pin::pin!(what);
    for _ in 0..polls {
        if poll_fn(|cx| Poll::Ready(what.as_mut().poll(cx).is_ready())).await {
            return;
        }
        tokio::task::yield_now().await;
    }
}

async fn numbers(db: &Db) -> Vec<u128> {
    let mut tx = db.read().await.unwrap();
    let known = events::about(&mut tx, Uuid::from_u128(7), 1_000).await.unwrap();
    let mut known: Vec<_> = known.iter().map(|logged| logged.id.as_u128() - 1_000).collect();
    known.sort_unstable();
    known
}

on_both_engines! {
    async fn nothing_is_said_to_be_kept_of_a_transaction_in_which_something_has_failed(db: TestDb) {
        let store = Db::connect(&db.url().parse().unwrap(), 2).await.unwrap();
        let now: Instant = "2026-11-22T12:00:00Z".parse().unwrap();
        // More often than there are connections: none of them keeps anything of it.
        for _ in 0..4 {
            let mut tx = store.write().await.unwrap();
            let nowhere = CaseId(Uuid::from_u128(404));
            let failed = store::erasure::record(&mut tx, nowhere, ErasureReason::PersonAsked, now, None).await;
            assert!(matches!(failed, Err(Error::Missing(_))), "{failed:?}");
            // A use-case that takes no notice of it is told here; PostgreSQL itself would answer such a COMMIT with yes.
            assert!(tx.commit().await.is_err());
        }
        let mut tx = store.write().await.unwrap();
        append(&mut tx, &[1]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(numbers(&store).await, [1]);
        store.close().await;
    }

    async fn what_is_answered_is_durable_and_shares_the_wait(db: TestDb) {
        let store = Db::connect(&db.url().parse().unwrap(), 8).await.unwrap();
        let before = store.flushes();
        let writers = (0..AT_ONCE).map(|number| {
            let store = store.clone();
            async move {
                let mut tx = store.write().await.unwrap();
                append(&mut tx, &[number]).await.unwrap();
                tx.commit().await.unwrap();
                assert!(numbers(&store).await.contains(&(number as u128)), "answered before it was there");
            }
        });
        join_all(writers).await;
        if let (Some(before), Some(after)) = (before, store.flushes()) {
            assert!((1..AT_ONCE as u64 / 2).contains(&(after - before)), "{} flushes", after - before);
        }
        store.close().await;
        let again = Db::connect(&db.url().parse().unwrap(), 1).await.unwrap();
        assert_eq!(numbers(&again).await, (0..AT_ONCE as u128).collect::<Vec<_>>());
        again.close().await;
    }

    async fn who_fails_takes_nobody_along(db: TestDb) {
        let store = Db::connect(&db.url().parse().unwrap(), 8).await.unwrap();
        let mut tx = store.write().await.unwrap();
        append(&mut tx, &[900]).await.unwrap();
        tx.commit().await.unwrap();
        let writers = (0..AT_ONCE).map(|number| {
            let store = store.clone();
            async move {
                let mut tx = store.write().await.unwrap();
                append(&mut tx, &[number]).await.unwrap();
                match number % 5 {
                    1 => assert!(matches!(
                        append(&mut tx, &[900]).await,
                        Err(Error::Exists(_) | Error::Forbidden(_))
                    )),
                    2 => drop(tx),
                    _ => tx.commit().await.unwrap(),
                }
            }
        });
        join_all(writers).await;
        let kept = (0..AT_ONCE as u128).filter(|number| !matches!(number % 5, 1 | 2));
        assert_eq!(numbers(&store).await, kept.chain([900]).collect::<Vec<_>>());
        store.close().await;
    }

    async fn a_batch_keeps_the_order_and_refuses_what_has_changed(db: TestDb) {
        drop(world::build(&db).await);
        let store = Db::connect(&db.url().parse().unwrap(), 2).await.unwrap();
        let id = JobId::from(Uuid::from_u128(33));
        let mut tx = store.write().await.unwrap();
        let mut job = store::jobs::lock(&mut tx, id).await.unwrap().unwrap();
        let all: Vec<_> = (0..71).collect();
        let what: Vec<_> = all.iter().copied().map(event).collect();
        (job.rung, job.version) = (job.rung + 1, job.version + 1);
        let mut batch = Batch::of(&tx);
        assert!(batch.is_empty());
        store::docket_changes::save(&mut batch, &only(job.clone()), job.created_at);
        events::append(&mut batch, job.created_at, &Actor::Service("test"), &what);
        assert_eq!(batch.run(&mut tx).await.unwrap(), [1, 32, 32, 4, 2, 1]);
        assert_eq!(tx.soonest().job, job.wake_at());
        tx.commit().await.unwrap();
        let mut tx = store.read().await.unwrap();
        let known = events::about(&mut tx, Uuid::from_u128(7), 1_000).await.unwrap();
        assert!(known.iter().map(|logged| logged.id).eq(what.iter().map(|(id, _)| *id)), "in order");
        assert_eq!(store::jobs::find(&mut tx, id).await.unwrap().unwrap(), job);
        drop(tx);

        let mut tx = store.write().await.unwrap();
        let mut batch = Batch::of(&tx);
        events::append(&mut batch, job.created_at, &Actor::Service("test"), &[event(800)]);
        store::docket_changes::save(&mut batch, &only(job.clone()), job.created_at);
        let stale = batch.run(&mut tx).await;
        assert!(matches!(stale, Err(Error::Stale)), "{stale:?}");
        drop(tx);
        assert!(!numbers(&store).await.contains(&800));
        store.close().await;
    }

    async fn what_is_given_up_while_it_begins_takes_nothing_of_the_next_along(db: TestDb) {
        // One connection: whatever is left of what was given up, the next one has.
        let store = Db::connect(&db.url().parse().unwrap(), 1).await.unwrap();
        let others = Db::connect(&db.url().parse().unwrap(), 2).await.unwrap();
        for polls in 1..=6 {
            given_up(polls, store.read()).await;
            given_up(polls, store.probe()).await;
            let tx = store.write().await.unwrap();
            let mut batch = Batch::of(&tx);
            let now: Instant = "2026-11-22T12:00:00Z".parse().unwrap();
            events::append(&mut batch, now, &Actor::Service("test"), &[event(polls)]);
            batch.commit(tx).await.unwrap();
            assert!(numbers(&others).await.contains(&(polls as u128)), "given up after {polls} polls");
        }
        others.close().await;
        store.close().await;
    }

    async fn who_asks_whether_the_server_takes_writes_is_told(db: TestDb) {
        // SQLite's own is told beside its writer: `store::db`.
        if db.engine() == Engine::Sqlite {
            return;
        }
        let position = "SELECT CAST(pg_current_wal_insert_lsn() - '0/0' AS BIGINT)";
        let mut raw = db.raw().await;
        let before = raw.integer(position).await;
        let writes = Db::connect(&db.url().parse().unwrap(), 1).await.unwrap();
        writes.probe().await.unwrap();
        assert!(raw.integer(position).await > before, "nothing is waited for where nothing is written");
        let reads_only = format!("{}&options[default_transaction_read_only]=on", db.url());
        let reads_only = Db::connect(&reads_only.parse().unwrap(), 1).await.unwrap();
        assert!(matches!(reads_only.probe().await, Err(Error::Unavailable)));
        let mut tx = reads_only.read().await.unwrap();
        events::about(&mut tx, Uuid::from_u128(7), 1).await.unwrap();
    }
}
