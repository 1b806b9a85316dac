//! Legal holds: while there is one, nothing of a case is erased, on request or by its time.

use super::{Command, Ctx, Error, Unit};
use crate::{
    domain::{events, ids::CaseId, refusal::CaseRefused, retention::HoldReason},
    store,
};

/// Has nothing of a case erased.
pub async fn place(ctx: &Ctx, case: CaseId, command: Command<HoldReason>) -> Result<(), Error> {
    let command = command.map(|reason| (case, reason));
    ctx.transact(command, |unit, (case, reason)| Box::pin(place_in(unit, *case, *reason))).await
}

async fn place_in(unit: &mut Unit, id: CaseId, reason: HoldReason) -> Result<(), Error> {
    guarded(unit, id).await?;
    if store::erasure::find(&mut unit.tx, id).await?.is_some() {
        return Err(Error::Refused(CaseRefused::Erased.into()));
    }
    if store::erasure::hold(&mut unit.tx, id).await?.is_some() {
        return Err(Error::Refused(CaseRefused::OnHoldAlready.into()));
    }
    store::erasure::place_hold(&mut unit.tx, id, reason, unit.now).await?;
    unit.emit(events::CaseHoldPlaced { case: id, reason });
    Ok(())
}

/// Lets what is kept of a case be erased again.
pub async fn lift(ctx: &Ctx, command: Command<CaseId>) -> Result<(), Error> {
    ctx.transact(command, |unit, case| Box::pin(lift_in(unit, *case))).await
}

async fn lift_in(unit: &mut Unit, id: CaseId) -> Result<(), Error> {
    guarded(unit, id).await?;
    if !store::erasure::lift_hold(&mut unit.tx, id).await? {
        return Err(Error::Refused(CaseRefused::NotOnHold.into()));
    }
    unit.emit(events::CaseHoldLifted { case: id });
    Ok(())
}

/// Whoever erases a case waits for whoever holds it, and the other way round.
async fn guarded(unit: &mut Unit, id: CaseId) -> Result<(), Error> {
    store::cases::guard(&mut unit.tx, id).await?.ok_or(Error::NotFound("case"))?;
    Ok(())
}
