//! Somebody who was taken off a job is heard of late: what was done is done, a danger keeps nobody's work open, nobody has the job
//! again who must not meet the resident, and what was looked at before it changed is looked at again.

use serde_json::{Value, json};

use crate::{
    guarding::{give, kind, take_back},
    standing::put_state,
    support::{
        db::{TestDb, on_both_engines},
        server::{Client, TestServer, id},
        site::{self, Device},
        world::{self, Crew},
    },
};

/// The telephone number of `world::case`.
const RESIDENT: &str = "+818055500101";

/// A job that a crew has had for ten minutes by telephone and was given up on, and the call it is about.
struct GivenUp {
    call: String,
    case: String,
    job: String,
    crew: Crew,
}

impl GivenUp {
    async fn new(server: &TestServer, reason: &str) -> Self {
        let crew = world::crew(server, "栄水道", 35.165, 136.91).await;
        let desk = server.dispatcher();
        let call = world::safe_call(server).await;
        let case = id(&desk.post("/v1/cases", world::case(&call)).await.expect(201));
        let made = desk.post(&format!("/v1/cases/{case}/jobs"), json!({ "job_code": "W-TOILET-CLOG" })).await;
        let job = id(&made.expect(201));
        give(server, &job, &crew).await;
        server.pass(10).await;
        take_back(server, &job, reason).await;
        Self { call, case, job, crew }
    }

    async fn endangered(&self, server: &TestServer) {
        let body = json!({ "answers": [{ "hazard": "H-GAS", "answer": "yes" }] });
        let path = format!("/v1/calls/{}/hazard-answers", self.call);
        server.dispatcher().post(&path, body).await.expect(200);
        server.settle().await;
    }

    async fn cleared(&self, server: &TestServer) {
        let desk = server.dispatcher();
        let path = format!("/v1/calls/{}/instructions/H-GAS/acknowledgement", self.call);
        desk.post(&path, json!({})).await.expect(200);
        let clear = json!({ "hazard": "H-GAS", "cleared_by": "gas_company", "note_code": "checked_safe" });
        desk.post(&format!("/v1/cases/{}/clearances", self.case), clear).await.expect(201);
        server.settle().await;
    }

    async fn shown(&self, server: &TestServer) -> Value {
        server.dispatcher().get(&format!("/v1/jobs/{}", self.job)).await.expect(200)
    }
}

async fn rings(desk: &Client, kind: &str, subject: &str) -> bool {
    let all = desk.get("/v1/alarms?limit=200").await.expect(200);
    all["items"]
        .as_array()
        .unwrap()
        .iter()
        .any(|alarm| alarm["kind"] == kind && alarm["subject_id"] == subject && alarm["state"] != "resolved")
}

async fn version(client: &Client, path: &str) -> i64 {
    client.get(path).await.expect(200)["version"].as_i64().unwrap()
}

