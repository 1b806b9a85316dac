//! What a job costs so far, and why: for the desk and for the contractor whose job it is.

use std::collections::BTreeMap;

use super::{Ctx, Error, jobs, programmes, records, settlement};
use crate::{
    domain::{
        actor::{Actor, Scope},
        facts::{FieldRecord, Flag, FlagCode},
        ids::JobId,
        jobs::Job,
        ledger::{self, LedgerLine, Settlement},
        money::Yen,
        reference::programme::Payer,
    },
    store,
};

/// A job's record and its lines.
#[derive(Debug, Clone)]
pub struct Statement {
    /// The job.
    pub job: Job,
    /// What happened at the site; a contractor sees the own work.
    pub record: FieldRecord,
    /// Whole seconds of ordinary work; unknown while the record is beyond what can be priced.
    pub worked_seconds: Option<i64>,
    /// Overtime units worked.
    pub units: Option<i64>,
    /// Units that are billed.
    pub billable_units: Option<i64>,
    /// Units that began without consent (C-20).
    pub written_off_units: Option<i64>,
    /// The settlements, oldest first.
    pub settlements: Vec<Settlement>,
    /// Every line written, reversals included; a contractor sees the own ones.
    pub lines: Vec<LedgerLine>,
    /// The sum of the lines.
    pub total_yen: Yen,
    /// The same by payer.
    pub by_payer: BTreeMap<Payer, Yen>,
}

/// The statement of a job, if it is the actor's to see.
pub async fn find(ctx: &Ctx, actor: &Actor, id: JobId) -> Result<Statement, Error> {
    jobs::find(ctx, actor, id).await?;
    let mut tx = ctx.db().read().await?;
    let job = store::jobs::find(&mut tx, id).await?.ok_or(Error::NotFound("job"))?;
    let assignments = store::assignments::of_job(&mut tx, id).await?;
    let firms = settlement::firms(&assignments);
    let mut record = records::of_job(&mut tx, &job).await?;
    let terms = programmes::terms_of(ctx, &mut tx, &job).await?;
    let priced = ledger::price(&record, &terms, &firms).ok();
    if priced.is_none() {
        record.flags.push(Flag::whole(FlagCode::OverLimits));
    }
    let mut lines = store::ledger::lines(&mut tx, id).await?;
    let scope = actor.scope();
    if scope != Scope::All {
        let is_own = |technician| firms.get(&technician).is_some_and(|firm| scope.covers_firm(*firm));
        record.visits.iter_mut().for_each(|visit| visit.work.retain(|work| is_own(work.technician_id)));
        record.pauses.retain(|pause| is_own(pause.technician_id));
        record.parts.retain(|part| is_own(part.technician_id));
        record.special_works.retain(|work| is_own(work.technician_id));
        record.technicians.retain(|technician| is_own(technician.technician_id));
        record.payments.retain(|payment| is_own(payment.technician_id));
        record.delays.retain(|delay| is_own(delay.technician_id));
        record.leavings.retain(|left| is_own(left.technician_id));
        record.withdrawals.retain(|withdrawn| is_own(withdrawn.technician_id));
        lines.retain(|line| scope.covers_firm(line.charge.firm_id));
    }
    let mut by_payer: BTreeMap<Payer, Yen> = BTreeMap::new();
    // Of the lines that count: that one was taken back again is nobody's sum, not even of nothing.
    for line in ledger::live(&lines) {
        by_payer.entry(line.charge.payer).or_default().0 += line.charge.amount_yen.0;
    }
    Ok(Statement {
        job,
        record,
        worked_seconds: priced.as_ref().map(|priced| priced.worked_seconds),
        units: priced.as_ref().map(|priced| priced.units),
        billable_units: priced.as_ref().map(|priced| priced.billable_units),
        written_off_units: priced.as_ref().map(|priced| priced.written_off_units),
        settlements: store::ledger::settlements(&mut tx, id).await?,
        total_yen: lines.iter().map(|line| line.charge.amount_yen).sum(),
        by_payer,
        lines,
    })
}
