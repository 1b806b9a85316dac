//! Reads of personal data that wait to be written: so many, and what does not fit is counted.

use std::{
    collections::VecDeque,
    sync::{
        Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

use super::clock::Bell;
use crate::domain::reads::Read;

/// Reads that wait at most.
const QUEUE_MAX: usize = 5_000;
/// So many are not left waiting for company.
const HURRY: usize = 500;

/// Reads that wait to be written.
#[derive(Default)]
pub(super) struct Waiting {
    queue: Mutex<VecDeque<Read>>,
    lost: AtomicU64,
    bell: RwLock<Option<Bell>>,
}

impl Waiting {
    /// Takes a read in, unless too many wait.
    pub(super) fn push(&self, read: Read) {
        let mut queue = self.queue();
        if queue.len() >= QUEUE_MAX {
            self.lost.fetch_add(1, Ordering::Relaxed);
            return;
        }
        queue.push_back(read);
        let news = [1, HURRY].contains(&queue.len());
        drop(queue);
        if let (true, Some(bell)) = (news, &*self.bell.read().unwrap_or_else(PoisonError::into_inner)) {
            bell.ring();
        }
    }

    /// The oldest ones, so many at most.
    pub(super) fn take(&self, most: usize) -> Vec<Read> {
        let mut queue = self.queue();
        let count = queue.len().min(most);
        queue.drain(..count).collect()
    }

    /// They could not be written: they are the oldest again.
    pub(super) fn put_back(&self, reads: Vec<Read>) {
        let mut queue = self.queue();
        for read in reads.into_iter().rev() {
            queue.push_front(read);
        }
    }

    /// Has this bell rung when the first one waits, and again when many do.
    pub(super) fn ring(&self, bell: Bell) {
        *self.bell.write().unwrap_or_else(PoisonError::into_inner) = Some(bell);
    }

    /// How many wait, and how many did not fit.
    pub(super) fn figures(&self) -> (usize, u64) {
        (self.queue().len(), self.lost.load(Ordering::Relaxed))
    }

    fn queue(&self) -> MutexGuard<'_, VecDeque<Read>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
