//! A refusal: why a command was not carried out, in words a person can act on.

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
    #[error("{message}")]
    State {
        /// Stable code of the refusal, as in `offer_not_open`.
        code: &'static str,
        /// The rule of the domain behind it, where there is one, as in `S-04`.
        rule: Option<&'static str>,
        /// What is so and what can be done.
        message: String,
    },
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
            state @ Self::State { .. } => state,
        }
    }

    /// Refuses because of the state the thing is in.
    pub fn state(code: &'static str, message: impl Into<String>) -> Self {
        Self::State { code, rule: None, message: message.into() }
    }

    /// Refuses because of a numbered rule.
    pub fn rule(code: &'static str, rule: &'static str, message: impl Into<String>) -> Self {
        Self::State { code, rule: Some(rule), message: message.into() }
    }
}
