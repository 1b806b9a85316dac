//! What jobs and planned visits refuse.

use super::family::refusals;
use crate::domain::{
    ids::JobId,
    jobs::{Action, Hold, JobState},
    trade::Priority,
};

refusals! {
    /// Why a job does not allow it.
    pub enum JobRefused {
        /// A command on it, in this state.
        Cannot(Action, JobState) = "job_state",
        /// To be held.
        CannotHold(JobState) = "job_state",
        /// To be set free.
        CannotClear(JobState) = "job_state",
        /// To ask somebody for it.
        CannotAskFor(JobState) = "job_state",
        /// To go back on the ladder.
        CannotOfferAnew(JobState) = "job_state",
        /// To be accepted.
        CannotAccept(JobState) = "job_state",
        /// To be given up as served by no firm.
        CannotGiveUp(JobState) = "job_state",
        /// To name a technician.
        NobodyToName(JobState) = "job_state",
        /// To plan an identity check.
        NothingToPlan(JobState) = "job_state",
        /// What holds it must be cleared first.
        Held(Hold) = "job_held" by "4.1",
        /// What is acknowledged leaves these dangers out.
        DangersNotNamed(Vec<String>) = "dangers_not_named" by "G-08",
        /// One as urgent as this is not booked.
        Urgent(Priority) = "job_urgent",
        /// It has as many technicians as this, the most there may be.
        CrewFull(usize) = "crew_full",
        /// This job of the same code is under way in the same case.
        SameUnderWay(JobId) = "same_job_under_way",
        /// Nobody is on it.
        NobodyOnIt = "nobody_on_it",
        /// No visit is planned.
        NotBooked = "not_booked",
        /// A job of this priority does not displace a planned visit.
        VisitStays(Priority) = "planned_visit",
        /// The technician has another visit in this window.
        WindowTaken = "window_taken",
        /// No door is opened, so no identity is checked.
        NoIdentityCheck = "no_identity_check" by "S-01",
        /// The plan of the identity check was changed too often.
        TooManyPlans = "too_many_plans",
    }
}
