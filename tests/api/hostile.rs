//! A hostile contractor as a kind (G-01 to G-04, F1 of the trials): every kind of report by somebody who was taken off, for each reason, at
//! every state that the job can be in by then, and by whoever never had it.

use kaketsuke::{app::settlement, domain::actor::Role};
use serde_json::{Value, json};

use crate::{
    guarding::{give, kind, take_back},
    support::{
        db::{TestDb, on_both_engines},
        server::{TestServer, id},
        site::{self, Device, outcomes},
        world::{self, Crew},
    },
};

/// Every kind of report there is, as it would be told at this time.
pub(crate) fn every_kind(time: &str) -> Vec<Value> {
    let item = "00000000-0000-4000-8000-000000000480";
    vec![
        kind("departure"),
        json!({ "kind": "position", "point": world::point(35.165, 136.91) }),
        json!({ "kind": "delay", "arrival_at": site::clock("23:00") }),
        kind("arrival"),
        json!({ "kind": "no_access", "reason": "nobody_there" }),
        json!({ "kind": "id_check", "way": "card_at_door", "id_kind": "residence_card", "face_ok": true, "name_ok": true, "address_ok": true, "pledge_signed": true }),
        json!({ "kind": "work_start", "work": "work" }),
        json!({ "kind": "pause", "reason": "break" }),
        kind("resume"),
        kind("work_end"),
        json!({ "kind": "part", "item": item, "name": "止水栓", "quantity": "1", "unit_price_yen": 480, "price_basis": "tax_inclusive" }),
        json!({ "kind": "special_work", "item": item, "code": "toilet_removal", "price_yen": 50_000 }),
        site::consent(time, 3),
        json!({ "kind": "referral_finding", "reason": "common_area", "component": "stack", "note": "stack_blocked", "made_safe": true }),
        json!({ "kind": "payment", "method": "cash", "amount_yen": 2_200 }),
        json!({ "kind": "withdrawal", "code": "breakdown" }),
        json!({ "kind": "leaving", "return_planned": true, "reason": "parts_to_order" }),
        kind("completion"),
    ]
}

/// Where the job is when they tell, and why they were taken off: each reason at least once.
const STATES: [(&str, &str); 14] = [
    ("unassigned", "wrong_skills"),
    ("offered", "resident_refuses"),
    ("accepted", "nearer_one"),
    ("booked", "other"),
    ("assigned", "not_reachable"),
    ("en_route", "too_late"),
    ("on_site", "resident_refuses"),
    ("working", "not_reachable"),
    ("paused", "wrong_skills"),
    ("awaiting_return", "nearer_one"),
    ("held", "resident_refuses"),
    ("no_coverage", "wrong_skills"),
    ("completed", "too_late"),
    ("cancelled", "other"),
];

/// A job that was taken off the first crew and that is in this state since, with everybody who was sent or asked.
struct Scene {
    job: String,
    crews: Vec<Crew>,
}

impl Scene {
    async fn set(server: &TestServer, state: &str, reason: &str) -> Self {
        let desk = server.dispatcher();
        let first = world::crew(server, &format!("前 {state}"), 35.165, 136.91).await;
        let call = world::safe_call(server).await;
        let case = id(&desk.post("/v1/cases", world::case(&call)).await.expect(201));
        let code = if state == "booked" { "W-FAUCET-DRIP" } else { "W-TOILET-CLOG" };
        let made = desk.post(&format!("/v1/cases/{case}/jobs"), json!({ "job_code": code })).await;
        let job = id(&made.expect(201));
        give(server, &job, &first).await;
        let mut scene = Self { job, crews: vec![first] };
        if !["unassigned", "no_coverage", "held", "cancelled"].contains(&state) {
            let second = world::crew(server, &format!("後 {state}"), 35.17, 136.91).await;
            if state == "accepted" {
                let mut firm = world::firm("後 accepted");
                firm["offers_to"] = json!("firm");
                server.administrator().put(&format!("/v1/firms/{}", second.firm), 1, firm).await.expect(200);
            }
            scene.crews.push(second);
        }
        server.pass(5).await;
        if state == "no_coverage" {
            leave(server, scene.first()).await;
        }
        take_back(server, &scene.job, reason).await;
        scene.goes_on(server, state, &call).await;
        // More than clocks may differ by.
        server.pass(3).await;
        scene
    }

