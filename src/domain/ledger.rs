//! The ledger: what a job's record costs, line by line, each with its proof. A line is never changed: a correction is a
//! reversal and a new line.

mod difference;
mod price;
mod proof;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    charging::{ChargePolicy, LineKind},
    ids::{FactId, FirmId, JobId, LedgerLineId, SettlementId},
    money::Yen,
    reference::programme::Payer,
    text_enum::text_enum,
};

pub use difference::{Entry, difference, live};
pub use price::{Priced, price};

/// Version of what turns a record into lines; part of every proof. Lines that differ by it only are the same.
pub const ENGINE_VERSION: &str = "1";
/// Lines one settlement has at most: everything charged before is reversed, and everything is charged anew.
pub const LINES_MAX: usize = 2 * price::CHARGES_MAX;

text_enum! {
    /// What a ledger line is.
    pub enum EntryKind("kind of ledger line") {
        /// Work beyond the free time.
        Overtime = "overtime",
        /// A part.
        Part = "part",
        /// Work at a quoted price.
        SpecialWork = "special_work",
        /// Delivered but not billable: 0 yen, with its units (C-20).
        WriteOff = "write_off",
        /// Takes an earlier line back.
        Reversal = "reversal",
    }
}

impl From<LineKind> for EntryKind {
    fn from(kind: LineKind) -> Self {
        match kind {
            LineKind::Overtime => Self::Overtime,
            LineKind::Part => Self::Part,
            LineKind::SpecialWork => Self::SpecialWork,
            LineKind::WriteOff => Self::WriteOff,
        }
    }
}

/// The terms a job is priced by: those that were in force when it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Version of the programme's document; 0 for the one that comes with the program.
    pub version: i64,
    /// Its charging rules.
    pub policy: ChargePolicy,
}

/// What one line says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Charge {
    /// Whose work it is.
    pub firm_id: FirmId,
    /// What it is.
    pub kind: EntryKind,
    /// `overtime`, the name of the part, the code of the special work.
    pub code: String,
    /// Units, pieces, or 1 for a lump price; negative on a reversal.
    #[schema(value_type = String, examples("1.5"))]
    pub quantity: Decimal,
    /// Price of one, tax included; 0 on a write-off.
    pub unit_price_yen: Yen,
    /// What is billed, tax included; negative on a reversal.
    pub amount_yen: Yen,
    /// The tax inside the amount, for information: an invoice rounds its tax once for all its lines (C-28).
    pub tax_included_yen: Yen,
    /// Who pays: who consented (C-23); the programme, for what is written off.
    pub payer: Payer,
    /// The rule behind it.
    pub rule: String,
    /// The earliest consent it rests on; the proof names all of them.
    pub consent_fact_id: Option<FactId>,
    /// Intervals, seconds, units and when they began, consents, rule, terms and engine.
    #[schema(value_type = Object)]
    pub proof: Value,
    /// The proof as a sentence in Japanese.
    pub text_ja: String,
    /// The proof as a sentence in English.
    pub text_en: String,
}

/// A line of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LedgerLine {
    /// Its id.
    pub id: LedgerLineId,
    /// The settlement it belongs to.
    pub settlement_id: SettlementId,
    /// The job.
    pub job_id: JobId,
    /// Running number in the settlement, from 1.
    pub line: i64,
    /// The line it takes back.
    pub reverses: Option<LedgerLineId>,
    /// What it says.
    #[serde(flatten)]
    pub charge: Charge,
}

/// One pricing of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Settlement {
    /// Its id.
    pub id: SettlementId,
    /// The job.
    pub job_id: JobId,
    /// Running number of the job's settlements, from 1.
    pub number: i64,
    /// SHA-256 of the record it was made from.
    #[serde(skip)]
    pub record_hash: [u8; 32],
    /// When it was made.
    pub settled_at: DateTime<Utc>,
}
