//! A refusal: why a command was not carried out. What a state does not allow is a code with typed arguments; the words a
//! person can act on stand in `sentences` and nowhere else.

mod calls;
mod cases;
mod closing;
mod evidence;
mod family;
mod fitness;
mod jobs;
mod money;
mod offers;
mod office;
mod referrals;
mod roster;
mod sentences;
mod unfit;

#[cfg(test)]
pub(crate) mod tests;

pub use self::{
    calls::CallRefused,
    cases::CaseRefused,
    closing::{Closing, Obstacle},
    evidence::EvidenceRefused,
    fitness::FitnessRefused,
    jobs::JobRefused,
    money::MoneyRefused,
    offers::OfferRefused,
    office::OfficeRefused,
    referrals::ReferralRefused,
    roster::RosterRefused,
    unfit::Unfit,
};

/// One field of a request that cannot be accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Path of the field in the request body, as in `parts[0].quantity`.
    pub field: String,
    /// What is wrong with it and what would be right.
    pub message: String,
}

/// Why a command was not carried out. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A field of the request cannot be accepted.
    #[error("{}", .0.iter().map(|error| format!("{}: {}", error.field, error.message)).collect::<Vec<_>>().join("; "))]
    Invalid(Vec<FieldError>),
    /// The thing is not in a state that allows it.
    #[error("{0}")]
    State(Refused),
}

impl Refusal {
    /// Refuses one field.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError { field: field.into(), message: message.into() }])
    }

    /// The same refusal, its fields named from the root of the request: `quantity` in `parts[0]` is `parts[0].quantity`.
    #[must_use]
    pub fn inside(self, parent: &str) -> Self {
        let inside = |error: FieldError| FieldError { field: format!("{parent}.{}", error.field), ..error };
        match self {
            Self::Invalid(errors) => Self::Invalid(errors.into_iter().map(inside).collect()),
            state @ Self::State(_) => state,
        }
    }
}

/// Puts the families together: what all have is asked of the whole, and each of them is a refusal.
macro_rules! families {
    ($($(#[$meta:meta])* $variant:ident($family:ty)),+ $(,)?) => {
        /// What a state does not allow: a code with typed arguments. As a text it is its sentence, in English.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Refused { $($(#[$meta])* $variant($family)),+ }

        impl Refused {
            /// Stable code of the refusal, as in `offer_not_open`.
            #[must_use]
            pub fn code(&self) -> &'static str {
                match self { $(Self::$variant(refused) => refused.code()),+ }
            }

            /// The rule of the domain behind it, where there is one, as in `S-04`.
            #[must_use]
            pub fn rule(&self) -> Option<&'static str> {
                match self { $(Self::$variant(refused) => refused.rule()),+ }
            }
        }

        impl std::fmt::Display for Refused {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self { $(Self::$variant(refused) => std::fmt::Display::fmt(refused, f)),+ }
            }
        }

        $(impl From<$family> for Refusal {
            fn from(refused: $family) -> Self { Self::State(Refused::$variant(refused)) }
        })+
    };
}

families! {
    /// Of an offer or an acceptance.
    Offer(OfferRefused),
    /// Of a job.
    Job(JobRefused),
    /// Of whom is sent.
    Fitness(FitnessRefused),
    /// Of a call and those on it.
    Call(CallRefused),
    /// Of a case and its dangers.
    Case(CaseRefused),
    /// What keeps a case open.
    Closing(Closing),
    /// Of a referral.
    Referral(ReferralRefused),
    /// Of pictures and signatures.
    Evidence(EvidenceRefused),
    /// Of what is billed and paid.
    Money(MoneyRefused),
    /// Of shifts.
    Roster(RosterRefused),
    /// Of the office: users, receivers, alarms.
    Office(OfficeRefused),
}
