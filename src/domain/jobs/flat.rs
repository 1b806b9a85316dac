//! The flat form of a job.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Ending, Hold, Job, JobStage, JobState, Step};
use crate::domain::{
    flat::{Contradiction, described_by},
    ids::{CaseId, JobId},
    trade::{Priority, Trade},
};

/// A job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = Job)]
pub struct FlatJob {
    /// Its id.
    pub id: JobId,
    /// Its version, as in the ETag.
    pub version: i64,
    /// The case it belongs to.
    pub case_id: CaseId,
    /// What is to be done, as in `W-TOILET-CLOG`.
    pub job_code: String,
    /// Which trade does it.
    pub trade: Trade,
    /// How urgent it is.
    pub priority: Priority,
    /// Where it is.
    pub state: JobState,
    /// Since when.
    pub state_since: DateTime<Utc>,
    /// What holds it: a hazard as in `H-GAS`, or `identity`.
    #[schema(value_type = Option<String>)]
    pub hold: Option<Hold>,
    /// When it is looked at again; absent only when nothing more will happen.
    pub wake_at: Option<DateTime<Utc>>,
    /// When its contractor was last warned of being late; somebody else is sent when the warning changes nothing.
    pub warned_at: Option<DateTime<Utc>>,
    /// Round of the ladder, from 1: a new one begins when everybody has been asked.
    pub round: i64,
    /// Rung of the ladder, from 0.
    pub rung: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was finished or called off.
    pub closed_at: Option<DateTime<Utc>>,
    /// The job whose work it does again (C-14).
    pub rework_of: Option<JobId>,
}

described_by!(Job, FlatJob);

impl From<Job> for FlatJob {
    fn from(job: Job) -> Self {
        Self {
            id: job.id,
            version: job.version,
            case_id: job.case_id,
            trade: job.trade,
            priority: job.priority,
            state: job.state(),
            state_since: job.state_since,
            hold: job.hold().cloned(),
            wake_at: job.wake_at(),
            warned_at: job.warned_at(),
            round: job.round,
            rung: job.rung,
            created_at: job.created_at,
            closed_at: job.closed_at(),
            rework_of: job.rework_of,
            job_code: job.job_code,
        }
    }
}

impl TryFrom<FlatJob> for Job {
    type Error = Contradiction;

    fn try_from(flat: FlatJob) -> Result<Self, Contradiction> {
        let state = flat.state;
        let stage = match (state, flat.hold, flat.wake_at, flat.warned_at, flat.closed_at) {
            (JobState::Held, Some(hold), Some(wake_at), None, None) => {
                Some(JobStage::InHand { step: Step::Held(hold), wake_at })
            }
            (JobState::Assigned, None, Some(wake_at), warned_at, None) => {
                Some(JobStage::InHand { step: Step::Assigned { warned_at }, wake_at })
            }
            (JobState::EnRoute, None, Some(wake_at), warned_at, None) => {
                Some(JobStage::InHand { step: Step::EnRoute { warned_at }, wake_at })
            }
            (_, None, Some(wake_at), None, None) => {
                Step::plain(state).map(|step| JobStage::InHand { step, wake_at })
            }
            (_, None, None, None, Some(closed_at)) => {
                Ending::of(state).map(|ending| JobStage::Over { ending, closed_at })
            }
            _ => None,
        };
        Ok(Self {
            id: flat.id,
            version: flat.version,
            case_id: flat.case_id,
            job_code: flat.job_code,
            trade: flat.trade,
            priority: flat.priority,
            stage: stage.ok_or(Contradiction { what: "a job", state: state.as_str() })?,
            state_since: flat.state_since,
            round: flat.round,
            rung: flat.rung,
            created_at: flat.created_at,
            rework_of: flat.rework_of,
        })
    }
}
