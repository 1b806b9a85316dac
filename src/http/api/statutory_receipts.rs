//! When the customer received the statutory document.

use axum::extract::State;
use chrono::NaiveDate;
use garde::Validate;
use serde::Deserialize;

use crate::{
    app,
    domain::{cooling_off::StatutoryReceipt, ids::JobId},
    http::{
        Service,
        extract::{Path, Submit},
        headers::Key,
        reply::{Answer, Created},
    },
};

/// The customer has the document.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewStatutoryReceipt {
    /// The day in Tokyo on which it was received: from the day on which the job was made, until today.
    #[garde(custom(super::date))]
    received_on: NaiveDate,
}

/// Record when the customer received the statutory document
///
/// The day is the first of the eight days of cooling-off (Y-11), which the statement shows. A receipt is never changed:
/// one that is recorded later takes its place.
#[utoipa::path(post, path = "/v1/jobs/{id}/statutory-receipts", tag = "billing", params(("id" = JobId, Path), Key),
    request_body = NewStatutoryReceipt, responses((status = 201, body = StatutoryReceipt)))]
pub(super) async fn record(
    State(service): State<Service>,
    Path(job): Path<JobId>,
    Submit(command): Submit<NewStatutoryReceipt>,
) -> Answer<Created<StatutoryReceipt>> {
    let command = command.map(|body| body.received_on);
    Ok(Created(app::statutory_receipts::record(&service.ctx, job, command).await?))
}
