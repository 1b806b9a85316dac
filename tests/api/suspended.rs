//! Whoever is suspended reaches what they have in hand, may still report what they had, and nothing else (G-10). Which
//! endpoints those are is held by the table in `access`.

use std::collections::BTreeSet;

use kaketsuke::domain::actor::Role;
use serde_json::json;

use crate::{
    guarding::{codes, give, kind, take_back},
    standing::put_state,
    support::{
        db::{TestDb, on_both_engines},
        receiver::{Received, Receiver, until},
        server::{Client, TestServer, id},
        site::{Device, outcomes},
        world::{self, Crew},
    },
};

/// The assignment of a job that somebody sees.
async fn assignment(server: &TestServer, job: &str) -> String {
    id(&server.dispatcher().get(&format!("/v1/jobs/{job}")).await.expect(200)["assignments"][0])
}

/// What may be suspended: the technician, or the firm with everybody in it.
async fn suspend(server: &TestServer, what: &str, crew: &Crew, state: &str) {
    let path = match what {
        "technician" => format!("/v1/technicians/{}", crew.technician),
        _ => format!("/v1/firms/{}", crew.firm),
    };
    put_state(server, &path, state).await;
}

async fn listed(client: &Client) -> Vec<String> {
    let jobs = client.get("/v1/jobs").await.expect(200);
    jobs["items"].as_array().unwrap().iter().map(id).collect()
}

async fn reaches_what_is_in_hand(db: &TestDb, what: &str) {
    let server = TestServer::start(db).await;
    let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
    let before = world::job(&server).await;
    give(&server, &before, &crew).await;
    server.pass(5).await;
    take_back(&server, &before, "too_late").await;
    let now = world::job(&server).await;
    give(&server, &now, &crew).await;
    let notes = [assignment(&server, &before).await, assignment(&server, &now).await];
    let notes = notes.map(|one| format!("/v1/assignments/{one}/order-note"));
    suspend(&server, what, &crew, "suspended").await;
    let clients = if what == "firm" { vec![&crew.phone, &crew.office] } else { vec![&crew.phone] };
    let job = format!("/v1/jobs/{now}");
    for client in &clients {
        assert_eq!(listed(client).await, std::slice::from_ref(&now), "{what}");
        assert_eq!(client.get(&job).await.expect(200)["resident"]["name"], "Ram Example", "{what}");
        client.get(&notes[1]).await.expect(200);
        assert_eq!(client.get(&notes[0]).await.problem(), "not-found", "{what}");
        for page in ["", "/facts", "/evidence", "/statement", "/statement?format=html"] {
            client.get(&format!("{job}{page}")).await;
            let earlier = client.get(&format!("/v1/jobs/{before}{page}")).await;
            assert_eq!(earlier.problem(), "not-found", "{what} {page}");
        }
    }
    // What was done before is told all the same, of a time at which it would count; a person looks at it.
    let mut device = Device::new(&before, "phone");
    let told = device.fact("21:03", kind("arrival"));
    let receipt = device.send(&server, &crew.phone, &[told]).await.expect(200);
    assert_eq!(
        (outcomes(&receipt), codes(&receipt)),
        (vec!["recorded"], vec!["reporter_suspended".to_owned()])
    );
    // What is in hand is done as by anybody else.
    let mut device = Device::new(&now, "phone-now");
    let facts = [device.fact("21:05", kind("departure")), device.fact("21:05", kind("arrival"))];
    let receipt = device.send(&server, &crew.phone, &facts).await.expect(200);
    assert_eq!((&receipt["job_state"], codes(&receipt)), (&json!("on_site"), Vec::<String>::new()), "{what}");
    let done = device.fact("21:06", kind("completion"));
    server.pass(1).await;
    let receipt = device.send(&server, &crew.phone, &[done]).await.expect(200);
    assert_eq!(receipt["job_state"], "completed", "{what}");
    for client in &clients {
        assert_eq!(listed(client).await, [""; 0], "{what}");
        assert_eq!(client.get(&job).await.problem(), "not-found", "{what}");
    }
    // In service again, as the office says.
    suspend(&server, what, &crew, "active").await;
    let mut both = listed(&crew.phone).await;
    both.sort();
    let mut expected = [before, now];
    expected.sort();
    assert_eq!(both, expected);
    server.stop().await;
}

/// Facts of a job by its technician, from a device of its own.
async fn tell(server: &TestServer, crew: &Crew, job: &str, name: &str, told: &str) {
    let mut device = Device::new(job, name);
    let fact = device.fact("21:05", kind(told));
    device.send(server, &crew.phone, &[fact]).await.expect(200);
}

on_both_engines! {
    async fn g_10_a_suspended_firm_hears_of_what_it_has_in_hand_and_of_nothing_else(db: TestDb) {
        let receiver = Receiver::start(Some(204)).await;
        let server = TestServer::start_telling(&db, None).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let proposed = world::technician("佐藤", &["water"], world::point(35.165, 136.91));
        crew.office.post(&format!("/v1/firms/{}/technicians", crew.firm), proposed).await.expect(201);
        let job = world::job(&server).await;
        give(&server, &job, &crew).await;
        server.pass(5).await;
        let kinds = json!(["job.progressed", "technician.proposal_decided", "assignment.released"]);
        let body = json!({ "url": receiver.url, "kinds": kinds });
        crew.office.post("/v1/webhooks", body).await.expect(201);
        suspend(&server, "firm", &crew, "suspended").await;
        let supervisor = server.client(Role::Supervisor);
        let waiting = supervisor.get("/v1/technician-proposals?state=waiting").await.expect(200);
        let path = format!("/v1/technician-proposals/{}/decision", id(&waiting["items"][0]));
        supervisor.post(&path, json!({ "outcome": "confirmed" })).await.expect(200);
        tell(&server, &crew, &job, "phone", "departure").await;
        take_back(&server, &job, "too_late").await;
        server.settle().await;
        let left = "SELECT count(*) FROM message WHERE state = 'pending'";
        until("everything is seen to", async || db.raw().await.integer(left).await == 0).await;
        let kinds: BTreeSet<_> = receiver.wait_for(2).await.iter().map(Received::kind).collect();
        assert_eq!(kinds, ["job.progressed", "assignment.released"].map(str::to_owned).into());
        let dropped = "SELECT count(*) FROM message WHERE state = 'dropped'";
        assert_eq!(db.raw().await.integer(dropped).await, 1, "what the office has decided of its staff");
        server.stop().await;
    }

    async fn g_10_a_suspended_technician_reaches_what_is_in_hand(db: TestDb) {
        reaches_what_is_in_hand(&db, "technician").await;
    }

    async fn g_10_a_suspended_firm_reaches_what_is_in_hand(db: TestDb) {
        reaches_what_is_in_hand(&db, "firm").await;
    }
}
