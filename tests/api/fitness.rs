//! One rule says whether somebody may be sent (G-17): whatever is in the way is in the way at every door, some of it for good,
//! some of it until a person confirms it by name and reason.

use serde_json::{Value, json};

use crate::support::{
    db::{TestDb, on_both_engines},
    server::{Reply, TestServer, id},
    world::{self, Crew},
};

/// The telephone number of `world::case`.
const RESIDENT: &str = "+818055500101";

/// What may be in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    Suspended,
    FirmSuspended,
    Trade,
    Licence,
    Authority,
    Blocked,
    FirmBlocked,
    Area,
    JobCode,
    Tool,
    OffShift,
    Booked,
}

const CAUSES: [Cause; 12] = [
    Cause::Suspended,
    Cause::FirmSuspended,
    Cause::Trade,
    Cause::Licence,
    Cause::Authority,
    Cause::Blocked,
    Cause::FirmBlocked,
    Cause::Area,
    Cause::JobCode,
    Cause::Tool,
    Cause::OffShift,
    Cause::Booked,
];

/// What comes of sending somebody in spite of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    /// Refused for good.
    Never(&'static str),
    /// Asked back, to be confirmed by this name.
    ToConfirm(&'static str),
    /// Done: the yes passes over it.
    Done,
}

impl Cause {
    fn expected(self) -> Expected {
        match self {
            Self::Suspended | Self::FirmSuspended => Expected::Never("technician-suspended"),
            Self::Trade => Expected::Never("wrong-trade"),
            Self::Licence => Expected::Never("licence-missing"),
            Self::Authority => Expected::Never("authority-missing"),
            Self::Blocked | Self::FirmBlocked => Expected::Never("blocked-pair"),
            Self::Area => Expected::ToConfirm("area"),
            Self::JobCode => Expected::ToConfirm("job_code"),
            Self::Tool => Expected::ToConfirm("tool"),
            Self::OffShift => Expected::ToConfirm("off_shift"),
            Self::Booked => Expected::ToConfirm("booked"),
        }
    }

    /// Work in whose way it is.
    fn job_code(self) -> &'static str {
        match self {
            Self::Licence => "W-PIPE-HIDDEN",
            Self::Authority | Self::Tool => "L-KEY-LOST",
            _ => "W-TOILET-CLOG",
        }
    }

    /// Makes it so; of a planned visit, the job.
    async fn happen(self, server: &TestServer, crew: &Crew) -> Option<String> {
        let technician = format!("/v1/technicians/{}", crew.technician);
        let firm = format!("/v1/firms/{}", crew.firm);
        let sunday = json!([{ "day": "sun", "from": "00:00", "to": "04:00" }]);
        match self {
            Self::Suspended => change(server, &technician, "state", json!("suspended")).await,
            Self::FirmSuspended => change(server, &firm, "state", json!("suspended")).await,
            Self::Trade => change(server, &technician, "trades", json!(["lock"])).await,
            Self::Licence => change(server, &firm, "licences", json!([])).await,
            Self::Authority => change(server, &technician, "opening_tools", json!("not_authorised")).await,
            Self::Area => change(server, &firm, "areas", json!(["13104"])).await,
            Self::JobCode => change(server, &technician, "job_codes", json!(["W-FAUCET-DRIP"])).await,
            Self::Tool => change(server, &technician, "tools", json!([])).await,
            Self::OffShift => change(server, &technician, "shifts", sunday).await,
            Self::Blocked => block(server, "technician_id", &crew.technician).await,
            Self::FirmBlocked => block(server, "firm_id", &crew.firm).await,
            Self::Booked => {
                let other = job(server, "W-FAUCET-DRIP", "P3").await;
                let visit = visit(crew, "2026-11-22T22:35:00+09:00", "2026-11-22T23:35:00+09:00");
                server.dispatcher().post(&format!("/v1/jobs/{other}/appointment"), visit).await.expect(201);
                server.settle().await;
                return Some(other);
            }
        }
        None
    }
}

