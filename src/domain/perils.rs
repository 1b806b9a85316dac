//! What is dangerous about a job, or cannot be checked before its door is opened: since when, and until when (G-08).

use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::{
    dangers::CaseHazard,
    identity::Method,
    jobs::Hold,
    offers::Heard,
    reference::{Reference, hazards::Hazard},
    span::Instant,
};

/// A danger of the case, from when it was known until it was cleared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownDanger {
    /// Its number among the dangers of the case, from 1.
    pub number: i64,
    /// The hazard, as in `H-GAS`.
    pub hazard: String,
    /// Since when it is known.
    pub raised_at: Instant,
    /// When it was cleared.
    pub cleared_at: Option<Instant>,
}

impl From<&CaseHazard> for KnownDanger {
    fn from(danger: &CaseHazard) -> Self {
        Self {
            number: danger.number,
            hazard: danger.hazard.clone(),
            raised_at: danger.raised_at,
            cleared_at: danger.cleared_at,
        }
    }
}

/// A plan of the identity check: the last one counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedCheck {
    /// Its number among the plans of the job, from 1.
    pub number: i64,
    /// How it will be checked.
    pub method: Method,
    /// When it was planned.
    pub planned_at: Instant,
}

/// What the office has laid down about danger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SafetyRules {
    harmless: BTreeSet<String>,
    /// How often a held job reminds the desk.
    pub held_reminder: TimeDelta,
    /// Within what time whoever is on a job acknowledges a danger.
    pub acknowledged_within: TimeDelta,
}

impl SafetyRules {
    /// The rules of the reference data.
    #[must_use]
    pub fn of(reference: &Reference) -> Self {
        let harmless = reference.hazards().all().iter().filter(|hazard| !hazard.holds_offers);
        let code = |hazard: &Hazard| hazard.id.as_str().to_owned();
        Self {
            harmless: harmless.map(code).collect(),
            held_reminder: reference.dispatch().held_reminder,
            acknowledged_within: reference.dispatch().danger_acknowledged,
        }
    }

    /// A hazard that the reference data no longer knows holds: nobody knows that it is harmless.
    fn weight(&self, hazard: &str) -> Weight {
        if self.harmless.contains(hazard) { Weight::Warns } else { Weight::Holds }
    }
}

/// What a peril does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Nobody is sent, and nobody begins but to make safe.
    Holds,
    /// Whoever goes is told.
    Warns,
}

/// Something dangerous, or unchecked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peril {
    /// What.
    pub what: Hold,
    /// Its number among those of its kind.
    pub number: i64,
    /// Since when it is known.
    pub since: Instant,
    /// When it was over.
    pub until: Option<Instant>,
    /// What it does.
    pub weight: Weight,
}

/// Every peril of a job, over ones too.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Perils(Vec<Peril>);

impl Perils {
    /// The perils of a job by the dangers of its case and the plans of its identity check, each in the order of its numbers.
    #[must_use]
    pub fn of(
        dangers: impl IntoIterator<Item = KnownDanger>,
        checks: &[PlannedCheck],
        rules: &SafetyRules,
    ) -> Self {
        let dangers = dangers.into_iter().map(|danger| Peril {
            weight: rules.weight(&danger.hazard),
            what: Hold::Hazard(danger.hazard),
            number: danger.number,
            since: danger.raised_at,
            until: danger.cleared_at,
        });
        let unchecked = checks.iter().enumerate().filter(|(_, check)| check.method == Method::None);
        let unchecked = unchecked.map(|(at, check)| Peril {
            what: Hold::Identity,
            number: check.number,
            since: check.planned_at,
            until: checks.get(at + 1).map(|next| next.planned_at),
            weight: Weight::Holds,
        });
        Self(dangers.chain(unchecked).collect())
    }

    /// Those that are not over.
    pub fn open(&self) -> impl Iterator<Item = &Peril> {
        self.0.iter().filter(|peril| peril.until.is_none())
    }

    /// What holds the job: of several the one known first, danger before identity.
    #[must_use]
    pub fn holding(&self) -> Option<Hold> {
        self.open().find(|peril| peril.weight == Weight::Holds).map(|peril| peril.what.clone())
    }

    /// The open ones that whoever has heard as much has not heard of.
    pub fn unheard(&self, heard: Heard) -> impl Iterator<Item = &Peril> {
        self.open().filter(move |peril| match peril.what {
            Hold::Identity => peril.number > heard.check,
            Hold::Hazard(_) => peril.number > heard.danger,
        })
    }

    /// What somebody has heard who has heard of all of them.
    #[must_use]
    pub fn heard(&self) -> Heard {
        let last = |is_meant: fn(&Hold) -> bool| {
            let own = self.0.iter().filter(|peril| is_meant(&peril.what));
            own.map(|peril| peril.number).max().unwrap_or_default()
        };
        Heard {
            danger: last(|what| matches!(what, Hold::Hazard(_))),
            check: last(|what| *what == Hold::Identity),
        }
    }

    /// Whether nobody may have begun at an instant, but to make safe.
    #[must_use]
    pub fn forbid_work_at(&self, at: Instant) -> bool {
        self.open_at(at).any(|peril| peril.weight == Weight::Holds)
    }

    /// Whether anything was dangerous, or unchecked, at an instant.
    #[must_use]
    pub fn are_open_at(&self, at: Instant) -> bool {
        self.open_at(at).next().is_some()
    }

    fn open_at(&self, at: Instant) -> impl Iterator<Item = &Peril> {
        self.0.iter().filter(move |peril| peril.since <= at && peril.until.is_none_or(|until| at < until))
    }
}

/// The codes of perils, as stored and sent.
#[must_use]
pub fn codes<'a>(perils: impl IntoIterator<Item = &'a Peril>) -> Vec<String> {
    perils.into_iter().map(|peril| peril.what.as_str().to_owned()).collect()
}
