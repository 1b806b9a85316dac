//! Why a use-case did not happen.

use crate::{domain::refusal::Refusal, store};

/// Why a use-case did not happen. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A rule or a field refuses it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// There is no such thing, or it is not the actor's to see: the two are not told apart.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// The caller has seen an older version.
    #[error("the {what} has changed: it is at version {current}")]
    VersionMismatch {
        /// What has changed.
        what: &'static str,
        /// Its version now.
        current: i64,
    },
    /// The idempotency key was used with another request.
    #[error("this idempotency key was used for another request")]
    KeyReused,
    /// A concurrent use-case took what this one needs; it runs again by itself.
    #[error("a concurrent use-case was in the way")]
    Conflict,
    /// More work than this node takes at once.
    #[error("the service is overloaded; try again shortly")]
    Overloaded,
    /// The database is away for now, or its disk fails.
    #[error("the database does not take it now; try again shortly")]
    Unavailable,
    /// The disk of the database is full.
    #[error("the disk of the database is full")]
    DiskFull,
    /// What somebody else holds was waited for too long; the same may succeed shortly.
    #[error("what somebody else holds was waited for too long; try again shortly")]
    TimedOut,
    /// The database failed, or holds something unreadable.
    #[error(transparent)]
    Store(store::Error),
    /// A defect of the service.
    #[error("internal: {0}")]
    Internal(String),
}

impl Error {
    /// For a write that only a concurrent use-case can have made impossible: what it needs was free when it was read.
    pub(super) fn in_the_way(error: store::Error) -> Self {
        match error {
            store::Error::Exists(_) | store::Error::Forbidden(_) => {
                tracing::debug!(
                    error = &error as &dyn std::error::Error,
                    "a concurrent use-case was in the way"
                );
                Self::Conflict
            }
            other => other.into(),
        }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Retry(_) | store::Error::Stale => Self::Conflict,
            store::Error::TimedOut(_) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "given up");
                Self::TimedOut
            }
            store::Error::Unreachable(_) => {
                tracing::error!(error = &error as &dyn std::error::Error, "no database");
                Self::Unavailable
            }
            store::Error::Overloaded => Self::Overloaded,
            store::Error::Unavailable => Self::Unavailable,
            store::Error::Full => Self::DiskFull,
            other => Self::Store(other),
        }
    }
}
