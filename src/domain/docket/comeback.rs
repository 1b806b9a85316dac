//! Somebody who was given up comes after all (decisions 0005, 0006). Without signal nobody hears that they have left;
//! their reports arrive late, and reality wins: while nobody else has accepted, the job is theirs again.

use super::Docket;
use crate::domain::{
    events::OfferAccepted,
    facts::{FieldRecord, FieldState, Guard, is_about},
    ids::AssignmentId,
    jobs::JobState,
    offers::{Addressee, Asked, Assignment, CrewRole, Offer, ReleaseCode, Via, WithdrawCode},
    reference::dispatch::Dispatch,
    refusal::Refusal,
    span::Instant,
};

impl Docket {
    /// Gives the job back to a technician who tells that they are on a job that was taken from them unheard, or back on
    /// one they had left, when nobody else has it.
    pub(super) fn reinstate(
        &mut self,
        before: AssignmentId,
        fold: &dyn Fn(&Guard) -> FieldRecord,
        rules: &Dispatch,
    ) -> Result<(), Refusal> {
        let Some(before) = self.is.assignments.iter().find(|one| one.id == before).cloned() else {
            return Ok(());
        };
        let may_return = before.release_code().is_some_and(may_come_back);
        let is_held = self.holding().is_some();
        if !before.is_over() || !may_return || is_held || !self.is_vacant_for(&before) {
            return Ok(());
        }
        // While nobody else has it, what they tell of the time since counts for whether they are there (G-01).
        let record = fold(&self.guard().if_still_on_it(before.technician_id));
        let Some(since) = came(&before, &self.is.assignments, &record) else { return Ok(()) };
        let Some(first) = self.offer(before.offer_id).cloned() else { return Ok(()) };
        if self.places_taken(before.technician_id) > 1 {
            // Both their places are taken: their reports are kept, the job stays on the ladder.
            return Ok(());
        }
        self.withdraw_open(WithdrawCode::TakenByOther)?;
        let asked = Asked {
            id: self.id(),
            job_id: self.is.job.id,
            decision_id: first.decision_id,
            firm_id: before.firm_id,
            technician_id: before.technician_id,
            addressee: Addressee::Technician,
            role: CrewRole::Lead,
            rank: self.next_rank(),
            round: self.is.job.round,
            rung: self.is.job.rung,
        };
        let offer = Offer::agreed(asked, self.now, Via::Asked, first.arrival_promised_at());
        self.is.offers.push(offer.clone());
        self.say(OfferAccepted::by_coming_back(&offer, &before));
        let back = self.assign(&offer, since.min(self.now), rules)?;
        self.heard_only(back.id, before.heard);
        Ok(())
    }

    /// Nobody else has it; a visit that is planned is their own.
    fn is_vacant_for(&self, before: &Assignment) -> bool {
        match self.is.job.state() {
            JobState::Unassigned | JobState::Offered | JobState::AwaitingReturn => true,
            JobState::Booked => {
                self.window().is_some_and(|window| window.technician_id == before.technician_id)
            }
            _ => false,
        }
    }
}

/// Since when the technician is on the job, as far as reports tell, when they tell that they came: they are there, or have
/// been there under the assignment that was taken from them.
fn came(before: &Assignment, all: &[Assignment], record: &FieldRecord) -> Option<Instant> {
    let told = record.technician(before.technician_id)?;
    let was_there = before.release_code().is_some_and(is_unheard)
        && is_about(before, all, told.since)
        && matches!(told.state, FieldState::AwaitingReturn | FieldState::NoAccess | FieldState::Left);
    (told.state.is_present() || told.state == FieldState::Done || was_there).then_some(told.since)
}

/// Releases that only meant that nothing was heard.
fn is_unheard(code: ReleaseCode) -> bool {
    matches!(
        code,
        ReleaseCode::NoShow | ReleaseCode::Stalled | ReleaseCode::TooLate | ReleaseCode::NotReachable
    )
}

fn may_come_back(code: ReleaseCode) -> bool {
    is_unheard(code) || code == ReleaseCode::VisitOver
}
