//! Every row of the golden vectors.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::*;

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
    visits: Vec<Vec<(String, String, String, String)>>,
    consented_units: Option<i64>,
    expect: BTreeMap<String, Outcome>,
}

#[derive(Deserialize, Debug, PartialEq, Eq)]
struct Outcome {
    worked_seconds: Vec<i64>,
    units: i64,
    billable_units: i64,
    billable_yen: i64,
    written_off_units: i64,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("../../../../tests/vectors/charging.json")).unwrap()
}

#[test]
fn boundaries() {
    let rows = vectors().boundary;
    assert_eq!(rows.len(), 10);
    for row in rows {
        for (expected, rounding, grace) in [
            (&row.started_grace0, "started", 0),
            (&row.completed, "completed", 0),
            (&row.started_grace59, "started", 59),
        ] {
            let got = worked(seconds(row.worked_seconds), None, policy(rounding, grace, "job", "wall_clock"));
            let label = format!("{} s, {rounding}, grace {grace}", row.worked_seconds);
            assert_eq!(got.units, expected.units, "{label}");
            assert_eq!(got.billable_yen, Yen(expected.yen), "{label}");
            let tax: Yen = got.lines.iter().map(|line| line.tax_included_yen).sum();
            assert_eq!(tax, Yen(expected.tax), "{label}");
        }
    }
}

#[test]
fn cases() {
    let cases = vectors().cases;
    assert_eq!(cases.len(), 8);
    for case in cases {
        let visits: Vec<Vec<WorkInterval>> = case
            .visits
            .iter()
            .map(|visit| {
                visit
                    .iter()
                    .map(|(who, from, to, kind)| interval(who, from, to, kind.parse().unwrap()))
                    .collect()
            })
            .collect();
        assert_eq!(case.expect.len(), 8, "{}", case.id);
        for (key, expected) in &case.expect {
            let [scope, crew, rounding] = key.split('/').collect::<Vec<_>>().try_into().unwrap();
            let got = worked(visits.clone(), case.consented_units, policy(rounding, 0, scope, crew));
            let got = Outcome {
                worked_seconds: got.worked_seconds,
                units: got.units,
                billable_units: got.billable_units,
                billable_yen: got.billable_yen.0,
                written_off_units: got.written_off_units,
            };
            assert_eq!(&got, expected, "{} {key}", case.id);
        }
    }
}
