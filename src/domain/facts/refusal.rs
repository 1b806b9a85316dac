//! After an identity check that failed nothing counts as work until one has passed (S-04).

use super::{CheckedId, WorkSpan};
use crate::domain::span::Instant;

/// The times during which nobody should work, earliest first; the last one may have no end.
pub(super) fn refused(checks: &[CheckedId]) -> Vec<(Instant, Option<Instant>)> {
    let mut refused: Vec<(Instant, Option<Instant>)> = Vec::new();
    for check in checks {
        match (refused.last_mut(), check.passed) {
            (Some((_, to @ None)), true) => *to = Some(check.at),
            (Some((_, None)), false) | (_, true) => {}
            (_, false) => refused.push((check.at, None)),
        }
    }
    refused
}

/// What is left of a stretch of work.
pub(super) fn without(work: &WorkSpan, refused: &[(Instant, Option<Instant>)]) -> Vec<WorkSpan> {
    let mut left = Vec::new();
    let mut from = work.from;
    for &(refused_from, refused_to) in refused {
        if refused_from >= work.to || refused_to.is_some_and(|to| to <= from) {
            continue;
        }
        if from < refused_from {
            left.push(WorkSpan { from, to: refused_from, ..work.clone() });
        }
        match refused_to {
            Some(to) => from = from.max(to),
            None => return left,
        }
    }
    if from < work.to {
        left.push(WorkSpan { from, ..work.clone() });
    }
    left
}
