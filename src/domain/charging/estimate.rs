//! What would it cost? Consent is taken as given, up to a number of overtime units.

use super::super::{money::Yen, refusal::Refusal};
use super::{
    consent::{Basis, Split},
    items::{Part, SpecialWork},
    limits::{AtMost, CAP_UNITS_MAX, PARTS_MAX, SPECIAL_WORK_MAX, within},
    lines::{Line, LineKind, overtime_line, overtime_written_off, part_line, special_work_line, total},
    overtime::overtime,
    policy::ChargePolicy,
    worked::WorkedVisits,
};

/// What an estimate is made from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EstimateInput {
    visits: WorkedVisits,
    consented_units: Option<i64>,
    parts: AtMost<Part, PARTS_MAX>,
    special_work: AtMost<SpecialWork, SPECIAL_WORK_MAX>,
    policy: ChargePolicy,
}

/// What it would cost, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargeEstimate {
    /// Of the job, or of each visit in the order given.
    pub worked_seconds: Vec<i64>,
    /// Overtime units worked: billable and written off.
    pub units: i64,
    /// Units that would be billed.
    pub billable_units: i64,
    /// Units beyond the cap (C-20).
    pub written_off_units: i64,
    /// For overtime alone, tax included.
    pub billable_yen: Yen,
    /// With parts and special work, tax included: the sum of the lines.
    pub total_yen: Yen,
    /// Overtime, parts, special work, each in the order given.
    pub lines: Vec<Line>,
}

impl EstimateInput {
    /// `consented_units`: `None` is uncapped, 0 is none (C-20). Refuses too long lists and a cap out of range.
    pub fn new(
        visits: WorkedVisits,
        consented_units: Option<i64>,
        parts: Vec<Part>,
        special_work: Vec<SpecialWork>,
        policy: ChargePolicy,
    ) -> Result<Self, Refusal> {
        if let Some(cap) = consented_units {
            within("consented_units", cap, 0, CAP_UNITS_MAX)?;
        }
        Ok(Self {
            visits,
            consented_units,
            parts: AtMost::new("parts", parts)?,
            special_work: AtMost::new("special_work", special_work)?,
            policy,
        })
    }
}

/// What the work, parts and special work would cost (C-01 to C-20).
#[must_use]
pub fn estimate(input: &EstimateInput) -> ChargeEstimate {
    let policy = &input.policy;
    let basis = input.consented_units.map_or(Basis::Uncapped, Basis::Cap);
    let cap = input.consented_units.unwrap_or(i64::MAX);
    let scopes = overtime(&input.visits, policy);
    let (mut units, mut billable_units) = (0, 0);
    let mut lines = Vec::new();
    for scope in &scopes {
        let within_cap = scope.units.iter().filter(|unit| unit.number <= cap).count();
        let split = Split { billable: i64::try_from(within_cap).unwrap_or(i64::MAX), basis: basis.clone() };
        units += i64::try_from(scope.units.len()).unwrap_or(i64::MAX);
        billable_units += split.billable;
        lines.extend(overtime_line(scope, &split, policy));
        lines.extend(overtime_written_off(scope, &split, policy));
    }
    let billable_yen =
        lines.iter().filter(|line| line.kind == LineKind::Overtime).map(|line| line.amount_yen).sum();
    lines.extend(input.parts.iter().filter_map(|part| part_line(part, None, policy)));
    lines.extend(input.special_work.iter().filter_map(|work| special_work_line(work, None, policy)));
    ChargeEstimate {
        worked_seconds: scopes.iter().map(|scope| scope.worked_seconds).collect(),
        units,
        billable_units,
        written_off_units: units - billable_units,
        billable_yen,
        total_yen: total(&lines),
        lines,
    }
}
