//! Writes the read log, a moment after the reading; the last of it when the service stops.

use chrono::TimeDelta;
use tokio::task::JoinSet;

use crate::app::{Ctx, clock::Wake, reads};

/// How long the first read waits for company, so that many are one write.
const COMPANY_S: i64 = 2;

/// Starts writing.
pub(super) fn start(ctx: &Ctx, workers: &mut JoinSet<()>) {
    let mut seat = ctx.clock().seat();
    ctx.ring_on_reads(seat.bell());
    let ctx = ctx.clone();
    workers.spawn(async move {
        let mut next = None;
        loop {
            let wake = seat.wait(next).await;
            if wake == Wake::Work && next.is_none() {
                // The first one: others may follow.
                next = Some(ctx.now() + TimeDelta::seconds(COMPANY_S));
                continue;
            }
            if let Err(error) = reads::write(&ctx).await {
                tracing::error!(error = &error as &dyn std::error::Error, "the read log waits; trying again");
            }
            if wake == Wake::Stop {
                break;
            }
            let (waiting, _) = ctx.reads_waiting();
            next = (waiting > 0).then(|| ctx.now() + TimeDelta::seconds(COMPANY_S));
        }
    });
}
