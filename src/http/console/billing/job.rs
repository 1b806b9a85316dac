//! The bill of one job: its lines, what was paid, what is disputed.

use askama::Template;
use axum::extract::State;

use super::{LineView, Page, figures, words};
use crate::{
    app::{self, billing::LineFilter},
    domain::{
        disputes::ToldDispute,
        ids::JobId,
        money::Yen,
        payments::{PAYMENT_YEN_MAX, Payment, PaymentDoubt, PaymentKind, PaymentMethod, collected},
        reference::programme::Payer,
        reviews::{DecisionDoubt, DecisionReason},
        span::tokyo,
    },
    http::{Service, console::page::Html, extract::Path, problem::Problem, reply::Answer},
};

/// Lines of a job on the page at most.
const LINES_MAX: i64 = 500;

#[derive(Template)]
#[template(path = "console/billing_job.html")]
pub(super) struct View {
    page: Page,
    job: JobId,
    number: String,
    what: String,
    lines: Vec<LineView>,
    total: String,
    paid: String,
    due: String,
    payments: Vec<PaymentRow>,
    disputes: Vec<DisputeRow>,
    kinds: &'static [PaymentKind],
    methods: &'static [PaymentMethod],
    payers: &'static [Payer],
    doubts: &'static [PaymentDoubt],
    confirmable: &'static [DecisionDoubt],
    decision_reasons: Vec<(DecisionReason, String)>,
    amount_max: i64,
    now: String,
    may_resolve: bool,
    may_print: bool,
}

struct PaymentRow {
    kind: String,
    method: String,
    payer: String,
    amount: String,
    received: String,
    reference: Option<String>,
    from_site: bool,
}

struct DisputeRow {
    id: String,
    number: i64,
    reason: String,
    payer: String,
    opened: String,
    note: Option<String>,
    state: &'static str,
    state_name: String,
    outcome: Option<String>,
}

fn payment(payment: &Payment, page: &Page) -> PaymentRow {
    PaymentRow {
        kind: page.code("payment-kind", payment.kind),
        method: page.code("payment-method", payment.method),
        payer: page.code("payer", payment.payer),
        amount: page.yen(payment.amount_yen),
        received: figures::minute(payment.received_at),
        reference: payment.reference.clone(),
        from_site: payment.fact_id.is_some(),
    }
}

fn dispute(told: &ToldDispute, page: &Page) -> DisputeRow {
    let dispute = &told.dispute;
    DisputeRow {
        id: dispute.id.to_string(),
        number: dispute.number,
        reason: page.code("dispute-reason", dispute.reason),
        payer: page.code("payer", dispute.payer),
        opened: figures::minute(dispute.opened_at),
        note: told.note.clone(),
        state: dispute.state.as_str(),
        state_name: page.code("dispute-state", dispute.state),
        outcome: dispute.resolution.as_ref().map(|one| {
            let outcome = page.code("dispute-outcome", one.outcome);
            format!("{outcome} · {}", figures::minute(one.resolved_at))
        }),
    }
}

pub(super) async fn show(
    State(service): State<Service>,
    page: Page,
    Path(id): Path<JobId>,
) -> Answer<Html<View>> {
    let ctx = &service.ctx;
    let filter = LineFilter { job_id: Some(id), ..LineFilter::default() };
    let mut listed = app::billing::newest(ctx, &filter, None, LINES_MAX).await?;
    listed.reverse();
    let payments = app::payments::of_job(ctx, id).await?;
    let disputes = app::disputes::of_job(ctx, id).await?;
    let first = listed.first().cloned().ok_or_else(|| Problem::from(app::Error::NotFound("bill")))?;
    let total: Yen = listed.iter().map(|one| one.line.charge.amount_yen).sum();
    let paid = collected(&payments);
    let words = |reason: DecisionReason| {
        let (ja, en) = reason.words();
        if page.is_japanese() { ja } else { en }.to_owned()
    };
    Ok(Html(View {
        job: id,
        number: first.case_number.clone(),
        what: words::job_code(&first.job_code, &page, &ctx.reference()),
        lines: listed.iter().map(|one| LineView::of(one, &page, ctx)).collect(),
        total: page.yen(total),
        paid: page.yen(paid),
        due: page.yen(Yen(total.0 - paid.0)),
        payments: payments.iter().map(|one| payment(one, &page)).collect(),
        disputes: disputes.iter().map(|one| dispute(one, &page)).collect(),
        kinds: PaymentKind::ALL,
        methods: PaymentMethod::ALL,
        payers: Payer::ALL,
        doubts: PaymentDoubt::ALL,
        confirmable: DecisionDoubt::ALL,
        decision_reasons: DecisionReason::ALL.iter().map(|&reason| (reason, words(reason))).collect(),
        amount_max: PAYMENT_YEN_MAX,
        now: tokyo(ctx.now()).format("%Y-%m-%dT%H:%M").to_string(),
        may_resolve: page.may_post("/v1/disputes/{id}/resolution"),
        may_print: page.may_get("/v1/jobs/{id}/statement"),
        page,
    }))
}
