//! What a sound story adds up to.

use serde_json::json;

use super::*;
use crate::domain::charging::WorkKind;

#[test]
fn a_job_with_a_pause() {
    let mut device = Device::of(1);
    let facts = vec![
        device.tell("09:40:00", simple("departure")),
        device.tell("10:00:00", simple("arrival")),
        device.tell("10:05:00", start("work")),
        device.tell("10:45:00", pause()),
        device.tell("11:10:00", simple("resume")),
        device.tell("11:40:00", simple("work_end")),
        device.tell("11:45:00", simple("completion")),
    ];
    let record = FieldRecord::of(&facts);
    assert_eq!(record.flags, []);
    assert_eq!(seconds(&record), [[2_400, 1_800]]);
    assert_eq!((record.departed_at, record.arrived_at), (Some(at("09:40:00")), Some(at("10:00:00"))));
    assert_eq!((record.completed_at, record.completed_by), (Some(at("11:45:00")), Some(technician(1))));
    assert_eq!((record.pauses[0].from, record.pauses[0].to), (at("10:45:00"), Some(at("11:10:00"))));
    assert_eq!((record.visits[0].from, record.visits[0].to), (at("10:00:00"), at("11:45:00")));
    assert!(record.may_settle());
}

#[test]
fn the_state_follows_the_facts() {
    let mut device = Device::of(1);
    let mut facts = Vec::new();
    assert_eq!(FieldRecord::of(&facts).state, None);
    for (time, what, state) in [
        ("09:40:00", simple("departure"), JobState::EnRoute),
        ("10:00:00", simple("arrival"), JobState::OnSite),
        ("10:01:00", start("work"), JobState::Working),
        ("10:02:00", pause(), JobState::Paused),
        ("10:03:00", simple("departure"), JobState::Paused),
        ("10:13:00", simple("arrival"), JobState::Paused),
        ("10:14:00", simple("resume"), JobState::Working),
        ("10:15:00", simple("work_end"), JobState::OnSite),
        ("10:16:00", simple("completion"), JobState::Completed),
    ] {
        facts.push(device.tell(time, what));
        let record = FieldRecord::of(&facts);
        assert_eq!((record.state, record.flags), (Some(state), vec![]), "{time}");
    }
}

#[test]
fn of_two_technicians_the_one_further_on_tells() {
    let (mut one, mut other) = (Device::of(1), Device::of(2));
    let mut facts = vec![one.tell("10:00:00", simple("arrival")), one.tell("10:01:00", start("work"))];
    facts.push(other.tell("10:02:00", simple("departure")));
    assert_eq!(FieldRecord::of(&facts).state, Some(JobState::Working));
}

#[test]
fn each_stretch_keeps_its_kind_of_work() {
    let mut device = Device::of(1);
    let facts = vec![
        device.tell("10:00:00", simple("arrival")),
        device.tell("10:00:00", start("special")),
        device.tell("10:10:00", pause()),
        device.tell("10:20:00", simple("resume")),
        device.tell("10:30:00", simple("work_end")),
        device.tell("10:30:00", start("rework")),
        device.tell("10:40:00", simple("work_end")),
    ];
    let record = FieldRecord::of(&facts);
    assert_eq!(record.flags, []);
    let kinds: Vec<_> = record.visits[0].work.iter().map(|work| work.work).collect();
    assert_eq!(kinds, [WorkKind::Special, WorkKind::Special, WorkKind::Rework]);
}

#[test]
fn leaving_and_coming_back_makes_another_visit_even_if_nobody_reported_leaving() {
    for leaves in [true, false] {
        let mut device = Device::of(1);
        let mut facts = vec![
            device.tell("10:00:00", simple("arrival")),
            device.tell("10:00:00", start("work")),
            device.tell("10:45:00", simple("work_end")),
        ];
        if leaves {
            facts.push(device.tell("10:50:00", simple("departure")));
        }
        facts.push(device.tell("15:00:00", simple("arrival")));
        facts.push(device.tell("15:05:00", simple("arrival")));
        facts.push(device.tell("15:05:00", start("work")));
        facts.push(device.tell("15:45:00", simple("work_end")));
        let record = FieldRecord::of(&facts);
        assert_eq!(record.flags, []);
        assert_eq!(seconds(&record), [[2_700], [2_400]], "an arrival told twice is one");
    }
}

