//! Events of calls, of the dangers told in them, and of the shifts that take them.

use crate::domain::{
    calls::{CallBackOutcome, CallBackState, Purpose},
    dangers::{ClearanceNote, ClearedBy, HazardAnswer},
    emergencies::{EmergencyService, Handover},
    events::payload::payloads,
    ids::{CallId, CaseId, HandoverId, InterpretationId, ShiftHandoverId},
    interpretations::{Interpretation, InterpretationState, Line},
};

payloads! {
    /// A call was answered.
    CallAnswered of call: CallId {
        /// Language spoken (BCP 47).
        language: String,
    }

    /// A call rings.
    CallOffered of call: CallId {
        /// Language spoken (BCP 47).
        language: String,
    }

    /// The caller gave up before anybody answered.
    CallAbandoned of call: CallId {}

    /// A call ended.
    CallEnded of call: CallId {}

    /// The dispatcher has finished what a call left to do.
    CallWrapped of call: CallId {}

    /// A repeat call was attached to its case.
    CallAttached of call: CallId {
        /// The case.
        case: CaseId,
        /// Why somebody called again.
        purpose: Purpose,
    }

    /// A call was taken from the case it was attached to.
    CallDetached of call: CallId {
        /// The case.
        case: CaseId,
    }

    /// Somebody has tried to call back.
    CallBackTried of call: CallId {
        /// Its number among the attempts, from 1.
        number: i64,
        /// What came of it.
        outcome: CallBackOutcome,
    }

    /// Nobody has to call back any more.
    CallBackSettled of call: CallId {
        /// Where calling back stands.
        call_back: Option<CallBackState>,
    }

    /// An interpreter was asked to join.
    InterpreterRequested of line: Line {
        /// The attempt.
        interpretation: InterpretationId,
        /// The language asked for (BCP 47).
        language: String,
        /// Code of the interpreter or of the interpreter line.
        interpreter: String,
        /// Where it is.
        state: InterpretationState,
    }

    /// An interpreter joined, or did not.
    InterpreterSettled of line: Line {
        /// The attempt.
        interpretation: InterpretationId,
        /// The language asked for (BCP 47).
        language: String,
        /// Code of the interpreter or of the interpreter line.
        interpreter: String,
        /// Where it is.
        state: InterpretationState,
    }

    /// The caller was asked about hazards.
    HazardsAnswered of call: CallId {
        /// The answers.
        answers: Vec<AnsweredHazard>,
    }

    /// The instruction of a hazard was given to the caller.
    InstructionGiven of call: CallId {
        /// The hazard.
        hazard: String,
    }

    /// A hazard of a case is known.
    HazardRaised of case: CaseId {
        /// The hazard.
        hazard: String,
    }

    /// A hazard of a case is no more.
    HazardCleared of case: CaseId {
        /// The hazard.
        hazard: String,
        /// Who has cleared it.
        by: ClearedBy,
        /// Why it is no more.
        note: ClearanceNote,
    }

    /// A caller is handed over to the emergency services.
    HandoverBegun of call: CallId {
        /// The hand-over.
        handover: HandoverId,
        /// To whom.
        service: EmergencyService,
    }

    /// The emergency services are on the line.
    HandoverConnected of call: CallId {
        /// The hand-over.
        handover: HandoverId,
        /// To whom.
        service: EmergencyService,
    }

    /// A hand-over to the emergency services is over.
    HandoverEnded of call: CallId {
        /// The hand-over.
        handover: HandoverId,
        /// To whom.
        service: EmergencyService,
    }

    /// A shift was handed over.
    ShiftGiven of shift: ShiftHandoverId {}

    /// A shift was taken over.
    ShiftAccepted of shift: ShiftHandoverId {}
}

/// What a caller has said about one hazard.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AnsweredHazard {
    /// The hazard.
    pub hazard: String,
    /// What was said.
    pub answer: HazardAnswer,
}

macro_rules! of_interpretations {
    ($($name:ident),+) => {$(
        impl $name {
            /// What is told of an attempt.
            #[must_use]
            pub fn of(attempt: &Interpretation) -> Self {
                Self {
                    line: attempt.line,
                    interpretation: attempt.id,
                    language: attempt.language.clone(),
                    interpreter: attempt.interpreter.clone(),
                    state: attempt.state(),
                }
            }
        }
    )+};
}
of_interpretations!(InterpreterRequested, InterpreterSettled);

macro_rules! of_handovers {
    ($($name:ident),+) => {$(
        impl From<&Handover> for $name {
            fn from(handover: &Handover) -> Self {
                Self { call: handover.call_id, handover: handover.id, service: handover.service }
            }
        }
    )+};
}
of_handovers!(HandoverBegun, HandoverConnected, HandoverEnded);
