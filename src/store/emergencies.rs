//! Callers handed over to the emergency services.

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Error, Tx,
    db::{One, query},
};
use crate::domain::{
    emergencies::Handover,
    ids::{CallId, HandoverId},
    span::Instant,
};

#[derive(FromRow)]
struct Row {
    id: Uuid,
    call_id: Uuid,
    service: String,
    begun_at: Instant,
    connected_at: Option<Instant>,
    ended_at: Option<Instant>,
}

impl TryFrom<Row> for Handover {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.id.into(),
            call_id: row.call_id.into(),
            service: row
                .service
                .parse()
                .map_err(|error| Error::corrupt("emergency_handover", "service", error))?,
            begun_at: row.begun_at,
            connected_at: row.connected_at,
            ended_at: row.ended_at,
        })
    }
}

/// Keeps a new hand-over.
pub async fn insert(tx: &mut Tx, handover: &Handover, by: Option<Uuid>) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO emergency_handover (id, call_id, service, begun_at, begun_by) VALUES ($1, $2, $3, $4, $5)",
        handover.id.0,
        handover.call_id.0,
        handover.service.as_str(),
        handover.begun_at,
        by
    )?;
    Ok(())
}

/// The call a hand-over is of.
pub async fn call_of(tx: &mut Tx, id: HandoverId) -> Result<Option<CallId>, Error> {
    let row = query!(tx, optional One<Uuid>, "SELECT call_id FROM emergency_handover WHERE id = $1", id.0)?;
    Ok(row.map(|(id,)| id.into()))
}

/// Writes the clocks of a hand-over whose call is locked.
pub async fn save(tx: &mut Tx, handover: &Handover) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "UPDATE emergency_handover SET connected_at = $2, ended_at = $3 WHERE id = $1",
        handover.id.0,
        handover.connected_at,
        handover.ended_at
    )?;
    Ok(())
}

/// The hand-overs of a call, first one first.
pub async fn of_call(tx: &mut Tx, call: CallId) -> Result<Vec<Handover>, Error> {
    let rows = query!(
        tx,
        all Row,
        "SELECT id, call_id, service, begun_at, connected_at, ended_at
         FROM emergency_handover WHERE call_id = $1 ORDER BY begun_at, id",
        call.0
    )?;
    rows.into_iter().map(Handover::try_from).collect()
}
