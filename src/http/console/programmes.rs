//! The programmes' terms as they are in force, from the data the service decides by.

use askama::Template;
use axum::{Router, extract::State, routing::get};
use toml::Value;

use super::{
    figures,
    page::{Html, Page},
};
use crate::{
    app,
    domain::{
        known::Known,
        reference::{CallOut, Reference},
        span::tokyo,
    },
    http::{Service, reply::Answer},
};

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/programmes", get(show))
}

#[derive(Template)]
#[template(path = "console/programmes.html")]
struct View {
    page: Page,
    id: String,
    name: String,
    from: String,
    is_running: bool,
    sections: Vec<Section>,
    covers: Vec<CoverView>,
    versions: Vec<VersionView>,
}

/// Terms that belong together.
struct Section {
    title: String,
    terms: Vec<Term>,
}

/// One term: what, how, and the rule behind it.
struct Term {
    name: String,
    values: Vec<String>,
    rule: &'static str,
}

/// A cover as it stands in its file.
struct CoverView {
    id: String,
    name: String,
    sections: Vec<(String, Vec<(String, String)>)>,
}

struct VersionView {
    dataset: String,
    version: i64,
    from: String,
}

async fn show(State(service): State<Service>, page: Page) -> Answer<Html<View>> {
    let ctx = &service.ctx;
    let reference = ctx.reference();
    let call_out = reference.call_out();
    let versions = app::programmes::history(ctx).await?.into_iter().map(|one| VersionView {
        dataset: one.dataset,
        version: one.version,
        from: figures::minute(one.in_force_from),
    });
    Ok(Html(View {
        id: call_out.id.to_string(),
        name: if page.is_japanese() { call_out.name_ja.clone() } else { call_out.name_en.clone() },
        from: call_out.service_start.to_string(),
        is_running: call_out.is_in_service(tokyo(ctx.now()).date_naive()),
        sections: sections(call_out, &page),
        covers: covers(&reference, &page),
        versions: versions.collect(),
        page,
    }))
}

fn sections(call_out: &CallOut, page: &Page) -> Vec<Section> {
    let sponsor = if page.is_japanese() { &call_out.sponsor_ja } else { &call_out.sponsor_en };
    let who = if page.is_japanese() { &call_out.eligibility.who_ja } else { &call_out.eligibility.who_en };
    let one = |key: &str, value: String, rule| Term { name: page.text(key), values: vec![value], rule };
    let general = vec![
        one("programme-sponsor", sponsor.clone(), ""),
        one("programme-funding", call_out.funding_ja.clone(), ""),
        one("programme-start", call_out.service_start.to_string(), "E-04"),
        one("programme-who", who.clone(), "E-01"),
        one("programme-family", page.code("yes-no", call_out.eligibility.family_members_covered), "E-02"),
        one("programme-host", page.code("yes-no", call_out.eligibility.host_company_covered), "E-02"),
        Term {
            name: page.text("programme-categories"),
            values: call_out.categories.iter().map(|category| category.ja.clone()).collect(),
            rule: "K-01",
        },
    ];
    vec![
        Section { title: page.text("programme-general"), terms: general },
        Section { title: page.text("programme-charging"), terms: charging(call_out, page) },
        Section { title: page.text("programme-liability"), terms: liability(call_out, page) },
        Section {
            title: page.text("programme-referral"),
            terms: vec![one("programme-referral-printed", call_out.referral.seed_ja.clone(), "R-01")],
        },
        Section {
            title: page.text("programme-sharing"),
            terms: vec![
                one("programme-shared", call_out.data_sharing.shared_ja.clone(), "D-01"),
                one("programme-purpose", call_out.data_sharing.purpose_ja.clone(), "D-02"),
            ],
        },
    ]
}

