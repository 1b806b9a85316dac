//! One report of what happened.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Consent, FactCode, Finding, Hindrance, IdCheck, JobOutcome, NoAccessReason, PauseReason, Pieces,
    PriceYen, Reporter, ReturnReason, ShortCode, ShortText, SitePayment, TakenMethod, Unresolved,
    words::{moment, point},
};
use crate::domain::{
    charging::{Answer, WorkKind},
    ids::{AssignmentId, EvidenceId, FactId, JobId, TechnicianId},
    place::{GeoPoint, Point},
    reference::programme::PriceBasis,
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
    /// Whose word it is.
    pub told_by: Reporter,
    /// What it names and nobody had on record when it was received; absent where there is nothing of the kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unresolved: Option<Unresolved>,
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

    /// The signature that a consent names, where nothing of the kind was there when it was received.
    #[must_use]
    pub fn awaits_signature(&self) -> Option<EvidenceId> {
        match &self.what {
            FactKind::Consent(consent) if self.unresolved == Some(Unresolved::Evidence) => {
                consent.evidence()?.parse::<Uuid>().ok().map(EvidenceId)
            }
            _ => None,
        }
    }
}

impl FactKind {
    /// Whether it says that somebody is at the door, or that something was done there.
    #[must_use]
    pub fn says_of_the_door(&self) -> bool {
        !matches!(
            self,
            Self::Departure {}
                | Self::Position { .. }
                | Self::Delay { .. }
                | Self::Payment(_)
                | Self::Consent(_)
                | Self::Withdrawal { .. }
        )
    }
}

impl FactKind {
    /// Whether it says that somebody is on the way, at the door or at work: it gives the job again to whoever was given up (G-01).
    #[must_use]
    pub fn tells_of_coming(&self) -> bool {
        matches!(
            self,
            Self::Departure {}
                | Self::Arrival {}
                | Self::NoAccess { .. }
                | Self::WorkStart { .. }
                | Self::Pause { .. }
                | Self::Resume {}
                | Self::WorkEnd {}
        )
    }

    /// Whether it says where somebody is or goes, and nothing else.
    #[must_use]
    pub fn only_moves(&self) -> bool {
        matches!(
            self,
            Self::Departure {}
                | Self::Delay { .. }
                | Self::Arrival {}
                | Self::Leaving { .. }
                | Self::Withdrawal { .. }
        )
    }

    /// Whether it says that somebody is at the door, or goes there (`true`), or has gone from it.
    #[must_use]
    pub fn is_there_or_comes(&self) -> Option<bool> {
        match self {
            Self::Departure {}
            | Self::Delay { .. }
            | Self::Arrival {}
            | Self::IdCheck(_)
            | Self::WorkStart { .. }
            | Self::Pause { .. }
            | Self::Resume {}
            | Self::WorkEnd {}
            | Self::Part { .. }
            | Self::SpecialWork { .. }
            | Self::ReferralFinding(_) => Some(true),
            Self::NoAccess { .. }
            | Self::Leaving { .. }
            | Self::Withdrawal { .. }
            | Self::Completion { .. } => Some(false),
            Self::Position { .. } | Self::Consent(_) | Self::Payment(_) => None,
        }
    }

    /// Whether it says that something was done that can be billed.
    #[must_use]
    pub fn is_billable(&self) -> bool {
        matches!(self, Self::WorkStart { .. } | Self::Part { .. } | Self::SpecialWork { .. })
    }

    /// Whether it says that the job was done, agreed to or paid.
    #[must_use]
    pub fn is_of_the_bill(&self) -> bool {
        match self {
            Self::Completion { .. } => true,
            Self::Consent(consent) => consent.answer() == Answer::Yes,
            Self::Payment(payment) => payment.method == TakenMethod::Cash,
            _ => self.is_billable(),
        }
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
    /// Where the technician is. The point is passed on to the dispatch and not kept here: nobody keeps a trail.
    Position {
        /// Where. Outside of Japan it is no position, and the rest of the report counts (G-13).
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "point")]
        #[schema(value_type = GeoPoint)]
        point: Option<Point>,
    },
    /// It takes longer than promised.
    Delay {
        /// The new arrival, by the device's clock.
        #[serde(deserialize_with = "moment")]
        arrival_at: DateTime<Utc>,
    },
    /// At the door.
    Arrival {},
    /// Nobody could get in, and the technician leaves; the desk decides what becomes of the job (C-25).
    NoAccess {
        /// Why.
        reason: NoAccessReason,
    },
    /// Somebody's identity was checked (S-01 to S-04).
    IdCheck(IdCheck),
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
    /// Special work at a quoted price (C-13). It says what it costs and stops nothing: its time is reported as well, as
    /// `work_start` with `work: special`; time without counts as ordinary work.
    SpecialWork {
        /// The key by which a consent names it.
        item: Uuid,
        /// Which special work, by a code of `GET /v1/job-codes`.
        code: ShortCode,
        /// Lump price, tax included.
        price_yen: PriceYen,
        /// Number of the quote.
        #[serde(default)]
        quote: Option<ShortCode>,
    },
    /// The payer was asked, and answered (C-19).
    Consent(Consent),
    /// It was found to be the landlord's or the management company's matter (3.4).
    ReferralFinding(Finding),
    /// Money was taken at the site, or none.
    Payment(SitePayment),
    /// The technician cannot go on; somebody else must be sent.
    Withdrawal {
        /// Why.
        code: Hindrance,
    },
    /// Away from the site, and the job is not complete.
    Leaving {
        /// Another visit is needed; otherwise the own part is done and others complete the job.
        return_planned: bool,
        /// Why it is needed.
        #[serde(default)]
        reason: Option<ReturnReason>,
    },
    /// The job is over at the site.
    Completion {
        /// The id of an evidence of kind `signature` of this job, where one was given; it may come later.
        signature: Option<ShortCode>,
        /// How it ended; `completed`, when not said.
        #[serde(default = "completed")]
        outcome: JobOutcome,
    },
}

fn completed() -> JobOutcome {
    JobOutcome::Completed
}

impl FactKind {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> FactCode {
        match self {
            Self::Departure {} => FactCode::Departure,
            Self::Position { .. } => FactCode::Position,
            Self::Delay { .. } => FactCode::Delay,
            Self::Arrival {} => FactCode::Arrival,
            Self::NoAccess { .. } => FactCode::NoAccess,
            Self::IdCheck(_) => FactCode::IdCheck,
            Self::WorkStart { .. } => FactCode::WorkStart,
            Self::Pause { .. } => FactCode::Pause,
            Self::Resume {} => FactCode::Resume,
            Self::WorkEnd {} => FactCode::WorkEnd,
            Self::Part { .. } => FactCode::Part,
            Self::SpecialWork { .. } => FactCode::SpecialWork,
            Self::Consent(_) => FactCode::Consent,
            Self::ReferralFinding(_) => FactCode::ReferralFinding,
            Self::Payment(_) => FactCode::Payment,
            Self::Withdrawal { .. } => FactCode::Withdrawal,
            Self::Leaving { .. } => FactCode::Leaving,
            Self::Completion { .. } => FactCode::Completion,
        }
    }

    /// Its code, as stored and counted.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.kind().as_str()
    }

    /// What is kept of it: of a position only that there was one.
    #[must_use]
    pub fn kept(&self) -> Self {
        match self {
            Self::Position { .. } => Self::Position { point: None },
            other => other.clone(),
        }
    }
}
