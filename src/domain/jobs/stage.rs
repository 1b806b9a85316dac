//! Where a job is, with what belongs to being there.

use super::{Hold, Job, JobState};
use crate::domain::span::Instant;

/// Where a job is. [`JobState`] is its code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobStage {
    /// Something will happen yet. It always has an instant at which it is looked at again: never silence (K-03).
    InHand {
        /// How far it has come.
        step: Step,
        /// When it is looked at again.
        wake_at: Instant,
    },
    /// Nothing more will happen.
    Over {
        /// How it ended.
        ending: Ending,
        /// When it was finished or called off.
        closed_at: Instant,
    },
}

/// How far an unfinished job has come. The watch for who comes late has its note where it warns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Nobody is asked at this moment; the ladder will.
    Unassigned,
    /// No firm serves the place and trade (K-04), until one does or a person ends it.
    NoCoverage,
    /// Not offered to anybody until this is cleared.
    Held(Hold),
    /// A visit is planned.
    Booked,
    /// Somebody is asked.
    Offered,
    /// A firm has accepted and has yet to name its technician.
    Accepted,
    /// Somebody has accepted.
    Assigned {
        /// When they were last warned of being late.
        warned_at: Option<Instant>,
    },
    /// On the way.
    EnRoute {
        /// When they were last warned of being late.
        warned_at: Option<Instant>,
    },
    /// At the door.
    OnSite,
    /// Hands on.
    Working,
    /// Work is paused.
    Paused,
    /// Between visits.
    AwaitingReturn,
}

/// How a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Done.
    Completed,
    /// Called off.
    Cancelled,
}

impl Step {
    /// The step of a state, without a note of a warning; none of a job that is over, or held by something.
    #[must_use]
    pub fn plain(state: JobState) -> Option<Self> {
        match state {
            JobState::Unassigned => Some(Self::Unassigned),
            JobState::NoCoverage => Some(Self::NoCoverage),
            JobState::Booked => Some(Self::Booked),
            JobState::Offered => Some(Self::Offered),
            JobState::Accepted => Some(Self::Accepted),
            JobState::Assigned => Some(Self::Assigned { warned_at: None }),
            JobState::EnRoute => Some(Self::EnRoute { warned_at: None }),
            JobState::OnSite => Some(Self::OnSite),
            JobState::Working => Some(Self::Working),
            JobState::Paused => Some(Self::Paused),
            JobState::AwaitingReturn => Some(Self::AwaitingReturn),
            JobState::Held | JobState::Completed | JobState::Cancelled => None,
        }
    }

    fn state(&self) -> JobState {
        match self {
            Self::Unassigned => JobState::Unassigned,
            Self::NoCoverage => JobState::NoCoverage,
            Self::Held(_) => JobState::Held,
            Self::Booked => JobState::Booked,
            Self::Offered => JobState::Offered,
            Self::Accepted => JobState::Accepted,
            Self::Assigned { .. } => JobState::Assigned,
            Self::EnRoute { .. } => JobState::EnRoute,
            Self::OnSite => JobState::OnSite,
            Self::Working => JobState::Working,
            Self::Paused => JobState::Paused,
            Self::AwaitingReturn => JobState::AwaitingReturn,
        }
    }
}

impl Ending {
    /// The ending of a state; none of an unfinished one.
    #[must_use]
    pub fn of(state: JobState) -> Option<Self> {
        match state {
            JobState::Completed => Some(Self::Completed),
            JobState::Cancelled => Some(Self::Cancelled),
            _ => None,
        }
    }
}

impl JobStage {
    pub(super) fn state(&self) -> JobState {
        match self {
            Self::InHand { step, .. } => step.state(),
            Self::Over { ending: Ending::Completed, .. } => JobState::Completed,
            Self::Over { ending: Ending::Cancelled, .. } => JobState::Cancelled,
        }
    }
}

impl Job {
    /// The code of where it is.
    #[must_use]
    pub fn state(&self) -> JobState {
        self.stage.state()
    }

    /// What holds it.
    #[must_use]
    pub fn hold(&self) -> Option<&Hold> {
        match &self.stage {
            JobStage::InHand { step: Step::Held(hold), .. } => Some(hold),
            _ => None,
        }
    }

    /// When it is looked at again; never once it is over.
    #[must_use]
    pub fn wake_at(&self) -> Option<Instant> {
        match self.stage {
            JobStage::InHand { wake_at, .. } => Some(wake_at),
            JobStage::Over { .. } => None,
        }
    }

    /// When its contractor was last warned of being late, while they are still expected.
    #[must_use]
    pub fn warned_at(&self) -> Option<Instant> {
        match self.stage {
            JobStage::InHand { step: Step::Assigned { warned_at } | Step::EnRoute { warned_at }, .. } => {
                warned_at
            }
            _ => None,
        }
    }

    /// When it was finished or called off.
    #[must_use]
    pub fn closed_at(&self) -> Option<Instant> {
        match self.stage {
            JobStage::InHand { .. } => None,
            JobStage::Over { closed_at, .. } => Some(closed_at),
        }
    }
}
