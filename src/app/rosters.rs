//! What the rosters of a firm come to: the windows of each technician, and the visits planned in them.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use super::{Ctx, Error, technicians};
use crate::{
    domain::{
        actor::Actor,
        appointments::Appointment,
        firms::Technician,
        ids::{FirmId, TechnicianId},
        refusal::Refusal,
        roster::{
            duty::{Duty, DutyWindow},
            entries::ShiftEntry,
            rest_days::RestDays,
        },
        span::{Span, tokyo_instant},
    },
    store::{self, Tx},
};

/// Days shown at once at most.
pub const DAYS_MAX: u64 = 31;

/// One technician's days.
#[derive(Debug, Clone)]
pub struct RosterDays {
    /// Who.
    pub technician: Technician,
    /// What the roster comes to, in order.
    pub windows: Vec<DutyWindow>,
    /// The dated entries behind it.
    pub entries: Vec<ShiftEntry>,
    /// The visits planned.
    pub visits: Vec<Appointment>,
}

/// The days from `from` to the day before `to`, as a span in Tokyo.
pub fn days(from: NaiveDate, to: NaiveDate) -> Result<Span, Refusal> {
    let last = from.checked_add_days(Days::new(DAYS_MAX));
    if to <= from || last.is_none_or(|last| to > last) {
        return Err(Refusal::field("to", "must be from 1 to 31 days after 'from'"));
    }
    Span::new(tokyo_instant(from, 0), tokyo_instant(to, 0))
        .ok_or_else(|| Refusal::field("to", "must be after 'from'"))
}

/// The rosters of a firm's technicians after `after` that are the actor's to see, oldest first.
pub async fn of_firm(
    ctx: &Ctx,
    actor: &Actor,
    firm: FirmId,
    span: Span,
    after: Uuid,
    limit: i64,
) -> Result<Vec<RosterDays>, Error> {
    let mut tx = ctx.db().read().await?;
    of_firm_in(ctx, &mut tx, actor, firm, span, (after, limit)).await
}

/// The same within a snapshot.
pub(super) async fn of_firm_in(
    ctx: &Ctx,
    tx: &mut Tx,
    actor: &Actor,
    firm: FirmId,
    span: Span,
    (after, limit): (Uuid, i64),
) -> Result<Vec<RosterDays>, Error> {
    let rest_days = ctx.rest_days();
    let technicians = technicians::of_firm(tx, actor, firm, after, limit).await?;
    let ids: Vec<_> = technicians.iter().map(|technician| technician.id).collect();
    let entries = store::shift_entries::of_technicians(tx, &ids, span.from(), span.to()).await?;
    let mut entries = by_technician(entries, |entry| entry.technician_id);
    let visits = store::windows::of_technicians(tx, &ids, span).await?;
    let mut visits = by_technician(visits, |visit| visit.technician_id);
    let shown = technicians.into_iter().map(|technician| {
        let entries = entries.remove(&technician.id).unwrap_or_default();
        let windows = resolved(&technician, &entries, &rest_days, span);
        let visits = visits.remove(&technician.id).unwrap_or_default();
        RosterDays { technician, windows, entries, visits }
    });
    Ok(shown.collect())
}

fn by_technician<T>(all: Vec<T>, of: impl Fn(&T) -> TechnicianId) -> BTreeMap<TechnicianId, Vec<T>> {
    let mut grouped: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for one in all {
        grouped.entry(of(&one)).or_default().push(one);
    }
    grouped
}

/// The windows of a technician.
pub(super) fn resolved(
    technician: &Technician,
    entries: &[ShiftEntry],
    rest_days: &RestDays,
    span: Span,
) -> Vec<DutyWindow> {
    let entries: Vec<_> = entries.iter().filter_map(ShiftEntry::entry).collect();
    Duty { roster: &technician.shifts, entries: &entries, rest_days }.windows(span)
}
