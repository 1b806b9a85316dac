//! Reads `dispatch.toml`: how jobs are offered, watched and planned. All of it is the operator's to change.

mod desk;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::{
    document::{Document, Findings},
    error::ReferenceError,
};
use crate::domain::{
    calendar::YearEnd, jobs::JobState, place::JisCode, text_enum::text_enum, trade::Priority,
};

pub use self::desk::{RingingRules, SilenceLimits};

/// Rungs of a ladder at most.
const RUNGS_MAX: usize = 20;
/// Asked at the same time at most.
const AT_ONCE_MAX: u32 = 20;
/// Municipalities the roster lint is told to look at, at most: there are 1,896 in the country.
const LINT_MAX: usize = 2_000;
/// A week: nothing waits longer without being looked at.
const SECONDS_MAX: u32 = 604_800;

/// A span of whole seconds, from 0 to a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(try_from = "u32")]
pub struct Seconds(u32);

impl Seconds {
    /// As a number.
    #[must_use]
    pub fn seconds(self) -> u32 {
        self.0
    }

    /// As a length of time.
    #[must_use]
    pub fn delta(self) -> TimeDelta {
        TimeDelta::seconds(self.0.into())
    }
}

impl TryFrom<u32> for Seconds {
    type Error = String;

    fn try_from(seconds: u32) -> Result<Self, String> {
        if seconds > SECONDS_MAX {
            return Err(format!("is {seconds} seconds; at most {SECONDS_MAX}, a week"));
        }
        Ok(Self(seconds))
    }
}

text_enum! {
    /// Whether a job may wait behind a technician's present one.
    pub enum MayQueue("queueing") {
        /// Only who is free now.
        FreeOnly = "free_only",
        /// It may be accepted as the next job.
        Allowed = "allowed",
    }
}

/// One rung of the ladder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rung {
    /// Firms up to this tier are asked.
    pub tier_max: u8,
    /// How many are asked at the same time; the first yes wins.
    pub at_once: u32,
    /// How often the rung is climbed at most, each time with those not asked yet; until it is empty, when absent.
    pub asks_max: Option<u32>,
    /// How long an offer waits for its answer.
    pub deadline_s: Seconds,
    /// Whether the job may wait behind the technician's present one.
    pub queueing: MayQueue,
}

/// When a job somebody has accepted is looked at, and when somebody else is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Watch {
    /// From acceptance to departure.
    pub departure_s: Seconds,
    /// From the warning to sending somebody else.
    pub departure_grace_s: Seconds,
    /// On the way without coming nearer.
    pub stalled_s: Seconds,
    /// From that warning to sending somebody else.
    pub stalled_grace_s: Seconds,
    /// After the promised arrival.
    pub late_s: Seconds,
    /// At the door without work.
    pub on_site_s: Seconds,
    /// In a pause.
    pub paused_s: Seconds,
    /// At work without an end.
    pub working_s: Seconds,
    /// Between two visits.
    pub return_s: Seconds,
}

impl Watch {
    /// How long after it has entered `state` a job is looked at.
    #[must_use]
    pub fn first_look(&self, state: JobState) -> TimeDelta {
        match state {
            // Positions are looked at three times before anybody is warned.
            JobState::EnRoute => self.stalled_s.delta() / 3,
            JobState::OnSite => self.on_site_s.delta(),
            JobState::Working => self.working_s.delta(),
            JobState::Paused => self.paused_s.delta(),
            JobState::AwaitingReturn => self.return_s.delta(),
            _ => self.departure_s.delta(),
        }
    }
}

/// How jobs of some priorities are offered and watched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Which priorities.
    pub priorities: Vec<Priority>,
    /// How long after the job is made the first one is asked.
    pub start_after_s: Seconds,
    /// How long until somebody is looked for again when nobody can be asked.
    pub pause_s: Seconds,
    /// How long a firm that has accepted has to name its technician.
    pub naming_s: Seconds,
    /// The rungs, first to last.
    pub rungs: Vec<Rung>,
    /// How the accepted job is watched.
    pub watch: Watch,
}

/// How visits are planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Booking {
    /// How long before a planned visit its technician is asked.
    pub ask_before_s: Seconds,
    /// Length of a bookable window.
    pub window_s: Seconds,
    /// Minute of the day in Tokyo at which the first window begins.
    pub opens_minute: u16,
    /// Minute of the day in Tokyo by which the last window has ended.
    pub closes_minute: u16,
    /// How many days ahead windows are shown.
    pub days_max: u16,
}

