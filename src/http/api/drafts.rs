//! Drafts of calls.

use axum::{extract::State, http::StatusCode};
use garde::Validate;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{
    app::{self, drafts::Draft},
    domain::ids::CallId,
    http::{
        Service,
        extract::{IfSeen, Path, Plain},
        headers::SeenIfAny,
        reply::{Answer, Versioned},
    },
};

/// What was typed so far: any object, up to 64 kB.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(transparent)]
pub(super) struct DraftBody {
    #[garde(skip)]
    #[schema(value_type = Object)]
    body: Map<String, Value>,
}

/// Save a draft
///
/// The first one without If-Match, every further one with it. Gone once there is a case.
#[utoipa::path(put, path = "/v1/calls/{id}/draft", tag = "intake", params(("id" = CallId, Path), SeenIfAny),
    request_body = DraftBody, responses((status = 200, body = Draft, headers(("ETag" = String)))))]
pub(super) async fn save(
    State(service): State<Service>,
    Path(id): Path<CallId>,
    IfSeen(version): IfSeen,
    Plain(command): Plain<DraftBody>,
) -> Answer<Versioned<Draft>> {
    let draft = app::drafts::save(&service.ctx, id, version, command.map(|body| body.body)).await?;
    Ok(Versioned(StatusCode::OK, draft.version, draft))
}

/// Show a draft
#[utoipa::path(get, path = "/v1/calls/{id}/draft", tag = "intake", params(("id" = CallId, Path)),
    responses((status = 200, body = Draft, headers(("ETag" = String)))))]
pub(super) async fn show(State(service): State<Service>, Path(id): Path<CallId>) -> Answer<Versioned<Draft>> {
    let draft = app::drafts::find(&service.ctx, id).await?;
    Ok(Versioned(StatusCode::OK, draft.version, draft))
}
