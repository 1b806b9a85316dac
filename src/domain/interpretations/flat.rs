//! The flat form of an attempt to have an interpreter on the line.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Interpretation, InterpretationStage, InterpretationState, Line, NotJoined};
use crate::domain::{
    flat::{Contradiction, described_by},
    ids::{CallId, InterpretationId, JobId},
};

/// An attempt to have an interpreter on the line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = Interpretation)]
pub struct FlatInterpretation {
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

described_by!(Interpretation, FlatInterpretation);

impl From<Interpretation> for FlatInterpretation {
    fn from(attempt: Interpretation) -> Self {
        let (call_id, job_id) = match attempt.line {
            Line::Call(call) => (Some(call), None),
            Line::Job(job) => (None, Some(job)),
        };
        let (settled_at, left_at) = match attempt.stage {
            InterpretationStage::Requested => (None, None),
            InterpretationStage::Joined { at } | InterpretationStage::NotJoined { at, .. } => {
                (Some(at), None)
            }
            InterpretationStage::Left { joined_at, at } => (Some(joined_at), Some(at)),
        };
        Self {
            id: attempt.id,
            call_id,
            job_id,
            language: attempt.language,
            interpreter: attempt.interpreter,
            state: attempt.stage.state(),
            requested_at: attempt.requested_at,
            settled_at,
            left_at,
        }
    }
}

impl TryFrom<FlatInterpretation> for Interpretation {
    type Error = Contradiction;

    fn try_from(flat: FlatInterpretation) -> Result<Self, Contradiction> {
        let contradiction = Contradiction { what: "an interpretation", state: flat.state.as_str() };
        let line = match (flat.call_id, flat.job_id) {
            (Some(call), None) => Line::Call(call),
            (None, Some(job)) => Line::Job(job),
            _ => return Err(contradiction),
        };
        Ok(Self {
            id: flat.id,
            line,
            stage: flat.stage().ok_or(contradiction)?,
            language: flat.language,
            interpreter: flat.interpreter,
            requested_at: flat.requested_at,
        })
    }
}

impl FlatInterpretation {
    /// The stage its fields tell; none when they contradict each other.
    fn stage(&self) -> Option<InterpretationStage> {
        let not_joined = |at, why| Some(InterpretationStage::NotJoined { at, why });
        match (self.state, self.settled_at, self.left_at) {
            (InterpretationState::Requested, None, None) => Some(InterpretationStage::Requested),
            (InterpretationState::Joined, Some(at), None) => Some(InterpretationStage::Joined { at }),
            (InterpretationState::NoAnswer, Some(at), None) => not_joined(at, NotJoined::NoAnswer),
            (InterpretationState::Refused, Some(at), None) => not_joined(at, NotJoined::Refused),
            (InterpretationState::NotSettled, Some(at), None) => not_joined(at, NotJoined::NotSettled),
            (InterpretationState::Left, Some(joined_at), Some(at)) => {
                Some(InterpretationStage::Left { joined_at, at })
            }
            _ => None,
        }
    }
}
