//! What a device says of where somebody is, and how far it is believed (G-13).

use chrono::TimeDelta;

use super::span::Instant;

/// Worse than this it says nothing of where to send somebody, in metres.
pub const ACCURACY_MAX_M: i64 = 3_000;
/// Clocks of devices are so far ahead at most; what was measured later than that was measured by a wrong clock.
pub const AHEAD_MAX: TimeDelta = TimeDelta::minutes(2);

/// When a position counts as measured that a device says it has measured at `measured_at`: never after it was received.
/// None where the device's clock is more than [`AHEAD_MAX`] ahead: it would count as the newest for as long (G-13).
#[must_use]
pub fn measured(measured_at: Instant, received_at: Instant) -> Option<Instant> {
    (measured_at <= received_at + AHEAD_MAX).then_some(measured_at.min(received_at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_measured_after_it_was_received() {
        let at =
            |second: i64| "2026-11-22T12:00:00Z".parse::<Instant>().unwrap() + TimeDelta::seconds(second);
        for (said, counts) in
            [(-86_400, Some(-86_400)), (0, Some(0)), (1, Some(0)), (120, Some(0)), (121, None)]
        {
            assert_eq!(measured(at(said), at(0)), counts.map(at), "{said}");
        }
        // A clock that stands at the end of the century.
        assert_eq!(measured("2099-12-31T00:00:00Z".parse().unwrap(), at(0)), None);
    }
}
