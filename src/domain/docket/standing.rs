//! Somebody may no longer be sent: suspended, without what the work asks for, or kept apart from the resident. What they are
//! asked goes to the next at once; whether they finish what they have, a person says.

use std::collections::{BTreeMap, BTreeSet};

use super::Docket;
use crate::domain::{
    alarms::AlarmKind,
    blocks::Apart,
    firms::{Firm, Standing, Technician},
    fitness::{Confirmation, Fitness, Reason},
    ids::{FirmId, TechnicianId},
    jobs::JobState,
    offers::{Addressee, Assignment, Offer, WithdrawCode},
    reference::JobCode,
    refusal::Refusal,
};

/// What a change of a firm or technician means for where they may be sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// What may be in their way that was not before.
    pub lost: BTreeSet<Reason>,
    /// Whether anything has changed: something that was in their way may be so no more.
    pub is_any: bool,
}

/// What has become of one thing that is said of somebody.
enum Now {
    Same,
    More,
    /// Some of it may be gone.
    Less,
}

impl Now {
    fn of<T: PartialEq>(was: &[T], is: &[T]) -> Self {
        match (was == is, was.iter().all(|one| is.contains(one))) {
            (true, _) => Self::Same,
            (false, true) => Self::More,
            (false, false) => Self::Less,
        }
    }

    fn of_standing(was: Standing, is: Standing) -> Self {
        match is {
            _ if was == is => Self::Same,
            Standing::Active => Self::More,
            Standing::Suspended => Self::Less,
        }
    }

    /// Of job codes: none is every one of the trades.
    fn of_codes(was: &[JobCode], is: &[JobCode]) -> Self {
        match (was.is_empty(), is.is_empty()) {
            (false, true) => Self::More,
            (true, false) => Self::Less,
            _ => Self::of(was, is),
        }
    }
}

impl Change {
    /// Of a technician.
    #[must_use]
    pub fn of_technician(was: &Technician, is: &Technician) -> Self {
        Self::of([
            (Reason::Suspended, Now::of_standing(was.state, is.state)),
            (Reason::Trade, Now::of(&was.trades, &is.trades)),
            (Reason::JobCode, Now::of_codes(&was.job_codes, &is.job_codes)),
            (Reason::Tool, Now::of(&was.tools, &is.tools)),
            (Reason::Authority, Now::of(&[was.opening_tools], &[is.opening_tools])),
        ])
    }

    /// Of a firm.
    #[must_use]
    pub fn of_firm(was: &Firm, is: &Firm) -> Self {
        Self::of([
            (Reason::Suspended, Now::of_standing(was.state, is.state)),
            (Reason::Area, Now::of(&was.areas, &is.areas)),
            (Reason::Licence, Now::of(&was.licences, &is.licences)),
        ])
    }

    fn of(changes: impl IntoIterator<Item = (Reason, Now)>) -> Self {
        let mut change = Self::default();
        for (reason, now) in changes {
            change.is_any |= !matches!(now, Now::Same);
            if matches!(now, Now::Less) {
                change.lost.insert(reason);
            }
        }
        change
    }

