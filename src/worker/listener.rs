//! Wakes this node's readers of the feed when another node has given positions. Only where there can be other
//! nodes: on SQLite nobody listens.

use chrono::TimeDelta;
use tokio::task::JoinSet;

use crate::app::{
    Ctx,
    clock::{Seat, Wake},
    feed::Ear,
};

/// How long it waits before it connects again: meanwhile nobody finds out whether the network is cut once more.
const CONNECT_AGAIN_S: i64 = 2;

/// Starts the listener.
pub(super) fn start(ctx: &Ctx, workers: &mut JoinSet<()>) {
    let Some(ear) = Ear::of(ctx) else { return };
    let seat = ctx.clock().seat();
    let ctx = ctx.clone();
    workers.spawn(async move { listen(&ctx, ear, seat).await });
}

async fn listen(ctx: &Ctx, mut ear: Ear, mut seat: Seat) {
    loop {
        match ear.listen().await {
            Ok(()) => {
                // What was said while nobody listened.
                ctx.feed_grew();
                if hear(ctx, &mut ear, &mut seat).await == Wake::Stop {
                    break;
                }
            }
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "cannot listen to the database");
            }
        }
        if seat.wait(Some(ctx.now() + TimeDelta::seconds(CONNECT_AGAIN_S))).await == Wake::Stop {
            break;
        }
    }
}

/// Passes wake-ups on until the service stops or the connection fails.
async fn hear(ctx: &Ctx, ear: &mut Ear, seat: &mut Seat) -> Wake {
    loop {
        let heard = tokio::select! {
            wake = seat.wait(None) => {
                if wake == Wake::Stop {
                    return Wake::Stop;
                }
                continue;
            }
            heard = ear.heard() => heard,
        };
        if let Err(error) = heard {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "no longer listening; connecting again"
            );
            return Wake::Work;
        }
        ctx.feed_grew();
    }
}
