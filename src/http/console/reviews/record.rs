//! The record of a job as it was reported, with both clocks.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{Page, figures, words};
use crate::{
    app::reviews::Item,
    domain::{
        charging::WorkKind,
        facts::{Fact, FactKind, Flag},
        ids::TechnicianId,
        money::Yen,
        reviews::{Billed, Correction, flag_words},
        span::{Instant, tokyo},
    },
};

/// Names of technicians.
pub(super) type Names = BTreeMap<TechnicianId, String>;

/// A difference between the clocks from which on it is pointed out, in seconds: below it is delay.
const OFF_S: i64 = 60;

/// Something doubtful.
pub(super) struct DoubtView {
    pub(super) what: String,
    pub(super) who: Option<String>,
    pub(super) detail: Option<String>,
    pub(super) fact: Option<Uuid>,
}

/// A report.
pub(super) struct FactView {
    pub(super) id: Uuid,
    pub(super) who: String,
    pub(super) what: String,
    pub(super) detail: String,
    pub(super) device: String,
    pub(super) device_time: String,
    pub(super) received: String,
    /// How far the device's clock is off, where that can be seen.
    pub(super) off: Option<String>,
    /// How late it came.
    pub(super) late: Option<String>,
    pub(super) is_doubtful: bool,
}

/// A part or special work, that can be left out.
pub(super) struct Part {
    pub(super) fact: Uuid,
    pub(super) name: String,
    pub(super) price: String,
    /// Whether the correction in force leaves it out.
    pub(super) is_left_out: bool,
}

/// What the decision in force says of who pays how much of a line, that can be taken back.
pub(super) struct Adjusted {
    /// Under which name the API takes it.
    pub(super) field: &'static str,
    /// As the API takes it.
    pub(super) said: String,
    pub(super) text: String,
}

/// The work of one technician.
pub(super) struct WorkView {
    pub(super) technician: Uuid,
    pub(super) name: String,
    pub(super) total: String,
    /// As it was reported.
    pub(super) stretches: Vec<StretchView>,
    /// As the correction in force states it; as it was reported where that says nothing of it.
    pub(super) in_force: Vec<StretchView>,
    /// Whether it does.
    pub(super) is_stated: bool,
}

/// Hands-on time.
pub(super) struct StretchView {
    pub(super) from: String,
    pub(super) to: String,
    /// As a form's field takes them.
    pub(super) from_field: String,
    pub(super) to_field: String,
    pub(super) length: String,
    pub(super) kind: WorkKind,
}

fn name(people: &Names, id: TechnicianId) -> String {
    people.get(&id).cloned().unwrap_or_default()
}

pub(super) fn doubts(item: &Item, facts: &[Fact], people: &Names, page: &Page) -> Vec<DoubtView> {
    let doubt = |flag: &Flag| DoubtView {
        what: words(flag_words(flag.code), page),
        who: flag.technician_id.map(|id| name(people, id)),
        detail: flag.missing.as_ref().map(|missing| {
            let numbers = if missing.from == missing.to {
                format!("#{}", missing.from)
            } else {
                format!("#{}–#{}", missing.from, missing.to)
            };
            format!("{} {numbers}", missing.device.as_str())
        }),
        fact: flag.fact_id.filter(|id| facts.iter().any(|fact| fact.id == *id)).map(|id| id.0),
    };
    item.review.flags.iter().map(doubt).collect()
}

/// A time with its date only where it is another day than the job's.
fn clock(at: Instant, day: Instant) -> String {
    let format =
        if tokyo(at).date_naive() == tokyo(day).date_naive() { "%H:%M:%S" } else { "%-m/%-d %H:%M:%S" };
    tokyo(at).format(format).to_string()
}

pub(super) fn facts(facts: &[Fact], item: &Item, people: &Names, page: &Page) -> Vec<FactView> {
    let day = facts.first().map_or(item.job.created_at, |fact| fact.device_time);
    let fact = |fact: &Fact| {
        let off = (fact.received_at - fact.sent_at).num_seconds();
        let late = (fact.sent_at - fact.device_time).num_seconds();
        FactView {
            id: fact.id.0,
            who: name(people, fact.technician_id),
            what: page.code("fact", fact.what.code()),
            detail: detail(&fact.what, page),
            device: format!("{} #{}", fact.device.as_str(), fact.device_seq),
            device_time: clock(fact.device_time, day),
            received: clock(fact.received_at, day),
            off: (off.abs() >= OFF_S)
                .then(|| page.with("review-clock-off", "length", figures::length(off.abs()))),
            late: (late >= OFF_S).then(|| page.with("review-late", "length", figures::length(late))),
            is_doubtful: item.review.flags.iter().any(|flag| flag.fact_id == Some(fact.id)),
        }
    };
    facts.iter().map(fact).collect()
}

fn yen(amount: i64, page: &Page) -> String {
    page.yen(Yen(amount))
}

