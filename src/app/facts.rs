//! Facts from the site: reported in batches, folded into the job's record, never refused by a state.

use std::collections::BTreeMap;

use chrono::{SubsecRound as _, TimeDelta};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::{
    Command, Ctx, Error, Unit, alarms, comebacks, field, jobs, payments, records, settlement, windows,
};
use crate::{
    dispatch::watch,
    domain::{
        actor::{Actor, Scope},
        alarms::AlarmKind,
        event::{Kind, Subject},
        facts::{FACTS_PER_JOB_MAX, Fact, FactKind, FieldRecord, Flag, ShortCode},
        ids::{FactId, JobId, TechnicianId},
        jobs::{Job, JobState},
        ledger::Settlement,
        offers::{Assignment, Slot},
        refusal::Refusal,
        span::Instant,
        text_enum::text_enum,
    },
    store::{self, positions::Position},
};

/// Reports of one device on one job.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Who did what is reported; a technician reports the own work and need not say so.
    pub technician_id: Option<TechnicianId>,
    /// The device, by a name of its own.
    pub device: ShortCode,
    /// When the batch is sent, by the device's clock; when it is received, where that clock is right.
    pub sent_at: Option<Instant>,
    /// The reports.
    pub reports: Vec<Report>,
}

/// One report.
#[derive(Debug, Clone)]
pub struct Report {
    /// Its id, made by the device.
    pub id: FactId,
    /// Running number of the device on this job, from 1.
    pub device_seq: i64,
    /// When it happened, by the device's clock.
    pub device_time: Instant,
    /// What happened.
    pub what: FactKind,
}

text_enum! {
    /// What became of a report.
    pub enum ReportOutcome("outcome") {
        /// It is on record now.
        Recorded = "recorded",
        /// It was on record already.
        Duplicate = "duplicate",
        /// It is not on record, and will not be.
        Refused = "refused",
    }
}

text_enum! {
    /// Why a report was refused.
    pub enum RefusalCode("refusal code") {
        /// Its id stands for another report of this job.
        IdReused = "id_reused",
        /// Its id stands for a report of another job.
        ForeignJob = "foreign_job",
        /// The job has as many reports as a job can have.
        TooMany = "too_many_facts",
    }
}

/// What became of one report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FactOutcome {
    /// The report.
    pub id: FactId,
    /// What became of it.
    pub outcome: ReportOutcome,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<RefusalCode>,
    /// The same in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// What became of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Receipt {
    /// What became of each report, in the order of the batch.
    pub facts: Vec<FactOutcome>,
    /// Where the job is now.
    pub job_state: JobState,
    /// What is doubtful or missing; while there is anything, the job is not billed.
    pub flags: Vec<Flag>,
    /// The settlement that followed from this batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settlement: Option<Settlement>,
}

/// Records a batch: each report is recorded, a duplicate, or refused by itself.
pub async fn report(ctx: &Ctx, job: JobId, command: Command<Batch>) -> Result<Receipt, Error> {
    let now = ctx.now();
    let own = match (command.body.technician_id, command.actor.scope()) {
        (None, Scope::Technician(_, technician)) => Some(technician),
        (told, _) => told,
    };
    let seen = own.map(|technician| positions(&command.body, technician, now)).unwrap_or_default();
    let command = command.map(|batch| (job, batch));
    let receipt = ctx.transact(command, |unit, (job, batch)| Box::pin(report_in(unit, *job, batch))).await?;
    ctx.record_positions(&seen);
    Ok(receipt)
}

