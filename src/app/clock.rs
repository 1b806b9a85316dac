//! The clock, and the seats workers wait on. The only place where time is read or slept through.
//!
//! A scenario clock stands still until it is driven: `advance_to` moves it from one worker's deadline to the next,
//! each time waiting until every worker is back in its seat. So a whole night plays in a moment, workers included,
//! and always the same way. It does not stop for those who only look around: they look where it stops anyway.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{SubsecRound as _, TimeDelta};
use tokio::sync::Notify;

use crate::domain::span::Instant;

/// PostgreSQL keeps microseconds; the clock is cut to what both engines keep.
const SUBSECOND_DIGITS: u16 = 6;

/// Whoever sleeps looks at the machine's clock this often: it may have been set, or have slept itself.
const NAP_MAX: Duration = Duration::from_secs(2);

/// The clock. Cheap to clone.
#[derive(Clone)]
pub struct Clock(Arc<Inner>);

struct Inner {
    kind: Kind,
    table: Mutex<Table>,
    /// Somebody sat down, or left for good.
    settled: Notify,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    System,
    Scenario,
}

struct Table {
    /// What a scenario clock shows; unused by the system clock.
    shown: Instant,
    stopping: bool,
    seats: Vec<SeatState>,
}

struct SeatState {
    state: State,
    wake: Arc<Notify>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Working,
    /// Working, and a bell has rung meanwhile.
    WorkingRung,
    Waiting(Option<Instant>),
    /// Waiting, and will look around at the instant: nothing happens then by itself.
    Idling(Instant),
    /// Waiting for the first, and will look around at the second.
    Watching(Option<Instant>, Instant),
    Left,
}

/// Why a worker was woken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wake {
    /// There may be work.
    Work,
    /// The service is stopping: finish and leave.
    Stop,
}

impl Clock {
    /// The time of the machine.
    #[must_use]
    pub fn system() -> Self {
        Self::new(Kind::System, Instant::UNIX_EPOCH)
    }

    /// A clock that stands at `start` until it is driven.
    #[must_use]
    pub fn scenario(start: Instant) -> Self {
        Self::new(Kind::Scenario, start.trunc_subsecs(SUBSECOND_DIGITS))
    }

    fn new(kind: Kind, shown: Instant) -> Self {
        let table = Mutex::new(Table { shown, stopping: false, seats: Vec::new() });
        Self(Arc::new(Inner { kind, table, settled: Notify::new() }))
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        // The table is left consistent by every holder; a panic elsewhere must not stop the clock.
        self.0.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Now, cut to microseconds.
    #[must_use]
    pub fn now(&self) -> Instant {
        match self.0.kind {
            #[allow(clippy::disallowed_methods, reason = "the one place where the machine's clock is read")]
            Kind::System => chrono::Utc::now().trunc_subsecs(SUBSECOND_DIGITS),
            Kind::Scenario => self.table().shown,
        }
    }

    /// A seat for one worker.
    #[must_use]
    pub fn seat(&self) -> Seat {
        let mut table = self.table();
        let wake = Arc::new(Notify::new());
        table.seats.push(SeatState { state: State::Working, wake: wake.clone() });
        Seat { clock: self.clone(), index: table.seats.len() - 1, wake }
    }

    /// Tells every worker to finish and leave.
    pub fn stop(&self) {
        let mut table = self.table();
        table.stopping = true;
        for seat in &mut table.seats {
            seat.call();
        }
    }

    /// Waits until every worker waits and no bell is unanswered.
    pub async fn settle(&self) {
        loop {
            let settled = self.0.settled.notified();
            if self
                .table()
                .seats
                .iter()
                .all(|seat| !matches!(seat.state, State::Working | State::WorkingRung))
            {
                return;
            }
            settled.await;
        }
    }

    /// Drives a scenario clock to `target`, stopping at every deadline on the way. The system clock does not obey.
    pub async fn advance_to(&self, target: Instant) {
        if self.0.kind == Kind::System {
            return;
        }
        let target = target.trunc_subsecs(SUBSECOND_DIGITS);
        loop {
            self.settle().await;
            if !self.table().step(target) {
                return;
            }
        }
    }

    /// Drives a scenario clock onward by `by`.
    pub async fn advance(&self, by: TimeDelta) {
        self.advance_to(self.now() + by).await;
    }
}

impl Table {
    /// Moves to the earliest deadline up to `target` and calls whoever waits for it; at the target, with nobody
    /// left to call, answers `false`.
    fn step(&mut self, target: Instant) -> bool {
        let deadline = |seat: &SeatState| match seat.state {
            State::Waiting(until) | State::Watching(until, _) => until,
            _ => None,
        };
        let next = self.seats.iter().filter_map(deadline).min().filter(|next| *next <= target);
        self.shown = self.shown.max(next.unwrap_or(target));
        let shown = self.shown;
        let mut called = false;
        for seat in &mut self.seats {
            if seat.state.called_at().is_some_and(|at| at <= shown) {
                seat.call();
                called = true;
            }
        }
        called
    }
}

impl State {
    /// When it is called without a bell; none while it works.
    fn called_at(self) -> Option<Instant> {
        match self {
            Self::Waiting(until) => until,
            Self::Idling(look) => Some(look),
            Self::Watching(until, look) => Some(until.map_or(look, |until| until.min(look))),
            Self::Working | Self::WorkingRung | Self::Left => None,
        }
    }