fn charging(call_out: &CallOut, page: &Page) -> Vec<Term> {
    let terms = &call_out.charging;
    let policy = &terms.policy;
    let minutes = |minutes: u32| page.with("amount-minutes", "amount", minutes);
    let one = |key: &str, value: String, rule| Term { name: page.text(key), values: vec![value], rule };
    vec![
        Term { name: page.text("terms-free"), values: terms.free_items_ja.clone(), rule: "C-01" },
        one("terms-free-minutes", minutes(terms.free_minutes), "C-01"),
        Term { name: page.text("terms-chargeable"), values: terms.chargeable_items_ja.clone(), rule: "C-02" },
        one("terms-unit", minutes(terms.overtime_unit_minutes), "C-02"),
        one("terms-unit-price", page.yen(terms.overtime_unit_price_incl_tax), "C-02"),
        one("terms-rounding", page.code("overtime-rounding", policy.overtime_rounding), "C-08"),
        one("terms-grace", page.with("amount-seconds", "amount", policy.grace_seconds), "C-09"),
        one("terms-scope", page.code("allowance-scope", policy.allowance_scope), "C-15"),
        one("terms-crew", page.code("crew-time", policy.crew_time), "C-16"),
        one("terms-pauses", page.code("yes-no", policy.pauses_count), "C-11"),
        one("terms-special", page.code("yes-no", policy.special_work_consumes_allowance), "C-13"),
        one("terms-rework", page.code("yes-no", policy.rework_consumes_allowance), "C-14"),
        one("terms-consent", page.code("yes-no", policy.require_consent_before_charge), "C-18"),
        one("terms-overrun", page.code("overrun", policy.unconsented_overrun), "C-20"),
        one("terms-payer", page.code("payer", policy.default_payer), "C-22"),
        Term {
            name: page.text("terms-payers"),
            values: policy.allowed_payers.iter().map(|payer| page.code("payer", payer)).collect(),
            rule: "C-23",
        },
        one("terms-cancellation", page.yen(policy.cancellation_fee), "C-25"),
        one("terms-tax", format!("{} %", terms.tax_rate_percent), "C-27"),
        one("terms-document", page.yen(policy.statutory_document_threshold_cash), "Y-12"),
    ]
}

fn liability(call_out: &CallOut, page: &Page) -> Vec<Term> {
    let cover = &call_out.liability;
    let one = |key: &str, value: String, rule| Term { name: page.text(key), values: vec![value], rule };
    let deductible = match &cover.deductible_yen {
        Known::Known(amount) => page.yen(*amount),
        Known::Unspecified => page.text("unspecified"),
    };
    let notice = match &cover.notice_deadline {
        Known::Known(text) => text.clone(),
        Known::Unspecified => page.text("unspecified"),
    };
    vec![
        one("terms-cover", cover.cover_ja.clone(), "P-01"),
        one("terms-limit", page.yen(cover.limit_yen), "P-02"),
        one("terms-deductible", deductible, "P-06"),
        one("terms-notice", notice, "P-06"),
        Term {
            name: page.text("terms-exclusions"),
            values: cover.exclusions.iter().map(|exclusion| exclusion.ja.clone()).collect(),
            rule: "P-03",
        },
    ]
}

fn covers(reference: &Reference, page: &Page) -> Vec<CoverView> {
    let view = |cover: &crate::domain::reference::programme::Cover| CoverView {
        id: cover.id.to_string(),
        name: match &cover.name_en {
            Some(name) if !page.is_japanese() => name.clone(),
            _ => cover.name_ja.clone(),
        },
        sections: cover
            .extra
            .iter()
            .map(|(section, value)| {
                let mut rows = Vec::new();
                flatten("", value, page, &mut rows);
                (section.clone(), rows)
            })
            .collect(),
    };
    reference.covers().iter().map(view).collect()
}

/// A section as rows: the way to each value, and the value.
fn flatten(path: &str, value: &Value, page: &Page, rows: &mut Vec<(String, String)>) {
    match value {
        Value::Table(entries) => {
            for (key, entry) in entries {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                flatten(&path, entry, page, rows);
            }
        }
        Value::Array(items) if items.iter().any(|item| item.is_table() || item.is_array()) => {
            for (at, item) in (1..).zip(items) {
                flatten(&format!("{path}[{at}]"), item, page, rows);
            }
        }
        Value::Array(items) => {
            let texts: Vec<_> = items.iter().map(|item| plain(item, page)).collect();
            rows.push((path.to_owned(), texts.join(" / ")));
        }
        other => rows.push((path.to_owned(), plain(other, page))),
    }
}

fn plain(value: &Value, page: &Page) -> String {
    match value {
        Value::String(text) if text == "unspecified" => page.text("unspecified"),
        Value::String(text) => text.clone(),
        Value::Integer(number) => figures::thousands(*number),
        Value::Boolean(yes) => page.code("yes-no", yes),
        other => other.to_string(),
    }
}
