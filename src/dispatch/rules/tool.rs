//! `tool`: the technician carries what the work needs; tools for opening locks only with authority (S-07).

use super::{Reason, Rejection, Rule};
use crate::{
    dispatch::{
        question::{Asked, Question},
        technician::CandidateView,
        words::{self, Words},
    },
    domain::tools::{OpeningAuthority, Tool},
};

pub(super) const RULE: Rule = Rule { reason: Reason::Tool, check, words };

fn check(asked: &Asked<'_>, view: &dyn CandidateView) -> Option<Rejection> {
    let needed = asked.question.tools;
    let opens = needed.contains(Tool::OpeningTools);
    let may = !opens || view.opening_tools() == OpeningAuthority::Authorised;
    (!may || !view.tools().contain_all(needed)).then_some(Rejection::for_good(Reason::Tool))
}

fn words(question: &Question, _: &Rejection) -> Words {
    let named: Vec<_> = question.tools.iter().map(words::tool).collect();
    let list = |side: fn(&Words) -> &str, by: &str| named.iter().map(side).collect::<Vec<_>>().join(by);
    let (ja, en) = (list(|tool| &tool.ja, "、"), list(|tool| &tool.en, ", "));
    if question.tools.contains(Tool::OpeningTools) {
        return Words::new(
            format!("必要な道具（{ja}）がないか、開錠工具の携行が認められていません。"),
            format!("Lacks a tool the work needs ({en}), or may not carry opening tools."),
        );
    }
    Words::new(format!("必要な道具（{ja}）がありません。"), format!("Lacks a tool the work needs ({en})."))
}
