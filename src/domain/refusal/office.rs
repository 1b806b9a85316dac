//! What is refused in the office, and what others keep in the way.

use super::family::refusals;
use crate::domain::{alarms::AlarmState, messages::MessageState, proposals::ProposalState};

refusals! {
    /// Why users, receivers, blocks and alarms do not allow it.
    pub enum OfficeRefused {
        /// Nobody locks himself out.
        OwnAccount = "own_account",
        /// Nobody could administer the service any more.
        LastAdministrator = "last_administrator",
        /// The user may not sign in.
        UserDisabled = "user_disabled",
        /// The owner has as many webhooks as one can have.
        TooManyWebhooks = "too_many_webhooks",
        /// Only a dead message is tried anew.
        MessageNotDead(MessageState) = "message_not_dead",
        /// The block has ended.
        BlockEnded = "block_ended",
        /// The firm has as many technicians as it can register itself.
        TooManyTechnicians(i64) = "too_many_technicians" by "G-10",
        /// As many proposals of the firm wait as can.
        TooManyProposals(i64) = "too_many_proposals" by "G-10",
        /// The firm has made as many proposals within an hour as it can.
        ProposalsTooFast(i64) = "proposals_too_fast" by "G-10",
        /// Only a proposal that waits is decided.
        ProposalNotWaiting(ProposalState) = "proposal_not_waiting",
        /// Only a ringing alarm is acknowledged.
        AlarmNotRinging(AlarmState) = "alarm_not_ringing",
        /// Concurrent commands were in the way each time.
        Contended = "contended",
    }
}
