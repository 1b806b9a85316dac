//! The Board: every unfinished job by urgency and age, with the clock that matters now, and the alarms. It is read
//! anew row by row as things change.

mod filter;
mod head;
mod row;

use askama::Template;
use axum::{
    Router,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use garde::Validate;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    forms::Submitted,
    guard::HX_REQUEST,
    page::{Html, Page, go_to, own_path},
};
use crate::{
    app::{self, queue},
    domain::ids::AlarmId,
    http::{
        Service,
        extract::{Path, Query},
        reply::Answer,
    },
};
use filter::{Chip, Filter};
use head::HeadView;
use row::RowView;
pub(super) use row::{ClockView, clock_view};

/// Rows read anew in one request at most; a page that has missed more is read whole.
const ROWS_MAX: usize = 50;

pub(super) fn routes() -> Router<Service> {
    Router::new()
        .route("/", get(show))
        .route("/board/rows", get(rows))
        .route("/board/head", get(head))
        .route("/board/alarms/{id}/acknowledgement", post(acknowledge))
}

#[derive(Template)]
#[template(path = "console/board.html")]
struct Board {
    page: Page,
    /// The feed's position before the rows were read: what came later is told.
    pos: i64,
    head: HeadView,
    filter: Filter,
    chips: Vec<Chip>,
    rows: Vec<RowView>,
    more: bool,
}

async fn show(
    State(service): State<Service>,
    page: Page,
    Query(filter): Query<Filter>,
) -> Answer<Html<Board>> {
    let desk = queue::desk(&service.ctx).await?;
    let more = desk.jobs.len() >= usize::try_from(queue::ENTRIES_MAX).unwrap_or(usize::MAX);
    let head = HeadView::of(&desk, &filter, &page);
    let shown = desk.jobs.iter().filter(|job| filter.matches(job));
    let rows = shown.map(|job| RowView::of(job, &page, &service.ctx.reference())).collect();
    let chips = filter.chips(&page);
    Ok(Html(Board { pos: desk.pos, head, chips, filter, rows, more, page }))
}

/// Which rows.
#[derive(Debug, Deserialize, Validate)]
struct Wanted {
    /// Their jobs, comma-separated.
    #[garde(length(max = 2000))]
    ids: String,
}

#[derive(Template)]
#[template(path = "console/board_rows.html")]
struct Rows {
    page: Page,
    rows: Vec<RowView>,
}

/// The rows of some jobs, as far as the filter shows them: a job without a row here has none on the page any more.
async fn rows(
    State(service): State<Service>,
    page: Page,
    Query(filter): Query<Filter>,
    Query(wanted): Query<Wanted>,
) -> Answer<Html<Rows>> {
    let ids: Vec<Uuid> = wanted.ids.split(',').filter_map(|id| id.parse().ok()).take(ROWS_MAX).collect();
    let desk = queue::desk(&service.ctx).await?;
    let shown = desk.jobs.iter().filter(|job| ids.contains(&job.entry.job_id.0) && filter.matches(job));
    let rows = shown.map(|job| RowView::of(job, &page, &service.ctx.reference())).collect();
    Ok(Html(Rows { page, rows }))
}

#[derive(Template)]
#[template(path = "console/board_head.html")]
struct HeadPart {
    page: Page,
    head: HeadView,
}

/// The figures and the alarms.
async fn head(
    State(service): State<Service>,
    page: Page,
    Query(filter): Query<Filter>,
) -> Answer<Html<HeadPart>> {
    let desk = queue::desk(&service.ctx).await?;
    let head = HeadView::of(&desk, &filter, &page);
    Ok(Html(HeadPart { page, head }))
}

/// An acknowledgement.
#[derive(Debug, Deserialize, Validate)]
struct Acknowledgement {
    /// The page to go back to.
    #[garde(length(max = 500))]
    to: Option<String>,
}

async fn acknowledge(
    State(service): State<Service>,
    page: Page,
    headers: HeaderMap,
    Path(id): Path<AlarmId>,
    Query(filter): Query<Filter>,
    Submitted(command): Submitted<Acknowledgement>,
) -> Answer<Response> {
    let to = own_path(command.body.to.as_deref()).to_owned();
    app::alarms::acknowledge(&service.ctx, command.map(|_| id)).await?;
    if !headers.contains_key(HX_REQUEST) {
        return Ok(go_to(&to));
    }
    let desk = queue::desk(&service.ctx).await?;
    let head = HeadView::of(&desk, &filter, &page);
    Ok(Html(HeadPart { page, head }).into_response())
}
