//! What a job costs so far, and why: for the desk and for the contractor whose job it is.

use std::collections::BTreeMap;

use super::{Ctx, Error, programmes, records, seen, settlement};
use crate::{
    documents::statement::{self, Issuer, StatementFacts, Words},
    domain::{
        actor::{Actor, Scope},
        cooling_off::{CoolingOff, StatutoryReceipt},
        disputes::Dispute,
        facts::{FieldRecord, Flag},
        ids::{FirmId, JobId, TechnicianId},
        jobs::Job,
        ledger::{self, LedgerLine, Settlement, Terms},
        money::Yen,
        offers::Assignment,
        payers::HeldItem,
        payments::{Account, Payment, accounts, before_settlement, collected, statutory_document_required},
        reference::programme::Payer,
        reviews::{Decision, Settled, flag_words},
        settling::{Costs, cash_doubts},
        sight::Sight,
    },
    store::{self, Tx, job_file::Papers},
};

/// A job's record and its lines.
#[derive(Debug, Clone)]
pub struct Statement {
    /// The job.
    pub job: Job,
    /// What happened at the site; a contractor sees the own work.
    pub record: FieldRecord,
    /// What is doubtful and not decided: until it is, nothing of the job is billed.
    pub open: Vec<Flag>,
    /// Whole seconds of ordinary work; unknown while the record is beyond what can be priced.
    pub worked_seconds: Option<i64>,
    /// Overtime units worked.
    pub units: Option<i64>,
    /// Units that are billed.
    pub billable_units: Option<i64>,
    /// Units that began without consent (C-20).
    pub written_off_units: Option<i64>,
    /// What has no line before its payer has agreed (G-06); a contractor sees the own.
    pub held: Vec<HeldItem>,
    /// The settlements, oldest first.
    pub settlements: Vec<Settlement>,
    /// Every line written, reversals included; a contractor sees the own ones.
    pub lines: Vec<LedgerLine>,
    /// The sum of the lines.
    pub total_yen: Yen,
    /// The tax inside it, rounded once (C-28).
    pub tax_included_yen: Yen,
    /// The same by payer, with what each has paid and still owes.
    pub by_payer: BTreeMap<Payer, Account>,
    /// What was paid; a contractor sees it where the whole job is the own one.
    pub payments: Vec<Payment>,
    /// What was collected, refunds taken off; unknown to a contractor who shares the job.
    pub collected_yen: Option<Yen>,
    /// What is still due; negative: to be paid back.
    pub due_yen: Option<Yen>,
    /// Until when the contract may be rescinded (Y-11), where the document of the door-to-door sales rules must be handed
    /// over (Y-12).
    pub cooling_off: Option<CoolingOff>,
    /// What a supervisor decided, oldest first; for the desk.
    pub decisions: Vec<Decision>,
    /// The disputes, oldest first; for the desk.
    pub disputes: Vec<Dispute>,
    terms: Terms,
}

/// The statement of a job, if it is the actor's to see.
pub async fn find(ctx: &Ctx, actor: &Actor, id: JobId) -> Result<Statement, Error> {
    let mut tx = ctx.db().read().await?;
    let (job, crew) = seen::seen(&mut tx, actor, id).await?;
    of_job(ctx, &mut tx, actor, job, &crew).await
}

/// The statement of a job that is the actor's to see; `crew` is everybody who is or was on it.
async fn of_job(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    job: Job,
    crew: &[Assignment],
) -> Result<Statement, Error> {
    let facts = store::facts::of_job(tx, job.id).await?;
    let facts = records::signed(tx, facts, |_| crew).await?;
    let perils = records::perils(ctx, tx, job.id).await?;
    let papers = seen::papers(tx, job.id).await?;
    let record = records::own(ctx, &job, &seen::guard(&job, crew, &papers, &perils), &facts);
    let record = records::beside(tx, job.id, record).await?;
    let money = Money::of(papers);
    stated(ctx, tx, actor, Known { job, crew, record }, money).await
}

/// What a statement is made of.
pub(super) struct Known<'a> {
    pub(super) job: Job,
    /// Everybody who is or was on it.
    pub(super) crew: &'a [Assignment],
    /// What its facts say.
    pub(super) record: FieldRecord,
}

