//! Acknowledged reports from the site per second through HTTP, beside the raw one-row commit rate of the same database in
//! the same run: 500 open jobs with 10 to 30 reports each, 32 clients, everything durable; one report a request, and 20.
//!
//! `cargo bench --bench writes` measures SQLite in a file under `target/`; with `KAKETSUKE_BENCH_POSTGRES_URL` (an
//! empty database of a durable server) PostgreSQL as well.
// A benchmark that fails should panic, and it prints.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::{Duration, Instant},
};

use chrono::Utc;
use futures_util::future::join_all;
use kaketsuke::{
    app::{self, Command, Ctx, clock::Clock, loaded::Loaded},
    domain::actor::{Actor, Role},
    http::{Limits, Proxies},
    notify::Settings,
    server::Server,
    store::{self, Db},
};
use serde_json::{Value, json};

/// Clients at once.
const CLIENTS: usize = 32;
/// Open jobs.
const JOBS: usize = 500;
/// The jobs whose reports come one by one; those of the others come in batches.
const SINGLY: usize = 350;
/// Reports in one batch.
const BATCH: usize = 20;
/// How long the raw rate is measured.
const RAW_LASTS: Duration = Duration::from_secs(3);

#[tokio::main]
async fn main() {
    tracing::subscriber::set_global_default(Counter).unwrap();
    println!(
        "{:<10} {:<18} {:>10} {:>8} {:>8} {:>8} {:>12}",
        "engine", "what", "per second", "of raw", "p50 ms", "p99 ms", "statements"
    );
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(format!("target/bench-{}.db", std::process::id()));
    measure(&format!("sqlite:{}", path.display())).await;
    for suffix in ["", "-wal", "-shm"] {
        std::fs::remove_file(format!("{}{suffix}", path.display())).ok();
    }
    match std::env::var("KAKETSUKE_BENCH_POSTGRES_URL") {
        Ok(url) => measure(&url).await,
        Err(_) => println!("postgres: KAKETSUKE_BENCH_POSTGRES_URL is not set"),
    }
}

async fn measure(url: &str) {
    let many = Db::connect(&url.parse().unwrap(), CLIENTS as u32).await.unwrap();
    many.migrate().await.unwrap();
    let engine = many.engine();
    // SQLite has one writer; a server makes the commits of many durable together.
    let writers = if engine == "sqlite" { 1 } else { CLIENTS };
    let raw = raw_commits(&many, writers).await;
    many.close().await;
    let db = Db::connect(&url.parse().unwrap(), connections()).await.unwrap();
    let base = raw.rate();
    raw.print(engine, "raw commits", base, None);
    let ctx = Ctx::new(db, Clock::system(), Ctx::system_rng(), Loaded::embedded().unwrap());
    app::reference::load_missing(&ctx).await.unwrap();
    let server = Server {
        listen: "127.0.0.1:0".parse().unwrap(),
        limits: Limits::default(),
        proxies: Proxies::default(),
        messages: Settings::default(),
        tiles: None,
    };
    let running = server.start(ctx.clone()).await.unwrap();
    let site = Site::set(&ctx, &format!("http://{}", running.local_addr)).await;
    let mut devices = Vec::with_capacity(JOBS);
    for _ in 0..JOBS {
        devices.push(site.device(&ctx).await);
    }
    let in_batches = devices.split_off(SINGLY);
    // The last reports of each job are counted, not timed: counting costs something.
    let (singly, mut devices) = reports(devices, 1, |job| 7 + job * 7 % 20).await;
    singly.print(engine, "one a request", base, Some(statements(&mut devices, 1).await));
    let (batches, mut devices) = reports(in_batches, BATCH, |_| 1).await;
    batches.print(engine, "20 a request", base, Some(statements(&mut devices, BATCH).await));
    running.stop().await;
}

/// Connections of the service: what it has where nothing is said (`database_connections`), or `KAKETSUKE_BENCH_CONNECTIONS`.
fn connections() -> u32 {
    std::env::var("KAKETSUKE_BENCH_CONNECTIONS").map_or(8, |number| number.parse().unwrap())
}

/// What was acknowledged, and how long each request took.
struct Figures {
    times: Vec<Duration>,
    acknowledged: usize,
    lasted: Duration,
}

impl Figures {
    fn rate(&self) -> f64 {
        self.acknowledged as f64 / self.lasted.as_secs_f64()
    }

