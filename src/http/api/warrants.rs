//! Who answers for what a rule asks first.

use axum::extract::State;
use garde::Validate;
use serde::Deserialize;

use crate::{
    app,
    domain::{
        ids::CaseId,
        warrants::{Warrant, WarrantReason, Word},
    },
    http::{
        Service,
        extract::{Path, Submit},
        headers::Key,
        reply::{Answer, Created},
    },
};

/// Why it is right.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewWarrant {
    /// The reason: it says what is answered for.
    #[garde(skip)]
    reason: WarrantReason,
    /// Of which job code no referral is due, or which job code or special work the landlord was asked about; needed where more than
    /// one is in question, and not said of goodwill.
    #[garde(inner(length(chars, min = 1, max = 64)))]
    #[schema(min_length = 1, max_length = 64, examples("W-CEILING-LEAK"))]
    job_code: Option<String>,
}

/// Answer for what a rule asks first
///
/// Whoever records it answers for it: that somebody who is not entitled is served out of goodwill (G-14), that the landlord
/// has agreed to a replacement or is passed over (S-06), that a landlord's matter is not referred (3.4).
#[utoipa::path(post, path = "/v1/cases/{id}/warrants", tag = "intake", params(("id" = CaseId, Path), Key),
    request_body = NewWarrant, responses((status = 201, body = Warrant)))]
pub(super) async fn record(
    State(service): State<Service>,
    Path(case): Path<CaseId>,
    Submit(command): Submit<NewWarrant>,
) -> Answer<Created<Warrant>> {
    let command = command.map(|body| Word { reason: body.reason, job_code: body.job_code });
    let warrant = app::warrants::record(&service.ctx, case, command).await?;
    Ok(Created(warrant))
}
