//! Who may no longer be sent: what they are asked goes to the next at once, and what they have rings at the desk.

use serde_json::{Value, json};

use crate::support::{
    db::{TestDb, on_both_engines},
    server::{TestServer, id},
    world::{self, Crew},
};

async fn crews(server: &TestServer) -> [Crew; 2] {
    [world::crew(server, "栄水道", 35.165, 136.91).await, world::crew(server, "錦水道", 35.169, 136.91).await]
}

/// Puts a thing as it is, but for its state.
pub(crate) async fn put_state(server: &TestServer, path: &str, state: &str) {
    let administrator = server.administrator();
    let mut body = administrator.get(path).await.expect(200);
    let version = body["version"].as_i64().unwrap();
    let made = ["id", "version", "firm_id", "created_at", "confirmed_at", "proposed", "warnings"];
    body.as_object_mut().unwrap().retain(|field, value| !made.contains(&field.as_str()) && !value.is_null());
    body["state"] = json!(state);
    administrator.put(path, version, body).await.expect(200);
    server.settle().await;
}

/// What may keep a crew from being sent.
#[derive(Debug, Clone, Copy)]
enum Cause {
    TechnicianSuspended,
    FirmSuspended,
    TechnicianBlocked,
    FirmBlocked,
}

impl Cause {
    fn suspends(self) -> bool {
        matches!(self, Self::TechnicianSuspended | Self::FirmSuspended)
    }

    /// The alarm that tells of it.
    fn alarm(self) -> &'static str {
        match self {
            Self::TechnicianSuspended | Self::FirmSuspended => "not_to_be_sent",
            Self::TechnicianBlocked | Self::FirmBlocked => "kept_apart",
        }
    }

    /// It is no more.
    async fn end(self, server: &TestServer, crew: &Crew) {
        match self {
            Self::TechnicianSuspended => {
                return put_state(server, &format!("/v1/technicians/{}", crew.technician), "active").await;
            }
            Self::FirmSuspended => {
                return put_state(server, &format!("/v1/firms/{}", crew.firm), "active").await;
            }
            Self::TechnicianBlocked | Self::FirmBlocked => {}
        }
        let (field, own) = match self {
            Self::TechnicianBlocked => ("technician_id", &crew.technician),
            _ => ("firm_id", &crew.firm),
        };
        let desk = server.dispatcher();
        let blocks = desk.get("/v1/blocks?limit=200").await.expect(200);
        let block = blocks["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|block| block[field] == json!(own) && block["ended_at"].is_null());
        let block = block.unwrap();
        let ended = desk.request(reqwest::Method::DELETE, &format!("/v1/blocks/{}", id(block)));
        let ended = ended.header("if-match", format!("\"{}\"", block["version"]));
        assert!(desk.send(ended).await.status.is_success(), "{self:?}");
        server.settle().await;
    }

    async fn happen(self, server: &TestServer, crew: &Crew) {
        let block = |field: &str, id: &str| {
            let mut body = json!({ "phone": "+818055500101", "reason": "complaint" });
            body[field] = json!(id);
            body
        };
        let body = match self {
            Self::TechnicianSuspended => {
                return put_state(server, &format!("/v1/technicians/{}", crew.technician), "suspended").await;
            }
            Self::FirmSuspended => {
                return put_state(server, &format!("/v1/firms/{}", crew.firm), "suspended").await;
            }
            Self::TechnicianBlocked => block("technician_id", &crew.technician),
            Self::FirmBlocked => block("firm_id", &crew.firm),
        };
        server.dispatcher().post("/v1/blocks", body).await.expect(201);
        server.settle().await;
    }
}

/// The jobs for which an alarm of a kind rings.
async fn ringing(server: &TestServer, kind: &str) -> Vec<String> {
    let listed = server.dispatcher().get("/v1/alarms?state=ringing&limit=200").await.expect(200);
    let ours = listed["items"].as_array().unwrap().iter().filter(|alarm| alarm["kind"] == kind);
    ours.map(|alarm| alarm["subject_id"].as_str().unwrap().to_owned()).collect()
}

