//! The retention table (7.2), years later: what is due goes, what is not stays, and the chain holds.

use chrono::TimeDelta;
use kaketsuke::domain::actor::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    erasing::verify,
    evidence,
    privacy::events,
    support::{
        db::{TestDb, on_both_engines},
        receiver::{Receiver, until},
        server::{TestServer, evening, id},
        world::{self, close},
    },
    visits::{Device, Site},
};

/// What is left of a case: the name, the room, the pictures.
async fn left(server: &TestServer, case: &str, job: &str) -> (bool, bool, usize) {
    let desk = server.dispatcher();
    let shown = desk.get(&format!("/v1/cases/{case}")).await.expect(200);
    let listed = desk.get(&format!("/v1/jobs/{job}/evidence")).await.expect(200);
    let pictures = listed["items"].as_array().unwrap().iter().filter(|one| one.get("erased_at").is_none());
    (!shown["resident"].is_null(), !shown["place"]["room"].is_null(), pictures.count())
}

/// A case with a job that was called off and a picture of the room.
async fn plain(server: &TestServer, number: u128, liability: &str, referred: bool) -> (String, String) {
    let desk = server.dispatcher();
    let case = world::opened_case(server).await;
    let job = json!({ "job_code": "W-TOILET-CLOG" });
    let job = id(&desk.post(&format!("/v1/cases/{case}/jobs"), job).await.expect(201));
    evidence::send(&desk, &job, number, "photo_before").await.expect(201);
    if referred {
        let referral = json!({
            "reason": "wear", "stage": "triage", "component": "tap", "symptom": "蛇口の摩耗", "lessee_kind": "worker",
            "recipients": [{ "kind": "landlord" }], "consent_to_contact": "yes", "job_id": job,
        });
        desk.post(&format!("/v1/cases/{case}/referrals"), referral).await.expect(201);
    }
    server.settle().await;
    let cancel = format!("/v1/jobs/{job}/cancellation");
    desk.post(&cancel, json!({ "reason": "solved_by_itself" })).await;
    close(server, &case, liability).await;
    (case, job)
}

async fn count(db: &TestDb, table: &str) -> i64 {
    db.raw().await.integer(&format!("SELECT CAST(COUNT(*) AS BIGINT) FROM {table}")).await
}

/// The service on the same data, so many days after the evening of the tests.
async fn days_later(db: &TestDb, before: TestServer, days: i64) -> TestServer {
    let files = before.ctx.files().clone();
    before.stop().await;
    let server = TestServer::start_later(db, evening() + TimeDelta::days(days), files).await;
    server.settle().await;
    server
}

/// The same of a service that sends messages.
async fn telling_days_later(db: &TestDb, before: TestServer, days: i64) -> TestServer {
    let files = before.ctx.files().clone();
    before.stop().await;
    let server = TestServer::start_telling_later(db, evening() + TimeDelta::days(days), files).await;
    server.settle().await;
    server
}

async fn last_run(server: &TestServer) -> Value {
    let runs = server.client(Role::Supervisor).get("/v1/retention-runs?limit=200").await.expect(200);
    runs["items"].as_array().unwrap().last().unwrap().clone()
}

