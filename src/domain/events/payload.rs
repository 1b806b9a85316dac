//! What one kind of event carries, and the macro that declares it.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{kind::Kind, subject::SubjectId};
use crate::domain::ids::{FirmId, TechnicianId};

/// What one kind of event carries: the id of what it happened to, and ids, codes and numbers that say the rest.
pub trait Payload: Serialize + DeserializeOwned {
    /// What happened.
    const KIND: Kind;
    /// The topic under which a reader of few events finds it in the feed.
    const TOPIC: Option<&'static str>;
    /// What a firm that may hear of it is shown; none, when no firm hears of it.
    const FOR_FIRMS: Option<&'static [&'static str]>;
    /// The name of the id of what it happened to, which is kept beside the data.
    const ID: &'static str;
    /// The type of that id: it fixes the subject.
    type Id: SubjectId;

    /// What it happened to.
    fn id(&self) -> &Self::Id;

    /// The technician its data name.
    fn technician(&self) -> Option<TechnicianId>;

    /// The firm its data name.
    fn firm(&self) -> Option<FirmId>;

    /// The row it tells of, which is written once, by what it is sealed as: no other event of its kind tells of that.
    fn row(&self) -> Option<(&'static str, Uuid)>;
}

/// The data as stored: everything but what it happened to.
pub(super) fn data(payload: &impl Payload) -> Map<String, Value> {
    match serde_json::to_value(payload) {
        Ok(Value::Object(data)) => data,
        // A struct of ids, codes and numbers is always an object.
        _ => Map::new(),
    }
}

/// What a firm is shown of it.
pub(super) fn for_firms<P: Payload>(payload: &P) -> Map<String, Value> {
    let shown = P::FOR_FIRMS.unwrap_or_default();
    data(payload).into_iter().filter(|(key, _)| shown.contains(&key.as_str())).collect()
}

/// Declares payloads, as in `OfferExpired of job: JobId, for firms [offer] { offer: OfferId }`: the event's name, the id
/// of what it happened to, the row it tells of, what firms are shown, and its data. A field called `technician` or `firm` is whom it names.
macro_rules! payloads {
    ($(
        $(#[$meta:meta])*
        $name:ident of $id:ident: $idty:ty $(, topic $topic:literal)?
            $(, row $row:literal of $told:ident)? $(, for firms [$($shown:ident),+])? {
            $($(#[$fmeta:meta])* $field:ident: $ty:ty),* $(,)?
        }
    )+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        pub struct $name {
            /// What it happened to; kept beside the data.
            #[serde(skip_serializing)]
            pub $id: $idty,
            $($(#[$fmeta])* pub $field: $ty,)*
        }

        impl $crate::domain::events::payload::Payload for $name {
            const KIND: $crate::domain::events::kind::Kind = $crate::domain::events::kind::Kind::$name;
            const TOPIC: Option<&'static str> = [$(Some($topic),)? None][0];
            const FOR_FIRMS: Option<&'static [&'static str]> =
                [$(Some(&[$(stringify!($shown)),+] as &'static [&'static str]),)? None][0];
            const ID: &'static str = stringify!($id);
            type Id = $idty;

            fn id(&self) -> &$idty {
                &self.$id
            }

            fn technician(&self) -> Option<$crate::domain::ids::TechnicianId> {
                let named: Option<$crate::domain::ids::TechnicianId> = None;
                $(let named = $crate::domain::events::payload::named!(technician $field, self, named);)*
                named
            }

            fn firm(&self) -> Option<$crate::domain::ids::FirmId> {
                let named: Option<$crate::domain::ids::FirmId> = None;
                $(let named = $crate::domain::events::payload::named!(firm $field, self, named);)*
                named
            }

            fn row(&self) -> Option<(&'static str, uuid::Uuid)> {
                [$(Some(($row, self.$told.0)),)? None][0]
            }
        }

        // What firms are shown are fields of it.
        $(const _: fn(&$name) = |payload| { $(let _ = &payload.$shown;)+ };)?
    )+};
}
pub(super) use payloads;

/// The field, when it is the one looked for; else what was found before.
macro_rules! named {
    (technician technician, $payload:ident, $found:ident) => {{
        let _: Option<_> = $found;
        $payload.technician.into()
    }};
    (firm firm, $payload:ident, $found:ident) => {{
        let _: Option<_> = $found;
        $payload.firm.into()
    }};
    ($wanted:ident $other:ident, $payload:ident, $found:ident) => {
        $found
    };
}
pub(super) use named;
