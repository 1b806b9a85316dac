//! Figures for Prometheus. Labels are routes and codes: never an id, never a name.

use axum::http::{Method, StatusCode};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};

use crate::app::{Counted, health::State};

/// Upper bounds of the duration buckets, in seconds.
const DURATION_BUCKETS_S: [f64; 11] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// Upper bounds of the buckets of statements and transactions in one request: the limits of the endpoints among them.
const STATEMENT_BUCKETS: [f64; 8] = [0.0, 1.0, 3.0, 6.0, 15.0, 30.0, 100.0, 300.0];
const TRANSACTION_BUCKETS: [f64; 4] = [0.0, 1.0, 2.0, 5.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    method: String,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    method: String,
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct MessagesIn {
    state: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OnDisk {
    disk: &'static str,
}

/// The figures of one node.
pub(super) struct Metrics {
    registry: Registry,
    requests: Family<Request, Counter>,
    durations: Family<Route, Histogram>,
    statements: Family<Route, Histogram>,
    transactions: Family<Route, Histogram>,
    feed_position: Gauge,
    feed_queue: Gauge,
    technicians: Gauge,
    messages: Family<MessagesIn, Gauge>,
    reads_waiting: Gauge,
    reads_lost: Gauge,
    disks_free: Family<OnDisk, Gauge>,
}

impl Metrics {
    pub(super) fn new() -> Self {
        let mut registry = Registry::with_prefix("kaketsuke");
        let requests = Family::<Request, Counter>::default();
        let durations =
            Family::<Route, Histogram>::new_with_constructor(|| Histogram::new(DURATION_BUCKETS_S));
        let [feed_position, feed_queue, technicians, reads_waiting, reads_lost] =
            std::array::from_fn(|_| Gauge::default());
        registry.register("http_requests", "Requests answered", requests.clone());
        registry.register_with_unit(
            "http_request_duration",
            "Time to answer a request",
            Unit::Seconds,
            durations.clone(),
        );
        let statements =
            Family::<Route, Histogram>::new_with_constructor(|| Histogram::new(STATEMENT_BUCKETS));
        let transactions =
            Family::<Route, Histogram>::new_with_constructor(|| Histogram::new(TRANSACTION_BUCKETS));
        let run = "Statements run to answer a request, without finding out who asks";
        registry.register("http_request_statements", run, statements.clone());
        let begun = "Transactions begun to answer a request, without finding out who asks";
        registry.register("http_request_transactions", begun, transactions.clone());
        registry.register("feed_position", "Last position of the feed", feed_position.clone());
        registry.register("feed_queue", "Events that wait for a position", feed_queue.clone());
        registry.register("fleet_technicians", "Technicians in the matching snapshot", technicians.clone());
        let messages = Family::<MessagesIn, Gauge>::default();
        registry.register("messages", "Messages that have not arrived", messages.clone());
        let waiting = "Reads of personal data that wait to be written";
        registry.register("read_log_waiting", waiting, reads_waiting.clone());
        let lost = "Reads of personal data not written, because too many waited";
        registry.register("read_log_lost", lost, reads_lost.clone());
        let disks_free = Family::<OnDisk, Gauge>::default();
        let room = "Room left on a disk the service writes to";
        registry.register_with_unit("disk_free", room, Unit::Bytes, disks_free.clone());
        Self {
            registry,
            requests,
            durations,
            statements,
            transactions,
            feed_position,
            feed_queue,
            technicians,
            messages,
            reads_waiting,
            reads_lost,
            disks_free,
        }
    }

    /// Counts one answered request.
    pub(super) fn answered(&self, method: &Method, route: &str, status: StatusCode, seconds: f64) {
        let (method, route) = (known(method).to_owned(), route.to_owned());
        let request = Request { method: method.clone(), route: route.clone(), status: status.as_u16() };
        self.requests.get_or_create(&request).inc();
        self.durations.get_or_create(&Route { method, route }).observe(seconds);
    }

    /// Notes what answering one request has asked of the database.
    pub(super) fn asked(&self, method: &Method, route: &str, asked: Counted) {
        let route = Route { method: known(method).to_owned(), route: route.to_owned() };
        self.statements.get_or_create(&route).observe(asked.statements.into());
        self.transactions.get_or_create(&route).observe(asked.transactions.into());
    }

    /// The figures as text.
    pub(super) fn render(&self, state: &State) -> String {
        self.feed_position.set(state.feed_position);
        self.feed_queue.set(state.feed_queue);
        self.technicians.set(state.technicians);
        for (state, count) in [("pending", state.messages_pending), ("dead", state.messages_dead)] {
            self.messages.get_or_create(&MessagesIn { state }).set(count);
        }
        self.reads_waiting.set(state.reads_waiting);
        self.reads_lost.set(state.reads_lost);
        for (disk, bytes) in &state.disks_free {
            let free = i64::try_from(*bytes).unwrap_or(i64::MAX);
            self.disks_free.get_or_create(&OnDisk { disk: disk.as_str() }).set(free);
        }
        let mut text = String::new();
        // Writing into a String cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

/// The method, so that invented ones cannot fill the memory with labels.
fn known(method: &Method) -> &str {
    match method.as_str() {
        known @ ("GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD" | "OPTIONS") => known,
        _ => "other",
    }
}
