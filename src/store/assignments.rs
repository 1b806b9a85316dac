//! Assignments: who has accepted what.

use std::collections::BTreeMap;

use super::{
    Error, Tx,
    codec::row,
    db::{id_list, query},
};
use crate::domain::{
    ids::{AssignmentId, JobId, TechnicianId},
    offers::{Assignment, FlatAssignment, Progress},
    place::Point,
    span::Instant,
};

row! {
    FlatAssignment: id, version, job_id, offer_id, firm_id, technician_id, slot, assigned_at, counts_from,
    arrival_due_at, released_at, release_code, current_since, heard_danger, heard_check
}

struct Row {
    assignment: FlatAssignment,
    progress_at: Option<Instant>,
    progress: Option<Point>,
}

row! { Row: assignment: flat, progress_at, progress: maybe progress_lat_e6 at }

impl TryFrom<Row> for Assignment {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let assignment = Self::try_from(row.assignment);
        let assignment = assignment.map_err(|error| Error::corrupt("assignment", "slot", error))?;
        let progress = row.progress_at.zip(row.progress).map(|(at, point)| Progress { at, point });
        Ok(Self { progress, ..assignment })
    }
}

macro_rules! columns {
    () => {
        "id, version, job_id, offer_id, firm_id, technician_id, slot, assigned_at, counts_from, arrival_due_at,
         released_at, release_code, current_since, heard_danger, heard_check, progress_at, progress_lat_e6,
         progress_lon_e6"
    };
}

/// The assignments of a job, oldest first.
pub async fn of_job(tx: &mut Tx, job: JobId) -> Result<Vec<Assignment>, Error> {
    let rows = query!(
        tx,
        all Row,
        concat!("SELECT ", columns!(), "
            FROM assignment WHERE job_id = $1 ORDER BY id"),
        job
    )?;
    rows.into_iter().map(Assignment::try_from).collect()
}

/// The assignments of several jobs, oldest first.
pub async fn of_jobs(tx: &mut Tx, jobs: &[JobId]) -> Result<BTreeMap<JobId, Vec<Assignment>>, Error> {
    let rows = query!(
        tx,
        all Row,
        {
            sqlite: concat!("SELECT ", columns!(), "
                FROM assignment WHERE job_id IN (SELECT unhex(value) FROM json_each($1)) ORDER BY id"),
            postgres: concat!("SELECT ", columns!(), "
                FROM assignment
                WHERE job_id IN (SELECT CAST(value AS UUID) FROM json_array_elements_text(CAST($1 AS JSON)))
                ORDER BY id")
        },
        id_list(jobs.iter().map(|job| job.0))
    )?;
    let mut of: BTreeMap<JobId, Vec<Assignment>> = BTreeMap::new();
    for row in rows {
        let one = Assignment::try_from(row)?;
        of.entry(one.job_id).or_default().push(one);
    }
    Ok(of)
}

/// What a technician has accepted and not been released from, oldest first.
pub async fn in_hands_of(tx: &mut Tx, technician: TechnicianId) -> Result<Vec<Assignment>, Error> {
    let rows = query!(
        tx,
        all Row,
        concat!("SELECT ", columns!(), "
            FROM assignment WHERE technician_id = $1 AND slot <> 'released' ORDER BY id"),
        technician
    )?;
    rows.into_iter().map(Assignment::try_from).collect()
}

/// The jobs that wait behind another one that their technician does not have.
pub async fn queued_alone(tx: &mut Tx, limit: i64) -> Result<Vec<JobId>, Error> {
    query!(
        tx,
        all JobId,
        "SELECT job_id FROM assignment a
         WHERE slot = 'queued'
           AND NOT EXISTS (SELECT 1 FROM assignment c WHERE c.technician_id = a.technician_id AND c.slot = 'current')
         ORDER BY id LIMIT $1",
        limit
    )
}

/// The assignment of an id.
pub async fn find(tx: &mut Tx, id: AssignmentId) -> Result<Option<Assignment>, Error> {
    let row = query!(
        tx,
        optional Row,
        concat!("SELECT ", columns!(), "
            FROM assignment WHERE id = $1"),
        id
    )?;
    row.map(Assignment::try_from).transpose()
}
