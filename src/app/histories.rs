//! What happened to a job and its case, as the log has it: ids and codes, no personal data.

use serde_json::Value;

use super::Error;
use crate::{
    domain::{
        events::Kind,
        ids::{CaseId, JobId},
        span::Instant,
    },
    store::{self, Tx},
};

/// Events read at most.
const EVENTS_MAX: i64 = 1_000;

/// One thing that happened.
#[derive(Debug, Clone)]
pub struct Happening {
    /// When, by the service's clock.
    pub at: Instant,
    /// What.
    pub kind: Kind,
    /// Role or part of the service that acted.
    pub actor: String,
    /// Ids and codes.
    pub data: Value,
}

/// What happened to a job and its case, oldest first; the first [`EVENTS_MAX`] of each.
pub(super) async fn of_job(tx: &mut Tx, job: JobId, case: CaseId) -> Result<Vec<Happening>, Error> {
    let logged = store::job_file::happened(tx, job, case, EVENTS_MAX).await?;
    let happenings = logged.into_iter().map(|event| Happening {
        at: event.at,
        kind: event.kind,
        actor: event.actor,
        data: serde_json::from_str(&event.data).unwrap_or_default(),
    });
    Ok(happenings.collect())
}
