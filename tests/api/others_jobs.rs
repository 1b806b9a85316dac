//! What somebody who was taken off a job, or never came to it, tells of what others have: it pays, ends and changes nothing by
//! itself, and a person hears of it (G-01 to G-03, G-07 to G-09).

use kaketsuke::{app::settlement, domain::actor::Role};
use serde_json::{Value, json};

use crate::{
    guarding::{codes, give, kind, take_back},
    support::{
        db::{TestDb, on_both_engines},
        server::{TestServer, id},
        site::{self, Device},
        world::{self, Crew},
    },
};

fn cash(yen: i64) -> Value {
    json!({ "kind": "payment", "method": "cash", "amount_yen": yen })
}

fn leaving() -> Value {
    json!({ "kind": "leaving", "return_planned": true, "reason": "parts_to_order" })
}

async fn crews(server: &TestServer) -> (Crew, Crew) {
    (world::crew(server, "前水道", 35.165, 136.91).await, world::crew(server, "後水道", 35.17, 136.91).await)
}

async fn shown(server: &TestServer, job: &str) -> Value {
    server.dispatcher().get(&format!("/v1/jobs/{job}")).await.expect(200)
}

async fn money(server: &TestServer, job: &str) -> (Value, Value, Value) {
    let bill = server.dispatcher().get(&format!("/v1/jobs/{job}/statement")).await.expect(200);
    (bill["total_yen"].clone(), bill["collected_yen"].clone(), bill["due_yen"].clone())
}

async fn rings(server: &TestServer, kind: &str, job: &str) -> bool {
    let all = server.dispatcher().get("/v1/alarms?limit=200").await.expect(200);
    let is_it = |one: &Value| one["kind"] == kind && one["subject_id"] == job && one["state"] != "resolved";
    all["items"].as_array().unwrap().iter().any(is_it)
}

/// Tells these so many minutes from now, on a device of its own.
async fn tell(server: &TestServer, crew: &Crew, (job, device): (&str, &str), told: &[(i64, Value)]) -> Value {
    let mut device = Device::new(job, device);
    let mut facts: Vec<_> = told.iter().map(|(_, what)| device.fact("21:00", what.clone())).collect();
    let minutes: Vec<_> = told.iter().map(|(minutes, _)| *minutes).collect();
    site::dated(&mut facts, server.ctx.now(), &minutes);
    device.send(server, &crew.phone, &facts).await.expect(200)
}

/// 80 minutes of work until now, two units agreed to: 2,200 yen.
async fn works(server: &TestServer, crew: &Crew, job: &str) -> Value {
    let mut device = Device::new(job, "work");
    let mut facts = site::agreed(&mut device, "21:00", ("21:00", 2), "21:00");
    site::dated(&mut facts, server.ctx.now(), &[-82, -82, -30, -2, -2]);
    device.send(server, &crew.phone, &facts).await.expect(200)
}

async fn accepted(server: &TestServer) {
    let supervisor = server.client(Role::Supervisor);
    let review = supervisor.get("/v1/reviews?state=open").await.expect(200)["items"][0].clone();
    let decision =
        json!({ "ruling": "accept", "reason": "confirmed_by_phone", "note": "電話で確認", "disregard": [] });
    let body = json!({ "version": review["version"], "decision": decision });
    supervisor.post(&format!("/v1/reviews/{}/decision", id(&review)), body).await.expect(200);
}

