//! What somebody who was taken off a job tells, once that is known, of what others have worked on since: whether the payer has
//! agreed, and who the resident is. It says nothing about their work (G-02).

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{Told, is_billable};
use crate::domain::{
    facts::{Consent, ConsentCover, Fact, FactKind, FlagCode, Reporter},
    ids::{FactId, TechnicianId},
};

/// The answers and identity checks among the reports that count otherwise that are for a person to judge. `is_heard_late` says
/// whether a report came once it was known that its technician is off the job.
pub(super) fn doubtful(
    counts: &[Told<'_>],
    is_heard_late: impl Fn(&Fact) -> bool,
) -> Vec<(FactId, FlagCode)> {
    let facts: Vec<_> = counts.iter().map(|told| told.fact).collect();
    let bears_on_others = |fact: &Fact| match &fact.what {
        FactKind::IdCheck(_) => others_worked(&facts, fact.technician_id),
        FactKind::Consent(consent) => {
            others_worked(&facts, fact.technician_id) && !is_of_own(consent, fact.technician_id, &facts)
        }
        _ => false,
    };
    let is_doubtful =
        |fact: &&Fact| fact.told_by != Reporter::Desk && bears_on_others(fact) && is_heard_late(fact);
    facts.iter().copied().filter(is_doubtful).map(|fact| (fact.id, FlagCode::OthersWork)).collect()
}

fn others_worked(facts: &[&Fact], technician: TechnicianId) -> bool {
    facts.iter().any(|fact| fact.technician_id != technician && is_billable(fact))
}

/// Whether it is about what they have put in themselves, and nothing else.
fn is_of_own(consent: &Consent, technician: TechnicianId, facts: &[&Fact]) -> bool {
    let (own, others): (Vec<_>, Vec<_>) = facts.iter().partition(|fact| fact.technician_id == technician);
    let (own, others) = (items(&own), items(&others));
    consent.covers().iter().all(|cover| match cover {
        ConsentCover::Overtime { .. } => false,
        ConsentCover::Item { item, .. } => own.contains(item) && !others.contains(item),
    })
}

fn items(facts: &[&Fact]) -> BTreeSet<Uuid> {
    let item = |fact: &&Fact| match fact.what {
        FactKind::Part { item, .. } | FactKind::SpecialWork { item, .. } => Some(item),
        _ => None,
    };
    facts.iter().filter_map(item).collect()
}
