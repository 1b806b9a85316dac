//! Drafts: what was typed before there is a case. Personal data; gone once there is a case.

use sqlx::FromRow;
use uuid::Uuid;

use super::{Error, Tx, db::query};
use crate::domain::{ids::CallId, span::Instant};

/// A draft.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Draft {
    /// Its version.
    pub version: i64,
    /// What was typed, as JSON.
    pub body: String,
    /// When it was saved.
    pub saved_at: Instant,
}

/// Keeps a first draft.
pub async fn insert(tx: &mut Tx, call: CallId, draft: &Draft, by: Option<Uuid>) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO call_draft (call_id, version, body, saved_at, saved_by) VALUES ($1, $2, $3, $4, $5)",
        call,
        draft.version,
        &draft.body,
        draft.saved_at,
        by
    )?;
    Ok(())
}

/// Writes the draft over the version before it; says whether that was still there.
pub async fn save(tx: &mut Tx, call: CallId, draft: &Draft, by: Option<Uuid>) -> Result<bool, Error> {
    let changed = query!(
        tx,
        execute,
        "UPDATE call_draft SET version = $2, body = $3, saved_at = $4, saved_by = $5
         WHERE call_id = $1 AND version = $2 - 1",
        call,
        draft.version,
        &draft.body,
        draft.saved_at,
        by
    )?;
    Ok(changed == 1)
}

/// The draft of a call.
pub async fn find(tx: &mut Tx, call: CallId) -> Result<Option<Draft>, Error> {
    query!(tx, optional Draft, "SELECT version, body, saved_at FROM call_draft WHERE call_id = $1", call)
}

/// Forgets the draft of a call.
pub async fn delete(tx: &mut Tx, call: CallId) -> Result<(), Error> {
    query!(tx, execute, "DELETE FROM call_draft WHERE call_id = $1", call)?;
    Ok(())
}

/// The calls that have a draft, oldest first.
pub async fn calls(tx: &mut Tx, limit: i64) -> Result<Vec<CallId>, Error> {
    query!(tx, all CallId, "SELECT call_id FROM call_draft ORDER BY call_id LIMIT $1", limit)
}
