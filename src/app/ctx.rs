//! The service a use-case runs in: database, clock, randomness, and the bells that wake workers.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{
    Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

use rand::{SeedableRng as _, rngs::StdRng};
use tokio::sync::watch;

use super::{
    clock::{Bell, Clock},
    in_hand::KeptDesk,
    loaded::Loaded,
    passwords::Hashing,
    reading::{Doing, Readers},
    refreshing::Refreshing,
    waiting::Waiting,
    watched_disks::Disks,
};
use crate::{
    dispatch::fleet::Fleet,
    domain::{
        address::PlaceIndex, attempts::Attempts, email::EmailAddress, events::Event, readers::Reader,
        receivers::Receivers, silence, span::Instant, users::SessionLife,
    },
    store::{Db, Lane, Soonest, files::Files},
};

/// The service. Cheap to clone.
#[derive(Clone)]
pub struct Ctx {
    inner: Arc<Inner>,
    /// By the connections of whoever works with it.
    db: Db,
}

struct Inner {
    clock: Clock,
    rng: Mutex<StdRng>,
    reference: RwLock<Arc<Loaded>>,
    fleet: Mutex<Fleet>,
    refreshing: Refreshing,
    places: tokio::sync::Mutex<Places>,
    receivers: OnceLock<Receivers>,
    files: OnceLock<Files>,
    session_life: OnceLock<SessionLife>,
    anchor_file: OnceLock<PathBuf>,
    anchor_mail: OnceLock<EmailAddress>,
    disks: OnceLock<Disks>,
    reads: Waiting,
    on_commit: Bells,
    on_due_job: Bells,
    on_due_alarm: Bells,
    on_silence: Bells,
    on_feed: Bells,
    stream: watch::Sender<Stream>,
    changes: AtomicU64,
    followed: AtomicI64,
    readers: Readers,
    in_hand: tokio::sync::Mutex<Option<KeptDesk>>,
    hashing: Hashing,
    attempts: Mutex<Attempts>,
}

/// What those wait for who pass the feed on to somebody for as long as he listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// There may be more in the feed than before.
    Grown,
    /// The service is stopping: there will be no more.
    Closing,
}

/// The index of places, once built, with the version of the gazetteer it was built from.
type Places = Option<(i64, Arc<PlaceIndex>)>;

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

    fn ring_for(&self, due: Option<Instant>) {
        let Some(due) = due else { return };
        for bell in self.0.read().unwrap_or_else(PoisonError::into_inner).iter() {
            bell.ring_for(due);
        }
    }
}

impl Ctx {
    /// A service on a database, with a clock and a source of randomness.
    #[must_use]
    pub fn new(db: Db, clock: Clock, rng: StdRng, reference: Loaded) -> Self {
        let fleet = Mutex::new(Fleet::new(clock.now()));
        let inner = Arc::new(Inner {
            clock,
            rng: Mutex::new(rng),
            reference: RwLock::new(Arc::new(reference)),
            fleet,
            refreshing: Refreshing::default(),
            places: tokio::sync::Mutex::new(None),
            receivers: OnceLock::new(),
            files: OnceLock::new(),
            session_life: OnceLock::new(),
            anchor_file: OnceLock::new(),
            anchor_mail: OnceLock::new(),
            disks: OnceLock::new(),
            reads: Waiting::default(),
            on_commit: Bells::default(),
            on_due_job: Bells::default(),
            on_due_alarm: Bells::default(),
            on_silence: Bells::default(),
            on_feed: Bells::default(),
            stream: watch::Sender::new(Stream::Grown),
            changes: AtomicU64::new(0),
            followed: AtomicI64::new(0),
            readers: Readers::default(),
            in_hand: tokio::sync::Mutex::default(),
            hashing: Hashing::new(),
            attempts: Mutex::default(),
        });
        Self { inner, db }
    }

