//! What happens at the site besides work: who leaves and how, identity, findings, payments, outcomes.

use serde_json::{Value, json};

use super::*;

fn told(steps: &[(&str, Value)]) -> FieldRecord {
    let mut device = Device::of(1);
    let facts: Vec<_> = steps.iter().map(|(time, kind)| device.tell(time, what(kind.clone()))).collect();
    FieldRecord::of(&facts)
}

fn simply(kind: &str) -> Value {
    json!({ "kind": kind })
}

fn work_start() -> Value {
    json!({ "kind": "work_start", "work": "work" })
}

fn leaving(how: &str) -> Value {
    json!({ "kind": "leaving", "return_planned": how == "to return" })
}

fn state(record: &FieldRecord) -> Option<FieldState> {
    record.technician(technician(1)).map(|told| told.state)
}

#[test]
fn each_way_of_leaving_has_its_state() {
    let no_access = json!({ "kind": "no_access", "reason": "nobody_there" });
    let withdrawal = json!({ "kind": "withdrawal", "code": "breakdown" });
    for (leave, person, job) in [
        (leaving("to return"), FieldState::AwaitingReturn, Some(JobState::AwaitingReturn)),
        (leaving("for good"), FieldState::Left, Some(JobState::AwaitingReturn)),
        (no_access, FieldState::NoAccess, Some(JobState::AwaitingReturn)),
        (withdrawal, FieldState::Withdrawn, None),
    ] {
        let record = told(&[("10:00:00", simply("arrival")), ("10:10:00", leave)]);
        assert_eq!((state(&record), record.state), (Some(person), job));
        assert_eq!(record.technicians[0].since, at("10:10:00"));
        assert_eq!(record.visits[0].to, at("10:10:00"));
        assert_eq!(record.flags, []);
    }
}

#[test]
fn leaving_ends_what_was_going_on() {
    let working =
        [("10:00:00", simply("arrival")), ("10:05:00", work_start()), ("10:45:00", leaving("to return"))];
    let record = told(&working);
    assert_eq!((seconds(&record), codes(&record)), (vec![vec![2_400]], vec![FlagCode::MissingEnd]));
    let record = told(&[
        ("10:00:00", simply("arrival")),
        ("10:05:00", work_start()),
        ("10:25:00", json!({ "kind": "pause", "reason": "parts_fetch" })),
        ("10:45:00", leaving("to return")),
    ]);
    assert_eq!((seconds(&record), codes(&record)), (vec![vec![1_200]], vec![]));
    assert_eq!(record.pauses[0].to, Some(at("10:45:00")), "whoever has left does not pause");
}

#[test]
fn c_15_whoever_comes_back_makes_another_visit_of_the_same_job() {
    let record = told(&[
        ("10:00:00", simply("arrival")),
        ("10:00:00", work_start()),
        ("10:45:00", simply("work_end")),
        ("10:45:00", json!({ "kind": "leaving", "return_planned": true, "reason": "parts_to_order" })),
        ("14:00:00", simply("departure")),
        ("14:30:00", simply("arrival")),
        ("14:30:00", work_start()),
        ("15:10:00", simply("work_end")),
        ("15:10:00", simply("completion")),
    ]);
    assert_eq!((seconds(&record), codes(&record)), (vec![vec![2_700], vec![2_400]], vec![]));
    assert_eq!((record.state, state(&record)), (Some(JobState::Completed), Some(FieldState::Done)));
    assert_eq!(record.leavings[0].reason, Some(ReturnReason::PartsToOrder));
}

#[test]
fn the_job_waits_for_a_return_only_when_nobody_is_on_it() {
    let (mut first, mut second) = (Device::of(1), Device::of(2));
    let mut facts = vec![
        first.tell("10:00:00", simple("arrival")),
        second.tell("10:05:00", simple("arrival")),
        first.tell("10:10:00", what(leaving("to return"))),
    ];
    assert_eq!(FieldRecord::of(&facts).state, Some(JobState::OnSite));
    facts.push(second.tell("10:20:00", what(leaving("for good"))));
    assert_eq!(FieldRecord::of(&facts).state, Some(JobState::AwaitingReturn));
}

#[test]
fn s_04_nothing_counts_after_a_check_that_failed_until_one_has_passed() {
    let story = |again: bool| {
        let mut device = Device::of(1);
        let mut facts = vec![
            device.tell("10:00:00", simple("arrival")),
            device.tell("10:00:00", start("work")),
            device.tell("10:20:00", id_check(Check::Failed)),
        ];
        if again {
            facts.push(device.tell("10:30:00", id_check(Check::Passed)));
        }
        facts.push(device.tell("10:50:00", simple("work_end")));
        facts.push(
            device.tell("10:50:00", what(json!({ "kind": "completion", "outcome": "refused_opening" }))),
        );
        FieldRecord::of(&facts)
    };
    let refused = story(false);
    assert_eq!(
        (seconds(&refused), codes(&refused)),
        (vec![vec![1_200]], vec![FlagCode::WorkAfterFailedCheck])
    );
    assert_eq!(refused.outcome, Some(JobOutcome::RefusedOpening));
    let passed = story(true);
    assert_eq!(seconds(&passed), [[1_200, 1_200]]);
    assert_eq!(passed.id_checks.iter().map(|check| check.passed).collect::<Vec<_>>(), [false, true]);
    let nothing_done = told(&[
        ("10:00:00", simply("arrival")),
        ("10:05:00", serde_json::to_value(id_check(Check::Failed)).unwrap()),
        ("10:10:00", json!({ "kind": "completion", "outcome": "refused_opening" })),
    ]);
    assert_eq!(codes(&nothing_done), []);
}

