//! Events of the office: firms, rosters, access, what is told to whom, and reference data.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::{
    actor::Role,
    blocks::{BlockReason, Blocked},
    events::{
        payload::payloads,
        subject::{Subject, SubjectId},
    },
    ids::{
        BlockId, ConsumerId, FirmId, MessageId, ReferenceLoadId, RetentionRunId, SealId, SessionId,
        ShiftEntryId, ShiftSwapId, TechnicianId, TechnicianProposalId, TokenId, UserId, WebhookId,
    },
    messages::AttemptCode,
    proposals::{ProposalRefusal, ProposalState},
    reference::embedded::Dataset,
    roster::{
        duty::ShiftEntryKind,
        swaps::{ShiftSwap, SwapKind},
    },
    span::Instant,
    webhooks::WebhookState,
};

payloads! {
    /// The retention table was applied.
    RetentionApplied of run: RetentionRunId {
        /// The day in Tokyo.
        day: NaiveDate,
        /// How much was taken away, by kind of data; `file` counts deleted files.
        counts: BTreeMap<String, u64>,
    }

    /// The head of the feed as it was that night, for those who keep it elsewhere (G-12).
    LogAnchored of run: RetentionRunId {
        /// Its position.
        pos: i64,
        /// Its hash, hexadecimal.
        hash: String,
    }

    /// Rows were written of which no other event tells: it bears their seals.
    RowsSealed of seal: SealId {}

    /// A firm was registered.
    FirmRegistered of firm: FirmId {}

    /// A firm's data changed.
    FirmChanged of firm: FirmId {}

    /// A technician was registered.
    TechnicianRegistered of technician: TechnicianId {
        /// The firm.
        firm: FirmId,
    }

    /// A technician's data changed.
    TechnicianChanged of technician: TechnicianId {
        /// The firm.
        firm: FirmId,
    }

    /// A firm has said something of a technician that the office has not confirmed.
    TechnicianProposed of technician: TechnicianId {
        /// The firm.
        firm: FirmId,
        /// The proposal.
        proposal: TechnicianProposalId,
    }

    /// The office has decided what a firm has said of a technician, or the firm has said something else.
    TechnicianProposalDecided of technician: TechnicianId, for firms [firm, proposal, state, reason] {
        /// The firm.
        firm: FirmId,
        /// The proposal.
        proposal: TechnicianProposalId,
        /// What became of it.
        state: ProposalState,
        /// Why it was refused.
        reason: Option<ProposalRefusal>,
    }

    /// A dated entry was made in a technician's roster.
    ShiftEntryMade of technician: TechnicianId {
        /// The entry.
        entry: ShiftEntryId,
        /// What it is.
        kind: ShiftEntryKind,
        /// From when.
        starts_at: Instant,
        /// Until when.
        ends_at: Instant,
    }

    /// A dated entry of a roster was cancelled.
    ShiftEntryCancelled of technician: TechnicianId {
        /// The entry.
        entry: ShiftEntryId,
        /// What it was.
        kind: ShiftEntryKind,
    }

    /// A technician gave a window to a colleague.
    ShiftsSwapped of giver: TechnicianId {
        /// The swap.
        swap: ShiftSwapId,
        /// Who works the window.
        taker: TechnicianId,
        /// What it is.
        kind: SwapKind,
        /// From when.
        starts_at: Instant,
        /// Until when.
        ends_at: Instant,
    }

    /// A swap was undone.
    ShiftSwapUndone of giver: TechnicianId {
        /// The swap.
        swap: ShiftSwapId,
        /// Who would have worked the window.
        taker: TechnicianId,
        /// What it was.
        kind: SwapKind,
        /// From when.
        starts_at: Instant,
        /// Until when.
        ends_at: Instant,
    }

    /// A firm or technician is not sent to a resident any more.
    BlockMade of blocked: Blocked {
        /// The block.
        block: BlockId,
        /// Why.
        reason: BlockReason,
    }

    /// A blocked pair may meet again.
    BlockEnded of blocked: Blocked {
        /// The block.
        block: BlockId,
        /// Why there was one.
        reason: BlockReason,
    }

    /// A billing consumer was made.
    ConsumerCreated of consumer: ConsumerId {}

    /// A billing consumer acknowledged lines.
    ConsumerAcknowledged of consumer: ConsumerId {
        /// Up to which position of the feed.
        pos: i64,
    }

    /// A webhook was made.
    WebhookMade of webhook: WebhookId {
        /// Whose it is; the service's own, when absent.
        firm: Option<FirmId>,
    }

    /// A webhook was changed.
    WebhookChanged of webhook: WebhookId {
        /// Where it is.
        state: WebhookState,
    }

    /// A webhook was deleted.
    WebhookDeleted of webhook: WebhookId {}

    /// A webhook has a new secret.
    WebhookSecretAdded of webhook: WebhookId {}

    /// A message was tried often enough.
    MessageDied of message: MessageId {
        /// Whom it would have gone to: a webhook, a firm or a referral.
        receiver: Uuid,
        /// What came of the last attempt.
        code: AttemptCode,
        /// How often it was tried.
        attempts: i64,
    }

    /// A dead message is tried anew.
    MessageReplayed of replayed: Replayed {
        /// How much of it.
        #[serde(flatten)]
        extent: Extent,
    }

    /// A token was issued.
    TokenIssued of token: TokenId {
        /// For which role.
        role: Role,
    }

    /// A token was revoked.
    TokenRevoked of token: TokenId {}

    /// A person may sign in from now on.
    UserAdded of user: UserId {
        /// In which role.
        role: Role,
    }

    /// A person may not sign in any more.
    UserDisabled of user: UserId {}

    /// A person has another password.
    PasswordChanged of user: UserId {}

    /// A person has signed in.
    SessionOpened of user: UserId {
        /// The session.
        session: SessionId,
    }

    /// A session is over before its time.
    SessionEnded of user: UserId {
        /// The session; every one of the person, when absent.
        #[serde(skip_serializing_if = "Option::is_none")]
        session: Option<SessionId>,
    }

    /// A newer dataset is in force.
    ReferenceLoaded of load: ReferenceLoadId {
        /// Which one.
        dataset: Dataset,
        /// Its version.
        version: i64,
    }
}

/// What is tried anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Replayed {
    /// One message.
    Message(MessageId),
    /// Every dead message of a webhook.
    Webhook(WebhookId),
}

impl SubjectId for Replayed {
    fn subject(&self) -> (Subject, Uuid) {
        match self {
            Self::Message(message) => message.subject(),
            Self::Webhook(webhook) => webhook.subject(),
        }
    }

    fn of(subject: Subject, id: Uuid) -> Option<Self> {
        match subject {
            Subject::Message => Some(Self::Message(MessageId(id))),
            Subject::Webhook => Some(Self::Webhook(WebhookId(id))),
            _ => None,
        }
    }
}

/// How much is tried anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Extent {
    /// So many messages.
    Messages {
        /// How many.
        messages: u64,
    },
    /// One message.
    One {
        /// The webhook it goes to, if it goes to one.
        webhook: Option<WebhookId>,
    },
}

macro_rules! of_swaps {
    ($($name:ident),+) => {$(
        impl From<&ShiftSwap> for $name {
            fn from(swap: &ShiftSwap) -> Self {
                Self {
                    giver: swap.giver_id,
                    swap: swap.id,
                    taker: swap.taker_id,
                    kind: swap.kind,
                    starts_at: swap.starts_at,
                    ends_at: swap.ends_at,
                }
            }
        }
    )+};
}
of_swaps!(ShiftsSwapped, ShiftSwapUndone);