fn detail(what: &FactKind, page: &Page) -> String {
    match what {
        FactKind::WorkStart { work } => page.code("work", work),
        FactKind::Pause { reason } => page.code("pause", reason),
        FactKind::Part { name, quantity, unit_price_yen, .. } => {
            let quantity = quantity.quantity().value();
            format!("{} × {quantity} · {}", name.as_str(), yen(unit_price_yen.yen(), page))
        }
        FactKind::SpecialWork { code, price_yen, .. } => {
            format!("{} · {}", code.as_str(), yen(price_yen.yen(), page))
        }
        FactKind::Consent(consent) => {
            let answered = tokyo(consent.answered_at()).format("%H:%M:%S").to_string();
            page.with("review-answered", "time", answered)
        }
        FactKind::Payment(payment) => {
            let payer = page.code("payer", payment.payer);
            format!("{payer} · {}", yen(payment.amount_yen.yen(), page))
        }
        FactKind::Delay { arrival_at } => {
            page.with("review-new-arrival", "time", tokyo(*arrival_at).format("%H:%M").to_string())
        }
        FactKind::Completion { outcome, .. } => page.code("job-outcome", outcome),
        _ => String::new(),
    }
}

/// The correction in force, from which the form starts (G-18).
fn correction(item: &Item) -> Option<&Correction> {
    item.decisions.last().map(|decision| &decision.correction)
}

pub(super) fn parts(item: &Item, page: &Page) -> Vec<Part> {
    let is_left_out = |fact| correction(item).is_some_and(|one| one.disregard.contains(&fact));
    let parts = item.record.parts.iter().map(|part| Part {
        fact: part.fact_id.0,
        name: format!("{} × {}", part.name.as_str(), part.quantity.quantity().value()),
        price: yen(part.unit_price_yen.yen(), page),
        is_left_out: is_left_out(part.fact_id),
    });
    let works = item.record.special_works.iter().map(|work| Part {
        fact: work.fact_id.0,
        name: work.code.as_str().to_owned(),
        price: yen(work.price_yen.yen(), page),
        is_left_out: is_left_out(work.fact_id),
    });
    parts.chain(works).collect()
}

/// Who pays instead, and what is given back, by the decision in force.
pub(super) fn adjusted(item: &Item, page: &Page) -> Vec<Adjusted> {
    let Some(correction) = correction(item) else { return Vec::new() };
    let of = |of: Billed| match of {
        Billed::Overtime { payer } => {
            format!("{} ({})", page.code("line", "overtime"), page.code("payer", payer))
        }
        Billed::Item { fact_id } => {
            let part = parts(item, page).into_iter().find(|part| part.fact == fact_id.0);
            part.map_or_else(|| fact_id.to_string(), |part| part.name)
        }
    };
    let said = |field, json: serde_json::Value, text| Adjusted { field, said: json.to_string(), text };
    let moved = correction.payers.iter().map(|one| {
        let text = format!("{} → {}", of(one.of), page.code("payer", one.payer));
        said("payers", serde_json::json!({ "of": one.of, "payer": one.payer }), text)
    });
    let given_back = correction.goodwill.iter().map(|one| {
        let text = format!("{} −{}", of(one.of), page.yen(one.yen));
        said("goodwill", serde_json::json!({ "of": one.of, "yen": one.yen }), text)
    });
    moved.chain(given_back).collect()
}

pub(super) fn works(item: &Item, people: &Names, page: &Page) -> Vec<WorkView> {
    let day = item.job.created_at;
    let field = |at: Instant| tokyo(at).format("%Y-%m-%dT%H:%M:%S").to_string();
    let stretch = |from: Instant, to: Instant, kind: WorkKind| StretchView {
        from: clock(from, day),
        to: clock(to, day),
        from_field: field(from),
        to_field: field(to),
        length: figures::length((to - from).num_seconds()),
        kind,
    };
    let mut works: BTreeMap<TechnicianId, Vec<_>> = people.keys().map(|id| (*id, Vec::new())).collect();
    for work in item.record.work() {
        works.entry(work.technician_id).or_default().push(work);
    }
    let work = |(technician, spans): (TechnicianId, Vec<&crate::domain::facts::WorkSpan>)| {
        let total = spans.iter().map(|span| (span.to - span.from).num_seconds()).sum();
        let reported = || spans.iter().map(|span| stretch(span.from, span.to, span.work)).collect();
        let stated = correction(item)
            .and_then(|one| one.work.iter().find(|stated| stated.technician_id == technician));
        let in_force = stated
            .map(|stated| stated.stretches.iter().map(|one| stretch(one.from, one.to, one.work)).collect());
        WorkView {
            technician: technician.0,
            name: name(people, technician),
            total: page.with("review-total", "length", figures::length(total)),
            stretches: reported(),
            is_stated: in_force.is_some(),
            in_force: in_force.unwrap_or_else(reported),
        }
    };
    works.into_iter().map(work).collect()
}
