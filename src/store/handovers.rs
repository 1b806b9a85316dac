//! Shifts handed over, and apart from them what the giver wrote.

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Error, Tx,
    db::{One, query},
};
use crate::domain::{handovers::ShiftHandover, ids::ShiftHandoverId, span::Instant};

#[derive(FromRow)]
struct Row {
    id: Uuid,
    given_at: Instant,
    given_by: Uuid,
    snapshot: String,
    accepted_at: Option<Instant>,
    accepted_by: Option<Uuid>,
}

impl TryFrom<Row> for ShiftHandover {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.id.into(),
            given_at: row.given_at,
            given_by: row.given_by.into(),
            snapshot: serde_json::from_str(&row.snapshot)
                .map_err(|error| Error::corrupt("hand_over", "snapshot", error))?,
            accepted_at: row.accepted_at,
            accepted_by: row.accepted_by.map(Into::into),
        })
    }
}

/// Keeps a shift handed over, with what the giver wrote.
pub async fn insert(tx: &mut Tx, handover: &ShiftHandover, note: Option<&str>) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO hand_over (id, given_at, given_by, snapshot) VALUES ($1, $2, $3, $4)",
        handover.id.0,
        handover.given_at,
        handover.given_by.0,
        handover.snapshot.to_string()
    )?;
    if let Some(note) = note {
        query!(
            tx,
            execute,
            "INSERT INTO hand_over_note (hand_over_id, note) VALUES ($1, $2)",
            handover.id.0,
            note
        )?;
    }
    Ok(())
}

/// The hand-over of an id.
pub async fn find(tx: &mut Tx, id: ShiftHandoverId) -> Result<Option<ShiftHandover>, Error> {
    let row = query!(
        tx,
        optional Row,
        "SELECT id, given_at, given_by, snapshot, accepted_at, accepted_by FROM hand_over WHERE id = $1",
        id.0
    )?;
    row.map(ShiftHandover::try_from).transpose()
}

/// What the giver wrote; nothing once erased.
pub async fn note(tx: &mut Tx, id: ShiftHandoverId) -> Result<Option<String>, Error> {
    let row =
        query!(tx, optional One<String>, "SELECT note FROM hand_over_note WHERE hand_over_id = $1", id.0)?;
    Ok(row.map(|(note,)| note))
}

/// Writes who has taken the shift over; says whether nobody had before.
pub async fn accept(tx: &mut Tx, handover: &ShiftHandover) -> Result<bool, Error> {
    let changed = query!(
        tx,
        execute,
        "UPDATE hand_over SET accepted_at = $2, accepted_by = $3 WHERE id = $1 AND accepted_at IS NULL",
        handover.id.0,
        handover.accepted_at,
        handover.accepted_by.map(|id| id.0)
    )?;
    Ok(changed == 1)
}
