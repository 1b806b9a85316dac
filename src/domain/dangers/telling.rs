//! What is told of hazards: the answers of a caller, the dangers that follow for a case, and the word that one is no more.

use std::collections::BTreeSet;

use super::{Answered, CaseHazard, ClearanceNote, ClearedBy, HazardAnswer, OtherAnswers};
use crate::domain::{
    actor::Role,
    ids::{CallId, CaseId},
    reference::hazards::Hazards,
    refusal::{CaseRefused, Refusal},
    span::Instant,
};

/// What a caller has said about the hazards.
#[derive(Debug, Clone)]
pub struct Answers {
    /// Hazards named one by one.
    pub answers: Vec<(String, HazardAnswer)>,
    /// What is taken for the ones that have no answer yet.
    pub others: Option<OtherAnswers>,
}

impl Answers {
    /// Each answer as it is kept, after those that were given before: those that were left to `others` too.
    pub fn told(
        &self,
        before: &[Answered],
        hazards: &Hazards,
        now: Instant,
    ) -> Result<Vec<Answered>, Refusal> {
        let mut said = self.named(hazards)?;
        if let Some(others) = self.others {
            let answer = match others {
                OtherAnswers::No => HazardAnswer::No,
                OtherAnswers::Unknown => HazardAnswer::Unknown,
            };
            let is_answered = |id: &str| {
                self.answers.iter().any(|(named, _)| named == id) || before.iter().any(|one| one.hazard == id)
            };
            let left = hazards.all().iter().map(|hazard| hazard.id.as_str()).filter(|id| !is_answered(id));
            said.extend(left.map(|id| (id.to_owned(), answer)));
        } else if said.is_empty() {
            return Err(Refusal::field("answers", "is empty; expected an answer, or 'others'"));
        }
        let first = before.last().map_or(1, |last| last.number + 1);
        let kept = |(number, (hazard, answer))| Answered { number, hazard, answer, answered_at: now };
        Ok((first..).zip(said).map(kept).collect())
    }

    fn named(&self, hazards: &Hazards) -> Result<Vec<(String, HazardAnswer)>, Refusal> {
        let mut named = BTreeSet::new();
        for (at, (hazard, _)) in self.answers.iter().enumerate() {
            let field = format!("answers[{at}].hazard");
            if hazards.get(hazard).is_none() {
                return Err(Refusal::field(field, "no such hazard"));
            }
            if !named.insert(hazard.as_str()) {
                return Err(Refusal::field(field, "is answered already in this request"));
            }
        }
        Ok(self.answers.clone())
    }
}

/// The dangers that a case has from now on by what was told in a call: what is open already is no other danger.
#[must_use]
pub fn raised(
    (case_id, call_id): (CaseId, CallId),
    known: &[CaseHazard],
    told: impl IntoIterator<Item = String>,
    now: Instant,
) -> Vec<CaseHazard> {
    let mut number = known.last().map_or(1, |last| last.number + 1);
    let mut new: Vec<CaseHazard> = Vec::new();
    for hazard in told {
        let is_open = |one: &CaseHazard| one.hazard == hazard && one.cleared_at.is_none();
        if known.iter().chain(&new).any(is_open) {
            continue;
        }
        new.push(CaseHazard {
            case_id,
            number,
            hazard,
            call_id,
            raised_at: now,
            cleared_at: None,
            cleared_by: None,
            note_code: None,
        });
        number += 1;
    }
    new
}

/// A danger that is no more.
#[derive(Debug, Clone)]
pub struct Clearance {
    /// The hazard.
    pub hazard: String,
    /// Who has cleared it.
    pub cleared_by: ClearedBy,
    /// Why it is no more.
    pub note_code: ClearanceNote,
}

