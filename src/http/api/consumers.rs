//! Billing consumers, and the ledger as they pull it.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

use super::billing_csv::{self, Begin};
use crate::{
    app::{self, billing::LINES_PER_PAGE_MAX},
    domain::{
        consumers::{BillingAcknowledgement, Consumer},
        ids::ConsumerId,
        ledger::LedgerLine,
        payments::Payment,
    },
    http::{
        Service,
        extract::{Caller, Path, Plain, Query, Submit},
        headers::Key,
        reply::{Answer, Page, PageQuery, Versioned, accepts},
    },
};

/// Lines of a page when not said.
const LINES_DEFAULT: u16 = 100;

/// A billing consumer to be made.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewConsumer {
    /// Its name; no other has it.
    #[garde(length(chars, min = 1, max = 64), custom(super::text))]
    #[schema(min_length = 1, max_length = 64)]
    name: String,
}

/// Make a billing consumer
///
/// It begins before the first line there is. Issue a token of the role billing for it.
#[utoipa::path(post, path = "/v1/billing-consumers", tag = "billing", params(Key), request_body = NewConsumer,
    responses((status = 201, body = Consumer, headers(("ETag" = String)))))]
pub(super) async fn create(
    State(service): State<Service>,
    Submit(command): Submit<NewConsumer>,
) -> Answer<Versioned<Consumer>> {
    let consumer = app::consumers::create(&service.ctx, command.map(|body| body.name)).await?;
    Ok(Versioned(StatusCode::CREATED, consumer.version, consumer))
}

/// List billing consumers
#[utoipa::path(get, path = "/v1/billing-consumers", tag = "billing", params(PageQuery),
    responses((status = 200, body = Page<Consumer>)))]
pub(super) async fn list(
    State(service): State<Service>,
    Query(query): Query<PageQuery>,
) -> Answer<Json<Page<Consumer>>> {
    let consumers = app::consumers::list(&service.ctx, query.after(), query.fetch()).await?;
    Ok(Json(Page::new(&query, consumers, |consumer| consumer.id.0)))
}

/// Show a billing consumer
///
/// A billing token sees its own only.
#[utoipa::path(get, path = "/v1/billing-consumers/{id}", tag = "billing", params(("id" = ConsumerId, Path)),
    responses((status = 200, body = Consumer, headers(("ETag" = String)))))]
pub(super) async fn show(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<ConsumerId>,
) -> Answer<Versioned<Consumer>> {
    let consumer = app::consumers::find(&service.ctx, &actor, id).await?;
    Ok(Versioned(StatusCode::OK, consumer.version, consumer))
}

/// Which lines.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct LinesQuery {
    /// Lines on the page at most; the lines of one settlement are never torn apart, so the last one may exceed it.
    #[garde(range(min = 1, max = LINES_PER_PAGE_MAX))]
    #[param(minimum = 1, maximum = 500, default = 100)]
    limit: Option<u16>,
    /// Read on after this position without acknowledging; what is acknowledged, when absent.
    #[garde(range(min = 0))]
    #[param(minimum = 0)]
    after: Option<i64>,
    /// `csv`: a file for a spreadsheet, as with `Accept: text/csv`; `json` otherwise.
    #[garde(skip)]
    format: Option<LinesFormat>,
    /// As CSV only: begin with a byte-order mark, by which spreadsheets know UTF-8.
    #[garde(skip)]
    bom: Option<bool>,
    /// As CSV only: `whole` for everything after the position in one file, without a limit; `page` otherwise.
    #[garde(skip)]
    extent: Option<Extent>,
}

/// How much of the lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum Extent {
    /// One page.
    Page,
    /// All there is.
    Whole,
}

/// A form of the lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum LinesFormat {
    /// Data.
    Json,
    /// A file for a spreadsheet.
    Csv,
}

/// A line with its place in the feed.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct SettledLine {
    /// Position of its settlement in the feed.
    pos: i64,
    /// When it was settled.
    settled_at: DateTime<Utc>,
    /// The line.
    #[serde(flatten)]
    line: LedgerLine,
}

/// A payment with its place in the feed.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct RecordedPayment {
    /// Position of its event in the feed.
    pos: i64,
    /// Whether it is inside the `collected_yen` of lines: it was recorded before the job was first settled. Otherwise it
    /// stands beside the lines.
    in_lines: bool,
    /// The payment.
    #[serde(flatten)]
    payment: Payment,
}

