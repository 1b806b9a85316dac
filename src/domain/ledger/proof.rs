//! The proof of a line, as it is stored: everything needed to redo the sum.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Charge, ENGINE_VERSION, EntryKind, Terms};
use crate::domain::{
    charging::{ChargeLine, OvertimeProof, ProvedUnit},
    ids::{FactId, LedgerLineId},
    reviews::Billed,
};

/// Of overtime: the counted work, and these units of it.
pub(super) fn overtime(
    line: &ChargeLine,
    scope: &OvertimeProof,
    units: &[&ProvedUnit],
    consents: &[FactId],
    terms: &Terms,
) -> Value {
    json!({
        "engine": ENGINE_VERSION,
        "rule": line.says.rule,
        "terms": terms.version,
        "policy": terms.policy,
        "intervals": scope.intervals,
        "worked_seconds": scope.worked_seconds,
        "excess_seconds": scope.excess_seconds,
        "units": units,
        "consents": consents,
    })
}

/// Of a part or special work: the report of it.
pub(super) fn item(line: &ChargeLine, fact: FactId, item: &str, terms: &Terms) -> Value {
    json!({
        "engine": ENGINE_VERSION,
        "rule": line.says.rule,
        "terms": terms.version,
        "fact": fact,
        "item": item,
        "consents": line.consents,
    })
}

/// Of a reversal: the line it takes back.
pub(super) fn reversal(reverses: LedgerLineId) -> Value {
    json!({ "engine": ENGINE_VERSION, "reverses": reverses })
}

/// What a correction calls the line; nothing where nothing of it is billed.
#[must_use]
pub fn billed_as(charge: &Charge) -> Option<Billed> {
    let payer =
        || charge.proof["moved_from"].as_str().and_then(|from| from.parse().ok()).unwrap_or(charge.payer);
    let fact = || charge.proof["fact"].as_str().and_then(|id| id.parse::<Uuid>().ok()).map(FactId);
    match charge.kind {
        EntryKind::Overtime => Some(Billed::Overtime { payer: payer() }),
        EntryKind::Part | EntryKind::SpecialWork => fact().map(|fact_id| Billed::Item { fact_id }),
        EntryKind::WriteOff | EntryKind::Reversal => None,
    }
}

/// The proof without the version of the engine that wrote it and the decision that let it stand.
pub(super) fn of_work(proof: &Value) -> Value {
    let mut proof = proof.clone();
    if let Some(fields) = proof.as_object_mut() {
        fields.remove("engine");
        fields.remove("decision");
    }
    proof
}
