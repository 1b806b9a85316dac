//! Interpreters asked to join a call or a second three-way call from the site, each attempt with its clocks (I-05, I-06).

use super::{Command, Ctx, Error, Unit, reference, seen};
use crate::{
    domain::{
        actor::{Actor, Scope},
        events,
        ids::{CallId, InterpretationId, JobId},
        interpretations::{Asking, Interpretation, InterpretationOutcome, Line, end_of_line},
        refusal::Refusal,
        sight,
        span::Instant,
    },
    store,
};

/// Whom to ask.
#[derive(Debug, Clone)]
pub struct Request {
    /// The language; that of the call or of the case, when not said.
    pub language: Option<String>,
    /// Code of the interpreter or of the interpreter line.
    pub interpreter: String,
}

impl Request {
    fn on(&self, line: Line, language: String) -> Asking {
        Asking { line, language, interpreter: self.interpreter.clone() }
    }
}

/// Asks an interpreter to join.
pub async fn request(ctx: &Ctx, call: CallId, command: Command<Request>) -> Result<Interpretation, Error> {
    let command = command.map(|request| (call, request));
    ctx.transact(command, |unit, (call, request)| Box::pin(request_in(unit, *call, request))).await
}

async fn request_in(unit: &mut Unit, id: CallId, request: &Request) -> Result<Interpretation, Error> {
    let call = store::calls::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("call"))?;
    call.may_be_joined()?;
    let language = match &request.language {
        Some(given) => reference::spoken_language(&unit.ctx, "language", given)?,
        None => call.language,
    };
    let known = store::interpretations::of_call(&mut unit.tx, id).await?;
    ask(unit, request.on(Line::Call(id), language), &known).await
}

/// Asks an interpreter to join technician and resident (I-06): for whoever is on the job, and the desk.
pub async fn request_at_site(
    ctx: &Ctx,
    job: JobId,
    command: Command<Request>,
) -> Result<Interpretation, Error> {
    let command = command.map(|request| (job, request));
    ctx.transact(command, |unit, (job, request)| Box::pin(request_at_site_in(unit, *job, request))).await
}

async fn request_at_site_in(unit: &mut Unit, id: JobId, request: &Request) -> Result<Interpretation, Error> {
    let actor = unit.actor;
    let (job, crew) = seen::seen(&mut unit.tx, &actor, id).await?;
    sight::must_be_on_it(&actor, &crew)?;
    let language = match &request.language {
        Some(given) => reference::spoken_language(&unit.ctx, "language", given)?,
        None => {
            let case = store::cases::find(&mut unit.tx, job.case_id).await?;
            case.ok_or(Error::NotFound("case"))?.language
        }
    };
    let known = store::interpretations::of_job(&mut unit.tx, id).await?;
    ask(unit, request.on(Line::Job(id), language), &known).await
}

/// Asks on a line of which these attempts are known.
async fn ask(unit: &mut Unit, asking: Asking, known: &[Interpretation]) -> Result<Interpretation, Error> {
    let attempt = Interpretation::asked(unit.id(), asking, known, unit.now)?;
    store::interpretations::insert(&mut unit.tx, &attempt).await.map_err(Error::in_the_way)?;
    unit.emit(events::InterpreterRequested::of(&attempt));
    Ok(attempt)
}

/// Records what came of asking.
pub async fn settle(
    ctx: &Ctx,
    id: InterpretationId,
    command: Command<InterpretationOutcome>,
) -> Result<Interpretation, Error> {
    let command = command.map(|outcome| (id, outcome));
    ctx.transact(command, |unit, (id, outcome)| {
        Box::pin(async move {
            let outcome = *outcome;
            advance(unit, *id, |attempt, now| attempt.settled(outcome, now)).await
        })
    })
    .await
}

/// Records that the interpreter has left.
pub async fn leave(ctx: &Ctx, command: Command<InterpretationId>) -> Result<Interpretation, Error> {
    ctx.transact(command, |unit, id| Box::pin(advance(unit, *id, Interpretation::left))).await
}

async fn advance(
    unit: &mut Unit,
    id: InterpretationId,
    step: impl FnOnce(Interpretation, Instant) -> Result<Interpretation, Refusal> + Send,
) -> Result<Interpretation, Error> {
    let missing = || Error::NotFound("interpretation");
    let was = store::interpretations::find(&mut unit.tx, id).await?.ok_or_else(missing)?;
    let actor = unit.actor;
    must_hear(unit, &actor, was.line).await?;
    let state = was.state();
    let attempt = step(was, unit.now)?;
    store::interpretations::save(&mut unit.tx, &attempt, state).await?;
    unit.emit(events::InterpreterSettled::of(&attempt));
    Ok(attempt)
}

/// A contractor has to do with the lines of the own jobs only.
async fn must_hear(unit: &mut Unit, actor: &Actor, line: Line) -> Result<(), Error> {
    match (line, actor.scope()) {
        (_, Scope::All) => Ok(()),
        (Line::Job(job), _) => {
            let crew = store::assignments::of_job(&mut unit.tx, job).await?;
            seen::must_see(actor, &crew).map_err(|_| Error::NotFound("interpretation"))?;
            Ok(sight::must_be_on_it(actor, &crew)?)
        }
        (Line::Call(_), _) => Err(Error::NotFound("interpretation")),
    }
}

/// Nobody stays on a line that has ended.
pub(super) async fn line_ended(unit: &mut Unit, line: Line) -> Result<(), Error> {
    let attempts = match line {
        Line::Call(call) => store::interpretations::of_call(&mut unit.tx, call).await?,
        Line::Job(job) => store::interpretations::of_job(&mut unit.tx, job).await?,
    };
    for (was, ended) in end_of_line(attempts, unit.now) {
        store::interpretations::save(&mut unit.tx, &ended, was).await?;
        unit.emit(events::InterpreterSettled::of(&ended));
    }
    Ok(())
}
