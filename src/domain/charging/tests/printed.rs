//! The tables and examples of the domain rules, C-03 to C-20.

use super::*;

fn minutes(count: i64) -> i64 {
    60 * count
}

#[test]
fn c_09_the_boundary_table() {
    for (worked_seconds, started, completed, forgiving) in [
        (minutes(60) - 1, 0, 0, 0),
        (minutes(60), 0, 0, 0),
        (minutes(60) + 1, 1_100, 0, 0),
        (minutes(60) + 59, 1_100, 0, 0),
        (minutes(61), 1_100, 0, 1_100),
        (minutes(70) - 1, 1_100, 0, 1_100),
        (minutes(70), 1_100, 1_100, 1_100),
        (minutes(70) + 1, 2_200, 1_100, 1_100),
        (minutes(71), 2_200, 1_100, 2_200),
        (minutes(80), 2_200, 2_200, 2_200),
        (minutes(80) + 1, 3_300, 2_200, 2_200),
        (minutes(135), 8_800, 7_700, 8_800),
    ] {
        for (rounding, grace, yen) in
            [("started", 0, started), ("completed", 0, completed), ("started", 59, forgiving)]
        {
            let got = worked(seconds(worked_seconds), None, policy(rounding, grace, "job", "wall_clock"));
            assert_eq!(got.billable_yen, Yen(yen), "{worked_seconds} s, {rounding}, grace {grace}");
        }
    }
}

#[test]
fn c_03_the_price_is_the_same_at_any_hour_of_any_day() {
    let noon = worked(seconds(4_500), None, ChargePolicy::default());
    let new_year = tokyo_instant(NaiveDate::from_ymd_opt(2027, 1, 1).unwrap(), 120);
    let mut visits = seconds(4_500);
    visits[0][0].span = Span::new(new_year, new_year + TimeDelta::seconds(4_500)).unwrap();
    let night = worked(visits, None, ChargePolicy::default());
    assert_eq!(night.total_yen, Yen(2_200));
    assert_eq!(noon.total_yen, night.total_yen);
}

#[test]
fn c_11_a_pause_is_not_work() {
    let visits = vec![vec![work("A", "10:00:00", "10:40:00"), work("A", "11:05:00", "11:35:00")]];
    let got = worked(visits, None, ChargePolicy::default());
    assert_eq!((got.worked_seconds, got.units, got.billable_yen), (vec![4_200], 1, Yen(1_100)));
}

#[test]
fn c_12_seconds_are_added_first_and_rounded_once() {
    let visits = vec![vec![
        work("A", "10:00:00", "10:20:20"),
        work("A", "10:30:00", "10:50:20"),
        work("A", "11:00:00", "11:20:20"),
    ]];
    let got = worked(visits, None, ChargePolicy::default());
    assert_eq!((got.worked_seconds, got.units), (vec![3_660], 1));
}

#[test]
fn c_12_fractions_of_seconds_are_added_before_they_are_cut() {
    let halves = |count: i64| {
        let from = |index| at("10:00:00") + TimeDelta::seconds(index * 40);
        let intervals = (0..count)
            .map(|index| {
                let span = Span::new(from(index), from(index) + TimeDelta::milliseconds(36_500)).unwrap();
                WorkInterval { technician: "A".into(), span, kind: WorkKind::Work }
            })
            .collect();
        worked(vec![intervals], None, ChargePolicy::default())
    };
    // 99 x 36.5 s = 3,613.5 s; cut each first it would be 3,564 s and free.
    assert_eq!((halves(99).worked_seconds, halves(99).units), (vec![3_613], 1));
    let mut visits = seconds(3_600);
    let span = visits[0][0].span;
    visits[0][0].span = Span::new(span.from(), span.to() + TimeDelta::milliseconds(999)).unwrap();
    assert_eq!(worked(visits, None, ChargePolicy::default()).units, 0, "part of a second is never charged");
}

#[test]
fn c_13_quoted_special_work_consumes_nothing() {
    let visits = vec![vec![
        work("A", "10:00:00", "10:30:00"),
        interval("A", "10:30:00", "11:30:00", WorkKind::Special),
    ]];
    let visits = WorkedVisits::new(visits).unwrap();
    let special = vec![SpecialWork::new("高圧洗浄", 22_000).unwrap()];
    let input = EstimateInput::new(visits, None, vec![], special, ChargePolicy::default()).unwrap();
    let got = estimate(&input);
    assert_eq!((got.worked_seconds, got.units, got.billable_yen), (vec![1_800], 0, Yen(0)));
    assert_eq!(got.total_yen, Yen(22_000));
}

