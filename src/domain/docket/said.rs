//! What is said of offers, assignments, visits and alarms: their events.

use std::collections::BTreeMap;

use crate::domain::{
    alarms::Alarm,
    appointments::{Appointment, GivenUp},
    events::{
        AlarmRaised, AlarmResolved, FactRecorded, JobBooked, JobUnbooked, OfferAccepted, OfferDeclined,
        OfferExpired, OfferMade, OfferNamed, OfferWithdrawn,
    },
    facts::Fact,
    fitness::Confirmation,
    offers::{Assignment, DeclineCode, Offer, Via, WithdrawCode},
    span::Instant,
};

impl AlarmRaised {
    pub(super) fn of(alarm: &Alarm) -> Self {
        let Alarm { id, kind, subject, subject_id, rung, .. } = *alarm;
        Self { alarm: id, kind, subject, subject_id, rung }
    }
}

impl AlarmResolved {
    pub(super) fn of(alarm: &Alarm) -> Self {
        let Alarm { id, kind, subject, subject_id, rung, .. } = *alarm;
        Self { alarm: id, kind, subject, subject_id, rung }
    }
}

impl JobBooked {
    pub(super) fn of(window: &Appointment) -> Self {
        Self {
            job: window.job_id,
            window: window.id,
            technician: window.technician_id,
            starts_at: window.starts_at,
            ends_at: window.ends_at,
            confirmation: window.confirmation.clone(),
        }
    }
}

impl JobUnbooked {
    pub(super) fn of(window: &Appointment, code: GivenUp) -> Self {
        Self { job: window.job_id, window: window.id, technician: window.technician_id, code }
    }
}

impl OfferMade {
    pub(super) fn of(offer: &Offer) -> Self {
        Self {
            job: offer.job_id,
            offer: offer.id,
            firm: offer.firm_id,
            technician: offer.technician_id,
            rank: offer.rank,
            round: offer.round,
            rung: offer.rung,
            addressee: offer.addressee,
        }
    }
}

impl OfferAccepted {
    fn of(offer: &Offer) -> Self {
        Self {
            job: offer.job_id,
            offer: offer.id,
            firm: offer.firm_id,
            technician: offer.technician_id,
            assignment: None,
            via: None,
            naming_due_at: None,
            comeback_of: None,
        }
    }

    pub(super) fn by_technician(offer: &Offer, assignment: &Assignment) -> Self {
        Self { assignment: Some(assignment.id), via: offer.answered_via(), ..Self::of(offer) }
    }

    pub(super) fn by_firm(offer: &Offer, due: Instant) -> Self {
        Self { via: offer.answered_via(), naming_due_at: Some(due), ..Self::of(offer) }
    }

    pub(super) fn by_coming_back(offer: &Offer, before: &Assignment) -> Self {
        Self { comeback_of: Some(before.id), ..Self::of(offer) }
    }
}

impl OfferNamed {
    pub(super) fn of(
        offer: &Offer,
        assignment: &Assignment,
        via: Via,
        confirmation: Option<Confirmation>,
    ) -> Self {
        Self {
            job: offer.job_id,
            offer: offer.id,
            firm: offer.firm_id,
            technician: offer.technician_id,
            assignment: assignment.id,
            via,
            confirmation,
        }
    }
}

impl OfferDeclined {
    pub(super) fn of(offer: &Offer, code: DeclineCode) -> Self {
        Self {
            job: offer.job_id,
            offer: offer.id,
            firm: offer.firm_id,
            technician: offer.technician_id,
            code,
            via: offer.answered_via(),
        }
    }
}

impl OfferExpired {
    pub(super) fn of(offer: &Offer) -> Self {
        Self { job: offer.job_id, offer: offer.id, firm: offer.firm_id, technician: offer.technician_id }
    }
}

impl OfferWithdrawn {
    pub(super) fn of(offer: &Offer, code: WithdrawCode) -> Self {
        Self {
            job: offer.job_id,
            offer: offer.id,
            firm: offer.firm_id,
            technician: offer.technician_id,
            code,
        }
    }
}

impl FactRecorded {
    /// One event a batch: how many of each kind, no content.
    pub(super) fn of(recorded: &[Fact]) -> Option<Self> {
        let first = recorded.first()?;
        let mut kinds = BTreeMap::new();
        for fact in recorded {
            *kinds.entry(fact.what.kind()).or_default() += 1;
        }
        Some(Self {
            job: first.job_id,
            assignment: first.assignment_id,
            technician: first.technician_id,
            count: recorded.len(),
            kinds,
        })
    }
}
