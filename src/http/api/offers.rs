//! Offers, and their answers.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{
    app,
    domain::{
        fitness::Confirmation,
        ids::{OfferId, TechnicianId},
        offers::{Assignment, DeclineCode, Offer, OfferState},
        trade::Priority,
    },
    http::{
        Service,
        extract::{Caller, Path, Query, Submit},
        headers::Key,
        reply::{Answer, Created, Cursor, PAGE_MAX, Page, PageQuery},
    },
};

/// Which offers.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct OfferQuery {
    /// Only offers in this state.
    #[garde(skip)]
    state: Option<OfferState>,
    /// Things on the page at most.
    #[garde(range(min = 1, max = PAGE_MAX))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next` of the page before.
    #[garde(skip)]
    #[param(value_type = Option<String>, min_length = 22, max_length = 22, pattern = "^[A-Za-z0-9_-]{22}$")]
    cursor: Option<Cursor>,
}

/// An offer, with what may be known before it is accepted.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct OfferedJob {
    /// The offer.
    #[serde(flatten)]
    offer: Offer,
    /// What is to be done, as in `W-TOILET-CLOG`.
    job_code: String,
    /// How urgent it is.
    priority: Priority,
    /// Language to speak with the resident (BCP 47).
    language: String,
    /// Municipality and town, in Japanese; no address, no name. Absent once erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    district: Option<String>,
}

impl From<app::offer_lists::Offered> for OfferedJob {
    fn from(offered: app::offer_lists::Offered) -> Self {
        let app::offer_lists::Offered { offer, job_code, priority, language, district } = offered;
        Self { offer, job_code, priority, language, district }
    }
}

/// List offers
#[utoipa::path(get, path = "/v1/offers", tag = "dispatch", params(OfferQuery),
    responses((status = 200, body = Page<OfferedJob>)))]
pub(super) async fn list(
    State(service): State<Service>,
    Caller(actor): Caller,
    Query(filter): Query<OfferQuery>,
) -> Answer<Json<Page<OfferedJob>>> {
    let page = PageQuery { limit: filter.limit, cursor: filter.cursor };
    let offers =
        app::offer_lists::list(&service.ctx, &actor, filter.state, page.after(), page.fetch()).await?;
    Ok(Json(Page::new(&page, offers, |offered| offered.offer.id.0)))
}

/// Show an offer
#[utoipa::path(get, path = "/v1/offers/{id}", tag = "dispatch", params(("id" = OfferId, Path)),
    responses((status = 200, body = OfferedJob)))]
pub(super) async fn show(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<OfferId>,
) -> Answer<Json<OfferedJob>> {
    Ok(Json(app::offer_lists::find(&service.ctx, &actor, id).await?.into()))
}

/// A yes.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Acceptance {
    /// When the technician promises to be there: not in the past, and for P0 and P1 within three hours, for P2 today, for P3
    /// tomorrow, for a planned visit within its window (G-16).
    #[garde(inner(custom(super::instant)))]
    arrival_at: Option<DateTime<Utc>>,
    /// For the desk: when that was agreed on the telephone, where it was before now: from then on the technician's reports count by themselves.
    /// Not before the job was made, nor before whoever had it was let off (G-01).
    #[garde(inner(custom(super::instant)))]
    agreed_at: Option<DateTime<Utc>>,
}

/// An accepted offer.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct AcceptedOffer {
    /// The offer.
    offer: Offer,
    /// Who goes; absent until the firm that was asked has named its technician.
    #[serde(skip_serializing_if = "Option::is_none")]
    assignment: Option<Assignment>,
}

/// Accept an offer
///
/// By the one who was asked, or a dispatcher who has the yes on the telephone. The first yes has the job. A firm that
/// was asked names its technician next, by `naming_due_at`.
#[utoipa::path(post, path = "/v1/offers/{id}/acceptance", tag = "dispatch", params(("id" = OfferId, Path), Key),
    request_body = Acceptance, responses((status = 201, body = AcceptedOffer)))]
pub(super) async fn accept(
    State(service): State<Service>,
    Path(id): Path<OfferId>,
    Submit(command): Submit<Acceptance>,
) -> Answer<Created<AcceptedOffer>> {
    let yes = command.map(|body| super::yes(body.arrival_at, body.agreed_at));
    let app::offers::Accepted { offer, assignment } = app::offers::accept(&service.ctx, id, yes).await?;
    Ok(Created(AcceptedOffer { offer, assignment }))
}

/// Whom a firm sends.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Naming {
    /// The technician: one of the firm's own, in service, who does the trade.
    #[garde(skip)]
    technician_id: TechnicianId,
    /// When the technician promises to be there; what was promised with the acceptance, when not said.
    #[garde(inner(custom(super::instant)))]
    arrival_at: Option<DateTime<Utc>>,
    /// What is passed over by name and reason, of what a refusal `to-be-confirmed` has listed (G-17).
    #[garde(skip)]
    confirmation: Option<Confirmation>,
}

/// Name the technician of an accepted offer
///
/// For a firm that was asked itself and has accepted. What is not named in time goes to the next.
#[utoipa::path(post, path = "/v1/offers/{id}/technician", tag = "dispatch", params(("id" = OfferId, Path), Key),
    request_body = Naming, responses((status = 201, body = Assignment)))]
pub(super) async fn name(
    State(service): State<Service>,
    Path(id): Path<OfferId>,
    Submit(command): Submit<Naming>,
) -> Answer<Created<Assignment>> {
    let naming = command.map(|body| app::offers::Naming {
        technician_id: body.technician_id,
        arrival_at: body.arrival_at.map(super::cut),
        confirmation: body.confirmation,
    });
    Ok(Created(app::offers::name(&service.ctx, id, naming).await?))
}

/// Nothing more to say.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TakingBack {}

/// Take an open offer back
///
/// The next one is asked at once.
#[utoipa::path(post, path = "/v1/offers/{id}/withdrawal", tag = "dispatch", params(("id" = OfferId, Path), Key),
    request_body = TakingBack, responses((status = 200, body = Offer)))]
pub(super) async fn take_back(
    State(service): State<Service>,
    Path(id): Path<OfferId>,
    Submit(command): Submit<TakingBack>,
) -> Answer<Json<Offer>> {
    Ok(Json(app::offers::take_back(&service.ctx, command.map(|_| id)).await?))
}

/// A no.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Refusal {
    /// Why.
    #[garde(skip)]
    code: DeclineCode,
}

/// Decline an offer
///
/// The next one is asked at once.
#[utoipa::path(post, path = "/v1/offers/{id}/refusal", tag = "dispatch", params(("id" = OfferId, Path), Key),
    request_body = Refusal, responses((status = 200, body = Offer)))]
pub(super) async fn decline(
    State(service): State<Service>,
    Path(id): Path<OfferId>,
    Submit(command): Submit<Refusal>,
) -> Answer<Json<Offer>> {
    Ok(Json(app::offers::decline(&service.ctx, id, command.map(|body| body.code)).await?))
}
