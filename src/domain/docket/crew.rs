//! Who is on a job in hand: put on it, let off it, and on to the job that waits for them.

use super::{Docket, Waiting, alarms::KEPT};
use crate::domain::{
    alarms::AlarmKind,
    events::AssignmentReleased,
    ids::{AssignmentId, TechnicianId},
    jobs::JobState,
    offers::{Assignment, AssignmentStage, CrewRole, Offer, OfferStage, Progress, ReleaseCode, Slot, Via},
    reference::dispatch::Dispatch,
    refusal::{OfferRefused, Refusal, Unfit},
    span::Instant,
};

impl Docket {
    /// Puts the technician of an accepted offer on the job as the one who has it.
    pub(super) fn assign(
        &mut self,
        offer: &Offer,
        since: Instant,
        rules: &Dispatch,
    ) -> Result<Assignment, Refusal> {
        let assignment = self.put_on(offer, since)?;
        let look_at = self.now + self.watch_from(rules).first_look(JobState::Assigned);
        let job = self.is.job.clone();
        self.is.job = match job.state() {
            JobState::Offered | JobState::Accepted => job.assigned(self.now, look_at)?,
            _ => job.overridden(self.now, look_at)?,
        };
        self.resolve_all(KEPT);
        self.forget_bars();
        // Whoever has it now was told where it is.
        self.resolve(AlarmKind::PlaceChanged);
        Ok(assignment)
    }

    /// Puts the technician of an accepted offer on the job, whatever that makes of the job.
    pub(super) fn put_on(&mut self, offer: &Offer, since: Instant) -> Result<Assignment, Refusal> {
        let stage = self.free_place(offer.technician_id)?;
        let counts_from = self.counts_from(offer).min(since);
        let assignment = Assignment {
            id: self.id(),
            version: 1,
            job_id: offer.job_id,
            offer_id: offer.id,
            firm_id: offer.firm_id,
            technician_id: offer.technician_id,
            stage,
            assigned_at: since,
            counts_from,
            arrival_due_at: offer.arrival_promised_at(),
            progress: None,
            heard: self.perils().heard(),
        };
        self.is.assignments.push(assignment.clone());
        Ok(assignment)
    }

    /// From when the reports of whoever has accepted count by themselves (G-01). Where the desk writes down what was agreed on
    /// the telephone, they may have begun before: when they agreed, as far as the desk has said when that was.
    fn counts_from(&self, offer: &Offer) -> Instant {
        let vacant = || self.vacant_since(offer.role);
        match offer.stage {
            OfferStage::Accepted { at, acceptance } if acceptance.via == Via::Asked => at,
            OfferStage::Accepted { acceptance, .. } => acceptance.agreed_at.unwrap_or_else(vacant),
            _ => vacant(),
        }
    }

    /// Since when somebody may have agreed to take a place: the making of the job, or the release of whoever had that place
    /// before: the job's, or a helper's.
    fn vacant_since(&self, role: CrewRole) -> Instant {
        let made_at = self.is.job.created_at;
        let role_of = |one: &&Assignment| self.offer(one.offer_id).map(|asked| asked.role);
        let same = self.is.assignments.iter().filter(|one| role_of(one) == Some(role));
        same.filter_map(Assignment::released_at).max().unwrap_or(made_at).max(made_at)
    }

    /// Refuses what cannot have been agreed then: later than now, or before the place was vacant (G-01).
    pub(super) fn may_have_agreed(&self, at: Option<Instant>, role: CrewRole) -> Result<(), Refusal> {
        let since = self.vacant_since(role);
        match at {
            Some(at) if at > self.now => Err(Unfit::AgreedLater.into()),
            Some(at) if at < since => Err(Unfit::AgreedBefore(since).into()),
            _ => Ok(()),
        }
    }

    /// The technician's free place: the current one, or behind it the next one.
    fn free_place(&self, technician: TechnicianId) -> Result<AssignmentStage, Refusal> {
        match self.places_taken(technician) {
            0 => Ok(AssignmentStage::Current { since: self.now }),
            1 => Ok(AssignmentStage::Queued),
            _ => Err(OfferRefused::TechnicianBusy.into()),
        }
    }

    /// How many jobs a technician has, this one included.
    pub(super) fn places_taken(&self, technician: TechnicianId) -> usize {
        let all = self.is.assignments.iter().chain(&self.is.elsewhere);
        all.filter(|one| one.technician_id == technician && !one.is_over()).count()
    }

    /// Those who have this job behind another one that is over go on to it.
    pub fn go_on(&mut self) {
        let now = self.now;
        let busy: Vec<_> = self.is.elsewhere.iter().filter(|one| one.slot() == Slot::Current).collect();
        let busy: Vec<_> = busy.into_iter().map(|one| one.technician_id).collect();
        let mut goes = false;
        for one in &mut self.is.assignments {
            if one.stage == AssignmentStage::Queued && !busy.contains(&one.technician_id) {
                one.begin(now);
                goes = true;
            }
        }
        if goes {
            self.is.job = self.is.job.clone().look_again(now);
        }
    }

    /// Writes down where a technician was when they were last seen to move.
    pub fn seen_at(&mut self, id: AssignmentId, progress: Progress) {
        if let Some(one) = self.is.assignments.iter_mut().find(|one| one.id == id) {
            one.progress = Some(progress);
        }
    }

    /// Frees everybody who is on the job.
    pub fn release_all(&mut self, code: ReleaseCode) {
        let ids: Vec<_> = self.on_it().map(|one| one.id).collect();
        for id in ids {
            self.release(id, code);
        }
    }

    /// Frees one of those who are on the job. The job that waited for them is their current one, and they are expected
    /// to leave for it from now on; jobs nobody could be found for are looked at.
    pub(super) fn release(&mut self, id: AssignmentId, code: ReleaseCode) {
        let now = self.now;
        let Some(one) = self.is.assignments.iter_mut().find(|one| one.id == id) else { return };
        let (was, technician) = (one.slot(), one.technician_id);
        one.release(now, code);
        let event = AssignmentReleased { job: one.job_id, technician, code };
        if was == Slot::Current {
            let waits = |one: &&mut Assignment| {
                one.technician_id == technician && one.stage == AssignmentStage::Queued
            };
            if let Some(next) = self.is.elsewhere.iter_mut().find(waits) {
                next.begin(now);
                self.woken.insert(next.job_id);
            }
        }
        self.say(event);
        if self.window().is_none() && self.on_it().next().is_none() {
            self.resolve(AlarmKind::VisitOffDuty);
        }
        self.await_acknowledgements();
        if self.on_it().next().is_none() {
            // Nobody is left who would go to the wrong place.
            self.resolve(AlarmKind::PlaceChanged);
        }
        self.waiting = Waiting::LookedAt;
    }
}
