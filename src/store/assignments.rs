//! Assignments: who has accepted what.

use sqlx::FromRow;
use uuid::Uuid;

use super::{Error, Tx, db::query};
use crate::domain::{
    ids::{AssignmentId, JobId, TechnicianId},
    offers::{Assignment, Progress, ReleaseCode},
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
            release_code: row
                .release_code
                .map(|code| code.parse())
                .transpose()
                .map_err(|error: UnknownCode| Error::corrupt("assignment", "release_code", error))?,
            current_since: row.current_since,
            progress: row.progress_at.zip(point).map(|(at, point)| Progress { at, point }),
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
                release_code, current_since, progress_at, progress_lat_e6, progress_lon_e6
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
                release_code, current_since, progress_at, progress_lat_e6, progress_lon_e6
         FROM assignment WHERE technician_id = $1 AND slot <> 'released' ORDER BY slot, id",
        technician.0
    )?;
    rows.into_iter().map(Assignment::try_from).collect()
}

/// Releases an assignment; whether it was still as it had been read.
pub async fn release(
    tx: &mut Tx,
    assignment: &Assignment,
    at: Instant,
    code: ReleaseCode,
) -> Result<bool, Error> {
    let changed = query!(
        tx,
        execute,
        "UPDATE assignment SET version = version + 1, slot = 'released', released_at = $3, release_code = $4
         WHERE id = $1 AND version = $2",
        assignment.id.0,
        assignment.version,
        at,
        code.as_str()
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

/// Writes down when the technician promises to be there now; whether the assignment was still as it had been read.
pub async fn promise(tx: &mut Tx, assignment: &Assignment, arrival_at: Instant) -> Result<bool, Error> {
    let changed = query!(
        tx,
        execute,
        "UPDATE assignment SET version = version + 1, arrival_due_at = $3 WHERE id = $1 AND version = $2",
        assignment.id.0,
        assignment.version,
        arrival_at
    )?;
    Ok(changed == 1)
}

/// Writes down that the technician came nearer; whether the assignment was still as it had been read.
pub async fn progressed(tx: &mut Tx, assignment: &Assignment, progress: &Progress) -> Result<bool, Error> {
    let changed = query!(
        tx,
        execute,
        "UPDATE assignment SET version = version + 1, progress_at = $3, progress_lat_e6 = $4, progress_lon_e6 = $5
         WHERE id = $1 AND version = $2",
        assignment.id.0,
        assignment.version,
        progress.at,
        progress.point.lat_e6(),
        progress.point.lon_e6()
    )?;
    Ok(changed == 1)
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
