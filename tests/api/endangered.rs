//! Danger that becomes known when somebody is already sent (G-08): they are told, nobody else is sent, and the desk hears of it
//! until a person has cleared it, whatever is reported.

use kaketsuke::notify::{MailBy, Outbox};
use serde_json::{Value, json};

use crate::support::{
    db::{TestDb, on_both_engines},
    receiver::until,
    server::{Client, TestServer, id},
    site::Device,
    world::{self, Crew},
};

/// What becomes known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Peril {
    Hazard(&'static str),
    NoIdentity,
}

/// Those of which hazards.toml says that they hold, and the way of an identity check that there is not (S-04).
const HOLDING: [Peril; 5] = [
    Peril::Hazard("H-TRAPPED"),
    Peril::Hazard("H-GAS"),
    Peril::Hazard("H-CRIME"),
    Peril::Hazard("H-NOT-RESIDENT"),
    Peril::NoIdentity,
];

impl Peril {
    fn code(self) -> &'static str {
        match self {
            Self::Hazard(code) => code,
            Self::NoIdentity => "identity",
        }
    }

    fn alarm(self) -> &'static str {
        match self {
            Self::Hazard(_) => "danger_on_job",
            Self::NoIdentity => "identity_on_job",
        }
    }
}

/// A lock job that one crew has accepted; another crew is free.
struct Scene {
    call: String,
    case: String,
    job: String,
    crew: Crew,
    spare: Crew,
    device: Device,
    desk: Client,
}

impl Scene {
    async fn new(server: &TestServer) -> Self {
        let crew = world::crew(server, "栄水道", 35.165, 136.91).await;
        let desk = server.dispatcher();
        let call = world::safe_call(server).await;
        let mut body = world::case(&call);
        body["categories"] = json!(["lock"]);
        let case = id(&desk.post("/v1/cases", body).await.expect(201));
        let made = desk.post(&format!("/v1/cases/{case}/jobs"), json!({ "job_code": "L-KEY-LOST" })).await;
        let job = id(&made.expect(201));
        server.settle().await;
        let offer = world::open_offer(&crew.phone).await.unwrap();
        crew.phone.post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await.expect(201);
        let spare = world::crew(server, "錦水道", 35.169, 136.91).await;
        let device = Device::new(&job, "phone-1");
        Self { call, case, job, crew, spare, device, desk }
    }

    fn path(&self, rest: &str) -> String {
        format!("/v1/jobs/{}{rest}", self.job)
    }

    async fn shown(&self) -> Value {
        self.crew.phone.get(&self.path("")).await.expect(200)
    }

    async fn state(&self) -> Value {
        self.desk.get(&self.path("")).await.expect(200)["state"].clone()
    }

    async fn assignment(&self) -> String {
        let shown = self.shown().await;
        let own = shown["assignments"].as_array().unwrap().iter().find(|one| one["slot"] == "current");
        id(own.unwrap())
    }

    async fn plan(&self, method: &str) {
        let out = |method: &str| json!({ "method": method, "reason": "no_answer" });
        let better = ["card_on_person", "host_or_landlord_call_back", "police_present", "check_inside"];
        let impossible: Vec<_> = if method == "none" { better.map(out).to_vec() } else { Vec::new() };
        let body = json!({ "method": method, "impossible": impossible });
        self.desk.post(&self.path("/identity-plan"), body).await.expect(201);
    }

    async fn become_known(&self, server: &TestServer, peril: Peril) {
        match peril {
            Peril::Hazard(code) => {
                let body = json!({ "answers": [{ "hazard": code, "answer": "yes" }] });
                self.desk.post(&format!("/v1/calls/{}/hazard-answers", self.call), body).await.expect(200);
            }
            Peril::NoIdentity => self.plan("none").await,
        }
        server.settle().await;
    }

