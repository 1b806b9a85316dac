//! Interpreters on a call, or in a second three-way call from the site (I-05, I-06): every attempt is kept, with clocks
//! apart from the dispatcher's.

mod state;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    ids::{CallId, InterpretationId, JobId},
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

/// What an interpreter is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Line {
    /// A call.
    Call(CallId),
    /// A job: technician, resident and interpreter speak from the site (I-06).
    Job(JobId),
}

/// An attempt to have an interpreter on the line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Interpretation {
    /// Its id.
    pub id: InterpretationId,
    /// The call; absent where the technician asks from the site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call_id: Option<CallId>,
    /// The job at whose site they speak.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job_id: Option<JobId>,
    /// The language asked for (BCP 47).
    pub language: String,
    /// Code of the interpreter or of the interpreter line, as in `int-07`.
    pub interpreter: String,
    /// Where it is.
    pub state: InterpretationState,
    /// When the interpreter was asked.
    pub requested_at: DateTime<Utc>,
    /// When the interpreter joined, or did not, or nobody was waited for any more.
    pub settled_at: Option<DateTime<Utc>>,
    /// When the interpreter left.
    pub left_at: Option<DateTime<Utc>>,
}

impl Interpretation {
    /// What the interpreter is asked for; none, when the row contradicts itself.
    #[must_use]
    pub fn line(&self) -> Option<Line> {
        self.call_id.map(Line::Call).or(self.job_id.map(Line::Job))
    }

    /// Whether somebody is asked, or on the line.
    #[must_use]
    pub fn is_under_way(&self) -> bool {
        matches!(self.state, InterpretationState::Requested | InterpretationState::Joined)
    }

    /// Whether the interpreter was on the line at some instant of a time, its ends included.
    #[must_use]
    pub fn was_on_the_line(&self, from: Instant, to: Instant) -> bool {
        let is_there = matches!(self.state, InterpretationState::Joined | InterpretationState::Left);
        let joined = self.settled_at.is_some_and(|joined| joined <= to);
        is_there && joined && self.left_at.is_none_or(|left| left >= from)
    }

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
        Ok(self.line_ended(now))
    }

    /// The attempt after the call or the job has ended: nobody stays on the line, and nobody is waited for.
    #[must_use]
    pub fn line_ended(self, now: Instant) -> Self {
        match self.state {
            InterpretationState::Requested => Self {
                // Nobody has said that the interpreter line did not answer.
                state: InterpretationState::NotSettled,
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
