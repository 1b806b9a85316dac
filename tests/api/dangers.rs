//! Danger first (4.1): asked before a case, told before anybody is sent, and nobody is sent into it.

use kaketsuke::domain::actor::Role;
use serde_json::{Value, json};

use crate::support::{
    db::{TestDb, on_both_engines},
    server::{Client, TestServer, id},
    world,
};

async fn call(client: &Client) -> String {
    id(&client.post("/v1/calls", world::call()).await.expect(201))
}

async fn say(client: &Client, call: &str, body: Value) -> Value {
    client.post(&format!("/v1/calls/{call}/hazard-answers"), body).await.expect(200)
}

fn yes(hazard: &str) -> Value {
    json!({ "answers": [{ "hazard": hazard, "answer": "yes" }], "others": "no" })
}

async fn told(client: &Client, call: &str, hazard: &str) {
    let path = format!("/v1/calls/{call}/instructions/{hazard}/acknowledgement");
    client.post(&path, json!({})).await.expect(200);
}

/// A case in whose call this hazard was there, and told about.
async fn case_with(client: &Client, hazard: &str) -> (String, String) {
    let call = call(client).await;
    say(client, &call, yes(hazard)).await;
    told(client, &call, hazard).await;
    let case = id(&client.post("/v1/cases", world::case(&call)).await.expect(201));
    (call, case)
}

async fn job_in(server: &TestServer, case: &str) -> Value {
    let path = format!("/v1/cases/{case}/jobs");
    let job = server.dispatcher().post(&path, json!({ "job_code": "W-TOILET-CLOG" })).await.expect(201);
    server.settle().await;
    job
}

async fn alarms(client: &Client, kind: &str) -> Vec<Value> {
    let all = client.get("/v1/alarms?limit=200").await.expect(200);
    let all = all["items"].as_array().unwrap().clone();
    all.into_iter().filter(|alarm| alarm["kind"] == kind).collect()
}

