//! What happened to a job and its case, as the log has it: ids and codes, no personal data.

use super::Error;
use crate::{
    domain::{
        events::Event,
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
    /// Role or part of the service that acted.
    pub actor: String,
    /// What.
    pub event: Event,
}

/// What happened to a job and its case, oldest first; the first [`EVENTS_MAX`] of each.
pub(super) async fn of_job(tx: &mut Tx, job: JobId, case: CaseId) -> Result<Vec<Happening>, Error> {
    let logged = store::job_file::happened(tx, job, case, EVENTS_MAX).await?;
    let happenings = logged.into_iter().map(|logged| Happening {
        at: logged.at,
        actor: logged.actor,
        event: logged.event,
    });
    Ok(happenings.collect())
}
