//! Where a job is, and why it was called off.

use crate::domain::text_enum::text_enum;

text_enum! {
    /// Where a job is. Up to `assigned` the dispatch tells; from there on the facts from the site do.
    pub enum JobState("job state") {
        /// Nobody is asked at this moment; the ladder will.
        Unassigned = "unassigned",
        /// Not offered to anybody until what holds it is cleared: a danger (section 4.1), or nobody to confirm the
        /// identity (S-04).
        Held = "held",
        /// A visit is planned; somebody is asked when its time comes near.
        Booked = "booked",
        /// Somebody is asked.
        Offered = "offered",
        /// A firm has accepted and has yet to name its technician.
        Accepted = "accepted",
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
        /// No firm serves the place and trade (K-04); looked at again until one does or a person ends it.
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
        /// No firm serves the place, and the resident was advised where else to turn (K-04).
        NoCoverage = "no_coverage",
    }
}

impl JobState {
    /// Whether nothing more will happen.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Cancelled)
    }

    /// Whether the facts from the site tell where it is: somebody has accepted, and it is not over.
    #[must_use]
    pub fn is_in_the_field(self) -> bool {
        matches!(
            self,
            Self::Assigned
                | Self::EnRoute
                | Self::OnSite
                | Self::Working
                | Self::Paused
                | Self::AwaitingReturn
        )
    }

    /// How far a job in the field has come: of several technicians the furthest on tells. It waits for a return only when
    /// nobody is on it.
    #[must_use]
    pub fn progress(self) -> u8 {
        match self {
            Self::AwaitingReturn => 1,
            Self::Assigned => 2,
            Self::EnRoute => 3,
            Self::OnSite => 4,
            Self::Paused => 5,
            Self::Working => 6,
            _ => 0,
        }
    }
}