/// What hangs on a job and concerns money.
pub(super) struct Money {
    payments: Vec<Payment>,
    receipts: Vec<StatutoryReceipt>,
    disputes: Vec<Dispute>,
    decisions: Vec<Decision>,
    settlements: Vec<Settlement>,
    versions: BTreeMap<String, i64>,
}

impl Money {
    pub(super) fn of(papers: Papers) -> Self {
        let Papers { payments, receipts, disputes, decisions, settlements, versions, .. } = papers;
        Self { payments, receipts, disputes, decisions, settlements, versions }
    }
}

/// The statement of what is known of a job.
pub(super) async fn stated(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    known: Known<'_>,
    money: Money,
) -> Result<Statement, Error> {
    let Known { job, crew, mut record } = known;
    let Money { mut payments, receipts, mut disputes, mut decisions, settlements, versions } = money;
    let firms = settlement::firms(crew);
    let terms = programmes::terms(ctx, tx, &versions).await?;
    let settled = Settled::of(&record, &decisions);
    let (priced, mut open) = settlement::priced(&settled, &terms, &firms, (job.id, ctx.now()));
    let owed = settlement::owed(&job, &record, priced.as_ref());
    let costs = Costs { owed, by: Some((&terms, &firms)) };
    open.extend(cash_doubts(&settled, (&payments, &settlements), &job, costs, ctx.now()));
    record.flags.clone_from(&open);
    let mut held = priced.as_ref().map(|priced| priced.held.clone()).unwrap_or_default();
    // A line belongs to a settlement.
    let mut lines =
        if settlements.is_empty() { Vec::new() } else { store::ledger::lines(tx, job.id).await? };
    let whole: Yen = lines.iter().map(|line| line.charge.amount_yen).sum();
    let cooling_off = statutory_document_required(whole, &payments).then(|| CoolingOff::of(&receipts));
    let scope = actor.scope();
    let sees_all = scope == Scope::All || firms.values().all(|firm| scope.covers_firm(*firm));
    if scope != Scope::All {
        keep_own(scope, &firms, &mut record);
        lines.retain(|line| scope.covers_firm(line.charge.firm_id));
        held.retain(|item| scope.covers_firm(item.charge.firm_id));
        disputes.clear();
        decisions.clear();
    }
    if !sees_all {
        payments.clear();
    }
    let by_payer = accounts(&ledger::billed(&lines), &held, &payments);
    let by_payer = if settlements.is_empty() { before_settlement(by_payer) } else { by_payer };
    let total_yen: Yen = lines.iter().map(|line| line.charge.amount_yen).sum();
    let collected_yen = sees_all.then(|| collected(&payments));
    // How long all of them have worked is nobody's alone.
    let priced = priced.filter(|_| sees_all);
    // What is paid for what is held is not to be paid back.
    let due: Yen = by_payer.values().map(|account| account.due).sum();
    Ok(Statement {
        job,
        record,
        open,
        worked_seconds: priced.as_ref().map(|priced| priced.worked_seconds),
        units: priced.as_ref().map(|priced| priced.units),
        billable_units: priced.as_ref().map(|priced| priced.billable_units),
        written_off_units: priced.as_ref().map(|priced| priced.written_off_units),
        held,
        settlements,
        total_yen,
        tax_included_yen: total_yen.tax_included(terms.policy.tax_rate_percent()),
        by_payer,
        lines,
        payments,
        collected_yen,
        due_yen: sees_all.then_some(due),
        cooling_off,
        decisions,
        disputes,
        terms,
    })
}

/// A contractor sees the own work.
fn keep_own(scope: Scope, firms: &BTreeMap<TechnicianId, FirmId>, record: &mut FieldRecord) {
    let is_own = |technician| firms.get(&technician).is_some_and(|firm| scope.covers_firm(*firm));
    record.completed_by = record.completed_by.filter(|technician| is_own(*technician));
    record.visits.iter_mut().for_each(|visit| visit.work.retain(|work| is_own(work.technician_id)));
    record.pauses.retain(|pause| is_own(pause.technician_id));
    record.parts.retain(|part| is_own(part.technician_id));
    record.special_works.retain(|work| is_own(work.technician_id));
    record.technicians.retain(|technician| is_own(technician.technician_id));
    record.consents.retain(|consent| is_own(consent.technician_id));
    record.proposed_payers.retain(|proposed| is_own(proposed.technician_id));
    record.id_checks.retain(|check| is_own(check.technician_id));
    record.no_access.retain(|attempt| is_own(attempt.technician_id));
    record.referral_findings.retain(|finding| is_own(finding.technician_id));
    record.payments.retain(|payment| is_own(payment.technician_id));
    record.delays.retain(|delay| is_own(delay.technician_id));
    record.leavings.retain(|left| is_own(left.technician_id));
    record.withdrawals.retain(|withdrawn| is_own(withdrawn.technician_id));
    record.flags.retain(|flag| flag.technician_id.is_none_or(is_own));
    if firms.values().any(|firm| !scope.covers_firm(*firm)) {
        keep_own_times(record);
    }
}

