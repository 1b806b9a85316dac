//! The ladder: who is asked after whom, when a person is alarmed, and that nothing is ever forgotten.

use serde_json::{Value, json};

use crate::support::{
    db::{TestDb, on_both_engines},
    server::{Client, TestServer},
    site::{self, Device},
    world::{self, Crew},
};

/// So many crews, each a little further from the site than the one before.
async fn crews(server: &TestServer, count: u32) -> Vec<Crew> {
    let mut crews = Vec::new();
    for number in 0..count {
        let lat = 35.165 + 0.004 * f64::from(number);
        crews.push(world::crew(server, &format!("{}番水道", number + 1), lat, 136.91).await);
    }
    crews
}

async fn job_of(server: &TestServer, job: &str) -> Value {
    server.dispatcher().get(&format!("/v1/jobs/{job}")).await.expect(200)
}

/// Unresolved alarms about a job: kind and state.
async fn alarms(server: &TestServer, job: &str) -> Vec<(String, String)> {
    let listed = server.dispatcher().get("/v1/alarms?limit=200").await.expect(200);
    let about = listed["items"].as_array().unwrap().iter().filter(|alarm| alarm["subject_id"] == job);
    let open = about.filter(|alarm| alarm["state"] != "resolved");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    open.map(|alarm| (text(&alarm["kind"]), text(&alarm["state"]))).collect()
}

fn rings(kind: &str) -> (String, String) {
    (kind.to_owned(), "ringing".to_owned())
}

async fn refuse(client: &Client) {
    let offer = world::open_offer(client).await.unwrap();
    client.post(&format!("/v1/offers/{offer}/refusal"), json!({ "code": "too_far" })).await.expect(200);
}

async fn accept(client: &Client) -> Value {
    let offer = world::open_offer(client).await.unwrap();
    client.post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await.expect(201)["assignment"].clone()
}

/// How many of the crews are being asked.
async fn asked(crews: &[Crew]) -> Vec<usize> {
    let mut asked = Vec::new();
    for (number, crew) in crews.iter().enumerate() {
        if world::open_offer(&crew.phone).await.is_some() {
            asked.push(number);
        }
    }
    asked
}