impl Clearance {
    /// The danger of a case, cleared on the word of somebody of this role.
    pub fn of(
        &self,
        known: &[CaseHazard],
        hazards: &Hazards,
        role: Option<Role>,
        now: Instant,
    ) -> Result<CaseHazard, Refusal> {
        let is_ours = matches!(role, Some(Role::Supervisor | Role::Administrator));
        if self.cleared_by == ClearedBy::Supervisor && !is_ours {
            return Err(Refusal::field("cleared_by", "only a supervisor can say so in a supervisor's name"));
        }
        let kind = hazards.get(&self.hazard);
        let open = known.iter().find(|one| one.hazard == self.hazard && one.cleared_at.is_none());
        match (open, kind) {
            (Some(open), _) => {
                open.clone().cleared(kind.map(|kind| kind.action), self.cleared_by, self.note_code, now)
            }
            (None, Some(_)) => Err(CaseRefused::HazardNotOpen.into()),
            (None, None) => Err(Refusal::field("hazard", "no such hazard")),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::{facts::script::at, reference::Reference};

    fn answers(named: &[(&str, HazardAnswer)], others: Option<OtherAnswers>) -> Answers {
        Answers { answers: named.iter().map(|(id, answer)| ((*id).to_owned(), *answer)).collect(), others }
    }

    #[test]
    fn what_is_left_to_the_others_is_answered_once_and_never_with_a_yes() {
        use HazardAnswer::{No, Unknown, Yes};
        let reference = Reference::embedded().unwrap();
        let hazards = reference.hazards();
        let all = hazards.all().len();
        let told = |answers: &Answers, before: &[Answered]| answers.told(before, hazards, at("10:00:00"));
        let gas = told(&answers(&[("H-GAS", Yes)], None), &[]).unwrap();
        assert_eq!((gas.len(), gas[0].number, gas[0].answered_at), (1, 1, at("10:00:00")));
        for (others, taken) in [(OtherAnswers::No, No), (OtherAnswers::Unknown, Unknown)] {
            let rest = told(&answers(&[], Some(others)), &gas).unwrap();
            assert_eq!((rest.len(), rest[0].number), (all - 1, 2));
            assert!(rest.iter().all(|one| one.answer == taken && one.hazard != "H-GAS"));
            let both = told(&answers(&[("H-GAS", Yes)], Some(others)), &[]).unwrap();
            assert_eq!((both.len(), both[0].answer), (all, Yes));
            let everything = [gas.clone(), rest].concat();
            assert_eq!(told(&answers(&[], Some(others)), &everything), Ok(vec![]), "nothing is left");
        }
        let again = told(&answers(&[("H-GAS", No)], None), &gas).unwrap();
        assert_eq!((again[0].number, again[0].answer), (2, No), "another answer to the same question");
        for refused in [
            answers(&[], None),
            answers(&[("H-NOTHING", No)], None),
            answers(&[("H-GAS", No), ("H-GAS", Yes)], None),
        ] {
            assert!(told(&refused, &[]).is_err(), "{refused:?}");
        }
    }

    fn ids() -> (CaseId, CallId) {
        (CaseId(Uuid::from_u128(1)), CallId(Uuid::from_u128(2)))
    }

    fn raised_of(known: &[CaseHazard], told: &[&str]) -> Vec<CaseHazard> {
        raised(ids(), known, told.iter().map(|hazard| (*hazard).to_owned()), at("10:00:00"))
    }

    #[test]
    fn what_is_told_twice_is_one_danger_until_it_is_cleared() {
        let gas = raised_of(&[], &["H-GAS", "H-GAS", "H-CRIME"]);
        let told: Vec<_> = gas.iter().map(|one| (one.number, one.hazard.as_str())).collect();
        assert_eq!(told, [(1, "H-GAS"), (2, "H-CRIME")]);
        assert_eq!(raised_of(&gas, &["H-CRIME", "H-GAS"]), []);
        let mut cleared = gas;
        cleared[0].cleared_at = Some(at("10:30:00"));
        let again = raised_of(&cleared, &["H-CRIME", "H-GAS"]);
        assert_eq!(
            again.iter().map(|one| (one.number, one.hazard.as_str())).collect::<Vec<_>>(),
            [(3, "H-GAS")]
        );
    }

    #[test]
    fn a_danger_is_cleared_by_whoever_may_say_so() {
        let reference = Reference::embedded().unwrap();
        let known = raised_of(&[], &["H-GAS", "H-NOT-RESIDENT", "H-GONE"]);
        for (hazard, cleared_by, role, may) in [
            ("H-GAS", ClearedBy::Caller, Role::Dispatcher, true),
            ("H-GAS", ClearedBy::Supervisor, Role::Dispatcher, false),
            ("H-GAS", ClearedBy::Supervisor, Role::Supervisor, true),
            ("H-GAS", ClearedBy::Supervisor, Role::Administrator, true),
            // A door that may be somebody else's.
            ("H-NOT-RESIDENT", ClearedBy::Caller, Role::Supervisor, false),
            ("H-NOT-RESIDENT", ClearedBy::Police, Role::Dispatcher, true),
            ("H-NOT-RESIDENT", ClearedBy::Supervisor, Role::Supervisor, true),
            // Not known of the case, and not known at all.
            ("H-SEWAGE", ClearedBy::Police, Role::Supervisor, false),
            ("H-NOTHING", ClearedBy::Police, Role::Supervisor, false),
            // No longer asked about, and known of the case.
            ("H-GONE", ClearedBy::Caller, Role::Dispatcher, true),
        ] {
            let clearance =
                Clearance { hazard: hazard.to_owned(), cleared_by, note_code: ClearanceNote::CheckedSafe };
            let noon = at("12:00:00");
            let told = clearance.of(&known, reference.hazards(), Some(role), noon);
            assert_eq!(told.is_ok(), may, "{hazard} by {cleared_by}, {role}: {told:?}");
            let cleared = told.ok().map(|one| (one.hazard, one.cleared_at, one.cleared_by));
            let expected = may.then(|| (hazard.to_owned(), Some(noon), Some(cleared_by)));
            assert_eq!(cleared, expected, "{hazard}");
        }
    }
}
