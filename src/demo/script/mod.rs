//! The script of the demo: who works where, who calls when, and what must come of it. Read strictly: what cannot be
//! played is refused before the night begins, with the call and the time of the step.

mod clock;
mod night;
mod roster;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, bail, ensure};
use chrono::{DateTime, FixedOffset, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::deeds::{self, DeskDeed};
use clock::Times;
use night::Step;
pub(super) use night::{Call, Expected};
pub(super) use roster::{Firm, Roster, Technician};

const NIGHT: &str = include_str!("../../../seeds/demo/night.toml");

/// Who calls when.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Night {
    pub(super) start: DateTime<FixedOffset>,
    #[serde(rename = "call")]
    pub(super) calls: Vec<Call>,
}

/// One thing to do at an instant.
#[derive(Debug, Clone)]
pub(super) struct Cue {
    pub(super) at: DateTime<Utc>,
    /// Which call, by its place in the script.
    pub(super) call: usize,
    /// What makes a repetition of its requests the same requests.
    pub(super) key: String,
    pub(super) deed: Deed,
}

/// What to do.
#[derive(Debug, Clone)]
pub(super) enum Deed {
    Ring,
    Again {
        purpose: String,
    },
    Accept {
        by: String,
        arrival_at: DateTime<Utc>,
        by_phone: bool,
    },
    Decline {
        by: String,
        code: String,
    },
    Name {
        by: String,
        technician: String,
    },
    Withdraw {
        by: String,
        code: String,
    },
    /// An interpreter joins technician and resident from the site.
    Interpret {
        by: String,
        interpreter: String,
        language: String,
    },
    /// Reports, as they are sent in one batch.
    Report {
        by: String,
        facts: Vec<Value>,
    },
    /// What the desk does; in the landlord's name where it says so.
    Desk {
        by: Option<String>,
        deed: &'static DeskDeed,
        body: Value,
    },
}

impl Deed {
    /// Who acts who is not the desk.
    pub(super) fn actor(&self) -> Option<&str> {
        match self {
            Self::Accept { by_phone: true, .. } | Self::Ring | Self::Again { .. } | Self::Desk { .. } => None,
            Self::Accept { by, .. }
            | Self::Decline { by, .. }
            | Self::Name { by, .. }
            | Self::Withdraw { by, .. }
            | Self::Interpret { by, .. }
            | Self::Report { by, .. } => Some(by),
        }
    }
}

impl Night {
    pub(super) fn shipped() -> anyhow::Result<Self> {
        toml::from_str(NIGHT).context("seeds/demo/night.toml")
    }

    /// Everything to do, in order of time.
    pub(super) fn cues(&self, roster: &Roster) -> anyhow::Result<Vec<Cue>> {
        let times = Times::of(&self.start);
        let known: BTreeSet<&str> = roster.keys().collect();
        let mut cues = Vec::new();
        let mut phones = BTreeSet::new();
        for (index, call) in self.calls.iter().enumerate() {
            let name = format!("call {} ({})", index + 1, call.title);
            ensure!(phones.insert(&call.phone), "{name}: another call has the same telephone number");
            let played = Played { times, known: &known, index, call };
            cues.extend(played.cues().with_context(|| format!("seeds/demo/night.toml: {name}"))?);
        }
        // A stable sort: what is written first happens first.
        cues.sort_by_key(|cue| cue.at);
        Ok(cues)
    }
}

/// One call of the script, being read.
struct Played<'a> {
    times: Times,
    known: &'a BTreeSet<&'a str>,
    index: usize,
    call: &'a Call,
}

