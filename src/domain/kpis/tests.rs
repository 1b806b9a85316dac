use chrono::TimeDelta;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::{calendar::DayClass, calls::CallState, facts::SKEW_IGNORED, span::Instant, trade::*};

fn at(minute: i64) -> Instant {
    "2026-11-22T12:00:00Z".parse::<Instant>().unwrap() + TimeDelta::minutes(minute)
}

fn call(number: u128, language: &str, waited_s: Option<i64>) -> CallRow {
    let offered_at = at(i64::try_from(number).unwrap());
    let answered_at = waited_s.map(|seconds| offered_at + TimeDelta::seconds(seconds));
    CallRow {
        id: Uuid::from_u128(number).into(),
        language: language.to_owned(),
        state: if waited_s.is_some() { CallState::Wrapped } else { CallState::Abandoned },
        offered_at,
        answered_at,
        ended_at: Some(answered_at.unwrap_or(offered_at + TimeDelta::seconds(30))),
        wrapped_at: answered_at.map(|at| at + TimeDelta::minutes(4)),
        served: if language == "ja" { Served::NoNeed } else { Served::NotOpen },
    }
}

fn job(number: u128) -> JobRow {
    JobRow {
        id: Uuid::from_u128(number).into(),
        case_id: Uuid::from_u128(number).into(),
        job_code: "W-TOILET-CLOG".to_owned(),
        trade: Trade::Water,
        priority: Priority::P1,
        state: crate::domain::jobs::JobState::Completed,
        created_at: at(0),
        language: "ne".to_owned(),
        prefecture: Some("愛知県".to_owned()),
        day_class: DayClass::of(
            at(0).date_naive(),
            None,
            crate::domain::reference::Reference::embedded().unwrap().holidays(),
        ),
        answered_at: Some(at(0)),
        is_planned: false,
        is_left: false,
        is_reworked: false,
    }
}

fn shown(told: &Told) -> Kpis {
    let day = at(0).date_naive();
    kpis(told, day, day, KpiLimits::default())
}

#[test]
fn of_nothing_everything_is_unknown() {
    let kpis = shown(&Told::default());
    assert_eq!(kpis.all.calls.answered, Share { count: 0, of: 0, per_mille: None });
    assert_eq!(kpis.all.jobs.time_to_dispatch, Seconds::default());
    assert_eq!(kpis.all.jobs.overage.per_mille, None);
    assert!(kpis.languages.is_empty() && kpis.firms.is_empty());
    assert_eq!((kpis.days.len(), kpis.hours.len()), (1, 24));
}

#[test]
fn calls_are_told_apart_by_language() {
    let calls =
        vec![call(1, "ja", Some(10)), call(2, "ja", Some(20)), call(3, "ne", Some(21)), call(4, "ne", None)];
    let kpis = shown(&Told { calls, ..Told::default() });
    let all = &kpis.all.calls;
    assert_eq!((all.offered, all.answered, all.abandoned), (4, Share::of(3, 4), Share::of(1, 4)));
    assert_eq!(all.service_level, Share::of(2, 4));
    assert_eq!(all.answer, Seconds { count: 3, mean: Some(17), p50: Some(20), p90: Some(21), p99: Some(21) });
    assert_eq!(all.handling.mean, Some(240));
    assert_eq!(all.language_not_served, Share::of(2, 2));
    let [ja, ne] = &kpis.languages[..] else { panic!("{:?}", kpis.languages) };
    assert_eq!((ja.calls.offered, ne.calls.offered), (2, 2));
    assert_eq!((ja.calls.language_not_served.per_mille, ne.calls.answered.per_mille), (None, Some(500)));
    assert_eq!(kpis.hours[21].calls, 4);
}

