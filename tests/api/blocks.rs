//! Blocked pairs: whoever is kept away from a resident is not sent there.

use kaketsuke::domain::actor::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{
    db::{TestDb, on_both_engines},
    server::{Reply, TestServer, id},
    world,
};

/// The telephone number of `world::case`.
const RESIDENT: &str = "+818055500101";

async fn end(server: &TestServer, block: &str, version: i64) -> Reply {
    let desk = server.dispatcher();
    let request = desk.request(Method::DELETE, &format!("/v1/blocks/{block}"));
    desk.send(request.header("If-Match", format!("\"{version}\""))).await
}

on_both_engines! {
    async fn who_is_blocked_is_not_asked_until_the_block_ends(db: TestDb) {
        let server = TestServer::start(&db).await;
        let near = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let far = world::crew(&server, "遠方設備", 35.10, 136.80).await;
        for (blocked, who) in [("firm_id", &near.firm), ("technician_id", &near.technician)] {
            let body = json!({ blocked: who, "phone": RESIDENT, "reason": "dispute" });
            let made = server.dispatcher().post("/v1/blocks", body).await;
            assert_eq!(made.headers["etag"], "\"1\"");
            let made = made.expect(201);
            assert_eq!((&made[blocked], &made["reason"], &made["phone"]), (&json!(who), &json!("dispute"), &json!(RESIDENT)));
            assert_eq!(made["ended_at"], Value::Null);
            let job = world::job(&server).await;
            assert_eq!(world::open_offer(&near.phone).await, None, "{blocked}");
            let offer = world::open_offer(&far.phone).await.expect("the next one is asked");
            let why = server.dispatcher().get(&format!("/v1/jobs/{job}/decisions")).await.expect(200);
            assert_eq!(why[0]["document"]["rejections"][0]["rejection"]["reason"], "blocked");
            assert!(!why.to_string().contains(RESIDENT), "{why}");
            far.phone.post(&format!("/v1/offers/{offer}/refusal"), json!({ "code": "other" })).await.expect(200);
            let path = format!("/v1/jobs/{job}/cancellation");
            server.dispatcher().post(&path, json!({ "reason": "solved_by_itself" })).await.expect(200);
            assert_eq!(end(&server, &id(&made), 1).await.expect(200)["version"], 2);
        }
        world::job(&server).await;
        assert!(world::open_offer(&near.phone).await.is_some(), "the blocks have ended");
        let listed = server.dispatcher().get("/v1/blocks?limit=1").await.expect(200);
        assert!(listed["next"].is_string(), "the ended ones stay: {listed}");
        assert!(listed["items"][0]["ended_at"].is_string());
        server.stop().await;
    }

    async fn another_resident_is_not_concerned(db: TestDb) {
        let server = TestServer::start(&db).await;
        let near = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let body = json!({ "firm_id": near.firm, "phone": "+818055500199", "reason": "complaint" });
        server.dispatcher().post("/v1/blocks", body).await.expect(201);
        world::job(&server).await;
        assert!(world::open_offer(&near.phone).await.is_some());
        server.stop().await;
    }

    async fn the_log_says_who_is_kept_away_but_never_from_whom(db: TestDb) {
        let server = TestServer::start(&db).await;
        let near = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let body = json!({ "technician_id": near.technician, "phone": RESIDENT, "reason": "complaint" });
        let block = id(&server.dispatcher().post("/v1/blocks", body).await.expect(201));
        end(&server, &block, 1).await.expect(200);
        let mut raw = db.raw().await;
        let kinds = raw.texts("SELECT kind FROM event WHERE kind LIKE 'block.%' ORDER BY ord").await;
        assert_eq!(kinds, ["block.made", "block.ended"]);
        for data in raw.texts("SELECT data FROM event").await {
            assert!(!data.contains(RESIDENT), "{data}");
        }
        server.stop().await;
    }

    async fn every_field_of_a_block_is_refused_by_name(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let desk = server.dispatcher();
        let nobody = "00000000-0000-7000-8000-000000000000";
        let cases = [
            ("firm_id", Value::Null, "firm_id"),
            ("firm_id", json!("x"), "firm_id"),
            ("firm_id", json!(nobody), "firm_id"),
            ("technician_id", json!(crew.technician), "technician_id"),
            ("technician_id", json!(7), "technician_id"),
            ("phone", json!("08055500101"), "phone"),
            ("phone", json!(""), "phone"),
            ("phone", Value::Null, "phone"),
            ("reason", json!("hates_him"), "reason"),
            ("reason", Value::Null, "reason"),
            ("note", json!("free text"), "note"),
        ];
        for (field, value, named) in cases {
            let mut body = json!({ "firm_id": crew.firm, "phone": RESIDENT, "reason": "other" });
            body[field] = value.clone();
            assert_eq!(desk.post("/v1/blocks", body).await.refused_field(), named, "{field}={value}");
        }
        let body = json!({ "technician_id": nobody, "phone": RESIDENT, "reason": "other" });
        assert_eq!(desk.post("/v1/blocks", body).await.refused_field(), "technician_id");
        for missing in ["phone", "reason"] {
            let mut body = json!({ "firm_id": crew.firm, "phone": RESIDENT, "reason": "other" });
            body.as_object_mut().unwrap().remove(missing);
            assert_eq!(desk.post("/v1/blocks", body).await.refused_field(), missing);
        }
        assert_eq!(desk.get("/v1/blocks").await.expect(200)["items"], json!([]));
        server.stop().await;
    }

    async fn a_block_is_ended_once_and_by_who_has_seen_it(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let body = json!({ "firm_id": crew.firm, "phone": RESIDENT, "reason": "other" });
        let desk = server.client(Role::Supervisor);
        let first = desk.post_as("once", "/v1/blocks", body.clone()).await.expect(201);
        assert_eq!(desk.post_as("once", "/v1/blocks", body).await.expect(201), first);
        let path = format!("/v1/blocks/{}", id(&first));
        let blind = desk.send(desk.request(Method::DELETE, &path)).await;
        assert_eq!((blind.status.as_u16(), blind.problem()), (428, "if-match-required"));
        assert_eq!(end(&server, &id(&first), 7).await.problem(), "version-mismatch");
        let ended = end(&server, &id(&first), 1).await.expect(200);
        assert!(ended["ended_at"].is_string());
        assert_eq!(end(&server, &id(&first), 1).await.problem(), "version-mismatch");
        assert_eq!(end(&server, &id(&first), 2).await.problem(), "block-ended");
        let nobody = "00000000-0000-7000-8000-000000000000";
        assert_eq!(end(&server, nobody, 1).await.problem(), "not-found");
        assert_eq!(desk.get("/v1/blocks").await.expect(200)["items"], json!([ended]));
        server.stop().await;
    }
}
