//! Interpreters on a call, or in a second three-way call from the site (I-05, I-06): every attempt is kept, with clocks
//! apart from the dispatcher's.

mod flat;
mod stage;
mod state;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::{
    ids::{CallId, InterpretationId, JobId},
    refusal::{CallRefused, Refusal},
    span::Instant,
    text_enum::text_enum,
};

pub use self::{
    flat::FlatInterpretation,
    stage::{InterpretationStage, NotJoined},
    state::InterpretationState,
};

/// Attempts of one call or job at most.
const ATTEMPTS_MAX: usize = 30;

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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "FlatInterpretation", into = "FlatInterpretation")]
pub struct Interpretation {
    /// Its id.
    pub id: InterpretationId,
    /// What the interpreter is asked for.
    pub line: Line,
    /// The language asked for (BCP 47).
    pub language: String,
    /// Code of the interpreter or of the interpreter line, as in `int-07`.
    pub interpreter: String,
    /// When the interpreter was asked.
    pub requested_at: Instant,
    /// Where it is.
    pub stage: InterpretationStage,
}

/// Whom to ask, for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    /// The line to join.
    pub line: Line,
    /// The language.
    pub language: String,
    /// Code of the interpreter or of the interpreter line.
    pub interpreter: String,
}

impl Interpretation {
    /// An interpreter who is asked now, after these attempts on the same line.
    pub fn asked(
        id: InterpretationId,
        asking: Asking,
        before: &[Self],
        now: Instant,
    ) -> Result<Self, Refusal> {
        if before.iter().any(Self::is_under_way) {
            return Err(CallRefused::InterpreterOnTheLine.into());
        }
        if before.len() >= ATTEMPTS_MAX {
            return Err(CallRefused::TooManyInterpreters.into());
        }
        let Asking { line, language, interpreter } = asking;
        let stage = InterpretationStage::Requested;
        Ok(Self { id, line, language, interpreter, requested_at: now, stage })
    }

    /// The code of where it is.
    #[must_use]
    pub fn state(&self) -> InterpretationState {
        self.stage.state()
    }

    /// Whether somebody is asked, or on the line.
    #[must_use]
    pub fn is_under_way(&self) -> bool {
        matches!(self.stage, InterpretationStage::Requested | InterpretationStage::Joined { .. })
    }

    /// From when on the interpreter was on the line, and until when if they have left; nothing where they never were.
    #[must_use]
    pub fn on_the_line(&self) -> Option<(Instant, Option<Instant>)> {
        match self.stage {
            InterpretationStage::Joined { at } => Some((at, None)),
            InterpretationStage::Left { joined_at, at } => Some((joined_at, Some(at))),
            InterpretationStage::Requested | InterpretationStage::NotJoined { .. } => None,
        }
    }

    /// Whether the interpreter was on the line at some instant of a time, its ends included.
    #[must_use]
    pub fn was_on_the_line(&self, from: Instant, to: Instant) -> bool {
        let was_there =
            |(joined, left): (Instant, Option<Instant>)| joined <= to && left.is_none_or(|left| left >= from);
        self.on_the_line().is_some_and(was_there)
    }

    /// The attempt after the interpreter has joined, or not.
    pub fn settled(self, outcome: InterpretationOutcome, now: Instant) -> Result<Self, Refusal> {
        if self.stage != InterpretationStage::Requested {
            return Err(CallRefused::InterpretationSettled(self.state()).into());
        }
        let at = now.max(self.requested_at);
        let stage = match outcome {
            InterpretationOutcome::Joined => InterpretationStage::Joined { at },
            InterpretationOutcome::NoAnswer => {
                InterpretationStage::NotJoined { at, why: NotJoined::NoAnswer }
            }
            InterpretationOutcome::Refused => InterpretationStage::NotJoined { at, why: NotJoined::Refused },
        };
        Ok(Self { stage, ..self })
    }

    /// The attempt after the interpreter has left.
    pub fn left(self, now: Instant) -> Result<Self, Refusal> {
        match self.stage {
            InterpretationStage::Joined { .. } => Ok(self.line_ended(now)),
            _ => Err(CallRefused::InterpreterNotOnTheLine(self.state()).into()),
        }
    }

    /// The attempt after the call or the job has ended: nobody stays on the line, and nobody is waited for.
    #[must_use]
    pub fn line_ended(self, now: Instant) -> Self {
        let stage = match self.stage {
            // Nobody has said that the interpreter line did not answer.
            InterpretationStage::Requested => {
                InterpretationStage::NotJoined { at: now.max(self.requested_at), why: NotJoined::NotSettled }
            }
            InterpretationStage::Joined { at } => {
                InterpretationStage::Left { joined_at: at, at: now.max(at) }
            }
            over @ (InterpretationStage::NotJoined { .. } | InterpretationStage::Left { .. }) => over,
        };
        Self { stage, ..self }
    }
}

/// The attempts that the end of their line ends, each with the state it was in.
#[must_use]
pub fn end_of_line(
    attempts: Vec<Interpretation>,
    now: Instant,
) -> Vec<(InterpretationState, Interpretation)> {
    let under_way = attempts.into_iter().filter(Interpretation::is_under_way);
    under_way.map(|attempt| (attempt.state(), attempt.line_ended(now))).collect()
}
