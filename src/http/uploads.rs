//! Pictures that are being sent: so many at once, and so many of one sender, so that nobody keeps the others out.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::domain::ids::TokenId;

/// Pictures taken in at once: each is in the memory several times.
const AT_ONCE_MAX: usize = 16;
/// Of one sender at once.
const OF_ONE_MAX: usize = 4;

/// The pictures under way. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Uploads(Arc<Mutex<HashMap<Option<TokenId>, usize>>>);

/// One of them; it is over when this is dropped.
pub(super) struct Upload(Uploads, Option<TokenId>);

impl Uploads {
    /// One more of a sender; none where there are enough.
    pub(super) fn begin(&self, sender: Option<TokenId>) -> Option<Upload> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_one = all.get(&sender).copied().unwrap_or_default();
        if of_one >= OF_ONE_MAX || all.values().sum::<usize>() >= AT_ONCE_MAX {
            return None;
        }
        all.insert(sender, of_one + 1);
        Some(Upload(self.clone(), sender))
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        let mut all = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(number) = all.get_mut(&self.1) {
            *number = number.saturating_sub(1);
            if *number == 0 {
                all.remove(&self.1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn nobody_takes_all_the_places() {
        let uploads = Uploads::default();
        let sender = |number: u128| Some(TokenId(Uuid::from_u128(number)));
        let mut under_way: Vec<_> = (0..OF_ONE_MAX).filter_map(|_| uploads.begin(sender(1))).collect();
        assert_eq!(under_way.len(), OF_ONE_MAX);
        assert!(uploads.begin(sender(1)).is_none() && uploads.begin(sender(2)).is_some());
        under_way.extend((3..100).filter_map(|number| uploads.begin(sender(number))));
        assert_eq!(under_way.len(), AT_ONCE_MAX);
        under_way.truncate(1);
        assert!(uploads.begin(sender(1)).is_some() && uploads.begin(sender(2)).is_some());
    }
}
