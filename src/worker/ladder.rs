//! Asks the next technician whenever a job is due: new, declined, expired, or nobody was free.

use chrono::TimeDelta;
use tokio::task::JoinSet;

use crate::app::{Ctx, clock::Wake, ladder};

/// How often it looks without being woken: for what other nodes have written, and in case the clock was set. What a node that
/// has died leaves behind is offered within two seconds.
const LOOK_AGAIN: TimeDelta = TimeDelta::milliseconds(1_500);
/// How long it waits after a failure.
const AFTER_FAILURE_S: i64 = 5;

/// Starts the ladder.
pub(super) fn start(ctx: &Ctx, workers: &mut JoinSet<()>) {
    let mut seat = ctx.clock().seat();
    ctx.ring_on_due_job(seat.bell());
    let ctx = ctx.clone();
    workers.spawn(async move {
        loop {
            let next = match ladder::climb(&ctx).await {
                Ok(next) => next,
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "the ladder failed; trying again"
                    );
                    Some(ctx.now() + TimeDelta::seconds(AFTER_FAILURE_S))
                }
            };
            let look = ctx.now() + LOOK_AGAIN;
            if seat.watch(next, look).await == Wake::Stop {
                break;
            }
        }
    });
}
