//! Events of the site.

use std::collections::BTreeMap;

use crate::domain::{
    events::payload::payloads,
    evidence::{AbsenceReason, EvidenceKind},
    facts::{FactCode, JobOutcome, ShortCode, reports::RefusalCode},
    ids::{AssignmentId, EvidenceId, FactId, JobId, TechnicianId},
    jobs::JobState,
    span::Instant,
};

payloads! {
    /// Whoever goes will be there later than promised.
    AssignmentDelayed of job: JobId {
        /// The assignment.
        assignment: AssignmentId,
        /// Who.
        technician: TechnicianId,
        /// When they promise to be there now.
        arrival_due_at: Instant,
    }

    /// A fact from the site was recorded.
    FactRecorded of job: JobId {
        /// Under which assignment.
        assignment: AssignmentId,
        /// Who has told it.
        technician: TechnicianId,
        /// How many in one batch.
        count: usize,
        /// How many of each kind.
        kinds: BTreeMap<FactCode, usize>,
    }

    /// A report from the site was refused by itself.
    FactRejected of job: JobId {
        /// Who has told it.
        technician: TechnicianId,
        /// The device.
        device: ShortCode,
        /// Its id, where that can be read.
        fact: Option<FactId>,
        /// Why.
        code: RefusalCode,
        /// The field that cannot be accepted, by our own name for it; empty where it is the report as a whole.
        field: String,
    }

    /// The job's state as told by its facts changed.
    JobProgressed of job: JobId, for firms [from, to] {
        /// Where it was.
        from: JobState,
        /// Where it is.
        to: JobState,
        /// What came of the work, where it is over.
        outcome: Option<JobOutcome>,
    }

    /// A picture from the site was kept.
    EvidenceKept of job: JobId, row "evidence" of evidence {
        /// The picture.
        evidence: EvidenceId,
        /// What it shows.
        kind: EvidenceKind,
        /// Who took it, where that is known.
        technician: Option<TechnicianId>,
    }

    /// It is written down why nobody has signed.
    SignatureMissed of job: JobId, row "signature_absence" of job {
        /// Why.
        reason: AbsenceReason,
    }
}
