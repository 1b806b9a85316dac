//! The feed under writers whose commits interleave: no reader misses or repeats a row.

use kaketsuke::{
    domain::{
        actor::Actor,
        events::{Event, FirmChanged},
        ids::FirmId,
        span::Instant,
    },
    store::{Batch, Db, Error, Tx, events, feed, ledger},
};
use uuid::Uuid;

use crate::{
    script::run,
    support::db::{Engine, TestDb, on_both_engines},
    world::insert,
};

/// Events are told apart by this number, which is their id.
fn event(number: u128) -> (Uuid, Event) {
    let event = FirmChanged { firm: FirmId(Uuid::from_u128(7)) }.into();
    (Uuid::from_u128(number), event)
}

async fn append(tx: &mut Tx, number: u128) {
    let now: Instant = "2026-11-22T12:00:00Z".parse().unwrap();
    let mut batch = Batch::of(tx);
    events::append(&mut batch, now, &Actor::Service("test"), &[event(number)]);
    batch.run(tx).await.unwrap();
}

/// Why an event's data cannot be read.
fn unreadable(error: Error) -> String {
    match error {
        Error::Corrupt { table: "event", column: "data", cause } => cause,
        other => panic!("{other}"),
    }
}

/// A reader with a cursor, and what it has seen.
struct Reader {
    pos: i64,
    seen: Vec<u128>,
}

impl Reader {
    fn new() -> Self {
        Self { pos: 0, seen: Vec::new() }
    }

    /// Sequences what it can, then reads on by ones.
    async fn read(&mut self, db: &Db) {
        feed::sequence(db.write().await.unwrap(), 100).await.unwrap();
        loop {
            let mut tx = db.read().await.unwrap();
            let entries = feed::after(&mut tx, self.pos, 1).await.unwrap();
            let Some(entry) = entries.first() else { return };
            assert_eq!(entry.pos, self.pos + 1, "a gap");
            self.pos = entry.pos;
            self.seen.push(entry.id.as_u128());
        }
    }
}

