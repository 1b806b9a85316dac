//! Interpreters on a call (I-05, I-06): every attempt is kept, with clocks apart from the dispatcher's.

mod state;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    ids::{CallId, InterpretationId},
    refusal::{CallRefused, Refusal},
    span::Instant,
    text_enum::text_enum,
};

pub use self::state::InterpretationState;

text_enum! {
    /// What came of asking an interpreter.
    pub enum InterpretationOutcome("interpretation outcome") {
        /// The interpreter is on the line.
        Joined = "joined",
        /// The interpreter line did not answer.
        NoAnswer = "no_answer",
        /// Nobody could take it.
        Refused = "refused",
    }
}

/// An attempt to have an interpreter on the line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Interpretation {
    /// Its id.
    pub id: InterpretationId,
    /// The call.
    pub call_id: CallId,
    /// The language asked for (BCP 47).
    pub language: String,
    /// Code of the interpreter or of the interpreter line, as in `int-07`.
    pub interpreter: String,
    /// Where it is.
    pub state: InterpretationState,
    /// When the interpreter was asked.
    pub requested_at: DateTime<Utc>,
    /// When the interpreter joined, or did not.
    pub settled_at: Option<DateTime<Utc>>,
    /// When the interpreter left.
    pub left_at: Option<DateTime<Utc>>,
}

impl Interpretation {
    /// The attempt after the interpreter has joined, or not.
    pub fn settled(self, outcome: InterpretationOutcome, now: Instant) -> Result<Self, Refusal> {
        if self.state != InterpretationState::Requested {
            return Err(CallRefused::InterpretationSettled(self.state).into());
        }
        let state = match outcome {
            InterpretationOutcome::Joined => InterpretationState::Joined,
            InterpretationOutcome::NoAnswer => InterpretationState::NoAnswer,
            InterpretationOutcome::Refused => InterpretationState::Refused,
        };
        Ok(Self { state, settled_at: Some(now.max(self.requested_at)), ..self })
    }

    /// The attempt after the interpreter has left.
    pub fn left(self, now: Instant) -> Result<Self, Refusal> {
        if self.state != InterpretationState::Joined {
            return Err(CallRefused::InterpreterNotOnTheLine(self.state).into());
        }
        Ok(self.call_ended(now))
    }

    /// The attempt after the call has ended: nobody stays on the line, and nobody is waited for.
    #[must_use]
    pub fn call_ended(self, now: Instant) -> Self {
        match self.state {
            InterpretationState::Requested => Self {
                state: InterpretationState::NoAnswer,
                settled_at: Some(now.max(self.requested_at)),
                ..self
            },
            InterpretationState::Joined => {
                let left_at = self.settled_at.map(|joined| now.max(joined));
                Self { state: InterpretationState::Left, left_at, ..self }
            }
            _ => self,
        }
    }
}
