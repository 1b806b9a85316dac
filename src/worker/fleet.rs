//! Keeps the matching snapshot up with what happens on other nodes.

use chrono::TimeDelta;
use tokio::task::JoinSet;

use crate::app::{
    Ctx, Error,
    clock::Wake,
    feed,
    readers::{self, Reader},
};

/// Entries read at once.
const PAGE: i64 = 500;
/// How long it waits after a failure.
const AFTER_FAILURE_S: i64 = 5;

/// Starts following the feed from `pos`, where the snapshot was filled.
pub(super) fn start(ctx: &Ctx, mut pos: i64, workers: &mut JoinSet<()>) {
    let mut seat = ctx.clock().seat();
    ctx.ring_on_feed(seat.bell());
    ctx.has_followed(pos);
    let ctx = ctx.clone();
    workers.spawn(async move {
        loop {
            let followed = follow(&ctx, pos).await;
            if let Err(error) = readers::took(&ctx, Reader::Fleet, &followed).await {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "nobody is told how the feed is followed"
                );
            }
            let again = match followed {
                Ok(reached) => {
                    pos = reached;
                    None
                }
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "following the feed failed");
                    Some(ctx.now() + TimeDelta::seconds(AFTER_FAILURE_S))
                }
            };
            if seat.wait(again).await == Wake::Stop {
                break;
            }
        }
    });
}

/// Takes over everything after `pos`; answers how far it came.
async fn follow(ctx: &Ctx, mut pos: i64) -> Result<i64, Error> {
    loop {
        let entries = feed::after(ctx, pos, PAGE).await?;
        let Some(last) = entries.last() else { return Ok(pos) };
        let (reached, is_all) = (last.pos, i64::try_from(entries.len()).is_ok_and(|count| count < PAGE));
        ctx.follow(entries.into_iter().map(|entry| entry.event)).await?;
        pos = reached;
        ctx.has_followed(pos);
        if is_all {
            return Ok(pos);
        }
    }
}
