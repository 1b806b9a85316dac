//! What a job says can be done with it: what is listed works, and what is not listed is refused.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{
    db::{TestDb, on_both_engines},
    server::{Client, Reply, TestServer, id},
    site::{Device, clock},
    world::{self, Crew},
};

/// Every command on a job, by the name under which it is listed.
const COMMANDS: [&str; 8] =
    ["book", "unbook", "override", "reassign", "withdraw", "add_helper", "cancel", "rework"];

/// The states a job can be brought into, and what the desk can do in each (section 10 of the rules): whatever is not over
/// can be called off; only what nobody has is given to somebody; only what is done is done again.
const DESK: &[(&str, &[&str])] = &[
    ("accepted", &["override", "reassign", "cancel"]),
    ("unassigned", &["book", "override", "cancel"]),
    ("held", &["cancel"]),
    ("booked", &["book", "unbook", "override", "cancel"]),
    ("offered", &["override", "cancel"]),
    ("assigned", &["reassign", "withdraw", "add_helper", "cancel"]),
    ("en_route", &["reassign", "withdraw", "add_helper", "cancel"]),
    ("on_site", &["reassign", "withdraw", "add_helper", "cancel"]),
    ("working", &["reassign", "add_helper", "cancel"]),
    ("paused", &["reassign", "add_helper", "cancel"]),
    ("awaiting_return", &["book", "override", "reassign", "cancel"]),
    ("completed", &["rework"]),
    ("cancelled", &[]),
];

/// A job in some state, who has it, and somebody else who is free.
struct Scene {
    job: String,
    crew: Crew,
    spare: Crew,
}

/// A case with one job, of this priority; nobody is asked by this.
async fn new_job(server: &TestServer, priority: &str, hazard: bool) -> String {
    let desk = server.dispatcher();
    let call = id(&desk.post("/v1/calls", world::call()).await.expect(201));
    let answers = if hazard {
        json!({ "answers": [{ "hazard": "H-GAS", "answer": "yes" }], "others": "no" })
    } else {
        json!({ "others": "no" })
    };
    desk.post(&format!("/v1/calls/{call}/hazard-answers"), answers).await.expect(200);
    if hazard {
        desk.post(&format!("/v1/calls/{call}/instructions/H-GAS/acknowledgement"), json!({}))
            .await
            .expect(200);
    }
    let case = id(&desk.post("/v1/cases", world::case(&call)).await.expect(201));
    let body = json!({ "job_code": "W-TOILET-CLOG", "priority": priority });
    let job = id(&desk.post(&format!("/v1/cases/{case}/jobs"), body).await.expect(201));
    server.settle().await;
    job
}

impl Scene {
    async fn of(server: &TestServer, state: &str) -> Self {
        let accepted = state == "accepted";
        // A firm that answers itself must be the nearest one to be asked.
        let crew = world::crew(server, "当番社", if accepted { 35.1695 } else { 35.05 }, 136.91).await;
        if accepted {
            answers_itself(server, &crew).await;
        }
        let priority = if ["unassigned", "booked"].contains(&state) { "P3" } else { "P1" };
        let job = new_job(server, priority, state == "held").await;
        let spare = world::crew(server, "予備社", 35.04, 136.91).await;
        let scene = Self { job, crew, spare };
        scene.bring_to(server, state).await;
        let shown = server.dispatcher().get(&scene.path("")).await.expect(200);
        assert_eq!(shown["state"], state);
        scene
    }

    fn path(&self, rest: &str) -> String {
        format!("/v1/jobs/{}{rest}", self.job)
    }