/// What rosters go by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RosterRules {
    /// How long whoever is on call, and not on a job, needs before he leaves.
    pub on_call_ready_s: Seconds,
    /// The days around New Year that holiday rules take for holidays (T-04); none, when absent.
    pub year_end: Option<YearEnd>,
    /// Municipalities the roster lint looks at; empty: every one that a firm in service names.
    #[serde(default)]
    pub lint_municipalities: Vec<JisCode>,
}

/// What taking a call is measured by. Emergency services know such figures: nine of ten calls answered within 15 seconds
/// (NENA), nine of ten processed within 60 (NFPA 1225).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntakeTargets {
    /// From the ring to the answer.
    pub answer_s: Seconds,
    /// From the answer to the first offer.
    pub processing_s: Seconds,
}

impl Default for IntakeTargets {
    fn default() -> Self {
        Self { answer_s: Seconds(15), processing_s: Seconds(60) }
    }
}

impl Default for RosterRules {
    fn default() -> Self {
        Self { on_call_ready_s: Seconds(900), year_end: None, lint_municipalities: Vec::new() }
    }
}

/// How jobs are offered, watched and planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispatch {
    /// After so many refusals a human is alarmed.
    pub refusals_before_alarm: usize,
    /// How often a held job reminds the desk.
    pub held_reminder: TimeDelta,
    /// Within what time whoever is on a job acknowledges a danger, before the desk is told that they have not.
    pub danger_acknowledged: TimeDelta,
    /// How long until it is looked at again whether anybody serves the place of a job.
    pub uncovered_pause: TimeDelta,
    /// How visits are planned.
    pub booking: Booking,
    /// What rosters go by.
    pub roster: RosterRules,
    /// What taking a call is measured by.
    pub intake: IntakeTargets,
    /// How long a thing may be left alone.
    pub silence: SilenceLimits,
    /// How often alarms ring.
    pub alarms: RingingRules,
    policies: Vec<Policy>,
}

