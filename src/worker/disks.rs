//! Looks at the room that is left on the disks.

use chrono::TimeDelta;
use tokio::task::JoinSet;

use crate::app::{Ctx, clock::Wake, disks};

/// How often it looks.
const EVERY_S: i64 = 60;

/// Starts looking.
pub(super) fn start(ctx: &Ctx, workers: &mut JoinSet<()>) {
    let mut seat = ctx.clock().seat();
    let ctx = ctx.clone();
    workers.spawn(async move {
        loop {
            if let Err(error) = disks::look(&ctx).await {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "looking at the disks failed; trying again");
            }
            if seat.idle(ctx.now() + TimeDelta::seconds(EVERY_S)).await == Wake::Stop {
                break;
            }
        }
    });
}
