//! Who may no longer be sent: what they are asked goes to the next at once, and what they have rings at the desk.

use serde_json::{Value, json};

use crate::support::{
    db::{TestDb, on_both_engines},
    server::{TestServer, id},
    site::{self, Device},
    world::{self, Crew},
};

async fn crews(server: &TestServer) -> [Crew; 2] {
    [world::crew(server, "栄水道", 35.165, 136.91).await, world::crew(server, "錦水道", 35.169, 136.91).await]
}

/// Puts a thing as it is, but for its state.
pub(crate) async fn put_state(server: &TestServer, path: &str, state: &str) {
    put(server, path, "state", json!(state)).await;
}

/// Puts a thing as it is, but for one field; what stood there.
pub(crate) async fn put(server: &TestServer, path: &str, field: &str, value: Value) -> Value {
    let administrator = server.administrator();
    let mut body = administrator.get(path).await.expect(200);
    let was = body[field].clone();
    let version = body["version"].as_i64().unwrap();
    let made = ["id", "version", "firm_id", "created_at", "confirmed_at", "proposed", "warnings"];
    body.as_object_mut().unwrap().retain(|field, value| !made.contains(&field.as_str()) && !value.is_null());
    body[field] = value;
    administrator.put(path, version, body).await.expect(200);
    server.settle().await;
    was
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

/// What a crew may lose that its work asks for.
#[derive(Debug, Clone, Copy)]
enum Loss {
    Trade,
    JobCode,
    Tool,
    Authority,
    Area,
    Licence,
}

const LOSSES: [Loss; 6] =
    [Loss::Trade, Loss::JobCode, Loss::Tool, Loss::Authority, Loss::Area, Loss::Licence];

impl Loss {
    /// Work that asks for it.
    fn job_code(self) -> &'static str {
        match self {
            Self::Licence => "W-PIPE-EXPOSED",
            Self::Tool | Self::Authority => "L-KEY-LOST",
            _ => "W-TOILET-CLOG",
        }
    }

    /// Where it stands, and what is left of it.
    fn change(self, crew: &Crew) -> (String, &'static str, Value) {
        let technician = format!("/v1/technicians/{}", crew.technician);
        let firm = format!("/v1/firms/{}", crew.firm);
        match self {
            Self::Trade => (technician, "trades", json!(["lock"])),
            Self::JobCode => (technician, "job_codes", json!(["W-FAUCET-DRIP"])),
            Self::Tool => (technician, "tools", json!([])),
            Self::Authority => (technician, "opening_tools", json!("not_authorised")),
            Self::Area => (firm, "areas", json!(["13104"])),
            Self::Licence => (firm, "licences", json!([])),
        }
    }
}

/// How far it has come when it is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Asked,
    Accepted,
    OnIt,
    Booked,
}

/// A crew with a licence for the work on pipes.
async fn licensed(server: &TestServer, name: &str, lat: f64) -> Crew {
    let crew = world::crew(server, name, lat, 136.91).await;
    let licence = json!([{
        "kind": "designated_water", "utility": "架空市水道局", "number": "1", "areas": ["23100"],
        "valid_to": "2027-03-31",
    }]);
    put(server, &format!("/v1/firms/{}", crew.firm), "licences", licence).await;
    crew
}

impl Stage {
    /// A job that has come so far with the crew.
    async fn reached(self, server: &TestServer, loss: Loss, crew: &Crew) -> String {
        let desk = server.dispatcher();
        let mut case = world::case(&world::safe_call(server).await);
        case["categories"] = json!(["water", "lock"]);
        let case = id(&desk.post("/v1/cases", case).await.expect(201));
        let priority = if self == Self::Booked { "P3" } else { "P2" };
        let body = json!({ "job_code": loss.job_code(), "priority": priority });
        let job = id(&desk.post(&format!("/v1/cases/{case}/jobs"), body).await.expect(201));
        if loss.job_code().starts_with('L') {
            let plan = json!({ "method": "card_on_person" });
            desk.post(&format!("/v1/jobs/{job}/identity-plan"), plan).await.expect(201);
        }
        server.settle().await;
        if self == Self::Booked {
            let window = json!({
                "technician_id": crew.technician,
                "starts_at": "2026-11-24T10:00:00+09:00",
                "ends_at": "2026-11-24T12:00:00+09:00",
            });
            desk.post(&format!("/v1/jobs/{job}/appointment"), window).await.expect(201);
        } else {
            let offer = world::open_offer(&crew.phone).await.unwrap();
            if self != Self::Asked {
                crew.phone.post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await.expect(201);
            }
        }
        if self == Self::OnIt {
            let at = server.ctx.now();
            let mut phone = Device::new(&job, "phone-1");
            let mut facts = vec![phone.fact("21:00", json!({ "kind": "arrival" }))];
            site::dated(&mut facts, at, &[0]);
            phone.send(server, &crew.phone, &facts).await.expect(200);
        }
        server.settle().await;
        job
    }
}

