//! Answers kept for repeated requests, and for how long.

use chrono::TimeDelta;

use super::{Ctx, Error};
use crate::store;

/// How long a request can be repeated under its key.
const KEPT: TimeDelta = TimeDelta::hours(24);
/// Answers forgotten in one transaction at most: keeps the write lock short.
const FORGET_MAX: i64 = 1_000;

/// Forgets every answer that is older than a repetition can be.
pub async fn forget(ctx: &Ctx) -> Result<(), Error> {
    let before = ctx.now() - KEPT;
    loop {
        let mut tx = ctx.db().write().await?;
        let forgotten = store::idempotency::forget(&mut tx, before, FORGET_MAX).await?;
        tx.commit().await?;
        if forgotten < FORGET_MAX.unsigned_abs() {
            return Ok(());
        }
    }
}
