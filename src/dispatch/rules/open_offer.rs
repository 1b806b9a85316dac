//! `open_offer`: a technician answers one offer at a time.

use super::{Reason, Rejection, Rule};
use crate::dispatch::{
    question::{Asked, Question},
    technician::CandidateView,
    words::Words,
};

pub(super) const RULE: Rule = Rule { reason: Reason::OpenOffer, check, words };

fn check(_: &Asked<'_>, view: &dyn CandidateView) -> Option<Rejection> {
    view.open_offer().is_some().then_some(Rejection::for_good(Reason::OpenOffer))
}

fn words(_: &Question, _: &Rejection) -> Words {
    Words::new("別の依頼に回答待ちです。", "Has another offer to answer first.")
}
