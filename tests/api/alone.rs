//! One failure stays one failure: what fails or is held by somebody keeps nothing else from being done, and is told.

use std::time::Duration;

use kaketsuke::{
    domain::ids::CallId,
    http::Limits,
    store::{self, DatabaseUrl, Db, Patience},
};
use serde_json::{Value, json};

use crate::support::{
    db::{Raw, TestDb, on_both_engines, on_postgres},
    server::{TestServer, id},
    world::{self, Crew},
};

/// So short that a test can wait for it.
const MOMENT: Duration = Duration::from_millis(300);
/// Longer than any test.
const FOR_EVER: Duration = Duration::from_secs(600);

async fn crews(server: &TestServer) -> [Crew; 2] {
    [world::crew(server, "栄水道", 35.165, 136.91).await, world::crew(server, "錦水道", 35.169, 136.91).await]
}

async fn state(server: &TestServer, job: &str) -> Value {
    server.dispatcher().get(&format!("/v1/jobs/{job}")).await.expect(200)["state"].clone()
}

/// Unresolved alarms of a kind: what they are about.
async fn alarms(server: &TestServer, kind: &str) -> Vec<String> {
    let listed = server.dispatcher().get("/v1/alarms?limit=200").await.expect(200);
    let ours = listed["items"].as_array().unwrap().iter();
    let ours = ours.filter(|alarm| alarm["kind"] == kind && alarm["state"] != "resolved");
    ours.map(|alarm| alarm["subject_id"].as_str().unwrap().to_owned()).collect()
}

/// An id as a literal of the engine.
fn literal(raw: &Raw, id: &str) -> String {
    match raw {
        Raw::Sqlite(_) => format!("x'{}'", id.replace('-', "")),
        Raw::Postgres(_) => format!("'{id}'"),
    }
}

/// An event about a case, written by somebody who has left out what it should say.
async fn write_empty_event(raw: &mut Raw, kind: &str) {
    let id = literal(raw, "00000000-0000-4000-8000-000000000007");
    let sql = format!(
        "INSERT INTO event (id, at, actor, subject, subject_id, kind, data)
         VALUES ({id}, '2026-11-22T12:00:00+00:00', 'service', 'case', {id}, '{kind}', '{{}}')"
    );
    raw.execute(&sql).await.unwrap();
}

