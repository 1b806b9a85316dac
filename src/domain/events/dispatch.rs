//! Events of jobs on their way to somebody: asked, accepted, planned, taken back.

use uuid::Uuid;

use crate::domain::{
    alarms::{Alarm, AlarmKind},
    appointments::GivenUp,
    events::{payload::payloads, subject::Subject},
    fitness::Confirmation,
    identity::Method,
    ids::{AlarmId, AssignmentId, CaseId, DecisionId, FirmId, JobId, OfferId, TechnicianId, WindowId},
    jobs::{CancelReason, Job},
    offers::{Addressee, DeclineCode, OverrideReason, ReassignReason, ReleaseCode, Via, WithdrawCode},
    span::Instant,
    trade::Priority,
    verdict::Verdict,
};

payloads! {
    /// How the identity will be checked was planned.
    IdentityPlanned of job: JobId {
        /// How.
        method: Method,
    }

    /// A job was made for a case.
    JobCreated of job: JobId, row "job" of job {
        /// The case.
        case: CaseId,
        /// What is to be done.
        job_code: String,
        /// How urgent it is.
        priority: Priority,
        /// The job whose work it does again.
        #[serde(skip_serializing_if = "Option::is_none")]
        rework_of: Option<JobId>,
    }

    /// A matching run was recorded.
    JobMatched of job: JobId {
        /// The run.
        decision: DecisionId,
        /// What came of it.
        verdict: Verdict,
    }

    /// Nobody who serves the place and trade is free now; a human must know.
    JobUncovered of job: JobId {}

    /// No firm serves the place and trade (K-04).
    JobNoCoverage of job: JobId {}

    /// The job was cancelled.
    JobCancelled of job: JobId, for firms [reason] {
        /// Why.
        reason: CancelReason,
    }

    /// The place of an accepted job was corrected: its contractor must be told.
    JobPlaceChanged of job: JobId, for firms [technician, firm] {
        /// Who goes there, when it is known.
        #[serde(skip_serializing_if = "Option::is_none")]
        technician: Option<TechnicianId>,
        /// The firm.
        #[serde(skip_serializing_if = "Option::is_none")]
        firm: Option<FirmId>,
    }

    /// Somebody who is on the job must know of these dangers (G-08).
    JobEndangered of job: JobId, for firms [technician, firm, assignment, dangers] {
        /// The assignment.
        assignment: AssignmentId,
        /// Who.
        technician: TechnicianId,
        /// The firm.
        firm: FirmId,
        /// What they have not acknowledged: hazards, or the identity that cannot be checked.
        dangers: Vec<String>,
    }

    /// Somebody who is on the job knows of these dangers.
    DangerAcknowledged of job: JobId, for firms [technician, firm, assignment, dangers] {
        /// The assignment.
        assignment: AssignmentId,
        /// Who.
        technician: TechnicianId,
        /// The firm.
        firm: FirmId,
        /// What was acknowledged.
        dangers: Vec<String>,
    }

    /// No danger is left for somebody who is on the job.
    JobSafe of job: JobId, for firms [technician, firm, assignment] {
        /// The assignment.
        assignment: AssignmentId,
        /// Who.
        technician: TechnicianId,
        /// The firm.
        firm: FirmId,
    }

    /// Somebody is off the job.
    AssignmentReleased of job: JobId, for firms [technician, code] {
        /// Who.
        technician: TechnicianId,
        /// Why.
        code: ReleaseCode,
    }

    /// An offer was made.
    OfferMade of job: JobId, for firms [offer, firm, technician, addressee] {
        /// The offer.
        offer: OfferId,
        /// The firm.
        firm: FirmId,
        /// The technician asked.
        technician: TechnicianId,
        /// Running number among the offers of the job, from 1.
        rank: i64,
        /// Round of the ladder, from 1.
        round: i64,
        /// Rung of the ladder, from 0.
        rung: i64,
        /// Who is asked.
        addressee: Addressee,
    }

    /// An offer was accepted.
    OfferAccepted of job: JobId, for firms [offer, firm, technician, assignment] {
        /// The offer.
        offer: OfferId,
        /// The firm.
        firm: FirmId,
        /// The technician.
        technician: TechnicianId,
        /// The assignment, where the technician is known at once.
        #[serde(skip_serializing_if = "Option::is_none")]
        assignment: Option<AssignmentId>,
        /// How the answer came in.
        #[serde(skip_serializing_if = "Option::is_none")]
        via: Option<Via>,
        /// Until when the firm names its technician.
        #[serde(skip_serializing_if = "Option::is_none")]
        naming_due_at: Option<Instant>,
        /// The assignment that was given up before its technician came after all.
        #[serde(skip_serializing_if = "Option::is_none")]
        comeback_of: Option<AssignmentId>,
    }

    /// An offer was declined.
    OfferDeclined of job: JobId, for firms [offer, firm, technician, code] {
        /// The offer.
        offer: OfferId,
        /// The firm.
        firm: FirmId,
        /// The technician.
        technician: TechnicianId,
        /// Why.
        code: DeclineCode,
        /// How the answer came in.
        via: Option<Via>,
    }

    /// An offer's deadline passed.
    OfferExpired of job: JobId, for firms [offer, firm, technician] {
        /// The offer.
        offer: OfferId,
        /// The firm.
        firm: FirmId,
        /// The technician.
        technician: TechnicianId,
    }

    /// An offer was taken back.
    OfferWithdrawn of job: JobId, for firms [offer, firm, technician, code] {
        /// The offer.
        offer: OfferId,
        /// The firm.
        firm: FirmId,
        /// The technician.
        technician: TechnicianId,
        /// Why.
        code: WithdrawCode,
    }

    /// A firm named its technician.
    OfferNamed of job: JobId, for firms [offer, firm, technician, assignment] {
        /// The offer.
        offer: OfferId,
        /// The firm.
        firm: FirmId,
        /// The technician named.
        technician: TechnicianId,
        /// The assignment.
        assignment: AssignmentId,
        /// How the name came in.
        via: Via,
        /// What a person has passed over by name and reason (G-17).
        #[serde(skip_serializing_if = "Option::is_none")]
        confirmation: Option<Confirmation>,
    }

    /// A job is held: nobody is asked.
    JobHeld of job: JobId {
        /// What holds it: a hazard, or the open question of identity.
        hold: String,
    }

    /// What held a job is cleared.
    JobCleared of job: JobId {}

    /// A visit was planned.
    JobBooked of job: JobId {
        /// The window.
        window: WindowId,
        /// Whose day it is in.
        technician: TechnicianId,
        /// From when.
        starts_at: Instant,
        /// Until when.
        ends_at: Instant,
        /// What a person has passed over by name and reason (G-17).
        #[serde(skip_serializing_if = "Option::is_none")]
        confirmation: Option<Confirmation>,
    }

    /// A planned visit was given up, or made way.
    JobUnbooked of job: JobId {
        /// The window.
        window: WindowId,
        /// Whose day it was in.
        technician: TechnicianId,
        /// Why.
        code: GivenUp,
    }

    /// A person gave the job to somebody past the ladder.
    JobOverridden of job: JobId {
        /// Who goes.
        technician: TechnicianId,
        /// The firm.
        firm: FirmId,
        /// Why.
        reason: OverrideReason,
        /// The assignment.
        assignment: AssignmentId,
        /// The matching run that was passed over.
        decision: DecisionId,
        /// What a person has passed over by name and reason (G-17).
        #[serde(skip_serializing_if = "Option::is_none")]
        confirmation: Option<Confirmation>,
    }

    /// Taken from whoever had it, to be put to others.
    JobReassigned of job: JobId {
        /// Why.
        reason: ReassignReason,
    }

    /// Somebody was sent to help.
    HelperAdded of job: JobId {
        /// Who.
        technician: TechnicianId,
        /// The firm.
        firm: FirmId,
        /// The assignment.
        assignment: AssignmentId,
        /// The matching run that was passed over.
        decision: DecisionId,
        /// What a person has passed over by name and reason (G-17).
        #[serde(skip_serializing_if = "Option::is_none")]
        confirmation: Option<Confirmation>,
    }

    /// A contractor was warned: of being late, or that the payer's yes is needed.
    JobWarned of job: JobId, for firms [firm, technician, alarms] {
        /// The firm.
        firm: FirmId,
        /// The technician.
        technician: TechnicianId,
        /// What is wrong.
        alarms: Vec<AlarmKind>,
    }

    /// An alarm was raised.
    AlarmRaised of alarm: AlarmId {
        /// What must be known.
        kind: AlarmKind,
        /// What kind of thing it is about.
        subject: Subject,
        /// Which one.
        subject_id: Uuid,
        /// How often it has rung.
        rung: i64,
    }

    /// An alarm rang.
    AlarmRang of alarm: AlarmId {
        /// What must be known.
        kind: AlarmKind,
        /// What kind of thing it is about.
        subject: Subject,
        /// Which one.
        subject_id: Uuid,
        /// How often it has rung.
        rung: i64,
    }

    /// An alarm was acknowledged.
    AlarmAcknowledged of alarm: AlarmId {
        /// What must be known.
        kind: AlarmKind,
        /// What kind of thing it is about.
        subject: Subject,
        /// Which one.
        subject_id: Uuid,
        /// How often it has rung.
        rung: i64,
    }

    /// The cause of an alarm is gone.
    AlarmResolved of alarm: AlarmId {
        /// What must be known.
        kind: AlarmKind,
        /// What kind of thing it is about.
        subject: Subject,
        /// Which one.
        subject_id: Uuid,
        /// How often it has rung.
        rung: i64,
    }
}

impl From<&Job> for JobCreated {
    fn from(job: &Job) -> Self {
        Self {
            job: job.id,
            case: job.case_id,
            job_code: job.job_code.clone(),
            priority: job.priority,
            rework_of: job.rework_of,
        }
    }
}

macro_rules! of_alarms {
    ($($name:ident),+) => {$(
        impl From<&Alarm> for $name {
            fn from(alarm: &Alarm) -> Self {
                Self {
                    alarm: alarm.id,
                    kind: alarm.kind,
                    subject: alarm.subject,
                    subject_id: alarm.subject_id,
                    rung: alarm.rung,
                }
            }
        }
    )+};
}
of_alarms!(AlarmRaised, AlarmRang, AlarmAcknowledged, AlarmResolved);
