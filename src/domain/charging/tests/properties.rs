//! What must hold for every input.

use proptest::prelude::*;

use super::*;

/// A day of intervals in milliseconds: (technician, from, length, kind).
type Raw = (u8, i64, i64, u8);

fn interval_of(&(technician, from, length, kind): &Raw) -> WorkInterval {
    let from = at("08:00:00") + TimeDelta::milliseconds(from);
    WorkInterval {
        technician: format!("T{technician}"),
        span: Span::new(from, from + TimeDelta::milliseconds(length)).unwrap(),
        kind: match kind {
            0 => WorkKind::Special,
            1 => WorkKind::Rework,
            _ => WorkKind::Work,
        },
    }
}

fn intervals_of(raw: &[Vec<Raw>]) -> Vec<Vec<WorkInterval>> {
    raw.iter().map(|visit| visit.iter().map(interval_of).collect()).collect()
}

fn visits() -> impl Strategy<Value = Vec<Vec<Raw>>> {
    // Round and crooked times, so that marks are hit exactly as well as missed.
    let time =
        |most: i64| prop_oneof![(0..most).prop_map(|ten_minutes| ten_minutes * 600_000), 0..most * 600_000];
    let interval = (0..3_u8, time(30), time(9), 0..10_u8);
    prop::collection::vec(prop::collection::vec(interval, 0..5), 1..4)
}

