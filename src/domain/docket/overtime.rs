//! Before work costs something the payer is asked: at minute 50, and again when what was agreed is nearly used up (C-19).

use chrono::TimeDelta;

use super::Docket;
use crate::domain::{
    alarms::{Alarm, AlarmKind, AlarmState},
    charging::Answer,
    events::JobWarned,
    facts::{ConsentCover, FieldRecord},
    jobs::JobState,
    offers::Assignment,
    reference::programme::Charging,
};

/// How long before it costs something it is asked.
const ASKED_BEFORE: TimeDelta = TimeDelta::minutes(10);

impl Docket {
    /// Has the desk and whoever works reminded in time that the payer's yes is needed. `worked` is how long hands have been
    /// on until now.
    pub fn remind_of_consent(&mut self, record: &FieldRecord, worked: TimeDelta, charging: &Charging) {
        let due = match self.is.job.state() {
            JobState::Working if self.is.job.rework_of.is_none() => asked_at(record, charging),
            _ => None,
        };
        let Some(due) = due else { return self.resolve(AlarmKind::ConsentDue) };
        let rings_at = self.now + (due - worked).max(TimeDelta::zero());
        let standing =
            |alarm: &&Alarm| alarm.kind == AlarmKind::ConsentDue && alarm.state != AlarmState::Resolved;
        let known = self.is.alarms.iter().find(standing).map(|alarm| (alarm.rings_at, alarm.rung));
        match known {
            // They have been told; whoever takes care of it is left in peace.
            Some((_, rung)) if rung > 0 && rings_at <= self.now => {}
            Some((at, _)) if at == Some(rings_at) => {}
            Some(_) => {
                self.resolve(AlarmKind::ConsentDue);
                self.raise_at(AlarmKind::ConsentDue, rings_at);
            }
            None => self.raise_at(AlarmKind::ConsentDue, rings_at),
        }
    }
}

/// After how much work the payer is asked; never again once they have said no.
fn asked_at(record: &FieldRecord, charging: &Charging) -> Option<TimeDelta> {
    let about_overtime = record.consents.iter().filter_map(|given| {
        let units = given.consent.covers().iter().find_map(|cover| match *cover {
            ConsentCover::Overtime { cap_units } => Some(cap_units),
            ConsentCover::Item { .. } => None,
        });
        units.map(|units| (given.answered_at, given.consent.answer(), units))
    });
    let agreed = match about_overtime.max_by_key(|(at, ..)| *at) {
        Some((_, Answer::No, _)) => return None,
        Some((_, Answer::Yes, units)) => units,
        None => 0,
    };
    let unit = TimeDelta::minutes(charging.overtime_unit_minutes.into());
    let free = TimeDelta::minutes(charging.free_minutes.into());
    let agreed = unit.checked_mul(i32::try_from(agreed).unwrap_or(i32::MAX))?;
    Some(free + agreed - ASKED_BEFORE)
}

/// Whoever is on a job is told that the payer's yes is needed.
#[must_use]
pub fn consent_needed(on_it: &Assignment) -> JobWarned {
    JobWarned {
        job: on_it.job_id,
        firm: on_it.firm_id,
        technician: on_it.technician_id,
        alarms: vec![AlarmKind::ConsentDue],
    }
}
