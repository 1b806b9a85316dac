//! The clock of the free minutes.

use super::*;

fn minutes(facts: &[Fact], now: &str) -> i64 {
    worked_until(facts, FieldRecord::of, at(now)).num_minutes()
}

#[test]
fn it_runs_while_hands_are_on_and_stands_still_in_a_pause() {
    let mut device = Device::of(1);
    let mut facts = vec![device.tell("10:00:00", simple("arrival"))];
    assert_eq!(minutes(&facts, "10:30:00"), 0);
    facts.push(device.tell("10:30:00", start("work")));
    assert_eq!(minutes(&facts, "10:50:00"), 20);
    facts.push(device.tell("10:50:00", pause()));
    assert_eq!(minutes(&facts, "11:30:00"), 20);
    facts.push(device.tell("11:30:00", simple("resume")));
    assert_eq!(minutes(&facts, "11:40:00"), 30);
    facts.push(device.tell("11:40:00", simple("work_end")));
    assert_eq!(minutes(&facts, "12:40:00"), 30);
}

#[test]
fn two_at_once_use_it_up_once_and_special_work_does_not() {
    let (mut one, mut other) = (Device::of(1), Device::of(2));
    let mut facts = vec![
        one.tell("10:00:00", simple("arrival")),
        one.tell("10:00:00", start("work")),
        other.tell("10:10:00", simple("arrival")),
        other.tell("10:10:00", start("work")),
    ];
    assert_eq!(minutes(&facts, "10:30:00"), 30);
    facts.push(one.tell("10:30:00", simple("work_end")));
    facts.push(other.tell("10:40:00", simple("work_end")));
    facts.push(one.tell("10:50:00", start("special")));
    assert_eq!(minutes(&facts, "11:30:00"), 40);
}
