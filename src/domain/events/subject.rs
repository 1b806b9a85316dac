//! What an event can be about, and how an id tells it.

use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use crate::domain::{
    blocks::Blocked,
    ids::{
        AlarmId, CallId, CaseId, ConsumerId, DisputeId, FirmId, JobId, MessageId, ReferenceLoadId,
        ReferralId, RetentionRunId, ReviewId, SealId, ShiftHandoverId, TechnicianId, TokenId, UserId,
        WebhookId,
    },
    interpretations::Line,
    text_enum::text_enum,
};

text_enum! {
    /// What kind of thing an event is about.
    pub enum Subject("subject") {
        /// A call.
        Call = "call",
        /// A case.
        Case = "case",
        /// A job.
        Job = "job",
        /// A firm.
        Firm = "firm",
        /// A technician.
        Technician = "technician",
        /// A billing consumer.
        Consumer = "consumer",
        /// An access token.
        Token = "token",
        /// A dataset of reference data.
        Reference = "reference",
        /// An alarm.
        Alarm = "alarm",
        /// A shift handed over.
        Shift = "shift",
        /// A referral.
        Referral = "referral",
        /// A webhook.
        Webhook = "webhook",
        /// A message.
        Message = "message",
        /// A review.
        Review = "review",
        /// A dispute.
        Dispute = "dispute",
        /// A person who signs in.
        User = "user",
        /// An application of the retention table.
        Retention = "retention",
        /// The log itself.
        Log = "log",
        /// The machine the service runs on.
        Machine = "machine",
    }
}

/// An id that tells what it is an id of: the type of a payload's id fixes its subject.
pub trait SubjectId: Serialize + DeserializeOwned {
    /// The subject, as stored.
    fn subject(&self) -> (Subject, Uuid);

    /// The id again; none, when it is not of this subject.
    fn of(subject: Subject, id: Uuid) -> Option<Self>;
}

macro_rules! subject_ids {
    ($($id:ident => $subject:ident),+ $(,)?) => {$(
        impl SubjectId for $id {
            fn subject(&self) -> (Subject, Uuid) {
                (Subject::$subject, self.0)
            }

            fn of(subject: Subject, id: Uuid) -> Option<Self> {
                (subject == Subject::$subject).then_some(Self(id))
            }
        }
    )+};
}

subject_ids! {
    CallId => Call,
    CaseId => Case,
    JobId => Job,
    FirmId => Firm,
    TechnicianId => Technician,
    ConsumerId => Consumer,
    TokenId => Token,
    ReferenceLoadId => Reference,
    AlarmId => Alarm,
    ShiftHandoverId => Shift,
    ReferralId => Referral,
    WebhookId => Webhook,
    MessageId => Message,
    ReviewId => Review,
    DisputeId => Dispute,
    UserId => User,
    RetentionRunId => Retention,
    SealId => Log,
}

impl SubjectId for Blocked {
    fn subject(&self) -> (Subject, Uuid) {
        match self {
            Self::Firm(firm) => firm.subject(),
            Self::Technician(technician) => technician.subject(),
        }
    }

    fn of(subject: Subject, id: Uuid) -> Option<Self> {
        match subject {
            Subject::Firm => Some(Self::Firm(FirmId(id))),
            Subject::Technician => Some(Self::Technician(TechnicianId(id))),
            _ => None,
        }
    }
}

impl SubjectId for Line {
    fn subject(&self) -> (Subject, Uuid) {
        match self {
            Self::Call(call) => call.subject(),
            Self::Job(job) => job.subject(),
        }
    }

    fn of(subject: Subject, id: Uuid) -> Option<Self> {
        match subject {
            Subject::Call => Some(Self::Call(CallId(id))),
            Subject::Job => Some(Self::Job(JobId(id))),
            _ => None,
        }
    }
}
