//! Assignments: who has accepted what.

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Error, Tx,
    db::{One, query},
};
use crate::domain::{
    ids::{AssignmentId, JobId},
    offers::{Assignment, FlatAssignment, Progress},
    place::Point,
    span::Instant,
    text_enum::UnknownCode,
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
    release_code: Option<String>,
    current_since: Option<Instant>,
    progress_at: Option<Instant>,
    progress_lat_e6: Option<i64>,
    progress_lon_e6: Option<i64>,
}

impl TryFrom<Row> for Assignment {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let point = row.progress_lat_e6.zip(row.progress_lon_e6).map(|(lat, lon)| Point::from_e6(lat, lon));
        let point =
            point.transpose().map_err(|error| Error::corrupt("assignment", "progress_lat_e6", error))?;
        let flat = FlatAssignment {
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
            release_code: (row.release_code.map(|code| code.parse()).transpose())
                .map_err(|error: UnknownCode| Error::corrupt("assignment", "release_code", error))?,
            current_since: row.current_since,
        };
        let assignment = Self::try_from(flat).map_err(|error| Error::corrupt("assignment", "slot", error))?;
        let progress = row.progress_at.zip(point).map(|(at, point)| Progress { at, point });
        Ok(Self { progress, ..assignment })
    }
}

/// The assignments of a job, oldest first.
pub async fn of_job(tx: &mut Tx, job: JobId) -> Result<Vec<Assignment>, Error> {
    let rows = query!(
        tx,
        all Row,
        "SELECT id, version, job_id, offer_id, firm_id, technician_id, slot, assigned_at, arrival_due_at, released_at,
                release_code, current_since, progress_at, progress_lat_e6, progress_lon_e6
         FROM assignment WHERE job_id = $1 ORDER BY id",
        job.0
    )?;
    rows.into_iter().map(Assignment::try_from).collect()
}

/// The jobs that wait behind another one that their technician does not have.
pub async fn queued_alone(tx: &mut Tx, limit: i64) -> Result<Vec<JobId>, Error> {
    let rows = query!(
        tx,
        all One<Uuid>,
        "SELECT job_id FROM assignment a
         WHERE slot = 'queued'
           AND NOT EXISTS (SELECT 1 FROM assignment c WHERE c.technician_id = a.technician_id AND c.slot = 'current')
         ORDER BY id LIMIT $1",
        limit
    )?;
    Ok(rows.into_iter().map(|(id,)| id.into()).collect())
}

/// The assignment of an id.
pub async fn find(tx: &mut Tx, id: AssignmentId) -> Result<Option<Assignment>, Error> {
    let row = query!(
        tx,
        optional Row,
        "SELECT id, version, job_id, offer_id, firm_id, technician_id, slot, assigned_at, arrival_due_at, released_at,
                release_code, current_since, progress_at, progress_lat_e6, progress_lon_e6
         FROM assignment WHERE id = $1",
        id.0
    )?;
    row.map(Assignment::try_from).transpose()
}
