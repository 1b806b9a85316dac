//! Alarms, and their acknowledgement.

use axum::{Json, extract::State, http::StatusCode};
use garde::Validate;
use serde::Deserialize;

use crate::{
    app,
    domain::{
        alarms::{Alarm, AlarmState},
        ids::AlarmId,
    },
    http::{
        Service,
        extract::{Path, Query, Submit},
        headers::Key,
        reply::{Answer, Cursor, PAGE_MAX, Page, PageQuery, Versioned},
    },
};

/// Which alarms.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct AlarmQuery {
    /// Only alarms in this state.
    #[garde(skip)]
    state: Option<AlarmState>,
    /// Things on the page at most.
    #[garde(range(min = 1, max = PAGE_MAX))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next` of the page before.
    #[garde(skip)]
    #[param(value_type = Option<String>, min_length = 22, max_length = 22, pattern = "^[A-Za-z0-9_-]{22}$")]
    cursor: Option<Cursor>,
}

/// List alarms
#[utoipa::path(get, path = "/v1/alarms", tag = "dispatch", params(AlarmQuery),
    responses((status = 200, body = Page<Alarm>)))]
pub(super) async fn list(
    State(service): State<Service>,
    Query(filter): Query<AlarmQuery>,
) -> Answer<Json<Page<Alarm>>> {
    let page = PageQuery { limit: filter.limit, cursor: filter.cursor };
    let alarms = app::alarms::list(&service.ctx, filter.state, page.after(), page.fetch()).await?;
    Ok(Json(Page::new(&page, alarms, |alarm| alarm.id.0)))
}

/// Nothing more to say.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Acknowledgement {}

/// Acknowledge a ringing alarm
///
/// It keeps quiet for a while; it rings again when its cause goes on.
#[utoipa::path(post, path = "/v1/alarms/{id}/acknowledgement", tag = "dispatch", params(("id" = AlarmId, Path), Key),
    request_body = Acknowledgement, responses((status = 200, body = Alarm, headers(("ETag" = String)))))]
pub(super) async fn acknowledge(
    State(service): State<Service>,
    Path(id): Path<AlarmId>,
    Submit(command): Submit<Acknowledgement>,
) -> Answer<Versioned<Alarm>> {
    let alarm = app::alarms::acknowledge(&service.ctx, command.map(|_| id)).await?;
    Ok(Versioned(StatusCode::OK, alarm.version, alarm))
}
