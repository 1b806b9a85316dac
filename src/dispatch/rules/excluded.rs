//! `excluded`: who refused this job, or was withdrawn from it, is not asked again.

use super::{Reason, Rejection, Rule};
use crate::dispatch::{
    question::{Asked, Question},
    technician::CandidateView,
    words::Words,
};

pub(super) const RULE: Rule = Rule { reason: Reason::Excluded, check, words };

fn check(asked: &Asked<'_>, view: &dyn CandidateView) -> Option<Rejection> {
    asked.question.excluded.contains(&view.id()).then_some(Rejection::for_good(Reason::Excluded))
}

fn words(_: &Question, _: &Rejection) -> Words {
    Words::new(
        "この案件を辞退したか、担当を外れています。",
        "Already refused this job or was withdrawn from it.",
    )
}
