//! Somebody who was given up comes after all (decisions 0005, 0006). Without signal nobody hears that they have left;
//! their reports arrive late, and reality wins: while nobody else has accepted, the job is theirs again.

use super::{Docket, Told};
use crate::domain::{
    alarms::AlarmKind,
    events::OfferAccepted,
    facts::{Fact, FieldRecord, FieldState, Flag, FlagCode, TechnicianAtSite, is_about},
    ids::AssignmentId,
    jobs::JobState,
    offers::{Addressee, Asked, Assignment, CrewRole, Offer, ReleaseCode, Via, WithdrawCode, Yes},
    reference::dispatch::Dispatch,
    refusal::Refusal,
};

impl Docket {
    /// Whose job it would be again, if they tell that they came: it was taken from them unheard, or they had left it, and
    /// nobody else has it.
    #[must_use]
    pub fn who_may_return(&self, before: AssignmentId) -> Option<&Assignment> {
        let before = self.is.assignments.iter().find(|one| one.id == before)?;
        let may_return = before.release_code().is_some_and(may_come_back);
        (may_return && self.is_vacant_for(before)).then_some(before)
    }

    /// Gives the job back to a technician who tells that they are on a job that was taken from them unheard, or back on
    /// one they had left, when nobody else has it. Where something holds the job, that is so only of a visit that was over
    /// before that was known (G-08), and never of whoever must not be sent (G-17): a person is told that they are there.
    pub(super) fn reinstate(&mut self, told: Told<'_>, rules: &Dispatch) -> Result<(), Refusal> {
        let Some(before) = self.who_may_return(told.assignment).cloned() else { return Ok(()) };
        // While nobody else has it, what they tell of the time since counts for whether they are there (G-01).
        let record = (told.fold)(&self.guard().if_still_on_it(before.technician_id));
        let came = came(&before, &self.is.assignments, &record).filter(|_| is_told(told.recorded, &record));
        let Some(came) = came else { return Ok(()) };
        let is_held = self.holding().is_some();
        let may_go = told.fitness.is_some_and(|fitness| fitness.must_not_forbid().is_ok());
        let is_in_danger = is_held && (came.state.is_present() || self.perils().forbid_work_at(came.since));
        if !may_go || is_in_danger {
            self.raise(AlarmKind::DoubtfulReport);
            return Ok(());
        }
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
        let yes = Yes { arrival_at: first.arrival_promised_at(), agreed_at: None };
        let offer = Offer::agreed(asked, self.now, Via::Asked, yes);
        self.is.offers.push(offer.clone());
        self.say(OfferAccepted::by_coming_back(&offer, &before));
        let since = came.since.min(self.now);
        if is_held {
            // Their visit is over: the job stays held, or is done.
            let back = self.put_on(&offer, since)?;
            self.heard_only(back.id, before.heard);
            return Ok(());
        }
        let back = self.assign(&offer, since, rules)?;
        self.heard_only(back.id, before.heard);
        self.warn_crew();
        Ok(())
    }

    /// Nobody else has it; a visit that is planned is their own.
    fn is_vacant_for(&self, before: &Assignment) -> bool {
        match self.is.job.state() {
            JobState::Unassigned
            | JobState::NoCoverage
            | JobState::Held
            | JobState::Offered
            | JobState::AwaitingReturn => true,
            JobState::Booked => {
                self.window().is_some_and(|window| window.technician_id == before.technician_id)
            }
            JobState::Accepted
            | JobState::Assigned
            | JobState::EnRoute
            | JobState::OnSite
            | JobState::Working
            | JobState::Paused
            | JobState::Completed
            | JobState::Cancelled => false,
        }
    }
}

/// Where the technician is, and since when, as far as reports tell, when they tell that they came: they are there, or have
/// been there under the assignment that was taken from them.
fn came(before: &Assignment, all: &[Assignment], record: &FieldRecord) -> Option<TechnicianAtSite> {
    let told = record.technician(before.technician_id)?;
    let was_there = before.release_code().is_some_and(is_unheard)
        && is_about(before, all, told.since)
        && matches!(told.state, FieldState::AwaitingReturn | FieldState::NoAccess | FieldState::Left);
    (told.state.is_present() || told.state == FieldState::Done || was_there).then_some(told)
}

/// Whether what is new says so, and counts: what was known before gives nobody the job again, whatever else is told since.
fn is_told(recorded: &[Fact], record: &FieldRecord) -> bool {
    let is_doubtful = |fact: &Fact| {
        let own = |flag: &&Flag| flag.fact_id == Some(fact.id);
        record
            .flags
            .iter()
            .filter(own)
            .any(|flag| flag.code.keeps_out() || flag.code == FlagCode::MissingStart)
    };
    recorded.iter().any(|fact| fact.what.tells_of_coming() && !is_doubtful(fact))
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
