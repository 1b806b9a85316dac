//! Jobs: made for a case, called off.

use super::{Command, Ctx, Error, Unit, case_file, dangers, dockets, holds, reference, settlement, warrants};
use crate::{
    domain::{
        cases::CaseState,
        docket::Known,
        events,
        ids::{CaseId, JobId},
        jobs::{Action, CancelReason, Hold, Job, Order},
        offers::{Assignment, ReleaseCode},
        refusal::{CaseRefused, JobRefused, Refusal},
        trade::Priority,
    },
    store,
};

/// Technicians on one job at most.
pub const CREW_MAX: usize = 6;

/// A job to be made.
#[derive(Debug, Clone)]
pub struct New {
    /// What is to be done.
    pub job_code: String,
    /// How urgent it is; the job code's own, when not said.
    pub priority: Option<Priority>,
    /// The job of the same code that is under way in the case, where another one is meant to be made beside it.
    pub beside: Option<JobId>,
}

/// Makes a job for a case; the ladder offers it at once.
pub async fn create(ctx: &Ctx, case: CaseId, command: Command<New>) -> Result<Job, Error> {
    let command = command.map(|new| (case, new));
    ctx.transact(command, |unit, (case, new)| Box::pin(create_in(unit, *case, new))).await
}

async fn create_in(unit: &mut Unit, case: CaseId, new: &New) -> Result<Job, Error> {
    // Locked: a danger that is told meanwhile holds this job too.
    let case = store::cases::guard(&mut unit.tx, case).await?.ok_or(Error::NotFound("case"))?;
    if case.state == CaseState::Closed {
        return Err(Error::Refused(CaseRefused::Closed.into()));
    }
    case_file::may_dispatch(unit, &case, &new.job_code).await?;
    let (trade, usual) = reference::dispatchable(&unit.ctx, "job_code", &new.job_code)?;
    let category = case_file::category_of(trade);
    if !case.categories.contains(&category) {
        return Err(Refusal::field("job_code", format!("the case is not about {category}")).into());
    }
    let others = store::jobs::of_case(&mut unit.tx, case.id).await?;
    must_be_meant(new, &others)?;
    let order = Order { job_code: new.job_code.clone(), trade, priority: new.priority.unwrap_or(usual) };
    let wait = unit.ctx.reference().dispatch().policy(order.priority).start_after_s.delta();
    let job = Job::new(unit.id(), case.id, order, unit.now, unit.now + wait);
    open(unit, job).await
}

/// Nobody sends two for one trouble by mistake: whoever wants another job of the same code names the one under way.
fn must_be_meant(new: &New, others: &[Job]) -> Result<(), Refusal> {
    let mut same = others.iter().filter(|job| job.job_code == new.job_code && !job.state().is_final());
    let known = new.beside.is_some_and(|beside| same.clone().any(|job| job.id == beside));
    match same.next_back() {
        Some(job) if !known => Err(JobRefused::SameUnderWay(job.id).into()),
        _ => Ok(()),
    }
}

/// A new job is held from the beginning where its case is dangerous; where nothing is known of danger, a person asks again.
async fn open(unit: &mut Unit, job: Job) -> Result<Job, Error> {
    let dangers = store::dangers::of_case(&mut unit.tx, job.case_id).await?;
    let created = events::JobCreated::from(&job);
    let mut docket = dockets::take(unit, Known { dangers, ..Known::new(job) });
    docket.say(created);
    let job = holds::apply(unit, docket).await?;
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
    let case = store::cases::guard(&mut unit.tx, first.case_id).await?.ok_or(Error::NotFound("case"))?;
    let first = store::jobs::find(&mut unit.tx, id).await?.unwrap_or(first);
    may(Action::Rework, &first, &[], case.state, None)?;
    warrants::must_be_served(unit, case.id).await?;
    let order = Order {
        job_code: first.job_code.clone(),
        trade: first.trade,
        priority: priority.unwrap_or(first.priority),
    };
    let wait = unit.ctx.reference().dispatch().policy(order.priority).start_after_s.delta();
    let job = Job::new(unit.id(), case.id, order, unit.now, unit.now + wait);
    let job = Job { rework_of: Some(first.id), ..job };
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

/// Refuses what the job's state does not allow: the one place that says so, for what is shown and for what is done.
pub(super) fn may(
    action: Action,
    job: &Job,
    crew: &[Assignment],
    case: CaseState,
    holding: Option<&Hold>,
) -> Result<(), Refusal> {
    action.check(job.state())?;
    if let Some(hold) = holding.filter(|_| action.sends()) {
        return Err(JobRefused::Held(hold.clone()).into());
    }
    let on_it = crew.iter().filter(|one| !one.is_over()).count();
    let was_there = crew.iter().any(|one| one.release_code() == Some(ReleaseCode::VisitOver));
    match action {
        // Whoever comes back does so at an agreed time, however urgent the first visit was.
        Action::Book if matches!(job.priority, Priority::P0 | Priority::P1) && !was_there => {
            Err(JobRefused::Urgent(job.priority).into())
        }
        Action::AddHelper if on_it >= CREW_MAX => Err(JobRefused::CrewFull(CREW_MAX).into()),
        Action::Withdraw if on_it == 0 => Err(JobRefused::NobodyOnIt.into()),
        Action::Rework if case == CaseState::Closed => Err(CaseRefused::Closed.into()),
        _ => Ok(()),
    }
}
