//! Technicians and where they are.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{
    app,
    domain::{
        firms::{OfficeKey, Standing, Technician},
        ids::{FirmId, TechnicianId},
        phone::Phone,
        place::{GeoPoint, Point},
        reference::JobCode,
        refusal::FieldError,
        roster::{Roster, ShiftText},
        tools::{OpeningAuthority, Tool},
        trade::Trade,
    },
    http::{
        Service,
        extract::{Caller, IfMatch, Path, Plain, Query, Submit},
        headers::{Key, Seen},
        reply::{Answer, Page, PageQuery, Versioned},
    },
};

/// What is said of a technician.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TechnicianProfile {
    /// Name as on the badge.
    #[garde(length(chars, min = 1, max = 100), custom(super::text))]
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// Telephone number.
    #[garde(skip)]
    phone: Phone,
    /// Where the technician starts from when no fresh position is known.
    #[garde(skip)]
    #[schema(value_type = GeoPoint)]
    base: Point,
    /// What the technician does.
    #[garde(length(min = 1, max = 10))]
    #[schema(min_items = 1, max_items = 10)]
    trades: Vec<Trade>,
    /// The only kinds of trouble the technician is sent for; every one of the trades, when none is said.
    #[garde(length(max = 50))]
    #[schema(max_items = 50)]
    #[serde(default)]
    job_codes: Vec<JobCode>,
    /// Tools carried that not everybody has.
    #[garde(length(max = 10))]
    #[schema(max_items = 10)]
    #[serde(default)]
    tools: Vec<Tool>,
    /// Whether tools for opening locks may be carried (S-07); not, when not said.
    #[garde(skip)]
    #[serde(default = "not_authorised")]
    opening_tools: OpeningAuthority,
    /// Number of the badge shown at the door.
    #[garde(inner(length(chars, min = 1, max = 40), custom(super::text)))]
    #[schema(min_length = 1, max_length = 40)]
    badge_number: Option<String>,
    /// What the office itself calls the technician; given by the office only.
    #[garde(skip)]
    key: Option<OfficeKey>,
    /// Languages spoken with residents (BCP 47).
    #[garde(length(max = 20), inner(length(chars, min = 2, max = 35)))]
    #[schema(max_items = 20)]
    #[serde(default)]
    languages: Vec<String>,
    /// Weekly shifts in Asia/Tokyo; one may end on the next day, as in `06:00+1`.
    #[garde(skip)]
    #[schema(value_type = Vec<ShiftText>, max_items = 50)]
    shifts: Roster,
    /// Whether the technician is in service; yes, when not said.
    #[garde(skip)]
    #[serde(default = "super::active")]
    state: Standing,
}

fn not_authorised() -> OpeningAuthority {
    OpeningAuthority::NotAuthorised
}

impl From<TechnicianProfile> for app::technicians::Profile {
    fn from(profile: TechnicianProfile) -> Self {
        Self {
            name: profile.name,
            phone: profile.phone,
            base: profile.base,
            trades: profile.trades,
            job_codes: profile.job_codes,
            tools: profile.tools,
            opening_tools: profile.opening_tools,
            badge_number: profile.badge_number,
            key: profile.key,
            languages: profile.languages,
            shifts: profile.shifts,
            state: profile.state,
        }
    }
}

/// Register a technician of a firm
///
/// A firm proposes: nobody is sent whom the office has not confirmed (G-10).
#[utoipa::path(post, path = "/v1/firms/{id}/technicians", tag = "firms", params(("id" = FirmId, Path), Key),
    request_body = TechnicianProfile,
    responses((status = 201, body = Technician, headers(("ETag" = String)))))]
pub(super) async fn register(
    State(service): State<Service>,
    Path(firm): Path<FirmId>,
    Submit(command): Submit<TechnicianProfile>,
) -> Answer<Versioned<Technician>> {
    let technician = app::technicians::register(&service.ctx, firm, command.map(Into::into)).await?;
    Ok(Versioned(StatusCode::CREATED, technician.version, technician))
}

/// List a firm's technicians
#[utoipa::path(get, path = "/v1/firms/{id}/technicians", tag = "firms", params(("id" = FirmId, Path), PageQuery),
    responses((status = 200, body = Page<Technician>)))]
