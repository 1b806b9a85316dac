//! What contradicts itself in a record as a whole.

use std::collections::BTreeMap;

use super::FieldRecord;
use crate::domain::{
    charging::Answer,
    facts::{ConsentCover, DeliveredPart, DeliveredWork, Fact, FactKind, Flag, FlagCode, JobOutcome},
    ids::{FactId, TechnicianId},
    payers::{Agreement, ProposedPayer},
    reference::programme::Payer,
    span::Instant,
};
use uuid::Uuid;

/// Something that has a price, as it was delivered.
struct Priced {
    fact_id: FactId,
    technician_id: TechnicianId,
    at: Instant,
    item: Uuid,
}

/// After a finding nothing is sold without the landlord's authority, or the worker's consent once he has heard of it (3.4).
pub(super) fn charged_after_finding(record: &FieldRecord) -> Vec<Flag> {
    let Some(found_at) = record.referral_findings.first().map(|finding| finding.at) else {
        return Vec::new();
    };
    let later = priced(record).filter(|priced| priced.at > found_at);
    let unauthorised = later.filter(|priced| !is_authorised(record, priced, found_at));
    unauthorised.map(|priced| priced.flag(FlagCode::ChargedAfterFinding)).collect()
}

/// Nobody but the resident is bound by what a technician says (G-06, C-23): those who are named as payers, and of whom it is
/// not on record that whoever may speak for them has agreed once that was heard of.
pub(super) fn proposed_payers(set: &BTreeMap<FactId, &Fact>, agreed: &[Agreement]) -> Vec<ProposedPayer> {
    let proposed = set.values().filter_map(|fact| {
        let FactKind::Consent(consent) = &fact.what else { return None };
        let payer = consent.payer();
        let covers = |one: &Agreement| one.payer == payer && fact.received_at <= one.at;
        let is_bound = payer == Payer::Worker || agreed.iter().any(covers);
        (consent.answer() == Answer::Yes && !is_bound).then_some(ProposedPayer {
            fact_id: fact.id,
            technician_id: fact.technician_id,
            payer,
            since: fact.received_at,
        })
    });
    proposed.collect()
}

/// Nothing is sold where the contractor's own fault is put right (C-14).
pub(super) fn charged_on_rework(record: &FieldRecord) -> Vec<Flag> {
    priced(record).map(|priced| priced.flag(FlagCode::ChargedOnRework)).collect()
}

/// What has a price; making safe has none.
fn priced(record: &FieldRecord) -> impl Iterator<Item = Priced> {
    let parts = record.parts.iter().filter(|part| part.unit_price_yen.yen() > 0).map(of_part);
    let works = record.special_works.iter().filter(|work| work.price_yen.yen() > 0).map(of_work);
    parts.chain(works)
}

impl Priced {
    fn flag(&self, code: FlagCode) -> Flag {
        Flag { fact_id: Some(self.fact_id), ..Flag::of(code, self.technician_id) }
    }
}

fn of_part(part: &DeliveredPart) -> Priced {
    Priced { fact_id: part.fact_id, technician_id: part.technician_id, at: part.at, item: part.item }
}

fn of_work(work: &DeliveredWork) -> Priced {
    Priced { fact_id: work.fact_id, technician_id: work.technician_id, at: work.at, item: work.item }
}

fn is_authorised(record: &FieldRecord, priced: &Priced, found_at: Instant) -> bool {
    record.consents.iter().any(|given| {
        let consent = &given.consent;
        let is_about = consent
            .covers()
            .iter()
            .any(|cover| matches!(cover, ConsentCover::Item { item, .. } if *item == priced.item));
        let knew = consent.payer() == Payer::Landlord || given.asked_at >= found_at;
        is_about && knew && consent.answer() == Answer::Yes && given.answered_at <= priced.at
    })
}

/// How the job is said to have ended, and who contradicts it.
pub(super) fn outcome(record: &FieldRecord, told: &[(JobOutcome, TechnicianId)]) -> Vec<Flag> {
    let Some(&(outcome, technician)) = told.last() else { return Vec::new() };
    let failed = record.id_checks.last().is_some_and(|check| !check.passed);
    let is_doubtful = told.iter().any(|&(other, _)| other != outcome)
        || (failed && outcome == JobOutcome::Completed)
        || (outcome.is_referral() && record.referral_findings.is_empty());
    if is_doubtful { vec![Flag::of(FlagCode::DoubtfulOutcome, technician)] } else { Vec::new() }
}
