//! Holds and frees the jobs of a case, as its dangers and identity plans are now.

use super::{Error, Unit, dockets};
use crate::domain::{dangers::CaseHazard, docket::Docket, ids::CaseId, jobs::Job};

/// Holds or frees every unfinished job of a locked case whose dangers have become these.
pub(super) async fn apply_to_case(
    unit: &mut Unit,
    case: CaseId,
    dangers: &[CaseHazard],
) -> Result<Vec<Job>, Error> {
    let mut jobs = Vec::new();
    for mut docket in dockets::of_case(unit, case.0).await? {
        docket.know_dangers(dangers.to_vec());
        jobs.push(apply(unit, docket).await?);
    }
    Ok(jobs)
}

/// Holds or frees a job in hand.
pub(super) async fn apply(unit: &mut Unit, mut docket: Docket) -> Result<Job, Error> {
    let reference = unit.ctx.reference();
    docket.apply_holds(reference.hazards(), reference.dispatch())?;
    Ok(dockets::close(unit, docket).await?.job)
}
