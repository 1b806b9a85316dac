//! Reads a TOML document into a type and names the place of every error.

use serde::de::DeserializeOwned;
use toml::de::{DeTable, DeValue};

use super::embedded::Dataset;
use super::error::ReferenceError;

/// The largest document is 18 kB; a thousand times the work is a mistake or an attack.
const DOCUMENT_BYTES_MAX: usize = 1 << 20;

/// A TOML document of a known data set.
#[derive(Debug, Clone, Copy)]
pub(super) struct Document<'a> {
    pub(super) dataset: Dataset,
    pub(super) text: &'a str,
}

impl<'a> Document<'a> {
    /// The document in `bytes`: UTF-8, of bearable size.
    pub(super) fn new(dataset: Dataset, bytes: &'a [u8]) -> Result<Self, ReferenceError> {
        let refuse = |message: String| ReferenceError { dataset, line: None, path: None, message };
        if bytes.len() > DOCUMENT_BYTES_MAX {
            return Err(refuse(format!("{} bytes; at most {DOCUMENT_BYTES_MAX} are read", bytes.len())));
        }
        let text = std::str::from_utf8(bytes).map_err(|error| refuse(format!("{error}; expected UTF-8")))?;
        Ok(Self { dataset, text })
    }

    /// Reads the document as a `T`.
    pub(super) fn parse<T: DeserializeOwned>(&self) -> Result<T, ReferenceError> {
        let deserializer =
            toml::Deserializer::parse(self.text).map_err(|error| self.located(None, &error))?;
        serde_path_to_error::deserialize(deserializer).map_err(|error| {
            let path = error.path().to_string();
            self.located((path != ".").then_some(path), error.inner())
        })
    }

    /// An error at `path`, with the line where that key stands.
    pub(super) fn error(&self, path: impl Into<String>, message: impl Into<String>) -> ReferenceError {
        let path = path.into();
        let line = self.line_of_path(&path);
        ReferenceError { dataset: self.dataset, line, path: Some(path), message: message.into() }
    }

    fn located(&self, path: Option<String>, error: &toml::de::Error) -> ReferenceError {
        let at_span = error.span().map(|span| self.line_of_offset(span.start));
        let line = at_span.or_else(|| path.as_deref().and_then(|path| self.line_of_path(path)));
        ReferenceError { dataset: self.dataset, line, path, message: error.message().to_owned() }
    }

    fn line_of_offset(&self, offset: usize) -> usize {
        1 + self.text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
    }

    /// The line of the deepest part of `path` that exists. The document is read again: errors are rare.
    fn line_of_path(&self, path: &str) -> Option<usize> {
        let table = DeTable::parse(self.text).ok()?;
        let mut steps = path.split(['.', '[']).map(|step| step.trim_end_matches(']'));
        let mut here = table.get_ref().get(steps.next()?)?;
        for step in steps {
            match inside(here.get_ref(), step) {
                Some(next) => here = next,
                None => break,
            }
        }
        Some(self.line_of_offset(here.span().start))
    }
}

fn inside<'v, 'i>(value: &'v DeValue<'i>, step: &str) -> Option<&'v toml::Spanned<DeValue<'i>>> {
    match step.parse::<usize>() {
        Ok(index) => value.get(index),
        Err(_) => value.get(step),
    }
}

/// Collects what is wrong with one document, so that one reading reports everything.
pub(super) struct Findings<'a> {
    document: Document<'a>,
    errors: Vec<ReferenceError>,
}

impl<'a> Findings<'a> {
    pub(super) fn new(document: Document<'a>) -> Self {
        Self { document, errors: Vec::new() }
    }

    /// Notes an error at `path`.
    pub(super) fn refuse(&mut self, path: impl Into<String>, message: impl Into<String>) {
        let error = self.document.error(path, message);
        self.errors.push(error);
    }

    /// Refuses each second appearance of a key among `keys`.
    pub(super) fn refuse_repeats<K: Ord + std::fmt::Display>(
        &mut self,
        keys: impl IntoIterator<Item = (String, K)>,
    ) {
        let mut seen = std::collections::BTreeMap::new();
        for (path, key) in keys {
            if let Some(first) = seen.get(&key) {
                self.refuse(path, format!("'{key}' is already at {first}; each may appear once"));
            } else {
                seen.insert(key, path);
            }
        }
    }

    /// Refuses a text that is empty or blank.
    pub(super) fn refuse_blank(&mut self, path: impl Into<String>, text: &str) {
        if text.trim().is_empty() {
            self.refuse(path, "is empty; expected a text");
        }
    }

    /// What was found.
    pub(super) fn finish(self) -> Vec<ReferenceError> {
        self.errors
    }
}
