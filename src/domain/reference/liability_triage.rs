//! Reads `liability-triage.toml`: what to ask about an incident and whom to tell. It never decides cover.

use serde::{Deserialize, Serialize};

use super::codes::{DeskId, ProgrammeId};
use super::document::{Document, Findings};
use super::error::ReferenceError;
use crate::domain::known::Known;
use crate::domain::money::Yen;
use crate::domain::text_enum::text_enum;

text_enum! {
    /// What a programme's printed text says about a scenario.
    pub enum CoverHint("cover hint") {
        /// Printed as an example of cover.
        ExampleCovered = "example_covered",
        /// No printed exclusion matches; the insurer decides.
        NoExclusion = "no_exclusion",
        /// A printed exclusion matches: tell the insurer's desk, never the caller.
        ExcludedText = "excluded_text",
        /// The printed text is ambiguous or silent.
        AskInsurer = "ask_insurer",
        /// The programme covers something else.
        NotThisCover = "not_this_cover",
    }
}

/// An incident as people tell it, with a hint for each programme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Its id, as in `S01`.
    pub id: String,
    /// In English.
    pub en: String,
    /// In Japanese.
    pub ja: String,
    p000: CoverHint,
    p000_why: Option<String>,
    p001: CoverHint,
    p001_why: Option<String>,
    p002: CoverHint,
    p002_why: Option<String>,
    p003: CoverHint,
    p003_why: Option<String>,
    p004: CoverHint,
    p004_why: Option<String>,
}

impl Scenario {
    /// The hint of a programme, and why.
    #[must_use]
    pub fn hint(&self, programme: &str) -> Option<(CoverHint, Option<&str>)> {
        let (hint, why) = match programme {
            "000" => (self.p000, &self.p000_why),
            "001" => (self.p001, &self.p001_why),
            "002" => (self.p002, &self.p002_why),
            "003" => (self.p003, &self.p003_why),
            "004" => (self.p004, &self.p004_why),
            _ => return None,
        };
        Some((hint, why.as_deref()))
    }
}

/// The liability cover of a programme at a glance (section 5.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoverSummary {
    /// The programme.
    pub id: ProgrammeId,
    /// Greatest payment, in yen.
    pub limit_yen: Known<Yen>,
    /// What the limit is counted over.
    pub limit_scope: Known<String>,
    /// Part the insured bears, in yen.
    pub deductible_yen: Known<Yen>,
    /// Until when an incident is to be reported.
    pub notice: Known<String>,
    /// Whether the insurer negotiates.
    pub negotiation: Known<String>,
    /// Desks to tell.
    pub desk: Vec<DeskId>,
}

/// The scenarios and the covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LiabilityTriage {
    /// The rule over all of them.
    pub rule: String,
    /// The scenarios in order.
    #[serde(rename = "scenario")]
    pub scenarios: Vec<Scenario>,
    /// The covers by programme.
    #[serde(rename = "programme_summary")]
    pub summaries: Vec<CoverSummary>,
}

pub(super) fn parse(document: Document<'_>) -> Result<LiabilityTriage, Vec<ReferenceError>> {
    let triage: LiabilityTriage = document.parse().map_err(|error| vec![error])?;
    let mut findings = Findings::new(document);
    findings.refuse_blank("rule", &triage.rule);
    let scenarios = triage.scenarios.iter().enumerate();
    findings.refuse_repeats(scenarios.map(|(at, scenario)| (format!("scenario[{at}].id"), &scenario.id)));
    let summaries = triage.summaries.iter().enumerate();
    findings.refuse_repeats(summaries.map(|(at, cover)| (format!("programme_summary[{at}].id"), &cover.id)));
    for (at, scenario) in triage.scenarios.iter().enumerate() {
        findings.refuse_blank(format!("scenario[{at}].id"), &scenario.id);
        findings.refuse_blank(format!("scenario[{at}].ja"), &scenario.ja);
        findings.refuse_blank(format!("scenario[{at}].en"), &scenario.en);
    }
    for (at, cover) in triage.summaries.iter().enumerate() {
        for (key, amount) in [("limit_yen", cover.limit_yen), ("deductible_yen", cover.deductible_yen)] {
            if amount.known().is_some_and(|amount| amount < Yen::ZERO) {
                findings.refuse(format!("programme_summary[{at}].{key}"), "is negative; expected 0 or more");
            }
        }
    }
    let errors = findings.finish();
    if errors.is_empty() { Ok(triage) } else { Err(errors) }
}
