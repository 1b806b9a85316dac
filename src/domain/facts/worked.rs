//! How long hands have been on until now: for a clock on a screen. What is billed comes from the record.

use chrono::TimeDelta;
use uuid::Uuid;

use super::{Fact, FactKind, FieldRecord, ShortCode};
use crate::domain::{charging::WorkKind, ids::FactId, span::Instant};

/// The work that uses up the free minutes, by the wall clock (C-12, C-16), as if everybody took their hands off at `now`; `fold`
/// says what reports add up to, and so how far they count.
#[must_use]
pub fn worked_until(facts: &[Fact], fold: impl Fn(&[Fact]) -> FieldRecord, now: Instant) -> TimeDelta {
    let Ok(device) = ShortCode::try_from("screen".to_owned()) else { return TimeDelta::zero() };
    let mut supposed: Vec<Fact> = Vec::new();
    for fact in facts {
        if supposed.iter().all(|known| known.technician_id != fact.technician_id) {
            supposed.push(Fact {
                id: FactId(Uuid::from_u128(u128::MAX - supposed.len() as u128)),
                device: device.clone(),
                device_seq: 1,
                device_time: now,
                sent_at: now,
                received_at: now,
                what: FactKind::WorkEnd {},
                ..fact.clone()
            });
        }
    }
    supposed.extend(facts.iter().cloned());
    let record = fold(&supposed);
    let work = record.visits.iter().flat_map(|visit| &visit.work);
    let mut spans: Vec<_> =
        work.filter(|span| span.work == WorkKind::Work).map(|span| (span.from, span.to.min(now))).collect();
    spans.sort();
    let (mut worked, mut reached) = (TimeDelta::zero(), Instant::MIN_UTC);
    for (from, to) in spans {
        let from = from.max(reached);
        if from < to {
            worked += to - from;
            reached = to;
        }
    }
    worked
}
