//! Proving the ledger: facts and decisions priced anew must give the lines that are in force.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{firms, priced, settled};
use crate::{
    app::{Ctx, Error, feed, programmes},
    domain::{
        facts::FlagCode,
        ids::JobId,
        jobs::{Job, JobState},
        ledger::{Charge, LedgerLine, Settlement, SettlementBasis, difference, wrong_collection},
        reviews::{ReviewState, Settled},
        settling::{Costs, basis, cash_doubts},
        span::Instant,
    },
    store::{self, Tx},
};

/// Jobs checked in one read.
const PAGE: i64 = 200;

/// Prices every settled job anew from its facts and decisions and compares the ledger with it; answers each difference
/// in words. Empty: every yen is proved.
pub(super) async fn verify(ctx: &Ctx) -> Result<Vec<String>, Error> {
    let mut differences = Vec::new();
    let mut after = Uuid::nil();
    // Whoever proves it may have a clock that is behind the one it was written by.
    let now = feed::last_change(ctx.db()).await?.map_or(ctx.now(), |last| last.max(ctx.now()));
    loop {
        let mut tx = ctx.db().read().await?;
        let jobs = store::ledger::jobs(&mut tx, after, PAGE).await?;
        let Some(last) = jobs.last() else { return Ok(differences) };
        after = last.0;
        for job in jobs {
            if let Some(difference) = verify_job(ctx, &mut tx, job, now).await? {
                differences.push(format!("job {job}: {difference}"));
            }
        }
    }
}

async fn verify_job(ctx: &Ctx, tx: &mut Tx, id: JobId, now: Instant) -> Result<Option<String>, Error> {
    let job = store::jobs::find(tx, id).await?.ok_or(Error::NotFound("job"))?;
    let written = store::ledger::lines(tx, id).await?;
    let settlements = store::ledger::settlements(tx, id).await?;
    let payments = store::payments::of_job(tx, id).await?;
    if let Some(wrong) = wrong_reversal(&written).or_else(|| wrong_collection(&written, &payments)) {
        return Ok(Some(wrong));
    }
    let settled = settled(ctx, tx, &job).await?;
    if job.state() == JobState::Cancelled {
        let no_access = settlements.last().is_some_and(|last| last.basis == SettlementBasis::NoAccess);
        let basis = if no_access { SettlementBasis::NoAccess } else { SettlementBasis::Cancelled };
        return Ok(unlike(&settlements, &written, &settled, basis, Vec::new()));
    }
    if job.state() != JobState::Completed || settled.record.completed_at.is_none() {
        // An end that does not count any more is asked about, once it was billed.
        let asked = job.state() == JobState::Completed && !store::reviews::of_job(tx, id).await?.is_empty();
        let wrong = settlements.first().filter(|_| !asked);
        return Ok(wrong.map(|_| "is settled without being complete".to_owned()));
    }
    completed((ctx, now), tx, &job, &settled, (&settlements, &written)).await
}

async fn completed(
    (ctx, now): (&Ctx, Instant),
    tx: &mut Tx,
    job: &Job,
    settled: &Settled,
    (settlements, written): (&[Settlement], &[LedgerLine]),
) -> Result<Option<String>, Error> {
    let assignments = store::assignments::of_job(tx, job.id).await?;
    let terms = programmes::terms_of(ctx, tx, job).await?;
    let firms = firms(&assignments);
    let (priced, mut open) = priced(settled, &terms, &firms, (job.id, now));
    let payments = store::payments::of_job(tx, job.id).await?;
    let owed = super::owed(job, &settled.record, priced.as_ref());
    let costs = Costs { owed, by: Some((&terms, &firms)) };
    open.extend(cash_doubts(settled, (&payments, settlements), job, costs, now));
    let (Some(priced), true) = (priced, open.is_empty()) else {
        // What is in review keeps the lines it had before the doubt came up.
        let reviews = store::reviews::of_job(tx, job.id).await?;
        let waits = reviews.iter().any(|review| review.state == ReviewState::Open);
        // What another job's reports make doubtful later is looked at there; what time does, when its alarm rings.
        let later = [FlagCode::Overlap, FlagCode::PayerUnconfirmed];
        let own = open.iter().any(|flag| !later.contains(&flag.code));
        return Ok((own && !waits).then(|| "is doubtful, and no review of it is open".to_owned()));
    };
    Ok(unlike(settlements, written, settled, basis(settled), priced.charges))
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

/// What the ledger says otherwise than facts and decisions.
fn unlike(
    settlements: &[Settlement],
    written: &[LedgerLine],
    settled: &Settled,
    basis: SettlementBasis,
    wanted: Vec<Charge>,
) -> Option<String> {
    let Some(last) = settlements.last() else {
        return Some("is over and without doubt, and not settled".to_owned());
    };
    let yen: i64 = wanted.iter().map(|charge| charge.amount_yen.0).sum();
    let said: i64 = written.iter().map(|line| line.charge.amount_yen.0).sum();
    let entries = difference(written, wanted);
    let lines = |reversal: bool| entries.iter().filter(|entry| entry.reverses.is_some() == reversal).count();
    if !entries.is_empty() || yen != said {
        return Some(format!(
            "the ledger says {said} yen and its facts {yen} yen; {} lines too many, {} missing",
            lines(true),
            lines(false)
        ));
    }
    let decision = settled.decision.as_ref().map(|decision| decision.id);
    let known = last.basis == basis && last.decision_id == decision;
    (!known).then(|| format!("the last settlement says {}, and its facts {basis}", last.basis))
}
