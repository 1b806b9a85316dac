//! Disputes: somebody who is to pay does not agree; a supervisor resolves it, by a correction where it is upheld.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Command, Ctx, Error, Unit, erasure,
    reviews::{self, Decide, Decided},
    settlement::File,
};
use crate::{
    domain::{
        disputes::{
            DISPUTES_PER_JOB_MAX, Dispute, DisputeOutcome, DisputeReason, DisputeState, Resolution,
            ToldDispute, check,
        },
        events,
        ids::{DisputeId, JobId},
        jobs::JobState,
        reference::programme::Payer,
        refusal::{MoneyRefused, Refusal},
        reviews::{About, Ruling},
        salted::Salted,
    },
    store,
};

/// A dispute to be opened.
#[derive(Debug, Clone)]
pub struct Open {
    /// Why.
    pub reason: DisputeReason,
    /// Who does not agree.
    pub payer: Payer,
    /// In words.
    pub note: Option<String>,
}

/// What comes of a dispute.
#[derive(Debug, Clone)]
pub struct Resolve {
    /// What.
    pub outcome: DisputeOutcome,
    /// How the bill is corrected, where it is upheld.
    pub correction: Option<Decide>,
}

/// A resolved dispute, with what was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Resolved {
    /// The dispute.
    pub dispute: Dispute,
    /// The decision and the settlement that followed.
    pub decided: Option<Decided>,
}

/// Opens a dispute about a job's bill.
pub async fn open(ctx: &Ctx, job: JobId, command: Command<Open>) -> Result<Dispute, Error> {
    let command = command.map(|open| (job, open));
    ctx.transact(command, |unit, (job, open)| Box::pin(open_in(unit, *job, open))).await
}

async fn open_in(unit: &mut Unit, job: JobId, open: &Open) -> Result<Dispute, Error> {
    let case = store::jobs::lock(&mut unit.tx, job).await?.ok_or(Error::NotFound("job"))?.case_id;
    if open.note.is_some() {
        erasure::must_not_be_erased(unit, case).await?;
    }
    if store::ledger::settlements(&mut unit.tx, job).await?.is_empty() {
        return Err(Error::Refused(MoneyRefused::NotSettled.into()));
    }
    let known = store::disputes::of_job(&mut unit.tx, job).await?;
    let number = known.last().map_or(1, |last| last.number + 1);
    if number > DISPUTES_PER_JOB_MAX {
        return Err(Error::Refused(MoneyRefused::TooManyDisputes.into()));
    }
    let lines = store::ledger::lines(&mut unit.tx, job).await?;
    let payments = store::payments::of_job(&mut unit.tx, job).await?;
    check(open.payer, open.reason, &known, &lines, &payments)?;
    let dispute = Dispute {
        id: unit.id(),
        job_id: job,
        number,
        reason: open.reason,
        payer: open.payer,
        opened_at: unit.now,
        state: DisputeState::Open,
        resolution: None,
    };
    let by = unit.actor.token();
    let note = open.note.clone().map(|text| Salted { text, salt: unit.ctx.random() });
    store::disputes::insert(&mut unit.tx, &dispute, note.as_ref(), by).await.map_err(Error::in_the_way)?;
    unit.emit(events::DisputeOpened {
        dispute: dispute.id,
        job,
        reason: dispute.reason,
        payer: dispute.payer,
    });
    Ok(dispute)
}

/// Resolves a dispute: an upheld one corrects the bill, by reversals and new lines.
pub async fn resolve(ctx: &Ctx, id: DisputeId, command: Command<Resolve>) -> Result<Resolved, Error> {
    let command = command.map(|resolve| (id, resolve));
    ctx.transact(command, |unit, (id, resolve)| Box::pin(resolve_in(unit, *id, resolve))).await
}

async fn resolve_in(unit: &mut Unit, id: DisputeId, resolve: &Resolve) -> Result<Resolved, Error> {
    let missing = || Error::NotFound("dispute");
    let dispute = store::disputes::find(&mut unit.tx, id).await?.ok_or_else(missing)?;
    let job = store::jobs::lock(&mut unit.tx, dispute.job_id).await?.ok_or_else(missing)?;
    // Read again under the lock: somebody else may have resolved it meanwhile.
    let dispute = store::disputes::find(&mut unit.tx, id).await?.ok_or_else(missing)?;
    if dispute.state == DisputeState::Resolved {
        return Err(Error::Refused(MoneyRefused::DisputeResolved.into()));
    }
    let decided = match (resolve.outcome, &resolve.correction) {
        (DisputeOutcome::Upheld, _) if job.state() == JobState::Cancelled => {
            return Err(Error::Refused(MoneyRefused::NothingToCorrect.into()));
        }
        (DisputeOutcome::Upheld, Some(decide)) if decide.ruling != Ruling::Accept => {
            let file = File::load(&unit.ctx.clone(), &mut unit.tx, job).await?;
            Some(reviews::rule(unit, file, About::Dispute(id), decide).await?)
        }
        (DisputeOutcome::Upheld, _) => {
            let message = "say how the bill is corrected: correct, write_off or rescind";
            return Err(Refusal::field("correction", message).into());
        }
        (DisputeOutcome::Rejected | DisputeOutcome::Withdrawn, None) => None,
        (DisputeOutcome::Rejected | DisputeOutcome::Withdrawn, Some(_)) => {
            return Err(Refusal::field("correction", "only an upheld dispute corrects the bill").into());
        }
    };
    let resolution = Resolution {
        outcome: resolve.outcome,
        decision_id: decided.as_ref().map(|decided| decided.decision.id),
        resolved_at: unit.now,
    };
    let by = unit.actor.token();
    store::disputes::resolve(&mut unit.writes, id, &resolution, by);
    unit.emit(events::DisputeResolved {
        dispute: id,
        job: dispute.job_id,
        outcome: resolution.outcome,
        decision: resolution.decision_id,
    });
    let dispute = Dispute { state: DisputeState::Resolved, resolution: Some(resolution), ..dispute };
    Ok(Resolved { dispute, decided })
}

pub use store::disputes::Listed;

/// The disputes before `before`, newest first.
pub async fn newest(
    ctx: &Ctx,
    state: Option<DisputeState>,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Listed>, Error> {
    let mut tx = ctx.db().read().await?;
    Ok(store::disputes::newest(&mut tx, state, before, limit).await?)
}

/// The disputes about a job with the words of whoever does not agree, oldest first.
pub async fn of_job(ctx: &Ctx, job: JobId) -> Result<Vec<ToldDispute>, Error> {
    let mut tx = ctx.db().read().await?;
    store::jobs::find(&mut tx, job).await?.ok_or(Error::NotFound("job"))?;
    Ok(store::disputes::told_of_job(&mut tx, job).await?)
}
