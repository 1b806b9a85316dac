//! What records cost, and what the ledger says after corrections.

mod corrections;
mod lines;
mod properties;
mod stopped;

use std::collections::BTreeMap;

use uuid::Uuid;

use super::*;
use crate::domain::{
    facts::{Fact, FieldRecord, script::*},
    ids::TechnicianId,
};

fn terms() -> Terms {
    Terms { version: 1, policy: ChargePolicy::default(), special_works: BTreeMap::new() }
}

/// Technicians 1 and 2 are of the firms of the same number.
fn firms() -> BTreeMap<TechnicianId, FirmId> {
    (1..3).map(|number| (technician(number), firm(number))).collect()
}

fn priced(facts: &[Fact]) -> Priced {
    let record = FieldRecord::of(facts);
    assert_eq!(record.flags, []);
    price(&record, &terms(), &firms()).unwrap()
}

/// A ledger of one job, filled as the service fills it.
#[derive(Default)]
struct Book {
    lines: Vec<LedgerLine>,
    settlements: i64,
}

impl Book {
    /// Writes what is lacking; answers how many lines that were.
    fn settle(&mut self, facts: &[Fact]) -> usize {
        let record = FieldRecord::of(facts);
        if !record.may_settle() {
            return 0;
        }
        self.write(price(&record, &terms(), &firms()).unwrap().charges)
    }

    /// Writes what is lacking of these charges; answers how many lines that were.
    fn write(&mut self, charges: Vec<Charge>) -> usize {
        let entries = difference(&self.lines, charges);
        self.settlements += 1;
        let count = entries.len();
        for (entry, line) in entries.into_iter().zip(1..) {
            self.lines.push(LedgerLine {
                id: LedgerLineId(Uuid::from_u128(self.lines.len() as u128 + 1)),
                settlement_id: SettlementId(Uuid::from_u128(self.settlements.unsigned_abs().into())),
                job_id: JobId(Uuid::from_u128(1)),
                line,
                reverses: entry.reverses,
                collected_yen: Yen::ZERO,
                charge: entry.charge,
            });
        }
        count
    }

    fn yen(&self) -> i64 {
        self.lines.iter().map(|line| line.charge.amount_yen.0).sum()
    }
}

/// Kind, quantity, yen and payer of each.
fn brief<'a>(charges: impl IntoIterator<Item = &'a Charge>) -> Vec<(EntryKind, String, i64, Payer)> {
    let brief =
        |charge: &Charge| (charge.kind, charge.quantity.to_string(), charge.amount_yen.0, charge.payer);
    charges.into_iter().map(brief).collect()
}
