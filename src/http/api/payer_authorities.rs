//! That payers other than the resident have agreed.

use axum::{Json, extract::State};
use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{
    app,
    domain::{
        facts::ShortCode,
        ids::JobId,
        payers::{NamedAuthority, PayerAuthority},
        reference::programme::Payer,
    },
    http::{
        Service,
        extract::{Path, Submit},
        headers::Key,
        reply::{Answer, Created},
    },
};

/// Who has agreed to pay.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPayerAuthority {
    /// Who pays: `host_company` or `landlord`.
    #[garde(skip)]
    payer: Payer,
    /// Who has said so, by name.
    #[garde(length(chars, min = 1, max = 200), custom(super::text))]
    #[schema(min_length = 1, max_length = 200)]
    person: String,
    /// Number of the letter or recording; a landlord agrees in writing or on record.
    #[garde(skip)]
    evidence: Option<ShortCode>,
}

/// The payers who have agreed.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct PayerAuthorities {
    /// In the order they were recorded, with who has said so.
    items: Vec<NamedAuthority>,
}

/// Record that a payer other than the resident has agreed to pay
///
/// The host company by a named person, the landlord in writing or on record on the referral of the case (G-06, C-23). What was
/// held for their answer is billed at once. The programme pays by a supervisor's decision only.
#[utoipa::path(post, path = "/v1/jobs/{id}/payer-authorities", tag = "billing", params(("id" = JobId, Path), Key),
    request_body = NewPayerAuthority, responses((status = 201, body = PayerAuthority)))]
pub(super) async fn record(
    State(service): State<Service>,
    Path(job): Path<JobId>,
    Submit(command): Submit<NewPayerAuthority>,
) -> Answer<Created<PayerAuthority>> {
    let command = command.map(|body| app::payer_authorities::Agreed {
        payer: body.payer,
        person: body.person,
        evidence: body.evidence,
    });
    Ok(Created(app::payer_authorities::record(&service.ctx, job, command).await?))
}

/// List the payers who have agreed to pay for a job
#[utoipa::path(get, path = "/v1/jobs/{id}/payer-authorities", tag = "billing", params(("id" = JobId, Path)),
    responses((status = 200, body = PayerAuthorities)))]
pub(super) async fn list(
    State(service): State<Service>,
    Path(job): Path<JobId>,
) -> Answer<Json<PayerAuthorities>> {
    Ok(Json(PayerAuthorities { items: app::payer_authorities::of_job(&service.ctx, job).await? }))
}