    /// The same service for what runs by itself: requests, however many, leave it its connections.
    #[must_use]
    pub fn for_workers(&self) -> Self {
        Self { inner: self.inner.clone(), db: self.db.lane(Lane::Workers) }
    }

    /// The same service for what reads much: it uses up its own connections and nobody else's.
    #[must_use]
    pub fn for_reports(&self) -> Self {
        Self { inner: self.inner.clone(), db: self.db.lane(Lane::Reports) }
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
        &self.db
    }

    /// Has files kept here from now on; said once, before anything is kept.
    #[must_use]
    pub fn with_files(self, files: Files) -> Self {
        // A second word changes nothing: what is kept would be lost from sight.
        self.inner.files.set(files).ok();
        self
    }

    /// Lets sessions live so long; the first word counts.
    #[must_use]
    pub fn with_sessions(self, life: SessionLife) -> Self {
        self.inner.session_life.set(life).ok();
        self
    }

    /// How long a session lives; as at a desk, when nobody has said otherwise.
    #[must_use]
    pub fn session_life(&self) -> SessionLife {
        self.inner.session_life.get().copied().unwrap_or(SessionLife::DESK)
    }

    /// Has the head of the feed written to a file each night from now on.
    #[must_use]
    pub fn with_anchor_file(self, file: PathBuf) -> Self {
        self.inner.anchor_file.set(file).ok();
        self
    }

    /// The file to which the head of the feed is written each night, if there is one.
    pub(super) fn anchor_file(&self) -> Option<&Path> {
        self.inner.anchor_file.get().map(PathBuf::as_path)
    }

    /// Has the head of the feed mailed to somebody each night from now on; the first word counts.
    pub fn mail_anchors_to(&self, address: EmailAddress) {
        self.inner.anchor_mail.set(address).ok();
    }

    /// Who is mailed the head of the feed each night, if anybody is.
    pub(super) fn anchor_mail(&self) -> Option<&EmailAddress> {
        self.inner.anchor_mail.get()
    }

    /// Has the room on these disks looked at from now on; the first word counts.
    pub fn watch_disks(&self, disks: Disks) {
        self.inner.disks.set(disks).ok();
    }

    /// The disks that are looked at, where anybody has said so.
    pub(super) fn disks(&self) -> Option<&Disks> {
        self.inner.disks.get()
    }

    /// The files; in the memory where nobody has said where else.
    #[must_use]
    pub fn files(&self) -> &Files {
        self.inner.files.get_or_init(Files::in_memory)
    }

    pub(super) fn reads(&self) -> &Waiting {
        &self.inner.reads
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.inner.clock.now()
    }

    pub(super) fn rng(&self) -> MutexGuard<'_, StdRng> {
        self.inner.rng.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says which receivers the operator allows; the first time counts.
    pub fn allow_receivers(&self, receivers: Receivers) {
        self.inner.receivers.get_or_init(|| receivers);
    }

    /// Which receivers of messages the operator allows: public ones, unless he says otherwise.
    #[must_use]
    pub fn receivers(&self) -> Receivers {
        self.inner.receivers.get().copied().unwrap_or_default()
    }

    /// Has this bell rung whenever a use-case of this node has committed events.
    pub fn ring_on_commit(&self, bell: Bell) {
        self.inner.on_commit.add(bell);
    }

    /// Has this bell rung when a use-case of this node has made a job due sooner than its worker knows.
    pub fn ring_on_due_job(&self, bell: Bell) {
        self.inner.on_due_job.add(bell);
    }

    /// Has this bell rung when a use-case of this node has made an alarm due sooner than its worker knows.
    pub fn ring_on_due_alarm(&self, bell: Bell) {
        self.inner.on_due_alarm.add(bell);
    }

    /// Has this bell rung when a use-case of this node may have begun or ended a silence.
    pub fn ring_on_silence(&self, bell: Bell) {
        self.inner.on_silence.add(bell);
    }

