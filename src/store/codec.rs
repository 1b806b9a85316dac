//! How values of the domain stand in columns: each type once, for both engines and in both directions, so that rows and
//! binds are typed. A value that cannot be read ends its statement with `Error::Corrupt` (see `unreadable`).

use std::{fmt::Display, str::FromStr};

use serde::{Serialize, de::DeserializeOwned};
use sqlx::{ColumnIndex, Database, Decode, Encode, FromRow, Row, Type, encode::IsNull, error::BoxDynError};
use uuid::Uuid;

use super::Error;
use crate::domain::{
    actor::Role,
    alarms::{AlarmKind, AlarmState},
    appointments::WindowState,
    blocks::BlockReason,
    calls::{CallBackOutcome, CallBackState, CallState, CallerRole, Channel, NoNumber, Purpose},
    cases::{
        CaseState, Category, Eligibility, EligibilityBasis, LesseeKind, LiabilityFlag, SpokenWithWorker,
    },
    dangers::{ClearanceNote, ClearedBy, HazardAnswer},
    disputes::{DisputeOutcome, DisputeReason, DisputeState},
    email::EmailAddress,
    emergencies::{EmergencyService, HandoverOutcome},
    events::{Kind, Subject},
    evidence::{AbsenceReason, ErasedFor, EvidenceKind, MediaType},
    facts::{Reporter, ShortCode, Unresolved},
    firms::{OfficeKey, Standing},
    flat::Contradiction,
    identity::Method,
    ids,
    interpretations::InterpretationState,
    jobs::{Hold, JobState},
    ledger::{EntryKind, SettlementBasis},
    messages::{AttemptCode, MessageChannel, MessageState},
    money::Yen,
    offers::{Addressee, CrewRole, DeclineCode, OfferState, ReleaseCode, Slot, Via, WithdrawCode},
    payments::{PaymentKind, PaymentMethod},
    phone::Phone,
    place::{JisCode, Point, PostalCode, Precision},
    proposals::{ProposalRefusal, ProposalState},
    reads::{ReadPurpose, ReadSubject},
    reference::programme::Payer,
    referrals::{
        Component, ContactConsent, DeliveryStatus, NoticeChannel, Part, RecipientKind, ReferralOutcome,
        ReferralReason, ReferralState, Stage,
    },
    registration::RegistrationNumber,
    retention::{ErasureReason, HoldReason, Need},
    reviews::{DecisionReason, ReviewState, Ruling},
    roster::{
        duty::ShiftEntryKind,
        entries::EntryState,
        swaps::{SwapKind, SwapState},
    },
    tools::OpeningAuthority,
    trade::{Priority, Trade},
    users::Login,
    warrants::{WarrantKind, WarrantReason},
    webhooks::WebhookState,
};

/// A type that stands in a column as another one does; alone, it is a row of one column.
macro_rules! stands_as {
    ($raw:ty: $type:path) => {
        impl<DB: Database> Type<DB> for $type
        where
            $raw: Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                <$raw as Type<DB>>::type_info()
            }

            fn compatible(column: &DB::TypeInfo) -> bool {
                <$raw as Type<DB>>::compatible(column)
            }
        }

        impl<'r, R: Row> FromRow<'r, R> for $type
        where
            usize: ColumnIndex<R>,
            Self: Decode<'r, R::Database> + Type<R::Database>,
        {
            fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
                row.try_get(0)
            }
        }
    };
}

/// Types that wrap what stands in the column.
macro_rules! wrappers {
    ($raw:ty: $($type:path),+ $(,)?) => {$(
        stands_as!($raw: $type);

        impl<'r, DB: Database> Decode<'r, DB> for $type
        where
            $raw: Decode<'r, DB>,
        {
            fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
                <$raw as Decode<'r, DB>>::decode(value).map($type)
            }
        }

        impl<'q, DB: Database> Encode<'q, DB> for $type
        where
            $raw: Encode<'q, DB>,
        {
            fn encode_by_ref(&self, buffer: &mut DB::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
                self.0.encode_by_ref(buffer)
            }
        }
    )+};
}