#[test]
fn technicians_at_the_site_together_make_one_visit() {
    let (mut one, mut other) = (Device::of(1), Device::of(2));
    let mut facts = plain_job(&mut one, &[("10:00:00", "11:00:00")]);
    facts.push(other.tell("10:30:00", simple("arrival")));
    facts.push(other.tell("10:30:00", start("work")));
    facts.push(other.tell("11:00:00", simple("work_end")));
    let record = FieldRecord::of(&facts);
    assert_eq!(record.flags, []);
    assert_eq!(seconds(&record), [[3_600, 1_800]]);
}

#[test]
fn a_device_that_is_off_is_put_right() {
    let minutes = TimeDelta::minutes(37);
    let right = plain_job(&mut Device::of(1), &[("10:00:00", "11:00:00")]);
    let right = FieldRecord::of(&right);
    for behind in [minutes, -minutes] {
        let facts = plain_job(&mut Device::of(1).behind(behind), &[("10:00:00", "11:00:00")]);
        assert_eq!(FieldRecord::of(&facts), right);
    }
}

#[test]
fn skew_that_cannot_be_told_from_delay_is_left_alone() {
    let late = |millis| {
        let mut device = Device::of(1).delayed(TimeDelta::milliseconds(millis));
        FieldRecord::of(&plain_job(&mut device, &[("10:00:00", "11:00:00")])).arrived_at
    };
    assert_eq!(late(4_999), Some(at("10:00:00")));
    assert_eq!(late(5_000), Some(at("10:00:05")));
}

#[test]
fn a_slow_network_never_makes_work_longer() {
    let mut facts = plain_job(&mut Device::of(1), &[("10:00:00", "11:00:00")]);
    let mut waited = 0;
    for fact in &mut facts {
        waited += 15;
        fact.received_at += TimeDelta::seconds(waited);
    }
    let record = FieldRecord::of(&facts);
    assert_eq!(record.flags, []);
    assert_eq!(seconds(&record), [[3_600]]);
}

/// A report of a clock that shows so many seconds more than it is, or fewer.
fn off_by(device: &mut Device, time: &str, seconds: i64) -> Fact {
    let told = device.tell(time, what(json!({ "kind": "position" })));
    let shown = told.received_at + TimeDelta::seconds(seconds);
    Fact { sent_at: shown, device_time: shown, ..told }
}

#[test]
fn a_clock_that_was_set_moves_nothing_that_was_heard_before() {
    for seconds in [900, -900, 7_200, -7_200, 2_592_000, 121, -121] {
        let mut device = Device::of(1);
        let facts = plain_job(&mut device, &[("10:05:00", "11:17:00")]);
        let before = FieldRecord::of(&facts);
        let told: Vec<_> = facts.into_iter().chain([off_by(&mut device, "11:20:00", seconds)]).collect();
        let mut after = FieldRecord::of(&told);
        assert!(after.flags.iter().all(|flag| flag.code == FlagCode::ClockSkew) && !after.flags.is_empty());
        after.flags.clear();
        assert_eq!(after, before, "{seconds}");
    }
}

#[test]
fn what_is_told_after_the_bill_or_the_release_moves_nothing_by_its_clock() {
    use crate::domain::{facts::tests::trust::guard, offers::ReleaseCode};
    for seconds in [100, -100, 900, -900, 86_400] {
        let billed = guard(&[(1, "09:30:00", Some(("11:17:00", ReleaseCode::Completed)))]);
        let released = guard(&[(1, "09:30:00", Some(("11:20:00", ReleaseCode::Other)))]);
        for guard in [billed.billed([at("11:30:00")]), released] {
            let mut device = Device::of(1);
            let facts = plain_job(&mut device, &[("10:05:00", "11:17:00")]);
            let before = FieldRecord::guarded(&facts, &guard);
            let told: Vec<_> = facts.into_iter().chain([off_by(&mut device, "12:00:00", seconds)]).collect();
            assert_eq!(FieldRecord::guarded(&told, &guard), before, "{seconds}");
        }
    }
}
