//! Whether the service can work, and the figures it shows about itself.

use super::{
    Ctx, Error, disks,
    readers::{self, Reader},
};
use crate::{
    domain::{disks::Disk, messages::MessageState, span::Instant, text_enum::text_enum},
    store,
};

text_enum! {
    /// What is done by itself when it is due.
    pub enum Due("kind of due thing") {
        /// Jobs are looked at.
        Jobs = "jobs",
        /// Alarms ring.
        Alarms = "alarms",
        /// Events are given their place in the feed.
        Events = "events",
        /// This node's matching snapshot hears of what happens.
        FleetReader = "the fleet's reading of the feed",
        /// Messages are made of what happens.
        MessageReader = "the messages' reading of the feed",
    }
}

/// Since when each is due that should have been done: of every kind the oldest.
pub async fn overdue(ctx: &Ctx) -> Result<Vec<(Due, Instant)>, Error> {
    let now = ctx.now();
    let mut tx = ctx.db().read().await?;
    let oldest = [
        (Due::Jobs, store::jobs::next_due(&mut tx, None).await?),
        (Due::Alarms, store::alarms::next_due(&mut tx, None).await?),
        (Due::Events, store::feed::queued_since(&mut tx).await?),
    ];
    let due =
        oldest.into_iter().filter_map(|(what, since)| Some((what, since.filter(|since| *since <= now)?)));
    let stopped = readers::stopped(ctx).into_iter().filter_map(|(reader, since)| match reader {
        Reader::Fleet => Some((Due::FleetReader, since)),
        Reader::Messages => Some((Due::MessageReader, since)),
        // The events that wait say it themselves.
        Reader::Sequencer => None,
    });
    Ok(due.chain(stopped).collect())
}

/// What the service shows about itself.
#[derive(Debug, Clone)]
pub struct State {
    /// Last position of the feed.
    pub feed_position: i64,
    /// Events that wait for a position.
    pub feed_queue: i64,
    /// Technicians in the matching snapshot.
    pub technicians: i64,
    /// Messages to be sent or tried again.
    pub messages_pending: i64,
    /// Messages that were tried often enough.
    pub messages_dead: i64,
    /// Reads of personal data that wait to be written.
    pub reads_waiting: i64,
    /// Reads that were not written, because too many waited.
    pub reads_lost: i64,
    /// Bytes that are free on each disk that is looked at.
    pub disks_free: Vec<(Disk, u64)>,
}

/// Whether a use-case could be saved now: the database takes a write and answers.
pub async fn ready(ctx: &Ctx) -> Result<(), Error> {
    ctx.db().probe().await?;
    check(ctx).await.map(|_| ())
}

/// Reads the figures; fails when the database does not answer.
pub async fn check(ctx: &Ctx) -> Result<State, Error> {
    let disks_free = disks::free(ctx).await?;
    let mut tx = ctx.db().read().await?;
    let feed_position = store::feed::head(&mut tx).await?.pos;
    let feed_queue = store::feed::queued(&mut tx).await?;
    let messages_pending = store::messages::count(&mut tx, MessageState::Pending).await?;
    let messages_dead = store::messages::count(&mut tx, MessageState::Dead).await?;
    let technicians = i64::try_from(ctx.fleet().len()).unwrap_or(i64::MAX);
    let (waiting, lost) = ctx.reads_waiting();
    let reads_waiting = i64::try_from(waiting).unwrap_or(i64::MAX);
    let reads_lost = i64::try_from(lost).unwrap_or(i64::MAX);
    Ok(State {
        feed_position,
        feed_queue,
        technicians,
        messages_pending,
        messages_dead,
        reads_waiting,
        reads_lost,
        disks_free,
    })
}
