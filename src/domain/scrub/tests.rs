use proptest::prelude::*;

use super::*;

fn cleaned(text: &str) -> String {
    scrub(text).map_or_else(|| text.to_owned(), |scrubbed| scrubbed.text)
}

#[track_caller]
fn takes_out(text: &str, what: Secret, left: &str) {
    let scrubbed = scrub(text).unwrap_or_else(|| panic!("nothing found in {text}"));
    assert_eq!((scrubbed.text.as_str(), scrubbed.found), (left, BTreeSet::from([what])), "{text}");
}

#[test]
fn residence_cards_are_taken_out_however_they_are_typed() {
    for card in [
        "AB12345678CD",
        "ab12345678cd",
        "ＡＢ１２３４５６７８ＣＤ",
        "AB 12345678 CD",
        "AB-1234-5678-CD",
        "ab-12345678-cd",
        "AB1234 5678CD",
        "AB\u{200B}1234\u{FEFF}5678CD",
        "AB१२३४५६७८CD",
    ] {
        takes_out(&format!("在留カード{card}です"), Secret::ResidenceCard, "在留カード［削除済］です");
    }
}

#[test]
fn my_numbers_are_taken_out_however_they_are_typed() {
    for number in [
        "123456789018",
        "1234 5678 9018",
        "1234-5678-9018",
        "１２３４－５６７８－９０１８",
        "1234　5678　9018",
        "1234 - 5678 - 9018",
        "1 2 3 4 5 6 7 8 9 0 1 8",
        "12345678\u{200B}9018",
    ] {
        takes_out(&format!("番号は{number}。"), Secret::MyNumber, "番号は［削除済］。");
    }
    // The check digit is wrong.
    for number in ["123456789019", "1234 5678 9010"] {
        assert_eq!(scrub(number), None, "{number}");
    }
}

#[test]
fn payment_cards_are_taken_out_however_they_are_typed() {
    for card in [
        "4111111111111111",
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "３７８２ ８２２４６３ １０００５",
        "3530111333300000",
        "30569309025904",
    ] {
        takes_out(&format!("カード {card}、"), Secret::PaymentCard, "カード ［削除済］、");
    }
    assert_eq!(scrub("4111111111111112"), None, "the check digit is wrong");
}

#[test]
fn a_telephone_number_beside_it_hides_nothing() {
    takes_out("090-5550-0101 1234-5678-9018", Secret::MyNumber, "090-5550-0101 ［削除済］");
    takes_out("+81 90 5550 0101、123456789018", Secret::MyNumber, "+81 90 5550 0101、［削除済］");
    takes_out("03 5550 0100 4111 1111 1111 1111", Secret::PaymentCard, "03 5550 0100 ［削除済］");
}

#[test]
fn several_are_all_taken_out() {
    let scrubbed = scrub("AB12345678CD と 1234 5678 9018 と 4111111111111111").unwrap();
    assert_eq!(scrubbed.text, "［削除済］ と ［削除済］ と ［削除済］");
    assert_eq!(scrubbed.found.len(), 3);
}

#[test]
fn what_a_dispatcher_writes_every_night_stays() {
    for text in [
        "",
        "水が止まらない",
        "〒460-0008 090-5550-0101",
        "090-5550-0101 080-5550-0102 03-5550-0100",
        "090-5550-0101 0568-55-0100",
        "090 5550 0101 0568 55 0100",
        "+81 90-5550-0101",
        "+818055500101",
        "＋819055500101へ折返し",
        "call 5550-0101 or 5550-0102 at 22:00",
        "0120-555-010、0570-055-501",
        "室 205、3-15-27、築1998年",
        "2026-11-22 21:30 到着、22:05 完了",
        "部品 TOTO TH405S 2個 1,100円",
        "受付 261122-0007",
        "rooms 101 102 103 104",
    ] {
        assert_eq!(scrub(text), None, "{text}");
    }
}

