//! Where a rule asks first, it has happened or somebody answers for it: a resident who is not entitled (G-14), a replacement
//! (S-06), a landlord's matter (3.4), two jobs of one code, a resident whom nobody has verified (E-05).

use std::collections::BTreeSet;

use kaketsuke::domain::span::Instant;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    guarding::{codes, give},
    standing::put_state,
    support::{
        db::{TestDb, on_both_engines},
        server::{Client, TestServer, id},
        site::{self, Device},
        world,
    },
};

/// A case of the call that says these things otherwise.
async fn opened(server: &TestServer, changes: &Value) -> String {
    let mut case = world::case(&world::safe_call(server).await);
    for (field, value) in changes.as_object().unwrap() {
        case[field] = value.clone();
    }
    id(&server.dispatcher().post("/v1/cases", case).await.expect(201))
}

async fn warrant(client: &Client, case: &str, reason: &str) -> Value {
    client.post(&format!("/v1/cases/{case}/warrants"), json!({ "reason": reason })).await.expect(201)
}

/// The same of what the landlord was asked about.
async fn asked_about(client: &Client, case: &str, reason: &str, code: &str) -> Value {
    let said = json!({ "reason": reason, "job_code": code });
    client.post(&format!("/v1/cases/{case}/warrants"), said).await.expect(201)
}

async fn missing(client: &Client, case: &str) -> Vec<String> {
    let whole = client.get(&format!("/v1/cases/{case}")).await.expect(200);
    let codes =
        whole["missing"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap().to_owned());
    codes.collect()
}

/// When the reminder about a case begins to ring; nothing when there is none.
async fn reminder(client: &Client, case: &str) -> Option<String> {
    let alarms = client.get("/v1/alarms?limit=200").await.expect(200);
    let own = alarms["items"].as_array().unwrap().iter().find(|alarm| {
        alarm["subject_id"] == case && alarm["kind"] == "eligibility_open" && alarm["state"] != "resolved"
    });
    own.map(|alarm| alarm["rings_at"].as_str().unwrap().to_owned())
}

/// A job of a code on which the crew has worked; what its completion is flagged for.
async fn replaced(server: &TestServer, crew: &world::Crew, case: &str, special: &str) -> Vec<String> {
    let desk = server.dispatcher();
    let body = json!({ "job_code": "L-KEY-LOST" });
    let job = id(&desk.post(&format!("/v1/cases/{case}/jobs"), body).await.expect(201));
    server.settle().await;
    let plan = json!({ "method": "card_on_person" });
    desk.post(&format!("/v1/jobs/{job}/identity-plan"), plan).await.expect(201);
    let offer = world::open_offer(&crew.phone).await.unwrap();
    crew.phone.post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await.expect(201);
    server.pass(10).await;
    let mut phone = Device::new(&job, "phone-1");
    let at = server.ctx.now();
    let item = Uuid::from_u128(7);
    let mut facts = vec![
        phone.fact("21:00", json!({ "kind": "arrival" })),
        phone.fact("21:00", json!({ "kind": "special_work", "item": item, "code": special, "price_yen": 0 })),
    ];
    site::dated(&mut facts, at, &[-5, -2]);
    let receipt = phone.send(server, &crew.phone, &facts).await.expect(200);
    let flags =
        receipt["flags"].as_array().unwrap().iter().map(|flag| flag["code"].as_str().unwrap().to_owned());
    flags.collect()
}

