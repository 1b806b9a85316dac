//! The statement of a job (作業明細書): what it costs and why, what was paid, what is still due. Japanese first, English
//! beside it; A4 when printed.

use askama::Template;
use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::{
    cooling_off::CoolingOff,
    ledger::{Charge, EntryKind, LedgerLine, SettlementBasis, billed, live},
    money::Yen,
    payers::HeldItem,
    payments::{Payment, PaymentKind, PaymentMethod, accounts, before_settlement, collected},
    reference::programme::Payer,
    span::tokyo,
};

/// A day as it is printed.
const DAY: &str = "%Y年%-m月%-d日";

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// In Japanese.
    pub ja: String,
    /// In English.
    pub en: String,
}

impl Words {
    /// Both texts.
    pub fn new(ja: impl Into<String>, en: impl Into<String>) -> Self {
        Self { ja: ja.into(), en: en.into() }
    }
}

/// A contractor on the statement.
#[derive(Debug, Clone)]
pub struct Issuer {
    /// Its name.
    pub name: String,
    /// Its registration number, where it has one (C-31).
    pub registration_number: Option<String>,
}

/// What the statement is made of.
#[derive(Debug, Clone)]
pub struct StatementFacts {
    /// The case's number.
    pub number: String,
    /// When it is printed.
    pub issued_at: DateTime<Utc>,
    /// When the work was completed.
    pub completed_at: Option<DateTime<Utc>>,
    /// Whose name stands on it; nothing once erased.
    pub recipient: Option<String>,
    /// Whose work it is.
    pub issuers: Vec<Issuer>,
    /// What was ordered.
    pub work: Words,
    /// Names of special work by its code.
    pub special_works: std::collections::BTreeMap<String, (String, String)>,
    /// Free minutes of work.
    pub free_minutes: i64,
    /// Whole seconds worked.
    pub worked_seconds: Option<i64>,
    /// Every line written.
    pub lines: Vec<LedgerLine>,
    /// What has no line before its payer has agreed.
    pub held: Vec<HeldItem>,
    /// What was paid.
    pub payments: Vec<Payment>,
    /// Why the last settlement says what it says; nothing while there is none.
    pub basis: Option<SettlementBasis>,
    /// What is doubtful.
    pub doubts: Vec<Words>,
    /// Tax rate in percent.
    pub tax_percent: i64,
    /// Until when the contract may be rescinded, where the document of the door-to-door sales rules must be handed over
    /// (Y-11, Y-12).
    pub cooling_off: Option<CoolingOff>,
}

/// The statement as HTML.
pub fn html(facts: &StatementFacts) -> Result<String, askama::Error> {
    Page { facts: Printed::of(facts) }.render()
}

#[derive(Template)]
#[template(path = "documents/statement.html")]
struct Page {
    facts: Printed,
}

/// The statement as it is printed: texts only.
struct Printed {
    number: String,
    issued_on: String,
    worked_on: Option<String>,
    recipient: Option<String>,
    issuers: Vec<Issuer>,
    work_ja: String,
    work_en: String,
    free: Vec<Words>,
    lines: Vec<PrintedLine>,
    corrections: Vec<PrintedLine>,
    held: Vec<PrintedHeld>,
    payments: Vec<PrintedPayment>,
    basis: Option<Words>,
    doubts: Vec<Words>,
    settled: bool,
    total: Yen,
    tax: Yen,
    tax_percent: i64,
    collected: Yen,
    due: Yen,
    refund_due: bool,
    cooling_off: Option<PrintedCoolingOff>,
}

struct PrintedLine {
    label: Words,
    text: Words,
    payer: Option<Words>,
    quantity: String,
    unit_price: Yen,
    amount: Yen,
}

/// Something that waits for its payer's answer.
struct PrintedHeld {
    label: Words,
    payer: Words,
    amount: Yen,
    /// Until when it is awaited; absent where a supervisor decides now.
    review_on: Option<String>,
}

struct PrintedPayment {
    on: String,
    label: Words,
    amount: Yen,
}

struct PrintedCoolingOff {
    received_on: Option<Words>,
    ends_on: Option<Words>,
}

impl PrintedCoolingOff {
    fn of(cooling_off: CoolingOff) -> Self {
        let day = |date: NaiveDate| Words::new(date.format(DAY).to_string(), date.to_string());
        Self {
            received_on: cooling_off.document_received_on.map(day).known(),
            ends_on: cooling_off.ends_on.map(day).known(),
        }
    }
}