fn check_digit(eleven: &[u8]) -> u8 {
    // The rule as the ordinance writes it: 11 - (sum of P(n) × Q(n) modulo 11), 0 where the remainder is 1 or less.
    let mut sum = 0_u32;
    for n in 1..=11_usize {
        let q = if n <= 6 { n + 1 } else { n - 5 };
        sum += u32::from(eleven[11 - n]) * u32::try_from(q).unwrap();
    }
    let rest = sum % 11;
    if rest <= 1 { 0 } else { u8::try_from(11 - rest).unwrap() }
}

fn my_number() -> impl Strategy<Value = String> {
    proptest::collection::vec(0_u8..10, 11).prop_map(|mut digits| {
        digits.push(check_digit(&digits));
        digits.iter().map(ToString::to_string).collect()
    })
}

fn grouped(digits: &str, size: usize, between: &str) -> String {
    let digits: Vec<char> = digits.chars().collect();
    digits.chunks(size).map(|chunk| chunk.iter().collect::<String>()).collect::<Vec<_>>().join(between)
}

fn full_width(text: &str) -> String {
    let wide = |char: char| match char {
        '0'..='9' | 'A'..='Z' | 'a'..='z' => char::from_u32(u32::from(char) + 0xFEE0).unwrap(),
        other => other,
    };
    text.chars().map(wide).collect()
}

proptest! {
    #[test]
    fn no_my_number_stays(number in my_number(), between in "[ 　\\-]", before in "[ぁ-ん]{0,8}", after in "[ぁ-ん]{0,8}") {
        for typed in [number.clone(), grouped(&number, 4, &between), grouped(&number, 1, &between)] {
            for typed in [typed.clone(), full_width(&typed)] {
                prop_assert_eq!(cleaned(&format!("{before}{typed}{after}")), format!("{before}{MARK}{after}"));
            }
        }
    }

    #[test]
    fn no_residence_card_stays(card in "[A-Z]{2}[0-9]{8}[A-Z]{2}", before in "[ぁ-ん]{0,8}", after in "[ぁ-ん]{0,8}") {
        for typed in [card.clone(), card.to_lowercase(), full_width(&card)] {
            prop_assert_eq!(cleaned(&format!("{before}{typed}{after}")), format!("{before}{MARK}{after}"));
        }
        let scrubbed = scrub(&format!("x{card}y"));
        prop_assert!(scrubbed.is_some_and(|scrubbed| !scrubbed.text.contains(&card)));
    }

    #[test]
    fn telephone_numbers_and_postal_codes_stay(
        mobile in "0[789]0-[0-9]{4}-[0-9]{4}",
        landline in "0[1-9]-[0-9]{4}-[0-9]{4}|0[1-9]{2}-[0-9]{3}-[0-9]{4}|0[1-9]{3}-[0-9]{2}-[0-9]{4}",
        abroad in "\\+[1-9][0-9]{6,14}",
        postal in "[0-9]{3}-[0-9]{4}",
    ) {
        let plain = mobile.replace('-', "");
        let text = format!("〒{postal} {mobile} {landline} {plain}、{abroad}");
        prop_assert_eq!(scrub(&text), None);
        prop_assert_eq!(scrub(&full_width(&text)), None);
    }

    #[test]
    fn what_is_clean_stays_clean_and_nothing_grows(text in "\\PC{0,80}") {
        if let Some(scrubbed) = scrub(&text) {
            prop_assert_eq!(scrub(&scrubbed.text), None);
            prop_assert!(scrubbed.text.chars().count() < text.chars().count());
        }
    }

    #[test]
    fn a_text_of_digits_and_separators_is_read_without_fail(text in "[0-9A-Za-z０-９Ａ-Ｚ +\\-　ー]{0,120}") {
        let once = cleaned(&text);
        prop_assert_eq!(cleaned(&once), once);
    }
}
