//! Two clocks. A batch says when it was sent by the device's clock, and the service knows when it came: the difference
//! is the device's skew and the delay of the network together. Delay only ever adds, so the least difference of all
//! batches of a device is the best estimate of its skew, and one skew for all its reports keeps every length of time as
//! the device measured it: a slow network never makes work longer.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::{
    Fact, Flag, FlagCode,
    fact::{DeviceOf, device_of},
};
use crate::domain::span::Instant;

/// Skew below this is not corrected: it cannot be told from delay.
pub const SKEW_IGNORED: TimeDelta = TimeDelta::seconds(5);
/// Skew above this goes to review.
pub const SKEW_MAX: TimeDelta = TimeDelta::hours(2);
/// Batches of one device that differ by more than this tell of a clock that was set meanwhile: a request takes less.
pub const SKEW_SPREAD_MAX: TimeDelta = TimeDelta::minutes(2);

/// The clocks of all devices on a job.
pub(super) struct Clocks<'a>(BTreeMap<DeviceOf<'a>, Clock>);

#[derive(Clone, Copy)]
struct Clock {
    least: TimeDelta,
    most: TimeDelta,
}

impl<'a> Clocks<'a> {
    pub(super) fn of(facts: impl Iterator<Item = &'a Fact>) -> Self {
        let mut clocks = BTreeMap::new();
        for fact in facts {
            let ahead = fact.received_at - fact.sent_at;
            let clock = clocks.entry(device_of(fact)).or_insert(Clock { least: ahead, most: ahead });
            clock.least = clock.least.min(ahead);
            clock.most = clock.most.max(ahead);
        }
        Self(clocks)
    }

    /// A time of the device's clock by the service's clock.
    pub(super) fn corrected(&self, fact: &Fact, at: Instant) -> Instant {
        at + self.0.get(&device_of(fact)).map_or(TimeDelta::zero(), Clock::skew)
    }

    /// What is doubtful about them.
    pub(super) fn flags(&self) -> impl Iterator<Item = Flag> {
        let doubtful = self.0.iter().filter(|(_, clock)| clock.is_doubtful());
        doubtful.map(|((technician, _), _)| Flag::of(FlagCode::ClockSkew, *technician))
    }
}

impl Clock {
    fn skew(&self) -> TimeDelta {
        if self.least.abs() < SKEW_IGNORED { TimeDelta::zero() } else { self.least }
    }

    fn is_doubtful(&self) -> bool {
        self.least.abs() > SKEW_MAX || self.most - self.least > SKEW_SPREAD_MAX
    }
}
