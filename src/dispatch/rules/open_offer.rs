//! `open_offer`: a technician answers one offer at a time. A visit of another day does not wait for the answer.

use super::{Reason, Rejection, Rule};
use crate::dispatch::{
    question::{Asked, Question, When},
    technician::CandidateView,
    words::Words,
};

pub(super) const RULE: Rule = Rule { reason: Reason::OpenOffer, check, words };

fn check(asked: &Asked<'_>, view: &dyn CandidateView) -> Option<Rejection> {
    let is_asked = view.open_offer().is_some() && !matches!(asked.when, When::Visit(_));
    is_asked.then_some(Rejection::for_good(Reason::OpenOffer))
}

fn words(_: &Question, _: &Rejection) -> Words {
    Words::new("別の依頼に回答待ちです。", "Has another offer to answer first.")
}
