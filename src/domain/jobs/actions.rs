//! What can be done with a job in which state: one table that is shown, and that is checked.

use super::JobState::{self, *};
use crate::domain::text_enum::text_enum;

text_enum! {
    /// A command on a job.
    pub enum Action("action") {
        /// Plan a visit.
        Book = "book",
        /// Give a planned visit up.
        Unbook = "unbook",
        /// Give it to a technician past the ladder.
        Override = "override",
        /// Take it back from whoever has accepted it.
        Reassign = "reassign",
        /// Cannot come after all.
        Withdraw = "withdraw",
        /// Send somebody to help.
        AddHelper = "add_helper",
        /// Call it off.
        Cancel = "cancel",
        /// Have it done again (C-14).
        Rework = "rework",
    }
}

impl Action {
    /// Whether it sends somebody, or plans to: nobody is while something holds the job (G-08).
    #[must_use]
    pub fn sends(self) -> bool {
        matches!(self, Self::Book | Self::Override | Self::AddHelper)
    }

    /// The states in which it can be done.
    #[must_use]
    pub fn states(self) -> &'static [JobState] {
        match self {
            Self::Book => &[Unassigned, Offered, Booked, AwaitingReturn],
            Self::Unbook => &[Booked],
            Self::Override => &[Unassigned, Booked, Offered, Accepted, AwaitingReturn, NoCoverage],
            Self::Reassign => &[Accepted, Assigned, EnRoute, OnSite, Working, Paused, AwaitingReturn],
            Self::Withdraw => &[Assigned, EnRoute, OnSite],
            Self::AddHelper => &[Assigned, EnRoute, OnSite, Working, Paused],
            Self::Cancel => &[
                Unassigned,
                NoCoverage,
                Held,
                Booked,
                Offered,
                Accepted,
                Assigned,
                EnRoute,
                OnSite,
                Working,
                Paused,
                AwaitingReturn,
            ],
            Self::Rework => &[Completed],
        }
    }
}
