//! Dated entries of a roster, as they are kept.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::duty::{Entry, ShiftEntryKind, is_whole_minute};
use crate::domain::{
    ids::{ShiftEntryId, ShiftSwapId, TechnicianId},
    refusal::{Refusal, RosterRefused},
    span::{Instant, Span},
    text_enum::text_enum,
};

/// Planned entries of a technician that are not over, at most.
pub const PLANNED_MAX: usize = 200;
/// An entry begins at most so long ahead.
pub const AHEAD_MAX: TimeDelta = TimeDelta::days(400);
/// An entry lasts at most so long.
pub const LENGTH_MAX: TimeDelta = TimeDelta::days(31);

text_enum! {
    /// Whether an entry counts.
    pub enum EntryState("state of a shift entry") {
        /// It counts.
        Planned = "planned",
        /// It does not count any more.
        Cancelled = "cancelled",
    }
}

/// A dated entry of a technician's roster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ShiftEntry {
    /// Its id.
    pub id: ShiftEntryId,
    /// Its version, as in the ETag.
    pub version: i64,
    /// Whose.
    pub technician_id: TechnicianId,
    /// What it is.
    pub kind: ShiftEntryKind,
    /// From when.
    pub starts_at: DateTime<Utc>,
    /// Until when; not included.
    pub ends_at: DateTime<Utc>,
    /// Whether it counts.
    pub state: EntryState,
    /// The swap it comes from.
    pub swap_id: Option<ShiftSwapId>,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
}

impl ShiftEntry {
    /// As much of it as decides who is on duty.
    #[must_use]
    pub fn entry(&self) -> Option<Entry> {
        Some(Entry { kind: self.kind, span: Span::new(self.starts_at, self.ends_at)? })
    }

    /// It does not count any more. The record stays.
    pub fn cancel(self) -> Result<Self, Refusal> {
        if let Some(swap) = self.swap_id {
            return Err(RosterRefused::EntryOfSwap(swap).into());
        }
        if self.state == EntryState::Cancelled {
            return Err(RosterRefused::EntryCancelled.into());
        }
        Ok(Self { state: EntryState::Cancelled, ..self })
    }
}

/// Checks the times of an entry or swap: whole minutes, not over, neither too long nor too far ahead.
pub fn entered(starts_at: Instant, ends_at: Instant, now: Instant) -> Result<Span, Refusal> {
    for (field, at) in [("starts_at", starts_at), ("ends_at", ends_at)] {
        if !is_whole_minute(at) {
            return Err(Refusal::field(field, "must be a whole minute"));
        }
    }
    let span = Span::new(starts_at, ends_at).filter(|span| span.from() < span.to());
    let span = span.ok_or_else(|| Refusal::field("ends_at", "must be after starts_at"))?;
    if span.length() > LENGTH_MAX {
        return Err(Refusal::field("ends_at", "an entry lasts at most 31 days; enter several"));
    }
    if span.to() <= now {
        return Err(Refusal::field("ends_at", "must be in the future"));
    }
    if span.from() > now + AHEAD_MAX {
        return Err(Refusal::field("starts_at", "must be at most 400 days ahead"));
    }
    Ok(span)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        format!("2026-12-{text}:00+09:00").parse().unwrap()
    }

    #[test]
    fn the_times_of_an_entry_have_limits() {
        let now = at("24T12:00");
        let field = |from: Instant, to: Instant| match entered(from, to, now) {
            Ok(_) => None,
            Err(Refusal::Invalid(errors)) => Some(errors[0].field.clone()),
            Err(other) => panic!("{other}"),
        };
        let (from, to) = (at("24T22:00"), at("25T06:00"));
        assert_eq!(field(from, to), None);
        assert_eq!(field(at("24T10:00"), at("24T12:01")), None, "under way");
        assert_eq!(field(at("24T10:00"), at("24T12:00")).as_deref(), Some("ends_at"), "over");
        assert_eq!(field(from + TimeDelta::seconds(1), to).as_deref(), Some("starts_at"));
        assert_eq!(field(from, to + TimeDelta::milliseconds(1)).as_deref(), Some("ends_at"));
        assert_eq!(field(from, from).as_deref(), Some("ends_at"));
        assert_eq!(field(to, from).as_deref(), Some("ends_at"));
        assert_eq!(field(from, from + LENGTH_MAX), None);
        assert_eq!(field(from, from + LENGTH_MAX + TimeDelta::minutes(1)).as_deref(), Some("ends_at"));
        let far = now + AHEAD_MAX;
        assert_eq!(field(far, far + TimeDelta::hours(1)), None);
        let farther = far + TimeDelta::minutes(1);
        assert_eq!(field(farther, farther + TimeDelta::hours(1)).as_deref(), Some("starts_at"));
    }
}
