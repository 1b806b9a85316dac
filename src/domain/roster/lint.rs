//! Roster lint: when nobody could be sent to a place for a trade. Exact to the minute, nothing is sampled.

use super::{
    duty::{DutyKind, DutyWindow},
    minutes::{Minutes, instant_of, minute_of},
};
use crate::domain::{
    span::{Span, tokyo},
    text_enum::text_enum,
};

text_enum! {
    /// What is wrong with the cover of a span.
    pub enum Hole("hole in the cover") {
        /// Nobody is on shift or on call.
        Nobody = "nobody",
        /// Nobody is on shift; somebody is on call.
        OnCallOnly = "on_call_only",
    }
}

/// A span without the cover it should have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// What is wrong.
    pub hole: Hole,
    /// From when until when.
    pub span: Span,
}

/// The runs of `span` in which nobody of `people` is on shift, in order; each is given by his resolved windows.
#[must_use]
pub fn holes<'a>(span: Span, people: impl Iterator<Item = &'a [DutyWindow]> + Clone) -> Vec<Run> {
    let all = |kind| {
        let windows = people.clone().flatten().filter(move |window| window.kind == kind);
        Minutes::union(windows.map(|window| (minute_of(window.span.from()), minute_of(window.span.to()))))
    };
    let without_shift = Minutes::of(span).without(&all(DutyKind::Shift));
    if without_shift.is_empty() {
        return Vec::new();
    }
    let on_call = all(DutyKind::OnCall);
    let runs =
        [(Hole::Nobody, without_shift.without(&on_call)), (Hole::OnCallOnly, without_shift.and(&on_call))];
    let mut runs: Vec<_> = runs
        .iter()
        .flat_map(|(hole, minutes)| minutes.spans().map(|span| Run { hole: *hole, span }))
        .collect();
    runs.sort_by_key(|run| run.span);
    runs
}

/// `Sun 02:00–06:00` in both languages, with the date; the end with its date when it is another day.
#[must_use]
pub fn in_words(span: Span) -> (String, String) {
    // Midnight ends the day before it.
    let last = instant_of(minute_of(span.to()) - 1);
    let (from, to, last) = (tokyo(span.from()), tokyo(span.to()), tokyo(last));
    let end =
        if last.date_naive() == to.date_naive() { to.format("%H:%M").to_string() } else { "24:00".into() };
    let day_ja = |at: &chrono::DateTime<_>| {
        use chrono::Datelike as _;
        let days = ["月", "火", "水", "木", "金", "土", "日"];
        format!("{}（{}）", at.format("%-m/%-d"), days[at.weekday().num_days_from_monday() as usize])
    };
    if from.date_naive() == last.date_naive() {
        let (ja, en) = (day_ja(&from), from.format("%a %-m/%-d"));
        return (
            format!("{ja}{}〜{end}", from.format("%H:%M")),
            format!("{en} {}–{end}", from.format("%H:%M")),
        );
    }
    (
        format!("{}{}〜{}{end}", day_ja(&from), from.format("%H:%M"), day_ja(&last)),
        format!("{}–{} {end}", from.format("%a %-m/%-d %H:%M"), last.format("%a %-m/%-d")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::span::Instant;

    fn span(from: &str, to: &str) -> Span {
        let at = |text: &str| format!("2026-12-{text}:00+09:00").parse::<Instant>().unwrap();
        Span::new(at(from), at(to)).unwrap()
    }

    #[test]
    fn a_hole_is_what_nobody_covers_to_the_minute() {
        let day = span("27T00:00", "28T00:00");
        let shift = |from, to| DutyWindow { kind: DutyKind::Shift, span: span(from, to) };
        let on_call = DutyWindow { kind: DutyKind::OnCall, span: span("27T01:00", "27T03:30") };
        let off = DutyWindow { kind: DutyKind::DayOff, span: span("27T06:00", "27T07:00") };
        let one = [shift("27T00:00", "27T02:00"), on_call];
        let two = [off, shift("27T05:59", "27T18:00"), shift("27T18:00", "27T23:59")];
        let run = |hole, from, to| Run { hole, span: span(from, to) };
        assert_eq!(
            holes(day, [&one[..], &two[..]].into_iter()),
            [
                run(Hole::OnCallOnly, "27T02:00", "27T03:30"),
                run(Hole::Nobody, "27T03:30", "27T05:59"),
                run(Hole::Nobody, "27T23:59", "28T00:00"),
            ]
        );
        assert_eq!(holes(day, [].into_iter()), [Run { hole: Hole::Nobody, span: day }]);
        let whole = [shift("27T00:00", "28T00:00")];
        assert_eq!(holes(day, [&whole[..]].into_iter()), []);
    }

    #[test]
    fn a_run_is_read_at_a_glance() {
        let words = |from, to| in_words(span(from, to));
        let (ja, en) = words("27T02:00", "27T06:00");
        assert_eq!((ja.as_str(), en.as_str()), ("12/27（日）02:00〜06:00", "Sun 12/27 02:00–06:00"));
        let (ja, en) = words("27T22:00", "28T00:00");
        assert_eq!((ja.as_str(), en.as_str()), ("12/27（日）22:00〜24:00", "Sun 12/27 22:00–24:00"));
        let (ja, en) = words("27T22:00", "28T06:00");
        assert_eq!(
            (ja.as_str(), en.as_str()),
            ("12/27（日）22:00〜12/28（月）06:00", "Sun 12/27 22:00–Mon 12/28 06:00")
        );
    }
}
