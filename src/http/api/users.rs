//! People who sign in to the pages.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{
    app::{self, users},
    domain::{
        actor::Role,
        ids::{ConsumerId, FirmId, TechnicianId, TokenId, UserId},
        tokens::{Grant, LastAdministrator},
        users::{Login, PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN, Password, User},
    },
    http::{
        Service,
        extract::{Path, Query, Submit},
        headers::Key,
        reply::{Answer, Created, Page, PageQuery},
    },
};

/// Somebody who signs in.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Person {
    /// The id.
    id: UserId,
    /// The name to sign in with.
    login: String,
    /// The person's name.
    name: String,
    /// The role, with what it is bound to.
    #[serde(flatten)]
    grant: Grant,
    /// The token in whose name the person acts: as in the read log.
    token_id: TokenId,
    /// When the password was set; absent where there is none, and links alone sign in.
    #[serde(skip_serializing_if = "Option::is_none")]
    password_changed_at: Option<DateTime<Utc>>,
    /// When the person was added.
    created_at: DateTime<Utc>,
    /// Since when the person may not sign in.
    #[serde(skip_serializing_if = "Option::is_none")]
    disabled_at: Option<DateTime<Utc>>,
}

impl From<User> for Person {
    fn from(user: User) -> Self {
        Self {
            id: user.id,
            login: user.login.to_string(),
            name: user.principal.name,
            grant: user.principal.grant,
            token_id: user.principal.id,
            password_changed_at: user.password_changed_at,
            created_at: user.created_at,
            disabled_at: user.disabled_at,
        }
    }
}

/// Somebody to be added.
#[derive(Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPerson {
    /// The name to sign in with: letters a to z, digits, `.`, `_`, `-`, `@`; capitals are the same.
    #[garde(length(chars, min = 1, max = 64))]
    #[schema(min_length = 1, max_length = 64)]
    login: String,
    /// The person's name.
    #[garde(length(chars, min = 1, max = 100), custom(super::text))]
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// What the person may do.
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
    /// The password, without the login in it; without one, links alone sign in.
    #[garde(inner(length(chars, min = PASSWORD_CHARS_MIN, max = PASSWORD_CHARS_MAX)))]
    #[schema(min_length = 12, max_length = 200, examples("correct horse battery"))]
    password: Option<String>,
}

/// Add somebody who signs in
#[utoipa::path(post, path = "/v1/users", tag = "access", params(Key), request_body = NewPerson,
    responses((status = 201, body = Person)))]
pub(super) async fn add(
    State(service): State<Service>,
    Submit(command): Submit<NewPerson>,
) -> Answer<Created<Person>> {
    let body = &command.body;
    let login: Login = body.login.parse()?;
    let password = body.password.as_deref().map(|text| Password::new(text, &login)).transpose()?;
    let grant =
        users::grant(&service.ctx, body.role, body.firm_id, body.technician_id, body.consumer_id).await?;
    let command = command.map(|body| users::New { login, name: body.name, grant, password });
    Ok(Created(app::users::add(&service.ctx, command).await?.into()))
}

/// List who signs in
#[utoipa::path(get, path = "/v1/users", tag = "access", params(PageQuery),
    responses((status = 200, body = Page<Person>)))]
pub(super) async fn list(
    State(service): State<Service>,
    Query(query): Query<PageQuery>,
) -> Answer<Json<Page<Person>>> {
    let people = users::list(&service.ctx, query.after(), query.fetch()).await?;
    Ok(Json(Page::new(&query, people, |user| user.id.0)))
}

/// Another password.
#[derive(Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PersonPassword {
    /// The password, without the login in it.
    #[garde(length(chars, min = PASSWORD_CHARS_MIN, max = PASSWORD_CHARS_MAX))]
    #[schema(min_length = 12, max_length = 200, examples("correct horse battery"))]
    password: String,
}

/// Set somebody's password
///
/// Every session of the person is over.
#[utoipa::path(post, path = "/v1/users/{id}/password", tag = "access", params(("id" = UserId, Path), Key),
    request_body = PersonPassword, responses((status = 200, body = Person)))]
pub(super) async fn set_password(
    State(service): State<Service>,
    Path(id): Path<UserId>,
    Submit(command): Submit<PersonPassword>,
) -> Answer<Json<Person>> {
    let user = users::find(&service.ctx, id).await?;
    let password = Password::new(&command.body.password, &user.login)?;
    let command = command.map(|_| users::NewPassword { user: id, password, keep: None });
    Ok(Json(users::set_password(&service.ctx, command).await?.into()))
}

/// Nothing more to say.
#[derive(Debug, Deserialize, Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PersonStep {}

/// Disable somebody
///
/// At once and for good: every session is over, and nobody signs in by this login again. Nobody disables the own
/// account; the last administrator is disabled at the command line only.
#[utoipa::path(post, path = "/v1/users/{id}/disabling", tag = "access", params(("id" = UserId, Path), Key),
    request_body = PersonStep, responses((status = 200, body = Person)))]
pub(super) async fn disable(
    State(service): State<Service>,
    Path(id): Path<UserId>,
    Submit(command): Submit<PersonStep>,
) -> Answer<Json<Person>> {
    Ok(Json(users::disable(&service.ctx, LastAdministrator::Stays, command.map(|_| id)).await?.into()))
}

/// End somebody's sessions
///
/// In every browser; the person may sign in again.
#[utoipa::path(post, path = "/v1/users/{id}/sessions/ending", tag = "access", params(("id" = UserId, Path), Key),
    request_body = PersonStep, responses((status = 200, body = Person)))]
pub(super) async fn end_sessions(
    State(service): State<Service>,
    Path(id): Path<UserId>,
    Submit(command): Submit<PersonStep>,
) -> Answer<Json<Person>> {
    Ok(Json(users::end_sessions(&service.ctx, command.map(|_| id)).await?.into()))
}
