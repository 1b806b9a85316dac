//! The texts that a page's script shows: the page carries them, in its language, as JSON in an attribute.

use std::{collections::BTreeMap, fmt::Display};

use super::page::Page;

/// Texts by key, for a script.
#[derive(Debug, Default)]
pub(super) struct ScriptTexts(BTreeMap<String, String>);

impl ScriptTexts {
    /// Texts without values.
    pub(super) fn plain(mut self, page: &Page, keys: &[&str]) -> Self {
        self.0.extend(keys.iter().map(|key| ((*key).to_owned(), page.text(key))));
        self
    }

    /// Texts with one value each, which the script puts in place of `{name}`.
    pub(super) fn with(mut self, page: &Page, patterns: &[(&str, &str)]) -> Self {
        let text =
            |(key, name): &(&str, &str)| ((*key).to_owned(), page.with(key, name, format!("{{{name}}}")));
        self.0.extend(patterns.iter().map(text));
        self
    }

    /// The texts of a vocabulary, as `vocabulary-code`.
    pub(super) fn codes<T: Display>(mut self, page: &Page, vocabulary: &str, codes: &[T]) -> Self {
        let text = |code: &T| (format!("{vocabulary}-{code}"), page.code(vocabulary, code));
        self.0.extend(codes.iter().map(text));
        self
    }

    /// Texts that come from elsewhere.
    pub(super) fn named(mut self, texts: impl Iterator<Item = (String, String)>) -> Self {
        self.0.extend(texts);
        self
    }

    /// As JSON.
    pub(super) fn json(&self) -> String {
        serde_json::to_string(&self.0).unwrap_or_default()
    }
}
