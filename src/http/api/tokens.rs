//! Access tokens.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{
    app::{self, Command},
    domain::{
        actor::Role,
        ids::{ConsumerId, FirmId, TechnicianId, TokenId},
        tokens::{LastAdministrator, Token},
    },
    http::{
        Service,
        extract::{Caller, Path, Query, Submit},
        reply::{Answer, Created, Page, PageQuery},
    },
};

/// A token to be issued.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewToken {
    /// Whom or what it is for.
    #[garde(length(chars, min = 1, max = 100), custom(super::text))]
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// What it may do.
    #[garde(skip)]
    role: Role,
    /// For the role firm.
    #[garde(skip)]
    firm_id: Option<FirmId>,
    /// For the role technician; the firm follows from it.
    #[garde(skip)]
    technician_id: Option<TechnicianId>,
    /// For the role billing.
    #[garde(skip)]
    consumer_id: Option<ConsumerId>,
    /// When it stops counting; never, when absent.
    #[garde(inner(custom(super::instant)))]
    expires_at: Option<DateTime<Utc>>,
}

/// A token just issued.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct IssuedToken {
    /// The token.
    #[serde(flatten)]
    token: Token,
    /// Its secret, this once. A repeated request gets the token without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

/// Issue a token
#[utoipa::path(post, path = "/v1/tokens", request_body = NewToken, tag = "access",
    params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 255, pattern = "^[!-~]+$")),
    responses((status = 201, body = IssuedToken)))]
pub(super) async fn issue(
    State(service): State<Service>,
    Submit(command): Submit<NewToken>,
) -> Answer<Created<IssuedToken>> {
    let command = command.map(|body| app::tokens::Issue {
        name: body.name,
        role: body.role,
        firm_id: body.firm_id,
        technician_id: body.technician_id,
        consumer_id: body.consumer_id,
        expires_at: body.expires_at.map(super::cut),
    });
    let app::tokens::Issued { token, secret } = app::tokens::issue(&service.ctx, command).await?;
    Ok(Created(IssuedToken { token, secret }))
}

/// List tokens
#[utoipa::path(get, path = "/v1/tokens", params(PageQuery), tag = "access",
    responses((status = 200, body = Page<Token>)))]
pub(super) async fn list(
    State(service): State<Service>,
    Query(query): Query<PageQuery>,
) -> Answer<Json<Page<Token>>> {
    let tokens = app::tokens::list(&service.ctx, query.after(), query.fetch()).await?;
    Ok(Json(Page::new(&query, tokens, |token| token.id.0)))
}

/// Revoke a token
///
/// At once and for good; revoking it again changes nothing, so no `If-Match` is needed. The last one with which an administrator
/// gets in is revoked at the command line only.
#[utoipa::path(delete, path = "/v1/tokens/{id}", params(("id" = TokenId, Path)), tag = "access",
    responses((status = 200, body = Token)))]
pub(super) async fn revoke(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(id): Path<TokenId>,
) -> Answer<Json<Token>> {
    Ok(Json(app::tokens::revoke(&service.ctx, LastAdministrator::Stays, Command::new(actor, id)).await?))
}
