//! Reads `errata.toml`: suspected errors and gaps of the printed sources.

use serde::{Deserialize, Serialize};

use super::document::{Document, Findings};
use super::error::ReferenceError;
use crate::domain::text_enum::text_enum;

text_enum! {
    /// What an error changes.
    pub enum Severity("severity") {
        /// Money or cover.
        High = "high",
        /// Behaviour.
        Medium = "medium",
        /// Spelling.
        Low = "low",
    }
}

/// A suspected error, contradiction or gap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Erratum {
    /// Its id: programme and number, as in `000-01`.
    pub id: String,
    /// What it changes.
    pub severity: Severity,
    /// Where it stands in the source.
    #[serde(rename = "where")]
    pub place: String,
    /// The printed words.
    pub printed: Option<String>,
    /// What is wrong with them.
    pub problem: String,
    /// What was probably meant.
    pub expected: Option<String>,
    /// What we do about it.
    pub resolution: String,
}

impl Erratum {
    /// The programme it belongs to: the part of the id before the hyphen.
    #[must_use]
    pub fn programme(&self) -> &str {
        self.id.split_once('-').map_or("", |(programme, _)| programme)
    }
}

pub(super) fn parse(document: Document<'_>) -> Result<Vec<Erratum>, Vec<ReferenceError>> {
    let file: ErrataFile = document.parse().map_err(|error| vec![error])?;
    let mut findings = Findings::new(document);
    let items = file.item.iter().enumerate();
    findings.refuse_repeats(items.map(|(at, item)| (format!("item[{at}].id"), &item.id)));
    for (at, item) in file.item.iter().enumerate() {
        findings.refuse_blank(format!("item[{at}].where"), &item.place);
        findings.refuse_blank(format!("item[{at}].problem"), &item.problem);
        findings.refuse_blank(format!("item[{at}].resolution"), &item.resolution);
    }
    let errors = findings.finish();
    if errors.is_empty() { Ok(file.item) } else { Err(errors) }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ErrataFile {
    item: Vec<Erratum>,
}