impl Dispatch {
    /// How jobs of this priority are offered and watched. Every priority has exactly one; the reader has seen to it.
    #[must_use]
    pub fn policy(&self, priority: Priority) -> &Policy {
        let found = self.policies.iter().find(|policy| policy.priorities.contains(&priority));
        found.unwrap_or(&self.policies[0])
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DispatchFile {
    refusals_before_alarm: u32,
    held_reminder_s: Seconds,
    // A file from before there was such a rule.
    #[serde(default = "danger_acknowledged")]
    danger_acknowledged_s: Seconds,
    #[serde(default = "uncovered")]
    uncovered_s: Seconds,
    policy: Vec<Policy>,
    booking: Booking,
    // A file from before there were such rules.
    #[serde(default)]
    roster: RosterRules,
    #[serde(default)]
    intake: IntakeTargets,
    #[serde(default)]
    silence: SilenceLimits,
    #[serde(default)]
    alarms: RingingRules,
}

fn uncovered() -> Seconds {
    Seconds(300)
}

fn danger_acknowledged() -> Seconds {
    Seconds(180)
}

pub(super) fn parse(document: Document<'_>) -> Result<Dispatch, Vec<ReferenceError>> {
    let file: DispatchFile = document.parse().map_err(|error| vec![error])?;
    let mut findings = Findings::new(document);
    if !(1..=100).contains(&file.refusals_before_alarm) {
        findings.refuse("refusals_before_alarm", "expected from 1 to 100");
    }
    desk::within(&mut findings, "held_reminder_s", file.held_reminder_s, (60, 3_600));
    desk::within(&mut findings, "danger_acknowledged_s", file.danger_acknowledged_s, (30, 3_600));
    desk::within(&mut findings, "uncovered_s", file.uncovered_s, (60, 3_600));
    desk::within(&mut findings, "booking.ask_before_s", file.booking.ask_before_s, (600, 86_400));
    for priority in Priority::ALL {
        let named = file.policy.iter().flat_map(|policy| &policy.priorities);
        let count = named.filter(|known| *known == priority).count();
        if count != 1 {
            findings.refuse("policy", format!("{priority} has {count} policies; expected exactly one"));
        }
    }
    for (at, policy) in file.policy.iter().enumerate() {
        check_policy(&mut findings, &format!("policy[{at}]"), policy);
    }
    let Booking { window_s, opens_minute, closes_minute, days_max, .. } = file.booking;
    let length = window_s.0 / 60;
    if length == 0 || u32::from(opens_minute) + length > u32::from(closes_minute) || closes_minute > 1440 {
        findings.refuse("booking.window_s", "no window fits between opens_minute and closes_minute");
    }
    if !(1..=60).contains(&days_max) {
        findings.refuse("booking.days_max", "expected from 1 to 60");
    }
    if file.roster.on_call_ready_s.0 > 86_400 {
        findings.refuse("roster.on_call_ready_s", "is more than a day; expected less");
    }
    if file.roster.lint_municipalities.len() > LINT_MAX {
        findings.refuse("roster.lint_municipalities", format!("expected at most {LINT_MAX}"));
    }
    desk::check(&mut findings, &file.silence, &file.alarms);
    let errors = findings.finish();
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(Dispatch {
        refusals_before_alarm: file.refusals_before_alarm as usize,
        held_reminder: file.held_reminder_s.delta(),
        danger_acknowledged: file.danger_acknowledged_s.delta(),
        uncovered_pause: file.uncovered_s.delta(),
        booking: file.booking,
        roster: file.roster,
        intake: file.intake,
        silence: file.silence,
        alarms: file.alarms,
        policies: file.policy,
    })
}

/// Least and most, by how urgent the most urgent job is that goes by it: a figure may be the operator's taste, not silence by one
/// digit too many.
fn check_policy(findings: &mut Findings<'_>, path: &str, policy: &Policy) {
    let by_urgency = |urgent, same_day, any_day| match policy.priorities.iter().min() {
        Some(Priority::P0 | Priority::P1) => urgent,
        Some(Priority::P2) => same_day,
        Some(Priority::P3) | None => any_day,
    };
    let watch = &policy.watch;
    for (key, value, bounds) in [
        ("start_after_s", policy.start_after_s, (0, by_urgency(300, 3_600, 86_400))),
        ("pause_s", policy.pause_s, (10, by_urgency(600, 1_800, 7_200))),
        ("naming_s", policy.naming_s, (10, by_urgency(1_800, 7_200, 28_800))),
        ("watch.departure_s", watch.departure_s, (60, by_urgency(3_600, 14_400, 28_800))),
        ("watch.departure_grace_s", watch.departure_grace_s, (30, by_urgency(1_800, 3_600, 7_200))),
        ("watch.stalled_s", watch.stalled_s, (60, by_urgency(3_600, 7_200, 7_200))),
        ("watch.stalled_grace_s", watch.stalled_grace_s, (30, by_urgency(1_800, 3_600, 7_200))),
        ("watch.late_s", watch.late_s, (30, by_urgency(1_800, 3_600, 7_200))),
        ("watch.on_site_s", watch.on_site_s, (300, 14_400)),
        ("watch.paused_s", watch.paused_s, (300, 28_800)),
        ("watch.working_s", watch.working_s, (1_800, 86_400)),
        ("watch.return_s", watch.return_s, (3_600, SECONDS_MAX)),
    ] {
        desk::within(findings, format!("{path}.{key}"), value, bounds);
    }
    if !(1..=RUNGS_MAX).contains(&policy.rungs.len()) {
        findings.refuse(format!("{path}.rungs"), format!("expected from 1 to {RUNGS_MAX} rungs"));
    }
    for (nth, rung) in policy.rungs.iter().enumerate() {
        let path = format!("{path}.rungs[{nth}]");
        if !(1..=AT_ONCE_MAX).contains(&rung.at_once) {
            findings.refuse(format!("{path}.at_once"), format!("expected from 1 to {AT_ONCE_MAX}"));
        }
        if !(1..=9).contains(&rung.tier_max) {
            findings.refuse(format!("{path}.tier_max"), "expected from 1 to 9");
        }
        if rung.asks_max == Some(0) {
            findings.refuse(format!("{path}.asks_max"), "is 0; leave the rung out instead");
        }
        let bounds = (10, by_urgency(1_800, 7_200, 28_800));
        desk::within(findings, format!("{path}.deadline_s"), rung.deadline_s, bounds);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::reference::{Dataset, Reference};

    #[test]
    fn every_priority_has_its_policy() {
        let reference = Reference::embedded().unwrap();
        let urgent = reference.dispatch().policy(Priority::P1);
        assert_eq!(urgent.rungs[0].deadline_s.delta(), TimeDelta::minutes(5));
        assert!(reference.dispatch().policy(Priority::P3).start_after_s > urgent.start_after_s);
        assert_eq!(reference.dispatch().refusals_before_alarm, 3);
    }

    /// An operator's file says of a new rule what the one that comes with the program says.
    #[test]
    fn a_file_from_before_these_rules_is_read() {
        let text = include_str!("../../../seeds/reference/dispatch.toml");
        let (before, _) = text.split_once("[silence]").unwrap();
        let before = before.replace("uncovered_s = 300", "").replace("danger_acknowledged_s = 180", "");
        let [before, now] = [before.as_str(), text]
            .map(|text| parse(Document::new(Dataset::Dispatch, text.as_bytes()).unwrap()).unwrap());
        assert_eq!((&before.silence, &before.alarms), (&now.silence, &now.alarms));
        assert_eq!(before.uncovered_pause, now.uncovered_pause);
        assert_eq!(before.danger_acknowledged, now.danger_acknowledged);
    }

    #[test]
    fn what_cannot_be_done_is_refused_with_its_place() {
        let text = include_str!("../../../seeds/reference/dispatch.toml");
        for (from, to, path) in [
            ("priorities = [\"P3\"]", "priorities = [\"P2\"]", "policy"),
            ("at_once = 3", "at_once = 0", "policy[0].rungs[1].at_once"),
            ("window_s = 7200", "window_s = 72000", "booking.window_s"),
            ("pause_s = 60 ", "pause_s = 0 ", "policy[0].pause_s"),
            ("asks_max = 3", "asks_max = 0", "policy[0].rungs[0].asks_max"),
            ("danger_acknowledged_s = 180", "danger_acknowledged_s = 29", "danger_acknowledged_s"),
            ("on_call_ready_s = 900", "on_call_ready_s = 86401", "roster.on_call_ready_s"),
            // Silence by one digit.
            ("start_after_s = 0\n", "start_after_s = 86400\n", "policy[0].start_after_s"),
            ("departure_s = 600 ", "departure_s = 0 ", "policy[0].watch.departure_s"),
            ("departure_s = 600 ", "departure_s = 60000 ", "policy[0].watch.departure_s"),
            ("departure_s = 2700", "departure_s = 27000", "policy[1].watch.departure_s"),
            ("stalled_s = 900 ", "stalled_s = 90000 ", "policy[0].watch.stalled_s"),
            ("late_s = 300 ", "late_s = 30000 ", "policy[0].watch.late_s"),
            ("on_site_s = 1800 ", "on_site_s = 180000 ", "policy[0].watch.on_site_s"),
            ("paused_s = 3600", "paused_s = 1", "policy[0].watch.paused_s"),
            ("working_s = 14400", "working_s = 144000", "policy[0].watch.working_s"),
            ("return_s = 86400 ", "return_s = 0 ", "policy[0].watch.return_s"),
            ("naming_s = 300 ", "naming_s = 30000 ", "policy[0].naming_s"),
            ("deadline_s = 300, q", "deadline_s = 30000, q", "policy[0].rungs[0].deadline_s"),
            ("held_reminder_s = 600", "held_reminder_s = 60000", "held_reminder_s"),
            ("uncovered_s = 300", "uncovered_s = 30000", "uncovered_s"),
            ("ask_before_s = 5400", "ask_before_s = 54", "booking.ask_before_s"),
            ("ringing_s = 60 ", "ringing_s = 6000 ", "silence.ringing_s"),
            ("hand_over_s = 120 ", "hand_over_s = 0 ", "silence.hand_over_s"),
            ("\nrepeat_s = 120", "\nrepeat_s = 1200", "alarms.repeat_s"),
            ("repeat_max_s = 1800", "repeat_max_s = 60", "alarms.repeat_max_s"),
            ("quiet_s = 900", "quiet_s = 90000", "alarms.quiet_s"),
            ("steady_rings = 5", "steady_rings = 0", "alarms.steady_rings"),
        ] {
            let changed = text.replacen(from, to, 1);
            assert_ne!(changed, text, "{from}");
            let document = Document::new(Dataset::Dispatch, changed.as_bytes()).unwrap();
            let errors = parse(document).unwrap_err();
            let told = errors.iter().find(|error| error.path.as_deref() == Some(path));
            let line = told.unwrap_or_else(|| panic!("{from}: {errors:?}")).line.unwrap();
            assert!(line > 1 && line <= changed.lines().count(), "{from}: line {line}");
        }
    }
}
