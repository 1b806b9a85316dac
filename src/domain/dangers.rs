//! Danger first (4.1): every hazard is asked about before a case is opened, and the instruction of each that is there
//! is given to the caller.

mod telling;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    cases::CaseState,
    ids::{CallId, CaseId},
    jobs::Job,
    reference::hazards::{HazardAction, Hazards},
    refusal::{CaseRefused, Refusal},
    span::Instant,
    text_enum::text_enum,
};

pub use self::telling::{Answers, Clearance, raised};

text_enum! {
    /// What the caller says of a hazard.
    pub enum HazardAnswer("answer") {
        /// It is there.
        Yes = "yes",
        /// It is not.
        No = "no",
        /// The caller cannot tell.
        Unknown = "unknown",
    }
}

text_enum! {
    /// What is taken for the hazards that are not named one by one; never a yes.
    pub enum OtherAnswers("answer for the other hazards") {
        /// None of them is there.
        No = "no",
        /// The caller cannot tell.
        Unknown = "unknown",
    }
}

text_enum! {
    /// Who has cleared a hazard.
    pub enum ClearedBy("clearing party") {
        /// Fire brigade or ambulance.
        FireBrigade = "fire_brigade",
        /// Police.
        Police = "police",
        /// The gas company.
        GasCompany = "gas_company",
        /// The caller.
        Caller = "caller",
        /// A supervisor of ours.
        Supervisor = "supervisor",
    }
}

text_enum! {
    /// Why a hazard is no more.
    pub enum ClearanceNote("clearance note") {
        /// The place was checked and is safe.
        CheckedSafe = "checked_safe",
        /// Nobody is trapped any more.
        PersonOut = "person_out",
        /// They are at the site and let our technician work.
        PresentOnSite = "present_on_site",
        /// It turned out that there was no danger.
        FalseAlarm = "false_alarm",
        /// The answer was recorded by mistake.
        RecordedByMistake = "recorded_by_mistake",
        /// The right of residence is confirmed.
        ResidenceConfirmed = "residence_confirmed",
        /// Anything else.
        Other = "other",
    }
}

/// One answer to one question, as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// Its number among the answers of the call, from 1.
    pub number: i64,
    /// The hazard.
    pub hazard: String,
    /// What was said.
    pub answer: HazardAnswer,
    /// When.
    pub answered_at: Instant,
}

/// The instruction for an answer, given to the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given {
    /// Number of the answer it is for.
    pub number: i64,
    /// When it was given.
    pub given_at: Instant,
}

/// Where one hazard of a call stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Danger {
    /// The hazard.
    pub hazard: String,
    /// The latest answer; absent while it has not been asked.
    pub answer: Option<HazardAnswer>,
    /// Number of the answer that is counted: of several times yes on end the first.
    #[serde(skip)]
    pub number: i64,
    /// When that answer was given.
    pub answered_at: Option<DateTime<Utc>>,
    /// When its instruction was given to the caller; for a yes only.
    pub instructed_at: Option<DateTime<Utc>>,
    /// Seconds from the answer to the instruction (section 8: less than 60 for P0).
    pub instructed_after_s: Option<i64>,
}

impl Danger {
    /// Whether the hazard is there and the caller has not been told what to do.
    #[must_use]
    pub fn lacks_instruction(&self) -> bool {
        self.answer == Some(HazardAnswer::Yes) && self.instructed_at.is_none()
    }
}

/// Where the hazards of a call stand: every one that is asked about, and those that are no longer asked about and were answered.
#[must_use]
pub fn standing(hazards: &Hazards, answers: &[Answered], given: &[Given]) -> Vec<Danger> {
    let mut asked: Vec<_> = hazards.all().iter().map(|hazard| hazard.id.as_str()).collect();
    for answer in answers {
        if !asked.contains(&answer.hazard.as_str()) {
            asked.push(&answer.hazard);
        }
    }
    dangers(asked, answers, given)
}

/// Where each hazard stands: the latest answer counts, and a yes that is repeated is still the same yes.
#[must_use]
pub fn dangers<'a>(
    hazards: impl IntoIterator<Item = &'a str>,
    answers: &[Answered],
    given: &[Given],
) -> Vec<Danger> {
    let of_one = |hazard: &str| {
        let mut counted: Option<&Answered> = None;
        for answer in answers.iter().filter(|answer| answer.hazard == hazard) {
            if counted.is_none_or(|before| before.answer != answer.answer) {
                counted = Some(answer);
            }
        }
        let told = counted.filter(|answer| answer.answer == HazardAnswer::Yes).and_then(|answer| {
            given.iter().find(|given| given.number == answer.number).map(|given| (answer, given.given_at))
        });
        Danger {
            hazard: hazard.to_owned(),
            answer: counted.map(|answer| answer.answer),
            number: counted.map_or(0, |answer| answer.number),
            answered_at: counted.map(|answer| answer.answered_at),
            instructed_at: told.map(|(_, at)| at),
            instructed_after_s: told.map(|(answer, at)| (at - answer.answered_at).num_seconds()),
        }
    };
    hazards.into_iter().map(of_one).collect()
}

/// Refuses to open a case before every hazard was asked about and every instruction given (4.1).
pub fn must_be_settled(dangers: &[Danger]) -> Result<(), Refusal> {
    let named = |which: &dyn Fn(&Danger) -> bool| -> Vec<String> {
        dangers.iter().filter(|danger| which(danger)).map(|danger| danger.hazard.clone()).collect()
    };
    let unasked = named(&|danger| danger.answer.is_none());
    if !unasked.is_empty() {
        return Err(CaseRefused::HazardsUnanswered(unasked).into());
    }
    let untold = named(&Danger::lacks_instruction);
    if !untold.is_empty() {
        return Err(CaseRefused::InstructionsNotGiven(untold).into());
    }
    Ok(())
}

