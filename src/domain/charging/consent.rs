//! Consent before any charge (C-18 to C-20): the answer in force when the paid thing began decides.

use std::{cmp::Reverse, collections::BTreeMap};

use serde::Serialize;

use super::super::{ids::FactId, money::Yen, refusal::Refusal, span::Instant, text_enum::text_enum};
use super::{
    limits::{
        AtMost, CAP_UNITS_MAX, CONSENTS_MAX, PARTS_MAX, PRICE_YEN_MAX, QUANTITY_MAX, instant, name, within,
    },
    overtime::BegunUnit,
};

text_enum! {
    /// What the payer said.
    pub enum Answer("answer") {
        /// Agreed.
        Yes = "yes",
        /// Declined, or withdrew an earlier yes for what has not begun.
        No = "no",
    }
}

/// One thing the payer was asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConsentTerm {
    /// Overtime, up to a total of units of the whole job.
    Overtime {
        /// Total cap, not "so many more".
        cap_units: i64,
    },
    /// A part or a special work.
    Item {
        /// The key its deliveries carry.
        item: String,
        /// At most this much for all deliveries under the key, tax included.
        max_yen: Yen,
    },
}

/// A recorded answer to one question, which may name several terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentAnswer {
    id: FactId,
    answered_at: Instant,
    answer: Answer,
    terms: Vec<ConsentTerm>,
}

/// The answer that makes something billable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Grounds {
    /// The consent record.
    pub consent: FactId,
    /// When it was answered.
    pub answered_at: Instant,
}

/// All answers of a job, ready to be asked which of them was in force.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Consents {
    overtime: Timeline,
    items: BTreeMap<String, Timeline>,
}

/// Answers on one subject. A no is `None`, which is below every limit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Timeline(Vec<(Instant, Reverse<Option<i64>>, FactId)>);

impl ConsentAnswer {
    /// Refuses an answer before its question, an answer to nothing, and caps beyond the limits.
    pub fn new(
        id: FactId,
        asked_at: Instant,
        answered_at: Instant,
        answer: Answer,
        terms: Vec<ConsentTerm>,
    ) -> Result<Self, Refusal> {
        instant("asked_at", asked_at)?;
        instant("answered_at", answered_at)?;
        if answered_at < asked_at {
            return Err(Refusal::field("answered_at", "is before asked_at"));
        }
        if terms.is_empty() || terms.len() > PARTS_MAX {
            return Err(Refusal::field("terms", format!("must have 1 to {PARTS_MAX} entries")));
        }
        for (index, term) in terms.iter().enumerate() {
            match term {
                ConsentTerm::Overtime { cap_units } => {
                    within(&format!("terms[{index}].cap_units"), *cap_units, 0, CAP_UNITS_MAX)?;
                }
                ConsentTerm::Item { item, max_yen } => {
                    name(&format!("terms[{index}].item"), item)?;
                    within(&format!("terms[{index}].max_yen"), max_yen.0, 0, PRICE_YEN_MAX * QUANTITY_MAX)?;
                }
            }
        }
        Ok(Self { id, answered_at, answer, terms })
    }
}

impl Consents {
    /// From any order of answers. Of answers on one subject in the same instant the most cautious counts.
    pub fn new(answers: Vec<ConsentAnswer>) -> Result<Self, Refusal> {
        let answers = AtMost::<_, CONSENTS_MAX>::new("consents", answers)?;
        let mut consents = Self::default();
        for given in answers.iter() {
            for term in &given.terms {
                let (timeline, limit) = match term {
                    ConsentTerm::Overtime { cap_units } => (&mut consents.overtime, *cap_units),
                    ConsentTerm::Item { item, max_yen } => {
                        (consents.items.entry(item.trim().to_owned()).or_default(), max_yen.0)
                    }
                };
                let limit = (given.answer == Answer::Yes).then_some(limit);
                timeline.0.push((given.answered_at, Reverse(limit), given.id));
            }
        }
        consents.overtime.0.sort_unstable();
        consents.items.values_mut().for_each(|timeline| timeline.0.sort_unstable());
        Ok(consents)
    }

    /// Why this overtime unit is billable; `None`: it is written off (C-20).
    #[must_use]
    pub fn for_unit(&self, unit: &BegunUnit) -> Option<Grounds> {
        self.overtime.grounds(unit.begun_at, unit.number)
    }

    /// Why deliveries of `item` that now add up to `total` are billable; `None`: this one is written off (C-18).
    #[must_use]
    pub fn for_item(&self, item: &str, delivered_at: Instant, total: Yen) -> Option<Grounds> {
        self.items.get(item)?.grounds(delivered_at, total.0)
    }
}

