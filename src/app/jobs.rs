//! Jobs: made for a case, called off.

use uuid::Uuid;

use super::{Command, Ctx, Error, Unit, alarms, case_file, reference, settlement, windows};
use crate::{
    domain::{
        actor::{Actor, Scope},
        cases::{CaseState, Resident, Site},
        events,
        facts::{FieldRecord, FieldState, JobOutcome, TechnicianAtSite},
        ids::{CaseId, JobId, TechnicianId},
        jobs::{Action, CancelReason, Job, JobState, Order},
        offers::{Assignment, Offer, ReleaseCode, Slot, WithdrawCode},
        refusal::Refusal,
        trade::Priority,
    },
    store,
};

/// Technicians on one job at most.
pub const CREW_MAX: usize = 6;
/// Waiting jobs woken by one freed technician at most; the others are looked at in their own time.
const WAITING_MAX: i64 = 20;

/// A job to be made.
#[derive(Debug, Clone)]
pub struct New {
    /// What is to be done.
    pub job_code: String,
    /// How urgent it is; the job code's own, when not said.
    pub priority: Option<Priority>,
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
        return Err(Refusal::state("case_closed", "the case is closed").into());
    }
    case_file::may_dispatch(unit, &case, &new.job_code).await?;
    let (trade, usual) = reference::dispatchable(&unit.ctx, "job_code", &new.job_code)?;
    let category = case_file::category_of(trade);
    if !case.categories.contains(&category) {
        return Err(Refusal::field("job_code", format!("the case is not about {category}")).into());
    }
    let order = Order { job_code: new.job_code.clone(), trade, priority: new.priority.unwrap_or(usual) };
    let wait = unit.ctx.reference().dispatch().policy(order.priority).start_after_s.delta();
    let job = Job::new(unit.id(), case.id, order, unit.now, unit.now + wait);
    store::jobs::insert(&mut unit.tx, &job).await?;
    unit.emit(events::JobCreated::from(&job));
    super::holds::apply(unit, job).await
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
    may(Action::Rework, &first, &[], case.state)?;
    let order = Order {
        job_code: first.job_code.clone(),
        trade: first.trade,
        priority: priority.unwrap_or(first.priority),
    };
    let wait = unit.ctx.reference().dispatch().policy(order.priority).start_after_s.delta();
    let job = Job::new(unit.id(), case.id, order, unit.now, unit.now + wait);
    let job = Job { rework_of: Some(first.id), ..job };
    store::jobs::insert(&mut unit.tx, &job).await?;
    unit.emit(events::JobCreated::from(&job));
    super::holds::apply(unit, job).await
}

/// Calls a job off: whoever was asked or had accepted is free again. Costs nothing (C-25).
pub async fn cancel(ctx: &Ctx, id: JobId, command: Command<CancelReason>) -> Result<Job, Error> {
    let command = command.map(|reason| (id, reason));
    ctx.transact(command, |unit, (id, reason)| Box::pin(cancel_in(unit, *id, *reason))).await
}

async fn cancel_in(unit: &mut Unit, id: JobId, reason: CancelReason) -> Result<Job, Error> {
    let job =
        store::jobs::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("job"))?.cancelled(unit.now)?;
    super::offers::withdraw_open(unit, id, WithdrawCode::Cancelled).await?;
    release_all(unit, id, reason.into()).await?;
    windows::release(unit, id).await?;
    alarms::resolve_all(unit, id.0, &[]).await?;
    store::jobs::save(&mut unit.tx, &job).await?;
    unit.emit(events::JobCancelled { job: id, reason });
    settlement::settle_cancelled(unit, &job, reason).await?;
    Ok(job)
}

/// Frees everybody who is on the job; whoever had another job waiting goes on to that one.
pub(super) async fn release_all(unit: &mut Unit, job: JobId, code: ReleaseCode) -> Result<(), Error> {
    for assignment in store::assignments::of_job(&mut unit.tx, job).await? {
        if assignment.slot != Slot::Released {
            release(unit, &assignment, code).await?;
        }
    }
    Ok(())
}

/// Frees one of those who are on the job.
pub(super) async fn release(
    unit: &mut Unit,
    assignment: &Assignment,
    code: ReleaseCode,
) -> Result<(), Error> {
    let now = unit.now;
    if !store::assignments::release(&mut unit.tx, assignment, now, code).await? {
        return Err(Error::Conflict);
    }
    if assignment.slot == Slot::Current {
        promote_next(unit, assignment.technician_id).await?;
    }
    unit.emit(events::AssignmentReleased {
        job: assignment.job_id,
        technician: assignment.technician_id,
        code,
    });
    look_at_waiting(unit, assignment.job_id).await
}

/// The job that waited behind a finished one is the technician's current one; from now on he is expected to leave.
async fn promote_next(unit: &mut Unit, technician: TechnicianId) -> Result<(), Error> {
    let waiting = store::assignments::of_technician(&mut unit.tx, technician).await?;
    let Some(next) = waiting.iter().find(|other| other.slot == Slot::Queued) else { return Ok(()) };
    if !store::assignments::promote(&mut unit.tx, next, unit.now).await? {
        return Err(Error::Conflict);
    }
    if let Some(job) = store::jobs::lock(&mut unit.tx, next.job_id).await? {
        let job = Job { wake_at: job.wake_at.map(|_| unit.now), ..job };
        store::jobs::save(&mut unit.tx, &job).await?;
    }
    Ok(())
}

