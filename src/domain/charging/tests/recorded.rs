//! A job's own record: consent on the clock (C-18, C-20) and the proof.

use super::*;

fn overtime_answer(id: u128, time: &str, said: Answer, cap_units: i64) -> ConsentAnswer {
    answer(id, at(time), said, ConsentTerm::Overtime { cap_units })
}

fn price(visits: Vec<Vec<WorkInterval>>, answers: Vec<ConsentAnswer>, policy: ChargePolicy) -> JobPrice {
    let visits = WorkedVisits::new(visits).unwrap();
    let consents = Consents::new(answers).unwrap();
    price_job(&JobRecord::new(&visits, consents, vec![], vec![], policy).unwrap())
}

fn yen(price: &JobPrice) -> (i64, i64, i64, i64) {
    (price.units, price.billable_units, price.written_off_units, price.total_yen.0)
}

#[test]
fn units_begin_when_the_time_before_them_is_used_up() {
    let visits = vec![vec![work("A", "10:00:00", "10:40:00"), work("A", "11:05:00", "11:36:00")]];
    let got = price(visits, vec![], ChargePolicy::default());
    let begun: Vec<Instant> = got.overtime[0].units.iter().map(|unit| unit.begun_at).collect();
    assert_eq!(begun, [at("11:25:00"), at("11:35:00")]);
    assert_eq!((got.overtime[0].worked_seconds, got.overtime[0].excess_seconds), (4_260, 660));
}

#[test]
fn two_persons_use_the_time_up_twice_as_fast() {
    // 30 min alone, then together: the other 30 min are gone after 15, ten minutes after 5 more.
    let visits = vec![vec![work("A", "10:00:00", "11:00:00"), work("B", "10:30:00", "11:00:00")]];
    let got = price(visits, vec![], policy("completed", 0, "job", "person_time"));
    let begun: Vec<Instant> = got.overtime[0].units.iter().map(|unit| unit.begun_at).collect();
    assert_eq!(begun, [at("10:45:00"), at("10:50:00"), at("10:55:00")]);
}

#[test]
fn under_visit_scope_each_visit_has_its_own_clock_and_the_job_one_count() {
    let visits = vec![vec![work("A", "14:00:00", "15:15:00")], vec![work("A", "10:00:00", "11:05:00")]];
    let cap_two = vec![overtime_answer(1, "10:50:00", Answer::Yes, 2)];
    let got = price(visits, cap_two, policy("started", 0, "visit", "wall_clock"));
    let units: Vec<(i64, Instant)> =
        got.overtime.iter().flat_map(|scope| &scope.units).map(|unit| (unit.number, unit.begun_at)).collect();
    assert_eq!(units, [(1, at("11:00:00")), (2, at("15:00:00")), (3, at("15:10:00"))]);
    assert_eq!(yen(&got), (3, 2, 1, 2_200));
}

#[test]
fn c_20_92_minutes_with_consent_for_two() {
    let visits = || vec![vec![work("A", "10:00:00", "11:32:00")]];
    let asked_at_minute_50 = vec![overtime_answer(7, "10:51:00", Answer::Yes, 2)];
    let got = price(visits(), asked_at_minute_50, ChargePolicy::default());
    assert_eq!(yen(&got), (4, 2, 2, 2_200));
    let consents: Vec<Option<FactId>> = got.overtime[0].units.iter().map(|unit| unit.consent).collect();
    assert_eq!(consents, [Some(fact(7)), Some(fact(7)), None, None]);
    assert_eq!(
        got.lines.iter().map(|line| line.says.kind).collect::<Vec<_>>(),
        [LineKind::Overtime, LineKind::WriteOff]
    );
    assert_eq!(got.lines[0].consents, [fact(7)]);
    assert_eq!((got.lines[1].says.quantity, got.lines[1].says.amount_yen), (2.into(), Yen(0)));
}

#[test]
fn c_20_65_minutes_without_consent() {
    let visits = vec![vec![work("A", "10:00:00", "11:05:00")]];
    assert_eq!(yen(&price(visits, vec![], ChargePolicy::default())), (1, 0, 1, 0));
}

#[test]
fn c_18_consent_counts_from_its_own_instant() {
    for (answered, billable) in [("11:00:00", 2), ("11:00:01", 1), ("11:10:00", 1), ("11:10:01", 0)] {
        let visits = vec![vec![work("A", "10:00:00", "11:12:00")]];
        let answers = vec![overtime_answer(1, answered, Answer::Yes, 9)];
        let got = price(visits, answers, ChargePolicy::default());
        assert_eq!((got.units, got.billable_units), (2, billable), "{answered}");
    }
}

