//! How the identity will be checked before a door is opened (S-01 to S-04).

use axum::extract::State;
use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{
    app,
    domain::{
        identity::{ALTERNATIVES, Alternative, IdentityPlan, Method, RuledOut},
        ids::JobId,
        jobs::Job,
    },
    http::{
        Service,
        extract::{Path, Submit},
        headers::Key,
        reply::{Answer, Created},
    },
};

/// How it will be checked. Codes only: no number of a card, no photo (Y-06).
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewIdentityPlan {
    /// The method.
    #[garde(skip)]
    method: Method,
    /// Every better method (S-03), and why it is not possible.
    #[serde(default)]
    #[garde(length(max = 4))]
    #[schema(max_items = 4)]
    impossible: Vec<RuledOut>,
}

/// A plan, and what follows from it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Planned {
    /// The plan.
    plan: IdentityPlan,
    /// The job after it.
    job: Job,
    /// What to offer instead where the door is not opened (S-04).
    offer_instead: Vec<Alternative>,
}

/// Plan how the identity is checked
///
/// Best method first (S-03). Without any the door is not opened: the job is held, and the answer says what to offer.
#[utoipa::path(post, path = "/v1/jobs/{id}/identity-plan", tag = "intake", params(("id" = JobId, Path), Key),
    request_body = NewIdentityPlan, responses((status = 201, body = Planned)))]
pub(super) async fn plan(
    State(service): State<Service>,
    Path(id): Path<JobId>,
    Submit(command): Submit<NewIdentityPlan>,
) -> Answer<Created<Planned>> {
    let command =
        command.map(|body| app::identity::Plan { method: body.method, impossible: body.impossible });
    let (plan, job) = app::identity::plan(&service.ctx, id, command).await?;
    let offer_instead = if plan.method == Method::None { ALTERNATIVES.to_vec() } else { Vec::new() };
    Ok(Created(Planned { plan, job, offer_instead }))
}
