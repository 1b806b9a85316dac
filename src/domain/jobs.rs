//! Jobs: one dispatch order (出動) each.

mod actions;
mod allowed;
mod check;
mod codes;
mod flat;
mod hold;
mod ordering;
mod stage;
#[cfg(test)]
pub(crate) mod tests;

use serde::{Deserialize, Serialize};

use super::{
    ids::{CaseId, JobId},
    refusal::{JobRefused, Refusal},
    span::Instant,
    trade::{Priority, Trade},
};

pub use self::{
    actions::Action,
    allowed::{Around, CREW_MAX},
    codes::{CancelReason, JobState},
    flat::FlatJob,
    hold::Hold,
    ordering::{Orderer, Wish},
    stage::{Ending, JobStage, Step},
};

/// Highest round of the ladder.
const ROUND_MAX: i64 = 1_000_000;

/// What is ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// What is to be done, as in `W-TOILET-CLOG`.
    pub job_code: String,
    /// Which trade does it.
    pub trade: Trade,
    /// How urgent it is.
    pub priority: Priority,
}

/// A job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "FlatJob", into = "FlatJob")]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// Its version, as in the ETag.
    pub version: i64,
    /// The case it belongs to.
    pub case_id: CaseId,
    /// What is to be done, as in `W-TOILET-CLOG`.
    pub job_code: String,
    /// Which trade does it.
    pub trade: Trade,
    /// How urgent it is.
    pub priority: Priority,
    /// Where it is.
    pub stage: JobStage,
    /// Since when it is in that state.
    pub state_since: Instant,
    /// Round of the ladder, from 1: a new one begins when everybody has been asked.
    pub round: i64,
    /// Rung of the ladder, from 0.
    pub rung: i64,
    /// When it was made.
    pub created_at: Instant,
    /// The job whose work it does again (C-14).
    pub rework_of: Option<JobId>,
}

impl Job {
    /// A new job, looked at first at `wake_at`. Its first version is written when it is decided whether it is held.
    #[must_use]
    pub fn new(id: JobId, case_id: CaseId, what: Order, now: Instant, wake_at: Instant) -> Self {
        Self {
            id,
            version: 0,
            case_id,
            job_code: what.job_code,
            trade: what.trade,
            priority: what.priority,
            stage: JobStage::InHand { step: Step::Unassigned, wake_at },
            state_since: now,
            round: 1,
            rung: 0,
            created_at: now,
            rework_of: None,
        }
    }

    /// The job that does the work of another one again (C-14).
    #[must_use]
    pub fn again(self, first: JobId) -> Self {
        Self { rework_of: Some(first), ..self }
    }

    /// Whether its case cannot be closed: whoever closes it ends the wait for a firm that serves its place (K-04).
    #[must_use]
    pub fn keeps_its_case_open(&self) -> bool {
        !self.state().is_final() && self.state() != JobState::NoCoverage
    }

    /// Whether none of the others is under way any more.
    #[must_use]
    pub fn is_last_of(&self, jobs: &[Self]) -> bool {
        !jobs.iter().any(|job| job.id != self.id && !job.state().is_final())
    }

    /// The job that nobody is on, and nobody may be asked for; a human is reminded at `remind_at`.
    pub fn held(self, hold: Hold, now: Instant, remind_at: Instant) -> Result<Self, Refusal> {
        if self.state().is_final() {
            return Err(JobRefused::CannotHold(self.state()).into());
        }
        Ok(self.entered(Step::Held(hold), now, remind_at))
    }

    /// The job as those see it who may not know what holds it: nobody is on it.
    #[must_use]
    pub fn without_hold(self) -> Self {
        match self.stage {
            JobStage::InHand { step: Step::Held(_), wake_at } => {
                Self { stage: JobStage::InHand { step: Step::Unassigned, wake_at }, ..self }
            }
            _ => self,
        }
    }

    /// The held job set free: it is looked at now.
    pub fn cleared(self, now: Instant) -> Result<Self, Refusal> {
        self.must_be(&[JobState::Held], JobRefused::CannotClear)?;
        Ok(self.entered(Step::Unassigned, now, now))
    }

    /// The same of one that waits for another visit: a person is asked now who comes when.
    pub fn cleared_between_visits(self, now: Instant) -> Result<Self, Refusal> {
        self.must_be(&[JobState::Held], JobRefused::CannotClear)?;
        Ok(self.entered(Step::AwaitingReturn, now, now))
    }

    /// The job with a planned visit; somebody is asked at `ask_at`.
    pub fn booked(self, now: Instant, ask_at: Instant) -> Result<Self, Refusal> {
        Action::Book.check(self.state())?;
        Ok(self.anew().entered(Step::Booked, now, ask_at))
    }

    /// The job with somebody asked until `deadline`.
    pub fn offered(self, now: Instant, deadline: Instant) -> Result<Self, Refusal> {
        let allowed = [JobState::Unassigned, JobState::NoCoverage, JobState::Booked];
        self.must_be(&allowed, JobRefused::CannotAskFor)?;
        Ok(self.entered(Step::Offered, now, deadline))
    }