/// The chain from the first entry on, recomputed.
async fn assert_chained(db: &Db) {
    let mut tx = db.read().await.unwrap();
    let mut before = [0; 32];
    for entry in feed::chain(&mut tx, 0, 1_000).await.unwrap() {
        assert_eq!(entry.prev_hash, before, "at {}", entry.pos);
        assert_eq!(entry.hash, feed::link(&before, entry.pos, &entry.event), "at {}", entry.pos);
        before = entry.hash;
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Commit,
    Rollback,
}

/// Every way to interleave three steps of one writer with three of another: which of them moves next.
fn interleavings() -> Vec<Vec<usize>> {
    let orders = (0_u32..1 << 6).filter(|bits| bits.count_ones() == 3);
    orders.map(|bits| (0..6).map(|step| (bits >> step & 1) as usize).collect()).collect()
}

/// Two writers append two events each and end; a reader reads after every single step.
async fn interleave(db: &Db, order: &[usize], ends: [End; 2], base: u128) -> (Vec<u128>, Reader) {
    let mut writers = [Some(db.write().await.unwrap()), Some(db.write().await.unwrap())];
    let mut steps = [0_u128, 0];
    let mut reader = Reader::new();
    let mut expected = Vec::new();
    for &writer in order {
        let number = base + 10 * writer as u128 + steps[writer];
        match steps[writer] {
            0 | 1 => append(writers[writer].as_mut().unwrap(), number).await,
            _ => {
                let tx = writers[writer].take().unwrap();
                if ends[writer] == End::Commit {
                    tx.commit().await.unwrap();
                    expected.extend([number - 2, number - 1]);
                }
            }
        }
        steps[writer] += 1;
        reader.read(db).await;
    }
    (expected, reader)
}

on_both_engines! {
    async fn interleaved_commits_reach_every_reader_once(db: TestDb) {
        if db.engine() == Engine::Sqlite {
            // One writer at a time: the second waits for the first, so nothing can interleave.
            one_after_the_other(&db).await;
            return;
        }
        let store = Db::connect(&db.url().parse().unwrap(), 4).await.unwrap();
        let (mut all, mut base) = (Vec::new(), 1_000);
        for ends in [[End::Commit, End::Commit], [End::Commit, End::Rollback], [End::Rollback, End::Commit]] {
            for order in interleavings() {
                let (expected, reader) = interleave(&store, &order, ends, base).await;
                all.extend(expected);
                assert_eq!(reader.seen, all, "{order:?} {ends:?}");
                base += 100;
            }
        }
        assert_eq!(interleavings().len(), 20);
        assert_chained(&store).await;
        store.close().await;
    }

    async fn two_sequencers_at_once_do_not_fork(db: TestDb) {
        let store = Db::connect(&db.url().parse().unwrap(), 4).await.unwrap();
        for number in 1..=40 {
            let mut tx = store.write().await.unwrap();
            append(&mut tx, number).await;
            tx.commit().await.unwrap();
        }
        let sequencer = || async {
            for _ in 0..20 {
                match feed::sequence(store.write().await.unwrap(), 3).await {
                    Ok(_) | Err(Error::Stale) => {}
                    Err(error) => panic!("{error}"),
                }
            }
        };
        futures_util::future::join(sequencer(), sequencer()).await;
        let mut reader = Reader::new();
        reader.read(&store).await;
        assert_eq!(reader.seen, (1..=40).collect::<Vec<_>>());
        assert_chained(&store).await;
        store.close().await;
    }

    async fn an_event_that_cannot_be_read_stops_its_readers_and_is_named(db: TestDb) {
        let store = Db::connect(&db.url().parse().unwrap(), 4).await.unwrap();
        let mut tx = store.write().await.unwrap();
        append(&mut tx, 1).await;
        tx.commit().await.unwrap();
        let columns = [("id", "#2"), ("kind", "'offer.made'"), ("subject", "'job'"), ("subject_id", "#31")];
        run(&mut db.raw().await, db.engine(), &insert("event", &columns)).await;
        let mut tx = store.write().await.unwrap();
        append(&mut tx, 3).await;
        feed::sequence(tx, 100).await.unwrap();

        let mut tx = store.read().await.unwrap();
        let first = feed::after(&mut tx, 0, 100).await.unwrap();
        assert_eq!(first.iter().map(|entry| entry.id.as_u128()).collect::<Vec<_>>(), [1]);
        let cause = "event 00000000-0000-0000-0000-000000000002: \
                     offer.made of job 00000000-0000-0000-0000-00000000001f: missing field `offer`";
        assert_eq!(unreadable(feed::after(&mut tx, 1, 100).await.unwrap_err()), cause);
        assert_eq!(unreadable(events::about(&mut tx, Uuid::from_u128(31), 100).await.unwrap_err()), cause);
        // Whoever only follows the chain is not stopped.
        assert_eq!(feed::chain(&mut tx, 0, 100).await.unwrap().len(), 3);
        drop(tx);
        store.close().await;
    }

    async fn billing_is_stopped_by_an_event_that_it_cannot_read(db: TestDb) {
        let store = Db::connect(&db.url().parse().unwrap(), 4).await.unwrap();
        let columns = [("id", "#2"), ("kind", "'job.settled'"), ("data", "'{\"settlement\":7}'")];
        run(&mut db.raw().await, db.engine(), &insert("event", &columns)).await;
        feed::sequence(store.write().await.unwrap(), 100).await.unwrap();
        let mut tx = store.read().await.unwrap();
        let cause = unreadable(ledger::billed_after(&mut tx, 0, 100).await.unwrap_err());
        let named = "event 00000000-0000-0000-0000-000000000002: job.settled of job 00000000-0000-0000-0000-00000000001f: ";
        assert!(cause.starts_with(named), "{cause}");
        drop(tx);
        store.close().await;
    }
}

async fn one_after_the_other(db: &TestDb) {
    let store = Db::connect(&db.url().parse().unwrap(), 4).await.unwrap();
    let mut reader = Reader::new();
    for (number, end) in [(1, End::Commit), (2, End::Rollback), (3, End::Commit)] {
        let mut tx = store.write().await.unwrap();
        append(&mut tx, number).await;
        if end == End::Commit {
            tx.commit().await.unwrap();
        } else {
            drop(tx);
        }
        reader.read(&store).await;
    }
    assert_eq!(reader.seen, [1, 3]);
    assert_chained(&store).await;
    store.close().await;
}
