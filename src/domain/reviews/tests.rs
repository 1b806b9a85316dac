//! What a decision makes of a record, and what it costs then.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::{
    charging::ChargePolicy,
    facts::{Fact, FieldRecord, FlagCode, script::*},
    ids::FirmId,
    ledger::{self, Charge, EntryKind, Terms},
};

fn terms() -> Terms {
    Terms { version: 1, policy: ChargePolicy::default(), special_works: BTreeMap::new() }
}

fn firms() -> BTreeMap<TechnicianId, FirmId> {
    (1..3).map(|number| (technician(number), firm(number))).collect()
}

/// 80 minutes of work with consent to two units and a part of 480 yen, and a number that never came.
fn doubtful() -> Vec<Fact> {
    let mut device = Device::of(1);
    let mut facts =
        vec![device.tell("09:40:00", simple("departure")), device.tell("10:00:00", simple("arrival"))];
    device.lose_one();
    facts.push(device.tell("10:00:00", start("work")));
    let asked = Asked { cap_units: Some(2), cap_yen: 2_680, ..Asked::items(&[(1, 480)]) };
    facts.push(device.consent("10:50:00", &asked));
    facts.push(device.tell("11:00:00", part(1, 480)));
    facts.push(device.tell("11:20:00", simple("work_end")));
    facts.push(device.tell("11:20:00", simple("completion")));
    facts
}

fn decision(record: &FieldRecord, number: i64, ruling: Ruling, correction: Correction) -> Decision {
    Decision {
        id: ReviewDecisionId(Uuid::from_u128(number.unsigned_abs().into())),
        job_id: JobId(Uuid::from_u128(1)),
        number,
        about: About::Review(ReviewId(Uuid::from_u128(1))),
        ruling,
        reason: DecisionReason::ConfirmedByPhone,
        flags: record.flags.clone(),
        correction,
        decided_at: at("12:00:00"),
        decided_by: Some(TokenId(Uuid::from_u128(7))),
    }
}

fn charges(record: &FieldRecord, decisions: &[Decision]) -> Vec<Charge> {
    let settled = Settled::of(record, decisions);
    assert_eq!(settled.open, []);
    ledger::charges(&settled, &terms(), &firms()).unwrap().charges
}

fn yen(charges: &[Charge]) -> i64 {
    charges.iter().map(|charge| charge.amount_yen.0).sum()
}

fn stated(record: &FieldRecord, stretches: &[(&str, &str)]) -> Correction {
    let stretches = stretches.iter().map(|(from, to)| Stretch {
        from: at(from),
        to: at(to),
        work: crate::domain::charging::WorkKind::Work,
    });
    let work = StatedWork {
        technician_id: technician(1),
        stretches: stretches.collect(),
        replaces: reported_work(record, technician(1)),
    };
    Correction { work: vec![work], ..Correction::default() }
}

#[test]
fn without_a_decision_every_flag_is_open() {
    let record = FieldRecord::of(&doubtful());
    let settled = Settled::of(&record, &[]);
    assert_eq!(settled.open.iter().map(|flag| flag.code).collect::<Vec<_>>(), [FlagCode::SequenceHole]);
    assert_eq!(settled.record, record);
}

#[test]
fn an_accepted_record_costs_what_it_says_and_each_line_names_the_decision() {
    let record = FieldRecord::of(&doubtful());
    let accepted = decision(&record, 1, Ruling::Accept, Correction::default());
    let charges = charges(&record, &[accepted]);
    assert_eq!(yen(&charges), 2_200 + 480);
    for charge in charges {
        assert!(
            charge.text_ja.ends_with("監督者の判断第1号: 記録のとおり認める(理由: 電話で確認)。"),
            "{}",
            charge.text_ja
        );
        assert!(
            charge.text_en.contains("decision no. 1: accepted as recorded (reason: confirmed by telephone)")
        );
        assert_eq!(charge.proof["decision"]["number"], 1);
        assert_eq!(charge.proof["decision"]["decided_by"], serde_json::json!(Uuid::from_u128(7)));
    }
}

#[test]
fn stated_work_counts_in_place_of_what_was_reported() {
    let record = FieldRecord::of(&doubtful());
    let corrected = decision(&record, 1, Ruling::Correct, stated(&record, &[("10:00:00", "11:05:00")]));
    // 65 minutes: one unit, which began at 11:00, after the consent of 10:50.
    assert_eq!(yen(&charges(&record, &[corrected])), 1_100 + 480);
    let none = decision(&record, 1, Ruling::Correct, stated(&record, &[]));
    assert_eq!(yen(&charges(&record, &[none])), 480);
}

