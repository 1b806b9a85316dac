//! Facts from the site: reported in batches, folded into the job's record, never refused by a state.

use chrono::{SubsecRound as _, TimeDelta};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Command, Ctx, Error, Unit, dockets,
    fitness::{self, Looked},
    questions, records, referrals, seen, settlement,
};
pub use crate::domain::facts::reports::{Batch, FactOutcome, RefusalCode, Report, ReportOutcome, Unreadable};
use crate::{
    dispatch::question::When,
    domain::{
        actor::{Actor, Scope},
        docket::{Docket, Told},
        events,
        evidence::EvidenceKind,
        facts::{
            Fact, FactKind, FieldRecord, Flag, Guard, OnRecord, Reporter,
            reports::{Filing, Received, Rejected},
            worked_until,
        },
        firms::Standing,
        ids::{AssignmentId, CaseId, FirmId, JobId, TechnicianId},
        interpretations::Interpretation,
        jobs::JobState,
        ledger::Settlement,
        offers::Assignment,
        positions::measured,
        reference::{Reference, job_codes::Licence},
        refusal::Refusal,
        sight::is_own,
        span::{Instant, tokyo},
        warrants::Warrant,
    },
    store::{
        self, Tx,
        dockets::{Billing, Wanted},
        positions::Position,
    },
};

/// What became of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// What became of each report, in the order of the batch.
    pub facts: Vec<FactOutcome>,
    /// Where the job is now.
    pub job_state: JobState,
    /// What is doubtful or missing; while there is anything, the job is not billed.
    pub flags: Vec<Flag>,
    /// The settlement that followed from this batch.
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
    let reports: Vec<_> = batch.reports.iter().map(|report| report.id).collect();
    let loaded = dockets::load(unit, Wanted { id: id.0, also: None, reports: &reports }).await?;
    let filed = reported_for(unit.actor.scope(), &loaded.known.assignments, batch)?;
    let filing = Filing {
        job_id: id,
        assignment_id: filed.id,
        technician_id: filed.technician_id,
        received_at: unit.now,
        told_by: reporter(unit, filed).await?,
    };
    let job = loaded.known.job.clone();
    let ctx = unit.ctx.clone();
    let reference = ctx.reference();
    let unlicensed = match batch.licensed_since(&reference, &job.job_code) {
        Some(since) => unlicensed(unit, job.case_id, filed.firm_id, since).await?,
        None => Vec::new(),
    };
    let named = Named::load(unit, id, filed.technician_id, &loaded.known.assignments, batch).await?;
    let named = Named { unlicensed, ..named };
    let on_record = named.on_record(&reference, &job.job_code);
    if filing.told_by == Reporter::Desk {
        asked_back(batch, &on_record, unit.now)?;
    }
    let Received { outcomes, recorded, all } =
        batch.received(loaded.facts, &loaded.foreign, filing, &on_record);
    reject(unit, filing, batch, &outcomes).await?;
    let all = records::signed(&mut unit.tx, all, |_| &loaded.known.assignments).await?;
    let fold = |guard: &Guard| records::own(&ctx, &job, guard, &all);
    let mut docket = dockets::take(unit, loaded.known);
    let returning = returning(unit, &docket, filing.assignment_id).await?;
    let fitness = returning.as_ref().map(|looked| &looked.fitness);
    let told = Told { assignment: filing.assignment_id, recorded: &recorded, fold: &fold, fitness };
    let record = docket.aftermath(told, reference.dispatch())?;
    let guard = docket.guard();
    let worked = worked_until(&all, |facts| FieldRecord::guarded(facts, &guard), unit.now);
    docket.remind_of_consent(&record, worked, &reference.call_out().charging);
    let record = records::beside(&mut unit.tx, id, record).await?;
    store::facts::insert(&mut unit.writes, &recorded);
    store::positions::keep(&mut unit.writes, &positions(batch, filing.technician_id, unit.now));
    let known = dockets::close(unit, docket).await?;
    if let Some(looked) = returning {
        looked.seen().must_hold(unit);
    }
    let new: Vec<_> = recorded.iter().map(|fact| fact.id).collect();
    let found = record.referral_findings.iter().filter(|found| new.contains(&found.fact_id));
    referrals::found(unit, &known.job, &found.collect::<Vec<_>>()).await?;
    let (settlement, flags) = match loaded.billing {
        // What is not complete and was never billed nor doubted has nothing to settle.
        Billing::Untouched if !record.is_of_money() => (None, record.flags.clone()),
        _ => {
            if known.job.version == job.version {
                // Nothing new is told of it: what others have settled meanwhile must not be settled over.
                store::jobs::claim(&mut unit.writes, &job);
            }
            settlement::settle(unit, &known.job, &record, &known.assignments).await?
        }
    };
    Ok(Receipt { facts: outcomes, job_state: known.job.state(), flags, settlement })
}

/// What is in the way of whoever reports having the job again, where they can: that they were given up unheard sends nobody whom
/// nobody may send (G-17).
async fn returning(unit: &mut Unit, docket: &Docket, before: AssignmentId) -> Result<Option<Looked>, Error> {
    let Some(technician) = docket.who_may_return(before).map(|before| before.technician_id) else {
        return Ok(None);
    };
    let job = docket.job();
    let Some(known) = fitness::find(unit, technician).await? else { return Ok(None) };
    let Some(site) = store::cases::site(&mut unit.tx, job.case_id).await? else { return Ok(None) };
    let question = questions::of_job(&unit.ctx, &mut unit.tx, job, &site).await?;
    Ok(Some(known.asked(&question, When::Now)?))
}

