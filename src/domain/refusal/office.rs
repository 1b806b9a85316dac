//! What is refused in the office, and what others keep in the way.

use super::family::refusals;
use crate::domain::{alarms::AlarmState, messages::MessageState};

refusals! {
    /// Why users, receivers, blocks and alarms do not allow it.
    pub enum OfficeRefused {
        /// Nobody locks himself out.
        OwnAccount = "own_account",
        /// The user may not sign in.
        UserDisabled = "user_disabled",
        /// The owner has as many webhooks as one can have.
        TooManyWebhooks = "too_many_webhooks",
        /// Only a dead message is tried anew.
        MessageNotDead(MessageState) = "message_not_dead",
        /// The block has ended.
        BlockEnded = "block_ended",
        /// Only a ringing alarm is acknowledged.
        AlarmNotRinging(AlarmState) = "alarm_not_ringing",
        /// Concurrent commands were in the way each time.
        Contended = "contended",
    }
}
