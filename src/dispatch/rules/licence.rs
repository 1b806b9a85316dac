//! `licence`: work that needs a licence goes to a firm whose licence covers the site's municipality, or its parent
//! city, on the Tokyo day on which the technician can leave, or the visit begins (S-08). To make safe needs none; a planned
//! visit is for lasting work.

use super::{Reason, Rejection, Rule};
use crate::dispatch::{
    question::{Asked, MakingSafe, Question, When},
    technician::CandidateView,
    words::Words,
};

pub(super) const RULE: Rule = Rule { reason: Reason::Licence, check, words };

fn check(asked: &Asked<'_>, view: &dyn CandidateView) -> Option<Rejection> {
    let makes_safe = asked.question.stop_gap == MakingSafe::Allowed && !matches!(asked.when, When::Visit(_));
    (!makes_safe && asked.lacks_licence(view)).then_some(Rejection::for_good(Reason::Licence))
}

fn words(question: &Question, _: &Rejection) -> Words {
    let code = question.municipality.as_str();
    Words::new(
        format!("この地域（市区町村コード{code}）で有効な指定給水装置工事事業者の指定がありません。"),
        format!("The firm has no valid designation by the water utility of municipality {code}."),
    )
}
