//! Requests that were answered, so that a repetition gets the same answer and no second effect.

use sqlx::FromRow;

use super::{Error, Tx, db::query};
use crate::domain::{ids::TokenId, span::Instant};

/// A request answered earlier under the same key.
#[derive(FromRow)]
struct Row {
    fingerprint: Vec<u8>,
    outcome: Option<String>,
}

/// A request answered earlier under the same key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// SHA-256 of that request.
    pub fingerprint: [u8; 32],
    /// Its outcome, as JSON.
    pub outcome: String,
}

/// Claims the key for this transaction, or tells what it stood for. A concurrent claim is waited for.
pub async fn claim(
    tx: &mut Tx,
    principal: TokenId,
    key: &str,
    fingerprint: &[u8; 32],
    now: Instant,
) -> Result<Option<Earlier>, Error> {
    let claimed = query!(
        tx,
        execute,
        "INSERT INTO idempotency (principal, key, fingerprint, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (principal, key) DO NOTHING",
        principal.0,
        key,
        fingerprint.as_slice(),
        now
    )?;
    if claimed == 1 {
        return Ok(None);
    }
    let row = query!(
        tx,
        one Row,
        "SELECT fingerprint, outcome FROM idempotency WHERE principal = $1 AND key = $2",
        principal.0,
        key
    )?;
    let unreadable = |what| Error::corrupt("idempotency", what, "claim without its effect");
    Ok(Some(Earlier {
        fingerprint: row.fingerprint.try_into().map_err(|_| unreadable("fingerprint"))?,
        outcome: row.outcome.ok_or_else(|| unreadable("outcome"))?,
    }))
}

/// Remembers the outcome under the claimed key.
pub async fn fulfil(tx: &mut Tx, principal: TokenId, key: &str, outcome: &str) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "UPDATE idempotency SET outcome = $3 WHERE principal = $1 AND key = $2",
        principal.0,
        key,
        outcome
    )?;
    Ok(())
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