/// A cylinder for 22,000 yen: sold as special work, if it is said to be, and agreed to by the worker, if they have.
fn cylinder(phone: &mut Device, now: Instant, sold: bool, agreed: bool) -> Vec<Value> {
    let item = Uuid::from_u128(7);
    let mut yes = site::consent("21:00", 0);
    yes["covers"] = json!([{ "kind": "item", "item": item, "max_yen": 22_000 }]);
    yes["cap_yen"] = json!(22_000);
    let special =
        json!({ "kind": "special_work", "item": item, "code": "cylinder_replacement", "price_yen": 22_000 });
    let check = json!({
        "kind": "id_check", "way": "card_at_door", "id_kind": "residence_card", "face_ok": true, "name_ok": true,
        "address_ok": true, "pledge_signed": true,
    });
    let told = [
        (-40, Some(json!({ "kind": "arrival" }))),
        (-39, Some(check)),
        (-38, agreed.then_some(yes)),
        (-37, Some(json!({ "kind": "work_start", "work": "work" }))),
        (-36, sold.then_some(special)),
        (-10, Some(json!({ "kind": "work_end" }))),
        (-9, Some(json!({ "kind": "completion" }))),
    ];
    let (minutes, told): (Vec<i64>, Vec<Value>) =
        told.into_iter().filter_map(|(minute, what)| Some((minute, what?))).unzip();
    let mut facts: Vec<_> = told.into_iter().map(|what| phone.fact("21:00", what)).collect();
    site::dated(&mut facts, now, &minutes);
    facts
}

/// The resident turns out not to be entitled.
async fn find_out(server: &TestServer, case: &str, door: &str) {
    let desk = server.dispatcher();
    if door == "eligibility" {
        let found = json!({ "eligibility": "not_eligible" });
        desk.post(&format!("/v1/cases/{case}/eligibility"), found).await.expect(200);
    } else {
        let shown = desk.get(&format!("/v1/cases/{case}")).await.expect(200);
        let mut body = json!({ "eligibility": "not_eligible" });
        for field in ["categories", "language", "liability_flag", "lessee_kind"] {
            body[field] = shown[field].clone();
        }
        desk.put(&format!("/v1/cases/{case}"), shown["version"].as_i64().unwrap(), body).await.expect(200);
    }
    server.settle().await;
}

/// Whether the desk is told that nobody is asked for a job.
async fn rings(desk: &Client, job: &str) -> bool {
    let alarms = desk.get("/v1/alarms?limit=200").await.expect(200);
    alarms["items"].as_array().unwrap().iter().any(|alarm| {
        alarm["subject_id"] == job && alarm["kind"] == "not_entitled" && alarm["state"] != "resolved"
    })
}

/// A job of a case that is over: completed by the crew, or called off.
async fn job_done(
    server: &TestServer,
    crew: &world::Crew,
    case: &str,
    code: &str,
    is_completed: bool,
) -> String {
    let desk = server.dispatcher();
    let body = json!({ "job_code": code, "priority": "P2" });
    let job = id(&desk.post(&format!("/v1/cases/{case}/jobs"), body).await.expect(201));
    server.settle().await;
    if !is_completed {
        let path = format!("/v1/jobs/{job}/cancellation");
        desk.post(&path, json!({ "reason": "solved_by_itself" })).await.expect(200);
        return job;
    }
    let offer = world::open_offer(&crew.phone).await.unwrap();
    crew.phone.post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await.expect(201);
    server.pass(9).await;
    let mut phone = Device::new(&job, "phone-1");
    let mut facts = site::work(&mut phone, "21:10", "22:00");
    site::dated(&mut facts, server.ctx.now(), &[-5, -5, -2, -2]);
    phone.send(server, &crew.phone, &facts).await.expect(200);
    server.settle().await;
    assert_eq!(desk.get(&format!("/v1/jobs/{job}")).await.expect(200)["state"], "completed", "{code}");
    job
}

