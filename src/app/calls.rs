//! Calls: ringing, answered, given up, ended, wrapped up.

use uuid::Uuid;

use super::{Command, Ctx, Error, Unit, alarms, call_backs, dangers, interpretations, reference};
use crate::{
    domain::{
        alarms::AlarmKind,
        calls::{
            Arrival, Call, CallBack, CallBackState, CallPerson, CallState, CallerRole, Channel, NoNumber,
        },
        emergencies::Handover,
        events::{self, Subject},
        ids::CallId,
        interpretations::{Interpretation, Line},
        phone::Phone,
        refusal::Refusal,
        span::Instant,
    },
    store,
};

/// A call to be written down.
#[derive(Debug, Clone)]
pub struct Taken {
    /// Whether it rings or was just answered.
    pub arrival: Arrival,
    /// How the caller reached the service.
    pub channel: Channel,
    /// Language spoken, as given.
    pub language: String,
    /// Language read, where it was asked.
    pub reading_language: Option<String>,
    /// The language as the caller names it.
    pub language_wish: Option<String>,
    /// Who is calling.
    pub caller_role: CallerRole,
    /// The caller's number.
    pub phone: Option<Phone>,
    /// Why there is none.
    pub no_number: Option<NoNumber>,
    /// The caller's name, if given.
    pub name: Option<String>,
    /// When it began to ring; now, when not said.
    pub offered_at: Option<Instant>,
}

/// Records a call that rings, or that the dispatcher has just answered.
pub async fn take(ctx: &Ctx, command: Command<Taken>) -> Result<Call, Error> {
    ctx.transact(command, |unit, taken| Box::pin(take_in(unit, taken))).await
}

async fn take_in(unit: &mut Unit, taken: &Taken) -> Result<Call, Error> {
    let offered_at = taken.offered_at.unwrap_or(unit.now);
    if offered_at > unit.now {
        return Err(Refusal::field("offered_at", "a call cannot have begun to ring in the future").into());
    }
    check_number(taken)?;
    let reading = taken.reading_language.as_deref();
    let reading = reading.map(|given| reference::read_language(&unit.ctx, "reading_language", given));
    let call = Call {
        id: unit.id(),
        version: 1,
        case_id: None,
        purpose: None,
        channel: taken.channel,
        language: reference::spoken_language(&unit.ctx, "language", &taken.language)?,
        reading_language: reading.transpose()?,
        caller_role: taken.caller_role,
        state: CallState::Offered,
        offered_at,
        answered_at: None,
        ended_at: None,
        wrapped_at: None,
        call_back: None,
    };
    let person = CallPerson {
        phone: taken.phone.clone(),
        no_number: taken.no_number,
        name: taken.name.clone(),
        language_wish: taken.language_wish.clone(),
    };
    let by = unit.actor.token().map(|token| token.0);
    match taken.arrival {
        Arrival::Offered => {
            store::calls::insert(&mut unit.tx, &call, &person, None).await?;
            unit.emit(events::CallOffered { call: call.id, language: call.language.clone() });
            Ok(call)
        }
        Arrival::Answered => {
            let call = call.answer(unit.now)?;
            store::calls::insert(&mut unit.tx, &call, &person, by).await?;
            answered(unit, &call, Some(&person)).await?;
            Ok(call)
        }
    }
}

/// A number, or the reason why there is none.
fn check_number(taken: &Taken) -> Result<(), Refusal> {
    match (&taken.phone, taken.no_number) {
        (None, None) => Err(Refusal::field("no_number", "say why there is no number to call back")),
        (Some(_), Some(_)) => Err(Refusal::field("no_number", "there is a number")),
        _ => Ok(()),
    }
}

/// A call is answered: nobody has to call that number back any more.
async fn answered(unit: &mut Unit, call: &Call, person: Option<&CallPerson>) -> Result<(), Error> {
    unit.emit(events::CallAnswered { call: call.id, language: call.language.clone() });
    match person.and_then(|person| person.phone.as_ref()) {
        Some(phone) => call_backs::called_again(unit, phone).await,
        None => Ok(()),
    }
}

/// Answers a ringing call.
pub async fn answer(ctx: &Ctx, command: Command<CallId>) -> Result<Call, Error> {
    ctx.transact(command, |unit, id| Box::pin(answer_in(unit, *id))).await
}

async fn answer_in(unit: &mut Unit, id: CallId) -> Result<Call, Error> {
    let call = locked(unit, id).await?.answer(unit.now)?;
    let by = unit.actor.token().map(|token| token.0);
    store::calls::save(&mut unit.tx, &call, by).await?;
    let person = store::calls::person(&mut unit.tx, id).await?;
    answered(unit, &call, person.as_ref()).await?;
    Ok(call)
}

