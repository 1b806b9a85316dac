//! `off_shift`: on shift, or on call, at the instant he could leave. A shift that ends on the way does not refuse:
//! otherwise nobody could be sent in the minutes before each change of shifts. A planned visit lies in a shift as long as its
//! work is likely to last; who is on call then is kept for what cannot wait. Why he is off is said too.

use chrono::TimeDelta;

use super::{Reason, Rejection, Rule};
use crate::{
    dispatch::{
        question::{Asked, Question, When},
        technician::{CandidateView, Shift},
        words::{self, Words},
    },
    domain::roster::duty::OffCause,
};

pub(super) const RULE: Rule = Rule { reason: Reason::OffShift, check, words };

fn check(asked: &Asked<'_>, view: &dyn CandidateView) -> Option<Rejection> {
    let at = asked.counts_at(view);
    let is_visit = matches!(asked.when, When::Visit(_));
    match view.shift(at) {
        Shift::On { until } if is_visit && until < at + work(asked) => Some(UNTOLD),
        Shift::OnCall { .. } if is_visit => Some(UNTOLD),
        Shift::On { .. } | Shift::OnCall { .. } => None,
        Shift::Off { cause, next } => {
            Some(Rejection { reason: Reason::OffShift, until: next, off: Some(cause) })
        }
    }
}

/// Off, or not on for long enough: which of them is not told.
const UNTOLD: Rejection = Rejection::for_good(Reason::OffShift);

fn work(asked: &Asked<'_>) -> TimeDelta {
    TimeDelta::minutes(asked.question.work_minutes.into())
}

fn words(_: &Question, rejection: &Rejection) -> Words {
    let (ja, en) = match rejection.off {
        Some(OffCause::DayOff) => ("休暇・欠勤です", "Has a day off"),
        Some(OffCause::Holiday) => {
            ("祝日・年末年始の体制のため勤務時間外です", "Off shift by the holiday rule")
        }
        Some(OffCause::GivenAway) => ("勤務を同僚と交代しています", "Has given the shift to a colleague"),
        None if rejection.until.is_none() => return Words::new("勤務時間外です。", "Off shift."),
        Some(OffCause::NoShift) if rejection.until.is_none() => {
            return Words::new("今後31日間の勤務予定がありません。", "Has no shift in the next 31 days.");
        }
        Some(OffCause::NoShift) | None => ("勤務時間外です", "Off shift"),
    };
    match rejection.until {
        Some(next) => {
            let clock = words::clock(next);
            Words::new(
                format!("{ja}（次の勤務は{clock}から）。"),
                format!("{en}; the next shift begins at {clock}."),
            )
        }
        None => Words::new(
            format!("{ja}（今後31日間の勤務予定はありません）。"),
            format!("{en}; no shift in the next 31 days."),
        ),
    }
}
