//! From the first ring to the first offer, over HTTP, with 10,000 technicians on duty and 3,000 positions a second
//! coming in. Everything a dispatcher's screen sends is sent (call, danger questions, case, job), without the human in
//! between; the clock stops when the job shows that somebody is asked.
//!
//! `cargo bench --bench ringing` measures SQLite in a file under `target/`; with `KAKETSUKE_BENCH_POSTGRES_URL` (an
//! empty database of a durable server) PostgreSQL as well.
// A benchmark that fails should panic, it prints, and it waits by the machine's clock.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods)]

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use kaketsuke::{
    app::{self, Command, Ctx, clock::Clock, loaded::Loaded},
    domain::actor::{Actor, Role},
    http::{Limits, Proxies},
    notify::Settings,
    server::Server,
    store::Db,
};
use serde_json::{Value, json};

const FIRMS: usize = 10;
const TECHNICIANS_PER_FIRM: usize = 1_000;
const POSITIONS_PER_SECOND: usize = 3_000;
const CALLS: usize = 200;
const WRITERS: usize = 16;

static KEY: AtomicU64 = AtomicU64::new(1);

#[tokio::main]
async fn main() {
    println!(
        "{:<10} {:>6} {:>9} {:>9} {:>9} {:>14}",
        "engine", "calls", "p50 ms", "p99 ms", "max ms", "positions/s"
    );
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(format!("target/bench-ringing-{}.db", std::process::id()));
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
    let db = Db::connect(&url.parse().unwrap(), connections()).await.unwrap();
    db.migrate().await.unwrap();
    let engine = db.engine();
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
    let base = format!("http://{}", running.local_addr);
    let administrator = Client::new(&ctx, &base, Role::Administrator, None).await;
    let fleet = Arc::new(enlist(&ctx, &base, &administrator).await);
    let stop = Arc::new(AtomicBool::new(false));
    let moving = tokio::spawn(move_about(fleet, stop.clone()));
    let dispatcher = Client::new(&ctx, &base, Role::Dispatcher, None).await;
    let mut times = Vec::with_capacity(CALLS);
    for number in 0..CALLS {
        times.push(ring(&dispatcher, number).await);
    }
    stop.store(true, Ordering::Relaxed);
    let rate = moving.await.unwrap();
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!("{engine:<10} {CALLS:>6} {:>9.1} {:>9.1} {:>9.1} {rate:>14.0}", at(0.5), at(0.99), at(1.0));
    running.stop().await;
}

/// Connections of the service: what it has where nothing is said (`database_connections`), or `KAKETSUKE_BENCH_CONNECTIONS`.
fn connections() -> u32 {
    std::env::var("KAKETSUKE_BENCH_CONNECTIONS").map_or(8, |number| number.parse().unwrap())
}

/// Speaks HTTP as one token.
#[derive(Clone)]
struct Client {
    http: reqwest::Client,
    base: String,
    secret: String,
}

