//! From a record to what it costs: the record's words become the charging engine's, its lines become ours.

use std::collections::{BTreeMap, BTreeSet};

use super::{Charge, Terms, proof};
use crate::domain::{
    charging::{
        ChargeLine, ConsentAnswer, ConsentTerm, Consents, Delivered, JobRecord, LineKind, Of, OvertimeProof,
        PARTS_MAX, Part, ProvedUnit, SPECIAL_WORK_MAX, SpecialWork, VISITS_MAX, WorkInterval, WorkedVisits,
        price_job,
    },
    facts::{ConsentCover, DeliveredPart, FieldRecord, GivenConsent, JobOutcome},
    ids::{FactId, FirmId, TechnicianId},
    money::Yen,
    payers::{HeldItem, ProposedPayer},
    reference::programme::{Payer, PriceBasis},
    refusal::Refusal,
    span::Span,
};

/// Lines a record can give: of each visit one a payer and one written off, and one a part and special work.
pub(super) const CHARGES_MAX: usize = VISITS_MAX * (Payer::ALL.len() + 1) + PARTS_MAX + SPECIAL_WORK_MAX;
/// Work intervals of a job that a proof can hold.
const INTERVALS_MAX: usize = 200;
/// Overtime units of a job that a proof can hold: 50 hours.
const UNITS_MAX: i64 = 300;
/// Longest sentence, in characters: leaves room for the words of a share, another payer, goodwill, a decision and a
/// reversal.
pub(super) const TEXT_CHARS_MAX: usize = 1_500;

/// What a record costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Priced {
    /// The lines: overtime, then parts, then special work.
    pub charges: Vec<Charge>,
    /// What becomes a line once its payer has agreed (G-06).
    pub held: Vec<HeldItem>,
    /// Whole seconds of ordinary work, as the terms count several technicians.
    pub worked_seconds: i64,
    /// Overtime units worked: billable and written off.
    pub units: i64,
    /// Units that are billed.
    pub billable_units: i64,
    /// Units that began without consent in force (C-20).
    pub written_off_units: i64,
}

impl Priced {
    /// What its lines come to.
    #[must_use]
    pub fn total(&self) -> Yen {
        self.charges.iter().map(|charge| charge.amount_yen).sum()
    }

    /// The same with what is held.
    #[must_use]
    pub fn owed(&self) -> Yen {
        let held = self.held.iter().map(|item| item.charge.amount_yen);
        self.charges.iter().map(|charge| charge.amount_yen).chain(held).sum()
    }
}

/// What the record costs under these terms (C-01 to C-20); `firms` names the firm of every technician in it. Refused
/// when it is beyond what one job can hold: a person must look at it.
pub fn price(
    record: &FieldRecord,
    terms: &Terms,
    firms: &BTreeMap<TechnicianId, FirmId>,
) -> Result<Priced, Refusal> {
    let (parts, works) = (parts(record, terms)?, special_works(record, terms)?);
    let job = JobRecord::new(&worked(record)?, consents(record, terms)?, parts, works, terms.policy)?;
    let price = price_job(&job);
    if price.units > UNITS_MAX {
        return Err(Refusal::field("units", format!("more than {UNITS_MAX} units of overtime")));
    }
    let Lines { charges, held } = Pricing { record, terms, firms }.lines(&price.lines)?;
    Ok(Priced {
        charges,
        held,
        worked_seconds: price.overtime.iter().map(|scope| scope.worked_seconds).sum(),
        units: price.units,
        billable_units: price.billable_units,
        written_off_units: price.written_off_units,
    })
}

/// The visits as the engine reads them; those without work cost nothing. Of a job that was stopped no time is charged
///
fn worked(record: &FieldRecord) -> Result<WorkedVisits, Refusal> {
    if record.outcome.is_some_and(JobOutcome::is_stopped) {
        return WorkedVisits::new(Vec::new());
    }
    let intervals: usize = record.visits.iter().map(|visit| visit.work.len()).sum();
    if intervals > INTERVALS_MAX {
        return Err(Refusal::field("visits", format!("more than {INTERVALS_MAX} intervals of work")));
    }
    let visits = record.visits.iter().filter(|visit| !visit.work.is_empty()).map(|visit| {
        let work = visit.work.iter().filter_map(|work| {
            let span = Span::new(work.from, work.to)?;
            Some(WorkInterval { technician: work.technician_id.to_string(), span, kind: work.work })
        });
        work.collect()
    });
    WorkedVisits::new(visits.collect())
}

