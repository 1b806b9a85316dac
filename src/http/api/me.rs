//! Who am I: what a token stands for.

use axum::Json;
use serde::Serialize;

use crate::{
    domain::{
        actor::{Actor, Role},
        ids::{ConsumerId, FirmId, TechnicianId},
    },
    http::{extract::Caller, problem::Problem, reply::Answer},
};

/// What a token stands for.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Me {
    /// The token's role.
    role: Role,
    /// The firm it is bound to.
    #[serde(skip_serializing_if = "Option::is_none")]
    firm_id: Option<FirmId>,
    /// The technician it is bound to.
    #[serde(skip_serializing_if = "Option::is_none")]
    technician_id: Option<TechnicianId>,
    /// The billing consumer it is bound to.
    #[serde(skip_serializing_if = "Option::is_none")]
    consumer_id: Option<ConsumerId>,
}

/// Show what the token stands for
#[utoipa::path(get, path = "/v1/me", tag = "access", responses((status = 200, body = Me)))]
pub(super) async fn show(Caller(actor): Caller) -> Answer<Json<Me>> {
    let role = actor.role().ok_or_else(Problem::unauthenticated)?;
    let (firm_id, technician_id, consumer_id) = match actor {
        Actor::Firm(_, firm, _) => (Some(firm), None, None),
        Actor::Technician(_, firm, technician, _) => (Some(firm), Some(technician), None),
        Actor::Billing(_, consumer) => (None, None, Some(consumer)),
        _ => (None, None, None),
    };
    Ok(Json(Me { role, firm_id, technician_id, consumer_id }))
}
