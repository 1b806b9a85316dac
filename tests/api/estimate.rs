//! What would it cost? Every golden vector, every open question answered both ways, and every refusal by its field.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use kaketsuke::domain::span::Instant;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::{
    db::{Raw, TestDb, on_both_engines},
    server::{Reply, TestServer},
    world,
};

const PATH: &str = "/v1/programmes/000/charge-estimate";

on_both_engines! {
    async fn every_boundary_of_the_vectors(db: TestDb) {
        let server = TestServer::start(&db).await;
        let rows = vectors().boundary;
        assert_eq!(rows.len(), 10);
        for row in rows {
            for (expected, rounding, grace) in [
                (&row.started_grace0, "started", 0),
                (&row.completed, "completed", 0),
                (&row.started_grace59, "started", 59),
            ] {
                let policy = json!({ "overtime_rounding": rounding, "grace_seconds": grace });
                let body = json!({ "visits": [[worked(row.worked_seconds)]], "policy": policy });
                let got = ask(&server, PATH, &body).await.expect(200);
                let label = format!("{} s, {policy}", row.worked_seconds);
                assert_eq!(got["worked_seconds"], json!([row.worked_seconds]), "{label}");
                assert_eq!(got["units"], expected.units, "{label}");
                assert_eq!((&got["billable_yen"], &got["total_yen"]), (&json!(expected.yen), &json!(expected.yen)), "{label}");
                assert_eq!(sum(&got, "tax_included_yen"), expected.tax, "{label}");
            }
        }
        server.stop().await;
    }

    async fn every_case_of_the_vectors_under_every_policy(db: TestDb) {
        let server = TestServer::start(&db).await;
        let cases = vectors().cases;
        assert_eq!(cases.len(), 8);
        for case in cases {
            assert_eq!(case.expect.len(), 8, "{}", case.id);
            for (key, expected) in &case.expect {
                let [scope, crew, rounding] = key.split('/').collect::<Vec<_>>().try_into().unwrap();
                let body = json!({
                    "visits": case.visits(),
                    "consented_units": case.consented_units,
                    "policy": { "allowance_scope": scope, "crew_time": crew, "overtime_rounding": rounding },
                });
                let got = ask(&server, PATH, &body).await.expect(200);
                for (field, value) in expected.as_object().unwrap() {
                    assert_eq!(&got[field], value, "{} {key} {field}", case.id);
                }
                assert_eq!(expected.as_object().unwrap().len(), 5, "{} {key}", case.id);
                assert_eq!(sum(&got, "amount_yen"), got["total_yen"].as_i64().unwrap());
            }
        }
        server.stop().await;
    }

    /// The table printed with C-09.
    async fn c_09_both_sides_of_every_unit(db: TestDb) {
        let server = TestServer::start(&db).await;
        for (minutes, seconds, started, completed, started_grace_59) in [
            (59, 59, 0, 0, 0),
            (60, 0, 0, 0, 0),
            (60, 1, 1_100, 0, 0),
            (60, 59, 1_100, 0, 0),
            (61, 0, 1_100, 0, 1_100),
            (69, 59, 1_100, 0, 1_100),
            (70, 0, 1_100, 1_100, 1_100),
            (70, 1, 2_200, 1_100, 1_100),
            (71, 0, 2_200, 1_100, 2_200),
            (80, 0, 2_200, 2_200, 2_200),
            (80, 1, 3_300, 2_200, 2_200),
            (135, 0, 8_800, 7_700, 8_800),
        ] {
            let visits = json!([[worked(60 * minutes + seconds)]]);
            for (yen, policy) in [
                (started, json!({})),
                (completed, json!({ "overtime_rounding": "completed" })),
                (started_grace_59, json!({ "grace_seconds": 59 })),
            ] {
                let body = json!({ "visits": visits, "policy": policy });
                let got = ask(&server, PATH, &body).await.expect(200);
                assert_eq!(got["total_yen"], yen, "{minutes}:{seconds:02} {policy}");
            }
        }
        server.stop().await;
    }

    async fn everything_at_once_adds_up_and_says_why(db: TestDb) {
        let server = TestServer::start(&db).await;
        let got = ask(&server, PATH, &everything()).await.expect(200);
        // 72 minutes are 2 units, 1 of them agreed to: 1,100. One and a half times 480 is 720. A lump of 8,800.
        assert_eq!((&got["worked_seconds"], &got["units"]), (&json!([72 * 60]), &json!(2)));
        assert_eq!((&got["billable_units"], &got["written_off_units"]), (&json!(1), &json!(1)));
        assert_eq!((&got["billable_yen"], &got["total_yen"]), (&json!(1_100), &json!(1_100 + 720 + 8_800)));
        let lines = got["lines"].as_array().unwrap();
        let said: Vec<_> = lines.iter().map(|line| (&line["kind"], &line["amount_yen"], &line["rule"])).collect();
        let expected = [
            json!(["overtime", 1_100, "C-08"]),
            json!(["write_off", 0, "C-20"]),
            json!(["part", 720, "C-05"]),
            json!(["special_work", 8_800, "C-13"]),
        ];
        let expected: Vec<_> = expected.iter().map(|line| (&line[0], &line[1], &line[2])).collect();
        assert_eq!(said, expected);
        for (line, (ja, en)) in lines.iter().zip([
            ("1,100円", "1,100 yen"),
            ("0円", "0 yen"),
            ("720円", "720 yen"),
            ("8,800円", "8,800 yen"),
        ]) {
            assert!(line["text_ja"].as_str().unwrap().contains(ja), "{line}");
            assert!(line["text_en"].as_str().unwrap().contains(en), "{line}");
        }
        server.stop().await;
    }

    async fn every_key_but_the_visits_is_optional(db: TestDb) {
        let server = TestServer::start(&db).await;
        let least = json!({ "visits": [[worked(72 * 60)]] });
        let usual = ask(&server, PATH, &least).await.expect(200);
        assert_eq!(usual["total_yen"], 2_200, "without a cap everything is taken as agreed to");
        // Each spelled out, in whatever part, is the programme's own answer.
        let policy = json!({
            "overtime_rounding": "started", "grace_seconds": 0, "allowance_scope": "job", "crew_time": "wall_clock",
        });
        let mut same = vec![json!({}), policy.clone(), Value::Null];
        same.extend(policy.as_object().unwrap().iter().map(|(key, value)| json!({ key: value })));
        same.extend(policy.as_object().unwrap().keys().map(|key| json!({ key: null })));
        for policy in same {
            let mut body = least.clone();
            body["policy"] = policy.clone();
            assert_eq!(ask(&server, PATH, &body).await.expect(200), usual, "{policy}");
        }
        for key in ["consented_units", "parts", "special_work", "policy"] {
            let mut body = everything();
            body.as_object_mut().unwrap().remove(key).unwrap();
            ask(&server, PATH, &body).await.expect(200);
        }
        let none = json!({ "visits": [[worked(72 * 60)]], "consented_units": 0 });
        let none = ask(&server, PATH, &none).await.expect(200);
        assert_eq!((&none["total_yen"], &none["written_off_units"]), (&json!(0), &json!(2)));
        assert_eq!(ask(&server, PATH, &json!({ "visits": [] })).await.expect(200)["total_yen"], 0);
        let nothing = ask(&server, PATH, &json!({})).await;
        assert_eq!(nothing.status.as_u16(), 422);
        assert!(nothing.body["detail"].as_str().unwrap().contains("visits"), "{}", nothing.body);
        server.stop().await;
    }

    async fn a_refusal_names_the_field(db: TestDb) {
        let server = TestServer::start(&db).await;
        let interval = worked(72 * 60);
        for (path, value, field) in [
            ("/visits/0/0/to", json!("2026-11-22T09:59:59+09:00"), "visits[0][0].to"),
            ("/visits/0/0/to", json!("2027-11-22T10:00:00+09:00"), "visits[0][0].to"),
            ("/visits/0/0/from", json!("1969-12-31T23:59:59Z"), "visits[0][0].from"),
            ("/visits/0/0/from", json!("ten"), "visits[0][0].from"),
            ("/visits/0/0/kind", json!("rest"), "visits[0][0].kind"),
            ("/visits/0/0/technician", json!(""), "visits[0][0].technician"),
            ("/visits/0/0/colour", json!("red"), "visits[0][0].colour"),
            ("/visits", vec![json!([]); 51].into(), "visits"),
            ("/visits/0", vec![interval; 201].into(), "visits[0]"),
            ("/visits", json!("all"), "visits"),
            ("/consented_units", json!(-1), "consented_units"),
            ("/consented_units", json!(1.5), "consented_units"),
            ("/parts/0/quantity", json!("0"), "parts[0].quantity"),
            ("/parts/0/quantity", json!("-1"), "parts[0].quantity"),
            ("/parts/0/quantity", json!("1e3"), "parts[0].quantity"),
            ("/parts/0/unit_price_yen", json!(-1), "parts[0].unit_price_yen"),
            ("/parts/0/unit_price_yen", json!(480.5), "parts[0].unit_price_yen"),
            ("/parts/0/name", json!(" "), "parts[0].name"),
            ("/special_work/0/price_yen", json!(-1), "special_work[0].price_yen"),
            ("/special_work/0/code", json!("a\nb"), "special_work[0].code"),
            ("/policy/grace_seconds", json!(-1), "policy.grace_seconds"),
            ("/policy/grace_seconds", json!(600), "policy.grace_seconds"),
            ("/policy/overtime_rounding", json!("nearest"), "policy.overtime_rounding"),
            ("/policy/allowance_scope", json!("day"), "policy.allowance_scope"),
            ("/policy/crew_time", json!("double"), "policy.crew_time"),
            ("/policy/free_minutes", json!(90), "policy.free_minutes"),
        ] {
            let mut body = everything();
            let (parent, key) = path.rsplit_once('/').unwrap();
            match body.pointer_mut(parent).unwrap() {
                Value::Object(fields) => fields.insert(key.to_owned(), value.clone()),
                list => list.as_array_mut().unwrap().get_mut(key.parse::<usize>().unwrap()).map(|one| {
                    std::mem::replace(one, value.clone())
                }),
            };
            let refused = ask(&server, PATH, &body).await;
            assert_eq!((refused.status.as_u16(), refused.problem()), (422, "invalid"), "{path} = {value}");
            assert_eq!(refused.refused_field(), field, "{path} = {value}");
        }
        server.stop().await;
    }

    async fn only_a_programme_that_sends_people_out_has_prices(db: TestDb) {
        let server = TestServer::start(&db).await;
        for programme in ["999", "00", "001"] {
            let path = format!("/v1/programmes/{programme}/charge-estimate");
            let refused = ask(&server, &path, &everything()).await;
            assert_eq!((refused.status.as_u16(), refused.problem()), (404, "not-found"), "{programme}");
        }
        server.stop().await;
    }

    async fn an_estimate_stores_nothing(db: TestDb) {
        let server = TestServer::start(&db).await;
        world::crew(&server, "栄水道", 35.165, 136.91).await;
        world::job(&server).await;
        let mut raw = db.raw().await;
        let before = counts(&mut raw).await;
        assert_eq!(before["job"], 1);
        assert!(before["event"] > 0 && before["feed"] == before["event"], "{before:?}");
        for _ in 0..3 {
            ask(&server, PATH, &everything()).await.expect(200);
        }
        server.dispatcher().post_as("once", PATH, everything()).await.expect(200);
        ask(&server, PATH, &json!({ "visits": "all" })).await.refused_field();
        server.settle().await;
        assert_eq!(counts(&mut raw).await, before);
        server.stop().await;
    }
}