/// Changes one thing that is said of a firm or technician.
async fn change(server: &TestServer, path: &str, field: &str, value: Value) {
    let administrator = server.administrator();
    let mut body = administrator.get(path).await.expect(200);
    let version = body["version"].as_i64().unwrap();
    let made = ["id", "version", "firm_id", "created_at", "confirmed_at", "proposed", "warnings"];
    body.as_object_mut().unwrap().retain(|field, value| !made.contains(&field.as_str()) && !value.is_null());
    body[field] = value;
    administrator.put(path, version, body).await.expect(200);
    server.settle().await;
}

async fn block(server: &TestServer, field: &str, who: &str) {
    let mut body = json!({ "phone": RESIDENT, "reason": "complaint" });
    body[field] = json!(who);
    server.dispatcher().post("/v1/blocks", body).await.expect(201);
    server.settle().await;
}

fn visit(crew: &Crew, from: &str, to: &str) -> Value {
    json!({ "technician_id": crew.technician, "starts_at": from, "ends_at": to })
}

async fn job(server: &TestServer, code: &str, priority: &str) -> String {
    let mut case = world::case(&world::safe_call(server).await);
    case["categories"] = json!(["water", "lock"]);
    let case = id(&server.dispatcher().post("/v1/cases", case).await.expect(201));
    let body = json!({ "job_code": code, "priority": priority });
    let job = server.dispatcher().post(&format!("/v1/cases/{case}/jobs"), body).await.expect(201);
    server.settle().await;
    id(&job)
}

/// A crew that may be sent to everything here.
async fn ready(server: &TestServer, name: &str, lat: f64) -> Crew {
    let crew = world::crew(server, name, lat, 136.91).await;
    let licence = json!([{
        "kind": "designated_water", "utility": "架空市水道局", "number": "1", "areas": ["23100"],
        "valid_to": "2026-12-01",
    }]);
    change(server, &format!("/v1/firms/{}", crew.firm), "licences", licence).await;
    crew
}

/// A way to send somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    Override,
    Helper,
    Naming,
    Booking,
    Acceptance,
}

impl Door {
    /// What comes of a cause that is known before the door is tried.
    fn expected(self, cause: Cause) -> Expected {
        match (self, cause) {
            // Whoever is suspended does not get so far (G-10).
            (Self::Acceptance, Cause::Suspended | Cause::FirmSuspended)
            | (Self::Naming, Cause::FirmSuspended) => Expected::Never("suspended"),
            // What was asked, or accepted by the firm, has been taken back.
            (
                Self::Acceptance,
                Cause::Blocked
                | Cause::FirmBlocked
                | Cause::Trade
                | Cause::Licence
                | Cause::Authority
                | Cause::Area
                | Cause::JobCode
                | Cause::Tool,
            ) => Expected::Never("offer-not-open"),
            // The firm may send somebody else, unless all of it is kept away.
            (Self::Naming, Cause::FirmBlocked | Cause::Licence | Cause::Area) => Expected::Never("job-state"),
            // Two visits of one technician never overlap.
            (Self::Booking, Cause::Booked) => Expected::Never("window-taken"),
            (Self::Acceptance, cause) if matches!(cause.expected(), Expected::ToConfirm(_)) => Expected::Done,
            _ => cause.expected(),
        }
    }

