//! How the readers of the log do on this node.

use std::{collections::BTreeMap, sync::Mutex};

use crate::domain::{readers::Reader, span::Instant};

/// How each reader does on this node; of one that is not in here nothing is known yet.
pub(super) type Readers = Mutex<BTreeMap<Reader, Doing>>;

/// How a reader does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doing {
    Reads,
    StoppedSince(Instant),
}