on_both_engines! {
    async fn a_job_that_fails_is_put_off_and_told_once_and_the_others_go_on(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crews = crews(&server).await;
        let broken = world::job(&server).await;
        let mut raw = db.raw().await;
        let place = format!("case_place WHERE case_id = (SELECT case_id FROM job WHERE id = {})", literal(&raw, &broken));
        raw.execute(&format!("CREATE TABLE kept AS SELECT * FROM {place}")).await.unwrap();
        raw.execute(&format!("DELETE FROM {place}")).await.unwrap();
        // Its offer is over: from then on every look at it fails.
        server.pass(5).await;
        assert_eq!(alarms(&server, "cannot_go_on").await, std::slice::from_ref(&broken));
        let healthy = world::job(&server).await;
        assert_eq!(state(&server, &healthy).await, "offered");
        assert!(world::open_offer(&crews[1].phone).await.is_some());
        server.pass(7).await;
        assert_eq!(alarms(&server, "cannot_go_on").await, std::slice::from_ref(&broken), "raised once");
        raw.execute("INSERT INTO case_place SELECT * FROM kept").await.unwrap();
        server.pass(2).await;
        assert_eq!(alarms(&server, "cannot_go_on").await, [""; 0], "it goes on");
        server.stop().await;
    }

    async fn an_alarm_that_fails_is_put_off_and_told_and_the_others_ring(db: TestDb) {
        let server = TestServer::start(&db).await;
        // Nobody serves the place: each is an alarm, repeated every two minutes.
        let (broken, healthy) = (world::job(&server).await, world::job(&server).await);
        let mut raw = db.raw().await;
        let (broken, healthy) = (literal(&raw, &broken), literal(&raw, &healthy));
        raw.execute(&format!("UPDATE alarm SET kind = 'unheard_of' WHERE subject_id = {broken}")).await.unwrap();
        server.pass(3).await;
        let rung = format!("SELECT rung FROM alarm WHERE kind = 'no_coverage' AND subject_id = {healthy}");
        assert_eq!(raw.integer(&rung).await, 2);
        let told = format!(
            "SELECT count(*) FROM alarm a JOIN alarm b ON b.id = a.subject_id
             WHERE a.kind = 'cannot_go_on' AND a.subject = 'alarm' AND a.state = 'ringing' AND b.subject_id = {broken}"
        );
        assert_eq!(raw.integer(&told).await, 1);
        server.pass(5).await;
        assert_eq!(raw.integer(&told).await, 1, "told once");
        server.stop().await;
    }

    async fn it_is_not_ready_while_something_due_is_not_done(db: TestDb) {
        let server = TestServer::start(&db).await;
        crews(&server).await;
        let job = world::job(&server).await;
        server.pass(2).await;
        let nobody = server.with(None);
        nobody.get("/readyz").await.expect(200);
        let mut raw = db.raw().await;
        let own = literal(&raw, &job);
        // Written by somebody who tells nobody: whoever looks would see to it, but no time passes.
        for (what, late) in [
            ("jobs", format!("UPDATE job SET version = version + 1, wake_at = created_at WHERE id = {own}")),
            ("events", "INSERT INTO feed_queue (ord) SELECT min(ord) FROM event".to_owned()),
        ] {
            raw.execute(&late).await.unwrap();
            let answer = nobody.get("/readyz").await;
            assert_eq!(answer.problem(), "late");
            assert_eq!(answer.headers["retry-after"], "1");
            let detail = answer.expect(503)["detail"].as_str().unwrap().to_owned();
            assert!(detail.contains(&format!("{what} for 120 s")), "{detail}");
        }
        raw.execute("DELETE FROM feed_queue").await.unwrap();
        server.pass(1).await;
        nobody.get("/readyz").await.expect(200);
        server.stop().await;
    }

    async fn a_reader_that_cannot_read_on_says_so(db: TestDb) {
        let server = TestServer::start(&db).await;
        let mut raw = db.raw().await;
        write_empty_event(&mut raw, "case.opened").await;
        server.pass(1).await;
        server.pass(1).await;
        let nobody = server.with(None);
        let detail = nobody.get("/readyz").await.expect(503)["detail"].as_str().unwrap().to_owned();
        for reader in ["the fleet's reading of the feed for ", "the messages' reading of the feed for "] {
            assert!(detail.contains(reader), "{detail}");
        }
        assert_eq!(alarms(&server, "cannot_go_on").await.len(), 2, "each reader, once");
        // Somebody mends it: what it says can be read.
        let call = r#"{"call": "00000000-0000-4000-8000-000000000008"}"#;
        let mended = format!("UPDATE event SET data = '{call}' WHERE kind = 'case.opened'");
        match &raw {
            Raw::Sqlite(_) => raw.execute(&format!("DROP TRIGGER event_immutable; {mended}")).await.unwrap(),
            Raw::Postgres(_) => raw.execute(&format!("ALTER TABLE event DISABLE TRIGGER USER; {mended}")).await.unwrap(),
        };
        server.pass(1).await;
        nobody.get("/readyz").await.expect(200);
        assert_eq!(alarms(&server, "cannot_go_on").await, [""; 0]);
        server.stop().await;
    }

    /// As a node of a newer release writes it.
    async fn an_event_of_no_known_kind_stops_the_order_of_the_log_and_says_so(db: TestDb) {
        let server = TestServer::start(&db).await;
        let mut raw = db.raw().await;
        write_empty_event(&mut raw, "case.unheard_of").await;
        server.pass(1).await;
        let told = ["00000000-0000-0000-0000-000000000003"];
        assert_eq!(alarms(&server, "cannot_go_on").await, told);
        let detail = server.with(None).get("/readyz").await.expect(503)["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains("events for "), "{detail}");
        // Mended, but the desk cannot be told yet: it is told as soon as that works.
        let (lame, mended) = match &raw {
            Raw::Sqlite(_) => ("CREATE TRIGGER lame BEFORE UPDATE ON alarm WHEN NEW.state = 'resolved'
                                BEGIN SELECT RAISE(ABORT, 'lame'); END", "DROP TRIGGER lame"),
            Raw::Postgres(_) => ("ALTER TABLE alarm ADD CONSTRAINT lame CHECK (state <> 'resolved') NOT VALID",
                                 "ALTER TABLE alarm DROP CONSTRAINT lame"),
        };
        raw.execute(lame).await.unwrap();
        let kind = "UPDATE event SET kind = 'case.opened', data = '{\"call\": \"00000000-0000-4000-8000-000000000008\"}'
                    WHERE kind = 'case.unheard_of'";
        match &raw {
            Raw::Sqlite(_) => raw.execute(&format!("DROP TRIGGER event_immutable; {kind}")).await.unwrap(),
            Raw::Postgres(_) => raw.execute(&format!("ALTER TABLE event DISABLE TRIGGER USER; {kind}")).await.unwrap(),
        };
        server.pass(1).await;
        assert_eq!(alarms(&server, "cannot_go_on").await, told);
        raw.execute(mended).await.unwrap();
        server.pass(1).await;
        assert_eq!(alarms(&server, "cannot_go_on").await, [""; 0]);
        server.with(None).get("/readyz").await.expect(200);
        server.stop().await;
    }

    async fn whoever_uses_up_the_connections_of_requests_leaves_the_ladder_its_own(db: TestDb) {
        let server = TestServer::start_wide(&db, 2).await;
        let crews = crews(&server).await;
        let job = world::job(&server).await;
        let taken = [server.ctx.db().read().await.unwrap(), server.ctx.db().read().await.unwrap()];
        server.pass(5).await;
        drop(taken);
        assert!(world::open_offer(&crews[1].phone).await.is_some(), "the next one was asked");
        assert_eq!(state(&server, &job).await, "offered");
        server.stop().await;
    }

    // As many connections for requests as reports have: were they the same, nothing would be left.
    async fn reports_take_none_of_the_connections_of_requests(db: TestDb) {
        let server = TestServer::start_wide(&db, 2).await;
        let reports = server.ctx.for_reports();
        let taken = [reports.db().read().await.unwrap(), reports.db().read().await.unwrap()];
        let call = server.dispatcher().post("/v1/calls", world::call()).await;
        assert_eq!(call.status.as_u16(), 201);
        drop(taken);
        server.stop().await;
    }

    async fn whoever_cannot_reach_the_database_says_so_in_time_and_leaves_nothing_behind(db: TestDb) {
        let limits = Limits { ready_timeout: Duration::from_secs(1), ..Limits::default() };
        let server = TestServer::start_with(&db, limits).await;
        let mut raw = db.raw().await;
        let held = match &raw {
            Raw::Sqlite(_) => "BEGIN IMMEDIATE",
            Raw::Postgres(_) => "BEGIN; LOCK TABLE _sqlx_migrations IN ACCESS EXCLUSIVE MODE",
        };
        raw.execute(held).await.unwrap();
        let nobody = server.with(None);
        // More often than there are connections.
        for _ in 0..4 {
            let asked = nobody.get("/readyz");
            let answer = tokio::time::timeout(Duration::from_secs(5), asked).await.expect("answered in time");
            assert_eq!((answer.status.as_u16(), answer.problem()), (503, "unavailable"));
        }
        raw.execute("ROLLBACK").await.unwrap();
        let over = async {
            while nobody.get("/readyz").await.status.as_u16() != 200 {}
            if let Raw::Postgres(_) = &raw {
                let left = "SELECT count(*) FROM pg_stat_activity
                            WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
                // They are given back one after the other.
                while raw.integer(left).await > 0 {}
            }
        };
        tokio::time::timeout(Duration::from_secs(20), over).await.expect("it is over");
        server.stop().await;
    }

    // What another node has written, and could not tell of any more, is looked at within two seconds.
    async fn what_another_node_has_left_behind_is_looked_at_soon(db: TestDb) {
        let server = TestServer::start(&db).await;
        let _crews = crews(&server).await;
        let job = world::job(&server).await;
        let path = format!("/v1/jobs/{job}");
        let look_at = async || server.dispatcher().get(&path).await.expect(200)["wake_at"].clone();
        let due = look_at().await;
        let mut raw = db.raw().await;
        let own = literal(&raw, &job);
        raw.execute(&format!("UPDATE job SET wake_at = state_since WHERE id = {own}")).await.unwrap();
        assert_ne!(look_at().await, due);
        server.ctx.clock().advance(chrono::TimeDelta::seconds(3)).await;
        server.settle().await;
        assert_eq!(look_at().await, due, "it was looked at: its offer is open until then");
        server.stop().await;
    }
}

/// What another session holds is passed by; once it is free, it is looked at.
#[tokio::test]
async fn a_job_in_the_hands_of_another_session_holds_no_other_up() {
    on_postgres(|db| async move {
        let server = TestServer::start(&db).await;
        let crews = crews(&server).await;
        let held = world::job(&server).await;
        let mut raw = db.raw().await;
        raw.execute("BEGIN").await.unwrap();
        raw.execute(&format!("SELECT 1 FROM job WHERE id = '{held}' FOR UPDATE")).await.unwrap();
        server.pass(6).await;
        let healthy = world::job(&server).await;
        assert_eq!(state(&server, &healthy).await, "offered");
        assert!(world::open_offer(&crews[1].phone).await.is_some());
        let answer = server.with(None).get("/readyz").await;
        assert_eq!(answer.problem(), "late", "it is not silent");
        raw.execute("ROLLBACK").await.unwrap();
        server.pass(1).await;
        assert_eq!(
            alarms(&server, "ladder_ended").await,
            [held],
            "his offer is over, and nobody else is free"
        );
        server.with(None).get("/readyz").await.expect(200);
        server.stop().await;
    })
    .await;
}

/// The counter of case numbers, which every case needs.
#[tokio::test]
async fn what_is_waited_for_too_long_is_answered_so_that_it_is_sent_again() {
    on_postgres(|db| async move {
        let patience = Patience { lock: MOMENT, ..Patience::default() };
        let server = TestServer::start_patient(&db, patience).await;
        world::opened_case(&server).await;
        let call = world::safe_call(&server).await;
        let mut raw = db.raw().await;
        raw.execute("BEGIN").await.unwrap();
        raw.execute("UPDATE counter SET value = value + 1").await.unwrap();
        let body = world::case(&call);
        let refused = server.dispatcher().post_as("case-1", "/v1/cases", body.clone()).await;
        assert_eq!((refused.status.as_u16(), refused.problem()), (503, "overloaded"));
        assert_eq!(refused.headers["retry-after"], "1");
        raw.execute("ROLLBACK").await.unwrap();
        let opened = server.dispatcher().post_as("case-1", "/v1/cases", body).await.expect(201);
        assert_eq!(opened["number"], "261122-0002");
        server.stop().await;
    })
    .await;
}

/// A use-case of another node, which says nothing more: its session is silent, and alive as far as the server can tell.
async fn another_node(db: &TestDb) -> (Db, store::Tx) {
    let url: DatabaseUrl = db.url().parse().unwrap();
    let patience = Patience { silence: FOR_EVER, ..Patience::default() };
    let other = Db::connect(&url.with_patience(patience), 1).await.unwrap();
    let frozen = other.write().await.unwrap();
    (other, frozen)
}

/// However many cases and acceptances it was about to keep: everybody needs the numbers of the day.
#[tokio::test]
async fn a_frozen_node_keeps_nobody_from_the_numbers_of_the_day() {
    on_postgres(|db| async move {
        let server = TestServer::start_patient(&db, Patience { lock: MOMENT, ..Patience::default() }).await;
        let crews = crews(&server).await;
        world::job(&server).await;
        let (other, mut frozen) = another_node(&db).await;
        let call = CallId(world::safe_call(&server).await.parse().unwrap());
        store::calls::lock(&mut frozen, call).await.unwrap();
        for (counter, number) in [("case:261122", 2), ("order:261122", 1)] {
            let taken = store::cases::next_number(&other, &mut frozen, counter).await.unwrap();
            assert_eq!(taken, number, "{counter}");
        }
        let call = world::safe_call(&server).await;
        let opened = server.dispatcher().post("/v1/cases", world::case(&call)).await.expect(201);
        assert_eq!(opened["number"], "261122-0003", "what it has taken is left out");
        let offer = world::open_offer(&crews[0].phone).await.unwrap();
        let yes = crews[0].phone.post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await.expect(201);
        let note = format!("/v1/assignments/{}/order-note", yes["assignment"]["id"].as_str().unwrap());
        let note = crews[0].phone.get(&note).await.expect(200);
        assert_eq!(note["number"], "O-261122-0002");
        drop(frozen);
        server.stop().await;
    })
    .await;
}

/// An offer that another node has written and not committed keeps waiting whoever would ask the same technician, and nobody
/// else.
#[tokio::test]
async fn a_technician_in_the_hands_of_a_frozen_node_holds_no_other_job_up() {
    on_postgres(|db| async move {
        let patience = Patience { lock: FOR_EVER, passing: MOMENT, ..Patience::default() };
        let server = TestServer::start_patient(&db, patience).await;
        let near = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = world::job(&server).await;
        let cancelled = json!({ "reason": "duplicate" });
        server.dispatcher().post(&format!("/v1/jobs/{job}/cancellation"), cancelled).await.expect(200);
        let far = world::crew(&server, "緑水道", 35.08, 136.97).await;
        server.settle().await;
        let mut raw = db.raw().await;
        raw.execute("BEGIN").await.unwrap();
        raw.execute(&format!(
            "INSERT INTO offer (id, job_id, decision_id, firm_id, technician_id, rank, state, offered_at, deadline)
             SELECT gen_random_uuid(), job_id, decision_id, firm_id, technician_id, rank, 'open', offered_at, deadline
             FROM offer WHERE technician_id = '{}'",
            near.technician
        ))
        .await
        .unwrap();
        let waiting = [world::job(&server).await, world::job(&server).await];
        let elsewhere = job_in_midori(&server).await;
        for job in &waiting {
            assert_eq!(state(&server, job).await, "unassigned");
        }
        assert_eq!(state(&server, &elsewhere).await, "offered");
        assert!(world::open_offer(&far.phone).await.is_some());
        assert_eq!(alarms(&server, "cannot_go_on").await, [""; 0], "it is nobody's fault");
        raw.execute("ROLLBACK").await.unwrap();
        server.pass(1).await;
        let offer = world::open_offer(&near.phone).await.expect("one of them is offered");
        let offer = near.phone.get(&format!("/v1/offers/{offer}")).await.expect(200);
        assert!(waiting.iter().any(|job| offer["job_id"] == job.as_str()), "{offer}");
        server.stop().await;
    })
    .await;
}

/// Far from the middle of the town.
async fn job_in_midori(server: &TestServer) -> String {
    let mut case = world::case(&world::safe_call(server).await);
    (case["place"]["postal_code"], case["place"]["address"]) = (json!("458-0001"), json!("1-1"));
    let case = id(&server.dispatcher().post("/v1/cases", case).await.expect(201));
    let job = json!({ "job_code": "W-TOILET-CLOG" });
    let job = server.dispatcher().post(&format!("/v1/cases/{case}/jobs"), job).await.expect(201);
    server.settle().await;
    id(&job)
}

#[tokio::test]
async fn a_frozen_node_holds_nobody_up_for_long() {
    on_postgres(|db| async move {
        // The others wait longer than a silent session lasts.
        let patience = Patience { lock: FOR_EVER, ..Patience::default() };
        let server = TestServer::start_patient(&db, patience).await;
        let crews = crews(&server).await;
        world::opened_case(&server).await;
        let mut frozen = db.raw().await;
        let silence = MOMENT.as_millis();
        frozen
            .execute(&format!(
                "SET idle_in_transaction_session_timeout = {silence}; BEGIN; UPDATE counter SET value = 7"
            ))
            .await
            .unwrap();
        let job = world::job(&server).await;
        assert_eq!(state(&server, &job).await, "offered");
        let offer = world::open_offer(&crews[0].phone).await.unwrap();
        crews[0]
            .phone
            .post(&format!("/v1/offers/{offer}/refusal"), json!({ "code": "other" }))
            .await
            .expect(200);
        server.settle().await;
        let mut raw = db.raw().await;
        assert_eq!(raw.integer("SELECT count(*) FROM feed_queue").await, 0, "the feed goes on");
        assert!(world::open_offer(&crews[1].phone).await.is_some());
        drop(frozen);
        server.stop().await;
    })
    .await;
}

/// A node that is frozen while it is asked whether it is ready makes no other node say that it is not.
#[tokio::test]
async fn the_probe_of_another_node_is_in_nobodys_way() {
    on_postgres(|db| async move {
        let server = TestServer::start_patient(&db, Patience { lock: MOMENT, ..Patience::default() }).await;
        let mut raw = db.raw().await;
        raw.execute("BEGIN").await.unwrap();
        raw.execute("SELECT version FROM _sqlx_migrations ORDER BY version LIMIT 1 FOR NO KEY UPDATE")
            .await
            .unwrap();
        server.with(None).get("/readyz").await.expect(200);
        raw.execute("ROLLBACK").await.unwrap();
        server.stop().await;
    })
    .await;
}

/// Whatever it waits for, or does.
#[tokio::test]
async fn a_statement_that_takes_too_long_is_ended() {
    on_postgres(|db| async move {
        let statement = Duration::from_secs(2);
        let patience = Patience { lock: FOR_EVER, statement, ..Patience::default() };
        let server = TestServer::start_patient(&db, patience).await;
        world::opened_case(&server).await;
        let call = world::safe_call(&server).await;
        let mut raw = db.raw().await;
        raw.execute("BEGIN").await.unwrap();
        raw.execute("UPDATE counter SET value = value + 1").await.unwrap();
        let desk = server.dispatcher();
        let asked = desk.post_as("case-1", "/v1/cases", world::case(&call));
        let refused =
            tokio::time::timeout(Duration::from_secs(20), asked).await.expect("ended by the server");
        assert_eq!((refused.status.as_u16(), refused.problem()), (503, "overloaded"));
        raw.execute("ROLLBACK").await.unwrap();
        server.stop().await;
    })
    .await;
}