impl Printed {
    fn of(facts: &StatementFacts) -> Self {
        let day = |at: DateTime<Utc>| tokyo(at).format(DAY).to_string();
        let total: Yen = facts.lines.iter().map(|line| line.charge.amount_yen).sum();
        let paid = collected(&facts.payments);
        // What is paid for what is held is not to be paid back.
        let accounts = accounts(&billed(&facts.lines), &facts.held, &facts.payments);
        let accounts = if facts.basis.is_none() { before_settlement(accounts) } else { accounts };
        let due: i64 = accounts.values().map(|account| account.due.0).sum();
        let others =
            |line: &LedgerLine| line.charge.payer != Payer::Worker && line.charge.amount_yen > Yen::ZERO;
        let several = facts.lines.iter().any(others);
        let printed = |line: &LedgerLine| PrintedLine {
            payer: several.then(|| payer(line.charge.payer)),
            ..printed(line, facts)
        };
        Self {
            number: facts.number.clone(),
            issued_on: day(facts.issued_at),
            worked_on: facts.completed_at.map(day),
            recipient: facts.recipient.clone(),
            issuers: facts.issuers.clone(),
            work_ja: facts.work.ja.clone(),
            work_en: facts.work.en.clone(),
            free: free(facts),
            lines: live(&facts.lines).into_iter().map(printed).collect(),
            corrections: facts.lines.iter().filter(|line| line.reverses.is_some()).map(printed).collect(),
            held: facts
                .held
                .iter()
                .map(|item| PrintedHeld {
                    label: label(&item.charge, facts),
                    payer: payer(item.charge.payer),
                    amount: item.charge.amount_yen,
                    review_on: (item.review_at > facts.issued_at).then(|| day(item.review_at)),
                })
                .collect(),
            payments: facts
                .payments
                .iter()
                .map(|payment| paid_line(payment, day(payment.received_at)))
                .collect(),
            // A completed job needs no explanation: its lines are one.
            basis: facts.basis.filter(|basis| *basis != SettlementBasis::Completed).map(|basis| {
                let (ja, en) = basis.words();
                Words::new(ja, en)
            }),
            doubts: facts.doubts.clone(),
            settled: facts.basis.is_some(),
            total,
            tax: total.tax_included(facts.tax_percent),
            tax_percent: facts.tax_percent,
            collected: paid,
            due: Yen(due.abs()),
            refund_due: due < 0,
            cooling_off: facts.cooling_off.map(PrintedCoolingOff::of),
        }
    }
}

/// What costs nothing (C-01), said line by line.
fn free(facts: &StatementFacts) -> Vec<Words> {
    let minutes = facts.free_minutes;
    let (worked_ja, worked_en) = match facts.worked_seconds {
        Some(seconds) if seconds > 0 => (
            format!("(作業時間 {}分{:02}秒)", seconds / 60, seconds % 60),
            format!(" (worked: {} min {:02} s)", seconds / 60, seconds % 60),
        ),
        _ => (String::new(), String::new()),
    };
    vec![
        Words::new("基本料金・出張料金", "Base fee, call-out fee"),
        Words::new("夜間料金・休日料金", "Night and holiday fee"),
        Words::new(
            format!("作業料金 {minutes}分まで{worked_ja}"),
            format!("Work up to {minutes} minutes{worked_en}"),
        ),
    ]
}

/// A line whose payer goes without saying.
fn printed(line: &LedgerLine, facts: &StatementFacts) -> PrintedLine {
    let charge = &line.charge;
    let label = label(charge, facts);
    let label = match charge.kind {
        EntryKind::WriteOff => {
            Words::new(format!("{}(請求しません)", label.ja), format!("{} (not billed)", label.en))
        }
        _ => label,
    };
    PrintedLine {
        label,
        text: Words::new(charge.text_ja.clone(), charge.text_en.clone()),
        payer: None,
        quantity: charge.quantity.to_string(),
        unit_price: charge.unit_price_yen,
        amount: charge.amount_yen,
    }
}

/// What a charge is for.
fn label(charge: &Charge, facts: &StatementFacts) -> Words {
    let names = facts.special_works.get(&charge.code);
    match (charge.code.as_str(), names) {
        ("overtime", _) => Words::new("超過作業", "Work beyond the free time"),
        (_, Some((ja, en))) => Words::new(format!("特殊作業: {ja}"), format!("Special work: {en}")),
        (name, None) => Words::new(format!("部品: {name}"), format!("Part: {name}")),
    }
}

fn payer(payer: Payer) -> Words {
    let (ja, en) = payer.words();
    Words::new(ja, en)
}

fn paid_line(payment: &Payment, on: String) -> PrintedPayment {
    let (ja, en) = match (payment.kind, payment.method) {
        (PaymentKind::CashOnSite, _) => ("現金(現地)", "cash on site"),
        (PaymentKind::Refund, _) => ("返金", "refund"),
        (_, PaymentMethod::Cash) => ("現金", "cash"),
        (_, PaymentMethod::Card) => ("カード", "card"),
        (_, PaymentMethod::BankTransfer) => ("銀行振込", "bank transfer"),
        (_, PaymentMethod::ConvenienceStore) => ("コンビニ払い", "convenience store"),
        (_, PaymentMethod::QrCode) => ("QRコード決済", "QR code"),
        (_, PaymentMethod::Other) => ("その他", "other"),
    };
    PrintedPayment { on, label: Words::new(ja, en), amount: payment.collected() }
}

#[cfg(test)]
mod tests;