async fn state(server: &TestServer, job: &str) -> Value {
    server.dispatcher().get(&format!("/v1/jobs/{job}")).await.expect(200)["state"].clone()
}

/// A dripping tap, to be seen to by the crew tomorrow at ten.
async fn booked(server: &TestServer, crew: &Crew) -> String {
    let dispatcher = server.dispatcher();
    let case = world::opened_case(server).await;
    let body = json!({ "job_code": "W-FAUCET-DRIP", "priority": "P3" });
    let job = id(&dispatcher.post(&format!("/v1/cases/{case}/jobs"), body).await.expect(201));
    let window = json!({
        "technician_id": crew.technician,
        "starts_at": "2026-11-23T10:00:00+09:00",
        "ends_at": "2026-11-23T12:00:00+09:00",
    });
    dispatcher.post(&format!("/v1/jobs/{job}/appointment"), window).await.expect(201);
    server.settle().await;
    job
}

async fn what_is_asked_goes_to_the_next(db: &TestDb, cause: Cause) {
    let server = TestServer::start(db).await;
    let crews = crews(&server).await;
    let job = world::job(&server).await;
    let offer = world::open_offer(&crews[0].phone).await.unwrap();
    cause.happen(&server, &crews[0]).await;
    let taken = server.dispatcher().get(&format!("/v1/offers/{offer}")).await.expect(200);
    assert_eq!(
        (&taken["state"], &taken["withdraw_code"]),
        (&json!("withdrawn"), &json!("not_to_be_sent")),
        "{cause:?}"
    );
    let late = crews[0].phone.post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await;
    let refused = if cause.suspends() { (403, "suspended") } else { (409, "offer-not-open") };
    assert_eq!((late.status.as_u16(), late.problem()), refused, "{cause:?}");
    assert!(world::open_offer(&crews[1].phone).await.is_some(), "the next one is asked at once: {cause:?}");
    assert_eq!(state(&server, &job).await, "offered");
    server.stop().await;
}

async fn work_under_way_rings(db: &TestDb, cause: Cause) {
    let server = TestServer::start(db).await;
    let crews = crews(&server).await;
    let job = world::job(&server).await;
    let offer = world::open_offer(&crews[0].phone).await.unwrap();
    crews[0].phone.post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await.expect(201);
    cause.happen(&server, &crews[0]).await;
    assert_eq!(ringing(&server, cause.alarm()).await, std::slice::from_ref(&job), "{cause:?}");
    assert_eq!(state(&server, &job).await, "assigned", "whether he goes on, a person says");
    let path = format!("/v1/jobs/{job}/reassignment");
    server.dispatcher().post(&path, json!({ "reason": "other" })).await.expect(200);
    server.settle().await;
    let next = world::open_offer(&crews[1].phone).await.unwrap();
    crews[1].phone.post(&format!("/v1/offers/{next}/acceptance"), json!({})).await.expect(201);
    server.settle().await;
    assert_eq!(ringing(&server, cause.alarm()).await, [""; 0], "somebody else comes");
    server.stop().await;
}

async fn a_planned_visit_rings(db: &TestDb, cause: Cause) {
    let server = TestServer::start(db).await;
    let crews = crews(&server).await;
    let job = booked(&server, &crews[0]).await;
    cause.happen(&server, &crews[0]).await;
    assert_eq!(ringing(&server, cause.alarm()).await, std::slice::from_ref(&job), "{cause:?}");
    assert_eq!(state(&server, &job).await, "booked");
    // Ten o'clock less an hour and a half: it is 21:00 now. He is not asked.
    server.pass(12 * 60).await;
    let asked = server.dispatcher().get("/v1/offers?state=open").await.expect(200);
    assert!(!asked.to_string().contains(&crews[0].technician), "{cause:?}");
    assert!(world::open_offer(&crews[1].phone).await.is_some(), "{cause:?}");
    server.stop().await;
}

