//! Jobs: one dispatch order (出動) each.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    ids::{CaseId, JobId},
    refusal::Refusal,
    span::Instant,
    text_enum::text_enum,
    trade::{Priority, Trade},
};

text_enum! {
    /// Where a job is. Up to `assigned` the dispatch tells; from there on the facts from the site do.
    pub enum JobState("job state") {
        /// Nobody is asked at this moment; the ladder will.
        Unassigned = "unassigned",
        /// Somebody is asked.
        Offered = "offered",
        /// Somebody has accepted.
        Assigned = "assigned",
        /// On the way.
        EnRoute = "en_route",
        /// At the door.
        OnSite = "on_site",
        /// Hands on.
        Working = "working",
        /// Work is paused.
        Paused = "paused",
        /// Between visits.
        AwaitingReturn = "awaiting_return",
        /// Done.
        Completed = "completed",
        /// Called off.
        Cancelled = "cancelled",
        /// No firm serves the place and trade (K-04).
        NoCoverage = "no_coverage",
    }
}

text_enum! {
    /// Why a job was called off (C-25: always 0 yen).
    pub enum CancelReason("cancellation reason") {
        /// The resident no longer needs it.
        SolvedByItself = "solved_by_itself",
        /// The resident withdrew.
        ResidentWithdrew = "resident_withdrew",
        /// Nobody opened.
        NoAccess = "no_access",
        /// It was the same trouble twice.
        Duplicate = "duplicate",
        /// It was a false alarm.
        FalseAlarm = "false_alarm",
        /// It is not for this service.
        OutOfScope = "out_of_scope",
    }
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
    /// When the ladder looks at it again; nothing is due when absent.
    pub wake_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was finished or called off.
    pub closed_at: Option<DateTime<Utc>>,
    /// The job whose work it does again (C-14).
    pub rework_of: Option<JobId>,
}

impl JobState {
    /// Whether nothing more will happen.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Cancelled | Self::NoCoverage)
    }
}

impl Job {
    /// The job with somebody asked until `deadline`.
    pub fn offered(self, deadline: Instant) -> Result<Self, Refusal> {
        self.must_be(&[JobState::Unassigned], "asked for")?;
        Ok(Self { state: JobState::Offered, wake_at: Some(deadline), ..self })
    }

    /// The job with nobody asked; the ladder looks at it again at `wake_at`.
    pub fn unassigned(self, wake_at: Instant) -> Result<Self, Refusal> {
        self.must_be(&[JobState::Unassigned, JobState::Offered, JobState::Assigned], "offered anew")?;
        Ok(Self { state: JobState::Unassigned, wake_at: Some(wake_at), ..self })
    }

    /// The job accepted by somebody.
    pub fn assigned(self) -> Result<Self, Refusal> {
        self.must_be(&[JobState::Offered], "accepted")?;
        Ok(Self { state: JobState::Assigned, wake_at: None, ..self })
    }

    /// The job that no firm serves.
    pub fn uncovered(self, now: Instant) -> Result<Self, Refusal> {
        self.must_be(&[JobState::Unassigned], "given up")?;
        Ok(Self { state: JobState::NoCoverage, wake_at: None, closed_at: Some(now), ..self })
    }

    /// The job called off.
    pub fn cancelled(self, now: Instant) -> Result<Self, Refusal> {
        if self.state.is_final() {
            return Err(self.refuse("called off"));
        }
        Ok(Self { state: JobState::Cancelled, wake_at: None, closed_at: Some(now), ..self })
    }

    /// The job as its facts tell. Facts describe what happened, so they are never refused by a state.
    #[must_use]
    pub fn told(self, state: JobState, completed_at: Option<Instant>) -> Self {
        match self.state {
            JobState::Cancelled | JobState::NoCoverage | JobState::Unassigned | JobState::Offered => self,
            _ => Self { state, wake_at: None, closed_at: completed_at, ..self },
        }
    }

    fn must_be(&self, allowed: &[JobState], what: &str) -> Result<(), Refusal> {
        if allowed.contains(&self.state) { Ok(()) } else { Err(self.refuse(what)) }
    }

    fn refuse(&self, what: &str) -> Refusal {
        Refusal::state("job_state", format!("the job is {}, so it cannot be {what}", self.state))
    }
}
