//! `booked`: a planned visit is kept. Whoever could not be back in time for one is not sent elsewhere before it.

use super::{Reason, Rejection, Rule};
use crate::dispatch::{
    question::{Asked, Question},
    rank,
    technician::CandidateView,
    words::{self, Words},
};

pub(super) const RULE: Rule = Rule { reason: Reason::Booked, check, words };

fn check(asked: &Asked<'_>, view: &dyn CandidateView) -> Option<Rejection> {
    let visit = rank::visit_in_the_way(asked, view)?;
    Some(Rejection::until(Reason::Booked, Some(visit.ends_at)))
}

fn words(_: &Question, rejection: &Rejection) -> Words {
    match rejection.until {
        Some(until) => {
            let clock = words::clock(until);
            Words::new(
                format!("予約訪問があり、間に合いません（予約は{clock}まで）。"),
                format!("Has a planned visit in the way, which ends at {clock}."),
            )
        }
        None => Words::new("予約訪問があり、間に合いません。", "Has a planned visit in the way."),
    }
}
