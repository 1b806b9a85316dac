//! The service a use-case runs in: database, clock, randomness, and the bells that wake workers.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use rand::{SeedableRng as _, rngs::StdRng};

use super::clock::{Bell, Clock};
use crate::{
    domain::{event::Event, span::Instant},
    store::Db,
};

/// The service. Cheap to clone.
#[derive(Clone)]
pub struct Ctx(Arc<Inner>);

struct Inner {
    db: Db,
    clock: Clock,
    rng: Mutex<StdRng>,
    on_commit: Bells,
    on_feed: Bells,
}

/// Who is woken by one thing.
#[derive(Default)]
struct Bells(RwLock<Vec<Bell>>);

impl Bells {
    fn add(&self, bell: Bell) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).push(bell);
    }

    fn ring(&self) {
        for bell in self.0.read().unwrap_or_else(PoisonError::into_inner).iter() {
            bell.ring();
        }
    }
}

impl Ctx {
    /// A service on a database, with a clock and a source of randomness.
    #[must_use]
    pub fn new(db: Db, clock: Clock, rng: StdRng) -> Self {
        let rng = Mutex::new(rng);
        Self(Arc::new(Inner { db, clock, rng, on_commit: Bells::default(), on_feed: Bells::default() }))
    }

    /// Randomness from the operating system, for everything but tests that must repeat.
    #[must_use]
    pub fn system_rng() -> StdRng {
        #[allow(clippy::disallowed_methods, reason = "the one place where the machine's randomness is read")]
        let mut source = rand::rng();
        StdRng::from_rng(&mut source)
    }

    /// The database.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.0.clock.now()
    }

    pub(super) fn rng(&self) -> MutexGuard<'_, StdRng> {
        self.0.rng.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has this bell rung whenever a use-case of this node has committed.
    pub fn ring_on_commit(&self, bell: Bell) {
        self.0.on_commit.add(bell);
    }

    /// Has this bell rung whenever the feed has grown.
    pub fn ring_on_feed(&self, bell: Bell) {
        self.0.on_feed.add(bell);
    }

    /// The feed has grown: wakes its readers.
    pub fn feed_grew(&self) {
        self.0.on_feed.ring();
    }

    /// A use-case has committed these events: wakes the sequencer.
    pub(super) async fn committed(&self, _events: impl Iterator<Item = &Event>) {
        self.0.on_commit.ring();
    }
}
