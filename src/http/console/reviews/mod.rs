//! The review queue: what is doubtful about a job, what was reported, and what each decision would cost.

mod record;

use askama::Template;
use axum::{Router, extract::State, routing::get};
use garde::Validate;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    figures,
    page::{Html, Page},
    words,
};
use crate::{
    app::{self, reviews::Item},
    domain::{
        charging::WorkKind,
        disputes::{DisputeState, ToldDispute},
        ids::ReviewId,
        money::Yen,
        reviews::{Decision, DecisionDoubt, DecisionReason, ReviewState, Ruling, flag_words},
    },
    http::{
        Service,
        extract::{Path, Query},
        reply::Answer,
    },
};
use record::{Adjusted, DoubtView, FactView, Names, Part, WorkView};

/// Reviews on the page at most; the oldest are first.
const REVIEWS_MAX: i64 = 100;
/// Facts of a job on the page at most.
const FACTS_MAX: usize = 1_000;

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/reviews", get(list)).route("/reviews/{id}", get(show))
}

/// Which reviews.
#[derive(Debug, Clone, Copy, Deserialize, Validate)]
struct Filter {
    #[garde(skip)]
    state: Option<ReviewState>,
}

/// A switch beside the list.
struct Chip {
    name: String,
    path: String,
    on: bool,
}

#[derive(Template)]
#[template(path = "console/reviews.html")]
struct List {
    page: Page,
    chips: Vec<Chip>,
    rows: Vec<Row>,
    is_open: bool,
    more: bool,
}

struct Row {
    id: ReviewId,
    number: String,
    what: String,
    doubts: Vec<String>,
    state: ReviewState,
    opened_ms: i64,
    opened: String,
    billed: String,
    accepted: String,
}

fn amount(yen: Option<Yen>, page: &Page) -> String {
    yen.map_or_else(|| page.text("reviews-too-much"), |yen| page.yen(yen))
}

fn words(pair: (&'static str, &'static str), page: &Page) -> String {
    if page.is_japanese() { pair.0 } else { pair.1 }.to_owned()
}

async fn list(
    State(service): State<Service>,
    page: Page,
    Query(filter): Query<Filter>,
) -> Answer<Html<List>> {
    let ctx = &service.ctx;
    let state = filter.state.unwrap_or(ReviewState::Open);
    let items = app::reviews::list(ctx, Some(state), Uuid::nil(), REVIEWS_MAX).await?;
    let chips = ReviewState::ALL.iter().map(|&one| Chip {
        name: page.code("review-state", one),
        path: format!("/reviews?state={one}"),
        on: one == state,
    });
    let reference = ctx.reference();
    let row = |item: &Item| {
        let mut codes: Vec<_> = item.review.flags.iter().map(|flag| flag.code).collect();
        codes.sort_unstable();
        codes.dedup();
        Row {
            id: item.review.id,
            number: item.case_number.clone(),
            what: words::job_code(&item.job.job_code, &page, &reference),
            doubts: codes.into_iter().map(|code| words(flag_words(code), &page)).collect(),
            state: item.review.state,
            opened_ms: item.review.opened_at.timestamp_millis(),
            opened: figures::minute(item.review.opened_at),
            billed: amount(Some(item.figures.billed_yen), &page),
            accepted: amount(item.figures.accepted_yen, &page),
        }
    };
    let more = i64::try_from(items.len()).is_ok_and(|count| count >= REVIEWS_MAX);
    let rows = items.iter().map(row).collect();
    Ok(Html(List { chips: chips.collect(), rows, is_open: state == ReviewState::Open, more, page }))
}

