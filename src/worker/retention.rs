//! Applies the retention table once a day, and deletes files that no row stands for.

use chrono::TimeDelta;
use tokio::task::JoinSet;

use crate::app::{Ctx, clock::Wake, retention};

/// How long it waits after a failure.
const AFTER_FAILURE_S: i64 = 60;

/// Starts retention.
pub(super) fn start(ctx: &Ctx, workers: &mut JoinSet<()>) {
    let mut seat = ctx.clock().seat();
    let ctx = ctx.clone();
    workers.spawn(async move {
        loop {
            let next = retention::apply(&ctx).await.unwrap_or_else(|error| {
                tracing::error!(error = &error as &dyn std::error::Error, "retention failed; trying again");
                ctx.now() + TimeDelta::seconds(AFTER_FAILURE_S)
            });
            if seat.wait(Some(next)).await == Wake::Stop {
                break;
            }
        }
    });
}
