//! Forgets answered requests once nobody repeats them any more, because their answers may hold personal data; and
//! sessions that have long been over.

use chrono::TimeDelta;
use tokio::task::JoinSet;

use crate::app::{Ctx, answers, clock::Wake, sessions};

/// How often it looks.
const EVERY_MINUTES: i64 = 60;

/// Starts forgetting.
pub(super) fn start(ctx: &Ctx, workers: &mut JoinSet<()>) {
    let mut seat = ctx.clock().seat();
    let ctx = ctx.clone();
    workers.spawn(async move {
        loop {
            for forgotten in [answers::forget(&ctx).await, sessions::forget(&ctx).await] {
                if let Err(error) = forgotten {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "forgetting failed; trying again"
                    );
                }
            }
            if seat.wait(Some(ctx.now() + TimeDelta::minutes(EVERY_MINUTES))).await == Wake::Stop {
                break;
            }
        }
    });
}
