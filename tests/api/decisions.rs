//! Decisions in words: why this one, why not that one.

use serde_json::{Value, json};

use crate::support::{
    db::{Engine, TestDb, on_both_engines},
    server::{TestServer, id},
    world,
};

async fn decisions(server: &TestServer, job: &str, query: &str) -> Vec<Value> {
    let answer = server.dispatcher().get(&format!("/v1/jobs/{job}/decisions{query}")).await.expect(200);
    answer.as_array().unwrap().clone()
}

on_both_engines! {
    async fn everybody_a_decision_names_is_explained(db: TestDb) {
        let server = TestServer::start(&db).await;
        let near = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let far = world::crew(&server, "遠方設備", 35.10, 136.80).await;
        let locks = world::technician("鍵 次郎", &["lock"], world::point(35.165, 136.91));
        let path = format!("/v1/firms/{}/technicians", near.firm);
        let locks = id(&server.administrator().post(&path, locks).await.expect(201));
        let job = world::job(&server).await;
        let records = decisions(&server, &job, "").await;
        assert_eq!(records.len(), 1);
        let named = records[0]["technicians"].as_array().unwrap();
        let of = |index: usize, field: &str| named[index][field].as_str().unwrap();
        let ids: Vec<_> = (0..3).map(|index| (of(index, "technician_id"), of(index, "standing"))).collect();
        let expected =
            [(near.technician.as_str(), "candidate"), (far.technician.as_str(), "candidate"), (locks.as_str(), "rejected")];
        assert_eq!(ids, expected);
        assert_eq!((of(0, "technician_name"), of(0, "firm_name")), ("栄水道 太郎", "栄水道"));
        assert_eq!((of(2, "technician_name"), of(2, "firm_name")), ("鍵 次郎", "栄水道"));
        assert!(of(0, "why_ja").starts_with("1番目：") && of(0, "why_en").starts_with("Number 1:"), "{}", named[0]);
        assert!(of(1, "why_en").contains("Behind the one above: a later arrival band."), "{}", named[1]);
        assert!(of(2, "why_ja").starts_with("水回りのトラブルに対応していません。"), "{}", named[2]);
        assert!(of(2, "why_en").starts_with("Does not do water trouble."), "{}", named[2]);
        assert_eq!(records[0]["rest"], json!([]));
        assert_eq!(records[0]["document"]["verdict"], "offer");
        server.stop().await;
    }

    async fn why_not_that_one_is_answered_for_exactly_that_one(db: TestDb) {
        let server = TestServer::start(&db).await;
        let near = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let far = world::crew(&server, "遠方設備", 35.10, 136.80).await;
        let job = world::job(&server).await;
        server.pass(5).await;
        let late = world::crew(&server, "新設備", 35.165, 136.91).await;
        for (crew, standings) in
            [(&near, ["candidate", "rejected"]), (&far, ["candidate", "candidate"]), (&late, ["not_named", "not_named"])]
        {
            let records = decisions(&server, &job, &format!("?technician={}", crew.technician)).await;
            assert_eq!(records.len(), 2);
            for (record, standing) in records.iter().zip(standings) {
                let named = record["technicians"].as_array().unwrap();
                assert_eq!(named.len(), 1, "{record}");
                assert_eq!((&named[0]["technician_id"], &named[0]["standing"]), (&json!(crew.technician), &json!(standing)));
                assert!(!named[0]["why_ja"].as_str().unwrap().is_empty());
            }
        }
        let again = decisions(&server, &job, &format!("?technician={}", near.technician)).await;
        let why = again[1]["technicians"][0]["why_en"].as_str().unwrap();
        assert!(why.starts_with("Already refused this job or was withdrawn from it."), "{why}");
        server.stop().await;
    }

    /// Fifty are named, the nearest; the others are counted with their reason in words.
    async fn those_who_are_only_counted_are_counted_in_words(db: TestDb) {
        let server = TestServer::start(&db).await;
        let near = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let path = format!("/v1/firms/{}/technicians", near.firm);
        for number in 0..52 {
            let locks = world::technician(&format!("鍵{number}"), &["lock"], world::point(35.165, 136.91));
            server.administrator().post(&path, locks).await.expect(201);
        }
        let job = world::job(&server).await;
        let record = &decisions(&server, &job, "").await[0];
        assert_eq!(record["technicians"].as_array().unwrap().len(), 1 + 50);
        let rest = json!([{
            "reason": "trade", "count": 2, "why_ja": "水回りのトラブルに対応していません。", "why_en": "Does not do water trouble.",
        }]);
        assert_eq!(record["rest"], rest);
        let one = &decisions(&server, &job, &format!("?technician={}", near.technician)).await[0];
        assert_eq!(one["rest"], json!([]));
        server.stop().await;
    }

    async fn whoever_is_asked_for_must_be_known(db: TestDb) {
        let server = TestServer::start(&db).await;
        world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = world::job(&server).await;
        let desk = server.dispatcher();
        let nobody = "00000000-0000-7000-8000-000000000000";
        let path = format!("/v1/jobs/{job}/decisions");
        assert_eq!(desk.get(&format!("{path}?technician={nobody}")).await.refused_field(), "technician");
        assert_eq!(desk.get(&format!("{path}?technician=near")).await.status.as_u16(), 400);
        assert_eq!(desk.get(&format!("{path}?technican={nobody}")).await.status.as_u16(), 400);
        assert_eq!(desk.get(&format!("/v1/jobs/{nobody}/decisions")).await.problem(), "not-found");
        server.stop().await;
    }

    async fn a_record_of_another_engine_is_shown_without_words(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = world::job(&server).await;
        let literal = |id: &str| match db.engine() {
            Engine::Sqlite => format!("X'{}'", id.replace('-', "")),
            Engine::Postgres => format!("'{id}'"),
        };
        let old = format!(
            "INSERT INTO decision (id, job_id, decided_at, engine_version, document)
             VALUES ({}, {}, '2026-11-22T11:00:00+00:00', '1', '{{\"engine_version\":\"1\",\"score\":0.5}}')",
            literal("00000000-0000-7000-8000-000000000001"),
            literal(&job),
        );
        db.raw().await.execute(&old).await.unwrap();
        let records = decisions(&server, &job, "").await;
        assert_eq!(records.len(), 2);
        assert_eq!(records[0]["document"], json!({ "engine_version": "1", "score": 0.5 }));
        assert_eq!(records[0]["technicians"], json!([]));
        assert!(records[0]["summary_en"].as_str().unwrap().contains("engine version 1"), "{}", records[0]);
        let about = decisions(&server, &job, &format!("?technician={}", crew.technician)).await;
        assert_eq!(about[0]["technicians"][0]["standing"], "unknown");
        assert_eq!(about[1]["technicians"][0]["standing"], "candidate");
        server.stop().await;
    }
}
