//! Calls: one contact by phone or chat.

mod state;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    ids::{CallId, CaseId},
    interpretations::Interpretation,
    phone::Phone,
    refusal::{CallRefused, Refusal},
    span::Instant,
    text_enum::text_enum,
};

pub use self::state::CallState;

text_enum! {
    /// How the caller reached the service.
    pub enum Channel("channel") {
        /// By telephone.
        Phone = "phone",
        /// By text chat (H-01).
        Chat = "chat",
    }
}

text_enum! {
    /// Who is calling (K-05).
    pub enum CallerRole("caller role") {
        /// The specified skilled worker himself.
        Worker = "worker",
        /// His employer.
        HostCompany = "host_company",
        /// Somebody who lives with him.
        Flatmate = "flatmate",
        /// The landlord or management company.
        Landlord = "landlord",
        /// Anybody else.
        Other = "other",
    }
}

text_enum! {
    /// Why there is no number to call back.
    pub enum NoNumber("reason for no number") {
        /// The caller's number is not passed on.
        Withheld = "withheld",
        /// A public telephone, or one that was lent for this call.
        Public = "public",
        /// The caller has none, as in a chat.
        None = "none",
    }
}

text_enum! {
    /// What is recorded of a call when it is first written down.
    pub enum Arrival("first call state") {
        /// It rings.
        Offered = "offered",
        /// A dispatcher has just answered it.
        Answered = "answered",
    }
}

text_enum! {
    /// Who is on a call.
    pub enum Party("party") {
        /// Who calls.
        Caller = "caller",
        /// The dispatcher.
        Operator = "operator",
        /// An interpreter.
        Interpreter = "interpreter",
    }
}

/// From when to when somebody was on a call (I-06).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Leg {
    /// Who.
    pub party: Party,
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when; absent while it lasts.
    pub to: Option<DateTime<Utc>>,
}

text_enum! {
    /// Whether somebody has to call back, or what came of it.
    pub enum CallBackState("call-back state") {
        /// Somebody has to.
        Due = "due",
        /// The caller was reached.
        Reached = "reached",
        /// The same number has called again and was answered.
        CalledAgain = "called_again",
        /// Three attempts, and nobody was reached; or there is no number to call.
        GivenUp = "given_up",
    }
}

text_enum! {
    /// What came of an attempt to call back.
    pub enum CallBackOutcome("call-back outcome") {
        /// The caller was reached.
        Reached = "reached",
        /// Nobody answered.
        NoAnswer = "no_answer",
        /// The number is somebody else's.
        WrongNumber = "wrong_number",
    }
}

text_enum! {
    /// Why somebody calls again about a case.
    pub enum Purpose("purpose") {
        /// When the technician comes.
        WhereIsHe = "where_is_he",
        /// There is more to know.
        MoreInformation = "more_information",
        /// It was not put right, or has come back.
        GoesOn = "goes_on",
        /// Something is wrong with what was done.
        Complaint = "complaint",
        /// Anything else.
        Other = "other",
    }
}

/// A call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Call {
    /// Its id.
    pub id: CallId,
    /// Its version, as in the ETag.
    pub version: i64,
    /// The case it belongs to, once there is one.
    pub case_id: Option<CaseId>,
    /// Why it was attached to a case that was there before it.
    pub purpose: Option<Purpose>,
    /// How the caller reached the service.
    pub channel: Channel,
    /// Language spoken (BCP 47).
    pub language: String,
    /// Language read (BCP 47): asked, never derived from a region (N-01).
    pub reading_language: Option<String>,
    /// Who is calling.
    pub caller_role: CallerRole,
    /// Where it is.
    pub state: CallState,
    /// When it began to ring.
    pub offered_at: DateTime<Utc>,
    /// When it was answered.
    pub answered_at: Option<DateTime<Utc>>,
    /// When it ended, or the caller gave up.
    pub ended_at: Option<DateTime<Utc>>,
    /// When nothing was left to do.
    pub wrapped_at: Option<DateTime<Utc>>,
    /// Whether somebody has to call back; of abandoned calls only.
    pub call_back: Option<CallBackState>,
}

/// Who called: personal data, kept apart from the call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CallPerson {
    /// Telephone number; nothing where there is none to call back.
    pub phone: Option<Phone>,
    /// Why there is none.
    pub no_number: Option<NoNumber>,
    /// Name, if given.
    pub name: Option<String>,
    /// The language as the caller names it (N-01).
    pub language_wish: Option<String>,
}

