//! What is looked up for all who ask: they wait for one look, however many they are.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Mutex;

/// The last look, for whoever asked before it began.
#[derive(Debug)]
pub(super) struct Shared<T> {
    last: Mutex<Option<(u64, T)>>,
    begun: AtomicU64,
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self { last: Mutex::default(), begun: AtomicU64::new(0) }
    }
}

impl<T: Clone> Shared<T> {
    /// The outcome of a look that began after this call. Of many calls at once the first looks, and the next one looks for
    /// all others.
    pub(super) async fn ask(&self, look: impl Future<Output = T>) -> T {
        let before = self.begun.load(Ordering::SeqCst);
        let mut last = self.last.lock().await;
        // Whoever hung up while looking has left nothing.
        if let Some((_, found)) = last.as_ref().filter(|(number, _)| *number > before) {
            return found.clone();
        }
        let number = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
        let found = look.await;
        *last = Some((number, found.clone()));
        found
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::sync::Semaphore;

    use super::*;

    /// Looks once `gate` lets it; counts how often.
    async fn look(gate: &Semaphore, looks: &AtomicU64) -> u64 {
        gate.acquire().await.unwrap().forget();
        looks.fetch_add(1, Ordering::SeqCst) + 1
    }

    #[tokio::test]
    async fn those_who_ask_while_one_looks_share_the_next_look() {
        let (shared, gate, looks) =
            (Arc::new(Shared::default()), Arc::new(Semaphore::new(0)), Arc::new(AtomicU64::new(0)));
        let ask = || {
            let (shared, gate, looks) = (shared.clone(), gate.clone(), looks.clone());
            tokio::spawn(async move { shared.ask(look(&gate, &looks)).await })
        };
        let first = ask();
        while shared.begun.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        let others: Vec<_> = (0..50).map(|_| ask()).collect();
        for _ in 0..200 {
            tokio::task::yield_now().await;
        }
        gate.add_permits(52);
        assert_eq!(first.await.unwrap(), 1);
        for other in others {
            assert_eq!(other.await.unwrap(), 2, "a look that began before they asked says nothing about now");
        }
        assert_eq!(looks.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn who_hangs_up_while_looking_leaves_the_look_to_the_next() {
        let shared = Shared::default();
        let (gate, looks) = (Semaphore::new(0), AtomicU64::new(0));
        let mut asked = Box::pin(shared.ask(look(&gate, &looks)));
        assert!(futures_util::poll!(&mut asked).is_pending());
        drop(asked);
        gate.add_permits(1);
        assert_eq!(shared.ask(look(&gate, &looks)).await, 1);
    }
}
