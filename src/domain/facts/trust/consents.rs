//! How far a consent counts that a technician's device reports (G-04).

use std::collections::{BTreeMap, BTreeSet};

use super::{TRUST_SLACK, Told, is_billable};
use crate::domain::{
    charging::Answer,
    facts::{
        ConsentCover, Fact, FactKind, FlagCode, GivenConsent, Reporter,
        fact::{DeviceOf, device_of},
    },
    ids::FactId,
    span::Instant,
};

/// The consents among those that count otherwise whose device contradicts them, or that came once the job was billed: then
/// it is known what a consent would have to say.
pub(super) fn doubtful(
    all: &[Told<'_>],
    counts: &[Told<'_>],
    billed_at: Option<Instant>,
) -> Vec<(FactId, FlagCode)> {
    let mut devices: BTreeMap<DeviceOf<'_>, Vec<&Fact>> = BTreeMap::new();
    for told in all {
        devices.entry(device_of(told.fact)).or_default().push(told.fact);
    }
    let consents = counts.iter().map(|told| told.fact).filter(|fact| is_consent(fact));
    let doubts = consents.filter_map(|fact| {
        let own = devices.get(&device_of(fact)).map(Vec::as_slice).unwrap_or_default();
        if fact.told_by != Reporter::Desk && is_out_of_order(fact, own) {
            Some((fact.id, FlagCode::ConsentOutOfOrder))
        } else if billed_at.is_some_and(|billed| fact.received_at > billed) {
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

/// The consents of a record, those that count from their receipt moved there. One that was answered again before then says
/// nothing any more: what was said last stays said last.
pub(in crate::domain::facts) fn moved(
    consents: Vec<GivenConsent>,
    received: &BTreeMap<FactId, Instant>,
) -> Vec<GivenConsent> {
    let from = |given: &GivenConsent| received.get(&given.fact_id).map(|at| given.answered_at.max(*at));
    let is_outdated = |given: &GivenConsent| {
        let again = |other: &GivenConsent, until: Instant| {
            other.answered_at > given.answered_at && other.answered_at <= until && is_of_same(other, given)
        };
        from(given).is_some_and(|until| consents.iter().any(|other| again(other, until)))
    };
    let outdated: BTreeSet<_> =
        consents.iter().filter(|given| is_outdated(given)).map(|given| given.fact_id).collect();
    let kept = consents.into_iter().filter(|given| !outdated.contains(&given.fact_id));
    kept.map(|given| GivenConsent { answered_at: from(&given).unwrap_or(given.answered_at), ..given })
        .collect()
}

/// Whether two answers are about one subject, at least.
fn is_of_same(one: &GivenConsent, other: &GivenConsent) -> bool {
    let subject = |cover: &ConsentCover| match cover {
        ConsentCover::Overtime { .. } => None,
        ConsentCover::Item { item, .. } => Some(*item),
    };
    let others: Vec<_> = other.consent.covers().iter().map(subject).collect();
    one.consent.covers().iter().map(subject).any(|own| others.contains(&own))
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