    fn is_seated(self) -> bool {
        matches!(self, Self::Waiting(_) | Self::Idling(_) | Self::Watching(..))
    }
}

impl SeatState {
    fn call(&mut self) {
        match self.state {
            State::Waiting(_) | State::Idling(_) | State::Watching(..) => {
                self.state = State::Working;
                self.wake.notify_one();
            }
            State::Working => self.state = State::WorkingRung,
            State::WorkingRung | State::Left => {}
        }
    }
}

/// Where one worker waits for its deadline or its bell.
pub struct Seat {
    clock: Clock,
    index: usize,
    wake: Arc<Notify>,
}

/// Wakes one worker. A ring while it works is kept until it next waits.
#[derive(Clone)]
pub struct Bell {
    clock: Clock,
    index: usize,
}

impl Seat {
    /// The bell of this seat.
    #[must_use]
    pub fn bell(&self) -> Bell {
        Bell { clock: self.clock.clone(), index: self.index }
    }

    /// Waits for the bell, or for `until` where one is given.
    pub async fn wait(&mut self, until: Option<Instant>) -> Wake {
        self.wait_as(State::Waiting(until)).await
    }

    /// Waits for the bell, and looks around at `until` for what no bell has told of. On a driven clock others have done
    /// nothing while it moves: it is not stopped for that, and whoever is due looks where it stops next.
    pub async fn idle(&mut self, until: Instant) -> Wake {
        self.wait_as(State::Idling(until)).await
    }

    /// Waits for the bell, or for `until` where one is given, and looks around at `look`: for what other nodes have done,
    /// and in case the machine's clock was set or has slept. A driven clock does not stop for that.
    pub async fn watch(&mut self, until: Option<Instant>, look: Instant) -> Wake {
        self.wait_as(State::Watching(until, look)).await
    }

    async fn wait_as(&mut self, state: State) -> Wake {
        let until = state.called_at();
        if let Some(wake) = self.sit(state) {
            return wake;
        }
        loop {
            match (self.clock.0.kind, until) {
                (Kind::System, Some(until)) => {
                    let nap = nap(until - self.clock.now());
                    #[allow(clippy::disallowed_methods, reason = "the one place where time is slept through")]
                    let timer = tokio::time::sleep(nap);
                    tokio::select! {
                        () = self.wake.notified() => {}
                        () = timer => {
                            if self.clock.now() < until {
                                continue;
                            }
                            self.clock.table().seats[self.index].call();
                        }
                    }
                }
                _ => self.wake.notified().await,
            }
            let table = self.clock.table();
            if !table.seats[self.index].state.is_seated() {
                return if table.stopping { Wake::Stop } else { Wake::Work };
            }
        }
    }

    /// Sits down, unless there is a reason not to.
    fn sit(&mut self, state: State) -> Option<Wake> {
        let now = self.clock.now();
        let mut table = self.clock.table();
        if table.stopping {
            return Some(Wake::Stop);
        }
        let seat = &mut table.seats[self.index];
        if seat.state == State::WorkingRung || state.called_at().is_some_and(|at| at <= now) {
            seat.state = State::Working;
            return Some(Wake::Work);
        }
        seat.state = state;
        drop(table);
        self.clock.0.settled.notify_waiters();
        None
    }
}

/// How long to sleep before the clock is looked at again.
fn nap(left: TimeDelta) -> Duration {
    left.to_std().unwrap_or_default().min(NAP_MAX)
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.clock.table().seats[self.index].state = State::Left;
        self.clock.0.settled.notify_waiters();
    }
}

impl Bell {
    /// Wakes the worker, or has it look again before it next waits.
    pub fn ring(&self) {
        self.clock.table().seats[self.index].call();
    }

