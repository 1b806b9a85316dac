//! The script of the demo: who works where, who calls when, and what must come of it.

use anyhow::{Context as _, bail};
use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::Value;

const ROSTER: &str = include_str!("../../seeds/demo/roster.toml");
const NIGHT: &str = include_str!("../../seeds/demo/night.toml");

/// Who works where.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Roster {
    #[serde(rename = "firm")]
    pub(super) firms: Vec<Firm>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Firm {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) phone: String,
    pub(super) areas: Vec<String>,
    #[serde(rename = "technician")]
    pub(super) technicians: Vec<Technician>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Technician {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) phone: String,
    /// Latitude, longitude.
    pub(super) base: [f64; 2],
    pub(super) trades: Vec<String>,
    pub(super) languages: Vec<String>,
}

/// Who calls when.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Night {
    pub(super) start: DateTime<FixedOffset>,
    #[serde(rename = "call")]
    pub(super) calls: Vec<Call>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Call {
    at: String,
    pub(super) language: String,
    pub(super) phone: String,
    pub(super) resident: String,
    pub(super) category: String,
    pub(super) job_code: String,
    pub(super) postal_code: String,
    pub(super) address: String,
    pub(super) building: Option<String>,
    pub(super) room: Option<String>,
    pub(super) expect: Expected,
    #[serde(rename = "step")]
    steps: Vec<Step>,
}

/// What must come of a call.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expected {
    pub(super) state: String,
    pub(super) technician: String,
    pub(super) worked_minutes: i64,
    pub(super) yen: i64,
    #[serde(default)]
    pub(super) written_off_units: i64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    at: String,
    by: String,
    accept: Option<Accept>,
    decline: Option<String>,
    fact: Option<Value>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Accept {
    arrival: String,
}

/// One thing to do at an instant.
#[derive(Debug, Clone)]
pub(super) struct Cue {
    pub(super) at: DateTime<Utc>,
    /// Which call, by its place in the script.
    pub(super) call: usize,
    pub(super) deed: Deed,
}

/// What to do.
#[derive(Debug, Clone)]
pub(super) enum Deed {
    Ring,
    Accept { by: String, arrival_at: DateTime<Utc> },
    Decline { by: String, code: String },
    Report { by: String, fact: Value },
}

impl Roster {
    pub(super) fn shipped() -> anyhow::Result<Self> {
        toml::from_str(ROSTER).context("seeds/demo/roster.toml")
    }
}

impl Night {
    pub(super) fn shipped() -> anyhow::Result<Self> {
        toml::from_str(NIGHT).context("seeds/demo/night.toml")
    }

    /// Everything to do, in order of time.
    pub(super) fn cues(&self) -> anyhow::Result<Vec<Cue>> {
        let mut cues = Vec::new();
        for (call, script) in self.calls.iter().enumerate() {
            cues.push(Cue { at: self.instant(&script.at)?, call, deed: Deed::Ring });
            for step in &script.steps {
                cues.push(Cue { at: self.instant(&step.at)?, call, deed: self.deed(step)? });
            }
        }
        // A stable sort: what is written first happens first.
        cues.sort_by_key(|cue| cue.at);
        Ok(cues)
    }

    fn deed(&self, step: &Step) -> anyhow::Result<Deed> {
        let by = step.by.clone();
        Ok(match (&step.accept, &step.decline, &step.fact) {
            (Some(accept), None, None) => Deed::Accept { by, arrival_at: self.instant(&accept.arrival)? },
            (None, Some(code), None) => Deed::Decline { by, code: code.clone() },
            (None, None, Some(fact)) => Deed::Report { by, fact: self.dated(fact)? },
            _ => bail!("the step at {} must have one of accept, decline, fact", step.at),
        })
    }

    /// The fact with its clock times as instants.
    fn dated(&self, fact: &Value) -> anyhow::Result<Value> {
        let mut fact = fact.clone();
        for key in ["asked_at", "answered_at"] {
            if let Some(clock) = fact.get(key).and_then(Value::as_str) {
                let at = self.instant(clock)?;
                fact[key] = Value::String(at.to_rfc3339());
            }
        }
        Ok(fact)
    }

    /// The instant of a clock time such as `21:05`, or `24:10` for ten past midnight.
    fn instant(&self, clock: &str) -> anyhow::Result<DateTime<Utc>> {
        let (hours, minutes) = clock.split_once(':').with_context(|| format!("not a time: {clock}"))?;
        let (hours, minutes): (i64, i64) = (hours.parse()?, minutes.parse()?);
        let midnight = self.start.date_naive().and_time(chrono::NaiveTime::MIN) - *self.start.offset();
        Ok(midnight.and_utc() + TimeDelta::hours(hours) + TimeDelta::minutes(minutes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_script_can_be_played() {
        let (roster, night) = (Roster::shipped().unwrap(), Night::shipped().unwrap());
        let known =
            |key: &str| roster.firms.iter().flat_map(|firm| &firm.technicians).any(|one| one.key == key);
        for cue in night.cues().unwrap() {
            assert!(cue.at >= night.start, "{cue:?}");
            match &cue.deed {
                Deed::Ring => {}
                Deed::Accept { by, .. } | Deed::Decline { by, .. } | Deed::Report { by, .. } => {
                    assert!(known(by), "{by}");
                }
            }
        }
    }

    #[test]
    fn clock_times_go_on_after_midnight() {
        let night = Night::shipped().unwrap();
        assert_eq!(night.instant("21:05").unwrap().to_rfc3339(), "2026-11-22T12:05:00+00:00");
        assert_eq!(night.instant("24:10").unwrap().to_rfc3339(), "2026-11-22T15:10:00+00:00");
    }
}
