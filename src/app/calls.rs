//! Calls: taken, and ended.

use serde_json::json;

use super::{Command, Ctx, Error, Unit};
use crate::{
    domain::{
        calls::{Call, CallPerson, CallState, CallerRole, Channel},
        event::{Kind, Subject},
        ids::CallId,
        phone::Phone,
        refusal::Refusal,
        span::Instant,
    },
    store,
};

/// A call the dispatcher has taken.
#[derive(Debug, Clone)]
pub struct Taken {
    /// How the caller reached the service.
    pub channel: Channel,
    /// Language spoken, as given.
    pub language: String,
    /// Who is calling.
    pub caller_role: CallerRole,
    /// The caller's number.
    pub phone: Phone,
    /// The caller's name, if given.
    pub name: Option<String>,
    /// When it began to ring; now, when not said.
    pub offered_at: Option<Instant>,
}

/// Records a call the dispatcher has just answered.
pub async fn take(ctx: &Ctx, command: Command<Taken>) -> Result<Call, Error> {
    ctx.transact(command, |unit, taken| Box::pin(take_in(unit, taken))).await
}

async fn take_in(unit: &mut Unit, taken: &Taken) -> Result<Call, Error> {
    let offered_at = taken.offered_at.unwrap_or(unit.now);
    if offered_at > unit.now {
        return Err(Refusal::field("offered_at", "a call cannot have begun to ring in the future").into());
    }
    let call = Call {
        id: unit.id(),
        version: 1,
        case_id: None,
        purpose: None,
        channel: taken.channel,
        language: super::reference::spoken_language(&unit.ctx, "language", &taken.language)?,
        reading_language: None,
        caller_role: taken.caller_role,
        state: CallState::Answered,
        offered_at,
        answered_at: Some(unit.now),
        ended_at: None,
        wrapped_at: None,
        call_back: None,
    };
    let person =
        CallPerson { phone: taken.phone.as_str().to_owned(), name: taken.name.clone(), language_wish: None };
    let by = unit.actor.token().map(|token| token.0);
    store::calls::insert(&mut unit.tx, &call, &person, by).await?;
    unit.emit(Kind::CallAnswered, Subject::Call, call.id.0, json!({ "language": call.language }));
    Ok(call)
}

/// Ends a call.
pub async fn end(ctx: &Ctx, command: Command<CallId>) -> Result<Call, Error> {
    ctx.transact(command, |unit, id| Box::pin(end_in(unit, *id))).await
}

async fn end_in(unit: &mut Unit, id: CallId) -> Result<Call, Error> {
    let call = store::calls::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("call"))?.end(unit.now)?;
    store::calls::save(&mut unit.tx, &call, None).await?;
    unit.emit(Kind::CallEnded, Subject::Call, id.0, json!({}));
    Ok(call)
}

/// The call of an id.
pub async fn find(ctx: &Ctx, id: CallId) -> Result<Call, Error> {
    let mut tx = ctx.db().read().await?;
    store::calls::find(&mut tx, id).await?.ok_or(Error::NotFound("call"))
}