/// When others came, worked and ended it is theirs.
fn keep_own_times(record: &mut FieldRecord) {
    record.visits.retain(|visit| !visit.work.is_empty());
    for visit in &mut record.visits {
        visit.from = visit.work.iter().map(|work| work.from).min().unwrap_or(visit.from);
        visit.to = visit.work.iter().map(|work| work.to).max().unwrap_or(visit.to);
    }
    (record.departed_at, record.arrived_at, record.state) = (None, None, None);
    if record.completed_by.is_none() {
        (record.completed_at, record.outcome, record.signature) = (None, None, None);
    }
}

/// The statement as it is printed, in HTML.
pub async fn printed(ctx: &Ctx, actor: &Actor, id: JobId) -> Result<String, Error> {
    let mut tx = ctx.db().read().await?;
    let (job, crew) = seen::seen(&mut tx, actor, id).await?;
    let case = store::cases::on_file(&mut tx, job.case_id).await?.ok_or(Error::NotFound("case"))?;
    let own = seen::own(actor, &crew);
    let sight = Sight::of(actor, &crew, ctx.now());
    let statement = of_job(ctx, &mut tx, actor, job, &crew).await?;
    // A firm keeps what it has issued in its own name (C-36): where nothing is billed, nothing was.
    let has_billed = ledger::live(&statement.lines).iter().any(|line| line.charge.amount_yen != Yen::ZERO);
    let is_issuer = matches!(actor.scope(), Scope::Firm(_)) && has_billed;
    let recipient = case.resident.filter(|_| sight >= Sight::Invoice || is_issuer);
    let issuers = issuers(&mut tx, &own, &statement).await?;
    let reference = ctx.reference();
    let kind = reference.job_codes().get(&statement.job.job_code);
    let code = || statement.job.job_code.clone();
    let doubts = statement.open.iter().map(|flag| flag_words(flag.code));
    let doubts: std::collections::BTreeSet<_> = doubts.collect();
    let facts = StatementFacts {
        number: case.case.number,
        issued_at: ctx.now(),
        completed_at: statement.record.completed_at,
        recipient: recipient.map(|resident| resident.name),
        issuers,
        work: Words::new(
            kind.map_or_else(code, |kind| kind.ja.clone()),
            kind.map_or_else(code, |kind| kind.en.clone()),
        ),
        special_works: statement.terms.special_works.clone(),
        free_minutes: statement.terms.policy.free_seconds() / 60,
        worked_seconds: statement.worked_seconds,
        basis: statement.settlements.last().map(|settlement| settlement.basis),
        doubts: doubts.into_iter().map(|(ja, en)| Words::new(ja, en)).collect(),
        tax_percent: statement.terms.policy.tax_rate_percent(),
        cooling_off: statement.cooling_off,
        payments: statement.payments,
        lines: statement.lines,
        held: statement.held,
    };
    statement::html(&facts).map_err(|error| Error::Internal(error.to_string()))
}

/// The firms whose work it is: those of the lines, or who was on the job where nothing is charged.
async fn issuers(
    tx: &mut Tx,
    assignments: &[Assignment],
    statement: &Statement,
) -> Result<Vec<Issuer>, Error> {
    let of_lines = statement.lines.iter().map(|line| line.charge.firm_id);
    let mut firms: Vec<FirmId> = of_lines.collect();
    if firms.is_empty() {
        firms.extend(assignments.last().map(|assignment| assignment.firm_id));
    }
    firms.sort();
    firms.dedup();
    let issuers = store::firms::issuers(tx, &firms).await?.into_iter().map(|(name, number)| Issuer {
        name,
        registration_number: number.map(|number| number.as_str().to_owned()),
    });
    Ok(issuers.collect())
}
