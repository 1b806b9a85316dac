//! Whoever goes to a job that is over, or stands before its door, is sent home by a person (G-02, G-09).

use serde_json::{Value, json};

use crate::{
    guarding::{give, kind, take_back},
    hostile::every_kind,
    support::{
        db::{TestDb, on_both_engines},
        server::{TestServer, id},
        site::{self, Device},
        world::{self, Crew},
    },
};

/// How the job was over for whoever reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Over {
    CalledOff,
    DoneByAnother,
}

/// What says neither that somebody is there nor that they come.
const SAYS_NOTHING: [&str; 7] =
    ["position", "no_access", "consent", "payment", "withdrawal", "leaving", "completion"];

/// The alarm about somebody who comes in vain, where it is not over.
async fn alarm(server: &TestServer, job: &str) -> Option<Value> {
    server.settle().await;
    let shown = server.dispatcher().get("/v1/alarms?state=ringing&limit=200").await.expect(200);
    let is_it = |alarm: &&Value| alarm["subject_id"] == job && alarm["kind"] == "comes_in_vain";
    shown["items"].as_array().unwrap().iter().find(is_it).cloned()
}

async fn tell(server: &TestServer, crew: &Crew, phone: &mut Device, told: Value) -> Vec<Value> {
    let mut facts = vec![phone.fact("21:00", told)];
    site::dated(&mut facts, server.ctx.now(), &[0]);
    phone.send(server, &crew.phone, &facts).await.expect(200);
    facts
}

/// A job that the first crew had, and that is over without them.
async fn over(server: &TestServer, how: Over, first: &Crew, second: &Crew) -> String {
    let desk = server.dispatcher();
    let case = world::opened_case(server).await;
    let job = id(&desk
        .post(&format!("/v1/cases/{case}/jobs"), json!({ "job_code": "W-TOILET-CLOG" }))
        .await
        .expect(201));
    give(server, &job, first).await;
    server.pass(1).await;
    match how {
        Over::CalledOff => {
            let reason = json!({ "reason": "resident_withdrew" });
            desk.post(&format!("/v1/jobs/{job}/cancellation"), reason).await.expect(200);
        }
        Over::DoneByAnother => {
            take_back(server, &job, "wrong_skills").await;
            give(server, &job, second).await;
            server.pass(1).await;
            let mut phone = Device::new(&job, "second");
            for told in ["arrival", "completion"] {
                tell(server, second, &mut phone, kind(told)).await;
            }
        }
    }
    // More than clocks may differ by.
    server.pass(3).await;
    job
}

async fn every_kind_of_report(db: &TestDb, how: Over) {
    let server = TestServer::start(db).await;
    let first = world::crew(&server, "前", 35.165, 136.91).await;
    let second = world::crew(&server, "後", 35.17, 136.91).await;
    for told in every_kind("21:00") {
        let job = over(&server, how, &first, &second).await;
        let before = server.dispatcher().get(&format!("/v1/jobs/{job}")).await.expect(200)["state"].clone();
        let mut phone = Device::new(&job, "first");
        let sent = tell(&server, &first, &mut phone, told.clone()).await;
        let name = told["kind"].as_str().unwrap();
        let rings = alarm(&server, &job).await;
        assert_eq!(rings.is_some(), !SAYS_NOTHING.contains(&name), "{how:?}: {name}");
        let after = server.dispatcher().get(&format!("/v1/jobs/{job}")).await.expect(200)["state"].clone();
        assert_eq!(before, after, "{how:?}: {name}");
        let Some(rings) = rings else { continue };
        let known = format!("/v1/alarms/{}/acknowledgement", id(&rings));
        let known = server.dispatcher().post(&known, json!({})).await.expect(200);
        assert_eq!(known["state"], "resolved", "{how:?}: {name}: somebody tells them");
        phone.send(&server, &first.phone, &sent).await.expect(200);
        server.pass(30).await;
        assert_eq!(alarm(&server, &job).await, None, "{how:?}: {name}: it is known");
    }
    server.stop().await;
}

on_both_engines! {
    async fn whoever_comes_to_a_job_that_was_called_off_is_sent_home(db: TestDb) {
        every_kind_of_report(&db, Over::CalledOff).await;
    }

    async fn whoever_comes_to_a_job_that_others_have_done_is_sent_home(db: TestDb) {
        every_kind_of_report(&db, Over::DoneByAnother).await;
    }

    async fn whoever_has_gone_again_or_stays_is_told_apart(db: TestDb) {
        let server = TestServer::start(&db).await;
        let first = world::crew(&server, "前", 35.165, 136.91).await;
        let second = world::crew(&server, "後", 35.17, 136.91).await;
        let job = over(&server, Over::CalledOff, &first, &second).await;
        let mut phone = Device::new(&job, "first");
        let leaving = json!({ "kind": "leaving", "return_planned": true, "reason": "parts_to_order" });
        // They were there without signal, and are not any more.
        let mut facts = vec![phone.fact("21:00", kind("arrival")), phone.fact("21:00", leaving)];
        site::dated(&mut facts, server.ctx.now(), &[-5, -1]);
        phone.send(&server, &first.phone, &facts).await.expect(200);
        assert_eq!(alarm(&server, &job).await, None);
        // The case closes; they come back.
        let case = server.dispatcher().get(&format!("/v1/jobs/{job}")).await.expect(200)["case_id"].clone();
        world::close(&server, case.as_str().unwrap(), "no").await;
        tell(&server, &first, &mut phone, kind("arrival")).await;
        let rings = alarm(&server, &job).await.unwrap();
        tell(&server, &first, &mut phone, json!({ "kind": "work_start", "work": "work" })).await;
        assert_eq!(alarm(&server, &job).await.map(|alarm| alarm["id"].clone()), Some(rings["id"].clone()), "one alarm");
        server.stop().await;
    }
}