#[test]
fn c_14_rework_consumes_nothing() {
    for scope in ["job", "visit"] {
        let visits = vec![
            vec![work("A", "10:00:00", "10:50:00")],
            vec![interval("A", "12:00:00", "12:30:00", WorkKind::Rework)],
        ];
        assert_eq!(worked(visits, None, policy("started", 0, scope, "wall_clock")).units, 0, "{scope}");
    }
}

#[test]
fn c_15_the_scope_of_the_free_time() {
    let c06 = || vec![vec![work("A", "10:00:00", "10:45:00")], vec![work("A", "14:00:00", "14:40:00")]];
    let c13 = || vec![vec![work("A", "10:00:00", "11:05:00")], vec![work("A", "14:00:00", "15:05:00")]];
    for (visits, scope, seconds, yen) in [
        (c06(), "job", vec![5_100], 3_300),
        (c06(), "visit", vec![2_700, 2_400], 0),
        (c13(), "job", vec![7_800], 7_700),
        (c13(), "visit", vec![3_900, 3_900], 2_200),
    ] {
        let got = worked(visits, None, policy("started", 0, scope, "wall_clock"));
        assert_eq!((got.worked_seconds, got.billable_yen), (seconds, Yen(yen)), "{scope}");
    }
}

#[test]
fn c_16_two_technicians_at_once() {
    let c08 = || vec![vec![work("A", "10:00:00", "10:40:00"), work("B", "10:00:00", "10:40:00")]];
    let c09 = || vec![vec![work("A", "10:00:00", "10:50:00"), work("B", "10:30:00", "11:20:00")]];
    for (visits, crew, seconds, yen) in [
        (c08(), "wall_clock", 2_400, 0),
        (c08(), "person_time", 4_800, 2_200),
        (c09(), "wall_clock", 4_800, 2_200),
        (c09(), "person_time", 6_000, 4_400),
    ] {
        let got = worked(visits, None, policy("started", 0, "job", crew));
        assert_eq!((got.worked_seconds, got.billable_yen), (vec![seconds], Yen(yen)), "{crew}");
    }
}

#[test]
fn c_16_one_technician_never_counts_twice() {
    for crew in ["wall_clock", "person_time"] {
        let visits = vec![vec![work("A", "10:00:00", "10:50:00"), work("A", "10:30:00", "11:00:00")]];
        assert_eq!(worked(visits, None, policy("started", 0, "job", crew)).worked_seconds, [3_600], "{crew}");
    }
}

#[test]
fn c_20_what_is_over_the_cap_is_written_off() {
    let got = worked(seconds(minutes(92)), Some(2), ChargePolicy::default());
    assert_eq!((got.units, got.billable_units, got.written_off_units), (4, 2, 2));
    assert_eq!(got.billable_yen, Yen(2_200));
    let got = worked(seconds(minutes(65)), Some(0), ChargePolicy::default());
    assert_eq!((got.units, got.billable_units, got.written_off_units), (1, 0, 1));
    assert_eq!(got.total_yen, Yen::ZERO);
}

#[test]
fn c_01_free_work_and_gifts_give_no_line() {
    let visits = WorkedVisits::new(seconds(3_600)).unwrap();
    let gift = vec![part("2", 0)];
    let free = vec![SpecialWork::new("LK", 0).unwrap()];
    let input = EstimateInput::new(visits, None, gift, free, ChargePolicy::default()).unwrap();
    assert_eq!(estimate(&input).lines, vec![]);
    assert_eq!(estimate(&EstimateInput::default()).lines, vec![]);
}

#[test]
fn the_greatest_sums_are_exact() {
    let terms = r#"free_minutes = 0
        overtime_unit_minutes = 1
        overtime_unit_price_incl_tax = 1000000
        tax_rate_percent = 100
        policy = { overtime_rounding = "started", grace_seconds = 0, allowance_scope = "job", crew_time = "wall_clock",
            clock_starts_at = "work_start", pauses_count = false, special_work_consumes_allowance = false,
            rework_consumes_allowance = false, require_consent_before_charge = true, unconsented_overrun = "write_off" }"#;
    let policy = ChargePolicy::from_terms(&toml::from_str(terms).unwrap()).unwrap();
    let visits = WorkedVisits::new(seconds(WORKED_SECONDS_MAX)).unwrap();
    let parts = vec![part("1000", PRICE_YEN_MAX); PARTS_MAX];
    let special = vec![SpecialWork::new("HP", PRICE_YEN_MAX).unwrap(); SPECIAL_WORK_MAX];
    let got = estimate(&EstimateInput::new(visits, None, parts, special, policy).unwrap());
    // 43,200 units + 100 x 1,000 pieces + 50 works, each at 1,000,000 yen.
    assert_eq!(got.total_yen, Yen(143_250 * 1_000_000));
    assert_eq!(got.lines[0].tax_included_yen, Yen(21_600 * 1_000_000));
}
