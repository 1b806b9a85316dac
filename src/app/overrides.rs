//! What a person decides past the ladder: giving a job to somebody, taking it back, and a contractor who cannot come
//! after all. Every one of them with a reason that is written down.

use chrono::TimeDelta;

use super::{Command, Ctx, Error, Unit, appointments, jobs, ladder, offers, windows};
use crate::{
    domain::{
        appointments::Consequence,
        events,
        firms::Technician,
        ids::{AssignmentId, JobId, TechnicianId},
        jobs::{Action, Job, JobState},
        offers::{
            Addressee, Assignment, CrewRole, Offer, OfferState, OverrideReason, ReassignReason, Slot, Via,
            WithdrawCode,
        },
        refusal::Refusal,
        span::{Instant, Span},
    },
    store,
};

/// How long a technician is taken to be needed when an override is checked against planned visits.
const AROUND: TimeDelta = TimeDelta::minutes(120);

/// To whom a person gives a job.
#[derive(Debug, Clone)]
pub struct Override {
    /// Who goes.
    pub technician_id: TechnicianId,
    /// Why.
    pub reason: OverrideReason,
    /// When he promised to be there.
    pub arrival_at: Option<Instant>,
    /// What becomes of a planned visit that is in the way.
    pub displacing: Option<Consequence>,
}

/// Gives a job to somebody who has agreed on the telephone, past the ladder. A danger that holds the job is not
/// overridden (section 4.1).
pub async fn give(ctx: &Ctx, job: JobId, command: Command<Override>) -> Result<Assignment, Error> {
    let command = command.map(|given| (job, given));
    ctx.transact(command, |unit, (job, given)| Box::pin(give_in(unit, *job, given))).await
}

async fn give_in(unit: &mut Unit, id: JobId, given: &Override) -> Result<Assignment, Error> {
    let job = store::jobs::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("job"))?;
    if job.state == JobState::Held {
        let message =
            format!("the job is held by {}; clear it first", job.hold.as_deref().unwrap_or("a hold"));
        return Err(Refusal::rule("job_held", "4.1", message).into());
    }
    // Whoever has it already keeps it until it is taken back: refused before anything is looked at.
    Action::Override.check(job.state)?;
    if given.arrival_at.is_some_and(|at| at < unit.now) {
        return Err(Refusal::field("arrival_at", "the arrival cannot be promised for the past").into());
    }
    let technician = store::technicians::find(&mut unit.tx, given.technician_id).await?;
    let technician = technician.ok_or_else(|| Refusal::field("technician_id", "no such technician"))?;
    technician.fits(job.trade)?;
    let until = given.arrival_at.unwrap_or(unit.now) + AROUND;
    let span = Span::new(unit.now, until).ok_or_else(|| Error::Internal("a span".to_owned()))?;
    appointments::displace(unit, technician.id, span, &job, given.displacing).await?;
    take_offers_back(unit, id, WithdrawCode::Overridden).await?;
    free_of_other_offers(unit, technician.id, id).await?;
    let offer = accepted(unit, &job, &technician, given.arrival_at, CrewRole::Lead).await?;
    let assignment = offers::assign(unit, job, &offer).await?;
    unit.emit(events::JobOverridden {
        job: id,
        technician: technician.id,
        firm: technician.firm_id,
        reason: given.reason,
        assignment: assignment.id,
        decision: offer.decision_id,
    });
    Ok(assignment)
}

/// The acceptance that a person's decision is, with the matching run it passes over written down.
pub(super) async fn accepted(
    unit: &mut Unit,
    job: &Job,
    technician: &Technician,
    arrival_at: Option<Instant>,
    role: CrewRole,
) -> Result<Offer, Error> {
    let decision_id = ladder::record_widest(unit, job).await?;
    let asked = store::offers::of_job(&mut unit.tx, job.id).await?;
    let offer = Offer {
        id: unit.id(),
        version: 1,
        job_id: job.id,
        decision_id,
        firm_id: technician.firm_id,
        technician_id: technician.id,
        addressee: Addressee::Technician,
        role,
        rank: i64::try_from(asked.len()).unwrap_or(i64::MAX).saturating_add(1),
        round: job.round,
        rung: job.rung,
        state: OfferState::Accepted,
        offered_at: unit.now,
        deadline: unit.now,
        answered_at: Some(unit.now),
        decline_code: None,
        arrival_promised_at: arrival_at,
        answered_via: Some(Via::Phone),
        withdraw_code: None,
        naming_due_at: None,
    };
    store::offers::insert(&mut unit.tx, &offer).await.map_err(Error::in_the_way)?;
    Ok(offer)
}

