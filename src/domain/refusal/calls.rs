//! What calls refuse, and who else is on them: interpreters, the emergency services.

use super::family::refusals;
use crate::domain::{calls::CallState, interpretations::InterpretationState};

refusals! {
    /// Why a call does not allow it.
    pub enum CallRefused {
        /// To be answered.
        CannotAnswer(CallState) = "call_not_ringing",
        /// To be abandoned.
        CannotAbandon(CallState) = "call_not_ringing",
        /// To be ended.
        CannotEnd(CallState) = "call_not_answered",
        /// To be wrapped up.
        CannotWrapUp(CallState) = "call_not_ended",
        /// For an interpreter to join.
        CannotJoin(CallState) = "call_not_answered",
        /// Nobody has spoken with the caller.
        NotSpokenWith = "call_not_answered",
        /// It belongs to a case.
        HasCase = "call_has_case",
        /// It belongs to no case.
        HasNoCase = "call_has_no_case",
        /// Its case was opened from it.
        OpenedItsCase = "call_opened_its_case",
        /// It belongs to a case, so no draft is kept of it.
        NoDraft = "call_has_case",
        /// Nobody has to call back.
        NoCallBackDue = "no_call_back_due",
        /// The emergency service was connected, or the hand-over is over.
        HandoverConnected = "handover_connected",
        /// The hand-over to the emergency service is over.
        HandoverEnded = "handover_ended",
        /// It is being handed over to this service, or they are on the line.
        HandoverUnderWay = "handover_under_way",
        /// It was handed over too often.
        TooManyHandovers = "too_many_handovers",
        /// What came of asking the interpreter is known.
        InterpretationSettled(InterpretationState) = "interpretation_settled",
        /// This interpreter is not on the line.
        InterpreterNotOnTheLine(InterpretationState) = "interpreter_not_on_the_line",
        /// An interpreter is asked or on the line.
        InterpreterOnTheLine = "interpreter_on_the_line",
        /// Interpreters were asked too often.
        TooManyInterpreters = "too_many_attempts",
    }
}