/// Writes down, once each, what was not put on record: for a person to see.
async fn reject(
    unit: &mut Unit,
    filing: Filing,
    batch: &Batch,
    outcomes: &[FactOutcome],
) -> Result<(), Error> {
    for Rejected { id, code, field, mark } in batch.rejected(outcomes) {
        if store::facts::reject(&mut unit.tx, filing.job_id, &mark).await? {
            let (technician, device) = (filing.technician_id, batch.device.clone());
            unit.emit(events::FactRejected { job: filing.job_id, technician, device, fact: id, code, field });
        }
    }
    Ok(())
}

/// What the reports of a batch can name, as it is on record.
#[derive(Default)]
struct Named {
    interpretations: Vec<Interpretation>,
    speaks: Vec<String>,
    proofs: Vec<Uuid>,
    warrants: Vec<Warrant>,
    unlicensed: Vec<Licence>,
}

impl Named {
    /// Asked for only where somebody's consent is reported: nothing else names them.
    async fn load(
        unit: &mut Unit,
        job: JobId,
        technician: TechnicianId,
        crew: &[Assignment],
        batch: &Batch,
    ) -> Result<Self, Error> {
        let tx = &mut unit.tx;
        let warrants =
            if batch.may_need_a_warrant() { store::warrants::of_job(tx, job).await? } else { Vec::new() };
        if batch.consents().next().is_none() {
            return Ok(Self { warrants, ..Self::default() });
        }
        let known = store::technicians::find(tx, technician).await?;
        let is_proved = batch.consents().any(|consent| consent.evidence().is_some());
        Ok(Self {
            interpretations: store::interpretations::about(tx, job).await?,
            speaks: known.map(|technician| technician.languages).unwrap_or_default(),
            warrants,
            proofs: if is_proved { proofs(tx, job, crew).await? } else { Vec::new() },
            unlicensed: Vec::new(),
        })
    }

    fn on_record<'a>(&'a self, reference: &'a Reference, job_code: &'a str) -> OnRecord<'a> {
        let Self { interpretations, speaks, proofs, warrants, unlicensed } = self;
        OnRecord { reference, interpretations, speaks, proofs, job_code, warrants, unlicensed }
    }
}

/// The licences that a firm did not have at the place of a case on that day; none, where the place is erased.
async fn unlicensed(unit: &mut Unit, case: CaseId, firm: FirmId, at: Instant) -> Result<Vec<Licence>, Error> {
    let Some(site) = store::cases::site(&mut unit.tx, case).await? else { return Ok(Vec::new()) };
    let Some(firm) = store::firms::find(&mut unit.tx, firm).await? else { return Ok(Vec::new()) };
    let parent = store::places::parent_of(&mut unit.tx, &site.jis_code).await?;
    let codes: Vec<_> = std::iter::once(site.jis_code).chain(parent).collect();
    let day = tokyo(at).date_naive();
    let lacks = |licence: &Licence| !firm.is_licensed(*licence, &codes, day);
    Ok(Licence::ALL.iter().copied().filter(lacks).collect())
}

/// What can prove a consent: the signatures of a job and the calls of its case, by id.
async fn proofs(tx: &mut Tx, job: JobId, crew: &[Assignment]) -> Result<Vec<Uuid>, Error> {
    let pictures = store::evidence::of_job(tx, job).await?;
    let signatures = pictures
        .iter()
        .filter(|picture| picture.kind == EvidenceKind::Signature && picture.proves(crew))
        .map(|picture| picture.id.0);
    Ok(signatures.chain(store::evidence::calls(tx, job).await?).collect())
}

/// The desk can mend at once what it names wrongly.
fn asked_back(batch: &Batch, on_record: &OnRecord<'_>, now: Instant) -> Result<(), Refusal> {
    match batch.first_unresolved(on_record, now) {
        Some((at, lack)) => Err(Refusal::field(format!("facts[{at}].{}", lack.field), lack.message)),
        None => Ok(()),
    }
}

/// Whose word a batch is: who sees every job speaks for the desk, and who is suspended for nobody but what is in hand, whoever
/// of the firm sends it.
async fn reporter(unit: &mut Unit, filed: &Assignment) -> Result<Reporter, Error> {
    let actor = unit.actor;
    if actor.scope() == Scope::All {
        return Ok(Reporter::Desk);
    }
    if !filed.is_over() {
        return Ok(Reporter::Device);
    }
    let technician = store::technicians::find(&mut unit.tx, filed.technician_id).await?;
    let is_suspended = technician.is_some_and(|technician| technician.state == Standing::Suspended);
    Ok(if is_suspended || !is_own(&actor, filed) { Reporter::Suspended } else { Reporter::Device })
}

/// Where the technician was, by the service's clock, as far as that can be (G-13): for the dispatch, which keeps the newest only.
fn positions(batch: &Batch, technician_id: TechnicianId, received_at: Instant) -> Vec<Position> {
    let ahead = batch.sent_at.map_or(TimeDelta::zero(), |sent_at| received_at - sent_at);
    let position = |report: &Report| match report.what {
        FactKind::Position { point: Some(point) } if point.is_in_japan() => Some(Position {
            technician_id,
            point,
            accuracy_m: None,
            measured_at: measured(report.device_time + ahead, received_at)?.trunc_subsecs(6),
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
    own.max_by_key(|one| (!one.is_over(), one.id)).ok_or_else(|| {
        Refusal::field("technician_id", "this technician has no assignment on this job").into()
    })
}

/// The facts of a job after `after` that are the actor's to see, by id.
pub async fn list(ctx: &Ctx, actor: &Actor, job: JobId, after: Uuid, limit: i64) -> Result<Vec<Fact>, Error> {
    let mut tx = ctx.db().read().await?;
    seen::seen(&mut tx, actor, job).await?;
    Ok(store::facts::list(&mut tx, job, actor.scope(), after, limit).await?)
}