    /// The job with nobody asked; the ladder looks at it again at `wake_at`.
    pub fn unassigned(self, now: Instant, wake_at: Instant) -> Result<Self, Refusal> {
        if self.state().is_final() || self.state() == JobState::Held {
            return Err(JobRefused::CannotOfferAnew(self.state()).into());
        }
        Ok(self.entered(Step::Unassigned, now, wake_at))
    }

    /// The job accepted by a firm that names its technician by `deadline`.
    pub fn accepted(self, now: Instant, deadline: Instant) -> Result<Self, Refusal> {
        self.must_be(&[JobState::Offered], JobRefused::CannotAccept)?;
        Ok(self.entered(Step::Accepted, now, deadline))
    }

    /// The job with somebody who goes; whether he does is looked at from `look_at`.
    pub fn assigned(self, now: Instant, look_at: Instant) -> Result<Self, Refusal> {
        self.must_be(&[JobState::Offered, JobState::Accepted], JobRefused::CannotAccept)?;
        Ok(self.entered(Step::Assigned { warned_at: None }, now, look_at))
    }

    /// The job given to somebody by a person's decision, past the ladder. What is held stays held.
    pub fn overridden(self, now: Instant, look_at: Instant) -> Result<Self, Refusal> {
        Action::Override.check(self.state())?;
        Ok(self.entered(Step::Assigned { warned_at: None }, now, look_at))
    }

    /// The job that no firm serves; whether one does by then is looked at again at `wake_at`.
    pub fn uncovered(self, now: Instant, wake_at: Instant) -> Result<Self, Refusal> {
        self.must_be(&[JobState::Unassigned, JobState::NoCoverage], JobRefused::CannotGiveUp)?;
        Ok(self.entered(Step::NoCoverage, now, wake_at))
    }

    /// The job called off.
    pub fn cancelled(self, now: Instant) -> Result<Self, Refusal> {
        Action::Cancel.check(self.state())?;
        Ok(self.over(Ending::Cancelled, now, now))
    }

    /// The job as its facts tell, looked at again at `look_at`; they tell when it was completed once it is. Facts describe
    /// what happened, so they are never refused by a state: work that was done is done, whatever the job has waited for since.
    #[must_use]
    pub fn told(
        self,
        state: JobState,
        completed_at: Option<Instant>,
        now: Instant,
        look_at: Instant,
    ) -> Self {
        let is_told = match self.state() {
            JobState::Cancelled => false,
            JobState::Completed => true,
            state => state.is_in_the_field() || completed_at.is_some(),
        };
        if !is_told {
            return self;
        }
        match (completed_at, Step::plain(state)) {
            (Some(completed_at), _) => self.over(Ending::Completed, now, completed_at),
            // What is done stays done; whether its end counts is a question of money then.
            (None, _) if self.state() == JobState::Completed => self,
            (None, Some(step)) if state != self.state() => self.entered(step, now, look_at),
            (None, _) => self,
        }
    }

    /// The job looked at again at `at`, unless it is over.
    #[must_use]
    pub fn look_again(mut self, at: Instant) -> Self {
        if let JobStage::InHand { wake_at, .. } = &mut self.stage {
            *wake_at = at;
        }
        self
    }

    /// The job whose contractor is warned of being late, where somebody is expected to come; looked at again at `again`,
    /// when somebody else is sent if the warning has changed nothing.
    #[must_use]
    pub fn warned(mut self, now: Instant, again: Instant) -> Self {
        if let JobStage::InHand { step: Step::Assigned { warned_at } | Step::EnRoute { warned_at }, .. } =
            &mut self.stage
        {
            *warned_at = Some(now);
        }
        self.look_again(again)
    }

    /// A return visit that is planned begins a new round of the ladder: whoever was there may be asked again.
    fn anew(self) -> Self {
        if self.state() == JobState::AwaitingReturn { self.next_round() } else { self }
    }

    /// The job in the next round of the ladder, which begins at its first rung.
    #[must_use]
    pub fn next_round(self) -> Self {
        Self { round: (self.round + 1).min(ROUND_MAX), rung: 0, ..self }
    }

    fn entered(self, step: Step, now: Instant, wake_at: Instant) -> Self {
        self.at(JobStage::InHand { step, wake_at }, now)
    }

    fn over(self, ending: Ending, now: Instant, closed_at: Instant) -> Self {
        self.at(JobStage::Over { ending, closed_at }, now)
    }

    fn at(self, stage: JobStage, now: Instant) -> Self {
        let state_since = if stage.state() == self.state() { self.state_since } else { now };
        Self { stage, state_since, ..self }
    }

    fn must_be(&self, allowed: &[JobState], refused: fn(JobState) -> JobRefused) -> Result<(), Refusal> {
        if allowed.contains(&self.state()) { Ok(()) } else { Err(refused(self.state()).into()) }
    }
}
