//! Lines, their payers and their proofs.

use serde_json::json;

use super::*;

#[test]
fn c_20_ninety_two_minutes_with_consent_for_two_units() {
    let mut device = Device::of(1);
    let mut facts = plain_job(&mut device, &[("10:00:00", "11:32:00")]);
    let consent = device.consent("10:51:00", &Asked::units(2));
    facts.push(consent.clone());
    let priced = priced(&facts);
    assert_eq!((priced.worked_seconds, priced.units), (5_520, 4));
    assert_eq!((priced.billable_units, priced.written_off_units), (2, 2));
    assert_eq!(
        brief(&priced.charges),
        [
            (EntryKind::Overtime, "2".to_owned(), 2_200, Payer::Worker),
            (EntryKind::WriteOff, "2".to_owned(), 0, Payer::Programme),
        ]
    );
    let billed = &priced.charges[0];
    assert_eq!((billed.firm_id, billed.consent_fact_id), (firm(1), Some(consent.id)));
    assert_eq!((billed.tax_included_yen.0, billed.rule.as_str()), (200, "C-08"));
    assert_eq!(
        billed.proof,
        json!({
            "engine": ENGINE_VERSION, "rule": "C-08", "terms": 1,
            "policy": serde_json::to_value(ChargePolicy::default()).unwrap(),
            "intervals": [{"from": "2026-11-22T01:00:00Z", "to": "2026-11-22T02:32:00Z"}],
            "worked_seconds": 5_520, "excess_seconds": 1_920,
            "units": [
                {"number": 1, "begun_at": "2026-11-22T02:00:00Z", "consent": consent.id},
                {"number": 2, "begun_at": "2026-11-22T02:10:00Z", "consent": consent.id},
            ],
            "consents": [consent.id],
        })
    );
    assert_eq!(priced.charges[1].proof["units"][0]["begun_at"], "2026-11-22T02:20:00Z");
    assert!(billed.text_ja.contains("2,200円") && billed.text_en.contains("2,200 yen"));
}

#[test]
fn within_the_free_hour_nothing_is_charged() {
    let priced = priced(&plain_job(&mut Device::of(1), &[("10:00:00", "11:00:00")]));
    assert_eq!((priced.charges.len(), priced.worked_seconds, priced.units), (0, 3_600, 0));
}

#[test]
fn c_23_each_payer_pays_what_that_payer_agreed_to() {
    let mut device = Device::of(1);
    let mut facts = plain_job(&mut device, &[("10:00:00", "11:40:00")]);
    let worker = device.consent("10:50:00", &Asked::units(1));
    let host = Asked { payer: "host_company", ..Asked::units(4) };
    let host = device.consent("11:05:00", &host);
    facts.extend([worker.clone(), host.clone()]);
    let priced = priced(&facts);
    assert_eq!(
        brief(&priced.charges),
        [
            (EntryKind::Overtime, "1".to_owned(), 1_100, Payer::Worker),
            (EntryKind::Overtime, "3".to_owned(), 3_300, Payer::HostCompany),
        ]
    );
    assert_eq!(priced.charges[0].consent_fact_id, Some(worker.id));
    assert_eq!(priced.charges[1].consent_fact_id, Some(host.id));
    assert_eq!(priced.charges[1].tax_included_yen.0, 300);
    assert_eq!(priced.charges[1].proof["units"].as_array().unwrap().len(), 3);
    assert!(priced.charges[1].text_ja.ends_with("このうち3回分 = 3,300円(税込)。C-23"));
}

#[test]
fn the_cap_in_yen_binds_as_well_as_the_cap_in_units() {
    for (cap_yen, items, units) in [(2_200, &[][..], 2), (3_299, &[][..], 2), (3_300, &[(1, 480)][..], 2)] {
        let mut device = Device::of(1);
        let mut facts = plain_job(&mut device, &[("10:00:00", "11:50:00")]);
        let asked = Asked { cap_yen, items, ..Asked::units(5) };
        facts.push(device.consent("10:50:00", &asked));
        assert_eq!(priced(&facts).billable_units, units, "{cap_yen} {items:?}");
    }
}