    /// The event that keeps the confirmation.
    fn event(self) -> &'static str {
        match self {
            Self::Override => "job.overridden",
            Self::Helper => "job.helper_added",
            Self::Naming => "offer.technician_named",
            Self::Booking => "job.booked",
            Self::Acceptance => "offer.accepted",
        }
    }

    /// Makes a job for which the door stands open; the path of the door.
    async fn opened(self, server: &TestServer, code: &str, crew: &Crew) -> (String, String) {
        let desk = server.dispatcher();
        if matches!(self, Self::Naming) {
            change(server, &format!("/v1/firms/{}", crew.firm), "offers_to", json!("firm")).await;
        }
        let job = job(server, code, if self == Self::Booking { "P3" } else { "P2" }).await;
        let path = match self {
            Self::Override => format!("/v1/jobs/{job}/override"),
            Self::Booking => format!("/v1/jobs/{job}/appointment"),
            Self::Helper => {
                let lead = ready(server, "先行設備", 35.16).await;
                let given = json!({ "technician_id": lead.technician, "reason": "other" });
                desk.post(&format!("/v1/jobs/{job}/override"), given).await.expect(201);
                format!("/v1/jobs/{job}/helpers")
            }
            Self::Naming => {
                let offer = world::open_offer(&crew.office).await.unwrap();
                crew.office.post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await.expect(201);
                format!("/v1/offers/{offer}/technician")
            }
            Self::Acceptance => {
                let offer = world::open_offer(&crew.phone).await.unwrap();
                format!("/v1/offers/{offer}/acceptance")
            }
        };
        server.settle().await;
        (job, path)
    }

    fn body(self, crew: &Crew) -> Value {
        match self {
            Self::Override => json!({ "technician_id": crew.technician, "reason": "nobody_else" }),
            Self::Helper | Self::Naming => json!({ "technician_id": crew.technician }),
            Self::Booking => visit(crew, "2026-11-22T22:30:00+09:00", "2026-11-22T23:30:00+09:00"),
            Self::Acceptance => json!({ "arrival_at": "2026-11-22T21:30:00+09:00" }),
        }
    }

    async fn tried(self, server: &TestServer, crew: &Crew, path: &str, body: Value) -> Reply {
        match self {
            Self::Override | Self::Helper | Self::Booking => server.dispatcher().post(path, body).await,
            Self::Naming => crew.office.post(path, body).await,
            Self::Acceptance => crew.phone.post(path, body).await,
        }
    }
}

/// The jobs for which an alarm of a kind rings.
async fn ringing(server: &TestServer, kind: &str) -> Vec<String> {
    server.settle().await;
    let listed = server.dispatcher().get("/v1/alarms?state=ringing&limit=200").await.expect(200);
    let ours = listed["items"].as_array().unwrap().iter().filter(|alarm| alarm["kind"] == kind);
    ours.map(|alarm| alarm["subject_id"].as_str().unwrap().to_owned()).collect()
}

