//! When a yes counts that a technician's device reports (G-04): from the answer, where nothing that the device had told before
//! lies between the answer and when it was written down.

use super::{trust::guard, *};
use crate::domain::span::Instant;

/// A yes that was written down so much later than it was given.
fn written(device: &mut Device, answered: &str, later: TimeDelta) -> Fact {
    device.tell_at(at(answered) + later, what(Asked::units(2).json(at(answered))))
}

/// What keeps consents out, and from when those count that do.
fn heard(facts: &[Fact], guard: &Guard) -> (Vec<FlagCode>, Vec<Instant>) {
    let record = FieldRecord::guarded(facts, guard);
    (codes(&record), record.consents.iter().map(|given| given.answered_at).collect())
}

#[test]
fn a_yes_that_is_dated_back_counts_from_when_it_was_written_down() {
    let guard = guard(&[(1, "09:30:00", None)]);
    for lag in [0, 1, 3, 14] {
        // Minutes after the answer at which something else was reported before the yes was.
        for between in [None, Some(-1), Some(0), Some(1), Some(14)] {
            let lag = TimeDelta::minutes(lag);
            let between = between.map(TimeDelta::minutes).filter(|after| *after <= lag);
            let mut phone = Device::of(1);
            let mut facts =
                vec![phone.tell("10:00:00", simple("arrival")), phone.tell("10:00:00", start("work"))];
            facts.extend(between.map(|after| phone.tell_at(at("10:50:00") + after, part(1, 480))));
            facts.push(written(&mut phone, "10:50:00", lag));
            facts.push(phone.tell("11:20:00", simple("work_end")));
            facts.push(phone.tell("11:20:00", simple("completion")));
            let is_back = between.is_some_and(|after| after > TimeDelta::zero());
            let from = at("10:50:00") + if is_back { lag } else { TimeDelta::zero() };
            assert_eq!(heard(&facts, &guard), (vec![], vec![from]), "{lag} {between:?}");
        }
    }
}

#[test]
fn nothing_that_is_put_in_between_makes_room_for_a_yes() {
    let guard = guard(&[(1, "09:30:00", None)]);
    for (later, expected) in [
        // Said to be written down before what was told before it.
        (0, (vec![FlagCode::ConsentOutOfOrder], vec![])),
        (12, (vec![], vec![at("11:02:00")])),
    ] {
        let mut phone = Device::of(1);
        let facts = vec![
            phone.tell("10:00:00", simple("arrival")),
            phone.tell("10:00:00", start("work")),
            phone.tell("11:00:00", part(1, 480)),
            // Dated back, so that the next neighbour says nothing against it.
            phone.tell("10:49:00", id_check(Check::Passed)),
            written(&mut phone, "10:50:00", TimeDelta::minutes(later)),
            phone.tell("11:20:00", simple("work_end")),
            phone.tell("11:20:00", simple("completion")),
        ];
        assert_eq!(heard(&facts, &guard), expected, "{later}");
    }
}

#[test]
fn nobody_answers_before_whoever_asks_had_the_job() {
    let guard = guard(&[(1, "09:30:00", None)]);
    for (answered, written_down, doubt) in [
        ("08:57:59", "09:01:00", Some(FlagCode::BeforeJob)),
        ("08:58:00", "09:40:00", Some(FlagCode::BeforeAssignment)),
        ("09:27:59", "09:40:00", Some(FlagCode::BeforeAssignment)),
        ("09:28:00", "09:40:00", None),
    ] {
        let later = at(written_down) - at(answered);
        let facts = [written(&mut Device::of(1), answered, later)];
        assert_eq!(heard(&facts, &guard).0, Vec::from_iter(doubt), "{answered} {written_down}");
    }
    // Nor is an answer believed after two days because it was written down later.
    let mut fact = written(&mut Device::of(1), "10:00:00", TimeDelta::minutes(14));
    for (hours, expected) in [(48, vec![]), (49, vec![FlagCode::TooLate])] {
        (fact.received_at, fact.sent_at) =
            (at("10:00:00") + TimeDelta::hours(hours), at("10:00:00") + TimeDelta::hours(hours));
        assert_eq!(heard(std::slice::from_ref(&fact), &guard).0, expected, "{hours}");
    }
}

#[test]
fn a_number_left_open_does_not_hold_the_bill_open_for_another_phone() {
    let guard = guard(&[(1, "09:30:00", None)]);
    let mut phone = Device::of(1);
    let mut facts = vec![phone.tell("10:00:00", simple("arrival")), phone.tell("10:00:00", start("work"))];
    let missing = phone.tell("10:55:00", part(1, 90_000));
    facts.push(phone.tell("11:20:00", simple("work_end")));
    facts.push(phone.tell("11:20:00", simple("completion")));
    for (minutes, told_by, doubts) in [
        (0, Reporter::Device, vec![]),
        (60, Reporter::Device, vec![]),
        (61, Reporter::Device, vec![FlagCode::ConsentTooLate]),
        (47 * 60, Reporter::Device, vec![FlagCode::ConsentTooLate]),
        // What the desk has heard counts by the service's clock: for nothing that was done before.
        (61, Reporter::Desk, vec![]),
    ] {
        let mut yes = Device::numbered(1, 1).consent("10:50:00", &Asked::items(&[(1, 90_000)]));
        yes.received_at = at("11:20:00") + TimeDelta::minutes(minutes);
        (yes.sent_at, yes.told_by) = (yes.received_at, told_by);
        let mut filled = missing.clone();
        (filled.received_at, filled.sent_at) = (yes.received_at, yes.received_at);
        let told: Vec<_> = facts.iter().cloned().chain([yes, filled]).collect();
        let record = FieldRecord::guarded(&told, &guard);
        let own: Vec<_> = codes(&record).into_iter().filter(|code| *code != FlagCode::ClockSkew).collect();
        assert_eq!(own, doubts, "{minutes} {told_by}");
        let from = if told_by == Reporter::Desk { at("12:21:00") } else { at("10:50:00") };
        let expected = if doubts.is_empty() { vec![from] } else { vec![] };
        let counts: Vec<_> = record.consents.iter().map(|given| given.answered_at).collect();
        assert_eq!(counts, expected, "{minutes} {told_by}");
    }
}