on_both_engines! {
    async fn no_case_before_every_hazard_is_answered_and_every_instruction_given(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        let call = call(&desk).await;
        let refused = desk.post("/v1/cases", world::case(&call)).await;
        assert_eq!((refused.status.as_u16(), refused.problem()), (409, "hazards-unanswered"));
        assert_eq!(refused.body["rule"], "4.1");
        assert!(refused.body["detail"].as_str().unwrap().contains("H-GAS"), "{}", refused.body);
        let said = say(&desk, &call, yes("H-TRAPPED")).await;
        assert_eq!(said["hazards"].as_array().unwrap().len(), 9);
        let told_what = &said["instructions"][0];
        assert_eq!((&told_what["hazard"], &told_what["dial"]), (&json!("H-TRAPPED"), &json!("119")));
        assert_eq!(said["instructions"].as_array().unwrap().len(), 1);
        assert!(told_what["ja"][0].as_str().unwrap().contains("119番"), "{told_what}");
        assert!(told_what["en"][0].as_str().unwrap().contains("119"), "{told_what}");
        let refused = desk.post("/v1/cases", world::case(&call)).await;
        assert_eq!((refused.problem(), &refused.body["rule"]), ("instructions-not-given", &json!("4.1")));
        assert!(refused.body["detail"].as_str().unwrap().contains("H-TRAPPED"), "{}", refused.body);
        // The seconds from the answer to the instruction are on file (section 8).
        server.ctx.clock().advance(chrono::TimeDelta::seconds(42)).await;
        told(&desk, &call, "H-TRAPPED").await;
        server.pass(5).await;
        told(&desk, &call, "H-TRAPPED").await;
        let stands = desk.get(&format!("/v1/calls/{call}/hazard-answers")).await.expect(200);
        assert_eq!(stands["hazards"][0]["instructed_after_s"], 42, "the first time counts");
        desk.post("/v1/cases", world::case(&call)).await.expect(201);
        server.stop().await;
    }

    async fn a_hazard_that_holds_keeps_everybody_away_until_it_is_cleared(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let desk = server.dispatcher();
        let (_, case) = case_with(&desk, "H-GAS").await;
        let job = job_in(&server, &case).await;
        assert_eq!((&job["state"], &job["priority"], &job["hold"]), (&json!("held"), &json!("P0"), &json!("H-GAS")));
        assert!(job["wake_at"].is_string());
        assert_eq!(world::open_offer(&crew.phone).await, None);
        let ringing = alarms(&desk, "held").await;
        assert_eq!((ringing.len(), &ringing[0]["state"], &ringing[0]["subject_id"]), (1, &json!("ringing"), &job["id"]));
        server.pass(60).await;
        assert_eq!(world::open_offer(&crew.phone).await, None, "time alone clears nothing");
        let path = format!("/v1/cases/{case}/clearances");
        let body = json!({ "hazard": "H-GAS", "cleared_by": "gas_company", "note_code": "checked_safe" });
        let cleared = desk.post(&path, body.clone()).await.expect(201);
        assert_eq!(cleared["jobs"][0]["state"], "unassigned");
        assert_eq!(cleared["hazard"]["cleared_by"], "gas_company");
        server.settle().await;
        assert!(world::open_offer(&crew.phone).await.is_some(), "offered at once");
        assert_eq!(alarms(&desk, "held").await[0]["state"], "resolved");
        assert_eq!(desk.post(&path, body).await.problem(), "hazard-not-open");
        server.stop().await;
    }

    async fn a_later_yes_takes_the_offer_back(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let desk = server.dispatcher();
        let call = world::safe_call(&server).await;
        let case = id(&desk.post("/v1/cases", world::case(&call)).await.expect(201));
        let job = id(&job_in(&server, &case).await);
        assert!(world::open_offer(&crew.phone).await.is_some());
        say(&desk, &call, yes("H-CRIME")).await;
        assert_eq!(world::open_offer(&crew.phone).await, None);
        let held = desk.get(&format!("/v1/jobs/{job}")).await.expect(200);
        assert_eq!((&held["state"], &held["hold"], &held["priority"]), (&json!("held"), &json!("H-CRIME"), &json!("P0")));
        // A no does not set it free: somebody has to clear it. A second danger goes on holding.
        say(&desk, &call, json!({ "answers": [{ "hazard": "H-CRIME", "answer": "no" }] })).await;
        say(&desk, &call, yes("H-TRAPPED")).await;
        let path = format!("/v1/cases/{case}/clearances");
        let clear = |hazard: &str| {
            desk.post(&path, json!({ "hazard": hazard, "cleared_by": "police", "note_code": "false_alarm" }))
        };
        assert_eq!(clear("H-CRIME").await.expect(201)["jobs"][0]["hold"], "H-TRAPPED");
        assert_eq!(clear("H-TRAPPED").await.expect(201)["jobs"][0]["state"], "unassigned");
        server.stop().await;
    }

    async fn whoever_is_on_the_way_must_be_told(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let desk = server.dispatcher();
        let call = world::safe_call(&server).await;
        let case = id(&desk.post("/v1/cases", world::case(&call)).await.expect(201));
        let job = id(&job_in(&server, &case).await);
        let offer = world::open_offer(&crew.phone).await.unwrap();
        crew.phone.post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await.expect(201);
        say(&desk, &call, yes("H-GAS")).await;
        let seen = desk.get(&format!("/v1/jobs/{job}")).await.expect(200);
        assert_eq!((&seen["state"], &seen["priority"]), (&json!("assigned"), &json!("P0")));
        server.settle().await;
        assert_eq!(alarms(&desk, "danger_on_job").await[0]["state"], "ringing");
        server.stop().await;
    }

    async fn a_hazard_that_does_not_hold_makes_it_urgent(db: TestDb) {
        let server = TestServer::start(&db).await;
        world::crew(&server, "栄水道", 35.165, 136.91).await;
        let desk = server.dispatcher();
        let (_, case) = case_with(&desk, "H-UNCONTROLLED-WATER").await;
        let path = format!("/v1/cases/{case}/jobs");
        let job = desk.post(&path, json!({ "job_code": "W-FAUCET-DRIP" })).await.expect(201);
        assert_eq!((&job["priority"], &job["state"]), (&json!("P1"), &json!("unassigned")), "P2 by its code");
        server.stop().await;
    }

    async fn somebody_elses_room_is_for_police_or_supervisor(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        let (_, case) = case_with(&desk, "H-NOT-RESIDENT").await;
        let path = format!("/v1/cases/{case}/clearances");
        let by = |who: &str| json!({ "hazard": "H-NOT-RESIDENT", "cleared_by": who, "note_code": "residence_confirmed" });
        for who in ["caller", "fire_brigade", "gas_company"] {
            let refused = desk.post(&path, by(who)).await;
            assert_eq!((refused.problem(), &refused.body["rule"]), ("clearance-not-allowed", &json!("4.1")), "{who}");
        }
        assert_eq!(desk.post(&path, by("supervisor")).await.refused_field(), "cleared_by");
        server.client(Role::Supervisor).post(&path, by("supervisor")).await.expect(201);
        server.stop().await;
    }

    async fn a_draft_is_always_kept_until_it_is_a_case(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        let call = call(&desk).await;
        let path = format!("/v1/calls/{call}/draft");
        assert_eq!(desk.get(&path).await.problem(), "not-found");
        let first = json!({ "name": "Ram", "nested": { "何か": [1, null, 1.5, "\u{0}"] } });
        let saved = desk.send(desk.request(reqwest::Method::PUT, &path).json(&first)).await;
        assert_eq!(saved.headers["etag"], "\"1\"");
        assert_eq!(saved.expect(200)["body"], first);
        let again = desk.send(desk.request(reqwest::Method::PUT, &path).json(&json!({}))).await;
        assert_eq!(again.problem(), "version-mismatch", "somebody else's draft is not written over blindly");
        assert_eq!(desk.put(&path, 7, json!({})).await.problem(), "version-mismatch");
        desk.put(&path, 1, json!({ "name": "Ram Example" })).await.expect(200);
        // Another start of the service on the same data finds it.
        server.stop().await;
        let server = TestServer::start_again(&db).await;
        let desk = server.dispatcher();
        let kept = desk.get(&path).await;
        assert_eq!((&kept.headers["etag"], &kept.body["body"]), (&"\"2\"".parse().unwrap(), &json!({ "name": "Ram Example" })));
        say(&desk, &call, json!({ "others": "unknown" })).await;
        desk.post("/v1/cases", world::case(&call)).await.expect(201);
        assert_eq!(desk.get(&path).await.problem(), "not-found");
        assert_eq!(desk.put(&path, 2, json!({})).await.problem(), "call-has-case");
        server.stop().await;
    }

    async fn a_draft_is_an_object_of_bearable_size(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        let call = call(&desk).await;
        let path = format!("/v1/calls/{call}/draft");
        let put = |body: Value| desk.send(desk.request(reqwest::Method::PUT, &path).json(&body));
        for bad in [json!([]), json!("text"), json!(null), json!(7), json!({ "a": "x".repeat(64 * 1024) })] {
            assert_eq!(put(bad).await.refused_field(), "body");
        }
        assert_eq!(desk.get(&path).await.problem(), "not-found");
        // The brackets, the key and the quotes take eight bytes.
        put(json!({ "a": "x".repeat(64 * 1024 - 8) })).await.expect(200);
        server.stop().await;
    }

    async fn a_hand_over_to_119_has_its_clocks(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        let call = call(&desk).await;
        let path = format!("/v1/calls/{call}/emergency-handovers");
        let begun = desk.post(&path, json!({ "service": "fire_ambulance" })).await.expect(201);
        assert_eq!(begun["dial"], "119");
        assert_eq!(desk.post(&path, json!({ "service": "police" })).await.expect(201)["dial"], "110");
        assert_eq!(desk.post(&path, json!({ "service": "gas" })).await.expect(201)["dial"], Value::Null);
        let again = json!({ "service": "fire_ambulance" });
        assert_eq!(desk.post(&path, again.clone()).await.problem(), "handover-under-way", "one at a time of each");
        let step = format!("/v1/emergency-handovers/{}", id(&begun));
        server.pass(1).await;
        let connected = desk.post(&format!("{step}/connection"), json!({})).await.expect(200);
        assert_eq!(connected["connected_at"], "2026-11-22T12:01:00Z");
        assert_eq!(desk.post(&format!("{step}/connection"), json!({})).await.problem(), "handover-connected");
        server.pass(2).await;
        let ended = desk.post(&format!("{step}/ending"), json!({})).await.expect(200);
        assert_eq!((&ended["begun_at"], &ended["ended_at"]), (&json!("2026-11-22T12:00:00Z"), &json!("2026-11-22T12:03:00Z")));
        assert_eq!(desk.post(&format!("{step}/ending"), json!({})).await.problem(), "handover-ended");
        desk.post(&path, again).await.expect(201);
        assert_eq!(desk.post(&path, json!({ "service": "army" })).await.refused_field(), "service");
        assert_eq!(desk.post(&path, json!({})).await.refused_field(), "service");
        server.stop().await;
    }

    async fn every_field_is_refused_by_name_and_changes_nothing(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        let call = call(&desk).await;
        let path = format!("/v1/calls/{call}/hazard-answers");
        let one = |hazard: Value, answer: Value| json!({ "answers": [{ "hazard": hazard, "answer": answer }] });
        let twice = json!({ "answers": [{ "hazard": "H-GAS", "answer": "no" }, { "hazard": "H-GAS", "answer": "yes" }] });
        for (body, named) in [
            (json!({}), "answers"),
            (json!({ "answers": [] }), "answers"),
            (json!({ "answers": 1 }), "answers"),
            (json!({ "others": "yes" }), "others"),
            (json!({ "others": "no", "more": 1 }), "more"),
            (one(json!("H-NOTHING"), json!("yes")), "answers[0].hazard"),
            (one(json!(""), json!("yes")), "answers[0].hazard"),
            (one(json!(7), json!("yes")), "answers[0].hazard"),
            (one(json!("H-GAS"), json!("maybe")), "answers[0].answer"),
            (json!({ "answers": [{ "hazard": "H-GAS" }] }), "answers[0].answer"),
            (twice, "answers[1].hazard"),
        ] {
            assert_eq!(desk.post(&path, body.clone()).await.refused_field(), named, "{body}");
        }
        let stands = desk.get(&path).await.expect(200);
        assert!(stands["hazards"].as_array().unwrap().iter().all(|one| one["answer"].is_null()), "{stands}");
        let acknowledge = format!("/v1/calls/{call}/instructions/H-GAS/acknowledgement");
        let refused = desk.post(&acknowledge, json!({})).await;
        assert_eq!((refused.problem(), &refused.body["rule"]), ("no-instruction", &json!("4.1")));
        let unknown = format!("/v1/calls/{call}/instructions/H-NOTHING/acknowledgement");
        assert_eq!(desk.post(&unknown, json!({})).await.problem(), "not-found");
        let (_, case) = case_with(&desk, "H-GAS").await;
        let path = format!("/v1/cases/{case}/clearances");
        for (field, value, named) in [
            ("hazard", json!("H-NOTHING"), "hazard"),
            ("hazard", json!(""), "hazard"),
            ("cleared_by", json!("neighbour"), "cleared_by"),
            ("note_code", json!("probably fine"), "note_code"),
            ("note", json!("x"), "note"),
        ] {
            let mut body = json!({ "hazard": "H-GAS", "cleared_by": "caller", "note_code": "false_alarm" });
            body[field] = value;
            assert_eq!(desk.post(&path, body).await.refused_field(), named);
        }
        server.stop().await;
    }
}
