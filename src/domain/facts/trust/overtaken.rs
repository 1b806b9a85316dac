//! What says that somebody was away while, as was heard before, they worked and completed the job.

use std::collections::BTreeSet;

use super::{Told, ends};
use crate::domain::{
    facts::{Fact, FactKind, FlagCode, Reporter},
    ids::FactId,
};

/// Reports that what had counted overtakes.
pub(super) struct Overtaken {
    /// Who goes says nothing any more.
    pub(super) idle: BTreeSet<FactId>,
    /// That nobody could get in contradicts the outcome: a person is asked, and the outcome stays.
    pub(super) doubts: Vec<(FactId, FlagCode)>,
}

/// The devices' reports of going, heard of once a completion was, of a time at which the same person worked or went on to
/// complete it: they make nothing doubtful that had counted. Of a visit before that they tell as ever.
pub(super) fn of(counts: &[Told<'_>]) -> Overtaken {
    let facts: Vec<_> = counts.iter().map(|told| told.fact).collect();
    let is_overtaken = |fact: &Fact, later: &[&Fact]| {
        let known = || later.iter().filter(|other| other.received_at < fact.received_at);
        let is_done = known().any(|other| ends(other));
        let mut own = known().filter(|other| other.technician_id == fact.technician_id);
        is_done && own.find_map(|other| is_on_site(other)) == Some(true)
    };
    let going = facts.iter().enumerate().filter(|(_, fact)| fact.told_by != Reporter::Desk && is_going(fact));
    let overtaken = going.filter(|(at, fact)| is_overtaken(fact, &facts[at + 1..])).map(|(_, fact)| *fact);
    let (refused, gone): (Vec<_>, Vec<_>) =
        overtaken.partition(|fact| matches!(fact.what, FactKind::NoAccess { .. }));
    Overtaken {
        idle: gone.into_iter().map(|fact| fact.id).collect(),
        doubts: refused.into_iter().map(|fact| (fact.id, FlagCode::DoubtfulOutcome)).collect(),
    }
}

fn is_going(fact: &Fact) -> bool {
    super::is_going(fact) || matches!(fact.what, FactKind::Departure {})
}

/// Whether whoever says it was there already, or only comes; nothing where it says neither.
fn is_on_site(fact: &Fact) -> Option<bool> {
    match fact.what {
        FactKind::Departure {} | FactKind::Arrival {} => Some(false),
        FactKind::WorkStart { .. }
        | FactKind::Pause { .. }
        | FactKind::Resume {}
        | FactKind::WorkEnd {}
        | FactKind::Completion { .. } => Some(true),
        _ => None,
    }
}