#[test]
fn a_no_is_not_a_yes() {
    let mut device = Device::of(1);
    let mut facts = plain_job(&mut device, &[("10:00:00", "11:10:00")]);
    facts.push(device.consent("10:50:00", &Asked { answer: "no", ..Asked::units(5) }));
    assert_eq!(brief(&priced(&facts).charges), [(EntryKind::WriteOff, "1".to_owned(), 0, Payer::Programme)]);
}

#[test]
fn parts_and_special_work_keep_their_own_report_firm_and_payer() {
    let (mut one, mut other) = (Device::of(1), Device::of(2));
    let mut facts = plain_job(&mut one, &[("10:00:00", "10:50:00")]);
    let landlord = Asked { payer: "landlord", ..Asked::items(&[(1, 480), (3, 22_000)]) };
    facts.push(one.consent("10:10:00", &landlord));
    let agreed = one.tell("10:20:00", part(1, 480));
    let given_away = one.tell("10:21:00", part(4, 0));
    let unasked = other.tell("10:22:00", part(2, 960));
    let special = what(json!({
        "kind": "special_work", "item": item(3), "code": "high_pressure_cleaning", "price_yen": 22_000,
    }));
    let special = one.tell("10:30:00", special);
    facts.extend([special.clone(), unasked.clone(), given_away, agreed.clone()]);
    let charges = priced(&facts).charges;
    assert_eq!(
        brief(&charges),
        [
            (EntryKind::Part, "1".to_owned(), 480, Payer::Landlord),
            (EntryKind::WriteOff, "1".to_owned(), 0, Payer::Programme),
            (EntryKind::SpecialWork, "1".to_owned(), 22_000, Payer::Landlord),
        ]
    );
    let reports: Vec<_> = charges.iter().map(|charge| charge.proof["fact"].clone()).collect();
    assert_eq!(reports, [json!(agreed.id), json!(unasked.id), json!(special.id)]);
    let by: Vec<_> = charges.iter().map(|charge| charge.firm_id).collect();
    assert_eq!(by, [firm(1), firm(2), firm(1)]);
    assert_eq!(charges[0].code, "止水栓パッキン");
}

#[test]
fn c_29_tax_that_a_price_does_not_include_is_added_to_the_line() {
    let mut device = Device::of(1);
    let mut facts = plain_job(&mut device, &[("10:00:00", "10:50:00")]);
    facts.push(device.consent("10:10:00", &Asked::items(&[(1, 346), (2, 345)])));
    let parts = json!({
        "kind": "part", "item": item(1), "name": "栓", "quantity": "3", "unit_price_yen": 105,
        "price_basis": "tax_exclusive",
    });
    let mut others = parts.clone();
    others["item"] = json!(item(2));
    facts.push(device.tell("10:20:00", what(parts)));
    facts.push(device.tell("10:21:00", what(others)));
    let charges = priced(&facts).charges;
    // 3 x 105 yen and 10 % are 346.5, and of one 115.5.
    assert_eq!((charges[0].unit_price_yen.0, charges[0].amount_yen.0), (115, 346));
    let text = "部品「栓」 3 × 105円(税抜) + 税10% = 346.5円 → 切り捨てで346円(税込)。";
    assert!(charges[0].text_ja.starts_with(text), "{}", charges[0].text_ja);
    // A yes to 345 is none to 346 (C-18).
    assert_eq!((charges[1].kind, charges[1].amount_yen.0), (EntryKind::WriteOff, 0));
}

#[test]
fn what_no_proof_can_hold_goes_to_review() {
    let mut device = Device::of(1);
    let mut facts = vec![device.tell("10:00:00", simple("arrival"))];
    for number in 0..201 {
        let from = at("10:00:00") + chrono::TimeDelta::seconds(20 * number);
        facts.push(device.tell_at(from, start("work")));
        facts.push(device.tell_at(from + chrono::TimeDelta::seconds(10), simple("work_end")));
    }
    assert!(price(&FieldRecord::of(&facts), &terms(), &firms()).is_err());
    assert!(price(&FieldRecord::of(&facts[..401]), &terms(), &firms()).is_ok(), "200 of them fit");
    let nobody = BTreeMap::new();
    let overtime = plain_job(&mut Device::of(1), &[("10:00:00", "11:10:00")]);
    assert!(price(&FieldRecord::of(&overtime), &terms(), &nobody).is_err(), "a line without a firm");
}
