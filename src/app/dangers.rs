//! Danger first (4.1): hazards are asked about, their instructions given, and nobody is sent into one.

use serde::{Deserialize, Serialize};

use super::{Command, Ctx, Error, Unit, alarms, holds};
pub use crate::domain::dangers::{Answers, Clearance};
use crate::{
    domain::{
        alarms::AlarmKind,
        calls::Call,
        cases::Case,
        dangers::{
            self, CaseHazard, Danger, Given, HazardAnswer, Interview, must_be_settled, raised,
            rings_at_the_case,
        },
        events::{self, AnsweredHazard, Subject},
        ids::{CallId, CaseId},
        instructions::Instruction,
        jobs::Job,
        reference::Reference,
        refusal::CaseRefused,
    },
    store::{self, Tx, job_file::Marks},
};

/// Where the hazards of a call stand, and what the caller must be told.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DangerStanding {
    /// Every hazard, in the order in which they are asked about.
    pub hazards: Vec<Danger>,
    /// What to tell the caller of each hazard that is there.
    pub instructions: Vec<Instruction>,
}

/// Records answers; a yes counts at once, also for the jobs of the call's case.
pub async fn answer(ctx: &Ctx, call: CallId, command: Command<Answers>) -> Result<DangerStanding, Error> {
    let command = command.map(|answers| (call, answers));
    ctx.transact(command, |unit, (call, answers)| Box::pin(answer_in(unit, *call, answers))).await
}

async fn answer_in(unit: &mut Unit, id: CallId, given: &Answers) -> Result<DangerStanding, Error> {
    let call = store::calls::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("call"))?;
    let known = store::dangers::answers(&mut unit.tx, id).await?;
    let said = given.told(&known, unit.ctx.reference().hazards(), unit.now)?;
    let by = unit.actor.token().map(|token| token.0);
    for answered in &said {
        store::dangers::insert_answer(&mut unit.tx, id, answered, by).await?;
    }
    let answers = said.iter().map(|one| AnsweredHazard { hazard: one.hazard.clone(), answer: one.answer });
    unit.emit(events::HazardsAnswered { call: id, answers: answers.collect() });
    if let Some(case) = call.case_id {
        let case = store::cases::guard(&mut unit.tx, case).await?.ok_or(Error::NotFound("case"))?;
        let told = said.into_iter().filter(|one| one.answer == HazardAnswer::Yes);
        raise(unit, &case, id, told.map(|one| one.hazard)).await?;
        ask_again_about(unit, case.id).await?;
    }
    let ctx = unit.ctx.clone();
    standing(&ctx, &mut unit.tx, id).await
}

/// Where the hazards of a call stand.
pub(super) async fn standing(ctx: &Ctx, tx: &mut Tx, call: CallId) -> Result<DangerStanding, Error> {
    let reference = ctx.reference();
    let hazards = of_call(ctx, tx, call).await?;
    let there = hazards.iter().filter(|danger| danger.answer == Some(HazardAnswer::Yes));
    let known = there.filter_map(|danger| reference.hazards().get(&danger.hazard));
    let instructions = known.map(|hazard| Instruction::of(hazard, reference.hazards().numbers())).collect();
    Ok(DangerStanding { hazards, instructions })
}

pub(super) async fn of_call(ctx: &Ctx, tx: &mut Tx, call: CallId) -> Result<Vec<Danger>, Error> {
    let answers = store::dangers::answers(tx, call).await?;
    let given = store::dangers::given(tx, call).await?;
    Ok(dangers::standing(ctx.reference().hazards(), &answers, &given))
}

/// What the calls of a case have told.
pub(super) fn interview(reference: &Reference, marks: &Marks) -> Interview {
    let hazards = reference.hazards();
    Interview::of(marks.told.values().map(|told| dangers::standing(hazards, &told.answers, &told.given)))
}

/// The same after the jobs of a case, or what is known of it, have changed.
pub(super) async fn ask_again_about(unit: &mut Unit, case: CaseId) -> Result<(), Error> {
    let jobs = store::jobs::of_case(&mut unit.tx, case).await?;
    ask_again(unit, case, &jobs).await
}

/// A person asks again where somebody is sent and nothing at all is known of danger, until something is (4.1).
pub(super) async fn ask_again(unit: &mut Unit, case: CaseId, jobs: &[Job]) -> Result<(), Error> {
    let marks = store::job_file::marks(&mut unit.tx, case).await?;
    match interview(&unit.ctx.reference(), &marks).is_asked_again(jobs) {
        true => alarms::raise_once(unit, AlarmKind::DangersUnknown, Subject::Case, case.0).await,
        false => alarms::resolve(unit, AlarmKind::DangersUnknown, case.0).await,
    }
}

/// Where the hazards of the call of an id stand.
pub async fn show(ctx: &Ctx, call: CallId) -> Result<DangerStanding, Error> {
    let mut tx = ctx.db().read().await?;
    store::calls::find(&mut tx, call).await?.ok_or(Error::NotFound("call"))?;
    standing(ctx, &mut tx, call).await
}

