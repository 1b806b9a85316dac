//! Jobs that were stopped, doors opened unchecked, and what was collected beforehand.

use serde_json::json;

use super::*;
use crate::domain::facts::FlagCode;

/// 80 minutes with consent to two units and a part of 480 yen, ended in this way.
fn ended(outcome: &str) -> Vec<Fact> {
    let mut device = Device::of(1);
    let mut facts = vec![device.tell("10:00:00", simple("arrival")), device.tell("10:00:00", start("work"))];
    let asked = Asked { cap_units: Some(2), cap_yen: 2_680, ..Asked::items(&[(1, 480)]) };
    facts.push(device.consent("10:40:00", &asked));
    facts.push(device.tell("10:45:00", part(1, 480)));
    facts.push(device.tell("11:20:00", simple("work_end")));
    facts.push(device.tell("11:20:00", what(json!({ "kind": "completion", "outcome": outcome }))));
    facts
}

#[test]
fn r_06_a_stopped_job_costs_what_was_agreed_and_delivered_and_no_time() {
    for (outcome, yen) in
        [("completed", 2_680), ("stopped_referred", 480), ("aborted_unsafe", 480), ("refused_opening", 480)]
    {
        let record = FieldRecord { flags: vec![], ..FieldRecord::of(&ended(outcome)) };
        let charges = price(&record, &terms(), &firms()).unwrap().charges;
        let total: i64 = charges.iter().map(|charge| charge.amount_yen.0).sum();
        assert_eq!(total, yen, "{outcome}");
    }
}

#[test]
fn s_01_a_door_that_was_opened_unchecked_is_looked_at() {
    let record = FieldRecord::of(&ended("completed"));
    assert_eq!(record.flags, []);
    let codes = |record: FieldRecord| record.flags.iter().map(|flag| flag.code).collect::<Vec<_>>();
    assert_eq!(codes(record.clone().opened()), [FlagCode::MissingIdCheck]);
    let refused = FieldRecord { flags: vec![], ..FieldRecord::of(&ended("refused_opening")) };
    assert_eq!(codes(refused.opened()), [], "nothing was opened");
}

#[test]
fn c_16_a_second_technician_is_a_quoted_line_and_doubles_nothing() {
    let mut device = Device::of(1);
    let mut facts = plain_job(&mut device, &[("10:00:00", "11:20:00")]);
    facts.extend(plain_job(&mut Device::of(2), &[("10:00:00", "11:20:00")]));
    let asked = Asked { cap_units: Some(2), cap_yen: 7_200, ..Asked::items(&[(1, 5_000)]) };
    facts.push(device.consent("10:01:00", &asked));
    let second =
        json!({ "kind": "special_work", "item": item(1), "code": "second_technician", "price_yen": 5_000 });
    facts.push(device.tell("10:02:00", what(second)));
    let names = [("second_technician".to_owned(), ("作業員増員".to_owned(), "second technician".to_owned()))];
    let terms = Terms { special_works: names.into(), ..terms() };
    let record = FieldRecord { flags: vec![], ..FieldRecord::of(&facts) };
    let charges = price(&record, &terms, &firms()).unwrap().charges;
    assert_eq!(
        brief(&charges),
        [
            (EntryKind::Overtime, "2".to_owned(), 2_200, Payer::Worker),
            (EntryKind::SpecialWork, "1".to_owned(), 5_000, Payer::Worker),
        ]
    );
    assert!(charges[1].text_ja.starts_with("特殊作業「作業員増員」"), "{}", charges[1].text_ja);
    assert_eq!(charges[1].code, "second_technician");
}
