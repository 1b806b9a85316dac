//! Reads `consent-texts.toml`: what is read to somebody before they answer (C-18, C-19), each version in the languages it
//! was issued in. What was issued once stays as it was: reports name it for as long as they are kept.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::Deserialize;

use super::{
    codes::LanguageTag,
    document::{Document, Findings},
    error::ReferenceError,
};
use crate::domain::text_enum::text_enum;

text_enum! {
    /// What a text asks for.
    pub enum ConsentTopic("consent topic") {
        /// That something is charged (C-18).
        Charge = "consent_charge",
        /// What becomes of what is said in a call (D-01).
        Data = "consent_data",
        /// That the landlord or the host company is told.
        Contact = "consent_contact",
    }
}

/// One version of a text.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentText {
    /// What it asks for.
    #[serde(rename = "code")]
    pub topic: ConsentTopic,
    /// Its version, as reports name it.
    pub version: String,
    /// From when on it is read out.
    pub issued_on: NaiveDate,
    /// Its words, by the language they are issued in.
    pub wording: BTreeMap<LanguageTag, String>,
}

impl ConsentText {
    /// What whoever reads it out fills in, by name, in the order in which it is read.
    #[must_use]
    pub fn fields(words: &str) -> Vec<&str> {
        let mut fields: Vec<&str> = Vec::new();
        for (name, _) in words.split("{{").skip(1).filter_map(|rest| rest.split_once("}}")) {
            if !fields.contains(&name) {
                fields.push(name);
            }
        }
        fields
    }
}

/// Every version of every text that was ever issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentTexts(Vec<ConsentText>);

impl ConsentTexts {
    /// All of them, in the order in which they were issued.
    #[must_use]
    pub fn all(&self) -> &[ConsentText] {
        &self.0
    }

    /// The text of a version.
    #[must_use]
    pub fn get(&self, version: &str) -> Option<&ConsentText> {
        self.0.iter().find(|text| text.version == version)
    }

    /// Whether a text is the one that is read out on a day: the last one of its topic that was issued by then.
    #[must_use]
    pub fn is_current(&self, text: &ConsentText, on: NaiveDate) -> bool {
        let issued = self.0.iter().filter(|other| other.topic == text.topic && other.issued_on <= on);
        issued.max_by_key(|other| other.issued_on).is_some_and(|last| last.version == text.version)
    }

    /// The versions of these texts that another collection lacks or words otherwise.
    #[must_use]
    pub fn lost_in(&self, later: &Self) -> Vec<&str> {
        let lost = self.0.iter().filter(|text| later.get(&text.version) != Some(text));
        lost.map(|text| text.version.as_str()).collect()
    }
}

/// Longest version: what a report can name.
const VERSION_BYTES_MAX: usize = 64;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    text: Vec<ConsentText>,
}

pub(super) fn parse(document: Document<'_>) -> Result<ConsentTexts, Vec<ReferenceError>> {
    let file: File = document.parse().map_err(|error| vec![error])?;
    let mut findings = Findings::new(document);
    let versions = file.text.iter().enumerate();
    findings.refuse_repeats(versions.map(|(at, text)| (format!("text[{at}].version"), &text.version)));
    for (at, text) in file.text.iter().enumerate() {
        check(at, text, &mut findings);
    }
    for topic in ConsentTopic::ALL {
        let days = file.text.iter().filter(|text| text.topic == *topic).map(|text| text.issued_on);
        let days: Vec<_> = days.collect();
        if days.iter().collect::<BTreeSet<_>>().len() != days.len() || days.is_empty() {
            findings.refuse("text", format!("{topic}: expected one version or more, each from another day"));
        }
    }
    let errors = findings.finish();
    if errors.is_empty() { Ok(ConsentTexts(file.text)) } else { Err(errors) }
}

