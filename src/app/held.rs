//! Whom another session keeps a look at the ladder waiting for: of all who would ask them, one waits.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::Error;
use crate::domain::ids::TechnicianId;

/// Whom a look was asking when it waited in vain for another session, which may be that of a frozen node. Whoever would ask
/// one of them in the same round is passed by at once.
#[derive(Debug, Clone, Default)]
pub(super) struct Held(Arc<Mutex<Asked>>);

#[derive(Debug, Default)]
struct Asked {
    now: BTreeSet<TechnicianId>,
    in_vain: BTreeSet<TechnicianId>,
}

impl Held {
    fn asked(&self) -> MutexGuard<'_, Asked> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The present look asks them, unless one of them is held.
    pub(super) fn asks(&self, technicians: &BTreeSet<TechnicianId>) -> Result<(), Error> {
        let mut asked = self.asked();
        if !asked.in_vain.is_disjoint(technicians) {
            return Err(Error::TimedOut);
        }
        asked.now.clone_from(technicians);
        Ok(())
    }

    /// Takes in what came of the present look.
    pub(super) fn took(&self, looked: &Result<(), Error>) {
        let mut asked = self.asked();
        let now = std::mem::take(&mut asked.now);
        if matches!(looked, Err(Error::TimedOut)) {
            asked.in_vain.extend(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(numbers: &[u128]) -> BTreeSet<TechnicianId> {
        numbers.iter().map(|number| TechnicianId(uuid::Uuid::from_u128(*number))).collect()
    }

    #[test]
    fn only_who_was_asked_in_vain_is_held() {
        let held = Held::default();
        for (asked, looked, is_held) in [
            (some(&[1, 2]), Ok(()), false),
            (some(&[2, 3]), Err(Error::TimedOut), false),
            (some(&[3]), Err(Error::TimedOut), true),
            (some(&[1, 2]), Err(Error::TimedOut), true),
            (some(&[1]), Err(Error::Unavailable), false),
            (some(&[]), Err(Error::TimedOut), false),
            (some(&[1]), Ok(()), false),
        ] {
            assert_eq!(held.asks(&asked).is_err(), is_held, "{asked:?}");
            held.took(&looked);
        }
    }
}
