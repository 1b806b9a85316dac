//! A receiver of webhooks on this machine: answers as it is told, and remembers what came.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;
use tokio::{net::TcpListener, sync::Notify};

/// How long a test waits for what must happen, in real time.
const PATIENCE: Duration = Duration::from_secs(60);

/// What came in one request.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) id: String,
    pub(crate) timestamp: String,
    pub(crate) signatures: Vec<String>,
    pub(crate) body: String,
    /// The status it was answered with; none, when it was never answered.
    pub(crate) status: Option<u16>,
}

impl Received {
    /// What happened, as in `offer.made`.
    pub(crate) fn kind(&self) -> String {
        self.json()["type"].as_str().unwrap().to_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Whether one of its signatures is by this secret, as Standard Webhooks 1.0 says.
    pub(crate) fn is_signed_by(&self, secret: &str) -> bool {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(format!("{}.{}.{}", self.id, self.timestamp, self.body).as_bytes());
        let right = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        self.signatures.contains(&right)
    }
}

#[derive(Default)]
struct Memory {
    received: Mutex<Vec<Received>>,
    status: Mutex<Option<u16>>,
    came: Notify,
}

/// A running receiver.
pub(crate) struct Receiver {
    pub(crate) url: String,
    memory: Arc<Memory>,
    serving: tokio::task::JoinHandle<()>,
}

impl Receiver {
    /// Answers everything with this status; `None` accepts and never answers.
    pub(crate) async fn start(status: Option<u16>) -> Self {
        let memory = Arc::new(Memory { status: Mutex::new(status), ..Memory::default() });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook?for=tests", listener.local_addr().unwrap());
        let router = Router::new().route("/hook", post(receive)).with_state(memory.clone());
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, memory, serving }
    }

    /// From now on answers with this status; `None` never answers.
    pub(crate) fn answer(&self, status: Option<u16>) {
        *self.memory.status.lock().unwrap() = status;
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.memory.received.lock().unwrap().clone()
    }

    /// What was received and answered with a yes.
    pub(crate) fn taken(&self) -> Vec<Received> {
        self.received().into_iter().filter(|one| one.status.is_some_and(|status| status < 300)).collect()
    }

    /// Waits until so many requests have come.
    pub(crate) async fn wait_for(&self, count: usize) -> Vec<Received> {
        let waiting = async {
            loop {
                let came = self.memory.came.notified();
                let received = self.received();
                if received.len() >= count {
                    return received;
                }
                came.await;
            }
        };
        let received = tokio::time::timeout(PATIENCE, waiting).await;
        received.unwrap_or_else(|_| panic!("{count} requests expected, got {:?}", self.received()))
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn receive(State(memory): State<Arc<Memory>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    let status = *memory.status.lock().unwrap();
    memory.received.lock().unwrap().push(Received {
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp"),
        signatures: header("webhook-signature").split(' ').map(str::to_owned).collect(),
        body: String::from_utf8(body.to_vec()).unwrap(),
        status,
    });
    memory.came.notify_waiters();
    match status {
        Some(status) => StatusCode::from_u16(status).unwrap(),
        None => std::future::pending().await,
    }
}

/// Asks again and again until it is so. What happens between the service and a receiver is not the clock's: nothing but
/// the network says when it is done.
pub(crate) async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let asking = async {
        while !is_so().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.unwrap_or_else(|_| panic!("never: {what}"));
}
