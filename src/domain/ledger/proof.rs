//! The proof of a line, as it is stored: everything needed to redo the sum.

use serde_json::{Value, json};

use super::{ENGINE_VERSION, Terms};
use crate::domain::{
    charging::{ChargeLine, OvertimeProof, ProvedUnit},
    ids::{FactId, LedgerLineId},
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

/// The proof without the version of the engine that wrote it and the decision that let it stand.
pub(super) fn of_work(proof: &Value) -> Value {
    let mut proof = proof.clone();
    if let Some(fields) = proof.as_object_mut() {
        fields.remove("engine");
        fields.remove("decision");
    }
    proof
}