impl Client {
    async fn new(ctx: &Ctx, base: &str, role: Role, firm: Option<&str>) -> Self {
        let firm_id = firm.map(|id| id.parse::<uuid::Uuid>().unwrap().into());
        let name = "bench".to_owned();
        let body = app::tokens::Issue {
            name,
            role,
            firm_id,
            technician_id: None,
            consumer_id: None,
            expires_at: None,
        };
        let issued = app::tokens::issue(ctx, Command::new(Actor::Service("bench"), body)).await.unwrap();
        Self { http: reqwest::Client::new(), base: base.to_owned(), secret: issued.secret.unwrap() }
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let key = format!("bench-{}", KEY.fetch_add(1, Ordering::Relaxed));
        let request = self.http.post(format!("{}{path}", self.base)).bearer_auth(&self.secret);
        let response = request.header("Idempotency-Key", key).json(body).send().await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    async fn get(&self, path: &str) -> Value {
        let request = self.http.get(format!("{}{path}", self.base)).bearer_auth(&self.secret);
        request.send().await.unwrap().json().await.unwrap()
    }
}

/// A firm's office with its technicians.
struct Office {
    client: Client,
    technicians: Vec<String>,
}

/// Firms that serve the whole of Nagoya, their technicians spread over 40 km.
async fn enlist(ctx: &Ctx, base: &str, administrator: &Client) -> Vec<Office> {
    let mut offices = Vec::new();
    for number in 0..FIRMS {
        let body = json!({ "name": format!("計測{number}"), "phone": "+81525550100", "areas": ["23100"] });
        let firm = administrator.post("/v1/firms", &body).await["id"].as_str().unwrap().to_owned();
        let path = format!("/v1/firms/{firm}/technicians");
        let share = TECHNICIANS_PER_FIRM / WRITERS + 1;
        let writers = (0..WRITERS).map(|writer| {
            let (path, administrator) = (path.clone(), administrator.clone());
            async move {
                let mut made = Vec::new();
                let from = (writer * share).min(TECHNICIANS_PER_FIRM);
                for index in from..(from + share).min(TECHNICIANS_PER_FIRM) {
                    let body = technician(number * TECHNICIANS_PER_FIRM + index);
                    made.push(administrator.post(&path, &body).await["id"].as_str().unwrap().to_owned());
                }
                made
            }
        });
        let technicians = join_all(writers).await.concat();
        let client = Client::new(ctx, base, Role::Firm, Some(&firm)).await;
        offices.push(Office { client, technicians });
    }
    offices
}

fn technician(index: usize) -> Value {
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let shifts: Value =
        days.iter().map(|day| json!({ "day": day, "from": "00:00", "to": "24:00" })).collect();
    json!({
        "name": "計測 太郎", "phone": "+819055500100", "trades": ["water", "lock"], "shifts": shifts,
        "base": point(index, 0),
    })
}

/// Somewhere within 20 km of the centre, a little further on with each step.
fn point(index: usize, step: usize) -> Value {
    let spread = |salt: usize| ((index * 7_919 + salt * 104_729) % 10_007) as f64 / 10_007.0 - 0.5;
    let (lon, lat) = (136.91 + 0.44 * spread(1) + 1e-5 * step as f64, 35.165 + 0.36 * spread(2));
    json!({ "type": "Point", "coordinates": [lon, lat] })
}

/// Sends positions at the asked rate until stopped; answers the rate it reached.
async fn move_about(offices: Arc<Vec<Office>>, stop: Arc<AtomicBool>) -> f64 {
    let batch = 1_000;
    let begun = Instant::now();
    let (mut sent, mut step) = (0_usize, 0_usize);
    let mut beat = tokio::time::interval(Duration::from_secs(1) / (POSITIONS_PER_SECOND / batch) as u32);
    let mut under_way = tokio::task::JoinSet::new();
    while !stop.load(Ordering::Relaxed) {
        beat.tick().await;
        let (offices, nth) = (offices.clone(), step % FIRMS);
        let now = chrono::Utc::now();
        under_way.spawn(async move {
            let office = &offices[nth];
            let positions: Vec<Value> = office
                .technicians
                .iter()
                .take(batch)
                .enumerate()
                .map(|(index, id)| {
                    let place = point(nth * TECHNICIANS_PER_FIRM + index, step / FIRMS + 1);
                    json!({ "technician_id": id, "point": place, "accuracy_m": 10, "measured_at": now })
                })
                .collect();
            office.client.post("/v1/positions", &json!({ "positions": positions })).await;
        });
        sent += batch;
        step += 1;
        // No more than a second's worth may be outstanding: what is not taken in time is not counted as taken.
        while under_way.len() > POSITIONS_PER_SECOND / batch {
            under_way.join_next().await;
        }
    }
    while under_way.join_next().await.is_some() {}
    sent as f64 / begun.elapsed().as_secs_f64()
}

/// One call: from the first ring until somebody is asked.
async fn ring(dispatcher: &Client, number: usize) -> Duration {
    let begun = Instant::now();
    let phone = format!("+8180555{:05}", number);
    let call = json!({ "channel": "phone", "language": "ne", "caller_role": "worker", "phone": phone });
    let call = dispatcher.post("/v1/calls", &call).await;
    let call = call["id"].as_str().unwrap();
    dispatcher.post(&format!("/v1/calls/{call}/hazard-answers"), &json!({ "others": "no" })).await;
    let case = json!({
        "call_id": call, "programme": "000", "categories": ["water"], "eligibility": "unverified",
        "liability_flag": "no", "resident": { "name": "Test Example", "phone": phone },
        "place": { "postal_code": "460-0008", "address": format!("{}-1", number % 30 + 1), "room": "205" },
    });
    let case = dispatcher.post("/v1/cases", &case).await;
    let path = format!("/v1/cases/{}/jobs", case["id"].as_str().unwrap());
    let job = dispatcher.post(&path, &json!({ "job_code": "W-TOILET-CLOG" })).await;
    let path = format!("/v1/jobs/{}", job["id"].as_str().unwrap());
    loop {
        if dispatcher.get(&path).await["state"] == "offered" {
            return begun.elapsed();
        }
        tokio::task::yield_now().await;
    }
}