async fn proved(server: &TestServer) {
    assert_eq!(settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
}

/// A job that the first crew has come to, worked at and left, and that the second one is on the way to since.
async fn left_and_given(server: &TestServer) -> (String, Crew, Crew) {
    let (first, second) = crews(server).await;
    let job = world::job(server).await;
    give(server, &job, &first).await;
    server.pass(6).await;
    let start = json!({ "kind": "work_start", "work": "work" });
    let told = [(-5, kind("arrival")), (-4, start), (-2, kind("work_end")), (-1, leaving())];
    tell(server, &first, (&job, "phone"), &told).await;
    give(server, &job, &second).await;
    server.pass(3).await;
    tell(server, &second, (&job, "van"), &[(-1, kind("departure"))]).await;
    (job, first, second)
}

on_both_engines! {
    async fn cash_of_who_was_there_before_pays_no_bill_of_another_firm(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (job, first, second) = left_and_given(&server).await;
        server.pass(85).await;
        assert_eq!(works(&server, &second, &job).await["settlement"]["number"], 1);
        let receipt = tell(&server, &first, (&job, "ghost"), &[(-90, cash(2_200))]).await;
        assert_eq!((codes(&receipt), &receipt["settlement"]), (vec!["payment_without_work".to_owned()], &Value::Null));
        assert_eq!(money(&server, &job).await, (json!(2_200), json!(0), json!(2_200)));
        proved(&server).await;
        // What a supervisor has found out to be so is a payment.
        accepted(&server).await;
        assert_eq!(money(&server, &job).await, (json!(2_200), json!(2_200), json!(0)));
        proved(&server).await;
        server.stop().await;
    }

    async fn a_helper_collects_for_work_at_which_they_were_only(db: TestDb) {
        let server = TestServer::start(&db).await;
        for came in [false, true] {
            let (lead, helper) = crews(&server).await;
            let job = world::job(&server).await;
            give(&server, &job, &lead).await;
            let body = json!({ "technician_id": helper.technician });
            server.dispatcher().post(&format!("/v1/jobs/{job}/helpers"), body).await.expect(201);
            server.pass(3).await;
            tell(&server, &lead, (&job, "van"), &[(-1, kind("departure"))]).await;
            tell(&server, &helper, (&job, "van"), &[(-1, kind("departure"))]).await;
            server.pass(20).await;
            if came {
                tell(&server, &helper, (&job, "door"), &[(-1, kind("arrival"))]).await;
            }
            server.pass(65).await;
            assert_eq!(works(&server, &lead, &job).await["settlement"]["number"], 1);
            for (device, minutes) in [("own", -20), ("now", 0)].iter().take(if came { 1 } else { 2 }) {
                let receipt = tell(&server, &helper, (&job, device), &[(*minutes, cash(2_200))]).await;
                let expected = if came { vec![] } else { vec!["payment_without_work".to_owned()] };
                assert_eq!(codes(&receipt), expected, "{came} {device}");
            }
            assert_eq!(money(&server, &job).await.2, json!(if came { 0 } else { 2_200 }), "{came}");
        }
        proved(&server).await;
        server.stop().await;
    }

    async fn what_is_told_of_going_after_the_completion_takes_nothing_back(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (crew, _) = crews(&server).await;
        let job = world::job(&server).await;
        give(&server, &job, &crew).await;
        server.pass(3).await;
        tell(&server, &crew, (&job, "van"), &[(-1, kind("departure"))]).await;
        server.pass(85).await;
        assert_eq!(works(&server, &crew, &job).await["settlement"]["number"], 1);
        let before = shown(&server, &job).await;
        server.pass(1).await;
        for (what, code) in [
            (kind("departure"), None),
            (leaving(), None),
            (json!({ "kind": "withdrawal", "code": "breakdown" }), None),
            (json!({ "kind": "no_access", "reason": "nobody_there" }), Some("doubtful_outcome")),
        ] {
            let device = what["kind"].as_str().unwrap().to_owned();
            let receipt = tell(&server, &crew, (&job, &device), &[(-50, what)]).await;
            assert_eq!(codes(&receipt), Vec::from_iter(code), "{device}");
            let after = shown(&server, &job).await;
            assert_eq!((&after["state"], &after["outcome"]), (&before["state"], &before["outcome"]), "{device}");
            assert_eq!(money(&server, &job).await.0, json!(2_200), "{device}");
        }
        proved(&server).await;
        server.stop().await;
    }

    async fn a_part_of_who_was_taken_off_stays_out_of_the_bill_of_another_firm(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (job, first, second) = left_and_given(&server).await;
        server.pass(85).await;
        works(&server, &second, &job).await;
        let lines = |bill: Value| bill["lines"].clone();
        let statement = format!("/v1/jobs/{job}/statement");
        let before = lines(server.dispatcher().get(&statement).await.expect(200));
        server.pass(1).await;
        let item = "00000000-0000-4000-8000-000000000480";
        let part = json!({ "kind": "part", "item": item, "name": "止水栓", "quantity": "1", "unit_price_yen": 480, "price_basis": "tax_inclusive" });
        let receipt = tell(&server, &first, (&job, "ghost"), &[(-92, part)]).await;
        assert_eq!((codes(&receipt), &receipt["settlement"]), (vec!["filled_late".to_owned()], &Value::Null));
        assert_eq!(lines(server.dispatcher().get(&statement).await.expect(200)), before);
        proved(&server).await;
        server.stop().await;
    }

    // Y-03: when others came, how long they worked and how it ended is theirs.
    async fn who_was_taken_off_sees_nothing_of_the_work_of_others(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (job, first, second) = left_and_given(&server).await;
        server.pass(85).await;
        works(&server, &second, &job).await;
        let statement = format!("/v1/jobs/{job}/statement");
        let theirs = second.phone.get(&statement).await.expect(200);
        let own = first.phone.get(&statement).await.expect(200);
        assert_eq!((&own["worked_seconds"], &own["units"]), (&Value::Null, &Value::Null));
        for time in ["departed_at", "arrived_at", "completed_at", "outcome"] {
            assert_eq!(own[time], Value::Null, "{time}");
        }
        assert_eq!(own["visits"].as_array().unwrap().len(), 1, "the own one");
        assert!(!own.to_string().contains(&second.technician) && theirs.to_string().contains(&second.technician));
        server.stop().await;
    }

    async fn only_coming_gives_a_job_again_and_only_when_it_is_told(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (first, _second) = crews(&server).await;
        let job = world::job(&server).await;
        give(&server, &job, &first).await;
        server.pass(6).await;
        tell(&server, &first, (&job, "van"), &[(-4, kind("departure"))]).await;
        take_back(&server, &job, "not_reachable").await;
        server.pass(1).await;
        for what in [
            json!({ "kind": "position", "point": world::point(35.165, 136.91) }),
            cash(2_200),
            site::consent("21:00", 2),
            kind("completion"),
            leaving(),
            json!({ "kind": "no_access", "reason": "nobody_there" }),
        ] {
            let device = what["kind"].as_str().unwrap().to_owned();
            tell(&server, &first, (&job, &device), &[(-4, what)]).await;
            let after = shown(&server, &job).await;
            assert_eq!(after["assignments"].as_array().unwrap().len(), 1, "{device}");
            assert_eq!(after["state"], "offered", "{device}");
        }
        tell(&server, &first, (&job, "door"), &[(-2, kind("arrival"))]).await;
        assert_eq!(shown(&server, &job).await["assignments"].as_array().unwrap().len(), 2);
        server.stop().await;
    }

    async fn a_helper_who_has_left_does_not_end_the_job_a_minute_later(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (lead, helper) = crews(&server).await;
        let job = world::job(&server).await;
        give(&server, &job, &lead).await;
        let body = json!({ "technician_id": helper.technician });
        server.dispatcher().post(&format!("/v1/jobs/{job}/helpers"), body).await.expect(201);
        server.pass(5).await;
        tell(&server, &lead, (&job, "phone"), &[(-1, kind("arrival"))]).await;
        tell(&server, &helper, (&job, "helper"), &[(-1, kind("arrival")), (0, leaving())]).await;
        server.pass(1).await;
        let unsafe_end = json!({ "kind": "completion", "outcome": "aborted_unsafe" });
        let receipt = tell(&server, &helper, (&job, "ghost"), &[(0, unsafe_end)]).await;
        assert_eq!((codes(&receipt), &receipt["job_state"]), (vec!["after_release".to_owned()], &json!("on_site")));
        assert!(rings(&server, "doubtful_report", &job).await);
        server.stop().await;
    }

    async fn what_is_said_to_be_done_is_told_to_the_desk_whatever_the_job_waits_for(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (first, second) = crews(&server).await;
        for reason in ["wrong_skills", "resident_refuses", "not_reachable"] {
            let job = world::job(&server).await;
            give(&server, &job, &first).await;
            server.pass(6).await;
            take_back(&server, &job, reason).await;
            server.pass(1).await;
            assert_eq!(shown(&server, &job).await["state"], "offered", "{reason}");
            let told = [(-4, kind("arrival")), (-1, kind("completion"))];
            let receipt = tell(&server, &first, (&job, "ghost"), &told).await;
            assert_eq!(receipt["job_state"], "completed", "{reason}");
            assert!(rings(&server, "ended_by_another", &job).await, "{reason}");
            assert_eq!(world::open_offer(&second.phone).await, None, "{reason}: nobody is asked for it");
        }
        server.stop().await;
    }

    async fn nobody_who_was_taken_off_ends_the_job_of_whoever_is_in_danger(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (first, second) = crews(&server).await;
        let desk = server.dispatcher();
        let call = world::safe_call(&server).await;
        let case = id(&desk.post("/v1/cases", world::case(&call)).await.expect(201));
        let made = desk.post(&format!("/v1/cases/{case}/jobs"), json!({ "job_code": "W-TOILET-CLOG" })).await;
        let job = id(&made.expect(201));
        give(&server, &job, &first).await;
        server.pass(6).await;
        take_back(&server, &job, "wrong_skills").await;
        give(&server, &job, &second).await;
        server.pass(4).await;
        tell(&server, &second, (&job, "phone"), &[(-1, kind("arrival"))]).await;
        let gas = json!({ "answers": [{ "hazard": "H-GAS", "answer": "yes" }] });
        desk.post(&format!("/v1/calls/{call}/hazard-answers"), gas).await.expect(200);
        server.settle().await;
        let told = [(-8, kind("arrival")), (-5, kind("completion"))];
        let receipt = tell(&server, &first, (&job, "ghost"), &told).await;
        assert_eq!((codes(&receipt), &receipt["job_state"]), (vec!["after_release".to_owned()], &json!("on_site")));
        for kind in ["danger_unacknowledged", "danger_on_job", "doubtful_report"] {
            assert!(rings(&server, kind, &job).await, "{kind}");
        }
        let live: Vec<_> = shown(&server, &job).await["assignments"].as_array().unwrap().clone();
        let live: Vec<_> = live.iter().filter(|one| one["slot"] != "released").collect();
        assert_eq!((live.len(), &live[0]["technician_id"]), (1, &json!(second.technician)));
        server.stop().await;
    }
}
