//! Acknowledged job writes per second through HTTP, beside the raw commit rate of the same database in the same run.
//!
//! `cargo bench --bench writes` measures SQLite in a file under `target/`; with `KAKETSUKE_BENCH_POSTGRES_URL` (an
//! empty database of a durable server) PostgreSQL as well.
// A benchmark that fails should panic, and it prints.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::time::{Duration, Instant};

use chrono::Utc;
use futures_util::future::join_all;
use kaketsuke::{
    app::{self, Command, Ctx, clock::Clock, loaded::Loaded},
    domain::actor::{Actor, Role},
    http::Limits,
    notify::Settings,
    server::Server,
    store::{self, Db},
};
use serde_json::{Value, json};

/// Writers at once: more than there are processors, fewer than the pool has connections.
const WRITERS: usize = 16;
const LASTS: Duration = Duration::from_secs(5);

#[tokio::main]
async fn main() {
    println!("{:<10} {:>8} {:>12} {:>9} {:>9}", "engine", "writers", "per second", "p50 ms", "p99 ms");
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
    let db = Db::connect(&url.parse().unwrap(), WRITERS as u32 + 4).await.unwrap();
    db.migrate().await.unwrap();
    let engine = db.engine();
    for writers in [1, WRITERS] {
        let raw = repeat(writers, |writer| raw_commit(db.clone(), writer)).await;
        report(&format!("{engine} raw"), writers, raw);
    }
    let ctx = Ctx::new(db, Clock::system(), Ctx::system_rng(), Loaded::embedded().unwrap());
    app::reference::load_missing(&ctx).await.unwrap();
    let server = Server {
        listen: "127.0.0.1:0".parse().unwrap(),
        limits: Limits::default(),
        messages: Settings::default(),
        tiles: None,
    };
    let running = server.start(ctx.clone()).await.unwrap();
    let site = Site::set(&ctx, &format!("http://{}", running.local_addr)).await;
    for writers in [1, WRITERS] {
        let mut devices = Vec::new();
        for _ in 0..writers {
            devices.push(std::sync::Arc::new(tokio::sync::Mutex::new(site.device(&ctx).await)));
        }
        let times = repeat(writers, |writer| {
            let device = devices[writer].clone();
            async move { device.lock().await.report().await }
        })
        .await;
        report(&format!("{engine} facts"), writers, times);
    }
    running.stop().await;
}

/// One row changed, one commit.
async fn raw_commit(db: Db, writer: usize) {
    let mut tx = db.write().await.unwrap();
    store::cases::next_number(&mut tx, &format!("bench:{writer}")).await.unwrap();
    tx.commit().await.unwrap();
}

/// Does it over and over with this many writers; how long each took.
async fn repeat<F: Future<Output = ()>>(writers: usize, deed: impl Fn(usize) -> F) -> Vec<Duration> {
    let begun = Instant::now();
    let deed = &deed;
    let loops = (0..writers).map(|writer| async move {
        let mut times = Vec::new();
        while begun.elapsed() < LASTS {
            let one = Instant::now();
            deed(writer).await;
            times.push(one.elapsed());
        }
        times
    });
    join_all(loops).await.concat()
}

fn report(what: &str, writers: usize, mut times: Vec<Duration>) {
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    let rate = times.len() as f64 / LASTS.as_secs_f64();
    println!("{what:<14} {writers:>4} {rate:>12.0} {:>9.2} {:>9.2}", at(0.5), at(0.99));
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
        device.send(json!({ "kind": "arrival" })).await;
        device.send(json!({ "kind": "work_start", "work": "work" })).await;
        device
    }
}

impl Device {
    /// One fact, acknowledged.
    async fn report(&mut self) {
        let fact = match self.seq % 2 {
            0 => json!({ "kind": "pause", "reason": "break" }),
            _ => json!({ "kind": "resume" }),
        };
        self.send(fact).await;
    }

    async fn send(&mut self, mut fact: Value) {
        self.seq += 1;
        #[allow(clippy::disallowed_methods, reason = "a device has a clock of its own")]
        let now = Utc::now();
        let nanos = now.timestamp_nanos_opt().unwrap().unsigned_abs();
        let id = uuid::Uuid::from_u64_pair(nanos, self.seq);
        fact["id"] = json!(id);
        fact["device_seq"] = json!(self.seq);
        fact["device_time"] = json!(now);
        let body = json!({ "device": "bench", "sent_at": now, "facts": [fact] });
        let request = self.http.post(&self.url).bearer_auth(&self.secret).json(&body);
        let response = request.send().await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        assert!(status.is_success() && !text.contains("refused"), "{status} {text}");
    }
}