/// Asks as somebody who has no right but the right to ask, and without an Idempotency-Key.
async fn ask(server: &TestServer, path: &str, body: &Value) -> Reply {
    let client = server.client(kaketsuke::domain::actor::Role::ClaimsSupport);
    client.send(client.request(reqwest::Method::POST, path).json(body)).await
}

/// Work of so many seconds from ten o'clock on.
fn worked(seconds: i64) -> Value {
    interval(0, "A", "10:00:00", TimeDelta::seconds(seconds), "work")
}

/// An interval that begins on 22 November 2026 or so many days later.
fn interval(day: usize, technician: &str, from: &str, length: TimeDelta, kind: &str) -> Value {
    let from: Instant = format!("2026-11-{}T{from}+09:00", 22 + day).parse().unwrap();
    json!({ "technician": technician, "from": from, "to": from + length, "kind": kind })
}

/// A body with every key.
fn everything() -> Value {
    json!({
        "visits": [[
            worked(72 * 60),
            interval(0, "A", "11:12:00", TimeDelta::minutes(60), "special"),
            interval(0, "A", "12:12:00", TimeDelta::minutes(30), "rework"),
        ]],
        "consented_units": 1,
        "parts": [{ "name": "止水栓パッキン", "quantity": "1.5", "unit_price_yen": 480 }],
        "special_work": [{ "code": "high_pressure_cleaning", "price_yen": 8_800 }],
        "policy": {
            "overtime_rounding": "started", "grace_seconds": 0, "allowance_scope": "job", "crew_time": "wall_clock",
        },
    })
}

