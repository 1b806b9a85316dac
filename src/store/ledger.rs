//! Settlements and their lines. Never changed.

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Error, Tx,
    db::{One, id_list, query},
    feed,
};
use crate::domain::{
    events::Event,
    ids::{JobId, PaymentId, SettlementId},
    ledger::{Charge, EntryKind, LedgerLine, Settlement},
    money::Yen,
    reference::programme::Payer,
    span::Instant,
};

#[derive(FromRow)]
pub(super) struct SettlementRow {
    pub(super) id: Uuid,
    pub(super) job_id: Uuid,
    pub(super) number: i64,
    pub(super) record_hash: Vec<u8>,
    pub(super) basis: String,
    pub(super) decision_id: Option<Uuid>,
    pub(super) settled_at: Instant,
}

impl TryFrom<SettlementRow> for Settlement {
    type Error = Error;

    fn try_from(row: SettlementRow) -> Result<Self, Error> {
        let hash = row.record_hash.try_into();
        Ok(Self {
            id: row.id.into(),
            job_id: row.job_id.into(),
            number: row.number,
            record_hash: hash.map_err(|_| Error::corrupt("settlement", "record_hash", "not 32 bytes"))?,
            basis: row.basis.parse().map_err(|error| Error::corrupt("settlement", "basis", error))?,
            decision_id: row.decision_id.map(Into::into),
            settled_at: row.settled_at,
        })
    }
}

#[derive(FromRow)]
struct LineRow {
    id: Uuid,
    settlement_id: Uuid,
    job_id: Uuid,
    firm_id: Uuid,
    line: i64,
    kind: String,
    code: Option<String>,
    quantity: String,
    unit_price_yen: i64,
    amount_yen: i64,
    tax_included_yen: i64,
    collected_yen: i64,
    payer: String,
    rule: String,
    consent_fact_id: Option<Uuid>,
    reverses: Option<Uuid>,
    proof: String,
    text_ja: String,
    text_en: String,
}

impl TryFrom<LineRow> for LedgerLine {
    type Error = Error;

    fn try_from(row: LineRow) -> Result<Self, Error> {
        let table = "ledger_line";
        Ok(Self {
            id: row.id.into(),
            settlement_id: row.settlement_id.into(),
            job_id: row.job_id.into(),
            line: row.line,
            reverses: row.reverses.map(Into::into),
            collected_yen: Yen(row.collected_yen),
            charge: Charge {
                firm_id: row.firm_id.into(),
                kind: row.kind.parse().map_err(|error| Error::corrupt(table, "kind", error))?,
                code: row.code.unwrap_or_default(),
                quantity: row.quantity.parse().map_err(|error| Error::corrupt(table, "quantity", error))?,
                unit_price_yen: Yen(row.unit_price_yen),
                amount_yen: Yen(row.amount_yen),
                tax_included_yen: Yen(row.tax_included_yen),
                payer: row.payer.parse().map_err(|error| Error::corrupt(table, "payer", error))?,
                rule: row.rule,
                consent_fact_id: row.consent_fact_id.map(Into::into),
                proof: serde_json::from_str(&row.proof)
                    .map_err(|error| Error::corrupt(table, "proof", error))?,
                text_ja: row.text_ja,
                text_en: row.text_en,
            },
        })
    }
}

/// Keeps a new settlement. One with its number is there already when a concurrent one was first.
pub async fn insert(tx: &mut Tx, settlement: &Settlement) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "INSERT INTO settlement (id, job_id, number, record_hash, basis, decision_id, settled_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        settlement.id.0,
        settlement.job_id.0,
        settlement.number,
        settlement.record_hash.as_slice(),
        settlement.basis.as_str(),
        settlement.decision_id.map(|id| id.0),
        settlement.settled_at
    )?;
    Ok(())
}

