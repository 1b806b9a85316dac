//! The liability cover of a call-out programme and who insures it (section 1.8).

use serde::{Deserialize, Serialize};

use crate::domain::known::Known;
use crate::domain::money::Yen;
use crate::domain::reference::document::Findings;

/// The liability cover. What is not printed is unspecified and never shown as a figure (P-06).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Liability {
    /// What it pays for, as printed (P-01).
    pub cover_ja: String,
    /// Greatest payment (P-02).
    pub limit_yen: Yen,
    /// What the limit is counted over.
    pub limit_basis: Known<String>,
    /// Part the insured bears.
    pub deductible_yen: Known<Yen>,
    /// Until when an incident is to be reported.
    pub notice_deadline: Known<String>,
    /// Whether the insurer negotiates (P-04).
    pub settlement_negotiation: bool,
    /// Who helps with claims, as printed.
    pub claims_support_ja: String,
    /// Printed examples (P-05).
    pub seed_examples_ja: Vec<String>,
    /// Printed exclusions (P-03).
    #[serde(rename = "exclusion")]
    pub exclusions: Vec<Exclusion>,
}

/// Something the cover does not pay for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    /// Its code.
    pub code: String,
    /// As printed.
    pub ja: String,
}

impl Liability {
    pub(super) fn check(&self, findings: &mut Findings<'_>) {
        findings.refuse_blank("liability.cover_ja", &self.cover_ja);
        if self.limit_yen <= Yen::ZERO {
            findings.refuse("liability.limit_yen", "expected more than 0 yen");
        }
        if self.deductible_yen.known().is_some_and(|amount| amount < Yen::ZERO) {
            findings
                .refuse("liability.deductible_yen", "is negative; expected 0 or more, or \"unspecified\"");
        }
        let codes = self.exclusions.iter().enumerate();
        findings
            .refuse_repeats(codes.map(|(at, item)| (format!("liability.exclusion[{at}].code"), &item.code)));
    }
}

/// Who insures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Insurer {
    /// The one that leads.
    pub lead_ja: String,
    /// All of them, as printed.
    pub coinsurers_ja: Vec<String>,
    /// Name the second is probably registered under.
    pub coinsurer_2_likely_registered_name_ja: String,
    /// Shares in per cent, in the order of the insurers.
    pub shares_percent: Known<Vec<u8>>,
    /// Whether each answers for all.
    pub joint_and_several: bool,
    /// What the lead does for the others.
    pub lead_acts_for_others_ja: Vec<String>,
}

impl Insurer {
    pub(super) fn check(&self, findings: &mut Findings<'_>) {
        if !self.coinsurers_ja.contains(&self.lead_ja) {
            findings.refuse("insurer.lead_ja", "is not among coinsurers_ja; expected one of them");
        }
        if let Known::Known(shares) = &self.shares_percent {
            let total: u32 = shares.iter().copied().map(u32::from).sum();
            if shares.len() != self.coinsurers_ja.len() || total != 100 {
                findings.refuse("insurer.shares_percent", "expected one share an insurer, together 100");
            }
        }
    }
}
