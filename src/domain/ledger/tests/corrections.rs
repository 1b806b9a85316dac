//! What came late: reversals and new lines, and nothing where nothing changed.

use super::*;
use crate::domain::{
    ids::ReviewId,
    reviews::{About, Billed, Correction, Decision, DecisionReason, Goodwill, Moved, Ruling, Settled},
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
    let shared = price(&record, &terms(), &firms()).unwrap().charges;
    let (bare, _) = shared[0].text_en.split_once(" Of these, ").unwrap();
    let of = Billed::Overtime { payer: Payer::HostCompany };
    let adjusted = Correction {
        payers: vec![Moved { of, payer: Payer::Landlord }],
        goodwill: vec![Goodwill { of, yen: Yen(1_000) }],
        ..Correction::default()
    };
    for (ruling, correction) in [(Ruling::WriteOff, Correction::default()), (Ruling::Correct, adjusted)] {
        let decision = Decision {
            id: ReviewDecisionId(Uuid::from_u128(1)),
            job_id: JobId(Uuid::from_u128(1)),
            number: 100,
            about: About::Review(ReviewId(Uuid::from_u128(1))),
            ruling,
            reason: DecisionReason::ConfirmedByEvidence,
            flags: vec![],
            correction,
            decided_at: at("12:00:00"),
            decided_by: None,
        };
        let settled = Settled::of(&record, &[decision]);
        let mut book = Book::default();
        book.write(charges(&settled, &terms(), &firms()).unwrap().charges);
        book.write(vec![]);
        let last = book.lines.last().unwrap();
        assert_eq!(last.charge.kind, EntryKind::Reversal);
        let added = last.charge.text_en.chars().count() - bare.chars().count();
        // Amounts of nine digits are longer than these, several times over.
        assert!(added > 200 && price::TEXT_CHARS_MAX + added + 60 <= 2_000, "{ruling}: {added}");
    }
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

/// 80 minutes of work with two units agreed to by the worker, and a part of 800 yen for which they have agreed.
fn sold() -> (FieldRecord, FactId) {
    let mut facts = plain_job(&mut Device::of(1), &[("10:00:00", "11:20:00")]);
    let mut office = Device::numbered(1, 1);
    facts.push(office.consent("10:50:00", &Asked { items: &[(1, 800)], cap_yen: 3_000, ..Asked::units(2) }));
    facts.push(office.tell("11:00:00", part(1, 800)));
    let fact = facts[facts.len() - 1].id;
    (FieldRecord::of(&facts), fact)
}

fn corrected(record: &FieldRecord, correction: Correction) -> Vec<Charge> {
    let decision = Decision {
        id: ReviewDecisionId(Uuid::from_u128(1)),
        job_id: JobId(Uuid::from_u128(1)),
        number: 1,
        about: About::Review(ReviewId(Uuid::from_u128(1))),
        ruling: Ruling::Correct,
        reason: DecisionReason::Goodwill,
        flags: vec![],
        correction,
        decided_at: at("12:00:00"),
        decided_by: None,
    };
    charges(&Settled::of(record, &[decision]), &terms(), &firms()).unwrap().charges
}

#[test]
fn what_is_given_back_is_a_reversal_and_what_is_left_of_the_line() {
    let (record, fact_id) = sold();
    let mut book = Book::default();
    book.write(price(&record, &terms(), &firms()).unwrap().charges);
    assert_eq!(book.yen(), 3_000);
    let overtime = Billed::Overtime { payer: Payer::Worker };
    let goodwill = [
        Goodwill { of: Billed::Item { fact_id }, yen: Yen(301) },
        Goodwill { of: overtime, yen: Yen(2_200) },
    ];
    let correction = Correction { goodwill: goodwill.to_vec(), ..Correction::default() };
    let charges = corrected(&record, correction.clone());
    book.write(charges.clone());
    let brief = brief(book.lines[2..].iter().map(|line| &line.charge));
    assert_eq!(
        brief,
        [
            (EntryKind::Reversal, "-2".to_owned(), -2_200, Payer::Worker),
            (EntryKind::Reversal, "-1".to_owned(), -800, Payer::Worker),
            (EntryKind::Overtime, "1".to_owned(), 0, Payer::Worker),
            (EntryKind::Part, "1".to_owned(), 499, Payer::Worker),
        ]
    );
    let left = &book.lines[5].charge;
    assert_eq!((left.unit_price_yen, left.tax_included_yen), (Yen(499), Yen(499).tax_included(10)));
    assert!(left.text_ja.contains("減額 301円 → 499円(税込)。"), "{}", left.text_ja);
    assert!(left.text_en.contains("301 yen are given back = 499 yen (tax included)."), "{}", left.text_en);
    assert_eq!(left.proof["goodwill"]["amount_yen"], 800);
    // The same decided again changes nothing, and no more is given back than a line has.
    assert_eq!(book.write(charges), 0);
    let more =
        Correction { goodwill: vec![Goodwill { of: overtime, yen: Yen(9_999) }], ..Correction::default() };
    assert_eq!(corrected(&record, more)[0].amount_yen, Yen(0));
    assert_eq!(billed_of(&corrected(&record, correction))[&overtime], (Payer::Worker, Yen(0)));
}

#[test]
fn what_somebody_else_pays_is_a_reversal_and_the_same_line_of_theirs() {
    let (record, fact_id) = sold();
    let mut book = Book::default();
    book.write(price(&record, &terms(), &firms()).unwrap().charges);
    let (item, overtime) = (Billed::Item { fact_id }, Billed::Overtime { payer: Payer::Worker });
    let moved = [Moved { of: item, payer: Payer::HostCompany }, Moved { of: overtime, payer: Payer::Worker }];
    let correction = Correction { payers: moved.to_vec(), ..Correction::default() };
    let charges = corrected(&record, correction);
    assert_eq!(book.write(charges.clone()), 2, "whose own it is stays");
    let brief = brief(book.lines[2..].iter().map(|line| &line.charge));
    assert_eq!(
        brief,
        [
            (EntryKind::Reversal, "-1".to_owned(), -800, Payer::Worker),
            (EntryKind::Part, "1".to_owned(), 800, Payer::HostCompany),
        ]
    );
    assert!(book.lines[3].charge.text_ja.contains("支払者: ご本人 → 受入企業。"));
    assert_eq!(billed_of(&charges)[&item], (Payer::HostCompany, Yen(800)));
    let all =
        Correction { payers: vec![Moved { of: overtime, payer: Payer::Programme }], ..Correction::default() };
    let line = &corrected(&record, all)[0];
    assert_eq!(
        (billed_as(line), line.payer, line.amount_yen),
        (Some(overtime), Payer::Programme, Yen(2_200))
    );
}