/// Keeps a new line.
pub async fn insert_line(tx: &mut Tx, line: &LedgerLine) -> Result<(), Error> {
    let charge = &line.charge;
    query!(
        tx,
        execute,
        "INSERT INTO ledger_line (id, settlement_id, job_id, firm_id, line, kind, code, quantity, unit_price_yen,
                                  amount_yen, tax_included_yen, payer, rule, consent_fact_id, reverses, proof,
                                  text_ja, text_en, collected_yen)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
        line.id.0,
        line.settlement_id.0,
        line.job_id.0,
        charge.firm_id.0,
        line.line,
        charge.kind.as_str(),
        &charge.code,
        charge.quantity.to_string(),
        charge.unit_price_yen.0,
        charge.amount_yen.0,
        charge.tax_included_yen.0,
        charge.payer.as_str(),
        &charge.rule,
        charge.consent_fact_id.map(|id| id.0),
        line.reverses.map(|id| id.0),
        charge.proof.to_string(),
        &charge.text_ja,
        &charge.text_en,
        line.collected_yen.0
    )?;
    Ok(())
}

/// The settlements of a job, oldest first.
pub async fn settlements(tx: &mut Tx, job: JobId) -> Result<Vec<Settlement>, Error> {
    let rows = query!(
        tx,
        all SettlementRow,
        "SELECT id, job_id, number, record_hash, basis, decision_id, settled_at FROM settlement WHERE job_id = $1 ORDER BY number",
        job.0
    )?;
    rows.into_iter().map(Settlement::try_from).collect()
}

/// The lines of a job, in the order they were written.
pub async fn lines(tx: &mut Tx, job: JobId) -> Result<Vec<LedgerLine>, Error> {
    let rows = query!(
        tx,
        all LineRow,
        "SELECT l.id, l.settlement_id, l.job_id, l.firm_id, l.line, l.kind, l.code, l.quantity, l.unit_price_yen,
                l.amount_yen, l.tax_included_yen, l.payer, l.rule, l.consent_fact_id, l.reverses, l.proof, l.text_ja,
                l.text_en, l.collected_yen
         FROM ledger_line l JOIN settlement s ON s.id = l.settlement_id
         WHERE l.job_id = $1 ORDER BY s.number, l.line",
        job.0
    )?;
    rows.into_iter().map(LedgerLine::try_from).collect()
}

