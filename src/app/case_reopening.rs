//! A closed case opened again: somebody calls who was told it is over.

use super::{Command, Ctx, Error, Unit};
use crate::{
    domain::{
        cases::{Case, ReopenReason},
        events,
        ids::CaseId,
        refusal::CaseRefused,
    },
    store,
};

/// Opens a closed case again; one that was erased is over for good.
pub async fn reopen(ctx: &Ctx, case: CaseId, command: Command<ReopenReason>) -> Result<Case, Error> {
    let command = command.map(|reason| (case, reason));
    ctx.transact(command, |unit, (case, reason)| Box::pin(reopen_in(unit, *case, *reason))).await
}

/// The same in a unit of work.
pub(super) async fn reopen_in(unit: &mut Unit, id: CaseId, reason: ReopenReason) -> Result<Case, Error> {
    let case = store::cases::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("case"))?.reopened()?;
    if store::erasure::find(&mut unit.tx, id).await?.is_some() {
        return Err(Error::Refused(CaseRefused::Erased.into()));
    }
    store::cases::save(&mut unit.tx, &case).await?;
    store::cases::note_reopening(&mut unit.tx, id, unit.now).await?;
    unit.emit(events::CaseReopened { case: id, reason });
    Ok(case)
}
