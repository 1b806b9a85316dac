//! The rules against the printed tables, the vectors, and properties that must hold for every input.

mod printed;
mod properties;
mod recorded;
mod sentences;
mod vectors;

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use uuid::Uuid;

use super::*;
use crate::domain::{
    ids::FactId,
    money::Yen,
    span::{Instant, Span, tokyo_instant},
};

/// A wall-clock time of 22 November 2026 in Tokyo.
fn at(time: &str) -> Instant {
    let since_midnight = time.parse::<NaiveTime>().unwrap() - NaiveTime::MIN;
    tokyo_instant(NaiveDate::from_ymd_opt(2026, 11, 22).unwrap(), 0) + since_midnight
}

fn interval(technician: &str, from: &str, to: &str, kind: WorkKind) -> WorkInterval {
    WorkInterval { technician: technician.into(), span: Span::new(at(from), at(to)).unwrap(), kind }
}

fn work(technician: &str, from: &str, to: &str) -> WorkInterval {
    interval(technician, from, to, WorkKind::Work)
}

/// One technician working so many seconds on end.
fn seconds(count: i64) -> Vec<Vec<WorkInterval>> {
    let span = Span::new(at("10:00:00"), at("10:00:00") + TimeDelta::seconds(count)).unwrap();
    vec![vec![WorkInterval { technician: "A".into(), span, kind: WorkKind::Work }]]
}

fn policy(rounding: &str, grace_seconds: i64, scope: &str, crew: &str) -> ChargePolicy {
    let other = PolicyOverride {
        overtime_rounding: Some(rounding.parse().unwrap()),
        grace_seconds: Some(grace_seconds),
        allowance_scope: Some(scope.parse().unwrap()),
        crew_time: Some(crew.parse().unwrap()),
    };
    ChargePolicy::default().with(&other).unwrap()
}

/// An estimate of work alone.
fn worked(
    visits: Vec<Vec<WorkInterval>>,
    consented_units: Option<i64>,
    policy: ChargePolicy,
) -> ChargeEstimate {
    let visits = WorkedVisits::new(visits).unwrap();
    estimate(&EstimateInput::new(visits, consented_units, vec![], vec![], policy).unwrap())
}

fn fact(id: u128) -> FactId {
    FactId(Uuid::from_u128(id))
}

fn part(quantity: &str, price: i64) -> Part {
    Part::new("止水栓パッキン", Quantity::parse("quantity", quantity).unwrap(), price).unwrap()
}

fn answer(id: u128, answered_at: Instant, answer: Answer, term: ConsentTerm) -> ConsentAnswer {
    ConsentAnswer::new(fact(id), answered_at, answered_at, answer, vec![term]).unwrap()
}