#[derive(Template)]
#[template(path = "console/review.html")]
struct View {
    page: Page,
    id: ReviewId,
    version: i64,
    number: String,
    what: String,
    state: ReviewState,
    job: Uuid,
    opened: String,
    closed: Option<String>,
    doubts: Vec<DoubtView>,
    billed: String,
    decided: String,
    facts: Vec<FactView>,
    parts: Vec<Part>,
    adjusted: Vec<Adjusted>,
    works: Vec<WorkView>,
    kinds: &'static [WorkKind],
    decisions: Vec<DecisionView>,
    disputes: Vec<DisputeView>,
    rulings: Vec<(Ruling, String, String)>,
    reasons: Vec<(DecisionReason, String)>,
    confirmable: &'static [DecisionDoubt],
    may_decide: bool,
    is_over: bool,
}

struct DecisionView {
    number: i64,
    ruling: String,
    reason: String,
    at: String,
}

fn decision(decision: &Decision, page: &Page) -> DecisionView {
    DecisionView {
        number: decision.number,
        ruling: words(decision.ruling.words(), page),
        reason: words(decision.reason.words(), page),
        at: figures::minute(decision.decided_at),
    }
}

/// What somebody who is to pay does not agree with, in their own words.
struct DisputeView {
    number: i64,
    reason: String,
    payer: String,
    at: String,
    state: DisputeState,
    note: Option<String>,
}

fn dispute(told: ToldDispute, page: &Page) -> DisputeView {
    let ToldDispute { dispute, note } = told;
    DisputeView {
        number: dispute.number,
        reason: page.code("dispute-reason", dispute.reason),
        payer: page.code("payer", dispute.payer),
        at: figures::minute(dispute.opened_at),
        state: dispute.state,
        note,
    }
}

async fn show(State(service): State<Service>, page: Page, Path(id): Path<ReviewId>) -> Answer<Html<View>> {
    let ctx = &service.ctx;
    let app::reviews::ReviewPage { item, mut facts, disputes, names } = app::reviews::page(ctx, id).await?;
    facts.truncate(FACTS_MAX);
    let people: Names = names.into_iter().map(|(id, (technician, _))| (id, technician)).collect();
    facts.sort_by_key(|fact| (fact.device_time, fact.received_at, fact.device_seq, fact.id));
    let reference = ctx.reference();
    let is_decided = !item.decisions.is_empty();
    let rulings = Ruling::ALL.iter().map(|&ruling| match ruling {
        // What starts from a decision in force is another thing than what starts from the record.
        Ruling::Accept if is_decided => {
            (ruling, page.text("ruling-accept-decided"), page.text("ruling-help-accept"))
        }
        Ruling::Correct if is_decided => {
            (ruling, words(ruling.words(), &page), page.text("ruling-help-correct-decided"))
        }
        _ => (ruling, words(ruling.words(), &page), page.text(&format!("ruling-help-{ruling}"))),
    });
    let reasons = DecisionReason::ALL.iter().map(|&reason| (reason, words(reason.words(), &page)));
    Ok(Html(View {
        id,
        version: item.review.version,
        number: item.case_number.clone(),
        what: words::job_code(&item.job.job_code, &page, &reference),
        state: item.review.state,
        job: item.job.id.0,
        opened: figures::minute(item.review.opened_at),
        closed: item.review.closed_at.map(figures::minute),
        doubts: record::doubts(&item, &facts, &people, &page),
        billed: amount(Some(item.figures.billed_yen), &page),
        decided: amount(item.figures.decided_yen, &page),
        facts: record::facts(&facts, &item, &people, &page),
        parts: record::parts(&item, &page),
        adjusted: record::adjusted(&item, &page),
        works: record::works(&item, &people, &page),
        kinds: WorkKind::ALL,
        decisions: item.decisions.iter().map(|one| decision(one, &page)).collect(),
        disputes: disputes.into_iter().map(|told| dispute(told, &page)).collect(),
        rulings: rulings.collect(),
        reasons: reasons.collect(),
        confirmable: DecisionDoubt::ALL,
        may_decide: page.may_post("/v1/reviews/{id}/decision"),
        is_over: item.review.state == ReviewState::Gone,
        page,
    }))
}
