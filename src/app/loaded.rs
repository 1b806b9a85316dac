//! The reference data in force on this node.

use std::{collections::BTreeMap, ops::Deref};

use super::Error;
use crate::domain::reference::Reference;

/// The reference data in force on this node, with the version of each dataset.
#[derive(Debug)]
pub struct Loaded {
    reference: Reference,
    versions: BTreeMap<String, String>,
}

impl Deref for Loaded {
    type Target = Reference;

    fn deref(&self) -> &Reference {
        &self.reference
    }
}

impl Loaded {
    /// The data that comes with the program, before the database has been asked.
    pub fn embedded() -> Result<Self, Error> {
        let reference = Reference::embedded().map_err(|errors| Error::Internal(errors.to_string()))?;
        Ok(Self { reference, versions: BTreeMap::new() })
    }

    /// What the database has, with the version of each dataset.
    pub(super) fn new(reference: Reference, versions: BTreeMap<String, String>) -> Self {
        Self { reference, versions }
    }

    /// The version of each dataset, by name.
    #[must_use]
    pub fn versions(&self) -> &BTreeMap<String, String> {
        &self.versions
    }
}
