//! One's own account: who one is, where one is signed in, another password.

use askama::Template;
use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use garde::Validate;
use serde::Deserialize;

use super::{
    forms::Submitted,
    page::{Html, Page, Visitor, go_to},
};
use crate::{
    app::{
        self,
        sessions::{self, Attempt, Outcome},
        users::NewPassword,
    },
    domain::{
        ids::SessionId,
        span::tokyo,
        users::{Login, PASSWORD_CHARS_MIN, Password},
    },
    http::{Service, extract::Path, peer::Peer, reply::Answer},
};

pub(super) fn routes() -> Router<Service> {
    Router::new()
        .route("/account", get(show))
        .route("/account/password", post(change))
        .route("/account/sessions/{id}/ending", post(end))
}

#[derive(Template)]
#[template(path = "console/account.html")]
struct Account {
    page: Page,
    name: String,
    login: String,
    role: String,
    sessions: Vec<Listed>,
    refusal: Option<String>,
    password_chars_min: usize,
}

struct Listed {
    id: SessionId,
    here: bool,
    began: String,
    seen: String,
}

async fn show(State(service): State<Service>, page: Page, visitor: Visitor) -> Answer<Html<Account>> {
    Ok(Html(account(&service, page, &visitor, None).await?))
}

async fn account(
    service: &Service,
    page: Page,
    visitor: &Visitor,
    refusal: Option<String>,
) -> Answer<Account> {
    let listed = sessions::of_user(&service.ctx, visitor.user).await?.into_iter().map(|session| Listed {
        id: session.id,
        here: session.id == visitor.session,
        began: tokyo(session.created_at).format("%Y-%m-%d %H:%M").to_string(),
        seen: tokyo(session.seen_at).format("%H:%M").to_string(),
    });
    Ok(Account {
        name: visitor.name.clone(),
        login: visitor.login.clone(),
        role: page.code("role", visitor.actor.name()),
        sessions: listed.collect(),
        refusal,
        password_chars_min: PASSWORD_CHARS_MIN,
        page,
    })
}

/// Another password.
#[derive(Deserialize, Validate)]
struct Change {
    #[garde(length(max = 4000))]
    old: String,
    #[garde(length(max = 4000))]
    new: String,
}

async fn change(
    State(service): State<Service>,
    page: Page,
    visitor: Visitor,
    peer: Peer,
    Submitted(command): Submitted<Change>,
) -> Answer<Response> {
    let login: Login = visitor.login.parse()?;
    let refused = async |page: Page, key: &str| -> Answer<Response> {
        let refusal = Some(page.text(key));
        let account = account(&service, page, &visitor, refusal).await?;
        Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(account)).into_response())
    };
    let Ok(password) = Password::new(&command.body.new, &login) else {
        return refused(page, "account-password-weak").await;
    };
    let old = Password::typed(&command.body.old);
    let attempt = Attempt { login, password: old, address: peer.address, browser: None };
    if !matches!(sessions::confirm(&service.ctx, attempt).await?, Outcome::Right(_)) {
        return refused(page, "account-password-wrong").await;
    }
    let body = NewPassword { user: visitor.user, password, keep: Some(visitor.session) };
    app::users::set_password(&service.ctx, command.map(|_| body)).await?;
    Ok(go_to("/account"))
}

/// Nothing more to say.
#[derive(Debug, Deserialize, Validate)]
struct Ending {}

async fn end(
    State(service): State<Service>,
    visitor: Visitor,
    Path(id): Path<SessionId>,
    Submitted(command): Submitted<Ending>,
) -> Answer<Response> {
    sessions::end(&service.ctx, command.map(|_| (visitor.user, id))).await?;
    Ok(go_to("/account"))
}
