//! Whatever comes in whichever order: the same follows.

use chrono::TimeDelta;
use proptest::{prelude::*, sample::Index};

use super::*;
use crate::domain::facts::FactKind;

/// Work of a crew, answers, parts and cash by three devices; some reports get lost on the way, so that doubts come up.
fn stories() -> impl Strategy<Value = Vec<Fact>> {
    let minute = |minute: i64| at("10:00:00") + TimeDelta::minutes(minute);
    let work = prop::collection::vec((0..20_i64, 1..70_i64), 0..4);
    let said = prop::collection::vec((0..150_i64, 0..4_u8, 0..5_i64), 0..8);
    let lost = prop::collection::vec(any::<Index>(), 0..2);
    let second = any::<bool>();
    (work, said, lost, second).prop_map(move |(work, said, lost, second)| {
        let (mut phone, mut helper, mut office) = (Device::of(1), Device::of(2), Device::numbered(1, 1));
        let mut facts = vec![phone.tell("10:00:00", simple("arrival"))];
        if second {
            facts.push(helper.tell("10:00:00", simple("arrival")));
        }
        let mut now = 0;
        for (rest, length) in work {
            now += rest;
            facts.push(phone.tell_at(minute(now), start("work")));
            if second {
                facts.push(helper.tell_at(minute(now), start("work")));
                facts.push(helper.tell_at(minute(now + length), simple("work_end")));
            }
            now += length;
            facts.push(phone.tell_at(minute(now), simple("work_end")));
        }
        facts.push(phone.tell_at(minute(now), simple("completion")));
        let mut said: Vec<_> =
            said.into_iter().map(|(after, kind, size)| (after, told(kind, size, minute(after)))).collect();
        said.sort_by_key(|(after, _)| *after);
        facts.extend(said.into_iter().map(|(after, kind)| office.tell_at(minute(after), kind)));
        for index in lost {
            facts.remove(index.index(facts.len()));
        }
        facts
    })
}

fn told(kind: u8, size: i64, at: Instant) -> FactKind {
    match kind {
        0 => cash(100 + 500 * size),
        1 => part(size.unsigned_abs().into(), 480),
        _ => {
            let payer = if kind == 2 { "worker" } else { "host_company" };
            let items = [(1, 480), (2, 480)];
            let asked = Asked {
                cap_units: Some(size),
                items: &items,
                cap_yen: 1_100 * size + 960,
                payer,
                answer: "yes",
            };
            what(asked.json(at))
        }
    }
}

fn endings(world: &World) -> [Ending<'_>; 3] {
    [Ending::UnderWay, Ending::CalledOff(SettlementBasis::NoAccess), Ending::Complete(&world.terms)]
}

proptest! {
    #[test]
    fn the_same_facts_in_any_order_give_the_same(
        (facts, order) in stories().prop_flat_map(|facts| {
            let order: Vec<usize> = (0..facts.len()).collect();
            (Just(facts), Just(order).prop_shuffle())
        }),
        known in any::<Index>(),
        decided in prop::option::of(prop::sample::select(vec![Ruling::Accept, Ruling::WriteOff, Ruling::Rescind])),
    ) {
        let world = World::new();
        // Some of it came, and was settled, before.
        let known = known.index(facts.len() + 1);
        let (mut books, before) = (Books::default(), &facts[..known]);
        books.complete(&world, before);
        books.decisions.extend(decided.map(|ruling| decision(FieldRecord::of(&facts).flags, ruling)));
        let shuffled: Vec<Fact> = order.iter().map(|index| facts[*index].clone()).collect();
        for ending in endings(&world) {
            let told = books.settling(&world, ending, &facts);
            prop_assert_eq!(&told, &books.settling(&world, ending, &shuffled));
            // Carried out, it is done: nothing follows a second time.
            let mut books = books.clone();
            books.take(&told);
            let again = books.settling(&world, ending, &shuffled);
            prop_assert_eq!((again.payments, again.review, again.settlement), (vec![], None, None));
            prop_assert_eq!(again.flags, told.flags);
        }
    }

    #[test]
    fn however_the_reports_are_cut_into_requests_the_same_is_paid_and_due(
        facts in stories(),
        cuts in prop::collection::vec(any::<Index>(), 0..4),
    ) {
        let world = World::new();
        let end = facts.iter().position(|fact| fact.what.code() == "completion").unwrap_or(facts.len());
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(end + 1)).collect();
        cuts.sort_unstable();
        let (mut at_once, mut by_and_by) = (Books::default(), Books::default());
        let whole = at_once.complete(&world, &facts);
        for cut in cuts {
            by_and_by.complete(&world, &facts[..cut]);
        }
        let last = by_and_by.complete(&world, &facts);
        let paid = |books: &Books| {
            books.payments.iter().map(|one| (one.fact_id, one.amount_yen, one.settlement_id)).collect::<Vec<_>>()
        };
        prop_assert_eq!(paid(&by_and_by), paid(&at_once));
        prop_assert_eq!((last.due, last.flags), (whole.due, whole.flags));
        let billed = |books: &Books| {
            let brief = |line: &LedgerLine| (line.charge.payer, line.charge.amount_yen, line.collected_yen);
            books.lines.iter().map(brief).collect::<Vec<_>>()
        };
        prop_assert_eq!(billed(&by_and_by), billed(&at_once));
    }

    #[test]
    fn every_yen_of_cash_is_taken_over_once_and_no_line_collects_more_than_was_paid(
        facts in stories(),
        cut in any::<Index>(),
    ) {
        let world = World::new();
        let mut books = Books::default();
        let cut = cut.index(facts.len() + 1);
        for here in [&facts[..cut], &facts[..]] {
            books.complete(&world, here);
        }
        let asked = books.complete(&world, &facts).flags;
        let is_over = facts.iter().any(|fact| fact.what.code() == "completion");
        let cash = facts.iter().filter_map(|fact| match &fact.what {
            FactKind::Payment(payment) => Some((fact.id, payment.amount_yen.yen())),
            _ => None,
        });
        for (fact, yen) in cash {
            let paid = books.payments.iter().filter(|payment| payment.fact_id == Some(fact));
            let paid: Vec<_> = paid.map(|payment| payment.amount_yen.0).collect();
            let is_asked = asked.iter().any(|flag| flag.fact_id == Some(fact));
            let is_open = paid.is_empty() && (is_asked || !is_over);
            prop_assert!(paid == [yen] || is_open, "{:?} of {}", paid, yen);
        }
        prop_assert_eq!(ledger::wrong_collection(&books.lines, &books.payments), None);
    }
}
