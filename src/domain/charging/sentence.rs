//! The sentences that prove the yen, in Japanese and in English: (ja, en). Each repeats every number the amount
//! depends on, so that a reader can redo the sum, and ends with its rule.

use chrono::Timelike as _;

use super::super::{
    money::Yen,
    span::{Instant, Span, tokyo},
};
use super::{
    consent::{Basis, Grounds, Split},
    items::{Part, SpecialWork},
    overtime::ScopeOvertime,
    policy::{ChargePolicy, CrewTime, OvertimeRounding},
};

/// Spans printed before the rest becomes a count: the proof keeps all of them.
const SPANS_PRINTED_MAX: usize = 8;

/// `作業72分00秒(10:00〜11:12)のうち無料の60分を超えた12分00秒 → 10分単位で2回 × 1,100円 = 2,200円(税込)。…`
pub(super) fn overtime(scope: &ScopeOvertime, split: &Split, policy: &ChargePolicy) -> (String, String) {
    let (work_ja, work_en) = work(scope, policy);
    let (rule_ja, rule_en) = rounding(policy);
    let (grounds_ja, grounds_en) = match &split.basis {
        Basis::Uncapped | Basis::Cap(_) => Default::default(),
        Basis::Recorded(grounds) => consented(grounds),
    };
    let units = i64::try_from(scope.units.len()).unwrap_or(i64::MAX);
    let billable = split.billable;
    let price = policy.unit_price_yen();
    let amount = Yen(price.0 * billable);
    let (of_ja, of_en) = if billable == units {
        (format!("{billable}回"), units_en(billable))
    } else {
        let counted = counted_en(policy);
        (
            format!("{units}回、うち同意のある{billable}回"),
            format!("{} {counted}, {billable} of them agreed: {billable}", units_en(units)),
        )
    };
    let length_ja = length_ja(policy.unit_seconds());
    let length_en = length_en(policy.unit_seconds());
    (
        format!(
            "{work_ja} → {length_ja}単位で{of_ja} × {price}円 = {amount}円(税込)。{rule_ja}{grounds_ja}C-08"
        ),
        format!(
            "{work_en} → units of {length_en}: {of_en} × {price} yen = {amount} yen (tax included). {rule_en}{grounds_en}C-08"
        ),
    )
}

/// Why units were worked and are not billed.
pub(super) fn overtime_written_off(
    scope: &ScopeOvertime,
    split: &Split,
    policy: &ChargePolicy,
) -> (String, String) {
    let (work_ja, work_en) = work(scope, policy);
    let (rule_ja, rule_en) = rounding(policy);
    let units = i64::try_from(scope.units.len()).unwrap_or(i64::MAX);
    let off = units - split.billable;
    let (why_ja, why_en) = match split.basis {
        Basis::Cap(cap) => {
            (format!("同意の上限({cap}回)を超える"), format!("beyond the agreed cap of {}", units_en(cap)))
        }
        Basis::Uncapped | Basis::Recorded(_) => {
            ("始まる前の同意がない".to_owned(), "begun without prior consent".to_owned())
        }
    };
    let length_ja = length_ja(policy.unit_seconds());
    let length_en = length_en(policy.unit_seconds());
    (
        format!("{work_ja} → {length_ja}単位で{units}回。{rule_ja}{why_ja}{off}回は請求しません = 0円。C-20"),
        format!(
            "{work_en} → units of {length_en}: {units}. {rule_en}{off} {why_en}: not billed = 0 yen. C-20"
        ),
    )
}

/// A part: quantity times price, with the tax that the price does not include.
pub(super) fn part(part: &Part, grounds: Option<Grounds>) -> (String, String) {
    let (grounds_ja, grounds_en) = consented(grounds.as_slice());
    let (name, quantity, (price, tax)) = (part.name(), part.quantity(), part.told_price());
    let (exact, amount) = (part.exact_amount().normalize(), part.amount_yen());
    let (by_ja, by_en) = if tax.is_some() { ("切り捨て", "down") } else { ("四捨五入", "half up") };
    let (rounded_ja, rounded_en) = if exact == amount.0.into() {
        Default::default()
    } else {
        (format!("{exact}円 → {by_ja}で"), format!("{exact} yen, rounded {by_en} to "))
    };
    let (tax_ja, tax_en) = match tax {
        None => Default::default(),
        Some(percent) => (format!("(税抜) + 税{percent}%"), format!(" (without tax) + {percent} % tax")),
    };
    (
        format!(
            "部品「{name}」 {quantity} × {price}円{tax_ja} = {rounded_ja}{amount}円(税込)。{grounds_ja}C-05"
        ),
        format!(
            "Part \"{name}\": {quantity} × {price} yen{tax_en} = {rounded_en}{amount} yen (tax included). {grounds_en}C-05"
        ),
    )
}

/// Special work: a lump price, and no overtime besides.
pub(super) fn special_work(work: &SpecialWork, grounds: Option<Grounds>) -> (String, String) {
    let (grounds_ja, grounds_en) = consented(grounds.as_slice());
    let (name_ja, name_en, price) = (work.name_ja(), work.name_en(), work.price_yen());
    (
        format!(
            "特殊作業「{name_ja}」 見積り一式 {price}円(税込)。この作業の時間は無料時間にも超過時間にも数えません。{grounds_ja}C-13"
        ),
        format!(
            "Special work \"{name_en}\": quoted lump price {price} yen (tax included). Its time counts neither as free time nor as overtime. {grounds_en}C-13"
        ),
    )
}

