//! Jobs.

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Error, Tx,
    db::{One, query},
};
use crate::domain::{
    ids::{CaseId, JobId},
    jobs::{FlatJob, Job},
    span::Instant,
};

#[derive(FromRow)]
pub(super) struct Row {
    id: Uuid,
    version: i64,
    case_id: Uuid,
    job_code: String,
    trade: String,
    priority: String,
    state: String,
    state_since: Instant,
    hold: Option<String>,
    wake_at: Option<Instant>,
    warned_at: Option<Instant>,
    round: i64,
    rung: i64,
    created_at: Instant,
    closed_at: Option<Instant>,
    rework_of: Option<Uuid>,
}

impl TryFrom<Row> for Job {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let flat = FlatJob {
            id: row.id.into(),
            version: row.version,
            case_id: row.case_id.into(),
            job_code: row.job_code,
            trade: row.trade.parse().map_err(|error| Error::corrupt("job", "trade", error))?,
            priority: row.priority.parse().map_err(|error| Error::corrupt("job", "priority", error))?,
            state: row.state.parse().map_err(|error| Error::corrupt("job", "state", error))?,
            state_since: row.state_since,
            hold: row.hold.map(Into::into),
            wake_at: row.wake_at,
            warned_at: row.warned_at,
            round: row.round,
            rung: row.rung,
            created_at: row.created_at,
            closed_at: row.closed_at,
            rework_of: row.rework_of.map(Into::into),
        };
        flat.try_into().map_err(|error| Error::corrupt("job", "state", error))
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
        job.id.0,
        job.version,
        job.case_id.0,
        &job.job_code,
        job.trade.as_str(),
        job.priority.as_str(),
        job.state().as_str(),
        job.state_since,
        job.hold().map(|hold| hold.as_str()),
        job.wake_at(),
        job.created_at,
        job.rework_of.map(|id| id.0)
    )?;
    Ok(())
}

/// The job of an id.
pub async fn find(tx: &mut Tx, id: JobId) -> Result<Option<Job>, Error> {
    let row = query!(
        tx,
        optional Row,
        "SELECT id, version, case_id, job_code, trade, priority, state, state_since, hold, wake_at, warned_at, round,
                rung, created_at, closed_at, rework_of
         FROM job WHERE id = $1",
        id.0
    )?;
    row.map(Job::try_from).transpose()
}

/// The job, locked for this transaction at a new version.
pub async fn lock(tx: &mut Tx, id: JobId) -> Result<Option<Job>, Error> {
    let row = query!(
        tx,
        optional Row,
        "UPDATE job SET version = version + 1 WHERE id = $1
         RETURNING id, version, case_id, job_code, trade, priority, state, state_since, hold, wake_at, warned_at, round,
                   rung, created_at, closed_at, rework_of",
        id.0
    )?;
    row.map(Job::try_from).transpose()
}

/// The jobs that are due, most urgent first, then longest waiting.
pub async fn due(tx: &mut Tx, now: Instant, limit: i64) -> Result<Vec<JobId>, Error> {
    let rows = query!(
        tx,
        all One<Uuid>,
        "SELECT id FROM job WHERE wake_at <= $1 ORDER BY priority, wake_at, id LIMIT $2",
        now,
        limit
    )?;
    Ok(rows.into_iter().map(|(id,)| id.into()).collect())
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
    let rows = query!(
        tx,
        all Row,
        "SELECT id, version, case_id, job_code, trade, priority, state, state_since, hold, wake_at, warned_at, round,
                rung, created_at, closed_at, rework_of
         FROM job WHERE case_id = $1 ORDER BY id",
        case.0
    )?;
    rows.into_iter().map(Job::try_from).collect()
}
