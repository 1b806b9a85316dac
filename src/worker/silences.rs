//! Has what nobody goes on with ring at the desk, and be quiet once somebody has.

use chrono::TimeDelta;
use tokio::task::JoinSet;

use crate::app::{Ctx, clock::Wake, silences};

/// How often it looks without being woken: for what other nodes have written, and in case the clock was set.
/// A node that has died after it wrote has told nobody.
const LOOK_AGAIN_S: i64 = 4;
/// How long it waits after a failure.
const AFTER_FAILURE_S: i64 = 5;

/// Starts looking.
pub(super) fn start(ctx: &Ctx, workers: &mut JoinSet<()>) {
    let mut seat = ctx.clock().seat();
    ctx.ring_on_silence(seat.bell());
    let ctx = ctx.clone();
    workers.spawn(async move {
        loop {
            let next = match silences::look(&ctx).await {
                Ok(next) => next,
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "looking for what nobody goes on with failed; trying again"
                    );
                    Some(ctx.now() + TimeDelta::seconds(AFTER_FAILURE_S))
                }
            };
            let look = ctx.now() + TimeDelta::seconds(LOOK_AGAIN_S);
            if seat.watch(next, look).await == Wake::Stop {
                break;
            }
        }
    });
}
