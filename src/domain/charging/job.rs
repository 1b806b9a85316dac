//! What does this job's record prove? Only what was consented to before it began is billable (C-18).

use std::collections::BTreeMap;

use super::super::{money::Yen, refusal::Refusal};
use super::{
    consent::{Basis, Consents, Grounds, Split},
    items::{Delivered, Part, SpecialWork},
    limits::{AtMost, PARTS_MAX, SPECIAL_WORK_MAX, name},
    lines::{
        ChargeLine, Line, Of, overtime_line, overtime_written_off, part_line, part_written_off,
        special_work_line, special_work_written_off, total,
    },
    overtime::{ScopeOvertime, overtime},
    policy::ChargePolicy,
    proof::{OvertimeProof, ProvedUnit},
    worked::WorkedVisits,
};

/// The facts of a job that decide its charge. Their order never matters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JobRecord {
    visits: WorkedVisits,
    consents: Consents,
    parts: AtMost<Delivered<Part>, PARTS_MAX>,
    special_work: AtMost<Delivered<SpecialWork>, SPECIAL_WORK_MAX>,
    policy: ChargePolicy,
}

/// What a job costs, and the proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobPrice {
    /// Overtime units worked: billable and written off.
    pub units: i64,
    /// Units that are billed.
    pub billable_units: i64,
    /// Units that began without consent in force (C-20).
    pub written_off_units: i64,
    /// The sum of the lines, tax included.
    pub total_yen: Yen,
    /// Overtime by visit, parts and special work by time of delivery; each says what it is of.
    pub lines: Vec<ChargeLine>,
    /// How the overtime came about: of the job, or of each visit, earliest first.
    pub overtime: Vec<OvertimeProof>,
    /// The rules it was computed by.
    pub policy: ChargePolicy,
}

impl JobRecord {
    /// Refuses too long lists and unprintable item keys.
    pub fn new(
        visits: &WorkedVisits,
        consents: Consents,
        mut parts: Vec<Delivered<Part>>,
        mut special_work: Vec<Delivered<SpecialWork>>,
        policy: ChargePolicy,
    ) -> Result<Self, Refusal> {
        in_order("parts", &mut parts)?;
        in_order("special_work", &mut special_work)?;
        Ok(Self {
            visits: visits.canonical(),
            consents,
            parts: AtMost::new("parts", parts)?,
            special_work: AtMost::new("special_work", special_work)?,
            policy,
        })
    }
}

/// What the job costs (C-01 to C-20).
///
/// More work at the end never lowers the price. More work *before* a consent can: it makes a unit begin earlier, and a
/// unit that began before its consent is not billable (C-18).
#[must_use]
pub fn price_job(job: &JobRecord) -> JobPrice {
    let policy = &job.policy;
    let mut lines = Vec::new();
    let mut proofs = Vec::new();
    for scope in overtime(&job.visits, policy) {
        let permitted: Vec<Option<Grounds>> =
            scope.units.iter().map(|unit| job.consents.for_unit(unit)).collect();
        let split = split(&permitted);
        let proof = OvertimeProof::of(&scope, &permitted);
        lines.extend(overtime_lines(&scope, &split, &proof, policy));
        proofs.push(proof);
    }
    let mut agreed = Agreed { consents: &job.consents, billed: BTreeMap::new() };
    for part in job.parts.iter() {
        let grounds = agreed.grounds(part, part.what.amount_yen());
        let says = match grounds {
            Some(grounds) => part_line(&part.what, Some(grounds), policy),
            None => part_written_off(&part.what),
        };
        lines.extend(says.map(|says| item_line(part, grounds, says)));
    }
    for work in job.special_work.iter() {
        let grounds = agreed.grounds(work, work.what.price_yen());
        let says = match grounds {
            Some(grounds) => special_work_line(&work.what, Some(grounds), policy),
            None => special_work_written_off(&work.what),
        };
        lines.extend(says.map(|says| item_line(work, grounds, says)));
    }
    let count = |counted: fn(&ProvedUnit) -> bool| {
        let units = proofs.iter().flat_map(|proof| &proof.units).filter(|unit| counted(unit)).count();
        i64::try_from(units).unwrap_or(i64::MAX)
    };
    JobPrice {
        units: count(|_| true),
        billable_units: count(|unit| unit.consent.is_some()),
        written_off_units: count(|unit| unit.consent.is_none()),
        total_yen: total(lines.iter().map(|line| &line.says)),
        lines,
        overtime: proofs,
        policy: *policy,
    }
}

/// The lines of one scope's overtime, each with its own units: none when all of it is free.
fn overtime_lines(
    scope: &ScopeOvertime,
    split: &Split,
    proof: &OvertimeProof,
    policy: &ChargePolicy,
) -> impl Iterator<Item = ChargeLine> {
    let (agreed, unagreed): (Vec<_>, Vec<_>) =
        proof.units.iter().copied().partition(|unit| unit.consent.is_some());
    let of = |units| Of::Overtime(OvertimeProof { units, ..proof.clone() });
    let billed = overtime_line(scope, split, policy).map(|says| ChargeLine {
        of: of(agreed),
        says,
        consents: split.consents(),
    });
    let rest = overtime_written_off(scope, split, policy);
    let rest = rest.map(|says| ChargeLine { of: of(unagreed), says, consents: Vec::new() });
    billed.into_iter().chain(rest)
}

fn item_line<T>(delivered: &Delivered<T>, grounds: Option<Grounds>, says: Line) -> ChargeLine {
    let of = Of::Item { fact: delivered.id, item: delivered.item.clone() };
    ChargeLine { of, says, consents: grounds.iter().map(|grounds| grounds.consent).collect() }
}

/// What was billed so far under each item key: the agreed amount is for all deliveries together.
struct Agreed<'a> {
    consents: &'a Consents,
    billed: BTreeMap<&'a str, Yen>,
}

impl<'a> Agreed<'a> {
    fn grounds<T>(&mut self, delivered: &'a Delivered<T>, amount: Yen) -> Option<Grounds> {
        let item = delivered.item.as_str();
        let billed = self.billed.entry(item).or_default();
        let sum = Yen(billed.0 + amount.0);
        let grounds = self.consents.for_item(item, delivered.at, sum)?;
        *billed = sum;
        Some(grounds)
    }
}

fn split(permitted: &[Option<Grounds>]) -> Split {
    let mut grounds: Vec<Grounds> = permitted.iter().flatten().copied().collect();
    let billable = i64::try_from(grounds.len()).unwrap_or(i64::MAX);
    grounds.sort_unstable_by_key(|one| (one.answered_at, one.consent));
    grounds.dedup();
    Split { billable, basis: Basis::Recorded(grounds) }
}

/// By time of delivery, then id; a report that came twice counts once.
fn in_order<T: PartialEq>(field: &str, delivered: &mut Vec<Delivered<T>>) -> Result<(), Refusal> {
    for (index, one) in delivered.iter_mut().enumerate() {
        one.item = name(&format!("{field}[{index}].item"), &one.item)?;
    }
    delivered.sort_by_key(|one| (one.at, one.id));
    delivered.dedup();
    Ok(())
}
