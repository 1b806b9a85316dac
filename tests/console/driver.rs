//! A browser with a screen nobody sees: Chromium, told what to do by the WebDriver protocol.
//!
//! Where there is none the test says so and does nothing, unless `KAKETSUKE_REQUIRE_BROWSER=1`: then it fails.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use serde_json::{Value, json};

/// How long something may take to be seen.
const PATIENCE: Duration = Duration::from_secs(20);

/// A browser, closed with the value.
pub(crate) struct Browser {
    driver: Child,
    session: String,
    http: reqwest::Client,
    strokes: AtomicUsize,
}

impl Drop for Browser {
    fn drop(&mut self) {
        // A driver that is killed leaves its browser behind: the session is ended first.
        self.end_session().ok();
        self.driver.kill().ok();
        self.driver.wait().ok();
    }
}

impl Browser {
    fn end_session(&self) -> std::io::Result<()> {
        let Some((address, path)) = self.session["http://".len()..].split_once('/') else { return Ok(()) };
        let mut connection = TcpStream::connect(address)?;
        connection.set_read_timeout(Some(PATIENCE))?;
        write!(connection, "DELETE /{path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
        connection.read_to_end(&mut Vec::new()).map(drop)
    }

    /// A browser of 1280 x 800; none where none is installed.
    pub(crate) async fn open() -> Option<Self> {
        let driver =
            Command::new("chromedriver").arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let Ok(mut driver) = driver else {
            let required = std::env::var("KAKETSUKE_REQUIRE_BROWSER").is_ok_and(|value| value == "1");
            assert!(!required, "KAKETSUKE_REQUIRE_BROWSER=1, but there is no chromedriver");
            eprintln!("no browser: skipped");
            return None;
        };
        let lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = lines.map_while(Result::ok).find_map(|line| {
            let port = line.split("started successfully on port ").nth(1)?;
            port.trim_end_matches('.').parse::<u16>().ok()
        });
        let base = format!("http://127.0.0.1:{}", port.unwrap());
        kaketsuke::server::provide_tls();
        let http = reqwest::Client::new();
        let arguments =
            ["--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1280,800", "--lang=ja"];
        let options = json!({ "args": arguments });
        let wanted = json!({ "capabilities": { "alwaysMatch": { "goog:chromeOptions": options } } });
        let mut browser = Self { driver, session: base, http, strokes: AtomicUsize::new(0) };
        let opened = browser.ask("/session", wanted).await;
        browser.session = format!("{}/session/{}", browser.session, opened["sessionId"].as_str().unwrap());
        Some(browser)
    }

    pub(crate) async fn ask(&self, path: &str, body: Value) -> Value {
        let answer = self.http.post(format!("{}{path}", self.session)).json(&body).send().await.unwrap();
        let answer: Value = answer.json().await.unwrap();
        assert!(answer["value"]["error"].is_null(), "{path}: {answer}");
        answer["value"].clone()
    }

    /// Goes to a page.
    pub(crate) async fn go(&self, url: &str) {
        self.ask("/url", json!({ "url": url })).await;
    }

    /// What a piece of script gives.
    pub(crate) async fn run(&self, script: &str) -> Value {
        self.ask("/execute/sync", json!({ "script": script, "args": [] })).await
    }

    /// What a piece of script gives to its callback.
    pub(crate) async fn run_async(&self, script: &str) -> Value {
        self.ask("/execute/async", json!({ "script": script, "args": [] })).await
    }

    /// Sets a cookie of the page's host.
    pub(crate) async fn set_cookie(&self, name: &str, value: &str) {
        self.ask("/cookie", json!({ "cookie": { "name": name, "value": value, "path": "/" } })).await;
    }

    /// Makes the window so wide and high.
    pub(crate) async fn resize(&self, width: u32, height: u32) {
        self.ask("/window/rect", json!({ "width": width, "height": height })).await;
    }

    pub(crate) const ALT: &str = "\u{e00a}";
    pub(crate) const CONTROL: &str = "\u{e009}";

    /// How many keys were pressed so far; two held together count as one.
    pub(crate) fn strokes(&self) -> usize {
        self.strokes.load(Ordering::Relaxed)
    }

    /// Presses a key while another is held.
    pub(crate) async fn chord(&self, held: &str, key: &str) {
        self.strokes.fetch_add(1, Ordering::Relaxed);
        let strokes = [("keyDown", held), ("keyDown", key), ("keyUp", key), ("keyUp", held)];
        let actions = strokes.map(|(kind, key)| json!({ "type": kind, "value": key }));
        self.ask("/actions", json!({ "actions": [{ "type": "key", "id": "keys", "actions": actions }] }))
            .await;
    }

    /// Presses keys, wherever the focus is.
    pub(crate) async fn press(&self, keys: &str) {
        self.strokes.fetch_add(keys.chars().count(), Ordering::Relaxed);
        let strokes: Vec<_> = keys
            .chars()
            .flat_map(|key| {
                ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key.to_string() }))
            })
            .collect();
        self.ask("/actions", json!({ "actions": [{ "type": "key", "id": "keys", "actions": strokes }] }))
            .await;
    }

    /// Waits until a condition holds.
    #[track_caller]
    pub(crate) fn until(&self, condition: &str) -> impl Future<Output = ()> {
        let script = format!("return Boolean({condition})");
        let condition = condition.to_owned();
        async move {
            let met = tokio::time::timeout(PATIENCE, async {
                while self.run(&script).await != Value::Bool(true) {
                    tokio::task::yield_now().await;
                }
            });
            if met.await.is_err() {
                let page = self.run("return document.body.innerText").await;
                let typed = "return [document.activeElement.id, location.href, ...[...document.querySelectorAll('main input')]
                    .map((one) => `${one.id}=${one.value} ${one.getAttribute('aria-expanded')}`)].join(', ')";
                panic!("not met: {condition}\n{page}\n{}", self.run(typed).await);
            }
        }
    }
}