#[test]
fn c_18_who_stops_at_60_minutes_to_ask_may_charge_what_follows() {
    let visits = vec![vec![work("A", "10:00:00", "11:00:00"), work("A", "11:06:00", "11:11:00")]];
    let answers = vec![overtime_answer(1, "11:05:00", Answer::Yes, 1)];
    assert_eq!(yen(&price(visits, answers, ChargePolicy::default())), (1, 1, 0, 1_100));
}

#[test]
fn a_later_no_stops_the_charge_and_a_new_cap_replaces_the_old() {
    let visits = || vec![vec![work("A", "10:00:00", "11:40:00")]];
    let stopped =
        vec![overtime_answer(1, "10:50:00", Answer::Yes, 4), overtime_answer(2, "11:15:00", Answer::No, 0)];
    assert_eq!(yen(&price(visits(), stopped, ChargePolicy::default())), (4, 2, 2, 2_200));
    let raised =
        vec![overtime_answer(1, "10:50:00", Answer::Yes, 1), overtime_answer(2, "11:15:00", Answer::Yes, 4)];
    let got = price(visits(), raised, ChargePolicy::default());
    let consents: Vec<Option<FactId>> = got.overtime[0].units.iter().map(|unit| unit.consent).collect();
    assert_eq!(consents, [Some(fact(1)), None, Some(fact(2)), Some(fact(2))]);
    assert_eq!(got.lines[0].consents, [fact(1), fact(2)]);
}

fn with_items(
    answers: Vec<ConsentAnswer>,
    parts: Vec<Delivered<Part>>,
    special: Vec<Delivered<SpecialWork>>,
) -> JobPrice {
    let consents = Consents::new(answers).unwrap();
    let visits = WorkedVisits::default();
    price_job(&JobRecord::new(&visits, consents, parts, special, ChargePolicy::default()).unwrap())
}

fn delivered<T>(id: u128, item: &str, time: &str, what: T) -> Delivered<T> {
    Delivered { id: fact(id), item: item.into(), at: at(time), what }
}

fn item_answer(id: u128, time: &str, said: Answer, item: &str, max_yen: i64) -> ConsentAnswer {
    answer(id, at(time), said, ConsentTerm::Item { item: item.into(), max_yen: Yen(max_yen) })
}

#[test]
fn c_18_a_part_needs_consent_before_delivery() {
    for (answered, said, billed) in
        [("10:30:00", Answer::Yes, 480), ("10:30:01", Answer::Yes, 0), ("10:00:00", Answer::No, 0)]
    {
        let answers = vec![item_answer(1, answered, said, "p1", 480)];
        let got = with_items(answers, vec![delivered(2, "p1", "10:30:00", part("1", 480))], vec![]);
        assert_eq!(got.total_yen, Yen(billed), "{answered} {said}");
        assert_eq!(got.lines.len(), 1);
        let kind = if billed > 0 { LineKind::Part } else { LineKind::WriteOff };
        assert_eq!(got.lines[0].says.kind, kind);
    }
}

#[test]
fn c_18_special_work_needs_consent_before_it_begins() {
    let special = || vec![delivered(2, "s1", "10:30:00", SpecialWork::new("高圧洗浄", 22_000).unwrap())];
    let got = with_items(vec![item_answer(1, "10:20:00", Answer::Yes, "s1", 22_000)], vec![], special());
    assert_eq!((got.total_yen, got.lines[0].consents.clone()), (Yen(22_000), vec![fact(1)]));
    let got = with_items(vec![item_answer(1, "10:20:00", Answer::Yes, "s2", 22_000)], vec![], special());
    assert_eq!(
        (got.total_yen, got.lines[0].says.kind, got.lines[0].says.rule),
        (Yen(0), LineKind::WriteOff, "C-18")
    );
}

