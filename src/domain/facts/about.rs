//! Which assignment what a technician tells is about.

use super::TRUST_SLACK;
use crate::domain::{
    offers::{Assignment, ReleaseCode},
    span::Instant,
};

/// Whether what is told to have been so since an instant is about this assignment, and not about an earlier visit of the same
/// technician; `all` are the assignments of the job. One that was only taken away and is given again goes on (G-03), and what
/// was agreed by telephone may have begun before the desk wrote it down (G-01).
#[must_use]
pub fn is_about(assignment: &Assignment, all: &[Assignment], since: Instant) -> bool {
    if since >= assignment.assigned_at {
        return true;
    }
    let own = |one: &&Assignment| one.technician_id == assignment.technician_id && one.id < assignment.id;
    let mut earlier: Vec<_> = all.iter().filter(own).collect();
    earlier.sort_by_key(|one| one.id);
    let mut from = assignment.counts_from;
    for one in earlier.into_iter().rev() {
        if matches!(one.release_code(), Some(ReleaseCode::VisitOver | ReleaseCode::Completed)) {
            return since >= from && one.released_at().is_none_or(|over| since > over);
        }
        from = from.min(one.counts_from);
    }
    since >= from - TRUST_SLACK
}
