//! Reads `languages.toml`: the languages of the worker line (I-01 to I-07, N-01).

use std::collections::BTreeMap;

use serde::Deserialize;

use super::codes::LanguageTag;
use super::document::{Document, Findings};
use super::error::ReferenceError;
use super::zone::Zone;
use crate::domain::calendar::{Hours, Timetable};

/// A foreign language of the worker line.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Language {
    /// Japanese name as printed.
    pub ja: String,
    /// English name.
    pub en: String,
    /// The tag to store.
    pub tag: LanguageTag,
    /// Tag of the spoken language, where it is narrower.
    pub spoken: Option<LanguageTag>,
    /// Tags of the scripts to ask for; never derived from a region.
    #[serde(default)]
    pub written: Vec<LanguageTag>,
    /// Tags taken for this language on input.
    pub accept: Vec<LanguageTag>,
    /// Tags that look close and are not served.
    #[serde(default)]
    pub not_accept: Vec<LanguageTag>,
    /// Other Japanese names.
    #[serde(default)]
    pub labels_ja: Vec<String>,
    /// For the people who handle its texts.
    pub notes: Option<String>,
    /// When it is spoken.
    pub hours: Hours,
}

/// Japanese, in its two forms.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BaseLanguage {
    /// Japanese name.
    pub ja: String,
    /// English name.
    pub en: String,
    /// The tag to store.
    pub tag: LanguageTag,
    /// Tag of plain Japanese (やさしい日本語).
    pub easy_tag: LanguageTag,
    /// When it is spoken.
    pub hours: Hours,
}

/// What to do when a language is closed (I-07).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fallback {
    /// What to try, in order, in words.
    pub order: Vec<String>,
    /// Emergencies never wait for an interpreter.
    pub emergency_never_waits: bool,
    /// A call-back is offered at the next opening.
    pub offer_callback_at_next_opening: bool,
}

/// The languages, found by any tag that is accepted for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Languages {
    foreign: Vec<Language>,
    base: BaseLanguage,
    fallback: Fallback,
    /// Lower-case accepted tag to the tag to store.
    aliases: BTreeMap<String, LanguageTag>,
    /// Lower-case subtag that is not served to the language it looks like.
    refused: BTreeMap<String, LanguageTag>,
    timetables: BTreeMap<LanguageTag, Timetable>,
}

/// Why a tag names no language of the worker line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotServed {
    /// It looks like a served language and is another one, as Cantonese is not Mandarin.
    #[error("'{given}' is not served; it is not the same as '{not}'")]
    Other {
        /// What was given.
        given: String,
        /// The language it must not be taken for.
        not: LanguageTag,
    },
    /// None of the languages.
    #[error("'{given}' is not a language of this line")]
    Unknown {
        /// What was given.
        given: String,
    },
}

impl Languages {
    /// The tag to store for `given`: any accepted spelling, then shorter and shorter (RFC 4647 lookup), so that
    /// `en-AU` is `en`. Case and `_` do not matter.
    pub fn canonical(&self, given: &str) -> Result<&LanguageTag, NotServed> {
        let tag = fold(given);
        if let Some(not) = tag.split('-').find_map(|subtag| self.refused.get(subtag)) {
            return Err(NotServed::Other { given: given.to_owned(), not: not.clone() });
        }
        let mut rest = tag.as_str();
        loop {
            if let Some(found) = self.aliases.get(rest) {
                return Ok(found);
            }
            rest = rest
                .rsplit_once('-')
                .map(|(shorter, _)| shorter)
                .ok_or_else(|| NotServed::Unknown { given: given.to_owned() })?;
        }
    }

    /// The tag to store for a Japanese name, as in フィリピノ語.
    #[must_use]
    pub fn by_label(&self, label: &str) -> Option<&LanguageTag> {
        let named = |language: &&Language| {
            language.ja == label || language.labels_ja.iter().any(|other| other == label)
        };
        let foreign = self.foreign.iter().find(named).map(|language| &language.tag);
        foreign.or_else(|| (self.base.ja == label).then_some(&self.base.tag))
    }

