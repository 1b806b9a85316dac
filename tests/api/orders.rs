//! Any order, any repetition, any delay up to two days: the same record, and the same money.

use std::collections::BTreeSet;

use kaketsuke::app::settlement;
use serde_json::{Value, json};

use crate::support::{
    db::{TestDb, on_both_engines},
    server::TestServer,
    site::{Device, clock, post_facts},
    world::{self, Crew},
};

/// Ways in which the same story is delivered.
const WAYS: usize = 6;

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(most).unwrap()).unwrap()
    }
}

/// One job, told by a phone and by the office of its crew.
struct Story {
    crew: Crew,
    job: String,
    phone: Vec<Value>,
    office: Vec<Value>,
}

fn part_consent() -> Value {
    json!({
        "kind": "consent", "covers": [
            { "kind": "overtime", "cap_units": 3 },
            { "kind": "item", "item": "00000000-0000-4000-8000-000000000480", "max_yen": 960 },
        ],
        "cap_yen": 4_260, "payer": "worker", "language": "en", "understood": "screen", "text_version": "C-1.1",
        "asked_at": clock("22:04"), "answered_at": clock("22:05"), "answer": "yes",
    })
}

impl Story {
    async fn begin(server: &TestServer, number: usize) -> Self {
        let crew = world::crew(server, &format!("第{number}社"), 35.165, 136.91).await;
        let job = world::job(server).await;
        let given = json!({ "technician_id": crew.technician, "reason": "volunteered", "arrival_at": clock("21:30") });
        server.dispatcher().post(&format!("/v1/jobs/{job}/override"), given).await.expect(201);
        let mut phone = Device::new(&job, "phone-1");
        let mut told = |time: &str, kind: Value| phone.fact(time, kind);
        let phone = vec![
            told("21:03", json!({ "kind": "departure" })),
            told("21:05", json!({ "kind": "position", "point": world::point(35.166, 136.905) })),
            told("21:06", json!({ "kind": "delay", "arrival_at": clock("21:40") })),
            told("21:10", json!({ "kind": "arrival" })),
            told(
                "21:12",
                json!({
                    "kind": "id_check", "way": "card_at_door", "id_kind": "residence_card", "face_ok": true, "name_ok": true,
                    "address_ok": true, "pledge_signed": true,
                }),
            ),
            told("21:15", json!({ "kind": "work_start", "work": "work" })),
            told("21:40", json!({ "kind": "pause", "reason": "parts_fetch" })),
            told("21:50", json!({ "kind": "resume" })),
            told(
                "22:10",
                json!({
                    "kind": "part", "item": "00000000-0000-4000-8000-000000000480", "name": "止水栓パッキン",
                    "quantity": "2", "unit_price_yen": 480, "price_basis": "tax_inclusive",
                }),
            ),
            told("22:45", json!({ "kind": "work_end" })),
            told("22:46", json!({ "kind": "payment", "method": "cash", "amount_yen": 3_160 })),
            told("22:47", json!({ "kind": "completion", "outcome": "completed" })),
        ];
        let office = vec![Device::new(&job, "office").fact("22:05", part_consent())];
        Self { crew, job, phone, office }
    }

    async fn send(&self, server: &TestServer, device: &str, facts: &[Value]) {
        if !facts.is_empty() {
            let batch = json!({ "device": device, "sent_at": server.ctx.now(), "facts": facts });
            post_facts(&self.crew.phone, &self.job, &batch).await.expect(200);
        }
    }

    /// Everything at once, in order.
    async fn tell_plainly(&self, server: &TestServer) {
        self.send(server, "office", &self.office).await;
        self.send(server, "phone-1", &self.phone).await;
    }

