//! Facts as they travel, and what they add up to.

mod consents;
mod doubts;
mod named;
mod others;
mod properties;
mod record;
mod site;
mod trust;
mod wire;
mod worked;

use chrono::TimeDelta;

use super::{script::*, *};
use crate::domain::jobs::JobState;

fn codes(record: &FieldRecord) -> Vec<FlagCode> {
    record.flags.iter().map(|flag| flag.code).collect()
}

fn seconds(record: &FieldRecord) -> Vec<Vec<i64>> {
    let visit = |visit: &Visit| visit.work.iter().map(|work| (work.to - work.from).num_seconds()).collect();
    record.visits.iter().map(visit).collect()
}