impl CallPerson {
    /// What is left to do when the caller has given up: nobody can call back somebody without a number.
    #[must_use]
    pub fn call_back(&self) -> CallBackState {
        if self.phone.is_some() { CallBackState::Due } else { CallBackState::GivenUp }
    }
}

/// Attempts to call back; after these it is given up.
pub const CALL_BACKS_MAX: i64 = 3;

/// One attempt to call back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CallBack {
    /// Which attempt, from 1.
    pub number: i64,
    /// What came of it.
    pub outcome: CallBackOutcome,
    /// When.
    pub at: DateTime<Utc>,
}

/// The clocks of a call only go forward: where that of the machine was set back meanwhile, a step counts as of the one before.
impl Call {
    /// Who is or was on the call: the clock of each interpreter is apart from the dispatcher's.
    #[must_use]
    pub fn legs(&self, interpretations: &[Interpretation]) -> Vec<Leg> {
        let caller = Leg { party: Party::Caller, from: self.offered_at, to: self.ended_at };
        let operator = self.answered_at.map(|from| Leg { party: Party::Operator, from, to: self.ended_at });
        let there = interpretations.iter().filter_map(Interpretation::on_the_line);
        let interpreters = there.map(|(from, to)| Leg { party: Party::Interpreter, from, to });
        [caller].into_iter().chain(operator).chain(interpreters).collect()
    }

    /// The call answered by a dispatcher.
    pub fn answer(self, now: Instant) -> Result<Self, Refusal> {
        self.must_be(CallState::Offered, CallRefused::CannotAnswer)?;
        let now = now.max(self.offered_at);
        Ok(Self { state: CallState::Answered, answered_at: Some(now), ..self })
    }

    /// The call whose caller gave up, and what that leaves to do.
    pub fn abandon(self, left: CallBackState, now: Instant) -> Result<Self, Refusal> {
        self.must_be(CallState::Offered, CallRefused::CannotAbandon)?;
        let now = now.max(self.offered_at);
        Ok(Self { state: CallState::Abandoned, ended_at: Some(now), call_back: Some(left), ..self })
    }

    /// The call after the dispatcher has ended it.
    pub fn end(self, now: Instant) -> Result<Self, Refusal> {
        self.must_be(CallState::Answered, CallRefused::CannotEnd)?;
        let now = now.max(self.answered_at.unwrap_or(self.offered_at));
        Ok(Self { state: CallState::Ended, ended_at: Some(now), ..self })
    }

    /// The call after which nothing is left to do.
    pub fn wrap(self, now: Instant) -> Result<Self, Refusal> {
        self.must_be(CallState::Ended, CallRefused::CannotWrapUp)?;
        let now = now.max(self.ended_at.unwrap_or(self.offered_at));
        Ok(Self { state: CallState::Wrapped, wrapped_at: Some(now), ..self })
    }

    /// Refuses to have an interpreter join a call that nobody is taking.
    pub fn may_be_joined(&self) -> Result<(), Refusal> {
        self.must_be(CallState::Answered, CallRefused::CannotJoin)
    }

    /// The call attached to a case that was there before it.
    pub fn attach(self, case: CaseId, purpose: Purpose) -> Result<Self, Refusal> {
        if self.case_id.is_some() {
            return Err(CallRefused::HasCase.into());
        }
        Ok(Self { case_id: Some(case), purpose: Some(purpose), ..self })
    }

    /// The call after the `number`th attempt to call back.
    pub fn called_back(self, number: i64, outcome: CallBackOutcome) -> Result<Self, Refusal> {
        let left = match outcome {
            CallBackOutcome::Reached => CallBackState::Reached,
            // A wrong number stays one, but it may have been dialled wrongly.
            CallBackOutcome::NoAnswer | CallBackOutcome::WrongNumber if number >= CALL_BACKS_MAX => {
                CallBackState::GivenUp
            }
            CallBackOutcome::NoAnswer | CallBackOutcome::WrongNumber => CallBackState::Due,
        };
        self.call_back_settled(left)
    }

    /// The call for which nobody has to call back any more: the caller was answered meanwhile.
    pub fn called_again(self) -> Result<Self, Refusal> {
        self.call_back_settled(CallBackState::CalledAgain)
    }

    /// The call without the case it was attached to, and that case. The call a case was opened from stays with it.
    pub fn detach(self) -> Result<(Self, CaseId), Refusal> {
        let case = self.case_id.ok_or(CallRefused::HasNoCase)?;
        if self.purpose.is_none() {
            return Err(CallRefused::OpenedItsCase.into());
        }
        Ok((Self { case_id: None, purpose: None, ..self }, case))
    }

