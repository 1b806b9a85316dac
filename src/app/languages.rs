//! Languages: whether an interpreter is there now, and what comes instead.

use super::Ctx;
use crate::domain::{
    languages::{Fallback, Now, fallbacks, not_served, now},
    refusal::Refusal,
};

/// The desk of the chat (H-01).
const CHAT_DESK: &str = "000.jbr.chat";

/// A language with where it stands now.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The tag that is stored.
    pub tag: String,
    /// Its name in Japanese.
    pub ja: String,
    /// Its name in English.
    pub en: String,
    /// Tags of its scripts: asked for, never derived.
    pub written: Vec<String>,
    /// Whether an interpreter is there now.
    pub now: Now,
}

/// Every language of the line, in the printed order, then Japanese in both forms.
#[must_use]
pub fn list(ctx: &Ctx) -> Vec<Shown> {
    let reference = ctx.reference();
    let languages = reference.languages();
    let stands = |tag: &str| now(languages, tag, ctx.now(), reference.holidays());
    let foreign = languages.foreign().iter().map(|language| Shown {
        tag: language.tag.as_str().to_owned(),
        ja: language.ja.clone(),
        en: language.en.clone(),
        written: language.written.iter().map(|tag| tag.as_str().to_owned()).collect(),
        now: stands(language.tag.as_str()),
    });
    let base = languages.base();
    let japanese = |tag: &str, ja: &str, en: &str| Shown {
        tag: tag.to_owned(),
        ja: ja.to_owned(),
        en: en.to_owned(),
        written: Vec::new(),
        now: stands(tag),
    };
    let base = [
        japanese(base.tag.as_str(), &base.ja, &base.en),
        japanese(base.easy_tag.as_str(), "やさしい日本語", "Plain Japanese"),
    ];
    foreign.chain(base).collect()
}

/// A language by any accepted tag, and what comes instead for a caller who also speaks these.
pub fn find(ctx: &Ctx, tag: &str, also: &[&str]) -> Result<(Shown, Vec<Fallback>), Refusal> {
    let reference = ctx.reference();
    let languages = reference.languages();
    let canonical = |field: &str, given: &str| {
        let tag = languages.canonical(given).map_err(|error| not_served(languages, field, &error))?;
        Ok(tag.as_str().to_owned())
    };
    let tag = canonical("tag", tag)?;
    let also = also.iter().map(|given| canonical("also", given)).collect::<Result<Vec<_>, Refusal>>()?;
    let shown = list(ctx).into_iter().find(|shown| shown.tag == tag);
    let shown = shown.ok_or_else(|| Refusal::field("tag", "is not a language of this line"))?;
    let instead = fallbacks(languages, reference.holidays(), &tag, &also, ctx.now());
    Ok((shown, instead))
}

/// Whether the chat desk is open now, where its hours are configured.
#[must_use]
pub fn chat_is_open(ctx: &Ctx) -> Option<bool> {
    let reference = ctx.reference();
    let hours = reference.desks().timetable(CHAT_DESK)?;
    hours.status(ctx.now(), reference.holidays()).is_open().known()
}
