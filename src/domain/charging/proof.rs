//! How overtime came about: everything needed to count its units again.

use serde::Serialize;

use super::super::{
    ids::FactId,
    span::{Instant, Span},
};
use super::{consent::Grounds, overtime::ScopeOvertime};

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

impl OvertimeProof {
    /// Of one scope, with the grounds of each unit.
    pub(super) fn of(scope: &ScopeOvertime, permitted: &[Option<Grounds>]) -> Self {
        let interval = |span: &Span| ProvedInterval { from: span.from(), to: span.to() };
        let units = scope.units.iter().zip(permitted).map(|(unit, grounds)| ProvedUnit {
            number: unit.number,
            begun_at: unit.begun_at,
            consent: grounds.map(|grounds| grounds.consent),
        });
        Self {
            intervals: scope.spans.iter().map(interval).collect(),
            worked_seconds: scope.worked_seconds,
            excess_seconds: scope.excess_seconds,
            units: units.collect(),
        }
    }
}