/// A part or special work without consent to this amount before it was delivered.
pub(super) fn item_written_off(name_ja: &str, name_en: &str, amount: Yen) -> (String, String) {
    (
        format!(
            "「{name_ja}」 {amount}円(税込)は、提供前にこの金額への同意がないため請求しません = 0円。C-18"
        ),
        format!(
            "\"{name_en}\", {amount} yen (tax included): no consent to this amount before delivery, not billed = 0 yen. C-18"
        ),
    )
}

/// Worked time, its spans, and what of it exceeds the free time.
fn work(scope: &ScopeOvertime, policy: &ChargePolicy) -> (String, String) {
    let (visit_ja, visit_en) = match scope.visit {
        Some(index) => (format!("訪問{}: ", index + 1), format!("Visit {}: ", index + 1)),
        None => Default::default(),
    };
    let (kind_ja, kind_en) = match policy.crew_time() {
        CrewTime::WallClock => ("作業", "Worked"),
        CrewTime::PersonTime => ("延べ作業", "Worked, summed over persons,"),
    };
    let (spans_ja, spans_en) = spans(&scope.spans);
    let (worked, excess, free) = (scope.worked_seconds, scope.excess_seconds, policy.free_seconds());
    (
        format!(
            "{visit_ja}{kind_ja}{}({spans_ja})のうち無料の{}を超えた{}",
            exact_ja(worked),
            length_ja(free),
            exact_ja(excess)
        ),
        format!(
            "{visit_en}{kind_en} {} ({spans_en}), {} beyond the free {}",
            exact_en(worked),
            exact_en(excess),
            length_en(free)
        ),
    )
}

/// C-08: the chosen rule is printed on every quote.
fn rounding(policy: &ChargePolicy) -> (String, String) {
    let unit_ja = length_ja(policy.unit_seconds());
    let unit_en = length_en(policy.unit_seconds());
    match (policy.overtime_rounding(), policy.grace_seconds()) {
        (OvertimeRounding::Started, 0) => (
            format!("始まった{unit_ja}を1回と数えます。"),
            format!("Every {unit_en} begun counts as one unit. "),
        ),
        (OvertimeRounding::Started, grace) => (
            format!("始まった{unit_ja}を1回と数え、{grace}秒までの端数は数えません。"),
            format!("Every {unit_en} begun counts as one unit; a remainder of up to {grace} s does not. "),
        ),
        (OvertimeRounding::Completed, _) => (
            format!("終わりまで作業した{unit_ja}だけを1回と数えます。"),
            format!("Only a full {unit_en} counts as one unit. "),
        ),
    }
}

fn consented(grounds: &[Grounds]) -> (String, String) {
    if grounds.is_empty() {
        return Default::default();
    }
    let times: Vec<String> =
        grounds.iter().map(|one| tokyo(one.answered_at).format("%-m/%-d %H:%M:%S").to_string()).collect();
    (format!("事前の同意: {}。", times.join("、")), format!("Prior consent: {}. ", times.join(", ")))
}

fn spans(spans: &[Span]) -> (String, String) {
    let day = |at: Instant| tokyo(at).date_naive();
    let one_day = match (spans.first(), spans.iter().map(Span::to).max()) {
        (Some(first), Some(last)) => day(first.from()) == day(last),
        _ => true,
    };
    let shown: Vec<(String, String)> = spans
        .iter()
        .take(SPANS_PRINTED_MAX)
        .map(|span| {
            let from = clock(span.from(), (!one_day).then_some("%-m/%-d "));
            let to_date = (day(span.from()) != day(span.to())).then_some("%-m/%-d ");
            let to = clock(span.to(), to_date);
            (format!("{from}〜{to}"), format!("{from}–{to}"))
        })
        .collect();
    let (mut ja, mut en): (Vec<String>, Vec<String>) = shown.into_iter().unzip();
    if let Some(rest) = spans.len().checked_sub(SPANS_PRINTED_MAX).filter(|rest| *rest > 0) {
        ja.push(format!("ほか{rest}区間"));
        en.push(format!("and {rest} more"));
    }
    (ja.join("、"), en.join(", "))
}

/// Seconds are printed where there are any.
fn clock(at: Instant, date: Option<&str>) -> String {
    let local = tokyo(at);
    let time = if local.second() == 0 { "%H:%M" } else { "%H:%M:%S" };
    local.format(&format!("{}{time}", date.unwrap_or_default())).to_string()
}

fn exact_ja(seconds: i64) -> String {
    format!("{}分{:02}秒", seconds / 60, seconds % 60)
}

fn exact_en(seconds: i64) -> String {
    format!("{} min {:02} s", seconds / 60, seconds % 60)
}

fn length_ja(seconds: i64) -> String {
    if seconds % 60 == 0 { format!("{}分", seconds / 60) } else { exact_ja(seconds) }
}

fn length_en(seconds: i64) -> String {
    if seconds % 60 == 0 { format!("{} min", seconds / 60) } else { exact_en(seconds) }
}

fn units_en(count: i64) -> String {
    if count == 1 { "1 unit".to_owned() } else { format!("{count} units") }
}

/// What has become of a unit that counts.
fn counted_en(policy: &ChargePolicy) -> &'static str {
    match policy.overtime_rounding() {
        OvertimeRounding::Started => "begun",
        OvertimeRounding::Completed => "completed",
    }
}
