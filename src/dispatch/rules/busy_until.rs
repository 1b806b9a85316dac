//! `busy_until`: a job may wait behind the present one only if the question allows it and nothing waits there yet.

use super::{Reason, Rejection, Rule};
use crate::dispatch::{
    question::{Asked, Question, Queueing, When},
    technician::{CandidateView, NextJob},
    words::{self, Words},
};

pub(super) const RULE: Rule = Rule { reason: Reason::BusyUntil, check, words };

fn check(asked: &Asked<'_>, view: &dyn CandidateView) -> Option<Rejection> {
    let commitment = view.standing().commitment.filter(|_| !matches!(asked.when, When::Visit(_)))?;
    match (asked.question.queueing, commitment.next_job) {
        (Queueing::Allowed, NextJob::None) => None,
        // When the waiting job ends is not known, so no end is promised.
        (_, NextJob::Queued) => Some(Rejection::for_good(Reason::BusyUntil)),
        (Queueing::FreeOnly, NextJob::None) => {
            Some(Rejection::until(Reason::BusyUntil, Some(commitment.free_at)))
        }
    }
}

fn words(_: &Question, rejection: &Rejection) -> Words {
    match rejection.until {
        Some(until) => {
            let clock = words::clock(until);
            Words::new(
                format!("{clock}ごろまで別の案件に対応中です。"),
                format!("On another job until about {clock}."),
            )
        }
        None => Words::new(
            "対応中の案件のほかに、次の案件も受けています。",
            "On a job, with another accepted one waiting.",
        ),
    }
}
