//! The stored record of one matching run: inputs as integers, candidates, reasons, order. Replayable.

mod explain;
mod replay;

use std::collections::BTreeMap;

use chrono::serde::ts_microseconds;
use serde::{Deserialize, Serialize};

pub use self::{
    explain::{headline, why},
    replay::{ReplayError, replay},
};
use super::{
    matcher::{Candidate, MatchOutcome, Rejected, SearchEnd, Verdict},
    question::Question,
    rules::Reason,
};
use crate::domain::{ids::TechnicianId, span::Instant};

/// The version of rules, figures, order and format. Raised by every change that could change a byte of any decision.
pub const ENGINE_VERSION: &str = "4";

/// The record. Its fields are in the order they are written; every number is an integer.
///
/// Inputs: `question`, `now`, `data_versions`, the facts of each candidate and rejection, `serving`, and what is only
/// counted (`rest`, `eligible`, `visited`, `search`). Everything else follows from them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// Which engine decided.
    pub engine_version: String,
    /// Which data it knew, by name: the gazetteer, the position in the log.
    pub data_versions: BTreeMap<String, String>,
    /// The instant it was decided for.
    #[serde(rename = "now_us", with = "ts_microseconds")]
    pub now: Instant,
    /// What was asked.
    pub question: Question,
    /// What came of it.
    pub verdict: Verdict,
    /// Whom to offer the job, in order.
    pub order: Vec<TechnicianId>,
    /// The figures of each, in that order.
    pub candidates: Vec<Candidate>,
    /// The nearest who were refused, nearest first.
    pub rejections: Vec<Rejected>,
    /// The other refused of those who were looked at, by reason.
    pub rest: BTreeMap<Reason, usize>,
    /// How many were looked at and can be sent.
    pub eligible: usize,
    /// How many were looked at.
    pub visited: usize,
    /// Who serves the place at all.
    pub serving: ServingRecord,
    /// Why the search ended.
    pub search: SearchEnd,
}

/// How many technicians serve the place and trade, by the code their firm names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServingRecord {
    /// The municipality's own.
    pub municipality: usize,
    /// The parent city's.
    pub parent_city: usize,
}

impl Decision {
    /// The record of `outcome`, which knew data of these versions.
    #[must_use]
    pub fn new(outcome: MatchOutcome, data_versions: BTreeMap<String, String>) -> Self {
        Self {
            engine_version: ENGINE_VERSION.to_owned(),
            data_versions,
            now: outcome.now,
            question: outcome.question,
            verdict: outcome.verdict,
            order: outcome.candidates.iter().map(|candidate| candidate.facts.technician).collect(),
            candidates: outcome.candidates,
            rejections: outcome.rejections,
            rest: outcome.rest,
            eligible: outcome.eligible,
            visited: outcome.visited,
            serving: ServingRecord {
                municipality: outcome.serving_municipality,
                parent_city: outcome.serving_parent_city,
            },
            search: outcome.search,
        }
    }

    /// The document to store: compact JSON, the same bytes for the same record.
    pub fn document(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }
}

#[cfg(test)]
mod tests;
