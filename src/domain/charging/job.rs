//! What does this job's record prove? Only what was consented to before it began is billable (C-18).

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::{ids::FactId, money::Yen, refusal::Refusal, span::Instant};
use super::{
    consent::{Basis, Consents, Grounds, Split},
    items::{Delivered, Part, SpecialWork},
    limits::{AtMost, PARTS_MAX, SPECIAL_WORK_MAX, name},
    lines::{
        ChargeLine, overtime_lines, part_line, part_written_off, special_work_line, special_work_written_off,
        total,
    },
    overtime::{ScopeOvertime, overtime},
    policy::ChargePolicy,
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JobPrice {
    /// Overtime units worked: billable and written off.
    pub units: i64,
    /// Units that are billed.
    pub billable_units: i64,
    /// Units that began without consent in force (C-20).
    pub written_off_units: i64,
    /// The sum of the lines, tax included.
    pub total_yen: Yen,
    /// Overtime by visit, parts and special work by time of delivery.
    pub lines: Vec<ChargeLine>,
    /// How the overtime came about: of the job, or of each visit, earliest first.
    pub overtime: Vec<OvertimeProof>,
    /// The rules it was computed by.
    pub policy: ChargePolicy,
}

/// How the overtime of one scope came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OvertimeProof {
    /// The counted work, earliest first; under person time one person's after another's may overlap.
    pub intervals: Vec<ProvedInterval>,
    /// Whole seconds worked.
    pub worked_seconds: i64,
    /// Seconds beyond the free time.
    pub excess_seconds: i64,
    /// Every unit, billed or not.
    pub units: Vec<ProvedUnit>,
}

/// Counted work, half-open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ProvedInterval {
    /// First instant inside.
    pub from: Instant,
    /// First instant after.
    pub to: Instant,
}

/// One overtime unit and why it is billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ProvedUnit {
    /// Number within the job, from 1.
    pub number: i64,
    /// When it began.
    pub begun_at: Instant,
    /// The consent in force then; `None`: written off.
    pub consent: Option<FactId>,
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
        lines.extend(overtime_lines(&scope, &split(&permitted), policy));
        proofs.push(proof(&scope, &permitted));
    }
    let mut agreed = Agreed { consents: &job.consents, billed: BTreeMap::new() };
    for part in job.parts.iter() {
        lines.extend(match agreed.grounds(part, part.what.amount_yen()) {
            Some(grounds) => part_line(&part.what, Some(grounds), policy),
            None => part_written_off(&part.what),
        });
    }
    for work in job.special_work.iter() {
        lines.extend(match agreed.grounds(work, work.what.price_yen()) {
            Some(grounds) => special_work_line(&work.what, Some(grounds), policy),
            None => special_work_written_off(&work.what),
        });
    }
    let count = |counted: fn(&ProvedUnit) -> bool| {
        let units = proofs.iter().flat_map(|proof| &proof.units).filter(|unit| counted(unit)).count();
        i64::try_from(units).unwrap_or(i64::MAX)
    };
    JobPrice {
        units: count(|_| true),
        billable_units: count(|unit| unit.consent.is_some()),
        written_off_units: count(|unit| unit.consent.is_none()),
        total_yen: total(&lines),
        lines,
        overtime: proofs,
        policy: *policy,
    }
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

fn proof(scope: &ScopeOvertime, permitted: &[Option<Grounds>]) -> OvertimeProof {
    OvertimeProof {
        intervals: scope
            .spans
            .iter()
            .map(|span| ProvedInterval { from: span.from(), to: span.to() })
            .collect(),
        worked_seconds: scope.worked_seconds,
        excess_seconds: scope.excess_seconds,
        units: scope
            .units
            .iter()
            .zip(permitted)
            .map(|(unit, grounds)| ProvedUnit {
                number: unit.number,
                begun_at: unit.begun_at,
                consent: grounds.map(|grounds| grounds.consent),
            })
            .collect(),
    }
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
