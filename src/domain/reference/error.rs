//! What is wrong with a data set, and where.

use std::fmt;

use super::embedded::Dataset;

/// At most so many errors are reported at once.
pub const ERRORS_MAX: usize = 20;

/// One thing that is wrong with a data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceError {
    /// The data set.
    pub dataset: Dataset,
    /// Line, counted from 1, where one can be named.
    pub line: Option<usize>,
    /// Path of the key, as in `desk[3].hours.windows[0].from`.
    pub path: Option<String>,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for ReferenceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.dataset)?;
        if let Some(line) = self.line {
            write!(f, " line {line}")?;
        }
        if let Some(path) = &self.path {
            write!(f, " {path}")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for ReferenceError {}

/// Everything found wrong, at most [`ERRORS_MAX`]. Nothing was loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceErrors(Vec<ReferenceError>);

impl ReferenceErrors {
    /// The first [`ERRORS_MAX`] of `errors`.
    pub(super) fn first_of(mut errors: Vec<ReferenceError>) -> Self {
        errors.truncate(ERRORS_MAX);
        Self(errors)
    }

    /// The errors, in the order of the data sets.
    #[must_use]
    pub fn all(&self) -> &[ReferenceError] {
        &self.0
    }
}

impl fmt::Display for ReferenceErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for ReferenceErrors {}
