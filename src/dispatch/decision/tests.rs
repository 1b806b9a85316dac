use serde_json::Value;

use super::*;
use crate::{
    dispatch::{
        fleet::Fleet,
        matcher,
        samples::{areas, at, point, question, technician, technician_id},
        technician::{Commitment, NextJob, PositionFix, TechnicianProfile, TechnicianState},
        words::Words,
    },
    domain::trade::Trade,
};

/// Number 1 near, 2 near and Vietnamese, 3 busy, 4 suspended, 5 in another band, 6 of another trade.
fn decision() -> Decision {
    let mut fleet = Fleet::new(at(0));
    let vietnamese = TechnicianProfile { languages: vec!["vi".to_owned()], ..technician(2) };
    let suspended = TechnicianProfile { state: TechnicianState::Suspended, ..technician(4) };
    let far = TechnicianProfile { base: point(35.3, 136.91), ..technician(5) };
    let plumber = TechnicianProfile { trades: [Trade::Water].into_iter().collect(), ..technician(6) };
    for profile in [technician(1), vietnamese, technician(3), suspended, far, plumber] {
        fleet.upsert_technician(profile).unwrap();
    }
    fleet.record_positions(&[(technician_id(1), PositionFix::new(point(35.17, 136.9), at(-60), at(-60)))]);
    let site = point(35.168_7, 136.908_8);
    let commitment = Commitment { site, free_at: at(1_800), next_job: NextJob::Queued };
    fleet.set_commitment(technician_id(3), commitment).unwrap();
    Decision::new(matcher::run(&fleet, &question()), [("feed".to_owned(), "42".to_owned())].into())
}

fn document() -> Vec<u8> {
    decision().document().unwrap()
}

/// The document with one value changed.
fn tampered(pointer: &str, value: Value) -> Vec<u8> {
    let mut document: Value = serde_json::from_slice(&document()).unwrap();
    *document.pointer_mut(pointer).unwrap() = value;
    serde_json::to_vec(&serde_json::from_value::<Decision>(document).unwrap()).unwrap()
}

#[test]
fn the_record_says_who_and_why() {
    let decision = decision();
    assert_eq!(decision.verdict, Verdict::Offer);
    assert_eq!(decision.order, [2, 1, 5].map(technician_id));
    let refused: Vec<_> =
        decision.rejections.iter().map(|one| (one.facts.technician, one.rejection.reason)).collect();
    assert_eq!(
        refused,
        [
            (technician_id(3), Reason::BusyUntil),
            (technician_id(4), Reason::Suspended),
            (technician_id(6), Reason::Trade)
        ]
    );
}

#[test]
fn every_number_in_the_document_is_an_integer() {
    fn check(value: &Value) -> usize {
        match value {
            Value::Number(number) => {
                assert!(number.is_i64() || number.is_u64(), "{number}");
                1
            }
            Value::Array(values) => values.iter().map(check).sum(),
            Value::Object(fields) => fields.values().map(check).sum(),
            _ => 0,
        }
    }
    // Twelve of each candidate alone, five of each refused one.
    assert!(check(&serde_json::from_slice(&document()).unwrap()) >= 3 * 12 + 3 * 5);
}

#[test]
fn times_are_microseconds_and_places_microdegrees() {
    let document: Value = serde_json::from_slice(&document()).unwrap();
    // Monday 2026-11-23 12:00 in Tokyo is 03:00 in UTC.
    assert_eq!(document["now_us"], 1_795_402_800_000_000_i64);
    assert_eq!(document["question"]["site"]["lat_e6"], 35_168_700);
    assert_eq!(
        document["candidates"][1]["facts"]["standing"]["position"]["measured_at_us"],
        1_795_402_740_000_000_i64
    );
    assert_eq!(document["data_versions"]["feed"], "42");
}

#[test]
fn a_replay_gives_the_same_bytes() {
    let document = document();
    assert_eq!(replay(&document).unwrap(), document);
}