on_both_engines! {
    async fn everything_goes_when_its_time_is_over_and_not_before(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        let (site, mut device) = (Site::open(&server, "栄水道").await, Device::new("phone"));
        let charged_job = site.job.clone();
        let charged = desk.get(&format!("/v1/jobs/{charged_job}")).await.expect(200)["case_id"].as_str().unwrap().to_owned();
        evidence::send(&site.crew.phone, &charged_job, 1, "signature").await.expect(201);
        evidence::send(&site.crew.phone, &charged_job, 2, "photo_after").await.expect(201);
        let fix = json!({ "positions": [{
            "technician_id": site.crew.technician, "point": world::point(35.165, 136.91),
            "measured_at": "2026-11-22T21:00:00+09:00",
        }] });
        site.crew.phone.send(site.crew.phone.request(Method::POST, "/v1/positions").json(&fix)).await;
        server.pass(120).await;
        let facts = device.plain(72 * 60, Some(2));
        site.report(&server, &device, &facts).await;
        close(&server, &charged, "no").await;
        let (free, free_job) = plain(&server, 10, "no", false).await;
        let (referred, referred_job) = plain(&server, 11, "no", true).await;
        let (harmed, harmed_job) = plain(&server, 12, "yes", false).await;
        let call = id(&desk.post("/v1/calls", world::call()).await.expect(201));
        let draft = desk.request(Method::PUT, &format!("/v1/calls/{call}/draft"));
        desk.send(draft.json(&json!({ "memo": "下書き" }))).await.expect(200);
        desk.post("/v1/hand-overs", json!({ "note": "申し送り" })).await.expect(201);
        let block = json!({ "firm_id": site.crew.firm, "phone": "+818055500101", "reason": "dispute" });
        let block = desk.post("/v1/blocks", block).await.expect(201);
        let ended = desk.request(Method::DELETE, &format!("/v1/blocks/{}", id(&block))).header("If-Match", "\"1\"");
        desk.send(ended).await.expect(200);
        desk.get(&format!("/v1/cases/{free}")).await.expect(200);

        // 29 days: nothing is due yet.
        let server = days_later(&db, server, 29).await;
        assert_eq!(last_run(&server).await["counts"], json!({}));
        assert_eq!((count(&db, "call_draft").await, count(&db, "position").await), (1, 1));
        assert_eq!(events(&db, "retention.applied").await, [""; 0]);
        // 31 days: the draft, and where the technician was.
        let server = days_later(&db, server, 31).await;
        assert_eq!(last_run(&server).await["counts"], json!({ "call_draft": 1, "position": 1 }));
        assert_eq!((count(&db, "call_draft").await, count(&db, "position").await), (0, 0));
        assert_eq!(events(&db, "retention.applied").await.len(), 1);
        // 181 days: pictures of rooms, but for evidence of a referral or a liability case, and signatures.
        assert_eq!(left(&server, &free, &free_job).await, (true, true, 1));
        let server = days_later(&db, server, 181).await;
        assert_eq!(last_run(&server).await["counts"], json!({ "photo": 2, "file": 2 }));
        assert_eq!(left(&server, &free, &free_job).await, (true, true, 0));
        assert_eq!(left(&server, &charged, &charged_job).await, (true, true, 1));
        assert_eq!(left(&server, &referred, &referred_job).await, (true, true, 1));
        assert_eq!(left(&server, &harmed, &harmed_job).await, (true, true, 1));
        verify(&server).await;
        // A year: what the giver of the shift wrote.
        let server = days_later(&db, server, 367).await;
        assert_eq!(last_run(&server).await["counts"], json!({ "hand_over_note": 1 }));
        // Two years: name, phone and room of what cost nothing, the caller without a case, the ended block.
        let server = days_later(&db, server, 732).await;
        let counts = json!({ "caller_without_case": 1, "case": 2, "ended_block": 1, "file": 1 });
        assert_eq!(last_run(&server).await["counts"], counts);
        assert_eq!(left(&server, &free, &free_job).await, (false, false, 0));
        assert_eq!(left(&server, &referred, &referred_job).await, (false, false, 0));
        assert_eq!((count(&db, "referral_text").await, count(&db, "referral_recipient").await), (0, 0));
        let place = server.dispatcher().get(&format!("/v1/cases/{free}")).await.expect(200)["place"].clone();
        assert_eq!((&place["town"], &place["address"], &place["precision"]), (&json!("栄"), &json!(""), &json!("municipality")));
        assert_eq!(left(&server, &charged, &charged_job).await, (true, true, 1));
        assert_eq!(left(&server, &harmed, &harmed_job).await, (true, true, 1));
        verify(&server).await;
        // Three years: who had read on that evening.
        let old = "read_log WHERE at < '2026-11-24T00:00:00+00:00'";
        assert!(count(&db, old).await > 0);
        let server = days_later(&db, server, 1_097).await;
        assert!(last_run(&server).await["counts"]["read_log"].as_u64().unwrap() > 0);
        assert_eq!(count(&db, old).await, 0);
        // Five years: the liability case.
        let server = days_later(&db, server, 1_828).await;
        assert_eq!(last_run(&server).await["counts"]["liability_case"], 1);
        assert_eq!(left(&server, &harmed, &harmed_job).await, (false, false, 0));
        assert_eq!(left(&server, &charged, &charged_job).await, (true, true, 1));
        // Seven years: what was charged. The charge itself stays: it names nobody.
        // While money is due, somebody may still have to be asked for it.
        let server = days_later(&db, server, 2_558).await;
        assert_eq!(last_run(&server).await["counts"]["charged_case"], Value::Null);
        assert_eq!(left(&server, &charged, &charged_job).await, (true, true, 1));
        let paid = json!({
            "kind": "later", "method": "card", "payer": "worker", "amount_yen": 2_200, "received_at": server.ctx.now(),
        });
        server.client(Role::Supervisor).post(&format!("/v1/jobs/{charged_job}/payments"), paid).await.expect(201);
        let server = days_later(&db, server, 2_559).await;
        assert_eq!(last_run(&server).await["counts"]["charged_case"], 1);
        assert_eq!(left(&server, &charged, &charged_job).await, (false, false, 0));
        let statement = server.dispatcher().get(&format!("/v1/jobs/{charged_job}/statement")).await.expect(200);
        assert_eq!(statement["total_yen"], 2_200);
        assert_eq!((count(&db, "case_person").await, count(&db, "loose_file").await), (0, 0));
        verify(&server).await;
        server.stop().await;
    }

    async fn a_hold_a_reopening_and_what_was_written_off_set_the_time(db: TestDb) {
        let server = TestServer::start(&db).await;
        let supervisor = server.client(Role::Supervisor);
        let (held, held_job) = plain(&server, 10, "no", false).await;
        let (again, again_job) = plain(&server, 11, "no", false).await;
        supervisor.post(&format!("/v1/cases/{held}/legal-hold"), json!({ "reason": "authority" })).await.expect(204);
        // A part that nobody has agreed to: 0 yen, and no consent.
        let (site, mut device) = (Site::open(&server, "栄水道").await, Device::new("phone"));
        let free = server.dispatcher().get(&format!("/v1/jobs/{}", site.job)).await.expect(200);
        let free = free["case_id"].as_str().unwrap().to_owned();
        server.pass(120).await;
        let facts = device.plain(72 * 60, None);
        site.report(&server, &device, &facts).await;
        server.settle().await;
        assert!(count(&db, "ledger_line WHERE kind = 'write_off'").await > 0);
        assert_eq!(count(&db, "ledger_line WHERE amount_yen <> 0").await, 0);
        close(&server, &free, "no").await;
        // Half a year later one is opened again, and closed three months after that.
        let server = days_later(&db, server, 180).await;
        let reopened = format!("/v1/cases/{again}/reopening");
        server.dispatcher().post(&reopened, json!({ "reason": "complaint" })).await.expect(200);
        let server = days_later(&db, server, 732).await;
        assert_eq!(last_run(&server).await["counts"]["case"], 1);
        assert!(!left(&server, &free, &site.job).await.0, "what was written off costs nothing");
        assert!(left(&server, &again, &again_job).await.0, "open since half a year after that");
        assert_eq!(left(&server, &held, &held_job).await, (true, true, 1), "the picture too");
        let lift = format!("/v1/cases/{held}/legal-hold-lifting");
        server.client(Role::Supervisor).post(&lift, json!({})).await.expect(204);
        let server = days_later(&db, server, 733).await;
        assert_eq!(left(&server, &held, &held_job).await, (false, false, 0));
        verify(&server).await;
        server.stop().await;
    }

    async fn messages_that_are_over_go_after_a_year_and_what_is_still_to_be_told_stays(db: TestDb) {
        let receiver = Receiver::start(Some(204)).await;
        let server = TestServer::start_telling(&db, None).await;
        let webhook = json!({ "url": receiver.url, "kinds": ["hazards.answered", "case.opened"] });
        server.administrator().post("/v1/webhooks", webhook).await.expect(201);
        world::opened_case(&server).await;
        receiver.wait_for(2).await;
        let sent = "message WHERE state = 'sent'";
        until("both are written down", async || count(&db, sent).await == 2).await;
        // A day less than a year: they stay. Two more, which nobody takes.
        let server = telling_days_later(&db, server, 365).await;
        assert_eq!(last_run(&server).await["counts"]["message"], Value::Null);
        receiver.answer(Some(500));
        world::opened_case(&server).await;
        receiver.wait_for(4).await;
        until("both were tried", async || count(&db, "message_attempt").await == 4).await;
        let server = telling_days_later(&db, server, 367).await;
        assert_eq!(last_run(&server).await["counts"]["message"], 2);
        assert_eq!((count(&db, "message").await, count(&db, sent).await), (2, 0));
        // The attempts went with them, and nobody is told of that evening once more.
        let orphans = "message_attempt a WHERE NOT EXISTS (SELECT 1 FROM message m WHERE m.id = a.message_id)";
        assert_eq!(count(&db, orphans).await, 0);
        server.settle().await;
        assert_eq!(count(&db, "message").await, 2);
        server.stop().await;
    }

    async fn it_runs_once_a_day_at_three_in_tokyo_whoever_is_up(db: TestDb) {
        let server = TestServer::start(&db).await;
        server.settle().await;
        let days = async |server: &TestServer| {
            let runs = server.client(Role::Supervisor).get("/v1/retention-runs").await.expect(200);
            let runs = runs["items"].as_array().unwrap().clone();
            assert!(runs.iter().all(|run| run["finished_at"].is_string()), "{runs:?}");
            runs.iter().map(|run| run["day"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(days(&server).await, "2026-11-22", "the service was down at three: at its start");
        // 02:59 and 03:01 of the next day; a second node starts on the same data.
        server.pass(5 * 60 + 59).await;
        assert_eq!(days(&server).await, "2026-11-22");
        server.pass(2).await;
        assert_eq!(days(&server).await, "2026-11-22 2026-11-23");
        let second = TestServer::start_later(&db, server.ctx.now(), server.ctx.files().clone()).await;
        second.settle().await;
        assert_eq!(days(&second).await, "2026-11-22 2026-11-23");
        second.stop().await;
        server.stop().await;
    }

    async fn a_run_that_was_left_half_done_is_taken_over(db: TestDb) {
        let server = TestServer::start(&db).await;
        let run = Run { id: "0000000000007000800000000000000a", day: "2026-11-23" };
        db.raw().await.execute(&run.left_behind(&db)).await.unwrap();
        // 03:00: somebody is at it. An hour later nobody is.
        server.pass(6 * 60 + 30).await;
        let unfinished = "retention_run WHERE finished_at IS NULL";
        assert_eq!(count(&db, unfinished).await, 1);
        server.pass(60).await;
        assert_eq!(count(&db, unfinished).await, 0);
        assert_eq!(count(&db, "retention_run").await, 2);
        server.stop().await;
    }
}

struct Run {
    id: &'static str,
    day: &'static str,
}

impl Run {
    /// A run that a node began at 03:00 in Tokyo and did not finish.
    fn left_behind(&self, db: &TestDb) -> String {
        let id = match db.engine() {
            crate::support::db::Engine::Sqlite => format!("X'{}'", self.id),
            crate::support::db::Engine::Postgres => format!("'{}'", self.id),
        };
        let at = "'2026-11-22T18:00:00+00:00'";
        format!(
            "INSERT INTO retention_run (id, day, begun_at, claimed_at, read_log_before, counts)
             VALUES ({id}, '{}', {at}, {at}, '2023-11-22T18:00:00+00:00', '{{}}')",
            self.day
        )
    }
}