    fn first(&self) -> &Crew {
        &self.crews[0]
    }

    async fn goes_on(&self, server: &TestServer, state: &str, call: &str) {
        let (desk, job) = (server.dispatcher(), &self.job);
        match state {
            "unassigned" | "no_coverage" => {}
            "cancelled" => {
                let reason = json!({ "reason": "resident_withdrew" });
                desk.post(&format!("/v1/jobs/{job}/cancellation"), reason).await.expect(200);
            }
            "held" => {
                let gas = json!({ "answers": [{ "hazard": "H-GAS", "answer": "yes" }] });
                desk.post(&format!("/v1/calls/{call}/hazard-answers"), gas).await.expect(200);
            }
            _ => self.is_with_another(server, state).await,
        }
    }

    async fn is_with_another(&self, server: &TestServer, state: &str) {
        let (desk, job) = (server.dispatcher(), &self.job);
        let second = &self.crews[1];
        match state {
            "offered" => return server.pass(1).await,
            "accepted" => {
                server.pass(1).await;
                let offer = world::open_offer(&second.office).await.unwrap();
                second.office.post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await.expect(201);
                return;
            }
            "booked" => {
                let from = server.ctx.now() + chrono::TimeDelta::hours(14);
                let visit = json!({ "technician_id": second.technician, "starts_at": from, "ends_at": from + chrono::TimeDelta::hours(2) });
                desk.post(&format!("/v1/jobs/{job}/appointment"), visit).await.expect(201);
                return;
            }
            _ => give(server, job, second).await,
        }
        server.pass(2).await;
        let told: &[(i64, Value)] = &[
            (-2, kind("departure")),
            (-2, kind("arrival")),
            (-1, json!({ "kind": "work_start", "work": "work" })),
            (0, json!({ "kind": "pause", "reason": "break" })),
        ];
        let told = match state {
            "en_route" => &told[..1],
            "on_site" => &told[..2],
            "working" => &told[..3],
            "paused" => told,
            "awaiting_return" => &[
                (-2, kind("arrival")),
                (0, json!({ "kind": "leaving", "return_planned": true, "reason": "parts_to_order" })),
            ],
            "completed" => &[(-2, kind("arrival")), (-1, kind("completion"))],
            _ => &[],
        };
        if !told.is_empty() {
            tell(server, second, job, "second", told).await;
        }
    }
}

/// They serve another place from now on.
async fn leave(server: &TestServer, crew: &Crew) {
    let path = format!("/v1/firms/{}", crew.firm);
    let mut firm = server.administrator().get(&path).await.expect(200);
    let version = firm["version"].as_i64().unwrap();
    let mut elsewhere = world::firm(firm["name"].take().as_str().unwrap());
    elsewhere["areas"] = json!(["01100"]);
    server.administrator().put(&path, version, elsewhere).await.expect(200);
}

/// Tells these so many minutes from now.
async fn tell(
    server: &TestServer,
    crew: &Crew,
    job: &str,
    device: &str,
    told: &[(i64, Value)],
) -> (Value, Value) {
    let mut device = Device::new(job, device);
    let mut facts: Vec<_> = told.iter().map(|(_, what)| device.fact("21:00", what.clone())).collect();
    let minutes: Vec<_> = told.iter().map(|(minutes, _)| *minutes).collect();
    site::dated(&mut facts, server.ctx.now(), &minutes);
    let receipt = device.send(server, &crew.phone, &facts).await.expect(200);
    (receipt, facts[0]["id"].clone())
}