    async fn clear(&self, server: &TestServer, peril: Peril) {
        match peril {
            Peril::Hazard(code) => {
                let body = json!({ "hazard": code, "cleared_by": "police", "note_code": "checked_safe" });
                self.desk.post(&format!("/v1/cases/{}/clearances", self.case), body).await.expect(201);
            }
            Peril::NoIdentity => self.plan("card_on_person").await,
        }
        server.settle().await;
    }

    async fn report(&mut self, server: &TestServer, kind: Value) {
        let mut fact = self.device.fact("21:00", kind);
        fact["device_time"] = json!(server.ctx.now());
        self.device.send(server, &self.crew.phone, &[fact]).await.expect(200);
        server.settle().await;
    }

    /// Ends the scene: the next one's crews are the only ones in service.
    async fn end(&self, server: &TestServer) {
        let body = json!({ "reason": "false_alarm" });
        self.desk.post(&self.path("/cancellation"), body).await.expect(200);
        for crew in [&self.crew, &self.spare] {
            suspend(server, crew).await;
        }
    }

    /// The state of an alarm about the job; nothing where there never was one.
    async fn alarm(&self, kind: &str) -> Value {
        alarm(&self.desk, kind, &self.job).await
    }
}

async fn alarm(desk: &Client, kind: &str, subject: &str) -> Value {
    let all = desk.get("/v1/alarms?limit=200").await.expect(200);
    let all = all["items"].as_array().unwrap();
    let own: Vec<_> =
        all.iter().filter(|alarm| alarm["kind"] == kind && alarm["subject_id"] == subject).collect();
    // There may be earlier ones that are resolved.
    let now = own.iter().find(|alarm| alarm["state"] != "resolved").or(own.last());
    now.map_or(Value::Null, |alarm| alarm["state"].clone())
}

/// A way in which the job is left before the work is done.
#[derive(Debug, Clone, Copy)]
enum Leaving {
    Withdrawal,
    Reassignment,
    NoShow,
    Left,
    NoAccess,
    CannotGoOn,
}

impl Leaving {
    async fn happen(self, server: &TestServer, scene: &mut Scene) {
        match self {
            Self::Withdrawal => {
                let path = format!("/v1/assignments/{}/withdrawal", scene.assignment().await);
                scene.crew.phone.post(&path, json!({ "code": "breakdown" })).await.expect(200);
            }
            Self::Reassignment => {
                let body = json!({ "reason": "not_reachable" });
                scene.desk.post(&scene.path("/reassignment"), body).await.expect(200);
            }
            // Ten minutes to depart, five after the warning.
            Self::NoShow => server.pass(16).await,
            Self::Left => {
                scene.report(server, json!({ "kind": "arrival" })).await;
                server.pass(1).await;
                scene.report(server, json!({ "kind": "leaving", "return_planned": true })).await;
            }
            Self::NoAccess => {
                scene.report(server, json!({ "kind": "arrival" })).await;
                server.pass(1).await;
                scene.report(server, json!({ "kind": "no_access", "reason": "nobody_there" })).await;
            }
            Self::CannotGoOn => {
                scene.report(server, json!({ "kind": "withdrawal", "code": "illness" })).await
            }
        }
        server.settle().await;
    }
}

async fn leaves_it_held(db: TestDb, perils: &[Peril], leaving: Leaving) {
    let server = TestServer::start(&db).await;
    for peril in perils {
        leaves_one_held(&server, *peril, leaving).await;
    }
    server.stop().await;
}

