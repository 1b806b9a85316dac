//! A technician at the site: an accepted job, and the reports of a device on it.

use std::sync::atomic::{AtomicU64, Ordering};

use chrono::TimeDelta;
use kaketsuke::domain::span::Instant;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{
    server::{Client, TestServer, evening},
    world::{self, Crew},
};

/// The key under which a consent names the part of these tests.
pub(crate) const PART: &str = "00000000-0000-4000-8000-000000000480";

/// A job, and the crew that has accepted it.
pub(crate) struct Site {
    pub(crate) crew: Crew,
    pub(crate) job: String,
}

impl Site {
    /// Registers a crew, makes a job and accepts it. Everybody registered before must be busy.
    pub(crate) async fn open(server: &TestServer, name: &str) -> Self {
        let crew = world::crew(server, name, 35.165, 136.91).await;
        let job = world::job(server).await;
        let offer = world::open_offer(&crew.phone).await.unwrap();
        crew.phone.post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await.expect(201);
        Self { crew, job }
    }

    /// Sends reports as one batch, now, and answers the receipt.
    pub(crate) async fn report(&self, server: &TestServer, device: &Device, facts: &[Value]) -> Value {
        let body = device.batch(server, facts);
        self.crew.phone.post(&self.facts_path(), body).await.expect(200)
    }

    pub(crate) fn facts_path(&self) -> String {
        format!("/v1/jobs/{}/facts", self.job)
    }

    pub(crate) async fn statement(&self, reader: &Client) -> Value {
        reader.get(&format!("/v1/jobs/{}/statement", self.job)).await.expect(200)
    }
}

/// A device that reports on one job.
pub(crate) struct Device {
    name: &'static str,
    number: u64,
    reported: u64,
}

impl Device {
    pub(crate) fn new(name: &'static str) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        Self { name, number: NUMBER.fetch_add(1, Ordering::Relaxed), reported: 0 }
    }

    /// The next report, of what happened at this time.
    pub(crate) fn tell(&mut self, at: Instant, what: &Value) -> Value {
        self.reported += 1;
        let id = Uuid::from_u64_pair(self.number, self.reported);
        let mut fact = what.clone();
        fact["id"] = json!(id);
        fact["device_seq"] = json!(self.reported);
        fact["device_time"] = json!(at);
        fact
    }

    /// The next report, of something that needs no more words.
    pub(crate) fn simply(&mut self, at: Instant, kind: &str) -> Value {
        self.tell(at, &json!({ "kind": kind }))
    }

    /// These reports, sent now.
    pub(crate) fn batch(&self, server: &TestServer, facts: &[Value]) -> Value {
        json!({ "device": self.name, "sent_at": server.ctx.clock().now(), "facts": facts })
    }

    /// Departure at 21:05, arrival at 21:10, work from 21:15 for so many seconds, the payer's yes to so many units at
    /// 22:05 (minute 50, C-19), and completion as the hands are taken off.
    pub(crate) fn plain(&mut self, worked: i64, units: Option<i64>) -> Vec<Value> {
        let end = at("21:15:00") + TimeDelta::seconds(worked);
        let mut facts =
            vec![self.simply(at("21:05:00"), "departure"), self.simply(at("21:10:00"), "arrival")];
        facts.push(self.tell(at("21:15:00"), &work_start()));
        facts.extend(units.map(|units| self.tell(at("22:05:00"), &yes(at("22:05:00"), units, 0))));
        facts.extend([self.simply(end, "work_end"), self.simply(end, "completion")]);
        facts
    }
}

/// A time of the evening in Tokyo.
pub(crate) fn at(time: &str) -> Instant {
    let at: Instant = format!("2026-11-22T{time}+09:00").parse().unwrap();
    assert!(at >= evening());
    at
}

pub(crate) fn work_start() -> Value {
    json!({ "kind": "work_start", "work": "work" })
}

pub(crate) fn pause() -> Value {
    json!({ "kind": "pause", "reason": "parts_fetch" })
}

/// One packing at 480 yen.
pub(crate) fn part() -> Value {
    json!({
        "kind": "part", "item": PART, "name": "止水栓パッキン", "quantity": "1", "unit_price_yen": 480,
        "price_basis": "tax_inclusive",
    })
}

/// The worker's yes to so many units, and to parts of so many yen.
pub(crate) fn yes(answered_at: Instant, units: i64, part_yen: i64) -> Value {
    let mut covers = vec![json!({ "kind": "overtime", "cap_units": units })];
    if part_yen > 0 {
        covers.push(json!({ "kind": "item", "item": PART, "max_yen": part_yen }));
    }
    json!({
        "kind": "consent", "covers": covers, "cap_yen": 1_100 * units + part_yen, "payer": "worker",
        "language": "en", "understood": "screen", "text_version": "C-1.1",
        "asked_at": answered_at - TimeDelta::seconds(20), "answered_at": answered_at, "answer": "yes",
    })
}

/// What became of each report of a batch.
pub(crate) fn outcomes(receipt: &Value) -> Vec<&str> {
    receipt["facts"].as_array().unwrap().iter().map(|fact| fact["outcome"].as_str().unwrap()).collect()
}

/// Kind, quantity, yen and payer of each line.
pub(crate) fn brief(lines: &Value) -> Vec<(&str, &str, i64, &str)> {
    lines.as_array().unwrap().iter().map(brief_of).collect()
}

fn brief_of(line: &Value) -> (&str, &str, i64, &str) {
    let text = |key: &str| line[key].as_str().unwrap();
    (text("kind"), text("quantity"), line["amount_yen"].as_i64().unwrap(), text("payer"))
}
