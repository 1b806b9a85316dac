//! From a settled record to its lines: what the record costs, and what a supervisor decided about it.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::json;

use super::{Charge, EntryKind, Priced, Terms, price, proof};
use crate::domain::{
    ids::{FirmId, TechnicianId},
    money::Yen,
    reference::programme::Payer,
    refusal::Refusal,
    reviews::{Billed, Correction, Decision, Ruling, Settled},
};

/// What a settled record costs. Every line of a job that was decided about names the decision. What is written off may
/// be more than one job can hold; everything else must be priced.
pub fn charges(
    settled: &Settled,
    terms: &Terms,
    firms: &BTreeMap<TechnicianId, FirmId>,
) -> Result<Priced, Refusal> {
    let Some(decision) = &settled.decision else { return price(&settled.record, terms, firms) };
    let nothing = Priced {
        charges: vec![],
        held: vec![],
        worked_seconds: 0,
        units: 0,
        billable_units: 0,
        written_off_units: 0,
    };
    let priced = match decision.ruling {
        Ruling::Rescind => return Ok(nothing),
        Ruling::WriteOff => match price(&settled.record, terms, firms) {
            Ok(priced) => written_off(priced),
            Err(_) => return Ok(nothing),
        },
        Ruling::Accept | Ruling::Correct => price(&settled.record, terms, firms)?,
    };
    let charges = match decision.ruling {
        Ruling::Correct => adjusted(priced.charges, &decision.correction, terms.policy.tax_rate_percent()),
        _ => priced.charges,
    };
    let charges = charges.into_iter().map(|charge| named(charge, decision)).collect();
    Ok(Priced { charges, ..priced })
}

fn written_off(priced: Priced) -> Priced {
    let held = priced.held.into_iter().map(|held| held.charge);
    let charges = priced.charges.into_iter().chain(held).map(|charge| Charge {
        kind: EntryKind::WriteOff,
        unit_price_yen: Yen::ZERO,
        amount_yen: Yen::ZERO,
        tax_included_yen: Yen::ZERO,
        payer: Payer::Programme,
        rule: "C-20".to_owned(),
        text_ja: format!("{} → 請求しません = 0円。", charge.text_ja),
        text_en: format!("{} → not billed = 0 yen.", charge.text_en),
        ..charge
    });
    Priced {
        charges: charges.collect(),
        held: Vec::new(),
        billable_units: 0,
        written_off_units: priced.units,
        ..priced
    }
}

/// What of a bill can be corrected, with what it comes to and who pays it.
#[must_use]
pub fn billed_of(charges: &[Charge]) -> BTreeMap<Billed, (Payer, Yen)> {
    let mut billed: BTreeMap<Billed, (Payer, Yen)> = BTreeMap::new();
    for charge in charges {
        if let Some(of) = proof::billed_as(charge) {
            let (_, yen) = billed.entry(of).or_insert((charge.payer, Yen::ZERO));
            yen.0 += charge.amount_yen.0;
        }
    }
    billed
}

/// The lines as a correction has them: somebody else pays, or a part is given back, of the first lines first.
fn adjusted(charges: Vec<Charge>, correction: &Correction, tax_percent: i64) -> Vec<Charge> {
    let mut back: BTreeMap<_, _> = correction.goodwill.iter().map(|one| (one.of, one.yen)).collect();
    let adjust = |charge: Charge| {
        let Some(of) = proof::billed_as(&charge) else { return charge };
        let moved = correction.payers.iter().find(|one| one.of == of && one.payer != charge.payer);
        let charge = match moved {
            Some(moved) => paid_by(charge, moved.payer),
            None => charge,
        };
        let Some(left) = back.get_mut(&of) else { return charge };
        let given = (*left).min(charge.amount_yen);
        *left = Yen(left.0 - given.0);
        if given > Yen::ZERO { given_back(charge, given, tax_percent) } else { charge }
    };
    charges.into_iter().map(adjust).collect()
}

fn with_proof(charge: &Charge, name: &str, value: serde_json::Value) -> serde_json::Value {
    let mut proof = charge.proof.clone();
    if let Some(fields) = proof.as_object_mut() {
        fields.insert(name.to_owned(), value);
    }
    proof
}

fn paid_by(charge: Charge, payer: Payer) -> Charge {
    let ((from_ja, from_en), (to_ja, to_en)) = (charge.payer.words(), payer.words());
    Charge {
        proof: with_proof(&charge, "moved_from", json!(charge.payer)),
        text_ja: format!("{} 支払者: {from_ja} → {to_ja}。", charge.text_ja),
        text_en: format!("{} Payer: {from_en} -> {to_en}.", charge.text_en),
        payer,
        ..charge
    }
}

/// What is left of a line is a lump price.
fn given_back(charge: Charge, given: Yen, tax_percent: i64) -> Charge {
    let left = Yen(charge.amount_yen.0 - given.0);
    let before = json!({
        "given_back_yen": given,
        "quantity": charge.quantity,
        "unit_price_yen": charge.unit_price_yen,
        "amount_yen": charge.amount_yen,
    });
    Charge {
        proof: with_proof(&charge, "goodwill", before),
        text_ja: format!("{} 減額 {given}円 → {left}円(税込)。", charge.text_ja),
        text_en: format!("{} {given} yen are given back = {left} yen (tax included).", charge.text_en),
        quantity: Decimal::ONE,
        unit_price_yen: left,
        amount_yen: left,
        tax_included_yen: left.tax_included(tax_percent),
        ..charge
    }
}

/// The line with the decision behind it.
fn named(charge: Charge, decision: &Decision) -> Charge {
    let (ruling_ja, ruling_en) = decision.ruling.words();
    let (reason_ja, reason_en) = decision.reason.words();
    let number = decision.number;
    let mut proof = charge.proof;
    if let Some(fields) = proof.as_object_mut() {
        let by = json!({
            "id": decision.id,
            "number": number,
            "ruling": decision.ruling,
            "reason": decision.reason,
            "decided_by": decision.decided_by,
        });
        fields.insert("decision".to_owned(), by);
    }
    Charge {
        text_ja: format!("{} 監督者の判断第{number}号: {ruling_ja}(理由: {reason_ja})。", charge.text_ja),
        text_en: format!(
            "{} Supervisor's decision no. {number}: {ruling_en} (reason: {reason_en}).",
            charge.text_en
        ),
        proof,
        ..charge
    }
}
