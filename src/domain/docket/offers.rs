//! The offers of a job in hand: made, taken back, expired.

use super::Docket;
use crate::domain::{
    alarms::AlarmKind,
    events::{OfferExpired, OfferMade, OfferWithdrawn},
    ids::OfferId,
    offers::{Offer, OfferStage, WithdrawCode},
    reference::dispatch::Dispatch,
    refusal::Refusal,
};

impl Docket {
    /// The offer of an id.
    pub(super) fn offer(&self, id: OfferId) -> Option<&Offer> {
        self.is.offers.iter().find(|offer| offer.id == id)
    }

    /// The running number of the next offer, from 1.
    #[must_use]
    pub fn next_rank(&self) -> i64 {
        i64::try_from(self.is.offers.len()).unwrap_or(i64::MAX - 1) + 1
    }

    /// Asks somebody.
    pub fn ask(&mut self, offer: Offer) {
        self.say(OfferMade::of(&offer));
        self.is.offers.push(offer);
    }

    /// Puts an answered offer in the place of the one that was read.
    pub(super) fn answered(&mut self, offer: Offer) {
        if let Some(known) = self.is.offers.iter_mut().find(|known| known.id == offer.id) {
            *known = offer;
        }
    }

    /// Takes an offer or its acceptance back.
    pub(super) fn withdraw_offer(&mut self, id: OfferId, code: WithdrawCode) -> Result<(), Refusal> {
        let Some(offer) = self.offer(id) else { return Ok(()) };
        let offer = offer.clone().withdraw(self.now, code)?;
        self.say(OfferWithdrawn::of(&offer, code));
        self.answered(offer);
        Ok(())
    }

    /// Takes back every open offer.
    pub fn withdraw_open(&mut self, code: WithdrawCode) -> Result<(), Refusal> {
        self.withdraw_those(code, Offer::is_open)
    }

    /// Takes back what is open or accepted.
    pub fn withdraw_all(&mut self, code: WithdrawCode) -> Result<(), Refusal> {
        self.withdraw_those(code, |offer| offer.is_open() || offer.is_accepted())
    }

    /// Takes back what was accepted.
    pub fn withdraw_accepted(&mut self, code: WithdrawCode) -> Result<(), Refusal> {
        self.withdraw_those(code, Offer::is_accepted)
    }

    pub(super) fn withdraw_those(
        &mut self,
        code: WithdrawCode,
        which: impl Fn(&Offer) -> bool,
    ) -> Result<(), Refusal> {
        let ids: Vec<_> = self.is.offers.iter().filter(|offer| which(offer)).map(|offer| offer.id).collect();
        ids.into_iter().try_for_each(|id| self.withdraw_offer(id, code))
    }

    /// Ends the open offers whose deadline has passed.
    pub fn expire_due(&mut self, rules: &Dispatch) -> Result<(), Refusal> {
        let due = |offer: &&Offer| offer.is_open() && offer.deadline <= self.now;
        let due: Vec<_> = self.is.offers.iter().filter(due).cloned().collect();
        for offer in due {
            let offer = offer.expire(self.now)?;
            let technician = offer.technician_id;
            self.say(OfferExpired::of(&offer));
            self.answered(offer);
            self.count_refusals(rules);
            self.lapse(technician);
        }
        Ok(())
    }

    /// One more has refused or not answered: every third time a person is told, and told again.
    pub(super) fn count_refusals(&mut self, rules: &Dispatch) {
        let is_no =
            |offer: &&Offer| matches!(offer.stage, OfferStage::Declined { .. } | OfferStage::Expired { .. });
        if self.is.offers.iter().filter(is_no).count() % rules.refusals_before_alarm == 0 {
            self.raise(AlarmKind::Refusals);
        }
    }

    /// The job is looked at now, unless others are still being asked.
    pub(super) fn back_on_the_ladder(&mut self) -> Result<(), Refusal> {
        if !self.is.offers.iter().any(Offer::is_open) {
            self.look_for_others()?;
        }
        Ok(())
    }
}
