//! The feed: the log in one gapless order, with a chained hash. Every reader's cursor is a position in it.
//!
//! Events wait in `feed_queue` from the moment their transaction commits; the sequencer takes what it can see in
//! order of insertion. Positions are given after the commit, so a late commit gets a late position and is never
//! skipped, whatever its serial number was.

use sha2::{Digest as _, Sha256};
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Batch, Error, Tx,
    batch::later,
    codec::{Bytes, row},
    db::{One, query},
    events::{Logged, Row as EventRow, Stored},
};
use crate::domain::{events::Event, span::Instant};

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// One position of the feed.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Gapless position, from 1.
    pub pos: i64,
    /// Id of its event.
    pub id: Uuid,
    /// When that happened.
    pub at: Instant,
    /// What happened.
    pub event: Event,
}

/// One position of the feed as a link of the chain, its event's data unread.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// Gapless position, from 1.
    pub pos: i64,
    /// What happened.
    pub event: Stored,
    /// Hash of the entry before.
    pub prev_hash: Hash,
    /// Hash of this entry.
    pub hash: Hash,
}

/// The end of the feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Last position; 0 when the feed is empty.
    pub pos: i64,
    /// Its hash; zeros when the feed is empty.
    pub hash: Hash,
}

row! { Head: pos, hash: Bytes }

#[derive(FromRow)]
struct EntryRow {
    pos: i64,
    #[sqlx(flatten)]
    event: EventRow,
}

impl TryFrom<EntryRow> for Entry {
    type Error = Error;

    fn try_from(row: EntryRow) -> Result<Self, Error> {
        let Logged { id, at, event, .. } = row.event.try_into()?;
        Ok(Self { pos: row.pos, id, at, event })
    }
}

#[derive(FromRow)]
struct LinkRow {
    pos: i64,
    prev_hash: Bytes<Hash>,
    hash: Bytes<Hash>,
    #[sqlx(flatten)]
    event: EventRow,
}

impl TryFrom<LinkRow> for Link {
    type Error = Error;

    fn try_from(row: LinkRow) -> Result<Self, Error> {
        Ok(Self { pos: row.pos, event: row.event.try_into()?, prev_hash: row.prev_hash.0, hash: row.hash.0 })
    }
}

/// The hash of an entry: over the hash before it, its position and every column of its event. Texts are preceded by
/// their length, so that no two different entries have the same input.
#[must_use]
pub fn link(prev_hash: &Hash, pos: i64, event: &Stored) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(prev_hash);
    hasher.update(pos.to_be_bytes());
    hasher.update(event.id.as_bytes());
    hasher.update(event.at.timestamp_micros().to_be_bytes());
    hasher.update(event.actor_id.unwrap_or_default().as_bytes());
    hasher.update(event.subject_id.as_bytes());
    for text in
        [event.actor.as_str(), event.subject.as_str(), event.kind.as_str(), event.data.as_str(), &event.seals]
    {
        hasher.update((text.len() as u64).to_be_bytes());
        hasher.update(text.as_bytes());
    }
    hasher.finalize().into()
}

/// Of an event.
macro_rules! columns {
    () => {
        "e.ord, e.id, e.at, e.actor, e.actor_id, e.subject, e.subject_id, e.kind, e.data, e.seals"
    };
}

/// The end of the feed.
pub async fn head(tx: &mut Tx) -> Result<Head, Error> {
    let head = query!(tx, optional Head, "SELECT pos, hash FROM feed ORDER BY pos DESC LIMIT 1")?;
    Ok(head.unwrap_or(Head { pos: 0, hash: [0; 32] }))
}

/// Where the feed ended when it last grew, as is kept beside it.
pub async fn kept_head(tx: &mut Tx) -> Result<Option<Head>, Error> {
    query!(tx, optional Head, "SELECT pos, hash FROM feed_head")
}