    /// When the language of that stored tag is spoken; both forms of Japanese included.
    #[must_use]
    pub fn timetable(&self, tag: &str) -> Option<&Timetable> {
        self.timetables.get(tag)
    }

    /// The foreign languages, in the printed order.
    #[must_use]
    pub fn foreign(&self) -> &[Language] {
        &self.foreign
    }

    /// Japanese.
    #[must_use]
    pub fn base(&self) -> &BaseLanguage {
        &self.base
    }

    /// What to do when a language is closed.
    #[must_use]
    pub fn fallback(&self) -> &Fallback {
        &self.fallback
    }
}

fn fold(tag: &str) -> String {
    tag.trim().replace('_', "-").to_ascii_lowercase()
}

pub(super) fn parse(document: Document<'_>) -> Result<Languages, Vec<ReferenceError>> {
    let file: LanguagesFile = document.parse().map_err(|error| vec![error])?;
    let Zone::Tokyo = file.timezone;
    let mut findings = Findings::new(document);
    findings.refuse_blank("basis", &file.basis);
    findings.refuse_repeats(file.tags());
    file.check_each(&mut findings);
    let [base] = file.base_language.as_slice() else {
        findings.refuse("base_language", "expected exactly one, Japanese");
        return Err(findings.finish());
    };
    let hours = file.language.iter().map(|language| (&language.tag, &language.hours));
    let hours = hours.chain([(&base.tag, &base.hours), (&base.easy_tag, &base.hours)]);
    let timetables = hours.filter_map(|(tag, hours)| Some((tag.clone(), timetable(hours)?))).collect();
    let errors = findings.finish();
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(Languages {
        aliases: file.aliases(base),
        refused: file.refused(),
        timetables,
        base: base.clone(),
        fallback: file.fallback,
        foreign: file.language,
    })
}