on_both_engines! {
    async fn a_suspended_technician_is_not_asked_any_more(db: TestDb) {
        what_is_asked_goes_to_the_next(&db, Cause::TechnicianSuspended).await;
    }

    async fn a_suspended_technician_on_a_job_rings(db: TestDb) {
        work_under_way_rings(&db, Cause::TechnicianSuspended).await;
    }

    async fn a_suspended_technician_with_a_planned_visit_rings(db: TestDb) {
        a_planned_visit_rings(&db, Cause::TechnicianSuspended).await;
    }

    async fn a_suspended_firm_is_not_asked_any_more(db: TestDb) {
        what_is_asked_goes_to_the_next(&db, Cause::FirmSuspended).await;
    }

    async fn a_suspended_firm_on_a_job_rings(db: TestDb) {
        work_under_way_rings(&db, Cause::FirmSuspended).await;
    }

    async fn a_suspended_firm_with_a_planned_visit_rings(db: TestDb) {
        a_planned_visit_rings(&db, Cause::FirmSuspended).await;
    }

    async fn a_technician_kept_apart_is_not_asked_any_more(db: TestDb) {
        what_is_asked_goes_to_the_next(&db, Cause::TechnicianBlocked).await;
    }

    async fn a_technician_kept_apart_on_a_job_rings(db: TestDb) {
        work_under_way_rings(&db, Cause::TechnicianBlocked).await;
    }

    async fn a_technician_kept_apart_with_a_planned_visit_rings(db: TestDb) {
        a_planned_visit_rings(&db, Cause::TechnicianBlocked).await;
    }

    async fn a_firm_kept_apart_is_not_asked_any_more(db: TestDb) {
        what_is_asked_goes_to_the_next(&db, Cause::FirmBlocked).await;
    }

    async fn a_firm_kept_apart_on_a_job_rings(db: TestDb) {
        work_under_way_rings(&db, Cause::FirmBlocked).await;
    }

    async fn a_firm_kept_apart_with_a_planned_visit_rings(db: TestDb) {
        a_planned_visit_rings(&db, Cause::FirmBlocked).await;
    }

    async fn each_cause_rings_until_it_is_over_itself(db: TestDb) {
        use Cause::{FirmBlocked, FirmSuspended, TechnicianBlocked, TechnicianSuspended};
        let server = TestServer::start(&db).await;
        let crews = crews(&server).await;
        let job = world::job(&server).await;
        let offer = world::open_offer(&crews[0].phone).await.unwrap();
        crews[0].phone.post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await.expect(201);
        let rings = async |cause: Cause| ringing(&server, cause.alarm()).await == [job.clone()];
        for (first, second) in [
            (TechnicianSuspended, TechnicianBlocked),
            (TechnicianBlocked, FirmSuspended),
            (FirmSuspended, TechnicianSuspended),
            (FirmBlocked, TechnicianBlocked),
        ] {
            first.happen(&server, &crews[0]).await;
            second.happen(&server, &crews[0]).await;
            assert!(rings(first).await && rings(second).await, "{first:?}, {second:?}");
            first.end(&server, &crews[0]).await;
            assert!(rings(second).await, "{first:?} is over, {second:?} is not");
            second.end(&server, &crews[0]).await;
            assert!(!rings(first).await && !rings(second).await, "both are over: {first:?}, {second:?}");
        }
        server.stop().await;
    }

    async fn who_is_in_service_again_keeps_what_they_have(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crews = crews(&server).await;
        let job = booked(&server, &crews[0]).await;
        let path = format!("/v1/technicians/{}", crews[0].technician);
        put_state(&server, &path, "suspended").await;
        assert_eq!(ringing(&server, "not_to_be_sent").await, [job]);
        put_state(&server, &path, "active").await;
        assert_eq!(ringing(&server, "not_to_be_sent").await, [""; 0]);
        server.pass(12 * 60).await;
        assert!(world::open_offer(&crews[0].phone).await.is_some(), "he is asked when the visit comes near");
        server.stop().await;
    }
}
