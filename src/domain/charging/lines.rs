//! One priced fact each, with the sentence that proves it.

use rust_decimal::Decimal;
use serde::Serialize;

use super::super::{ids::FactId, money::Yen, text_enum::text_enum};
use super::{
    consent::{Grounds, Split},
    items::{Part, SpecialWork},
    overtime::ScopeOvertime,
    policy::ChargePolicy,
    proof::OvertimeProof,
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

/// What a priced fact says. `quantity` times `unit_price_yen`, rounded to the whole yen, is `amount_yen`; of a part that was
/// priced without tax, the amount is that of the price as it was told, with the tax added to the line (C-29).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = EstimateLine)]
pub struct Line {
    /// What it charges for.
    pub kind: LineKind,
    /// `overtime`, the name of the part, the code of the special work.
    pub code: String,
    /// The proof in Japanese.
    pub text_ja: String,
    /// The proof in English.
    pub text_en: String,
    /// Decimal: units, pieces, or 1 for a lump price.
    #[schema(value_type = String, examples("1.5"))]
    pub quantity: Decimal,
    /// Price of one, tax included; 0 on a write-off.
    pub unit_price_yen: Yen,
    /// What is billed, tax included.
    pub amount_yen: Yen,
    /// The tax inside the amount, for information: an invoice rounds its tax once for all its lines (C-28).
    pub tax_included_yen: Yen,
    /// The rule behind it.
    #[schema(value_type = String)]
    pub rule: &'static str,
}

/// A line of a job's record: what it says, and what it is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargeLine {
    /// What it is of.
    pub of: Of,
    /// What it says.
    pub says: Line,
    /// The consents it rests on, in order of answering; none where it is written off.
    pub consents: Vec<FactId>,
}

/// What a line is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Of {
    /// Overtime of one scope: how it came about, with the units of this line only.
    Overtime(OvertimeProof),
    /// What was delivered.
    Item {
        /// The report of it.
        fact: FactId,
        /// The key a consent must have named.
        item: String,
    },
}

/// The line of one scope's overtime that is billed; none where all of it is free or written off.
pub(super) fn overtime_line(scope: &ScopeOvertime, split: &Split, policy: &ChargePolicy) -> Option<Line> {
    if split.billable == 0 {
        return None;
    }
    let amount_yen = Yen(policy.unit_price_yen().0 * split.billable);
    let (text_ja, text_en) = sentence::overtime(scope, split, policy);
    Some(Line {
        kind: LineKind::Overtime,
        code: LineKind::Overtime.to_string(),
        text_ja,
        text_en,
        quantity: split.billable.into(),
        unit_price_yen: policy.unit_price_yen(),
        amount_yen,
        tax_included_yen: amount_yen.tax_included(policy.tax_rate_percent()),
        rule: "C-08",
    })
}

/// The line of one scope's overtime that is not billed; none where all of it is.
pub(super) fn overtime_written_off(
    scope: &ScopeOvertime,
    split: &Split,
    policy: &ChargePolicy,
) -> Option<Line> {
    let units = i64::try_from(scope.units.len()).unwrap_or(i64::MAX);
    (units > split.billable).then(|| {
        let texts = sentence::overtime_written_off(scope, split, policy);
        written_off(LineKind::Overtime.to_string(), (units - split.billable).into(), "C-20", texts)
    })
}

/// The line of a part. A part that is given away has none.
pub(super) fn part_line(part: &Part, grounds: Option<Grounds>, policy: &ChargePolicy) -> Option<Line> {
    let amount_yen = part.amount_yen();
    let (text_ja, text_en) = sentence::part(part, grounds);
    (part.unit_price_yen() > Yen::ZERO).then(|| Line {
        kind: LineKind::Part,
        code: part.name().to_owned(),
        text_ja,
        text_en,
        quantity: part.quantity(),
        unit_price_yen: part.unit_price_yen(),
        amount_yen,
        tax_included_yen: amount_yen.tax_included(policy.tax_rate_percent()),
        rule: "C-05",
    })
}

/// The line of special work. Work at a price of 0 has none.
pub(super) fn special_work_line(
    work: &SpecialWork,
    grounds: Option<Grounds>,
    policy: &ChargePolicy,
) -> Option<Line> {
    let amount_yen = work.price_yen();
    let (text_ja, text_en) = sentence::special_work(work, grounds);
    (amount_yen > Yen::ZERO).then(|| Line {
        kind: LineKind::SpecialWork,
        code: work.code().to_owned(),
        text_ja,
        text_en,
        quantity: Decimal::ONE,
        unit_price_yen: amount_yen,
        amount_yen,
        tax_included_yen: amount_yen.tax_included(policy.tax_rate_percent()),
        rule: "C-13",
    })
}

/// The line of a part that was delivered without consent (C-18).
pub(super) fn part_written_off(part: &Part) -> Option<Line> {
    let texts = sentence::item_written_off(part.name(), part.name(), part.amount_yen());
    (part.unit_price_yen() > Yen::ZERO)
        .then(|| written_off(part.name().to_owned(), part.quantity(), "C-18", texts))
}

/// The line of special work that was begun without consent (C-18).
pub(super) fn special_work_written_off(work: &SpecialWork) -> Option<Line> {
    let texts = sentence::item_written_off(work.name_ja(), work.name_en(), work.price_yen());
    (work.price_yen() > Yen::ZERO).then(|| written_off(work.code().to_owned(), Decimal::ONE, "C-18", texts))
}

/// The sum of the lines, tax included.
pub(super) fn total<'a>(lines: impl IntoIterator<Item = &'a Line>) -> Yen {
    lines.into_iter().map(|line| line.amount_yen).sum()
}

fn written_off(
    code: String,
    quantity: Decimal,
    rule: &'static str,
    (text_ja, text_en): (String, String),
) -> Line {
    Line {
        kind: LineKind::WriteOff,
        code,
        text_ja,
        text_en,
        quantity,
        unit_price_yen: Yen::ZERO,
        amount_yen: Yen::ZERO,
        tax_included_yen: Yen::ZERO,
        rule,
    }
}