fn a_policy() -> impl Strategy<Value = ChargePolicy> {
    let grace = prop_oneof![Just(0), Just(59), 0..600_i64];
    let one_of = |codes: [&'static str; 2]| prop::sample::select(codes.to_vec());
    (one_of(["started", "completed"]), grace, one_of(["job", "visit"]), one_of(["wall_clock", "person_time"]))
        .prop_map(|(rounding, grace, scope, crew)| policy(rounding, grace, scope, crew))
}

fn a_cap() -> impl Strategy<Value = Option<i64>> {
    prop::option::of(0..12_i64)
}

/// Answers by (minute, yes, cap), with distinct ids.
fn answers() -> impl Strategy<Value = Vec<(i64, bool, i64)>> {
    prop::collection::vec((0..400_i64, prop::bool::weighted(0.8), 0..20_i64), 0..5)
}

fn answer_of(index: usize, &(minute, yes, cap_units): &(i64, bool, i64)) -> ConsentAnswer {
    let said = if yes { Answer::Yes } else { Answer::No };
    let answered_at = at("08:00:00") + TimeDelta::minutes(minute);
    answer(index as u128 + 1, answered_at, said, ConsentTerm::Overtime { cap_units })
}

fn answers_of(raw: &[(i64, bool, i64)]) -> Vec<ConsentAnswer> {
    raw.iter().enumerate().map(|(index, one)| answer_of(index, one)).collect()
}

/// Deliveries of item `i` by (minute, item, price) and item answers by (minute, item, max).
fn items() -> impl Strategy<Value = Vec<(i64, u8, i64)>> {
    prop::collection::vec((0..400_i64, 0..2_u8, 0..1_000_i64), 0..5)
}

fn deliveries_of(raw: &[(i64, u8, i64)]) -> Vec<Delivered<Part>> {
    let one = |(index, &(minute, item, price)): (usize, &(i64, u8, i64))| Delivered {
        id: fact(1_000 + index as u128),
        item: format!("i{item}"),
        at: at("08:00:00") + TimeDelta::minutes(minute),
        what: part("1.5", price),
    };
    raw.iter().enumerate().map(one).collect()
}

fn item_answers_of(raw: &[(i64, u8, i64)]) -> Vec<ConsentAnswer> {
    let one = |(index, &(minute, item, max)): (usize, &(i64, u8, i64))| {
        let term = ConsentTerm::Item { item: format!("i{item}"), max_yen: Yen(max * 3) };
        answer(2_000 + index as u128, at("08:00:00") + TimeDelta::minutes(minute), Answer::Yes, term)
    };
    raw.iter().enumerate().map(one).collect()
}

fn priced(
    visits: Vec<Vec<WorkInterval>>,
    answers: Vec<ConsentAnswer>,
    parts: Vec<Delivered<Part>>,
    policy: ChargePolicy,
) -> JobPrice {
    let visits = WorkedVisits::new(visits).unwrap();
    price_job(&JobRecord::new(&visits, Consents::new(answers).unwrap(), parts, vec![], policy).unwrap())
}

/// Begin seconds of units by walking the day second by second; shares no code with the engine.
fn walked(visits: &[Vec<WorkInterval>], policy: &ChargePolicy) -> Vec<Instant> {
    let scopes: Vec<Vec<&WorkInterval>> = match policy.allowance_scope() {
        AllowanceScope::Job => vec![visits.iter().flatten().collect()],
        AllowanceScope::Visit => visits.iter().map(|visit| visit.iter().collect()).collect(),
    };
    let mut begun = Vec::new();
    for scope in scopes {
        let mut ticks = Vec::new();
        for second in 0..12 * 3_600 {
            let now = at("08:00:00") + TimeDelta::seconds(second);
            let mut persons: Vec<&str> = scope
                .iter()
                .filter(|interval| interval.kind == WorkKind::Work && interval.span.contains(now))
                .map(|interval| interval.technician.as_str())
                .collect();
            persons.sort_unstable();
            persons.dedup();
            let counted = match policy.crew_time() {
                CrewTime::WallClock => persons.len().min(1),
                CrewTime::PersonTime => persons.len(),
            };
            ticks.extend(vec![now; counted]);
        }
        let excess = ticks.len().saturating_sub(3_600);
        let units = match policy.overtime_rounding() {
            OvertimeRounding::Completed => excess / 600,
            OvertimeRounding::Started => {
                excess.saturating_sub(usize::try_from(policy.grace_seconds()).unwrap()).div_ceil(600)
            }
        };
        begun.extend((0..units).map(|unit| ticks[3_600 + 600 * unit]));
    }
    begun.sort_unstable();
    begun
}

proptest! {
    #[test]
    fn one_more_second_never_lowers_an_estimate(
        raw in visits(), policy in a_policy(), cap in a_cap(), which in any::<prop::sample::Index>(), early in any::<bool>(),
    ) {
        let before = worked(intervals_of(&raw), cap, policy);
        let mut raw = raw;
        let mut all: Vec<&mut Raw> = raw.iter_mut().flatten().collect();
        prop_assume!(!all.is_empty());
        let index = which.index(all.len());
        let longer = &mut *all[index];
        longer.2 += 1_000;
        if early {
            longer.1 -= 1_000;
        }
        let after = worked(intervals_of(&raw), cap, policy);
        prop_assert!(after.billable_yen >= before.billable_yen);
        prop_assert!(after.units >= before.units);
    }

    #[test]
    fn one_more_second_at_the_end_never_lowers_a_price(
        raw in visits(), policy in a_policy(), answers in answers(),
    ) {
        let before = priced(intervals_of(&raw), answers_of(&answers), vec![], policy);
        let mut raw = raw;
        let Some(last) = raw.iter_mut().flatten().max_by_key(|one| one.1 + one.2) else { return Ok(()) };
        last.2 += 1_000;
        let after = priced(intervals_of(&raw), answers_of(&answers), vec![], policy);
        prop_assert!(after.total_yen >= before.total_yen);
    }

    #[test]
    fn splitting_an_interval_changes_nothing(
        raw in visits(), policy in a_policy(), cap in a_cap(), which in any::<prop::sample::Index>(), cut in 0.0..1.0_f64,
    ) {
        let whole = worked(intervals_of(&raw), cap, policy);
        let mut raw = raw;
        let places: Vec<(usize, usize)> = raw
            .iter()
            .enumerate()
            .flat_map(|(visit, all)| (0..all.len()).map(move |index| (visit, index)))
            .collect();
        prop_assume!(!places.is_empty());
        let (visit, index) = places[which.index(places.len())];
        let (technician, from, length, kind) = raw[visit][index];
        let first = (length as f64 * cut) as i64;
        raw[visit][index].2 = first;
        raw[visit].push((technician, from + first, length - first, kind));
        prop_assert_eq!(worked(intervals_of(&raw), cap, policy), whole);
    }

    #[test]
    fn the_order_of_intervals_changes_nothing(
        (raw, shuffled) in visits().prop_flat_map(|raw| {
            let shuffled: Vec<_> = raw.iter().map(|visit| Just(visit.clone()).prop_shuffle()).collect();
            (Just(raw), shuffled)
        }),
        policy in a_policy(), cap in a_cap(),
    ) {
        prop_assert_eq!(worked(intervals_of(&shuffled), cap, policy), worked(intervals_of(&raw), cap, policy));
    }

    #[test]
    fn the_order_of_visits_changes_no_sum(
        (raw, shuffled) in visits().prop_flat_map(|raw| (Just(raw.clone()), Just(raw).prop_shuffle())),
        policy in a_policy(), cap in a_cap(),
    ) {
        let (one, other) = (worked(intervals_of(&raw), cap, policy), worked(intervals_of(&shuffled), cap, policy));
        if policy.allowance_scope() == AllowanceScope::Job {
            prop_assert_eq!(&one, &other);
        }
        prop_assert_eq!((one.units, one.billable_units, one.total_yen), (other.units, other.billable_units, other.total_yen));
    }

    #[test]
    fn the_order_of_facts_changes_nothing(
        (raw, shuffled) in visits().prop_flat_map(|raw| (Just(raw.clone()), Just(raw).prop_shuffle())),
        answers in answers(), delivered in items(), agreed in items(), policy in a_policy(),
    ) {
        let facts = [answers_of(&answers), item_answers_of(&agreed)].concat();
        let mut backwards = facts.clone();
        backwards.reverse();
        let deliveries = deliveries_of(&delivered);
        // Repeated and backwards, as devices send them.
        let repeated: Vec<_> = deliveries.iter().rev().chain(&deliveries).cloned().collect();
        let mut shuffled = intervals_of(&shuffled);
        shuffled.iter_mut().for_each(|visit| visit.reverse());
        prop_assert_eq!(
            priced(shuffled, backwards, repeated, policy),
            priced(intervals_of(&raw), facts, deliveries, policy)
        );
    }

    #[test]
    fn units_are_billed_or_written_off_and_amounts_add_up(
        raw in visits(), answers in answers(), delivered in items(), agreed in items(), policy in a_policy(),
    ) {
        let facts = [answers_of(&answers), item_answers_of(&agreed)].concat();
        let got = priced(intervals_of(&raw), facts, deliveries_of(&delivered), policy);
        prop_assert_eq!(got.billable_units + got.written_off_units, got.units);
        prop_assert_eq!(got.lines.iter().map(|line| line.says.amount_yen.0).sum::<i64>(), got.total_yen.0);
        let quantity = |kind: LineKind| {
            let overtime = got.lines.iter().map(|line| &line.says).filter(|line| line.kind == kind && line.code == "overtime");
            overtime.map(|line| line.quantity).sum::<rust_decimal::Decimal>()
        };
        prop_assert_eq!(quantity(LineKind::Overtime), got.billable_units.into());
        prop_assert_eq!(quantity(LineKind::WriteOff), got.written_off_units.into());
        for (line, consents) in got.lines.iter().map(|line| (&line.says, &line.consents)) {
            let exact = line.quantity * rust_decimal::Decimal::from(line.unit_price_yen.0);
            prop_assert!((exact - rust_decimal::Decimal::from(line.amount_yen.0)).abs() <= rust_decimal::Decimal::new(5, 1));
            prop_assert_eq!(consents.is_empty(), line.kind == LineKind::WriteOff);
            let printed = [format!("= {}円", line.amount_yen), format!("四捨五入で{}円", line.amount_yen)];
            prop_assert!(printed.iter().any(|amount| line.text_ja.contains(amount)), "{}", line.text_ja);
            prop_assert!(line.text_ja.ends_with(line.rule) && line.text_en.ends_with(line.rule));
        }
    }

    #[test]
    fn more_consent_never_lowers_the_billed_units(
        raw in visits(), answers in answers(), policy in a_policy(), which in any::<prop::sample::Index>(), more in 1..5_i64,
    ) {
        prop_assume!(!answers.is_empty());
        let billed = |answers: &[(i64, bool, i64)]| {
            priced(intervals_of(&raw), answers_of(answers), vec![], policy).billable_units
        };
        let before = billed(&answers);
        let index = which.index(answers.len());
        let mut raised = answers.clone();
        raised[index].2 += more;
        prop_assert!(billed(&raised) >= before);
        let mut agreed = answers.clone();
        agreed[index].1 = true;
        prop_assert!(billed(&agreed) >= before);
        let mut added = answers.clone();
        added.push((answers[index].0, true, 1_000));
        prop_assert!(billed(&added) >= before);
    }

    #[test]
    fn a_higher_cap_never_lowers_an_estimate(raw in visits(), policy in a_policy(), cap in 0..12_i64) {
        let units = |cap| worked(intervals_of(&raw), cap, policy).billable_units;
        prop_assert!(units(Some(cap + 1)) >= units(Some(cap)));
        prop_assert!(units(None) >= units(Some(cap)));
        prop_assert_eq!(units(Some(cap)), units(None).min(cap));
    }

    #[test]
    fn consent_to_everything_beforehand_bills_what_an_uncapped_estimate_says(
        raw in visits(), policy in a_policy(),
    ) {
        let estimate = worked(intervals_of(&raw), None, policy);
        let price = priced(intervals_of(&raw), answers_of(&[(-60, true, 1_000)]), vec![], policy);
        prop_assert_eq!((price.units, price.billable_units, price.total_yen), (estimate.units, estimate.units, estimate.total_yen));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn units_begin_where_a_walk_through_the_day_finds_them(raw in visits(), policy in a_policy()) {
        let whole: Vec<Vec<Raw>> = raw
            .iter()
            .map(|visit| visit.iter().map(|one| (one.0, one.1 / 1_000 * 1_000, one.2 / 1_000 * 1_000, one.3)).collect())
            .collect();
        let price = priced(intervals_of(&whole), vec![], vec![], policy);
        let mut begun: Vec<Instant> = price
            .overtime
            .iter()
            .flat_map(|scope| &scope.units)
            // Several persons can reach a mark inside a second: the walk knows the second.
            .map(|unit| chrono::SubsecRound::trunc_subsecs(unit.begun_at, 0))
            .collect();
        begun.sort_unstable();
        prop_assert_eq!(begun, walked(&intervals_of(&whole), &policy));
    }
}
