//! Callers handed over to 119, 110 or the gas company, with the clocks of it.

use super::{Command, Ctx, Error, Unit};
use crate::{
    domain::{
        emergencies::{EmergencyService, Handover, HandoverOutcome},
        events::{self, Event},
        ids::{CallId, HandoverId},
        refusal::{CallRefused, Refusal},
        span::Instant,
    },
    store,
};

/// Hand-overs of one call at most.
const HANDOVERS_MAX: usize = 20;

/// Begins to hand a caller over.
pub async fn begin(ctx: &Ctx, call: CallId, command: Command<EmergencyService>) -> Result<Handover, Error> {
    let command = command.map(|service| (call, service));
    ctx.transact(command, |unit, (call, service)| Box::pin(begin_in(unit, *call, *service))).await
}

async fn begin_in(unit: &mut Unit, call: CallId, service: EmergencyService) -> Result<Handover, Error> {
    store::calls::lock(&mut unit.tx, call).await?.ok_or(Error::NotFound("call"))?;
    let before = store::emergencies::of_call(&mut unit.tx, call).await?;
    if before.iter().any(|one| one.service == service && one.ended_at.is_none()) {
        return Err(Error::Refused(CallRefused::HandoverUnderWay.into()));
    }
    if before.len() >= HANDOVERS_MAX {
        return Err(Error::Refused(CallRefused::TooManyHandovers.into()));
    }
    let handover = Handover {
        id: unit.id(),
        call_id: call,
        service,
        begun_at: unit.now,
        connected_at: None,
        ended_at: None,
        outcome: None,
    };
    let by = unit.actor.token().map(|token| token.0);
    store::emergencies::insert(&mut unit.tx, &handover, by).await?;
    unit.emit(events::HandoverBegun::from(&handover));
    Ok(handover)
}

/// They are on the line.
pub async fn connect(ctx: &Ctx, command: Command<HandoverId>) -> Result<Handover, Error> {
    ctx.transact(command, |unit, id| {
        let happened = |now: &Handover| events::HandoverConnected::from(now).into();
        Box::pin(advance(unit, *id, happened, Handover::connected))
    })
    .await
}

/// It is over; where they were never on the line, with what became of the caller.
pub async fn end(
    ctx: &Ctx,
    id: HandoverId,
    command: Command<Option<HandoverOutcome>>,
) -> Result<Handover, Error> {
    let command = command.map(|outcome| (id, outcome));
    ctx.transact(command, |unit, (id, outcome)| {
        let outcome = *outcome;
        let happened = |now: &Handover| events::HandoverEnded::from(now).into();
        Box::pin(advance(unit, *id, happened, move |begun, now| begun.ended(outcome, now)))
    })
    .await
}

async fn advance(
    unit: &mut Unit,
    id: HandoverId,
    happened: fn(&Handover) -> Event,
    step: impl FnOnce(Handover, Instant) -> Result<Handover, Refusal> + Send,
) -> Result<Handover, Error> {
    let missing = || Error::NotFound("emergency hand-over");
    let call = store::emergencies::call_of(&mut unit.tx, id).await?.ok_or_else(missing)?;
    // The call's lock is the hand-over's.
    store::calls::lock(&mut unit.tx, call).await?.ok_or_else(missing)?;
    let all = store::emergencies::of_call(&mut unit.tx, call).await?;
    let handover = all.into_iter().find(|one| one.id == id).ok_or_else(missing)?;
    let handover = step(handover, unit.now)?;
    store::emergencies::save(&mut unit.tx, &handover).await?;
    unit.emit(happened(&handover));
    Ok(handover)
}
