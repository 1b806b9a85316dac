//! When the customer received the statutory document.

use axum::extract::State;
use chrono::NaiveDate;
use garde::Validate;
use serde::Deserialize;

use crate::{
    app::{self, statutory_receipts::Received},
    domain::{
        cooling_off::{ReceiptDoubt, StatutoryReceipt},
        ids::JobId,
    },
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
    /// What is doubtful about it and right all the same: `dated_later` where the day on record was wrong.
    #[garde(length(max = ReceiptDoubt::ALL.len()))]
    #[serde(default)]
    #[schema(max_items = 1)]
    confirm: Vec<ReceiptDoubt>,
}

/// Record when the customer received the statutory document
///
/// The day is the first of the eight days of cooling-off (Y-11), which the statement shows. A receipt is never changed:
/// one that is recorded later takes its place. A later day than the one on record is asked back (409): the eight days begin once.
#[utoipa::path(post, path = "/v1/jobs/{id}/statutory-receipts", tag = "billing", params(("id" = JobId, Path), Key),
    request_body = NewStatutoryReceipt, responses((status = 201, body = StatutoryReceipt)))]
pub(super) async fn record(
    State(service): State<Service>,
    Path(job): Path<JobId>,
    Submit(command): Submit<NewStatutoryReceipt>,
) -> Answer<Created<StatutoryReceipt>> {
    let received = |body: NewStatutoryReceipt| Received { on: body.received_on, confirm: body.confirm };
    let command = command.map(received);
    Ok(Created(app::statutory_receipts::record(&service.ctx, job, command).await?))
}
