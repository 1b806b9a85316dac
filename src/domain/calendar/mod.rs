//! Day classes and opening hours (T-01 to T-07). Everything is read on the wall clock of Asia/Tokyo.

pub mod day_class;
pub mod holidays;
pub mod hours;
pub mod opening;

pub use day_class::{DayClass, YearEnd};
pub use holidays::{Certainty, Holiday, HolidayKind, Holidays};
pub use hours::{Hours, Window, Windows};
pub use opening::{Status, Timetable};

#[cfg(test)]
mod vectors;