fn consents(record: &FieldRecord, terms: &Terms) -> Result<Consents, Refusal> {
    let answers = record.consents.iter().map(|given| answer(given, terms));
    Consents::new(answers.collect::<Result<_, _>>()?)
}

/// Overtime is agreed to up to the cap of units and to what the cap in yen leaves once the items are paid.
fn answer(given: &GivenConsent, terms: &Terms) -> Result<ConsentAnswer, Refusal> {
    let affordable = match terms.policy.unit_price_yen().0 {
        0 => i64::MAX,
        price => given.consent.overtime_yen() / price,
    };
    let covers = given.consent.covers().iter().map(|cover| match *cover {
        ConsentCover::Overtime { cap_units } => {
            ConsentTerm::Overtime { cap_units: cap_units.min(affordable) }
        }
        ConsentCover::Item { item, max_yen } => {
            ConsentTerm::Item { item: item.to_string(), max_yen: Yen(max_yen) }
        }
    });
    let answer = given.consent.answer();
    ConsentAnswer::new(given.fact_id, given.asked_at, given.answered_at, answer, covers.collect())
}

/// The parts as the engine reads them.
fn parts(record: &FieldRecord, terms: &Terms) -> Result<Vec<Delivered<Part>>, Refusal> {
    let part = |part: &DeliveredPart| {
        let price = part.unit_price_yen.yen();
        let what = Part::new(part.name.as_str(), part.quantity.quantity(), price)?;
        let what = match part.price_basis {
            PriceBasis::TaxInclusive => what,
            PriceBasis::TaxExclusive => what.without_tax(terms.policy.tax_rate_percent()),
        };
        Ok(Delivered { id: part.fact_id, item: part.item.to_string(), at: part.at, what })
    };
    record.parts.iter().map(part).collect()
}

/// The special work as the engine reads it.
fn special_works(record: &FieldRecord, terms: &Terms) -> Result<Vec<Delivered<SpecialWork>>, Refusal> {
    let works = record.special_works.iter().map(|work| {
        let what = SpecialWork::new(work.code.as_str(), work.price_yen.yen())?;
        let what = match terms.special_works.get(work.code.as_str()) {
            Some((ja, en)) => what.named(ja, en),
            None => what,
        };
        Ok(Delivered { id: work.fact_id, item: work.item.to_string(), at: work.at, what })
    });
    works.collect()
}

/// The engine's lines, to be given a firm, a payer and a proof.
struct Pricing<'a> {
    record: &'a FieldRecord,
    terms: &'a Terms,
    firms: &'a BTreeMap<TechnicianId, FirmId>,
}

/// Lines, and what may become some.
#[derive(Default)]
struct Lines {
    charges: Vec<Charge>,
    held: Vec<HeldItem>,
}

impl Lines {
    fn add(&mut self, charge: Charge, proposed: Option<&ProposedPayer>) {
        match proposed {
            None => self.charges.push(charge),
            Some(by) => self.held.push(HeldItem { charge, since: by.since, review_at: by.review_at() }),
        }
    }
}

