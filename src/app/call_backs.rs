//! Callers nobody had answered: called back until they are reached, call again, or three attempts have failed.

use serde::{Deserialize, Serialize};

use super::{Command, Ctx, Error, Unit, alarms};
use crate::{
    domain::{
        alarms::AlarmKind,
        calls::{Call, CallBack, CallBackOutcome, CallBackState},
        events,
        ids::CallId,
        phone::Phone,
    },
    store,
};

/// Calls settled at once when their number calls again, at most.
const SETTLED_MAX: i64 = 50;

/// An attempt, and the call after it.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Tried {
    /// The attempt.
    pub attempt: CallBack,
    /// The call.
    pub call: Call,
}

/// Records an attempt to call back.
pub async fn record(ctx: &Ctx, call: CallId, command: Command<CallBackOutcome>) -> Result<Tried, Error> {
    let command = command.map(|outcome| (call, outcome));
    ctx.transact(command, |unit, (call, outcome)| Box::pin(record_in(unit, *call, *outcome))).await
}

async fn record_in(unit: &mut Unit, id: CallId, outcome: CallBackOutcome) -> Result<Tried, Error> {
    let call = store::calls::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("call"))?;
    let known = store::calls::call_backs(&mut unit.tx, id).await?;
    let number = known.last().map_or(1, |last| last.number + 1);
    let call = call.called_back(number, outcome)?;
    let attempt = CallBack { number, outcome, at: unit.now };
    let by = unit.actor.token().map(|token| token.0);
    store::calls::insert_call_back(&mut unit.tx, id, &attempt, by).await?;
    unit.emit(events::CallBackTried { call: id, number, outcome });
    save(unit, &call).await?;
    Ok(Tried { attempt, call })
}

/// Somebody has called and was answered: nobody has to call back that number any more.
pub(super) async fn called_again(unit: &mut Unit, phone: &Phone) -> Result<(), Error> {
    for id in store::calls::due_of_number(&mut unit.tx, phone, SETTLED_MAX).await? {
        let Some(call) = store::calls::lock(&mut unit.tx, id).await? else { continue };
        if call.call_back == Some(CallBackState::Due) {
            save(unit, &call.called_again()?).await?;
        }
    }
    Ok(())
}

/// Writes a locked call; its alarm is silent once nobody has to call back.
async fn save(unit: &mut Unit, call: &Call) -> Result<(), Error> {
    store::calls::save(&mut unit.tx, call, None).await?;
    if call.call_back != Some(CallBackState::Due) {
        alarms::resolve(unit, AlarmKind::CallBackDue, call.id.0).await?;
        unit.emit(events::CallBackSettled { call: call.id, call_back: call.call_back });
    }
    Ok(())
}
