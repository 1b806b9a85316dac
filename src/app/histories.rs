//! What happened to a job and its case, as the log has it: ids and codes, no personal data.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{Ctx, Error};
use crate::{
    domain::{
        events::Event,
        ids::{CaseId, JobId, TechnicianId},
        span::Instant,
    },
    store,
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
pub async fn of_job(ctx: &Ctx, job: JobId, case: CaseId) -> Result<Vec<Happening>, Error> {
    let mut tx = ctx.db().read().await?;
    let mut logged = store::events::about(&mut tx, job.0, EVENTS_MAX).await?;
    logged.extend(store::events::about(&mut tx, case.0, EVENTS_MAX).await?);
    logged.sort_by_key(|event| event.ord);
    let happenings = logged.into_iter().map(|logged| Happening {
        at: logged.at,
        actor: logged.actor,
        event: logged.event,
    });
    Ok(happenings.collect())
}

/// Names of technicians with those of their firms.
pub type Names = BTreeMap<TechnicianId, (String, String)>;

/// The names of technicians; who is not known is left out.
pub async fn names(ctx: &Ctx, ids: &[Uuid]) -> Result<Names, Error> {
    let mut tx = ctx.db().read().await?;
    let mut names = Names::new();
    for id in ids {
        let id = TechnicianId(*id);
        if !names.contains_key(&id)
            && let Some(found) = store::technicians::names(&mut tx, id).await?
        {
            names.insert(id, found);
        }
    }
    Ok(names)
}
