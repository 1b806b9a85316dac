//! Shifts handed over, and apart from them what the giver wrote.

use super::{
    Error, Tx,
    codec::{Json, row},
    db::{One, query},
};
use crate::domain::{handovers::ShiftHandover, ids::ShiftHandoverId};

row! { ShiftHandover: id, given_at, given_by, snapshot: Json, accepted_at, accepted_by }

/// Keeps a shift handed over, with what the giver wrote.
pub async fn insert(tx: &mut Tx, handover: &ShiftHandover, note: Option<&str>) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO hand_over (id, given_at, given_by, snapshot) VALUES ($1, $2, $3, $4)",
        handover.id,
        handover.given_at,
        handover.given_by,
        Json(&handover.snapshot)
    )?;
    if let Some(note) = note {
        query!(
            tx,
            execute,
            "INSERT INTO hand_over_note (hand_over_id, note) VALUES ($1, $2)",
            handover.id,
            note
        )?;
    }
    Ok(())
}

/// The hand-over of an id.
pub async fn find(tx: &mut Tx, id: ShiftHandoverId) -> Result<Option<ShiftHandover>, Error> {
    query!(
        tx,
        optional ShiftHandover,
        "SELECT id, given_at, given_by, snapshot, accepted_at, accepted_by FROM hand_over WHERE id = $1",
        id
    )
}

/// What the giver wrote; nothing once erased.
pub async fn note(tx: &mut Tx, id: ShiftHandoverId) -> Result<Option<String>, Error> {
    let row =
        query!(tx, optional One<String>, "SELECT note FROM hand_over_note WHERE hand_over_id = $1", id)?;
    Ok(row.map(|(note,)| note))
}

/// Writes who has taken the shift over; says whether nobody had before.
pub async fn accept(tx: &mut Tx, handover: &ShiftHandover) -> Result<bool, Error> {
    let changed = query!(
        tx,
        execute,
        "UPDATE hand_over SET accepted_at = $2, accepted_by = $3 WHERE id = $1 AND accepted_at IS NULL",
        handover.id,
        handover.accepted_at,
        handover.accepted_by
    )?;
    Ok(changed == 1)
}
