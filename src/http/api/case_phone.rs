//! The number of the resident of a case.

use axum::{extract::State, http::StatusCode};
use garde::Validate;
use serde::Deserialize;

use crate::{
    app,
    domain::{cases::Case, ids::CaseId, phone::Phone},
    http::{
        Service,
        extract::{IfMatch, Path, Plain},
        headers::Seen,
        reply::{Answer, Versioned},
    },
};

/// How the resident can be reached.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ResidentPhone {
    /// Telephone number.
    #[garde(skip)]
    phone: Phone,
}

/// Keep the resident's number
///
/// Where the call came without one, or it was heard wrongly. Who is kept apart from that number and is on a job of the case
/// is told to the desk.
#[utoipa::path(put, path = "/v1/cases/{id}/phone", tag = "intake", params(("id" = CaseId, Path), Seen),
    request_body = ResidentPhone, responses((status = 200, body = Case, headers(("ETag" = String)))))]
pub(super) async fn correct(
    State(service): State<Service>,
    Path(id): Path<CaseId>,
    IfMatch(version): IfMatch,
    Plain(command): Plain<ResidentPhone>,
) -> Answer<Versioned<Case>> {
    let case = app::case_phone::correct(&service.ctx, id, version, command.map(|body| body.phone)).await?;
    Ok(Versioned(StatusCode::OK, case.version, case))
}
