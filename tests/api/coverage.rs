//! A place nobody serves (K-04): looked at again until somebody does, and ended by a person.

use serde_json::{Value, json};

use crate::support::{
    db::{Engine, Raw, TestDb, on_both_engines},
    server::{TestServer, id},
    world,
};

async fn shown(server: &TestServer, job: &str) -> Value {
    server.dispatcher().get(&format!("/v1/jobs/{job}")).await.expect(200)
}

async fn rings(server: &TestServer, job: &str) -> bool {
    let listed = server.dispatcher().get("/v1/alarms?limit=200").await.expect(200);
    let own = |alarm: &Value| alarm["subject_id"] == job && alarm["state"] != "resolved";
    listed["items"].as_array().unwrap().iter().any(own)
}

/// A job where nobody serves, in a case of which nothing else is open.
async fn uncovered(server: &TestServer) -> (String, String) {
    let call = world::safe_call(server).await;
    let mut body = world::case(&call);
    body["liability_flag"] = json!("no");
    let desk = server.dispatcher();
    let case = id(&desk.post("/v1/cases", body).await.expect(201));
    let code = json!({ "job_code": "W-TOILET-CLOG" });
    let job = id(&desk.post(&format!("/v1/cases/{case}/jobs"), code).await.expect(201));
    server.settle().await;
    (case, job)
}

fn literal(raw: &Raw, id: &str) -> String {
    match raw {
        Raw::Sqlite(_) => format!("x'{}'", id.replace('-', "")),
        Raw::Postgres(_) => format!("'{id}'"),
    }
}

on_both_engines! {
    async fn once_a_firm_serves_the_place_it_is_asked(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (_, job) = uncovered(&server).await;
        assert_eq!(shown(&server, &job).await["state"], "no_coverage");
        server.pass(30).await;
        assert!(rings(&server, &job).await);
        let decisions = server.dispatcher().get(&format!("/v1/jobs/{job}/decisions")).await.expect(200);
        assert_eq!(decisions.as_array().unwrap().len(), 1, "written down once, however often it is looked at");
        // At once: nobody waits for the next look.
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        server.settle().await;
        assert_eq!(shown(&server, &job).await["state"], "offered");
        assert!(world::open_offer(&crew.phone).await.is_some());
        assert!(!rings(&server, &job).await);
        server.stop().await;
    }

    async fn a_person_ends_it(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        let (case, job) = uncovered(&server).await;
        let reason = json!({ "reason": "no_coverage" });
        assert_eq!(desk.post(&format!("/v1/jobs/{job}/cancellation"), reason).await.expect(200)["state"], "cancelled");
        assert!(!rings(&server, &job).await);
        desk.post(&format!("/v1/cases/{case}/closing"), json!({})).await.expect(200);
        let (case, job) = uncovered(&server).await;
        desk.post(&format!("/v1/cases/{case}/closing"), json!({})).await.expect(200);
        assert_eq!(shown(&server, &job).await["state"], "cancelled");
        assert!(!rings(&server, &job).await, "what is closed rings no more");
        // Nor does anybody go there any more.
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let given = json!({ "reason": "nobody_else", "technician_id": crew.technician });
        assert_eq!(desk.post(&format!("/v1/jobs/{job}/override"), given).await.problem(), "case-closed");
        server.pass(30).await;
        assert_eq!(world::open_offer(&crew.phone).await, None);
        server.stop().await;
    }

    /// Closing ends the wait for a firm; where somebody is asked at the same moment, the case stays open for them.
    async fn a_job_that_somebody_is_asked_for_while_its_case_is_closed_keeps_it_open(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        let (case, job) = uncovered(&server).await;
        let mut raw = db.raw().await;
        if db.engine() == Engine::Sqlite {
            // One writer follows the other: nobody comes between.
            return server.stop().await;
        }
        // Closing waits for an alarm in somebody else's hands, after it has looked at the jobs.
        let alarm = format!(
            "INSERT INTO alarm (id, kind, subject, subject_id, state, raised_at, rings_at, rung)
             VALUES ('{case}', 'danger_on_case', 'case', '{case}', 'ringing', now(), now() + interval '1 day', 1)"
        );
        raw.execute(&alarm).await.unwrap();
        raw.execute("BEGIN").await.unwrap();
        raw.execute(&format!("UPDATE alarm SET rung = 2 WHERE id = '{case}'")).await.unwrap();
        let (closer, path) = (server.dispatcher(), format!("/v1/cases/{case}/closing"));
        let closing = tokio::spawn(async move { closer.post(&path, json!({})).await });
        let waiting = "SELECT count(*) FROM pg_stat_activity
                       WHERE datname = current_database() AND wait_event_type = 'Lock'";
        let mut look = db.raw().await;
        for _ in 0..200_000 {
            if look.integer(waiting).await > 0 {
                break;
            }
            tokio::task::yield_now().await;
        }
        assert!(look.integer(waiting).await > 0, "nobody waits");
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        server.settle().await;
        assert!(world::open_offer(&crew.phone).await.is_some());
        raw.execute("COMMIT").await.unwrap();
        let closed = closing.await.unwrap();
        assert_eq!((closed.status.as_u16(), closed.problem()), (409, "job-not-final"), "{}", closed.body);
        assert_eq!(desk.get(&format!("/v1/cases/{case}")).await.expect(200)["state"], "open");
        assert_eq!(shown(&server, &job).await["state"], "offered");
        server.stop().await;
    }

    async fn nothing_is_erased_while_somebody_may_still_go_there(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (case, job) = uncovered(&server).await;
        let desk = server.dispatcher();
        desk.post(&format!("/v1/cases/{case}/closing"), json!({})).await.expect(200);
        let mut raw = db.raw().await;
        let own = literal(&raw, &job);
        // Past the application, which leaves no job open in a closed case.
        let open = "UPDATE job SET state = 'unassigned', closed_at = NULL, wake_at = '2027-01-01T00:00:00+00:00'";
        raw.execute(&format!("{open} WHERE id = {own}")).await.unwrap();
        let path = format!("/v1/cases/{case}/erasure");
        let refused = server.administrator().post(&path, json!({ "reason": "person_asked" })).await;
        assert_eq!((refused.status.as_u16(), refused.problem()), (409, "case-still-needed"));
        server.stop().await;
    }

    /// Whoever has not heard of the last firms cannot say that none serves a place.
    async fn while_the_fleet_is_behind_nobody_says_that_no_firm_serves(db: TestDb) {
        let server = TestServer::start(&db).await;
        let mut elsewhere = world::firm("東京水道");
        elsewhere["areas"] = json!(["13104"]);
        server.administrator().post("/v1/firms", elsewhere).await.expect(201);
        server.settle().await;
        let mut raw = db.raw().await;
        raw.execute("INSERT INTO feed_queue (ord) SELECT min(ord) FROM event WHERE subject = 'firm'").await.unwrap();
        let (_, job) = uncovered(&server).await;
        assert_eq!(shown(&server, &job).await["state"], "unassigned");
        assert!(!rings(&server, &job).await);
        raw.execute("DELETE FROM feed_queue WHERE ord IN (SELECT ord FROM feed)").await.unwrap();
        server.pass(1).await;
        assert_eq!(shown(&server, &job).await["state"], "no_coverage");
        assert!(rings(&server, &job).await);
        server.stop().await;
    }
}
