//! What a person decides past the ladder: giving a job to somebody, taking it back, and a contractor who cannot come
//! after all. Every one of them with a reason that is written down.

use super::{Command, Ctx, Error, Unit, dockets, ladder};
use crate::{
    domain::{
        appointments::Consequence,
        docket::{Docket, Given, needed},
        ids::{AssignmentId, DecisionId, JobId, TechnicianId},
        jobs::Job,
        offers::{Assignment, OverrideReason, ReassignReason, WithdrawCode},
        refusal::Refusal,
        span::Instant,
    },
    store,
};

/// To whom a person gives a job.
#[derive(Debug, Clone)]
pub struct Override {
    /// Who goes.
    pub technician_id: TechnicianId,
    /// Why.
    pub reason: OverrideReason,
    /// When they promised to be there.
    pub arrival_at: Option<Instant>,
    /// What becomes of a planned visit that is in the way.
    pub displacing: Option<Consequence>,
}

/// Gives a job to somebody who has agreed on the telephone; see [`Docket::give`].
pub async fn give(ctx: &Ctx, job: JobId, command: Command<Override>) -> Result<Assignment, Error> {
    let command = command.map(|given| (job, given));
    ctx.transact(command, |unit, (job, given)| Box::pin(give_in(unit, *job, given))).await
}

async fn give_in(unit: &mut Unit, id: JobId, given: &Override) -> Result<Assignment, Error> {
    let mut docket = dockets::of(unit, id.0, Some(given.technician_id)).await?;
    docket.may_give(given.arrival_at)?;
    let (agreed, others) =
        agreed(unit, &docket, given.technician_id, given.arrival_at, given.displacing).await?;
    let assignment = docket.give(&agreed, given.reason, unit.ctx.reference().dispatch())?;
    close_all(unit, docket, others).await?;
    Ok(assignment)
}

/// What was agreed on the telephone, with the matching run it passes over written down; and the other jobs that make way:
/// a planned visit that is in the way, and whichever job the technician is asked for now.
pub(super) async fn agreed(
    unit: &mut Unit,
    docket: &Docket,
    technician: TechnicianId,
    arrival_at: Option<Instant>,
    displacing: Option<Consequence>,
) -> Result<(Given, Vec<Docket>), Error> {
    let technician = store::technicians::find(&mut unit.tx, technician).await?;
    let technician = technician.ok_or_else(|| Refusal::field("technician_id", "no such technician"))?;
    technician.fits(docket.job().trade)?;
    let reference = unit.ctx.reference();
    let mut others: Vec<Docket> = Vec::new();
    if let Some(span) = needed(unit.now, arrival_at) {
        for window in store::windows::overlapping(&mut unit.tx, technician.id, span).await? {
            if window.job_id != docket.job().id {
                let mut other = dockets::of_job(unit, window.job_id).await?;
                other.make_way(docket.job().priority, displacing, reference.dispatch())?;
                others.push(other);
            }
        }
    }
    let asked = store::offers::open_of(&mut unit.tx, technician.id).await?;
    if let Some(offer) = asked {
        let asked_for = dockets::of(unit, offer.0, None).await?;
        if asked_for.job().id != docket.job().id {
            let known = others.iter().position(|other| other.job().id == asked_for.job().id);
            let mut other = known.map_or(asked_for, |at| others.swap_remove(at));
            other.pass_over(technician.id)?;
            others.push(other);
        }
    }
    let decision_id: DecisionId = ladder::record_widest(unit, docket.job()).await?;
    Ok((Given { technician, arrival_at, decision_id }, others))
}

/// Writes the jobs that make way before the one they make way for.
pub(super) async fn close_all(unit: &mut Unit, docket: Docket, others: Vec<Docket>) -> Result<(), Error> {
    for other in others {
        dockets::close(unit, other).await?;
    }
    dockets::close(unit, docket).await?;
    Ok(())
}

/// Takes a job back from whoever has accepted it; see [`Docket::reassign`].
pub async fn reassign(ctx: &Ctx, job: JobId, command: Command<ReassignReason>) -> Result<Job, Error> {
    let command = command.map(|reason| (job, reason));
    ctx.transact(command, |unit, (job, reason)| Box::pin(reassign_in(unit, *job, *reason))).await
}

async fn reassign_in(unit: &mut Unit, id: JobId, reason: ReassignReason) -> Result<Job, Error> {
    let mut docket = dockets::of_job(unit, id).await?;
    docket.reassign(reason)?;
    Ok(dockets::close(unit, docket).await?.job)
}

/// A contractor who has accepted cannot come after all; see [`Docket::withdraw`].
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
    let mut docket = match dockets::of(unit, id.0, None).await {
        Err(Error::NotFound(_)) => return Err(missing()),
        docket => docket?,
    };
    let own = docket.known().assignments.iter().find(|one| one.id == id).ok_or_else(missing)?;
    if !unit.actor.scope().covers(own.firm_id, own.technician_id) {
        return Err(missing());
    }
    docket.withdraw(id, code)?;
    Ok(dockets::close(unit, docket).await?.job)
}
