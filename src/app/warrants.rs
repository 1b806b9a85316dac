//! Who answers for what a rule asks first.

use std::collections::BTreeSet;

use super::{Command, Ctx, Error, Unit, dockets};
use crate::{
    domain::{
        cases::Case,
        events,
        ids::CaseId,
        warrants::{OfCase, Warrant, Word, may_be_served},
    },
    store,
};

/// Records that whoever says so answers for it.
pub async fn record(ctx: &Ctx, case: CaseId, command: Command<Word>) -> Result<Warrant, Error> {
    let command = command.map(|word| (case, word));
    ctx.transact(command, |unit, (case, word)| Box::pin(record_in(unit, *case, word))).await
}

async fn record_in(unit: &mut Unit, id: CaseId, word: &Word) -> Result<Warrant, Error> {
    let case = store::cases::guard(&mut unit.tx, id).await?.ok_or(Error::NotFound("case"))?;
    let warrants = store::warrants::of_case(&mut unit.tx, id).await?;
    let (mut codes, mut referred): (Vec<_>, BTreeSet<_>) = Default::default();
    if word.reason.kind().is_of_codes() {
        let jobs = store::jobs::of_case(&mut unit.tx, id).await?;
        codes = jobs.into_iter().map(|job| job.job_code).collect();
        referred = store::job_file::marks(&mut unit.tx, id).await?.referred;
    }
    let known = OfCase { case: &case, warrants: &warrants, codes: &codes, referred: &referred };
    let warrant = Warrant::of(word, known, &unit.ctx.reference(), unit.now, unit.actor.token())?;
    store::warrants::insert(&mut unit.tx, &warrant).await.map_err(Error::in_the_way)?;
    unit.emit(events::CaseWarranted { case: id, reason: warrant.reason });
    if warrant.kind.is_of_service() {
        found_out(unit, &case).await?;
    }
    Ok(warrant)
}

/// A case, with what somebody answers for in it where that bears on whether anybody is sent.
async fn entitled(unit: &mut Unit, id: CaseId) -> Result<(Case, Vec<Warrant>), Error> {
    let case = store::cases::find(&mut unit.tx, id).await?.ok_or(Error::NotFound("case"))?;
    let warrants = match may_be_served(&case, &[]) {
        Ok(()) => Vec::new(),
        Err(_) => store::warrants::of_case(&mut unit.tx, id).await?,
    };
    Ok((case, warrants))
}

/// Refuses to send anybody for who is not entitled before somebody has said why.
pub(super) async fn must_be_served(unit: &mut Unit, id: CaseId) -> Result<(), Error> {
    let (case, warrants) = entitled(unit, id).await?;
    Ok(may_be_served(&case, &warrants)?)
}

/// Whether anybody may be sent.
pub(super) async fn is_served(unit: &mut Unit, id: CaseId) -> Result<bool, Error> {
    let (case, warrants) = entitled(unit, id).await?;
    Ok(may_be_served(&case, &warrants).is_ok())
}

/// Something was found out about whether the resident of a locked case is entitled: its jobs go on, or wait for who answers for
/// it.
pub(super) async fn found_out(unit: &mut Unit, case: &Case) -> Result<(), Error> {
    let warrants = store::warrants::of_case(&mut unit.tx, case.id).await?;
    for mut docket in dockets::of_case(unit, case.id.0).await? {
        docket.found_out(case, &warrants)?;
        dockets::close(unit, docket).await?;
        // One may look at jobs of which another one writes.
        unit.writes.then();
    }
    Ok(())
}