async fn report_in(unit: &mut Unit, id: JobId, batch: &Batch) -> Result<Receipt, Error> {
    let job = store::jobs::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("job"))?;
    let assignments = store::assignments::of_job(&mut unit.tx, id).await?;
    let assignment = reported_for(unit.actor.scope(), &assignments, batch)?.clone();
    let mut known: BTreeMap<FactId, Fact> =
        store::facts::of_job(&mut unit.tx, id).await?.into_iter().map(|fact| (fact.id, fact)).collect();
    let mut outcomes = Vec::with_capacity(batch.reports.len());
    let mut recorded = Vec::new();
    for report in &batch.reports {
        let fact = fact(report, batch, &assignment, unit.now);
        let outcome = receive(unit, &mut known, &fact).await?;
        if outcome.outcome == ReportOutcome::Recorded {
            recorded.push(fact);
        }
        outcomes.push(outcome);
    }
    let seen = positions(batch, assignment.technician_id, unit.now);
    store::positions::record(&mut unit.tx, &seen).await?;
    let facts: Vec<Fact> = known.into_values().collect();
    let record = records::judged(&unit.ctx.clone(), &mut unit.tx, &job, &facts).await?;
    emit_recorded(unit, &assignment, &recorded);
    let (job, assignments) = match comebacks::reinstate(unit, &job, &assignment, &record).await? {
        Some(_) => again(unit, id).await?,
        None => (job, assignments),
    };
    field::promise_anew(unit, &record, &assignments).await?;
    let assignments = store::assignments::of_job(&mut unit.tx, id).await?;
    let job = field::let_go(unit, job, &record, &assignments).await?;
    let assignments = store::assignments::of_job(&mut unit.tx, id).await?;
    let job = progress(unit, job, field::state_told(&record, &assignments), &record).await?;
    field::tell_the_desk(unit, &job, &record, &recorded).await?;
    let new: Vec<_> = recorded.iter().map(|fact| fact.id).collect();
    payments::reported(unit, id, &record, &new).await?;
    let (settlement, flags) = settlement::settle(unit, &job, &record, &assignments).await?;
    Ok(Receipt { facts: outcomes, job_state: job.state, flags, settlement })
}

/// The job and who is on it, once somebody has come back to it.
async fn again(unit: &mut Unit, id: JobId) -> Result<(Job, Vec<Assignment>), Error> {
    let job = store::jobs::lock(&mut unit.tx, id).await?.ok_or(Error::NotFound("job"))?;
    Ok((job, store::assignments::of_job(&mut unit.tx, id).await?))
}

/// Where the technician was, by the service's clock: for the dispatch, which keeps the newest only.
fn positions(batch: &Batch, technician_id: TechnicianId, received_at: Instant) -> Vec<Position> {
    let ahead = batch.sent_at.map_or(TimeDelta::zero(), |sent_at| received_at - sent_at);
    let position = |report: &Report| match report.what {
        FactKind::Position { point: Some(point) } => Some(Position {
            technician_id,
            point,
            accuracy_m: None,
            measured_at: (report.device_time + ahead).min(received_at).trunc_subsecs(6),
            received_at,
        }),
        _ => None,
    };
    batch.reports.iter().filter_map(position).collect()
}

/// The assignment under which the work was done: of several of one technician the one that is not over, else the last.
fn reported_for<'a>(
    scope: Scope,
    assignments: &'a [Assignment],
    batch: &Batch,
) -> Result<&'a Assignment, Error> {
    let visible: Vec<_> =
        assignments.iter().filter(|one| scope.covers(one.firm_id, one.technician_id)).collect();
    if visible.is_empty() && scope != Scope::All {
        return Err(Error::NotFound("job"));
    }
    let technician = match (batch.technician_id, scope) {
        (Some(technician), _) | (None, Scope::Technician(_, technician)) => technician,
        (None, _) => return Err(Refusal::field("technician_id", "say whose work is reported").into()),
    };
    let own = visible.into_iter().filter(|one| one.technician_id == technician);
    own.max_by_key(|one| (one.slot != Slot::Released, one.id)).ok_or_else(|| {
        Refusal::field("technician_id", "this technician has no assignment on this job").into()
    })
}