/// Loses each of it at this stage, and gets it back.
async fn every_loss(db: &TestDb, stage: Stage) {
    let server = TestServer::start(db).await;
    for loss in LOSSES {
        let crews =
            [licensed(&server, "対象水道", 35.165).await, licensed(&server, "次の水道", 35.169).await];
        let job = stage.reached(&server, loss, &crews[0]).await;
        let offer = world::open_offer(&crews[0].phone).await;
        let before = state(&server, &job).await;
        let (path, field, left) = loss.change(&crews[0]);
        let was = put(&server, &path, field, left).await;
        let rings = async || ringing(&server, "not_to_be_sent").await.contains(&job);
        if stage == Stage::Asked {
            let taken = server.dispatcher().get(&format!("/v1/offers/{}", offer.unwrap())).await.expect(200);
            assert_eq!(taken["withdraw_code"], "not_to_be_sent", "{loss:?}: {taken}");
            assert!(world::open_offer(&crews[1].phone).await.is_some(), "{loss:?}: the next one is asked");
            assert!(!rings().await, "{loss:?}: nobody is on it");
        } else {
            assert!(rings().await, "{loss:?}, {stage:?}");
            assert_eq!(state(&server, &job).await, before, "{loss:?}: whether they go on, a person says");
            put(&server, &path, field, was).await;
            assert!(!rings().await, "{loss:?}, {stage:?}: it is over");
        }
        for crew in &crews {
            put_state(&server, &format!("/v1/firms/{}", crew.firm), "suspended").await;
        }
        // So that the next one's crews are asked for theirs only.
        let reason = json!({ "reason": "duplicate" });
        server.dispatcher().post(&format!("/v1/jobs/{job}/cancellation"), reason).await.expect(200);
    }
    server.stop().await;
}

on_both_engines! {
    async fn whoever_is_asked_and_loses_what_it_takes_is_not_asked_any_more(db: TestDb) {
        every_loss(&db, Stage::Asked).await;
    }

    async fn whoever_has_accepted_and_loses_what_it_takes_rings(db: TestDb) {
        every_loss(&db, Stage::Accepted).await;
    }

    async fn whoever_is_there_and_loses_what_it_takes_rings(db: TestDb) {
        every_loss(&db, Stage::OnIt).await;
    }

    async fn whoever_is_booked_and_loses_what_it_takes_rings(db: TestDb) {
        every_loss(&db, Stage::Booked).await;
    }

    async fn what_was_passed_over_is_not_lost(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let path = format!("/v1/technicians/{}", crew.technician);
        put(&server, &path, "job_codes", json!(["W-TOILET-CLOG", "L-KEY-LOST"])).await;
        let case = world::opened_case(&server).await;
        let body = json!({ "job_code": "W-FAUCET-DRIP", "priority": "P3" });
        let job = id(&server.dispatcher().post(&format!("/v1/cases/{case}/jobs"), body).await.expect(201));
        let window = json!({
            "technician_id": crew.technician,
            "starts_at": "2026-11-23T10:00:00+09:00",
            "ends_at": "2026-11-23T12:00:00+09:00",
            "confirmation": { "despite": ["job_code"], "because": "other" },
        });
        server.dispatcher().post(&format!("/v1/jobs/{job}/appointment"), window).await.expect(201);
        server.settle().await;
        // What else they are sent for is nothing to this visit.
        for codes in [json!(["W-TOILET-CLOG"]), json!(["L-KEY-LOST"])] {
            put(&server, &path, "job_codes", codes).await;
            assert_eq!(ringing(&server, "not_to_be_sent").await, [""; 0]);
        }
        put(&server, &path, "trades", json!(["lock"])).await;
        assert_eq!(ringing(&server, "not_to_be_sent").await, std::slice::from_ref(&job), "the trade is");
        put(&server, &path, "trades", json!(["water", "lock"])).await;
        assert_eq!(ringing(&server, "not_to_be_sent").await, [""; 0]);
        server.stop().await;
    }

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
