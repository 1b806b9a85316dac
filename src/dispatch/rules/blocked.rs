//! `blocked`: a firm that must not be sent on this job, or a technician who must not be sent to this resident.

use super::{Reason, Rejection, Rule};
use crate::dispatch::{
    question::{Asked, Question},
    technician::CandidateView,
    words::Words,
};

pub(super) const RULE: Rule = Rule { reason: Reason::Blocked, check, words };

fn check(asked: &Asked<'_>, view: &dyn CandidateView) -> Option<Rejection> {
    let Question { blocked, blocked_technicians, .. } = asked.question;
    let kept_away = blocked.contains(&view.firm()) || blocked_technicians.contains(&view.id());
    kept_away.then_some(Rejection::for_good(Reason::Blocked))
}

fn words(_: &Question, _: &Rejection) -> Words {
    Words::new(
        "この案件には手配できない業者・作業員です。",
        "The firm or technician is blocked for this job.",
    )
}
