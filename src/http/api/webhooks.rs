//! Webhooks: where what happened is sent by HTTP.

use axum::{Json, extract::State, http::StatusCode};
use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{
    app::{self, Command},
    domain::{
        events::Kind,
        ids::{FirmId, WebhookId},
        receivers::URL_CHARS_MAX,
        webhooks::{Webhook, WebhookState},
    },
    http::{
        Service,
        extract::{Caller, IfMatch, Path, Plain, Query, Submit},
        headers::{Key, Seen},
        reply::{Answer, Page, PageQuery, Versioned},
    },
};

/// A webhook to be made.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewWebhook {
    /// Whose it is: an administrator's is the service's own when absent; a firm's is always its own.
    #[garde(skip)]
    firm_id: Option<FirmId>,
    /// Where to: a public address by HTTPS, unless the operator allows others.
    #[garde(length(chars, min = 1, max = URL_CHARS_MAX))]
    #[schema(min_length = 1, max_length = 2048, examples("https://example.jp/hooks/kaketsuke"))]
    url: String,
    /// What is told. A firm hears of its own offers and of jobs that it has.
    #[garde(length(min = 1, max = 200))]
    #[schema(min_items = 1, max_items = 200)]
    kinds: Vec<Kind>,
}

/// What is said of a webhook.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WebhookProfile {
    /// Where to.
    #[garde(length(chars, min = 1, max = URL_CHARS_MAX))]
    #[schema(min_length = 1, max_length = 2048)]
    url: String,
    /// What is told.
    #[garde(length(min = 1, max = 200))]
    #[schema(min_items = 1, max_items = 200)]
    kinds: Vec<Kind>,
    /// `paused`: messages wait; `active`: they are sent.
    #[garde(skip)]
    state: WebhookState,
}

/// A webhook with a secret just made.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct WebhookMade {
    /// The webhook.
    #[serde(flatten)]
    webhook: Webhook,
    /// What its messages are signed with (Standard Webhooks), this once. A repeated request gets the webhook without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

fn shown(made: app::webhooks::Made) -> Versioned<WebhookMade> {
    let app::webhooks::Made { webhook, secret } = made;
    Versioned(StatusCode::CREATED, webhook.version, WebhookMade { webhook, secret })
}

/// Make a webhook
///
/// Every event of the chosen kinds is posted as JSON, signed by Standard Webhooks 1.0 (`webhook-id`, `webhook-timestamp`,
/// `webhook-signature`). It carries ids and codes only: read the rest from the API. It is tried for about a day; the same
/// `webhook-id` may come twice.
#[utoipa::path(post, path = "/v1/webhooks", tag = "messages", params(Key), request_body = NewWebhook,
    responses((status = 201, body = WebhookMade, headers(("ETag" = String)))))]
pub(super) async fn make(
    State(service): State<Service>,
    Submit(command): Submit<NewWebhook>,
) -> Answer<Versioned<WebhookMade>> {
    let firm = command.body.firm_id;
    let command = command.map(|body| app::webhooks::Profile {
        url: body.url,
        kinds: body.kinds,
        state: WebhookState::Active,
    });
    Ok(shown(app::webhooks::make(&service.ctx, firm, command).await?))
}

/// List webhooks
#[utoipa::path(get, path = "/v1/webhooks", tag = "messages", params(PageQuery),
    responses((status = 200, body = Page<Webhook>)))]
pub(super) async fn list(
    State(service): State<Service>,
    Caller(actor): Caller,
    Query(query): Query<PageQuery>,
) -> Answer<Json<Page<Webhook>>> {
    let webhooks = app::webhooks::list(&service.ctx, &actor, query.after(), query.fetch()).await?;
    Ok(Json(Page::new(&query, webhooks, |webhook| webhook.id.0)))
}

/// Show a webhook
#[utoipa::path(get, path = "/v1/webhooks/{id}", tag = "messages", params(("id" = WebhookId, Path)),
    responses((status = 200, body = Webhook, headers(("ETag" = String)))))]
pub(super) async fn show(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<WebhookId>,
) -> Answer<Versioned<Webhook>> {
    let webhook = app::webhooks::find(&service.ctx, &actor, id).await?;
    Ok(Versioned(StatusCode::OK, webhook.version, webhook))
}

/// Change a webhook
#[utoipa::path(put, path = "/v1/webhooks/{id}", tag = "messages", params(("id" = WebhookId, Path), Seen),
    request_body = WebhookProfile, responses((status = 200, body = Webhook, headers(("ETag" = String)))))]
pub(super) async fn change(
    State(service): State<Service>,
    Path(id): Path<WebhookId>,
    IfMatch(version): IfMatch,
    Plain(command): Plain<WebhookProfile>,
) -> Answer<Versioned<Webhook>> {
    let command =
        command.map(|body| app::webhooks::Profile { url: body.url, kinds: body.kinds, state: body.state });
    let webhook = app::webhooks::change(&service.ctx, id, version, command).await?;
    Ok(Versioned(StatusCode::OK, webhook.version, webhook))
}

/// Delete a webhook
///
/// What has not arrived is dropped.
#[utoipa::path(delete, path = "/v1/webhooks/{id}", tag = "messages", params(("id" = WebhookId, Path), Seen),
    responses((status = 200, body = Webhook, headers(("ETag" = String)))))]
pub(super) async fn delete(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<WebhookId>,
    IfMatch(version): IfMatch,
) -> Answer<Versioned<Webhook>> {
    let webhook = app::webhooks::delete(&service.ctx, version, Command::new(actor, id)).await?;
    Ok(Versioned(StatusCode::OK, webhook.version, webhook))
}

/// Nothing is said: the service chooses.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSecret {}

/// Give a webhook a new secret
///
/// For a day messages carry two signatures, by the new secret and by the old one; a secret before the old one counts no
/// more.
#[utoipa::path(post, path = "/v1/webhooks/{id}/secrets", tag = "messages", params(("id" = WebhookId, Path), Key),
    request_body = NewSecret, responses((status = 201, body = WebhookMade, headers(("ETag" = String)))))]
pub(super) async fn rotate(
    State(service): State<Service>,
    Path(id): Path<WebhookId>,
    Submit(command): Submit<NewSecret>,
) -> Answer<Versioned<WebhookMade>> {
    Ok(shown(app::webhooks::rotate(&service.ctx, command.map(|_| id)).await?))
}