/// Records that the caller was told what to do about a hazard.
pub async fn acknowledge(
    ctx: &Ctx,
    call: CallId,
    hazard: String,
    command: Command<()>,
) -> Result<DangerStanding, Error> {
    let command = command.map(|()| (call, hazard));
    ctx.transact(command, |unit, (call, hazard)| Box::pin(acknowledge_in(unit, *call, hazard))).await
}

async fn acknowledge_in(unit: &mut Unit, id: CallId, hazard: &str) -> Result<DangerStanding, Error> {
    store::calls::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("call"))?;
    let ctx = unit.ctx.clone();
    let stands = of_call(&ctx, &mut unit.tx, id).await?;
    let danger = stands.into_iter().find(|danger| danger.hazard == hazard);
    let danger = danger.ok_or(Error::NotFound("hazard"))?;
    if danger.answer != Some(HazardAnswer::Yes) {
        return Err(Error::Refused(CaseRefused::NoInstruction.into()));
    }
    if danger.instructed_at.is_none() {
        let given = Given { number: danger.number, given_at: unit.now };
        let by = unit.actor.token().map(|token| token.0);
        store::dangers::insert_given(&mut unit.tx, id, given, by).await?;
        unit.emit(events::InstructionGiven { call: id, hazard: hazard.to_owned() });
    }
    standing(&ctx, &mut unit.tx, id).await
}

/// Refuses to go on with a locked call before every hazard was asked about and every instruction given.
pub(super) async fn must_be_settled_in(unit: &mut Unit, call: &Call) -> Result<(), Error> {
    let ctx = unit.ctx.clone();
    Ok(must_be_settled(&of_call(&ctx, &mut unit.tx, call.id).await?)?)
}

/// The hazards that are there by a call.
pub(super) async fn there(unit: &mut Unit, call: CallId) -> Result<Vec<String>, Error> {
    let ctx = unit.ctx.clone();
    let all = of_call(&ctx, &mut unit.tx, call).await?;
    let there = all.into_iter().filter(|danger| danger.answer == Some(HazardAnswer::Yes));
    Ok(there.map(|danger| danger.hazard).collect())
}

/// Hazards told in a call are dangers of its locked case from now on. Only a clearance ends them.
pub(super) async fn raise(
    unit: &mut Unit,
    case: &Case,
    call: CallId,
    told: impl IntoIterator<Item = String>,
) -> Result<(), Error> {
    let mut known = store::dangers::of_case(&mut unit.tx, case.id).await?;
    let new = raised((case.id, call), &known, told, unit.now);
    for hazard in &new {
        store::dangers::insert_hazard(&mut unit.tx, hazard).await.map_err(Error::in_the_way)?;
        unit.emit(events::HazardRaised { case: case.id, hazard: hazard.hazard.clone() });
    }
    if new.is_empty() {
        return Ok(());
    }
    known.extend(new);
    let jobs = holds::apply_to_case(unit, case.id, &known).await?;
    if rings_at_the_case(case.state(), &jobs) {
        alarms::raise(unit, AlarmKind::DangerOnCase, Subject::Case, case.id.0).await?;
    }
    Ok(())
}

/// What came of a clearance.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Cleared {
    /// The danger, cleared.
    pub hazard: CaseHazard,
    /// The jobs of the case as they are now; what nothing holds any more is offered at once.
    pub jobs: Vec<Job>,
}

/// Clears a danger of a case.
pub async fn clear(ctx: &Ctx, case: CaseId, command: Command<Clearance>) -> Result<Cleared, Error> {
    let command = command.map(|clearance| (case, clearance));
    ctx.transact(command, |unit, (case, clearance)| Box::pin(clear_in(unit, *case, clearance))).await
}

async fn clear_in(unit: &mut Unit, case: CaseId, clearance: &Clearance) -> Result<Cleared, Error> {
    let case = store::cases::guard(&mut unit.tx, case).await?.ok_or(Error::NotFound("case"))?;
    let mut known = store::dangers::of_case(&mut unit.tx, case.id).await?;
    let reference = unit.ctx.reference();
    let hazard = clearance.of(&known, reference.hazards(), unit.actor.role(), unit.now)?;
    known.iter_mut().filter(|one| one.number == hazard.number).for_each(|one| *one = hazard.clone());
    let by = unit.actor.token().map(|token| token.0);
    if !store::dangers::clear_hazard(&mut unit.tx, &hazard, by).await? {
        return Err(Error::Conflict);
    }
    unit.emit(events::HazardCleared {
        case: case.id,
        hazard: hazard.hazard.clone(),
        by: clearance.cleared_by,
        note: clearance.note_code,
    });
    let jobs = holds::apply_to_case(unit, case.id, &known).await?;
    if known.iter().all(|danger| danger.cleared_at.is_some()) {
        alarms::resolve(unit, AlarmKind::DangerOnCase, case.id.0).await?;
    }
    Ok(Cleared { hazard, jobs })
}
