//! Somebody may no longer be sent: suspended, or kept apart from the resident. What they are asked goes to the next at once;
//! whether they finish what they have, a person says.

use super::Docket;
use crate::domain::{
    alarms::AlarmKind,
    ids::{FirmId, TechnicianId},
    jobs::JobState,
    offers::{Addressee, Offer, WithdrawCode},
    refusal::Refusal,
};

/// Who may no longer be sent: a firm with all its technicians, or a technician.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Away {
    /// The firm, when it is all of it.
    pub firm: Option<FirmId>,
    /// The technicians.
    pub technicians: Vec<TechnicianId>,
}

impl Away {
    /// Whether an offer is to them: one to a firm is, when the firm is away; it may send somebody else otherwise.
    fn is_asked(&self, offer: &Offer) -> bool {
        self.firm == Some(offer.firm_id)
            || (offer.addressee == Addressee::Technician && self.technicians.contains(&offer.technician_id))
    }

    fn goes(&self, technician: TechnicianId) -> bool {
        self.technicians.contains(&technician)
    }
}

impl Docket {
    /// Takes back what they were asked, and tells a person where they are on the job or its visit is theirs.
    pub fn keep_away(&mut self, away: &Away) -> Result<(), Refusal> {
        let is_unnamed = self.is.job.state() == JobState::Accepted;
        let is_over =
            |offer: &Offer| away.is_asked(offer) && (offer.is_open() || (is_unnamed && offer.is_accepted()));
        let asked: Vec<_> = self.is.offers.iter().filter(|offer| is_over(offer)).cloned().collect();
        for offer in &asked {
            self.withdraw_offer(offer.id, WithdrawCode::NotToBeSent)?;
            self.lapse(offer.technician_id);
        }
        let is_asking = matches!(self.is.job.state(), JobState::Offered | JobState::Accepted);
        if is_asking && !asked.is_empty() {
            self.back_on_the_ladder()?;
        }
        let is_theirs = self.on_it().any(|one| away.goes(one.technician_id))
            || self.window().is_some_and(|window| away.goes(window.technician_id));
        if is_theirs {
            self.tell_not_to_be_sent();
        }
        Ok(())
    }

    /// A person is told once that whoever has the job, or its visit, may not be sent.
    pub fn tell_not_to_be_sent(&mut self) {
        self.raise_once(AlarmKind::NotToBeSent);
    }
}
