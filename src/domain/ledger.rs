//! The ledger: what a job's record costs, line by line, each with its proof. A line is never changed: a correction is a
//! reversal and a new line.

mod collected;
mod decided;
mod difference;
mod price;
mod proof;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    charging::{ChargePolicy, LineKind},
    ids::{FactId, FirmId, JobId, LedgerLineId, ReviewDecisionId, SettlementId},
    money::Yen,
    reference::programme::Payer,
    text_enum::text_enum,
};

pub use collected::{allocate, wrong_collection};
pub use decided::{billed_of, charges};
pub use difference::{Entry, billed, difference, live};
pub use price::{Priced, price};
pub use proof::billed_as;

/// Version of what turns a record into lines and their sentences; part of every proof. Lines that differ by it, or by
/// their sentence, only are the same.
pub const ENGINE_VERSION: &str = "2";
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

text_enum! {
    /// Why a settlement says what it says.
    pub enum SettlementBasis("basis of a settlement") {
        /// The job was done: its record says what it costs.
        Completed = "completed",
        /// It was called off: 0 yen (C-25).
        Cancelled = "cancelled",
        /// Nobody opened: 0 yen (C-25).
        NoAccess = "no_access",
        /// It was stopped: no overtime, only what was agreed and delivered.
        Stopped = "stopped",
        /// A supervisor decided that nothing is billed.
        WrittenOff = "written_off",
        /// The contract was rescinded: everything is taken back (Y-13).
        Rescinded = "rescinded",
    }
}

impl SettlementBasis {
    /// The basis as a sentence: (Japanese, English).
    #[must_use]
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Completed => ("作業が完了しました。", "The work was completed."),
            Self::Cancelled => (
                "出動は取り消されました。出動料金はかかりません = 0円。C-25",
                "The call-out was cancelled. Nothing is charged for it = 0 yen. C-25",
            ),
            Self::NoAccess => (
                "入室できなかったため作業を行っていません。出動料金はかかりません = 0円。C-25",
                "Nobody could let us in, so no work was done. Nothing is charged for it = 0 yen. C-25",
            ),
            Self::Stopped => (
                "作業を中止しました。作業時間・点検の料金はかかりません。事前に同意をいただき、お渡ししたものだけを請求します。R-06",
                "The work was stopped. Time and inspection are not charged, only what was agreed to and delivered. R-06",
            ),
            Self::WrittenOff => (
                "監督者の判断により、請求しません = 0円。",
                "By a supervisor's decision nothing is billed = 0 yen.",
            ),
            Self::Rescinded => (
                "契約は解除されました(クーリング・オフ)。請求はすべて取り消し、お支払い済みの金額は返金します。Y-13",
                "The contract was rescinded (cooling-off). Everything is taken back and what was paid is paid back. Y-13",
            ),
        }
    }
}

/// The terms a job is priced by: those that were in force when it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Version of the programme's document; 0 for the one that comes with the program.
    pub version: i64,
    /// Its charging rules.
    pub policy: ChargePolicy,
    /// Names of special work by code: (Japanese, English).
    pub special_works: BTreeMap<String, (String, String)>,
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
    /// How much of it was paid before the job was first settled, so that nothing collected is billed again; negative on
    /// the reversal of such a line. What is paid later stands beside the lines, as a payment.
    pub collected_yen: Yen,
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
    /// Why it says what it says; a settlement without lines is explained by it.
    pub basis: SettlementBasis,
    /// The supervisor's decision in force.
    pub decision_id: Option<ReviewDecisionId>,
    /// When it was made.
    pub settled_at: DateTime<Utc>,
}
