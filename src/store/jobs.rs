//! Jobs.

use sqlx::{FromRow, Row};

use super::{
    Error, Tx,
    codec::{consistent, row},
    db::{One, query},
};
use crate::domain::{
    ids::{CaseId, JobId},
    jobs::{FlatJob, Job},
    span::Instant,
};

row! {
    FlatJob: id, version, case_id, job_code, trade, priority, state, state_since, hold, wake_at, warned_at, round, rung,
    created_at, closed_at, rework_of
}

impl<'r, R: Row> FromRow<'r, R> for Job
where
    FlatJob: FromRow<'r, R>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        consistent(FlatJob::from_row(row)?, "state")
    }
}

/// Keeps a new job.
pub async fn insert(tx: &mut Tx, job: &Job) -> Result<(), Error> {
    tx.soonest_mut().job(job.wake_at());
    query!(
        tx,
        execute,
        "INSERT INTO job (id, version, case_id, job_code, trade, priority, state, state_since, hold, wake_at,
                          created_at, rework_of)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        job.id,
        job.version,
        job.case_id,
        &job.job_code,
        job.trade,
        job.priority,
        job.state(),
        job.state_since,
        job.hold(),
        job.wake_at(),
        job.created_at,
        job.rework_of
    )?;
    Ok(())
}

/// The job of an id.
pub async fn find(tx: &mut Tx, id: JobId) -> Result<Option<Job>, Error> {
    query!(
        tx,
        optional Job,
        "SELECT id, version, case_id, job_code, trade, priority, state, state_since, hold, wake_at, warned_at, round,
                rung, created_at, closed_at, rework_of
         FROM job WHERE id = $1",
        id
    )
}

/// The job, locked for this transaction at a new version.
pub async fn lock(tx: &mut Tx, id: JobId) -> Result<Option<Job>, Error> {
    query!(
        tx,
        optional Job,
        "UPDATE job SET version = version + 1 WHERE id = $1
         RETURNING id, version, case_id, job_code, trade, priority, state, state_since, hold, wake_at, warned_at, round,
                   rung, created_at, closed_at, rework_of",
        id
    )
}

/// The jobs that are due, most urgent first, then longest waiting.
pub async fn due(tx: &mut Tx, now: Instant, limit: i64) -> Result<Vec<JobId>, Error> {
    query!(
        tx,
        all JobId,
        "SELECT id FROM job WHERE wake_at <= $1 ORDER BY priority, wake_at, id LIMIT $2",
        now,
        limit
    )
}

/// When the next job is due.
pub async fn next_due(tx: &mut Tx) -> Result<Option<Instant>, Error> {
    let row = query!(
        tx,
        optional One<Instant>,
        "SELECT wake_at FROM job WHERE wake_at IS NOT NULL ORDER BY wake_at LIMIT 1"
    )?;
    Ok(row.map(|(at,)| at))
}

/// The jobs of a case, oldest first.
pub async fn of_case(tx: &mut Tx, case: CaseId) -> Result<Vec<Job>, Error> {
    query!(
        tx,
        all Job,
        "SELECT id, version, case_id, job_code, trade, priority, state, state_since, hold, wake_at, warned_at, round,
                rung, created_at, closed_at, rework_of
         FROM job WHERE case_id = $1 ORDER BY id",
        case
    )
}
