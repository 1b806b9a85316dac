//! One priced fact each, with the sentence that proves it.

use rust_decimal::Decimal;
use serde::Serialize;

use super::super::{ids::FactId, money::Yen, text_enum::text_enum};
use super::{
    consent::{Basis, Grounds, Split},
    items::{Part, SpecialWork},
    overtime::ScopeOvertime,
    policy::ChargePolicy,
    sentence,
};

text_enum! {
    /// What a line charges for.
    pub enum LineKind("kind of charge line") {
        /// Work beyond the free time.
        Overtime = "overtime",
        /// A part.
        Part = "part",
        /// Work at a quoted price.
        SpecialWork = "special_work",
        /// Delivered but not billable: 0 yen, with its units.
        WriteOff = "write_off",
    }
}

/// One priced fact. `quantity` times `unit_price_yen`, rounded to the whole yen, is `amount_yen`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChargeLine {
    /// What it charges for.
    pub kind: LineKind,
    /// `overtime`, the name of the part, the code of the special work.
    pub code: String,
    /// The proof in Japanese.
    pub text_ja: String,
    /// The proof in English.
    pub text_en: String,
    /// Units, pieces, or 1 for a lump price.
    pub quantity: Decimal,
    /// Price of one, tax included; 0 on a write-off.
    pub unit_price_yen: Yen,
    /// What is billed, tax included.
    pub amount_yen: Yen,
    /// The tax inside the amount, for information: an invoice rounds its tax once for all its lines (C-28).
    pub tax_included_yen: Yen,
    /// The rule behind it.
    pub rule: &'static str,
    /// The consents it rests on, in order of answering; none in estimates.
    pub consents: Vec<FactId>,
}

/// The lines of one scope's overtime: none when all of it is free.
pub(super) fn overtime_lines(scope: &ScopeOvertime, split: &Split, policy: &ChargePolicy) -> Vec<ChargeLine> {
    let units = i64::try_from(scope.units.len()).unwrap_or(i64::MAX);
    let mut lines = Vec::new();
    if split.billable > 0 {
        let amount_yen = Yen(policy.unit_price_yen().0 * split.billable);
        let (text_ja, text_en) = sentence::overtime(scope, split, policy);
        lines.push(ChargeLine {
            kind: LineKind::Overtime,
            code: LineKind::Overtime.to_string(),
            text_ja,
            text_en,
            quantity: split.billable.into(),
            unit_price_yen: policy.unit_price_yen(),
            amount_yen,
            tax_included_yen: amount_yen.tax_included(policy.tax_rate_percent()),
            rule: "C-08",
            consents: consents_of(&split.basis),
        });
    }
    if units > split.billable {
        let (text_ja, text_en) = sentence::overtime_written_off(scope, split, policy);
        let code = LineKind::Overtime.to_string();
        lines.push(written_off(code, (units - split.billable).into(), "C-20", (text_ja, text_en)));
    }
    lines
}

/// The line of a part. A part that is given away has none.
pub(super) fn part_line(part: &Part, grounds: Option<Grounds>, policy: &ChargePolicy) -> Option<ChargeLine> {
    let amount_yen = part.amount_yen();
    let (text_ja, text_en) = sentence::part(part, grounds);
    (part.unit_price_yen() > Yen::ZERO).then(|| ChargeLine {
        kind: LineKind::Part,
        code: part.name().to_owned(),
        text_ja,
        text_en,
        quantity: part.quantity(),
        unit_price_yen: part.unit_price_yen(),
        amount_yen,
        tax_included_yen: amount_yen.tax_included(policy.tax_rate_percent()),
        rule: "C-05",
        consents: grounds.iter().map(|grounds| grounds.consent).collect(),
    })
}

/// The line of special work. Work at a price of 0 has none.
pub(super) fn special_work_line(
    work: &SpecialWork,
    grounds: Option<Grounds>,
    policy: &ChargePolicy,
) -> Option<ChargeLine> {
    let amount_yen = work.price_yen();
    let (text_ja, text_en) = sentence::special_work(work, grounds);
    (amount_yen > Yen::ZERO).then(|| ChargeLine {
        kind: LineKind::SpecialWork,
        code: work.code().to_owned(),
        text_ja,
        text_en,
        quantity: Decimal::ONE,
        unit_price_yen: amount_yen,
        amount_yen,
        tax_included_yen: amount_yen.tax_included(policy.tax_rate_percent()),
        rule: "C-13",
        consents: grounds.iter().map(|grounds| grounds.consent).collect(),
    })
}

/// The line of a part that was delivered without consent (C-18).
pub(super) fn part_written_off(part: &Part) -> Option<ChargeLine> {
    let texts = sentence::item_written_off(part.name(), part.name(), part.amount_yen());
    (part.unit_price_yen() > Yen::ZERO)
        .then(|| written_off(part.name().to_owned(), part.quantity(), "C-18", texts))
}

/// The line of special work that was begun without consent (C-18).
pub(super) fn special_work_written_off(work: &SpecialWork) -> Option<ChargeLine> {
    let texts = sentence::item_written_off(work.name_ja(), work.name_en(), work.price_yen());
    (work.price_yen() > Yen::ZERO).then(|| written_off(work.code().to_owned(), Decimal::ONE, "C-18", texts))
}

/// The sum of the lines, tax included.
pub(super) fn total(lines: &[ChargeLine]) -> Yen {
    lines.iter().map(|line| line.amount_yen).sum()
}

fn written_off(
    code: String,
    quantity: Decimal,
    rule: &'static str,
    (text_ja, text_en): (String, String),
) -> ChargeLine {
    ChargeLine {
        kind: LineKind::WriteOff,
        code,
        text_ja,
        text_en,
        quantity,
        unit_price_yen: Yen::ZERO,
        amount_yen: Yen::ZERO,
        tax_included_yen: Yen::ZERO,
        rule,
        consents: Vec::new(),
    }
}

fn consents_of(basis: &Basis) -> Vec<FactId> {
    match basis {
        Basis::Uncapped | Basis::Cap(_) => Vec::new(),
        Basis::Recorded(grounds) => grounds.iter().map(|grounds| grounds.consent).collect(),
    }
}
