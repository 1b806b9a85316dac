//! Identifiers: one type a kind of thing, so that a job's id cannot be handed in where a case's is meant.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl From<Uuid> for $name {
            fn from(value: Uuid) -> Self { Self(value) }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }
    )+};
}

ids! {
    /// A call: one contact by phone or chat.
    CallId,
    /// A case: one trouble reported.
    CaseId,
    /// A job: one dispatch order (出動) to one contractor.
    JobId,
    /// An offer of a job to a technician.
    OfferId,
    /// An assignment: who has accepted a job.
    AssignmentId,
    /// A contractor company.
    FirmId,
    /// A person a firm sends.
    TechnicianId,
    /// The stored record of one matching run.
    DecisionId,
    /// A row of the append-only log.
    EventId,
    /// A report of what happened at the site; its id is made by the device.
    FactId,
    /// One pricing of a job's record.
    SettlementId,
    /// One priced fact of a job.
    LedgerLineId,
    /// A consumer of the ledger, with its own acknowledged position.
    ConsumerId,
    /// An access token.
    TokenId,
    /// A planned window of a technician.
    WindowId,
    /// An alarm: what a person must know.
    AlarmId,
    /// A caller handed over to the emergency services.
    HandoverId,
    /// An attempt to have an interpreter on the line.
    InterpretationId,
    /// A shift handed over.
    ShiftHandoverId,
    /// A blocked pair: who is not sent to a resident.
    BlockId,
    /// A referral to landlord or management company.
    ReferralId,
    /// A webhook: where what happened is sent by HTTP.
    WebhookId,
    /// A message to one receiver.
    MessageId,
    /// A dated entry of a technician's roster.
    ShiftEntryId,
    /// A window one technician works in place of another.
    ShiftSwapId,
    /// A question about a doubtful record.
    ReviewId,
    /// What a supervisor decided about a job's bill.
    ReviewDecisionId,
    /// Money that changed hands.
    PaymentId,
    /// That the customer has received the statutory document.
    StatutoryReceiptId,
    /// That somebody who may has agreed for a payer.
    PayerAuthorityId,
    /// A bill somebody does not agree with.
    DisputeId,
    /// A person who signs in.
    UserId,
    /// A browser somebody is signed in with.
    SessionId,
    /// What a firm has said of a technician.
    TechnicianProposalId,
    /// A picture from the site; its id is made by the device.
    EvidenceId,
    /// A row of the read log.
    ReadId,
    /// One application of the retention table.
    RetentionRunId,
    /// The seals of rows of which no event tells.
    SealId,
    /// One loading of a dataset of reference data.
    ReferenceLoadId,
}
