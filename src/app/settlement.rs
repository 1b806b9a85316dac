//! Settling: a complete record without open doubts becomes ledger lines, in the transaction of the fact that completed it
//! or of the decision that settled the doubt.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::{Ctx, Error, Unit, programmes, records, review_queue};
use crate::{
    domain::{
        events,
        facts::{FieldRecord, Flag, FlagCode, JobOutcome},
        ids::{FirmId, JobId, TechnicianId},
        jobs::{CancelReason, Job, JobState},
        ledger::{self, LedgerLine, Priced, Settlement, SettlementBasis, Terms, allocate, difference},
        offers::Assignment,
        refusal::Refusal,
        reviews::{Ruling, Settled},
    },
    store::{self, Tx},
};

pub(super) mod verify;

/// Settles a locked job as far as its record allows: writes what the ledger lacks, and nothing when it says the same.
/// Answers the settlement, and why there is none where a person must look.
pub(super) async fn settle(
    unit: &mut Unit,
    job: &Job,
    record: &FieldRecord,
    assignments: &[Assignment],
) -> Result<(Option<Settlement>, Vec<Flag>), Error> {
    let decisions = store::reviews::decisions(&mut unit.tx, job.id).await?;
    let settled = Settled::of(record, &decisions);
    if job.state != JobState::Completed || record.completed_at.is_none() {
        review_queue::keep(unit, job.id, &[]).await?;
        return Ok((None, settled.open));
    }
    let terms = programmes::terms_of(&unit.ctx.clone(), &mut unit.tx, job).await?;
    let (priced, open) = priced(&settled, &terms, &firms(assignments), job.id);
    review_queue::keep(unit, job.id, &open).await?;
    let (Some(priced), true) = (priced, open.is_empty()) else { return Ok((None, open)) };
    let settlement = write(unit, job.id, &settled, basis(&settled), priced.charges).await?;
    Ok((settlement, open))
}

/// Settles a job that was called off: nothing is charged, and that is said (C-25).
pub(super) async fn settle_cancelled(unit: &mut Unit, job: &Job, reason: CancelReason) -> Result<(), Error> {
    let settled = settled(&unit.ctx.clone(), &mut unit.tx, job).await?;
    review_queue::keep(unit, job.id, &[]).await?;
    let basis =
        if reason == CancelReason::NoAccess { SettlementBasis::NoAccess } else { SettlementBasis::Cancelled };
    write(unit, job.id, &settled, basis, Vec::new()).await?;
    Ok(())
}

/// What the record costs, and what of it is doubtful and not decided.
pub(super) fn priced(
    settled: &Settled,
    terms: &Terms,
    firms: &BTreeMap<TechnicianId, FirmId>,
    job: JobId,
) -> (Option<Priced>, Vec<Flag>) {
    let mut open = settled.open.clone();
    match ledger::charges(settled, terms, firms) {
        Ok(priced) => (Some(priced), open),
        Err(refusal) => {
            note_over_limits(job, &refusal);
            open.push(Flag::whole(FlagCode::OverLimits));
            (None, open)
        }
    }
}

/// Why a completed job costs what it does.
fn basis(settled: &Settled) -> SettlementBasis {
    if settled.ruled(Ruling::Rescind) {
        SettlementBasis::Rescinded
    } else if settled.ruled(Ruling::WriteOff) {
        SettlementBasis::WrittenOff
    } else if settled.record.outcome.is_some_and(JobOutcome::is_stopped) {
        SettlementBasis::Stopped
    } else {
        SettlementBasis::Completed
    }
}

/// Writes what the ledger lacks; nothing when the last settlement says the same for the same reason.
async fn write(
    unit: &mut Unit,
    job: JobId,
    settled: &Settled,
    basis: SettlementBasis,
    charges: Vec<ledger::Charge>,
) -> Result<Option<Settlement>, Error> {
    let before = store::ledger::settlements(&mut unit.tx, job).await?;
    let written = store::ledger::lines(&mut unit.tx, job).await?;
    let entries = difference(&written, charges);
    let decision_id = settled.decision.as_ref().map(|decision| decision.id);
    let same = |last: &Settlement| last.basis == basis && last.decision_id == decision_id;
    if entries.is_empty() && before.last().is_some_and(same) {
        return Ok(None);
    }
    let payments = store::payments::of_job(&mut unit.tx, job).await?;
    let collected = allocate(&entries, &written, &payments);
    let settlement = Settlement {
        id: unit.id(),
        job_id: job,
        number: i64::try_from(before.len()).unwrap_or(i64::MAX - 1) + 1,
        record_hash: hash(&settled.record)?,
        basis,
        decision_id,
        settled_at: unit.now,
    };
    store::ledger::insert(&mut unit.tx, &settlement).await.map_err(Error::in_the_way)?;
    let count = entries.len();
    for ((entry, collected_yen), line) in entries.into_iter().zip(collected).zip(1..) {
        let line = LedgerLine {
            id: unit.id(),
            settlement_id: settlement.id,
            job_id: job,
            line,
            reverses: entry.reverses,
            collected_yen,
            charge: entry.charge,
        };
        store::ledger::insert_line(&mut unit.tx, &line).await.map_err(Error::in_the_way)?;
    }
    unit.emit(events::JobSettled {
        job,
        settlement: settlement.id,
        number: settlement.number,
        lines: count,
        basis,
    });
    Ok(Some(settlement))
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

/// Prices every settled job anew; see [`verify::verify`].
pub async fn verify(ctx: &Ctx) -> Result<Vec<String>, Error> {
    verify::verify(ctx).await
}

/// What a job's facts and decisions add up to now.
pub(super) async fn settled(ctx: &Ctx, tx: &mut Tx, job: &Job) -> Result<Settled, Error> {
    let record = records::of_job(ctx, tx, job).await?;
    let decisions = store::reviews::decisions(tx, job.id).await?;
    Ok(Settled::of(&record, &decisions))
}
