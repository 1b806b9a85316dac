//! Jobs: made for a case, called off.

use super::{Command, Ctx, Error, Unit, dangers, dockets, settlement};
use crate::{
    domain::{
        cases::Case,
        docket::Known,
        ids::{CaseId, JobId},
        jobs::{CancelReason, Job, Orderer, Wish},
        trade::Priority,
    },
    store,
};

/// Makes a job for a case; the ladder offers it at once.
pub async fn create(ctx: &Ctx, case: CaseId, command: Command<Wish>) -> Result<Job, Error> {
    let command = command.map(|wish| (case, wish));
    ctx.transact(command, |unit, (case, wish)| Box::pin(create_in(unit, *case, wish))).await
}

async fn create_in(unit: &mut Unit, case: CaseId, wish: &Wish) -> Result<Job, Error> {
    let case = guarded(unit, case).await?;
    let warrants = store::warrants::of_case(&mut unit.tx, case.id).await?;
    let callers = store::calls::of_case(&mut unit.tx, case.id).await?;
    let callers: Vec<_> = callers.into_iter().map(|call| call.caller_role).collect();
    let jobs = store::jobs::of_case(&mut unit.tx, case.id).await?;
    let orderer = Orderer { case: &case, warrants: &warrants, callers: &callers, jobs: &jobs };
    let reference = unit.ctx.reference();
    let order = orderer.order(wish, &reference)?;
    let job = order.job(unit.id(), &case, unit.now, reference.dispatch());
    open(unit, job).await
}

/// A case, locked: a danger that is told meanwhile holds a new job of it too.
async fn guarded(unit: &mut Unit, case: CaseId) -> Result<Case, Error> {
    store::cases::guard(&mut unit.tx, case).await?.ok_or(Error::NotFound("case"))
}

/// A new job is held from the beginning where its case is dangerous; where nothing is known of danger, a person asks again.
async fn open(unit: &mut Unit, job: Job) -> Result<Job, Error> {
    let dangers = store::dangers::of_case(&mut unit.tx, job.case_id).await?;
    let mut docket = dockets::take(unit, Known { dangers, ..Known::new(job) });
    docket.begin()?;
    let job = dockets::close(unit, docket).await?.job;
    dangers::ask_again(unit, job.case_id, std::slice::from_ref(&job)).await?;
    Ok(job)
}

/// Has a job done again, for the contractor's own fault: a new job of the same case, neither charged nor counted (C-14).
pub async fn rework(ctx: &Ctx, id: JobId, command: Command<Option<Priority>>) -> Result<Job, Error> {
    let command = command.map(|priority| (id, priority));
    ctx.transact(command, |unit, (id, priority)| Box::pin(rework_in(unit, *id, *priority))).await
}

async fn rework_in(unit: &mut Unit, id: JobId, priority: Option<Priority>) -> Result<Job, Error> {
    let first = store::jobs::find(&mut unit.tx, id).await?.ok_or(Error::NotFound("job"))?;
    let case = guarded(unit, first.case_id).await?;
    let first = store::jobs::find(&mut unit.tx, id).await?.unwrap_or(first);
    let warrants = store::warrants::of_case(&mut unit.tx, case.id).await?;
    let orderer = Orderer { case: &case, warrants: &warrants, callers: &[], jobs: &[] };
    let order = orderer.again(&first, priority)?;
    let reference = unit.ctx.reference();
    let job = order.job(unit.id(), &case, unit.now, reference.dispatch()).again(first.id);
    open(unit, job).await
}

/// Calls a job off: whoever was asked or had accepted is free again. Costs nothing (C-25).
pub async fn cancel(ctx: &Ctx, id: JobId, command: Command<CancelReason>) -> Result<Job, Error> {
    let command = command.map(|reason| (id, reason));
    ctx.transact(command, |unit, (id, reason)| Box::pin(cancel_in(unit, *id, *reason))).await
}

async fn cancel_in(unit: &mut Unit, id: JobId, reason: CancelReason) -> Result<Job, Error> {
    let mut docket = dockets::of_job(unit, id).await?;
    docket.cancel(reason)?;
    let job = dockets::close(unit, docket).await?.job;
    settlement::settle_cancelled(unit, &job, reason).await?;
    Ok(job)
}
