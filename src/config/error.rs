//! What is wrong with a configuration. Never repeats a value that may hold a password.

use std::path::PathBuf;

use super::{Key, Source};

/// One thing wrong with a configuration.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such key.
    #[error("unknown {what} '{name}' in {source_of}; the nearest known one is '{nearest}'")]
    Unknown {
        /// Key or variable.
        what: &'static str,
        /// What was given.
        name: String,
        /// Where.
        source_of: String,
        /// What may have been meant.
        nearest: String,
    },
    /// A value that cannot be used.
    #[error("{key}: {reason} (from {source_of})")]
    Value {
        /// The key.
        key: Key,
        /// Where the value is from.
        source_of: Source,
        /// What is wrong with it and what would be right.
        reason: String,
    },
    /// A variable that is not text.
    #[error("the environment variable {0} is not UTF-8")]
    NotText(String),
    /// The file cannot be read.
    #[error("the configuration file {} cannot be read", .0.display())]
    Unreadable(PathBuf, #[source] std::io::Error),
    /// The file is not TOML.
    #[error("the configuration file {} is not TOML: line {line}: {reason}", .path.display())]
    NotToml {
        /// The file.
        path: PathBuf,
        /// Line of the mistake, from 1.
        line: usize,
        /// What is wrong; without the text of the line, which may hold a password.
        reason: String,
    },
}

/// Everything wrong with a configuration; at least one thing.
#[derive(Debug)]
pub struct Errors(pub Vec<Error>);

impl std::fmt::Display for Errors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let lines: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("; "))
    }
}

impl std::error::Error for Errors {}
