//! Dated entries of technicians' rosters.

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::Deserialize;

use crate::{
    app::{self, Command},
    domain::{
        ids::{ShiftEntryId, TechnicianId},
        roster::{duty::ShiftEntryKind, entries::ShiftEntry},
    },
    http::{
        Service,
        extract::{Caller, IfMatch, Path, Query, Submit},
        headers::{Key, Seen},
        reply::{Answer, Page, PageQuery, Versioned},
    },
};

/// An entry to be made.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewShiftEntry {
    /// `on_call`: asked when somebody is needed; `extra_shift`: a shift besides the weekly ones; `day_off`: a day off
    /// or an absence, which takes everything else away.
    #[garde(skip)]
    kind: ShiftEntryKind,
    /// From when; a whole minute.
    #[garde(custom(super::instant))]
    starts_at: DateTime<Utc>,
    /// Until when, not included; a whole minute, at most 31 days later.
    #[garde(custom(super::instant))]
    ends_at: DateTime<Utc>,
}

/// Make a dated entry in a technician's roster
///
/// Two entries of one kind never overlap. A day off takes away shifts, extra shifts and on-call time while it lasts.
#[utoipa::path(post, path = "/v1/technicians/{id}/shift-entries", tag = "firms",
    params(("id" = TechnicianId, Path), Key), request_body = NewShiftEntry,
    responses((status = 201, body = ShiftEntry, headers(("ETag" = String)))))]
pub(super) async fn make(
    State(service): State<Service>,
    Path(technician): Path<TechnicianId>,
    Submit(command): Submit<NewShiftEntry>,
) -> Answer<Versioned<ShiftEntry>> {
    let command = command.map(|body| app::shift_entries::New {
        kind: body.kind,
        starts_at: body.starts_at,
        ends_at: body.ends_at,
    });
    let entry = app::shift_entries::make(&service.ctx, technician, command).await?;
    Ok(Versioned(StatusCode::CREATED, entry.version, entry))
}

/// List the dated entries of a technician's roster, the cancelled ones too
#[utoipa::path(get, path = "/v1/technicians/{id}/shift-entries", tag = "firms",
    params(("id" = TechnicianId, Path), PageQuery), responses((status = 200, body = Page<ShiftEntry>)))]
pub(super) async fn list(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(technician): Path<TechnicianId>,
    Query(query): Query<PageQuery>,
) -> Answer<Json<Page<ShiftEntry>>> {
    let (after, limit) = (query.after(), query.fetch());
    let entries = app::shift_entries::list(&service.ctx, &actor, technician, after, limit).await?;
    Ok(Json(Page::new(&query, entries, |entry| entry.id.0)))
}

/// Cancel a dated entry
///
/// The record stays. An entry that comes from a swap goes with the swap only.
#[utoipa::path(delete, path = "/v1/shift-entries/{id}", tag = "firms", params(("id" = ShiftEntryId, Path), Seen),
    responses((status = 200, body = ShiftEntry, headers(("ETag" = String)))))]
pub(super) async fn cancel(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<ShiftEntryId>,
    IfMatch(version): IfMatch,
) -> Answer<Versioned<ShiftEntry>> {
    let entry = app::shift_entries::cancel(&service.ctx, version, Command::new(actor, id)).await?;
    Ok(Versioned(StatusCode::OK, entry.version, entry))
}
