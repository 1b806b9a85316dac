//! How the readers of the feed do on this node.

use std::{collections::BTreeMap, sync::Mutex};

use uuid::Uuid;

use crate::domain::{span::Instant, text_enum::text_enum};

text_enum! {
    /// Who reads the feed all the time.
    pub enum Reader("reader of the feed") {
        /// The matching snapshot.
        Fleet = "fleet",
        /// What makes messages of it.
        Messages = "messages",
    }
}

impl Reader {
    /// What the alarm is about: the log, as this reader sees it.
    pub(super) fn alarm_id(self) -> Uuid {
        match self {
            Self::Fleet => Uuid::from_u128(1),
            Self::Messages => Uuid::from_u128(2),
        }
    }
}

/// How each reader does on this node; of one that is not in here nothing is known yet.
pub(super) type Readers = Mutex<BTreeMap<Reader, Doing>>;

/// How a reader does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doing {
    Reads,
    StoppedSince(Instant),
}
