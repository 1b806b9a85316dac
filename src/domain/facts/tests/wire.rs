//! The words of the API: what is accepted, what is refused, and by which name.

use serde_json::{Value, json};

use super::*;

fn consent() -> Value {
    Asked { cap_units: Some(2), items: &[(1, 480)], cap_yen: 2_680, payer: "host_company", answer: "yes" }
        .json(at("10:50:00"))
}

#[test]
fn every_kind_is_read_and_written_alike() {
    let kinds = [
        json!({"kind": "departure"}),
        json!({"kind": "arrival"}),
        json!({"kind": "delay", "arrival_at": "2026-11-22T02:00:00Z"}),
        json!({"kind": "no_access", "reason": "entry_refused"}),
        json!({"kind": "id_check", "way": "card_at_door", "id_kind": "residence_card", "face_ok": true, "name_ok": true, "address_ok": false, "pledge_signed": false}),
        json!({"kind": "id_check", "way": "call_back", "id_kind": null, "face_ok": false, "name_ok": true, "address_ok": true, "pledge_signed": true}),
        json!({"kind": "referral_finding", "reason": "wear", "component": "toilet", "private_or_common": "private", "note": "valve_corroded", "made_safe": true, "evidence": [item(3)]}),
        json!({"kind": "payment", "method": "cash", "amount_yen": 2_200, "payer": "host_company"}),
        json!({"kind": "payment", "method": "none", "amount_yen": 0, "payer": "worker"}),
        json!({"kind": "withdrawal", "code": "breakdown"}),
        json!({"kind": "leaving", "return_planned": true, "reason": "parts_to_order"}),
        json!({"kind": "work_start", "work": "rework"}),
        json!({"kind": "pause", "reason": "quote_discussion"}),
        json!({"kind": "resume"}),
        json!({"kind": "work_end"}),
        json!({"kind": "part", "item": item(1), "name": "栓", "quantity": "1.5", "unit_price_yen": 480, "price_basis": "tax_exclusive"}),
        json!({"kind": "special_work", "item": item(2), "code": "high_pressure_cleaning", "price_yen": 22_000, "quote": "Q-1"}),
        json!({"kind": "completion", "signature": "sig-1", "outcome": "stopped_referred"}),
    ];
    for kind in kinds {
        let read: FactKind = serde_json::from_value(kind.clone()).unwrap();
        assert_eq!(read.code(), kind["kind"], "stored under its own name");
        assert_eq!(serde_json::to_value(&read).unwrap(), kind);
    }
    let mut written = serde_json::to_value(what(consent())).unwrap();
    assert_eq!(written.as_object_mut().unwrap().remove("evidence"), Some(Value::Null));
    assert_eq!(written, serde_json::from_str::<Value>(&consent().to_string()).unwrap());
    assert_eq!(
        what(json!({"kind": "completion"})),
        FactKind::Completion { signature: None, outcome: JobOutcome::Completed },
        "a signature is optional, and done is done"
    );
    assert_eq!(
        what(json!({"kind": "payment", "method": "cash", "amount_yen": 1})),
        what(json!({"kind": "payment", "method": "cash", "amount_yen": 1, "payer": "worker"})),
        "the worker has paid, unless somebody else is named"
    );
    let here = json!({"kind": "position", "point": {"type": "Point", "coordinates": [136.9, 35.1]}});
    assert!(matches!(what(here.clone()), FactKind::Position { point: Some(_) }));
    assert_eq!(
        serde_json::to_value(what(here).kept()).unwrap(),
        json!({"kind": "position"}),
        "no trail is kept"
    );
}

