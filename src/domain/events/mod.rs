//! What happened: one type of payload for each kind of event. A payload carries ids, codes and numbers only; personal
//! data sits in side tables that retention may erase without touching the log.
//!
//! What firms may see of an event in a message is written beside its payload and nowhere else.

mod calls;
mod cases;
mod dispatch;
mod field;
mod kind;
mod money;
mod office;
mod payload;
mod subject;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::ids::{FirmId, TechnicianId};
use kind::every_kind;

pub use self::{
    calls::*, cases::*, dispatch::*, field::*, kind::Kind, money::*, office::*, payload::Payload,
    subject::Subject, subject::SubjectId,
};

/// Stored data that are no event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind} of {subject} {subject_id}: {what}")]
pub struct Unreadable {
    /// Its kind, as stored.
    pub kind: Kind,
    /// What it is said to be about.
    pub subject: Subject,
    /// Which one.
    pub subject_id: Uuid,
    /// What cannot be read.
    pub what: String,
}

macro_rules! events {
    ($($(#[$meta:meta])* $name:ident = $code:literal),+ $(,)?) => {
        /// One thing that happened.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Event { $($(#[$meta])* $name($name)),+ }

        $(impl From<$name> for Event {
            fn from(payload: $name) -> Self {
                Self::$name(payload)
            }
        })+

        impl Event {
            /// What happened.
            #[must_use]
            pub fn kind(&self) -> Kind {
                match self { $(Self::$name(_) => $name::KIND),+ }
            }

            /// What it happened to.
            #[must_use]
            pub fn subject(&self) -> (Subject, Uuid) {
                match self { $(Self::$name(payload) => payload.id().subject()),+ }
            }

            /// The technician it names beside what it happened to.
            #[must_use]
            pub fn technician(&self) -> Option<TechnicianId> {
                match self { $(Self::$name(payload) => payload.technician()),+ }
            }

            /// The firm it names beside what it happened to.
            #[must_use]
            pub fn firm(&self) -> Option<FirmId> {
                match self { $(Self::$name(payload) => payload.firm()),+ }
            }

            /// The row it tells of, which is written once, by what it is sealed as.
            #[must_use]
            pub fn row(&self) -> Option<(&'static str, Uuid)> {
                match self { $(Self::$name(payload) => payload.row()),+ }
            }

            /// The ids and codes that say the rest, as stored.
            #[must_use]
            pub fn data(&self) -> Map<String, Value> {
                match self { $(Self::$name(payload) => payload::data(payload)),+ }
            }

            /// What of the data a firm may see.
            #[must_use]
            pub fn for_firms(&self) -> Map<String, Value> {
                match self { $(Self::$name(payload) => payload::for_firms(payload)),+ }
            }

            /// The event again, as it was stored.
            pub fn read(kind: Kind, subject: Subject, subject_id: Uuid, data: &str) -> Result<Self, Unreadable> {
                let read = match kind { $(Kind::$name => read::<$name>(subject, subject_id, data).map(Self::from)),+ };
                read.map_err(|what| Unreadable { kind, subject, subject_id, what })
            }
        }

        impl Kind {
            /// The topic under which a reader of few events finds it in the feed.
            #[must_use]
            pub fn topic(self) -> Option<&'static str> {
                match self { $(Self::$name => $name::TOPIC),+ }
            }

            /// Whether a firm may hear of it: of its own offers, and of jobs that it has.
            #[must_use]
            pub fn is_for_firms(self) -> bool {
                match self { $(Self::$name => $name::FOR_FIRMS.is_some()),+ }
            }
        }
    };
}
every_kind!(events);

/// A payload as it was stored, or what cannot be read.
fn read<P: Payload>(subject: Subject, id: Uuid, data: &str) -> Result<P, String> {
    let id = P::Id::of(subject, id).ok_or("it is not about such a thing")?;
    let mut fields: Map<String, Value> = serde_json::from_str(data).map_err(|error| error.to_string())?;
    fields.insert(P::ID.to_owned(), serde_json::to_value(id).map_err(|error| error.to_string())?);
    serde_json::from_value(Value::Object(fields)).map_err(|error| error.to_string())
}

/// Every stored event of `stored.txt`: at least one of each kind, and of each form of its data.
#[cfg(test)]
pub(crate) fn stored() -> Vec<(Kind, Subject, &'static str)> {
    let parts = |line: &'static str| {
        let (kind, rest) = line.split_once(' ')?;
        let (subject, data) = rest.split_once(' ')?;
        Some((kind.parse().ok()?, subject.parse().ok()?, data))
    };
    include_str!("stored.txt").lines().map(|line| parts(line).unwrap_or_else(|| panic!("{line}"))).collect()
}