#[test]
fn a_replay_shows_what_was_changed() {
    let replayed = replay(&document()).unwrap();
    for (pointer, value) in [
        ("/candidates/0/figures/travel_s", 1.into()),
        ("/candidates/0/figures/distance_m", 9_999.into()),
        ("/candidates/0/figures/band", 3.into()),
        ("/candidates/1/figures/language", "speaks".into()),
        ("/rejections/0/rejection/reason", "blocked".into()),
        ("/order", serde_json::json!([technician_id(1)])),
        ("/verdict", "nobody_free".into()),
        ("/candidates/1/facts/accepted_24h", 7.into()),
        ("/rejections/2/facts/trades", serde_json::json!(["lock"])),
        ("/candidates/2/facts/standing/base/lat_e6", 35_169_000.into()),
    ] {
        let tampered = tampered(pointer, value);
        assert_ne!(
            replay(&tampered).unwrap(),
            tampered,
            "{pointer}: the record no longer follows from its inputs"
        );
        assert_ne!(tampered, replayed);
    }
}

#[test]
fn what_is_derived_is_put_right_by_a_replay() {
    let tampered = tampered("/candidates/0/figures/travel_s", 1.into());
    assert_eq!(replay(&tampered).unwrap(), document());
}

#[test]
fn another_engine_is_named() {
    let other = br#"{"engine_version":"0","anything":[1.5]}"#;
    assert_eq!(
        replay(other).unwrap_err().to_string(),
        "engine version 0 made this decision; this is engine version 4"
    );
    assert!(matches!(replay(b"{}"), Err(ReplayError::Malformed(_))));
    assert!(matches!(replay(br#"{"engine_version":"4"}"#), Err(ReplayError::Malformed(_))));
}

#[test]
fn an_unknown_field_is_not_ignored() {
    let mut document: Value = serde_json::from_slice(&document()).unwrap();
    document["candidates"][0]["facts"]["nationality"] = "x".into();
    assert!(matches!(replay(document.to_string().as_bytes()), Err(ReplayError::Malformed(_))));
}

#[test]
fn why_and_why_not() {
    let decision = decision();
    let says = |number: u128, ja: &str, en: &str| {
        assert_eq!(why(&decision, technician_id(number)), Words::new(ja, en));
    };
    // 0.2 km straight, 0.3 km at 20 km/h.
    says(
        2,
        "1番目：拠点から直線0.2 km、移動1分、到着見込み11/23 12:00。お客様の言語を話します。",
        "Number 1: 0.2 km in a straight line from the base, 1 min on the road, there at about 11/23 12:00. Speaks \
         the caller's language.",
    );
    // 0.81 km straight, 1.06 km of road at 20 km/h: 191 s.
    says(
        1,
        "2番目：現在地から直線0.9 km、移動4分、到着見込み11/23 12:03。通訳が必要です。1つ上の候補より後の理由：\
         同じ時間帯だが、お客様の言語を話せない。",
        "Number 2: 0.9 km in a straight line from the last position, 4 min on the road, there at about 11/23 12:03. \
         Needs an interpreter. Behind the one above: the same band, but not the caller's language.",
    );
    says(
        3,
        "対応中の案件のほかに、次の案件も受けています。（直線距離0.0 km）",
        "On a job, with another accepted one waiting. (0.0 km away in a straight line)",
    );
    assert!(why(&decision, technician_id(5)).en.ends_with("Behind the one above: a later arrival band."));
    assert!(why(&decision, technician_id(77)).en.starts_with("Not named"));
    assert_eq!(
        headline(&decision),
        Words::new(
            "部屋の鍵のトラブル：手配できる候補は3名、最上位の到着見込みは11/23 12:00です。",
            "For lock trouble: 3 can be sent; the first would arrive at about 11/23 12:00."
        )
    );
}

#[test]
fn no_coverage_and_nobody_free_read_differently() {
    let headline_of = |profile: TechnicianProfile| {
        let mut fleet = Fleet::new(at(0));
        fleet.upsert_technician(profile).unwrap();
        headline(&Decision::new(matcher::run(&fleet, &question()), [].into())).en
    };
    let elsewhere = TechnicianProfile { areas: areas(&["13101"]), ..technician(1) };
    assert_eq!(headline_of(elsewhere), "No firm serves municipality 23106 for lock trouble.");
    let off_shift = TechnicianProfile { roster: crate::domain::roster::Roster::default(), ..technician(1) };
    assert_eq!(
        headline_of(off_shift),
        "Firms serve this place for lock trouble, but nobody can be sent now."
    );
}
