//! How far a consent counts that a technician's device reports (G-04).

use std::collections::{BTreeMap, BTreeSet};

use super::{TRUST_SLACK, Told, is_billable};
use crate::domain::{
    charging::Answer,
    facts::{
        Fact, FactKind, FlagCode, Reporter,
        fact::{DeviceOf, device_of},
    },
    ids::FactId,
};

/// The consents among those that count otherwise whose device contradicts them, or that came once the job was complete:
/// then it is known what a consent would have to say.
pub(super) fn doubtful(all: &[Told<'_>], counts: &[Told<'_>]) -> Vec<(FactId, FlagCode)> {
    let mut devices: BTreeMap<DeviceOf<'_>, Vec<&Fact>> = BTreeMap::new();
    for told in all {
        devices.entry(device_of(told.fact)).or_default().push(told.fact);
    }
    let is_completion = |told: &&Told<'_>| matches!(told.fact.what, FactKind::Completion { .. });
    let completed = counts.iter().filter(is_completion).map(|told| told.fact.received_at).min();
    let consents = counts.iter().map(|told| told.fact).filter(|fact| is_consent(fact));
    let doubts = consents.filter_map(|fact| {
        let own = devices.get(&device_of(fact)).map(Vec::as_slice).unwrap_or_default();
        if fact.told_by == Reporter::Device && is_out_of_order(fact, own) {
            Some((fact.id, FlagCode::ConsentOutOfOrder))
        } else if completed.is_some_and(|completed| fact.received_at > completed) {
            Some((fact.id, FlagCode::ConsentTooLate))
        } else {
            None
        }
    });
    doubts.collect()
}

/// Consents that the desk recorded, and those that somebody asked for who does nothing on the job that is billed: they count
/// from their receipt.
pub(super) fn from_receipt(counts: &[Told<'_>]) -> BTreeSet<FactId> {
    let workers: BTreeSet<_> =
        counts.iter().filter(|told| is_billable(told.fact)).map(|told| told.fact.technician_id).collect();
    let of_others = |fact: &&Fact| {
        is_consent(fact) && (fact.told_by == Reporter::Desk || !workers.contains(&fact.technician_id))
    };
    counts.iter().map(|told| told.fact).filter(of_others).map(|fact| fact.id).collect()
}

/// Whether it is a yes: a no charges nobody.
fn is_consent(fact: &Fact) -> bool {
    matches!(&fact.what, FactKind::Consent(consent) if consent.answer() == Answer::Yes)
}

/// Whether its time does not lie between those of its neighbours, or it came long after a higher number.
fn is_out_of_order(fact: &Fact, own: &[&Fact]) -> bool {
    let before = own.iter().filter(|one| one.device_seq < fact.device_seq).max_by_key(|one| one.device_seq);
    let higher = || own.iter().filter(|one| one.device_seq > fact.device_seq);
    let after = higher().min_by_key(|one| one.device_seq);
    before.is_some_and(|before| before.device_time > fact.device_time)
        || after.is_some_and(|after| after.device_time < fact.device_time)
        || higher().any(|one| fact.received_at > one.received_at + TRUST_SLACK)
}