/// Whoever is given a job is not asked for another one at the same time; that one goes to the next.
pub(super) async fn free_of_other_offers(
    unit: &mut Unit,
    technician: TechnicianId,
    but: JobId,
) -> Result<(), Error> {
    let Some(offer) = store::fleet::open_offer(&mut unit.tx, technician).await? else { return Ok(()) };
    let Some(offer) = store::offers::find(&mut unit.tx, offer).await? else { return Ok(()) };
    if offer.job_id == but {
        return Ok(());
    }
    let other = store::jobs::lock(&mut unit.tx, offer.job_id).await?.ok_or(Error::NotFound("job"))?;
    let offer = store::offers::find(&mut unit.tx, offer.id).await?.ok_or(Error::NotFound("offer"))?;
    if offer.state != OfferState::Open {
        return Err(Error::Conflict);
    }
    offers::withdraw(unit, offer, WithdrawCode::Overridden).await?;
    offers::back_on_the_ladder(unit, other).await
}

/// Takes a job back from whoever has accepted it; the next ones are asked at once, he is not.
pub async fn reassign(ctx: &Ctx, job: JobId, command: Command<ReassignReason>) -> Result<Job, Error> {
    let command = command.map(|reason| (job, reason));
    ctx.transact(command, |unit, (job, reason)| Box::pin(reassign_in(unit, *job, *reason))).await
}

async fn reassign_in(unit: &mut Unit, id: JobId, reason: ReassignReason) -> Result<Job, Error> {
    let job = store::jobs::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("job"))?;
    Action::Reassign.check(job.state)?;
    take_offers_back(unit, id, WithdrawCode::Reassigned).await?;
    jobs::release_all(unit, id, reason.into()).await?;
    windows::release(unit, id).await?;
    unit.emit(events::JobReassigned { job: id, reason });
    let job = job.unassigned(unit.now, unit.now)?;
    store::jobs::save(&mut unit.tx, &job).await?;
    Ok(job)
}

/// A contractor who has accepted cannot come after all: the next ones are asked at once.
pub async fn withdraw(
    ctx: &Ctx,
    assignment: AssignmentId,
    command: Command<WithdrawCode>,
) -> Result<Job, Error> {
    let command = command.map(|code| (assignment, code));
    ctx.transact(command, |unit, (id, code)| Box::pin(withdraw_in(unit, *id, *code))).await
}

async fn withdraw_in(unit: &mut Unit, id: AssignmentId, code: WithdrawCode) -> Result<Job, Error> {
    let missing = || Error::NotFound("assignment");
    let assignment = store::assignments::find(&mut unit.tx, id).await?.ok_or_else(missing)?;
    if !unit.actor.scope().covers(assignment.firm_id, assignment.technician_id) {
        return Err(missing());
    }
    if !WithdrawCode::CONTRACTOR.contains(&code) {
        let known: Vec<_> = WithdrawCode::CONTRACTOR.iter().map(|code| code.as_str()).collect();
        return Err(Refusal::field("code", format!("a contractor gives one of: {}", known.join(", "))).into());
    }
    let job = store::jobs::lock(&mut unit.tx, assignment.job_id).await?.ok_or_else(missing)?;
    let assignment = store::assignments::find(&mut unit.tx, id).await?.ok_or_else(missing)?;
    if assignment.slot == Slot::Released {
        return Err(Refusal::state("assignment_released", "the assignment is over already").into());
    }
    Action::Withdraw.check(job.state)?;
    let crew = store::assignments::of_job(&mut unit.tx, job.id).await?;
    if crew.iter().any(|one| one.slot != Slot::Released && one.id != id) {
        // The others stay: the job goes on with them.
        let offer = store::offers::find(&mut unit.tx, assignment.offer_id).await?.ok_or_else(missing)?;
        offers::withdraw(unit, offer, code).await?;
        jobs::release(unit, &assignment, code.into()).await?;
        return Ok(job);
    }
    take_offers_back(unit, job.id, code).await?;
    jobs::release_all(unit, job.id, code.into()).await?;
    windows::release(unit, job.id).await?;
    let job = job.unassigned(unit.now, unit.now)?;
    store::jobs::save(&mut unit.tx, &job).await?;
    Ok(job)
}

/// Takes back what is open or accepted of a locked job.
async fn take_offers_back(unit: &mut Unit, job: JobId, code: WithdrawCode) -> Result<(), Error> {
    for offer in store::offers::of_job(&mut unit.tx, job).await? {
        if matches!(offer.state, OfferState::Open | OfferState::Accepted) {
            offers::withdraw(unit, offer, code).await?;
        }
    }
    Ok(())
}