    async fn bring_to(&self, server: &TestServer, state: &str) {
        let desk = server.dispatcher();
        let fact = |kind: &str| json!({ "kind": kind });
        let (arrival, start) = (fact("arrival"), json!({ "kind": "work_start", "work": "work" }));
        let pause = json!({ "kind": "pause", "reason": "break" });
        let leaving = json!({ "kind": "leaving", "return_planned": true });
        let told = match state {
            "unassigned" | "held" | "offered" => return,
            "accepted" => {
                let shown = desk.get(&self.path("")).await.expect(200);
                let offer = shown["offers"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .find(|offer| offer["state"] == "open")
                    .unwrap();
                assert_eq!(offer["addressee"], "firm");
                desk.post(&format!("/v1/offers/{}/acceptance", id(offer)), json!({})).await.expect(201);
                return;
            }
            "booked" => {
                self.call(server, &desk, "book").await.expect(201);
                return;
            }
            "cancelled" => {
                self.call(server, &desk, "cancel").await.expect(200);
                return;
            }
            "assigned" => vec![],
            "en_route" => vec![fact("departure")],
            "on_site" => vec![arrival],
            "working" => vec![arrival, start],
            "paused" => vec![arrival, start, pause],
            "awaiting_return" => vec![arrival, leaving],
            "completed" => vec![arrival, start, fact("work_end"), fact("completion")],
            other => unreachable!("{other}"),
        };
        let given = json!({ "technician_id": self.crew.technician, "reason": "volunteered" });
        desk.post(&self.path("/override"), given).await.expect(201);
        let mut device = Device::new(&self.job, "phone-1");
        for kind in told {
            let fact = device.fact("21:00", kind);
            device.send(server, &self.crew.phone, &[fact]).await.expect(200);
        }
    }

    /// Calls a command as its link says, with a body that is right.
    async fn call(&self, server: &TestServer, client: &Client, command: &str) -> Reply {
        let shown = server.dispatcher().get(&self.path("")).await.expect(200);
        let assignment =
            shown["assignments"].as_array().unwrap().iter().rfind(|one| one["slot"] != "released");
        let technician = &self.spare.technician;
        let (path, body) = match command {
            "book" => (
                self.path("/appointment"),
                json!({
                    "technician_id": technician, "starts_at": "2026-11-24T10:00:00+09:00",
                    "ends_at": "2026-11-24T12:00:00+09:00",
                }),
            ),
            "unbook" => (self.path("/appointment/cancellation"), json!({ "reason": "desk" })),
            "override" => (self.path("/override"), json!({ "technician_id": technician, "reason": "other" })),
            "reassign" => (self.path("/reassignment"), json!({ "reason": "other" })),
            "withdraw" => {
                let on_it = assignment.or(shown["assignments"].as_array().unwrap().last());
                let id =
                    on_it.map_or("019ab7a0-0000-7000-8000-000000000001", |one| one["id"].as_str().unwrap());
                (format!("/v1/assignments/{id}/withdrawal"), json!({ "code": "other" }))
            }
            "add_helper" => (self.path("/helpers"), json!({ "technician_id": technician })),
            "cancel" => (self.path("/cancellation"), json!({ "reason": "duplicate" })),
            "rework" => (self.path("/rework"), json!({})),
            other => unreachable!("{other}"),
        };
        client.post(&path, body).await
    }

    /// The commands that are listed for a client; nothing where it may not see the job.
    async fn listed(&self, client: &Client) -> BTreeSet<String> {
        let shown = client.get(&self.path("")).await;
        if shown.status.as_u16() != 200 {
            return BTreeSet::new();
        }
        let actions = shown.body["actions"].as_array().unwrap().clone();
        actions
            .iter()
            .map(|action| action["name"].as_str().unwrap().to_owned())
            .filter(|name| name != "report")
            .collect()
    }
}

async fn answers_itself(server: &TestServer, crew: &Crew) {
    let administrator = server.administrator();
    let path = format!("/v1/firms/{}", crew.firm);
    let version = administrator.get(&path).await.expect(200)["version"].as_i64().unwrap();
    let mut firm = world::firm("当番社");
    firm["offers_to"] = json!("firm");
    administrator.put(&path, version, firm).await.expect(200);
    server.settle().await;
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Refused for the state, the role, or because it is none of the caller's.
fn is_refused(reply: &Reply) -> bool {
    [403, 404, 409].contains(&reply.status.as_u16())
}

on_both_engines! {
    async fn what_is_listed_works_and_what_is_not_is_refused(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        for (state, expected) in DESK {
            let scene = Scene::of(&server, state).await;
            assert_eq!(scene.listed(&desk).await, set(expected), "{state}");
            for client in [&server.administrator(), &server.client(kaketsuke::domain::actor::Role::Supervisor)] {
                assert_eq!(scene.listed(client).await, set(expected), "{state}");
            }
            // Whoever is on the job may withdraw where anybody may; nobody else may do anything.
            let own = scene.listed(&scene.crew.phone).await;
            assert_eq!(own, expected.iter().filter(|name| **name == "withdraw").map(|name| (*name).to_owned()).collect(), "{state}");
            assert_eq!(scene.listed(&scene.crew.office).await, own, "{state}");
            assert_eq!(scene.listed(&scene.spare.phone).await, BTreeSet::new());
            // What is refused changes nothing, so all of it is tried on one job.
            for command in COMMANDS {
                for (client, listed) in [(&desk, set(expected)), (&scene.crew.phone, own.clone()), (&scene.crew.office, own.clone()), (&scene.spare.phone, BTreeSet::new())] {
                    if !listed.contains(command) {
                        let reply = scene.call(&server, client, command).await;
                        assert!(is_refused(&reply), "{state} {command}: {} {}", reply.status, reply.body);
                    }
                }
            }
            let mut scene = Some(scene);
            for command in *expected {
                let one = match scene.take() {
                    Some(scene) => scene,
                    None => Scene::of(&server, state).await,
                };
                let reply = one.call(&server, &desk, command).await;
                assert!(reply.status.is_success(), "{state} {command}: {} {}", reply.status, reply.body);
            }
            if expected.contains(&"withdraw") {
                let scene = Scene::of(&server, state).await;
                scene.call(&server, &scene.crew.phone, "withdraw").await.expect(200);
            }
        }
        server.stop().await;
    }

    async fn the_reports_that_make_sense_are_listed_and_all_are_taken(db: TestDb) {
        let server = TestServer::start(&db).await;
        for (state, expected, missing) in [
            ("assigned", "departure", "arrival"),
            ("en_route", "arrival", "work_start"),
            ("on_site", "id_check", "resume"),
            ("working", "pause", "departure"),
            ("paused", "resume", "pause"),
            ("awaiting_return", "departure", "completion"),
            ("completed", "payment", "departure"),
        ] {
            let scene = Scene::of(&server, state).await;
            let shown = scene.crew.phone.get(&scene.path("")).await.expect(200);
            let report = shown["actions"].as_array().unwrap().iter().find(|action| action["name"] == "report").unwrap();
            let kinds: Vec<_> = report["facts"].as_array().unwrap().iter().map(|kind| kind.as_str().unwrap()).collect();
            assert!(kinds.contains(&expected) && !kinds.contains(&missing), "{state}: {kinds:?}");
            assert_eq!(report["href"], scene.path("/facts"));
            let fact = json!({
                "id": uuid::Uuid::from_u128(0xABC << 64 | u128::from_str_radix(&scene.job.replace('-', "")[20..], 16).unwrap()),
                "device_seq": 1, "device_time": clock("21:00"), "kind": "payment", "method": "none",
            });
            let body: Value = json!({ "device": "other", "fact": fact });
            let request = scene.crew.phone.request(reqwest::Method::POST, &scene.path("/facts"));
            let receipt = scene.crew.phone.send(request.json(&body)).await.expect(200);
            assert_eq!(receipt["facts"][0]["outcome"], "recorded", "{state}");
            assert!(shown["guidance"]["ja"].as_str().unwrap().contains('。'));
            assert!(!shown["guidance"]["en"].as_str().unwrap().is_empty());
        }
        server.stop().await;
    }
}
