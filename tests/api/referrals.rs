//! Referrals: told, followed up at the next opening, closed when R-09 allows.

use serde_json::{Value, json};

use crate::support::{
    db::{TestDb, on_both_engines},
    server::{TestServer, id},
    world,
};

/// A management company, open on weekdays from ten to five.
fn manager() -> Value {
    json!({
        "kind": "management_company", "name": "架空管理", "phone": "+81525550177", "email": "desk@example.jp",
        "hours": { "kind": "windows", "windows": [{ "days": ["weekday"], "from": "10:00", "to": "17:00" }] },
        "emergency_phone": "+81525550178",
    })
}

/// Water from the ceiling; the worker rents himself and lets the centre call.
pub(crate) fn referral() -> Value {
    json!({
        "reason": "common_area", "stage": "triage", "component": "ceiling", "symptom": "天井から水が落ちる",
        "lessee_kind": "worker", "recipients": [manager()], "consent_to_contact": "yes",
        "job_code": "W-CEILING-LEAK",
        "stop_gap": { "description": "バケツで受けた", "by": "本人" },
    })
}

pub(crate) fn attempt(recipient: &str, channel: &str) -> Value {
    json!({
        "recipient": recipient, "channel": channel, "language": "ja", "template_version": "referral-landlord-ja/1",
        "delivery_status": "no_answer",
    })
}

fn call_back(status: &str) -> Value {
    json!({
        "channel": "by_worker", "language": "ja-x-easy", "template_version": "referral-resident-ja-x-easy/1",
        "delivery_status": status,
    })
}

/// The unresolved follow-up of a referral: its state and when it rings.
async fn follow_up(server: &TestServer, referral: &str) -> Option<(String, String)> {
    let listed = server.dispatcher().get("/v1/alarms?limit=200").await.expect(200);
    let about = listed["items"].as_array().unwrap().iter().find(|alarm| {
        alarm["subject_id"] == referral
            && alarm["kind"] == "referral_follow_up"
            && alarm["state"] != "resolved"
    })?;
    Some((about["state"].as_str().unwrap().to_owned(), about["rings_at"].as_str().unwrap().to_owned()))
}

pub(crate) async fn made(server: &TestServer, body: Value) -> (String, String) {
    let case = world::opened_case(server).await;
    let made = server.dispatcher().post(&format!("/v1/cases/{case}/referrals"), body).await.expect(201);
    (case, id(&made))
}

