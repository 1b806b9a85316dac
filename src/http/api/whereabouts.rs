//! Where everybody is.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::{
    app::{
        self,
        whereabouts::{FleetState, Sighting},
    },
    domain::{
        ids::{FirmId, JobId, TechnicianId},
        place::{GeoPoint, Point},
        trade::Trade,
    },
    http::{Service, reply::Answer},
};

/// Everybody in service.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct FleetView {
    /// The instant it is true for.
    at: DateTime<Utc>,
    /// The firms of those named.
    firms: Vec<FleetFirm>,
    /// The technicians, at most 10,000.
    technicians: Vec<FleetTechnician>,
    /// Whether there are more.
    more: bool,
}

/// A firm on the map.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct FleetFirm {
    /// Its id.
    id: FirmId,
    /// Its name.
    name: String,
}

/// A technician on the map.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct FleetTechnician {
    /// Who.
    id: TechnicianId,
    /// Name as on the badge.
    name: String,
    /// The firm.
    firm_id: FirmId,
    /// What he does.
    trades: Vec<Trade>,
    /// What he is doing.
    state: FleetState,
    /// When the shift or the time on call ends; of who is off, when the next shift begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    roster_changes_at: Option<DateTime<Utc>>,
    /// Where he is, as far as is known. Who is off is shown at the base: where he is then is his own business.
    #[schema(value_type = GeoPoint)]
    point: Point,
    /// What that place is.
    sighting: Sighting,
    /// When the position was measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    measured_at: Option<DateTime<Utc>>,
    /// The job he is on, or is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    job_id: Option<JobId>,
}

/// Show where everybody is
///
/// Every technician in service with what he is doing, his place, and how old that knowledge is.
#[utoipa::path(get, path = "/v1/fleet", tag = "dispatch", responses((status = 200, body = FleetView)))]
pub(super) async fn show(State(service): State<Service>) -> Answer<Json<FleetView>> {
    let at = service.ctx.now();
    let told = app::whereabouts::list(&service.ctx).await?;
    let technician = |seen: app::whereabouts::Seen| FleetTechnician {
        id: seen.technician_id,
        name: seen.name,
        firm_id: seen.firm_id,
        trades: seen.trades,
        state: seen.state,
        roster_changes_at: seen.roster_changes_at,
        point: seen.point,
        sighting: seen.sighting,
        measured_at: seen.measured_at,
        job_id: seen.job_id,
    };
    Ok(Json(FleetView {
        at,
        firms: told.firms.into_iter().map(|(id, name)| FleetFirm { id, name }).collect(),
        technicians: told.technicians.into_iter().map(technician).collect(),
        more: told.more.is_some(),
    }))
}