/// Types that are made of a text, by the function named first, and write themselves as one.
macro_rules! texts {
    ($read:expr => $($type:path),+ $(,)?) => {$(
        stands_as!(str: $type);

        impl<'r, DB: Database> Decode<'r, DB> for $type
        where
            &'r str: Decode<'r, DB>,
        {
            fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
                Ok($read(<&str as Decode<'r, DB>>::decode(value)?)?)
            }
        }

        impl<'q, DB: Database> Encode<'q, DB> for $type
        where
            for<'t> &'t str: Encode<'q, DB>,
        {
            fn encode_by_ref(&self, buffer: &mut DB::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
                self.as_str().encode_by_ref(buffer)
            }
        }
    )+};
}

wrappers! { i64: Yen }

wrappers! {
    Uuid:
    ids::AlarmId, ids::AssignmentId, ids::BlockId, ids::CallId, ids::CaseId, ids::ConsumerId, ids::DecisionId,
    ids::DisputeId, ids::EventId, ids::EvidenceId, ids::FactId, ids::FirmId, ids::HandoverId, ids::InterpretationId,
    ids::JobId, ids::LedgerLineId, ids::MessageId, ids::OfferId, ids::PayerAuthorityId, ids::PaymentId, ids::ReadId, ids::ReferenceLoadId,
    ids::ReferralId, ids::RetentionRunId, ids::ReviewDecisionId, ids::ReviewId, ids::SessionId, ids::SettlementId,
    ids::ShiftEntryId, ids::ShiftHandoverId, ids::ShiftSwapId, ids::StatutoryReceiptId, ids::TechnicianId,
    ids::TechnicianProposalId,
    ids::TokenId, ids::UserId, ids::WebhookId, ids::WindowId,
}

texts! {
    str::parse =>
    AbsenceReason, Addressee, AlarmKind, AlarmState, AttemptCode, BlockReason, CallBackOutcome, CallBackState,
    CallState, CallerRole, CaseState, Category, Channel, ClearanceNote, ClearedBy, Component, ContactConsent, CrewRole,
    DecisionReason, DeclineCode, DeliveryStatus, DisputeOutcome, DisputeReason, DisputeState, Eligibility, EligibilityBasis,
    EmergencyService, EntryKind, EntryState, ErasedFor, ErasureReason, EvidenceKind, HandoverOutcome, HazardAnswer, HoldReason,
    InterpretationState, JisCode, JobState, Kind, LesseeKind, LiabilityFlag, Login, MediaType, MessageChannel,
    MessageState, Method, Need, NoNumber, NoticeChannel, OfferState, OpeningAuthority, Part, Payer, PaymentKind, PaymentMethod,
    PostalCode, Precision, Priority, ProposalRefusal, ProposalState, Purpose, ReadPurpose, ReadSubject, RecipientKind, ReferralOutcome,
    ReferralReason, ReferralState, ReleaseCode, Reporter, ReviewState, Role, Ruling, SettlementBasis, ShiftEntryKind, Slot,
    SpokenWithWorker, Stage, Standing, Subject, SwapKind, SwapState, Trade, Unresolved, Via, WarrantKind, WarrantReason,
    WebhookState, WindowState, WithdrawCode,
}

texts! { owned => EmailAddress, Hold, OfficeKey, Phone, RegistrationNumber, ShortCode }

/// For what is made of a text of its own only.
fn owned<T: TryFrom<String>>(text: &str) -> Result<T, T::Error> {
    text.to_owned().try_into()
}

/// How something stands in a column whose type knows nothing of columns.
macro_rules! codecs {
    ($($(#[$meta:meta])* $codec:ident($value:ty) as $raw:ty where [$($bound:tt)+] $read:expr;)+) => {$(
        $(#[$meta])*
        #[derive(Debug)]
        pub(super) struct $codec<T>(pub(super) $value);

        impl<T, DB: Database> Type<DB> for $codec<T>
        where
            $raw: Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                <$raw as Type<DB>>::type_info()
            }

            fn compatible(column: &DB::TypeInfo) -> bool {
                <$raw as Type<DB>>::compatible(column)
            }
        }

        impl<'r, T: $($bound)+, DB: Database> Decode<'r, DB> for $codec<T>
        where
            $raw: Decode<'r, DB>,
        {
            fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
                let read: fn($raw) -> Result<$value, BoxDynError> = $read;
                read(<$raw as Decode<'r, DB>>::decode(value)?).map(Self)
            }
        }
    )+};
}

codecs! {
    /// A document in a column of text.
    Json(T) as String where [DeserializeOwned] |text| Ok(serde_json::from_str(&text)?);
    /// A value of another crate in a column of text.
    Text(T) as String where [FromStr<Err: std::error::Error + Send + Sync + 'static>] |text| Ok(text.parse()?);
    /// Values that a statement has gathered in one text, apart by commas.
    List(Vec<T>) as String where [FromStr<Err: std::error::Error + Send + Sync + 'static>] |text| {
        let values = text.split(',').filter(|value| !value.is_empty());
        Ok(values.map(str::parse).collect::<Result<_, _>>()?)
    };
    /// Bytes of a known number.
    Bytes(T) as Vec<u8> where [TryFrom<Vec<u8>, Error = Vec<u8>>] |bytes| {
        bytes.try_into().map_err(|bytes: Vec<u8>| format!("{} bytes", bytes.len()).into())
    };
    /// Bytes that are shown as a text.
    Hex(T) as Vec<u8> where [From<String>] |bytes| Ok(hex::encode(bytes).into());
    /// A number with bounds of its own.
    Whole(T) as i64 where [TryFrom<i64, Error: std::error::Error + Send + Sync + 'static>] |number| {
        Ok(number.try_into()?)
    };
}

impl<'q, T: Serialize, DB: Database> Encode<'q, DB> for Json<T>
where
    String: Encode<'q, DB>,
{
    fn encode_by_ref(&self, buffer: &mut DB::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
        serde_json::to_string(&self.0)?.encode(buffer)
    }
}

impl<'q, T: Display, DB: Database> Encode<'q, DB> for Text<T>
where
    String: Encode<'q, DB>,
{
    fn encode_by_ref(&self, buffer: &mut DB::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
        self.0.to_string().encode(buffer)
    }
}

/// That what a column holds cannot be read.
pub(super) fn unreadable(column: &str, cause: impl Into<BoxDynError>) -> sqlx::Error {
    sqlx::Error::ColumnDecode { index: column.to_owned(), source: cause.into() }
}

/// What a text says that stood in a column of its own, of rows of several kinds.
pub(super) fn parsed<T>(text: &str, table: &'static str, column: &'static str) -> Result<T, Error>
where
    T: FromStr<Err: Display>,
{
    text.parse().map_err(|error| Error::corrupt(table, column, error))
}

/// What a row says whose columns may contradict each other; the column is the one that claims a state.
pub(super) fn consistent<T, F>(flat: F, column: &'static str) -> Result<T, sqlx::Error>
where
    T: TryFrom<F, Error = Contradiction>,
{
    flat.try_into().map_err(|error| unreadable(column, error))
}

/// The point of two columns.
pub(super) fn point<'r, R: Row>(
    row: &'r R,
    lat: &'static str,
    lon: &'static str,
) -> Result<Point, sqlx::Error>
where
    &'static str: ColumnIndex<R>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
{
    Point::from_e6(row.try_get(lat)?, row.try_get(lon)?).map_err(|error| unreadable(lat, error))
}

impl<'r, R: Row> FromRow<'r, R> for Point
where
    &'static str: ColumnIndex<R>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        point(row, "lat_e6", "lon_e6")
    }
}

