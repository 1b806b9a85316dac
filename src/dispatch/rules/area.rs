//! `area`: the firm serves the site's municipality, by the ward's code or its parent city's.

use super::{Reason, Rejection, Rule};
use crate::dispatch::{
    question::{Asked, Question},
    technician::CandidateView,
    words::Words,
};

pub(super) const RULE: Rule = Rule { reason: Reason::Area, check, words };

fn check(asked: &Asked<'_>, view: &dyn CandidateView) -> Option<Rejection> {
    view.area(&asked.question.codes()).is_none().then_some(Rejection::for_good(Reason::Area))
}

fn words(question: &Question, _: &Rejection) -> Words {
    let code = question.municipality.as_str();
    Words::new(
        format!("対応地域外です（市区町村コード{code}）。"),
        format!("Does not serve municipality {code}."),
    )
}