on_both_engines! {
    async fn a_closed_desk_is_followed_up_when_it_opens(db: TestDb) {
        let server = TestServer::start(&db).await;
        let dispatcher = server.dispatcher();
        let case = world::opened_case(&server).await;
        let made = dispatcher.post(&format!("/v1/cases/{case}/referrals"), referral()).await;
        assert_eq!(made.headers["etag"], "\"1\"");
        let made = made.expect(201);
        let id = id(&made);
        // It is Sunday evening, and Monday 23 November is a holiday: Tuesday at ten.
        assert_eq!(made["follow_up_due"], "2026-11-24T01:00:00Z");
        assert_eq!((&made["follow_up_assumed"], &made["state"]), (&json!(false), &json!("open")));
        assert_eq!((&made["private_or_common"], &made["charges_so_far_yen"]), (&json!("common"), &json!(0)));
        assert!(made["texts"]["basis_text"].as_str().unwrap().contains("最高裁"), "{made}");
        assert_eq!(made["recipients"][0]["name"], "架空管理");
        let waits = |at: &str| Some(("waiting".to_owned(), at.to_owned()));
        assert_eq!(follow_up(&server, &id).await, waits("2026-11-24T01:00:00Z"));
        let path = format!("/v1/referrals/{id}");
        let outcome = json!({ "outcome": "repaired_by_landlord" });
        let refused = dispatcher.post(&format!("{path}/outcome"), outcome.clone()).await;
        assert_eq!((refused.problem(), &refused.body["rule"]), ("referral-not-settled", &json!("R-09")));
        // A message now; the telephone at the opening, which is 36 hours away.
        let mut message = attempt("management_company", "message");
        message["delivery_status"] = json!("sent");
        let tried = dispatcher.post(&format!("{path}/notifications"), message).await.expect(201);
        assert_eq!(tried["follow_up_due"], "2026-11-24T01:00:00Z");
        server.pass(37 * 60).await;
        assert_eq!(follow_up(&server, &id).await.unwrap().0, "ringing");
        // Tuesday 10:00 Tokyo: the next attempt is an hour later at least.
        let tried = dispatcher.post(&format!("{path}/notifications"), attempt("management_company", "phone")).await;
        assert_eq!(tried.expect(201)["follow_up_due"], "2026-11-24T02:00:00Z");
        assert_eq!(follow_up(&server, &id).await, waits("2026-11-24T02:00:00Z"));
        let by = json!({ "recipient": "management_company" });
        let heard = dispatcher.post(&format!("{path}/acknowledgement"), by.clone()).await.expect(200);
        assert_eq!((&heard["state"], &heard["follow_up_due"]), (&json!("acknowledged"), &json!("2026-11-25T01:00:00Z")));
        let twice = dispatcher.post(&format!("{path}/acknowledgement"), by).await;
        assert_eq!(twice.problem(), "acknowledged-already");
        let closed = dispatcher.post(&format!("{path}/outcome"), outcome.clone()).await.expect(200);
        assert_eq!((&closed["state"], &closed["outcome"]), (&json!("closed"), &json!("repaired_by_landlord")));
        assert_eq!(follow_up(&server, &id).await, None);
        for (what, body) in [
            ("outcome", outcome),
            ("notifications", attempt("management_company", "phone")),
        ] {
            let late = dispatcher.post(&format!("{path}/{what}"), body).await;
            assert_eq!(late.problem(), "referral-closed", "{what}");
        }
        assert_eq!(dispatcher.get(&path).await.expect(200)["attempts"].as_array().unwrap().len(), 2);
        let events = db.raw().await.texts("SELECT data FROM event WHERE kind LIKE 'referral.%'").await;
        assert_eq!(events.len(), 5);
        assert!(events.iter().all(|event| !event.contains("架空") && !event.contains("天井")), "{events:?}");
        server.stop().await;
    }

    async fn unknown_hours_are_assumed_and_said_so(db: TestDb) {
        let server = TestServer::start(&db).await;
        for hours in [None, Some(json!("unspecified"))] {
            let mut body = referral();
            body["recipients"] = json!([{ "kind": "landlord" }]);
            if let Some(hours) = hours {
                body["recipients"][0]["hours"] = hours;
            }
            let case = world::opened_case(&server).await;
            let made = server.dispatcher().post(&format!("/v1/cases/{case}/referrals"), body).await.expect(201);
            assert_eq!(made["follow_up_due"], "2026-11-24T00:00:00Z");
            assert_eq!(made["follow_up_assumed"], true);
        }
        server.stop().await;
    }

    async fn three_attempts_are_enough(db: TestDb) {
        let server = TestServer::start(&db).await;
        let dispatcher = server.dispatcher();
        let (_, id) = made(&server, referral()).await;
        let path = format!("/v1/referrals/{id}");
        for number in 1..=3 {
            let refused = dispatcher.post(&format!("{path}/outcome"), json!({ "outcome": "no_answer" })).await;
            assert_eq!(refused.body["rule"], "R-09", "after {} attempts", number - 1);
            dispatcher.post(&format!("{path}/notifications"), attempt("management_company", "phone")).await.expect(201);
        }
        dispatcher.post(&format!("{path}/outcome"), json!({ "outcome": "no_answer" })).await.expect(200);
        server.stop().await;
    }

    async fn landlord_and_host_are_both_told_where_the_host_rents(db: TestDb) {
        let server = TestServer::start(&db).await;
        let dispatcher = server.dispatcher();
        let case = world::opened_case(&server).await;
        let path = format!("/v1/cases/{case}/referrals");
        let mut body = referral();
        body["lessee_kind"] = json!("host_company");
        assert_eq!(dispatcher.post(&path, body.clone()).await.refused_field(), "recipients");
        body["recipients"] = json!([manager(), { "kind": "host_company", "name": "架空建設", "hours": "always" }]);
        let id = id(&dispatcher.post(&path, body).await.expect(201));
        let path = format!("/v1/referrals/{id}");
        let by = |kind: &str| json!({ "recipient": kind });
        let half = dispatcher.post(&format!("{path}/acknowledgement"), by("management_company")).await.expect(200);
        assert_eq!(half["state"], "open");
        let refused = dispatcher.post(&format!("{path}/outcome"), json!({ "outcome": "refused" })).await;
        assert_eq!(refused.body["rule"], "R-09");
        let both = dispatcher.post(&format!("{path}/acknowledgement"), by("host_company")).await.expect(200);
        assert_eq!(both["state"], "acknowledged");
        dispatcher.post(&format!("{path}/outcome"), json!({ "outcome": "refused" })).await.expect(200);
        server.stop().await;
    }

    async fn without_consent_the_worker_tells_them_himself(db: TestDb) {
        let server = TestServer::start(&db).await;
        let dispatcher = server.dispatcher();
        for (consent, statuses) in [("no", &["confirmed"][..]), ("not_asked", &["no_answer", "no_answer", "no_answer"])] {
            let mut body = referral();
            body["consent_to_contact"] = json!(consent);
            let (_, id) = made(&server, body).await;
            let path = format!("/v1/referrals/{id}");
            let contacted =
                dispatcher.post(&format!("{path}/notifications"), attempt("management_company", "phone")).await;
            assert_eq!((contacted.problem(), &contacted.body["rule"]), ("no-consent-to-contact", &json!("Y-03")));
            for status in statuses {
                let refused = dispatcher.post(&format!("{path}/outcome"), json!({ "outcome": "no_answer" })).await;
                assert_eq!(refused.body["rule"], "R-09", "{consent}");
                dispatcher.post(&format!("{path}/notifications"), call_back(status)).await.expect(201);
            }
            // The note is his own, and goes to him with whom to call.
            let own = dispatcher.get(&format!("{path}/notices?language=en&to=landlord")).await.expect(200);
            assert!(own["text"].as_str().unwrap().contains("I am Ram Example, the resident."), "{own}");
            let note = dispatcher.get(&format!("{path}/notices?language=ja-x-easy&to=resident")).await.expect(200);
            assert!(note["text"].as_str().unwrap().contains("架空管理 +81525550177"), "{note}");
            dispatcher.post(&format!("{path}/outcome"), json!({ "outcome": "no_answer" })).await.expect(200);
        }
        server.stop().await;
    }

    async fn what_is_the_landlords_matter_is_wanted_until_it_is_referred(db: TestDb) {
        let server = TestServer::start(&db).await;
        let dispatcher = server.dispatcher();
        let case = world::opened_case(&server).await;
        let path = format!("/v1/cases/{case}/referrals");
        let jobs = format!("/v1/cases/{case}/jobs");
        dispatcher.post(&jobs, json!({ "job_code": "W-TOILET-CLOG" })).await.expect(201);
        assert_eq!(dispatcher.get(&path).await.expect(200), json!({ "items": [], "wanted": [] }));
        // P1: somebody is sent to make safe, and the landlord is told.
        let job = dispatcher.post(&jobs, json!({ "job_code": "W-CEILING-LEAK" })).await.expect(201);
        assert_eq!((&job["priority"], &job["state"]), (&json!("P1"), &json!("unassigned")));
        assert_eq!(dispatcher.get(&path).await.expect(200)["wanted"], json!(["W-CEILING-LEAK"]));
        let mut body = referral();
        body["job_id"] = job["id"].clone();
        let made = dispatcher.post(&path, body).await.expect(201);
        let now = dispatcher.get(&path).await.expect(200);
        assert_eq!((&now["wanted"], &now["items"][0]["id"]), (&json!([]), &made["id"]));
        let open = dispatcher.get("/v1/referrals?state=open").await.expect(200);
        assert_eq!(open["items"][0]["id"], made["id"]);
        assert!(dispatcher.get("/v1/referrals?state=closed").await.expect(200)["items"].as_array().unwrap().is_empty());
        server.stop().await;
    }

    async fn notices_come_in_three_languages_for_two_readers(db: TestDb) {
        let server = TestServer::start(&db).await;
        let dispatcher = server.dispatcher();
        let (_, id) = made(&server, referral()).await;
        for language in ["ja", "en", "ja-x-easy"] {
            for to in ["landlord", "resident"] {
                let path = format!("/v1/referrals/{id}/notices?language={language}&to={to}");
                let notice = dispatcher.get(&path).await.expect(200);
                assert_eq!(notice["template_version"], format!("referral-{to}-{language}/1"));
                let text = format!("{}{}", notice["subject"], notice["text"]);
                assert!(text.contains("架空管理") && !text.contains("{{"), "{text}");
                // Least data (Y-03).
                assert!(!text.contains("unverified") && !text.contains("+818055500101"), "{text}");
            }
        }
        let path = format!("/v1/referrals/{id}/notices");
        for query in ["", "?language=ja", "?to=landlord", "?language=fr&to=landlord", "?language=ja&to=host"] {
            assert_eq!(dispatcher.get(&format!("{path}{query}")).await.refused_field(), "query", "{query}");
        }
        server.stop().await;
    }

    async fn every_field_of_a_referral_is_refused_by_name(db: TestDb) {
        let server = TestServer::start(&db).await;
        let dispatcher = server.dispatcher();
        let case = world::opened_case(&server).await;
        let path = format!("/v1/cases/{case}/referrals");
        let long = |count| json!("あ".repeat(count));
        for (pointer, value, named) in [
            ("/reason", json!("old"), "reason"),
            ("/reason", Value::Null, "reason"),
            ("/stage", json!("later"), "stage"),
            ("/component", json!("roof"), "component"),
            ("/component", json!(1), "component"),
            ("/private_or_common", json!("mine"), "private_or_common"),
            ("/symptom", json!(""), "symptom"),
            ("/symptom", json!(" "), "symptom"),
            ("/symptom", long(1001), "symptom"),
            ("/age_hint", long(101), "age_hint"),
            ("/basis_text", long(1001), "basis_text"),
            ("/lessee_kind", json!("wife"), "lessee_kind"),
            ("/lessee_kind", json!("host_owned"), "recipients"),
            ("/consent_to_contact", json!(true), "consent_to_contact"),
            ("/job_id", json!("none"), "job_id"),
            ("/job_id", json!("00000000-0000-7000-8000-000000000000"), "job_id"),
            ("/job_code", json!("W-NOTHING"), "job_code"),
            ("/job_code", json!(""), "job_code"),
            ("/evidence", json!(["photo"]), "evidence[0]"),
            ("/evidence", json!(vec!["00000000-0000-7000-8000-000000000000"; 51]), "evidence"),
            ("/stop_gap", json!({}), "stop_gap.description"),
            ("/stop_gap/description", json!(""), "stop_gap.description"),
            ("/stop_gap/at", json!("2026-11-22T13:00:00Z"), "stop_gap.at"),
            ("/stop_gap/at", json!("1999-11-22T13:00:00Z"), "stop_gap.at"),
            ("/stop_gap/by", long(101), "stop_gap.by"),
            ("/recipients", json!([]), "recipients"),
            ("/recipients", json!([manager(), manager()]), "recipients"),
            ("/recipients", json!([{ "kind": "waterworks" }]), "recipients"),
            ("/recipients/0/kind", json!("uncle"), "recipients[0].kind"),
            ("/recipients/0/name", json!(""), "recipients[0].name"),
            ("/recipients/0/phone", json!("0525550177"), "recipients[0].phone"),
            ("/recipients/0/email", json!("desk"), "recipients[0].email"),
            ("/recipients/0/email", json!("a@b,c@d"), "recipients[0].email"),
            ("/recipients/0/hours", json!("sometimes"), "recipients[0].hours"),
            ("/recipients/0/hours", json!({ "kind": "windows", "windows": [] }), "recipients[0].hours"),
            ("/recipients/0/emergency_phone", json!("110"), "recipients[0].emergency_phone"),
        ] {
            let mut body = referral();
            let (parent, key) = pointer.rsplit_once('/').unwrap();
            body.pointer_mut(parent).unwrap()[key] = value.clone();
            assert_eq!(dispatcher.post(&path, body).await.refused_field(), named, "{pointer}={value}");
        }
        let mut body = referral();
        body["colour"] = json!("red");
        assert_eq!(dispatcher.post(&path, body).await.refused_field(), "colour");
        assert_eq!(dispatcher.get(&path).await.expect(200)["items"], json!([]));
        assert_eq!(dispatcher.get("/v1/referrals?state=lost").await.refused_field(), "query");
        assert_eq!(dispatcher.get("/v1/referrals?limit=0").await.refused_field(), "limit");
        let nobody = "00000000-0000-7000-8000-000000000000";
        let elsewhere = format!("/v1/cases/{nobody}/referrals");
        assert_eq!(dispatcher.post(&elsewhere, referral()).await.problem(), "not-found");
        assert_eq!(dispatcher.get(&elsewhere).await.problem(), "not-found");
        server.stop().await;
    }

    async fn every_field_of_what_follows_is_refused_by_name(db: TestDb) {
        let server = TestServer::start(&db).await;
        let dispatcher = server.dispatcher();
        let (_, id) = made(&server, referral()).await;
        let path = format!("/v1/referrals/{id}");
        for (field, value, named) in [
            ("recipient", json!("uncle"), "recipient"),
            ("recipient", json!("landlord"), "recipient"),
            ("recipient", Value::Null, "recipient"),
            ("channel", json!("pigeon"), "channel"),
            ("channel", json!("by_worker"), "recipient"),
            ("language", json!("fr"), "language"),
            ("template_version", json!(""), "template_version"),
            ("template_version", json!("v".repeat(65)), "template_version"),
            ("delivery_status", json!("lost"), "delivery_status"),
            ("delivery_status", json!("confirmed"), "delivery_status"),
            ("colour", json!("red"), "colour"),
        ] {
            let mut body = attempt("management_company", "phone");
            body[field] = value.clone();
            let refused = dispatcher.post(&format!("{path}/notifications"), body).await;
            assert_eq!(refused.refused_field(), named, "{field}={value}");
        }
        for (what, body, named) in [
            ("acknowledgement", json!({}), "recipient"),
            ("acknowledgement", json!({ "recipient": "landlord" }), "recipient"),
            ("acknowledgement", json!({ "recipient": "uncle" }), "recipient"),
            ("outcome", json!({}), "outcome"),
            ("outcome", json!({ "outcome": "paid" }), "outcome"),
        ] {
            assert_eq!(dispatcher.post(&format!("{path}/{what}"), body).await.refused_field(), named, "{what}");
        }
        let seen = dispatcher.get(&path).await.expect(200);
        assert_eq!((&seen["version"], &seen["attempts"]), (&json!(1), &json!([])));
        let nobody = "/v1/referrals/00000000-0000-7000-8000-000000000000";
        assert_eq!(dispatcher.get(nobody).await.problem(), "not-found");
        assert_eq!(dispatcher.get(&format!("{nobody}/notices?language=ja&to=landlord")).await.problem(), "not-found");
        assert_eq!(dispatcher.post(&format!("{nobody}/outcome"), json!({ "outcome": "refused" })).await.problem(), "not-found");
        server.stop().await;
    }
}
