//! Messages: what has arrived, what is tried on, what is dead and can be replayed.

use axum::{Json, extract::State, http::StatusCode};
use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{
    app,
    domain::{
        ids::{JobId, MessageId, WebhookId},
        messages::{DeliveryAttempt, JobMessage, Message, MessageState},
    },
    http::{
        Service,
        extract::{Caller, Path, Query, Submit},
        headers::Key,
        reply::{Answer, Cursor, PAGE_MAX, Page, PageQuery},
    },
};

/// Which messages.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct MessageQuery {
    /// Only messages in this state.
    #[garde(skip)]
    state: Option<MessageState>,
    /// Only messages to this webhook.
    #[garde(skip)]
    webhook: Option<WebhookId>,
    /// Things on the page at most.
    #[garde(range(min = 1, max = PAGE_MAX))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next` of the page before.
    #[garde(skip)]
    #[param(value_type = Option<String>, min_length = 22, max_length = 22, pattern = "^[A-Za-z0-9_-]{22}$")]
    cursor: Option<Cursor>,
}

/// List messages
///
/// What they say is not kept. A firm sees those to its own webhooks and its e-mail address.
#[utoipa::path(get, path = "/v1/messages", tag = "messages", params(MessageQuery),
    responses((status = 200, body = Page<Message>)))]
pub(super) async fn list(
    State(service): State<Service>,
    Caller(actor): Caller,
    Query(filter): Query<MessageQuery>,
) -> Answer<Json<Page<Message>>> {
    let page = PageQuery { limit: filter.limit, cursor: filter.cursor };
    let (after, limit) = (page.after(), page.fetch());
    let found = app::messages::list(&service.ctx, &actor, filter.webhook, filter.state, after, limit).await?;
    Ok(Json(Page::new(&page, found, |message| message.id.0)))
}

/// List the messages about a job
///
/// Also those about its case and its referrals; oldest first. A firm sees those to itself.
#[utoipa::path(get, path = "/v1/jobs/{id}/messages", tag = "messages", params(("id" = JobId, Path)),
    responses((status = 200, body = Vec<JobMessage>)))]
pub(super) async fn of_job(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<JobId>,
) -> Answer<Json<Vec<JobMessage>>> {
    Ok(Json(app::messages::of_job(&service.ctx, &actor, id).await?))
}

/// A message with its attempts.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct WholeMessage {
    /// The message.
    #[serde(flatten)]
    message: Message,
    /// Its attempts, oldest first.
    tried: Vec<DeliveryAttempt>,
}

/// Show a message with its attempts
#[utoipa::path(get, path = "/v1/messages/{id}", tag = "messages", params(("id" = MessageId, Path)),
    responses((status = 200, body = WholeMessage)))]
pub(super) async fn show(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<MessageId>,
) -> Answer<Json<WholeMessage>> {
    let app::messages::Whole { message, attempts } = app::messages::find(&service.ctx, &actor, id).await?;
    Ok(Json(WholeMessage { message, tried: attempts }))
}

/// Nothing is said.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Replay {}

/// Replay a dead message
///
/// It is tried anew for about a day, under the same `webhook-id`.
#[utoipa::path(post, path = "/v1/messages/{id}/replay", tag = "messages", params(("id" = MessageId, Path), Key),
    request_body = Replay, responses((status = 202, body = Message)))]
pub(super) async fn replay(
    State(service): State<Service>,
    Path(id): Path<MessageId>,
    Submit(command): Submit<Replay>,
) -> Answer<(StatusCode, Json<Message>)> {
    let message = app::messages::replay(&service.ctx, command.map(|_| id)).await?;
    Ok((StatusCode::ACCEPTED, Json(message)))
}

/// How many are tried anew.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Replayed {
    /// So many.
    messages: u64,
}

/// Replay every dead message of a webhook
#[utoipa::path(post, path = "/v1/webhooks/{id}/replay", tag = "messages", params(("id" = WebhookId, Path), Key),
    request_body = Replay, responses((status = 202, body = Replayed)))]
pub(super) async fn replay_all(
    State(service): State<Service>,
    Path(id): Path<WebhookId>,
    Submit(command): Submit<Replay>,
) -> Answer<(StatusCode, Json<Replayed>)> {
    let messages = app::messages::replay_all(&service.ctx, command.map(|_| id)).await?;
    Ok((StatusCode::ACCEPTED, Json(Replayed { messages })))
}
