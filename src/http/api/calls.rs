//! Calls.

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{
    app::{self, dangers::DangerStanding},
    domain::{
        calls::{
            Arrival, Call, CallBack, CallBackState, CallPerson, CallState, CallerRole, Channel, Leg, NoNumber,
        },
        emergencies::Handover,
        ids::CallId,
        interpretations::Interpretation,
        phone::Phone,
    },
    http::{
        Service,
        extract::{Path, Query, Submit},
        headers::Key,
        reply::{Answer, Cursor, PAGE_MAX, Page, PageQuery, Versioned},
    },
};

/// A call that rings, or that the dispatcher has just answered.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TakenCall {
    /// Whether it rings or was just answered.
    #[serde(default = "answered")]
    #[garde(skip)]
    state: Arrival,
    /// How the caller reached the service.
    #[garde(skip)]
    channel: Channel,
    /// Language spoken (BCP 47).
    #[garde(length(chars, min = 2, max = 35))]
    #[schema(min_length = 2, max_length = 35, examples("ne"))]
    language: String,
    /// Language read (BCP 47): asked, never derived from a region (N-01).
    #[garde(inner(length(chars, min = 2, max = 35)))]
    #[schema(min_length = 2, max_length = 35, examples("zh-Hant"))]
    reading_language: Option<String>,
    /// The language as the caller names it (N-01).
    #[garde(inner(length(chars, min = 1, max = 100), custom(super::text)))]
    #[schema(min_length = 1, max_length = 100)]
    language_wish: Option<String>,
    /// Who is calling (K-05).
    #[garde(skip)]
    caller_role: CallerRole,
    /// The caller's number; `null` where there is none to call back, with the reason.
    #[garde(skip)]
    #[serde(deserialize_with = "super::said_or_null")]
    #[schema(required = true)]
    phone: Option<Phone>,
    /// Why there is no number to call back.
    #[garde(skip)]
    no_number: Option<NoNumber>,
    /// The caller's name, if given.
    #[garde(inner(length(chars, min = 1, max = 100), custom(super::text)))]
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    /// When it began to ring; now, when not said.
    #[garde(inner(custom(super::instant)))]
    offered_at: Option<DateTime<Utc>>,
}

fn answered() -> Arrival {
    Arrival::Answered
}

/// A call just written down.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct NewCall {
    /// The call.
    #[serde(flatten)]
    call: Call,
    /// What is not configured and was not refused for it.
    warnings: Vec<Warning>,
}

/// Something that is not configured.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Warning {
    code: &'static str,
    ja: &'static str,
    en: &'static str,
}

const CHAT_HOURS: Warning = Warning {
    code: "chat_hours_not_configured",
    ja: "チャット窓口の受付時間は設定されていません。受け付けましたので、このまま対応してください。",
    en: "The hours of the chat desk are not configured. The chat is taken: go on with it.",
};
const CHAT_CLOSED: Warning = Warning {
    code: "chat_closed",
    ja: "チャット窓口は受付時間外ですが、受け付けました。このまま対応してください。",
    en: "The chat desk is closed by its hours. The chat is taken all the same: go on with it.",
};

/// Take a call
///
/// A chat is never refused: the answer warns where the chat desk's hours are not configured (H-01).
#[utoipa::path(post, path = "/v1/calls", tag = "intake", params(Key), request_body = TakenCall,
    responses((status = 201, body = NewCall, headers(("ETag" = String)))))]
pub(super) async fn take(
    State(service): State<Service>,
    Submit(command): Submit<TakenCall>,
) -> Answer<Versioned<NewCall>> {
    let command = command.map(|body| app::calls::Taken {
        arrival: body.state,
        channel: body.channel,
        language: body.language,
        reading_language: body.reading_language,
        language_wish: body.language_wish,
        caller_role: body.caller_role,
        phone: body.phone,
        no_number: body.no_number,
        name: body.name,
        offered_at: body.offered_at.map(super::cut),
    });
    let call = app::calls::take(&service.ctx, command).await?;
    let open = app::languages::chat_is_open(&service.ctx);
    let warnings = match (call.channel, open) {
        (Channel::Chat, None) => vec![CHAT_HOURS],
        (Channel::Chat, Some(false)) => vec![CHAT_CLOSED],
        _ => Vec::new(),
    };
    Ok(Versioned(StatusCode::CREATED, call.version, NewCall { call, warnings }))
}

