//! Who works where.

use std::collections::BTreeSet;

use anyhow::{Context as _, ensure};
use serde::Deserialize;
use serde_json::Value;

const ROSTER: &str = include_str!("../../../seeds/demo/roster.toml");

/// Who works where.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::demo) struct Roster {
    #[serde(rename = "firm")]
    pub(in crate::demo) firms: Vec<Firm>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::demo) struct Firm {
    pub(in crate::demo) key: String,
    pub(in crate::demo) name: String,
    pub(in crate::demo) phone: String,
    pub(in crate::demo) areas: Vec<String>,
    #[serde(default)]
    pub(in crate::demo) licences: Vec<Value>,
    /// `firm` where the office answers for its technicians.
    #[serde(default = "technician")]
    pub(in crate::demo) offers_to: String,
    #[serde(rename = "technician")]
    pub(in crate::demo) technicians: Vec<Technician>,
}

fn technician() -> String {
    "technician".to_owned()
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::demo) struct Technician {
    /// The firm's key, a dot and the family name.
    pub(in crate::demo) key: String,
    pub(in crate::demo) name: String,
    pub(in crate::demo) phone: String,
    /// Latitude, longitude.
    pub(in crate::demo) base: [f64; 2],
    pub(in crate::demo) trades: Vec<String>,
    pub(in crate::demo) languages: Vec<String>,
}

impl Roster {
    pub(in crate::demo) fn shipped() -> anyhow::Result<Self> {
        let roster: Self = toml::from_str(ROSTER).context("seeds/demo/roster.toml")?;
        let mut known = BTreeSet::new();
        for key in roster.keys() {
            ensure!(known.insert(key), "seeds/demo/roster.toml: the key '{key}' is there twice");
        }
        Ok(roster)
    }

    /// The keys of all offices and technicians.
    pub(in crate::demo) fn keys(&self) -> impl Iterator<Item = &str> {
        let technicians = self.firms.iter().flat_map(|firm| &firm.technicians);
        let firms = self.firms.iter().map(|firm| firm.key.as_str());
        firms.chain(technicians.map(|technician| technician.key.as_str()))
    }
}
