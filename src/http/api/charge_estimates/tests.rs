//! The body of an estimate as it travels.

use serde_json::{Value, json};

use super::*;

fn body() -> Value {
    json!({
        "visits": [[
            {"technician": "A", "from": "2026-11-22T10:00:00+09:00", "to": "2026-11-22T11:12:00+09:00", "kind": "work"},
            {"technician": "A", "from": "2026-11-22T11:12:00+09:00", "to": "2026-11-22T12:12:00+09:00", "kind": "special"},
        ]],
        "consented_units": 1,
        "parts": [{"name": "止水栓パッキン", "quantity": "1.5", "unit_price_yen": 480}],
        "special_work": [{"code": "WT-S01", "price_yen": 8800}],
        "policy": {"overtime_rounding": "started", "grace_seconds": 0, "allowance_scope": "job", "crew_time": "wall_clock"},
    })
}

fn answered(body: Value) -> EstimateResponse {
    let request: EstimateRequest = serde_json::from_value(body).unwrap();
    estimate(&request.into_input(ChargePolicy::default()).unwrap()).into()
}

fn refused(body: &Value) -> String {
    let request: EstimateRequest = serde_json::from_value(body.clone()).unwrap();
    match request.into_input(ChargePolicy::default()) {
        Err(Refusal::Invalid(errors)) => errors[0].field.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_whole_answer() {
    let mut answer = serde_json::to_value(answered(body())).unwrap();
    for line in answer["lines"].as_array_mut().unwrap() {
        for text in ["text_ja", "text_en"] {
            assert!(line.as_object_mut().unwrap().remove(text).unwrap().as_str().is_some());
        }
    }
    assert_eq!(
        answer,
        json!({
            "worked_seconds": [4320], "units": 2, "billable_units": 1, "written_off_units": 1,
            "billable_yen": 1100, "total_yen": 10_620,
            "lines": [
                {"kind": "overtime", "code": "overtime", "quantity": "1", "unit_price_yen": 1100, "amount_yen": 1100, "tax_included_yen": 100, "rule": "C-08"},
                {"kind": "write_off", "code": "overtime", "quantity": "1", "unit_price_yen": 0, "amount_yen": 0, "tax_included_yen": 0, "rule": "C-20"},
                {"kind": "part", "code": "止水栓パッキン", "quantity": "1.5", "unit_price_yen": 480, "amount_yen": 720, "tax_included_yen": 65, "rule": "C-05"},
                {"kind": "special_work", "code": "WT-S01", "quantity": "1", "unit_price_yen": 8800, "amount_yen": 8800, "tax_included_yen": 800, "rule": "C-13"},
            ],
        })
    );
}

#[test]
fn only_the_visits_are_required() {
    let least = json!({"visits": body()["visits"]});
    assert_eq!(answered(least).total_yen, 2_200);
    assert_eq!(answered(json!({"visits": []})).worked_seconds, [0]);
    let by_visit = json!({"visits": body()["visits"], "policy": {"allowance_scope": "visit", "overtime_rounding": "completed"}});
    assert_eq!(answered(by_visit).total_yen, 1_100);
    assert!(serde_json::from_value::<EstimateRequest>(json!({})).is_err());
}

#[test]
fn unknown_fields_are_refused_at_every_level() {
    for path in ["", "/visits/0/0", "/parts/0", "/special_work/0", "/policy"] {
        let mut body = body();
        body.pointer_mut(path).unwrap()["colour"] = json!("red");
        let error = serde_json::from_value::<EstimateRequest>(body).unwrap_err().to_string();
        assert!(error.contains("unknown field `colour`"), "{path}: {error}");
    }
}

#[test]
fn refusals_name_the_field_by_its_path() {
    for (path, value, field) in [
        ("/visits/0/1/to", json!("2026-11-22T11:11:59+09:00"), "visits[0][1].to"),
        ("/visits/0/1/to", json!("2027-11-22T11:11:59+09:00"), "visits[0][1].to"),
        ("/visits/0/1/to", json!("+262142-12-31T23:00:00+00:00"), "visits[0][1].to"),
        ("/visits/0/0/from", json!("1969-12-31T00:00:00Z"), "visits[0][0].from"),
        ("/visits/0/0/to", json!("2026-11-22T11:11:60+09:00"), "visits[0][0].to"),
        ("/visits/0/1/technician", json!(" "), "visits[0][1].technician"),
        ("/consented_units", json!(-1), "consented_units"),
        ("/consented_units", json!(100_001), "consented_units"),
        ("/parts/0/name", json!(""), "parts[0].name"),
        ("/parts/0/quantity", json!("0"), "parts[0].quantity"),
        ("/parts/0/quantity", json!("1.0001"), "parts[0].quantity"),
        ("/parts/0/unit_price_yen", json!(1_000_001), "parts[0].unit_price_yen"),
        ("/special_work/0/code", json!("a\nb"), "special_work[0].code"),
        ("/special_work/0/price_yen", json!(-1), "special_work[0].price_yen"),
        ("/policy/grace_seconds", json!(600), "policy.grace_seconds"),
        ("/parts", vec![body()["parts"][0].clone(); 101].into(), "parts"),
        ("/special_work", vec![body()["special_work"][0].clone(); 51].into(), "special_work"),
        ("/visits", vec![json!([]); 51].into(), "visits"),
        ("/visits/0", vec![body()["visits"][0][0].clone(); 201].into(), "visits[0]"),
    ] {
        let mut body = body();
        *body.pointer_mut(path).unwrap() = value.clone();
        assert_eq!(refused(&body), field, "{path} = {value}");
    }
}

#[test]
fn exactly_the_limits_are_accepted() {
    let short = json!({"technician": "A", "from": "2026-11-22T10:00:00+09:00", "to": "2026-11-22T10:00:01+09:00", "kind": "work"});
    let mut body = body();
    body["visits"] = vec![Value::from(vec![short; 200]); 50].into();
    body["parts"] = vec![body["parts"][0].clone(); 100].into();
    body["special_work"] = vec![body["special_work"][0].clone(); 50].into();
    body["policy"]["grace_seconds"] = json!(599);
    body["policy"]["crew_time"] = json!("person_time");
    assert_eq!(answered(body).total_yen, 100 * 720 + 50 * 8_800);
}
