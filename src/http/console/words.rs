//! Names of what reference data calls by a code, in the page's language.

use super::page::Page;
use crate::domain::{
    reference::Reference,
    span::{Instant, tokyo},
};

/// The name of a job code; the code itself, where it is not known any more.
pub(super) fn job_code(code: &str, page: &Page, reference: &Reference) -> String {
    let kind = reference.job_codes().get(code);
    kind.map_or_else(
        || code.to_owned(),
        |kind| if page.is_japanese() { kind.ja.clone() } else { kind.en.clone() },
    )
}

/// Day and time on the wall clock of Tokyo, as in `11/23 22:05`.
pub(super) fn moment(at: Instant) -> String {
    tokyo(at).format("%-m/%-d %H:%M").to_string()
}

/// The name of a language; its tag, where it has none.
pub(super) fn language(tag: &str, page: &Page, reference: &Reference) -> String {
    let languages = reference.languages();
    let base = languages.base();
    let pick = |ja: &str, en: &str| if page.is_japanese() { ja.to_owned() } else { en.to_owned() };
    if tag == base.tag.as_str() {
        return pick(&base.ja, &base.en);
    }
    let known = languages.foreign().iter().find(|language| {
        language.tag.as_str() == tag || language.accept.iter().any(|other| other.as_str() == tag)
    });
    known.map_or_else(|| tag.to_owned(), |language| pick(&language.ja, &language.en))
}

/// What holds a job, in words.
pub(super) fn hold(code: &str, page: &Page, reference: &Reference) -> String {
    if code == "identity" {
        return page.text("board-hold-identity");
    }
    let hazard = reference.hazards().get(code);
    hazard.map_or_else(
        || code.to_owned(),
        |hazard| if page.is_japanese() { hazard.ja.clone() } else { hazard.en.clone() },
    )
}

/// What a form sends that acknowledges these dangers; nothing where none is to be acknowledged.
pub(super) fn acknowledgement(dangers: &[String]) -> Option<String> {
    (!dangers.is_empty()).then(|| serde_json::json!({ "dangers": dangers }).to_string())
}