/// The entries after `pos`, in order, at most `limit`. They end before one that cannot be read; when that is the first of
/// them, it is the error.
pub async fn after(tx: &mut Tx, pos: i64, limit: i64) -> Result<Vec<Entry>, Error> {
    let rows = query!(
        tx,
        all EntryRow,
        concat!("SELECT f.pos, ", columns!(), " FROM feed f JOIN event e ON e.ord = f.ord
            WHERE f.pos > $1 ORDER BY f.pos LIMIT $2"),
        pos,
        limit
    )?;
    let mut entries = Vec::with_capacity(rows.len());
    for row in rows {
        match Entry::try_from(row) {
            Ok(entry) => entries.push(entry),
            Err(error) if entries.is_empty() => return Err(error),
            Err(_) => break,
        }
    }
    Ok(entries)
}

#[derive(FromRow)]
struct BillingRow {
    told_of: Option<String>,
    #[sqlx(flatten)]
    entry: EntryRow,
}

/// What concerns billing after `pos`, in order, at most `limit`: of each settlement and payment the first entry only, with the
/// id by which it was found to be that. An event that somebody has repeated bills nobody twice.
pub async fn billing(tx: &mut Tx, pos: i64, limit: i64) -> Result<Vec<(Option<String>, Entry)>, Error> {
    let rows = query!(
        tx,
        all BillingRow,
        {
            sqlite: concat!("SELECT CAST(COALESCE(e.data ->> 'settlement', e.data ->> 'payment') AS TEXT) AS told_of, f.pos, ",
                columns!(), " FROM feed f JOIN event e ON e.ord = f.ord
                WHERE f.topic = 'billing' AND f.pos > $1 AND NOT EXISTS (
                    SELECT 1 FROM event b JOIN feed g ON g.ord = b.ord
                    WHERE b.subject_id = e.subject_id AND b.kind IN ('job.settled', 'payment.recorded')
                      AND b.kind = e.kind AND g.pos < f.pos
                      AND COALESCE(b.data ->> 'settlement', b.data ->> 'payment')
                        = COALESCE(e.data ->> 'settlement', e.data ->> 'payment'))
                ORDER BY f.pos LIMIT $2"),
            postgres: concat!("SELECT COALESCE(CAST(e.data AS JSON) ->> 'settlement', CAST(e.data AS JSON) ->> 'payment')
                AS told_of, f.pos, ", columns!(), " FROM feed f JOIN event e ON e.ord = f.ord
                WHERE f.topic = 'billing' AND f.pos > $1 AND NOT EXISTS (
                    SELECT 1 FROM event b JOIN feed g ON g.ord = b.ord
                    WHERE b.subject_id = e.subject_id AND b.kind IN ('job.settled', 'payment.recorded')
                      AND b.kind = e.kind AND g.pos < f.pos
                      AND COALESCE(CAST(b.data AS JSON) ->> 'settlement', CAST(b.data AS JSON) ->> 'payment')
                        = COALESCE(CAST(e.data AS JSON) ->> 'settlement', CAST(e.data AS JSON) ->> 'payment'))
                ORDER BY f.pos LIMIT $2")
        },
        pos,
        limit
    )?;
    rows.into_iter().map(|row| Ok((row.told_of, row.entry.try_into()?))).collect()
}

/// The links of the chain after `pos`, in order, at most `limit`.
pub async fn chain(tx: &mut Tx, pos: i64, limit: i64) -> Result<Vec<Link>, Error> {
    let rows = query!(
        tx,
        all LinkRow,
        concat!("SELECT f.pos, f.prev_hash, f.hash, ", columns!(), " FROM feed f JOIN event e ON e.ord = f.ord
            WHERE f.pos > $1 ORDER BY f.pos LIMIT $2"),
        pos,
        limit
    )?;
    rows.into_iter().map(Link::try_from).collect()
}

/// How many events wait to be sequenced.
pub async fn queued(tx: &mut Tx) -> Result<i64, Error> {
    let (count,) = query!(tx, one One<i64>, "SELECT CAST(COUNT(*) AS BIGINT) FROM feed_queue")?;
    Ok(count)
}

/// When the first event happened that waits to be sequenced.
pub async fn queued_since(tx: &mut Tx) -> Result<Option<Instant>, Error> {
    let row = query!(
        tx,
        optional One<Instant>,
        "SELECT e.at FROM feed_queue q JOIN event e ON e.ord = q.ord ORDER BY q.ord LIMIT 1"
    )?;
    Ok(row.map(|(at,)| at))
}

/// Whether anything has happened to a firm or technician that a reader at `pos` has not heard of.
pub async fn is_fleet_news_after(tx: &mut Tx, pos: i64) -> Result<bool, Error> {
    let row = query!(
        tx,
        optional One<i64>,
        "SELECT e.ord FROM feed f JOIN event e ON e.ord = f.ord
         WHERE f.pos > $1 AND e.subject IN ('firm', 'technician')
         UNION ALL
         SELECT q.ord FROM feed_queue q
         WHERE EXISTS (SELECT 1 FROM event e WHERE e.ord = q.ord AND e.subject IN ('firm', 'technician'))
         LIMIT 1",
        pos
    )?;
    Ok(row.is_some())
}

/// The first event that has no position and does not wait for one, by order of insertion. There is none unless
/// somebody has changed the feed by hand: the database puts every event in the queue.
pub async fn lost(tx: &mut Tx) -> Result<Option<i64>, Error> {
    let (ord,) = query!(
        tx,
        one One<Option<i64>>,
        "SELECT MIN(e.ord) FROM event e
         WHERE NOT EXISTS (SELECT 1 FROM feed f WHERE f.ord = e.ord)
           AND NOT EXISTS (SELECT 1 FROM feed_queue q WHERE q.ord = e.ord)"
    )?;
    Ok(ord)
}

/// A number at which events are missing. On SQLite numbers are given without a gap, and the last one is known; on
/// PostgreSQL a transaction that was taken back leaves a gap, so that only the feed's positions tell.
pub async fn hole(tx: &mut Tx) -> Result<Option<i64>, Error> {
    let (ord,) = query!(
        tx,
        one One<Option<i64>>,
        {
            sqlite: "SELECT CASE WHEN COUNT(*) < COALESCE(MAX(ord), 0)
                                   OR COALESCE(MAX(ord), 0) <>
                                      COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'event'), 0)
                            THEN COALESCE((SELECT MIN(e.ord) FROM event e
                                           WHERE NOT EXISTS (SELECT 1 FROM event n WHERE n.ord = e.ord + 1)), 0) + 1 END
                     FROM event",
            postgres: "SELECT CAST(NULL AS BIGINT)"
        }
    )?;
    Ok(ord)
}

/// The first position whose topic is not that of its event: a reader of the topic would miss it.
pub async fn mislabelled(tx: &mut Tx) -> Result<Option<i64>, Error> {
    let (pos,) = query!(
        tx,
        one One<Option<i64>>,
        "SELECT MIN(f.pos) FROM feed f JOIN event e ON e.ord = f.ord
         WHERE (e.kind IN ('job.settled', 'payment.recorded')) <> (f.topic IS NOT NULL AND f.topic = 'billing')"
    )?;
    Ok(pos)
}

#[derive(FromRow)]
struct Waiting {
    head_pos: i64,
    head_hash: Bytes<Hash>,
    #[sqlx(flatten)]
    event: EventRow,
}

/// Gives positions to at most `limit` waiting events; answers how many. The database takes them out of the queue and tells
/// the other nodes. Nothing is locked while they are chained: of several sequencers at once the database lets one through,
/// and the others were too late ([`Error::Stale`]).
pub async fn sequence(mut tx: Tx, limit: i64) -> Result<usize, Error> {
    let waiting = query!(
        &mut tx,
        all Waiting,
        {
            sqlite: concat!("SELECT h.pos AS head_pos, h.hash AS head_hash, ", columns!(), "
                FROM feed_queue q JOIN event e ON e.ord = q.ord CROSS JOIN feed_head h ORDER BY q.ord LIMIT $1"),
            // Event by event, however few there were when this was planned.
            postgres: concat!("SELECT h.pos AS head_pos, h.hash AS head_hash, ", columns!(), "
                FROM (SELECT ord FROM feed_queue ORDER BY ord LIMIT $1) q
                     CROSS JOIN LATERAL (SELECT * FROM event WHERE ord = q.ord OFFSET 0) e CROSS JOIN feed_head h
                ORDER BY q.ord")
        },
        limit
    )?;
    let Some(first) = waiting.first() else { return Ok(0) };
    let (before, mut hash) = (first.head_pos, first.head_hash.0);
    let mut pos = before;
    let mut links: Vec<Link> = Vec::with_capacity(waiting.len());
    for row in waiting {
        let (event, prev_hash) = (Stored::try_from(row.event)?, hash);
        pos += 1;
        hash = link(&prev_hash, pos, &event);
        links.push(Link { pos, event, prev_hash, hash });
    }
    let mut batch = Batch::of(&tx);
    later!(
        &mut batch,
        rows,
        "INSERT INTO feed (pos, ord, prev_hash, hash, topic) VALUES",
        &links,
        |next| next.pos,
        next.event.ord,
        next.prev_hash.as_slice(),
        next.hash.as_slice(),
        next.event.kind.topic()
    );
    later!(
        &mut batch,
        one,
        "UPDATE feed_head SET pos = $1, hash = $2 WHERE one = 1 AND pos = $3",
        pos,
        hash.as_slice(),
        before
    );
    batch.commit(tx).await.map_err(too_late)?;
    Ok(links.len())
}

/// A position or an event that is taken already: somebody else was first.
fn too_late(error: Error) -> Error {
    match error {
        Error::Exists(_) => Error::Stale,
        Error::Forbidden(code) if ["feed_gap", "feed_fork", "feed_ord_key"].contains(&code.as_str()) => {
            Error::Stale
        }
        other => other,
    }
}