on_both_engines! {
    async fn work_that_was_done_before_a_danger_held_the_job_is_done(db: TestDb) {
        let server = TestServer::start(&db).await;
        for reason in ["not_reachable", "too_late", "other"] {
            let given_up = GivenUp::new(&server, reason).await;
            let until = server.ctx.now();
            given_up.endangered(&server).await;
            assert_eq!(given_up.shown(&server).await["state"], "held", "{reason}");
            let mut phone = Device::new(&given_up.job, "phone");
            let mut facts = site::work(&mut phone, "21:00", "21:00");
            site::dated(&mut facts, until, &[-8, -7, -1, -1]);
            let receipt = phone.send(&server, &given_up.crew.phone, &facts).await.expect(200);
            assert_eq!(receipt["job_state"], "completed", "{reason}: {receipt}");
            given_up.cleared(&server).await;
            server.pass(60).await;
            assert_eq!(given_up.shown(&server).await["state"], "completed", "{reason}");
            assert_eq!(world::open_offer(&given_up.crew.phone).await, None, "{reason}: nobody is sent again");
            put_state(&server, &format!("/v1/technicians/{}", given_up.crew.technician), "suspended").await;
        }
        server.stop().await;
    }

    async fn whoever_is_kept_apart_from_the_resident_does_not_come_back(db: TestDb) {
        let server = TestServer::start(&db).await;
        for field in ["technician_id", "firm_id"] {
            let given_up = GivenUp::new(&server, "not_reachable").await;
            let own = if field == "firm_id" { &given_up.crew.firm } else { &given_up.crew.technician };
            let body = json!({ field: own, "phone": RESIDENT, "reason": "complaint" });
            let desk = server.dispatcher();
            desk.post("/v1/blocks", body).await.expect(201);
            server.settle().await;
            let mut phone = Device::new(&given_up.job, "phone");
            let mut facts = [phone.fact("21:00", kind("arrival"))];
            site::dated(&mut facts, server.ctx.now(), &[-1]);
            phone.send(&server, &given_up.crew.phone, &facts).await.expect(200);
            let shown = given_up.shown(&server).await;
            assert_eq!(shown["assignments"].as_array().unwrap().len(), 1, "{field}: {shown}");
            assert!(rings(&desk, "doubtful_report", &given_up.job).await, "{field}: they are at the door");
        }
        server.stop().await;
    }

    async fn whoever_comes_to_a_held_job_rings_and_does_not_have_it(db: TestDb) {
        let server = TestServer::start(&db).await;
        let given_up = GivenUp::new(&server, "not_reachable").await;
        given_up.endangered(&server).await;
        let mut phone = Device::new(&given_up.job, "phone");
        let mut facts = [phone.fact("21:00", kind("arrival"))];
        site::dated(&mut facts, server.ctx.now(), &[-1]);
        phone.send(&server, &given_up.crew.phone, &facts).await.expect(200);
        assert_eq!(given_up.shown(&server).await["state"], "held");
        assert!(rings(&server.dispatcher(), "doubtful_report", &given_up.job).await);
        server.stop().await;
    }

    // What is decided by who keeps apart is decided again when the number becomes that of somebody they are kept apart from.
    async fn a_corrected_number_is_news_of_everybody_who_is_kept_apart_from_it(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (desk, admin) = (server.dispatcher(), server.administrator());
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let number = "+818055500177";
        for (field, own, path) in [
            ("technician_id", &crew.technician, format!("/v1/technicians/{}", crew.technician)),
            ("firm_id", &crew.firm, format!("/v1/firms/{}", crew.firm)),
        ] {
            desk.post("/v1/blocks", json!({ field: own, "phone": number, "reason": "dispute" })).await.expect(201);
            let case = world::opened_case(&server).await;
            let seen = version(&admin, &path).await;
            desk.put(&format!("/v1/cases/{case}/phone"), 1, json!({ "phone": number })).await.expect(200);
            assert!(version(&admin, &path).await > seen, "{field}");
        }
        server.stop().await;
    }

    // Whoever decides to send somebody has read what they will have heard: a danger told meanwhile is read again.
    async fn a_danger_that_only_warns_is_news_of_every_job_of_the_case(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        let call = world::safe_call(&server).await;
        let case = id(&desk.post("/v1/cases", world::case(&call)).await.expect(201));
        let made = desk.post(&format!("/v1/cases/{case}/jobs"), json!({ "job_code": "W-CEILING-LEAK" })).await;
        let job = format!("/v1/jobs/{}", id(&made.expect(201)));
        server.settle().await;
        for hazard in ["H-WATER-ELECTRIC", "H-INJURY"] {
            let before = desk.get(&job).await.expect(200);
            let body = json!({ "answers": [{ "hazard": hazard, "answer": "yes" }] });
            desk.post(&format!("/v1/calls/{call}/hazard-answers"), body).await.expect(200);
            let after = desk.get(&job).await.expect(200);
            assert_ne!(after["state"], "held", "{hazard} only warns");
            assert!(after["version"].as_i64() > before["version"].as_i64(), "{hazard}");
        }
        server.stop().await;
    }
}