async fn leaves_one_held(server: &TestServer, peril: Peril, leaving: Leaving) {
    let mut scene = Scene::new(server).await;
    scene.become_known(server, peril).await;
    leaving.happen(server, &mut scene).await;
    let case = format!("{peril:?}, {leaving:?}");
    assert_eq!(scene.state().await, "held", "{case}");
    assert_eq!(scene.alarm(peril.alarm()).await, "ringing", "{case}");
    assert_eq!(scene.alarm("held").await, "ringing", "{case}");
    server.pass(60).await;
    for crew in [&scene.crew, &scene.spare] {
        assert_eq!(world::open_offer(&crew.phone).await, None, "{case}");
    }
    scene.clear(server, peril).await;
    assert_eq!(scene.alarm(peril.alarm()).await, "resolved", "{case}");
    let mut asked = false;
    for crew in [&scene.crew, &scene.spare] {
        asked |= world::open_offer(&crew.phone).await.is_some();
    }
    // Who comes again after a visit, and when, is a person's to say; else somebody is asked at once.
    let waits = matches!(leaving, Leaving::Left | Leaving::NoAccess);
    assert_eq!((asked, scene.state().await == "awaiting_return"), (!waits, waits), "{case}");
    scene.end(server).await;
}

on_both_engines! {
    async fn whoever_is_on_the_job_sees_it_first_and_nobody_else_is_sent(db: TestDb) {
        let server = TestServer::start(&db).await;
        for peril in HOLDING {
            let mut scene = Scene::new(&server).await;
            scene.become_known(&server, peril).await;
            let shown = scene.shown().await;
            assert_eq!((&shown["state"], &shown["hold"]), (&json!("assigned"), &Value::Null), "{peril:?}");
            assert_eq!((&shown["dangers"][0]["code"], &shown["dangers"][0]["holds"]), (&json!(peril.code()), &json!(true)));
            assert_eq!(shown["assignments"][0]["to_acknowledge"], json!([peril.code()]));
            let begin = if peril == Peril::NoIdentity { "do not open" } else { "begin nothing but to make safe" };
            assert!(shown["guidance"]["en"].as_str().unwrap().contains(begin), "{shown}");
            assert_eq!(scene.alarm(peril.alarm()).await, "ringing", "{peril:?}");
            let other = json!({ "technician_id": scene.spare.technician });
            for (rest, more) in [
                ("/helpers", json!({})),
                ("/override", json!({ "reason": "other" })),
                ("/appointment", json!({ "starts_at": "2026-11-24T10:00:00+09:00", "ends_at": "2026-11-24T12:00:00+09:00" })),
            ] {
                let mut body = other.clone();
                body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
                let refused = scene.desk.post(&scene.path(rest), body).await;
                let expected = if rest == "/appointment" { "job-state" } else { "job-held" };
                assert_eq!((refused.status.as_u16(), refused.problem()), (409, expected), "{peril:?} {rest}");
            }
            let listed = scene.desk.get(&scene.path("")).await.expect(200);
            let names: Vec<_> = listed["actions"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
            assert!(!names.contains(&"add_helper") && names.contains(&"acknowledge_danger"), "{names:?}");
            for kind in ["departure", "arrival"] {
                scene.report(&server, json!({ "kind": kind })).await;
                assert_eq!(scene.alarm(peril.alarm()).await, "ringing", "{peril:?} after {kind}");
            }
            scene.clear(&server, peril).await;
            assert_eq!(scene.alarm(peril.alarm()).await, "resolved", "{peril:?}");
            let shown = scene.shown().await;
            assert_eq!((&shown["dangers"], &shown["state"]), (&json!([]), &json!("on_site")), "{peril:?}");
            scene.end(&server).await;
        }
        server.stop().await;
    }

    async fn a_withdrawal_leaves_it_held(db: TestDb) {
        leaves_it_held(db, &HOLDING, Leaving::Withdrawal).await;
    }

    async fn a_reassignment_leaves_it_held(db: TestDb) {
        leaves_it_held(db, &[Peril::Hazard("H-GAS")], Leaving::Reassignment).await;
    }

    async fn who_does_not_come_leaves_it_held(db: TestDb) {
        leaves_it_held(db, &[Peril::Hazard("H-GAS"), Peril::NoIdentity], Leaving::NoShow).await;
    }

    async fn who_leaves_the_site_leaves_it_held(db: TestDb) {
        leaves_it_held(db, &[Peril::Hazard("H-CRIME")], Leaving::Left).await;
    }

    async fn who_cannot_get_in_leaves_it_held(db: TestDb) {
        leaves_it_held(db, &[Peril::Hazard("H-TRAPPED")], Leaving::NoAccess).await;
    }

    async fn who_cannot_go_on_leaves_it_held(db: TestDb) {
        leaves_it_held(db, &[Peril::Hazard("H-NOT-RESIDENT")], Leaving::CannotGoOn).await;
    }

    async fn a_danger_is_acknowledged_or_the_desk_is_rung_louder(db: TestDb) {
        let server = TestServer::start(&db).await;
        let scene = Scene::new(&server).await;
        scene.become_known(&server, Peril::Hazard("H-GAS")).await;
        assert_eq!(scene.alarm("danger_unacknowledged").await, "waiting");
        server.pass(2).await;
        assert_eq!(scene.alarm("danger_unacknowledged").await, "waiting");
        server.pass(2).await;
        assert_eq!(scene.alarm("danger_unacknowledged").await, "ringing", "three minutes");
        let path = format!("/v1/assignments/{}/danger-acknowledgements", scene.assignment().await);
        let of = |dangers: &[&str]| json!({ "dangers": dangers });
        assert_eq!(scene.spare.phone.post(&path, of(&["H-GAS"])).await.status.as_u16(), 404);
        assert_eq!(scene.crew.phone.post(&path, of(&[])).await.refused_field(), "dangers");
        assert_eq!(scene.crew.phone.post(&path, of(&["H-FIRE-ON"])).await.refused_field(), "dangers[0]");
        scene.become_known(&server, Peril::Hazard("H-CRIME")).await;
        let refused = scene.crew.phone.post(&path, of(&["H-GAS"])).await;
        assert_eq!((refused.problem(), &refused.body["rule"]), ("dangers-not-named", &json!("G-08")));
        let known = scene.crew.phone.post(&path, of(&["H-GAS", "H-CRIME"])).await.expect(201);
        assert_eq!(known["heard_danger"], 2);
        server.settle().await;
        assert_eq!(scene.alarm("danger_unacknowledged").await, "resolved");
        assert_eq!(scene.alarm("danger_on_job").await, "ringing", "to know of it clears nothing");
        let shown = scene.shown().await;
        assert_eq!((&shown["assignments"][0]["to_acknowledge"], shown["dangers"].as_array().unwrap().len()), (&json!([]), 2));
        server.stop().await;
    }

    async fn work_in_danger_is_doubtful_and_making_safe_is_not(db: TestDb) {
        let server = TestServer::start(&db).await;
        for (work, is_doubtful) in [("work", true), ("make_safe", false)] {
            let mut scene = Scene::new(&server).await;
            scene.become_known(&server, Peril::Hazard("H-GAS")).await;
            scene.report(&server, json!({ "kind": "arrival" })).await;
            let rung = scene.desk.get("/v1/alarms?limit=200").await.expect(200);
            let own = rung["items"].as_array().unwrap().iter().rfind(|one| one["kind"] == "danger_on_job").unwrap();
            scene.desk.post(&format!("/v1/alarms/{}/acknowledgement", id(own)), json!({})).await.expect(200);
            server.pass(1).await;
            scene.report(&server, json!({ "kind": "work_start", "work": work })).await;
            let state = if is_doubtful { "ringing" } else { "acknowledged" };
            assert_eq!(scene.alarm("danger_on_job").await, state, "{work}");
            server.pass(5).await;
            let check = json!({
                "kind": "id_check", "way": "card_at_door", "id_kind": "residence_card", "face_ok": true,
                "name_ok": true, "address_ok": true, "pledge_signed": true,
            });
            scene.report(&server, check).await;
            scene.report(&server, json!({ "kind": "work_end" })).await;
            scene.report(&server, json!({ "kind": "completion" })).await;
            assert_eq!((scene.state().await, scene.alarm("danger_on_job").await), (json!("completed"), json!(state)), "{work}");
            let statement = scene.desk.get(&scene.path("/statement")).await.expect(200);
            assert_eq!(statement.to_string().contains("work_in_danger"), is_doubtful, "{statement}");
            scene.clear(&server, Peril::Hazard("H-GAS")).await;
            assert_eq!(scene.alarm("danger_on_job").await, "resolved");
            let statement = scene.desk.get(&scene.path("/statement")).await.expect(200);
            assert_eq!(statement.to_string().contains("work_in_danger"), is_doubtful, "a clearance undoes no doubt");
            for crew in [&scene.crew, &scene.spare] {
                suspend(&server, crew).await;
            }
        }
        server.stop().await;
    }

    async fn a_door_that_was_opened_all_the_same_rings_until_it_is_said_how(db: TestDb) {
        let server = TestServer::start(&db).await;
        let mut scene = Scene::new(&server).await;
        scene.become_known(&server, Peril::NoIdentity).await;
        scene.report(&server, json!({ "kind": "arrival" })).await;
        scene.report(&server, json!({ "kind": "work_start", "work": "work" })).await;
        server.pass(5).await;
        scene.report(&server, json!({ "kind": "work_end" })).await;
        scene.report(&server, json!({ "kind": "completion" })).await;
        assert_eq!((scene.state().await, scene.alarm("identity_on_job").await), (json!("completed"), json!("ringing")));
        scene.clear(&server, Peril::NoIdentity).await;
        assert_eq!(scene.alarm("identity_on_job").await, "resolved");
        server.stop().await;
    }

    async fn a_danger_told_of_a_closed_case_rings(db: TestDb) {
        let server = TestServer::start(&db).await;
        let scene = Scene::new(&server).await;
        scene.desk.post(&scene.path("/cancellation"), json!({ "reason": "solved_by_itself" })).await.expect(200);
        let path = format!("/v1/cases/{}", scene.case);
        let version = scene.desk.get(&path).await.expect(200)["version"].as_i64().unwrap();
        let body = json!({
            "categories": ["lock"], "language": "ne", "eligibility": "unverified", "liability_flag": "no",
            "lessee_kind": "unknown",
        });
        scene.desk.put(&path, version, body).await.expect(200);
        scene.desk.post(&format!("{path}/closing"), json!({})).await.expect(200);
        let again = id(&scene.desk.post("/v1/calls", world::call()).await.expect(201));
        let body = json!({ "case_id": scene.case, "purpose": "complaint" });
        scene.desk.post(&format!("/v1/calls/{again}/attachment"), body).await.expect(200);
        let yes = json!({ "answers": [{ "hazard": "H-GAS", "answer": "yes" }] });
        scene.desk.post(&format!("/v1/calls/{again}/hazard-answers"), yes).await.expect(200);
        server.settle().await;
        assert_eq!(alarm(&scene.desk, "danger_on_case", &scene.case).await, "ringing");
        scene.clear(&server, Peril::Hazard("H-GAS")).await;
        assert_eq!(alarm(&scene.desk, "danger_on_case", &scene.case).await, "resolved");
        server.stop().await;
    }

    async fn where_nothing_is_known_of_danger_a_person_asks_again(db: TestDb) {
        let server = TestServer::start(&db).await;
        world::crew(&server, "栄水道", 35.165, 136.91).await;
        let desk = server.dispatcher();
        let call = id(&desk.post("/v1/calls", world::call()).await.expect(201));
        let answers = format!("/v1/calls/{call}/hazard-answers");
        desk.post(&answers, json!({ "others": "unknown" })).await.expect(200);
        let case = id(&desk.post("/v1/cases", world::case(&call)).await.expect(201));
        let missing = async || desk.get(&format!("/v1/cases/{case}")).await.expect(200)["missing"].to_string();
        assert!(missing().await.contains("\"dangers\""), "{}", missing().await);
        desk.post(&format!("/v1/cases/{case}/jobs"), json!({ "job_code": "W-TOILET-CLOG" })).await.expect(201);
        server.settle().await;
        assert_eq!(alarm(&desk, "dangers_unknown", &case).await, "ringing", "somebody is sent all the same, not silently");
        // Where nobody is sent any more, nobody is asked; somebody is sent again.
        let jobs = desk.get(&format!("/v1/cases/{case}")).await.expect(200)["jobs"].clone();
        let path = format!("/v1/jobs/{}/cancellation", jobs[0]["id"].as_str().unwrap());
        desk.post(&path, json!({ "reason": "duplicate" })).await.expect(200);
        assert_eq!(alarm(&desk, "dangers_unknown", &case).await, "resolved");
        desk.post(&format!("/v1/cases/{case}/jobs"), json!({ "job_code": "W-TOILET-CLOG" })).await.expect(201);
        server.settle().await;
        assert_eq!(alarm(&desk, "dangers_unknown", &case).await, "ringing");
        let one = |hazard: &str| json!({ "answers": [{ "hazard": hazard, "answer": "no" }] });
        desk.post(&answers, one("H-FIRE-ON")).await.expect(200);
        server.settle().await;
        assert_eq!(alarm(&desk, "dangers_unknown", &case).await, "resolved");
        assert!(missing().await.contains("\"dangers\""), "what would hold everything is still not known");
        for hazard in ["H-TRAPPED", "H-GAS", "H-CRIME", "H-NOT-RESIDENT"] {
            desk.post(&answers, one(hazard)).await.expect(200);
        }
        assert!(!missing().await.contains("\"dangers\""), "{}", missing().await);
        server.stop().await;
    }

    async fn the_firm_is_told_by_mail_of_the_danger_and_of_its_end(db: TestDb) {
        let outbox = Outbox::default();
        let server = TestServer::start_telling(&db, Some(MailBy::Memory(outbox.clone()))).await;
        let scene = Scene::new(&server).await;
        let path = format!("/v1/firms/{}", scene.crew.firm);
        let version = server.administrator().get(&path).await.expect(200)["version"].as_i64().unwrap();
        let mut firm = world::firm("栄水道");
        firm["email"] = json!("sakae@example.jp");
        server.administrator().put(&path, version, firm).await.expect(200);
        let is_sent = |part: &str| outbox.mails().iter().any(|mail| mail.subject.contains(part));
        scene.become_known(&server, Peril::Hazard("H-GAS")).await;
        until("the danger is told", async || is_sent("危険のお知らせ")).await;
        let letter = outbox.mails().into_iter().find(|mail| mail.subject.contains("危険のお知らせ")).unwrap();
        assert_eq!(letter.to.as_str(), "sakae@example.jp");
        assert!(letter.text.contains("ガス臭い") && letter.text.contains("Smell of gas"), "{}", letter.text);
        assert!(!letter.text.contains("Ram") && !letter.text.contains("栄ハイツ"), "{}", letter.text);
        scene.clear(&server, Peril::Hazard("H-GAS")).await;
        until("its end is told", async || is_sent("危険の解除")).await;
        // A missing identity check is told as what it is: the door stays shut (S-04).
        scene.become_known(&server, Peril::NoIdentity).await;
        until("the identity is told", async || is_sent("本人確認のお知らせ")).await;
        let letter = outbox.mails().into_iter().find(|mail| mail.subject.contains("本人確認のお知らせ")).unwrap();
        assert!(letter.text.contains("開錠しないでください") && letter.text.contains("Do not open the door"), "{}", letter.text);
        assert!(!letter.text.contains("安全確保"), "{}", letter.text);
        server.stop().await;
    }
}

async fn suspend(server: &TestServer, crew: &Crew) {
    let administrator = server.administrator();
    let path = format!("/v1/firms/{}", crew.firm);
    let version = administrator.get(&path).await.expect(200)["version"].as_i64().unwrap();
    let mut firm = world::firm("休業中");
    firm["state"] = json!("suspended");
    administrator.put(&path, version, firm).await.expect(200);
    server.settle().await;
}