    /// Wakes the worker when something is due before it would wake by itself.
    pub fn ring_for(&self, due: Instant) {
        let seat = &mut self.clock.table().seats[self.index];
        let knows = match seat.state {
            State::Waiting(until) | State::Watching(until, _) => until.is_some_and(|until| until <= due),
            _ => false,
        };
        if !knows {
            seat.call();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn start() -> Instant {
        "2026-11-22T12:00:00Z".parse().unwrap()
    }

    #[tokio::test]
    async fn a_driven_clock_stops_at_every_deadline() {
        let clock = Clock::scenario(start());
        let mut seat = clock.seat();
        let worker = clock.clone();
        let seen = tokio::spawn(async move {
            let mut seen = Vec::new();
            while seat.wait(Some(worker.now() + TimeDelta::minutes(7))).await == Wake::Work {
                seen.push((worker.now() - start()).num_minutes());
            }
            seen
        });
        clock.advance(TimeDelta::minutes(30)).await;
        assert_eq!(clock.now(), start() + TimeDelta::minutes(30));
        clock.stop();
        assert_eq!(seen.await.unwrap(), [7, 14, 21, 28]);
    }

    #[tokio::test]
    async fn a_driven_clock_does_not_stop_for_who_looks_around_and_calls_him_where_it_stops() {
        let clock = Clock::scenario(start());
        let (mut idle, mut busy) = (clock.seat(), clock.seat());
        let passed = |clock: &Clock| (clock.now() - start()).num_minutes();
        let worker = clock.clone();
        let looks = tokio::spawn(async move {
            let mut looks = Vec::new();
            while idle.idle(worker.now() + TimeDelta::minutes(1)).await == Wake::Work {
                looks.push(passed(&worker));
            }
            looks
        });
        let worker = clock.clone();
        let works = tokio::spawn(async move {
            let mut works = Vec::new();
            while busy.wait(Some(worker.now() + TimeDelta::minutes(7))).await == Wake::Work {
                works.push(passed(&worker));
            }
            works
        });
        clock.advance(TimeDelta::minutes(20)).await;
        clock.advance(TimeDelta::seconds(30)).await;
        clock.advance(TimeDelta::seconds(30)).await;
        clock.stop();
        assert_eq!(works.await.unwrap(), [7, 14, 21]);
        assert_eq!(
            looks.await.unwrap(),
            [7, 14, 20, 21],
            "each once, and not half a minute after the last time"
        );
    }

    #[tokio::test]
    async fn who_watches_is_rung_for_what_is_due_sooner_alone() {
        let clock = Clock::scenario(start());
        let mut seat = clock.seat();
        let bell = seat.bell();
        let worker = clock.clone();
        let in_minutes = |minutes| start() + TimeDelta::minutes(minutes);
        let rounds = tokio::spawn(async move {
            let mut rounds = Vec::new();
            while seat.watch(Some(in_minutes(60)), worker.now() + TimeDelta::minutes(5)).await == Wake::Work {
                rounds.push((worker.now() - start()).num_minutes());
                if rounds.len() == 3 {
                    break;
                }
            }
            rounds
        });
        clock.settle().await;
        bell.ring_for(in_minutes(60));
        clock.settle().await;
        bell.ring_for(in_minutes(59));
        clock.settle().await;
        clock.advance(TimeDelta::minutes(7)).await;
        clock.advance(TimeDelta::minutes(60)).await;
        assert_eq!(rounds.await.unwrap(), [0, 7, 60], "rung once, looked around, and was due");
    }

    #[tokio::test]
    async fn a_ring_during_work_is_answered_after_it() {
        let clock = Clock::scenario(start());
        let mut seat = clock.seat();
        let bell = seat.bell();
        let rounds = Arc::new(AtomicUsize::new(0));
        let counted = rounds.clone();
        bell.ring();
        let worker = tokio::spawn(async move {
            while seat.wait(None).await == Wake::Work {
                counted.fetch_add(1, Ordering::SeqCst);
            }
        });
        clock.settle().await;
        assert_eq!(rounds.load(Ordering::SeqCst), 1);
        bell.ring();
        clock.settle().await;
        assert_eq!(rounds.load(Ordering::SeqCst), 2);
        clock.stop();
        worker.await.unwrap();
    }

    #[test]
    fn nobody_sleeps_longer_than_a_moment_without_looking_at_the_clock() {
        assert_eq!(nap(TimeDelta::hours(1)), NAP_MAX);
        assert_eq!(nap(TimeDelta::milliseconds(1_999)), Duration::from_millis(1_999));
        assert_eq!(nap(TimeDelta::seconds(-5)), Duration::ZERO, "the clock was set forward");
    }

    #[tokio::test]
    async fn the_system_clock_wakes_by_bell_without_waiting_for_its_deadline() {
        let clock = Clock::system();
        let mut seat = clock.seat();
        let bell = seat.bell();
        let worker = tokio::spawn(async move { seat.wait(Some(Instant::MAX_UTC)).await });
        clock.settle().await;
        bell.ring();
        assert_eq!(worker.await.unwrap(), Wake::Work);
    }
}
