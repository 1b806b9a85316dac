//! Keeps the matching snapshot up with what happens on other nodes.

use chrono::TimeDelta;
use tokio::task::JoinSet;

use crate::{
    app::{
        Ctx, Error,
        clock::Wake,
        feed, ladder,
        readers::{self, Reader},
    },
    domain::events::Event,
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
            let told = readers::took(&ctx, Reader::Fleet, &followed).await;
            if let Err(error) = &told {
                tracing::error!(
                    error = error as &dyn std::error::Error,
                    "nobody is told how the feed is followed"
                );
            }
            match &followed {
                Ok(reached) => pos = *reached,
                Err(error) => {
                    tracing::error!(error = error as &dyn std::error::Error, "following the feed failed");
                }
            }
            let has_failed = followed.is_err() || told.is_err();
            let again = has_failed.then(|| ctx.now() + TimeDelta::seconds(AFTER_FAILURE_S));
            if seat.wait(again).await == Wake::Stop {
                break;
            }
        }
    });
}

/// Takes over everything after `pos`; answers how far it came.
async fn follow(ctx: &Ctx, mut pos: i64) -> Result<i64, Error> {
    let mut is_news = false;
    loop {
        let entries = feed::after(ctx, pos, PAGE).await?;
        let is_all = i64::try_from(entries.len()).is_ok_and(|count| count < PAGE);
        if let Some(last) = entries.last() {
            pos = last.pos;
        }
        is_news |= entries.iter().any(|entry| may_widen(&entry.event));
        ctx.follow(entries.into_iter().map(|entry| entry.event)).await?;
        ctx.has_followed(pos);
        if is_all {
            break;
        }
    }
    if is_news {
        ladder::wake_uncovered(ctx).await?;
    }
    Ok(pos)
}

/// Whether somebody may serve a place after it whom nobody served before.
fn may_widen(event: &Event) -> bool {
    matches!(
        event,
        Event::FirmRegistered(_)
            | Event::FirmChanged(_)
            | Event::TechnicianRegistered(_)
            | Event::TechnicianChanged(_)
            | Event::TechnicianProposalDecided(_)
    )
}
