//! Attempts to have an interpreter on the line.

use sqlx::{FromRow, Row};

use super::{
    Error, Tx,
    codec::{consistent, row},
    db::query,
};
use crate::domain::{
    ids::{CallId, InterpretationId, JobId},
    interpretations::{FlatInterpretation, Interpretation, InterpretationState},
};

row! { FlatInterpretation: id, call_id, job_id, language, interpreter, state, requested_at, settled_at, left_at }

impl<'r, R: Row> FromRow<'r, R> for Interpretation
where
    FlatInterpretation: FromRow<'r, R>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        consistent(FlatInterpretation::from_row(row)?, "state")
    }
}

/// Of an attempt.
macro_rules! columns {
    () => {
        "id, call_id, job_id, language, interpreter, state, requested_at, settled_at, left_at"
    };
}

/// Keeps a new attempt.
pub async fn insert(tx: &mut Tx, attempt: &Interpretation) -> Result<(), Error> {
    let attempt = FlatInterpretation::from(attempt.clone());
    query!(
        tx,
        execute,
        "INSERT INTO interpretation (id, call_id, job_id, language, interpreter, state, requested_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        attempt.id,
        attempt.call_id,
        attempt.job_id,
        &attempt.language,
        &attempt.interpreter,
        attempt.state,
        attempt.requested_at
    )?;
    Ok(())
}

/// The attempt of an id.
pub async fn find(tx: &mut Tx, id: InterpretationId) -> Result<Option<Interpretation>, Error> {
    query!(tx, optional Interpretation, concat!("SELECT ", columns!(), " FROM interpretation WHERE id = $1"), id)
}

/// Writes what may change of an attempt that was in this state when it was read.
pub async fn save(tx: &mut Tx, attempt: &Interpretation, was: InterpretationState) -> Result<(), Error> {
    let attempt = FlatInterpretation::from(attempt.clone());
    let changed = query!(
        tx,
        execute,
        "UPDATE interpretation SET state = $2, settled_at = $3, left_at = $4 WHERE id = $1 AND state = $5",
        attempt.id,
        attempt.state,
        attempt.settled_at,
        attempt.left_at,
        was
    )?;
    if changed == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// The attempts of a call, first one first.
pub async fn of_call(tx: &mut Tx, call: CallId) -> Result<Vec<Interpretation>, Error> {
    query!(
        tx,
        all Interpretation,
        concat!("SELECT ", columns!(), " FROM interpretation WHERE call_id = $1 ORDER BY requested_at, id"),
        call
    )
}

/// The attempts from the site of a job, first one first.
pub async fn of_job(tx: &mut Tx, job: JobId) -> Result<Vec<Interpretation>, Error> {
    query!(
        tx,
        all Interpretation,
        concat!("SELECT ", columns!(), " FROM interpretation WHERE job_id = $1 ORDER BY requested_at, id"),
        job
    )
}

/// The attempts from the site of a job and in the calls of its case, first one first.
pub async fn about(tx: &mut Tx, job: JobId) -> Result<Vec<Interpretation>, Error> {
    query!(
        tx,
        all Interpretation,
        concat!(
            "SELECT ", columns!(), " FROM interpretation
             WHERE job_id = $1
                OR call_id IN (SELECT k.id FROM job j JOIN call k ON k.case_id = j.case_id WHERE j.id = $1)
             ORDER BY requested_at, id"
        ),
        job
    )
}
