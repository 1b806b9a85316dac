//! Three actors at once: contractors, the desk and the clock. Whatever order their requests take, no job has two
//! winners, none is lost, and no technician has two jobs at a time.

use kaketsuke::app;
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use serde_json::{Value, json};

use crate::support::{
    db::{Engine, Raw, TestDb, on_both_engines},
    server::{Client, TestServer},
    world::{self, Crew},
};

/// Scripts, and rounds of three concurrent requests in each.
const SCRIPTS: u64 = 6;
const ROUNDS: usize = 20;

/// What must never be found, in SQL of its own: what, and how to count it.
const BROKEN: &[(&str, &str)] = &[
    (
        "a technician with two current jobs",
        "SELECT COUNT(*) FROM (SELECT technician_id FROM assignment WHERE slot = 'current'
                               GROUP BY technician_id HAVING COUNT(*) > 1) t",
    ),
    (
        "a job with two winners",
        "SELECT COUNT(*) FROM (SELECT job_id FROM assignment WHERE slot <> 'released'
                               GROUP BY job_id HAVING COUNT(*) > 1) t",
    ),
    (
        "a job that somebody has, without anybody",
        "SELECT COUNT(*) FROM job j
         WHERE state IN ('assigned', 'en_route', 'on_site', 'working', 'paused', 'awaiting_return')
           AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.job_id = j.id AND a.slot <> 'released')",
    ),
    (
        "somebody on a job that nobody has",
        "SELECT COUNT(*) FROM job j JOIN assignment a ON a.job_id = j.id AND a.slot <> 'released'
         WHERE j.state NOT IN ('assigned', 'en_route', 'on_site', 'working', 'paused', 'awaiting_return')",
    ),
    (
        "an offered job without an open offer",
        "SELECT COUNT(*) FROM job j WHERE state = 'offered'
           AND NOT EXISTS (SELECT 1 FROM offer o WHERE o.job_id = j.id AND o.state = 'open')",
    ),
    (
        "an open offer of a job that is not being offered",
        "SELECT COUNT(*) FROM job j JOIN offer o ON o.job_id = j.id AND o.state = 'open' WHERE j.state <> 'offered'",
    ),
    (
        "an acceptance nothing follows from",
        "SELECT COUNT(*) FROM job j JOIN offer o ON o.job_id = j.id AND o.state = 'accepted'
         WHERE j.state IN ('unassigned', 'offered', 'held', 'booked')",
    ),
    (
        "a job nobody looks at again",
        "SELECT COUNT(*) FROM job WHERE wake_at IS NULL AND state NOT IN ('completed', 'cancelled')",
    ),
    (
        "an ended job with a planned visit",
        "SELECT COUNT(*) FROM job j JOIN planned_window w ON w.job_id = j.id AND w.state = 'planned'
         WHERE j.state IN ('completed', 'cancelled', 'no_coverage')",
    ),
];

async fn nothing_is_broken(raw: &mut Raw, after: &str) {
    for (what, count) in BROKEN {
        assert_eq!(raw.integer(count).await, 0, "{what} after {after}");
    }
}

/// Something a contractor does with whatever is put to him.
async fn contractor(crew: &Crew, choice: u32) -> String {
    let offers = crew.phone.get("/v1/offers?state=open").await.expect(200);
    if let Some(offer) = offers["items"].as_array().unwrap().first() {
        let path = format!("/v1/offers/{}", offer["id"].as_str().unwrap());
        return match choice % 3 {
            0 => told(crew.phone.post(&format!("{path}/refusal"), json!({ "code": "busy" })).await.status),
            _ => told(crew.phone.post(&format!("{path}/acceptance"), json!({})).await.status),
        };
    }
    let jobs = crew.phone.get("/v1/jobs?state=assigned").await.expect(200);
    let Some(job) = jobs["items"].as_array().unwrap().first().cloned() else { return "nothing".to_owned() };
    let whole = crew.phone.get(&format!("/v1/jobs/{}", job["id"].as_str().unwrap())).await.expect(200);
    let own = whole["assignments"].as_array().unwrap().iter().find(|one| one["slot"] != "released");
    let Some(own) = own else { return "nothing".to_owned() };
    let path = format!("/v1/assignments/{}/withdrawal", own["id"].as_str().unwrap());
    told(crew.phone.post(&path, json!({ "code": "breakdown" })).await.status)
}

/// Something the desk does with a job.
async fn desk(client: &Client, job: &str, crew: &Crew, choice: u32) -> String {
    let path = format!("/v1/jobs/{job}");
    let reply = match choice % 5 {
        0 => client.post(&format!("{path}/cancellation"), json!({ "reason": "solved_by_itself" })).await,
        1 => client.post(&format!("{path}/reassignment"), json!({ "reason": "too_late" })).await,
        2 => {
            let body = json!({ "technician_id": crew.technician, "reason": "other", "displacing": "rebook" });
            client.post(&format!("{path}/override"), body).await
        }
        3 => {
            let whole = client.get(&path).await.expect(200);
            let open =
                whole["offers"].as_array().unwrap().iter().find(|offer| offer["state"] == "open").cloned();
            let Some(offer) = open else { return "nothing".to_owned() };
            client.post(&format!("/v1/offers/{}/withdrawal", offer["id"].as_str().unwrap()), json!({})).await
        }
        _ => {
            let whole: Value = client.get(&path).await.expect(200);
            let open =
                whole["offers"].as_array().unwrap().iter().find(|offer| offer["state"] == "open").cloned();
            let Some(offer) = open else { return "nothing".to_owned() };
            client.post(&format!("/v1/offers/{}/acceptance", offer["id"].as_str().unwrap()), json!({})).await
        }
    };
    told(reply.status)
}

