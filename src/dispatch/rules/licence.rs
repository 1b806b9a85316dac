//! `licence`: work that needs a licence goes to a firm whose licence covers the site's municipality, or its parent
//! city, on the Tokyo day on which the technician can leave (S-08).

use super::{Reason, Rejection, Rule};
use crate::{
    dispatch::{
        question::{Asked, Question},
        technician::CandidateView,
        words::Words,
    },
    domain::span::tokyo,
};

pub(super) const RULE: Rule = Rule { reason: Reason::Licence, check, words };

fn check(asked: &Asked<'_>, view: &dyn CandidateView) -> Option<Rejection> {
    let licence = asked.question.licence?;
    let valid_to = view.licence_valid_to(licence, &asked.question.codes());
    let day = tokyo(view.standing().available_at(asked.now)).date_naive();
    valid_to.is_none_or(|last| last < day).then_some(Rejection::for_good(Reason::Licence))
}

fn words(question: &Question, _: &Rejection) -> Words {
    let code = question.municipality.as_str();
    Words::new(
        format!("この地域（市区町村コード{code}）で有効な指定給水装置工事事業者の指定がありません。"),
        format!("The firm has no valid designation by the water utility of municipality {code}."),
    )
}
