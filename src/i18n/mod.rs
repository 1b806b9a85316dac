//! Texts of the pages in the languages of the staff. Every text has a key; `ja` and `en` hold the same keys, one file a
//! page, which a test checks. What callers read is in `documents`.

mod bundle;

use std::fmt::Display;

use fluent_bundle::{FluentArgs, FluentValue};

use crate::domain::text_enum::text_enum;

text_enum! {
    /// A language of the pages.
    pub enum Locale("language of the pages") {
        /// Japanese.
        Ja = "ja",
        /// English.
        En = "en",
    }
}

/// The texts of one language. What is missing shows as `⟦key⟧`, which no page of the tests may contain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Texts(pub Locale);

impl Texts {
    /// The text of a key.
    #[must_use]
    pub fn text(&self, key: &str) -> String {
        self.format(key, None)
    }

    /// The text of a key with one value in it.
    #[must_use]
    pub fn with(&self, key: &str, name: &str, value: impl Display) -> String {
        let mut args = FluentArgs::new();
        args.set(name.to_owned(), FluentValue::from(value.to_string()));
        self.format(key, Some(&args))
    }

    /// The text of a key that depends on a number, as `{ $count }`.
    #[must_use]
    pub fn count(&self, key: &str, count: usize) -> String {
        let mut args = FluentArgs::new();
        args.set("count", FluentValue::from(count));
        self.format(key, Some(&args))
    }

    /// The text of a code of a closed vocabulary: its key is the vocabulary's name, a hyphen and the code.
    #[must_use]
    pub fn code(&self, vocabulary: &str, code: impl Display) -> String {
        self.text(&format!("{vocabulary}-{code}"))
    }

    /// Whether there is such a text.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        bundle::of(self.0).has_message(key)
    }

    /// The text of a code, where there is one; else the code itself.
    #[must_use]
    pub fn code_or_itself(&self, vocabulary: &str, code: &str) -> String {
        let key = format!("{vocabulary}-{code}");
        if self.has(&key) { self.text(&key) } else { code.to_owned() }
    }

    fn format(&self, key: &str, args: Option<&FluentArgs<'_>>) -> String {
        let bundle = bundle::of(self.0);
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            tracing::error!(key, locale = self.0.as_str(), "a text is missing");
            return format!("⟦{key}⟧");
        };
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, args, &mut errors).into_owned();
        if !errors.is_empty() {
            tracing::error!(key, locale = self.0.as_str(), ?errors, "a text cannot be formatted");
            return format!("⟦{key}⟧");
        }
        text
    }
}

#[cfg(test)]
mod tests;
