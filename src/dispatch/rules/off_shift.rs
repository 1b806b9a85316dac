//! `off_shift`: on shift at the instant he could leave. A shift that ends on the way does not refuse: otherwise
//! nobody could be sent in the minutes before each change of shifts.

use super::{Reason, Rejection, Rule};
use crate::dispatch::{
    question::{Asked, Question},
    technician::{CandidateView, Shift},
    words::{self, Words},
};

pub(super) const RULE: Rule = Rule { reason: Reason::OffShift, check, words };

fn check(asked: &Asked<'_>, view: &dyn CandidateView) -> Option<Rejection> {
    match view.shift(view.standing().available_at(asked.now)) {
        Shift::On { .. } => None,
        Shift::Off { next } => Some(Rejection { reason: Reason::OffShift, until: next }),
    }
}

fn words(_: &Question, rejection: &Rejection) -> Words {
    match rejection.until {
        Some(next) => {
            let clock = words::clock(next);
            Words::new(
                format!("勤務時間外です（次の勤務は{clock}から）。"),
                format!("Off shift; the next shift begins at {clock}."),
            )
        }
        None => Words::new("勤務予定がありません。", "Has no shifts."),
    }
}
