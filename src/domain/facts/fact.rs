//! One report of what happened.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Consent, Pieces, PriceYen, ShortCode, ShortText};
use crate::domain::{
    charging::WorkKind,
    ids::{AssignmentId, FactId, JobId, TechnicianId},
    reference::programme::PriceBasis,
    text_enum::text_enum,
};

/// A report of what happened at the site. Never changed, never refused by a state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Fact {
    /// Its id, made by the device: a repetition is the same fact.
    pub id: FactId,
    /// The job it is about.
    pub job_id: JobId,
    /// The assignment under which it was done.
    pub assignment_id: AssignmentId,
    /// Who did it.
    pub technician_id: TechnicianId,
    /// The device that reports it, by a name of its own.
    pub device: ShortCode,
    /// Running number of the device on this job, from 1: a hole shows that something is still to come.
    pub device_seq: i64,
    /// When it happened, by the device's clock.
    pub device_time: DateTime<Utc>,
    /// When its batch was sent, by the device's clock.
    pub sent_at: DateTime<Utc>,
    /// When it was received, by the service's clock.
    pub received_at: DateTime<Utc>,
    /// What happened.
    #[serde(flatten)]
    pub what: FactKind,
}

impl Fact {
    /// Whether the other one reports the same thing: however often, and by whichever batch, it was sent.
    #[must_use]
    pub fn repeats(&self, other: &Self) -> bool {
        let content =
            |fact: &Self| (fact.id, fact.job_id, fact.technician_id, fact.device_seq, fact.device_time);
        content(self) == content(other) && self.device == other.device && self.what == other.what
    }
}

/// A device is known by its technician and its name.
pub(super) type DeviceOf<'a> = (TechnicianId, &'a str);

/// The device a fact came from.
pub(super) fn device_of(fact: &Fact) -> DeviceOf<'_> {
    (fact.technician_id, fact.device.as_str())
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum FactKind {
    /// On the way to the site.
    Departure {},
    /// At the door.
    Arrival {},
    /// Somebody's identity was checked: the result only, never a number or a picture (S-02, Y-06).
    IdCheck {
        /// What was shown.
        id_kind: IdKind,
        /// The picture shows this person.
        face_ok: bool,
        /// The name is the one of the case.
        name_ok: bool,
        /// The address is the one of the case.
        address_ok: bool,
    },
    /// Hands on (C-10).
    WorkStart {
        /// On what.
        work: WorkKind,
    },
    /// Hands off for a while (C-11).
    Pause {
        /// Why.
        reason: PauseReason,
    },
    /// Hands on again, with the same kind of work.
    Resume {},
    /// Hands off.
    WorkEnd {},
    /// A part was used up.
    Part {
        /// The key by which a consent names it.
        item: Uuid,
        /// What it is called on the quote.
        name: ShortText,
        /// How many.
        quantity: Pieces,
        /// Price of one.
        unit_price_yen: PriceYen,
        /// Whether the price includes tax (C-29).
        price_basis: PriceBasis,
    },
    /// Special work at a quoted price began (C-13).
    SpecialWork {
        /// The key by which a consent names it.
        item: Uuid,
        /// Which special work.
        code: ShortCode,
        /// Lump price, tax included.
        price_yen: PriceYen,
    },
    /// The payer was asked, and answered (C-19).
    Consent(Consent),
    /// The job is done.
    Completion {
        /// Reference of the signature, where one was given.
        signature: Option<ShortCode>,
    },
}

impl FactKind {
    /// Its code, as stored and counted.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Departure {} => "departure",
            Self::Arrival {} => "arrival",
            Self::IdCheck { .. } => "id_check",
            Self::WorkStart { .. } => "work_start",
            Self::Pause { .. } => "pause",
            Self::Resume {} => "resume",
            Self::WorkEnd {} => "work_end",
            Self::Part { .. } => "part",
            Self::SpecialWork { .. } => "special_work",
            Self::Consent(_) => "consent",
            Self::Completion { .. } => "completion",
        }
    }
}

text_enum! {
    /// What kind of identification was shown (S-02).
    pub enum IdKind("kind of identification") {
        /// 在留カード.
        ResidenceCard = "residence_card",
        /// 特定在留カード: its back bears the My Number (Y-07).
        SpecialResidenceCard = "special_residence_card",
        /// Passport.
        Passport = "passport",
        /// 運転免許証.
        DrivingLicence = "driving_licence",
        /// Something else with a picture.
        Other = "other",
    }
}

text_enum! {
    /// Why hands were off (C-11). No pause counts as work.
    pub enum PauseReason("reason of a pause") {
        /// Waiting for somebody else.
        WaitingThirdParty = "waiting_third_party",
        /// Parts are being fetched.
        PartsFetch = "parts_fetch",
        /// The resident is away.
        CustomerUnavailable = "customer_unavailable",
        /// Stopped for safety.
        SafetyStop = "safety_stop",
        /// A break.
        Break = "break",
        /// The police are there.
        Police = "police",
        /// A quote is being discussed.
        QuoteDiscussion = "quote_discussion",
    }
}