fn check(at: usize, text: &ConsentText, findings: &mut Findings<'_>) {
    let is_path_safe = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if !(1..=VERSION_BYTES_MAX).contains(&text.version.len()) || !text.version.bytes().all(is_path_safe) {
        findings.refuse(format!("text[{at}].version"), "expected ASCII letters, digits, '.', '_' or '-'");
    }
    // With an interpreter in between one of these two is read out (G-05).
    if !["ja", "en"].iter().all(|tag| text.wording.contains_key(*tag)) {
        findings.refuse(format!("text[{at}].wording"), "expected a wording in ja and in en, at least");
    }
    for (tag, words) in &text.wording {
        findings.refuse_blank(format!("text[{at}].wording.{tag}"), words);
        let is_closed = |rest: &str| rest.split_once("}}").is_some_and(|(name, _)| !name.contains('\n'));
        if !words.split("{{").skip(1).all(is_closed) {
            findings.refuse(format!("text[{at}].wording.{tag}"), "a '{{' without its '}}' on the same line");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::reference::{Dataset, Reference};

    const FILE: &str = include_str!("../../../seeds/reference/consent-texts.toml");

    fn read(text: &str) -> Result<ConsentTexts, Vec<ReferenceError>> {
        parse(Document::new(Dataset::ConsentTexts, text.as_bytes()).unwrap())
    }

    #[test]
    fn the_text_before_a_charge_says_who_pays_and_the_most_in_each_language() {
        let reference = Reference::embedded().unwrap();
        let charge = reference.consent_texts().get("C-1.1").unwrap();
        assert_eq!(charge.topic, ConsentTopic::Charge);
        for (tag, words) in &charge.wording {
            let fields = ConsentText::fields(words);
            let wanted = ["elapsed_min", "max_yen", "special_line", "parts_line", "payer"];
            assert!(wanted.iter().all(|field| fields.contains(field)), "C-19, {tag}: {fields:?}");
        }
        let languages: Vec<_> = charge.wording.keys().map(LanguageTag::as_str).collect();
        assert_eq!(languages, ["en", "ja", "ja-x-easy"]);
    }

    #[test]
    fn the_last_one_issued_is_read_out() {
        let later = "[[text]]\ncode = \"consent_charge\"\nversion = \"C-1.2\"\nissued_on = \"2026-12-01\"\n\
                     wording = { ja = \"つづけますか。\", en = \"Go on?\" }\n";
        let texts = read(&format!("{FILE}\n{later}")).unwrap();
        let current = |version: &str, day: &str| {
            texts.is_current(texts.get(version).unwrap(), day.parse::<NaiveDate>().unwrap())
        };
        assert!(current("C-1.1", "2026-11-30") && !current("C-1.2", "2026-11-30"));
        assert!(!current("C-1.1", "2026-12-01") && current("C-1.2", "2026-12-01"));
        assert!(current("D-1.1", "2026-12-01"), "another topic");
        assert!(!current("C-1.1", "2025-12-31"), "not issued yet");
    }

    #[test]
    fn what_was_issued_is_missed_when_it_is_gone_or_other() {
        let texts = read(FILE).unwrap();
        let gone = read(&FILE.replace("C-1.1", "C-1.9")).unwrap();
        let other = read(&FILE.replace("You may stop", "You cannot stop")).unwrap();
        assert_eq!(texts.lost_in(&texts), Vec::<&str>::new());
        assert_eq!(texts.lost_in(&gone), ["C-1.1"]);
        assert_eq!(texts.lost_in(&other), ["C-1.1"]);
    }

    #[test]
    fn a_text_that_cannot_be_read_out_is_refused() {
        for (from, to, path) in [
            ("version = \"C-1.1\"", "version = \"C-1/1\"", "text[0].version"),
            ("version = \"D-1.1\"", "version = \"C-1.1\"", "text[1].version"),
            ("\nen = \"\"\"", "\nzh = \"\"\"", "text[0].wording"),
            ("{{payer}}", "{{payer", "text[0].wording.ja"),
            ("code = \"consent_data\"", "code = \"consent_contact\"", "text"),
        ] {
            let errors = read(&FILE.replacen(from, to, 1)).unwrap_err();
            assert_eq!(errors[0].path.as_deref(), Some(path), "{to}");
        }
    }
}
