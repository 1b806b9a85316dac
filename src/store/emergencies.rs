//! Callers handed over to the emergency services.

use uuid::Uuid;

use super::{Error, Tx, codec::row, db::query};
use crate::domain::{
    emergencies::Handover,
    ids::{CallId, HandoverId},
};

row! { Handover: id, call_id, service, begun_at, connected_at, ended_at, outcome }

/// Keeps a new hand-over.
pub async fn insert(tx: &mut Tx, handover: &Handover, by: Option<Uuid>) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO emergency_handover (id, call_id, service, begun_at, begun_by) VALUES ($1, $2, $3, $4, $5)",
        handover.id,
        handover.call_id,
        handover.service,
        handover.begun_at,
        by
    )?;
    Ok(())
}

/// The call a hand-over is of.
pub async fn call_of(tx: &mut Tx, id: HandoverId) -> Result<Option<CallId>, Error> {
    query!(tx, optional CallId, "SELECT call_id FROM emergency_handover WHERE id = $1", id)
}

/// Writes the clocks of a hand-over whose call is locked.
pub async fn save(tx: &mut Tx, handover: &Handover) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "UPDATE emergency_handover SET connected_at = $2, ended_at = $3, outcome = $4 WHERE id = $1",
        handover.id,
        handover.connected_at,
        handover.ended_at,
        handover.outcome
    )?;
    Ok(())
}

/// The hand-overs of a call, first one first.
pub async fn of_call(tx: &mut Tx, call: CallId) -> Result<Vec<Handover>, Error> {
    query!(
        tx,
        all Handover,
        "SELECT id, call_id, service, begun_at, connected_at, ended_at, outcome
         FROM emergency_handover WHERE call_id = $1 ORDER BY begun_at, id",
        call
    )
}
