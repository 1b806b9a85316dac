//! What the operator gives: the texts of file, environment and flags, each with where it is from.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    io::Read as _,
    path::{Path, PathBuf},
};

use super::{
    Error, Key, Source,
    key::{Form, VARIABLE_PREFIX, nearest},
};

/// Looked for where no file is named.
const FILE: &str = "kaketsuke.toml";
/// Names the file.
const FILE_VARIABLE: &str = "KAKETSUKE_CONFIG";
/// Longest configuration file, in bytes.
const FILE_BYTES_MAX: u64 = 64 * 1024;
/// Variables of ours that are not configuration: they steer test runs.
const NOT_CONFIGURATION: [&str; 2] = ["KAKETSUKE_TEST_", "KAKETSUKE_REQUIRE_"];

/// What the operator gives.
#[derive(Debug, Default)]
pub struct Given {
    /// The file named by flag.
    pub file: Option<PathBuf>,
    /// Values given by flag.
    pub flags: Vec<(Key, String)>,
    /// The environment.
    pub environment: Vec<(OsString, OsString)>,
    /// Where `kaketsuke.toml` is looked for.
    pub directory: PathBuf,
}

/// A value before it is checked.
pub(super) struct Text {
    pub(super) text: String,
    pub(super) source: Source,
}

impl Given {
    /// The text of every key that is set, flags winning over environment over file, and what is wrong already.
    pub(super) fn texts(&self) -> (BTreeMap<Key, Text>, Vec<Error>) {
        let mut errors = Vec::new();
        let mut variables = BTreeMap::new();
        let mut named = self.file.clone();
        for (name, value) in &self.environment {
            match variable(name, value) {
                Ok(Variable::NotOurs) => {}
                Ok(Variable::File(path)) => named = named.or(Some(path)),
                Ok(Variable::Value(key, text)) => {
                    variables.insert(key, Text { text, source: Source::Environment(key) });
                }
                Err(error) => errors.push(error),
            }
        }
        let default = self.directory.join(FILE);
        let file = named.or_else(|| default.exists().then_some(default));
        let mut texts = BTreeMap::new();
        if let Some(path) = file {
            read(&path, &mut texts, &mut errors);
        }
        texts.extend(variables);
        for (key, text) in &self.flags {
            texts.insert(*key, Text { text: text.clone(), source: Source::Flag(*key) });
        }
        (texts, errors)
    }
}

enum Variable {
    NotOurs,
    File(PathBuf),
    Value(Key, String),
}

fn variable(name: &OsString, value: &OsString) -> Result<Variable, Error> {
    let name = name.to_string_lossy();
    if !name.starts_with(VARIABLE_PREFIX) || NOT_CONFIGURATION.iter().any(|prefix| name.starts_with(prefix)) {
        return Ok(Variable::NotOurs);
    }
    if name == FILE_VARIABLE {
        return Ok(Variable::File(value.into()));
    }
    let known: Vec<String> = Key::ALL.iter().map(|key| key.variable()).collect();
    let Some(position) = known.iter().position(|known| *known == name) else {
        let known = known.iter().map(String::as_str).chain([FILE_VARIABLE]);
        return Err(Error::Unknown {
            what: "variable",
            nearest: nearest(&name, known).to_owned(),
            name: name.into_owned(),
            source_of: "the environment".to_owned(),
        });
    };
    let text = value.to_str().ok_or_else(|| Error::NotText(name.into_owned()))?;
    Ok(Variable::Value(Key::ALL[position], text.to_owned()))
}

fn read(path: &Path, texts: &mut BTreeMap<Key, Text>, errors: &mut Vec<Error>) {
    let table = match open(path) {
        Ok(table) => table,
        Err(error) => return errors.push(error),
    };
    for (name, value) in table {
        let Ok(key) = name.parse::<Key>() else {
            errors.push(Error::Unknown {
                what: "key",
                nearest: nearest(&name, Key::ALL.iter().map(|key| key.as_str())).to_owned(),
                name,
                source_of: path.display().to_string(),
            });
            continue;
        };
        let source = Source::File(key, path.to_owned());
        match (key.form(), value) {
            (Form::Text, toml::Value::String(text)) => {
                texts.insert(key, Text { text, source });
            }
            (Form::Whole, toml::Value::Integer(whole)) => {
                texts.insert(key, Text { text: whole.to_string(), source });
            }
            (Form::YesNo, toml::Value::Boolean(yes)) => {
                texts.insert(key, Text { text: yes.to_string(), source });
            }
            (form, value) => {
                let right = match form {
                    Form::Text => "a text in quotes",
                    Form::Whole => "a whole number",
                    Form::YesNo => "true or false",
                };
                let reason = format!("expected {right}, got a TOML {}", value.type_str());
                errors.push(Error::Value { key, source_of: source, reason });
            }
        }
    }
}

fn open(path: &Path) -> Result<toml::Table, Error> {
    let unreadable = |error| Error::Unreadable(path.to_owned(), error);
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(unreadable)?;
    file.take(FILE_BYTES_MAX + 1).read_to_string(&mut text).map_err(unreadable)?;
    if text.len() as u64 > FILE_BYTES_MAX {
        let limit = format!("it is longer than {FILE_BYTES_MAX} bytes");
        return Err(unreadable(std::io::Error::new(std::io::ErrorKind::FileTooLarge, limit)));
    }
    text.parse().map_err(|error: toml::de::Error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        Error::NotToml {
            path: path.to_owned(),
            line: before.matches('\n').count() + 1,
            reason: error.message().to_owned(),
        }
    })
}
