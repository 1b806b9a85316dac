//! `blocked`: a firm that must not be sent on this job.

use super::{Reason, Rejection, Rule};
use crate::dispatch::{
    question::{Asked, Question},
    technician::CandidateView,
    words::Words,
};

pub(super) const RULE: Rule = Rule { reason: Reason::Blocked, check, words };

fn check(asked: &Asked<'_>, view: &dyn CandidateView) -> Option<Rejection> {
    asked.question.blocked.contains(&view.firm()).then_some(Rejection::for_good(Reason::Blocked))
}

fn words(_: &Question, _: &Rejection) -> Words {
    Words::new("この案件には手配できない業者です。", "The firm is blocked for this job.")
}
