//! The reference data in force on this node.

use std::{
    collections::BTreeMap,
    ops::Deref,
    sync::{Arc, Mutex, PoisonError},
};

use super::Error;
use crate::domain::reference::{Dataset, Reference};

/// The reference data in force on this node, with the version of each dataset.
#[derive(Debug)]
pub struct Loaded {
    reference: Reference,
    versions: BTreeMap<String, String>,
    earlier: Mutex<BTreeMap<(&'static str, i64), Arc<Reference>>>,
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
        Ok(Self { reference, versions: BTreeMap::new(), earlier: Mutex::default() })
    }

    /// What the database has, with the version of each dataset.
    pub(super) fn new(reference: Reference, versions: BTreeMap<String, String>) -> Self {
        Self { reference, versions, earlier: Mutex::default() }
    }

    /// The version of each dataset, by name.
    #[must_use]
    pub fn versions(&self) -> &BTreeMap<String, String> {
        &self.versions
    }

    /// A dataset of an earlier version, where it was read before.
    pub(super) fn earlier(&self, dataset: Dataset, version: i64) -> Option<Arc<Reference>> {
        let earlier = self.earlier.lock().unwrap_or_else(PoisonError::into_inner);
        earlier.get(&(dataset.name(), version)).cloned()
    }

    /// Keeps a dataset of an earlier version: a stored one never changes, and there are few.
    pub(super) fn keep_earlier(&self, dataset: Dataset, version: i64, then: Reference) -> Arc<Reference> {
        let then = Arc::new(then);
        let mut earlier = self.earlier.lock().unwrap_or_else(PoisonError::into_inner);
        earlier.insert((dataset.name(), version), then.clone());
        then
    }
}
