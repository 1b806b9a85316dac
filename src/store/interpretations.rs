//! Attempts to have an interpreter on the line.

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Error, Tx,
    db::{One, query},
};
use crate::domain::{
    ids::{CallId, InterpretationId},
    interpretations::Interpretation,
    span::Instant,
};

#[derive(FromRow)]
struct Row {
    id: Uuid,
    call_id: Uuid,
    language: String,
    interpreter: String,
    state: String,
    requested_at: Instant,
    settled_at: Option<Instant>,
    left_at: Option<Instant>,
}

impl TryFrom<Row> for Interpretation {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.id.into(),
            call_id: row.call_id.into(),
            language: row.language,
            interpreter: row.interpreter,
            state: row.state.parse().map_err(|error| Error::corrupt("interpretation", "state", error))?,
            requested_at: row.requested_at,
            settled_at: row.settled_at,
            left_at: row.left_at,
        })
    }
}

/// Keeps a new attempt.
pub async fn insert(tx: &mut Tx, attempt: &Interpretation) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO interpretation (id, call_id, language, interpreter, state, requested_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        attempt.id.0,
        attempt.call_id.0,
        &attempt.language,
        &attempt.interpreter,
        attempt.state.as_str(),
        attempt.requested_at
    )?;
    Ok(())
}

/// The call an attempt is of.
pub async fn call_of(tx: &mut Tx, id: InterpretationId) -> Result<Option<CallId>, Error> {
    let row = query!(tx, optional One<Uuid>, "SELECT call_id FROM interpretation WHERE id = $1", id.0)?;
    Ok(row.map(|(id,)| id.into()))
}

/// Writes what may change of an attempt whose call is locked.
pub async fn save(tx: &mut Tx, attempt: &Interpretation) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "UPDATE interpretation SET state = $2, settled_at = $3, left_at = $4 WHERE id = $1",
        attempt.id.0,
        attempt.state.as_str(),
        attempt.settled_at,
        attempt.left_at
    )?;
    Ok(())
}

/// The attempts of a call, first one first.
pub async fn of_call(tx: &mut Tx, call: CallId) -> Result<Vec<Interpretation>, Error> {
    let rows = query!(
        tx,
        all Row,
        "SELECT id, call_id, language, interpreter, state, requested_at, settled_at, left_at
         FROM interpretation WHERE call_id = $1 ORDER BY requested_at, id",
        call.0
    )?;
    rows.into_iter().map(Interpretation::try_from).collect()
}