#[test]
fn a_report_that_is_left_out_is_not_billed() {
    let record = FieldRecord::of(&doubtful());
    let correction = Correction { disregard: vec![record.parts[0].fact_id], ..Correction::default() };
    assert_eq!(yen(&charges(&record, &[decision(&record, 1, Ruling::Correct, correction)])), 2_200);
}

#[test]
fn what_is_written_off_stands_as_0_yen_and_what_is_rescinded_not_at_all() {
    let record = FieldRecord::of(&doubtful());
    let off = charges(&record, &[decision(&record, 1, Ruling::WriteOff, Correction::default())]);
    assert_eq!((off.len(), yen(&off)), (2, 0));
    assert!(off.iter().all(|charge| charge.kind == EntryKind::WriteOff && charge.tax_included_yen.0 == 0));
    assert_eq!(charges(&record, &[decision(&record, 1, Ruling::Rescind, Correction::default())]), []);
}

#[test]
fn the_last_decision_counts_whole_in_whichever_order_they_are_read() {
    let record = FieldRecord::of(&doubtful());
    let off = decision(&record, 1, Ruling::WriteOff, Correction::default());
    let accepted = decision(&record, 2, Ruling::Accept, Correction::default());
    let forwards = charges(&record, &[off.clone(), accepted.clone()]);
    assert_eq!(yen(&forwards), 2_680);
    assert_eq!(charges(&record, &[accepted, off]), forwards);
}

#[test]
fn a_new_doubt_opens_the_question_again_and_a_doubt_less_does_not() {
    let mut facts = doubtful();
    let seen = FieldRecord::of(&facts);
    let accepted = [decision(&seen, 1, Ruling::Accept, Correction::default())];
    let mut office = Device::numbered(1, 1);
    facts.push(office.tell("10:30:00", start("work")));
    let open = Settled::of(&FieldRecord::of(&facts), &accepted).open;
    assert!(open.iter().any(|flag| flag.code == FlagCode::Overlap), "{open:?}");
    assert!(open.iter().all(|flag| flag.code != FlagCode::SequenceHole), "that one is settled: {open:?}");
    let calm = FieldRecord { flags: vec![], ..seen };
    assert_eq!(Settled::of(&calm, &accepted).open, []);
}

#[test]
fn work_that_is_reported_after_it_was_corrected_is_looked_at_again() {
    let mut facts = doubtful();
    let seen = FieldRecord::of(&facts);
    let corrected = [decision(&seen, 1, Ruling::Correct, stated(&seen, &[("10:00:00", "11:05:00")]))];
    let mut office = Device::numbered(1, 1);
    facts.push(office.tell("10:20:00", pause()));
    facts.push(office.tell("10:30:00", simple("resume")));
    let open = Settled::of(&FieldRecord::of(&facts), &corrected).open;
    assert!(open.iter().any(|flag| flag.code == FlagCode::CorrectionOutdated), "{open:?}");
}

#[test]
fn a_correction_fits_its_ruling_and_the_clock() {
    let record = FieldRecord::of(&doubtful());
    let now = at("12:00:00");
    let work = stated(&record, &[("10:00:00", "11:00:00")]);
    assert!(work.check(Ruling::Correct, now).is_ok());
    assert!(work.check(Ruling::Accept, now).is_err());
    assert!(Correction::default().check(Ruling::Correct, now).is_err());
    assert!(Correction::default().check(Ruling::WriteOff, now).is_ok());
    for bad in [
        &[("11:00:00", "10:00:00")][..],
        &[("10:00:00", "10:00:00")],
        &[("10:00:00", "11:00:00"), ("10:59:59", "11:30:00")],
        &[("11:30:00", "12:00:01")],
    ] {
        assert!(stated(&record, bad).check(Ruling::Correct, now).is_err(), "{bad:?}");
    }
    let twice = Correction { work: vec![work.work[0].clone(), work.work[0].clone()], ..work };
    assert!(twice.check(Ruling::Correct, now).is_err());
}

proptest! {
    /// Whatever a supervisor states, a job costs no more than the work stated, and a written-off one nothing.
    #[test]
    fn stated_work_is_what_is_charged(minutes in 1_i64..300) {
        let record = FieldRecord::of(&doubtful());
        let to = at("10:00:00") + TimeDelta::minutes(minutes);
        let mut correction = stated(&record, &[("10:00:00", "10:30:00")]);
        correction.work[0].stretches[0].to = to;
        let priced = charges(&record, &[decision(&record, 1, Ruling::Correct, correction)]);
        // Consent to two units; each ten minutes begun beyond sixty is one.
        let units = ((minutes - 60).max(0) + 9) / 10;
        prop_assert_eq!(yen(&priced), 1_100 * units.min(2) + 480);
    }
}