/// Goes through a door in spite of each cause.
async fn every_cause(db: &TestDb, door: Door) {
    let server = TestServer::start(db).await;
    let mut raw = db.raw().await;
    for cause in CAUSES {
        let crew = ready(&server, "対象水道", 35.165).await;
        let (job, path) = door.opened(&server, cause.job_code(), &crew).await;
        let beside = cause.happen(&server, &crew).await;
        let mut body = door.body(&crew);
        let reply = door.tried(&server, &crew, &path, body.clone()).await;
        match door.expected(cause) {
            Expected::Never(code) => {
                let status = if code == "suspended" { 403 } else { 409 };
                assert_eq!((reply.status.as_u16(), reply.problem()), (status, code), "{door:?} {cause:?}");
                // Nobody passes over it, whatever they confirm.
                if door != Door::Acceptance {
                    body["confirmation"] = confirmation(&["area", "job_code", "tool", "off_shift", "booked"]);
                    let reply = door.tried(&server, &crew, &path, body).await;
                    assert_eq!(
                        (reply.status.as_u16(), reply.problem()),
                        (status, code),
                        "{door:?} {cause:?}"
                    );
                }
            }
            Expected::ToConfirm(reason) => {
                assert_eq!(
                    (reply.status.as_u16(), reply.problem()),
                    (409, "to-be-confirmed"),
                    "{door:?} {cause:?}"
                );
                let asked = reply.expect(409);
                assert_eq!(
                    (&asked["confirm"], &asked["rule"]),
                    (&json!([reason]), &json!("G-17")),
                    "{asked}"
                );
                let other = if reason == "tool" { "area" } else { "tool" };
                body["confirmation"] = confirmation(&[other]);
                let wrong = door.tried(&server, &crew, &path, body.clone()).await;
                assert_eq!(wrong.problem(), "to-be-confirmed", "{door:?} {cause:?}");
                body["confirmation"] = confirmation(&[reason]);
                door.tried(&server, &crew, &path, body.clone()).await.expect(201);
                let told = format!("SELECT data FROM event WHERE kind = '{}' ORDER BY ord", door.event());
                let told: Value = serde_json::from_str(raw.texts(&told).await.last().unwrap()).unwrap();
                assert_eq!(told["confirmation"], body["confirmation"], "{door:?} {cause:?}");
            }
            Expected::Done => _ = reply.expect(201),
        }
        if let Some(visit) = beside.filter(|_| door != Door::Booking) {
            let at_risk = ringing(&server, "appointment_at_risk").await;
            assert_eq!(at_risk, [visit.as_str()], "{door:?}: the visit stays, and a person knows");
        }
        let path = format!("/v1/jobs/{job}/cancellation");
        server.dispatcher().post(&path, json!({ "reason": "duplicate" })).await.expect(200);
        let firms = server.administrator().get("/v1/firms?limit=200").await.expect(200);
        for firm in firms["items"].as_array().unwrap().iter().filter(|firm| firm["state"] == "active") {
            change(&server, &format!("/v1/firms/{}", id(firm)), "state", json!("suspended")).await;
        }
    }
    server.stop().await;
}

fn confirmation(despite: &[&str]) -> Value {
    json!({ "despite": despite, "because": "nobody_else" })
}

async fn state(server: &TestServer, job: &str) -> Value {
    server.dispatcher().get(&format!("/v1/jobs/{job}")).await.expect(200)["state"].clone()
}

