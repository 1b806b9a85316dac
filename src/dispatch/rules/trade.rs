//! `trade`: the technician does the trade the job takes.

use super::{Reason, Rejection, Rule};
use crate::dispatch::{
    question::{Asked, Question},
    technician::CandidateView,
    words::{self, Words},
};

pub(super) const RULE: Rule = Rule { reason: Reason::Trade, check, words };

fn check(asked: &Asked<'_>, view: &dyn CandidateView) -> Option<Rejection> {
    (!view.trades().contains(asked.question.trade)).then_some(Rejection::for_good(Reason::Trade))
}

fn words(question: &Question, _: &Rejection) -> Words {
    let trade = words::trade(question.trade);
    Words::new(format!("{}に対応していません。", trade.ja), format!("Does not do {}.", trade.en))
}