/// Has a type read from a row by the names of its fields: `row! { Technician: id, name, trades: Json, base: at }`.
///
/// A field is a column of its name. `field: Json` is one that a codec reads; `field: at` is a point of `field_lat_e6` and
/// `field_lon_e6`; `field: flat` is a row of columns beside the others. `field: maybe column flat` is there unless that
/// column is null, as of something joined.
macro_rules! row {
    ($type:ident: $($field:ident $(: $($how:ident)+)?),+ $(,)?) => {
        $crate::store::codec::row!(@of sqlx::sqlite::SqliteRow, $type, $($field [$($($how)+)?])+);
        $crate::store::codec::row!(@of sqlx::postgres::PgRow, $type, $($field [$($($how)+)?])+);
    };
    (@of $row:ty, $type:ident, $($field:ident [$($how:ident)*])+) => {
        impl<'r> sqlx::FromRow<'r, $row> for $type {
            fn from_row(row: &'r $row) -> Result<Self, sqlx::Error> {
                Ok(Self { $($field: $crate::store::codec::row!(@get row $field $($how)*)),+ })
            }
        }
    };
    (@get $row:ident $field:ident) => {
        sqlx::Row::try_get($row, stringify!($field))?
    };
    (@get $row:ident $field:ident flat) => {
        sqlx::FromRow::from_row($row)?
    };
    (@get $row:ident $field:ident at) => {
        $crate::store::codec::point(
            $row,
            concat!(stringify!($field), "_lat_e6"),
            concat!(stringify!($field), "_lon_e6"),
        )?
    };
    (@get $row:ident $field:ident maybe $column:ident $($how:ident)+) => {
        if sqlx::ValueRef::is_null(&sqlx::Row::try_get_raw($row, stringify!($column))?) {
            None
        } else {
            Some($crate::store::codec::row!(@get $row $field $($how)+))
        }
    };
    (@get $row:ident $field:ident $codec:ident) => {{
        let $codec(value) = sqlx::Row::try_get($row, stringify!($field))?;
        value
    }};
}
pub(super) use row;
