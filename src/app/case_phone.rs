//! The number of the resident of a case, told later or corrected: who is kept apart from it may be under way.

use super::{Command, Ctx, Error, Unit, blocks, standing};
use crate::{
    domain::{cases::Case, events, ids::CaseId, phone::Phone},
    store,
};

/// Keeps the resident's number, as the caller has seen the case at `seen`.
pub async fn correct(ctx: &Ctx, id: CaseId, seen: i64, command: Command<Phone>) -> Result<Case, Error> {
    let command = command.map(|phone| (id, seen, phone));
    ctx.transact(command, |unit, (id, seen, phone)| Box::pin(correct_in(unit, *id, *seen, phone))).await
}

async fn correct_in(unit: &mut Unit, id: CaseId, seen: i64, phone: &Phone) -> Result<Case, Error> {
    let case = store::cases::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("case"))?;
    if case.version != seen + 1 {
        return Err(Error::VersionMismatch { what: "case", current: case.version - 1 });
    }
    case.must_be_open()?;
    // By the number on file.
    let before = store::blocks::of_case(&mut unit.tx, id).await?;
    store::cases::save_phone(&mut unit.tx, id, phone).await?;
    unit.emit(events::CaseCorrected {
        case: id,
        liability_flag: case.liability_flag,
        eligibility: case.eligibility,
    });
    for blocked in before.iter() {
        standing::unblocked(unit, blocked).await?;
    }
    // What follows may look at the same jobs.
    unit.flush().await.map_err(Error::in_the_way)?;
    for blocked in store::blocks::of_case(&mut unit.tx, id).await?.iter() {
        // Whoever has looked at them by the number before looks again.
        blocks::touch(unit, blocked).await?;
        standing::blocked(unit, blocked).await?;
    }
    Ok(case)
}