    /// Whether nothing follows from it.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        !self.is_any
    }

    /// Whether somebody lacks now what has been lost, and nobody has passed over it.
    #[must_use]
    pub fn bars(&self, fitness: &Fitness, confirmed: Option<&Confirmation>) -> bool {
        let is_passed_over = |reason| confirmed.is_some_and(|confirmed| confirmed.despite.contains(&reason));
        self.lost.iter().any(|&reason| fitness.has(reason) && !is_passed_over(reason))
    }
}

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
    /// Suspended, or not (any more) of the trade, area, licence, authority or kind of work that is asked for.
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
    /// They were written anew, and this is in the way now of everybody who has the job, its visit or an offer of it: whoever
    /// lacks what has been lost is sent no more, and what was told of those who lack nothing any more is over.
    pub fn changed(
        &mut self,
        away: &Away,
        change: &Change,
        fitness: &BTreeMap<TechnicianId, Fitness>,
    ) -> Result<(), Refusal> {
        let visit = self.window().cloned();
        let confirmed = |id: &TechnicianId| {
            let own = visit.as_ref().filter(|visit| visit.technician_id == *id);
            own.and_then(|visit| visit.confirmation.as_ref())
        };
        let is_barred = |&(id, now): &(&TechnicianId, &Fitness)| {
            away.technicians.contains(id) && change.bars(now, confirmed(id))
        };
        let barred: Vec<_> = fitness.iter().filter(is_barred).map(|(id, _)| *id).collect();
        if !barred.is_empty() {
            // What a firm has lost, all of it has.
            return self.keep_away(&Away { firm: away.firm, technicians: barred }, Bar::Suspended);
        }
        let is_kept = |id: &TechnicianId| fitness.get(id).is_some_and(|now| now.keeps_away(confirmed(id)));
        let still: Vec<_> = self.people().into_iter().filter(is_kept).collect();
        self.let_back(Bar::Suspended, &still);
        Ok(())
    }

    /// A block has ended: what was told of these people, who have the job or its visit, is over unless another one keeps them
    /// apart.
    pub fn unblocked(&mut self, apart: &Apart, people: &[Technician]) {
        let kept = people.iter().filter(|one| apart.keeps(one.id, one.firm_id));
        let still: Vec<_> = kept.map(|one| one.id).collect();
        self.let_back(Bar::KeptApart, &still);
    }

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

    /// Everybody who has the job, or has had it.
    #[must_use]
    pub fn crew(&self) -> &[Assignment] {
        &self.is.assignments
    }

    /// Whoever has the job, or its visit.
    #[must_use]
    pub fn people(&self) -> Vec<TechnicianId> {
        let visitor = self.window().map(|window| window.technician_id);
        self.on_it().map(|one| one.technician_id).chain(visitor).collect()
    }

    /// Whoever has the job, its visit, or an offer of it that is not settled.
    #[must_use]
    pub fn people_and_asked(&self) -> BTreeSet<TechnicianId> {
        let is_unnamed = self.is.job.state() == JobState::Accepted;
        let is_asked = |offer: &&Offer| offer.is_open() || (is_unnamed && offer.is_accepted());
        let asked = self.is.offers.iter().filter(is_asked).map(|offer| offer.technician_id);
        self.people().into_iter().chain(asked).collect()
    }

    /// A person is told once that whoever has the job, or its visit, may not be sent.
    pub fn tell_not_to_be_sent(&mut self, why: Bar) {
        self.raise_once(why.alarm());
    }

    /// Somebody may be sent again; of those who have the job, or its visit, these may still not, for the same cause.
    pub(super) fn let_back(&mut self, why: Bar, still: &[TechnicianId]) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fitness::InTheWay;

    #[test]
    fn what_is_lost_is_what_was_there_and_is_not() {
        let codes = |codes: &[&str]| codes.iter().map(|code| code.parse().unwrap()).collect::<Vec<JobCode>>();
        let of = |was: &[&str], is: &[&str]| {
            let change = Change::of([(Reason::JobCode, Now::of_codes(&codes(was), &codes(is)))]);
            (change.is_nothing(), change.lost.contains(&Reason::JobCode))
        };
        let (drip, clog) = ("W-FAUCET-DRIP", "W-TOILET-CLOG");
        assert_eq!(of(&[drip], &[drip]), (true, false));
        assert_eq!(of(&[], &[]), (true, false));
        assert_eq!(of(&[drip], &[drip, clog]), (false, false));
        assert_eq!(of(&[drip, clog], &[drip]), (false, true));
        assert_eq!(of(&[drip], &[clog]), (false, true));
        assert_eq!(of(&[drip], &[]), (false, false), "every one of the trades");
        assert_eq!(of(&[], &[drip]), (false, true), "was every one of the trades");
    }

    #[test]
    fn what_was_not_lost_or_is_passed_over_bars_nobody() {
        let change = Change::of([(Reason::Tool, Now::Less), (Reason::Trade, Now::More)]);
        let lacks = |reason| Fitness::of(vec![InTheWay { reason, visit: None }]);
        let despite = |reason| {
            let because = crate::domain::offers::OverrideReason::Other;
            Confirmation { despite: BTreeSet::from([reason]), because }
        };
        assert!(change.bars(&lacks(Reason::Tool), None));
        assert!(change.bars(&lacks(Reason::Tool), Some(&despite(Reason::Area))));
        assert!(!change.bars(&lacks(Reason::Tool), Some(&despite(Reason::Tool))));
        assert!(!change.bars(&lacks(Reason::Trade), None), "it was so before");
        assert!(lacks(Reason::Area).keeps_away(None));
        assert!(!lacks(Reason::Area).keeps_away(Some(&despite(Reason::Area))));
        assert!(!lacks(Reason::OffShift).keeps_away(None), "of an hour, not of them");
    }
}
