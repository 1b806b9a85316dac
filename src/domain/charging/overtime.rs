//! Overtime: how many units, and when each of them began (C-07 to C-09).

use serde::Serialize;

use super::super::span::{Instant, Span};
use super::{
    policy::{AllowanceScope, ChargePolicy, OvertimeRounding},
    worked::WorkedVisits,
};

/// Overtime of one scope: of the job, or of one visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeOvertime {
    /// Which of the visits, counted from 0; `None` for the whole job.
    pub visit: Option<usize>,
    /// The counted work, earliest first.
    pub spans: Vec<Span>,
    /// Whole seconds worked.
    pub worked_seconds: i64,
    /// Seconds beyond the free time; never negative.
    pub excess_seconds: i64,
    /// The units, earliest first.
    pub units: Vec<BegunUnit>,
}

/// One overtime unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct BegunUnit {
    /// Number within the job from 1, in the order of beginning: what a consented cap counts.
    pub number: i64,
    /// When work beyond the free time and the units before it was taken up.
    pub begun_at: Instant,
}

/// Overtime of each scope: of the job, or of each visit in the order given. Two units that begin in the same instant
/// are numbered in the order of the visits.
#[must_use]
pub fn overtime(visits: &WorkedVisits, policy: &ChargePolicy) -> Vec<ScopeOvertime> {
    let scope = policy.allowance_scope();
    let mut scopes: Vec<ScopeOvertime> = visits
        .by_scope(scope, policy.crew_time())
        .into_iter()
        .enumerate()
        .map(|(index, worked)| {
            let worked_seconds = worked.seconds();
            let count = units_of(worked_seconds, policy);
            let begun = worked.exceeded(policy.free_seconds(), policy.unit_seconds(), count);
            ScopeOvertime {
                visit: (scope == AllowanceScope::Visit).then_some(index),
                spans: worked.spans,
                worked_seconds,
                excess_seconds: excess_of(worked_seconds, policy),
                units: begun.into_iter().map(|begun_at| BegunUnit { number: 0, begun_at }).collect(),
            }
        })
        .collect();
    number(&mut scopes);
    scopes
}

/// Overtime units in `worked_seconds` of one scope.
#[must_use]
pub fn units_of(worked_seconds: i64, policy: &ChargePolicy) -> i64 {
    let excess = excess_of(worked_seconds, policy);
    let unit = policy.unit_seconds();
    match policy.overtime_rounding() {
        OvertimeRounding::Started => ((excess - policy.grace_seconds()).max(0) + unit - 1) / unit,
        OvertimeRounding::Completed => excess / unit,
    }
}

/// C-07: at exactly the free time the excess is zero, whichever of the two printed texts is read.
fn excess_of(worked_seconds: i64, policy: &ChargePolicy) -> i64 {
    (worked_seconds - policy.free_seconds()).max(0)
}

fn number(scopes: &mut [ScopeOvertime]) {
    let mut units: Vec<&mut BegunUnit> = scopes.iter_mut().flat_map(|scope| &mut scope.units).collect();
    // Stable: the order of the scopes decides between equal instants.
    units.sort_by_key(|unit| unit.begun_at);
    for (unit, number) in units.into_iter().zip(1..) {
        unit.number = number;
    }
}
