//! Which disks are looked at, and how each was last.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use crate::domain::disks::Disk;

/// The disks that are looked at.
#[derive(Debug)]
pub struct Disks {
    /// A file or a folder on each.
    places: Vec<(Disk, PathBuf)>,
    /// Bytes that should be free; nobody is told of any where this is 0.
    free_min: u64,
    /// How each was when its alarm was last seen to.
    known: Mutex<BTreeMap<Disk, Room>>,
}

/// Whether there is room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    Enough,
    Low,
}

impl Disks {
    /// These disks, each by a file or folder on it, with so many bytes that should be free.
    #[must_use]
    pub fn new(places: Vec<(Disk, PathBuf)>, free_min: u64) -> Self {
        Self { places, free_min, known: Mutex::default() }
    }

    /// A file or a folder on each.
    pub(super) fn places(&self) -> &[(Disk, PathBuf)] {
        &self.places
    }

    /// Bytes that should be free on each; nobody is told where this is 0.
    pub(super) fn free_min(&self) -> u64 {
        self.free_min
    }

    /// How a disk was when its alarm was last seen to.
    pub(super) fn known(&self, disk: Disk) -> Option<Room> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&disk).copied()
    }

    /// The alarm of a disk was seen to.
    pub(super) fn seen_to(&self, disk: Disk, room: Room) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(disk, room);
    }
}
