//! Takes over the dated entries of rosters that have come within reach.

use chrono::TimeDelta;
use tokio::task::JoinSet;

use crate::app::{Ctx, clock::Wake};

/// How often it looks.
const EVERY_HOURS: i64 = 12;

/// Starts looking; everything within reach at the start is known.
pub(super) fn start(ctx: &Ctx, workers: &mut JoinSet<()>) {
    let mut seat = ctx.clock().seat();
    let ctx = ctx.clone();
    let mut read_at = ctx.now();
    workers.spawn(async move {
        while seat.wait(Some(ctx.now() + TimeDelta::hours(EVERY_HOURS))).await != Wake::Stop {
            match ctx.reach_for_entries(read_at).await {
                Ok(reached) => read_at = reached,
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "reading the rosters failed; trying again"
                    );
                }
            }
        }
    });
}