pub(super) async fn list(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(firm): Path<FirmId>,
    Query(query): Query<PageQuery>,
) -> Answer<Json<Page<Technician>>> {
    let found = app::technicians::list(&service.ctx, &actor, firm, query.after(), query.fetch()).await?;
    Ok(Json(Page::new(&query, found, |technician| technician.id.0)))
}

/// Show a technician
#[utoipa::path(get, path = "/v1/technicians/{id}", tag = "firms", params(("id" = TechnicianId, Path)),
    responses((status = 200, body = Technician, headers(("ETag" = String)))))]
pub(super) async fn show(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<TechnicianId>,
) -> Answer<Versioned<Technician>> {
    let technician = app::technicians::find(&service.ctx, &actor, id).await?;
    Ok(Versioned(StatusCode::OK, technician.version, technician))
}

/// Change a technician
///
/// What a firm takes away, and its shifts, count at once; what it says besides waits for the office and stands in `proposed`.
#[utoipa::path(put, path = "/v1/technicians/{id}", tag = "firms", params(("id" = TechnicianId, Path), Seen),
    request_body = TechnicianProfile,
    responses((status = 200, body = Technician, headers(("ETag" = String)))))]
pub(super) async fn change(
    State(service): State<Service>,
    Path(id): Path<TechnicianId>,
    IfMatch(version): IfMatch,
    Plain(command): Plain<TechnicianProfile>,
) -> Answer<Versioned<Technician>> {
    let technician = app::technicians::change(&service.ctx, id, version, command.map(Into::into)).await?;
    Ok(Versioned(StatusCode::OK, technician.version, technician))
}

/// Positions, in one batch.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Positions {
    /// The positions.
    #[garde(length(min = 1, max = app::positions::BATCH_MAX), dive)]
    #[schema(min_items = 1, max_items = 1000)]
    positions: Vec<PositionReport>,
}

/// A position as a device reports it.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct PositionReport {
    /// Whose.
    #[garde(skip)]
    technician_id: TechnicianId,
    /// Where.
    #[garde(skip)]
    point: GeoPoint,
    /// How exact, in metres; worse than 3 km is no position (G-13).
    #[garde(range(min = 0, max = 1_000_000))]
    #[schema(minimum = 0, maximum = 1_000_000)]
    accuracy_m: Option<i64>,
    /// When the device measured it. Up to 2 minutes ahead of us it counts as measured on receipt; beyond that the clock of the
    /// device is wrong (G-13).
    #[garde(custom(super::instant))]
    measured_at: DateTime<Utc>,
}

/// A position that is none.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct RefusedPosition {
    /// Where it stands, as in `positions[3].accuracy_m`.
    field: String,
    /// Why it is none.
    message: String,
}

/// What was not recorded of a batch.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct PartlyRecorded {
    /// The positions that are none; the others are recorded.
    refused: Vec<RefusedPosition>,
}

/// Report positions
///
/// What is out of Japan, worse than 3 km or of a clock that runs ahead is no position (G-13): it is left out and told, and the
/// others of the batch are recorded; a batch of nothing else is refused. Of somebody who is not yours the whole batch is
/// refused. Older positions than known are ignored, so a repetition is harmless and no Idempotency-Key is needed.
#[utoipa::path(post, path = "/v1/positions", tag = "firms", request_body = Positions,
    responses((status = 204), (status = 200, body = PartlyRecorded, description = "Some of them are no positions")))]
pub(super) async fn report(
    State(service): State<Service>,
    Plain(command): Plain<Positions>,
) -> Answer<Response> {
    let reports = command.map(|body| {
        let report = |report: PositionReport| app::positions::Report {
            technician_id: report.technician_id,
            point: report.point,
            accuracy_m: report.accuracy_m,
            measured_at: super::cut(report.measured_at),
        };
        body.positions.into_iter().map(report).collect()
    });
    let refused = app::positions::record(&service.ctx, reports).await?;
    if refused.is_empty() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let refused = refused.into_iter();
    let refused = refused.map(|FieldError { field, message }| RefusedPosition { field, message }).collect();
    Ok(Json(PartlyRecorded { refused }).into_response())
}