/// Times are cut to what both engines keep.
fn fact(report: &Report, batch: &Batch, assignment: &Assignment, received_at: Instant) -> Fact {
    Fact {
        id: report.id,
        job_id: assignment.job_id,
        assignment_id: assignment.id,
        technician_id: assignment.technician_id,
        device: batch.device.clone(),
        device_seq: report.device_seq,
        device_time: report.device_time.trunc_subsecs(6),
        sent_at: batch.sent_at.map_or(received_at, |at| at.trunc_subsecs(6)),
        received_at,
        what: report.what.kept(),
    }
}

/// Records one report, unless its id is taken or the job is full.
async fn receive(
    unit: &mut Unit,
    known: &mut BTreeMap<FactId, Fact>,
    fact: &Fact,
) -> Result<FactOutcome, Error> {
    let refused = |code, message: &str| FactOutcome {
        id: fact.id,
        outcome: ReportOutcome::Refused,
        code: Some(code),
        message: Some(message.to_owned()),
    };
    let accepted = |outcome| FactOutcome { id: fact.id, outcome, code: None, message: None };
    if let Some(earlier) = known.get(&fact.id) {
        return Ok(if earlier.repeats(fact) {
            accepted(ReportOutcome::Duplicate)
        } else {
            refused(RefusalCode::IdReused, "this id stands for another report of this job; make a new one")
        });
    }
    if known.len() >= FACTS_PER_JOB_MAX {
        return Ok(refused(RefusalCode::TooMany, "the job has as many reports as a job can have"));
    }
    if store::facts::exists(&mut unit.tx, fact.id).await? {
        return Ok(refused(RefusalCode::ForeignJob, "this id stands for a report of another job"));
    }
    store::facts::insert(&mut unit.tx, fact).await.map_err(Error::in_the_way)?;
    known.insert(fact.id, fact.clone());
    Ok(accepted(ReportOutcome::Recorded))
}

/// One event a batch: how many of each kind, no content.
fn emit_recorded(unit: &mut Unit, assignment: &Assignment, recorded: &[Fact]) {
    if recorded.is_empty() {
        return;
    }
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for fact in recorded {
        *kinds.entry(fact.what.code()).or_default() += 1;
    }
    let data = json!({
        "assignment": assignment.id,
        "technician": assignment.technician_id,
        "count": recorded.len(),
        "kinds": kinds,
    });
    unit.emit(Kind::FactRecorded, Subject::Job, assignment.job_id.0, data);
}

/// The job as its facts tell; when they tell that it is done, everybody on it is free again.
async fn progress(
    unit: &mut Unit,
    job: Job,
    state: Option<JobState>,
    record: &FieldRecord,
) -> Result<Job, Error> {
    let Some(state) = state else { return Ok(job) };
    let before = job.state;
    let watch = unit.ctx.reference().dispatch().policy(job.priority).watch.clone();
    let look_at = unit.now + watch::first_look(&watch, state);
    let job = job.told(state, record.completed_at, unit.now, look_at);
    store::jobs::save(&mut unit.tx, &job).await?;
    if job.state != before {
        let data = json!({ "from": before, "to": job.state, "outcome": record.outcome });
        unit.emit(Kind::JobProgressed, Subject::Job, job.id.0, data);
        if job.state == JobState::Completed {
            jobs::release_all(unit, job.id, "completed").await?;
        }
        if matches!(job.state, JobState::Completed | JobState::AwaitingReturn) {
            windows::release(unit, job.id).await?;
        }
        alarms::resolve_all(unit, job.id.0, &[AlarmKind::PlaceChanged]).await?;
    }
    Ok(job)
}

/// The facts of a job after `after` that are the actor's to see, by id.
pub async fn list(ctx: &Ctx, actor: &Actor, job: JobId, after: Uuid, limit: i64) -> Result<Vec<Fact>, Error> {
    jobs::find(ctx, actor, job).await?;
    let mut tx = ctx.db().read().await?;
    Ok(store::facts::list(&mut tx, job, actor.scope(), after, limit).await?)
}
