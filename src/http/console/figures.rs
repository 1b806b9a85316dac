//! Amounts, lengths of time and instants, as pages write them.

use chrono::{DateTime, Utc};

use crate::domain::{money::Yen, span::tokyo};

/// An amount with its thousands apart, as in `1,100`.
pub(super) fn yen(amount: Yen) -> String {
    thousands(amount.0)
}

/// A number with its thousands apart.
pub(super) fn thousands(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0 { format!("-{text}") } else { text }
}

/// Seconds as `4:05` or `1:02:03`.
pub(super) fn length(seconds: i64) -> String {
    let sign = if seconds < 0 { "-" } else { "" };
    let seconds = seconds.unsigned_abs();
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{sign}{hours}:{minutes:02}:{rest:02}")
    } else {
        format!("{sign}{minutes}:{rest:02}")
    }
}

/// An instant on Tokyo's clock, to the minute.
pub(super) fn minute(at: DateTime<Utc>) -> String {
    tokyo(at).format("%Y-%m-%d %H:%M").to_string()
}

/// An instant on Tokyo's clock, to the second.
pub(super) fn second(at: DateTime<Utc>) -> String {
    tokyo(at).format("%Y-%m-%d %H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_as_people_read_them() {
        let numbers =
            [(0, "0"), (999, "999"), (1_100, "1,100"), (-2_200, "-2,200"), (1_234_567, "1,234,567")];
        for (number, text) in numbers {
            assert_eq!(thousands(number), text);
        }
        for (seconds, text) in [(0, "0:00"), (65, "1:05"), (3_723, "1:02:03"), (-180, "-3:00")] {
            assert_eq!(length(seconds), text);
        }
    }
}
