//! What goes to review instead of to billing.

use super::*;

/// A sound job, into which something doubtful is put.
fn job() -> (Device, Vec<Fact>) {
    let mut device = Device::of(1);
    let facts = plain_job(&mut device, &[("10:00:00", "11:00:00")]);
    (device, facts)
}

#[test]
fn a_hole_names_what_is_missing_until_it_has_come() {
    let mut device = Device::of(1);
    device.lose_one();
    let mut facts = vec![device.tell("10:00:00", simple("arrival"))];
    device.lose_one();
    device.lose_one();
    facts.push(device.tell("10:05:00", simple("completion")));
    let record = FieldRecord::of(&facts);
    assert_eq!(codes(&record), [FlagCode::SequenceHole, FlagCode::SequenceHole]);
    let missing: Vec<_> = record
        .flags
        .iter()
        .map(|flag| flag.missing.as_ref().map(|missing| (missing.from, missing.to)))
        .collect();
    assert_eq!(missing, [Some((1, 1)), Some((3, 4))]);
    assert!(!record.may_settle());
}

#[test]
fn devices_count_by_themselves() {
    let (_, mut facts) = job();
    let mut office = Device::numbered(1, 1);
    facts.push(office.tell("10:50:00", simple("arrival")));
    assert_eq!(FieldRecord::of(&facts).flags, []);
}

#[test]
fn a_number_given_twice() {
    let (mut device, mut facts) = job();
    device.repeat_number();
    facts.push(device.tell("11:00:00", simple("arrival")));
    let flags = FieldRecord::of(&facts).flags;
    assert_eq!(flags.len(), 2);
    assert!(flags.iter().all(|flag| flag.code == FlagCode::SequenceReused && flag.fact_id.is_some()));
}

#[test]
fn work_without_a_start_or_an_end() {
    let story = |steps: &[(&str, FactKind)]| {
        let mut device = Device::of(1);
        let mut facts = vec![device.tell("10:00:00", simple("arrival"))];
        facts.extend(steps.iter().map(|(time, what)| device.tell(time, what.clone())));
        codes(&FieldRecord::of(&facts))
    };
    let (end, resume, completion) = (simple("work_end"), simple("resume"), simple("completion"));
    assert_eq!(story(&[("10:10:00", end.clone())]), [FlagCode::MissingStart]);
    assert_eq!(story(&[("10:10:00", pause())]), [FlagCode::MissingStart]);
    assert_eq!(story(&[("10:10:00", resume.clone())]), [FlagCode::MissingStart]);
    assert_eq!(story(&[("10:10:00", start("work")), ("10:20:00", start("work"))]), [FlagCode::MissingEnd]);
    assert_eq!(story(&[("10:10:00", start("work")), ("10:20:00", resume)]), [FlagCode::MissingEnd]);
    assert_eq!(
        story(&[("10:10:00", start("work")), ("10:20:00", simple("departure"))]),
        [FlagCode::MissingEnd]
    );
    assert_eq!(story(&[("10:10:00", start("work"))]), [], "it may still end");
    assert_eq!(
        story(&[("10:10:00", start("work")), ("10:20:00", completion.clone())]),
        [FlagCode::MissingEnd]
    );
    let paused = [("10:10:00", start("work")), ("10:20:00", pause()), ("10:30:00", completion)];
    assert_eq!(story(&paused), [], "whoever pauses to the end has stopped");
    let twice = [("10:10:00", start("work")), ("10:20:00", pause()), ("10:30:00", pause())];
    assert_eq!(story(&twice), [FlagCode::MissingStart]);
    assert_eq!(story(&[("10:10:00", start("work")), ("10:20:00", pause()), ("10:30:00", end)]), []);
}

