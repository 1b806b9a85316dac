//! What has to be written so that the ledger says what the record costs.

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::Given;
use crate::domain::{
    facts::FieldRecord,
    ledger::{Charge, LedgerLine, Settlement, SettlementBasis, allocate, difference},
    payers::HeldItem,
    payments::Payment,
    reviews::Settled,
};

/// The settlement that is lacking; none when the last one says the same for the same reason.
pub(super) fn settlement(
    given: &Given<'_>,
    reported: &[Payment],
    settled: &Settled,
    basis: SettlementBasis,
    (charges, held): (Vec<Charge>, &[HeldItem]),
    ids: &mut dyn FnMut() -> Uuid,
) -> Result<Option<(Settlement, Vec<LedgerLine>)>, serde_json::Error> {
    let entries = difference(given.lines, charges);
    let decision_id = settled.decision.as_ref().map(|decision| decision.id);
    let same = |last: &Settlement| last.basis == basis && last.decision_id == decision_id;
    if entries.is_empty() && given.settlements.last().is_some_and(same) {
        return Ok(None);
    }
    let payments: Vec<Payment> = given.payments.iter().chain(reported).cloned().collect();
    let collected = allocate(&entries, given.lines, &payments, held);
    let settlement = Settlement {
        id: ids().into(),
        job_id: given.job,
        number: i64::try_from(given.settlements.len()).unwrap_or(i64::MAX - 1) + 1,
        record_hash: hash(&settled.record)?,
        basis,
        decision_id,
        settled_at: given.now,
    };
    let lines =
        entries.into_iter().zip(collected).zip(1..).map(|((entry, collected_yen), line)| LedgerLine {
            id: ids().into(),
            settlement_id: settlement.id,
            job_id: given.job,
            line,
            reverses: entry.reverses,
            collected_yen,
            charge: entry.charge,
        });
    let lines = lines.collect();
    Ok(Some((settlement, lines)))
}

fn hash(record: &FieldRecord) -> Result<[u8; 32], serde_json::Error> {
    Ok(Sha256::digest(serde_json::to_vec(record)?).into())
}
