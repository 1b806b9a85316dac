//! Decisions: the stored record of each matching run. Never changed.

use uuid::Uuid;

use super::{
    Batch, Error, Tx,
    batch::later,
    db::{One, query},
};
use crate::domain::{
    ids::{DecisionId, JobId},
    span::Instant,
};

/// Has the record of a matching run kept with the use-case.
pub fn insert(
    batch: &mut Batch,
    id: DecisionId,
    job: JobId,
    decided_at: Instant,
    decided_by: Option<Uuid>,
    engine_version: &str,
    document: &str,
) {
    later!(
        batch,
        one,
        "INSERT INTO decision (id, job_id, decided_at, decided_by, engine_version, document)
         VALUES ($1, $2, $3, $4, $5, $6)",
        id,
        job,
        decided_at,
        decided_by,
        engine_version,
        document
    );
}

/// The records of a job, oldest first: id, when, document.
pub async fn of_job(tx: &mut Tx, job: JobId) -> Result<Vec<(DecisionId, Instant, String)>, Error> {
    query!(
        tx,
        all(DecisionId, Instant, String),
        "SELECT id, decided_at, document FROM decision WHERE job_id = $1 ORDER BY id",
        job
    )
}

/// The record of an id: its document.
pub async fn find(tx: &mut Tx, id: DecisionId) -> Result<Option<String>, Error> {
    let row = query!(tx, optional One<String>, "SELECT document FROM decision WHERE id = $1", id)?;
    Ok(row.map(|(document,)| document))
}

/// When the last matching run of a job was written down.
pub async fn last_at(tx: &mut Tx, job: JobId) -> Result<Option<Instant>, Error> {
    let row = query!(
        tx,
        optional One<Instant>,
        "SELECT decided_at FROM decision WHERE job_id = $1 ORDER BY decided_at DESC LIMIT 1",
        job
    )?;
    Ok(row.map(|(at,)| at))
}