#[test]
fn two_devices_that_tell_of_the_same_time() {
    let (_, mut facts) = job();
    let mut office = Device::numbered(1, 1);
    facts.push(office.tell("10:30:00", start("work")));
    facts.push(office.tell("10:50:00", simple("work_end")));
    let record = FieldRecord::of(&facts);
    assert!(codes(&record).contains(&FlagCode::Overlap));
    let worked: i64 = seconds(&record).concat().iter().sum();
    assert_eq!(worked, 50 * 60, "no minute of one person counts twice");
}

#[test]
fn work_outside_the_stay() {
    let mut device = Device::of(1);
    let early = vec![
        device.tell("09:50:00", start("work")),
        device.tell("10:00:00", simple("work_end")),
        device.tell("10:00:00", simple("arrival")),
    ];
    assert!(codes(&FieldRecord::of(&early)).contains(&FlagCode::OutsideSite));
    let (mut device, mut facts) = job();
    facts.push(device.tell("11:10:00", start("work")));
    facts.push(device.tell("11:20:00", simple("work_end")));
    assert_eq!(codes(&FieldRecord::of(&facts)), [FlagCode::OutsideSite], "after completion");
    facts.push(device.tell("11:20:00", simple("completion")));
    assert_eq!(codes(&FieldRecord::of(&facts)), [], "the last completion counts");
    let mut device = Device::of(1);
    let on_the_way = vec![
        device.tell("10:00:00", simple("arrival")),
        device.tell("10:10:00", simple("departure")),
        device.tell("10:20:00", start("work")),
    ];
    assert_eq!(codes(&FieldRecord::of(&on_the_way)), [FlagCode::OutsideSite]);
}

#[test]
fn longer_than_anybody_works() {
    let work = |to: &str| codes(&FieldRecord::of(&plain_job(&mut Device::of(1), &[("10:00:00", to)])));
    assert_eq!(work("22:00:00"), []);
    assert_eq!(work("22:00:01"), [FlagCode::ImplausibleInterval]);
}

#[test]
fn a_clock_that_is_hours_off_or_was_set() {
    let off = |behind| {
        let mut device = Device::of(1).behind(behind);
        codes(&FieldRecord::of(&plain_job(&mut device, &[("10:00:00", "11:00:00")])))
    };
    assert_eq!(off(TimeDelta::hours(2)), []);
    assert_eq!(off(TimeDelta::hours(2) + TimeDelta::seconds(1)), [FlagCode::ClockSkew]);
    assert_eq!(off(-TimeDelta::hours(2) - TimeDelta::seconds(1)), [FlagCode::ClockSkew]);
    for (seconds, flags) in [(120, vec![]), (121, vec![FlagCode::ClockSkew])] {
        let (_, mut facts) = job();
        facts[0].received_at += TimeDelta::seconds(seconds);
        assert_eq!(codes(&FieldRecord::of(&facts)), flags, "{seconds}");
    }
}

#[test]
fn what_was_told_before_it_happened() {
    for (seconds, flags) in [(5, vec![]), (6, vec![FlagCode::ImplausibleTime])] {
        let (_, mut facts) = job();
        // The batch is sent, and received, before the work ends.
        facts[3].sent_at -= TimeDelta::seconds(seconds);
        facts[3].received_at -= TimeDelta::seconds(seconds);
        assert_eq!(codes(&FieldRecord::of(&facts)), flags, "{seconds}");
    }
}

#[test]
fn a_consent_written_down_long_after_it_was_given() {
    for (minutes, flags) in [(15, vec![]), (16, vec![FlagCode::ConsentRecordedLate])] {
        let (mut device, mut facts) = job();
        let consent = what(Asked::units(2).json(at("10:40:00")));
        facts.push(device.tell_at(at("10:40:00") + TimeDelta::minutes(minutes), consent));
        assert_eq!(codes(&FieldRecord::of(&facts)), flags, "{minutes}");
    }
    let (mut device, mut facts) = job();
    facts.push(device.tell("10:39:00", what(Asked::units(2).json(at("10:40:00")))));
    assert_eq!(codes(&FieldRecord::of(&facts)), [FlagCode::ImplausibleTime], "before it was given");
}