/// What must stay as it is, and what rings about it.
async fn shown(server: &TestServer, job: &str) -> (Value, Vec<String>) {
    let desk = server.dispatcher();
    let whole = desk.get(&format!("/v1/jobs/{job}")).await.expect(200);
    let bill = desk.get(&format!("/v1/jobs/{job}/statement")).await.expect(200);
    let crew = whole["assignments"].as_array().unwrap().iter();
    let crew: Vec<_> = crew
        .map(|one| json!([one["technician_id"], one["slot"], one["release_code"], one["arrival_due_at"]]))
        .collect();
    let alarms = desk.get("/v1/alarms?limit=200").await.expect(200);
    let own = alarms["items"].as_array().unwrap().iter();
    let own = own.filter(|one| one["subject_id"] == job && one["state"] != "resolved");
    let seen = json!({
        "state": whole["state"], "outcome": whole["outcome"], "crew": crew, "total": bill["total_yen"], "due": bill["due_yen"],
        "collected": bill["collected_yen"], "lines": bill["lines"], "worked": bill["worked_seconds"], "held": bill["held"],
    });
    (seen, own.map(|one| one["kind"].as_str().unwrap().to_owned()).collect())
}

on_both_engines! {
    async fn whatever_somebody_tells_who_was_taken_off_moves_silences_and_costs_nothing(db: TestDb) {
        let server = TestServer::start(&db).await;
        let mut seen = std::collections::BTreeSet::new();
        let stranger = world::crew(&server, "他水道", 35.18, 136.91).await;
        leave(&server, &stranger).await;
        for (state, reason) in STATES {
            let scene = Scene::set(&server, state, reason).await;
            let (job, first) = (&scene.job, scene.first());
            let (before, rang) = shown(&server, job).await;
            assert_eq!(before["state"], state);
            for (at, what) in every_kind("21:40").into_iter().enumerate() {
                let mut what = what;
                if what["kind"] == "delay" {
                    what["arrival_at"] = json!(server.ctx.now() + chrono::TimeDelta::hours(1));
                }
                let case = format!("{state} {what}");
                let device = format!("ghost-{at}");
                let (receipt, fact) = tell(&server, first, job, &device, &[(0, what.clone())]).await;
                assert_eq!(outcomes(&receipt), ["recorded"], "{case}: {receipt}");
                let own = receipt["flags"].as_array().unwrap().iter().filter(|flag| flag["fact_id"] == fact);
                let own: Vec<_> = own.map(|flag| flag["code"].as_str().unwrap()).collect();
                assert_eq!(own.is_empty(), what["kind"] == "position", "{case}: {own:?}");
                let known = ["after_release", "after_cancellation"];
                assert!(own.iter().all(|code| known.contains(code)), "{case}: {own:?}");
                assert_eq!(receipt["settlement"], Value::Null, "{case}");
                let (after, rings) = shown(&server, job).await;
                assert_eq!(after, before, "{case}");
                assert!(rang.iter().all(|kind| rings.contains(kind)), "{case}: {rang:?}, {rings:?}");
                // Who never had it finds no such job.
                let mut theirs = Device::new(job, &device);
                let told = [theirs.fact("21:40", what.clone())];
                assert_eq!(theirs.send(&server, &stranger.phone, &told).await.problem(), "not-found", "{case}");
                seen.insert(what["kind"].as_str().unwrap().to_owned());
            }
            if !["completed", "cancelled"].contains(&state) {
                let reason = json!({ "reason": "resident_withdrew" });
                server.dispatcher().post(&format!("/v1/jobs/{job}/cancellation"), reason).await.expect(200);
            }
            for crew in &scene.crews {
                leave(&server, crew).await;
            }
        }
        assert_eq!(seen.len(), 18);
        // A person is asked about the two that are over: completed, and called off before they told.
        let reviews = server.client(Role::Supervisor).get("/v1/reviews?state=open").await.expect(200);
        assert_eq!(reviews["items"].as_array().unwrap().len(), 2, "{reviews}");
        assert_eq!(settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        server.stop().await;
    }
}
