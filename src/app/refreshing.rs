//! Who waits for their part of the matching snapshot.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use crate::domain::ids::TechnicianId;

/// Technicians whose engagements are read in one statement.
const TOGETHER_MAX: usize = 500;

/// Whose engagements are to be read again. Whoever reads next reads for all who wait.
#[derive(Default)]
pub(super) struct Refreshing {
    /// Held by whoever reads: one at a time, so that an older reading never replaces a newer one.
    pub(super) reading: tokio::sync::Mutex<()>,
    wanted: Mutex<BTreeSet<TechnicianId>>,
}

impl Refreshing {
    /// Has somebody read again.
    pub(super) fn want(&self, technicians: impl IntoIterator<Item = TechnicianId>) {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner).extend(technicians);
    }

    /// The next ones, read for by whoever takes them.
    pub(super) fn take(&self) -> BTreeSet<TechnicianId> {
        let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        match wanted.iter().nth(TOGETHER_MAX).copied() {
            Some(next) => {
                let later = wanted.split_off(&next);
                std::mem::replace(&mut *wanted, later)
            }
            None => std::mem::take(&mut *wanted),
        }
    }
}
