//! Who was told of what, and whether it has arrived.

use crate::{
    app::job_file::File,
    domain::{
        ids::MessageId,
        messages::{JobMessage, MessageState},
    },
    http::console::{page::Page, words},
};

/// One message.
pub(super) struct MessageView {
    pub(super) id: MessageId,
    pub(super) at: String,
    pub(super) what: String,
    pub(super) channel: String,
    pub(super) receiver: String,
    pub(super) state: &'static str,
    pub(super) state_name: String,
    /// What became of the last attempt, unless it has arrived.
    pub(super) outcome: Option<String>,
    pub(super) attempts: i64,
    /// When it is tried next.
    pub(super) next: Option<String>,
    /// Whether it can be tried anew.
    pub(super) dead: bool,
}

/// The messages about a job.
pub(super) fn of_job(file: &File, page: &Page) -> Vec<MessageView> {
    let view = |told: &JobMessage| MessageView {
        id: told.message.id,
        at: words::moment(told.message.created_at),
        what: page.code("event", told.message.kind.as_str().replace('.', "-")),
        channel: page.code("message-channel", told.message.channel),
        receiver: told.receiver.clone().unwrap_or_else(|| page.text("message-referral")),
        state: told.message.state.as_str(),
        state_name: page.code("message-state", told.message.state),
        outcome: told
            .outcome
            .filter(|_| told.message.state != MessageState::Sent)
            .map(|outcome| page.code("attempt", outcome)),
        attempts: told.message.attempts,
        next: told.message.next_at.filter(|_| told.outcome.is_some()).map(words::moment),
        dead: told.message.state == MessageState::Dead,
    };
    file.messages.iter().map(view).collect()
}
