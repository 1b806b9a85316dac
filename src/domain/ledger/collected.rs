//! What was paid before a job was first settled is inside its lines, so that nothing collected is billed again.

use std::collections::BTreeMap;

use super::{Entry, LedgerLine};
use crate::domain::{
    money::Yen,
    payers::HeldItem,
    payments::{Payment, held_for},
    reference::programme::Payer,
};

/// How much of each entry was collected already, in the order of the entries: a reversal gives back what its line had,
/// and what is there goes to the payer's new lines, first come, first served; what is left of it to those of the others
/// (G-07), but for what is `held` for that payer's answer.
#[must_use]
pub fn allocate(
    entries: &[Entry],
    written: &[LedgerLine],
    payments: &[Payment],
    held: &[HeldItem],
) -> Vec<Yen> {
    let mut left: BTreeMap<Payer, i64> = BTreeMap::new();
    for payment in payments.iter().filter(|payment| payment.settlement_id.is_none()) {
        *left.entry(payment.payer).or_default() += payment.collected().0;
    }
    for line in written {
        *left.entry(line.charge.payer).or_default() -= line.collected_yen.0;
    }
    let mut collected = vec![Yen::ZERO; entries.len()];
    for (entry, collected) in entries.iter().zip(&mut collected) {
        let Some(id) = entry.reverses else { continue };
        *collected = written.iter().find(|line| line.id == id).map_or(Yen::ZERO, |line| -line.collected_yen);
        *left.entry(entry.charge.payer).or_default() -= collected.0;
    }
    let new = || entries.iter().enumerate().filter(|(_, entry)| entry.reverses.is_none());
    // A payer whose lines others have paid for has less than nothing left: what these have paid is not there again.
    let mut all: i64 = left.values().sum();
    for (at, entry) in new() {
        let left = left.entry(entry.charge.payer).or_default();
        let of_it = entry.charge.amount_yen.0.min(*left).min(all).max(0);
        (collected[at], *left, all) = (Yen(of_it), *left - of_it, all - of_it);
    }
    // What is held for somebody's answer is kept for it.
    let spare = |(payer, left): (&Payer, &i64)| (*left).min((left - held_for(*payer, held).0).max(0));
    let mut left = left.iter().map(spare).sum::<i64>().max(0);
    for (at, entry) in new() {
        let more = (entry.charge.amount_yen.0 - collected[at].0).min(left).max(0);
        (collected[at], left) = (Yen(collected[at].0 + more), left - more);
    }
    collected
}

/// What is wrong with what the lines say was collected: more than was paid before they were written, or a reversal that
/// does not give back what its line had.
#[must_use]
pub fn wrong_collection(written: &[LedgerLine], payments: &[Payment]) -> Option<String> {
    let said: Yen = written.iter().map(|line| line.collected_yen).sum();
    let early = payments.iter().filter(|one| one.settlement_id.is_none());
    let paid: Yen = early.map(Payment::collected).sum();
    if said > paid.max(Yen::ZERO) {
        return Some(format!("the lines say {said} yen were collected, and {paid} were"));
    }
    let unlike = written.iter().find(|line| {
        let taken_back = written.iter().find(|other| Some(other.id) == line.reverses);
        taken_back.is_some_and(|other| other.collected_yen != -line.collected_yen)
    });
    unlike.map(|line| format!("line {} does not give back what was collected", line.id))
}
