//! Two clocks. A batch says when it was sent by the device's clock, and the service knows when it came: the difference
//! is the device's skew and the delay of the network together. Delay only ever adds, so the least difference of all
//! batches of a device is the best estimate of its skew, and one skew for all its reports keeps every length of time as
//! the device measured it: a slow network never makes work longer.
//!
//! A clock that is set tells another time from then on, and not of what was heard before: batches that differ by more than a
//! request can take begin a stretch of their own.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::{
    Fact, Flag, FlagCode,
    fact::{DeviceOf, device_of},
};
use crate::domain::{ids::FactId, span::Instant};

/// Skew below this is not corrected: it cannot be told from delay.
pub const SKEW_IGNORED: TimeDelta = TimeDelta::seconds(5);
/// Skew above this goes to review.
pub const SKEW_MAX: TimeDelta = TimeDelta::hours(2);
/// Batches of one device that differ by more than this tell of a clock that was set meanwhile: a request takes less.
pub const SKEW_SPREAD_MAX: TimeDelta = TimeDelta::minutes(2);

/// The clocks of all devices on a job.
pub(super) struct Clocks<'a> {
    skews: BTreeMap<FactId, TimeDelta>,
    doubtful: Vec<DeviceOf<'a>>,
}

/// While the clock of a device was not set.
struct Stretch {
    least: TimeDelta,
    most: TimeDelta,
    /// Begun by a report that is believed about its clock.
    is_believed: bool,
    facts: Vec<FactId>,
}

impl<'a> Clocks<'a> {
    /// `is_believed` says of which reports the clock counts for what was heard before them. The others are put right by what
    /// is known of their device, and move nothing.
    pub(super) fn of(facts: impl Iterator<Item = &'a Fact>, is_believed: impl Fn(&Fact) -> bool) -> Self {
        let mut devices: BTreeMap<DeviceOf<'a>, Vec<&Fact>> = BTreeMap::new();
        for fact in facts {
            devices.entry(device_of(fact)).or_default().push(fact);
        }
        let mut clocks = Self { skews: BTreeMap::new(), doubtful: Vec::new() };
        for (device, mut facts) in devices {
            facts.sort_by_key(|fact| (fact.received_at, fact.device_seq, fact.id));
            let stretches = stretches(&facts, &is_believed);
            let believed = || stretches.iter().filter(|stretch| stretch.is_believed);
            if believed().count() > 1 || believed().any(|stretch| stretch.least.abs() > SKEW_MAX) {
                clocks.doubtful.push(device);
            }
            for stretch in &stretches {
                clocks.skews.extend(stretch.facts.iter().map(|fact| (*fact, stretch.skew())));
            }
        }
        clocks
    }

    /// A time of the device's clock by the service's clock.
    pub(super) fn corrected(&self, fact: &Fact, at: Instant) -> Instant {
        at + self.skews.get(&fact.id).copied().unwrap_or_default()
    }

    /// What is doubtful about them.
    pub(super) fn flags(&self) -> impl Iterator<Item = Flag> {
        self.doubtful.iter().map(|(technician, _)| Flag::of(FlagCode::ClockSkew, *technician))
    }
}

/// The reports of one device in the order in which they came, divided where its clock was set.
fn stretches(facts: &[&Fact], is_believed: impl Fn(&Fact) -> bool) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    for fact in facts {
        let ahead = fact.received_at - fact.sent_at;
        let is_believed = is_believed(fact);
        match stretches.last_mut().filter(|last| last.holds(ahead)) {
            Some(last) => {
                if is_believed {
                    (last.least, last.most) = (last.least.min(ahead), last.most.max(ahead));
                    last.is_believed = true;
                }
                last.facts.push(fact.id);
            }
            None => stretches.push(Stretch { least: ahead, most: ahead, is_believed, facts: vec![fact.id] }),
        }
    }
    stretches
}

impl Stretch {
    fn holds(&self, ahead: TimeDelta) -> bool {
        self.most.max(ahead) - self.least.min(ahead) <= SKEW_SPREAD_MAX
    }

    fn skew(&self) -> TimeDelta {
        if self.least.abs() < SKEW_IGNORED { TimeDelta::zero() } else { self.least }
    }
}
