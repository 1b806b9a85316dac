//! The JSON API and the pages: parses once, calls one use-case, renders. Conventions live here once each; endpoints in `api`.

mod access;
mod api;
mod auth;
#[cfg(feature = "console")]
mod console;
mod extract;
mod guard;
mod headers;
mod health;
mod metrics;
mod observe;
mod openapi;
#[cfg(feature = "console")]
mod peer;
mod problem;
mod protect;
mod reads;
mod reply;
mod tiles;

use std::{sync::Arc, time::Duration};

use axum::{Router, extract::DefaultBodyLimit, middleware, routing::get};
use tokio::sync::Semaphore;
use utoipa_swagger_ui::SwaggerUi;

use crate::app::Ctx;
use metrics::Metrics;

pub use tiles::Tiles;

/// Pictures taken in at once: each is in the memory several times.
const UPLOADS_MAX: usize = 16;

/// What limits a request.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of a body.
    pub body_bytes_max: usize,
    /// Requests under way at once; one more is refused with 503.
    pub requests_max: usize,
    /// How long a request may take before it is refused with 503. What it began is finished all the same.
    pub request_timeout: Duration,
    /// How late something may be done before the service says that it is not ready.
    pub late_max: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes_max: 1024 * 1024,
            requests_max: 512,
            request_timeout: Duration::from_secs(30),
            late_max: Duration::from_secs(30),
        }
    }
}

/// What every handler may use. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Service {
    ctx: Ctx,
    metrics: Arc<Metrics>,
    places: Arc<Semaphore>,
    uploads: Arc<Semaphore>,
    limits: Limits,
    /// One for each browser that is told of changes as they happen.
    #[cfg(feature = "console")]
    streams: Arc<Semaphore>,
    /// Where the tiles of the map come from.
    #[cfg(feature = "console")]
    tiles: Option<Arc<Tiles>>,
}

/// Browsers that are told of changes at once; one more is refused with 503 and tries again.
#[cfg(feature = "console")]
const STREAMS_MAX: usize = 500;

/// Whether this build has the pages.
pub const HAS_CONSOLE: bool = cfg!(feature = "console");

/// The whole HTTP side of the service.
pub fn router(ctx: Ctx, limits: Limits, tiles: Option<Tiles>) -> Router {
    #[cfg(not(feature = "console"))]
    drop(tiles);
    let places = Arc::new(Semaphore::new(limits.requests_max));
    let service = Service {
        metrics: Arc::new(Metrics::new()),
        ctx,
        places,
        uploads: Arc::new(Semaphore::new(UPLOADS_MAX)),
        limits,
        #[cfg(feature = "console")]
        streams: Arc::new(Semaphore::new(STREAMS_MAX)),
        #[cfg(feature = "console")]
        tiles: tiles.map(Arc::new),
    };
    let (v1, document) = api::routes().split_for_parts();
    let document = openapi::complete(document);
    let v1 = v1
        .route_layer(middleware::from_fn_with_state(service.clone(), auth::authorise))
        .route_layer(middleware::map_response(protect::protect));
    Router::new()
        .merge(v1)
        .merge(pages(&service))
        .merge(SwaggerUi::new("/docs").url("/openapi.json", document))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .fallback(health::nowhere)
        .method_not_allowed_fallback(health::wrong_method)
        .layer(DefaultBodyLimit::max(limits.body_bytes_max))
        .layer(middleware::from_fn_with_state(service.clone(), observe::bound))
        .layer(middleware::from_fn_with_state(service.clone(), observe::observe))
        .with_state(service)
}

/// The pages of the staff.
#[cfg(feature = "console")]
fn pages(service: &Service) -> Router<Service> {
    console::routes(service)
}

/// This build has none, and says so.
#[cfg(not(feature = "console"))]
fn pages(_: &Service) -> Router<Service> {
    Router::new().route("/", get(health::without_pages))
}