/// Lines in the order they were settled, payments in the order they were recorded.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct SettledLines {
    /// The lines, whole settlements only.
    items: Vec<SettledLine>,
    /// The payments: what is still due of a job is the sum of its lines less all that was paid for it.
    payments: Vec<RecordedPayment>,
    /// Nothing up to this position is missing: read on with `after`, or acknowledge it once the lines are safe.
    pos: i64,
    /// Whether to read on at once.
    has_more: bool,
}

/// Where the page ends, as a header beside CSV.
const POSITION: HeaderName = HeaderName::from_static("x-position");
/// Whether to read on at once, as a header beside CSV.
const HAS_MORE: HeaderName = HeaderName::from_static("x-has-more");

/// Pull lines
///
/// The lines settled and the payments recorded after what is acknowledged, in the order of the feed: the same pull twice
/// gives the same, and nothing late is ever skipped. With `?format=csv` or `Accept: text/csv` the same page as CSV (RFC 4180), `pos` and
/// `has_more` in the headers `X-Position` and `X-Has-More`; with `extent=whole` all there is in one file instead, streamed. A
/// file that could not be read to its end is broken off, so that the transfer fails.
#[utoipa::path(get, path = "/v1/billing-consumers/{id}/lines", tag = "billing",
    params(("id" = ConsumerId, Path), LinesQuery),
    responses((status = 200, content((SettledLines = "application/json"), (String = "text/csv")))))]
pub(super) async fn lines(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<ConsumerId>,
    Query(query): Query<LinesQuery>,
    headers: HeaderMap,
) -> Answer<Response> {
    let limit = query.limit.unwrap_or(LINES_DEFAULT);
    let page = app::billing::pull(&service.ctx, &actor, id, query.after, limit).await?;
    let csv = match query.format {
        Some(format) => format == LinesFormat::Csv,
        None => accepts(&headers, "text/csv"),
    };
    if csv {
        let file = [
            (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"lines.csv\"")),
            (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present")),
        ];
        let begin = if query.bom == Some(true) { Begin::Marked } else { Begin::Plain };
        if query.extent == Some(Extent::Whole) {
            return Ok(
                (file, billing_csv::whole(begin, &page, (service.ctx, actor, id, limit))).into_response()
            );
        }
        let ends = [
            (POSITION, HeaderValue::from(page.pos)),
            (HAS_MORE, HeaderValue::from_static(if page.has_more { "true" } else { "false" })),
        ];
        return Ok((file, ends, billing_csv::page(begin, &page)).into_response());
    }
    let items = page.lines.into_iter().map(|pulled| SettledLine {
        pos: pulled.pos,
        settled_at: pulled.settled_at,
        line: pulled.line,
    });
    let payments = page.payments.into_iter().map(|pulled| RecordedPayment {
        pos: pulled.pos,
        in_lines: pulled.payment.settlement_id.is_none(),
        payment: pulled.payment,
    });
    let (items, payments) = (items.collect(), payments.collect());
    Ok(Json(SettledLines { items, payments, pos: page.pos, has_more: page.has_more }).into_response())
}

/// Up to where everything is safe.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AcknowledgedPos {
    /// A position as given by a pull.
    #[garde(range(min = 0))]
    #[schema(minimum = 0)]
    pos: i64,
}

/// Acknowledge lines
///
/// Forward only, and not beyond what there is. The same again changes nothing, so no Idempotency-Key is needed. The answer
/// carries the head of the log: kept, it proves later that nothing before it was written anew.
#[utoipa::path(post, path = "/v1/billing-consumers/{id}/acknowledgements", tag = "billing",
    params(("id" = ConsumerId, Path)), request_body = AcknowledgedPos,
    responses((status = 200, body = BillingAcknowledgement, headers(("ETag" = String)))))]
pub(super) async fn acknowledge(
    State(service): State<Service>,
    Path(id): Path<ConsumerId>,
    Plain(command): Plain<AcknowledgedPos>,
) -> Answer<Versioned<BillingAcknowledgement>> {
    let answer = app::consumers::acknowledge(&service.ctx, id, command.map(|body| body.pos)).await?;
    Ok(Versioned(StatusCode::OK, answer.consumer.version, answer))
}
