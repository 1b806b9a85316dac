//! Settlements and their lines. Never changed.

use uuid::Uuid;

use super::{
    Error, Tx,
    batch::{Batch, later},
    codec::{Bytes, Json, Text, row},
    db::{id_list, query},
    feed,
    search::Search,
};
use crate::domain::{
    events::{Event, JobSettled, PaymentRecorded},
    ids::{JobId, PaymentId, SettlementId},
    ledger::{Charge, EntryKind, LedgerLine, Settlement},
    reference::programme::Payer,
    span::Instant,
};

row! { Settlement: id, job_id, number, record_hash: Bytes, basis, decision_id, settled_at }
row! {
    Charge: firm_id, kind, code, quantity: Text, unit_price_yen, amount_yen, tax_included_yen, payer, rule,
    consent_fact_id, proof: Json, text_ja, text_en
}

row! { LedgerLine: id, settlement_id, job_id, line, reverses, collected_yen, charge: flat }

/// Of a line.
macro_rules! columns {
    () => {
        "l.id, l.settlement_id, l.job_id, l.firm_id, l.line, l.kind, COALESCE(l.code, '') AS code, l.quantity,
         l.unit_price_yen, l.amount_yen, l.tax_included_yen, l.payer, l.rule, l.consent_fact_id, l.reverses, l.proof,
         l.text_ja, l.text_en, l.collected_yen"
    };
}

/// Has a new settlement with its lines kept with the use-case. One with its number is there already when a concurrent one
/// was first.
pub fn insert(batch: &mut Batch, settlement: &Settlement, lines: &[LedgerLine]) {
    later!(
        batch,
        one,
        "INSERT INTO settlement (id, job_id, number, record_hash, basis, decision_id, settled_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        settlement.id,
        settlement.job_id,
        settlement.number,
        settlement.record_hash.as_slice(),
        settlement.basis,
        settlement.decision_id,
        settlement.settled_at
    );
    later!(
        batch,
        rows,
        "INSERT INTO ledger_line (id, settlement_id, job_id, firm_id, line, kind, code, quantity, unit_price_yen,
                                  amount_yen, tax_included_yen, payer, rule, consent_fact_id, reverses, proof,
                                  text_ja, text_en, collected_yen) VALUES",
        lines,
        |one|
        one.id,
        one.settlement_id,
        one.job_id,
        one.charge.firm_id,
        one.line,
        one.charge.kind,
        &one.charge.code,
        Text(one.charge.quantity),
        one.charge.unit_price_yen,
        one.charge.amount_yen,
        one.charge.tax_included_yen,
        one.charge.payer,
        &one.charge.rule,
        one.charge.consent_fact_id,
        one.reverses,
        Json(&one.charge.proof),
        &one.charge.text_ja,
        &one.charge.text_en,
        one.collected_yen
    );
}

/// The settlements of a job, oldest first.
pub async fn settlements(tx: &mut Tx, job: JobId) -> Result<Vec<Settlement>, Error> {
    query!(
        tx,
        all Settlement,
        "SELECT id, job_id, number, record_hash, basis, decision_id, settled_at FROM settlement
         WHERE job_id = $1 ORDER BY number",
        job
    )
}

