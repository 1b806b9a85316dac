//! `job_code`: a technician who names the kinds of trouble he is sent for is sent for no other.

use super::{Reason, Rejection, Rule};
use crate::dispatch::{
    question::{Asked, Question},
    technician::{CandidateView, CodeFit},
    words::Words,
};

pub(super) const RULE: Rule = Rule { reason: Reason::JobCode, check, words };

fn check(asked: &Asked<'_>, view: &dyn CandidateView) -> Option<Rejection> {
    let not_listed = view.code_fit(&asked.question.job_code) == CodeFit::NotListed;
    not_listed.then_some(Rejection::for_good(Reason::JobCode))
}

fn words(question: &Question, _: &Rejection) -> Words {
    let code = &question.job_code;
    Words::new(
        format!("この作業（{code}）には対応していません。"),
        format!("Is not sent for this kind of work ({code})."),
    )
}
