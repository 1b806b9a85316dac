//! The record of a job as it is judged: its own facts, beside what its technicians are told to have done elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use super::{Ctx, Error};
use crate::{
    domain::{
        facts::{Fact, FieldRecord, Guard, RECEIPT_MAX, SKEW_MAX, WORK_INTERVAL_MAX, WorkSpan},
        ids::JobId,
        jobs::Job,
        offers::Assignment,
        perils::{Perils, SafetyRules},
    },
    store::{self, Tx, facts::Around},
};

/// The record of a job.
pub(super) async fn of_job(ctx: &Ctx, tx: &mut Tx, job: &Job) -> Result<FieldRecord, Error> {
    let crew = store::assignments::of_job(tx, job.id).await?;
    let facts = store::facts::of_job(tx, job.id).await?;
    let facts = signed(tx, facts, |_| &crew).await?;
    let perils = perils(ctx, tx, job.id).await?;
    let settlements = store::ledger::settlements(tx, job.id).await?;
    let agreed = store::payer_authorities::agreements(tx, job.id).await?;
    let guard = Guard::of(job, &crew, &perils).billed(settlements.iter().map(|one| one.settled_at));
    let guard = guard.agreed(agreed);
    beside(tx, job.id, own(ctx, job, &guard, &facts)).await
}

/// The reports of jobs with these crews, beside the signatures that consents name and that have come since (C-19): nothing is
/// doubtful about them any more. What comes later than any report may (G-01) settles nothing.
pub(super) async fn signed<'a>(
    tx: &mut Tx,
    mut facts: Vec<Fact>,
    crew: impl Fn(&JobId) -> &'a [Assignment],
) -> Result<Vec<Fact>, Error> {
    let named: Vec<_> = facts.iter().filter_map(Fact::awaits_signature).collect();
    if named.is_empty() {
        return Ok(facts);
    }
    let come = store::evidence::signatures(tx, &named).await?;
    let has_come = |fact: &Fact| {
        let named = fact.awaits_signature();
        come.iter()
            .filter(|one| Some(one.id) == named && one.job_id == fact.job_id)
            .any(|one| one.received_at - fact.received_at <= RECEIPT_MAX && one.proves(crew(&fact.job_id)))
    };
    for fact in &mut facts {
        if has_come(fact) {
            fact.unresolved = None;
        }
    }
    Ok(facts)
}

/// What is, or was, dangerous about a job, or unchecked.
pub(super) async fn perils(ctx: &Ctx, tx: &mut Tx, job: JobId) -> Result<Perils, Error> {
    Ok(store::dangers::perils_of_job(tx, job, &SafetyRules::of(&ctx.reference())).await?)
}

/// The record that these facts of a job make by themselves, as far as the guard lets them count.
pub(super) fn own(ctx: &Ctx, job: &Job, guard: &Guard, facts: &[Fact]) -> FieldRecord {
    let record = FieldRecord::guarded(facts, guard);
    // A door that is opened unchecked is a doubt (S-01).
    let opens = ctx.reference().job_codes().get(&job.job_code).is_some_and(|kind| kind.id_check);
    let record = if opens { record.opened() } else { record };
    if job.rework_of.is_some() { record.as_rework() } else { record }
}

/// The record, with a doubt where one of its technicians worked on another job at the same time.
pub(super) async fn beside(tx: &mut Tx, id: JobId, record: FieldRecord) -> Result<FieldRecord, Error> {
    let around = around(id, &record);
    let facts = store::facts::elsewhere(tx, &around).await?;
    Ok(besides(record, &around, &facts))
}

/// When its technicians may have worked on another job.
pub(super) fn around(job: JobId, record: &FieldRecord) -> Vec<Around> {
    let Some(from) = record.work().map(|work| work.from).min() else { return Vec::new() };
    let Some(to) = record.work().map(|work| work.to).max() else { return Vec::new() };
    let technicians: BTreeSet<_> = record.work().map(|work| work.technician_id).collect();
    // Work elsewhere that reaches into this one has begun so much earlier at most, by a clock so far off at most.
    let (from, to) = (from - WORK_INTERVAL_MAX - SKEW_MAX, to + SKEW_MAX);
    technicians.into_iter().map(|technician| Around { job, technician, from, to }).collect()
}

/// The record beside what these facts of other jobs say of its technicians.
pub(super) fn besides(record: FieldRecord, around: &[Around], facts: &[Fact]) -> FieldRecord {
    let mut others: BTreeMap<JobId, Vec<Fact>> = BTreeMap::new();
    for fact in facts {
        others.entry(fact.job_id).or_default().push(fact.clone());
    }
    let mut elsewhere: Vec<WorkSpan> = Vec::new();
    for facts in others.values() {
        let there = around.iter().filter(|around| facts.iter().any(|fact| around.begins(fact)));
        let there: BTreeSet<_> = there.map(|around| around.technician).collect();
        if !there.is_empty() {
            let other = FieldRecord::of(facts);
            elsewhere.extend(other.work().filter(|work| there.contains(&work.technician_id)).cloned());
        }
    }
    record.beside(&elsewhere)
}
