//! `tool`: the technician carries what the work needs.

use super::{Reason, Rejection, Rule};
use crate::dispatch::{
    question::{Asked, Question},
    technician::CandidateView,
    words::{self, Words},
};

pub(super) const RULE: Rule = Rule { reason: Reason::Tool, check, words };

fn check(asked: &Asked<'_>, view: &dyn CandidateView) -> Option<Rejection> {
    (!view.tools().contain_all(asked.question.tools)).then_some(Rejection::for_good(Reason::Tool))
}

fn words(question: &Question, _: &Rejection) -> Words {
    let named: Vec<_> = question.tools.iter().map(words::tool).collect();
    let list = |side: fn(&Words) -> &str, by: &str| named.iter().map(side).collect::<Vec<_>>().join(by);
    let (ja, en) = (list(|tool| &tool.ja, "、"), list(|tool| &tool.en, ", "));
    Words::new(format!("必要な道具（{ja}）がありません。"), format!("Lacks a tool the work needs ({en})."))
}
