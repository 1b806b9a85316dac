//! Decisions read back: why a job was offered to whom.

use serde_json::Value;

use super::{Ctx, Error};
use crate::{
    dispatch::decision::{self, Decision},
    dispatch::words::Words,
    domain::{
        ids::{DecisionId, JobId},
        span::Instant,
    },
    store,
};

/// One matching run.
#[derive(Debug, Clone)]
pub struct Record {
    /// Its id.
    pub id: DecisionId,
    /// When it was made.
    pub decided_at: Instant,
    /// What it decided, in words.
    pub summary: Words,
    /// The whole record.
    pub document: Value,
}

/// The matching runs of a job, oldest first.
pub async fn of_job(ctx: &Ctx, job: JobId) -> Result<Vec<Record>, Error> {
    let mut tx = ctx.db().read().await?;
    store::jobs::find(&mut tx, job).await?.ok_or(Error::NotFound("job"))?;
    let rows = store::decisions::of_job(&mut tx, job).await?;
    let unreadable = |error: serde_json::Error| Error::Internal(format!("stored decision: {error}"));
    rows.into_iter()
        .map(|(id, decided_at, document)| {
            let record: Decision = serde_json::from_str(&document).map_err(unreadable)?;
            let document = serde_json::from_str(&document).map_err(unreadable)?;
            Ok(Record { id, decided_at, summary: decision::headline(&record), document })
        })
        .collect()
}
