//! Of several reports one that cannot be read holds up none of the others.

use serde_json::{Value, json};

use crate::support::{
    db::{TestDb, on_both_engines},
    server::TestServer,
    site::{Device, accepted_job, outcomes, post_facts},
    world,
};

fn kind(kind: &str) -> Value {
    json!({ "kind": kind })
}

/// Reports that cannot be read, each with the field that is told; none where it is the report as a whole.
fn unreadable(device: &mut Device) -> Vec<(Value, &'static str)> {
    let mut bad = |change: Value| {
        let mut fact = device.fact("21:05", kind("arrival"));
        for (key, value) in change.as_object().unwrap() {
            match value {
                Value::Null => _ = fact.as_object_mut().unwrap().remove(key),
                value => fact[key] = value.clone(),
            }
        }
        fact
    };
    vec![
        (bad(json!({ "device_seq": 0 })), "device_seq"),
        (bad(json!({ "device_seq": "one" })), "device_seq"),
        (bad(json!({ "device_seq": null })), "device_seq"),
        (bad(json!({ "device_time": "yesterday" })), "device_time"),
        (bad(json!({ "device_time": "1899-12-31T00:00:00Z" })), "device_time"),
        (bad(json!({ "device_time": null })), "device_time"),
        (bad(json!({ "id": "x" })), "id"),
        (bad(json!({ "id": null })), "id"),
        (bad(json!({ "id": "00000000-0000-0000-0000-000000000000" })), "id"),
        (bad(json!({ "kind": "lunch" })), ""),
        (bad(json!({ "colour": "red" })), ""),
        (bad(json!({ "kind": "part" })), ""),
        (bad(json!({ "kind": "position" })), "point"),
        (json!("arrival"), ""),
        (Value::Null, ""),
        (json!([1, 2]), ""),
    ]
}

on_both_engines! {
    async fn one_bad_report_does_not_hold_the_others_up(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = accepted_job(&server, &crew).await;
        let mut device = Device::new(&job, "phone-1");
        server.pass(10).await;
        for (at, (bad, field)) in unreadable(&mut device).into_iter().enumerate() {
            let (one, other) = (device.fact("21:06", kind("arrival")), device.fact("21:07", kind("arrival")));
            let facts = [one, bad.clone(), other];
            let receipt = device.send(&server, &crew.phone, &facts).await.expect(200);
            assert_eq!(outcomes(&receipt), ["recorded", "refused", "recorded"], "{bad}");
            let refused = &receipt["facts"][1];
            assert_eq!(refused["code"], "invalid", "{bad}");
            assert_eq!(refused.get("field").map_or("", |field| field.as_str().unwrap()), field, "{bad}");
            assert!(refused["message"].is_string(), "{bad}");
            let readable = bad["id"].as_str().filter(|id| id.len() == 36);
            assert_eq!(refused.get("id").and_then(Value::as_str), readable, "{bad}");
            // Whoever repeats the batch hears the same of it, and nothing is told twice.
            let again = device.send(&server, &crew.phone, &facts).await.expect(200);
            assert_eq!(outcomes(&again), ["duplicate", "refused", "duplicate"], "{bad}");
            assert_eq!(&again["facts"][1], refused, "{bad}");
            let told = db.raw().await.texts("SELECT data FROM event WHERE kind = 'fact.rejected' ORDER BY ord").await;
            assert_eq!(told.len(), at + 1, "{bad}");
            let last: Value = serde_json::from_str(&told[at]).unwrap();
            assert_eq!((&last["code"], &last["field"], &last["device"]), (&json!("invalid"), &json!(field), &json!("phone-1")));
            assert_eq!(last["technician"], crew.technician.as_str());
        }
        server.stop().await;
    }

    async fn a_batch_of_bad_reports_only_is_answered_too(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = accepted_job(&server, &crew).await;
        let mut device = Device::new(&job, "phone-1");
        let all: Vec<_> = unreadable(&mut device).into_iter().map(|(fact, _)| fact).collect();
        let receipt = device.send(&server, &crew.phone, &all).await.expect(200);
        assert_eq!(outcomes(&receipt), vec!["refused"; all.len()]);
        assert_eq!(receipt["job_state"], "assigned");
        // A single one is the request that cannot be read.
        for (form, named) in [("fact", "fact"), ("facts", "facts[0]")] {
            let fact = if form == "fact" { all[0].clone() } else { json!([all[0]]) };
            let single = post_facts(&crew.phone, &job, &json!({ "device": "phone-1", form: fact })).await;
            assert_eq!((single.status.as_u16(), single.refused_field()), (422, format!("{named}.device_seq")));
        }
        // A device that goes mad fills no log.
        for round in 0..3 {
            let mad: Vec<_> = (0..50).map(|n| json!({ "round": round, "number": n })).collect();
            device.send(&server, &crew.phone, &mad).await.expect(200);
        }
        let told = db.raw().await.texts("SELECT data FROM event WHERE kind = 'fact.rejected'").await;
        assert_eq!(told.len(), 100);
        server.stop().await;
    }

    async fn what_is_refused_for_another_reason_is_told_as_well(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = accepted_job(&server, &crew).await;
        let mut device = Device::new(&job, "phone-1");
        server.pass(10).await;
        let arrival = device.fact("21:05", kind("arrival"));
        let mut other = arrival.clone();
        other["device_time"] = device.fact("21:06", kind("arrival"))["device_time"].clone();
        for _ in 0..2 {
            let receipt = device.send(&server, &crew.phone, &[arrival.clone(), other.clone()]).await.expect(200);
            assert_eq!(receipt["facts"][1]["code"], "id_reused");
        }
        let told = db.raw().await.texts("SELECT data FROM event WHERE kind = 'fact.rejected'").await;
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains("id_reused") && told[0].contains(arrival["id"].as_str().unwrap()), "{told:?}");
        server.stop().await;
    }

    async fn a_clock_may_be_as_wrong_as_it_likes(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = accepted_job(&server, &crew).await;
        server.pass(10).await;
        // One that has never been set.
        let (sent_at, told_at) = ("1970-01-01T09:30:00+09:00", "1970-01-01T09:25:00+09:00");
        let mut device = Device::new(&job, "phone-1");
        let mut departure = device.fact("21:00", kind("departure"));
        departure["device_time"] = json!(told_at);
        let mut batch = json!({ "device": "phone-1", "sent_at": sent_at, "facts": [departure] });
        let receipt = post_facts(&crew.phone, &job, &batch).await.expect(200);
        assert_eq!(outcomes(&receipt), ["recorded"]);
        // It is looked at before anything is billed; where the job is follows at once.
        let told = (&receipt["job_state"], &receipt["flags"][0]["code"]);
        assert_eq!(told, (&json!("en_route"), &json!("clock_skew")));
        // Where nothing tells how wrong it is, it is taken for what it says.
        (batch["facts"][0]["id"], batch["facts"][0]["device_seq"]) = (json!(uuid::Uuid::from_u128(7)), json!(2));
        batch.as_object_mut().unwrap().remove("sent_at");
        assert_eq!(post_facts(&crew.phone, &job, &batch).await.refused_field(), "facts[0].device_time");
        server.stop().await;
    }
}
