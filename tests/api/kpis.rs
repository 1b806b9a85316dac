//! The figures of the service: one evening, whose figures are worked out by hand here.

use serde_json::{Value, json};

use crate::support::{
    db::{TestDb, on_both_engines},
    server::{Client, TestServer, id},
    site::{self, Device, clock},
    world,
};

async fn step(desk: &Client, path: String, body: Value) {
    let reply = desk.post(&path, body).await;
    assert!(reply.status.is_success(), "{path}: {}", reply.body);
}

fn share(count: i64, of: i64, per_mille: i64) -> Value {
    json!({ "count": count, "of": of, "per_mille": per_mille })
}

fn once(seconds: i64) -> Value {
    json!({ "count": 1, "mean": seconds, "p50": seconds, "p90": seconds, "p99": seconds })
}

/// 21:00 to 21:10: one caller waits a minute and is served with an interpreter, one gives up after a minute.
async fn two_calls(server: &TestServer, desk: &Client) {
    let mut ringing = world::call();
    ringing["state"] = json!("offered");
    let call = id(&desk.post("/v1/calls", ringing.clone()).await.expect(201));
    server.pass(1).await;
    step(desk, format!("/v1/calls/{call}/answer"), json!({})).await;
    let path = format!("/v1/calls/{call}/interpretations");
    let asked = id(&desk.post(&path, json!({ "interpreter": "int-07" })).await.expect(201));
    server.pass(1).await;
    step(desk, format!("/v1/interpretations/{asked}/outcome"), json!({ "outcome": "joined" })).await;
    server.pass(5).await;
    step(desk, format!("/v1/calls/{call}/ending"), json!({})).await;
    server.pass(2).await;
    step(desk, format!("/v1/calls/{call}/wrap-up"), json!({})).await;
    let lost = id(&desk.post("/v1/calls", ringing).await.expect(201));
    server.pass(1).await;
    step(desk, format!("/v1/calls/{lost}/abandonment"), json!({})).await;
}

/// 21:10 to 22:45: a job accepted after 3 minutes for 21:30, arrival at 21:33, 70 minutes of work, one unit agreed to.
async fn one_job(server: &TestServer, crew: &world::Crew) {
    let job = world::job(server).await;
    server.pass(3).await;
    let offer = world::open_offer(&crew.phone).await.unwrap();
    let promise = json!({ "arrival_at": clock("21:30") });
    crew.phone.post(&format!("/v1/offers/{offer}/acceptance"), promise).await.expect(201);
    let mut phone = Device::new(&job, "phone");
    let told = [
        (1, "21:14", json!({ "kind": "departure" })),
        (19, "21:33", json!({ "kind": "arrival" })),
        (0, "21:33", json!({ "kind": "work_start", "work": "work" })),
        (47, "22:20", site::consent("22:20", 1)),
        (23, "22:43", json!({ "kind": "work_end" })),
        (0, "22:43", json!({ "kind": "completion" })),
        (2, "22:45", json!({ "kind": "position", "point": world::point(35.165, 136.91) })),
    ];
    for (minutes, time, kind) in told {
        server.pass(minutes).await;
        let fact = phone.fact(time, kind);
        phone.send(server, &crew.phone, &[fact]).await.expect(200);
    }
    server.settle().await;
}

