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
mod lines;
mod metrics;
mod observe;
mod openapi;
mod pace;
mod peer;
mod place;
mod problem;
mod protect;
mod reads;
mod reply;
mod shared;
mod tiles;
mod uploads;

use std::{sync::Arc, time::Duration};

use axum::{Router, extract::DefaultBodyLimit, middleware, routing::get};
use tokio::sync::Semaphore;
use utoipa_swagger_ui::SwaggerUi;

use crate::app::Ctx;
#[cfg(feature = "console")]
use console::Listeners;
use metrics::Metrics;
use shared::Shared;
use uploads::Uploads;

pub(crate) use lines::{Client, Lines};
pub use pace::Pace;
pub use peer::Proxies;
pub use tiles::Tiles;

/// What limits a request.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of a body.
    pub body_bytes_max: usize,
    /// Requests under way at once; one more is refused with 503.
    pub requests_max: usize,
    /// How long a request may take before it is refused with 503. What it began is finished all the same.
    pub request_timeout: Duration,
    /// How long it may take to find out whether the service is ready before it is not.
    pub ready_timeout: Duration,
    /// How late something may be done before the service says that it is not ready.
    pub late_max: Duration,
    /// How long the form of somebody who is not known may take to come.
    pub form_timeout: Duration,
    /// How fast a body has to come at least.
    pub pace: Pace,
    /// Connections at once; for one more, the one that has been silent longest is closed.
    pub connections_max: usize,
    /// How long the header of a request may take to come before its connection is closed.
    pub header_timeout: Duration,
    /// How long a connection may be silent between two requests before it is closed.
    pub keep_alive: Duration,
}

impl Limits {
    /// How long connections may keep silent.
    pub(crate) fn patience(&self) -> lines::Patience {
        lines::Patience {
            lines_max: self.connections_max,
            header: self.header_timeout,
            between: self.keep_alive,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes_max: 1024 * 1024,
            requests_max: 512,
            request_timeout: Duration::from_secs(30),
            form_timeout: Duration::from_secs(5),
            // A kilobyte a second: less than any telephone's line.
            pace: Pace { bytes: 5 * 1024, within: Duration::from_secs(5) },
            // Fewer than the 1,024 files that many systems let a process open.
            connections_max: 800,
            header_timeout: Duration::from_secs(10),
            // Longer than the minute after which proxies give up a connection of theirs.
            keep_alive: Duration::from_secs(75),
            // Balancers wait for a few seconds.
            ready_timeout: Duration::from_millis(1_500),
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
    uploads: Uploads,
    readiness: Arc<Shared<health::Readiness>>,
    /// What the service shows about itself, while it can.
    figures: Arc<Shared<Option<crate::app::health::State>>>,
    limits: Limits,
    /// Whose word about the client is believed.
    proxies: Arc<Proxies>,
    /// One for each browser that is told of changes as they happen.
    #[cfg(feature = "console")]
    streams: Arc<Semaphore>,
    /// How many of them each session and each person has.
    #[cfg(feature = "console")]
    listeners: Listeners,
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
pub fn router(ctx: Ctx, limits: Limits, proxies: Proxies, tiles: Option<Tiles>) -> Router {
    #[cfg(not(feature = "console"))]
    drop(tiles);
    let places = Arc::new(Semaphore::new(limits.requests_max));
    let service = Service {
        metrics: Arc::new(Metrics::new()),
        ctx,
        places,
        uploads: Uploads::default(),
        readiness: Arc::default(),
        figures: Arc::default(),
        limits,
        proxies: Arc::new(proxies),
        #[cfg(feature = "console")]
        streams: Arc::new(Semaphore::new(STREAMS_MAX)),
        #[cfg(feature = "console")]
        listeners: Listeners::default(),
        #[cfg(feature = "console")]
        tiles: tiles.map(Arc::new),
    };
    let (v1, document) = api::routes().split_for_parts();
    let document = openapi::completed(document);
    let v1 = v1
        .route_layer(middleware::from_fn_with_state(service.clone(), auth::authorise))
        .route_layer(middleware::map_response(protect::protect));
    Router::new()
        .merge(v1)
        .merge(pages(&service))
        .merge(docs(document))
        .fallback(health::nowhere)
        .method_not_allowed_fallback(health::wrong_method)
        .layer(DefaultBodyLimit::max(limits.body_bytes_max))
        .layer(middleware::from_fn_with_state(service.clone(), observe::bound))
        .merge(watching())
        .layer(middleware::from_fn_with_state(service.clone(), observe::observe))
        .with_state(service)
}

/// How it is: said however much there is to do.
fn watching() -> Router<Service> {
    Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .method_not_allowed_fallback(health::wrong_method)
}

/// The description of the API, and its page.
fn docs(document: utoipa::openapi::OpenApi) -> Router<Service> {
    let page = Router::<Service>::from(SwaggerUi::new("/docs").url("/openapi.json", document));
    page.layer(middleware::map_response(protect::protect_docs))
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
