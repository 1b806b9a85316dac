//! Whoever is suspended reaches what they have in hand, may still report what they had, and nothing else (G-10). Which
//! endpoints those are is held by the table in `access`.

use serde_json::json;

use crate::{
    guarding::{codes, give, kind, take_back},
    standing::put_state,
    support::{
        db::{TestDb, on_both_engines},
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

on_both_engines! {
    async fn g_10_a_suspended_technician_reaches_what_is_in_hand(db: TestDb) {
        reaches_what_is_in_hand(&db, "technician").await;
    }

    async fn g_10_a_suspended_firm_reaches_what_is_in_hand(db: TestDb) {
        reaches_what_is_in_hand(&db, "firm").await;
    }
}