/// The lines of some settlements, of each in order.
pub async fn lines_of(tx: &mut Tx, settlements: &[SettlementId]) -> Result<Vec<LedgerLine>, Error> {
    if settlements.is_empty() {
        return Ok(Vec::new());
    }
    let rows = query!(
        tx,
        all LineRow,
        {
            sqlite: "SELECT id, settlement_id, job_id, firm_id, line, kind, code, quantity, unit_price_yen, amount_yen,
                            tax_included_yen, payer, rule, consent_fact_id, reverses, proof, text_ja, text_en,
                            collected_yen
                     FROM ledger_line WHERE settlement_id IN (SELECT unhex(value) FROM json_each($1))
                     ORDER BY settlement_id, line",
            postgres: "SELECT id, settlement_id, job_id, firm_id, line, kind, code, quantity, unit_price_yen, amount_yen,
                              tax_included_yen, payer, rule, consent_fact_id, reverses, proof, text_ja, text_en,
                              collected_yen
                       FROM ledger_line
                       WHERE settlement_id IN (SELECT CAST(value AS UUID)
                                               FROM json_array_elements_text(CAST($1 AS JSON)))
                       ORDER BY settlement_id, line"
        },
        id_list(settlements.iter().map(|id| id.0))
    )?;
    rows.into_iter().map(LedgerLine::try_from).collect()
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

#[derive(FromRow)]
struct ListedRow {
    #[sqlx(flatten)]
    line: LineRow,
    settled_at: Instant,
    number: String,
    job_code: String,
    firm_name: String,
    reversals: i64,
}

/// The lines before `before`, newest first; before nothing, the newest.
pub async fn newest(
    tx: &mut Tx,
    filter: &LineFilter,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Listed>, Error> {
    // No code is empty and no id nil: they stand for "whichever".
    let rows = query!(
        tx,
        all ListedRow,
        "SELECT l.id, l.settlement_id, l.job_id, l.firm_id, l.line, l.kind, l.code, l.quantity, l.unit_price_yen,
                l.amount_yen, l.tax_included_yen, l.payer, l.rule, l.consent_fact_id, l.reverses, l.proof, l.text_ja,
                l.text_en, l.collected_yen, s.settled_at, c.number, j.job_code, f.name AS firm_name,
                (SELECT COUNT(*) FROM ledger_line r WHERE r.reverses = l.id) AS reversals
         FROM ledger_line l JOIN settlement s ON s.id = l.settlement_id JOIN job j ON j.id = l.job_id
         JOIN case_file c ON c.id = j.case_id JOIN firm f ON f.id = l.firm_id
         WHERE l.id < $1 AND ($2 = '' OR l.kind = $2) AND ($3 = '' OR l.payer = $3) AND (l.job_id = $4 OR $4 = $8)
           AND s.settled_at >= $5 AND s.settled_at < $6
         ORDER BY l.id DESC LIMIT $7",
        before.unwrap_or(Uuid::max()),
        filter.kind.map_or("", EntryKind::as_str),
        filter.payer.map_or("", Payer::as_str),
        filter.job_id.map_or(Uuid::nil(), |id| id.0),
        filter.from.unwrap_or(Instant::UNIX_EPOCH),
        filter.to.unwrap_or(AFTER_EVERYTHING),
        limit,
        Uuid::nil()
    )?;
    let listed = rows.into_iter().map(|row| {
        Ok(Listed {
            line: row.line.try_into()?,
            settled_at: row.settled_at,
            case_number: row.number,
            job_code: row.job_code,
            firm_name: row.firm_name,
            is_reversed: row.reversals > 0,
        })
    });
    listed.collect()
}

const AFTER_EVERYTHING: Instant = match chrono::NaiveDate::from_ymd_opt(9999, 1, 1) {
    Some(day) => day.and_time(chrono::NaiveTime::MIN).and_utc(),
    None => Instant::MAX_UTC,
};

/// How many settlements and payments stand in the feed after a position.
pub async fn waiting(tx: &mut Tx, pos: i64) -> Result<i64, Error> {
    let row = query!(
        tx,
        one One<i64>,
        "SELECT COUNT(*) FROM feed WHERE topic = 'billing' AND pos > $1",
        pos
    )?;
    Ok(row.0)
}

/// What concerns billing, as it stands in the feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Billed {
    /// Position of its event.
    pub pos: i64,
    /// When it was made.
    pub at: Instant,
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
}

/// The topic of the feed under which billing finds its events.
const BILLING: &str = "billing";

/// What concerns billing after a position of the feed, in its order.
pub async fn billed_after(tx: &mut Tx, pos: i64, limit: i64) -> Result<Vec<Billed>, Error> {
    let entries = feed::on_topic(tx, BILLING, pos, limit).await?;
    let billed = entries.into_iter().map(|entry| {
        let what = match entry.event {
            Event::JobSettled(settled) => BilledWhat::Settled(settled.settlement, settled.lines),
            Event::PaymentRecorded(paid) => BilledWhat::Paid(paid.payment),
            other => {
                let cause = format!("event {}: {} does not concern billing", entry.id, other.kind());
                return Err(Error::corrupt("feed", "topic", cause));
            }
        };
        Ok(Billed { pos: entry.pos, at: entry.at, what })
    });
    billed.collect()
}

/// The jobs after `after` that are over or have ever been settled.
pub async fn jobs(tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<JobId>, Error> {
    let rows = query!(
        tx,
        all One<Uuid>,
        "SELECT j.id FROM job j
         WHERE j.id > $1 AND (j.state IN ('completed', 'cancelled', 'no_access') OR EXISTS (SELECT 1 FROM settlement s WHERE s.job_id = j.id))
         ORDER BY j.id LIMIT $2",
        after,
        limit
    )?;
    Ok(rows.into_iter().map(|(id,)| id.into()).collect())
}
