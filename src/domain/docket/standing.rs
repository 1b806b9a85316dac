//! Somebody may no longer be sent: suspended, or kept apart from the resident. What they are asked goes to the next at once;
//! whether they finish what they have, a person says.

use super::Docket;
use crate::domain::{
    alarms::AlarmKind,
    fitness::{Fitness, Reason},
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
}

/// Why somebody may no longer be sent. Each has an alarm of its own: that one is over says nothing of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bar {
    /// Suspended, or not (any more) of the trade, licence or authority that the work asks for.
    Suspended,
    /// Kept apart from the resident.
    KeptApart,
}

impl Bar {
    /// Why nobody may pass over what is in the way of sending somebody (G-17).
    #[must_use]
    pub fn of(fitness: &Fitness) -> Self {
        let is_apart = fitness.has(Reason::Blocked) && !fitness.has(Reason::Suspended);
        if is_apart { Self::KeptApart } else { Self::Suspended }
    }

    fn alarm(self) -> AlarmKind {
        match self {
            Self::Suspended => AlarmKind::NotToBeSent,
            Self::KeptApart => AlarmKind::KeptApart,
        }
    }
}

impl Docket {
    /// Takes back what they were asked, and tells a person where they are on the job or its visit is theirs.
    pub fn keep_away(&mut self, away: &Away, why: Bar) -> Result<(), Refusal> {
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
        if self.people().iter().any(|technician| away.technicians.contains(technician)) {
            self.tell_not_to_be_sent(why);
        }
        Ok(())
    }

    /// Whoever has the job, or its visit.
    #[must_use]
    pub fn people(&self) -> Vec<TechnicianId> {
        let visitor = self.window().map(|window| window.technician_id);
        self.on_it().map(|one| one.technician_id).chain(visitor).collect()
    }

    /// A person is told once that whoever has the job, or its visit, may not be sent.
    pub fn tell_not_to_be_sent(&mut self, why: Bar) {
        self.raise_once(why.alarm());
    }

    /// Somebody may be sent again; of those who have the job, or its visit, these may still not, for the same cause.
    pub fn let_back(&mut self, why: Bar, still: &[TechnicianId]) {
        if !self.people().iter().any(|technician| still.contains(technician)) {
            self.resolve(why.alarm());
        }
    }

    /// Somebody else has the job: what was told of those before is over.
    pub(super) fn forget_bars(&mut self) {
        self.resolve(Bar::Suspended.alarm());
        self.resolve(Bar::KeptApart.alarm());
    }
}
