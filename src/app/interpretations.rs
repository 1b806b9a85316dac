//! Interpreters asked to join a call, each attempt with its clocks (I-05, I-06).

use super::{Command, Ctx, Error, Unit, reference};
use crate::{
    domain::{
        calls::CallState,
        events,
        ids::{CallId, InterpretationId},
        interpretations::{Interpretation, InterpretationOutcome, InterpretationState},
        refusal::{CallRefused, Refusal},
        span::Instant,
    },
    store,
};

/// Attempts of one call at most.
const ATTEMPTS_MAX: usize = 30;

/// Whom to ask.
#[derive(Debug, Clone)]
pub struct Request {
    /// The language; the call's, when not said.
    pub language: Option<String>,
    /// Code of the interpreter or of the interpreter line.
    pub interpreter: String,
}

/// Asks an interpreter to join.
pub async fn request(ctx: &Ctx, call: CallId, command: Command<Request>) -> Result<Interpretation, Error> {
    let command = command.map(|request| (call, request));
    ctx.transact(command, |unit, (call, request)| Box::pin(request_in(unit, *call, request))).await
}

async fn request_in(unit: &mut Unit, id: CallId, request: &Request) -> Result<Interpretation, Error> {
    let call = store::calls::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("call"))?;
    if call.state != CallState::Answered {
        return Err(Error::Refused(CallRefused::CannotJoin(call.state).into()));
    }
    let language = match &request.language {
        Some(given) => reference::spoken_language(&unit.ctx, "language", given)?,
        None => call.language,
    };
    let known = store::interpretations::of_call(&mut unit.tx, id).await?;
    let busy = |one: &Interpretation| {
        matches!(one.state, InterpretationState::Requested | InterpretationState::Joined)
    };
    if known.iter().any(busy) {
        return Err(Error::Refused(CallRefused::InterpreterOnTheLine.into()));
    }
    if known.len() >= ATTEMPTS_MAX {
        return Err(Error::Refused(CallRefused::TooManyInterpreters.into()));
    }
    let attempt = Interpretation {
        id: unit.id(),
        call_id: id,
        language,
        interpreter: request.interpreter.clone(),
        state: InterpretationState::Requested,
        requested_at: unit.now,
        settled_at: None,
        left_at: None,
    };
    store::interpretations::insert(&mut unit.tx, &attempt).await.map_err(Error::in_the_way)?;
    unit.emit(events::InterpreterRequested::from(&attempt));
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
    let call = store::interpretations::call_of(&mut unit.tx, id).await?.ok_or_else(missing)?;
    // The call's lock is the attempt's.
    store::calls::lock(&mut unit.tx, call).await?.ok_or_else(missing)?;
    let all = store::interpretations::of_call(&mut unit.tx, call).await?;
    let attempt = all.into_iter().find(|one| one.id == id).ok_or_else(missing)?;
    let attempt = step(attempt, unit.now)?;
    store::interpretations::save(&mut unit.tx, &attempt).await?;
    unit.emit(events::InterpreterSettled::from(&attempt));
    Ok(attempt)
}

/// Nobody stays on a line that has ended.
pub(super) async fn call_ended(unit: &mut Unit, call: CallId) -> Result<(), Error> {
    for attempt in store::interpretations::of_call(&mut unit.tx, call).await? {
        let ended = attempt.clone().call_ended(unit.now);
        if ended != attempt {
            store::interpretations::save(&mut unit.tx, &ended).await?;
            unit.emit(events::InterpreterSettled::from(&ended));
        }
    }
    Ok(())
}
