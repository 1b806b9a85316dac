//! Failures as pages: what the API answers as a problem, people read in their language.

use askama::Template;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use super::{
    guard::HX_REQUEST,
    page::{Html, Page, Visitor},
};
use crate::http::{Service, problem::Problem};

#[derive(Template)]
#[template(path = "console/failure.html")]
struct Failure {
    page: Page,
    title: String,
    detail: String,
}

#[derive(Template)]
#[template(path = "console/failure_note.html")]
struct Note {
    title: String,
    detail: String,
}

/// Turns a problem into a page, or into a line where htmx has asked.
pub(super) async fn dress(State(service): State<Service>, request: Request, next: Next) -> Response {
    let part = request.headers().contains_key(HX_REQUEST);
    let page = Page::of(&service, request.headers(), request.extensions(), request.uri());
    let response = next.run(request).await;
    let Some(problem) = response.extensions().get::<Problem>().cloned() else { return response };
    let page = page.seen_by(response.extensions().get::<Visitor>().cloned());
    let key = format!("problem-{}", problem.code());
    let known = page.texts().has(&key);
    let title = page.texts().text(if known { &key } else { "problem-other" });
    // What the rules say is more exact than the title; it is in English so far.
    let detail = if known { String::new() } else { problem.detail().to_owned() };
    let mut dressed = if part {
        Html(Note { title, detail }).into_response()
    } else {
        Html(Failure { page, title, detail }).into_response()
    };
    *dressed.status_mut() = response.status();
    let (parts, _) = response.into_parts();
    for (name, value) in &parts.headers {
        if !dressed.headers().contains_key(name) && name != axum::http::header::CONTENT_LENGTH {
            dressed.headers_mut().append(name, value.clone());
        }
    }
    *dressed.extensions_mut() = parts.extensions;
    dressed
}