#[test]
fn what_nobody_knows_is_refused() {
    for kind in [
        json!({"kind": "departure", "colour": "red"}),
        json!({"kind": "lunch"}),
        json!({"kind": "work_start"}),
        json!({"kind": "work_start", "work": "work", "colour": "red"}),
        json!({"kind": "pause", "reason": "tired"}),
        json!({"kind": "id_check", "id_kind": "residence_card", "way": "inside", "pledge_signed": true, "face_ok": true, "name_ok": true, "address_ok": true, "number": "AB12345678CD"}),
        json!({"kind": "id_check", "way": "inside", "pledge_signed": true, "face_ok": true, "name_ok": true, "address_ok": true}),
        json!({"kind": "id_check", "id_kind": "residence_card", "face_ok": true, "name_ok": true, "address_ok": true}),
        json!({"kind": "delay", "arrival_at": "2100-01-01T00:00:00Z"}),
        json!({"kind": "no_access", "reason": "tired"}),
        json!({"kind": "payment", "method": "cash"}),
        json!({"kind": "payment", "method": "none", "amount_yen": 1}),
        json!({"kind": "payment", "method": "card", "amount_yen": 1}),
        json!({"kind": "payment", "method": "cash", "amount_yen": 1, "payer": "programme"}),
        json!({"kind": "payment", "method": "cash", "amount_yen": 1, "payer": "neighbour"}),
        json!({"kind": "referral_finding", "reason": "wear", "component": "toilet", "note": "錆"}),
        json!({"kind": "referral_finding", "reason": "wear", "component": "toilet", "evidence": vec![item(3); 21]}),
        json!({"kind": "withdrawal", "code": "no_show"}),
        json!({"kind": "leaving"}),
        json!({"kind": "completion", "outcome": "tired"}),
        json!({"kind": "part", "item": item(1), "name": "a\nb", "quantity": "1", "unit_price_yen": 1, "price_basis": "tax_inclusive"}),
        json!({"kind": "part", "item": item(1), "name": "栓".repeat(65), "quantity": "1", "unit_price_yen": 1, "price_basis": "tax_inclusive"}),
        json!({"kind": "part", "item": item(1), "name": "栓", "quantity": "0", "unit_price_yen": 1, "price_basis": "tax_inclusive"}),
        json!({"kind": "part", "item": item(1), "name": "栓", "quantity": "1", "unit_price_yen": 1_000_001, "price_basis": "tax_inclusive"}),
        json!({"kind": "special_work", "item": item(2), "code": "高圧", "price_yen": 1}),
        json!({"kind": "special_work", "item": item(2), "code": "a", "price_yen": -1}),
    ] {
        assert!(serde_json::from_value::<FactKind>(kind.clone()).is_err(), "{kind}");
    }
}

#[test]
fn the_name_of_a_part_is_what_is_seen_of_it() {
    let named = |name: &str| {
        let mut told = serde_json::to_value(part(1, 480)).unwrap();
        told["name"] = json!(name);
        serde_json::from_value::<FactKind>(told).is_ok()
    };
    assert!(named("止水栓") && named("क्\u{200D}ष"));
    for steering in ["\u{202E}", "\u{2066}", "\u{200B}", "\u{2028}", "\u{3164}", "\u{FEFF}", "\n", "\u{0}"] {
        assert!(!named(&format!("a{steering}b")), "{steering:?}");
    }
    assert!(!named("\u{200C}\u{2800}"));
}

#[test]
fn a_consent_that_contradicts_itself_is_refused_by_its_field() {
    for (path, value, field) in [
        ("/covers", json!([]), "covers"),
        ("/covers", Value::from(vec![json!({"kind": "overtime", "cap_units": 1}); 101]), "covers"),
        ("/covers/0/cap_units", json!(-1), "covers[0].cap_units"),
        ("/covers/0/cap_units", json!(100_001), "covers[0].cap_units"),
        ("/covers/1/max_yen", json!(-1), "covers[1].max_yen"),
        ("/covers/1/max_yen", json!(2_681), "cap_yen: must not be less than the items"),
        ("/cap_yen", json!(479), "cap_yen: must not be less than the items"),
        ("/cap_yen", json!(-1), "cap_yen"),
        ("/cap_yen", json!(1_000_000_001), "cap_yen"),
        ("/answered_at", json!("2026-11-22T10:49:54+09:00"), "answered_at: must not be before"),
        ("/answered_at", json!("2100-01-01T00:00:00Z"), "answered_at: must be from"),
        ("/asked_at", json!("1999-12-31T23:59:59Z"), "asked_at: must be from"),
        ("/asked_at", json!("2026-11-22T00:59:60Z"), "asked_at: must be from"),
        ("/language", json!("ne ne"), ""),
        ("/text_version", json!(""), ""),
        ("/answer", json!("maybe"), ""),
        ("/payer", json!("neighbour"), ""),
        ("/colour", json!("red"), ""),
    ] {
        let mut consent = consent();
        match consent.pointer_mut(path) {
            Some(found) => *found = value.clone(),
            None => consent[path.trim_start_matches('/')] = value.clone(),
        }
        let error = serde_json::from_value::<FactKind>(consent).unwrap_err().to_string();
        assert!(error.contains(field), "{path} = {value}: {error}");
    }
    let mut whole = consent();
    whole["cap_yen"] = json!(480);
    assert!(serde_json::from_value::<FactKind>(whole).is_ok(), "exactly the items");
}

#[test]
fn a_repetition_is_known_by_what_it_says_and_not_by_its_envelope() {
    let fact = Device::of(1).tell("10:00:00", simple("arrival"));
    let later = Fact { sent_at: at("12:00:00"), received_at: at("12:00:01"), ..fact.clone() };
    assert!(fact.repeats(&later));
    for other in [
        Fact { device_time: at("10:00:01"), ..fact.clone() },
        Fact { device_seq: 2, ..fact.clone() },
        Fact { technician_id: technician(2), ..fact.clone() },
        Fact { device: "other".to_owned().try_into().unwrap(), ..fact.clone() },
        Fact { what: simple("departure"), ..fact.clone() },
    ] {
        assert!(!fact.repeats(&other), "{other:?}");
    }
}
