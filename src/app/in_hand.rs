//! A job the desk has in hand: its stage, the one clock that matters now, who is on it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::{
    domain::{
        alarms::{Alarm, AlarmKind},
        jobs::JobState,
        span::Instant,
        text_enum::text_enum,
    },
    store::queue::{Entry, OnIt},
};

text_enum! {
    /// What a clock of the queue counts to, or since when.
    pub enum ClockKind("clock") {
        /// Until the one who is asked must answer.
        AnswerDue = "answer_due",
        /// Until the firm must name its technician.
        NamingDue = "naming_due",
        /// Until somebody is looked for again.
        LooksAgain = "looks_again",
        /// Until the planned visit begins.
        VisitBegins = "visit_begins",
        /// Until the promised arrival.
        ArrivalDue = "arrival_due",
        /// Until the free minutes run out, while hands are on; an instant that has passed began the overtime (C-07).
        FreeUntil = "free_until",
        /// Until the free minutes would run out, had work gone on since the job's state began: it stands still.
        PausedFreeLeft = "paused_free_left",
        /// Since it has been so: nobody has promised anything.
        Since = "since",
    }
}

text_enum! {
    /// Where a job is, as the desk sees it.
    pub enum QueueStage("stage") {
        /// Nobody has it: nobody is asked, or nobody may be.
        Open = "open",
        /// Somebody is asked, or a firm has yet to name who goes.
        Asked = "asked",
        /// Somebody goes.
        Coming = "coming",
        /// Somebody is there.
        There = "there",
        /// A visit is planned.
        Planned = "planned",
    }
}

impl QueueStage {
    /// The stage of a state; none of a finished one.
    #[must_use]
    pub fn of(state: JobState) -> Option<Self> {
        Some(match state {
            JobState::Unassigned | JobState::NoCoverage | JobState::Held => Self::Open,
            JobState::Offered | JobState::Accepted => Self::Asked,
            JobState::Assigned | JobState::EnRoute => Self::Coming,
            JobState::OnSite | JobState::Working | JobState::Paused | JobState::AwaitingReturn => Self::There,
            JobState::Booked => Self::Planned,
            JobState::Completed | JobState::Cancelled => return None,
        })
    }
}

/// The clock that matters now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct QueueClock {
    /// What it counts to, or since when.
    pub kind: ClockKind,
    /// That instant.
    pub at: DateTime<Utc>,
}

/// One unfinished job.
#[derive(Debug, Clone)]
pub struct InHand {
    /// The job.
    pub entry: Entry,
    /// Who is on it.
    pub on_it: Option<OnIt>,
    /// The clock that matters now.
    pub clock: QueueClock,
    /// What a person must know about it.
    pub alarms: Vec<AlarmKind>,
}

/// What the desk has in hand, all of one moment.
#[derive(Debug, Clone)]
pub struct Desk {
    /// The last position of the feed: what came later is not in here.
    pub pos: i64,
    /// Every unfinished job, most urgent first, then oldest.
    pub jobs: Vec<InHand>,
    /// The alarms that ring or are acknowledged, oldest first.
    pub alarms: Vec<Alarm>,
}

/// The desk as it was read, and when.
pub(super) struct KeptDesk {
    pub(super) changes: u64,
    pub(super) at: Instant,
    pub(super) desk: Arc<Desk>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unfinished_state_has_a_stage() {
        for &state in JobState::ALL {
            assert_eq!(QueueStage::of(state).is_none(), state.is_final(), "{state}");
        }
    }
}