on_both_engines! {
    async fn an_override_asks_for_everything(db: TestDb) {
        every_cause(&db, Door::Override).await;
    }

    async fn a_helper_is_asked_for_everything(db: TestDb) {
        every_cause(&db, Door::Helper).await;
    }

    async fn a_firm_that_names_somebody_is_asked_for_everything(db: TestDb) {
        every_cause(&db, Door::Naming).await;
    }

    async fn a_booking_asks_for_everything(db: TestDb) {
        every_cause(&db, Door::Booking).await;
    }

    async fn a_yes_counts_as_far_as_they_may_still_be_sent(db: TestDb) {
        every_cause(&db, Door::Acceptance).await;
    }

    async fn what_the_database_says_passes_over_what_the_snapshot_knows(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = ready(&server, "対象水道", 35.165).await;
        let job = world::job(&server).await;
        let offer = world::open_offer(&crew.phone).await.unwrap();
        let mut raw = db.raw().await;
        // As another node writes it whose news have not come yet.
        raw.execute("UPDATE technician SET state = 'suspended'").await.unwrap();
        let yes = server.dispatcher().post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await;
        assert_eq!((yes.status.as_u16(), yes.problem()), (409, "technician-suspended"));
        let given = json!({ "technician_id": crew.technician, "reason": "other" });
        let given = server.dispatcher().post(&format!("/v1/jobs/{job}/override"), given).await;
        assert_eq!((given.status.as_u16(), given.problem()), (409, "technician-suspended"));
        server.stop().await;
    }

    async fn a_block_and_an_override_at_once_never_leave_the_pair_unnoticed(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = ready(&server, "対象水道", 35.165).await;
        let desk = server.dispatcher();
        for round in 0..6 {
            let job = job(&server, "W-FAUCET-DRIP", "P3").await;
            let path = format!("/v1/jobs/{job}/override");
            let given = json!({ "technician_id": crew.technician, "reason": "other" });
            let kept = json!({ "technician_id": crew.technician, "phone": RESIDENT, "reason": "complaint" });
            let (given, kept) = tokio::join!(desk.post(&path, given), desk.post("/v1/blocks", kept));
            let kept = id(&kept.expect(201));
            let rings = ringing(&server, "kept_apart").await.contains(&job);
            assert_eq!(given.status.is_success(), rings, "round {round}: sent, and nobody was told, or refused and told");
            let path = format!("/v1/jobs/{job}/cancellation");
            desk.post(&path, json!({ "reason": "duplicate" })).await.expect(200);
            let end = desk.request(reqwest::Method::DELETE, &format!("/v1/blocks/{kept}")).header("If-Match", "\"1\"");
            desk.send(end).await.expect(200);
        }
        server.stop().await;
    }

    async fn a_licence_counts_on_the_day_of_the_visit(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = ready(&server, "対象水道", 35.165).await;
        let job = job(&server, "W-FAUCET-BURST", "P3").await;
        let desk = server.dispatcher();
        let path = format!("/v1/jobs/{job}/appointment");
        let late = visit(&crew, "2026-12-02T10:00:00+09:00", "2026-12-02T12:00:00+09:00");
        let late = desk.post(&path, late).await;
        assert_eq!((late.status.as_u16(), late.problem()), (409, "licence-missing"), "the day after its last");
        let windows = desk.get(&format!("/v1/jobs/{job}/windows?days=14")).await.expect(200);
        let last = windows.as_array().unwrap().last().unwrap()["starts_at"].as_str().unwrap().to_owned();
        assert_eq!(last, "2026-12-01T10:00:00Z", "the last window of its last day");
        desk.post(&path, visit(&crew, "2026-12-01T19:00:00+09:00", "2026-12-01T21:00:00+09:00")).await.expect(201);
        server.stop().await;
    }

    async fn gushing_water_is_made_safe_by_whoever_is_there_first(db: TestDb) {
        let server = TestServer::start(&db).await;
        let near = world::crew(&server, "無指定水道", 35.169, 136.91).await;
        let lasting = job(&server, "W-FAUCET-BURST", "P2").await;
        assert_eq!(world::open_offer(&near.phone).await, None, "lasting work needs the designation (S-08)");
        assert_eq!(state(&server, &lasting).await, "unassigned");
        let gushing = job(&server, "W-FAUCET-BURST", "P1").await;
        let offer = world::open_offer(&near.phone).await.expect("somebody closes the valve");
        let decided = server.dispatcher().get(&format!("/v1/jobs/{gushing}/decisions")).await.expect(200);
        assert!(decided[0]["technicians"][0]["why_en"].as_str().unwrap().contains("Makes safe only"), "{decided}");
        let assignment = near.phone.post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await.expect(201);
        let note = format!("/v1/assignments/{}/order-note", assignment["assignment"]["id"].as_str().unwrap());
        let note = near.phone.get(&note).await.expect(200);
        assert!(note["text_en"].as_str().unwrap().contains("make safe only"), "{note}");
        for job in [lasting, gushing] {
            let path = format!("/v1/jobs/{job}/cancellation");
            server.dispatcher().post(&path, json!({ "reason": "duplicate" })).await.expect(200);
        }
        // In the same band, whoever may do all of the work comes first.
        let far = ready(&server, "指定水道", 35.160).await;
        job(&server, "W-FAUCET-BURST", "P1").await;
        assert!(world::open_offer(&far.phone).await.is_some());
        server.stop().await;
    }

    async fn a_visitor_who_has_a_day_off_by_then_is_not_asked(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (crew, other) = (ready(&server, "対象水道", 35.165).await, ready(&server, "遠方設備", 35.160).await);
        let desk = server.dispatcher();
        let at = ["2026-11-23T10:00:00+09:00", "2026-11-23T12:00:00+09:00"];
        let day_off = async || {
            let body = json!({
                "kind": "day_off", "starts_at": "2026-11-23T00:00:00+09:00", "ends_at": "2026-11-24T00:00:00+09:00",
            });
            let path = format!("/v1/technicians/{}/shift-entries", crew.technician);
            crew.office.post(&path, body).await.expect(201);
            server.settle().await;
        };
        let taken = job(&server, "W-FAUCET-DRIP", "P3").await;
        desk.post(&format!("/v1/jobs/{taken}/appointment"), visit(&crew, at[0], at[1])).await.expect(201);
        day_off().await;
        server.pass(11 * 60 + 31).await;
        assert_eq!(world::open_offer(&crew.phone).await, None, "nobody has said that they come all the same");
        assert!(world::open_offer(&other.phone).await.is_some());
        assert_eq!(ringing(&server, "appointment_at_risk").await, [taken]);
        server.stop().await;
    }

    async fn a_visitor_whose_day_off_was_confirmed_is_asked(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = ready(&server, "対象水道", 35.165).await;
        change(&server, &format!("/v1/technicians/{}", crew.technician), "shifts", json!([])).await;
        let job = job(&server, "W-FAUCET-DRIP", "P3").await;
        let path = format!("/v1/jobs/{job}/appointment");
        let mut body = visit(&crew, "2026-11-23T10:00:00+09:00", "2026-11-23T12:00:00+09:00");
        assert_eq!(server.dispatcher().post(&path, body.clone()).await.problem(), "to-be-confirmed");
        body["confirmation"] = confirmation(&["off_shift"]);
        let booked = server.dispatcher().post(&path, body.clone()).await.expect(201);
        assert_eq!(booked["confirmation"], body["confirmation"]);
        server.pass(11 * 60 + 31).await;
        assert!(world::open_offer(&crew.phone).await.is_some());
        server.stop().await;
    }

    async fn whoever_the_resident_refuses_and_drives_off_all_the_same_rings(db: TestDb) {
        use crate::support::site::Device;
        let server = TestServer::start(&db).await;
        let crew = ready(&server, "対象水道", 35.165).await;
        for (reason, set_out, rings) in [("resident_refuses", "21:09", true), ("nearer_one", "21:19", false)] {
            let job = world::job(&server).await;
            let offer = world::open_offer(&crew.phone).await.unwrap();
            crew.phone.post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await.expect(201);
            let path = format!("/v1/jobs/{job}/reassignment");
            server.pass(5).await;
            server.dispatcher().post(&path, json!({ "reason": reason })).await.expect(200);
            server.pass(5).await;
            let mut device = Device::new(&job, "phone");
            let departure = device.fact(set_out, json!({ "kind": "departure" }));
            device.send(&server, &crew.phone, &[departure]).await.expect(200);
            assert_eq!(ringing(&server, "doubtful_report").await.contains(&job), rings, "{reason}");
            server.dispatcher().post(&format!("/v1/jobs/{job}/cancellation"), json!({ "reason": "duplicate" })).await.expect(200);
        }
        server.stop().await;
    }

    async fn a_confirmation_is_refused_by_field(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = ready(&server, "対象水道", 35.165).await;
        let job = world::job(&server).await;
        for confirmation in [
            json!({ "despite": ["hunger"], "because": "other" }),
            json!({ "despite": ["area"], "because": "no" }),
            json!({ "despite": ["area"] }),
            json!({ "because": "other" }),
            json!({ "despite": ["area"], "because": "other", "note": "free text" }),
        ] {
            let body = json!({ "technician_id": crew.technician, "reason": "other", "confirmation": confirmation });
            let refused = server.dispatcher().post(&format!("/v1/jobs/{job}/override"), body).await;
            assert!(refused.refused_field().starts_with("confirmation"), "{confirmation}");
        }
        server.stop().await;
    }
}