    /// Shuffled, some of it twice, in batches with so many minutes between them.
    async fn tell(&self, server: &TestServer, dice: &mut Dice, minutes: i64) {
        let mut left: Vec<(&str, &Value)> = self.phone.iter().map(|fact| ("phone-1", fact)).collect();
        left.extend(self.office.iter().map(|fact| ("office", fact)));
        for _ in 0..4 {
            left.push(left[dice.below(left.len())]);
        }
        for at in (1..left.len()).rev() {
            left.swap(at, dice.below(at + 1));
        }
        // A consent that comes after the completion is not believed without a person (G-04).
        left.sort_by_key(|(device, _)| *device != "office");
        while !left.is_empty() {
            let batch: Vec<_> = left.drain(..(1 + dice.below(5)).min(left.len())).collect();
            for device in ["phone-1", "office"] {
                let own = batch.iter().filter(|(name, _)| *name == device);
                let own: Vec<Value> = own.map(|(_, fact)| (*fact).clone()).collect();
                self.send(server, device, &own).await;
            }
            server.pass(minutes).await;
        }
    }

    /// Record, live lines and sums as text, with the ids of this job replaced by what they stand for.
    async fn told(&self, server: &TestServer) -> String {
        let mut statement =
            server.dispatcher().get(&format!("/v1/jobs/{}/statement", self.job)).await.expect(200);
        let lines = statement["lines"].as_array().unwrap().clone();
        let reversed: BTreeSet<_> = lines.iter().filter_map(|line| line["reverses"].as_str()).collect();
        let is_live =
            |line: &&Value| line["reverses"].is_null() && !reversed.contains(line["id"].as_str().unwrap());
        let mut live: Vec<Value> = lines.iter().filter(is_live).cloned().collect();
        for line in &mut live {
            // Only the numbers of the settlements tell in which order the reports came.
            for own in ["id", "settlement_id", "line"] {
                line.as_object_mut().unwrap().remove(own);
            }
        }
        live.sort_by_key(ToString::to_string);
        statement["lines"] = json!(live);
        for payment in statement["payments"].as_array_mut().unwrap() {
            // When it was recorded, and with which settlement, follows from when it was told.
            for own in ["id", "recorded_at", "settlement_id"] {
                payment.as_object_mut().unwrap().remove(own);
            }
        }
        for own in ["settled_at", "settlements"] {
            assert!(!statement.as_object_mut().unwrap().remove(own).unwrap().is_null());
        }
        let mut text = statement.to_string();
        for (id, name) in
            [(&self.job, "job"), (&self.crew.technician, "technician"), (&self.crew.firm, "firm")]
        {
            text = text.replace(id.as_str(), name);
        }
        for (device, facts) in [("phone", &self.phone), ("office", &self.office)] {
            for (number, fact) in facts.iter().enumerate() {
                text = text.replace(fact["id"].as_str().unwrap(), &format!("{device} {number}"));
            }
        }
        text
    }
}

on_both_engines! {
    async fn the_same_story_is_the_same_record_and_the_same_bill(db: TestDb) {
        let server = TestServer::start(&db).await;
        let mut stories = Vec::new();
        for number in 0..WAYS {
            stories.push(Story::begin(&server, number).await);
        }
        server.pass(120).await;
        stories[0].tell_plainly(&server).await;
        let plain = stories[0].told(&server).await;
        // 80 minutes of work: two units, and two packings at 480 yen.
        let statement = server.dispatcher().get(&format!("/v1/jobs/{}/statement", stories[0].job)).await.expect(200);
        assert_eq!((&statement["worked_seconds"], &statement["total_yen"]), (&json!(4_800), &json!(3_160)));
        assert_eq!(statement["flags"], json!([]));
        for (number, story) in stories.iter().enumerate().skip(1) {
            let mut dice = Dice(0x9E37_79B9_7F4A_7C15 ^ u64::try_from(number).unwrap());
            // The last one takes about two days.
            let minutes = if number == WAYS - 1 { 300 } else { i64::try_from(number).unwrap() - 1 };
            story.tell(&server, &mut dice, minutes).await;
            assert_eq!(story.told(&server).await, plain, "way {number}");
            let shown = server.dispatcher().get(&format!("/v1/jobs/{}", story.job)).await.expect(200);
            assert_eq!((&shown["state"], &shown["outcome"]), (&json!("completed"), &json!("completed")));
        }
        assert_eq!(settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        server.stop().await;
    }
}
