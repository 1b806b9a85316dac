//! The record of a job as it is judged: its own facts, beside what its technicians are told to have done elsewhere.

use super::{Ctx, Error};
use crate::{
    domain::{
        facts::{Fact, FieldRecord, SKEW_MAX, WORK_INTERVAL_MAX, WorkSpan},
        ids::JobId,
        jobs::Job,
    },
    store::{self, Tx},
};

/// The record of a job.
pub(super) async fn of_job(ctx: &Ctx, tx: &mut Tx, job: &Job) -> Result<FieldRecord, Error> {
    let facts = store::facts::of_job(tx, job.id).await?;
    judged(ctx, tx, job, &facts).await
}

/// The record that these facts of a job make.
pub(super) async fn judged(ctx: &Ctx, tx: &mut Tx, job: &Job, facts: &[Fact]) -> Result<FieldRecord, Error> {
    let record = FieldRecord::of(facts);
    // A door that is opened unchecked is a doubt (S-01).
    let opens = ctx.reference().job_codes().get(&job.job_code).is_some_and(|kind| kind.id_check);
    let record = if opens { record.opened() } else { record };
    let record = if job.rework_of.is_some() { record.as_rework() } else { record };
    beside(tx, job.id, record).await
}

/// The record, with a doubt where one of its technicians worked on another job at the same time.
async fn beside(tx: &mut Tx, id: JobId, record: FieldRecord) -> Result<FieldRecord, Error> {
    let Some(from) = record.work().map(|work| work.from).min() else { return Ok(record) };
    let Some(to) = record.work().map(|work| work.to).max() else { return Ok(record) };
    let mut technicians: Vec<_> = record.work().map(|work| work.technician_id).collect();
    technicians.sort();
    technicians.dedup();
    // Work elsewhere that reaches into this one has begun so much earlier at most, by a clock so far off at most.
    let (earliest, latest) = (from - WORK_INTERVAL_MAX - SKEW_MAX, to + SKEW_MAX);
    let others = store::facts::of_work_elsewhere(tx, id, &technicians, earliest, latest).await?;
    let elsewhere: Vec<WorkSpan> =
        others.values().flat_map(|facts| FieldRecord::of(facts).work().cloned().collect::<Vec<_>>()).collect();
    Ok(record.beside(&elsewhere))
}
