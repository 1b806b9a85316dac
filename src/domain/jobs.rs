//! Jobs: one dispatch order (出動) each.

mod actions;
mod check;
mod codes;
mod hold;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    ids::{CaseId, JobId},
    refusal::{JobRefused, Refusal},
    span::Instant,
    trade::{Priority, Trade},
};

pub use self::{
    actions::Action,
    codes::{CancelReason, JobState},
    hold::Hold,
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
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
    pub state: JobState,
    /// Since when.
    pub state_since: DateTime<Utc>,
    /// What holds it: a hazard as in `H-GAS`, or `identity`.
    #[schema(value_type = Option<String>)]
    pub hold: Option<Hold>,
    /// When it is looked at again; absent only when nothing more will happen.
    pub wake_at: Option<DateTime<Utc>>,
    /// When its contractor was last warned of being late; somebody else is sent when the warning changes nothing.
    pub warned_at: Option<DateTime<Utc>>,
    /// Round of the ladder, from 1: a new one begins when everybody has been asked.
    pub round: i64,
    /// Rung of the ladder, from 0.
    pub rung: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was finished or called off.
    pub closed_at: Option<DateTime<Utc>>,
    /// The job whose work it does again (C-14).
    pub rework_of: Option<JobId>,
}

impl Job {
    /// A new job, looked at first at `wake_at`.
    #[must_use]
    pub fn new(id: JobId, case_id: CaseId, what: Order, now: Instant, wake_at: Instant) -> Self {
        Self {
            id,
            version: 1,
            case_id,
            job_code: what.job_code,
            trade: what.trade,
            priority: what.priority,
            state: JobState::Unassigned,
            state_since: now,
            hold: None,
            wake_at: Some(wake_at),
            warned_at: None,
            round: 1,
            rung: 0,
            created_at: now,
            closed_at: None,
            rework_of: None,
        }
    }

    /// The job that nobody may be asked for; a human is reminded at `remind_at`.
    pub fn held(self, hold: Hold, now: Instant, remind_at: Instant) -> Result<Self, Refusal> {
        self.must_be(
            &[JobState::Unassigned, JobState::Held, JobState::Offered, JobState::Booked],
            JobRefused::CannotHold,
        )?;
        Ok(Self { hold: Some(hold), ..self.entered(JobState::Held, now, remind_at) })
    }

    /// The held job set free: it is looked at now.
    pub fn cleared(self, now: Instant) -> Result<Self, Refusal> {
        self.must_be(&[JobState::Held], JobRefused::CannotClear)?;
        Ok(Self { hold: None, ..self.entered(JobState::Unassigned, now, now) })
    }

    /// The job with a planned visit; somebody is asked at `ask_at`.
    pub fn booked(self, now: Instant, ask_at: Instant) -> Result<Self, Refusal> {
        Action::Book.check(self.state)?;
        Ok(self.anew().entered(JobState::Booked, now, ask_at))
    }

    /// The job with somebody asked until `deadline`.
    pub fn offered(self, now: Instant, deadline: Instant) -> Result<Self, Refusal> {
        self.must_be(&[JobState::Unassigned, JobState::Booked], JobRefused::CannotAskFor)?;
        Ok(self.entered(JobState::Offered, now, deadline))
    }

    /// The job with nobody asked; the ladder looks at it again at `wake_at`.
    pub fn unassigned(self, now: Instant, wake_at: Instant) -> Result<Self, Refusal> {
        if self.state.is_final() || self.state == JobState::Held {
            return Err(JobRefused::CannotOfferAnew(self.state).into());
        }
        Ok(self.entered(JobState::Unassigned, now, wake_at))
    }

    /// The job accepted by a firm that names its technician by `deadline`.
    pub fn accepted(self, now: Instant, deadline: Instant) -> Result<Self, Refusal> {
        self.must_be(&[JobState::Offered], JobRefused::CannotAccept)?;
        Ok(self.entered(JobState::Accepted, now, deadline))
    }

    /// The job with somebody who goes; whether he does is looked at from `look_at`.
    pub fn assigned(self, now: Instant, look_at: Instant) -> Result<Self, Refusal> {
        self.must_be(&[JobState::Offered, JobState::Accepted], JobRefused::CannotAccept)?;
        Ok(self.entered(JobState::Assigned, now, look_at))
    }

    /// The job given to somebody by a person's decision, past the ladder. What is held stays held.
    pub fn overridden(self, now: Instant, look_at: Instant) -> Result<Self, Refusal> {
        Action::Override.check(self.state)?;
        Ok(Self { closed_at: None, ..self.entered(JobState::Assigned, now, look_at) })
    }

    /// The job that no firm serves.
    pub fn uncovered(self, now: Instant) -> Result<Self, Refusal> {
        self.must_be(&[JobState::Unassigned], JobRefused::CannotGiveUp)?;
        Ok(self.finished(JobState::NoCoverage, now))
    }

    /// The job called off.
    pub fn cancelled(self, now: Instant) -> Result<Self, Refusal> {
        Action::Cancel.check(self.state)?;
        Ok(self.finished(JobState::Cancelled, now))
    }

    /// The job as its facts tell, looked at again at `look_at`. Facts describe what happened, so they are never
    /// refused by a state.
    #[must_use]
    pub fn told(
        self,
        state: JobState,
        completed_at: Option<Instant>,
        now: Instant,
        look_at: Instant,
    ) -> Self {
        if !self.state.is_in_the_field() && self.state != JobState::Completed {
            return self;
        }
        if state.is_final() {
            return Self { closed_at: completed_at, ..self.finished(state, now) };
        }
        if state == self.state {
            return self;
        }
        Self { closed_at: None, ..self.entered(state, now, look_at) }
    }

    /// A return visit that is planned begins a new round of the ladder: whoever was there may be asked again.
    fn anew(self) -> Self {
        if self.state == JobState::AwaitingReturn { self.next_round() } else { self }
    }

    /// The job in the next round of the ladder, which begins at its first rung.
    #[must_use]
    pub fn next_round(self) -> Self {
        Self { round: (self.round + 1).min(ROUND_MAX), rung: 0, ..self }
    }

    fn entered(self, state: JobState, now: Instant, wake_at: Instant) -> Self {
        let state_since = if state == self.state { self.state_since } else { now };
        Self { state, state_since, wake_at: Some(wake_at), warned_at: None, hold: None, ..self }
    }

    fn finished(self, state: JobState, now: Instant) -> Self {
        let state_since = if state == self.state { self.state_since } else { now };
        Self { state, state_since, wake_at: None, warned_at: None, hold: None, closed_at: Some(now), ..self }
    }

    fn must_be(&self, allowed: &[JobState], refused: fn(JobState) -> JobRefused) -> Result<(), Refusal> {
        if allowed.contains(&self.state) { Ok(()) } else { Err(refused(self.state).into()) }
    }
}
