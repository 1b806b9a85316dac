//! Holds and frees the jobs of a case, as its dangers and identity plans are now.

use super::{Error, Unit, dockets};
use crate::{
    domain::{dangers::CaseHazard, ids::CaseId, jobs::Job},
    store,
};

/// Holds or frees every job of a locked case whose dangers have become these.
pub(super) async fn apply_to_case(
    unit: &mut Unit,
    case: CaseId,
    dangers: &[CaseHazard],
) -> Result<Vec<Job>, Error> {
    let mut dockets = dockets::of_case(unit, case.0).await?;
    let before: Vec<_> = dockets.iter().map(|docket| docket.job().version).collect();
    for docket in &mut dockets {
        docket.know_dangers(dangers.to_vec());
        docket.apply_holds()?;
    }
    let known = dockets::close_all(unit, dockets).await?;
    let jobs: Vec<_> = known.into_iter().map(|known| known.job).collect();
    let is_untouched = |(job, version): &(&Job, i64)| !job.state().is_final() && job.version == *version;
    for (job, _) in jobs.iter().zip(before).filter(is_untouched) {
        // Nothing of it changes but what whoever is sent from now on has heard: who was looked at before is looked at again.
        store::jobs::claim(&mut unit.writes, job);
    }
    Ok(jobs)
}