/// Done or refused; never a failure.
fn told(status: reqwest::StatusCode) -> String {
    assert!(status.is_success() || status.is_client_error(), "{status}");
    status.as_str().to_owned()
}

/// Scripts of `no_interleaving_of_three_actors_breaks_a_job`; `KAKETSUKE_RACE_SCRIPTS=300` races for minutes.
fn scripts() -> u64 {
    std::env::var("KAKETSUKE_RACE_SCRIPTS").map_or(SCRIPTS, |count| count.parse().unwrap())
}

on_both_engines! {
    async fn no_interleaving_of_three_actors_breaks_a_job(db: TestDb) {
        let server = TestServer::start(&db).await;
        // A second node, where the engine has room for one.
        let second = match db.engine() {
            Engine::Sqlite => None,
            Engine::Postgres => Some(TestServer::start_again(&db).await),
        };
        let other_node = second.as_ref().unwrap_or(&server);
        let mut crews = Vec::new();
        for number in 0..4_u32 {
            let lat = 35.165 + 0.004 * f64::from(number);
            crews.push(world::crew(&server, &format!("{number}番水道"), lat, 136.91).await);
        }
        let (dispatcher, far, mut raw) = (server.dispatcher(), other_node.dispatcher(), db.raw().await);
        for script in 0..scripts() {
            let mut rng = StdRng::seed_from_u64(script);
            let mut jobs = Vec::new();
            for _ in 0..4 {
                jobs.push(world::job(&server).await);
            }
            for round in 0..ROUNDS {
                let mut pick = |below: usize| rng.random_range(0..below);
                let (one, other) = (&crews[pick(4)], &crews[pick(4)]);
                let (job, again) = (&jobs[pick(4)], &jobs[pick(4)]);
                let choices = [pick(30), pick(30), pick(30)].map(|choice| u32::try_from(choice).unwrap());
                let minutes = i64::try_from(pick(7)).unwrap();
                // The clock is the third actor: offers expire while the others speak, on every node.
                let done = tokio::join!(
                    contractor(one, choices[0]),
                    desk(&dispatcher, job, other, choices[1] + 1),
                    desk(&far, again, one, choices[2]),
                    server.pass(minutes),
                    async { if let Some(node) = &second { node.pass(minutes).await } },
                );
                server.settle().await;
                other_node.settle().await;
                nothing_is_broken(&mut raw, &format!("script {script}, round {round}: {done:?}")).await;
            }
            for job in &jobs {
                let path = format!("/v1/jobs/{job}/cancellation");
                told(dispatcher.post(&path, json!({ "reason": "duplicate" })).await.status);
            }
            nothing_is_broken(&mut raw, "the end").await;
        }
        let wrong = app::settlement::verify(&server.ctx).await.unwrap();
        assert_eq!(wrong, Vec::<String>::new());
        if let Some(node) = second {
            node.stop().await;
        }
        server.stop().await;
    }

    async fn who_is_let_off_goes_on_to_what_was_given_meanwhile(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "一番水道", 35.165, 136.91).await;
        let (dispatcher, mut raw) = (server.dispatcher(), db.raw().await);
        let give = async |job: &str| {
            let body = json!({ "technician_id": crew.technician, "reason": "already_near", "displacing": "rebook" });
            dispatcher.post(&format!("/v1/jobs/{job}/override"), body).await
        };
        for round in 0..ROUNDS {
            let (first, next) = (world::job(&server).await, world::job(&server).await);
            let own = give(&first).await.expect(201)["id"].as_str().unwrap().to_owned();
            let path = format!("/v1/assignments/{own}/withdrawal");
            let (left, given) = tokio::join!(crew.phone.post(&path, json!({ "code": "breakdown" })), give(&next));
            left.expect(200);
            given.expect(201);
            server.settle().await;
            let alone = "SELECT COUNT(*) FROM assignment a WHERE slot = 'queued' AND NOT EXISTS
                             (SELECT 1 FROM assignment c WHERE c.technician_id = a.technician_id AND c.slot = 'current')";
            assert_eq!(raw.integer(alone).await, 0, "behind nothing after round {round}");
            let current = "SELECT COUNT(*) FROM assignment WHERE slot = 'current'";
            assert_eq!(raw.integer(current).await, 1, "round {round}");
            for job in [first, next] {
                told(dispatcher.post(&format!("/v1/jobs/{job}/cancellation"), json!({ "reason": "duplicate" })).await.status);
            }
        }
        server.stop().await;
    }
}
