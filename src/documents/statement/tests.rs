//! What stands on the page.

use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::domain::{
    ids::{FirmId, JobId, LedgerLineId, PaymentId, SettlementId},
    known::Known,
    ledger::Charge,
};

fn line(number: u128, kind: EntryKind, code: &str, quantity: i64, unit: i64) -> LedgerLine {
    let id = Uuid::from_u128(number);
    let amount = Yen(if kind == EntryKind::WriteOff { 0 } else { quantity * unit });
    LedgerLine {
        id: LedgerLineId(id),
        settlement_id: SettlementId(Uuid::from_u128(1)),
        job_id: JobId(Uuid::from_u128(1)),
        line: 1,
        reverses: None,
        collected_yen: Yen::ZERO,
        charge: Charge {
            firm_id: FirmId(Uuid::from_u128(1)),
            kind,
            code: code.to_owned(),
            quantity: Decimal::from(quantity),
            unit_price_yen: Yen(unit),
            amount_yen: amount,
            tax_included_yen: amount.tax_included(10),
            payer: Payer::Worker,
            rule: "C-08".to_owned(),
            consent_fact_id: None,
            proof: json!({}),
            text_ja: format!("証明{number}"),
            text_en: format!("proof {number}"),
        },
    }
}

fn paid(kind: PaymentKind, yen: i64) -> Payment {
    Payment {
        id: PaymentId(Uuid::from_u128(5)),
        job_id: JobId(Uuid::from_u128(1)),
        kind,
        method: PaymentMethod::Cash,
        payer: Payer::Worker,
        amount_yen: Yen(yen),
        received_at: "2026-11-22T13:30:00Z".parse().unwrap(),
        reference: None,
        fact_id: None,
        settlement_id: None,
        recorded_at: "2026-11-22T13:30:00Z".parse().unwrap(),
    }
}

fn facts(lines: Vec<LedgerLine>, payments: Vec<Payment>) -> StatementFacts {
    StatementFacts {
        number: "K-261122-0003".to_owned(),
        issued_at: "2026-11-22T14:00:00Z".parse().unwrap(),
        completed_at: Some("2026-11-22T13:30:00Z".parse().unwrap()),
        recipient: Some("架空 <太郎>".to_owned()),
        issuers: vec![Issuer {
            name: "架空設備".to_owned(),
            registration_number: Some("T7123456789012".to_owned()),
        }],
        work: Words::new("トイレつまり", "Toilet clogged"),
        special_works: [(
            "cylinder_replacement".to_owned(),
            ("シリンダー交換".to_owned(), "cylinder replacement".to_owned()),
        )]
        .into(),
        free_minutes: 60,
        worked_seconds: Some(92 * 60),
        lines,
        held: vec![],
        payments,
        basis: Some(SettlementBasis::Completed),
        doubts: vec![],
        tax_percent: 10,
        cooling_off: Some(CoolingOff::of(&[])),
    }
}

#[test]
fn c_28_the_tax_is_rounded_once_for_the_whole_as_in_v03() {
    let lines = vec![
        line(1, EntryKind::Overtime, "overtime", 2, 1_100),
        line(2, EntryKind::Part, "部品A", 1, 480),
        line(3, EntryKind::Part, "部品B", 1, 480),
        line(4, EntryKind::Part, "部品C", 1, 480),
    ];
    let page = html(&facts(lines, vec![])).unwrap();
    assert!(page.contains("<td class=\"n\">3,640円</td>"), "{page}");
    assert!(page.contains("<td class=\"n\">330円</td>"), "per line it would be 329: {page}");
}

#[test]
fn c_01_what_is_free_is_shown_as_0_yen_and_nothing_is_called_always_free() {
    let page = html(&facts(vec![], vec![])).unwrap();
    assert_eq!(page.matches("<td class=\"n\">0円</td>").count(), 3 + 2, "three free rows, total and tax");
    assert!(page.contains("作業料金 60分まで(作業時間 92分00秒)"));
    for never in ["いつでも無料", "すべて無料", "完全無料", "always free"] {
        assert!(!page.contains(never), "C-21: {never}");
    }
}

