//! Who answers for what a rule asks first. Never changed.

use super::{Error, Tx, codec::row, db::query};
use crate::domain::{
    ids::{CaseId, JobId},
    warrants::Warrant,
};

row! { Warrant: case_id, number, kind, reason, job_code, at, recorded_by }

/// Keeps what somebody answers for.
pub async fn insert(tx: &mut Tx, warrant: &Warrant) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO warrant (case_id, number, kind, reason, job_code, at, recorded_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        warrant.case_id,
        warrant.number,
        warrant.kind,
        warrant.reason,
        warrant.job_code.as_deref(),
        warrant.at,
        warrant.recorded_by
    )?;
    Ok(())
}

/// What was answered for in a case, first one first.
pub async fn of_case(tx: &mut Tx, case: CaseId) -> Result<Vec<Warrant>, Error> {
    query!(
        tx,
        all Warrant,
        "SELECT case_id, number, kind, reason, job_code, at, recorded_by FROM warrant WHERE case_id = $1 ORDER BY number",
        case
    )
}

/// What was answered for in the case of a job.
pub async fn of_job(tx: &mut Tx, job: JobId) -> Result<Vec<Warrant>, Error> {
    query!(
        tx,
        all Warrant,
        "SELECT w.case_id, w.number, w.kind, w.reason, w.job_code, w.at, w.recorded_by
         FROM job j JOIN warrant w ON w.case_id = j.case_id WHERE j.id = $1 ORDER BY w.number",
        job
    )
}
