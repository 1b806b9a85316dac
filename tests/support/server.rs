//! A running service on a scenario clock, and clients for each role, speaking real HTTP.

use std::{
    collections::HashMap,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use kaketsuke::{
    app::{self, Command, Ctx, clock::Clock, loaded::Loaded},
    domain::{
        actor::{Actor, Role},
        ids::{ConsumerId, FirmId, TechnicianId},
        receivers::Receivers,
        span::Instant,
    },
    http::{Limits, Proxies, Tiles},
    notify::{MailBy, Settings},
    server::{Running, Server},
    store::{DatabaseUrl, Db, Patience, files::Files},
};
use rand::{SeedableRng as _, rngs::StdRng};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{db::TestDb, proxy::Proxy};

/// A Sunday evening: 2026-11-22 21:00 in Tokyo.
pub(crate) fn evening() -> Instant {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

/// Connections of a test's service: many tests run at once.
const CONNECTIONS: u32 = 3;

/// Longer than a test may wait for anything: whatever waited for a receiver that never answers would fail it.
const RECEIVER_TIMEOUT: Duration = Duration::from_secs(600);

/// A machine on which many tests run at once is no frozen node.
const PATIENCE: Patience = Patience {
    lock: Duration::from_secs(60),
    passing: Duration::from_secs(60),
    silence: Duration::from_secs(60),
    statement: Duration::from_secs(120),
    answer: Duration::from_secs(60),
    place: Duration::from_secs(10),
};

fn telling(mail: Option<MailBy>) -> Settings {
    Settings { receivers: Receivers::PrivateToo, mail, timeout: RECEIVER_TIMEOUT, ..Settings::default() }
}

/// A running service.
pub(crate) struct TestServer {
    pub(crate) base: String,
    pub(crate) ctx: Ctx,
    running: Running,
    desk: HashMap<Role, String>,
    http: reqwest::Client,
}

/// What speaks HTTP for every client of one service. Without the certificates of the machine: reading them takes longer
/// than most tests' requests, and nothing here is asked over TLS.
fn http() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap()
}

/// How a service is started.
struct Start {
    limits: Limits,
    messages: Settings,
    seed: u64,
    now: Instant,
    files: Files,
    connections: u32,
    tiles: Option<Tiles>,
    proxies: Proxies,
    patience: Patience,
}

impl Default for Start {
    fn default() -> Self {
        Self {
            limits: Limits { ready_timeout: PATIENCE.statement, ..Limits::default() },
            messages: Settings::default(),
            seed: 20_261_122,
            now: evening(),
            files: Files::in_memory(),
            connections: CONNECTIONS,
            tiles: None,
            proxies: Proxies::default(),
            patience: PATIENCE,
        }
    }
}

impl TestServer {
    /// Starts a service on a database, on the evening of the tests.
    pub(crate) async fn start(db: &TestDb) -> Self {
        Self::start_as(db, Start::default()).await
    }

    /// Starts the service once more on the same data: other ids, other tokens.
    pub(crate) async fn start_again(db: &TestDb) -> Self {
        Self::start_as(db, Start { seed: 20_261_123, ..Start::default() }).await
    }

    pub(crate) async fn start_with(db: &TestDb, limits: Limits) -> Self {
        Self::start_as(db, Start { limits, ..Start::default() }).await
    }

    /// Starts a service with so many connections to its database.
    pub(crate) async fn start_wide(db: &TestDb, connections: u32) -> Self {
        Self::start_as(db, Start { connections, ..Start::default() }).await
    }

    /// Starts a service whose database waits and is waited for so long.
    pub(crate) async fn start_patient(db: &TestDb, patience: Patience) -> Self {
        Self::start_as(db, Start { patience, ..Start::default() }).await
    }

    /// Starts a service that reaches its database through a network, and says after so long that it is not ready.
    pub(crate) async fn start_behind(
        db: &TestDb,
        network: &Proxy,
        patience: Patience,
        ready: Duration,
    ) -> Self {
        let limits = Limits { ready_timeout: ready, ..Limits::default() };
        let start = Start { limits, patience, ..Start::default() };
        Self::start_at_url(&network.url(db), start).await
    }

    /// Starts a service whose map has tiles.
    pub(crate) async fn start_tiled(db: &TestDb, tiles: Tiles) -> Self {
        Self::start_as(db, Start { tiles: Some(tiles), ..Start::default() }).await
    }

    /// Starts a service on another evening.
    pub(crate) async fn start_at(db: &TestDb, now: Instant) -> Self {
        Self::start_as(db, Start { now, ..Start::default() }).await
    }

    /// Starts a service that tells receivers on this machine, and mails as it is told to.
    pub(crate) async fn start_telling(db: &TestDb, mail: Option<MailBy>) -> Self {
        Self::start_as(db, Start { messages: telling(mail), ..Start::default() }).await
    }

    /// Starts that service once more on the same data.
    pub(crate) async fn start_telling_again(db: &TestDb, mail: Option<MailBy>) -> Self {
        Self::start_as(db, Start { messages: telling(mail), seed: 20_261_123, ..Start::default() }).await
    }

    /// Starts the service once more on the same data and files, at a later time.
    pub(crate) async fn start_later(db: &TestDb, now: Instant, files: Files) -> Self {
        let seed = u64::try_from(now.timestamp()).unwrap();
        Self::start_as(db, Start { now, seed, files, ..Start::default() }).await
    }

    /// Starts a service that sends messages once more on the same data and files, at a later time.
    pub(crate) async fn start_telling_later(db: &TestDb, now: Instant, files: Files) -> Self {
        let seed = u64::try_from(now.timestamp()).unwrap();
        Self::start_as(db, Start { messages: telling(None), now, seed, files, ..Start::default() }).await
    }

    async fn start_as(db: &TestDb, start: Start) -> Self {
        Self::start_at_url(db.url(), start).await
    }

    async fn start_at_url(url: &str, start: Start) -> Self {
        let Start { limits, messages, seed, now, files, connections, tiles, patience, proxies } = start;
        // Silent unless asked: `RUST_LOG=info cargo test`. A second test of the process finds it set.
        let filter = tracing_subscriber::EnvFilter::from_default_env();
        tracing_subscriber::fmt().with_env_filter(filter).with_test_writer().try_init().ok();
        let url: DatabaseUrl = url.parse().unwrap();
        let store = Db::connect(&url.with_patience(patience), connections).await.unwrap();
        let reference = Loaded::embedded().unwrap();
        let rng = StdRng::seed_from_u64(seed);
        let ctx = Ctx::new(store, Clock::scenario(now), rng, reference).with_files(files);
        app::reference::load_missing(&ctx).await.unwrap();
        let server = Server { listen: "127.0.0.1:0".parse().unwrap(), limits, proxies, messages, tiles };
        let running = server.start(ctx.clone()).await.unwrap();
        let base = format!("http://{}", running.local_addr);
        let mut server = Self { base, ctx, running, desk: HashMap::new(), http: http() };
        for role in [Role::Administrator, Role::Supervisor, Role::Dispatcher, Role::ClaimsSupport] {
            let secret = server.token(role, None, None, None).await;
            server.desk.insert(role, secret);
        }
        server.settle().await;
        server
    }

    /// Issues a token, as the command line does.
    pub(crate) async fn token(
        &self,
        role: Role,
        firm_id: Option<FirmId>,
        technician_id: Option<TechnicianId>,
        consumer_id: Option<ConsumerId>,
    ) -> String {
        let name = format!("test {role}");
        let body = app::tokens::Issue { name, role, firm_id, technician_id, consumer_id, expires_at: None };
        let command = Command::new(Actor::Service("test"), body);
        app::tokens::issue(&self.ctx, command).await.unwrap().secret.unwrap()
    }

    /// A client of a role that is bound to nothing.
    pub(crate) fn client(&self, role: Role) -> Client {
        self.with(Some(&self.desk[&role]))
    }

    pub(crate) fn dispatcher(&self) -> Client {
        self.client(Role::Dispatcher)
    }

    pub(crate) fn administrator(&self) -> Client {
        self.client(Role::Administrator)
    }

    /// A client with this token.
    pub(crate) fn with(&self, secret: Option<&str>) -> Client {
        Client { base: self.base.clone(), secret: secret.map(str::to_owned), http: self.http.clone() }
    }

    /// Waits until every worker has nothing left to do.
    pub(crate) async fn settle(&self) {
        self.ctx.clock().settle().await;
    }

    /// Lets time pass, workers included.
    pub(crate) async fn pass(&self, minutes: i64) {
        self.ctx.clock().advance(chrono::TimeDelta::minutes(minutes)).await;
    }

    pub(crate) async fn stop(self) {
        self.running.stop().await;
    }
}

/// Speaks HTTP as one token.
#[derive(Clone)]
pub(crate) struct Client {
    base: String,
    secret: Option<String>,
    http: reqwest::Client,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
}

impl Client {
    /// A client of a service that is a process of its own.
    pub(crate) fn at(base: &str, secret: Option<&str>) -> Self {
        Self { base: base.to_owned(), secret: secret.map(str::to_owned), http: http() }
    }

    /// The same somebody at another node.
    pub(crate) fn elsewhere(&self, base: &str) -> Self {
        Self { base: base.to_owned(), ..self.clone() }
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(self.request(Method::GET, path)).await
    }

    /// Posts with a fresh idempotency key.
    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        static KEY: AtomicU64 = AtomicU64::new(1);
        let key = format!("key-{}", KEY.fetch_add(1, Ordering::Relaxed));
        self.post_as(&key, path, body).await
    }

    /// Posts with this idempotency key.
    pub(crate) async fn post_as(&self, key: &str, path: &str, body: Value) -> Reply {
        self.send(self.request(Method::POST, path).header("Idempotency-Key", key).json(&body)).await
    }

    /// Puts over the version that was seen.
    pub(crate) async fn put(&self, path: &str, version: i64, body: Value) -> Reply {
        let request = self.request(Method::PUT, path).header("If-Match", format!("\"{version}\""));
        self.send(request.json(&body)).await
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.secret {
            Some(secret) => request.bearer_auth(secret),
            None => request,
        }
    }

    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> Reply {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body =
            if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap_or(json!(text)) };
        Reply { status, headers, body }
    }
}

impl Reply {
    /// The body, after checking that the answer is this one.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self.body
    }

    /// The refused field, after checking that it is the only one.
    #[track_caller]
    pub(crate) fn refused_field(self) -> String {
        assert!(self.status.is_client_error(), "{} {}", self.status, self.body);
        let errors = self.body["errors"].as_array().unwrap();
        assert_eq!(errors.len(), 1, "{}", self.body);
        errors[0]["field"].as_str().unwrap().to_owned()
    }

    /// The kind of problem.
    #[track_caller]
    pub(crate) fn problem(&self) -> &str {
        assert_eq!(self.headers["content-type"], "application/problem+json", "{}", self.body);
        self.body["type"].as_str().unwrap().strip_prefix("urn:kaketsuke:problem:").unwrap()
    }
}

/// The id of a thing just made.
#[track_caller]
pub(crate) fn id(body: &Value) -> String {
    body["id"].as_str().unwrap().to_owned()
}
