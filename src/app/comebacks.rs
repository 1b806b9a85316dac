//! Somebody who was given up comes after all. Without signal nobody hears that he has left; his reports arrive late,
//! and reality wins: while nobody else has accepted, the job is his again.

use super::{Error, Unit, offers};
use crate::{
    domain::{
        event::Kind,
        jobs::{Job, JobState},
        offers::{Addressee, Assignment, Offer, OfferState, Slot, Via, WithdrawCode},
    },
    store,
};

/// Releases that only meant: he was not heard of.
const NOT_HEARD_OF: &[&str] = &["no_show", "stalled", "too_late", "not_reachable"];

/// The new assignment of a technician who reports from a job that was taken from him unheard, when nobody else has it.
pub(super) async fn reinstate(
    unit: &mut Unit,
    job: &Job,
    before: &Assignment,
) -> Result<Option<Assignment>, Error> {
    let unheard = before.slot == Slot::Released
        && before.release_code.as_deref().is_some_and(|code| NOT_HEARD_OF.contains(&code));
    let vacant = matches!(job.state, JobState::Unassigned | JobState::Offered);
    if !(unheard && vacant) {
        return Ok(None);
    }
    if store::assignments::of_technician(&mut unit.tx, before.technician_id).await?.len() > 1 {
        // Both his places are taken: his reports are kept, the job stays on the ladder.
        return Ok(None);
    }
    offers::withdraw_open(unit, job.id, WithdrawCode::TakenByOther).await?;
    let asked = store::offers::of_job(&mut unit.tx, job.id).await?;
    let Some(first) = asked.iter().find(|offer| offer.id == before.offer_id) else { return Ok(None) };
    let offer = Offer {
        id: unit.id(),
        version: 1,
        addressee: Addressee::Technician,
        rank: i64::try_from(asked.len()).unwrap_or(i64::MAX).saturating_add(1),
        round: job.round,
        rung: job.rung,
        state: OfferState::Accepted,
        offered_at: unit.now,
        deadline: unit.now,
        answered_at: Some(unit.now),
        decline_code: None,
        answered_via: Some(Via::Asked),
        withdraw_code: None,
        naming_due_at: None,
        technician_id: before.technician_id,
        ..first.clone()
    };
    store::offers::insert(&mut unit.tx, &offer).await.map_err(Error::in_the_way)?;
    offers::emit(unit, Kind::OfferAccepted, &offer, serde_json::json!({ "comeback_of": before.id }));
    offers::assign(unit, job.clone(), &offer).await.map(Some)
}