impl Played<'_> {
    fn cues(&self) -> anyhow::Result<Vec<Cue>> {
        let rings = self.times.instant(&self.call.at)?;
        let mut cues = vec![self.cue(rings, 0, Deed::Ring)];
        let mut reports = Reports::default();
        for (number, step) in self.call.steps.iter().enumerate() {
            let cue = self.step(number + 1, step, &mut reports);
            let cue = cue.with_context(|| format!("the step at {}", step.at))?;
            ensure!(cue.at >= rings, "the step at {}: before the call", step.at);
            cues.push(cue);
        }
        reports.number(self.index, &mut cues);
        let joining = cues.iter().filter_map(|cue| self.joining(cue)).collect::<anyhow::Result<Vec<_>>>()?;
        cues.extend(joining);
        Ok(cues)
    }

    /// The interpreter whom a consent names joins when it is asked, and leaves when it was answered (I-06).
    fn joining(&self, cue: &Cue) -> Option<anyhow::Result<Cue>> {
        let Deed::Report { by, facts } = &cue.deed else { return None };
        let asked = facts.iter().find(|fact| fact["interpreter"].is_string())?;
        let text = |key: &str| asked[key].as_str().unwrap_or_default().to_owned();
        let deed =
            Deed::Interpret { by: by.clone(), interpreter: text("interpreter"), language: text("language") };
        let at = serde_json::from_value(asked["asked_at"].clone()).context("a consent says 'asked_at'");
        Some(at.map(|at| Cue { at, call: self.index, key: format!("{}-interpreter", cue.key), deed }))
    }

    fn cue(&self, at: DateTime<Utc>, step: usize, deed: Deed) -> Cue {
        Cue { at, call: self.index, key: format!("call-{}-{step}", self.index + 1), deed }
    }

    fn step(&self, number: usize, step: &Step, reports: &mut Reports) -> anyhow::Result<Cue> {
        let at = self.times.instant(&step.at)?;
        if let Some(by) = &step.by {
            let may =
                self.known.contains(by.as_str()) || [deeds::LANDLORD, deeds::BILLING].contains(&by.as_str());
            ensure!(may, "nobody in the roster is called '{by}'");
        }
        let deed = self.deed(at, step)?;
        if let Deed::Report { by, facts } = &deed {
            reports.add(by, number, facts)?;
        }
        Ok(self.cue(at, number, deed))
    }

    fn deed(&self, at: DateTime<Utc>, step: &Step) -> anyhow::Result<Deed> {
        let by = || step.by.clone().context("say 'by' whom");
        let Step { accept, decline, name, withdraw, fact, late, again, desk, with, .. } = step;
        let said = [
            accept.is_some(),
            decline.is_some(),
            name.is_some(),
            withdraw.is_some(),
            fact.is_some(),
            late.is_some(),
            again.is_some(),
            desk.is_some(),
        ];
        ensure!(said.iter().filter(|said| **said).count() == 1, "say one thing that is done");
        ensure!(with.is_none() || desk.is_some(), "'with' belongs to 'desk'");
        if let Some(accept) = accept {
            let arrival_at = self.times.instant(&accept.arrival)?;
            return Ok(Deed::Accept { by: by()?, arrival_at, by_phone: accept.by_phone });
        }
        if let Some(code) = decline {
            return Ok(Deed::Decline { by: by()?, code: code.clone() });
        }
        if let Some(technician) = name {
            ensure!(
                self.known.contains(technician.as_str()),
                "nobody in the roster is called '{technician}'"
            );
            return Ok(Deed::Name { by: by()?, technician: technician.clone() });
        }
        if let Some(code) = withdraw {
            return Ok(Deed::Withdraw { by: by()?, code: code.clone() });
        }
        if let Some(purpose) = again {
            return Ok(Deed::Again { purpose: purpose.clone() });
        }
        if let Some(name) = desk {
            let deed = deeds::find(name)?;
            let body = self.filled_in(with.as_ref().unwrap_or(&json!({})))?;
            return Ok(Deed::Desk { by: step.by.clone(), deed, body });
        }
        let by = by()?;
        let facts = match (fact, late) {
            (Some(fact), _) => vec![self.fact(at, fact)?],
            (None, Some(late)) => late.iter().map(|fact| self.late(fact)).collect::<Result<_, _>>()?,
            (None, None) => bail!("say what is done"),
        };
        Ok(Deed::Report { by, facts })
    }

    /// A report of what happens at the instant.
    fn fact(&self, at: DateTime<Utc>, fact: &Value) -> anyhow::Result<Value> {
        let mut fact = self.filled_in(fact)?;
        ensure!(fact["kind"].is_string(), "a report without 'kind'");
        fact["device_time"] = json!(at);
        Ok(fact)
    }

    /// A report of what happened at a time of its own.
    fn late(&self, fact: &Value) -> anyhow::Result<Value> {
        let mut fact = fact.clone();
        let at = fact.as_object_mut().and_then(|fields| fields.remove("at"));
        let at = at.as_ref().and_then(Value::as_str).context("a late report says 'at' which time it was")?;
        self.fact(self.times.instant(at)?, &fact)
    }

    fn filled_in(&self, value: &Value) -> anyhow::Result<Value> {
        self.times.filled_in(&self.index.to_string(), value)
    }
}

/// The reports of one call by whose they are: each with its time, its step and its place in the batch.
#[derive(Default)]
struct Reports(BTreeMap<String, Vec<(DateTime<Utc>, usize, usize)>>);

impl Reports {
    fn add(&mut self, by: &str, step: usize, facts: &[Value]) -> anyhow::Result<()> {
        let all = self.0.entry(by.to_owned()).or_default();
        for (place, fact) in facts.iter().enumerate() {
            all.push((serde_json::from_value(fact["device_time"].clone())?, step, place));
        }
        Ok(())
    }

    /// Numbers the reports of each device as they happened, however late and in whichever order they are sent.
    fn number(mut self, call: usize, cues: &mut [Cue]) {
        for (by, all) in &mut self.0 {
            all.sort();
            for (number, &(_, step, place)) in (1..).zip(all.iter()) {
                if let Deed::Report { facts, .. } = &mut cues[step].deed {
                    let number: i64 = number;
                    facts[place]["device_seq"] = json!(number);
                    facts[place]["id"] = json!(clock::id(&[&call.to_string(), by, &number.to_string()]));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
