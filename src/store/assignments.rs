//! Assignments: who has accepted what.

use sqlx::FromRow;
use uuid::Uuid;

use super::{Error, Tx, db::query};
use crate::domain::{
    ids::{JobId, TechnicianId},
    offers::{Assignment, Slot},
    span::Instant,
};

#[derive(FromRow)]
struct Row {
    id: Uuid,
    version: i64,
    job_id: Uuid,
    offer_id: Uuid,
    firm_id: Uuid,
    technician_id: Uuid,
    slot: String,
    assigned_at: Instant,
    arrival_due_at: Option<Instant>,
    released_at: Option<Instant>,
    current_since: Option<Instant>,
}

impl TryFrom<Row> for Assignment {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.id.into(),
            version: row.version,
            job_id: row.job_id.into(),
            offer_id: row.offer_id.into(),
            firm_id: row.firm_id.into(),
            technician_id: row.technician_id.into(),
            slot: row.slot.parse().map_err(|error| Error::corrupt("assignment", "slot", error))?,
            assigned_at: row.assigned_at,
            arrival_due_at: row.arrival_due_at,
            released_at: row.released_at,
            current_since: row.current_since,
        })
    }
}

/// Keeps a new assignment.
pub async fn insert(tx: &mut Tx, assignment: &Assignment) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO assignment (id, version, job_id, offer_id, firm_id, technician_id, slot, assigned_at, arrival_due_at,
                                 current_since)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        assignment.id.0,
        assignment.version,
        assignment.job_id.0,
        assignment.offer_id.0,
        assignment.firm_id.0,
        assignment.technician_id.0,
        assignment.slot.as_str(),
        assignment.assigned_at,
        assignment.arrival_due_at,
        assignment.current_since
    )?;
    Ok(())
}

/// The assignments of a job, oldest first.
pub async fn of_job(tx: &mut Tx, job: JobId) -> Result<Vec<Assignment>, Error> {
    let rows = query!(
        tx,
        all Row,
        "SELECT id, version, job_id, offer_id, firm_id, technician_id, slot, assigned_at, arrival_due_at, released_at,
                current_since
         FROM assignment WHERE job_id = $1 ORDER BY id",
        job.0
    )?;
    rows.into_iter().map(Assignment::try_from).collect()
}

/// The unreleased assignments of a technician: the current one first.
pub async fn of_technician(tx: &mut Tx, technician: TechnicianId) -> Result<Vec<Assignment>, Error> {
    let rows = query!(
        tx,
        all Row,
        "SELECT id, version, job_id, offer_id, firm_id, technician_id, slot, assigned_at, arrival_due_at, released_at,
                current_since
         FROM assignment WHERE technician_id = $1 AND slot <> 'released' ORDER BY slot, id",
        technician.0
    )?;
    rows.into_iter().map(Assignment::try_from).collect()
}

/// Releases an assignment; whether it was still as it had been read.
pub async fn release(tx: &mut Tx, assignment: &Assignment, at: Instant, code: &str) -> Result<bool, Error> {
    let changed = query!(
        tx,
        execute,
        "UPDATE assignment SET version = version + 1, slot = 'released', released_at = $3, release_code = $4
         WHERE id = $1 AND version = $2",
        assignment.id.0,
        assignment.version,
        at,
        code
    )?;
    Ok(changed == 1)
}

/// Makes the waiting assignment the technician's current one; whether it was still as it had been read.
pub async fn promote(tx: &mut Tx, assignment: &Assignment, at: Instant) -> Result<bool, Error> {
    let changed = query!(
        tx,
        execute,
        "UPDATE assignment SET version = version + 1, slot = 'current', current_since = $3
         WHERE id = $1 AND version = $2",
        assignment.id.0,
        assignment.version,
        at
    )?;
    Ok(changed == 1)
}
