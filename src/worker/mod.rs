//! What runs by itself: shallow loops around use-cases, each in a seat at the clock.

mod alarms;
mod deliver;
mod disks;
mod fleet;
mod forget;
mod ladder;
mod listener;
mod reads;
mod retention;
mod rosters;
mod sequencer;
mod silences;

use tokio::task::JoinSet;

use crate::{
    app::{Ctx, Error, feed},
    notify::Channels,
};

/// Fills the matching snapshot and starts every worker. They stop when the clock is told to stop.
pub async fn start(ctx: &Ctx, channels: Channels) -> Result<JoinSet<()>, Error> {
    let ctx = &ctx.for_workers();
    // The position first: what happens while the snapshot is filled is then followed, at worst twice.
    let pos = feed::position(ctx).await?;
    let mut workers = JoinSet::new();
    // The seat is taken before the rosters are read, so that none comes within reach unseen.
    rosters::start(ctx, &mut workers);
    ctx.load_fleet().await?;
    sequencer::start(ctx, &mut workers);
    fleet::start(ctx, pos, &mut workers);
    ladder::start(ctx, &mut workers);
    alarms::start(ctx, &mut workers);
    silences::start(ctx, &mut workers);
    deliver::start(ctx, channels, &mut workers);
    disks::start(ctx, &mut workers);
    forget::start(ctx, &mut workers);
    reads::start(ctx, &mut workers);
    retention::start(ctx, &mut workers);
    listener::start(ctx, &mut workers);
    Ok(workers)
}
