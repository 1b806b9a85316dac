//! Attempts to have an interpreter on the line.

use super::{Error, Tx, codec::row, db::query};
use crate::domain::{
    ids::{CallId, InterpretationId},
    interpretations::Interpretation,
};

row! { Interpretation: id, call_id, language, interpreter, state, requested_at, settled_at, left_at }

/// Keeps a new attempt.
pub async fn insert(tx: &mut Tx, attempt: &Interpretation) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO interpretation (id, call_id, language, interpreter, state, requested_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        attempt.id,
        attempt.call_id,
        &attempt.language,
        &attempt.interpreter,
        attempt.state,
        attempt.requested_at
    )?;
    Ok(())
}

/// The call an attempt is of.
pub async fn call_of(tx: &mut Tx, id: InterpretationId) -> Result<Option<CallId>, Error> {
    query!(tx, optional CallId, "SELECT call_id FROM interpretation WHERE id = $1", id)
}

/// Writes what may change of an attempt whose call is locked.
pub async fn save(tx: &mut Tx, attempt: &Interpretation) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "UPDATE interpretation SET state = $2, settled_at = $3, left_at = $4 WHERE id = $1",
        attempt.id,
        attempt.state,
        attempt.settled_at,
        attempt.left_at
    )?;
    Ok(())
}

/// The attempts of a call, first one first.
pub async fn of_call(tx: &mut Tx, call: CallId) -> Result<Vec<Interpretation>, Error> {
    query!(
        tx,
        all Interpretation,
        "SELECT id, call_id, language, interpreter, state, requested_at, settled_at, left_at
         FROM interpretation WHERE call_id = $1 ORDER BY requested_at, id",
        call
    )
}
