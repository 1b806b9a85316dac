//! Rings the alarms that are due, again and again until somebody acknowledges them.

use chrono::TimeDelta;
use tokio::task::JoinSet;

use crate::app::{Ctx, clock::Wake, ringing};

/// How often it looks without being woken: for what other nodes have written, and in case the clock was set.
const LOOK_AGAIN_S: i64 = 2;
/// How long it waits after a failure.
const AFTER_FAILURE_S: i64 = 5;

/// Starts ringing.
pub(super) fn start(ctx: &Ctx, workers: &mut JoinSet<()>) {
    let mut seat = ctx.clock().seat();
    ctx.ring_on_due_alarm(seat.bell());
    let ctx = ctx.clone();
    workers.spawn(async move {
        loop {
            let next = match ringing::ring(&ctx).await {
                Ok(next) => next,
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "ringing the alarms failed; trying again"
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
