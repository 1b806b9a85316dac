//! Offers answered: the technician, the firm or a dispatcher on the telephone says yes or no.

use super::{Docket, Sent, alarms::KEPT};
use crate::domain::{
    actor::Scope,
    events::{OfferAccepted, OfferDeclined, OfferNamed},
    fitness::Fitness,
    ids::OfferId,
    jobs::JobState,
    offers::{Addressee, Assignment, DeclineCode, Offer, Via, WithdrawCode, Yes},
    promises,
    reference::dispatch::Dispatch,
    refusal::{JobRefused, OfferRefused, Refusal, Unfit},
    span::Instant,
};

/// Who answers an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answerer {
    /// The technician.
    Technician,
    /// The technician's firm.
    Firm,
    /// The desk, with whoever was asked on the telephone.
    Desk,
}

impl Answerer {
    /// Who answers, by whose rows they may touch.
    #[must_use]
    pub fn of(scope: Scope) -> Self {
        match scope {
            Scope::All | Scope::Nothing => Self::Desk,
            Scope::Firm(_) => Self::Firm,
            Scope::Technician(..) => Self::Technician,
        }
    }

    fn via(self) -> Via {
        match self {
            Self::Desk => Via::Phone,
            Self::Technician | Self::Firm => Via::Asked,
        }
    }

    /// Refuses the answer of a technician whose firm was asked.
    fn may_answer(self, offer: &Offer) -> Result<(), Refusal> {
        match (self, offer.addressee) {
            (Self::Technician, Addressee::Firm) => Err(OfferRefused::ToFirm.into()),
            _ => Ok(()),
        }
    }
}

/// Whom a firm sends.
#[derive(Debug, Clone)]
pub struct Naming {
    /// The technician.
    pub who: Sent,
    /// When they promise to be there.
    pub arrival_at: Option<Instant>,
}

impl Docket {
    /// Accepts an offer: the first yes has the job, the others who were asked are told. A firm names its technician next:
    /// until then nobody is assigned. What became known since they were asked and nobody passes over is refused (G-17); what a
    /// person may, their yes passes over.
    pub fn accept(
        &mut self,
        id: OfferId,
        by: Answerer,
        yes: Yes,
        fitness: &Fitness,
        rules: &Dispatch,
    ) -> Result<Option<Assignment>, Refusal> {
        let offer = self.to_answer(id, by)?;
        self.may_be_sent_to()?;
        self.may_promise(yes.arrival_at)?;
        if yes.agreed_at.is_some() && by != Answerer::Desk {
            return Err(Unfit::AgreedNow.into());
        }
        self.may_have_agreed(yes.agreed_at, offer.role)?;
        let due = self.now + rules.policy(self.is.job.priority).naming_s.delta();
        let offer = offer.accept(self.now, by.via(), yes, due)?;
        match offer.addressee {
            Addressee::Technician => fitness.must_not_forbid()?,
            Addressee::Firm => fitness.must_not_forbid_firm()?,
        }
        self.withdraw_those(WithdrawCode::TakenByOther, |other| other.is_open() && other.id != id)?;
        if offer.addressee == Addressee::Technician {
            self.answered(offer.clone());
            let assignment = self.assign(&offer, self.now, rules)?;
            self.say(OfferAccepted::by_technician(&offer, &assignment));
            return Ok(Some(assignment));
        }
        self.is.job = self.is.job.clone().accepted(self.now, due)?;
        self.resolve_all(KEPT);
        self.forget_bars();
        self.say(OfferAccepted::by_firm(&offer, due));
        self.answered(offer);
        Ok(None)
    }

    /// The technician whom a firm that has accepted sends.
    pub fn name(
        &mut self,
        id: OfferId,
        by: Answerer,
        naming: &Naming,
        rules: &Dispatch,
    ) -> Result<Assignment, Refusal> {
        let offer = self.to_answer(id, by)?;
        self.may_be_sent_to()?;
        self.may_promise(naming.arrival_at)?;
        if self.is.job.state() != JobState::Accepted {
            return Err(JobRefused::NobodyToName(self.is.job.state()).into());
        }
        let technician = &naming.who.technician;
        if technician.firm_id != offer.firm_id {
            return Err(Unfit::NotOfTheFirm.into());
        }
        self.may_send(&naming.who)?;
        let offer = offer.named(technician.id, naming.arrival_at)?;
        self.answered(offer.clone());
        let assignment = self.assign(&offer, self.now, rules)?;
        self.say(OfferNamed::of(&offer, &assignment, by.via(), naming.who.confirmation.clone()));
        Ok(assignment)
    }

    /// Declines an offer: the job goes to the next at once.
    pub fn decline(
        &mut self,
        id: OfferId,
        by: Answerer,
        code: DeclineCode,
        rules: &Dispatch,
    ) -> Result<(), Refusal> {
        let offer = self.to_answer(id, by)?.decline(self.now, by.via(), code)?;
        let technician = offer.technician_id;
        self.say(OfferDeclined::of(&offer, code));
        self.answered(offer);
        self.count_refusals(rules);
        self.lapse(technician);
        self.back_on_the_ladder()
    }

    /// Takes an open offer back: the desk has changed its mind about whom to ask.
    pub fn take_back(&mut self, id: OfferId) -> Result<(), Refusal> {
        let offer = self.offer(id).ok_or(Unfit::NoSuchOffer)?;
        if !offer.is_open() {
            return Err(OfferRefused::NotToTakeBack(offer.state()).into());
        }
        self.withdraw_offer(id, WithdrawCode::Desk)?;
        self.back_on_the_ladder()
    }

    fn to_answer(&self, id: OfferId, by: Answerer) -> Result<Offer, Refusal> {
        let offer = self.offer(id).ok_or(Unfit::NoSuchOffer)?;
        by.may_answer(offer)?;
        Ok(offer.clone())
    }

    /// Refuses an arrival that is promised for the past, or for later than the urgency allows (G-16).
    pub(super) fn may_promise(&self, arrival_at: Option<Instant>) -> Result<(), Refusal> {
        let latest = promises::latest(self.is.job.priority, self.now, self.window());
        match arrival_at {
            Some(at) if at < self.now => Err(Unfit::ArrivalPassed.into()),
            Some(at) if at > latest => Err(Unfit::ArrivalTooLate(latest).into()),
            _ => Ok(()),
        }
    }
}
