//! Where an attempt to have an interpreter on the line is, with what belongs to being there.

use super::InterpretationState;
use crate::domain::span::Instant;

/// Where an attempt is. [`InterpretationState`] is its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InterpretationStage {
    /// Asked.
    Requested,
    /// On the line.
    Joined {
        /// Since when.
        at: Instant,
    },
    /// Never on the line.
    NotJoined {
        /// When that was known.
        at: Instant,
        /// Why.
        why: NotJoined,
    },
    /// Off the line again.
    Left {
        /// Since when they were on it.
        joined_at: Instant,
        /// When they left.
        at: Instant,
    },
}

/// Why an interpreter was never on the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotJoined {
    /// The interpreter line did not answer.
    NoAnswer,
    /// Nobody could take it.
    Refused,
    /// The line has ended, and nobody has said what came of it.
    NotSettled,
}

impl InterpretationStage {
    /// Its code.
    #[must_use]
    pub fn state(self) -> InterpretationState {
        match self {
            Self::Requested => InterpretationState::Requested,
            Self::Joined { .. } => InterpretationState::Joined,
            Self::NotJoined { why: NotJoined::NoAnswer, .. } => InterpretationState::NoAnswer,
            Self::NotJoined { why: NotJoined::Refused, .. } => InterpretationState::Refused,
            Self::NotJoined { why: NotJoined::NotSettled, .. } => InterpretationState::NotSettled,
            Self::Left { .. } => InterpretationState::Left,
        }
    }
}
