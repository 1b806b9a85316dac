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
    let mut collected = Vec::with_capacity(entries.len());
    for entry in entries {
        let left = left.entry(entry.charge.payer).or_default();
        let of_it = match entry.reverses {
            Some(id) => -written.iter().find(|line| line.id == id).map_or(0, |line| line.collected_yen.0),
            None => entry.charge.amount_yen.0.min(*left).max(0),
        };
        *left -= of_it;
        collected.push(Yen(of_it));
    }
    // A payer whose lines others have paid for has less than nothing left; what is held for somebody's answer is kept for it.
    let spare = |(payer, left): (&Payer, &i64)| (*left).min((left - held_for(*payer, held).0).max(0));
    let mut left = left.iter().map(spare).sum::<i64>().max(0);
    for (entry, collected) in entries.iter().zip(&mut collected).filter(|(entry, _)| entry.reverses.is_none())
    {
        let more = (entry.charge.amount_yen.0 - collected.0).min(left).max(0);
        (*collected, left) = (Yen(collected.0 + more), left - more);
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
