//! Who was told of what, and whether it has arrived.

use axum::http::Method;

use super::file::File;
use crate::{
    domain::{
        actor::Actor,
        ids::MessageId,
        messages::{MessageState, Told},
    },
    http::{
        access,
        console::{page::Page, words},
    },
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
    /// Attempts, where there was more than one.
    pub(super) attempts: Option<i64>,
    /// When it is tried next.
    pub(super) next: Option<String>,
    /// Whether it is dead and the visitor may have it tried anew.
    pub(super) replays: bool,
}

/// The messages about a job.
pub(super) fn of_job(file: &File, actor: &Actor, page: &Page) -> Vec<MessageView> {
    let roles = access::roles(&Method::POST, "/v1/messages/{id}/replay");
    let may = actor.role().is_some_and(|role| roles.contains(&role));
    let view = |told: &Told| MessageView {
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
        attempts: Some(told.message.attempts).filter(|attempts| *attempts > 1),
        next: told.message.next_at.filter(|_| told.outcome.is_some()).map(words::moment),
        replays: may && told.message.state == MessageState::Dead,
    };
    file.messages.iter().map(view).collect()
}
