//! Which windows of the coming days can be booked for a job that can wait, and with whom: whoever passes every lasting
//! rule, is on shift while the work would last, and has no other visit planned then.

use chrono::TimeDelta;

use super::{
    fleet::Fleet,
    question::{Asked, Question, When},
    rules::{RULES, Reason},
    technician::CandidateView,
    travel,
};
use crate::domain::{
    ids::TechnicianId,
    span::{Instant, Span, tokyo, tokyo_instant},
};

/// Technicians named for one window at most.
pub const NAMED_MAX: usize = 5;

/// A window that can be booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bookable {
    /// The window.
    pub span: Span,
    /// Who could come, nearest base first; at most [`NAMED_MAX`].
    pub technicians: Vec<TechnicianId>,
    /// How many could come in all.
    pub free: usize,
}

/// The windows of `length` that begin after `now`, on the wall clock of Tokyo: from minute `opens` to minute `closes`
/// of each of the next `days` days, today included.
#[must_use]
pub fn calendar(now: Instant, days: u16, opens: u16, closes: u16, length: TimeDelta) -> Vec<Span> {
    let step = length.num_minutes().max(1);
    let today = tokyo(now).date_naive();
    let dates = today.iter_days().take(usize::from(days) + 1);
    let windows = dates.flat_map(|date| {
        let starts = (0..).map(move |nth| i64::from(opens) + nth * step);
        starts
            .take_while(move |start| start + step <= i64::from(closes))
            .filter_map(move |start| Span::new(tokyo_instant(date, start), tokyo_instant(date, start + step)))
    });
    windows.filter(|window| now < window.from()).collect()
}

/// Who could come in each of these windows; windows nobody could come in are left out.
#[must_use]
pub fn bookable(fleet: &Fleet, question: &Question, now: Instant, windows: &[Span]) -> Vec<Bookable> {
    let serving = fleet.serving(question);
    let members = serving.slots().filter_map(|slot| fleet.member(slot));
    let present = Asked::at_present(question, now);
    let mut fit: Vec<_> = members.filter(|member| passes(&LASTING, &present, *member)).collect();
    fit.sort_by_key(|member| (travel::distance_m(member.standing().base, question.site), member.id()));
    let free = |window: &Span| {
        let asked = Asked { when: When::Visit(*window), ..present };
        let could = fit.iter().filter(|member| passes(&DATED, &asked, **member));
        could.map(|member| member.id()).collect::<Vec<_>>()
    };
    let bookable = windows.iter().map(|window| {
        let mut technicians = free(window);
        let free = technicians.len();
        technicians.truncate(NAMED_MAX);
        Bookable { span: *window, technicians, free }
    });
    bookable.filter(|window| window.free > 0).collect()
}

/// What may be in the way in one window and not in another.
const DATED: [Reason; 3] = [Reason::Licence, Reason::OffShift, Reason::Booked];

/// What is the same in every window; what somebody is doing now is in the way of none.
const LASTING: [Reason; 9] = [
    Reason::Suspended,
    Reason::Trade,
    Reason::Area,
    Reason::Tier,
    Reason::JobCode,
    Reason::Authority,
    Reason::Tool,
    Reason::Excluded,
    Reason::Blocked,
];

fn passes(reasons: &[Reason], asked: &Asked<'_>, view: &dyn CandidateView) -> bool {
    let of_these = RULES.iter().filter(|rule| reasons.contains(&rule.reason));
    of_these.map(|rule| (rule.check)(asked, view)).all(|rejection| rejection.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_looked_at_in_a_window_but_for_those_of_the_present() {
        let missing =
            Reason::ALL.iter().filter(|reason| !DATED.contains(reason) && !LASTING.contains(reason));
        assert!(missing.eq(&[Reason::OpenOffer, Reason::BusyUntil]));
    }

    #[test]
    fn windows_are_on_the_wall_clock_of_tokyo_and_begin_in_the_future() {
        // Sunday 2026-11-22 18:30 in Tokyo.
        let now = "2026-11-22T09:30:00Z".parse().unwrap();
        let windows = calendar(now, 1, 540, 1260, TimeDelta::hours(2));
        let starts: Vec<_> =
            windows.iter().map(|one| tokyo(one.from()).format("%d %H").to_string()).collect();
        assert_eq!(starts, ["22 19", "23 09", "23 11", "23 13", "23 15", "23 17", "23 19"]);
        assert!(windows.iter().all(|window| window.length() == TimeDelta::hours(2)));
    }
}