impl Pricing<'_> {
    /// Each line says itself what it is of.
    fn lines(&self, priced: &[ChargeLine]) -> Result<Lines, Refusal> {
        let mut lines = Lines::default();
        for line in priced {
            match (&line.of, line.says.kind) {
                (Of::Overtime(scope), LineKind::WriteOff) => {
                    lines.charges.push(self.written_off(line, scope)?);
                }
                (Of::Overtime(scope), _) => self.overtime(line, scope, &mut lines)?,
                (Of::Item { fact, item }, kind) => {
                    let consent = line.consents.first().copied().filter(|_| kind != LineKind::WriteOff);
                    lines.add(self.item(line, *fact, item)?, self.proposed(consent));
                }
            }
        }
        Ok(lines)
    }

    /// The proposal of a payer that a consent is, until they have agreed themselves.
    fn proposed(&self, consent: Option<FactId>) -> Option<&ProposedPayer> {
        self.record.proposed_payers.iter().find(|proposed| Some(proposed.fact_id) == consent)
    }

    /// Only who consented pays (C-23): units agreed to by different payers become a line for each, and those whose payer is
    /// only proposed stand apart.
    fn overtime(&self, line: &ChargeLine, scope: &OvertimeProof, lines: &mut Lines) -> Result<(), Refusal> {
        let mut shares: BTreeMap<(Payer, bool), Vec<&ProvedUnit>> = BTreeMap::new();
        for unit in &scope.units {
            let key = (self.payer(unit.consent), self.proposed(unit.consent).is_some());
            shares.entry(key).or_default().push(unit);
        }
        let is_shared = shares.len() > 1;
        for ((payer, _), units) in shares {
            let agreed: BTreeSet<_> = units.iter().filter_map(|unit| unit.consent).collect();
            let consents: Vec<_> =
                line.consents.iter().copied().filter(|consent| agreed.contains(consent)).collect();
            let proposed = consents.iter().find_map(|consent| self.proposed(Some(*consent)));
            let count = i64::try_from(units.len()).unwrap_or(i64::MAX);
            let proof = proof::overtime(line, scope, &units, &consents, self.terms);
            let whole = self.charge(line, payer, self.overtime_firm()?, consents, proof)?;
            let share = if is_shared { self.share(whole, count) } else { whole };
            lines.add(share, proposed);
        }
        Ok(())
    }

    /// So many units of a line that several pay.
    fn share(&self, whole: Charge, count: i64) -> Charge {
        let amount_yen = Yen(self.terms.policy.unit_price_yen().0 * count);
        Charge {
            quantity: count.into(),
            amount_yen,
            tax_included_yen: amount_yen.tax_included(self.terms.policy.tax_rate_percent()),
            text_ja: format!("{} このうち{count}回分 = {amount_yen}円(税込)。C-23", whole.text_ja),
            text_en: format!("{} Of these, {count} = {amount_yen} yen (tax included). C-23", whole.text_en),
            ..whole
        }
    }

    fn written_off(&self, line: &ChargeLine, scope: &OvertimeProof) -> Result<Charge, Refusal> {
        let units: Vec<_> = scope.units.iter().collect();
        let proof = proof::overtime(line, scope, &units, &[], self.terms);
        self.charge(line, Payer::Programme, self.overtime_firm()?, Vec::new(), proof)
    }

    fn item(&self, line: &ChargeLine, fact: FactId, item: &str) -> Result<Charge, Refusal> {
        let parts = self.record.parts.iter().map(|part| (part.fact_id, part.technician_id));
        let works = self.record.special_works.iter().map(|work| (work.fact_id, work.technician_id));
        let by = parts.chain(works).find(|(id, _)| *id == fact).map(|(_, technician)| technician);
        let payer = match line.says.kind {
            LineKind::WriteOff => Payer::Programme,
            _ => self.payer(line.consents.first().copied()),
        };
        let proof = proof::item(line, fact, item, self.terms);
        self.charge(line, payer, self.firm(by)?, line.consents.clone(), proof)
    }

    fn charge(
        &self,
        line: &ChargeLine,
        payer: Payer,
        firm_id: FirmId,
        consents: Vec<FactId>,
        proof: serde_json::Value,
    ) -> Result<Charge, Refusal> {
        let says = &line.says;
        for text in [&says.text_ja, &says.text_en] {
            if text.chars().count() > TEXT_CHARS_MAX {
                return Err(Refusal::field(
                    "text",
                    format!("a proof longer than {TEXT_CHARS_MAX} characters"),
                ));
            }
        }
        Ok(Charge {
            firm_id,
            kind: says.kind.into(),
            code: says.code.clone(),
            quantity: says.quantity.normalize(),
            unit_price_yen: says.unit_price_yen,
            amount_yen: says.amount_yen,
            tax_included_yen: says.tax_included_yen,
            payer,
            rule: says.rule.to_owned(),
            consent_fact_id: consents.first().copied(),
            proof,
            text_ja: says.text_ja.clone(),
            text_en: says.text_en.clone(),
        })
    }

    /// Overtime of a crew belongs to the firm of whoever completed the job; before completion, of the first at work.
    fn overtime_firm(&self) -> Result<FirmId, Refusal> {
        let first = || self.record.visits.iter().flat_map(|visit| &visit.work).next();
        self.firm(self.record.completed_by.or_else(|| first().map(|work| work.technician_id)))
    }

    fn firm(&self, technician: Option<TechnicianId>) -> Result<FirmId, Refusal> {
        let firm = technician.and_then(|technician| self.firms.get(&technician).copied());
        firm.ok_or_else(|| Refusal::field("technician_id", "no firm is known"))
    }

    fn payer(&self, consent: Option<FactId>) -> Payer {
        let given = self.record.consents.iter().find(|given| Some(given.fact_id) == consent);
        given.map_or(Payer::Programme, |given| given.consent.payer())
    }
}
