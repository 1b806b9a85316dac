//! Speaks the public API, as anybody would.

use std::io::Write as _;

use anyhow::{Context as _, bail};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

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
        with: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> anyhow::Result<Value> {
        let request =
            self.http.request(method.clone(), format!("{}{path}", self.base)).bearer_auth(&self.secret);
        let response = with(request).send().await.with_context(|| format!("{method} {path}"))?;
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
}
