//! `tier`: the firm is asked on this rung of the ladder already, not only on a later one.

use super::{Reason, Rejection, Rule};
use crate::dispatch::{
    question::{Asked, Question},
    technician::CandidateView,
    words::Words,
};

pub(super) const RULE: Rule = Rule { reason: Reason::Tier, check, words };

fn check(asked: &Asked<'_>, view: &dyn CandidateView) -> Option<Rejection> {
    (view.tier() > asked.question.tier_max).then_some(Rejection::for_good(Reason::Tier))
}

fn words(question: &Question, _: &Rejection) -> Words {
    let tier = question.tier_max;
    Words::new(
        format!("この段階では依頼しない業者です（今回は第{tier}順位まで）。"),
        format!("The firm is asked on a later rung; this one asks tiers up to {tier}."),
    )
}
