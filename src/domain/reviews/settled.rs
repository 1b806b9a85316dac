//! What counts of a record once it has been decided about.

use super::{Decision, Ruling, StatedWork};
use crate::domain::{
    facts::{FieldRecord, Flag, FlagCode, Visit, WorkSpan},
    ids::TechnicianId,
    payers::ProposedPayer,
};

/// A record with what was decided about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// What counts of it.
    pub record: FieldRecord,
    /// The decision in force: the last one.
    pub decision: Option<Decision>,
    /// What is doubtful and not decided.
    pub open: Vec<Flag>,
}

impl Settled {
    /// The record under these decisions, in whichever order they are given.
    #[must_use]
    pub fn of(record: &FieldRecord, decisions: &[Decision]) -> Self {
        let decision = decisions.iter().max_by_key(|decision| decision.number).cloned();
        let Some(last) = &decision else {
            return Self { record: record.clone(), decision: None, open: record.flags.clone() };
        };
        let mut open: Vec<Flag> =
            record.flags.iter().filter(|flag| !last.flags.contains(flag)).cloned().collect();
        if last.ruling == Ruling::Correct {
            open.extend(outdated(record, &last.correction.work));
        }
        if last.ruling == Ruling::Rescind {
            // Nothing is owed any more, whatever else is told: there is nothing to doubt (G-18).
            open.clear();
        }
        open.sort();
        open.dedup();
        Self { record: corrected(record, last), decision, open }
    }

    /// Of doubts that the record alone does not show, those that the decision in force has not settled.
    pub fn undecided(&self, doubts: Vec<Flag>) -> impl Iterator<Item = Flag> + use<'_> {
        let is_open = |flag: &Flag| match &self.decision {
            Some(last) => last.ruling != Ruling::Rescind && !last.flags.contains(flag),
            None => true,
        };
        doubts.into_iter().filter(is_open)
    }

    /// The decision in force, if it is of this ruling.
    #[must_use]
    pub fn ruled(&self, ruling: Ruling) -> bool {
        self.decision.as_ref().is_some_and(|decision| decision.ruling == ruling)
    }
}

/// The work of a technician as it was reported, earliest first.
#[must_use]
pub fn reported_work(record: &FieldRecord, technician: TechnicianId) -> Vec<WorkSpan> {
    let mut work: Vec<_> = record
        .visits
        .iter()
        .flat_map(|visit| &visit.work)
        .filter(|work| work.technician_id == technician)
        .cloned()
        .collect();
    work.sort();
    work
}

/// A correction of work stands for what was reported when it was made.
fn outdated(record: &FieldRecord, stated: &[StatedWork]) -> Vec<Flag> {
    let changed = stated.iter().filter(|one| reported_work(record, one.technician_id) != one.replaces);
    let flags = changed.map(|one| Flag {
        technician_id: Some(one.technician_id),
        ..Flag::whole(FlagCode::CorrectionOutdated)
    });
    flags.collect()
}

fn corrected(record: &FieldRecord, decision: &Decision) -> FieldRecord {
    let mut record = record.clone();
    let correction = &decision.correction;
    // Whom a supervisor has let pay needs to say nothing any more (G-06).
    let is_decided = |proposed: &ProposedPayer| {
        let is_it =
            |flag: &Flag| flag.code == FlagCode::PayerUnconfirmed && flag.fact_id == Some(proposed.fact_id);
        decision.flags.iter().any(is_it)
    };
    record.proposed_payers.retain(|proposed| !is_decided(proposed));
    record.parts.retain(|part| !correction.disregard.contains(&part.fact_id));
    record.special_works.retain(|work| !correction.disregard.contains(&work.fact_id));
    for stated in &correction.work {
        for visit in &mut record.visits {
            visit.work.retain(|work| work.technician_id != stated.technician_id);
        }
        for stretch in &stated.stretches {
            let work = WorkSpan {
                from: stretch.from,
                to: stretch.to,
                technician_id: stated.technician_id,
                work: stretch.work,
            };
            put(&mut record.visits, work);
        }
    }
    for visit in &mut record.visits {
        visit.work.sort();
    }
    record
}

/// Stated work belongs to the visit in which it begins, else to the last one before it, else to the first.
fn put(visits: &mut Vec<Visit>, work: WorkSpan) {
    let inside = visits.iter().position(|visit| visit.from <= work.from && work.from < visit.to);
    let before = || visits.iter().rposition(|visit| visit.from <= work.from);
    match inside.or_else(before).or(if visits.is_empty() { None } else { Some(0) }) {
        Some(index) => visits[index].work.push(work),
        None => visits.push(Visit { from: work.from, to: work.to, work: vec![work] }),
    }
}
