//! Assignments: who has accepted a job, with what belongs to where that is; and their flat form.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{ReleaseCode, Slot};
use crate::domain::{
    flat::{Contradiction, described_by},
    ids::{AssignmentId, FirmId, JobId, OfferId, TechnicianId},
    place::Point,
    span::Instant,
};

/// Who has accepted a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "FlatAssignment", into = "FlatAssignment")]
pub struct Assignment {
    /// Its id.
    pub id: AssignmentId,
    /// Its version.
    pub version: i64,
    /// The job.
    pub job_id: JobId,
    /// The accepted offer.
    pub offer_id: OfferId,
    /// The firm.
    pub firm_id: FirmId,
    /// The technician.
    pub technician_id: TechnicianId,
    /// Which of the technician's places it takes.
    pub stage: AssignmentStage,
    /// When it was accepted.
    pub assigned_at: Instant,
    /// From when what its technician reports counts by itself (G-01).
    pub counts_from: Instant,
    /// When the technician promised to be there.
    pub arrival_due_at: Option<Instant>,
    /// The last time the technician was seen to come nearer. Not shown: a trail of positions is nobody's business.
    pub progress: Option<Progress>,
    /// What its technician has heard of danger.
    pub heard: Heard,
}

/// Up to which number somebody has heard of the dangers of a case, and of the plans of a job's identity check: what was known
/// when they accepted, and what they have acknowledged since (G-08).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Heard {
    /// Of the dangers.
    pub danger: i64,
    /// Of the plans.
    pub check: i64,
}

/// Which of the technician's places an assignment takes. [`Slot`] is its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssignmentStage {
    /// Being done.
    Current {
        /// Since when.
        since: Instant,
    },
    /// Waits until the current one is done.
    Queued,
    /// Over.
    Released {
        /// When it was over.
        at: Instant,
        /// Why.
        code: ReleaseCode,
        /// Since when it had been the current one; absent where it waited to the end.
        current_since: Option<Instant>,
    },
}

/// Where a technician was when last seen to move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// When.
    pub at: Instant,
    /// Where.
    pub point: Point,
}

impl Assignment {
    /// The code of the place it takes.
    #[must_use]
    pub fn slot(&self) -> Slot {
        match self.stage {
            AssignmentStage::Current { .. } => Slot::Current,
            AssignmentStage::Queued => Slot::Queued,
            AssignmentStage::Released { .. } => Slot::Released,
        }
    }

    /// Whether it is over.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self.stage, AssignmentStage::Released { .. })
    }

    /// Since when it is, or was, the technician's current one.
    #[must_use]
    pub fn current_since(&self) -> Option<Instant> {
        match self.stage {
            AssignmentStage::Current { since } => Some(since),
            AssignmentStage::Queued => None,
            AssignmentStage::Released { current_since, .. } => current_since,
        }
    }

    /// When it was over.
    #[must_use]
    pub fn released_at(&self) -> Option<Instant> {
        match self.stage {
            AssignmentStage::Released { at, .. } => Some(at),
            _ => None,
        }
    }

    /// Why it was over.
    #[must_use]
    pub fn release_code(&self) -> Option<ReleaseCode> {
        match self.stage {
            AssignmentStage::Released { code, .. } => Some(code),
            _ => None,
        }
    }

    /// It is the technician's current one from now on.
    pub fn begin(&mut self, now: Instant) {
        self.stage = AssignmentStage::Current { since: now };
    }

    /// It is over.
    pub fn release(&mut self, now: Instant, code: ReleaseCode) {
        self.stage = AssignmentStage::Released { at: now, code, current_since: self.current_since() };
    }
}

/// Who has accepted a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = Assignment)]
pub struct FlatAssignment {
    /// Its id.
    pub id: AssignmentId,
    /// Its version.
    pub version: i64,
    /// The job.
    pub job_id: JobId,
    /// The accepted offer.
    pub offer_id: OfferId,
    /// The firm.
    pub firm_id: FirmId,
    /// The technician.
    pub technician_id: TechnicianId,
    /// Which of the technician's places it takes.
    pub slot: Slot,
    /// When it was accepted.
    pub assigned_at: DateTime<Utc>,
    /// From when what its technician reports counts by itself: the acceptance; of what was agreed by telephone, the making of
    /// the job or the release of whoever had that place before: the job's, or a helper's (G-01).
    pub counts_from: DateTime<Utc>,
    /// When the technician promised to be there.
    pub arrival_due_at: Option<DateTime<Utc>>,
    /// When it was over.
    pub released_at: Option<DateTime<Utc>>,
    /// Why it was over.
    pub release_code: Option<ReleaseCode>,
    /// Since when it is, or was, the technician's current one; absent while it waits.
    pub current_since: Option<DateTime<Utc>>,
    /// Number of the last danger of the case that was known at the acceptance, or acknowledged since (G-08).
    pub heard_danger: i64,
    /// Number of the last plan of the identity check of which the same is true.
    pub heard_check: i64,
}

described_by!(Assignment, FlatAssignment);

impl From<Assignment> for FlatAssignment {
    fn from(one: Assignment) -> Self {
        Self {
            id: one.id,
            version: one.version,
            job_id: one.job_id,
            offer_id: one.offer_id,
            firm_id: one.firm_id,
            technician_id: one.technician_id,
            slot: one.slot(),
            assigned_at: one.assigned_at,
            counts_from: one.counts_from,
            arrival_due_at: one.arrival_due_at,
            released_at: one.released_at(),
            release_code: one.release_code(),
            current_since: one.current_since(),
            heard_danger: one.heard.danger,
            heard_check: one.heard.check,
        }
    }
}

impl TryFrom<FlatAssignment> for Assignment {
    type Error = Contradiction;

    fn try_from(flat: FlatAssignment) -> Result<Self, Contradiction> {
        let stage = match (flat.slot, flat.current_since, flat.released_at, flat.release_code) {
            (Slot::Current, Some(since), None, None) => AssignmentStage::Current { since },
            (Slot::Queued, None, None, None) => AssignmentStage::Queued,
            (Slot::Released, current_since, Some(at), Some(code)) => {
                AssignmentStage::Released { at, code, current_since }
            }
            (slot, ..) => return Err(Contradiction { what: "an assignment", state: slot.as_str() }),
        };
        Ok(Self {
            id: flat.id,
            version: flat.version,
            job_id: flat.job_id,
            offer_id: flat.offer_id,
            firm_id: flat.firm_id,
            technician_id: flat.technician_id,
            stage,
            assigned_at: flat.assigned_at,
            counts_from: flat.counts_from,
            arrival_due_at: flat.arrival_due_at,
            progress: None,
            heard: Heard { danger: flat.heard_danger, check: flat.heard_check },
        })
    }
}
