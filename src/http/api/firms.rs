//! Firms.

use axum::{Json, extract::State, http::StatusCode};
use garde::Validate;
use serde::Deserialize;

use crate::{
    app,
    domain::{
        firms::{Firm, Standing},
        ids::FirmId,
        phone::Phone,
        place::JisCode,
    },
    http::{
        Service,
        extract::{Caller, IfMatch, Path, Plain, Query, Submit},
        headers::{Key, Seen},
        reply::{Answer, Page, PageQuery, Versioned},
    },
};

/// What is said of a firm.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FirmProfile {
    /// Its name.
    #[garde(length(chars, min = 1, max = 100), custom(super::text))]
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// Its telephone number.
    #[garde(skip)]
    phone: Phone,
    /// Municipalities it serves: of a ward, or of a parent city and so of all its wards.
    #[garde(length(min = 1, max = app::firms::AREAS_MAX))]
    #[schema(min_items = 1, max_items = 2000)]
    areas: Vec<JisCode>,
    /// Whether it is in service; yes, when not said.
    #[garde(skip)]
    #[serde(default = "super::active")]
    state: Standing,
}

impl From<FirmProfile> for app::firms::Profile {
    fn from(profile: FirmProfile) -> Self {
        Self { name: profile.name, phone: profile.phone, areas: profile.areas, state: profile.state }
    }
}

/// Register a firm
#[utoipa::path(post, path = "/v1/firms", tag = "firms", params(Key), request_body = FirmProfile,
    responses((status = 201, body = Firm, headers(("ETag" = String)))))]
pub(super) async fn register(
    State(service): State<Service>,
    Submit(command): Submit<FirmProfile>,
) -> Answer<Versioned<Firm>> {
    let firm = app::firms::register(&service.ctx, command.map(Into::into)).await?;
    Ok(Versioned(StatusCode::CREATED, firm.version, firm))
}

/// List firms
#[utoipa::path(get, path = "/v1/firms", tag = "firms", params(PageQuery),
    responses((status = 200, body = Page<Firm>)))]
pub(super) async fn list(
    State(service): State<Service>,
    Caller(actor): Caller,
    Query(query): Query<PageQuery>,
) -> Answer<Json<Page<Firm>>> {
    let firms = app::firms::list(&service.ctx, &actor, query.after(), query.fetch()).await?;
    Ok(Json(Page::new(&query, firms, |firm| firm.id.0)))
}

/// Show a firm
#[utoipa::path(get, path = "/v1/firms/{id}", tag = "firms", params(("id" = FirmId, Path)),
    responses((status = 200, body = Firm, headers(("ETag" = String)))))]
pub(super) async fn show(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<FirmId>,
) -> Answer<Versioned<Firm>> {
    let firm = app::firms::find(&service.ctx, &actor, id).await?;
    Ok(Versioned(StatusCode::OK, firm.version, firm))
}

/// Change a firm
#[utoipa::path(put, path = "/v1/firms/{id}", tag = "firms", params(("id" = FirmId, Path), Seen),
    request_body = FirmProfile, responses((status = 200, body = Firm, headers(("ETag" = String)))))]
pub(super) async fn change(
    State(service): State<Service>,
    Path(id): Path<FirmId>,
    IfMatch(version): IfMatch,
    Plain(command): Plain<FirmProfile>,
) -> Answer<Versioned<Firm>> {
    let firm = app::firms::change(&service.ctx, id, version, command.map(Into::into)).await?;
    Ok(Versioned(StatusCode::OK, firm.version, firm))
}
