//! What runs by itself: shallow loops around use-cases, each in a seat at the clock.

mod sequencer;

use tokio::task::JoinSet;

use crate::app::Ctx;

/// Starts every worker. They stop when the clock is told to stop.
pub fn start(ctx: &Ctx) -> JoinSet<()> {
    let mut workers = JoinSet::new();
    sequencer::start(ctx, &mut workers);
    workers
}
