//! The way in, by password or by a link that counts once, and the way out.

use askama::Template;
use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use garde::Validate;
use serde::Deserialize;

use super::{
    cookies,
    forms::{Submitted, Typed},
    guard, navigation,
    page::{Html, Page, Visitor, go_to, own_path},
};
use crate::{
    app::{
        Command,
        sessions::{self, Attempt, Opened, Outcome},
    },
    domain::users::{Login, Password},
    http::{Service, extract::Query, peer::Peer, reply::Answer},
};

/// The pages anybody may see.
pub(super) fn open_routes() -> Router<Service> {
    Router::new().route("/sign-in", get(show).post(enter)).route("/sign-in/link/{secret}", get(follow))
}

/// The page of who is signed in.
pub(super) fn guarded_routes() -> Router<Service> {
    Router::new().route("/sign-out", post(leave))
}

#[derive(Template)]
#[template(path = "console/sign_in.html")]
struct SignIn {
    page: Page,
    to: String,
    login: String,
    refusal: Option<String>,
}

/// Where one was going.
#[derive(Debug, Deserialize, Validate)]
struct Going {
    #[garde(length(max = 500))]
    to: Option<String>,
}

async fn show(
    State(service): State<Service>,
    page: Page,
    peer: Peer,
    headers: HeaderMap,
    Query(going): Query<Going>,
) -> Answer<Response> {
    let to = own_path(going.to.as_deref()).to_owned();
    let secret = cookies::session(&headers, peer);
    if let Some(visitor) = guard::visitor(&service, secret.as_deref()).await? {
        return Ok(go_to(way(&to, &visitor)));
    }
    Ok(Html(SignIn { page, to, login: String::new(), refusal: None }).into_response())
}

/// Where one was going, or where the role begins.
fn way<'a>(to: &'a str, visitor: &Visitor) -> &'a str {
    if to == "/" { navigation::first(visitor.actor.role()) } else { to }
}

/// What is typed to sign in. Longer than any of ours: refused as wrong, not as too long.
#[derive(Deserialize, Validate)]
struct Credentials {
    #[garde(length(max = 1000))]
    login: String,
    #[garde(length(max = 4000))]
    password: String,
    #[garde(length(max = 500))]
    to: Option<String>,
}

async fn enter(
    State(service): State<Service>,
    page: Page,
    peer: Peer,
    headers: HeaderMap,
    Typed(typed): Typed<Credentials>,
) -> Answer<Response> {
    let to = own_path(typed.to.as_deref()).to_owned();
    let password = Password::typed(&typed.password);
    // What cannot be a login is answered as a wrong one.
    let outcome = match typed.login.parse::<Login>() {
        Ok(login) => {
            let browser = cookies::browser(&headers, peer);
            let attempt = Attempt { login, password, address: peer.address, browser };
            sessions::sign_in(&service.ctx, attempt).await?
        }
        Err(_) => Outcome::Wrong,
    };
    let refused = |page: Page, status: StatusCode, refusal: String| {
        (status, Html(SignIn { page, to: to.clone(), login: typed.login.clone(), refusal: Some(refusal) }))
            .into_response()
    };
    match outcome {
        Outcome::Right(opened) => {
            tracing::info!(user = %opened.user.id, "signed in");
            let old = cookies::session(&headers, peer);
            end_old(&service, old.as_deref()).await?;
            Ok(entered(&opened, &to, peer))
        }
        Outcome::Wrong => {
            tracing::warn!(address = %peer.address, "a sign-in was refused");
            let refusal = page.text("sign-in-wrong");
            Ok(refused(page, StatusCode::UNPROCESSABLE_ENTITY, refusal))
        }
        Outcome::TooEarly(due) => {
            let seconds = (due - page.now()).num_seconds().max(0) + 1;
            let refusal = page.with("sign-in-too-early", "seconds", seconds);
            let mut response = refused(page, StatusCode::TOO_MANY_REQUESTS, refusal);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            Ok(response)
        }
    }
}

/// A browser has one session.
async fn end_old(service: &Service, secret: Option<&str>) -> Answer<()> {
    if let Some(old) = guard::visitor(service, secret).await? {
        sessions::end(&service.ctx, Command::new(old.actor, (old.user, old.session))).await?;
    }
    Ok(())
}

fn entered(opened: &Opened, to: &str, peer: Peer) -> Response {
    let first = navigation::first(opened.user.actor().role());
    let mut response = go_to(if to == "/" { first } else { to });
    let cookie = cookies::of_session(Some(&opened.secret), peer);
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response.headers_mut().append(header::SET_COOKIE, cookies::of_browser(&opened.browser(), peer));
    response
}

async fn follow(
    State(service): State<Service>,
    page: Page,
    peer: Peer,
    Path(secret): Path<String>,
) -> Answer<Response> {
    match sessions::sign_in_by_link(&service.ctx, &secret).await? {
        Some(opened) => Ok(entered(&opened, "/", peer)),
        None => {
            let refusal = Some(page.text("sign-in-link-used"));
            let form = SignIn { page, to: "/".to_owned(), login: String::new(), refusal };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(form)).into_response())
        }
    }
}

/// Nothing more to say.
#[derive(Debug, Deserialize, Validate)]
struct Leaving {}

async fn leave(
    State(service): State<Service>,
    visitor: Visitor,
    peer: Peer,
    Submitted(command): Submitted<Leaving>,
) -> Answer<Response> {
    sessions::end(&service.ctx, command.map(|_| (visitor.user, visitor.session))).await?;
    let mut response = go_to("/sign-in");
    response.headers_mut().append(header::SET_COOKIE, cookies::of_session(None, peer));
    Ok(response)
}