/// The caller gave up: somebody has to call back.
pub async fn abandon(ctx: &Ctx, command: Command<CallId>) -> Result<Call, Error> {
    ctx.transact(command, |unit, id| Box::pin(abandon_in(unit, *id))).await
}

async fn abandon_in(unit: &mut Unit, id: CallId) -> Result<Call, Error> {
    let person = store::calls::person(&mut unit.tx, id).await?;
    let left = person.map_or(CallBackState::Due, |person| person.call_back());
    let call = locked(unit, id).await?.abandon(left, unit.now)?;
    store::calls::save(&mut unit.tx, &call, None).await?;
    unit.emit(events::CallAbandoned { call: id });
    if left == CallBackState::Due {
        alarms::raise(unit, AlarmKind::CallBackDue, Subject::Call, id.0).await?;
    }
    Ok(call)
}

/// Ends a call; nobody stays on the line.
pub async fn end(ctx: &Ctx, command: Command<CallId>) -> Result<Call, Error> {
    ctx.transact(command, |unit, id| Box::pin(end_in(unit, *id))).await
}

async fn end_in(unit: &mut Unit, id: CallId) -> Result<Call, Error> {
    let call = locked(unit, id).await?.end(unit.now)?;
    store::calls::save(&mut unit.tx, &call, None).await?;
    interpretations::line_ended(unit, Line::Call(id)).await?;
    unit.emit(events::CallEnded { call: id });
    Ok(call)
}

/// Nothing is left to do after a call.
pub async fn wrap(ctx: &Ctx, command: Command<CallId>) -> Result<Call, Error> {
    ctx.transact(command, |unit, id| Box::pin(wrap_in(unit, *id))).await
}

async fn wrap_in(unit: &mut Unit, id: CallId) -> Result<Call, Error> {
    let call = locked(unit, id).await?.wrap(unit.now)?;
    store::calls::save(&mut unit.tx, &call, None).await?;
    unit.emit(events::CallWrapped { call: id });
    Ok(call)
}

async fn locked(unit: &mut Unit, id: CallId) -> Result<Call, Error> {
    store::calls::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("call"))
}

/// A call with everything around it.
#[derive(Debug, Clone)]
pub struct Whole {
    /// The call.
    pub call: Call,
    /// Who called; nobody once erased.
    pub caller: Option<CallPerson>,
    /// Interpreters asked.
    pub interpretations: Vec<Interpretation>,
    /// Where the questions about danger stand.
    pub dangers: dangers::DangerStanding,
    /// Hand-overs to the emergency services.
    pub emergency_handovers: Vec<Handover>,
    /// Attempts to call back.
    pub call_backs: Vec<CallBack>,
}

/// The call of an id.
pub async fn find(ctx: &Ctx, id: CallId) -> Result<Whole, Error> {
    let mut tx = ctx.db().read().await?;
    Ok(Whole {
        call: store::calls::find(&mut tx, id).await?.ok_or(Error::NotFound("call"))?,
        caller: store::calls::person(&mut tx, id).await?,
        interpretations: store::interpretations::of_call(&mut tx, id).await?,
        dangers: dangers::standing(ctx, &mut tx, id).await?,
        emergency_handovers: store::emergencies::of_call(&mut tx, id).await?,
        call_backs: store::calls::call_backs(&mut tx, id).await?,
    })
}

/// The calls after `after`, in a state or with a call-back in a state if one is given, oldest first.
pub async fn list(
    ctx: &Ctx,
    state: Option<CallState>,
    call_back: Option<CallBackState>,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Call>, Error> {
    let mut tx = ctx.db().read().await?;
    Ok(store::calls::list(&mut tx, state, call_back, after, limit).await?)
}

/// The calls that wait for somebody, all of one moment.
#[derive(Debug)]
pub struct Waiting {
    /// The last position of the feed: what came later is not in here.
    pub pos: i64,
    /// Those that ring, longest first.
    pub ringing: Vec<Call>,
    /// Those that are being taken and have no case yet, longest first.
    pub open: Vec<Call>,
    /// Those that somebody has to call back, longest first.
    pub due: Vec<Call>,
}

/// The calls that wait; of those that ring or are to be called back at most `limit` each.
pub async fn waiting(ctx: &Ctx, limit: i64) -> Result<Waiting, Error> {
    let mut tx = ctx.db().read().await?;
    let (start, most) = (Uuid::nil(), store::calls::BEING_TAKEN_MAX);
    let answered = store::calls::list(&mut tx, Some(CallState::Answered), None, start, most).await?;
    Ok(Waiting {
        pos: store::feed::head(&mut tx).await?.pos,
        ringing: store::calls::list(&mut tx, Some(CallState::Offered), None, start, limit).await?,
        open: answered.into_iter().filter(|call| call.case_id.is_none()).collect(),
        due: store::calls::list(&mut tx, None, Some(CallBackState::Due), start, limit).await?,
    })
}
