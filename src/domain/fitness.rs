//! Whether somebody may be sent (G-17): all that is in the way, and what a person may pass over by name and reason. What is
//! in the way is found by `dispatch::rules`; here stands how much it weighs.

mod reason;

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

pub use self::reason::{InTheWay, Reason, Weight, WorkScope};
use super::{
    ids::JobId,
    offers::OverrideReason,
    refusal::{FitnessRefused, Refusal},
};

/// A person's word that somebody is sent all the same. Who says so is the actor of the event that it is kept with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// What is passed over, each by its code, as the refusal has listed it in `confirm`.
    #[serde(deserialize_with = "no_more_than_there_are")]
    pub despite: BTreeSet<Reason>,
    /// Why.
    pub because: OverrideReason,
}

fn no_more_than_there_are<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeSet<Reason>, D::Error> {
    let named = Vec::<Reason>::deserialize(deserializer)?;
    match named.len() {
        few if few <= Reason::ALL.len() => Ok(named.into_iter().collect()),
        many => Err(D::Error::custom(format!("{many} reasons, and there are {}", Reason::ALL.len()))),
    }
}

/// All that is in the way of sending somebody to a job at some time; nothing, where they may go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fitness {
    in_the_way: Vec<InTheWay>,
    /// What of that keeps the whole firm away.
    of_firm: BTreeSet<Reason>,
}

impl Fitness {
    /// Of these things.
    #[must_use]
    pub fn of(in_the_way: Vec<InTheWay>) -> Self {
        Self { in_the_way, of_firm: BTreeSet::new() }
    }

    /// The same where this keeps the whole firm away.
    #[must_use]
    pub fn and_the_firm(mut self, reason: Reason) -> Self {
        self.of_firm.insert(reason);
        self
    }

    /// All that is in the way.
    pub fn iter(&self) -> impl Iterator<Item = &InTheWay> {
        self.in_the_way.iter()
    }

    /// Whether this is in the way.
    #[must_use]
    pub fn has(&self, reason: Reason) -> bool {
        self.in_the_way.iter().any(|one| one.reason == reason)
    }

    /// Whether what they are, may do or carry is in the way, and nobody has passed over it.
    #[must_use]
    pub fn keeps_away(&self, confirmed: Option<&Confirmation>) -> bool {
        let is_open =
            |one: &&InTheWay| confirmed.is_none_or(|confirmed| !confirmed.despite.contains(&one.reason));
        self.in_the_way.iter().filter(is_open).any(|one| one.reason.is_of_standing())
    }

    /// Refuses what nobody passes over.
    pub fn must_not_forbid(&self) -> Result<(), Refusal> {
        let refused = self.in_the_way.iter().find_map(|one| forbidden(one.reason));
        refused.map_or(Ok(()), |refused| Err(refused.into()))
    }

    /// Refuses what a firm cannot mend by naming somebody else: that it has no licence (S-08), is suspended, or kept apart from
    /// the resident.
    pub fn must_not_forbid_firm(&self) -> Result<(), Refusal> {
        let licence = self.has(Reason::Licence).then_some(Reason::Licence);
        let refused = self.of_firm.iter().copied().chain(licence).find_map(forbidden);
        refused.map_or(Ok(()), |refused| Err(refused.into()))
    }

    /// Refuses what nobody passes over, and what a person may but has not: all of it at once.
    pub fn must_allow(&self, confirmed: Option<&Confirmation>) -> Result<(), Refusal> {
        self.must_not_forbid()?;
        let is_open = |one: &&InTheWay| {
            one.reason.weight() == Weight::Confirmable
                && confirmed.is_none_or(|confirmed| !confirmed.despite.contains(&one.reason))
        };
        let open: Vec<_> = self.in_the_way.iter().filter(is_open).copied().collect();
        if open.is_empty() { Ok(()) } else { Err(FitnessRefused::Unconfirmed(open).into()) }
    }

    /// The jobs of the planned visits that are in the way.
    pub fn visits(&self) -> impl Iterator<Item = JobId> {
        self.in_the_way.iter().filter_map(|one| one.visit).map(|(job, _)| job)
    }

    /// The same without the planned visits that are in the way: what becomes of them has been said.
    #[must_use]
    pub fn but_for_visits(&self) -> Self {
        let mut rest = self.clone();
        rest.in_the_way.retain(|one| one.reason != Reason::Booked);
        rest
    }
}

/// The refusal of a reason that nobody passes over.
fn forbidden(reason: Reason) -> Option<FitnessRefused> {
    match reason {
        Reason::Suspended => Some(FitnessRefused::Suspended),
        Reason::Trade => Some(FitnessRefused::Trade),
        Reason::Licence => Some(FitnessRefused::Licence),
        Reason::Authority => Some(FitnessRefused::Authority),
        Reason::Blocked => Some(FitnessRefused::Blocked),
        Reason::Area
        | Reason::Tier
        | Reason::JobCode
        | Reason::Tool
        | Reason::Excluded
        | Reason::OpenOffer
        | Reason::BusyUntil
        | Reason::OffShift
        | Reason::Booked => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(reason: Reason) -> Fitness {
        Fitness::of(vec![InTheWay { reason, visit: None }])
    }

    fn confirmed(despite: &[Reason]) -> Confirmation {
        Confirmation { despite: despite.iter().copied().collect(), because: OverrideReason::Other }
    }

    #[test]
    fn a_reason_is_passed_over_as_far_as_it_weighs() {
        let all = confirmed(Reason::ALL);
        for &reason in Reason::ALL {
            let (alone, by_name) =
                (of(reason).must_allow(None).is_ok(), of(reason).must_allow(Some(&all)).is_ok());
            let expected = match reason.weight() {
                Weight::Never => (false, false),
                Weight::Confirmable => (false, true),
                Weight::OfTheLadder => (true, true),
            };
            assert_eq!((alone, by_name), expected, "{reason}");
            assert_eq!(of(reason).must_not_forbid().is_err(), reason.weight() == Weight::Never, "{reason}");
        }
    }

    #[test]
    fn a_firm_mends_by_naming_somebody_else_what_is_not_its_own() {
        for &reason in Reason::ALL {
            let of_technician = of(reason).must_not_forbid_firm().is_ok();
            assert_eq!(of_technician, reason != Reason::Licence, "{reason}");
            let of_firm = of(reason).and_the_firm(reason).must_not_forbid_firm().is_err();
            assert_eq!(of_firm, reason.weight() == Weight::Never, "{reason}");
        }
    }

    #[test]
    fn what_is_confirmed_is_confirmed_by_name_and_the_rest_is_asked_for_together() {
        let in_the_way = [Reason::Area, Reason::Tool, Reason::OffShift];
        let fitness =
            Fitness::of(in_the_way.iter().map(|&reason| InTheWay { reason, visit: None }).collect());
        let asked = |despite: &[Reason]| match fitness.must_allow(Some(&confirmed(despite))) {
            Err(Refusal::State(crate::domain::refusal::Refused::Fitness(FitnessRefused::Unconfirmed(
                open,
            )))) => open.iter().map(|one| one.reason).collect(),
            other => {
                assert_eq!(other, Ok(()));
                Vec::new()
            }
        };
        assert_eq!(asked(&[]), in_the_way);
        assert_eq!(asked(&[Reason::Tool, Reason::Booked]), [Reason::Area, Reason::OffShift]);
        assert_eq!(asked(&in_the_way), []);
    }
}
