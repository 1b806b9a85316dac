//! `suspended`: neither the technician nor his firm may be out of service.

use super::{Reason, Rejection, Rule};
use crate::dispatch::{
    question::{Asked, Question},
    technician::{CandidateView, TechnicianState},
    words::Words,
};

pub(super) const RULE: Rule = Rule { reason: Reason::Suspended, check, words };

fn check(_: &Asked<'_>, view: &dyn CandidateView) -> Option<Rejection> {
    (view.state() == TechnicianState::Suspended).then_some(Rejection::for_good(Reason::Suspended))
}

fn words(_: &Question, _: &Rejection) -> Words {
    Words::new("稼働停止中です。", "Suspended: not in service.")
}