fn sum(estimate: &Value, field: &str) -> i64 {
    estimate["lines"].as_array().unwrap().iter().map(|line| line[field].as_i64().unwrap()).sum()
}

/// Rows of everything an estimate could have written to.
async fn counts(raw: &mut Raw) -> BTreeMap<&'static str, i64> {
    let mut counts = BTreeMap::new();
    let tables = ["call", "case_file", "job", "offer", "fact", "settlement", "ledger_line", "event", "feed"];
    for table in tables.into_iter().chain(["idempotency"]) {
        counts.insert(table, raw.integer(&format!("SELECT COUNT(*) FROM {table}")).await);
    }
    counts
}

#[derive(Deserialize)]
struct Vectors {
    boundary: Vec<Boundary>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Boundary {
    worked_seconds: i64,
    started_grace0: Expected,
    completed: Expected,
    started_grace59: Expected,
}

#[derive(Deserialize)]
struct Expected {
    units: i64,
    yen: i64,
    tax: i64,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    /// Technician, from, to, kind.
    visits: Vec<Vec<(String, chrono::NaiveTime, chrono::NaiveTime, String)>>,
    consented_units: Option<i64>,
    expect: BTreeMap<String, Value>,
}

impl Case {
    /// The visits as the API reads them, each on a day of its own.
    fn visits(&self) -> Value {
        let visits = self.visits.iter().enumerate().map(|(day, visit)| -> Value {
            let intervals = visit.iter().map(|(technician, from, to, kind)| {
                interval(day, technician, &from.to_string(), *to - *from, kind)
            });
            intervals.collect()
        });
        visits.collect()
    }
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("../vectors/charging.json")).unwrap()
}
