//! Swaps: a window one technician works in place of a colleague.

use axum::{extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::Deserialize;

use crate::{
    app::{self, Command},
    domain::{
        ids::{ShiftSwapId, TechnicianId},
        roster::swaps::ShiftSwap,
    },
    http::{
        Service,
        extract::{Caller, IfMatch, Path, Submit},
        headers::{Key, Seen},
        reply::{Answer, Versioned},
    },
};

/// A window to be given to a colleague.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewShiftSwap {
    /// Who gives it away: on shift, or on call, for the whole of it.
    #[garde(skip)]
    giver_id: TechnicianId,
    /// Who works it: of the same firm, and free then.
    #[garde(skip)]
    taker_id: TechnicianId,
    /// From when; a whole minute.
    #[garde(custom(super::instant))]
    starts_at: DateTime<Utc>,
    /// Until when, not included; a whole minute, at most 31 days later.
    #[garde(custom(super::instant))]
    ends_at: DateTime<Utc>,
}

/// Give a window to a colleague of the same firm
///
/// Both rosters change, or neither.
#[utoipa::path(post, path = "/v1/shift-swaps", tag = "firms", params(Key), request_body = NewShiftSwap,
    responses((status = 201, body = ShiftSwap, headers(("ETag" = String)))))]
pub(super) async fn make(
    State(service): State<Service>,
    Submit(command): Submit<NewShiftSwap>,
) -> Answer<Versioned<ShiftSwap>> {
    let command = command.map(|body| app::shift_swaps::New {
        giver_id: body.giver_id,
        taker_id: body.taker_id,
        starts_at: body.starts_at,
        ends_at: body.ends_at,
    });
    let swap = app::shift_swaps::make(&service.ctx, command).await?;
    Ok(Versioned(StatusCode::CREATED, swap.version, swap))
}

/// Show a swap
#[utoipa::path(get, path = "/v1/shift-swaps/{id}", tag = "firms", params(("id" = ShiftSwapId, Path)),
    responses((status = 200, body = ShiftSwap, headers(("ETag" = String)))))]
pub(super) async fn show(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<ShiftSwapId>,
) -> Answer<Versioned<ShiftSwap>> {
    let swap = app::shift_swaps::find(&service.ctx, &actor, id).await?;
    Ok(Versioned(StatusCode::OK, swap.version, swap))
}

/// Undo a swap
///
/// Both rosters are again as before; the record stays.
#[utoipa::path(delete, path = "/v1/shift-swaps/{id}", tag = "firms", params(("id" = ShiftSwapId, Path), Seen),
    responses((status = 200, body = ShiftSwap, headers(("ETag" = String)))))]
pub(super) async fn undo(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<ShiftSwapId>,
    IfMatch(version): IfMatch,
) -> Answer<Versioned<ShiftSwap>> {
    let swap = app::shift_swaps::undo(&service.ctx, version, Command::new(actor, id)).await?;
    Ok(Versioned(StatusCode::OK, swap.version, swap))
}
