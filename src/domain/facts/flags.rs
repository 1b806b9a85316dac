//! What is doubtful about a record, and what is missing from it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Fact, ShortCode, Unresolved,
    fact::{DeviceOf, device_of},
};
use crate::domain::{
    ids::{FactId, TechnicianId},
    text_enum::text_enum,
};

text_enum! {
    /// Why a person must look at a record before it is billed.
    pub enum FlagCode("review flag") {
        /// A device's clock is off by more than two hours, or was set meanwhile.
        ClockSkew = "clock_skew",
        /// It is said to have happened after it was reported.
        ImplausibleTime = "implausible_time",
        /// Work without a pause for longer than anybody works.
        ImplausibleInterval = "implausible_interval",
        /// Work ended, was paused or taken up again without having begun.
        MissingStart = "missing_start",
        /// Work began and did not end.
        MissingEnd = "missing_end",
        /// Work of one technician at the same time: told by two devices, or on two jobs.
        Overlap = "overlap",
        /// A device has sent a higher number and not all below it.
        SequenceHole = "sequence_hole",
        /// A device has given one number to two reports.
        SequenceReused = "sequence_reused",
        /// Work before arrival, on the way, or after completion.
        OutsideSite = "outside_site",
        /// A consent was written down long after it is said to have been given.
        ConsentRecordedLate = "consent_recorded_late",
        /// Work after an identity check that failed; it does not count (S-04).
        WorkAfterFailedCheck = "work_after_failed_check",
        /// A part or special work after the trouble was found to be the landlord's, without the landlord's authority or the
        /// worker's consent after the finding (3.4).
        ChargedAfterFinding = "charged_after_finding",
        /// A part or special work sold on a job that puts the contractor's own fault right (C-14).
        ChargedOnRework = "charged_on_rework",
        /// The outcome is contradicted: told differently twice, complete though the identity check failed, or referred
        /// without a finding.
        DoubtfulOutcome = "doubtful_outcome",
        /// More than one job can hold.
        OverLimits = "over_limits",
        /// A door was opened, and no identity check that passed is reported (S-01).
        MissingIdCheck = "missing_id_check",
        /// Before its assignment began; it does not count (G-01).
        BeforeAssignment = "before_assignment",
        /// After its assignment was over, or the end of a job that others have by then, and are in danger; it does not count
        /// (G-01, G-02, G-08).
        AfterRelease = "after_release",
        /// Told by somebody suspended of a job they do not have any more; it does not count (G-10).
        ReporterSuspended = "reporter_suspended",
        /// Before the job was made; it does not count (G-01).
        BeforeJob = "before_job",
        /// Received more than 48 hours after its time; it does not count (G-01).
        TooLate = "too_late",
        /// The end of a visit told by somebody who has neither come nor begun; it does not count (G-03).
        NotArrived = "not_arrived",
        /// Money taken by somebody who was taken off the job and has done nothing of it that is billed, or who has not come while
        /// others did; it does not count (G-02).
        PaymentWithoutWork = "payment_without_work",
        /// The sequence of its device contradicts a consent; it does not count (G-04).
        ConsentOutOfOrder = "consent_out_of_order",
        /// A consent came after the job was billed, or more than an hour after it was told to be complete, and does not count; or
        /// a colleague's came after work that it covers had begun, and counts from its receipt; or it was written down then, after
        /// other reports, and counts from there (G-04).
        ConsentTooLate = "consent_too_late",
        /// It fills a number that was missing when the job was billed, or tells what somebody who was taken off has done, once
        /// the work of others was billed; it does not count (G-02, G-04).
        FilledLate = "filled_late",
        /// Told by somebody who was taken off the job, once that was known, of what others have worked on: what the payer agreed
        /// to, or who the resident is; it does not count (G-02).
        OthersWork = "others_work",
        /// That the job was done, agreed to or paid came after it had been called off; it does not count (G-02).
        AfterCancellation = "after_cancellation",
        /// A technician names a payer who can only be bound by an authority of their own (G-06).
        PayerUnconfirmed = "payer_unconfirmed",
        /// A consent names a language that the programme does not serve (G-05).
        ConsentLanguage = "consent_language",
        /// A consent names a text that was not issued in its language, nor in one that an interpreter was read (G-05).
        ConsentText = "consent_text",
        /// Nobody knows how the payer has understood a consent: the technician does not speak the language, no interpreter
        /// of it was on the line then, and no text was shown in it (G-05).
        ConsentNotUnderstood = "consent_not_understood",
        /// The signature or the recorded call that a consent names was not there (C-19).
        ConsentEvidence = "consent_evidence",
        /// A special work of which there is no code (S-11).
        UnknownWork = "unknown_work",
        /// Something of the building was replaced, and neither has the landlord agreed nor does anybody answer for it
        /// (S-06).
        LandlordNotAsked = "landlord_not_asked",
        /// Work that takes a licence was done, or a job that takes one was said to be done, by whoever may only make safe there
        /// (S-08).
        Unlicensed = "unlicensed",
        /// Money was taken for a job that costs nothing; it is not recorded as a payment (G-07).
        PaymentForNothing = "payment_for_nothing",
        /// More money was taken than is due from anybody (G-07).
        PaymentOverpaid = "payment_overpaid",
        /// Money was taken that looks like a payment that is known already; it is not recorded as another one (G-07).
        PaymentRepeated = "payment_repeated",
        /// Work was begun while a danger was uncleared, or no identity could be checked, other than to make safe (G-08).
        WorkInDanger = "work_in_danger",
        /// A supervisor stated somebody's work, and other reports of that work came later.
        CorrectionOutdated = "correction_outdated",
    }
}

