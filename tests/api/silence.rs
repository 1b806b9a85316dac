//! Nothing is silent (G-09): what nobody goes on with rings at the desk, and is quiet once somebody has.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use kaketsuke::domain::{actor::Role, silence::Watched};
use serde_json::{Value, json};

use crate::{
    support::{
        db::{Raw, TestDb, on_both_engines},
        server::{Client, TestServer, id},
        site, world,
    },
    visits::{Device, Site},
};

/// The kinds of the alarms about a thing that are not resolved.
async fn alarms(server: &TestServer, about: &str) -> BTreeSet<String> {
    let listed = server.dispatcher().get("/v1/alarms?limit=200").await.expect(200);
    let listed = listed["items"].as_array().unwrap().iter();
    let own = listed.filter(|alarm| alarm["subject_id"] == about && alarm["state"] != "resolved");
    own.map(|alarm| alarm["kind"].as_str().unwrap().to_owned()).collect()
}

/// What rings about a thing after so many seconds, and not one second before.
async fn rings_after(server: &TestServer, seconds: i64, about: &str, watched: Watched) {
    let kind = watched.alarm().as_str();
    if seconds > 0 {
        server.ctx.clock().advance(TimeDelta::seconds(seconds - 1)).await;
        assert!(!alarms(server, about).await.contains(kind), "{kind} before {seconds} s");
        server.ctx.clock().advance(TimeDelta::seconds(1)).await;
    }
    server.settle().await;
    assert!(alarms(server, about).await.contains(kind), "{kind} after {seconds} s");
}

/// Nobody is told of a thing any more.
async fn is_quiet(server: &TestServer, about: &str, watched: Watched) {
    server.settle().await;
    let left = alarms(server, about).await;
    assert!(!left.contains(watched.alarm().as_str()), "{left:?}");
}

async fn ringing_call(desk: &Client) -> String {
    let mut body = world::call();
    body["state"] = json!("offered");
    id(&desk.post("/v1/calls", body).await.expect(201))
}

async fn answered_call(desk: &Client) -> String {
    id(&desk.post("/v1/calls", world::call()).await.expect(201))
}

async fn step(desk: &Client, call: &str, what: &str) {
    desk.post(&format!("/v1/calls/{call}/{what}"), json!({})).await.expect(200);
}

/// A case of which nothing keeps it from being closed but its jobs.
async fn case(server: &TestServer) -> String {
    let call = world::safe_call(server).await;
    let mut body = world::case(&call);
    body["liability_flag"] = json!("no");
    id(&server.dispatcher().post("/v1/cases", body).await.expect(201))
}

async fn job_of(server: &TestServer, case: &str) -> String {
    let body = json!({ "job_code": "W-TOILET-CLOG" });
    id(&server.dispatcher().post(&format!("/v1/cases/{case}/jobs"), body).await.expect(201))
}

/// An id as a literal of the engine.
fn literal(raw: &Raw, id: &str) -> String {
    match raw {
        Raw::Sqlite(_) => format!("x'{}'", id.replace('-', "")),
        Raw::Postgres(_) => format!("'{id}'"),
    }
}

/// Whether the page of a case says that nobody is sent for what it is about.
async fn misses_a_job(desk: &Client, case: &str) -> bool {
    let shown = desk.get(&format!("/v1/cases/{case}")).await.expect(200);
    shown["missing"].as_array().unwrap().iter().any(|one| one["code"] == "job")
}

