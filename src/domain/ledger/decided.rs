//! From a settled record to its lines: what the record costs, and what a supervisor decided about it.

use std::collections::BTreeMap;

use serde_json::json;

use super::{Charge, EntryKind, Priced, Terms, price};
use crate::domain::{
    ids::{FirmId, TechnicianId},
    money::Yen,
    reference::programme::Payer,
    refusal::Refusal,
    reviews::{Decision, Ruling, Settled},
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
    let charges = priced.charges.into_iter().map(|charge| named(charge, decision)).collect();
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
