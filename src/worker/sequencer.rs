//! Gives feed positions to what has committed, on this node and on others.

use chrono::TimeDelta;
use tokio::task::JoinSet;

use crate::app::{
    Ctx,
    clock::Wake,
    feed,
    readers::{self, Reader},
};

/// How often it looks without being woken: for what a node has committed that ended before it could give positions, and
/// after a failure.
const LOOK_AGAIN_S: i64 = 2;

/// Starts the sequencer.
pub(super) fn start(ctx: &Ctx, workers: &mut JoinSet<()>) {
    let mut seat = ctx.clock().seat();
    ctx.ring_on_commit(seat.bell());
    let ctx = ctx.clone();
    workers.spawn(async move {
        loop {
            let sequenced = feed::sequence(&ctx).await;
            if let Err(error) = readers::took(&ctx, Reader::Sequencer, &sequenced).await {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "nobody is told how sequencing does"
                );
            }
            if let Err(error) = sequenced {
                tracing::error!(error = &error as &dyn std::error::Error, "sequencing failed; trying again");
            }
            if seat.idle(ctx.now() + TimeDelta::seconds(LOOK_AGAIN_S)).await == Wake::Stop {
                break;
            }
        }
    });
}
