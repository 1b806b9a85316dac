//! What a person may pass over by name and reason when they send somebody (G-17): asked for in the form whose command was
//! refused with `to-be-confirmed`.

use super::page::Page;
use crate::domain::{
    fitness::{Reason, Weight},
    offers::OverrideReason,
};

/// What the form asks for.
pub(super) struct Confirming {
    /// What may be in the way, with its name.
    pub(super) reasons: Vec<(&'static str, String)>,
    /// Why they are sent all the same.
    pub(super) because: Vec<(&'static str, String)>,
}

impl Confirming {
    pub(super) fn of(page: &Page) -> Self {
        let confirmable = Reason::ALL.iter().filter(|reason| reason.weight() == Weight::Confirmable);
        let because = OverrideReason::ALL.iter();
        Self {
            reasons: confirmable.map(|one| (one.as_str(), page.code("in-the-way", one))).collect(),
            because: because.map(|one| (one.as_str(), page.code("override", one))).collect(),
        }
    }
}
