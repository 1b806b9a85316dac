//! Somebody who was given up comes after all. Without signal nobody hears that he has left; his reports arrive late,
//! and reality wins: while nobody else has accepted, the job is his again.

use super::{Error, Unit, offers};
use crate::{
    domain::{
        events,
        facts::{FieldRecord, FieldState},
        jobs::{Job, JobState},
        offers::{Addressee, Assignment, CrewRole, Offer, OfferState, ReleaseCode, Slot, Via, WithdrawCode},
        span::Instant,
    },
    store,
};

/// Releases that only meant: he was not heard of.
const NOT_HEARD_OF: &[ReleaseCode] =
    &[ReleaseCode::NoShow, ReleaseCode::Stalled, ReleaseCode::TooLate, ReleaseCode::NotReachable];

/// The new assignment of a technician who tells that he is on a job that was taken from him unheard, or back on one he
/// had left, when nobody else has it.
pub(super) async fn reinstate(
    unit: &mut Unit,
    job: &Job,
    before: &Assignment,
    record: &FieldRecord,
) -> Result<Option<Assignment>, Error> {
    let Some(since) = came(before, record) else { return Ok(None) };
    if before.slot != Slot::Released || !may_come_back(before) || !is_vacant(unit, job, before).await? {
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
        role: CrewRole::Lead,
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
    unit.emit(events::OfferAccepted {
        job: offer.job_id,
        offer: offer.id,
        firm: offer.firm_id,
        technician: offer.technician_id,
        assignment: None,
        via: None,
        naming_due_at: None,
        comeback_of: Some(before.id),
    });
    let since = since.min(unit.now);
    offers::assign_since(unit, job.clone(), &offer, since).await.map(Some)
}

/// Since when the technician is on the job, as far as facts tell, when they tell that he came: he is there, or he has been
/// there under the assignment that was taken from him.
fn came(before: &Assignment, record: &FieldRecord) -> Option<Instant> {
    let told = record.technician(before.technician_id)?;
    let was_there = is_unheard(before)
        && told.since >= before.assigned_at
        && matches!(told.state, FieldState::AwaitingReturn | FieldState::NoAccess | FieldState::Left);
    (told.state.is_present() || told.state == FieldState::Done || was_there).then_some(told.since)
}

fn is_unheard(before: &Assignment) -> bool {
    before.release_code.is_some_and(|code| NOT_HEARD_OF.contains(&code))
}

fn may_come_back(before: &Assignment) -> bool {
    is_unheard(before) || before.release_code == Some(ReleaseCode::VisitOver)
}

/// Nobody else has it; a visit that is planned is his own.
async fn is_vacant(unit: &mut Unit, job: &Job, before: &Assignment) -> Result<bool, Error> {
    match job.state {
        JobState::Unassigned | JobState::Offered | JobState::AwaitingReturn => Ok(true),
        JobState::Booked => {
            let window = store::windows::of_job(&mut unit.tx, job.id).await?;
            Ok(window.is_some_and(|window| window.technician_id == before.technician_id))
        }
        _ => Ok(false),
    }
}
