//! What happened, before its kind of event has a type of its own.

use serde_json::Value;
use uuid::Uuid;

pub use super::events::{Kind, Subject};

/// One thing that happened, before it is in the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// What happened.
    pub kind: Kind,
    /// What it happened to.
    pub subject: Subject,
    /// Which one.
    pub subject_id: Uuid,
    /// Ids and codes that say the rest; an object.
    pub data: Value,
}
