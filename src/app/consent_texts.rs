//! What is read to somebody before they answer, as it was issued.

use super::{Ctx, Error};
use crate::domain::{
    reference::{ConsentText, consent_texts::ConsentTopic},
    span::tokyo,
};

/// A version of a text, without its words.
#[derive(Debug, Clone)]
pub struct Issued {
    /// The version.
    pub text: ConsentText,
    /// Whether it is the one that is read out now.
    pub is_current: bool,
}

/// A text in one language.
#[derive(Debug, Clone)]
pub struct Wording {
    /// What it asks for.
    pub topic: ConsentTopic,
    /// Its version.
    pub version: String,
    /// The language, as it is stored.
    pub language: String,
    /// The words.
    pub words: String,
    /// What is filled in where `{{…}}` stands.
    pub fields: Vec<String>,
}

/// Every version that was issued.
#[must_use]
pub fn list(ctx: &Ctx) -> Vec<Issued> {
    let (reference, today) = (ctx.reference(), tokyo(ctx.now()).date_naive());
    let texts = reference.consent_texts();
    let issued =
        |text: &ConsentText| Issued { text: text.clone(), is_current: texts.is_current(text, today) };
    texts.all().iter().map(issued).collect()
}

/// A version in a language, by any accepted tag of it.
pub fn find(ctx: &Ctx, version: &str, language: &str) -> Result<Wording, Error> {
    let missing = || Error::NotFound("consent text");
    let reference = ctx.reference();
    let text = reference.consent_texts().get(version).ok_or_else(missing)?;
    let tag = reference.languages().canonical(language).map_err(|_| missing())?;
    let words = text.wording.get(tag).ok_or_else(missing)?;
    Ok(Wording {
        topic: text.topic,
        version: text.version.clone(),
        language: tag.as_str().to_owned(),
        words: words.clone(),
        fields: ConsentText::fields(words).into_iter().map(str::to_owned).collect(),
    })
}
