//! Who answers for what a rule asks first.

use super::{Command, Ctx, Error, Unit};
use crate::{
    domain::{
        cases::CaseState,
        events,
        ids::CaseId,
        refusal::CaseRefused,
        warrants::{OF_CASE_MAX, Warrant, WarrantReason},
    },
    store,
};

/// Records that whoever says so answers for it.
pub async fn record(ctx: &Ctx, case: CaseId, command: Command<WarrantReason>) -> Result<Warrant, Error> {
    let command = command.map(|reason| (case, reason));
    ctx.transact(command, |unit, (case, reason)| Box::pin(record_in(unit, *case, *reason))).await
}

async fn record_in(unit: &mut Unit, id: CaseId, reason: WarrantReason) -> Result<Warrant, Error> {
    let case = store::cases::guard(&mut unit.tx, id).await?.ok_or(Error::NotFound("case"))?;
    if case.state == CaseState::Closed {
        return Err(Error::Refused(CaseRefused::Closed.into()));
    }
    let known = store::warrants::of_case(&mut unit.tx, id).await?;
    if known.len() >= OF_CASE_MAX {
        return Err(Error::Refused(CaseRefused::TooManyWarrants.into()));
    }
    let warrant = Warrant {
        case_id: id,
        number: known.last().map_or(1, |last| last.number + 1),
        kind: reason.kind(),
        reason,
        at: unit.now,
        recorded_by: unit.actor.token(),
    };
    store::warrants::insert(&mut unit.tx, &warrant).await.map_err(Error::in_the_way)?;
    unit.emit(events::CaseWarranted { case: id, reason });
    Ok(warrant)
}
