//! Reports from the site for the tests: a device that numbers what it tells.

use chrono::TimeDelta;
use kaketsuke::domain::span::Instant;
use serde_json::{Value, json};

use super::{
    server::{Client, Reply, TestServer, id},
    world::{Crew, job, open_offer},
};

/// A job the crew's technician has accepted.
pub(crate) async fn accepted_job(server: &TestServer, crew: &Crew) -> String {
    let job = job(server).await;
    let offer = open_offer(&crew.phone).await.unwrap();
    crew.phone.post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await.expect(201);
    job
}

/// A clock time of the evening of the tests, 2026-11-22 in Tokyo, as in `21:30`.
pub(crate) fn clock(time: &str) -> String {
    format!("2026-11-22T{time}:00+09:00")
}

/// One device on one job.
#[derive(Clone)]
pub(crate) struct Device {
    job: String,
    name: String,
    seq: i64,
}

impl Device {
    pub(crate) fn new(job: &str, name: &str) -> Self {
        Self { job: job.to_owned(), name: name.to_owned(), seq: 0 }
    }

    /// The device once it has given so many numbers.
    pub(crate) fn after(self, seq: i64) -> Self {
        Self { seq, ..self }
    }

    /// A report under the next number.
    pub(crate) fn fact(&mut self, time: &str, kind: Value) -> Value {
        self.seq += 1;
        // One id for the same report, however often it is made.
        let job: u128 = self.job.parse::<uuid::Uuid>().unwrap().as_u128();
        let name = self.name.bytes().fold(0_u128, |sum, byte| sum * 31 + u128::from(byte));
        let id = uuid::Uuid::from_u128(job ^ name << 40 ^ u128::from(self.seq.unsigned_abs()));
        let mut fact = json!({ "id": id, "device_seq": self.seq, "device_time": clock(time) });
        fact.as_object_mut().unwrap().extend(kind.as_object().unwrap().clone());
        fact
    }

    /// A batch of reports, sent when the server's clock shows it.
    pub(crate) fn batch(&self, server: &TestServer, facts: &[Value]) -> Value {
        json!({ "device": self.name, "sent_at": server.ctx.now(), "facts": facts })
    }

    /// Sends a batch as a technician.
    pub(crate) async fn send(&self, server: &TestServer, client: &Client, facts: &[Value]) -> Reply {
        post_facts(client, &self.job, &self.batch(server, facts)).await
    }
}

/// Posts a batch: without an Idempotency-Key, because the facts' own ids are enough.
pub(crate) async fn post_facts(client: &Client, job: &str, body: &Value) -> Reply {
    let request = client.request(reqwest::Method::POST, &format!("/v1/jobs/{job}/facts"));
    client.send(request.json(body)).await
}

/// Arrival, work between two times, completion.
pub(crate) fn work(device: &mut Device, from: &str, to: &str) -> Vec<Value> {
    vec![
        device.fact(from, json!({ "kind": "arrival" })),
        device.fact(from, json!({ "kind": "work_start", "work": "work" })),
        device.fact(to, json!({ "kind": "work_end" })),
        device.fact(to, json!({ "kind": "completion" })),
    ]
}

/// The same, with a yes of the worker to so many units on the way.
pub(crate) fn agreed(
    device: &mut Device,
    from: &str,
    (asked, cap_units): (&str, i64),
    to: &str,
) -> Vec<Value> {
    vec![
        device.fact(from, json!({ "kind": "arrival" })),
        device.fact(from, json!({ "kind": "work_start", "work": "work" })),
        device.fact(asked, consent(asked, cap_units)),
        device.fact(to, json!({ "kind": "work_end" })),
        device.fact(to, json!({ "kind": "completion" })),
    ]
}

/// These reports, each so many minutes after an instant.
pub(crate) fn dated(facts: &mut [Value], from: Instant, minutes: &[i64]) {
    for (fact, after) in facts.iter_mut().zip(minutes) {
        let at = json!(from + TimeDelta::minutes(*after));
        if fact["kind"] == "consent" {
            (fact["asked_at"], fact["answered_at"]) = (at.clone(), at.clone());
        }
        fact["device_time"] = at;
    }
}

/// A yes of the worker to so many units of overtime.
pub(crate) fn consent(time: &str, cap_units: i64) -> Value {
    json!({
        "kind": "consent", "covers": [{ "kind": "overtime", "cap_units": cap_units }],
        "cap_yen": 1_100 * cap_units, "payer": "worker", "language": "en", "understood": "screen",
        "text_version": "C-1.1", "asked_at": clock(time), "answered_at": clock(time), "answer": "yes",
    })
}

/// The outcomes of a batch.
pub(crate) fn outcomes(receipt: &Value) -> Vec<&str> {
    receipt["facts"].as_array().unwrap().iter().map(|fact| fact["outcome"].as_str().unwrap()).collect()
}

/// A billing consumer and its client.
pub(crate) async fn consumer(server: &TestServer, name: &str) -> (String, Client) {
    let made =
        server.administrator().post("/v1/billing-consumers", json!({ "name": name })).await.expect(201);
    let consumer: uuid::Uuid = id(&made).parse().unwrap();
    let role = kaketsuke::domain::actor::Role::Billing;
    let secret = server.token(role, None, None, Some(consumer.into())).await;
    (id(&made), server.with(Some(&secret)))
}

/// Acknowledges a position.
pub(crate) async fn acknowledge(client: &Client, consumer: &str, pos: &Value) -> Reply {
    let path = format!("/v1/billing-consumers/{consumer}/acknowledgements");
    client.send(client.request(reqwest::Method::POST, &path).json(&json!({ "pos": pos }))).await
}
