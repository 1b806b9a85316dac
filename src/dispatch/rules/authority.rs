//! `authority`: tools that open locks are carried by whoever has the authority only (S-07).

use super::{Reason, Rejection, Rule};
use crate::{
    dispatch::{
        question::{Asked, Question},
        technician::CandidateView,
        words::Words,
    },
    domain::tools::{OpeningAuthority, Tool},
};

pub(super) const RULE: Rule = Rule { reason: Reason::Authority, check, words };

fn check(asked: &Asked<'_>, view: &dyn CandidateView) -> Option<Rejection> {
    let opens = asked.question.tools.contains(Tool::OpeningTools);
    let may = !opens || view.opening_tools() == OpeningAuthority::Authorised;
    (!may).then_some(Rejection::for_good(Reason::Authority))
}

fn words(_: &Question, _: &Rejection) -> Words {
    Words::new("開錠工具の携行が認められていません。", "May not carry opening tools.")
}