on_both_engines! {
    async fn g_14_nobody_is_sent_for_who_is_not_entitled_before_somebody_answers_for_it(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        let case = opened(&server, &json!({ "eligibility": "not_eligible" })).await;
        let path = format!("/v1/cases/{case}/jobs");
        let body = json!({ "job_code": "W-TOILET-CLOG" });
        assert_eq!(desk.post(&path, body.clone()).await.problem(), "not-entitled");
        assert!(missing(&desk, &case).await.contains(&"goodwill".to_owned()));
        // Another answer is none to this question.
        asked_about(&desk, &case, "taken_on", "cylinder_replacement").await;
        assert_eq!(desk.post(&path, body.clone()).await.problem(), "not-entitled");
        let said = warrant(&desk, &case, "danger").await;
        assert_eq!((&said["kind"], &said["number"]), (&json!("goodwill"), &json!(2)));
        assert!(said["recorded_by"].is_string(), "by name");
        desk.post(&path, body).await.expect(201);
        assert!(!missing(&desk, &case).await.contains(&"goodwill".to_owned()));
        let shown = desk.get(&format!("/v1/cases/{case}")).await.expect(200);
        assert_eq!(shown["warrants"][1], said);
        let nonsense = desk.post(&format!("/v1/cases/{case}/warrants"), json!({ "reason": "because" })).await;
        assert_eq!(nonsense.refused_field(), "reason");
        server.stop().await;
    }

    async fn g_14_who_turns_out_not_to_be_entitled_is_looked_for_no_more(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        for door in ["eligibility", "correction"] {
            let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
            let case = opened(&server, &json!({})).await;
            let made = desk.post(&format!("/v1/cases/{case}/jobs"), json!({ "job_code": "W-TOILET-CLOG" })).await;
            let job = id(&made.expect(201));
            server.settle().await;
            let offer = world::open_offer(&crew.phone).await.expect("asked while nobody knows better");
            find_out(&server, &case, door).await;
            assert_eq!(world::open_offer(&crew.phone).await, None, "{door}");
            assert!(rings(&desk, &job).await, "{door}");
            // Every door is shut, and the ladder asks nobody.
            let over = crew.phone.post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await;
            assert_eq!(over.status.as_u16(), 409, "{door}");
            let given = json!({ "technician_id": crew.technician, "reason": "volunteered" });
            let refused = desk.post(&format!("/v1/jobs/{job}/override"), given.clone()).await;
            assert_eq!(refused.problem(), "not-entitled", "{door}");
            server.pass(120).await;
            assert_eq!(world::open_offer(&crew.phone).await, None, "{door}");
            // Somebody answers for it.
            warrant(&desk, &case, "sponsor_agreed").await;
            server.settle().await;
            assert!(!rings(&desk, &job).await, "{door}");
            let offer = world::open_offer(&crew.phone).await.expect("asked again");
            crew.phone.post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await.expect(201);
            let over = json!({ "reason": "solved_by_itself" });
            desk.post(&format!("/v1/jobs/{job}/cancellation"), over).await.expect(200);
            put_state(&server, &format!("/v1/technicians/{}", crew.technician), "suspended").await;
        }
        server.stop().await;
    }

    async fn g_14_nobody_does_it_again_for_who_is_not_entitled(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = site::accepted_job(&server, &crew).await;
        server.pass(60).await;
        let mut phone = Device::new(&job, "phone");
        let facts = site::work(&mut phone, "21:10", "21:40");
        let receipt = phone.send(&server, &crew.phone, &facts).await.expect(200);
        assert_eq!(receipt["job_state"], "completed", "{receipt}");
        let case = desk.get(&format!("/v1/jobs/{job}")).await.expect(200)["case_id"].as_str().unwrap().to_owned();
        find_out(&server, &case, "eligibility").await;
        let again = format!("/v1/jobs/{job}/rework");
        assert_eq!(desk.post(&again, json!({})).await.problem(), "not-entitled");
        warrant(&desk, &case, "danger").await;
        desk.post(&again, json!({})).await.expect(201);
        server.stop().await;
    }

    async fn g_14_who_has_the_job_keeps_it_and_nobody_follows_them(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let other = world::crew(&server, "錦水道", 35.169, 136.91).await;
        let case = opened(&server, &json!({})).await;
        let made = desk.post(&format!("/v1/cases/{case}/jobs"), json!({ "job_code": "W-TOILET-CLOG" })).await;
        let job = id(&made.expect(201));
        server.settle().await;
        let (mut has_it, mut follows) = (&crew, &other);
        if world::open_offer(&crew.phone).await.is_none() {
            (has_it, follows) = (follows, has_it);
        }
        let offer = world::open_offer(&has_it.phone).await.unwrap();
        has_it.phone.post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await.expect(201);
        find_out(&server, &case, "eligibility").await;
        let shown = desk.get(&format!("/v1/jobs/{job}")).await.expect(200);
        assert_eq!(shown["state"], "assigned", "a person says what becomes of them");
        let helps = json!({ "technician_id": follows.technician });
        assert_eq!(desk.post(&format!("/v1/jobs/{job}/helpers"), helps).await.problem(), "not-entitled");
        let reason = json!({ "reason": "too_late" });
        desk.post(&format!("/v1/jobs/{job}/reassignment"), reason).await.expect(200);
        server.pass(30).await;
        assert_eq!(world::open_offer(&follows.phone).await, None);
        assert!(rings(&desk, &job).await);
        // It was a mistake: they are entitled.
        let found = json!({ "eligibility": "eligible", "basis": "host_call_back" });
        desk.post(&format!("/v1/cases/{case}/eligibility"), found).await.expect(200);
        server.settle().await;
        assert!(world::open_offer(&follows.phone).await.is_some());
        server.stop().await;
    }

    async fn e_02_every_other_resident_is_served_at_once(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        for (eligibility, basis) in [("unverified", Value::Null), ("eligible", json!("worker_statement"))] {
            let case = opened(&server, &json!({ "eligibility": eligibility, "eligibility_basis": basis })).await;
            desk.post(&format!("/v1/cases/{case}/jobs"), json!({ "job_code": "W-TOILET-CLOG" })).await.expect(201);
        }
        server.stop().await;
    }

    async fn e_05_who_was_served_unverified_is_verified_later(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        let case = opened(&server, &json!({ "liability_flag": "no" })).await;
        let path = format!("/v1/cases/{case}/eligibility");
        // Sunday evening, then a public holiday: the host companies' desk opens on Tuesday at nine (H-03).
        let due = Some("2026-11-24T00:00:00Z".to_owned());
        assert_eq!(reminder(&desk, &case).await, due);
        desk.post(&format!("/v1/cases/{case}/closing"), json!({})).await.expect(200);
        assert_eq!(reminder(&desk, &case).await, due, "also of a closed case");
        assert_eq!(desk.post(&path, json!({ "eligibility": "unverified" })).await.refused_field(), "eligibility");
        assert_eq!(desk.post(&path, json!({ "eligibility": "eligible" })).await.refused_field(), "basis");
        let found = json!({ "eligibility": "eligible", "basis": "host_call_back" });
        let verified = desk.post(&path, found).await.expect(200);
        assert_eq!((&verified["eligibility"], &verified["state"]), (&json!("eligible"), &json!("closed")));
        assert_eq!(reminder(&desk, &case).await, None);
        // The other answer ends it too.
        let other = opened(&server, &json!({})).await;
        desk.post(&format!("/v1/cases/{other}/eligibility"), json!({ "eligibility": "not_eligible" })).await.expect(200);
        assert_eq!(reminder(&desk, &other).await, None);
        let known = opened(&server, &json!({ "eligibility": "eligible", "eligibility_basis": "registry_import" })).await;
        assert_eq!(reminder(&desk, &known).await, None);
        server.stop().await;
    }

    async fn s_06_the_landlord_agrees_to_a_replacement_or_somebody_answers_for_it(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        for (special, reason, flags) in [
            ("cylinder_replacement", None, vec!["landlord_not_asked"]),
            ("lock_case_replacement", Some(("danger", "")), vec!["landlord_not_asked"]),
            ("cylinder_replacement", Some(("in_writing", "cylinder_replacement")), vec![]),
            ("cylinder_replacement", Some(("recorded", "cylinder_replacement")), vec![]),
            ("lock_case_replacement", Some(("taken_on", "lock_case_replacement")), vec![]),
            // They were asked about something else.
            ("cylinder_replacement", Some(("in_writing", "lock_case_replacement")), vec!["landlord_not_asked"]),
            ("lock_case_replacement", Some(("recorded", "cylinder_replacement")), vec!["landlord_not_asked"]),
            ("cylinder_replacement", Some(("taken_on", "L-CYL-REPLACE")), vec!["landlord_not_asked"]),
            ("destructive_opening", None, vec![]),
        ] {
            let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
            let case = opened(&server, &json!({ "categories": ["lock"] })).await;
            match reason {
                Some((reason, "")) => _ = warrant(&desk, &case, reason).await,
                Some((reason, about)) => _ = asked_about(&desk, &case, reason, about).await,
                None => {}
            }
            assert_eq!(replaced(&server, &crew, &case, special).await, flags, "{special} {reason:?}");
            let path = format!("/v1/technicians/{}", crew.technician);
            let mut shown = server.administrator().get(&path).await.expect(200);
            let version = shown["version"].as_i64().unwrap();
            for field in ["id", "version", "firm_id", "created_at", "confirmed_at", "proposed"] {
                shown.as_object_mut().unwrap().remove(field);
            }
            shown["state"] = json!("suspended");
            server.administrator().put(&path, version, shown).await.expect(200);
        }
        server.stop().await;
    }

    // The review's own way: a cylinder for 22,000 yen, with the worker's yes. It is the landlord's: without a word of theirs nothing is
    // billed before a supervisor has looked.
    async fn s_06_a_replacement_is_billed_once_the_landlord_was_asked(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        for (job_code, sold, reason, agreed, flags, total) in [
            ("L-CYL-REPLACE", true, None, true, &["landlord_not_asked"][..], 0),
            ("L-CYL-REPLACE", true, None, false, &["landlord_not_asked"], 0),
            // That it was replaced is said by its end alone.
            ("L-CYL-REPLACE", false, None, true, &["landlord_not_asked"], 0),
            ("L-CYL-REPLACE", true, Some("danger"), true, &["landlord_not_asked"], 0),
            ("L-CYL-REPLACE", true, Some("recorded"), true, &[], 22_000),
            ("L-CYL-REPLACE", true, Some("taken_on"), true, &[], 22_000),
            ("L-CYL-REPLACE", true, Some("in_writing"), false, &[], 0),
            ("L-KEY-LOST", true, None, true, &["landlord_not_asked"], 0),
            ("L-KEY-LOST", true, Some("recorded"), true, &[], 22_000),
        ] {
            let about = format!("{job_code} {sold} {reason:?} {agreed}");
            let crew = world::crew(&server, &about, 35.165, 136.91).await;
            let case = opened(&server, &json!({ "categories": ["lock"] })).await;
            let made = desk.post(&format!("/v1/cases/{case}/jobs"), json!({ "job_code": job_code })).await;
            let job = id(&made.expect(201));
            let plan = json!({ "method": "card_on_person" });
            desk.post(&format!("/v1/jobs/{job}/identity-plan"), plan).await.expect(201);
            give(&server, &job, &crew).await;
            if let Some(reason) = reason {
                warrant(&desk, &case, reason).await;
            }
            server.pass(60).await;
            let mut phone = Device::new(&job, "phone-1");
            let facts = cylinder(&mut phone, server.ctx.now(), sold, agreed);
            let receipt = phone.send(&server, &crew.phone, &facts).await.expect(200);
            assert_eq!((codes(&receipt).as_slice(), &receipt["job_state"]), (flags.iter().map(|code| (*code).to_owned()).collect::<Vec<_>>().as_slice(), &json!("completed")), "{about}");
            assert_eq!(receipt["settlement"].is_null(), !flags.is_empty(), "{about}");
            let statement = desk.get(&format!("/v1/jobs/{job}/statement")).await.expect(200);
            assert_eq!(statement["total_yen"], total, "{about}");
        }
        server.stop().await;
    }

    async fn s_06_a_cylinder_to_be_replaced_asks_for_the_landlord(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        let case = opened(&server, &json!({ "categories": ["lock"] })).await;
        desk.post(&format!("/v1/cases/{case}/jobs"), json!({ "job_code": "L-CYL-REPLACE" })).await.expect(201);
        assert!(missing(&desk, &case).await.contains(&"landlord_consent".to_owned()));
        warrant(&desk, &case, "recorded").await;
        assert!(!missing(&desk, &case).await.contains(&"landlord_consent".to_owned()));
        server.stop().await;
    }

    // S-06: what nobody says is what alone can have been meant.
    async fn s_06_what_the_landlord_was_asked_about_is_said_or_alone_in_question(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        for (codes, said, recorded) in [
            (&["L-CYL-REPLACE"][..], None, Some("L-CYL-REPLACE")),
            (&["L-KEY-LOST"], None, Some("cylinder_replacement")),
            (&["L-LOCKCASE"], None, Some("lock_case_replacement")),
            (&["L-KEY-LOST", "L-LOCKCASE"], None, None),
            (&["L-KEY-LOST", "L-LOCKCASE"], Some("lock_case_replacement"), Some("lock_case_replacement")),
            (&["L-KEY-LEFT"], None, None),
            (&[], None, None),
            (&[], Some("cylinder_replacement"), Some("cylinder_replacement")),
            (&["L-KEY-LOST"], Some("destructive_opening"), None),
            (&["L-KEY-LOST"], Some("L-KEY-LOST"), None),
            (&["L-KEY-LOST"], Some("no_such_thing"), None),
        ] {
            let case = opened(&server, &json!({ "categories": ["lock"] })).await;
            for code in codes {
                desk.post(&format!("/v1/cases/{case}/jobs"), json!({ "job_code": code })).await.expect(201);
            }
            let mut body = json!({ "reason": "recorded" });
            if let Some(said) = said {
                body["job_code"] = json!(said);
            }
            let answer = desk.post(&format!("/v1/cases/{case}/warrants"), body).await;
            match recorded {
                Some(code) => assert_eq!(answer.expect(201)["job_code"], code, "{codes:?} {said:?}"),
                None => assert_eq!(answer.refused_field(), "job_code", "{codes:?} {said:?}"),
            }
        }
        // Two jobs: one was asked about, the other one still is to be.
        let case = opened(&server, &json!({ "categories": ["lock"] })).await;
        for code in ["L-CYL-REPLACE", "L-LOCKCASE"] {
            desk.post(&format!("/v1/cases/{case}/jobs"), json!({ "job_code": code })).await.expect(201);
        }
        asked_about(&desk, &case, "in_writing", "lock_case_replacement").await;
        assert!(missing(&desk, &case).await.contains(&"landlord_consent".to_owned()));
        asked_about(&desk, &case, "in_writing", "L-CYL-REPLACE").await;
        assert!(!missing(&desk, &case).await.contains(&"landlord_consent".to_owned()));
        server.stop().await;
    }

    async fn r_07_a_landlords_matter_is_referred_before_its_case_is_closed(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        for way in ["referral", "not_theirs"] {
            let case = opened(&server, &json!({ "liability_flag": "no" })).await;
            let job = desk.post(&format!("/v1/cases/{case}/jobs"), json!({ "job_code": "W-CEILING-LEAK" })).await.expect(201);
            desk.post(&format!("/v1/jobs/{}/cancellation", id(&job)), json!({ "reason": "solved_by_itself" })).await.expect(200);
            let closing = format!("/v1/cases/{case}/closing");
            assert_eq!(desk.post(&closing, json!({})).await.problem(), "referral-due");
            assert!(missing(&desk, &case).await.contains(&"referral".to_owned()));
            if way == "referral" {
                let referral = json!({
                    "reason": "wear", "stage": "triage", "component": "ceiling", "symptom": "天井からの水漏れ",
                    "lessee_kind": "worker", "recipients": [{ "kind": "landlord" }], "consent_to_contact": "yes",
                    "job_code": "W-CEILING-LEAK",
                });
                desk.post(&format!("/v1/cases/{case}/referrals"), referral).await.expect(201);
            } else {
                warrant(&desk, &case, way).await;
            }
            desk.post(&closing, json!({})).await.expect(200);
            assert_eq!(desk.post(&format!("/v1/cases/{case}/warrants"), json!({ "reason": "danger" })).await.problem(), "case-closed");
        }
        server.stop().await;
    }

    /// What was referred, or said, of one landlord's matter is not referred of another one of the case.
    async fn r_07_each_landlords_matter_is_answered_for_by_itself(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let theirs: Vec<_> = server.ctx.reference().job_codes().all().iter()
            .filter(|kind| kind.free_scope == kaketsuke::domain::reference::job_codes::FreeScope::Refer)
            .map(|kind| kind.code.to_string()).collect();
        assert_eq!(theirs.len(), 7, "{theirs:?}");
        for (number, code) in theirs.iter().enumerate() {
            let other = &theirs[(number + 1) % theirs.len()];
            let case = opened(&server, &json!({ "liability_flag": "no", "categories": ["water", "lock"] })).await;
            let closing = format!("/v1/cases/{case}/closing");
            let referral = json!({
                "reason": "wear", "stage": "triage", "component": "ceiling", "symptom": "水漏れ", "lessee_kind": "worker",
                "recipients": [{ "kind": "landlord" }], "consent_to_contact": "yes",
            });
            let job = job_done(&server, &crew, &case, code, number % 2 == 0).await;
            job_done(&server, &crew, &case, other, false).await;
            // One that names no job, one made before, is for neither of them.
            desk.post(&format!("/v1/cases/{case}/referrals"), referral.clone()).await.expect(201);
            let due = async || {
                let seen = desk.get(&format!("/v1/cases/{case}")).await.expect(200);
                let text = seen["closing_obstacles"].to_string();
                theirs.iter().filter(|one| text.contains(one.as_str())).cloned().collect::<BTreeSet<_>>()
            };
            assert_eq!(due().await, BTreeSet::from([code.clone(), other.clone()]), "{code}");
            let path = format!("/v1/cases/{case}/warrants");
            for refused in [json!({ "reason": "known_already" }), json!({ "reason": "known_already", "job_code": "W-FAUCET-DRIP" }),
                json!({ "reason": "taken_on", "job_code": code })] {
                assert_eq!(desk.post(&path, refused).await.refused_field(), "job_code", "{code}");
            }
            if number % 3 == 0 {
                let mut of_job = referral;
                of_job["job_id"] = json!(job);
                desk.post(&format!("/v1/cases/{case}/referrals"), of_job).await.expect(201);
            } else {
                let said = json!({ "reason": "not_theirs", "job_code": code });
                assert_eq!(desk.post(&path, said).await.expect(201)["job_code"], code.as_str());
            }
            assert_eq!(due().await, BTreeSet::from([other.clone()]), "{code}");
            assert_eq!(desk.post(&closing, json!({})).await.problem(), "referral-due", "{code}");
            let said = warrant(&desk, &case, ["known_already", "not_theirs", "nothing_left"][number % 3]).await;
            assert_eq!(said["job_code"], other.as_str(), "the only one that is left");
            desk.post(&closing, json!({})).await.expect(200);
        }
        server.stop().await;
    }

    async fn a_second_job_of_the_same_code_is_asked_about(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        let case = opened(&server, &json!({})).await;
        let path = format!("/v1/cases/{case}/jobs");
        let body = |beside: Value| json!({ "job_code": "W-TOILET-CLOG", "beside": beside });
        let first = id(&desk.post(&path, body(Value::Null)).await.expect(201));
        assert_eq!(desk.post(&path, body(Value::Null)).await.problem(), "same-job-under-way");
        assert_eq!(desk.post(&path, body(json!(Uuid::from_u128(1)))).await.problem(), "same-job-under-way");
        desk.post(&path, json!({ "job_code": "W-FAUCET-DRIP" })).await.expect(201);
        let second = id(&desk.post(&path, body(json!(first))).await.expect(201));
        for job in [&first, &second] {
            desk.post(&format!("/v1/jobs/{job}/cancellation"), json!({ "reason": "duplicate" })).await.expect(200);
        }
        desk.post(&path, body(Value::Null)).await.expect(201);
        server.stop().await;
    }
}