/// The timetable of a language: it has no desks to be the complement of.
fn timetable(hours: &Hours) -> Option<Timetable> {
    match hours {
        Hours::Always => Some(Timetable::Always),
        Hours::Windows(windows) => Some(Timetable::Windows(windows.clone())),
        Hours::Unspecified => Some(Timetable::Unspecified),
        Hours::ComplementOf { .. } => None,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LanguagesFile {
    timezone: Zone,
    basis: String,
    language: Vec<Language>,
    base_language: Vec<BaseLanguage>,
    fallback: Fallback,
}

impl LanguagesFile {
    /// Every tag that leads to a language, with its place; none may lead to two.
    fn tags(&self) -> impl Iterator<Item = (String, String)> {
        let foreign = self.language.iter().enumerate().flat_map(|(at, language)| {
            let accepted = language.accept.iter().enumerate();
            accepted.map(move |(nth, tag)| (format!("language[{at}].accept[{nth}]"), fold(tag.as_str())))
        });
        let base = self.base_language.iter().enumerate().flat_map(|(at, base)| {
            [("tag", &base.tag), ("easy_tag", &base.easy_tag)]
                .map(|(key, tag)| (format!("base_language[{at}].{key}"), fold(tag.as_str())))
        });
        foreign.chain(base)
    }

    fn check_each(&self, findings: &mut Findings<'_>) {
        let refused = self.refused();
        for (at, language) in self.language.iter().enumerate() {
            findings.refuse_blank(format!("language[{at}].ja"), &language.ja);
            findings.refuse_blank(format!("language[{at}].en"), &language.en);
            if !language.accept.contains(&language.tag) {
                let message = format!("does not hold '{}'; expected the tag itself too", language.tag);
                findings.refuse(format!("language[{at}].accept"), message);
            }
            for (nth, tag) in language.accept.iter().enumerate() {
                if fold(tag.as_str()).split('-').any(|subtag| refused.contains_key(subtag)) {
                    let message = format!("'{tag}' is refused by not_accept; expected one or the other");
                    findings.refuse(format!("language[{at}].accept[{nth}]"), message);
                }
            }
            refuse_complement(findings, format!("language[{at}].hours"), &language.hours);
        }
        for (at, base) in self.base_language.iter().enumerate() {
            refuse_complement(findings, format!("base_language[{at}].hours"), &base.hours);
        }
        if self.fallback.order.is_empty() {
            findings.refuse("fallback.order", "is empty; expected what to try, in order");
        }
    }

    fn aliases(&self, base: &BaseLanguage) -> BTreeMap<String, LanguageTag> {
        let foreign = self.language.iter().flat_map(|language| {
            language.accept.iter().map(|tag| (fold(tag.as_str()), language.tag.clone()))
        });
        let base = [&base.tag, &base.easy_tag].map(|tag| (fold(tag.as_str()), tag.clone()));
        foreign.chain(base).collect()
    }

    fn refused(&self) -> BTreeMap<String, LanguageTag> {
        let refused = self.language.iter().flat_map(|language| {
            language.not_accept.iter().map(|tag| (fold(tag.as_str()), language.tag.clone()))
        });
        refused.collect()
    }
}

fn refuse_complement(findings: &mut Findings<'_>, path: String, hours: &Hours) {
    if timetable(hours).is_none() {
        findings.refuse(path, "complement_of is for desks; expected always, windows or unspecified");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::reference::Reference;

    #[test]
    fn any_accepted_tag_leads_to_the_stored_one() {
        let reference = Reference::embedded().unwrap();
        let languages = reference.languages();
        for (given, stored) in [
            ("tl", "fil"),
            ("tl-PH", "fil"),
            ("FIL_ph", "fil"),
            ("in", "id"),
            ("pt", "pt-BR"),
            ("pt-PT", "pt-BR"),
            ("es-PE", "es-419"),
            ("es-MX", "es-419"),
            ("zh-TW", "zh"),
            ("zh-Hant-TW", "zh"),
            ("cmn", "zh"),
            ("en-AU", "en"),
            ("my-Mymr", "my"),
            ("ja-JP", "ja"),
            ("ja-x-easy", "ja-x-easy"),
        ] {
            assert_eq!(languages.canonical(given).unwrap().as_str(), stored, "{given}");
        }
    }

    #[test]
    fn what_is_close_is_not_the_same() {
        let reference = Reference::embedded().unwrap();
        let languages = reference.languages();
        for given in ["yue", "yue-HK", "nan", "zh-yue", "zh-min-nan", "ceb"] {
            let refused = languages.canonical(given).unwrap_err();
            assert!(matches!(refused, NotServed::Other { .. }), "{given}: {refused}");
        }
        for given in ["ua", "", "e", "-", "x-en"] {
            let refused = languages.canonical(given).unwrap_err();
            assert!(matches!(refused, NotServed::Unknown { .. }), "{given}: {refused}");
        }
    }

    #[test]
    fn thirteen_foreign_languages_of_which_five_round_the_clock() {
        let reference = Reference::embedded().unwrap();
        let foreign = reference.languages().foreign();
        assert_eq!(foreign.len(), 13, "I-01");
        let always = foreign.iter().filter(|language| language.hours == Hours::Always);
        let always: Vec<_> = always.map(|language| language.ja.as_str()).collect();
        assert_eq!(always, ["英語", "中国語", "韓国語", "ポルトガル語", "スペイン語"], "I-02");
        let unspecified = foreign.iter().filter(|language| language.hours == Hours::Unspecified);
        assert_eq!(unspecified.count(), 7, "I-05");
        assert_eq!(reference.languages().by_label("フィリピノ語").unwrap().as_str(), "fil");
        assert_eq!(reference.languages().by_label("日本語").unwrap().as_str(), "ja");
        assert_eq!(reference.languages().by_label("広東語"), None);
    }
}
