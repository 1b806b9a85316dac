//! The ledger, the payments and the disputes of all jobs, newest first: to be looked at. Who must miss nothing pulls by
//! position.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    app::{self, billing::LineFilter},
    domain::{
        disputes::{Dispute, DisputeState},
        ids::JobId,
        ledger::{EntryKind, LedgerLine},
        payments::Payment,
        reference::programme::Payer,
    },
    http::{
        Service,
        extract::Query,
        reply::{Answer, Cursor, PAGE_MAX, Page, PageQuery},
    },
};

/// Which lines.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct LineQuery {
    /// Only of this kind.
    #[garde(skip)]
    kind: Option<EntryKind>,
    /// Only of this payer.
    #[garde(skip)]
    payer: Option<Payer>,
    /// Only of this job.
    #[garde(skip)]
    job_id: Option<JobId>,
    /// Settled from when.
    #[garde(inner(custom(super::instant)))]
    from: Option<DateTime<Utc>>,
    /// Settled until when; not included.
    #[garde(inner(custom(super::instant)))]
    to: Option<DateTime<Utc>>,
    /// Things on the page at most.
    #[garde(range(min = 1, max = PAGE_MAX))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next` of the page before.
    #[garde(skip)]
    #[param(value_type = Option<String>, min_length = 22, max_length = 22, pattern = "^[A-Za-z0-9_-]{22}$")]
    cursor: Option<Cursor>,
}

/// A line with what it is about.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct BilledLine {
    /// When it was settled.
    settled_at: DateTime<Utc>,
    /// The case's number, to be said on the telephone.
    case_number: String,
    /// What was done.
    job_code: String,
    /// Whose work it was.
    firm_name: String,
    /// Whether a later line takes it back.
    is_reversed: bool,
    /// The line.
    #[serde(flatten)]
    line: LedgerLine,
}

impl From<app::billing::Listed> for BilledLine {
    fn from(listed: app::billing::Listed) -> Self {
        Self {
            settled_at: listed.settled_at,
            case_number: listed.case_number,
            job_code: listed.job_code,
            firm_name: listed.firm_name,
            is_reversed: listed.is_reversed,
            line: listed.line,
        }
    }
}

/// Where a page that goes back in time begins.
fn before(page: &PageQuery) -> Option<Uuid> {
    Some(page.after()).filter(|id| !id.is_nil())
}

/// List ledger lines
///
/// Newest first, each with its proof sentence; lines that later ones take back are marked.
#[utoipa::path(get, path = "/v1/ledger-lines", tag = "billing", params(LineQuery),
    responses((status = 200, body = Page<BilledLine>)))]
pub(super) async fn lines(
    State(service): State<Service>,
    Query(query): Query<LineQuery>,
) -> Answer<Json<Page<BilledLine>>> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let filter = LineFilter {
        kind: query.kind,
        payer: query.payer,
        job_id: query.job_id,
        from: query.from.map(super::cut),
        to: query.to.map(super::cut),
    };
    let lines = app::billing::newest(&service.ctx, &filter, before(&page), page.fetch()).await?;
    Ok(Json(Page::new(&page, lines, |listed| listed.line.id.0)))
}

/// A payment with what it is about.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ListedPayment {
    /// The case's number.
    case_number: String,
    /// The payment.
    #[serde(flatten)]
    payment: Payment,
}

impl From<app::payments::Listed> for ListedPayment {
    fn from(listed: app::payments::Listed) -> Self {
        Self { case_number: listed.case_number, payment: listed.payment }
    }
}

/// List payments
///
/// Newest first.
#[utoipa::path(get, path = "/v1/payments", tag = "billing", params(PageQuery),
    responses((status = 200, body = Page<ListedPayment>)))]
pub(super) async fn payments(
    State(service): State<Service>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<ListedPayment>>> {
    let payments = app::payments::newest(&service.ctx, before(&page), page.fetch()).await?;
    Ok(Json(Page::new(&page, payments, |listed| listed.payment.id.0)))
}

/// Which disputes.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct DisputeQuery {
    /// Only disputes in this state.
    #[garde(skip)]
    state: Option<DisputeState>,
    /// Things on the page at most.
    #[garde(range(min = 1, max = PAGE_MAX))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next` of the page before.
    #[garde(skip)]
    #[param(value_type = Option<String>, min_length = 22, max_length = 22, pattern = "^[A-Za-z0-9_-]{22}$")]
    cursor: Option<Cursor>,
}

/// A dispute with what it is about.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ListedDispute {
    /// The case's number.
    case_number: String,
    /// Until when it is to be decided.
    decide_by: DateTime<Utc>,
    /// The dispute.
    #[serde(flatten)]
    dispute: Dispute,
}

impl From<app::disputes::Listed> for ListedDispute {
    fn from(listed: app::disputes::Listed) -> Self {
        Self {
            case_number: listed.case_number,
            decide_by: listed.dispute.decide_by(),
            dispute: listed.dispute,
        }
    }
}

/// List disputes
///
/// Newest first.
#[utoipa::path(get, path = "/v1/disputes", tag = "billing", params(DisputeQuery),
    responses((status = 200, body = Page<ListedDispute>)))]
pub(super) async fn disputes(
    State(service): State<Service>,
    Query(query): Query<DisputeQuery>,
) -> Answer<Json<Page<ListedDispute>>> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let disputes = app::disputes::newest(&service.ctx, query.state, before(&page), page.fetch()).await?;
    Ok(Json(Page::new(&page, disputes, |listed| listed.dispute.id.0)))
}