on_both_engines! {
    async fn after_three_one_by_one_three_at_once_and_the_first_yes_wins(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crews = crews(&server, 7).await;
        let job = world::job(&server).await;
        for number in 0..3 {
            assert_eq!(asked(&crews).await, [number]);
            assert_eq!(alarms(&server, &job).await, []);
            refuse(&crews[number].phone).await;
            server.settle().await;
        }
        assert_eq!(asked(&crews).await, [3, 4, 5]);
        assert_eq!(alarms(&server, &job).await, [rings("refusals")]);
        let losing = world::open_offer(&crews[3].phone).await.unwrap();
        accept(&crews[4].phone).await;
        server.settle().await;
        assert_eq!(asked(&crews).await, [0_usize; 0]);
        let late = crews[3].phone.post(&format!("/v1/offers/{losing}/acceptance"), json!({})).await;
        assert_eq!((late.status.as_u16(), late.problem()), (409, "offer-not-open"));
        let lost = crews[3].phone.get(&format!("/v1/offers/{losing}")).await.expect(200);
        assert_eq!((&lost["state"], &lost["withdraw_code"]), (&json!("withdrawn"), &json!("taken_by_other")));
        assert_eq!(alarms(&server, &job).await, [], "somebody comes: nothing is left to be said");
        server.stop().await;
    }

    async fn the_end_of_the_ladder_alarms_until_somebody_has_it_and_the_ladder_goes_on(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crews = crews(&server, 1).await;
        let job = world::job(&server).await;
        // He sleeps: the offer expires, and nobody else is there.
        server.pass(5).await;
        assert_eq!(alarms(&server, &job).await, [rings("ladder_ended")]);
        let is_it = |alarm: &&Value| alarm["kind"] == "ladder_ended";
        let alarm = |listed: Value| listed["items"].as_array().unwrap().iter().find(is_it).unwrap().clone();
        let dispatcher = server.dispatcher();
        let first = alarm(dispatcher.get("/v1/alarms").await.expect(200));
        // Who did not answer is asked again in the next round: one call may wake him.
        server.pass(1).await;
        assert_eq!(asked(&crews).await, [0]);
        server.pass(3).await;
        let again = alarm(dispatcher.get("/v1/alarms").await.expect(200));
        assert!(again["rung"].as_i64() > first["rung"].as_i64(), "{again}");
        let path = format!("/v1/alarms/{}/acknowledgement", again["id"].as_str().unwrap());
        dispatcher.post(&path, json!({})).await.expect(200);
        let twice = dispatcher.post(&path, json!({})).await;
        assert_eq!(twice.problem(), "alarm-not-ringing");
        // The cause goes on, so it comes back; whoever has acknowledged it is left alone for a quarter of an hour.
        server.pass(14).await;
        assert_eq!(alarms(&server, &job).await[0], ("ladder_ended".to_owned(), "acknowledged".to_owned()));
        server.pass(1).await;
        assert_eq!(alarms(&server, &job).await[0], rings("ladder_ended"));
        assert!(job_of(&server, &job).await["wake_at"].is_string());
        accept(&crews[0].phone).await;
        assert_eq!(alarms(&server, &job).await, []);
        server.stop().await;
    }

    async fn a_late_emergency_stays_before_a_fresh_appointment(db: TestDb) {
        let server = TestServer::start(&db).await;
        let late = world::job(&server).await;
        // Nobody serves the place: K-04 is an answer of its own, and a person must know.
        assert_eq!(job_of(&server, &late).await["state"], "no_coverage");
        assert_eq!(alarms(&server, &late).await, [rings("no_coverage")]);
        let crews = crews(&server, 1).await;
        let offers = json!({ "reason": "nobody_else", "technician_id": crews[0].technician });
        let path = format!("/v1/jobs/{late}/override");
        server.dispatcher().post(&path, offers).await.expect(201);
        assert_eq!(job_of(&server, &late).await["state"], "assigned");
        server.stop().await;
    }

    async fn the_queue_is_by_urgency_then_age_with_the_clock_that_matters(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crews = crews(&server, 2).await;
        let dispatcher = server.dispatcher();
        let case = world::opened_case(&server).await;
        let later = json!({ "job_code": "W-FAUCET-DRIP", "priority": "P2" });
        let tap = dispatcher.post(&format!("/v1/cases/{case}/jobs"), later).await.expect(201)["id"].clone();
        server.pass(20).await;
        let urgent = world::job(&server).await;
        server.pass(3).await;
        let queue = dispatcher.get("/v1/queue").await.expect(200);
        let order: Vec<_> = queue.as_array().unwrap().iter().map(|job| job["job_id"].clone()).collect();
        assert_eq!(order, [json!(urgent), tap], "the emergency first, though it is younger");
        assert_eq!(queue[0]["clock"]["kind"], "answer_due");
        assert_eq!((&queue[0]["district"], &queue[0]["language"]), (&json!("名古屋市中区栄"), &json!("ne")));
        assert!(!queue.to_string().contains("Ram"), "no names on the board: {queue}");
        for crew in &crews {
            if let Some(offer) = world::open_offer(&crew.phone).await {
                let promised = json!({ "arrival_at": "2026-11-22T21:55:00+09:00" });
                crew.phone.post(&format!("/v1/offers/{offer}/acceptance"), promised).await.expect(201);
            }
        }
        let queue = dispatcher.get("/v1/queue").await.expect(200);
        assert_eq!(queue[0]["clock"], json!({ "kind": "arrival_due", "at": "2026-11-22T12:55:00Z" }));
        assert!(queue[0]["on_it"]["technician_name"].as_str().unwrap().contains("太郎"), "{queue}");
        server.stop().await;
    }

    async fn who_does_not_leave_is_warned_and_then_somebody_else_is_asked(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crews = crews(&server, 2).await;
        let job = world::job(&server).await;
        accept(&crews[0].phone).await;
        server.pass(10).await;
        let seen = job_of(&server, &job).await;
        assert_eq!((&seen["state"], seen["warned_at"].is_string()), (&json!("assigned"), true));
        assert_eq!(alarms(&server, &job).await, [rings("not_departed")]);
        server.pass(5).await;
        assert_eq!(job_of(&server, &job).await["state"], "offered");
        assert_eq!(asked(&crews).await, [1]);
        let seen = job_of(&server, &job).await;
        assert_eq!(seen["assignments"][0]["release_code"], "no_show");
        server.stop().await;
    }

    async fn the_order_is_in_writing_and_forgets_the_address_when_he_is_off_the_job(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crews = crews(&server, 2).await;
        let job = world::job(&server).await;
        let assignment = accept(&crews[0].phone).await;
        let path = format!("/v1/assignments/{}/order-note", assignment["id"].as_str().unwrap());
        let note = crews[0].phone.get(&path).await.expect(200);
        assert_eq!((&note["number"], &note["terms_version"]), (&json!("O-261122-0001"), &json!("terms-1")));
        let text = note["text_ja"].as_str().unwrap();
        assert!(text.contains("名古屋市中区栄3-15-27 栄ハイツ 205") && text.contains("60日以内"), "{text}");
        assert!(!text.contains("Ram") && !text.contains("特殊開錠用具"), "{text}");
        assert_eq!(crews[1].phone.get(&path).await.problem(), "not-found");
        let back = format!("/v1/jobs/{job}/reassignment");
        server.dispatcher().post(&back, json!({ "reason": "too_late" })).await.expect(200);
        let after = crews[0].phone.get(&path).await.expect(200);
        assert!(!after.to_string().contains("3-15-27"), "{after}");
        server.stop().await;
    }

    async fn a_firm_that_is_asked_itself_names_who_goes_or_loses_the_job(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crews = crews(&server, 2).await;
        let administrator = server.administrator();
        let path = format!("/v1/firms/{}", crews[0].firm);
        let mut firm = world::firm("1番水道");
        firm["offers_to"] = json!("firm");
        administrator.put(&path, 1, firm).await.expect(200);
        let job = world::job(&server).await;
        let offer = world::open_offer(&crews[0].office).await.unwrap();
        let own = format!("/v1/offers/{offer}");
        let by_technician = crews[0].phone.post(&format!("{own}/acceptance"), json!({})).await;
        assert_eq!(by_technician.problem(), "offer-to-firm");
        let accepted = crews[0].office.post(&format!("{own}/acceptance"), json!({})).await.expect(201);
        assert_eq!((&accepted["offer"]["state"], &accepted["assignment"]), (&json!("accepted"), &Value::Null));
        assert_eq!(job_of(&server, &job).await["state"], "accepted");
        let stranger = json!({ "technician_id": crews[1].technician });
        let refused = crews[0].office.post(&format!("{own}/technician"), stranger).await;
        assert_eq!(refused.refused_field(), "technician_id");
        // Five minutes pass: a person is told, and the next one is asked.
        server.pass(5).await;
        assert_eq!(job_of(&server, &job).await["state"], "offered");
        assert_eq!(alarms(&server, &job).await, [rings("not_named")]);
        assert!(world::open_offer(&crews[1].phone).await.is_some());
        let late = json!({ "technician_id": crews[0].technician });
        let late = crews[0].office.post(&format!("{own}/technician"), late).await;
        assert_eq!(late.problem(), "job-state");
        refuse(&crews[1].phone).await;
        let again = world::job(&server).await;
        let offer = world::open_offer(&crews[0].office).await.unwrap();
        let own = format!("/v1/offers/{offer}");
        crews[0].office.post(&format!("{own}/acceptance"), json!({})).await.expect(201);
        let naming = json!({ "technician_id": crews[0].technician, "arrival_at": "2026-11-22T21:40:00+09:00" });
        let assignment = crews[0].office.post(&format!("{own}/technician"), naming).await.expect(201);
        assert_eq!(assignment["technician_id"], crews[0].technician.as_str());
        assert_eq!(job_of(&server, &again).await["state"], "assigned");
        server.stop().await;
    }

    async fn a_firm_that_was_late_with_the_name_is_asked_again_when_nobody_else_is_left(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crews = crews(&server, 2).await;
        let mut firm = world::firm("1番水道");
        firm["offers_to"] = json!("firm");
        server.administrator().put(&format!("/v1/firms/{}", crews[0].firm), 1, firm).await.expect(200);
        let job = world::job(&server).await;
        let offer = world::open_offer(&crews[0].office).await.unwrap();
        crews[0].office.post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await.expect(201);
        server.pass(5).await;
        // The other one is silent: he is asked first in the next round as well, and then the firm once more.
        for _ in 0..2 {
            assert!(world::open_offer(&crews[1].phone).await.is_some());
            assert_eq!(world::open_offer(&crews[0].office).await, None);
            server.pass(6).await;
        }
        let again = world::open_offer(&crews[0].office).await.unwrap();
        assert_ne!(again, offer);
        let own = format!("/v1/offers/{again}");
        crews[0].office.post(&format!("{own}/acceptance"), json!({})).await.expect(201);
        let naming = json!({ "technician_id": crews[0].technician, "arrival_at": "2026-11-22T22:00:00+09:00" });
        crews[0].office.post(&format!("{own}/technician"), naming).await.expect(201);
        assert_eq!(job_of(&server, &job).await["state"], "assigned");
        server.stop().await;
    }

    async fn who_breaks_down_withdraws_and_the_next_is_asked_at_once(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crews = crews(&server, 2).await;
        let job = world::job(&server).await;
        let assignment = accept(&crews[0].phone).await;
        let path = format!("/v1/assignments/{}/withdrawal", assignment["id"].as_str().unwrap());
        let other = crews[1].phone.post(&path, json!({ "code": "breakdown" })).await;
        assert_eq!(other.problem(), "not-found");
        let desks = crews[0].phone.post(&path, json!({ "code": "no_show" })).await;
        assert_eq!((desks.status.as_u16(), desks.refused_field()), (422, "code".to_owned()));
        crews[0].phone.post(&path, json!({ "code": "breakdown" })).await.expect(200);
        server.settle().await;
        assert_eq!(asked(&crews).await, [1]);
        let again = crews[0].phone.post(&path, json!({ "code": "breakdown" })).await;
        assert_eq!(again.problem(), "assignment-released");
        assert_eq!(job_of(&server, &job).await["offers"][0]["withdraw_code"], "breakdown");
        server.stop().await;
    }

    async fn the_desk_takes_a_job_back_and_gives_it_to_somebody(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crews = crews(&server, 3).await;
        let job = world::job(&server).await;
        accept(&crews[0].phone).await;
        let dispatcher = server.dispatcher();
        let path = format!("/v1/jobs/{job}/reassignment");
        dispatcher.post(&path, json!({ "reason": "not_reachable" })).await.expect(200);
        let twice = dispatcher.post(&path, json!({ "reason": "not_reachable" })).await;
        assert_eq!(twice.problem(), "job-state");
        server.settle().await;
        assert_eq!(asked(&crews).await, [1]);
        let path = format!("/v1/jobs/{job}/override");
        let body = json!({ "technician_id": crews[2].technician, "reason": "already_near",
                           "arrival_at": "2026-11-22T21:20:00+09:00" });
        let assignment = dispatcher.post(&path, body).await.expect(201);
        assert_eq!(assignment["technician_id"], crews[2].technician.as_str());
        assert_eq!(asked(&crews).await, [0_usize; 0]);
        let seen = job_of(&server, &job).await;
        let states: Vec<_> = seen["offers"].as_array().unwrap().iter().map(|offer| &offer["state"]).collect();
        assert_eq!(states, ["withdrawn", "withdrawn", "accepted"]);
        assert_eq!(seen["offers"][2]["answered_via"], "phone");
        server.stop().await;
    }

    async fn who_had_not_answered_when_the_desk_gave_it_away_is_asked_when_it_is_taken_back(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crews = crews(&server, 2).await;
        let job = world::job(&server).await;
        assert_eq!(asked(&crews).await, [0]);
        let given = json!({ "technician_id": crews[1].technician, "reason": "already_near" });
        server.dispatcher().post(&format!("/v1/jobs/{job}/override"), given).await.expect(201);
        server.pass(3).await;
        let back = json!({ "reason": "wrong_skills" });
        server.dispatcher().post(&format!("/v1/jobs/{job}/reassignment"), back).await.expect(200);
        server.pass(3).await;
        assert_eq!(asked(&crews).await, [0]);
        server.stop().await;
    }

    async fn bad_input_changes_nothing(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crews = crews(&server, 1).await;
        let job = world::job(&server).await;
        let dispatcher = server.dispatcher();
        let before = job_of(&server, &job).await;
        let nobody = "00000000-0000-7000-8000-000000000000";
        let good = json!({ "technician_id": crews[0].technician, "reason": "other" });
        for (field, value, refused) in [
            ("technician_id", json!(nobody), "technician_id"),
            ("technician_id", json!("x"), "technician_id"),
            ("technician_id", json!(null), "technician_id"),
            ("reason", json!("because"), "reason"),
            ("arrival_at", json!("2026-11-22T20:00:00+09:00"), "arrival_at"),
            ("arrival_at", json!("1999-11-22T20:00:00+09:00"), "arrival_at"),
            ("arrival_at", json!("soon"), "arrival_at"),
            ("displacing", json!("somehow"), "displacing"),
            ("extra", json!(1), "extra"),
        ] {
            let mut body = good.clone();
            body[field] = value;
            let reply = dispatcher.post(&format!("/v1/jobs/{job}/override"), body).await;
            assert_eq!(reply.refused_field(), refused);
        }
        for (path, body, refused) in [
            (format!("/v1/jobs/{job}/reassignment"), json!({ "reason": "why" }), "reason"),
            (format!("/v1/jobs/{job}/reassignment"), json!({}), "reason"),
            (format!("/v1/assignments/{nobody}/withdrawal"), json!({ "code": "tired" }), "code"),
            (format!("/v1/jobs/{job}/appointment"), json!({ "technician_id": nobody }), "starts_at"),
            (format!("/v1/jobs/{job}/appointment/cancellation"), json!({ "reason": 7 }), "reason"),
        ] {
            assert_eq!(dispatcher.post(&path, body).await.refused_field(), refused, "{path}");
        }
        assert_eq!(job_of(&server, &job).await, before);
        server.stop().await;
    }

    // F14: whoever drives about, or away, does not come.
    async fn whoever_drives_away_is_stalled_and_then_replaced(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        for (name, step, stalls) in [("nearer", -0.0035, false), ("away", 0.004, true), ("round", 0.0, true)] {
            let job = site::accepted_job(&server, &crew).await;
            let begun = server.ctx.now();
            server.pass(1).await;
            let mut phone = Device::new(&job, "phone-1");
            let mut left = [phone.fact("21:00", crate::guarding::kind("departure"))];
            site::dated(&mut left, begun, &[1]);
            phone.send(&server, &crew.phone, &left).await.expect(200);
            let mut rang = false;
            for minute in 0..27 {
                // About 400 m a minute, from 11 km to the south.
                let lat = 35.065 - step * f64::from(minute);
                let lon = 136.91 + if step == 0.0 && minute % 2 == 1 { 0.004 } else { 0.0 };
                let position = json!({ "technician_id": crew.technician, "point": world::point(lat, lon), "measured_at": server.ctx.now() });
                let request = crew.phone.request(reqwest::Method::POST, "/v1/positions");
                crew.phone.send(request.json(&json!({ "positions": [position] }))).await.expect(204);
                server.pass(1).await;
                let alarms = server.dispatcher().get("/v1/alarms?limit=200").await.expect(200);
                let is_it = |alarm: &&Value| alarm["subject_id"] == job.as_str() && alarm["kind"] == "stalled";
                rang |= alarms["items"].as_array().unwrap().iter().any(|alarm| is_it(&alarm));
            }
            let shown = server.dispatcher().get(&format!("/v1/jobs/{job}")).await.expect(200);
            let released = shown["assignments"][0]["release_code"] == "stalled";
            assert_eq!((rang, released), (stalls, stalls), "{name}: {shown}");
            let reason = json!({ "reason": "resident_withdrew" });
            server.dispatcher().post(&format!("/v1/jobs/{job}/cancellation"), reason).await.expect(200);
        }
        server.stop().await;
    }
}