/// What the calls of a case have told about its hazards.
#[derive(Debug, Clone, Default)]
pub struct Interview(Vec<Danger>);

impl Interview {
    /// The hazards of each call, together.
    #[must_use]
    pub fn of(calls: impl IntoIterator<Item = Vec<Danger>>) -> Self {
        Self(calls.into_iter().flatten().filter(|danger| danger.answer.is_some()).collect())
    }

    /// What the callers were not told what to do about.
    pub fn lacks_instruction(&self) -> impl Iterator<Item = &Danger> {
        self.0.iter().filter(|danger| danger.lacks_instruction())
    }

    /// Whether a person asks again: somebody is sent, and nothing at all is known of danger (4.1).
    #[must_use]
    pub fn is_asked_again(&self, jobs: &[Job]) -> bool {
        self.tells_nothing() && jobs.iter().any(|job| !job.state().is_final())
    }

    /// Whether everything that was asked was answered with `unknown`: then nobody knows where people are sent (4.1).
    #[must_use]
    pub fn tells_nothing(&self) -> bool {
        !self.0.is_empty() && self.0.iter().all(|danger| danger.answer == Some(HazardAnswer::Unknown))
    }

    /// Whether the caller could not tell of one of these hazards, in any call: they are asked again.
    #[must_use]
    pub fn leaves_open(&self, is_meant: impl Fn(&str) -> bool) -> bool {
        let is_known = |hazard: &str| {
            let mut own = self.0.iter().filter(|danger| danger.hazard == hazard);
            own.any(|danger| danger.answer != Some(HazardAnswer::Unknown))
        };
        self.0.iter().any(|danger| is_meant(&danger.hazard) && !is_known(&danger.hazard))
    }
}

/// Whether a new danger rings at the case itself: of no job a person is told, since none is in hand. A case that is only being
/// opened is in the hands of whoever opens it.
#[must_use]
pub fn rings_at_the_case(case: CaseState, jobs: &[Job]) -> bool {
    let was_served = case == CaseState::Closed || !jobs.is_empty();
    was_served && jobs.iter().all(|job| job.state().is_final())
}

/// A danger of a case, from when it was known until it is cleared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CaseHazard {
    /// The case.
    pub case_id: CaseId,
    /// Its number among the dangers of the case, from 1.
    pub number: i64,
    /// The hazard.
    pub hazard: String,
    /// The call in which it was told.
    pub call_id: CallId,
    /// Since when it is known.
    pub raised_at: DateTime<Utc>,
    /// When it was cleared.
    pub cleared_at: Option<DateTime<Utc>>,
    /// Who has cleared it.
    pub cleared_by: Option<ClearedBy>,
    /// Why it is no more.
    pub note_code: Option<ClearanceNote>,
}

impl CaseHazard {
    /// The danger cleared. A door that may be somebody else's is opened on the word of the police or of a supervisor
    /// only.
    pub fn cleared(
        self,
        action: Option<HazardAction>,
        by: ClearedBy,
        note: ClearanceNote,
        now: Instant,
    ) -> Result<Self, Refusal> {
        let trusted = matches!(by, ClearedBy::Police | ClearedBy::Supervisor);
        if action == Some(HazardAction::RefuseDispatch) && !trusted {
            return Err(CaseRefused::ClearanceNotAllowed.into());
        }
        Ok(Self { cleared_at: Some(now), cleared_by: Some(by), note_code: Some(note), ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Instant {
        DateTime::from_timestamp(1_795_000_000 + second, 0).unwrap()
    }

    fn said(number: i64, answer: HazardAnswer) -> Answered {
        Answered { number, hazard: "H-GAS".to_owned(), answer, answered_at: at(number * 10) }
    }

    #[test]
    fn the_latest_answer_counts_and_a_new_yes_needs_a_new_instruction() {
        use HazardAnswer::{No, Yes};
        let given = [Given { number: 1, given_at: at(35) }];
        let stands = |answers: &[Answered]| dangers(["H-GAS"], answers, &given).remove(0);
        let told = stands(&[said(1, Yes), said(2, Yes)]);
        assert_eq!((told.number, told.instructed_after_s, told.lacks_instruction()), (1, Some(25), false));
        assert!(!stands(&[said(1, Yes), said(2, No)]).lacks_instruction());
        let anew = stands(&[said(1, Yes), said(2, No), said(3, Yes)]);
        assert_eq!((anew.number, anew.lacks_instruction()), (3, true));
        assert_eq!(stands(&[]).answer, None);
    }

    #[test]
    fn a_case_needs_every_answer_and_every_instruction() {
        let answers = [said(1, HazardAnswer::Yes)];
        let refused = |given: &[Given], hazards: &[&str]| {
            must_be_settled(&dangers(hazards.iter().copied(), &answers, given)).unwrap_err().to_string()
        };
        assert!(refused(&[], &["H-GAS", "H-CRIME"]).ends_with("not asked about yet: H-CRIME"));
        assert!(refused(&[], &["H-GAS"]).ends_with("not given to the caller yet: H-GAS"));
        let given = [Given { number: 1, given_at: at(20) }];
        assert!(must_be_settled(&dangers(["H-GAS"], &answers, &given)).is_ok());
    }
}
