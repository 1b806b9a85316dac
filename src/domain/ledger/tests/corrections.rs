//! What came late: reversals and new lines, and nothing where nothing changed.

use super::*;
use crate::domain::{
    ids::ReviewId,
    reviews::{About, Correction, Decision, DecisionReason, Ruling, Settled},
};

/// 80 minutes of work, settled before the consent has come from another device.
fn written_off() -> (Book, Vec<Fact>) {
    let facts = plain_job(&mut Device::of(1), &[("10:00:00", "11:20:00")]);
    let mut book = Book::default();
    assert_eq!(book.settle(&facts), 1);
    (book, facts)
}

#[test]
fn the_same_record_again_changes_nothing() {
    let (mut book, facts) = written_off();
    assert_eq!(book.settle(&facts), 0);
    assert_eq!(book.lines.len(), 1);
}

#[test]
fn a_consent_that_comes_late_turns_what_was_written_off_into_a_charge() {
    let (mut book, mut facts) = written_off();
    facts.push(Device::numbered(1, 1).consent("10:50:00", &Asked::units(2)));
    assert_eq!(book.settle(&facts), 2);
    assert_eq!(
        brief(book.lines.iter().map(|line| &line.charge)),
        [
            (EntryKind::WriteOff, "2".to_owned(), 0, Payer::Programme),
            (EntryKind::Reversal, "-2".to_owned(), 0, Payer::Programme),
            (EntryKind::Overtime, "2".to_owned(), 2_200, Payer::Worker),
        ]
    );
    assert_eq!(book.lines[1].reverses, Some(book.lines[0].id));
    assert_eq!(book.lines[1].charge.proof["reverses"], serde_json::json!(book.lines[0].id));
    assert_eq!(book.yen(), 2_200);
}

#[test]
fn a_no_that_comes_late_takes_the_charge_back() {
    let mut facts = plain_job(&mut Device::of(1), &[("10:00:00", "11:20:00")]);
    let mut office = Device::numbered(1, 1);
    facts.push(office.consent("10:50:00", &Asked::units(2)));
    let mut book = Book::default();
    book.settle(&facts);
    assert_eq!(book.yen(), 2_200);
    facts.push(office.consent("11:05:00", &Asked { answer: "no", ..Asked::units(0) }));
    assert_eq!(book.settle(&facts), 3);
    assert_eq!(book.yen(), 1_100);
    let last = brief(book.lines[1..].iter().map(|line| &line.charge));
    assert_eq!(last[0], (EntryKind::Reversal, "-2".to_owned(), -2_200, Payer::Worker));
    assert_eq!(book.lines[1].charge.tax_included_yen.0, -200);
    let [charged, reversal] = [&book.lines[0].charge, &book.lines[1].charge];
    assert_eq!(
        reversal.text_ja,
        format!("取消 -2,200円(税込)。その後の報告・判断により、次の行を取り消します: {}", charged.text_ja)
    );
    assert_eq!(
        reversal.text_en,
        format!(
            "Reversal: -2,200 yen (tax included). Later reports or decisions take this line back: {}",
            charged.text_en
        )
    );
}

#[test]
fn the_longest_sentence_has_room_for_all_that_is_added_to_it() {
    let mut device = Device::of(1);
    let mut facts = plain_job(&mut device, &[("10:00:00", "11:40:00")]);
    let mut office = Device::numbered(1, 1);
    facts.push(office.consent("10:50:00", &Asked::units(1)));
    facts.push(office.consent("11:05:00", &Asked { payer: "host_company", ..Asked::units(4) }));
    let record = FieldRecord::of(&facts);
    let decision = Decision {
        id: ReviewDecisionId(Uuid::from_u128(1)),
        job_id: JobId(Uuid::from_u128(1)),
        number: 100,
        about: About::Review(ReviewId(Uuid::from_u128(1))),
        ruling: Ruling::WriteOff,
        reason: DecisionReason::ConfirmedByEvidence,
        flags: vec![],
        correction: Correction::default(),
        decided_at: at("12:00:00"),
        decided_by: None,
    };
    let settled = Settled::of(&record, &[decision]);
    let mut book = Book::default();
    book.write(charges(&settled, &terms(), &firms()).unwrap().charges);
    book.write(vec![]);
    let shared = price(&record, &terms(), &firms()).unwrap().charges;
    let (bare, _) = shared[0].text_en.split_once(" Of these, ").unwrap();
    let last = book.lines.last().unwrap();
    assert_eq!(last.charge.kind, EntryKind::Reversal);
    let added = last.charge.text_en.chars().count() - bare.chars().count();
    // Amounts of nine digits are longer than these, four times over.
    assert!(added > 200 && price::TEXT_CHARS_MAX + added + 40 <= 2_000, "{added}");
}

#[test]
fn a_part_that_comes_late_leaves_the_other_lines_alone() {
    let (mut book, mut facts) = written_off();
    facts.push(Device::numbered(1, 1).tell("10:30:00", part(1, 480)));
    assert_eq!(book.settle(&facts), 1);
    assert_eq!(book.lines[1].charge.kind, EntryKind::WriteOff);
    assert!(book.lines.iter().all(|line| line.reverses.is_none()));
}

#[test]
fn two_lines_that_say_the_same_are_two_lines() {
    let (book, _) = written_off();
    let charge = book.lines[0].charge.clone();
    let entries = difference(&book.lines, vec![charge.clone(), charge.clone()]);
    assert_eq!(entries, [Entry { charge, reverses: None }]);
}

#[test]
fn a_newer_engine_that_says_the_same_changes_nothing() {
    let (book, _) = written_off();
    let mut charge = book.lines[0].charge.clone();
    charge.proof["engine"] = "3".into();
    charge.text_en = "The same in better words.".to_owned();
    charge.text_ja = "同じことを、よりよい言葉で。".to_owned();
    assert_eq!(difference(&book.lines, vec![charge.clone()]), []);
    charge.proof["worked_seconds"] = 1.into();
    assert_eq!(difference(&book.lines, vec![charge]).len(), 2);
}
