//! What every endpoint has in common: problems, idempotency, versions, pages, limits, health.

use futures_util::future::join_all;
use kaketsuke::http::Limits;
use reqwest::{Method, header};
use serde_json::json;

use crate::support::{
    db::{TestDb, on_both_engines},
    server::{TestServer, id},
    world,
};

on_both_engines! {
    async fn the_same_key_and_body_give_the_same_answer_once(db: TestDb) {
        let server = TestServer::start(&db).await;
        let administrator = server.administrator();
        let posts = (0..8).map(|_| administrator.post_as("once", "/v1/firms", world::firm("栄水道")));
        let answers = join_all(posts).await;
        let first = id(&answers[0].body);
        for answer in answers {
            assert_eq!(id(&answer.expect(201)), first);
        }
        let firms = administrator.get("/v1/firms").await.expect(200);
        assert_eq!(firms["items"].as_array().unwrap().len(), 1);
        let other = administrator.post_as("once", "/v1/firms", world::firm("別会社")).await;
        assert_eq!((other.status.as_u16(), other.problem()), (422, "key-reused"));
        let elsewhere = administrator.post_as("once", "/v1/tokens", world::firm("栄水道")).await;
        assert_eq!(elsewhere.status.as_u16(), 422);
        // The same key of somebody else is another key.
        let supervisor = server.client(kaketsuke::domain::actor::Role::Supervisor);
        assert_ne!(id(&supervisor.post_as("once", "/v1/firms", world::firm("栄水道")).await.expect(201)), first);
        server.stop().await;
    }

    async fn an_answer_is_forgotten_after_a_day(db: TestDb) {
        let server = TestServer::start(&db).await;
        let administrator = server.administrator();
        let first = id(&administrator.post_as("day", "/v1/firms", world::firm("栄水道")).await.expect(201));
        server.pass(23 * 60).await;
        assert_eq!(id(&administrator.post_as("day", "/v1/firms", world::firm("栄水道")).await.expect(201)), first);
        server.pass(2 * 60).await;
        assert_ne!(id(&administrator.post_as("day", "/v1/firms", world::firm("栄水道")).await.expect(201)), first);
        let answers = db.raw().await.integer("SELECT CAST(COUNT(*) AS BIGINT) FROM idempotency").await;
        assert_eq!(answers, 1, "only the last one is still kept");
        server.stop().await;
    }

    async fn a_refusal_is_not_remembered(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        world::job(&server).await;
        let offer = world::open_offer(&crew.phone).await.unwrap();
        let path = format!("/v1/offers/{offer}/acceptance");
        let past = json!({ "arrival_at": "2026-11-22T20:00:00+09:00" });
        assert_eq!(crew.phone.post_as("k", &path, past).await.refused_field(), "arrival_at");
        crew.phone.post_as("k", &path, json!({})).await.expect(201);
        server.stop().await;
    }

    async fn changes_need_the_version_that_was_seen(db: TestDb) {
        let server = TestServer::start(&db).await;
        let administrator = server.administrator();
        let made = administrator.post("/v1/firms", world::firm("栄水道")).await;
        assert_eq!(made.headers["etag"], "\"1\"");
        let path = format!("/v1/firms/{}", id(&made.body));
        let blind = administrator.request(Method::PUT, &path).json(&world::firm("改名"));
        let blind = administrator.send(blind).await;
        assert_eq!((blind.status.as_u16(), blind.problem()), (428, "if-match-required"));
        for written_otherwise in ["\"01\"", "\"+1\"", "\"-1\"", "\" 1\"", "1", "W/\"1\""] {
            let request = administrator.request(Method::PUT, &path).header("If-Match", written_otherwise);
            let refused = administrator.send(request.json(&world::firm("改名"))).await;
            assert!([400, 412].contains(&refused.status.as_u16()), "{written_otherwise}: {}", refused.status);
        }
        let stale = administrator.put(&path, 7, world::firm("改名")).await;
        assert_eq!((stale.status.as_u16(), stale.problem()), (412, "version-mismatch"));
        let changed = administrator.put(&path, 1, world::firm("改名")).await;
        assert_eq!(changed.headers["etag"], "\"2\"");
        assert_eq!(changed.expect(200)["name"], "改名");
        assert_eq!(administrator.put(&path, 1, world::firm("二度目")).await.status.as_u16(), 412);
        server.stop().await;
    }

    async fn pages_follow_each_other_without_gap(db: TestDb) {
        let server = TestServer::start(&db).await;
        let administrator = server.administrator();
        let mut made = Vec::new();
        for number in 0..5 {
            made.push(id(&administrator.post("/v1/firms", world::firm(&format!("会社{number}"))).await.expect(201)));
        }
        made.sort();
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = administrator.get(&format!("/v1/firms?limit=2{cursor}")).await.expect(200);
            let items = page["items"].as_array().unwrap();
            assert!(items.len() <= 2);
            seen.extend(items.iter().map(id));
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen, made);
        assert_eq!(administrator.get("/v1/firms?limit=201").await.refused_field(), "limit");
        assert_eq!(administrator.get("/v1/firms?limit=0").await.refused_field(), "limit");
        assert_eq!(administrator.get("/v1/firms?lmit=2").await.status.as_u16(), 400);
        assert_eq!(administrator.get("/v1/firms?cursor=zzz").await.status.as_u16(), 400);
        server.stop().await;
    }

    async fn whatever_cannot_be_read_is_a_problem_that_says_where(db: TestDb) {
        let server = TestServer::start(&db).await;
        let administrator = server.administrator();
        let post = |body: &'static str, kind: &'static str| {
            let request = administrator.request(Method::POST, "/v1/firms").header("Idempotency-Key", "k");
            administrator.send(request.header(header::CONTENT_TYPE, kind).body(body))
        };
        let json = "application/json";
        assert_eq!(post("{", json).await.problem(), "unreadable");
        assert_eq!(post("", json).await.problem(), "unreadable");
        assert_eq!(post("[]", json).await.status.as_u16(), 422);
        assert_eq!(post("{}", "text/plain").await.status.as_u16(), 415);
        assert_eq!(post("{\"name\":1}", json).await.refused_field(), "name");
        assert_eq!(post("{\"name\":\"栄\"}", json).await.refused_field(), "phone");
        let keyless = administrator.request(Method::POST, "/v1/firms").json(&world::firm("栄水道"));
        assert_eq!(administrator.send(keyless).await.refused_field(), "Idempotency-Key");
        assert_eq!(administrator.get("/v1/firms/none").await.status.as_u16(), 400);
        assert_eq!(administrator.get("/v1/nowhere").await.problem(), "not-found");
        let patch = administrator.send(administrator.request(Method::PATCH, "/v1/firms")).await;
        assert_eq!(patch.problem(), "method-not-allowed");
        assert!(patch.headers["allow"].to_str().unwrap().contains("POST"), "{:?}", patch.headers);
        assert!(administrator.get("/v1/firms").await.expect(200)["items"].as_array().unwrap().is_empty());
        server.stop().await;
    }

    async fn every_field_of_a_firm_is_refused_by_name(db: TestDb) {
        let server = TestServer::start(&db).await;
        let administrator = server.administrator();
        let cases = [
            ("name", json!(""), "name"),
            ("name", json!("  "), "name"),
            ("name", json!("a\u{0007}b"), "name"),
            // The order of a row on the screen turned round; nothing to be seen; a line of its own.
            ("name", json!("\u{202E}道水栄"), "name"),
            ("name", json!("栄\u{2066}水道"), "name"),
            ("name", json!("栄\u{200B}水道"), "name"),
            ("name", json!("栄\u{2028}水道"), "name"),
            ("name", json!("\u{3164}"), "name"),
            ("name", json!("あ".repeat(101)), "name"),
            ("phone", json!("0525550100"), "phone"),
            ("areas", json!([]), "areas"),
            ("areas", json!(["23100", "9999"]), "areas[1]"),
            ("areas", json!(["23100", "99999"]), "areas[1]"),
            ("state", json!("asleep"), "state"),
            ("colour", json!("red"), "colour"),
        ];
        for (field, value, named) in cases {
            let mut body = world::firm("栄水道");
            body[field] = value.clone();
            assert_eq!(administrator.post("/v1/firms", body).await.refused_field(), named, "{field}={value}");
        }
        assert!(administrator.get("/v1/firms").await.expect(200)["items"].as_array().unwrap().is_empty());
        // As a Macintosh types it, and as it is looked for.
        let typed = administrator.post("/v1/firms", world::firm("カ\u{3099}ス工事")).await.expect(201);
        assert_eq!(typed["name"], "ガス工事");
        server.stop().await;
    }

    async fn an_instant_that_no_engine_can_hold_is_refused_by_name(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        for bad in [
            "1999-12-31T23:59:59Z",
            "2100-01-01T00:00:00Z",
            "2016-12-31T23:59:60Z",
        ] {
            let mut call = world::call();
            call["offered_at"] = json!(bad);
            assert_eq!(server.dispatcher().post("/v1/calls", call).await.refused_field(), "offered_at", "{bad}");
            let body = json!({ "name": "夜勤", "role": "dispatcher", "expires_at": bad });
            assert_eq!(server.administrator().post("/v1/tokens", body).await.refused_field(), "expires_at", "{bad}");
            let fix = json!({ "positions": [{
                "technician_id": crew.technician, "point": world::point(35.0, 136.0), "measured_at": bad,
            }] });
            let request = crew.phone.request(Method::POST, "/v1/positions").json(&fix);
            assert_eq!(crew.phone.send(request).await.refused_field(), "positions[0].measured_at", "{bad}");
        }
        let mut fine = world::call();
        fine["offered_at"] = json!("2026-11-22T11:59:00.123456789Z");
        let call = server.dispatcher().post("/v1/calls", fine).await.expect(201);
        assert_eq!(call["offered_at"], "2026-11-22T11:59:00.123456Z", "cut to what both engines keep");
        server.stop().await;
    }

    async fn limits_hold(db: TestDb) {
        let limits = Limits { body_bytes_max: 1_000, requests_max: 64, ..Limits::default() };
        let server = TestServer::start_with(&db, limits).await;
        let long = administrator_firm_with_long_name();
        let answer = server.administrator().post("/v1/firms", long).await;
        assert_eq!((answer.status.as_u16(), answer.problem()), (413, "too-large"));
        server.stop().await;
    }

    async fn it_tells_how_it_is(db: TestDb) {
        let server = TestServer::start(&db).await;
        let nobody = server.with(None);
        assert_eq!(nobody.get("/healthz").await.expect(200), json!("alive\n"));
        assert_eq!(nobody.get("/readyz").await.expect(200), json!("ready\n"));
        world::crew(&server, "栄水道", 35.165, 136.91).await;
        world::job(&server).await;
        let metrics = nobody.get("/metrics").await.expect(200);
        let metrics = metrics.as_str().unwrap();
        for line in [
            "kaketsuke_fleet_technicians 1",
            "kaketsuke_feed_queue 0",
            "kaketsuke_http_requests_total{method=\"POST\",route=\"/v1/calls\",status=\"201\"} 1",
        ] {
            assert!(metrics.contains(line), "{line} is not in\n{metrics}");
        }
        let echoed = nobody.send(nobody.request(Method::GET, "/healthz").header("X-Request-Id", "night-7")).await;
        assert_eq!(echoed.headers["x-request-id"], "night-7");
        let made = nobody.send(nobody.request(Method::GET, "/healthz").header("X-Request-Id", "a b")).await;
        assert_ne!(made.headers["x-request-id"], "a b");
        server.stop().await;
    }

    async fn the_description_and_its_page_come_from_here(db: TestDb) {
        let server = TestServer::start(&db).await;
        let nobody = server.with(None);
        let document = nobody.get("/openapi.json").await.expect(200);
        assert!(document["openapi"].as_str().unwrap().starts_with("3.1"), "{}", document["openapi"]);
        let page = nobody.get("/docs/").await.expect(200);
        let page = page.as_str().unwrap();
        assert!(page.contains("swagger-ui"), "{page}");
        assert!(!page.contains("//cdn") && !page.contains("https://"), "{page}");
        nobody.get("/docs/swagger-ui-bundle.js").await.expect(200);
        server.stop().await;
    }
}

fn administrator_firm_with_long_name() -> serde_json::Value {
    world::firm(&"長".repeat(1_000))
}