impl FlagCode {
    /// Whether it means that a report does not count by itself (domain.md section 14).
    #[must_use]
    pub fn keeps_out(self) -> bool {
        matches!(
            self,
            Self::BeforeAssignment
                | Self::AfterRelease
                | Self::ReporterSuspended
                | Self::BeforeJob
                | Self::TooLate
                | Self::NotArrived
                | Self::PaymentWithoutWork
                | Self::ConsentOutOfOrder
                | Self::ConsentTooLate
                | Self::FilledLate
                | Self::OthersWork
                | Self::AfterCancellation
        )
    }
}

impl From<Unresolved> for FlagCode {
    fn from(unresolved: Unresolved) -> Self {
        match unresolved {
            Unresolved::Language => Self::ConsentLanguage,
            Unresolved::Text => Self::ConsentText,
            Unresolved::Understanding => Self::ConsentNotUnderstood,
            Unresolved::Evidence => Self::ConsentEvidence,
            Unresolved::Work => Self::UnknownWork,
            Unresolved::Landlord => Self::LandlordNotAsked,
            Unresolved::Licence => Self::Unlicensed,
        }
    }
}

/// One thing that is doubtful.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Flag {
    /// What.
    pub code: FlagCode,
    /// Whose report it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub technician_id: Option<TechnicianId>,
    /// The report that shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fact_id: Option<FactId>,
    /// The reports that are missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<MissingReports>,
}

/// Numbers a device has not sent yet, both ends included.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MissingReports {
    /// The device.
    pub device: ShortCode,
    /// First number missing.
    pub from: i64,
    /// Last number missing.
    pub to: i64,
}

impl Flag {
    /// About a technician.
    pub(super) fn of(code: FlagCode, technician: TechnicianId) -> Self {
        Self { code, technician_id: Some(technician), fact_id: None, missing: None }
    }

    /// About one report.
    pub(super) fn at(code: FlagCode, fact: &Fact) -> Self {
        Self { fact_id: Some(fact.id), ..Self::of(code, fact.technician_id) }
    }

    /// About the record as a whole.
    #[must_use]
    pub fn whole(code: FlagCode) -> Self {
        Self { code, technician_id: None, fact_id: None, missing: None }
    }
}

/// Holes in the devices' numbers, and numbers given twice. Each device counts from 1 on each job.
pub(super) fn sequence_flags<'a>(facts: impl Iterator<Item = &'a Fact>) -> Vec<Flag> {
    let mut devices: BTreeMap<DeviceOf<'a>, BTreeMap<i64, Vec<&'a Fact>>> = BTreeMap::new();
    for fact in facts {
        devices.entry(device_of(fact)).or_default().entry(fact.device_seq).or_default().push(fact);
    }
    let mut flags = Vec::new();
    for numbers in devices.values() {
        let mut expected = 1;
        for (&number, facts) in numbers {
            let fact = facts[0];
            if number > expected {
                let missing = MissingReports { device: fact.device.clone(), from: expected, to: number - 1 };
                let hole = Flag::of(FlagCode::SequenceHole, fact.technician_id);
                flags.push(Flag { missing: Some(missing), ..hole });
            }
            if facts.len() > 1 {
                flags.extend(facts.iter().map(|fact| Flag::at(FlagCode::SequenceReused, fact)));
            }
            expected = number + 1;
        }
    }
    flags
}
