//! Webhooks: one POST, signed, no redirects, nothing kept of the answer but its status.

use std::{sync::Arc, time::Duration};

use reqwest::{Client, Response, Url, header, redirect::Policy};

use super::{
    guard::{self, Guard},
    signature::signatures,
};
use crate::domain::{
    messages::{AttemptCode, Outcome, WebhookCall},
    receivers::Receivers,
};

/// Bytes of an answer that are read, so that its connection can be used again; a longer one is cut off.
const ANSWER_BYTES_MAX: usize = 16 * 1024;
/// Idle connections kept for one receiver.
const IDLE_MAX: usize = 2;
/// How the service names itself.
const AGENT: &str = concat!("kaketsuke/", env!("CARGO_PKG_VERSION"));

/// Sends webhooks.
pub(super) struct Webhooks {
    client: Client,
    receivers: Receivers,
}

impl Webhooks {
    pub(super) fn new(receivers: Receivers, timeout: Duration) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .user_agent(AGENT)
            .redirect(Policy::none())
            // A proxy would resolve names itself, past the guard.
            .no_proxy()
            .dns_resolver(Arc::new(Guard(receivers)))
            .timeout(timeout)
            .pool_max_idle_per_host(IDLE_MAX)
            .build()?;
        Ok(Self { client, receivers })
    }

    /// Posts a message.
    pub(super) async fn post(&self, call: WebhookCall) -> Outcome {
        let Some(url) = self.admitted(&call.url) else { return Outcome::of(AttemptCode::ReceiverRefused) };
        let (id, timestamp_s) = (call.id.to_string(), call.at.timestamp());
        let signature = signatures(&call.secrets, &id, timestamp_s, &call.body);
        let request = self
            .client
            .post(url)
            .header(header::CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp_s)
            .header("webhook-signature", signature)
            .body(call.body);
        match request.send().await {
            Ok(response) => {
                let status = response.status().as_u16();
                drain(response).await;
                Outcome::answered(status)
            }
            Err(error) if guard::stopped(&error) => Outcome::of(AttemptCode::ReceiverRefused),
            Err(error) if error.is_timeout() => Outcome::of(AttemptCode::Timeout),
            Err(error) if error.is_connect() => Outcome::of(AttemptCode::Unreachable),
            Err(_) => Outcome::of(AttemptCode::Failed),
        }
    }

    /// The URL, if something may be sent to it. Asked again as the client reads it: it knows more ways of writing an
    /// address than people do.
    fn admitted(&self, text: &str) -> Option<Url> {
        self.receivers.check(text).ok()?;
        let url = Url::parse(text).ok()?;
        let host = url.host_str()?;
        let address = host.trim_start_matches('[').trim_end_matches(']').parse();
        address.map_or(true, |address| self.receivers.admit(address)).then_some(url)
    }
}

/// Reads a short answer to its end and throws it away.
async fn drain(mut response: Response) {
    let mut bytes = 0;
    while let Ok(Some(chunk)) = response.chunk().await {
        bytes += chunk.len();
        if bytes > ANSWER_BYTES_MAX {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::{ids::MessageId, span::Instant};

    fn webhooks(receivers: Receivers) -> Webhooks {
        drop(rustls::crypto::ring::default_provider().install_default());
        Webhooks::new(receivers, Duration::from_secs(5)).unwrap()
    }

    fn call(url: &str) -> WebhookCall {
        let (id, at) = (MessageId(Uuid::from_u128(1)), Instant::UNIX_EPOCH);
        WebhookCall { id, url: url.to_owned(), secrets: vec![[1; 32]], at, body: "{}".to_owned() }
    }

    #[tokio::test]
    async fn nothing_is_sent_to_this_machine() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let webhooks = webhooks(Receivers::Public);
        for host in
            ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "[::1]", "[::ffff:7f00:1]"]
        {
            let outcome = webhooks.post(call(&format!("https://{host}:{port}/"))).await;
            assert_eq!(outcome, Outcome::of(AttemptCode::ReceiverRefused), "{host}");
        }
        assert_eq!(
            webhooks.post(call(&format!("http://127.0.0.1:{port}/"))).await.code,
            AttemptCode::ReceiverRefused
        );
    }

    #[tokio::test]
    async fn a_name_with_private_addresses_only_is_refused_when_it_is_looked_up() {
        let guarded = Client::builder().no_proxy().dns_resolver(Arc::new(Guard(Receivers::Public)));
        drop(rustls::crypto::ring::default_provider().install_default());
        let error = guarded.build().unwrap().get("http://localhost:1/").send().await.unwrap_err();
        assert!(guard::stopped(&error), "{error:?}");
    }

    #[tokio::test]
    async fn nobody_there_is_said_so() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        drop(listener);
        let outcome = webhooks(Receivers::PrivateToo).post(call(&url)).await;
        assert_eq!(outcome, Outcome::of(AttemptCode::Unreachable));
    }
}
