//! Reading and sequencing the feed.

use super::{Ctx, Error};
use crate::{
    domain::span::Instant,
    store::{self, Db, feed::Entry},
};

/// Events given a position in one transaction at most: keeps the write lock short.
const SEQUENCE_MAX: i64 = 500;
/// How often another node may be first before that is a failure.
const LATE_MAX: usize = 100;

/// Gives positions to everything that waits; wakes the readers.
pub async fn sequence(ctx: &Ctx) -> Result<(), Error> {
    let mut late = 0;
    loop {
        let tx = ctx.db().write().await?;
        match store::feed::sequence(tx, SEQUENCE_MAX).await {
            Ok(0) => return Ok(()),
            Ok(count) => {
                ctx.feed_grew();
                if i64::try_from(count).is_ok_and(|count| count < SEQUENCE_MAX) {
                    return Ok(());
                }
            }
            // Another node was first, and may have left some.
            Err(store::Error::Stale) if late < LATE_MAX => {
                late += 1;
                ctx.db().settled().await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// The entries after `pos`, at most `limit`.
pub async fn after(ctx: &Ctx, pos: i64, limit: i64) -> Result<Vec<Entry>, Error> {
    let mut tx = ctx.db().glance().await?;
    Ok(store::feed::after(&mut tx, pos, limit).await?)
}

/// The last position of the feed.
pub async fn position(ctx: &Ctx) -> Result<i64, Error> {
    let mut tx = ctx.db().read().await?;
    Ok(store::feed::head(&mut tx).await?.pos)
}

/// When anything last happened to anybody, beyond the loading of reference data; absent in an empty database.
pub async fn last_change(db: &Db) -> Result<Option<Instant>, Error> {
    let mut tx = db.read().await?;
    Ok(store::events::last_change(&mut tx).await?)
}

/// Hears of feed positions given by other nodes. What is missed costs latency, not data.
pub struct Ear(store::listener::Listener);

impl Ear {
    /// For the database; nobody listens where there is one node only.
    #[must_use]
    pub fn of(ctx: &Ctx) -> Option<Self> {
        store::listener::Listener::of(ctx.db()).map(Self)
    }

    /// Connects.
    pub async fn listen(&mut self) -> Result<(), Error> {
        Ok(self.0.listen().await?)
    }

    /// Waits until another node has given positions. An error is the end of the line.
    pub async fn heard(&mut self) -> Result<(), Error> {
        Ok(self.0.heard().await?)
    }
}
