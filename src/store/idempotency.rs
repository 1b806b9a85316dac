//! Requests that were answered, so that a repetition gets the same answer and no second effect.

use super::{
    Batch, Error, Tx,
    batch::later,
    codec::{Bytes, row},
    db::query,
};
use crate::domain::{ids::TokenId, span::Instant};

row! { Earlier: fingerprint: Bytes, outcome }

/// A request answered earlier under the same key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// SHA-256 of that request.
    pub fingerprint: [u8; 32],
    /// Its outcome, as JSON.
    pub outcome: String,
}

/// What was answered under the key, if anything.
pub async fn find(tx: &mut Tx, principal: TokenId, key: &str) -> Result<Option<Earlier>, Error> {
    query!(
        tx,
        optional Earlier,
        "SELECT fingerprint, outcome FROM idempotency WHERE principal = $1 AND key = $2",
        principal,
        key
    )
}

/// Remembers the outcome under the key. When somebody has answered under it meanwhile, the batch fails: such a row exists.
pub fn keep(batch: &mut Batch, principal: TokenId, key: &str, answered: &Earlier, now: Instant) {
    later!(
        batch,
        one,
        "INSERT INTO idempotency (principal, key, fingerprint, outcome, created_at) VALUES ($1, $2, $3, $4, $5)",
        principal,
        key,
        answered.fingerprint.as_slice(),
        &answered.outcome,
        now
    );
}

/// Forgets what was answered before `before`; at most `limit` rows, so that no write holds the lock for long.
pub async fn forget(tx: &mut Tx, before: Instant, limit: i64) -> Result<u64, Error> {
    query!(
        tx,
        execute,
        "DELETE FROM idempotency WHERE (principal, key) IN
           (SELECT principal, key FROM idempotency WHERE created_at < $1 ORDER BY created_at LIMIT $2)",
        before,
        limit
    )
}