#[test]
fn c_05_what_costs_more_than_agreed_is_not_billed() {
    let answers = || vec![item_answer(1, "10:00:00", Answer::Yes, "p1", 960)];
    let packing = |id, time, price| delivered(id, "p1", time, part("1", price));
    let dear = with_items(answers(), vec![packing(2, "10:30:00", 961)], vec![]);
    assert_eq!(dear.total_yen, Yen(0));
    let thrice = [packing(2, "10:10:00", 480), packing(3, "10:20:00", 480), packing(4, "10:30:00", 480)];
    assert_eq!(with_items(answers(), thrice.to_vec(), vec![]).total_yen, Yen(960));
    let twice_reported = vec![thrice[0].clone(), thrice[0].clone()];
    assert_eq!(with_items(answers(), twice_reported, vec![]).total_yen, Yen(480));
}

#[test]
fn every_line_says_what_it_is_of() {
    let visits = vec![vec![work("A", "10:00:00", "11:32:00")], vec![work("A", "14:00:00", "15:05:00")]];
    let answers = vec![
        overtime_answer(1, "10:50:00", Answer::Yes, 2),
        item_answer(2, "10:00:00", Answer::Yes, "p1", 480),
        item_answer(3, "10:00:00", Answer::Yes, "s1", 22_000),
    ];
    // The later one was written down first, and one costs nothing.
    let parts = vec![
        delivered(12, "p2", "10:20:00", part("1", 480)),
        delivered(11, "p1", "10:10:00", part("1", 480)),
        delivered(10, "p0", "10:00:00", part("1", 0)),
    ];
    let special = vec![delivered(13, "s1", "10:30:00", SpecialWork::new("高圧洗浄", 22_000).unwrap())];
    let by_visit = policy("started", 0, "visit", "wall_clock");
    let visits = WorkedVisits::new(visits).unwrap();
    let job = JobRecord::new(&visits, Consents::new(answers).unwrap(), parts, special, by_visit).unwrap();
    let got = price_job(&job);
    let of = |line: &ChargeLine| match &line.of {
        Of::Overtime(scope) => {
            let numbers: Vec<_> = scope.units.iter().map(|unit| unit.number.to_string()).collect();
            format!("{} s, units {}", scope.worked_seconds, numbers.join(" "))
        }
        Of::Item { fact: report, item } => format!("{item} of {}", report.0.as_u128()),
    };
    let said: Vec<_> = got.lines.iter().map(|line| (of(line), line.says.kind)).collect();
    assert_eq!(
        said,
        [
            ("5520 s, units 1 2".to_owned(), LineKind::Overtime),
            ("5520 s, units 3 4".to_owned(), LineKind::WriteOff),
            ("3900 s, units 5".to_owned(), LineKind::WriteOff),
            ("p1 of 11".to_owned(), LineKind::Part),
            ("p2 of 12".to_owned(), LineKind::WriteOff),
            ("s1 of 13".to_owned(), LineKind::SpecialWork),
        ]
    );
}

#[test]
fn the_proof_is_stored_as_json() {
    let visits = vec![vec![work("A", "10:00:00", "11:05:00")]];
    let answers = vec![overtime_answer(1, "10:50:00", Answer::Yes, 1)];
    let proof = serde_json::to_value(&price(visits, answers, ChargePolicy::default()).overtime).unwrap();
    assert_eq!(
        proof,
        serde_json::json!([{
            "intervals": [{"from": "2026-11-22T01:00:00Z", "to": "2026-11-22T02:05:00Z"}],
            "worked_seconds": 3900,
            "excess_seconds": 300,
            "units": [{
                "number": 1,
                "begun_at": "2026-11-22T02:00:00Z",
                "consent": "00000000-0000-0000-0000-000000000001",
            }],
        }])
    );
}

#[test]
fn units_of_visits_side_by_side_are_counted_in_the_order_they_begin() {
    // The first visit's second unit begins at 11:10, after the other visit's first at 11:05.
    let visits = || vec![vec![work("A", "10:00:00", "11:15:00")], vec![work("B", "10:05:00", "11:06:00")]];
    let by_visit = policy("started", 0, "visit", "wall_clock");
    let got = price(visits(), vec![overtime_answer(1, "10:50:00", Answer::Yes, 2)], by_visit);
    let numbers = |scope: usize| got.overtime[scope].units.iter().map(|unit| unit.number).collect::<Vec<_>>();
    assert_eq!((numbers(0), numbers(1)), (vec![1, 3], vec![2]));
    assert_eq!(yen(&got), (3, 2, 1, 2_200));
    let late_first = visits().into_iter().rev().collect();
    let got = worked(late_first, Some(1), by_visit);
    assert!(
        got.lines.iter().any(|line| line.kind == LineKind::Overtime && line.text_ja.starts_with("訪問2"))
    );
}
