//! What the site reports besides work: delays, positions, no access, leaving, withdrawing, findings, how it ended.

use kaketsuke::app::settlement;
use serde_json::{Value, json};

use crate::support::{
    db::{TestDb, on_both_engines},
    server::TestServer,
    site::{self, Device, accepted_job, clock, outcomes, post_facts},
    world,
};

fn kind(kind: &str) -> Value {
    json!({ "kind": kind })
}

fn leaving(return_planned: bool) -> Value {
    json!({ "kind": "leaving", "return_planned": return_planned, "reason": "parts_to_order" })
}

/// Five minutes later he is on the way, and the service knows.
async fn leaves(server: &TestServer, crew: &world::Crew, device: &mut Device) {
    server.pass(5).await;
    let departure = device.fact("21:05", kind("departure"));
    device.send(server, &crew.phone, &[departure]).await.expect(200);
}

async fn alarms(server: &TestServer, subject: &str) -> Vec<String> {
    let shown = server.dispatcher().get("/v1/alarms").await.expect(200);
    let of_subject = shown["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|alarm| alarm["subject_id"] == subject && alarm["state"] != "resolved");
    of_subject.map(|alarm| alarm["kind"].as_str().unwrap().to_owned()).collect()
}

on_both_engines! {
    async fn a_delay_moves_the_arrival_that_was_promised(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = accepted_job(&server, &crew).await;
        let path = format!("/v1/jobs/{job}");
        let mut device = Device::new(&job, "phone-1");
        server.pass(5).await;
        let delay = |at: &str| json!({ "kind": "delay", "arrival_at": clock(at) });
        let facts = [device.fact("21:04", delay("22:10")), device.fact("21:05", delay("22:20"))];
        // The later one is told first: what was promised last counts.
        device.send(&server, &crew.phone, &facts[1..]).await.expect(200);
        device.send(&server, &crew.phone, &facts).await.expect(200);
        let shown = crew.phone.get(&path).await.expect(200);
        assert_eq!(shown["assignments"][0]["arrival_due_at"], "2026-11-22T13:20:00Z");
        // Nobody is warned of a departure that is not due: the way takes far less than an hour.
        server.pass(20).await;
        assert_eq!(alarms(&server, &job).await, Vec::<String>::new());
        assert_eq!(server.dispatcher().get(&path).await.expect(200)["state"], "assigned");
        server.stop().await;
    }

    async fn a_position_moves_the_technician_and_leaves_no_trail(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = accepted_job(&server, &crew).await;
        let mut device = Device::new(&job, "phone-1");
        server.pass(5).await;
        let at = |lon: f64| json!({ "kind": "position", "point": world::point(35.168, lon) });
        let facts = [device.fact("21:03", at(136.905)), device.fact("21:04", at(136.907))];
        let receipt = device.send(&server, &crew.phone, &facts).await.expect(200);
        assert_eq!(outcomes(&receipt), ["recorded", "recorded"]);
        let mut raw = db.raw().await;
        assert_eq!(raw.integer("SELECT lon_e6 FROM position").await, 136_907_000);
        let listed = crew.phone.get(&format!("/v1/jobs/{job}/facts")).await.expect(200);
        assert_eq!(listed["items"][0]["kind"], "position");
        assert!(!listed.to_string().contains("136.9") && !listed.to_string().contains("point"), "{listed}");
        let without = device.send(&server, &crew.phone, &[json!({
            "id": "019ab7a0-0000-7000-8000-000000000009", "device_seq": 9, "device_time": clock("21:05"), "kind": "position",
        })]).await;
        assert_eq!(without.refused_field(), "facts[0].point");
        server.stop().await;
    }

    async fn one_report_needs_no_batch(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = accepted_job(&server, &crew).await;
        let mut device = Device::new(&job, "phone-1");
        let fact = device.fact("21:00", kind("departure"));
        let receipt = post_facts(&crew.phone, &job, &json!({ "device": "phone-1", "fact": fact })).await.expect(200);
        assert_eq!((outcomes(&receipt), &receipt["job_state"]), (vec!["recorded"], &json!("en_route")));
        let both = json!({ "device": "phone-1", "fact": fact, "facts": [fact] });
        assert_eq!(post_facts(&crew.phone, &job, &both).await.refused_field(), "body");
        let neither = post_facts(&crew.phone, &job, &json!({ "device": "phone-1" })).await;
        assert_eq!(neither.refused_field(), "facts");
        server.stop().await;
    }

    async fn c_25_no_access_waits_for_the_desk_and_costs_nothing(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = accepted_job(&server, &crew).await;
        let mut device = Device::new(&job, "phone-1");
        leaves(&server, &crew, &mut device).await;
        server.pass(25).await;
        let facts = [
            device.fact("21:10", kind("arrival")),
            device.fact("21:30", json!({ "kind": "no_access", "reason": "nobody_there" })),
        ];
        let receipt = device.send(&server, &crew.phone, &facts).await.expect(200);
        assert_eq!((&receipt["job_state"], &receipt["flags"]), (&json!("awaiting_return"), &json!([])));
        assert_eq!(alarms(&server, &job).await, ["no_access"]);
        let shown = server.dispatcher().get(&format!("/v1/jobs/{job}")).await.expect(200);
        assert_eq!((&shown["assignments"][0]["slot"], &shown["assignments"][0]["field_state"]), (&json!("released"), &json!("no_access")));
        // He is free for another job, and this one does not go to anybody by itself.
        server.pass(15).await;
        assert_eq!(server.dispatcher().get(&format!("/v1/jobs/{job}")).await.expect(200)["state"], "awaiting_return");
        accepted_job(&server, &crew).await;
        let reason = json!({ "reason": "no_access" });
        server.dispatcher().post(&format!("/v1/jobs/{job}/cancellation"), reason).await.expect(200);
        let statement = server.dispatcher().get(&format!("/v1/jobs/{job}/statement")).await.expect(200);
        assert_eq!((&statement["total_yen"], &statement["no_access"][0]["reason"]), (&json!(0), &json!("nobody_there")));
        assert_eq!(alarms(&server, &job).await, Vec::<String>::new());
        server.stop().await;
    }

    async fn c_15_a_return_visit_is_booked_on_the_same_job(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = accepted_job(&server, &crew).await;
        let path = format!("/v1/jobs/{job}");
        let mut device = Device::new(&job, "phone-1");
        leaves(&server, &crew, &mut device).await;
        server.pass(55).await;
        let facts = [
            device.fact("21:10", kind("arrival")),
            device.fact("21:10", json!({ "kind": "work_start", "work": "work" })),
            device.fact("21:55", kind("work_end")),
            device.fact("21:56", leaving(true)),
        ];
        let receipt = device.send(&server, &crew.phone, &facts).await.expect(200);
        assert_eq!((&receipt["job_state"], &receipt["settlement"]), (&json!("awaiting_return"), &Value::Null));
        // A report of the first visit that comes late does not bring him back.
        server.pass(5).await;
        let late = device.fact("21:20", kind("arrival"));
        let receipt = device.send(&server, &crew.phone, &[late]).await.expect(200);
        assert_eq!(receipt["job_state"], "awaiting_return");
        let booking = json!({
            "technician_id": crew.technician, "starts_at": "2026-11-23T10:00:00+09:00", "ends_at": "2026-11-23T12:00:00+09:00",
        });
        server.dispatcher().post(&format!("{path}/appointment"), booking).await.expect(201);
        assert_eq!(crew.phone.get(&path).await.expect(200)["state"], "booked");
        // Half past eight, an hour and a half before.
        server.pass(10 * 60 + 26).await;
        let offer = world::open_offer(&crew.phone).await.expect("asked before the visit");
        let promise = json!({ "arrival_at": "2026-11-23T10:05:00+09:00" });
        crew.phone.post(&format!("/v1/offers/{offer}/acceptance"), promise).await.expect(201);
        let shown = crew.phone.get(&path).await.expect(200);
        let slots: Vec<_> = shown["assignments"].as_array().unwrap().iter().map(|one| one["slot"].clone()).collect();
        assert_eq!(slots, ["released", "current"]);
        assert_eq!((&shown["state"], &shown["assignments"][1]["field_state"]), (&json!("assigned"), &Value::Null));
        server.pass(60).await;
        let mut at = |time: &str, what: Value| {
            let mut fact = device.fact("21:00", what);
            fact["device_time"] = json!(format!("2026-11-23T{time}:00+09:00"));
            fact
        };
        let departure = [at("09:30", kind("departure"))];
        let rest = [
            at("10:05", kind("arrival")),
            at("10:05", json!({ "kind": "work_start", "work": "work" })),
            at("10:45", kind("work_end")),
            at("10:46", kind("completion")),
        ];
        let receipt = device.send(&server, &crew.phone, &departure).await.expect(200);
        assert_eq!(receipt["job_state"], "en_route");
        server.pass(80).await;
        let receipt = device.send(&server, &crew.phone, &rest).await.expect(200);
        assert_eq!((&receipt["job_state"], &receipt["flags"]), (&json!("completed"), &json!([])));
        // C06: 45 and 40 minutes of one job are 85: three units begun, written off without consent.
        let statement = crew.phone.get(&format!("{path}/statement")).await.expect(200);
        assert_eq!((&statement["worked_seconds"], &statement["units"]), (&json!(5_100), &json!(3)));
        assert_eq!(statement["visits"].as_array().unwrap().len(), 2);
        assert_eq!(settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        server.stop().await;
    }

    async fn whoever_comes_back_without_being_booked_has_the_job_again(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = accepted_job(&server, &crew).await;
        let mut device = Device::new(&job, "phone-1");
        server.pass(120).await;
        let first = [device.fact("21:10", kind("arrival")), device.fact("21:20", leaving(true))];
        device.send(&server, &crew.phone, &first).await.expect(200);
        let again = [device.fact("22:30", kind("departure")), device.fact("22:40", kind("arrival"))];
        let receipt = device.send(&server, &crew.phone, &again).await.expect(200);
        assert_eq!(receipt["job_state"], "on_site");
        // What he tells afterwards of the time before he was heard ends the visit all the same.
        let gone = [device.fact("22:50", leaving(true))];
        let receipt = device.send(&server, &crew.phone, &gone).await;
        assert_eq!(receipt.expect(200)["job_state"], "awaiting_return");
        server.stop().await;
    }

    async fn a_withdrawal_told_from_the_phone_asks_the_next_one(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = accepted_job(&server, &crew).await;
        let second = world::crew(&server, "別会社", 35.17, 136.91).await;
        let mut device = Device::new(&job, "phone-1");
        server.pass(10).await;
        let facts = [device.fact("21:03", kind("departure")), device.fact("21:08", json!({ "kind": "withdrawal", "code": "breakdown" }))];
        device.send(&server, &crew.phone, &facts[1..]).await.expect(200);
        server.settle().await;
        let offer = world::open_offer(&second.phone).await.expect("the next one is asked");
        // His departure comes late and changes nothing; he has withdrawn.
        let receipt = device.send(&server, &crew.phone, &facts).await.expect(200);
        assert_eq!((outcomes(&receipt), &receipt["job_state"]), (vec!["recorded", "duplicate"], &json!("offered")));
        second.phone.post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await.expect(201);
        let shown = server.dispatcher().get(&format!("/v1/jobs/{job}")).await.expect(200);
        assert_eq!((&shown["state"], &shown["assignments"][0]["release_code"]), (&json!("assigned"), &json!("breakdown")));
        assert_eq!(shown["assignments"][0]["field_state"], "withdrawn");
        server.stop().await;
    }

    async fn r_06_a_finding_opens_a_referral_and_stops_the_selling(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = accepted_job(&server, &crew).await;
        let mut device = Device::new(&job, "phone-1");
        server.pass(60).await;
        let photo = "019ab7a0-0000-7000-8000-0000000000aa";
        let found = json!({
            "kind": "referral_finding", "reason": "common_area", "component": "stack", "note": "stack_blocked",
            "made_safe": true, "evidence": [photo],
        });
        let facts = [
            device.fact("21:10", kind("arrival")),
            device.fact("21:10", json!({ "kind": "work_start", "work": "work" })),
            device.fact("21:30", found),
            device.fact("21:40", kind("work_end")),
            device.fact("21:45", json!({ "kind": "completion", "outcome": "stopped_referred" })),
        ];
        device.send(&server, &crew.phone, &facts[..3]).await.expect(200);
        let receipt = device.send(&server, &crew.phone, &facts).await.expect(200);
        assert_eq!((&receipt["job_state"], &receipt["flags"]), (&json!("completed"), &json!([])));
        let dispatcher = server.dispatcher();
        let shown = dispatcher.get(&format!("/v1/jobs/{job}")).await.expect(200);
        assert_eq!(shown["outcome"], "stopped_referred");
        let case = shown["case_id"].as_str().unwrap();
        let referrals = dispatcher.get(&format!("/v1/cases/{case}/referrals")).await.expect(200);
        let referrals = referrals["items"].as_array().unwrap();
        assert_eq!(referrals.len(), 1, "once, however often it is told");
        let referral = &referrals[0];
        assert_eq!((&referral["id"], &referral["stage"], &referral["job_id"]), (&facts[2]["id"], &json!("on_site"), &json!(job)));
        assert_eq!((&referral["evidence"], &referral["private_or_common"]), (&json!([photo]), &json!("common")));
        assert_eq!(referral["stop_gap_at"], "2026-11-22T12:30:00Z");
        // The site does not know whom to tell; the desk says so, and the case stays open until they know.
        let path = format!("/v1/referrals/{}", referral["id"].as_str().unwrap());
        let whole = dispatcher.get(&path).await.expect(200);
        assert_eq!((&whole["recipients"], &whole["consent_to_contact"]), (&json!([]), &json!("not_asked")));
        let to = json!({
            "lessee_kind": "worker", "consent_to_contact": "yes",
            "recipients": [{ "kind": "management_company", "name": "見本管理", "phone": "+81525550190" }],
        });
        let version = whole["version"].as_i64().unwrap();
        let addressed = dispatcher.put(&format!("{path}/recipients"), version, to.clone()).await.expect(200);
        assert_eq!(addressed["recipients"][0]["kind"], "management_company");
        let tried = json!({
            "recipient": "management_company", "channel": "phone", "language": "ja", "template_version": "1",
            "delivery_status": "delivered",
        });
        let tried = dispatcher.post(&format!("{path}/notifications"), tried).await;
        let version = tried.expect(201)["version"].as_i64().unwrap();
        let late = dispatcher.put(&format!("{path}/recipients"), version, to).await;
        assert_eq!(late.problem(), "referral-under-way");
        // A part sold after it, without anybody's consent, is looked at by a person.
        let part = device.fact("21:35", json!({
            "kind": "part", "item": "00000000-0000-4000-8000-000000000480", "name": "パッキン", "quantity": "1",
            "unit_price_yen": 480, "price_basis": "tax_inclusive",
        }));
        let receipt = device.send(&server, &crew.phone, &[part]).await.expect(200);
        assert_eq!(receipt["flags"][0]["code"], "charged_after_finding");
        server.stop().await;
    }

    async fn s_04_work_after_a_failed_check_is_not_counted(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = accepted_job(&server, &crew).await;
        let mut device = Device::new(&job, "phone-1");
        server.pass(30).await;
        let facts = [
            device.fact("21:10", kind("arrival")),
            device.fact("21:12", json!({
                "kind": "id_check", "way": "card_at_door", "id_kind": "residence_card", "face_ok": true, "name_ok": false,
                "address_ok": true, "pledge_signed": true,
            })),
            device.fact("21:15", json!({ "kind": "completion", "outcome": "refused_opening" })),
        ];
        let receipt = device.send(&server, &crew.phone, &facts).await.expect(200);
        assert_eq!((&receipt["job_state"], &receipt["flags"]), (&json!("completed"), &json!([])));
        let statement = crew.phone.get(&format!("/v1/jobs/{job}/statement")).await.expect(200);
        assert_eq!((&statement["total_yen"], &statement["outcome"]), (&json!(0), &json!("refused_opening")));
        assert_eq!(statement["id_checks"][0]["passed"], false);
        let work = [
            device.fact("21:13", json!({ "kind": "work_start", "work": "work" })),
            device.fact("21:14", kind("work_end")),
        ];
        let receipt = device.send(&server, &crew.phone, &work).await.expect(200);
        assert_eq!(receipt["flags"][0]["code"], "work_after_failed_check");
        server.stop().await;
    }

    async fn nobody_works_on_two_jobs_at_once(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let first = accepted_job(&server, &crew).await;
        let second = world::job(&server).await;
        server.pass(90).await;
        let mut device = Device::new(&first, "phone-1");
        let facts = site::work(&mut device, "21:10", "21:50");
        let receipt = device.send(&server, &crew.phone, &facts).await.expect(200);
        assert_eq!(receipt["flags"], json!([]));
        // Agreed by telephone, and begun before the desk wrote it down.
        let given = json!({ "technician_id": crew.technician, "reason": "already_near" });
        server.dispatcher().post(&format!("/v1/jobs/{second}/override"), given).await.expect(201);
        let mut device = Device::new(&second, "phone-1");
        let facts = site::work(&mut device, "21:40", "22:20");
        let receipt = device.send(&server, &crew.phone, &facts).await.expect(200);
        assert_eq!((&receipt["flags"][0]["code"], &receipt["settlement"]), (&json!("overlap"), &Value::Null));
        // Seen from the other job as well.
        let statement = server.dispatcher().get(&format!("/v1/jobs/{first}/statement")).await.expect(200);
        assert_eq!(statement["flags"][0]["code"], "overlap");
        server.stop().await;
    }
}
