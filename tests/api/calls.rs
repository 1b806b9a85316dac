//! Calls: their clocks, interpreters, call-backs, repeat calls, duplicates, and the shift handed over.

use kaketsuke::domain::actor::Role;
use serde_json::{Value, json};

use crate::support::{
    db::{TestDb, on_both_engines},
    server::{Client, TestServer, id},
    world,
};

async fn ringing(client: &Client) -> String {
    let mut body = world::call();
    body["state"] = json!("offered");
    id(&client.post("/v1/calls", body).await.expect(201))
}

async fn answered(client: &Client) -> String {
    id(&client.post("/v1/calls", world::call()).await.expect(201))
}

async fn step(client: &Client, call: &str, what: &str) -> Value {
    client.post(&format!("/v1/calls/{call}/{what}"), json!({})).await.expect(200)
}

async fn refused(client: &Client, call: &str, what: &str) -> String {
    let reply = client.post(&format!("/v1/calls/{call}/{what}"), json!({})).await;
    assert_eq!(reply.status.as_u16(), 409, "{}", reply.body);
    reply.problem().to_owned()
}

async fn shown(client: &Client, call: &str) -> Value {
    client.get(&format!("/v1/calls/{call}")).await.expect(200)
}

on_both_engines! {
    async fn every_clock_of_a_call_is_on_file(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        let call = ringing(&desk).await;
        assert_eq!(refused(&desk, &call, "ending").await, "call-not-answered");
        assert_eq!(refused(&desk, &call, "wrap-up").await, "call-not-ended");
        server.pass(1).await;
        step(&desk, &call, "answer").await;
        assert_eq!(refused(&desk, &call, "answer").await, "call-not-ringing");
        assert_eq!(refused(&desk, &call, "abandonment").await, "call-not-ringing");
        // The first interpreter line does not answer, the second does: both are kept (I-05, I-06).
        let path = format!("/v1/calls/{call}/interpretations");
        let first = desk.post(&path, json!({ "interpreter": "int-07" })).await.expect(201);
        assert_eq!((&first["language"], &first["state"]), (&json!("ne"), &json!("requested")));
        let busy = desk.post(&path, json!({ "interpreter": "int-08" })).await;
        assert_eq!(busy.problem(), "interpreter-on-the-line");
        server.pass(1).await;
        let outcome = async |id: &str, what: &str| {
            desk.post(&format!("/v1/interpretations/{id}/outcome"), json!({ "outcome": what })).await
        };
        assert_eq!(outcome(&id(&first), "no_answer").await.expect(200)["state"], "no_answer");
        assert_eq!(outcome(&id(&first), "joined").await.problem(), "interpretation-settled");
        let second = desk.post(&path, json!({ "interpreter": "int-08", "language": "tl" })).await.expect(201);
        assert_eq!(second["language"], "fil");
        server.pass(1).await;
        outcome(&id(&second), "joined").await.expect(200);
        server.pass(5).await;
        step(&desk, &call, "ending").await;
        server.pass(2).await;
        step(&desk, &call, "wrap-up").await;
        let whole = shown(&desk, &call).await;
        let clocks = ["offered_at", "answered_at", "ended_at", "wrapped_at"].map(|clock| whole[clock].clone());
        let at = |minute: u32| json!(format!("2026-11-22T12:{minute:02}:00Z"));
        assert_eq!(clocks, [at(0), at(1), at(8), at(10)]);
        assert_eq!(whole["state"], "wrapped");
        let attempts: Vec<_> = whole["interpretations"].as_array().unwrap().iter()
            .map(|one| (one["state"].clone(), one["requested_at"].clone(), one["settled_at"].clone(), one["left_at"].clone()))
            .collect();
        assert_eq!(attempts, [(json!("no_answer"), at(1), at(2), Value::Null), (json!("left"), at(2), at(3), at(8))]);
        let legs: Vec<_> = whole["legs"].as_array().unwrap().iter()
            .map(|leg| (leg["party"].clone(), leg["from"].clone(), leg["to"].clone()))
            .collect();
        let expected = [("caller", 0, 8), ("operator", 1, 8), ("interpreter", 3, 8)];
        assert_eq!(legs, expected.map(|(party, from, to)| (json!(party), at(from), at(to))));
        assert_eq!(desk.post(&path, json!({ "interpreter": "int-09" })).await.problem(), "call-not-answered");
        server.stop().await;
    }

    async fn whoever_gave_up_is_called_back(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        let call = ringing(&desk).await;
        assert_eq!(step(&desk, &call, "abandonment").await["call_back"], "due");
        server.settle().await;
        let alarms = desk.get("/v1/alarms?state=ringing").await.expect(200);
        assert_eq!((&alarms["items"][0]["kind"], &alarms["items"][0]["subject_id"]), (&json!("call_back_due"), &json!(call)));
        let due = async || {
            let page = desk.get("/v1/calls?call_back=due").await.expect(200);
            page["items"].as_array().unwrap().iter().map(id).collect::<Vec<_>>()
        };
        assert_eq!(due().await, std::slice::from_ref(&call));
        let path = format!("/v1/calls/{call}/call-backs");
        let tried = desk.post(&path, json!({ "outcome": "no_answer" })).await.expect(201);
        assert_eq!((&tried["attempt"]["number"], &tried["call"]["call_back"]), (&json!(1), &json!("due")));
        let refused = desk.post("/v1/cases", world::case(&call)).await;
        assert_eq!(refused.problem(), "call-not-answered", "nobody has spoken with the caller");
        let tried = desk.post(&path, json!({ "outcome": "reached" })).await.expect(201);
        assert_eq!(tried["call"]["call_back"], "reached");
        assert!(due().await.is_empty());
        assert_eq!(desk.post(&path, json!({ "outcome": "reached" })).await.problem(), "no-call-back-due");
        let alarms = desk.get("/v1/alarms?state=resolved").await.expect(200);
        assert_eq!(alarms["items"][0]["kind"], "call_back_due");
        // Reached by calling back, the caller's case is opened from that call.
        desk.post(&format!("/v1/calls/{call}/hazard-answers"), json!({ "others": "no" })).await.expect(200);
        desk.post("/v1/cases", world::case(&call)).await.expect(201);
        assert_eq!(shown(&desk, &call).await["call_backs"].as_array().unwrap().len(), 2);
        server.stop().await;
    }

    async fn a_call_back_ends_by_three_attempts_or_by_another_call(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        let first = ringing(&desk).await;
        step(&desk, &first, "abandonment").await;
        let path = format!("/v1/calls/{first}/call-backs");
        for (outcome, left) in [("no_answer", "due"), ("wrong_number", "due"), ("no_answer", "given_up")] {
            let tried = desk.post(&path, json!({ "outcome": outcome })).await.expect(201);
            assert_eq!(tried["call"]["call_back"], left);
        }
        let second = ringing(&desk).await;
        step(&desk, &second, "abandonment").await;
        let other = ringing(&desk).await;
        assert_eq!(shown(&desk, &second).await["call_back"], "due", "ringing is not answered");
        step(&desk, &other, "answer").await;
        assert_eq!(shown(&desk, &second).await["call_back"], "called_again");
        assert_eq!(shown(&desk, &first).await["call_back"], "given_up");
        server.stop().await;
    }

    async fn a_chat_is_never_refused(db: TestDb) {
        let server = TestServer::start(&db).await;
        let mut chat = world::call();
        chat["channel"] = json!("chat");
        let taken = server.dispatcher().post("/v1/calls", chat).await.expect(201);
        assert_eq!(taken["warnings"][0]["code"], "chat_hours_not_configured");
        let phone = server.dispatcher().post("/v1/calls", world::call()).await.expect(201);
        assert_eq!(phone["warnings"], json!([]));
        server.stop().await;
    }

    async fn where_is_he_has_an_answer_at_once(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let desk = server.dispatcher();
        let job = world::job(&server).await;
        let case = desk.get(&format!("/v1/jobs/{job}")).await.expect(200)["case_id"].clone();
        let offer = world::open_offer(&crew.phone).await.unwrap();
        let promise = json!({ "arrival_at": "2026-11-22T21:25:00+09:00" });
        crew.phone.post(&format!("/v1/offers/{offer}/acceptance"), promise).await.expect(201);
        let fix = json!({ "positions": [{
            "technician_id": crew.technician, "point": world::point(35.166, 136.909),
            "measured_at": "2026-11-22T21:00:00+09:00",
        }] });
        let request = crew.phone.request(reqwest::Method::POST, "/v1/positions").json(&fix);
        crew.phone.send(request).await;
        server.pass(3).await;
        let again = answered(&desk).await;
        let path = format!("/v1/calls/{again}/attachment");
        let body = json!({ "case_id": case, "purpose": "where_is_he" });
        let said = desk.post(&path, body.clone()).await.expect(200);
        assert_eq!((&said["call"]["case_id"], &said["call"]["purpose"]), (&case, &json!("where_is_he")));
        let word = &said["jobs"][0];
        assert_eq!((&word["state"], &word["technician"]), (&json!("assigned"), &json!("栄水道 太郎")));
        assert_eq!((&word["arrival_due_at"], &word["position_age_s"]), (&json!("2026-11-22T12:25:00Z"), &json!(180)));
        assert_eq!(desk.post(&path, body).await.problem(), "call-has-case");
        let calls = desk.get(&format!("/v1/cases/{}", case.as_str().unwrap())).await.expect(200);
        assert_eq!(calls["calls"].as_array().unwrap().len(), 2);
        server.stop().await;
    }

    async fn the_same_number_or_a_place_near_is_suggested(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        let case = world::opened_case(&server).await;
        let place = desk.get(&format!("/v1/cases/{case}")).await.expect(200)["place"]["point"]["coordinates"].clone();
        let (lon, lat) = (place[0].as_f64().unwrap(), place[1].as_f64().unwrap());
        let mut other = world::call();
        other["phone"] = json!("+818055500999");
        server.pass(30).await;
        let other = id(&desk.post("/v1/calls", other).await.expect(201));
        let same = answered(&desk).await;
        let suggested = async |call: &str, query: &str| {
            let found = desk.get(&format!("/v1/calls/{call}/duplicates{query}")).await.expect(200);
            found.as_array().unwrap().clone()
        };
        let found = suggested(&same, "").await;
        assert_eq!((found.len(), &found[0]["case_id"]), (1, &json!(case)));
        assert_eq!((&found[0]["reasons"], &found[0]["minutes_ago"]), (&json!(["same_number"]), &json!(30)));
        assert!(suggested(&other, "").await.is_empty());
        // 0.0004 degrees of latitude are 44.5 metres, 0.0005 are 55.6.
        let near = suggested(&other, &format!("?lon={lon}&lat={}", lat + 0.0004)).await;
        assert_eq!(near[0]["reasons"], json!(["near"]));
        let metres = near[0]["metres"].as_f64().unwrap();
        assert!((44.0..45.0).contains(&metres), "{metres}");
        assert!(suggested(&other, &format!("?lon={lon}&lat={}", lat + 0.0005)).await.is_empty());
        for (query, named) in [
            ("?lon=137", "lat"), ("?lat=35", "lon"), ("?lon=181&lat=35", "lon"), ("?lon=137&lat=-90.5", "lat"),
            ("?lon=NaN&lat=35", "lon"), ("?lon=x&lat=35", "query"), ("?lon=137&lat=35&far=1", "query"),
        ] {
            let reply = desk.get(&format!("/v1/calls/{other}/duplicates{query}")).await;
            assert_eq!(reply.refused_field(), named, "{query}");
        }
        server.stop().await;
    }

    async fn a_shift_is_handed_over_with_what_is_open(db: TestDb) {
        let server = TestServer::start(&db).await;
        world::crew(&server, "栄水道", 35.165, 136.91).await;
        let desk = server.dispatcher();
        let job = world::job(&server).await;
        let gone = ringing(&desk).await;
        step(&desk, &gone, "abandonment").await;
        let typing = answered(&desk).await;
        step(&desk, &ringing(&desk).await, "abandonment").await;
        let draft = desk.request(reqwest::Method::PUT, &format!("/v1/calls/{typing}/draft")).json(&json!({ "name": "Ram" }));
        desk.send(draft).await.expect(200);
        server.settle().await;
        let note = "鍵の件は折り返し待ち。\n管理会社は9時から。";
        let given = desk.post("/v1/hand-overs", json!({ "note": note })).await.expect(201);
        let open = &given["snapshot"];
        assert_eq!(open["jobs"]["offered"]["items"][0]["id"], job.as_str());
        assert_eq!(open["drafts"]["items"], json!([{ "call_id": typing }]));
        // The second caller has the same number as the one who was answered between: only the later one is due.
        assert_eq!(open["call_backs_due"]["items"].as_array().unwrap().len(), 1);
        assert!(open["alarms"]["items"].as_array().unwrap().iter().any(|alarm| alarm["kind"] == "call_back_due"));
        assert!(!given.to_string().contains("Ram"), "ids and codes only: {given}");
        let path = format!("/v1/hand-overs/{}", id(&given));
        assert_eq!(desk.post(&format!("{path}/acceptance"), json!({})).await.problem(), "own-hand-over");
        let taker = server.client(Role::Supervisor);
        let taken = taker.post(&format!("{path}/acceptance"), json!({})).await.expect(200);
        assert!(taken["accepted_at"].is_string() && taken["accepted_by"] != taken["given_by"]);
        assert_eq!(taker.post(&format!("{path}/acceptance"), json!({})).await.problem(), "hand-over-accepted");
        let kept = desk.get(&path).await.expect(200);
        assert_eq!((&kept["note"], &kept["snapshot"]), (&json!(note), open));
        server.stop().await;
    }

    async fn every_field_is_refused_by_name_and_changes_nothing(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        for (field, value, named) in [
            ("state", json!("ended"), "state"),
            ("channel", json!("fax"), "channel"),
            ("language", json!("x"), "language"),
            ("language", json!("xx"), "language"),
            ("language", json!("yue"), "language"),
            ("language", json!(7), "language"),
            ("reading_language", json!("zh-TW"), "reading_language"),
            ("reading_language", json!("q"), "reading_language"),
            ("language_wish", json!(""), "language_wish"),
            ("language_wish", json!("広\u{0}東語"), "language_wish"),
            ("language_wish", json!("語".repeat(101)), "language_wish"),
            ("caller_role", json!("friend"), "caller_role"),
            ("phone", json!("08055500101"), "phone"),
            ("name", json!(" "), "name"),
            ("offered_at", json!("2026-11-22T21:00:01+09:00"), "offered_at"),
            ("offered_at", json!("soon"), "offered_at"),
            ("mood", json!("bad"), "mood"),
        ] {
            let mut body = world::call();
            body[field] = value.clone();
            assert_eq!(desk.post("/v1/calls", body).await.refused_field(), named, "{field}={value}");
        }
        assert!(desk.get("/v1/calls").await.expect(200)["items"].as_array().unwrap().is_empty());
        let call = answered(&desk).await;
        let posts = [
            ("interpretations", json!({}), "interpreter"),
            ("interpretations", json!({ "interpreter": "" }), "interpreter"),
            ("interpretations", json!({ "interpreter": "田中さん" }), "interpreter"),
            ("interpretations", json!({ "interpreter": "i".repeat(65) }), "interpreter"),
            ("interpretations", json!({ "interpreter": "int-1", "language": "ceb" }), "language"),
            ("interpretations", json!({ "interpreter": "int-1", "voice": 1 }), "voice"),
            ("call-backs", json!({ "outcome": "busy" }), "outcome"),
            ("call-backs", json!({}), "outcome"),
            ("attachment", json!({ "purpose": "other" }), "case_id"),
            ("attachment", json!({ "case_id": "x", "purpose": "other" }), "case_id"),
            ("attachment", json!({ "case_id": call, "purpose": "other" }), "case_id"),
            ("attachment", json!({ "case_id": call, "purpose": "chat" }), "purpose"),
            ("ending", json!({ "at": 1 }), "at"),
        ];
        for (what, body, named) in posts {
            let reply = desk.post(&format!("/v1/calls/{call}/{what}"), body.clone()).await;
            assert_eq!(reply.refused_field(), named, "{what} {body}");
        }
        for (body, named) in [
            (json!({ "note": "" }), "note"),
            (json!({ "note": "a\u{7}" }), "note"),
            (json!({ "note": "長".repeat(2001) }), "note"),
            (json!({ "notes": "" }), "notes"),
        ] {
            assert_eq!(desk.post("/v1/hand-overs", body).await.refused_field(), named);
        }
        assert_eq!(desk.get("/v1/calls?call_back=late").await.refused_field(), "query");
        assert_eq!(desk.get("/v1/calls?state=late").await.refused_field(), "query");
        let whole = shown(&desk, &call).await;
        assert_eq!((&whole["state"], &whole["interpretations"]), (&json!("answered"), &json!([])));
        server.stop().await;
    }
}