/// Somebody is free again: the jobs nobody could be found for are looked at now, most urgent first.
async fn look_at_waiting(unit: &mut Unit, but: JobId) -> Result<(), Error> {
    for id in store::jobs::waiting(&mut unit.tx, unit.now, WAITING_MAX).await? {
        if id != but {
            store::jobs::wake(&mut unit.tx, id, unit.now).await?;
        }
    }
    Ok(())
}

/// A job with its offers and who is on it.
#[derive(Debug, Clone)]
pub struct Whole {
    /// The job.
    pub job: Job,
    /// Language to speak with the resident.
    pub language: String,
    /// Whom to help and where; only for the desk and for who is on the job or has done it (Y-03).
    pub resident: Option<Resident>,
    /// Where it is; for the same.
    pub site: Option<Site>,
    /// Everybody who was asked.
    pub offers: Vec<Offer>,
    /// Everybody who accepted.
    pub assignments: Vec<Assignment>,
    /// Where those who have reported from it are.
    pub technicians: Vec<TechnicianAtSite>,
    /// How it ended at the site.
    pub outcome: Option<JobOutcome>,
    /// What can be done with it now.
    pub open: Vec<Action>,
}

impl Whole {
    /// Where the technician of an assignment is; nothing before the first report under it.
    #[must_use]
    pub fn field_state(&self, assignment: &Assignment) -> Option<FieldState> {
        let own = self.assignments.iter().filter(|one| one.technician_id == assignment.technician_id);
        let is_last = own.max_by_key(|one| one.id).is_some_and(|last| last.id == assignment.id);
        let told = self.technicians.iter().find(|told| told.technician_id == assignment.technician_id)?;
        let is_about_it = told.state.is_present()
            || assignment.slot == Slot::Released
            || told.since >= assignment.assigned_at;
        (is_last && is_about_it).then_some(told.state)
    }
}

/// Refuses what the job's state does not allow: the one place that says so, for what is shown and for what is done.
pub(super) fn may(action: Action, job: &Job, crew: &[Assignment], case: CaseState) -> Result<(), Refusal> {
    action.check(job.state)?;
    let on_it = crew.iter().filter(|one| one.slot != Slot::Released).count();
    let was_there = crew.iter().any(|one| one.release_code == Some(ReleaseCode::VisitOver));
    match action {
        // Whoever comes back does so at an agreed time, however urgent the first visit was.
        Action::Book if matches!(job.priority, Priority::P0 | Priority::P1) && !was_there => {
            let message = format!("a job of priority {} goes now; it is not booked", job.priority);
            Err(Refusal::state("job_urgent", message))
        }
        Action::AddHelper if on_it >= CREW_MAX => {
            Err(Refusal::state("crew_full", format!("a job has at most {CREW_MAX} technicians")))
        }
        Action::Withdraw if on_it == 0 => Err(Refusal::state("nobody_on_it", "nobody is on the job")),
        Action::Rework if case == CaseState::Closed => {
            Err(Refusal::state("case_closed", "the case is closed"))
        }
        _ => Ok(()),
    }
}

/// The job of an id, as much of it as is the actor's to see: a contractor sees the own offers and assignments.
pub async fn find(ctx: &Ctx, actor: &Actor, id: JobId) -> Result<Whole, Error> {
    let scope = actor.scope();
    let mut tx = ctx.db().read().await?;
    let job = store::jobs::find(&mut tx, id).await?.ok_or(Error::NotFound("job"))?;
    let mut offers = store::offers::of_job(&mut tx, id).await?;
    let mut assignments = store::assignments::of_job(&mut tx, id).await?;
    offers.retain(|offer| scope.covers(offer.firm_id, offer.technician_id));
    assignments.retain(|assignment| scope.covers(assignment.firm_id, assignment.technician_id));
    if scope != Scope::All && assignments.is_empty() {
        return Err(Error::NotFound("job"));
    }
    let case = store::cases::find(&mut tx, job.case_id).await?.ok_or(Error::NotFound("case"))?;
    let concerned = scope == Scope::All
        || job.state == JobState::Completed
        || assignments.iter().any(|assignment| assignment.slot != Slot::Released);
    let (resident, site) = if concerned {
        (store::cases::resident(&mut tx, case.id).await?, store::cases::site(&mut tx, case.id).await?)
    } else {
        (None, None)
    };
    let crew = store::assignments::of_job(&mut tx, id).await?;
    let record = FieldRecord::of(&store::facts::of_job(&mut tx, id).await?);
    let is_open = |action: &Action| may(*action, &job, &crew, case.state).is_ok();
    let open = Action::ALL.iter().copied().filter(is_open).collect();
    let (technicians, outcome) = (record.technicians, record.outcome);
    let language = case.language;
    Ok(Whole { job, language, resident, site, offers, assignments, technicians, outcome, open })
}

/// The jobs after `after` that are the actor's to see, oldest first.
pub async fn list(
    ctx: &Ctx,
    actor: &Actor,
    state: Option<JobState>,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Job>, Error> {
    let mut tx = ctx.db().read().await?;
    Ok(store::jobs::list(&mut tx, actor.scope(), state, after, limit).await?)
}

/// The actor's newest jobs first: those in a state, or those that are not finished.
pub async fn latest(
    ctx: &Ctx,
    actor: &Actor,
    state: Option<JobState>,
    limit: i64,
) -> Result<Vec<Job>, Error> {
    let mut tx = ctx.db().read().await?;
    Ok(store::jobs::latest(&mut tx, actor.scope(), state, limit).await?)
}