    /// Refuses to go on with somebody nobody has spoken with: answered, or reached by calling back.
    pub fn must_have_been_spoken_with(&self) -> Result<(), Refusal> {
        let spoken = self.answered_at.is_some() || self.call_back == Some(CallBackState::Reached);
        if spoken {
            return Ok(());
        }
        Err(CallRefused::NotSpokenWith.into())
    }

    fn call_back_settled(self, to: CallBackState) -> Result<Self, Refusal> {
        if self.call_back != Some(CallBackState::Due) {
            return Err(CallRefused::NoCallBackDue.into());
        }
        Ok(Self { call_back: Some(to), ..self })
    }

    fn must_be(&self, state: CallState, refused: fn(CallState) -> CallRefused) -> Result<(), Refusal> {
        if self.state == state { Ok(()) } else { Err(refused(self.state).into()) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ringing(at: Instant) -> Call {
        Call {
            id: CallId(uuid::Uuid::nil()),
            version: 1,
            case_id: None,
            purpose: None,
            channel: Channel::Phone,
            language: "ne".to_owned(),
            reading_language: None,
            caller_role: CallerRole::Worker,
            state: CallState::Offered,
            offered_at: at,
            answered_at: None,
            ended_at: None,
            wrapped_at: None,
            call_back: None,
        }
    }

    fn at(second: i64) -> Instant {
        DateTime::from_timestamp(1_795_000_000 + second, 0).unwrap()
    }

    proptest! {
        /// Whatever is tried and whatever the machine's clock does: the clocks of a call go forward, the ones that
        /// its state calls for are there and no other, and a final state stays.
        #[test]
        fn the_clocks_of_a_call_go_forward(steps in prop::collection::vec((0..6_u8, -30..120_i64), 0..20)) {
            let mut now = 1_000;
            let mut call = ringing(at(now));
            for (step, passed) in steps {
                now += passed;
                let before = call.clone();
                let next = match step {
                    0 => call.answer(at(now)),
                    1 => call.abandon(CallBackState::Due, at(now)),
                    2 => call.end(at(now)),
                    3 => call.wrap(at(now)),
                    4 => call.called_back(1, CallBackOutcome::Reached),
                    _ => call.called_again(),
                };
                let refused = next.is_err();
                call = next.unwrap_or_else(|_| before.clone());
                prop_assert!(refused || call != before);
                if matches!(before.state, CallState::Wrapped | CallState::Abandoned) {
                    prop_assert_eq!(call.state, before.state);
                }
                let clocks = [Some(call.offered_at), call.answered_at, call.ended_at, call.wrapped_at];
                let set: Vec<_> = clocks.into_iter().flatten().collect();
                prop_assert!(set.is_sorted());
                let has = |clock: Option<Instant>| clock.is_some();
                let expected = match call.state {
                    CallState::Offered => [false, false, false],
                    CallState::Answered => [true, false, false],
                    CallState::Ended => [true, true, false],
                    CallState::Wrapped => [true, true, true],
                    CallState::Abandoned => [false, true, false],
                };
                prop_assert_eq!([has(call.answered_at), has(call.ended_at), has(call.wrapped_at)], expected);
                prop_assert_eq!(call.call_back.is_some(), call.state == CallState::Abandoned);
            }
        }
    }

    #[test]
    fn a_clock_that_was_set_back_keeps_nobody_from_going_on() {
        let call = ringing(at(3_600)).answer(at(0)).unwrap();
        let call = call.end(at(1)).unwrap().wrap(at(2)).unwrap();
        assert_eq!([call.answered_at, call.ended_at, call.wrapped_at], [Some(at(3_600)); 3]);
    }

    #[test]
    fn three_attempts_and_it_is_given_up() {
        let call = ringing(at(0)).abandon(CallBackState::Due, at(9)).unwrap();
        let call = call.called_back(1, CallBackOutcome::NoAnswer).unwrap();
        let call = call.called_back(2, CallBackOutcome::WrongNumber).unwrap();
        assert_eq!(call.call_back, Some(CallBackState::Due));
        let call = call.called_back(3, CallBackOutcome::NoAnswer).unwrap();
        assert_eq!(call.call_back, Some(CallBackState::GivenUp));
        assert!(call.called_again().is_err());
    }
}
