//! Hands-on time: intervals in, seconds out (C-10 to C-16).
//!
//! Time is kept exact while it is added up and cut to whole seconds once per scope, downwards (C-12): a fraction of a
//! second is never charged. Cutting down a growing sum never makes it smaller, so one more second never lowers a charge.

use std::collections::BTreeMap;

use chrono::{SubsecRound as _, TimeDelta};

use super::super::{
    refusal::Refusal,
    span::{Instant, Span},
    text_enum::text_enum,
};
use super::{
    limits::{INTERVALS_PER_VISIT_MAX, VISITS_MAX, WORKED_SECONDS_MAX, instant, name},
    policy::{AllowanceScope, CrewTime},
};

text_enum! {
    /// What a work interval was spent on.
    pub enum WorkKind("kind of work") {
        /// Ordinary work: consumes the free time, then earns overtime.
        Work = "work",
        /// Special work at a quoted price: consumes nothing (C-13).
        Special = "special",
        /// Putting right the contractor's own fault: consumes nothing (C-14).
        Rework = "rework",
        /// Making a dangerous place safe, before anything else may begin: consumes nothing (G-08).
        MakeSafe = "make_safe",
    }
}

/// Hands-on time of one technician, from `work_start` or resume to pause or `work_end` (C-10, C-11).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct WorkInterval {
    /// Tells technicians apart; never printed.
    pub technician: String,
    /// When.
    pub span: Span,
    /// On what.
    pub kind: WorkKind,
}

/// The work intervals of a job by visit, within the limits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WorkedVisits(Vec<Vec<WorkInterval>>);

impl WorkedVisits {
    /// Refuses, by path as in `visits[0][1].technician`, what is beyond the limits.
    pub fn new(visits: Vec<Vec<WorkInterval>>) -> Result<Self, Refusal> {
        if visits.len() > VISITS_MAX {
            return Err(Refusal::field(
                "visits",
                format!("has {} visits; at most {VISITS_MAX}", visits.len()),
            ));
        }
        let mut total = TimeDelta::zero();
        for (visit, intervals) in visits.iter().enumerate() {
            if intervals.len() > INTERVALS_PER_VISIT_MAX {
                let message = format!("has {} intervals; at most {INTERVALS_PER_VISIT_MAX}", intervals.len());
                return Err(Refusal::field(format!("visits[{visit}]"), message));
            }
            for (index, interval) in intervals.iter().enumerate() {
                let path = format!("visits[{visit}][{index}]");
                name(&format!("{path}.technician"), &interval.technician)?;
                instant(&format!("{path}.from"), interval.span.from())?;
                instant(&format!("{path}.to"), interval.span.to())?;
                // Checked at every step, so that the sum never exceeds the limit by more than one length.
                total += interval.span.length();
                if total > TimeDelta::seconds(WORKED_SECONDS_MAX) {
                    let message =
                        format!("all intervals together exceed {WORKED_SECONDS_MAX} seconds (30 days)");
                    return Err(Refusal::field(format!("{path}.to"), message));
                }
            }
        }
        Ok(Self(visits))
    }

    /// The visits with any interval, in an order that does not depend on the order given: earliest first.
    pub(super) fn canonical(&self) -> Self {
        let mut visits = self.0.clone();
        visits.retain(|intervals| !intervals.is_empty());
        for intervals in &mut visits {
            intervals.sort_by(|a, b| (a.span, &a.technician, a.kind).cmp(&(b.span, &b.technician, b.kind)));
        }
        visits.sort_by(|a, b| {
            let key = |interval: &WorkInterval| (interval.span, interval.technician.clone(), interval.kind);
            a.iter().map(key).cmp(b.iter().map(key))
        });
        Self(visits)
    }

    /// Worked time of each scope: of the job, or of each visit in the order given.
    pub(super) fn by_scope(&self, scope: AllowanceScope, crew: CrewTime) -> Vec<Worked> {
        match scope {
            AllowanceScope::Job => vec![Worked::of(self.0.iter().flatten(), crew)],
            AllowanceScope::Visit => self.0.iter().map(|visit| Worked::of(visit, crew)).collect(),
        }
    }
}

/// Worked time of one scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Worked {
    /// What was counted: disjoint, and under person time disjoint for each technician; earliest first.
    pub(super) spans: Vec<Span>,
    /// The same as stretches with a constant number of counted persons, disjoint, earliest first.
    stretches: Vec<Stretch>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stretch {
    span: Span,
    persons: i32,
}

impl Worked {
    /// Wall clock is person time with everybody taken for one person: an instant of one person counts once.
    fn of<'a>(intervals: impl IntoIterator<Item = &'a WorkInterval>, crew: CrewTime) -> Self {
        let mut by_person: BTreeMap<&str, Vec<Span>> = BTreeMap::new();
        for interval in intervals {
            let person = match crew {
                CrewTime::WallClock => "",
                CrewTime::PersonTime => interval.technician.as_str(),
            };
            if interval.kind == WorkKind::Work && interval.span.length() > TimeDelta::zero() {
                by_person.entry(person).or_default().push(interval.span);
            }
        }
        let mut spans: Vec<Span> = by_person.into_values().flat_map(union).collect();
        spans.sort_unstable();
        Self { stretches: stretches(&spans), spans }
    }

    /// Whole seconds worked.
    pub(super) fn seconds(&self) -> i64 {
        self.stretches
            .iter()
            .map(Stretch::worked)
            .fold(TimeDelta::zero(), |sum, next| sum + next)
            .num_seconds()
    }

    /// For `count` marks at `first`, `first + step`, ... seconds of worked time: the instant at which work beyond the
    /// mark was taken up, cut to the microsecond. A pause exactly at a mark therefore comes before it. A mark
    /// that was never exceeded has no instant.
    pub(super) fn exceeded(&self, first: i64, step: i64, count: i64) -> Vec<Instant> {
        let mut marks = (0..count).map(|index| TimeDelta::seconds(first + step * index)).peekable();
        let mut instants = Vec::new();
        let mut done = TimeDelta::zero();
        for stretch in &self.stretches {
            let end = done + stretch.worked();
            while let Some(mark) = marks.next_if(|mark| *mark < end) {
                let at = stretch.span.from() + (mark - done) / stretch.persons;
                instants.push(at.trunc_subsecs(6));
            }
            done = end;
        }
        instants
    }
}

impl Stretch {
    fn worked(&self) -> TimeDelta {
        self.span.length() * self.persons
    }
}

/// Touching spans become one, so that splitting an interval changes nothing.
fn union(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.from() <= last.to() => {
                *last = Span::new(last.from(), last.to().max(span.to())).unwrap_or(*last);
            }
            _ => merged.push(span),
        }
    }
    merged
}

fn stretches(spans: &[Span]) -> Vec<Stretch> {
    let mut changes: BTreeMap<Instant, i32> = BTreeMap::new();
    for span in spans {
        *changes.entry(span.from()).or_default() += 1;
        *changes.entry(span.to()).or_default() -= 1;
    }
    let mut stretches = Vec::new();
    let mut persons = 0;
    let mut since = None;
    for (at, change) in changes {
        if let Some(span) = since.and_then(|since| Span::new(since, at))
            && persons > 0
        {
            stretches.push(Stretch { span, persons });
        }
        persons += change;
        since = Some(at);
    }
    stretches
}
