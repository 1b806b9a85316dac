//! What a person decides past the ladder: giving a job to somebody, taking it back, and a contractor who cannot come
//! after all. Every one of them with a reason that is written down.

use super::{
    Command, Ctx, Error, Unit, dockets,
    fitness::{self, Seen},
    ladder, records, settlement,
};
use crate::{
    dispatch::question::When,
    domain::{
        appointments::Consequence,
        docket::{Docket, Given, Known, Way, needed},
        facts::{Fact, FieldRecord, worked_until},
        fitness::Confirmation,
        ids::{AssignmentId, DecisionId, JobId, TechnicianId},
        jobs::Job,
        offers::{Assignment, OverrideReason, ReassignReason, WithdrawCode, Yes},
        sight::is_own,
    },
    store::{self, dockets::Beside},
};

/// To whom a person gives a job.
#[derive(Debug, Clone)]
pub struct Override {
    /// Who goes.
    pub technician_id: TechnicianId,
    /// Why.
    pub reason: OverrideReason,
    /// What they have said.
    pub yes: Yes,
    /// What becomes of a planned visit that is in the way.
    pub displacing: Option<Consequence>,
    /// What else is passed over.
    pub confirmation: Option<Confirmation>,
}

/// Gives a job to somebody who has agreed on the telephone; see [`Docket::give`].
pub async fn give(ctx: &Ctx, job: JobId, command: Command<Override>) -> Result<Assignment, Error> {
    let command = command.map(|given| (job, given));
    ctx.transact(command, |unit, (job, given)| Box::pin(give_in(unit, *job, given))).await
}

async fn give_in(unit: &mut Unit, id: JobId, given: &Override) -> Result<Assignment, Error> {
    let mut sending = sending(unit, id, given.technician_id, given.yes).await?;
    if let Some(case) = store::cases::find(&mut unit.tx, sending.docket.job().case_id).await? {
        case.must_be_open()?;
    }
    sending.docket.may_give(given.yes)?;
    let agreed = agreed(unit, &mut sending, given.displacing, given.confirmation.clone()).await?;
    let assignment = sending.docket.give(&agreed, given.reason, unit.ctx.reference().dispatch())?;
    let facts = std::mem::take(&mut sending.facts);
    sending.facts = records::signed(&mut unit.tx, facts, |_| sending.docket.crew()).await?;
    let record = believe(unit, &mut sending)?;
    let known = close_all(unit, sending).await?;
    if record.is_of_money() {
        let record = records::beside(&mut unit.tx, id, record).await?;
        settlement::settle(unit, &known.job, &record, &known.assignments).await?;
    }
    let now = known.assignments.into_iter().find(|one| one.id == assignment.id);
    Ok(now.unwrap_or(assignment))
}

/// What whoever has the job again has reported meanwhile counts as if it had not been taken from them (G-01): a mistaken
/// reassignment is undone in one act.
fn believe(unit: &Unit, sending: &mut Sending) -> Result<FieldRecord, Error> {
    let Sending { docket, facts, .. } = sending;
    let record = records::own(&unit.ctx, docket.job(), &docket.guard(), facts);
    let reference = unit.ctx.reference();
    docket.catch_up(&record, reference.dispatch())?;
    let guard = docket.guard();
    let worked = worked_until(facts, |facts| FieldRecord::guarded(facts, &guard), unit.now);
    docket.remind_of_consent(&record, worked, &reference.call_out().charging);
    Ok(record)
}

/// Somebody who is sent past the ladder, with all that it touches.
pub(super) struct Sending {
    /// The job they are sent to.
    pub(super) docket: Docket,
    /// Its reports.
    facts: Vec<Fact>,
    /// The jobs that may have to make way for it.
    others: Vec<Docket>,
    technician: TechnicianId,
    yes: Yes,
    /// What was looked at of them.
    seen: Option<Seen>,
}

/// Takes in hand what a person's decision touches, as it is at one moment.
pub(super) async fn sending(
    unit: &mut Unit,
    job: JobId,
    technician: TechnicianId,
    yes: Yes,
) -> Result<Sending, Error> {
    let of = Beside { technician, needed: needed(unit.now, yes.arrival_at) };
    let (docket, facts, others) = dockets::with_those_in_the_way(unit, job, of).await?;
    Ok(Sending { docket, facts, others, technician, yes, seen: None })
}

/// What was agreed on the telephone, with the matching run it passes over written down. A planned visit that is in the way
/// makes way where it is said what becomes of it, and so does whichever job the technician is asked for now.
pub(super) async fn agreed(
    unit: &mut Unit,
    sending: &mut Sending,
    displacing: Option<Consequence>,
    confirmation: Option<Confirmation>,
) -> Result<Given, Error> {
    let Sending { docket, others, technician, yes, seen, .. } = sending;
    let (job, yes) = (docket.job(), *yes);
    let known = fitness::named(unit, *technician).await?;
    let question = fitness::question(unit, job).await?;
    let looked = known.asked(&question, When::Called { arrival_at: yes.arrival_at })?;
    *seen = Some(looked.seen());
    let mut who = looked.sent(confirmation);
    if displacing.is_some() {
        who.fitness = who.fitness.but_for_visits();
    }
    docket.may_send(&who)?;
    let needed = needed(unit.now, yes.arrival_at);
    let way = Way { of: who.technician.id, by: job.priority, needed, displacing };
    let reference = unit.ctx.reference();
    others.iter_mut().try_for_each(|other| other.make_way(way, reference.dispatch()))?;
    let decision_id: DecisionId = ladder::record_widest(unit, job, &question)?;
    Ok(Given { who, yes, decision_id })
}

/// Writes the jobs that make way before the one they make way for.
pub(super) async fn close_all(unit: &mut Unit, sending: Sending) -> Result<Known, Error> {
    let mut all = sending.others;
    all.push(sending.docket);
    let known = dockets::close_all(unit, all).await?.pop().ok_or(Error::NotFound("job"))?;
    if let Some(seen) = sending.seen {
        seen.must_hold(unit);
    }
    Ok(known)
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
    let mut docket = of_own(unit, id).await?;
    docket.withdraw(id, code)?;
    Ok(dockets::close(unit, docket).await?.job)
}

/// Whoever is on a job knows of its dangers; see [`Docket::acknowledge`].
pub async fn acknowledge_danger(
    ctx: &Ctx,
    assignment: AssignmentId,
    command: Command<Vec<String>>,
) -> Result<Assignment, Error> {
    let command = command.map(|dangers| (assignment, dangers));
    ctx.transact(command, |unit, (id, dangers)| Box::pin(acknowledge_in(unit, *id, dangers))).await
}

async fn acknowledge_in(unit: &mut Unit, id: AssignmentId, dangers: &[String]) -> Result<Assignment, Error> {
    let mut docket = of_own(unit, id).await?;
    let assignment = docket.acknowledge(id, dangers)?;
    let known = dockets::close(unit, docket).await?;
    Ok(known.assignments.into_iter().find(|one| one.id == id).unwrap_or(assignment))
}

/// The job of an assignment, in hand, if the assignment is the actor's to touch.
async fn of_own(unit: &mut Unit, id: AssignmentId) -> Result<Docket, Error> {
    let missing = || Error::NotFound("assignment");
    let docket = match dockets::of(unit, id.0, None).await {
        Err(Error::NotFound(_)) => return Err(missing()),
        docket => docket?,
    };
    let own = docket.known().assignments.iter().find(|one| one.id == id).ok_or_else(missing)?;
    match is_own(&unit.actor, own) {
        true => Ok(docket),
        false => Err(missing()),
    }
}