#[test]
fn s_01_a_check_passes_by_person_residence_and_pledge() {
    let check = |way: &str, face_ok: bool, pledge_signed: bool| {
        let id_kind = face_ok.then_some("passport");
        let kind = json!({
            "kind": "id_check", "way": way, "id_kind": id_kind, "face_ok": face_ok, "name_ok": true,
            "address_ok": true, "pledge_signed": pledge_signed,
        });
        told(&[("10:00:00", kind)]).id_checks[0].passed
    };
    assert!(check("card_at_door", true, true) && check("inside", true, true));
    assert!(!check("card_at_door", false, true) && !check("inside", false, true));
    assert!(check("call_back", false, true) && check("police", false, true), "somebody vouches for him");
    assert!(!check("card_at_door", true, false) && !check("police", false, false), "no pledge, no opening");
}

#[test]
fn after_a_finding_nothing_is_sold_without_authority() {
    let story = |payer: Option<&str>, asked: &str| {
        let mut device = Device::of(1);
        let mut facts = vec![device.tell("10:00:00", simple("arrival")), device.tell("10:10:00", finding())];
        if let Some(payer) = payer {
            facts.push(device.consent(asked, &Asked { payer, ..Asked::items(&[(1, 480)]) }));
        }
        facts.push(device.tell("10:20:00", part(1, 480)));
        codes(&FieldRecord::of(&facts))
    };
    assert_eq!(story(None, ""), [FlagCode::ChargedAfterFinding]);
    assert_eq!(story(Some("worker"), "10:05:00"), [FlagCode::ChargedAfterFinding], "he had not heard of it");
    assert_eq!(story(Some("worker"), "10:15:00"), []);
    assert_eq!(story(Some("landlord"), "10:05:00"), [], "the landlord's authority stands");
    assert_eq!(story(Some("landlord"), "10:25:00"), [FlagCode::ChargedAfterFinding], "too late");
    let free = told(&[
        ("10:10:00", serde_json::to_value(finding()).unwrap()),
        ("10:20:00", serde_json::to_value(part(1, 0)).unwrap()),
    ]);
    assert_eq!(codes(&free), [], "making safe is free");
}

#[test]
fn an_outcome_that_is_contradicted_is_doubtful() {
    let ending = |outcome: &str| json!({ "kind": "completion", "outcome": outcome });
    let of = |steps: &[(&str, Value)]| codes(&told(steps));
    let found = serde_json::to_value(finding()).unwrap();
    let failed = serde_json::to_value(id_check(Check::Failed)).unwrap();
    assert_eq!(of(&[("10:00:00", ending("stopped_referred"))]), [FlagCode::DoubtfulOutcome]);
    assert_eq!(of(&[("10:00:00", found), ("10:05:00", ending("stopped_referred"))]), []);
    assert_eq!(of(&[("10:00:00", failed), ("10:05:00", ending("completed"))]), [FlagCode::DoubtfulOutcome]);
    let twice = [("10:00:00", ending("completed")), ("10:05:00", ending("aborted_unsafe"))];
    assert_eq!(of(&twice), [FlagCode::DoubtfulOutcome]);
    assert_eq!(of(&[("10:00:00", ending("completed")), ("10:05:00", ending("completed"))]), []);
}

#[test]
fn what_was_paid_and_when_he_will_come_is_on_record() {
    let record = told(&[
        ("10:00:00", json!({ "kind": "delay", "arrival_at": at("10:40:00") })),
        ("10:40:00", simply("arrival")),
        ("11:00:00", json!({ "kind": "payment", "method": "cash", "amount_yen": 2_200 })),
        ("11:01:00", json!({ "kind": "position" })),
    ]);
    assert_eq!(record.delays[0].arrival_at, at("10:40:00"));
    assert_eq!((record.payments[0].method, record.payments[0].amount_yen.yen()), (TakenMethod::Cash, 2_200));
    assert_eq!(record.visits[0].to, at("11:00:00"), "a position says nothing about the stay");
}

#[test]
fn a_wrong_clock_promises_the_right_arrival() {
    let mut device = Device::of(1).behind(TimeDelta::minutes(10));
    let delay = json!({ "kind": "delay", "arrival_at": at("10:30:00") });
    let record = FieldRecord::of(&[device.tell("10:00:00", what(delay))]);
    assert_eq!(record.delays[0].arrival_at, at("10:40:00"), "by his clock it was half past");
}

#[test]
fn nobody_works_in_two_places() {
    let facts = plain_job(&mut Device::of(1), &[("10:00:00", "10:50:00")]);
    let elsewhere = |technician: u128, from: &str, to: &str| WorkSpan {
        from: at(from),
        to: at(to),
        technician_id: super::technician(technician),
        work: crate::domain::charging::WorkKind::Work,
    };
    let beside = |span: WorkSpan| codes(&FieldRecord::of(&facts).beside(&[span]));
    assert_eq!(beside(elsewhere(1, "10:49:59", "11:30:00")), [FlagCode::Overlap]);
    assert_eq!(beside(elsewhere(1, "10:50:00", "11:30:00")), [], "one after the other");
    assert_eq!(beside(elsewhere(2, "10:00:00", "10:50:00")), [], "somebody else");
}
