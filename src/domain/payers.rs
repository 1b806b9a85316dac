//! Payers other than the resident. A technician, or the desk, may propose one; until whoever may speak for them has agreed, the
//! item is held: it is neither billed nor written off (G-06, C-23).

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{
    facts::ShortCode,
    ids::{FactId, JobId, PayerAuthorityId, ReferralId, TechnicianId},
    ledger::Charge,
    reference::programme::Payer,
    refusal::{MoneyRefused, Refusal},
};

impl Payer {
    /// The payer in words: (Japanese, English).
    #[must_use]
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Worker => ("ご本人", "resident"),
            Self::HostCompany => ("受入企業", "host company"),
            Self::Landlord => ("家主・管理会社", "landlord"),
            Self::Programme => ("運営側", "programme"),
        }
    }
}

/// An answer that has been awaited for longer goes to review.
pub const PAYER_AWAITED_MAX: TimeDelta = TimeDelta::days(14);

/// Somebody who may has agreed for a payer: a named person of the host company, or the landlord in writing or on record, on
/// the referral. Who that was stands beside it and is erased with the people of the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PayerAuthority {
    /// Its id.
    pub id: PayerAuthorityId,
    /// The job.
    pub job_id: JobId,
    /// Who pays.
    pub payer: Payer,
    /// The referral on which the landlord has agreed.
    pub referral_id: Option<ReferralId>,
    /// Number of the letter or recording.
    pub evidence: Option<ShortCode>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

/// That a payer has agreed to what had been heard of by then: what a technician says afterwards in their name binds them no more
/// than before (G-06).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct Agreement {
    /// Who has agreed.
    pub payer: Payer,
    /// Up to when.
    pub at: DateTime<Utc>,
}

/// The same with who has agreed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct NamedAuthority {
    /// The authority.
    #[serde(flatten)]
    pub authority: PayerAuthority,
    /// Who has agreed; absent once erased.
    pub person: Option<String>,
}

/// A yes in the name of a payer who has not agreed themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ProposedPayer {
    /// The report of the yes.
    pub fact_id: FactId,
    /// Who reports it.
    pub technician_id: TechnicianId,
    /// Whose answer is awaited.
    pub payer: Payer,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// What is neither billed nor written off before its payer has agreed: it has no line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct HeldItem {
    /// What it would be billed as.
    #[serde(flatten)]
    pub charge: Charge,
    /// Since when the payer's answer is awaited.
    pub since: DateTime<Utc>,
    /// When it goes to a supervisor; the programme's goodwill does at once.
    pub review_at: DateTime<Utc>,
}

impl ProposedPayer {
    /// When a supervisor is asked in place of the payer. The programme is a supervisor's to say for.
    #[must_use]
    pub fn review_at(&self) -> DateTime<Utc> {
        match self.payer {
            Payer::Programme => self.since,
            Payer::Worker | Payer::HostCompany | Payer::Landlord => self.since + PAYER_AWAITED_MAX,
        }
    }
}

/// Refuses an authority that says nothing new: it is on record, and nothing more was heard of in the payer's name.
pub fn not_yet(payer: Payer, known: &[Agreement], proposed: &[ProposedPayer]) -> Result<(), Refusal> {
    let is_known = known.iter().any(|one| one.payer == payer);
    let is_asked = proposed.iter().any(|one| one.payer == payer);
    if is_known && !is_asked { Err(MoneyRefused::PayerAuthorised.into()) } else { Ok(()) }
}

/// Refuses an authority that does not bind: the worker agrees at the site, the programme by a supervisor's decision, and a
/// landlord in writing or on record, on a referral.
pub fn check(
    payer: Payer,
    evidence: Option<&ShortCode>,
    referral: Option<ReferralId>,
) -> Result<(), Refusal> {
    match payer {
        Payer::HostCompany => Ok(()),
        Payer::Landlord if evidence.is_none() => {
            Err(Refusal::field("evidence", "name the letter or the recording (C-23)"))
        }
        Payer::Landlord if referral.is_none() => Err(MoneyRefused::NoReferral.into()),
        Payer::Landlord => Ok(()),
        Payer::Worker | Payer::Programme => {
            let message =
                "host_company or landlord: the worker agrees at the site, the programme by a decision";
            Err(Refusal::field("payer", message))
        }
    }
}
