//! What cases and their dangers refuse.

use super::family::refusals;
use crate::domain::{reference::out_of_scope::Topic, retention::Need};

refusals! {
    /// Why a case does not allow it. Hazards are named by their codes, as in `H-GAS`.
    pub enum CaseRefused {
        /// It is closed.
        Closed = "case_closed",
        /// It is closed, and is to be closed.
        ClosedAlready = "case_closed",
        /// It is open, and is to be erased.
        Open = "case_open",
        /// It is open, and is to be opened again.
        OpenAlready = "case_not_closed",
        /// It is to be erased, and something of it is not over.
        StillNeeded(Vec<Need>) = "case_still_needed",
        /// Nothing of it is erased until somebody lifts that.
        OnHold = "case_on_hold",
        /// It is to be held, and is.
        OnHoldAlready = "case_on_hold",
        /// A hold is to be lifted, and there is none.
        NotOnHold = "case_not_on_hold",
        /// It was erased.
        Erased = "case_erased",
        /// Its place was erased.
        PlaceErased = "place_erased",
        /// The pin is so many metres from its town, more than a town reaches, and nobody has confirmed it.
        PinFarFromTown(i64, i64) = "pin_far_from_town" by "G-13",
        /// It is about something nobody is sent for.
        OutOfScope(Box<Topic>) = "out_of_scope" by "S-12",
        /// The person is not entitled, and nobody has said why they are served all the same.
        NotEntitled = "not_entitled" by "E-02",
        /// It was answered for very often.
        TooManyWarrants = "too_many_warrants",
        /// Somebody else has called, and nobody has spoken with the worker.
        WorkerNotSpokenWith = "worker_not_spoken_with" by "K-05",
        /// Its programme is not in service on this day.
        ProgrammeNotInService = "programme_not_in_service" by "E-04",
        /// The caller was not asked about these hazards.
        HazardsUnanswered(Vec<String>) = "hazards_unanswered" by "4.1",
        /// The caller was not told what to do about these hazards.
        InstructionsNotGiven(Vec<String>) = "instructions_not_given" by "4.1",
        /// The hazard is not there, so there is nothing to tell.
        NoInstruction = "no_instruction" by "4.1",
        /// The hazard is not known of the case, or was cleared.
        HazardNotOpen = "hazard_not_open",
        /// Only the police or a supervisor clears a hazard that forbids to go.
        ClearanceNotAllowed = "clearance_not_allowed" by "4.1",
    }
}
