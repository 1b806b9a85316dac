//! Reads of personal data: who, of what, and for which purpose (Y-02).

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::{
    actor::Role,
    ids::{CaseId, ReadId, TokenId},
    text_enum::text_enum,
};

text_enum! {
    /// What personal data is read for (Y-02).
    pub enum ReadPurpose("purpose") {
        /// To send help.
        Dispatch = "dispatch",
        /// To charge, and to prove the charge.
        Billing = "billing",
        /// To tell landlord or management company.
        Referral = "referral",
        /// To judge whether an insurance claim is needed, and nothing else (D-02).
        InsuranceClaimNeedAssessment = "insurance_claim_need_assessment",
        /// To see that the work is done well.
        Quality = "quality",
    }
}

text_enum! {
    /// What is read.
    pub enum ReadSubject("subject of a read") {
        /// A call.
        Call = "call",
        /// A case.
        Case = "case",
        /// A job.
        Job = "job",
        /// Who goes to a job.
        Assignment = "assignment",
        /// A referral.
        Referral = "referral",
        /// A picture.
        Evidence = "evidence",
        /// A shift handed over.
        Shift = "shift",
        /// A question about a bill.
        Review = "review",
    }
}

/// Which part of the record a page belongs to: with the role it gives the purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Calls, cases, jobs.
    Record,
    /// Referrals.
    Referral,
    /// Charges.
    Money,
    /// What somebody answers for who looks after the others.
    Oversight,
}

/// Why a role reads a part of the record.
#[must_use]
pub fn purpose(role: Role, part: Part) -> ReadPurpose {
    match (role, part) {
        (Role::ClaimsSupport, _) => ReadPurpose::InsuranceClaimNeedAssessment,
        (Role::Billing, _) | (_, Part::Money) => ReadPurpose::Billing,
        (_, Part::Record) => ReadPurpose::Dispatch,
        (_, Part::Referral) => ReadPurpose::Referral,
        (_, Part::Oversight) => ReadPurpose::Quality,
    }
}

/// One request that has read personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Read {
    /// Its id.
    pub id: ReadId,
    /// When.
    pub at: DateTime<Utc>,
    /// The role that has read.
    #[schema(value_type = Role)]
    pub actor: String,
    /// The token that has read.
    pub actor_id: Option<TokenId>,
    /// Method and route, without ids, as in `GET /v1/cases/{id}`.
    pub route: String,
    /// What for.
    pub purpose: ReadPurpose,
    /// What was read; absent for a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<ReadSubject>,
    /// Which one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject_id: Option<Uuid>,
    /// The case it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case_id: Option<CaseId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_claims_support_company_has_one_purpose_whatever_it_reads() {
        for part in [Part::Record, Part::Referral, Part::Money, Part::Oversight] {
            assert_eq!(purpose(Role::ClaimsSupport, part), ReadPurpose::InsuranceClaimNeedAssessment, "D-02");
        }
    }

    #[test]
    fn others_read_for_what_they_read() {
        assert_eq!(purpose(Role::Dispatcher, Part::Record), ReadPurpose::Dispatch);
        assert_eq!(purpose(Role::Technician, Part::Record), ReadPurpose::Dispatch);
        assert_eq!(purpose(Role::Dispatcher, Part::Referral), ReadPurpose::Referral);
        assert_eq!(purpose(Role::Firm, Part::Money), ReadPurpose::Billing);
        assert_eq!(purpose(Role::Billing, Part::Record), ReadPurpose::Billing);
        assert_eq!(purpose(Role::Supervisor, Part::Oversight), ReadPurpose::Quality);
    }
}