/// Which calls.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct CallQuery {
    /// Only calls in this state.
    #[garde(skip)]
    state: Option<CallState>,
    /// Only calls whose call-back is in this state.
    #[garde(skip)]
    call_back: Option<CallBackState>,
    /// Things on the page at most.
    #[garde(range(min = 1, max = PAGE_MAX))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next` of the page before.
    #[garde(skip)]
    #[param(value_type = Option<String>, min_length = 22, max_length = 22, pattern = "^[A-Za-z0-9_-]{22}$")]
    cursor: Option<Cursor>,
}

/// List calls
#[utoipa::path(get, path = "/v1/calls", tag = "intake", params(CallQuery),
    responses((status = 200, body = Page<Call>)))]
pub(super) async fn list(
    State(service): State<Service>,
    Query(filter): Query<CallQuery>,
) -> Answer<Json<Page<Call>>> {
    let page = PageQuery { limit: filter.limit, cursor: filter.cursor };
    let calls =
        app::calls::list(&service.ctx, filter.state, filter.call_back, page.after(), page.fetch()).await?;
    Ok(Json(Page::new(&page, calls, |call| call.id.0)))
}

/// A call with everything around it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct WholeCall {
    /// The call.
    #[serde(flatten)]
    call: Call,
    /// Who called; absent once erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    caller: Option<CallPerson>,
    /// Who was on it, from when to when.
    legs: Vec<Leg>,
    /// Interpreters asked, with their clocks.
    interpretations: Vec<Interpretation>,
    /// Where the questions about danger stand.
    dangers: DangerStanding,
    /// Hand-overs to the emergency services.
    emergency_handovers: Vec<Handover>,
    /// Attempts to call back.
    call_backs: Vec<CallBack>,
}

/// Show a call
#[utoipa::path(get, path = "/v1/calls/{id}", tag = "intake", params(("id" = CallId, Path)),
    responses((status = 200, body = WholeCall, headers(("ETag" = String)))))]
pub(super) async fn show(
    State(service): State<Service>,
    Path(id): Path<CallId>,
) -> Answer<Versioned<WholeCall>> {
    let whole = app::calls::find(&service.ctx, id).await?;
    let body = WholeCall {
        legs: whole.call.legs(&whole.interpretations),
        call: whole.call,
        caller: whole.caller,
        interpretations: whole.interpretations,
        dangers: whole.dangers,
        emergency_handovers: whole.emergency_handovers,
        call_backs: whole.call_backs,
    };
    Ok(Versioned(StatusCode::OK, body.call.version, body))
}

/// Nothing more to say.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CallStep {}

/// Answer a ringing call
#[utoipa::path(post, path = "/v1/calls/{id}/answer", tag = "intake", params(("id" = CallId, Path), Key),
    request_body = CallStep, responses((status = 200, body = Call)))]
pub(super) async fn answer(
    State(service): State<Service>,
    Path(id): Path<CallId>,
    Submit(command): Submit<CallStep>,
) -> Answer<Json<Call>> {
    Ok(Json(app::calls::answer(&service.ctx, command.map(|_| id)).await?))
}

/// Record that the caller gave up
///
/// Somebody has to call back: an alarm says so.
#[utoipa::path(post, path = "/v1/calls/{id}/abandonment", tag = "intake", params(("id" = CallId, Path), Key),
    request_body = CallStep, responses((status = 200, body = Call)))]
pub(super) async fn abandon(
    State(service): State<Service>,
    Path(id): Path<CallId>,
    Submit(command): Submit<CallStep>,
) -> Answer<Json<Call>> {
    Ok(Json(app::calls::abandon(&service.ctx, command.map(|_| id)).await?))
}

/// End a call
#[utoipa::path(post, path = "/v1/calls/{id}/ending", tag = "intake", params(("id" = CallId, Path), Key),
    request_body = CallStep, responses((status = 200, body = Call)))]
pub(super) async fn end(
    State(service): State<Service>,
    Path(id): Path<CallId>,
    Submit(command): Submit<CallStep>,
) -> Answer<Json<Call>> {
    Ok(Json(app::calls::end(&service.ctx, command.map(|_| id)).await?))
}

/// Wrap a call up
///
/// Nothing is left to do after it.
#[utoipa::path(post, path = "/v1/calls/{id}/wrap-up", tag = "intake", params(("id" = CallId, Path), Key),
    request_body = CallStep, responses((status = 200, body = Call)))]
pub(super) async fn wrap(
    State(service): State<Service>,
    Path(id): Path<CallId>,
    Submit(command): Submit<CallStep>,
) -> Answer<Json<Call>> {
    Ok(Json(app::calls::wrap(&service.ctx, command.map(|_| id)).await?))
}
