//! Swaps: a window that one technician works in place of a colleague of the firm.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    Roster,
    duty::{Duty, DutyKind, Entry, ShiftEntryKind},
    rest_days::RestDays,
};
use crate::domain::{
    ids::{FirmId, ShiftSwapId, TechnicianId},
    refusal::{Refusal, RosterRefused},
    span::{Instant, Span},
    text_enum::text_enum,
};

text_enum! {
    /// What is given to a colleague.
    pub enum SwapKind("kind of swap") {
        /// A shift.
        Shift = "shift",
        /// On-call time.
        OnCall = "on_call",
    }
}

impl SwapKind {
    /// What the colleague gets.
    #[must_use]
    pub fn taken(self) -> ShiftEntryKind {
        match self {
            Self::Shift => ShiftEntryKind::ExtraShift,
            Self::OnCall => ShiftEntryKind::OnCall,
        }
    }
}

text_enum! {
    /// Whether a swap counts.
    pub enum SwapState("state of a swap") {
        /// It counts.
        Planned = "planned",
        /// It was undone.
        Undone = "undone",
    }
}

/// A window that one technician of a firm works in place of another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ShiftSwap {
    /// Its id.
    pub id: ShiftSwapId,
    /// Its version, as in the ETag.
    pub version: i64,
    /// The firm of both.
    pub firm_id: FirmId,
    /// Who gives the window away.
    pub giver_id: TechnicianId,
    /// Who works it.
    pub taker_id: TechnicianId,
    /// What it is.
    pub kind: SwapKind,
    /// From when.
    pub starts_at: DateTime<Utc>,
    /// Until when; not included.
    pub ends_at: DateTime<Utc>,
    /// Whether it counts.
    pub state: SwapState,
    /// When it was agreed.
    pub created_at: DateTime<Utc>,
    /// When it was undone.
    pub undone_at: Option<DateTime<Utc>>,
}

impl ShiftSwap {
    /// Everything is again as before.
    pub fn undo(self, now: Instant) -> Result<Self, Refusal> {
        if self.state == SwapState::Undone {
            return Err(RosterRefused::SwapUndone.into());
        }
        if self.ends_at <= now {
            return Err(RosterRefused::SwapOver.into());
        }
        Ok(Self { state: SwapState::Undone, undone_at: Some(now), ..self })
    }
}

/// A technician's side of a swap.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// The weekly shifts.
    pub roster: &'a Roster,
    /// The dated entries.
    pub entries: &'a [Entry],
}

/// Whether the giver has the whole of the window to give, and as what; and whether the taker is free to work it.
pub fn swappable(
    giver: Side<'_>,
    taker: Side<'_>,
    rest_days: &RestDays,
    span: Span,
) -> Result<SwapKind, Refusal> {
    let duty = |side: Side<'_>| Duty { roster: side.roster, entries: side.entries, rest_days }.windows(span);
    let whole = |kind| duty(giver).iter().any(|window| window.kind == kind && window.span == span);
    let kind = if whole(DutyKind::Shift) {
        SwapKind::Shift
    } else if whole(DutyKind::OnCall) {
        SwapKind::OnCall
    } else {
        let message = "the giver must be on shift, or on call, for the whole of the window";
        return Err(Refusal::field("starts_at", message));
    };
    let in_the_way = duty(taker).into_iter().find(|window| match window.kind {
        DutyKind::Shift | DutyKind::DayOff | DutyKind::GivenAway => true,
        // Who is on call can work; who is on call already cannot be so twice.
        DutyKind::OnCall => kind == SwapKind::OnCall,
    });
    match in_the_way.map(|window| window.kind) {
        None => Ok(kind),
        Some(DutyKind::Shift) => Err(Refusal::field("taker_id", "is on shift in that window already")),
        Some(DutyKind::OnCall) => Err(Refusal::field("taker_id", "is on call in that window already")),
        Some(DutyKind::DayOff) => Err(Refusal::field("taker_id", "has a day off in that window")),
        Some(DutyKind::GivenAway) => {
            Err(Refusal::field("taker_id", "has given a part of that window away; undo that swap first"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::roster::{Weekday, WeeklyShift};

    fn span(from: &str, to: &str) -> Span {
        let at = |text: &str| format!("2026-12-{text}:00+09:00").parse::<Instant>().unwrap();
        Span::new(at(from), at(to)).unwrap()
    }

    #[test]
    fn only_what_one_has_is_given_to_whoever_is_free() {
        // Thursdays 22:00 to 06:00; 2026-12-24 is one.
        let nights = Roster::new(vec![WeeklyShift::new(Weekday::Thursday, 1_320, 1_800).unwrap()]).unwrap();
        let nothing = Roster::default();
        let entry = |kind, from, to| [Entry { kind, span: span(from, to) }];
        let on_call = entry(ShiftEntryKind::OnCall, "26T00:00", "27T00:00");
        let off = entry(ShiftEntryKind::DayOff, "25T05:00", "25T12:00");
        let given = entry(ShiftEntryKind::GivenAway, "25T00:00", "25T01:00");
        let giver = Side { roster: &nights, entries: &on_call };
        let free = Side { roster: &nothing, entries: &[] };
        let rest_days = RestDays::default();
        let verdict = |giver, taker, from, to| match swappable(giver, taker, &rest_days, span(from, to)) {
            Ok(kind) => kind.to_string(),
            Err(refusal) => refusal.to_string(),
        };
        let said = |taker, from, to| verdict(giver, taker, from, to);
        assert_eq!(said(free, "24T22:00", "25T06:00"), "shift");
        assert_eq!(said(free, "25T00:00", "25T01:00"), "shift", "a part of it");
        assert_eq!(said(free, "26T10:00", "26T12:00"), "on_call");
        for (from, to) in [("24T21:59", "25T06:00"), ("24T22:00", "25T06:01"), ("25T06:00", "25T07:00")] {
            assert!(said(free, from, to).contains("for the whole of the window"), "{from}");
        }
        let taker = |entries| Side { roster: &nothing, entries };
        assert!(said(taker(&off), "24T22:00", "25T06:00").contains("day off"));
        assert_eq!(said(taker(&off), "24T22:00", "25T05:00"), "shift");
        assert!(said(taker(&given), "24T22:00", "25T06:00").contains("undo that swap"));
        assert!(said(Side { roster: &nights, entries: &[] }, "24T22:00", "24T23:00").contains("on shift"));
        assert!(said(taker(&on_call), "26T10:00", "26T12:00").contains("on call"));
        let all_day = entry(ShiftEntryKind::OnCall, "24T00:00", "26T00:00");
        assert_eq!(said(taker(&all_day), "24T22:00", "25T06:00"), "shift", "who is on call may work");
    }
}
