//! Who has read personal data, and why (Y-02): one row a request, off the way of the request.

use kaketsuke::domain::actor::Role;
use serde_json::{Value, json};

use crate::support::{
    db::{TestDb, on_both_engines},
    server::{TestServer, id},
    site, world,
};

/// Sorted: what happens in one instant has no order.
fn brief(log: &Value) -> Vec<String> {
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or("-").to_owned();
    let items = log["items"].as_array().unwrap().iter();
    let mut rows: Vec<_> = items
        .map(|row| format!("{} {} {}", text(row, "actor"), text(row, "route"), text(row, "purpose")))
        .collect();
    rows.sort();
    rows
}

on_both_engines! {
    async fn every_reading_of_a_person_leaves_a_row_with_its_purpose(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = site::accepted_job(&server, &crew).await;
        let (desk, supervisor) = (server.dispatcher(), server.client(Role::Supervisor));
        let case = desk.get("/v1/jobs").await.expect(200)["items"][0]["case_id"].as_str().unwrap().to_owned();
        let log = async |query: &str| supervisor.get(&format!("/v1/read-log{query}")).await.expect(200);
        assert_eq!(brief(&log("").await), [""; 0], "what is typed is not read, and lists name nobody");
        desk.get(&format!("/v1/cases/{case}")).await.expect(200);
        crew.phone.get(&format!("/v1/jobs/{job}")).await.expect(200);
        // What was refused was not read.
        assert_eq!(desk.get(&format!("/v1/cases/{job}")).await.problem(), "not-found");
        let referral = json!({
            "reason": "wear", "stage": "triage", "component": "tap", "symptom": "蛇口の摩耗", "lessee_kind": "worker",
            "recipients": [{ "kind": "landlord" }], "consent_to_contact": "yes",
        });
        let referral = desk.post(&format!("/v1/cases/{case}/referrals"), referral).await.expect(201);
        server.pass(5).await;
        supervisor.get(&format!("/v1/referrals/{}", id(&referral))).await.expect(200);
        let rows = log(&format!("?case_id={case}")).await;
        assert_eq!(brief(&rows), [
            "dispatcher GET /v1/cases/{id} dispatch",
            "dispatcher POST /v1/cases/{id}/referrals referral",
            "supervisor GET /v1/referrals/{id} referral",
            "technician GET /v1/jobs/{id} dispatch",
        ]);
        assert_eq!(rows["items"][3]["actor"], "supervisor", "the latest one comes last");
        let second = rows["items"].as_array().unwrap().iter().find(|row| row["actor"] == "technician").unwrap();
        assert_eq!((&second["subject"], &second["subject_id"], &second["case_id"]), (&json!("job"), &json!(job), &json!(case)));
        assert_eq!(second["at"], "2026-11-22T12:00:00Z");
        // By whom, of what, for what, when; and the log of the log is there too.
        let me = crew.phone.get("/v1/me").await.expect(200);
        let by = log(&format!("?actor_id={}", second["actor_id"].as_str().unwrap())).await;
        assert_eq!(brief(&by), ["technician GET /v1/jobs/{id} dispatch"], "{me}");
        assert_eq!(brief(&log(&format!("?job_id={job}")).await), ["technician GET /v1/jobs/{id} dispatch"]);
        assert_eq!(brief(&log("?purpose=referral&to=2026-11-22T12:01:00Z").await), [
            "dispatcher POST /v1/cases/{id}/referrals referral",
        ]);
        assert_eq!(brief(&log("?purpose=referral&from=2026-11-22T12:01:00Z").await), [
            "supervisor GET /v1/referrals/{id} referral",
        ]);
        assert!(brief(&log("?purpose=quality").await).iter().all(|row| row == "supervisor GET /v1/read-log quality"));
        assert_eq!(supervisor.get("/v1/read-log?purpose=curiosity").await.status.as_u16(), 400);
        let first = log("?limit=1").await;
        let next = log(&format!("?limit=1&cursor={}", first["next"].as_str().unwrap())).await;
        assert_ne!(first["items"][0]["id"], next["items"][0]["id"]);
        // With names and numbers, and the newest first.
        let (who, number) = (second["actor_name"].as_str().unwrap(), second["case_number"].as_str().unwrap());
        assert_eq!(who, "test technician");
        let of_case = log(&format!("?case_number={number}&newest_first=true")).await;
        assert_eq!((brief(&of_case).len(), &of_case["items"][0]["actor"]), (4, &json!("supervisor")));
        let page = log(&format!("?case_number={number}&newest_first=true&limit=3")).await;
        let path = format!("?case_number={number}&newest_first=true&limit=3&cursor={}", page["next"].as_str().unwrap());
        assert_eq!(brief(&log(&path).await).len(), 1);
        assert_eq!(brief(&log("?case_number=none").await), [""; 0]);
        server.stop().await;
    }

    async fn what_was_read_is_written_by_the_worker_and_at_the_end(db: TestDb) {
        let server = TestServer::start(&db).await;
        let case = world::opened_case(&server).await;
        let desk = server.dispatcher();
        let path = format!("/v1/cases/{case}");
        let mut raw = db.raw().await;
        let count = "SELECT CAST(COUNT(*) AS BIGINT) FROM read_log";
        desk.get(&path).await.expect(200);
        assert_eq!(raw.integer(count).await, 0, "the reader does not wait for the writer");
        let metrics = server.with(None).get("/metrics").await.expect(200);
        assert!(metrics.as_str().unwrap().contains("kaketsuke_read_log_waiting 1"), "{metrics}");
        assert!(metrics.as_str().unwrap().contains("kaketsuke_read_log_lost 0"), "{metrics}");
        server.pass(1).await;
        assert_eq!(raw.integer(count).await, 1);
        for _ in 0..3 {
            desk.get(&path).await.expect(200);
        }
        server.stop().await;
        assert_eq!(raw.integer(count).await, 4, "what waited is written before the service ends");
    }

    async fn too_many_readings_are_counted_not_kept(db: TestDb) {
        use kaketsuke::domain::{actor::Actor, reads::Part};
        let server = TestServer::start(&db).await;
        let actor = Actor::Dispatcher(uuid::Uuid::from_u128(9).into());
        // Nobody writes between two of these: nothing here waits.
        for _ in 0..5_003 {
            server.ctx.note_read(&actor, "GET /v1/cases/{id}".to_owned(), Part::Record, None);
        }
        let (waiting, lost) = server.ctx.reads_waiting();
        assert_eq!((waiting, lost), (5_000, 3));
        server.stop().await;
        let count = "SELECT CAST(COUNT(*) AS BIGINT) FROM read_log";
        assert_eq!(db.raw().await.integer(count).await, 5_000);
    }

    async fn a_statement_that_names_the_resident_is_read(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = site::accepted_job(&server, &crew).await;
        let supervisor = server.client(Role::Supervisor);
        crew.office.get(&format!("/v1/jobs/{job}/statement?format=html")).await.expect(200);
        let log = supervisor.get("/v1/read-log").await.expect(200);
        assert_eq!(brief(&log), ["firm GET /v1/jobs/{id}/statement billing"]);
        assert_eq!(log["items"][0]["subject_id"], json!(job));
        server.stop().await;
    }
}