impl Timeline {
    /// The last answer at or before `at`, if it is a yes that reaches as far as `wanted`.
    fn grounds(&self, at: Instant, wanted: i64) -> Option<Grounds> {
        let answered = self.0.partition_point(|(answered_at, ..)| *answered_at <= at);
        let (answered_at, Reverse(limit), consent) = *self.0.get(answered.checked_sub(1)?)?;
        (limit? >= wanted).then_some(Grounds { consent, answered_at })
    }
}

/// How much of a scope's overtime is billable, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Split {
    /// Units that are billed.
    pub(super) billable: i64,
    /// Where the permission came from.
    pub(super) basis: Basis,
}

impl Split {
    /// The consents it rests on, in order of answering; none in estimates.
    pub(super) fn consents(&self) -> Vec<FactId> {
        match &self.basis {
            Basis::Uncapped | Basis::Cap(_) => Vec::new(),
            Basis::Recorded(grounds) => grounds.iter().map(|grounds| grounds.consent).collect(),
        }
    }
}

/// Where the permission to charge came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Basis {
    /// An estimate: no cap.
    Uncapped,
    /// An estimate: so many units.
    Cap(i64),
    /// The consents on record, distinct, in order of answering.
    Recorded(Vec<Grounds>),
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use uuid::Uuid;

    use super::*;

    fn at(second: i64) -> Instant {
        Instant::UNIX_EPOCH + TimeDelta::seconds(86_400 + second)
    }

    fn overtime(id: u128, answered: i64, answer: Answer, cap_units: i64) -> ConsentAnswer {
        let terms = vec![ConsentTerm::Overtime { cap_units }];
        ConsentAnswer::new(FactId(Uuid::from_u128(id)), at(answered - 5), at(answered), answer, terms)
            .unwrap()
    }

    fn unit(number: i64, begun: i64) -> BegunUnit {
        BegunUnit { number, begun_at: at(begun) }
    }

    #[test]
    fn the_answer_counts_from_its_own_instant_and_up_to_its_cap() {
        let consents = Consents::new(vec![overtime(1, 100, Answer::Yes, 2)]).unwrap();
        assert!(consents.for_unit(&unit(1, 99)).is_none());
        assert_eq!(consents.for_unit(&unit(1, 100)).unwrap().answered_at, at(100));
        assert!(consents.for_unit(&unit(2, 500)).is_some());
        assert!(consents.for_unit(&unit(3, 500)).is_none());
    }

    #[test]
    fn a_later_no_withdraws_what_has_not_begun() {
        let answers = vec![overtime(1, 100, Answer::Yes, 5), overtime(2, 200, Answer::No, 5)];
        let consents = Consents::new(answers).unwrap();
        assert!(consents.for_unit(&unit(1, 199)).is_some());
        assert!(consents.for_unit(&unit(2, 200)).is_none());
    }

    #[test]
    fn in_one_instant_the_most_cautious_answer_counts() {
        for answers in [
            vec![overtime(1, 100, Answer::Yes, 5), overtime(2, 100, Answer::No, 5)],
            vec![overtime(2, 100, Answer::No, 5), overtime(1, 100, Answer::Yes, 5)],
        ] {
            assert!(Consents::new(answers).unwrap().for_unit(&unit(1, 100)).is_none());
        }
        let answers = vec![overtime(1, 100, Answer::Yes, 5), overtime(2, 100, Answer::Yes, 1)];
        assert!(Consents::new(answers).unwrap().for_unit(&unit(2, 100)).is_none());
    }

    #[test]
    fn an_item_is_agreed_up_to_its_price() {
        let terms = vec![ConsentTerm::Item { item: "packing".into(), max_yen: Yen(960) }];
        let yes = ConsentAnswer::new(FactId(Uuid::from_u128(1)), at(0), at(10), Answer::Yes, terms).unwrap();
        let consents = Consents::new(vec![yes]).unwrap();
        assert!(consents.for_item("packing", at(10), Yen(960)).is_some());
        assert!(consents.for_item("packing", at(10), Yen(961)).is_none());
        assert!(consents.for_item("packing", at(9), Yen(480)).is_none());
        assert!(consents.for_item("hose", at(10), Yen(480)).is_none());
        assert!(consents.for_unit(&unit(1, 10)).is_none(), "consent to a part is not consent to overtime");
    }

    #[test]
    fn impossible_answers_are_refused() {
        let id = FactId(Uuid::from_u128(1));
        let cap = |cap_units| vec![ConsentTerm::Overtime { cap_units }];
        assert!(ConsentAnswer::new(id, at(1), at(0), Answer::Yes, cap(1)).is_err());
        assert!(ConsentAnswer::new(id, at(0), at(0), Answer::Yes, vec![]).is_err());
        assert!(ConsentAnswer::new(id, at(0), at(0), Answer::Yes, cap(-1)).is_err());
        assert!(ConsentAnswer::new(id, at(0), at(0), Answer::Yes, cap(100_001)).is_err());
        assert!(Consents::new(vec![overtime(1, 0, Answer::Yes, 1); 501]).is_err());
    }
}