on_both_engines! {
    async fn a_call_rings_until_it_is_answered_ended_and_wrapped_up(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        let call = ringing_call(&desk).await;
        rings_after(&server, 60, &call, Watched::Ringing).await;
        step(&desk, &call, "answer").await;
        is_quiet(&server, &call, Watched::Ringing).await;
        rings_after(&server, 3_600, &call, Watched::Talking).await;
        let draft = desk.request(reqwest::Method::PUT, &format!("/v1/calls/{call}/draft"));
        desk.send(draft.json(&json!({ "memo": "water everywhere" }))).await.expect(200);
        step(&desk, &call, "ending").await;
        is_quiet(&server, &call, Watched::Talking).await;
        rings_after(&server, 120, &call, Watched::CutOff).await;
        rings_after(&server, 1_800 - 120, &call, Watched::Unwrapped).await;
        step(&desk, &call, "wrap-up").await;
        server.settle().await;
        assert_eq!(alarms(&server, &call).await, BTreeSet::new());
        server.stop().await;
    }

    async fn a_draft_that_becomes_a_case_rings_no_more(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        let call = world::safe_call(&server).await;
        let draft = desk.request(reqwest::Method::PUT, &format!("/v1/calls/{call}/draft"));
        desk.send(draft.json(&json!({ "memo": "water everywhere" }))).await.expect(200);
        step(&desk, &call, "ending").await;
        rings_after(&server, 120, &call, Watched::CutOff).await;
        desk.post("/v1/cases", world::case(&call)).await.expect(201);
        is_quiet(&server, &call, Watched::CutOff).await;
        server.stop().await;
    }

    async fn whoever_does_not_come_to_the_telephone_rings(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        let call = answered_call(&desk).await;
        let begin = json!({ "service": "fire_ambulance" });
        let begun = desk.post(&format!("/v1/calls/{call}/emergency-handovers"), begin).await.expect(201);
        rings_after(&server, 120, &call, Watched::HandOver).await;
        // The call may end meanwhile: nobody has been handed over.
        step(&desk, &call, "ending").await;
        server.settle().await;
        assert!(alarms(&server, &call).await.contains("handover_not_connected"));
        desk.post(&format!("/v1/emergency-handovers/{}/connection", id(&begun)), json!({})).await.expect(200);
        is_quiet(&server, &call, Watched::HandOver).await;
        let call = answered_call(&desk).await;
        let asked = json!({ "interpreter": "int-07" });
        let asked = desk.post(&format!("/v1/calls/{call}/interpretations"), asked).await.expect(201);
        rings_after(&server, 180, &call, Watched::Interpreter).await;
        let path = format!("/v1/interpretations/{}/outcome", id(&asked));
        desk.post(&path, json!({ "outcome": "no_answer" })).await.expect(200);
        is_quiet(&server, &call, Watched::Interpreter).await;
        server.stop().await;
    }

    async fn a_case_rings_until_it_has_its_job_and_when_nothing_of_it_is_under_way(db: TestDb) {
        let server = TestServer::start(&db).await;
        world::crew(&server, "栄水道", 35.165, 136.91).await;
        let desk = server.dispatcher();
        let case = case(&server).await;
        rings_after(&server, 600, &case, Watched::CaseWithoutJob).await;
        let job = job_of(&server, &case).await;
        is_quiet(&server, &case, Watched::CaseWithoutJob).await;
        desk.post(&format!("/v1/jobs/{job}/cancellation"), json!({ "reason": "duplicate" })).await.expect(200);
        rings_after(&server, 86_400, &case, Watched::CaseLeft).await;
        desk.post(&format!("/v1/cases/{case}/closing"), json!({})).await.expect(200);
        is_quiet(&server, &case, Watched::CaseLeft).await;
        // Opened again it is looked at from then on, and not from when its last job was over.
        let again = json!({ "reason": "more_to_do" });
        desk.post(&format!("/v1/cases/{case}/reopening"), again).await.expect(200);
        is_quiet(&server, &case, Watched::CaseLeft).await;
        rings_after(&server, 86_400, &case, Watched::CaseLeft).await;
        server.stop().await;
    }

    async fn a_shift_and_a_dispute_ring_until_somebody_takes_them(db: TestDb) {
        let server = TestServer::start(&db).await;
        let site = Site::open(&server, "栄水道").await;
        server.pass(120).await;
        let mut phone = Device::new("phone");
        let facts = phone.plain(72 * 60, Some(2));
        site.report(&server, &phone, &facts).await;
        let says = json!({ "reason": "not_agreed", "payer": "worker" });
        let opened = server.dispatcher().post(&format!("/v1/jobs/{}/disputes", site.job), says).await.expect(201);
        rings_after(&server, 14_400, &id(&opened), Watched::Dispute).await;
        let path = format!("/v1/disputes/{}/resolution", id(&opened));
        server.client(Role::Supervisor).post(&path, json!({ "outcome": "withdrawn" })).await.expect(200);
        is_quiet(&server, &id(&opened), Watched::Dispute).await;
        let given = server.dispatcher().post("/v1/hand-overs", json!({})).await.expect(201);
        rings_after(&server, 900, &id(&given), Watched::Shift).await;
        let taker = server.with(Some(&server.token(Role::Dispatcher, None, None, None).await));
        taker.post(&format!("/v1/hand-overs/{}/acceptance", id(&given)), json!({})).await.expect(200);
        is_quiet(&server, &id(&given), Watched::Shift).await;
        server.stop().await;
    }

    async fn what_a_firm_says_of_its_staff_rings_until_the_office_has_decided(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let body = world::technician("佐藤", &["water"], world::point(35.165, 136.91));
        let path = format!("/v1/firms/{}/technicians", crew.firm);
        let technician = id(&crew.office.post(&path, body).await.expect(201));
        rings_after(&server, 28_800, &technician, Watched::Proposal).await;
        let supervisor = server.client(Role::Supervisor);
        let waiting = supervisor.get("/v1/technician-proposals?state=waiting").await.expect(200);
        let path = format!("/v1/technician-proposals/{}/decision", id(&waiting["items"][0]));
        supervisor.post(&path, json!({ "outcome": "confirmed" })).await.expect(200);
        is_quiet(&server, &technician, Watched::Proposal).await;
        server.stop().await;
    }

    /// What is written elsewhere, or lost, is found by looking.
    async fn an_alarm_that_is_gone_without_its_cause_is_raised_again(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        let call = ringing_call(&desk).await;
        step(&desk, &call, "abandonment").await;
        rings_after(&server, 0, &call, Watched::CallBack).await;
        let mut raw = db.raw().await;
        let own = literal(&raw, &call);
        raw.execute(&format!("DELETE FROM alarm WHERE subject_id = {own}")).await.unwrap();
        server.pass(2).await;
        rings_after(&server, 0, &call, Watched::CallBack).await;
        server.stop().await;
    }

    /// What it cannot go on with is told as long as that is so, and no longer.
    async fn what_has_ended_by_itself_is_gone_on_with(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        let mut raw = db.raw().await;
        let lame = match &raw {
            Raw::Sqlite(_) => "CREATE TRIGGER lame BEFORE INSERT ON alarm WHEN NEW.kind = 'call_ringing'
                               BEGIN SELECT RAISE(ABORT, 'lame'); END",
            Raw::Postgres(_) => "ALTER TABLE alarm ADD CONSTRAINT lame CHECK (kind <> 'call_ringing') NOT VALID",
        };
        raw.execute(lame).await.unwrap();
        let call = ringing_call(&desk).await;
        server.pass(2).await;
        assert_eq!(alarms(&server, &call).await, BTreeSet::from(["cannot_go_on".to_owned()]));
        step(&desk, &call, "answer").await;
        server.settle().await;
        assert_eq!(alarms(&server, &call).await, BTreeSet::new());
        server.stop().await;
    }

    async fn a_webhook_that_fails_is_told_at_the_desk(db: TestDb) {
        let server = TestServer::start(&db).await;
        let body = json!({ "url": "https://hooks.example/kaketsuke", "kinds": ["case.opened"] });
        let webhook = id(&server.administrator().post("/v1/webhooks", body).await.expect(201));
        let mut raw = db.raw().await;
        let own = literal(&raw, &webhook);
        for (state, rings) in [("failing", true), ("paused", false)] {
            raw.execute(&format!("UPDATE webhook SET state = '{state}' WHERE id = {own}")).await.unwrap();
            server.pass(2).await;
            server.settle().await;
            assert_eq!(alarms(&server, &webhook).await.contains("webhook_failing"), rings, "{state}");
        }
        server.stop().await;
    }

    async fn whoever_has_acknowledged_an_alarm_is_left_alone_as_long_as_the_data_say(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = world::job(&server).await;
        let offer = world::open_offer(&crew.phone).await.unwrap();
        crew.phone.post(&format!("/v1/offers/{offer}/refusal"), json!({ "code": "busy" })).await.expect(200);
        server.settle().await;
        let alarm = async || {
            let listed = desk.get("/v1/alarms?limit=200").await.expect(200);
            let of_job = |alarm: &&Value| alarm["subject_id"] == job.as_str() && alarm["kind"] == "ladder_ended";
            listed["items"].as_array().unwrap().iter().find(of_job).unwrap().clone()
        };
        // The ladder ends once a minute; it is told again every two minutes five times, then ever more rarely.
        server.pass(8).await;
        assert_eq!(alarm().await["rung"], 5);
        server.pass(3).await;
        assert_eq!(alarm().await["rung"], 6, "ten minutes after the first");
        server.pass(2).await;
        assert_eq!(alarm().await["rung"], 6);
        desk.post(&format!("/v1/alarms/{}/acknowledgement", id(&alarm().await)), json!({})).await.expect(200);
        server.pass(14).await;
        assert_eq!((&alarm().await["state"], &alarm().await["rung"]), (&json!("acknowledged"), &json!(6)));
        server.pass(1).await;
        assert_eq!((&alarm().await["state"], &alarm().await["rung"]), (&json!("ringing"), &json!(7)));
        // After 8 and 16 minutes more, then every half an hour.
        server.pass(24 * 60).await;
        assert_eq!(alarm().await["rung"], 7 + 2 + (24 * 60 - 24) / 30);
        server.stop().await;
    }

    /// An acceptance without an arrival time: then what was reckoned counts, also behind another job.
    async fn a_job_behind_another_one_is_late_as_it_was_reckoned(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let first = site::accepted_job(&server, &crew).await;
        let mut phone = site::Device::new(&first, "phone-1");
        let mut facts =
            vec![phone.fact("21:00", json!({ "kind": "arrival" })), phone.fact("21:00", json!({ "kind": "work_start", "work": "work" }))];
        site::dated(&mut facts, server.ctx.now(), &[0, 0]);
        phone.send(&server, &crew.phone, &facts).await.expect(200);
        server.settle().await;
        let job = world::job(&server).await;
        let offer = world::open_offer(&crew.phone).await.unwrap();
        let taken = crew.phone.post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await.expect(201);
        assert_eq!((&taken["assignment"]["slot"], &taken["assignment"]["arrival_due_at"]), (&json!("queued"), &Value::Null));
        let decisions = desk.get(&format!("/v1/jobs/{job}/decisions")).await.expect(200);
        let at = decisions[0]["document"]["candidates"][0]["figures"]["arrival_at_us"].as_i64().unwrap();
        let seen = desk.get(&format!("/v1/jobs/{job}")).await.expect(200);
        let priority = seen["priority"].as_str().unwrap().parse().unwrap();
        let late = server.ctx.reference().dispatch().policy(priority).watch.late_s.delta();
        let due = chrono::DateTime::from_timestamp_micros(at).unwrap() + late;
        server.ctx.clock().advance_to(due - TimeDelta::seconds(1)).await;
        assert!(!alarms(&server, &job).await.contains("late_arrival"));
        server.ctx.clock().advance(TimeDelta::seconds(1)).await;
        server.settle().await;
        assert!(alarms(&server, &job).await.contains("late_arrival"), "{:?}", alarms(&server, &job).await);
        server.stop().await;
    }

    /// What was called off because there was another one, or because nobody opened, is not seen to.
    async fn a_case_whose_only_job_was_called_off_has_a_next_instant(db: TestDb) {
        let server = TestServer::start(&db).await;
        world::crew(&server, "栄水道", 35.165, 136.91).await;
        let desk = server.dispatcher();
        for (reason, is_seen_to) in [
            ("duplicate", false), ("no_access", false), ("solved_by_itself", true), ("resident_withdrew", true),
            ("false_alarm", true), ("out_of_scope", true), ("no_coverage", true),
        ] {
            let case = case(&server).await;
            let job = job_of(&server, &case).await;
            server.pass(20).await;
            assert!(!misses_a_job(&desk, &case).await, "{reason}: before");
            desk.post(&format!("/v1/jobs/{job}/cancellation"), json!({ "reason": reason })).await.expect(200);
            assert_eq!(misses_a_job(&desk, &case).await, !is_seen_to, "{reason}");
            if is_seen_to {
                server.pass(20).await;
                is_quiet(&server, &case, Watched::CaseWithoutJob).await;
            } else {
                rings_after(&server, 600, &case, Watched::CaseWithoutJob).await;
                job_of(&server, &case).await;
                is_quiet(&server, &case, Watched::CaseWithoutJob).await;
                assert!(!misses_a_job(&desk, &case).await, "{reason}: another one");
            }
        }
        server.stop().await;
    }

    /// A hand-over that nobody took does not end in silence.
    async fn a_hand_over_that_was_never_connected_ends_with_what_became_of_the_caller(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        for outcome in ["calls_themselves", "told_otherwise", "not_needed", "caller_lost"] {
            let call = answered_call(&desk).await;
            let begin = json!({ "service": "gas" });
            let begun = desk.post(&format!("/v1/calls/{call}/emergency-handovers"), begin).await.expect(201);
            rings_after(&server, 120, &call, Watched::HandOver).await;
            let path = format!("/v1/emergency-handovers/{}/ending", id(&begun));
            assert_eq!(desk.post(&path, json!({})).await.refused_field(), "outcome");
            server.settle().await;
            assert!(alarms(&server, &call).await.contains("handover_not_connected"));
            let ended = desk.post(&path, json!({ "outcome": outcome })).await.expect(200);
            assert_eq!(ended["outcome"], outcome);
            is_quiet(&server, &call, Watched::HandOver).await;
            step(&desk, &call, "ending").await;
            step(&desk, &call, "wrap-up").await;
        }
        let call = answered_call(&desk).await;
        let begun = desk.post(&format!("/v1/calls/{call}/emergency-handovers"), json!({ "service": "police" })).await.expect(201);
        let path = format!("/v1/emergency-handovers/{}", id(&begun));
        desk.post(&format!("{path}/connection"), json!({})).await.expect(200);
        let refused = desk.post(&format!("{path}/ending"), json!({ "outcome": "caller_lost" })).await;
        assert_eq!(refused.refused_field(), "outcome", "they were on the line");
        desk.post(&format!("{path}/ending"), json!({})).await.expect(200);
        server.stop().await;
    }

    /// Nobody has said that an interpreter did not answer, when the line ends.
    async fn an_interpreter_nobody_has_settled_is_not_said_to_have_been_silent(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        for (outcome, state) in [(None, "not_settled"), (Some("no_answer"), "no_answer"), (Some("refused"), "refused"), (Some("joined"), "left")] {
            let call = answered_call(&desk).await;
            let path = format!("/v1/calls/{call}/interpretations");
            let asked = desk.post(&path, json!({ "interpreter": "int-07" })).await.expect(201);
            if let Some(outcome) = outcome {
                let path = format!("/v1/interpretations/{}/outcome", id(&asked));
                desk.post(&path, json!({ "outcome": outcome })).await.expect(200);
            }
            step(&desk, &call, "ending").await;
            let shown = desk.get(&format!("/v1/calls/{call}")).await.expect(200);
            assert_eq!(shown["interpretations"][0]["state"], state);
            is_quiet(&server, &call, Watched::Interpreter).await;
        }
        server.stop().await;
    }
}