/// The lines of a job, in the order they were written.
pub async fn lines(tx: &mut Tx, job: JobId) -> Result<Vec<LedgerLine>, Error> {
    query!(
        tx,
        all LedgerLine,
        concat!("SELECT ", columns!(), " FROM ledger_line l JOIN settlement s ON s.id = l.settlement_id
            WHERE l.job_id = $1 ORDER BY s.number, l.line"),
        job
    )
}

/// The lines of some settlements, of each in order.
pub async fn lines_of(tx: &mut Tx, settlements: &[SettlementId]) -> Result<Vec<LedgerLine>, Error> {
    if settlements.is_empty() {
        return Ok(Vec::new());
    }
    query!(
        tx,
        all LedgerLine,
        {
            sqlite: concat!("SELECT ", columns!(), " FROM ledger_line l
                WHERE l.settlement_id IN (SELECT unhex(value) FROM json_each($1))
                     ORDER BY l.settlement_id, l.line"),
            postgres: concat!("SELECT ", columns!(), " FROM ledger_line l
                WHERE l.settlement_id IN (SELECT CAST(value AS UUID)
                                               FROM json_array_elements_text(CAST($1 AS JSON)))
                       ORDER BY l.settlement_id, l.line")
        },
        id_list(settlements.iter().map(|id| id.0))
    )
}

/// Which lines.
#[derive(Debug, Clone, Copy, Default)]
pub struct LineFilter {
    /// Only of this kind.
    pub kind: Option<EntryKind>,
    /// Only of this payer.
    pub payer: Option<Payer>,
    /// Only of this job.
    pub job_id: Option<JobId>,
    /// Settled from when.
    pub from: Option<Instant>,
    /// Settled until when; not included.
    pub to: Option<Instant>,
}

/// A line with what it is about.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The line.
    pub line: LedgerLine,
    /// When it was settled.
    pub settled_at: Instant,
    /// The case's number, to be said on the telephone.
    pub case_number: String,
    /// What was done.
    pub job_code: String,
    /// Whose work it was.
    pub firm_name: String,
    /// Whether a later line takes it back.
    pub is_reversed: bool,
}

row! { Listed: line: flat, settled_at, case_number, job_code, firm_name, is_reversed }

/// The lines before `before`, newest first; before nothing, the newest.
pub async fn newest(
    tx: &mut Tx,
    filter: &LineFilter,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Listed>, Error> {
    let head = concat!(
        "SELECT ",
        columns!(),
        ", s.settled_at, c.number AS case_number, j.job_code, f.name AS firm_name,
         EXISTS (SELECT 1 FROM ledger_line r WHERE r.reverses = l.id) AS is_reversed
         FROM ledger_line l JOIN settlement s ON s.id = l.settlement_id JOIN job j ON j.id = l.job_id
              JOIN case_file c ON c.id = j.case_id JOIN firm f ON f.id = l.firm_id
         WHERE l.id < $1"
    );
    let search = Search::of(tx, head).bind(before.unwrap_or(Uuid::max()));
    let search = search
        .and("l.kind = $", filter.kind)
        .and("l.payer = $", filter.payer)
        .and("l.job_id = $", filter.job_id)
        .and("s.settled_at >= $", filter.from)
        .and("s.settled_at < $", filter.to);
    search.all(tx, "ORDER BY l.id DESC LIMIT $", limit).await
}

/// What concerns billing, as it stands in the feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Billed {
    /// Position of its event.
    pub pos: i64,
    /// When it was made.
    pub at: Instant,
    /// The job it says it is of.
    pub job: JobId,
    /// What it is.
    pub what: BilledWhat,
}

/// What concerns billing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BilledWhat {
    /// A settlement with so many lines; most jobs cost nothing and have none.
    Settled(SettlementId, usize),
    /// Money changed hands.
    Paid(PaymentId),
    /// Its id is not written as this program writes ids.
    Strange,
}

/// What concerns billing after a position of the feed, in its order.
pub async fn billed_after(tx: &mut Tx, pos: i64, limit: i64) -> Result<Vec<Billed>, Error> {
    let entries = feed::billing(tx, pos, limit).await?;
    let billed = entries.into_iter().map(|(told_of, entry)| {
        let is_ours = |id: Uuid| told_of == Some(id.to_string());
        let (job, what) = match entry.event {
            Event::JobSettled(settled) if is_ours(settled.settlement.0) => {
                (settled.job, BilledWhat::Settled(settled.settlement, settled.lines))
            }
            Event::PaymentRecorded(paid) if is_ours(paid.payment.0) => {
                (paid.job, BilledWhat::Paid(paid.payment))
            }
            Event::JobSettled(JobSettled { job, .. })
            | Event::PaymentRecorded(PaymentRecorded { job, .. }) => (job, BilledWhat::Strange),
            other => {
                let cause = format!("event {}: {} does not concern billing", entry.id, other.kind());
                return Err(Error::corrupt("feed", "topic", cause));
            }
        };
        Ok(Billed { pos: entry.pos, at: entry.at, job, what })
    });
    billed.collect()
}

/// The jobs after `after` that are over or have ever been settled.
pub async fn jobs(tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<JobId>, Error> {
    query!(
        tx,
        all JobId,
        "SELECT j.id FROM job j
         WHERE j.id > $1 AND (j.state IN ('completed', 'cancelled', 'no_access') OR EXISTS (SELECT 1 FROM settlement s WHERE s.job_id = j.id))
         ORDER BY j.id LIMIT $2",
        after,
        limit
    )
}
