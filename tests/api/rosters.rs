//! Dated entries and swaps: made by firm and office, refused by name, obeyed by the matching; and the roster lint.

use chrono::{DateTime, TimeDelta, Utc};
use kaketsuke::domain::actor::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{
    db::{TestDb, on_both_engines, on_sqlite},
    server::{Client, Reply, TestServer, id},
    world::{self, Crew},
};

fn at(text: &str) -> DateTime<Utc> {
    format!("2026-{text}:00+09:00").parse().unwrap()
}

async fn enter(client: &Client, technician: &str, kind: &str, from: &str, to: &str) -> Reply {
    let body = json!({ "kind": kind, "starts_at": at(from), "ends_at": at(to) });
    client.post(&format!("/v1/technicians/{technician}/shift-entries"), body).await
}

async fn delete(client: &Client, path: &str, version: i64) -> Reply {
    let request = client.request(Method::DELETE, path).header("If-Match", format!("\"{version}\""));
    client.send(request).await
}

/// A second technician of a crew's firm with these shifts.
async fn colleague(server: &TestServer, crew: &Crew, shifts: Value) -> String {
    let mut body = world::technician("同僚", &["water", "lock"], world::point(35.16, 136.90));
    body["shifts"] = shifts;
    id(&server.administrator().post(&format!("/v1/firms/{}/technicians", crew.firm), body).await.expect(201))
}

/// What the first decision of a new job says of a technician, in English, and whether he could be sent.
async fn said_of(server: &TestServer, technician: &str) -> (String, String) {
    let job = world::job(server).await;
    let path = format!("/v1/jobs/{job}/decisions?technician={technician}");
    let decisions = server.dispatcher().get(&path).await.expect(200);
    let path = format!("/v1/jobs/{job}/cancellation");
    server.dispatcher().post(&path, json!({ "reason": "solved_by_itself" })).await.expect(200);
    let one = &decisions[0]["technicians"][0];
    (one["standing"].as_str().unwrap().to_owned(), one["why_en"].as_str().unwrap().to_owned())
}

