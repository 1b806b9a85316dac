//! A programme that pays for damage. Only its name is used here; the rest is kept as it stands, within limits.

use serde::Deserialize;
use toml::{Table, Value};

use crate::domain::reference::codes::ProgrammeId;
use crate::domain::reference::document::{Document, Findings};
use crate::domain::reference::error::ReferenceError;

/// The terms of a cover.
#[derive(Debug, Clone, PartialEq)]
pub struct Cover {
    /// Its id.
    pub id: ProgrammeId,
    /// Its Japanese name.
    pub name_ja: String,
    /// Its English name.
    pub name_en: Option<String>,
    /// Everything else, by section; no float, no negative number.
    pub extra: Table,
}

/// The sections a cover may have, so that a misspelt one is not lost.
const SECTIONS: [&str; 25] = [
    "accident_report_form",
    "benefit",
    "claim_document",
    "claim_steps",
    "coinsurer",
    "cover",
    "exclusion",
    "exclusions_injury_sickness",
    "home_leave",
    "incident_duty",
    "liability",
    "liability_exclusion",
    "medical",
    "notice",
    "period",
    "policy_number",
    "premium_rule",
    "printed_rate_table",
    "rate",
    "reconstructed_rate_table",
    "rescuer",
    "ssw_plan",
    "training_plan",
    "type",
    "valuation",
];

const DEPTH_MAX: usize = 6;
const TEXT_CHARS_MAX: usize = 1_000;

#[derive(Deserialize)]
struct CoverFile {
    programme: Heading,
    #[serde(flatten)]
    extra: Table,
}

#[derive(Deserialize)]
struct Heading {
    id: ProgrammeId,
    name_ja: String,
    name_en: Option<String>,
    #[serde(flatten)]
    extra: Table,
}

pub(super) fn parse(document: Document<'_>) -> Result<Cover, Vec<ReferenceError>> {
    let file: CoverFile = document.parse().map_err(|error| vec![error])?;
    let mut findings = Findings::new(document);
    findings.refuse_blank("programme.name_ja", &file.programme.name_ja);
    for (key, value) in &file.extra {
        if !SECTIONS.contains(&key.as_str()) {
            let known = SECTIONS.join(", ");
            findings.refuse(key, format!("is not a section of a cover; known: {known}"));
        }
        check_value(key, value, DEPTH_MAX, &mut findings);
    }
    for (key, value) in &file.programme.extra {
        check_value(&format!("programme.{key}"), value, DEPTH_MAX, &mut findings);
    }
    let errors = findings.finish();
    if !errors.is_empty() {
        return Err(errors);
    }
    let Heading { id, name_ja, name_en, extra: heading } = file.programme;
    let mut extra = file.extra;
    extra.insert("programme".to_owned(), Value::Table(heading));
    Ok(Cover { id, name_ja, name_en, extra })
}

/// Money is never a float and no term is negative; texts and nesting are bounded.
fn check_value(path: &str, value: &Value, depth_left: usize, findings: &mut Findings<'_>) {
    if depth_left == 0 {
        return findings.refuse(path, format!("is nested deeper than {DEPTH_MAX}; expected a flat table"));
    }
    match value {
        Value::Float(_) => {
            findings.refuse(path, "is a fraction; expected a whole number, as in tenths of a yen")
        }
        Value::Integer(number) if *number < 0 => findings.refuse(path, "is negative; expected 0 or more"),
        Value::String(text) if text.chars().count() > TEXT_CHARS_MAX => {
            findings.refuse(path, format!("is longer than {TEXT_CHARS_MAX} characters"));
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                check_value(&format!("{path}[{at}]"), item, depth_left - 1, findings);
            }
        }
        Value::Table(entries) => {
            for (key, entry) in entries {
                check_value(&format!("{path}.{key}"), entry, depth_left - 1, findings);
            }
        }
        Value::String(_) | Value::Integer(_) | Value::Boolean(_) | Value::Datetime(_) => {}
    }
}