#[test]
fn who_gives_up_at_once_was_not_abandoned() {
    let mut quick = call(1, "ja", None);
    quick.ended_at = Some(quick.offered_at + TimeDelta::seconds(4));
    let kpis = shown(&Told { calls: vec![quick, call(2, "ja", None)], ..Told::default() });
    assert_eq!(kpis.all.calls.abandoned, Share::of(1, 1));
    assert_eq!(kpis.all.calls.answered, Share::of(0, 2));
}

#[test]
fn a_danger_is_instructed_in_time_or_the_call_is_not() {
    let danger = |hazard: &str, given_s: Option<i64>| DangerRow {
        call_id: Uuid::from_u128(1).into(),
        hazard: hazard.to_owned(),
        told_at: at(1),
        instructed_at: given_s.map(|seconds| at(1) + TimeDelta::seconds(seconds)),
    };
    let share = |dangers| shown(&Told { calls: vec![call(1, "ja", Some(1))], dangers, ..Told::default() });
    let share = |dangers| share(dangers).all.calls.danger_instructed;
    assert_eq!(share(vec![danger("H-GAS", Some(59))]), Share::of(1, 1));
    assert_eq!(share(vec![danger("H-GAS", Some(60))]), Share::of(0, 1));
    assert_eq!(share(vec![danger("H-GAS", Some(5)), danger("H-FIRE-ON", None)]), Share::of(0, 1));
    assert_eq!(share(vec![]).per_mille, None);
}

#[test]
fn a_planned_visit_is_not_a_matter_of_minutes() {
    let arrival = |job: u128, device: i64, ahead: TimeDelta| ArrivedRow {
        job_id: Uuid::from_u128(job).into(),
        device_time: at(device),
        sent_at: at(device),
        received_at: at(device) + ahead,
    };
    let offer = |job: u128| OfferRow {
        job_id: Uuid::from_u128(job).into(),
        firm_id: Uuid::from_u128(9).into(),
        firm: "栄水道".to_owned(),
        role: crate::domain::offers::CrewRole::Lead,
        state: crate::domain::offers::OfferState::Accepted,
        is_accepted: true,
        accepted_at: Some(at(3)),
        promised_at: Some(at(20)),
    };
    let planned = JobRow { is_planned: true, ..job(2) };
    let told = Told {
        jobs: vec![job(1), planned],
        offers: vec![offer(1), offer(2)],
        // The first device's clock is an hour late.
        arrivals: vec![arrival(1, -35, TimeDelta::hours(1)), arrival(2, 500, SKEW_IGNORED / 2)],
        ..Told::default()
    };
    let kpis = shown(&told);
    let jobs = &kpis.all.jobs;
    assert_eq!((jobs.time_to_dispatch.count, jobs.time_to_dispatch.p50), (1, Some(180)));
    assert_eq!((jobs.time_to_arrive.p50, jobs.time_to_door.p50), (Some(22 * 60), Some(25 * 60)));
    assert_eq!((jobs.arrival_error.count, jobs.arrival_error.p50), (2, Some(300)));
    assert_eq!((kpis.arrivals.len(), kpis.firms[0].acceptance), (3, Share::of(2, 2)));
}

proptest! {
    /// A percentile is a measured value that enough of the others do not exceed.
    #[test]
    fn percentiles_are_measured_and_in_order(lengths in prop::collection::vec(0_i64..100_000, 1..200)) {
        let seconds = Seconds::of(lengths.iter().map(|length| TimeDelta::seconds(*length)));
        let (p50, p90, p99) = (seconds.p50.unwrap(), seconds.p90.unwrap(), seconds.p99.unwrap());
        prop_assert!(p50 <= p90 && p90 <= p99 && lengths.contains(&p50) && lengths.contains(&p99));
        for (percent, value) in [(50, p50), (90, p90), (99, p99)] {
            let at_most = lengths.iter().filter(|length| **length <= value).count();
            let below = lengths.iter().filter(|length| **length < value).count();
            prop_assert!(at_most * 100 >= lengths.len() * percent && below * 100 < lengths.len() * percent);
        }
    }
}
