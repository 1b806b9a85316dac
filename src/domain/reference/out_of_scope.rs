//! Reads `out-of-scope.toml`: what nobody is sent for, and who is the right one to ask (S-12).

use serde::{Deserialize, Serialize};

use super::{
    codes::JobCode,
    document::{Document, Findings},
    error::ReferenceError,
};
use crate::domain::text_enum::text_enum;

text_enum! {
    /// Who is responsible for a topic.
    pub enum TopicKind("kind of topic") {
        /// This service: it advises.
        Service = "service",
        /// Somebody else.
        Elsewhere = "elsewhere",
    }
}

/// Something nobody is sent for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Topic {
    /// Its code.
    pub code: String,
    /// Who is responsible.
    pub kind: TopicKind,
    /// In Japanese.
    pub ja: String,
    /// In English.
    pub en: String,
    /// Whom to ask, in Japanese.
    pub addressee_ja: String,
    /// Whom to ask, in English.
    pub addressee_en: String,
    /// Job codes that are about it.
    #[serde(default)]
    pub job_codes: Vec<JobCode>,
}

/// What nobody is sent for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutOfScope(Vec<Topic>);

impl OutOfScope {
    /// Every topic, in order.
    #[must_use]
    pub fn all(&self) -> &[Topic] {
        &self.0
    }

    /// The topic of a code.
    #[must_use]
    pub fn get(&self, code: &str) -> Option<&Topic> {
        self.0.iter().find(|topic| topic.code == code)
    }

    /// The topic a job code is about.
    #[must_use]
    pub fn of_job_code(&self, code: &str) -> Option<&Topic> {
        self.0.iter().find(|topic| topic.job_codes.iter().any(|job| job.as_str() == code))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    topic: Vec<Topic>,
}

pub(super) fn parse(document: Document<'_>) -> Result<OutOfScope, Vec<ReferenceError>> {
    let file: File = document.parse().map_err(|error| vec![error])?;
    let mut findings = Findings::new(document);
    let codes = file.topic.iter().enumerate();
    findings.refuse_repeats(codes.map(|(at, topic)| (format!("topic[{at}].code"), &topic.code)));
    for (at, topic) in file.topic.iter().enumerate() {
        if !(1..=64).contains(&topic.code.len()) {
            findings.refuse(format!("topic[{at}].code"), "expected 1 to 64 characters");
        }
        for (key, text) in [
            ("ja", &topic.ja),
            ("en", &topic.en),
            ("addressee_ja", &topic.addressee_ja),
            ("addressee_en", &topic.addressee_en),
        ] {
            findings.refuse_blank(format!("topic[{at}].{key}"), text);
        }
    }
    let errors = findings.finish();
    if errors.is_empty() { Ok(OutOfScope(file.topic)) } else { Err(errors) }
}

#[cfg(test)]
mod tests {
    use crate::domain::reference::Reference;

    #[test]
    fn every_job_code_nobody_is_sent_for_has_an_addressee() {
        let reference = Reference::embedded().unwrap();
        let jobs = reference.job_codes().all().iter();
        let unsent = jobs.filter(|job| job.trade().is_none() && !job.code.as_str().starts_with("X-"));
        let codes: Vec<_> = unsent.map(|job| job.code.as_str()).collect();
        assert_eq!(codes, ["W-WATER-HEATER", "L-DUPLICATE", "L-OTHER-LOCK"]);
        for code in codes {
            assert!(reference.out_of_scope().of_job_code(code).is_some(), "{code}");
        }
        // S-12 names these.
        for code in ["gas", "electricity", "glass", "pests", "water_heater", "other_lock"] {
            assert!(reference.out_of_scope().get(code).is_some(), "{code}");
        }
    }
}
