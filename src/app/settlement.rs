//! Settling: a complete record without doubts becomes ledger lines, in the transaction of the fact that completed it.

use std::collections::BTreeMap;

use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{Ctx, Error, Unit, programmes, records};
use crate::{
    domain::{
        event::{Kind, Subject},
        facts::{FieldRecord, Flag, FlagCode},
        ids::{FirmId, JobId, TechnicianId},
        jobs::{Job, JobState},
        ledger::{self, Charge, LedgerLine, Settlement, difference},
        offers::Assignment,
        refusal::Refusal,
    },
    store::{self, Tx},
};

/// Jobs checked in one read.
const PAGE: i64 = 200;

/// Settles a locked job as far as its record allows: writes what the ledger lacks, and nothing when it says the same.
/// Answers the settlement, and why there is none where a person must look.
pub(super) async fn settle(
    unit: &mut Unit,
    job: &Job,
    record: &FieldRecord,
    assignments: &[Assignment],
) -> Result<(Option<Settlement>, Vec<Flag>), Error> {
    let mut flags = record.flags.clone();
    if job.state != JobState::Completed || !record.may_settle() {
        return Ok((None, flags));
    }
    let terms = programmes::terms_of(&unit.ctx.clone(), &mut unit.tx, job).await?;
    let charges = match ledger::price(record, &terms, &firms(assignments)) {
        Ok(priced) => priced.charges,
        Err(refusal) => {
            note_over_limits(job.id, &refusal);
            flags.push(Flag::whole(FlagCode::OverLimits));
            return Ok((None, flags));
        }
    };
    let number = store::ledger::settlements(&mut unit.tx, job.id).await?.len();
    let written = store::ledger::lines(&mut unit.tx, job.id).await?;
    let entries = difference(&written, charges);
    if number > 0 && entries.is_empty() {
        return Ok((None, flags));
    }
    let settlement = Settlement {
        id: unit.id(),
        job_id: job.id,
        number: i64::try_from(number).unwrap_or(i64::MAX - 1) + 1,
        record_hash: hash(record)?,
        settled_at: unit.now,
    };
    write(unit, &settlement, entries).await?;
    Ok((Some(settlement), flags))
}

async fn write(unit: &mut Unit, settlement: &Settlement, entries: Vec<ledger::Entry>) -> Result<(), Error> {
    store::ledger::insert(&mut unit.tx, settlement).await.map_err(Error::in_the_way)?;
    let count = entries.len();
    for (entry, line) in entries.into_iter().zip(1..) {
        let line = LedgerLine {
            id: unit.id(),
            settlement_id: settlement.id,
            job_id: settlement.job_id,
            line,
            reverses: entry.reverses,
            charge: entry.charge,
        };
        store::ledger::insert_line(&mut unit.tx, &line).await.map_err(Error::in_the_way)?;
    }
    let data = json!({ "settlement": settlement.id, "number": settlement.number, "lines": count });
    unit.emit(Kind::JobSettled, Subject::Job, settlement.job_id.0, data);
    Ok(())
}

/// The firm of everybody who was ever on the job.
pub(super) fn firms(assignments: &[Assignment]) -> BTreeMap<TechnicianId, FirmId> {
    assignments.iter().map(|assignment| (assignment.technician_id, assignment.firm_id)).collect()
}

fn hash(record: &FieldRecord) -> Result<[u8; 32], Error> {
    let text = serde_json::to_vec(record).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(Sha256::digest(text).into())
}

fn note_over_limits(job: JobId, refusal: &Refusal) {
    tracing::warn!(%job, %refusal, "a record is beyond what can be billed unseen");
}

/// Prices every settled job anew from its facts and compares the ledger with it; answers each difference in words.
/// Empty: every yen is proved.
pub async fn verify(ctx: &Ctx) -> Result<Vec<String>, Error> {
    let mut differences = Vec::new();
    let mut after = Uuid::nil();
    loop {
        let mut tx = ctx.db().read().await?;
        let jobs = store::ledger::jobs(&mut tx, after, PAGE).await?;
        let Some(last) = jobs.last() else { return Ok(differences) };
        after = last.0;
        for job in jobs {
            if let Some(difference) = verify_job(ctx, &mut tx, job).await? {
                differences.push(format!("job {job}: {difference}"));
            }
        }
    }
}

async fn verify_job(ctx: &Ctx, tx: &mut Tx, id: JobId) -> Result<Option<String>, Error> {
    let job = store::jobs::find(tx, id).await?.ok_or(Error::NotFound("job"))?;
    let written = store::ledger::lines(tx, id).await?;
    let settlements = store::ledger::settlements(tx, id).await?;
    if let Some(wrong) = wrong_reversal(&written) {
        return Ok(Some(wrong));
    }
    let record = records::of_job(tx, &job).await?;
    if job.state != JobState::Completed || record.completed_at.is_none() {
        let settled = settlements.first().map(|_| "is settled without being complete".to_owned());
        return Ok(settled);
    }
    // What is in review keeps the lines it had before the doubt came up.
    if !record.may_settle() {
        return Ok(None);
    }
    let assignments = store::assignments::of_job(tx, id).await?;
    let terms = programmes::terms_of(ctx, tx, &job).await?;
    let Ok(priced) = ledger::price(&record, &terms, &firms(&assignments)) else { return Ok(None) };
    if settlements.is_empty() {
        return Ok(Some("is complete and without doubt, and not settled".to_owned()));
    }
    Ok(unlike(&written, priced.charges))
}

/// A reversal that does not take back exactly its line.
fn wrong_reversal(written: &[LedgerLine]) -> Option<String> {
    let by_id: BTreeMap<_, _> = written.iter().map(|line| (line.id, line)).collect();
    written.iter().find_map(|line| {
        let reversed = line.reverses?;
        let net = by_id.get(&reversed).map(|one| one.charge.amount_yen.0 + line.charge.amount_yen.0);
        (net != Some(0)).then(|| format!("line {} does not take back exactly line {reversed}", line.id))
    })
}

/// What the ledger says otherwise than the facts.
fn unlike(written: &[LedgerLine], wanted: Vec<Charge>) -> Option<String> {
    let yen: i64 = wanted.iter().map(|charge| charge.amount_yen.0).sum();
    let said: i64 = written.iter().map(|line| line.charge.amount_yen.0).sum();
    let entries = difference(written, wanted);
    let lines = |reversal: bool| entries.iter().filter(|entry| entry.reverses.is_some() == reversal).count();
    if entries.is_empty() && yen == said {
        return None;
    }
    Some(format!(
        "the ledger says {said} yen and its facts {yen} yen; {} lines too many, {} missing",
        lines(true),
        lines(false)
    ))
}
