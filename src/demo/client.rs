//! Speaks the public API, as anybody would.

use std::{io::Write as _, time::Duration};

use anyhow::{Context as _, bail};
use reqwest::{Method, RequestBuilder, Response, StatusCode, header::RETRY_AFTER};
use serde_json::Value;

/// How often the same request is sent at most while the service is overloaded.
const ATTEMPTS_MAX: u32 = 30;
/// Seconds until then where the service does not say.
const PAUSE_S: u64 = 1;

/// Whether every acknowledged change is written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trace {
    /// No.
    Off,
    /// Yes: one line each, `ack POST /v1/calls 201 ID`.
    Acknowledged,
}

/// A caller of the API with one token.
#[derive(Clone)]
pub(super) struct Client {
    http: reqwest::Client,
    base: String,
    secret: String,
    trace: Trace,
}

impl Client {
    pub(super) fn new(base: &str, secret: String, trace: Trace) -> Self {
        Self { http: reqwest::Client::new(), base: base.to_owned(), secret, trace }
    }

    /// The same caller with another token.
    pub(super) fn with(&self, secret: String) -> Self {
        Self { secret, ..self.clone() }
    }

    pub(super) async fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.send(Method::GET, path, |request| request).await
    }

    /// Posts under a key: the same key again gives the same answer.
    pub(super) async fn post(&self, key: &str, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.send(Method::POST, path, |request| request.header("Idempotency-Key", key).json(body)).await
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        with: impl Fn(RequestBuilder) -> RequestBuilder,
    ) -> anyhow::Result<Value> {
        let response =
            self.answered(&method, path, with).await.with_context(|| format!("{method} {path}"))?;
        let status = response.status();
        let text = response.text().await?;
        if !status.is_success() {
            bail!("{method} {path}: {status} {text}");
        }
        let body: Value = if text.is_empty() { Value::Null } else { serde_json::from_str(&text)? };
        if self.trace == Trace::Acknowledged && method != Method::GET {
            let made = std::slice::from_ref(&body);
            // A batch of facts is acknowledged fact by fact.
            for one in body["facts"].as_array().map_or(made, Vec::as_slice) {
                let id = one["id"].as_str().unwrap_or("-");
                writeln!(std::io::stdout(), "ack {method} {path} {} {id}", status.as_u16())?;
            }
        }
        Ok(body)
    }

    /// The answer; an overloaded service is asked again when it says so.
    async fn answered(
        &self,
        method: &Method,
        path: &str,
        with: impl Fn(RequestBuilder) -> RequestBuilder,
    ) -> reqwest::Result<Response> {
        let mut attempt = 1;
        loop {
            let request = self.http.request(method.clone(), format!("{}{path}", self.base));
            let response = with(request.bearer_auth(&self.secret)).send().await?;
            if response.status() != StatusCode::SERVICE_UNAVAILABLE || attempt == ATTEMPTS_MAX {
                return Ok(response);
            }
            attempt += 1;
            let said =
                response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
            #[allow(
                clippy::disallowed_methods,
                reason = "who waits at the other end of the line has no other clock"
            )]
            tokio::time::sleep(Duration::from_secs(said.unwrap_or(PAUSE_S))).await;
        }
    }
}
