//! Whatever comes when: in the end the ledger says what all facts together prove.

use chrono::TimeDelta;
use proptest::{prelude::*, sample::Index};

use super::*;
use crate::domain::span::Instant;

/// A stretch of work by (rest before it in minutes, length in seconds).
type Stretch = (i64, i64);
/// An answer by (minute after ten, units, whose, yes).
type Answered = (i64, i64, u8, bool);

/// A sound job: stretches of work on one device; answers and parts from another, numbered in order of time.
fn story(stretches: &[Stretch], answers: &[Answered], parts: &[(i64, u8, i64)]) -> Vec<Fact> {
    let mut phone = Device::of(1);
    let mut now = at("10:00:00");
    let mut facts = vec![phone.tell_at(now, simple("arrival"))];
    for (rest, length) in stretches {
        now += TimeDelta::minutes(*rest);
        facts.push(phone.tell_at(now, start("work")));
        now += TimeDelta::seconds(*length);
        facts.push(phone.tell_at(now, simple("work_end")));
    }
    facts.push(phone.tell_at(now, simple("completion")));
    facts.extend(office(answers, parts));
    facts
}

fn office(answers: &[Answered], parts: &[(i64, u8, i64)]) -> Vec<Fact> {
    let minute = |minute: i64| at("10:00:00") + TimeDelta::minutes(minute);
    let mut events: Vec<(Instant, crate::domain::facts::FactKind)> = Vec::new();
    for &(after, units, payer, yes) in answers {
        let asked = Asked {
            cap_units: Some(units),
            items: &[(0, 500), (1, 900)],
            cap_yen: 1_100 * units + 1_400,
            payer: ["worker", "host_company", "landlord"][usize::from(payer)],
            answer: if yes { "yes" } else { "no" },
        };
        events.push((minute(after), what(asked.json(minute(after)))));
    }
    for &(after, key, price) in parts {
        events.push((minute(after), part(key.into(), price)));
    }
    events.sort_by_key(|(at, _)| *at);
    let mut office = Device::numbered(1, 1);
    events.into_iter().map(|(at, what)| office.tell_at(at, what)).collect()
}

fn stories() -> impl Strategy<Value = Vec<Fact>> {
    let stretches = prop::collection::vec((0..20_i64, 1..4_000_i64), 0..5);
    let answers = prop::collection::vec((0..200_i64, 0..9_i64, 0..3_u8, prop::bool::weighted(0.8)), 0..4);
    let parts = prop::collection::vec((0..200_i64, 0..2_u8, 0..1_000_i64), 0..4);
    (stretches, answers, parts).prop_map(|(stretches, answers, parts)| story(&stretches, &answers, &parts))
}

fn sorted(mut charges: Vec<Charge>) -> Vec<String> {
    charges.sort_by_key(|charge| (charge.kind, charge.payer, charge.proof.to_string()));
    charges.iter().map(|charge| format!("{charge:?}")).collect()
}

proptest! {
    #[test]
    fn batches_in_any_order_end_with_the_same_bill(
        (facts, order) in stories().prop_flat_map(|facts| {
            let order: Vec<usize> = (0..facts.len()).collect();
            (Just(facts), Just(order).prop_shuffle())
        }),
        cuts in prop::collection::vec(any::<Index>(), 0..6),
        again in any::<Index>(),
    ) {
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(facts.len() + 1)).collect();
        cuts.push(facts.len());
        cuts.sort_unstable();
        let mut book = Book::default();
        let mut here: Vec<Fact> = Vec::new();
        let mut begun = 0;
        for cut in cuts {
            here.extend(order[begun..cut].iter().map(|&index| facts[index].clone()));
            here.push(facts[order[again.index(cut.max(1))]].clone());
            here.truncate(here.len() - usize::from(cut == 0));
            begun = cut;
            book.settle(&here);
        }
        let whole = priced(&facts).charges;
        let in_force: Vec<Charge> = live(&book.lines).into_iter().map(|line| line.charge.clone()).collect();
        prop_assert_eq!(sorted(in_force), sorted(whole.clone()));
        prop_assert_eq!(book.yen(), whole.iter().map(|charge| charge.amount_yen.0).sum::<i64>());
        for line in &book.lines {
            let taken_back = book.lines.iter().filter(|other| other.reverses == Some(line.id)).count();
            prop_assert!(taken_back <= 1);
        }
    }

    #[test]
    fn amounts_follow_from_quantities_and_nobody_pays_unasked(facts in stories()) {
        let priced = priced(&facts);
        for charge in &priced.charges {
            let exact = charge.quantity * Decimal::from(charge.unit_price_yen.0);
            prop_assert_eq!(exact, Decimal::from(charge.amount_yen.0), "whole pieces only");
            let is_free = charge.kind == EntryKind::WriteOff;
            prop_assert_eq!(charge.consent_fact_id.is_none(), is_free);
            prop_assert_eq!(charge.payer == Payer::Programme, is_free);
        }
        let units = |kind| -> Decimal {
            let of_kind = priced.charges.iter().filter(|charge| charge.kind == kind && charge.code == "overtime");
            of_kind.map(|charge| charge.quantity).sum()
        };
        prop_assert_eq!(units(EntryKind::Overtime), priced.billable_units.into());
        prop_assert_eq!(units(EntryKind::WriteOff), priced.written_off_units.into());
    }

    #[test]
    fn a_slow_network_costs_nobody_anything(facts in stories(), delays in prop::collection::vec(0..120_i64, 1..9)) {
        let mut slow = facts.clone();
        for (fact, delay) in slow.iter_mut().filter(|fact| fact.device.as_str() == "device-0").zip(delays.iter().cycle()) {
            fact.received_at += TimeDelta::seconds(*delay);
        }
        let (slow, prompt) = (FieldRecord::of(&slow), FieldRecord::of(&facts));
        let units = |record: &FieldRecord| price(record, &terms(), &firms()).map(|priced| (priced.worked_seconds, priced.units));
        prop_assert_eq!(units(&slow), units(&prompt));
    }
}