    /// Has this bell rung whenever the feed has grown.
    pub fn ring_on_feed(&self, bell: Bell) {
        self.inner.on_feed.add(bell);
    }

    /// The feed has grown: wakes its readers.
    pub fn feed_grew(&self) {
        self.inner.changes.fetch_add(1, Ordering::AcqRel);
        self.inner.on_feed.ring();
        self.inner.stream.send_if_modified(|state| *state == Stream::Grown);
    }

    /// Tells whenever the feed has grown. Unlike a bell it needs no seat: whoever listens comes and goes, and the clock
    /// does not wait for him.
    #[must_use]
    pub fn stream(&self) -> watch::Receiver<Stream> {
        self.inner.stream.subscribe()
    }

    /// The service is stopping: whoever listens to the stream leaves.
    pub fn close_streams(&self) {
        self.inner.stream.send_replace(Stream::Closing);
    }

    /// Where passwords are hashed.
    pub(super) fn hashing(&self) -> &Hashing {
        &self.inner.hashing
    }

    /// Who has failed to sign in lately.
    pub(super) fn attempts(&self) -> MutexGuard<'_, Attempts> {
        self.inner.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A use-case has committed these events: the snapshot takes them over, workers wake.
    pub(super) async fn committed(&self, events: Vec<Event>, soonest: Soonest) {
        let is_told = !events.is_empty();
        let bears_on_silence = events.iter().any(silence::bears_on);
        if let Err(error) = self.follow(events.into_iter()).await {
            // The feed will bring the same events again; until then the snapshot is behind, which costs a retry.
            tracing::warn!(error = &error as &dyn std::error::Error, "the matching snapshot is behind");
        }
        self.inner.changes.fetch_add(1, Ordering::AcqRel);
        if is_told {
            self.inner.on_commit.ring();
        }
        if bears_on_silence {
            self.inner.on_silence.ring();
        }
        self.inner.on_due_job.ring_for(soonest.job);
        self.inner.on_due_alarm.ring_for(soonest.alarm);
    }

    /// An event was appended that tells of nothing but seals: it only waits for its position.
    pub(super) fn rows_were_sealed(&self) {
        self.inner.on_commit.ring();
    }

    /// The snapshot has heard of everything up to this position of the feed.
    pub fn has_followed(&self, pos: i64) {
        self.inner.followed.fetch_max(pos, Ordering::AcqRel);
    }

    /// Up to which position of the feed the snapshot has heard of everything.
    pub(super) fn followed(&self) -> i64 {
        self.inner.followed.load(Ordering::Acquire)
    }

    /// How the readers of the feed do.
    pub(super) fn readers(&self) -> MutexGuard<'_, BTreeMap<Reader, Doing>> {
        self.inner.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How often something has changed here or was heard of from another node.
    pub(super) fn changes(&self) -> u64 {
        self.inner.changes.load(Ordering::Acquire)
    }

    /// The queue as it was read last; whoever holds it reads for all who wait.
    pub(super) fn in_hand(&self) -> &tokio::sync::Mutex<Option<KeptDesk>> {
        &self.inner.in_hand
    }

    /// The reference data in force.
    #[must_use]
    pub fn reference(&self) -> Arc<Loaded> {
        self.inner.reference.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts newer reference data in force on this node.
    pub(super) fn replace_reference(&self, reference: Loaded) {
        *self.inner.reference.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(reference);
    }

    /// The matching snapshot.
    pub(super) fn fleet(&self) -> MutexGuard<'_, Fleet> {
        self.inner.fleet.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The index of places; held while it is built, so that it is built once.
    pub(super) async fn places(&self) -> tokio::sync::MutexGuard<'_, Option<(i64, Arc<PlaceIndex>)>> {
        self.inner.places.lock().await
    }

    /// Whose part of the snapshot is to be read again.
    pub(super) fn refreshing(&self) -> &Refreshing {
        &self.inner.refreshing
    }
}
