//! What was paid before a job was first settled is inside its lines, so that nothing collected is billed again.

use std::collections::BTreeMap;

use super::{Entry, LedgerLine};
use crate::domain::{money::Yen, payments::Payment, reference::programme::Payer};

/// How much of each entry was collected already, in the order of the entries: a reversal gives back what its line had,
/// and what is there goes to the payer's new lines, first come, first served.
#[must_use]
pub fn allocate(entries: &[Entry], written: &[LedgerLine], payments: &[Payment]) -> Vec<Yen> {
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
    collected
}

/// What is wrong with what the lines say was collected: more than was paid before they were written, or a reversal that
/// does not give back what its line had.
#[must_use]
pub fn wrong_collection(written: &[LedgerLine], payments: &[Payment]) -> Option<String> {
    for payer in Payer::ALL {
        let of_payer = written.iter().filter(|line| line.charge.payer == *payer);
        let said: Yen = of_payer.map(|line| line.collected_yen).sum();
        let early = payments.iter().filter(|one| one.payer == *payer && one.settlement_id.is_none());
        let paid: Yen = early.map(Payment::collected).sum();
        if said > paid.max(Yen::ZERO) {
            return Some(format!("the lines say {said} yen were collected from {payer}, and {paid} were"));
        }
    }
    let unlike = written.iter().find(|line| {
        let taken_back = written.iter().find(|other| Some(other.id) == line.reverses);
        taken_back.is_some_and(|other| other.collected_yen != -line.collected_yen)
    });
    unlike.map(|line| format!("line {} does not give back what was collected", line.id))
}
