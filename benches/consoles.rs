//! Two hundred consoles follow a night that is played at full speed: how long from a commit until every console has been
//! told, until a row of its Board has been read anew, how much memory that takes, and that nothing is missed when the
//! service is killed and started again.
//!
//! Then each page is opened in Chromium, where there is one: what it weighs and when it is first painted.
//!
//! `cargo bench --bench consoles`; SQLite in a folder under `target/`. The consoles run in this process and on the same
//! cores as the service and the night.
// A benchmark that fails should panic, it prints, and it waits by the machine's clock.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr, clippy::disallowed_methods)]

#[path = "../tests/console/driver.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod driver;

use std::{
    collections::{BTreeSet, HashMap},
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use serde_json::{Value, json};

const CONSOLES: usize = 200;
const MARKS: usize = 200;
const MARKS_AFTER: usize = 50;
const LISTEN: &str = "127.0.0.1:8399";
const PASSWORD: &str = "correct horse battery";
/// As long as the Board waits for more before it reads its rows anew.
const COALESCE: Duration = Duration::from_millis(150);
/// For anything that is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// Requests that were refused because too many were under way.
static REFUSED: AtomicUsize = AtomicUsize::new(0);

/// What one console has been told.
#[derive(Default)]
struct Told {
    /// When it was told of a thing first.
    seen: HashMap<String, Instant>,
    /// Positions of the feed, each later than the one before.
    pos: i64,
    connections: usize,
}

struct Console {
    http: reqwest::Client,
    cookie: String,
    told: Arc<Mutex<Told>>,
    rows: Arc<Mutex<Vec<Duration>>>,
    over: Arc<AtomicBool>,
}

impl Console {
    /// Follows the changes, and connects again where it was whenever it is cut off.
    async fn follow(&self) {
        while !self.over.load(Ordering::Relaxed) {
            let pos = self.told.lock().unwrap().pos;
            let request = self.http.get(format!("http://{LISTEN}/events?after={pos}"));
            match request.header("cookie", &self.cookie).send().await {
                Ok(answer) if answer.status().is_success() => self.listen(answer).await,
                _ => {}
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn listen(&self, mut answer: reqwest::Response) {
        self.told.lock().unwrap().connections += 1;
        let mut text = String::new();
        while let Ok(Some(chunk)) = answer.chunk().await {
            text.push_str(&String::from_utf8_lossy(&chunk));
            while let Some(end) = text.find("\n\n") {
                let message: String = text.drain(..end + 2).collect();
                self.hear(&message);
            }
            if self.over.load(Ordering::Relaxed) {
                return;
            }
        }
    }

    fn hear(&self, message: &str) {
        let field = |name: &str| message.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        if field("event:") != Some("change") {
            return;
        }
        let pos: i64 = field("id:").unwrap().parse().unwrap();
        let changes: Vec<Value> = serde_json::from_str(field("data:").unwrap()).unwrap();
        let now = Instant::now();
        let mut told = self.told.lock().unwrap();
        assert!(pos > told.pos, "position {pos} after {}", told.pos);
        told.pos = pos;
        let mut jobs = Vec::new();
        for change in changes {
            let id = change["id"].as_str().unwrap().to_owned();
            if change["subject"] == "job" {
                jobs.push(id.clone());
            }
            told.seen.entry(id).or_insert(now);
        }
        if !jobs.is_empty() {
            self.read_rows(&jobs, now);
        }
    }

    /// What the Board does with it: a moment later it reads the rows anew.
    fn read_rows(&self, jobs: &[String], told: Instant) {
        let request = self.http.get(format!("http://{LISTEN}/board/rows?ids={}", jobs.join(",")));
        let (request, rows) = (request.header("cookie", &self.cookie), self.rows.clone());
        tokio::spawn(async move {
            tokio::time::sleep(COALESCE).await;
            match request.send().await {
                Ok(answer) if answer.status().is_success() => {
                    answer.text().await.unwrap();
                    rows.lock().unwrap().push(told.elapsed());
                }
                Ok(_) => _ = REFUSED.fetch_add(1, Ordering::Relaxed),
                // The service was killed.
                Err(_) => {}
            }
        });
    }
}

/// A service of its own process; it ends with this.
struct Service {
    child: Child,
    folder: PathBuf,
}

impl Service {
    fn start(folder: &Path, arguments: &[&str]) -> (Self, std::process::ChildStdout) {
        let mut command = command(folder);
        let mut child =
            command.args(arguments).args(["--listen", LISTEN]).stdout(Stdio::piped()).spawn().unwrap();
        let out = child.stdout.take().unwrap();
        (Self { child, folder: folder.to_owned() }, out)
    }

    fn rss_mib(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
    }

    fn kill(mut self) -> PathBuf {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.folder.clone()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kaketsuke"));
    // By a flag: the demo never plays on a database that the environment names.
    command.arg("--database-url").arg(format!("sqlite:{}", folder.join("kaketsuke.db").display()));
    command.env("KAKETSUKE_LOG_FILTER", "error");
    command
}

/// What a command says, given a line.
fn told_by(folder: &Path, arguments: &[&str], line: &str) -> String {
    let mut child =
        command(folder).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{line}").unwrap();
    let done = child.wait_with_output().unwrap();
    assert!(done.status.success(), "{arguments:?}");
    String::from_utf8(done.stdout).unwrap().trim().to_owned()
}

/// Looks again and again, and gives up after [`PATIENCE`].
async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !is_so().await {
        assert!(began.elapsed() < PATIENCE, "{what}: not after {} s", PATIENCE.as_secs());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn until_it_answers(http: &reqwest::Client) {
    until("an answer", async || http.get(format!("http://{LISTEN}/readyz")).send().await.is_ok()).await;
}

async fn sign_in(http: &reqwest::Client) -> String {
    let body = format!("login=bench&password={}", PASSWORD.replace(' ', "+"));
    let answer = http
        .post(format!("http://{LISTEN}/sign-in"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body)
        .send()
        .await
        .unwrap();
    let cookie = answer.headers()["set-cookie"].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

/// Writes calls down one after the other; of each, its id with when it was sent and answered.
async fn mark(
    http: &reqwest::Client,
    token: &str,
    from: usize,
    count: usize,
) -> Vec<(String, Instant, Instant)> {
    let mut marks = Vec::new();
    for number in from..from + count {
        let body = json!({ "channel": "phone", "language": "ne", "caller_role": "worker", "phone": "+818055500101" });
        let (sent, answered, call) = loop {
            let sent = Instant::now();
            let request = http.post(format!("http://{LISTEN}/v1/calls")).bearer_auth(token);
            let request = request.header("idempotency-key", format!("mark-{number}")).json(&body);
            let answer = request.send().await.unwrap();
            let (answered, status) = (Instant::now(), answer.status());
            let call: Value = answer.json().await.unwrap();
            if status.is_success() {
                break (sent, answered, call);
            }
            // As a client does that is told to come again.
            assert_eq!(status.as_u16(), 503, "{call}");
            REFUSED.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_secs(1)).await;
        };
        marks.push((call["id"].as_str().unwrap().to_owned(), sent, answered));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    marks
}

fn ms(values: &mut [Duration]) -> (f64, f64, f64) {
    values.sort();
    let at = |share: f64| values[((values.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0;
    (at(0.5), at(0.99), at(1.0))
}

/// A session may listen a few times, not a hundred times.
async fn sign_in_all(http: &reqwest::Client) -> Vec<String> {
    let mut cookies = Vec::new();
    for _ in 0..CONSOLES {
        cookies.push(sign_in(http).await);
    }
    cookies
}

#[tokio::main]
async fn main() {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("target/bench-consoles-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    kaketsuke::server::provide_tls();
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let (service, out) = Service::start(&folder, &["demo", "--speed", "max"]);
    let played = std::thread::spawn(move || {
        let mut lines = BufReader::new(out).lines();
        lines.any(|line| line.is_ok_and(|line| line.contains("Ctrl-C")))
    });
    until_it_answers(&http).await;
    let user = ["user", "add", "--login", "bench", "--name", "bench", "--role", "dispatcher"];
    told_by(&folder, &user, PASSWORD);
    let token = told_by(&folder, &["token", "issue", "--role", "dispatcher", "--name", "bench"], "");
    let token = token.split_whitespace().find(|word| word.starts_with("kkt_")).unwrap().to_owned();
    let cookies = sign_in_all(&http).await;
    let alone = service.rss_mib();

    let (over, rows) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
    let consoles: Vec<_> = cookies
        .into_iter()
        .map(|cookie| {
            Arc::new(Console {
                http: reqwest::Client::new(),
                cookie,
                told: Arc::default(),
                rows: rows.clone(),
                over: over.clone(),
            })
        })
        .collect();
    let following: Vec<_> = consoles
        .iter()
        .map(|console| {
            let console = console.clone();
            tokio::spawn(async move { console.follow().await })
        })
        .collect();
    let unconnected = |console: &Arc<Console>| console.told.lock().unwrap().connections == 0;
    until("every console connected", async || !consoles.iter().any(unconnected)).await;
    let mut marks = mark(&http, &token, 0, MARKS).await;
    let most = service.rss_mib();
    tokio::task::spawn_blocking(move || {
        assert!(played.join().unwrap(), "the night was not played to its end")
    })
    .await
    .unwrap();
    wait_for(&consoles, &marks).await;
    report(&consoles, &marks, &rows, alone, most);
    pages().await;

    // Killed and started again: whoever was cut off goes on where he was.
    let folder = service.kill();
    // By the clock of the night, in which the session of the consoles is not over.
    let (service, _out) = Service::start(&folder, &["demo", "--speed", "max"]);
    until_it_answers(&http).await;
    marks.extend(mark(&http, &token, MARKS, MARKS_AFTER).await);
    wait_for(&consoles, &marks).await;
    over.store(true, Ordering::Relaxed);
    let all: Vec<BTreeSet<String>> =
        consoles.iter().map(|console| console.told.lock().unwrap().seen.keys().cloned().collect()).collect();
    let everything: BTreeSet<String> = all.iter().flatten().cloned().collect();
    let gaps = all.iter().filter(|one| **one != everything).count();
    let again = consoles.iter().filter(|console| console.told.lock().unwrap().connections > 1).count();
    println!(
        "killed and started again: {again} consoles connected again, {gaps} of {CONSOLES} have missed something of {} things",
        everything.len()
    );
    assert_eq!((gaps, again), (0, CONSOLES));
    let folder = service.kill();
    join_all(following).await;
    std::fs::remove_dir_all(folder).ok();
}

/// What each page weighs as it is sent, with an empty cache, and when something of it is painted first.
async fn pages() {
    let Some(browser) = driver::Browser::open().await else { return };
    browser.go(&format!("http://{LISTEN}/sign-in")).await;
    browser
        .run(&format!(
            "const form = document.querySelector('main form'); form.login.value = 'bench';
             form.password.value = '{PASSWORD}'; form.requestSubmit()"
        ))
        .await;
    browser.until("document.querySelector('.who-name')").await;
    println!("{:<12} {:>9} {:>16}", "page", "kB sent", "first paint ms");
    for path in ["/", "/calls", "/calls/new", "/map", "/roster", "/account"] {
        browser.ask("/goog/cdp/execute", json!({ "cmd": "Network.clearBrowserCache", "params": {} })).await;
        browser.go(&format!("http://{LISTEN}{path}")).await;
        browser.until("performance.getEntriesByName('first-contentful-paint').length > 0").await;
        let seen = browser
            .run(
                "const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
                 return [entries.filter((one) => !one.name.includes('/v1/') && !one.name.includes('/events'))
                   .reduce((sum, one) => sum + one.transferSize, 0), performance.getEntriesByName('first-contentful-paint')[0].startTime]",
            )
            .await;
        println!(
            "{path:<12} {:>9.0} {:>16.0}",
            seen[0].as_f64().unwrap() / 1000.0,
            seen[1].as_f64().unwrap()
        );
    }
}

async fn wait_for(consoles: &[Arc<Console>], marks: &[(String, Instant, Instant)]) {
    let (last, _, _) = marks.last().unwrap();
    let untold = |console: &Arc<Console>| !console.told.lock().unwrap().seen.contains_key(last);
    until("every console told", async || !consoles.iter().any(untold)).await;
}

fn report(
    consoles: &[Arc<Console>],
    marks: &[(String, Instant, Instant)],
    rows: &Mutex<Vec<Duration>>,
    alone: f64,
    most: f64,
) {
    let mut told = Vec::new();
    for console in consoles {
        let heard = console.told.lock().unwrap();
        for (id, _, answered) in marks {
            // Some are told before the writer has its answer.
            told.push(heard.seen[id].saturating_duration_since(*answered));
        }
    }
    let mut written: Vec<_> = marks.iter().map(|(_, sent, answered)| *answered - *sent).collect();
    let mut rows = rows.lock().unwrap().clone();
    println!(
        "{CONSOLES} consoles, a night at full speed, {} marks; milliseconds p50 / p99 / max",
        marks.len()
    );
    for (name, (p50, p99, max)) in [
        ("write answered", ms(&mut written)),
        ("commit to told", ms(&mut told)),
        ("told to row read anew (150 of it waiting for more)", ms(&mut rows)),
    ] {
        println!("{name:<52} {p50:>8.1} {p99:>8.1} {max:>8.1}");
    }
    println!(
        "rows read anew {}, refused {}; resident memory {alone:.0} MiB before the consoles, {most:.0} MiB with them",
        rows.len(),
        REFUSED.load(Ordering::Relaxed)
    );
}
