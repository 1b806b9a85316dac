//! What keeps the desk awake: how long nobody may go on with a thing, and how often an alarm rings.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::Seconds;
use crate::domain::reference::document::Findings;

/// How long a thing may be left alone before an alarm rings (G-09); `domain::silence` says what each is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SilenceLimits {
    /// A call rings.
    pub ringing_s: Seconds,
    /// A call lasts.
    pub talking_s: Seconds,
    /// A call has ended with a draft and no case.
    pub cut_off_s: Seconds,
    /// A call has ended and is not wrapped up.
    pub unwrapped_s: Seconds,
    /// 119, 110 or the gas company is not on the line yet.
    pub hand_over_s: Seconds,
    /// An interpreter was asked.
    pub interpreter_s: Seconds,
    /// A case has no job for what somebody is sent for.
    pub case_without_job_s: Seconds,
    /// A case is open and nothing of it is under way.
    pub case_left_s: Seconds,
    /// A doubtful record waits for a supervisor.
    pub review_s: Seconds,
    /// A dispute is not decided.
    pub dispute_s: Seconds,
    /// What a firm says of its own staff waits for the office.
    pub proposal_s: Seconds,
    /// A shift handed over is not taken.
    pub shift_s: Seconds,
}

/// How often an alarm rings until somebody has it, and while they have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RingingRules {
    /// Between two rings at first.
    pub repeat_s: Seconds,
    /// After so many rings each pause is twice as long as the one before.
    pub steady_rings: u32,
    /// The longest pause.
    pub repeat_max_s: Seconds,
    /// How long an acknowledged alarm keeps quiet at least, while its cause goes on.
    pub quiet_s: Seconds,
}

/// For a file from before there was such a rule.
impl Default for SilenceLimits {
    fn default() -> Self {
        Self {
            ringing_s: Seconds(60),
            talking_s: Seconds(3_600),
            cut_off_s: Seconds(120),
            unwrapped_s: Seconds(1_800),
            hand_over_s: Seconds(120),
            interpreter_s: Seconds(180),
            case_without_job_s: Seconds(600),
            case_left_s: Seconds(86_400),
            review_s: Seconds(14_400),
            dispute_s: Seconds(14_400),
            proposal_s: Seconds(28_800),
            shift_s: Seconds(900),
        }
    }
}

/// For a file from before there was such a rule.
impl Default for RingingRules {
    fn default() -> Self {
        Self { repeat_s: Seconds(120), steady_rings: 5, repeat_max_s: Seconds(1_800), quiet_s: Seconds(900) }
    }
}

impl RingingRules {
    /// The pause after the `rung`th ring: what rings in vain for long rings less often.
    #[must_use]
    pub fn pause(&self, rung: i64) -> TimeDelta {
        let beyond = (rung - i64::from(self.steady_rings)).clamp(0, 20);
        let doubled = i64::from(self.repeat_s.seconds()) << beyond;
        TimeDelta::seconds(doubled.min(self.repeat_max_s.seconds().into()))
    }

    /// How long the alarm keeps quiet after somebody has acknowledged it at its `rung`th ring.
    #[must_use]
    pub fn quiet(&self, rung: i64) -> TimeDelta {
        self.quiet_s.delta().max(self.pause(rung))
    }
}

pub(super) fn check(findings: &mut Findings<'_>, silence: &SilenceLimits, alarms: &RingingRules) {
    // Least and most: nothing rings before anybody could have acted, and nothing about a caller waits for hours.
    let bounds = [
        ("silence.ringing_s", silence.ringing_s, 10, 600),
        ("silence.talking_s", silence.talking_s, 600, 14_400),
        ("silence.cut_off_s", silence.cut_off_s, 30, 1_800),
        ("silence.unwrapped_s", silence.unwrapped_s, 60, 14_400),
        ("silence.hand_over_s", silence.hand_over_s, 30, 600),
        ("silence.interpreter_s", silence.interpreter_s, 30, 1_800),
        ("silence.case_without_job_s", silence.case_without_job_s, 60, 3_600),
        ("silence.case_left_s", silence.case_left_s, 3_600, 604_800),
        ("silence.review_s", silence.review_s, 600, 259_200),
        ("silence.dispute_s", silence.dispute_s, 600, 259_200),
        ("silence.proposal_s", silence.proposal_s, 600, 259_200),
        ("silence.shift_s", silence.shift_s, 60, 14_400),
        ("alarms.repeat_s", alarms.repeat_s, 30, 900),
        ("alarms.repeat_max_s", alarms.repeat_max_s, alarms.repeat_s.seconds(), 14_400),
        ("alarms.quiet_s", alarms.quiet_s, 60, 14_400),
    ];
    for (path, value, least, most) in bounds {
        within(findings, path, value, (least, most));
    }
    if !(1..=100).contains(&alarms.steady_rings) {
        findings.refuse("alarms.steady_rings", "expected from 1 to 100");
    }
}

/// Refuses a span that is shorter or longer than makes sense.
pub(super) fn within(
    findings: &mut Findings<'_>,
    path: impl Into<String>,
    value: Seconds,
    (least, most): (u32, u32),
) {
    if !(least..=most).contains(&value.seconds()) {
        findings.refuse(path, format!("is {} seconds; expected from {least} to {most}", value.seconds()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::reference::Reference;

    #[test]
    fn what_rings_in_vain_rings_less_often_up_to_a_bound() {
        let reference = Reference::embedded().unwrap();
        let rules = &reference.dispatch().alarms;
        // Every two minutes five times, then twice as long each time, half an hour at most.
        for (rung, minutes) in [(1, 2), (5, 2), (6, 4), (7, 8), (8, 16), (9, 30), (10, 30), (1_000_000, 30)] {
            assert_eq!(rules.pause(rung), TimeDelta::minutes(minutes), "after {rung}");
        }
        assert_eq!(rules.quiet(1), TimeDelta::minutes(15));
        assert_eq!(
            rules.quiet(50),
            TimeDelta::minutes(30),
            "whoever has it is not rung more often than nobody"
        );
    }
}
