//! From the field: facts in batches, the job's state and its price.

use kaketsuke::app::settlement;
use serde_json::{Value, json};

use crate::support::{
    db::{Engine, TestDb, on_both_engines},
    server::TestServer,
    site::{self, Device, accepted_job, clock, consent, outcomes, post_facts},
    world,
};

fn kind(kind: &str) -> Value {
    json!({ "kind": kind })
}

fn codes(body: &Value) -> Vec<&str> {
    body["flags"].as_array().unwrap().iter().map(|flag| flag["code"].as_str().unwrap()).collect()
}

on_both_engines! {
    async fn from_departure_to_the_bill(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = accepted_job(&server, &crew).await;
        let mut device = Device::new(&job, "phone-1");
        let path = format!("/v1/jobs/{job}");
        for (minutes, time, what, state) in [
            (3, "21:03", kind("departure"), "en_route"),
            (15, "21:18", kind("arrival"), "on_site"),
            (6, "21:24", json!({ "kind": "work_start", "work": "work" }), "working"),
            (50, "22:14", consent("22:14", 2), "working"),
            (22, "22:36", kind("work_end"), "on_site"),
            (3, "22:39", json!({ "kind": "completion", "signature": "sig-1" }), "completed"),
        ] {
            server.pass(minutes).await;
            let fact = device.fact(time, what);
            let receipt = device.send(&server, &crew.phone, &[fact]).await.expect(200);
            assert_eq!(outcomes(&receipt), ["recorded"]);
            assert_eq!((receipt["job_state"].as_str(), receipt["flags"].clone()), (Some(state), json!([])));
            assert_eq!(receipt["settlement"].is_object(), state == "completed");
            assert_eq!(crew.phone.get(&path).await.expect(200)["state"], state);
        }
        let shown = crew.office.get(&path).await.expect(200);
        assert_eq!(shown["closed_at"], "2026-11-22T13:39:00Z");
        assert_eq!(shown["assignments"][0]["slot"], "released");
        // 72 minutes of work: 12 beyond the free hour are two units begun.
        let statement = crew.office.get(&format!("{path}/statement")).await.expect(200);
        assert_eq!((&statement["worked_seconds"], &statement["total_yen"]), (&json!(4_320), &json!(2_200)));
        let total = json!({ "payer": "worker", "amount_yen": 2_200, "collected_yen": 0, "due_yen": 2_200 });
        assert_eq!(statement["totals"], json!([total]));
        assert_eq!(statement["arrived_at"], "2026-11-22T12:18:00Z");
        let line = &statement["lines"][0];
        assert_eq!((&line["kind"], &line["quantity"], &line["tax_included_yen"]), (&json!("overtime"), &json!("2"), &json!(200)));
        assert_eq!(line["proof"]["units"][0]["begun_at"], "2026-11-22T13:24:00Z");
        assert_eq!(line["proof"]["terms"], 1);
        assert!(line["text_en"].as_str().unwrap().contains("2,200 yen"));
        // Whoever is done can be sent again.
        accepted_job(&server, &crew).await;
        assert_eq!(settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        server.stop().await;
    }

    async fn repeated_shuffled_and_late_reports_end_with_the_same_bill(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = accepted_job(&server, &crew).await;
        let (mut phone, mut office) = (Device::new(&job, "phone-1"), Device::new(&job, "office"));
        server.pass(120).await;
        let facts = site::work(&mut phone, "21:10", "22:30");
        let receipt = phone.send(&server, &crew.phone, &[facts[3].clone(), facts[1].clone()]).await.expect(200);
        assert_eq!((receipt["job_state"].clone(), codes(&receipt)[0]), (json!("completed"), "missing_end"));
        assert!(codes(&receipt).contains(&"sequence_hole") && receipt["settlement"].is_null());
        let statement_path = format!("/v1/jobs/{job}/statement");
        let held = server.dispatcher().get(&statement_path).await.expect(200);
        assert_eq!((held["settled_at"].clone(), held["lines"].clone()), (Value::Null, json!([])));
        server.pass(1).await;
        let receipt = phone.send(&server, &crew.phone, &facts).await.expect(200);
        assert_eq!(outcomes(&receipt), ["recorded", "duplicate", "recorded", "duplicate"]);
        assert_eq!((receipt["flags"].clone(), receipt["settlement"]["number"].clone()), (json!([]), json!(1)));
        let again = phone.send(&server, &crew.phone, &facts).await.expect(200);
        assert_eq!((outcomes(&again), again["settlement"].clone()), (vec!["duplicate"; 4], Value::Null));
        // 80 minutes without consent: two units written off, and the consent that the office sends afterwards waits.
        let statement = server.dispatcher().get(&statement_path).await.expect(200);
        assert_eq!((&statement["lines"][0]["kind"], &statement["lines"][0]["payer"]), (&json!("write_off"), &json!("programme")));
        server.pass(1).await;
        let late = office.fact("22:05", consent("22:05", 5));
        let mut batch = office.batch(&server, &[late]);
        let without = post_facts(&crew.office, &job, &batch).await;
        assert_eq!(without.refused_field(), "technician_id");
        batch["technician_id"] = json!(crew.technician);
        let receipt = post_facts(&crew.office, &job, &batch).await.expect(200);
        // It was not heard of before the bill: a person must look at it (G-04), and until then the bill stays.
        assert_eq!((codes(&receipt), &receipt["settlement"]), (vec!["consent_too_late"], &Value::Null));
        let statement = server.dispatcher().get(&statement_path).await.expect(200);
        let lines: Vec<_> =
            statement["lines"].as_array().unwrap().iter().map(|line| (line["kind"].clone(), line["amount_yen"].clone())).collect();
        assert_eq!(lines, [(json!("write_off"), json!(0))]);
        assert_eq!(settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        server.stop().await;
    }

    async fn each_report_is_refused_by_itself(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let first = accepted_job(&server, &crew).await;
        let mut device = Device::new(&first, "phone-1");
        server.pass(30).await;
        let arrival = device.fact("21:10", kind("arrival"));
        let other = json!({ "id": arrival["id"], "device_seq": 1, "device_time": clock("21:11"), "kind": "arrival" });
        let start = device.fact("21:12", json!({ "kind": "work_start", "work": "work" }));
        let facts = [arrival.clone(), other, start, arrival.clone()];
        let receipt = device.send(&server, &crew.phone, &facts).await.expect(200);
        assert_eq!(outcomes(&receipt), ["recorded", "refused", "recorded", "duplicate"]);
        assert_eq!(receipt["facts"][1]["code"], "id_reused");
        assert_eq!(receipt["job_state"], "working");
        let rest = [device.fact("21:20", kind("work_end")), device.fact("21:20", kind("completion"))];
        device.send(&server, &crew.phone, &rest).await.expect(200);
        let second = accepted_job(&server, &crew).await;
        let receipt = Device::new(&second, "phone-1").send(&server, &crew.phone, &[arrival]).await.expect(200);
        assert_eq!((outcomes(&receipt), &receipt["facts"][0]["code"]), (vec!["refused"], &json!("foreign_job")));
        let listed = crew.phone.get(&format!("/v1/jobs/{first}/facts?limit=3")).await.expect(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), 3);
        let next = listed["next"].as_str().unwrap();
        let rest = crew.phone.get(&format!("/v1/jobs/{first}/facts?cursor={next}")).await.expect(200);
        assert_eq!(rest["items"].as_array().unwrap().len(), 1);
        let none = crew.phone.get(&format!("/v1/jobs/{second}/facts")).await.expect(200);
        assert_eq!(none["items"], json!([]));
        server.stop().await;
    }

    async fn what_cannot_be_read_is_refused_by_its_field(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = accepted_job(&server, &crew).await;
        let good = |fact: Value| {
            let mut whole = json!({
                "id": "019ab7a0-0000-7000-8000-000000000001", "device_seq": 1,
                "device_time": "2026-11-22T21:00:00.123456789+09:00", "kind": "arrival",
            });
            whole.as_object_mut().unwrap().extend(fact.as_object().unwrap().clone());
            json!({ "device": "phone-1", "sent_at": "2026-11-22T21:00:00.987654321+09:00", "facts": [whole] })
        };
        for (fact, field) in [
            (json!({ "device_seq": 0 }), "facts[0].device_seq"),
            (json!({ "device_seq": 1_000_001 }), "facts[0].device_seq"),
            (json!({ "id": "00000000-0000-0000-0000-000000000000" }), "facts[0].id"),
            (json!({ "device_time": "2200-01-01T00:00:00Z" }), "facts[0].device_time"),
            (json!({ "device_time": "2026-11-22T11:59:60Z" }), "facts[0].device_time"),
            (json!({ "kind": "lunch" }), "facts[0]"),
            (json!({ "colour": "red" }), "facts[0]"),
            (json!({ "kind": "pause", "reason": "tired" }), "facts[0]"),
        ] {
            let refused = post_facts(&crew.phone, &job, &good(fact.clone())).await;
            assert_eq!((refused.status.as_u16(), refused.refused_field()), (422, field.to_owned()), "{fact}");
        }
        let mut batch = good(json!({}));
        for (key, value) in [("facts", json!([])), ("device", json!("a b")), ("sent_at", json!("1899-12-31T00:00:00Z")), ("colour", json!("red"))] {
            let mut bad = batch.clone();
            bad[key] = value;
            assert_eq!(post_facts(&crew.phone, &job, &bad).await.refused_field(), key);
        }
        batch["technician_id"] = json!("00000000-0000-7000-8000-000000000000");
        assert_eq!(post_facts(&server.dispatcher(), &job, &batch).await.refused_field(), "technician_id");
        // Nanoseconds are cut to what both engines keep, so that the repetition is the same report.
        let receipt = post_facts(&crew.phone, &job, &good(json!({}))).await.expect(200);
        assert_eq!(outcomes(&receipt), ["recorded"]);
        let receipt = post_facts(&crew.phone, &job, &good(json!({}))).await.expect(200);
        assert_eq!(outcomes(&receipt), ["duplicate"]);
        let other = world::crew(&server, "別会社", 35.165, 136.91).await;
        for client in [&other.office, &other.phone] {
            assert_eq!(post_facts(client, &job, &good(json!({}))).await.problem(), "not-found");
        }
        server.stop().await;
    }

    async fn a_ledger_that_says_otherwise_than_its_facts_is_found(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = accepted_job(&server, &crew).await;
        server.pass(120).await;
        let mut device = Device::new(&job, "phone-1");
        let facts = site::agreed(&mut device, "21:10", ("22:05", 2), "22:30");
        device.send(&server, &crew.phone, &facts).await.expect(200);
        assert_eq!(settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        // Somebody with the keys to the database takes the guard away.
        let open = match db.engine() {
            Engine::Sqlite => "DROP TRIGGER ledger_line_immutable",
            Engine::Postgres => "ALTER TABLE ledger_line DISABLE TRIGGER USER",
        };
        let mut raw = db.raw().await;
        raw.execute(open).await.unwrap();
        raw.execute("UPDATE ledger_line SET amount_yen = amount_yen + 1").await.unwrap();
        let found = settlement::verify(&server.ctx).await.unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains(&job) && found[0].contains("2201 yen") && found[0].contains("2200 yen"), "{found:?}");
        server.stop().await;
    }

    async fn a_job_holds_so_many_reports(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = accepted_job(&server, &crew).await;
        let mut device = Device::new(&job, "phone-1");
        let facts: Vec<_> = (0..2_001).map(|_| device.fact("21:00", kind("arrival"))).collect();
        let refused = device.send(&server, &crew.phone, &facts[..501]).await;
        assert_eq!(refused.refused_field(), "facts");
        for batch in facts[..2_000].chunks(500) {
            let receipt = device.send(&server, &crew.phone, batch).await.expect(200);
            assert_eq!(outcomes(&receipt), vec!["recorded"; 500]);
        }
        let receipt = device.send(&server, &crew.phone, &facts[1_999..]).await.expect(200);
        assert_eq!((outcomes(&receipt), &receipt["facts"][1]["code"]), (vec!["duplicate", "refused"], &json!("too_many_facts")));
        server.stop().await;
    }

    async fn what_happens_on_a_job_called_off_is_on_record_and_costs_nothing(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = accepted_job(&server, &crew).await;
        let reason = json!({ "reason": "solved_by_itself" });
        server.dispatcher().post(&format!("/v1/jobs/{job}/cancellation"), reason).await.expect(200);
        server.pass(120).await;
        let mut device = Device::new(&job, "phone-1");
        let facts = site::work(&mut device, "21:10", "22:30");
        let receipt = device.send(&server, &crew.phone, &facts).await.expect(200);
        assert_eq!((outcomes(&receipt), &receipt["job_state"]), (vec!["recorded"; 4], &json!("cancelled")));
        let statement = crew.phone.get(&format!("/v1/jobs/{job}/statement")).await.expect(200);
        // Settled once, by the cancellation: nothing is charged, and that is said (C-25).
        let settlements = statement["settlements"].as_array().unwrap();
        assert_eq!((settlements.len(), &settlements[0]["basis"]), (1, &json!("cancelled")));
        assert_eq!((&statement["total_yen"], &statement["lines"]), (&json!(0), &json!([])));
        server.stop().await;
    }
}
