//! What is billed and why, what was paid, what is disputed, and how far each consumer has come.

mod filter;
mod job;

use askama::Template;
use axum::{Router, extract::State, routing::get};

use super::{
    figures,
    page::{Html, Page, Visitor},
    words,
};
use crate::{
    app::{
        self, Ctx,
        billing::{Behind, Listed},
    },
    domain::{
        consumers::Consumer,
        ids::{ConsumerId, JobId},
        ledger::EntryKind,
    },
    http::{Service, extract::Query, reply::Answer},
};
use filter::{Chip, Filter};

/// Lines of a page.
const LINES: i64 = 50;
/// Payments, disputes and consumers beside them.
const BESIDE: i64 = 20;

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/billing", get(show)).route("/billing/jobs/{id}", get(job::show))
}

#[derive(Template)]
#[template(path = "console/billing.html")]
struct View {
    page: Page,
    filter: Filter,
    kinds: Vec<Chip>,
    payers: Vec<Chip>,
    lines: Vec<LineView>,
    older: Option<String>,
    consumers: Vec<ConsumerView>,
    disputes: Vec<DisputeView>,
    payments: Vec<PaymentView>,
}

/// A line.
struct LineView {
    job: JobId,
    number: String,
    what: String,
    firm: String,
    settled: String,
    kind: EntryKind,
    kind_name: String,
    payer: String,
    amount: String,
    proof: String,
    rule: String,
    is_reversed: bool,
}

impl LineView {
    fn of(listed: &Listed, page: &Page, ctx: &Ctx) -> Self {
        let charge = &listed.line.charge;
        Self {
            job: listed.line.job_id,
            number: listed.case_number.clone(),
            what: words::job_code(&listed.job_code, page, &ctx.reference()),
            firm: listed.firm_name.clone(),
            settled: figures::minute(listed.settled_at),
            kind: charge.kind,
            kind_name: page.code("line", charge.kind),
            payer: page.code("payer", charge.payer),
            amount: page.yen(charge.amount_yen),
            proof: if page.is_japanese() { charge.text_ja.clone() } else { charge.text_en.clone() },
            rule: charge.rule.clone(),
            is_reversed: listed.is_reversed,
        }
    }
}

/// A consumer, and how far behind it is.
struct ConsumerView {
    id: ConsumerId,
    name: String,
    pos: i64,
    waiting: i64,
}

struct DisputeView {
    job: JobId,
    number: String,
    reason: String,
    payer: String,
    opened: String,
}

struct PaymentView {
    job: JobId,
    number: String,
    kind: String,
    method: String,
    amount: String,
    received: String,
}

async fn show(
    State(service): State<Service>,
    page: Page,
    visitor: Visitor,
    Query(filter): Query<Filter>,
) -> Answer<Html<View>> {
    let ctx = &service.ctx;
    let (lines, sizes) = (filter.lines(), (LINES + 1, BESIDE));
    let office = app::billing::office(ctx, &visitor.actor, &lines, filter.before, sizes).await?;
    let mut listed = office.lines;
    let more = i64::try_from(listed.len()).is_ok_and(|count| count > LINES);
    listed.truncate(usize::try_from(LINES).unwrap_or_default());
    let last = listed.last().map(|line| line.line.id.0).filter(|_| more);
    let disputes = office.disputes.into_iter().map(|one| DisputeView {
        job: one.dispute.job_id,
        number: one.case_number,
        reason: page.code("dispute-reason", one.dispute.reason),
        payer: page.code("payer", one.dispute.payer),
        opened: figures::minute(one.dispute.opened_at),
    });
    let payments = office.payments.into_iter().map(|one| PaymentView {
        job: one.payment.job_id,
        number: one.case_number,
        kind: page.code("payment-kind", one.payment.kind),
        method: page.code("payment-method", one.payment.method),
        amount: page.yen(one.payment.amount_yen),
        received: figures::minute(one.payment.received_at),
    });
    Ok(Html(View {
        lines: listed.iter().map(|one| LineView::of(one, &page, ctx)).collect(),
        older: last.map(|id| filter.older(id)),
        kinds: filter.kinds(&page),
        payers: filter.payers(&page),
        consumers: office.consumers.into_iter().map(ConsumerView::of).collect(),
        disputes: disputes.collect(),
        payments: payments.collect(),
        filter,
        page,
    }))
}

impl ConsumerView {
    fn of(behind: Behind) -> Self {
        let Consumer { id, name, acknowledged_pos, .. } = behind.consumer;
        Self { id, name, pos: acknowledged_pos, waiting: behind.waiting }
    }
}