#[test]
fn every_line_stands_with_its_proof_in_both_languages_under_its_name() {
    let lines = vec![
        line(1, EntryKind::SpecialWork, "cylinder_replacement", 1, 22_000),
        line(2, EntryKind::WriteOff, "overtime", 2, 0),
    ];
    let page = html(&facts(lines, vec![])).unwrap();
    for text in [
        "特殊作業: シリンダー交換",
        "Special work: cylinder replacement",
        "証明1",
        "proof 1",
        "超過作業(請求しません)",
        "証明2",
        "架空 &#60;太郎&#62; 様",
        "登録番号 T7123456789012",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(!page.contains("cylinder_replacement"), "a payer reads a name, not a code");
}

#[test]
fn what_was_paid_is_taken_off_and_what_was_paid_too_much_is_paid_back() {
    let lines = vec![line(1, EntryKind::Overtime, "overtime", 2, 1_100)];
    let due = html(&facts(lines.clone(), vec![paid(PaymentKind::CashOnSite, 1_100)])).unwrap();
    assert!(due.contains("お支払い残額") && due.contains("<b>1,100円</b>"), "{due}");
    let back =
        html(&facts(lines, vec![paid(PaymentKind::Later, 3_000), paid(PaymentKind::Refund, 300)])).unwrap();
    assert!(back.contains("ご返金額") && back.contains("<b>500円</b>"), "{back}");
}

#[test]
fn a_reversed_line_stands_under_corrections_only() {
    let mut reversal = line(2, EntryKind::Reversal, "overtime", -2, 1_100);
    reversal.reverses = Some(LedgerLineId(Uuid::from_u128(1)));
    let page =
        html(&facts(vec![line(1, EntryKind::Overtime, "overtime", 2, 1_100), reversal], vec![])).unwrap();
    assert!(page.contains("訂正") && page.contains("証明2") && !page.contains("証明1"), "{page}");
}

#[test]
fn c_25_a_job_that_was_called_off_says_so_and_a_doubtful_one_too() {
    let cancelled = StatementFacts { basis: Some(SettlementBasis::Cancelled), ..facts(vec![], vec![]) };
    assert!(html(&cancelled).unwrap().contains("出動は取り消されました"));
    let doubtful = StatementFacts { basis: None, doubts: vec![Words::new("疑い", "doubt")], ..cancelled };
    assert!(html(&doubtful).unwrap().contains("金額はまだ確定していません"));
}

#[test]
fn y_11_the_end_of_cooling_off_is_printed_or_that_it_has_not_begun() {
    let open = html(&facts(vec![], vec![])).unwrap();
    assert!(open.contains("書面の受領日 未登録") && open.contains("not recorded"), "{open}");
    let day = |text: &str| Known::Known(text.parse().unwrap());
    let cooling_off = CoolingOff { document_received_on: day("2026-12-28"), ends_on: day("2027-01-04") };
    let known = html(&StatementFacts { cooling_off: Some(cooling_off), ..facts(vec![], vec![]) }).unwrap();
    for text in ["2026年12月28日", "期限 2027年1月4日", "sent by the end of 2027-01-04"] {
        assert!(known.contains(text), "{text}: {known}");
    }
    let none = html(&StatementFacts { cooling_off: None, ..facts(vec![], vec![]) }).unwrap();
    assert!(!none.contains("クーリング・オフ"), "Y-12: {none}");
}

#[test]
fn what_is_held_says_whose_answer_or_decision_is_awaited() {
    let charge = line(1, EntryKind::Overtime, "overtime", 2, 1_100).charge;
    let issued_at = facts(vec![], vec![]).issued_at;
    let page = |payer, days| {
        let charge = Charge { payer, ..charge.clone() };
        let held =
            HeldItem { charge, since: issued_at, review_at: issued_at + chrono::TimeDelta::days(days) };
        html(&StatementFacts { held: vec![held], ..facts(vec![], vec![]) }).unwrap()
    };
    let asked = page(Payer::HostCompany, 14);
    assert!(asked.contains("受入企業の回答を待っています。2026年12月6日までに回答がない場合"), "{asked}");
    // The programme's is a supervisor's to say, and so is what was awaited for too long.
    for decided in [page(Payer::Programme, 0), page(Payer::HostCompany, -1)] {
        assert!(
            decided.contains("監督者の判断を待っています。") && decided.contains("A supervisor's decision"),
            "{decided}"
        );
        assert!(!decided.contains("までに回答がない場合"), "{decided}");
    }
}