on_both_engines! {
    async fn a_day_off_counts_at_once_and_until_it_is_cancelled(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        assert_eq!(said_of(&server, &crew.technician).await.0, "candidate");
        let made = enter(&crew.office, &crew.technician, "day_off", "11-22T20:00", "11-23T09:00").await;
        assert_eq!(made.headers["etag"], "\"1\"");
        let entry = id(&made.expect(201));
        let (standing, why) = said_of(&server, &crew.technician).await;
        assert_eq!(standing, "rejected");
        assert!(why.starts_with("Has a day off; the next shift begins at 11/23 09:00."), "{why}");
        let path = format!("/v1/shift-entries/{entry}");
        assert_eq!(delete(&crew.office, &path, 2).await.problem(), "version-mismatch");
        let cancelled = delete(&crew.office, &path, 1).await.expect(200);
        assert_eq!((&cancelled["state"], &cancelled["version"]), (&json!("cancelled"), &json!(2)));
        assert_eq!(delete(&crew.office, &path, 2).await.problem(), "entry-cancelled");
        assert_eq!(said_of(&server, &crew.technician).await.0, "candidate");
        let path = format!("/v1/technicians/{}/shift-entries", crew.technician);
        assert_eq!(crew.office.get(&path).await.expect(200)["items"], json!([cancelled]), "the record stays");
        // The window is free again.
        enter(&crew.office, &crew.technician, "day_off", "11-22T21:00", "11-22T22:00").await.expect(201);
        server.stop().await;
        // A service that starts knows it from the beginning.
        let server = TestServer::start_again(&db).await;
        assert_eq!(said_of(&server, &crew.technician).await.0, "rejected");
        server.stop().await;
    }

    async fn whoever_is_on_call_is_asked_after_those_on_shift_and_the_words_say_so(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let near = colleague(&server, &crew, json!([])).await;
        let (standing, why) = said_of(&server, &near).await;
        assert_eq!(standing, "rejected");
        assert!(why.starts_with("Has no shift in the next 31 days."), "{why}");
        enter(&crew.office, &near, "on_call", "11-22T18:00", "11-23T06:00").await.expect(201);
        let (standing, why) = said_of(&server, &near).await;
        assert_eq!(standing, "candidate");
        assert!(why.contains("On call: can leave at about 11/22 21:15."), "{why}");
        assert!(why.starts_with("Number 2"), "{why}");
        server.stop().await;
    }

    async fn entries_are_refused_by_name(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let path = format!("/v1/technicians/{}/shift-entries", crew.technician);
        let good = json!({ "kind": "on_call", "starts_at": at("11-24T00:00"), "ends_at": at("11-25T00:00") });
        for (field, value, named) in [
            ("kind", json!("sleep"), "kind"),
            ("kind", json!("given_away"), "kind"),
            ("starts_at", json!("2026-11-24T00:00:30+09:00"), "starts_at"),
            ("starts_at", json!("1999-11-24T00:00:00+09:00"), "starts_at"),
            ("starts_at", json!("2026-11-25T00:00:00+09:00"), "ends_at"),
            ("ends_at", json!("2026-12-25T00:01:00+09:00"), "ends_at"),
            ("starts_at", json!("2026-11-22T00:00:00+09:00"), ""),
            ("colour", json!(1), "colour"),
        ] {
            let mut body = good.clone();
            body[field] = value.clone();
            let reply = crew.office.post(&path, body).await;
            match named {
                "" => assert_eq!(reply.status.as_u16(), 201, "what has begun already may be entered"),
                named => assert_eq!(reply.refused_field(), named, "{field}={value}"),
            }
        }
        let overlapping = crew.office.post(&path, good).await;
        assert_eq!((overlapping.status.as_u16(), overlapping.problem()), (409, "entry-overlaps"));
        let over = enter(&crew.office, &crew.technician, "day_off", "11-21T00:00", "11-22T21:00").await;
        assert_eq!(over.refused_field(), "ends_at");
        server.stop().await;
    }

    async fn nothing_of_another_firm_can_be_seen_or_touched(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let other = world::crew(&server, "遠方設備", 35.10, 136.80).await;
        let mate = colleague(&server, &crew, json!([])).await;
        let entry = enter(&crew.office, &mate, "on_call", "11-24T00:00", "11-25T00:00").await;
        let entry = id(&entry.expect(201));
        let swap = json!({
            "giver_id": crew.technician, "taker_id": mate, "starts_at": at("11-25T00:00"), "ends_at": at("11-26T00:00"),
        });
        let made = id(&crew.office.post("/v1/shift-swaps", swap.clone()).await.expect(201));
        let stranger = &other.office;
        assert_eq!(enter(stranger, &mate, "day_off", "11-24T00:00", "11-25T00:00").await.problem(), "not-found");
        let path = format!("/v1/technicians/{mate}/shift-entries");
        assert_eq!(stranger.get(&path).await.problem(), "not-found");
        assert_eq!(delete(stranger, &format!("/v1/shift-entries/{entry}"), 1).await.problem(), "not-found");
        assert_eq!(stranger.get(&format!("/v1/shift-swaps/{made}")).await.problem(), "not-found");
        assert_eq!(delete(stranger, &format!("/v1/shift-swaps/{made}"), 1).await.problem(), "not-found");
        assert_eq!(stranger.post("/v1/shift-swaps", swap.clone()).await.refused_field(), "giver_id");
        let roster = format!("/v1/firms/{}/roster?from=2026-11-23&to=2026-11-24", crew.firm);
        assert_eq!(stranger.get(&roster).await.problem(), "not-found");
        // Nor do two firms swap, whoever asks.
        let mut across = swap;
        across["taker_id"] = json!(other.technician);
        assert_eq!(server.administrator().post("/v1/shift-swaps", across).await.refused_field(), "taker_id");
        server.stop().await;
    }

    async fn a_swap_changes_both_rosters_or_neither(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let mate = colleague(&server, &crew, json!([])).await;
        let third = colleague(&server, &crew, json!([])).await;
        let swap = |giver: &str, taker: &str| json!({
            "giver_id": giver, "taker_id": taker, "starts_at": at("11-22T20:00"), "ends_at": at("11-23T06:00"),
        });
        let refused = crew.office.post("/v1/shift-swaps", swap(&mate, &crew.technician)).await;
        assert_eq!(refused.refused_field(), "starts_at", "he has nothing to give");
        let refused = crew.office.post("/v1/shift-swaps", swap(&mate, &mate)).await;
        assert_eq!(refused.refused_field(), "taker_id");
        let made = crew.office.post("/v1/shift-swaps", swap(&crew.technician, &mate)).await.expect(201);
        assert_eq!((&made["kind"], &made["state"]), (&json!("shift"), &json!("planned")));
        let path = format!("/v1/shift-swaps/{}", id(&made));
        assert_eq!(crew.office.get(&path).await.expect(200), made);
        let (standing, why) = said_of(&server, &crew.technician).await;
        assert_eq!((standing.as_str(), why.starts_with("Has given the shift to a colleague")), ("rejected", true));
        assert_eq!(said_of(&server, &mate).await.0, "candidate");

        let of_mate = format!("/v1/technicians/{mate}/shift-entries");
        let entries = crew.office.get(&of_mate).await.expect(200);
        let entry = format!("/v1/shift-entries/{}", id(&entries["items"][0]));
        assert_eq!(delete(&crew.office, &entry, 1).await.problem(), "entry-of-swap");
        // What was given on comes back first.
        let on = crew.office.post("/v1/shift-swaps", swap(&mate, &third)).await.expect(201);
        assert_eq!(delete(&crew.office, &path, 1).await.problem(), "swap-passed-on");
        let back = crew.office.post("/v1/shift-swaps", swap(&third, &crew.technician)).await;
        assert_eq!(back.refused_field(), "taker_id", "who has given it away undoes that");
        delete(&crew.office, &format!("/v1/shift-swaps/{}", id(&on)), 1).await.expect(200);

        let undone = delete(&crew.office, &path, 1).await.expect(200);
        assert_eq!((&undone["state"], &undone["undone_at"]), (&json!("undone"), &json!("2026-11-22T12:00:00Z")));
        assert_eq!(delete(&crew.office, &path, 2).await.problem(), "swap-undone");
        assert_eq!(said_of(&server, &crew.technician).await.0, "candidate");
        assert_eq!(said_of(&server, &mate).await.0, "rejected");
        server.stop().await;
    }

    async fn nobody_is_entered_in_a_window_they_gave_away(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let mate = colleague(&server, &crew, json!([])).await;
        let swap = json!({
            "giver_id": crew.technician, "taker_id": mate, "starts_at": at("11-24T20:00"), "ends_at": at("11-25T06:00"),
        });
        let made = crew.office.post("/v1/shift-swaps", swap).await.expect(201);
        for (from, to) in [("11-24T22:00", "11-24T23:00"), ("11-24T19:00", "11-24T20:01"), ("11-25T05:59", "11-25T08:00")] {
            for kind in ["extra_shift", "on_call"] {
                let refused = enter(&crew.office, &crew.technician, kind, from, to).await;
                assert_eq!((refused.status.as_u16(), refused.problem()), (409, "window-given-away"), "{kind} {from}");
            }
        }
        enter(&crew.office, &crew.technician, "day_off", "11-24T22:00", "11-24T23:00").await.expect(201);
        for (from, to) in [("11-24T19:00", "11-24T20:00"), ("11-25T06:00", "11-25T08:00")] {
            enter(&crew.office, &crew.technician, "extra_shift", from, to).await.expect(201);
        }
        delete(&crew.office, &format!("/v1/shift-swaps/{}", id(&made)), 1).await.expect(200);
        enter(&crew.office, &crew.technician, "extra_shift", "11-24T22:00", "11-24T23:00").await.expect(201);
        server.stop().await;
    }

    /// A window that was swapped and that nobody works any more rings until somebody does, or it is over.
    async fn a_window_whose_taker_has_the_day_off_rings(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let (mate, third) = (colleague(&server, &crew, json!([])).await, colleague(&server, &crew, json!([])).await);
        let swap = |giver: &str, taker: &str| json!({
            "giver_id": giver, "taker_id": taker, "starts_at": at("11-24T20:00"), "ends_at": at("11-25T06:00"),
        });
        let rings = async || {
            server.settle().await;
            let listed = server.dispatcher().get("/v1/alarms?limit=200").await.expect(200);
            let own = |alarm: &Value| {
                alarm["subject_id"] == mate.as_str() && alarm["kind"] == "window_left" && alarm["state"] != "resolved"
            };
            listed["items"].as_array().unwrap().iter().any(own)
        };
        let off = async |from: &str, to: &str| id(&enter(&crew.office, &mate, "day_off", from, to).await.expect(201));
        let made = id(&crew.office.post("/v1/shift-swaps", swap(&crew.technician, &mate)).await.expect(201));
        off("11-24T06:00", "11-24T20:00").await;
        assert!(!rings().await, "beside it");
        let entry = off("11-24T22:00", "11-24T23:00").await;
        assert!(rings().await, "in the middle of it");
        delete(&crew.office, &format!("/v1/shift-entries/{entry}"), 1).await.expect(200);
        assert!(!rings().await, "they come after all");
        // Given on: somebody works it.
        let on = id(&crew.office.post("/v1/shift-swaps", swap(&mate, &third)).await.expect(201));
        let entry = off("11-24T20:00", "11-25T06:00").await;
        assert!(!rings().await, "a third one works it");
        delete(&crew.office, &format!("/v1/shift-entries/{entry}"), 1).await.expect(200);
        delete(&crew.office, &format!("/v1/shift-swaps/{on}"), 1).await.expect(200);
        let entry = off("11-24T20:00", "11-25T06:00").await;
        assert!(rings().await);
        delete(&crew.office, &format!("/v1/shift-swaps/{made}"), 1).await.expect(200);
        assert!(!rings().await, "it is the giver's again");
        delete(&crew.office, &format!("/v1/shift-entries/{entry}"), 1).await.expect(200);
        crew.office.post("/v1/shift-swaps", swap(&crew.technician, &mate)).await.expect(201);
        off("11-24T20:00", "11-25T06:00").await;
        assert!(rings().await);
        server.pass(3 * 24 * 60).await;
        assert!(!rings().await, "it is over");
        server.stop().await;
    }

    async fn the_roster_shows_windows_entries_and_visits(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        enter(&crew.office, &crew.technician, "day_off", "11-24T12:00", "11-24T18:00").await.expect(201);
        let case = world::opened_case(&server).await;
        let job = json!({ "job_code": "W-FAUCET-DRIP", "priority": "P3" });
        let job = id(&server.dispatcher().post(&format!("/v1/cases/{case}/jobs"), job).await.expect(201));
        let visit = json!({
            "technician_id": crew.technician, "starts_at": at("11-24T09:00"), "ends_at": at("11-24T11:00"),
        });
        server.dispatcher().post(&format!("/v1/jobs/{job}/appointment"), visit).await.expect(201);
        let path = format!("/v1/firms/{}/roster", crew.firm);
        let shown = crew.office.get(&format!("{path}?from=2026-11-24&to=2026-11-25")).await.expect(200);
        let own = &shown["items"][0];
        let window = |kind: &str, from: &str, to: &str| json!({
            "kind": kind, "starts_at": at(from), "ends_at": at(to),
        });
        assert_eq!(own["windows"], json!([
            window("shift", "11-24T00:00", "11-24T12:00"), window("day_off", "11-24T12:00", "11-24T18:00"),
            window("shift", "11-24T18:00", "11-25T00:00"),
        ]));
        assert_eq!((&own["visits"][0]["job_id"], own["visits"].as_array().unwrap().len()), (&json!(job), 1));
        assert_eq!(own["entries"][0]["kind"], "day_off");
        for query in ["from=2026-11-24&to=2026-11-24", "from=2026-11-24&to=2026-12-26", "from=2026-11-24&to=2026-11-23"] {
            assert_eq!(crew.office.get(&format!("{path}?{query}")).await.refused_field(), "to", "{query}");
        }
        server.stop().await;
    }

    async fn the_lint_finds_the_hours_nobody_covers(db: TestDb) {
        let server = TestServer::start(&db).await;
        let administrator = server.administrator();
        let mut firm = world::firm("墨田設備");
        firm["areas"] = json!(["13107"]);
        let firm = id(&administrator.post("/v1/firms", firm).await.expect(201));
        let mut body = world::technician("夜勤", &["water"], world::point(35.71, 139.80));
        body["shifts"] = json!([
            { "day": "sun", "from": "06:00", "to": "24:00" }, { "day": "sat", "from": "20:00", "to": "02:00+1" },
        ]);
        let path = format!("/v1/firms/{firm}/technicians");
        let technician = id(&administrator.post(&path, body).await.expect(201));
        enter(&administrator, &technician, "on_call", "11-29T02:00", "11-29T04:30").await.expect(201);
        let supervisor = server.client(Role::Supervisor);
        let report = supervisor.get("/v1/roster-lint?from=2026-11-29&days=1").await.expect(200);
        assert_eq!((&report["municipalities"], &report["has_holes"]), (&json!(1), &json!(true)));
        let found: Vec<_> = report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| {
                let text = |field: &str| one[field].as_str().unwrap().to_owned();
                let place = one["municipalities"][0]["name"].as_str().unwrap().to_owned();
                (place, text("trade"), text("hole"), text("when_en"))
            })
            .collect();
        let place = "東京都墨田区".to_owned();
        let finding = |trade: &str, hole: &str, when: &str| (place.clone(), trade.into(), hole.into(), when.into());
        assert_eq!(found, [
            finding("water", "nobody", "Sun 11/29 04:30–06:00"),
            finding("lock", "nobody", "Sun 11/29 00:00–24:00"),
            finding("water", "on_call_only", "Sun 11/29 02:00–04:30"),
        ]);
        assert_eq!(supervisor.get("/v1/roster-lint?days=32").await.refused_field(), "days");
        // A firm that names a city serves its wards.
        world::crew(&server, "栄水道", 35.165, 136.91).await;
        let report = supervisor.get("/v1/roster-lint?from=2026-11-29&days=1").await.expect(200);
        assert_eq!(report["municipalities"], 1 + 16);
        assert_eq!(report["findings"].as_array().unwrap().len(), 3, "round the clock has no hole");
        server.stop().await;
    }
}

/// On one engine: the sequencer looks twice a minute, 200,000 times in seventy days.
#[tokio::test]
async fn what_is_far_ahead_is_known_when_its_day_comes() {
    on_sqlite(|db| async move {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let far: DateTime<Utc> = server.ctx.now() + TimeDelta::days(70);
        let body = json!({ "kind": "day_off", "starts_at": far, "ends_at": far + TimeDelta::hours(1) });
        let path = format!("/v1/technicians/{}/shift-entries", crew.technician);
        crew.office.post(&path, body).await.expect(201);
        server.ctx.clock().advance_to(far).await;
        assert_eq!(said_of(&server, &crew.technician).await.0, "rejected");
        server.pass(60).await;
        assert_eq!(said_of(&server, &crew.technician).await.0, "candidate", "half-open (T-07)");
        server.stop().await;
    })
    .await;
}
