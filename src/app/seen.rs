//! What of a job is an actor's to see; every view of a job asks here first.

use super::{Error, programmes};
use crate::{
    domain::{
        actor::{Actor, Scope},
        facts::Guard,
        ids::JobId,
        jobs::Job,
        offers::Assignment,
        perils::Perils,
        reference::Dataset,
        sight,
    },
    store::{self, Tx, job_file::Papers},
};

/// The job of an id with everybody who is or was on it, if it is the actor's to see: the desk's, and that of who is or
/// was on it.
pub(super) async fn seen(tx: &mut Tx, actor: &Actor, id: JobId) -> Result<(Job, Vec<Assignment>), Error> {
    let job = store::jobs::find(tx, id).await?.ok_or(Error::NotFound("job"))?;
    let crew = store::assignments::of_job(tx, id).await?;
    must_see(actor, &crew)?;
    Ok((job, crew))
}

pub(super) fn must_see(actor: &Actor, crew: &[Assignment]) -> Result<(), Error> {
    let sees = actor.scope() == Scope::All || !own(actor, crew).is_empty();
    sees.then_some(()).ok_or(Error::NotFound("job"))
}

/// The assignments that are the actor's to see.
pub(super) fn own(actor: &Actor, crew: &[Assignment]) -> Vec<Assignment> {
    crew.iter().filter(|one| sight::is_own(actor, one)).cloned().collect()
}

/// What hangs on a job, with the versions of what it is priced by.
pub(super) async fn papers(tx: &mut Tx, id: JobId) -> Result<Papers, Error> {
    Ok(store::job_file::papers(tx, id, programmes::PRICED_BY.map(Dataset::name)).await?)
}

/// What the reports of a job are held against, with what hangs on it.
pub(super) fn guard(job: &Job, crew: &[Assignment], papers: &Papers, perils: &Perils) -> Guard {
    Guard::of(job, crew, perils)
        .billed(papers.settlements.iter().map(|one| one.settled_at))
        .agreed(papers.agreed.iter().copied())
}
