//! Is it alive, is it ready, how is it doing; and what is said where there is nothing.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{Service, problem::Problem};
use crate::{app, domain::span::Instant};

/// The process answers.
pub(super) async fn alive() -> &'static str {
    "alive\n"
}

/// Whether requests should come here.
#[derive(Debug, Clone)]
pub(super) enum Readiness {
    Ready,
    /// What is overdue, and by how long.
    Late(String),
    DiskFull,
    Away,
}

/// The database takes a write and answers in time, reference data is in force, and what is due is done.
pub(super) async fn ready(State(service): State<Service>) -> Response {
    let asked = service.readiness.ask(readiness(&service));
    let readiness = tokio::time::timeout(service.limits.ready_timeout, asked).await.unwrap_or_else(|_| {
        tracing::warn!("not ready: the database does not answer in time");
        Readiness::Away
    });
    match readiness {
        Readiness::Ready => "ready\n".into_response(),
        Readiness::Late(detail) => Problem::late(detail).into_response(),
        Readiness::DiskFull => Problem::disk_full().into_response(),
        Readiness::Away => Problem::unavailable().into_response(),
    }
}

async fn readiness(service: &Service) -> Readiness {
    let now = service.ctx.now();
    let late = |since: &Instant| (now - *since).to_std().unwrap_or_default() > service.limits.late_max;
    let due = match app::health::ready(&service.ctx).await {
        Ok(()) => app::health::overdue(&service.ctx).await,
        Err(error) => Err(error),
    };
    match due {
        Ok(due) if !due.iter().any(|(_, since)| late(since)) => Readiness::Ready,
        Ok(due) => {
            let late = due.iter().filter(|(_, since)| late(since));
            let late: Vec<_> =
                late.map(|(what, since)| format!("{what} for {} s", (now - *since).num_seconds())).collect();
            let detail = format!("overdue: {}", late.join(", "));
            tracing::warn!(detail, "not ready");
            Readiness::Late(detail)
        }
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "not ready");
            match error {
                app::Error::DiskFull => Readiness::DiskFull,
                _ => Readiness::Away,
            }
        }
    }
}

/// Figures in the Prometheus text format.
pub(super) async fn metrics(State(service): State<Service>) -> Response {
    let figures = async {
        let figures = app::health::check(&service.ctx).await;
        figures
            .inspect_err(|error| tracing::warn!(error = error as &dyn std::error::Error, "no figures"))
            .ok()
    };
    match service.figures.ask(figures).await {
        Some(state) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, kind)], service.metrics.render(&state)).into_response()
        }
        None => Problem::unavailable().into_response(),
    }
}

/// What is said at `/` by a build without the pages.
#[cfg(not(feature = "console"))]
pub(super) async fn without_pages() -> &'static str {
    "kaketsuke: this build has the API only, without the dispatchers' pages (feature 'console'); see /docs\n"
}

/// No such page.
pub(super) async fn nowhere() -> Problem {
    Problem::not_found("page")
}

/// There is such a page, but not for this method; the router adds `Allow`.
pub(super) async fn wrong_method() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method-not-allowed",
        "This method is not allowed here",
        "see the Allow header for the methods of this page",
    )
}
