//! The alarms of a job in hand: one a cause, however often it is noticed.

use super::Docket;
use crate::domain::{
    alarms::{Alarm, AlarmKind, AlarmState},
    events::{AlarmRaised, AlarmResolved, Subject},
    span::Instant,
};

/// Alarms that neither an acceptance nor a report from the site settles.
pub(super) const KEPT: &[AlarmKind] = &[
    AlarmKind::PlaceChanged,
    AlarmKind::DoubtfulReport,
    AlarmKind::EndedByAnother,
    AlarmKind::NotToBeSent,
    AlarmKind::KeptApart,
    AlarmKind::SiteInterpreterAwaited,
];

impl Docket {
    /// Raises an alarm that rings at once. An acknowledged one rings again.
    pub fn raise(&mut self, kind: AlarmKind) {
        self.raise_at(kind, self.now);
    }

    /// Raises an alarm that rings at `at`.
    pub fn raise_at(&mut self, kind: AlarmKind, at: Instant) {
        if let Some(known) = self.unresolved(kind) {
            *known = known.clone().raised_again(at);
            return;
        }
        let alarm = Alarm {
            id: self.id(),
            version: 1,
            kind,
            subject: Subject::Job,
            subject_id: self.is.job.id.0,
            state: AlarmState::Waiting,
            raised_at: self.now,
            rings_at: Some(at),
            rung: 0,
            acknowledged_at: None,
            resolved_at: None,
        };
        self.say(AlarmRaised::of(&alarm));
        self.is.alarms.push(alarm);
    }

    /// Raises an alarm that rings at once, unless a person has been told already: neither its pauses nor the quiet of whoever
    /// has it are cut short.
    pub fn raise_once(&mut self, kind: AlarmKind) {
        if self.unresolved(kind).is_none() {
            self.raise(kind);
        }
    }

    /// The cause is gone; nothing happens when there is no such alarm.
    pub fn resolve(&mut self, kind: AlarmKind) {
        let now = self.now;
        let Some(known) = self.unresolved(kind) else { return };
        *known = known.clone().resolve(now);
        let event = AlarmResolved::of(known);
        self.say(event);
    }

    /// The causes of all alarms are gone, but for those of the kinds to keep. A danger is over when somebody has cleared it,
    /// whatever else happens (G-08), and what is owed when it is paid or decided.
    pub fn resolve_all(&mut self, keep: &[AlarmKind]) {
        let lives_on = |kind: &AlarmKind| keep.contains(kind) || kind.is_of_danger() || kind.is_of_money();
        let kinds: Vec<_> = self.is.alarms.iter().map(|alarm| alarm.kind).collect();
        for kind in kinds.into_iter().filter(|kind| !lives_on(kind)) {
            self.resolve(kind);
        }
    }

    /// Whether there is an alarm of this cause.
    pub(super) fn is_ringing(&self, kind: AlarmKind) -> bool {
        self.is.alarms.iter().any(|alarm| alarm.kind == kind && alarm.state != AlarmState::Resolved)
    }

    fn unresolved(&mut self, kind: AlarmKind) -> Option<&mut Alarm> {
        self.is.alarms.iter_mut().find(|alarm| alarm.kind == kind && alarm.state != AlarmState::Resolved)
    }
}
