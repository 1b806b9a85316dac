//! Who answers for what a rule asks first.

use super::{Command, Ctx, Error, Unit, dockets};
use crate::{
    domain::{
        cases::{Case, CaseState},
        events,
        ids::CaseId,
        refusal::CaseRefused,
        warrants::{OF_CASE_MAX, Warrant, WarrantKind, WarrantReason, may_be_served},
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
    if warrant.kind == WarrantKind::Goodwill {
        found_out(unit, &case).await?;
    }
    Ok(warrant)
}

/// Refuses to send anybody for who is not entitled before somebody has said why.
pub(super) async fn must_be_served(unit: &mut Unit, id: CaseId) -> Result<(), Error> {
    let case = store::cases::find(&mut unit.tx, id).await?.ok_or(Error::NotFound("case"))?;
    if may_be_served(&case, &[]).is_ok() {
        return Ok(());
    }
    Ok(may_be_served(&case, &store::warrants::of_case(&mut unit.tx, id).await?)?)
}

/// Whether anybody may be sent.
pub(super) async fn is_served(unit: &mut Unit, id: CaseId) -> Result<bool, Error> {
    match must_be_served(unit, id).await {
        Ok(()) => Ok(true),
        Err(Error::Refused(_)) => Ok(false),
        Err(other) => Err(other),
    }
}

/// Something was found out about whether the resident of a locked case is entitled: its jobs go on, or wait for who answers for
/// it.
pub(super) async fn found_out(unit: &mut Unit, case: &Case) -> Result<(), Error> {
    let known = store::warrants::of_case(&mut unit.tx, case.id).await?;
    let is_served = may_be_served(case, &known).is_ok();
    let again = unit.now + unit.ctx.reference().dispatch().held_reminder;
    for mut docket in dockets::of_case(unit, case.id.0).await? {
        if is_served {
            docket.warranted()
        } else {
            docket.await_warrant(again)?
        }
        dockets::close(unit, docket).await?;
        // One may look at jobs of which another one writes.
        unit.writes.then();
    }
    Ok(())
}