    fn print(mut self, engine: &str, what: &str, raw: f64, statements: Option<f64>) {
        self.times.sort();
        let at =
            |share: f64| self.times[((self.times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
        let statements = statements.map(|number| format!("{number:.1}")).unwrap_or_default();
        println!(
            "{engine:<10} {what:<18} {:>10.0} {:>8.2} {:>8.2} {:>8.2} {statements:>12}",
            self.rate(),
            self.rate() / raw,
            at(0.5),
            at(0.99)
        );
    }
}

/// One row changed, one commit, over and over.
async fn raw_commits(db: &Db, writers: usize) -> Figures {
    let begun = Instant::now();
    let loops = (0..writers).map(|writer| async move {
        let (mut times, row) = (Vec::new(), uuid::Uuid::from_u128(1 + writer as u128));
        while begun.elapsed() < RAW_LASTS {
            let one = Instant::now();
            let mut tx = db.write().await.unwrap();
            let tomorrow = Clock::system().now() + chrono::TimeDelta::days(1);
            store::evidence::loosen(&mut tx, row, tomorrow).await.unwrap();
            tx.commit().await.unwrap();
            times.push(one.elapsed());
        }
        times
    });
    let times = join_all(loops).await.concat();
    Figures { acknowledged: times.len(), lasted: begun.elapsed(), times }
}

/// Each client goes round its jobs until each of them has had its requests.
async fn reports(
    devices: Vec<Device>,
    batch: usize,
    requests: impl Fn(usize) -> usize,
) -> (Figures, Vec<Device>) {
    let mut hands: Vec<Vec<(usize, Device)>> = (0..CLIENTS).map(|_| Vec::new()).collect();
    for (job, device) in devices.into_iter().enumerate() {
        hands[job % CLIENTS].push((requests(job), device));
    }
    let begun = Instant::now();
    let clients = hands.into_iter().map(|mut hand| {
        tokio::spawn(async move {
            let mut times = Vec::new();
            while hand.iter().any(|(left, _)| *left > 0) {
                for (left, device) in hand.iter_mut().filter(|(left, _)| *left > 0) {
                    let one = Instant::now();
                    device.report(batch).await;
                    times.push(one.elapsed());
                    *left -= 1;
                }
            }
            (times, hand)
        })
    });
    let (mut times, mut devices) = (Vec::new(), Vec::new());
    for done in join_all(clients).await {
        let (some, hand) = done.unwrap();
        times.extend(some);
        devices.extend(hand.into_iter().map(|(_, device)| device));
    }
    (Figures { acknowledged: times.len() * batch, lasted: begun.elapsed(), times }, devices)
}

/// Statements of one more request each, by whatever part of the service; of `BEGIN` and `COMMIT` only those that are sent
/// as statements of their own.
async fn statements(devices: &mut [Device], batch: usize) -> f64 {
    let before = STATEMENTS.load(Ordering::Relaxed);
    COUNTING.store(true, Ordering::Relaxed);
    let devices = &mut devices[..CLIENTS];
    let requests = devices.len();
    join_all(devices.iter_mut().map(|device| device.report(batch))).await;
    COUNTING.store(false, Ordering::Relaxed);
    (STATEMENTS.load(Ordering::Relaxed) - before) as f64 / requests as f64
}

static COUNTING: AtomicBool = AtomicBool::new(false);
static STATEMENTS: AtomicU64 = AtomicU64::new(0);

/// Counts the statements sent to the database, when told to.
struct Counter;

impl tracing::Subscriber for Counter {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target() == "sqlx::query" && COUNTING.load(Ordering::Relaxed)
    }

    fn register_callsite(&self, _: &'static tracing::Metadata<'static>) -> tracing::subscriber::Interest {
        tracing::subscriber::Interest::sometimes()
    }

    fn event(&self, _: &tracing::Event<'_>) {
        STATEMENTS.fetch_add(1, Ordering::Relaxed);
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}

/// A firm in Nagoya and the dispatcher.
struct Site {
    base: String,
    administrator: String,
    dispatcher: String,
    firm: String,
}

/// A technician's phone on a job.
struct Device {
    http: reqwest::Client,
    url: String,
    secret: String,
    seq: u64,
}

async fn post(http: &reqwest::Client, base: &str, secret: &str, path: &str, body: Value) -> Value {
    let key = format!("{:?}", Instant::now()) + path;
    let key: String = key.chars().filter(char::is_ascii_graphic).take(200).collect();
    let request = http.post(format!("{base}{path}")).bearer_auth(secret).header("Idempotency-Key", key);
    let response = request.json(&body).send().await.unwrap();
    let status = response.status();
    let text = response.text().await.unwrap();
    assert!(status.is_success(), "{path}: {status} {text}");
    serde_json::from_str(&text).unwrap()
}

async fn token(ctx: &Ctx, role: Role, technician: Option<&str>) -> String {
    let technician_id = technician.map(|id| id.parse::<uuid::Uuid>().unwrap().into());
    let name = "bench".to_owned();
    let body =
        app::tokens::Issue { name, role, firm_id: None, technician_id, consumer_id: None, expires_at: None };
    app::tokens::issue(ctx, Command::new(Actor::Service("bench"), body)).await.unwrap().secret.unwrap()
}

impl Site {
    async fn set(ctx: &Ctx, base: &str) -> Self {
        let administrator = token(ctx, Role::Administrator, None).await;
        let body = json!({ "name": "計測設備", "phone": "+81525550100", "areas": ["23100"] });
        let firm = post(&reqwest::Client::new(), base, &administrator, "/v1/firms", body).await;
        let dispatcher = token(ctx, Role::Dispatcher, None).await;
        let firm = firm["id"].as_str().unwrap().to_owned();
        Self { base: base.to_owned(), administrator, dispatcher, firm }
    }

    /// A new technician on a new job, hands on.
    async fn device(&self, ctx: &Ctx) -> Device {
        let http = reqwest::Client::new();
        let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        let shifts: Value =
            days.iter().map(|day| json!({ "day": day, "from": "00:00", "to": "24:00" })).collect();
        let body = json!({
            "name": "計測 太郎", "phone": "+819055500100", "trades": ["water"], "shifts": shifts,
            "base": { "type": "Point", "coordinates": [136.91, 35.165] },
        });
        let path = format!("/v1/firms/{}/technicians", self.firm);
        let technician = post(&http, &self.base, &self.administrator, &path, body).await;
        let secret = token(ctx, Role::Technician, technician["id"].as_str()).await;
        let dispatcher = |path: String, body: Value| {
            let http = http.clone();
            async move { post(&http, &self.base, &self.dispatcher, &path, body).await }
        };
        let call = json!({ "channel": "phone", "language": "en", "caller_role": "worker", "phone": "+818055500101" });
        let call = dispatcher("/v1/calls".to_owned(), call).await;
        let dangers = format!("/v1/calls/{}/hazard-answers", call["id"].as_str().unwrap());
        dispatcher(dangers, json!({ "others": "no" })).await;
        let case = json!({
            "call_id": call["id"], "programme": "000", "categories": ["water"], "eligibility": "unverified",
            "liability_flag": "no", "resident": { "name": "Test Example", "phone": "+818055500101" },
            "place": { "postal_code": "460-0008", "address": "1-1-1" },
        });
        let case = dispatcher("/v1/cases".to_owned(), case).await;
        let path = format!("/v1/cases/{}/jobs", case["id"].as_str().unwrap());
        let job = dispatcher(path, json!({ "job_code": "W-TOILET-CLOG" })).await;
        ctx.clock().settle().await;
        let offers = http.get(format!("{}/v1/offers?state=open", self.base)).bearer_auth(&secret);
        let offers: Value = offers.send().await.unwrap().json().await.unwrap();
        let path = format!("/v1/offers/{}/acceptance", offers["items"][0]["id"].as_str().unwrap());
        post(&http, &self.base, &secret, &path, json!({})).await;
        let url = format!("{}/v1/jobs/{}/facts", self.base, job["id"].as_str().unwrap());
        let mut device = Device { http, url, secret, seq: 0 };
        device.send(vec![json!({ "kind": "arrival" })]).await;
        device.send(vec![json!({ "kind": "work_start", "work": "work" })]).await;
        device
    }
}

impl Device {
    /// So many reports in one request, acknowledged.
    async fn report(&mut self, number: usize) {
        let fact = |seq: u64| match seq % 2 {
            0 => json!({ "kind": "pause", "reason": "break" }),
            _ => json!({ "kind": "resume" }),
        };
        let facts = (self.seq..self.seq + number as u64).map(fact).collect();
        self.send(facts).await;
    }

    async fn send(&mut self, mut facts: Vec<Value>) {
        #[allow(clippy::disallowed_methods, reason = "a device has a clock of its own")]
        let now = Utc::now();
        let nanos = now.timestamp_nanos_opt().unwrap().unsigned_abs();
        for fact in &mut facts {
            self.seq += 1;
            fact["id"] = json!(uuid::Uuid::from_u64_pair(nanos, self.seq));
            fact["device_seq"] = json!(self.seq);
            fact["device_time"] = json!(now);
        }
        let body = json!({ "device": "bench", "sent_at": now, "facts": facts });
        let request = self.http.post(&self.url).bearer_auth(&self.secret).json(&body);
        let response = request.send().await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        assert!(status.is_success() && !text.contains("refused"), "{status} {text}");
    }
}