on_both_engines! {
    async fn an_evening_has_the_figures_worked_out_by_hand(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let desk = server.dispatcher();
        two_calls(&server, &desk).await;
        one_job(&server, &crew).await;
        // The same trouble again in the same flat, at 22:45: a repeat, and the first job did not mend it.
        world::opened_case(&server).await;

        let kpis = server.administrator().get("/v1/kpis").await.expect(200);
        assert_eq!((&kpis["from"], &kpis["to"]), (&json!("2026-11-16"), &json!("2026-11-22")));
        let calls = &kpis["all"]["calls"];
        // Four calls: the two above, and those of the job and of the repeat, answered at once.
        assert_eq!(calls["offered"], 4);
        assert_eq!(calls["answered"], share(3, 4, 750));
        assert_eq!(calls["abandoned"], share(1, 4, 250));
        assert_eq!(calls["service_level"], share(2, 4, 500));
        assert_eq!(calls["answer"], json!({ "count": 3, "mean": 20, "p50": 0, "p90": 60, "p99": 60 }));
        assert_eq!(calls["handling"], once(8 * 60));
        assert_eq!(calls["handling_with_interpreter"], once(8 * 60));
        assert_eq!(calls["handling_without_interpreter"]["p50"], Value::Null);
        assert_eq!(calls["interpreter_wait"], once(60));
        // Hours of Nepali are not configured.
        assert_eq!(calls["language_not_served"], share(4, 4, 1000));
        assert_eq!(calls["danger_instructed"]["per_mille"], Value::Null);

        let jobs = &kpis["all"]["jobs"];
        assert_eq!((&jobs["made"], &jobs["completed"]), (&json!(1), &share(1, 1, 1000)));
        assert_eq!(jobs["time_to_dispatch"], once(3 * 60));
        assert_eq!(jobs["time_to_arrive"], once(20 * 60));
        assert_eq!(jobs["time_to_door"], once(23 * 60));
        assert_eq!(jobs["arrival_error"], once(3 * 60));
        assert_eq!(jobs["acceptance"], share(1, 1, 1000));
        assert_eq!(jobs["first_time_fix"], share(0, 1, 0));
        assert_eq!(jobs["repeat_7_days"], share(1, 2, 500));
        assert_eq!(jobs["overage"], share(1, 1, 1000));
        assert_eq!(jobs["billed_yen"], 1_100);
        assert_eq!(jobs["billed_by_code"], json!([{ "job_code": "W-TOILET-CLOG", "jobs": 1, "billed_yen": 1_100 }]));
        assert_eq!(jobs["consented"], share(1, 1, 1000));
        assert_eq!(jobs["written_off_units"], share(0, 1, 0));
        assert_eq!(jobs["referred"], share(0, 1, 0));

        // All of it was in Nepali.
        let languages = kpis["languages"].as_array().unwrap();
        assert_eq!((languages.len(), &languages[0]["language"]), (1, &json!("ne")));
        assert_eq!(languages[0]["calls"], *calls);
        let arrivals = kpis["arrivals"].as_array().unwrap().iter();
        let groups: Vec<_> = arrivals.map(|one| one["group"].as_str().unwrap()).collect();
        assert_eq!(groups, ["water", "sun", "愛知県"]);
        assert_eq!(kpis["firms"][0]["name"], "栄水道");
        assert_eq!(kpis["days"].as_array().unwrap().len(), 7);
        assert_eq!((&kpis["days"][6]["calls"], &kpis["hours"][21]["calls"]), (&json!(4), &json!(3)));

        // A minute is soon enough when the limit says so.
        let lenient = server.administrator().get("/v1/kpis?answer_within_s=60").await.expect(200);
        assert_eq!(lenient["all"]["calls"]["service_level"], share(3, 4, 750));
        let before = server.administrator().get("/v1/kpis?to=2026-11-21").await.expect(200);
        assert_eq!((&before["all"]["calls"]["offered"], &before["languages"]), (&json!(0), &json!([])));
        assert_eq!(before["all"]["jobs"]["overage"]["per_mille"], Value::Null);
        for wrong in ["from=2026-11-23", "from=2026-08-01&to=2026-11-22"] {
            let refused = server.administrator().get(&format!("/v1/kpis?{wrong}")).await;
            assert_eq!(refused.refused_field(), "from", "{wrong}");
        }
        server.stop().await;
    }

    async fn a_danger_is_told_in_time_or_not(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        for minutes in [0, 1] {
            let call = id(&desk.post("/v1/calls", world::call()).await.expect(201));
            let told = json!({ "answers": [{ "hazard": "H-GAS", "answer": "yes" }], "others": "no" });
            desk.post(&format!("/v1/calls/{call}/hazard-answers"), told).await.expect(200);
            server.pass(minutes).await;
            let path = format!("/v1/calls/{call}/instructions/H-GAS/acknowledgement");
            step(&desk, path, json!({})).await;
        }
        let kpis = server.administrator().get("/v1/kpis").await.expect(200);
        assert_eq!(kpis["all"]["calls"]["danger_instructed"], share(1, 2, 500));
        server.stop().await;
    }
}
