//! How far a consent counts that a technician's device reports (G-04).

use std::collections::{BTreeMap, BTreeSet};

use super::{MISSING_ASKED_AFTER, TRUST_SLACK, Told, ends, is_billable};
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
/// it is known what a consent would have to say. So it is once what is missing of a job that is done has been asked for: a
/// number that was left open does not hold the bill open for another device.
pub(super) fn doubtful(
    all: &[Told<'_>],
    counts: &[Told<'_>],
    billed_at: Option<Instant>,
) -> Vec<(FactId, FlagCode)> {
    let devices = devices(all);
    let done = counts.iter().filter(|told| ends(told.fact)).map(|told| told.fact.received_at).min();
    let asked = done.map(|done| done + MISSING_ASKED_AFTER);
    let over = billed_at.into_iter().chain(asked).min();
    let consents = counts.iter().map(|told| told.fact).filter(|fact| is_consent(fact));
    let doubts = consents.filter_map(|fact| {
        let own = devices.get(&device_of(fact)).map(Vec::as_slice).unwrap_or_default();
        let is_of_desk = fact.told_by == Reporter::Desk;
        let over = if is_of_desk { billed_at } else { over };
        if !is_of_desk && is_out_of_order(fact, own) {
            Some((fact.id, FlagCode::ConsentOutOfOrder))
        } else if over.is_some_and(|over| fact.received_at > over) {
            Some((fact.id, FlagCode::ConsentTooLate))
        } else {
            None
        }
    });
    doubts.collect()
}

/// From when consents count that do not count from the answer (G-04). Those that the desk recorded, and those that somebody
/// asked for who does nothing on the job that is billed, count from their receipt. One that is said to have been answered before
/// something that its device had told by then counts from when it was written down: the time at which it counts lies between
/// its neighbours.
pub(super) fn counting_from(all: &[Told<'_>], counts: &[Told<'_>]) -> BTreeMap<FactId, Instant> {
    let workers: BTreeSet<_> =
        counts.iter().filter(|told| is_billable(told.fact)).map(|told| told.fact.technician_id).collect();
    let devices = devices(all);
    let from = |told: &Told<'_>| {
        let fact = told.fact;
        let FactKind::Consent(consent) = &fact.what else { return None };
        if fact.told_by == Reporter::Desk || !workers.contains(&fact.technician_id) {
            return Some((fact.id, fact.received_at));
        }
        let own = devices.get(&device_of(fact)).map(Vec::as_slice).unwrap_or_default();
        let is_between = told_before(fact, own).is_none_or(|before| before <= consent.answered_at());
        (!is_between).then_some((fact.id, told.at))
    };
    counts.iter().filter(|told| is_consent(told.fact)).filter_map(from).collect()
}

/// The consents of a record, those that count from a later instant than the answer moved there. One that was answered again
/// before then says nothing any more: what was said last stays said last.
pub(in crate::domain::facts) fn moved(
    consents: Vec<GivenConsent>,
    from: &BTreeMap<FactId, Instant>,
) -> Vec<GivenConsent> {
    let from = |given: &GivenConsent| from.get(&given.fact_id).map(|at| given.answered_at.max(*at));
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

/// What each device has told.
fn devices<'a>(all: &[Told<'a>]) -> BTreeMap<DeviceOf<'a>, Vec<&'a Fact>> {
    let mut devices: BTreeMap<DeviceOf<'_>, Vec<&Fact>> = BTreeMap::new();
    for told in all {
        devices.entry(device_of(told.fact)).or_default().push(told.fact);
    }
    devices
}

/// The latest time that its device had told of under a lower number: of all of them, so that a report that is dated back and put
/// in between makes no room.
fn told_before(fact: &Fact, own: &[&Fact]) -> Option<Instant> {
    own.iter().filter(|one| one.device_seq < fact.device_seq).map(|one| one.device_time).max()
}

/// Whether its time does not lie between those of its neighbours, or it came long after a higher number.
fn is_out_of_order(fact: &Fact, own: &[&Fact]) -> bool {
    let higher = || own.iter().filter(|one| one.device_seq > fact.device_seq);
    let after = higher().min_by_key(|one| one.device_seq);
    told_before(fact, own).is_some_and(|before| before > fact.device_time)
        || after.is_some_and(|after| after.device_time < fact.device_time)
        || higher().any(|one| fact.received_at > one.received_at + TRUST_SLACK)
}
