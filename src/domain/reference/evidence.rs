//! Reads `evidence.toml`: which pictures should be on file of a job (S-10, 3.3), and what is never photographed.

use serde::Deserialize;

use super::{
    document::{Document, Findings},
    error::ReferenceError,
};
use crate::domain::evidence::{Need, Wanted};

/// Which pictures should be on file of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceNeeds {
    /// What is never photographed, in Japanese (Y-06, Y-07).
    pub never_ja: String,
    /// The same in English.
    pub never_en: String,
    /// What is wanted.
    pub needs: Vec<Need>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    never_ja: String,
    never_en: String,
    need: Vec<Need>,
}

pub(super) fn parse(document: Document<'_>) -> Result<EvidenceNeeds, Vec<ReferenceError>> {
    let file: File = document.parse().map_err(|error| vec![error])?;
    let mut findings = Findings::new(document);
    findings.refuse_blank("never_ja", &file.never_ja);
    findings.refuse_blank("never_en", &file.never_en);
    for (at, need) in file.need.iter().enumerate() {
        if need.by.is_empty() && need.what != Wanted::Signature {
            findings.refuse(format!("need[{at}].by"), "is empty; expected one kind of picture or more");
        }
        findings.refuse_blank(format!("need[{at}].ja"), &need.ja);
        findings.refuse_blank(format!("need[{at}].en"), &need.en);
    }
    let errors = findings.finish();
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(EvidenceNeeds { never_ja: file.never_ja, never_en: file.never_en, needs: file.need })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::{
        evidence::{Circumstances, EvidenceKind, missing},
        jobs::JobState,
        reference::{Dataset, Reference},
        trade::Trade,
    };

    fn lacking(trade: Trade, state: JobState, there: &[EvidenceKind]) -> Vec<&'static str> {
        let job = Circumstances { trade, state, referred_on_site: false, signature_settled: false };
        lacking_in(job, there)
    }

    /// On a lock that was found to be the landlord's matter.
    fn lacking_when_referred(there: &[EvidenceKind]) -> Vec<&'static str> {
        let (trade, state) = (Trade::Lock, JobState::OnSite);
        lacking_in(Circumstances { trade, state, referred_on_site: true, signature_settled: false }, there)
    }

    fn lacking_in(job: Circumstances, there: &[EvidenceKind]) -> Vec<&'static str> {
        let reference = Reference::embedded().unwrap();
        let there: BTreeSet<_> = there.iter().copied().collect();
        missing(&reference.evidence().needs, job, &there).iter().map(|need| need.what.as_str()).collect()
    }

    #[test]
    fn a_water_job_wants_the_place_before_and_after() {
        use EvidenceKind::*;
        let nothing: [&str; 0] = [];
        assert_eq!(lacking(Trade::Water, JobState::EnRoute, &[]), nothing);
        assert_eq!(lacking(Trade::Water, JobState::Working, &[]), ["photo_before"], "S-10");
        assert_eq!(
            lacking(Trade::Water, JobState::Completed, &[PhotoBefore]),
            ["photo_after", "meter", "signature"],
            "S-10"
        );
        let all = [PhotoBefore, PhotoAfter, Meter, Signature];
        assert_eq!(lacking(Trade::Water, JobState::Completed, &all), nothing);
        assert_eq!(lacking(Trade::Lock, JobState::Working, &[]), nothing);
        assert_eq!(lacking(Trade::Lock, JobState::Completed, &[]), ["signature"]);
    }

    #[test]
    fn a_referral_on_site_wants_its_finding() {
        assert_eq!(lacking_when_referred(&[]), ["finding"], "3.3");
        let there = [EvidenceKind::Damage];
        assert!(lacking_when_referred(&there).is_empty());
    }

    #[test]
    fn no_kind_of_evidence_is_a_card() {
        for kind in EvidenceKind::ALL {
            assert!(!kind.as_str().contains("card") && !kind.as_str().contains("passport"), "Y-06, Y-07");
        }
        let reference = Reference::embedded().unwrap();
        assert!(reference.evidence().never_ja.contains("在留カード"), "Y-06");
        assert!(reference.evidence().never_en.contains("residence card"), "Y-06");
    }

    #[test]
    fn a_need_that_nothing_can_meet_is_refused() {
        let text = include_str!("../../../seeds/reference/evidence.toml");
        let changed = text.replacen("by = [\"photo_before\"]", "by = []", 1);
        let errors = parse(Document::new(Dataset::Evidence, changed.as_bytes()).unwrap()).unwrap_err();
        assert_eq!(errors[0].path.as_deref(), Some("need[0].by"));
    }
}
