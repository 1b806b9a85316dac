//! Messages: one for each receiver and event, tried until it has arrived or is dead.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{
    email::EmailAddress,
    events::Kind,
    ids::{FirmId, MessageId, ReferralId, WebhookId},
    span::Instant,
    text_enum::text_enum,
};

/// Attempts of one message at most: with the pauses between them, about a day.
pub const ATTEMPTS_MAX: i64 = 11;
/// The first pause, in seconds; each further one is three times as long.
const PAUSE_FIRST_S: i64 = 10;
/// The longest pause, in seconds.
const PAUSE_MAX_S: i64 = 6 * 3600;
/// A pause is longer by its random byte over this: by a fifth at most.
const JITTER_PARTS: i64 = 5 * 256;

text_enum! {
    /// Where a message is.
    pub enum MessageState("state of a message") {
        /// To be sent, or tried again.
        Pending = "pending",
        /// Arrived.
        Sent = "sent",
        /// Tried often enough; can be replayed.
        Dead = "dead",
        /// Nobody needs it any more.
        Dropped = "dropped",
    }
}

text_enum! {
    /// By what a message goes.
    pub enum MessageChannel("channel") {
        /// HTTP.
        Webhook = "webhook",
        /// E-mail.
        Email = "email",
    }
}

text_enum! {
    /// What became of one attempt.
    pub enum AttemptCode("outcome of an attempt") {
        /// It has arrived.
        Delivered = "delivered",
        /// The receiver answered with a status that does not say so.
        Status = "status",
        /// The receiver wants no more (410).
        Gone = "gone",
        /// No answer in time.
        Timeout = "timeout",
        /// No connection.
        Unreachable = "unreachable",
        /// An address nothing is sent to.
        ReceiverRefused = "receiver_refused",
        /// The mail server has refused it for good.
        Rejected = "rejected",
        /// The mail server has refused it for now.
        Deferred = "deferred",
        /// No mail server is configured.
        NotConfigured = "not_configured",
        /// Something else.
        Failed = "failed",
    }
}

/// A message as it is listed: what it says is not kept. One to no webhook, firm or referral goes to whoever keeps the head of
/// the log (`anchor_mail`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Message {
    /// Its id; the same at each attempt, as in `webhook-id`.
    pub id: MessageId,
    /// By what it goes.
    pub channel: MessageChannel,
    /// The webhook it goes to.
    pub webhook_id: Option<WebhookId>,
    /// The firm whose e-mail address it goes to.
    pub firm_id: Option<FirmId>,
    /// The referral whose recipient it goes to.
    pub referral_id: Option<ReferralId>,
    /// Position of its event in the feed.
    pub pos: i64,
    /// What happened.
    pub kind: Kind,
    /// Where it is.
    pub state: MessageState,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next.
    pub next_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it arrived, died or was dropped.
    pub settled_at: Option<DateTime<Utc>>,
}

/// A message about a job, with whom it goes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct JobMessage {
    /// The message.
    #[serde(flatten)]
    pub message: Message,
    /// Name of the firm, or host of the service's own webhook; absent for the recipient of a referral.
    pub receiver: Option<String>,
    /// What became of the last attempt; absent before the first.
    pub outcome: Option<AttemptCode>,
}

/// One attempt to send a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeliveryAttempt {
    /// From 1.
    pub number: i64,
    /// When its outcome was known.
    pub at: DateTime<Utc>,
    /// What became of it.
    pub code: AttemptCode,
    /// The status that was answered.
    pub status: Option<u16>,
}

/// What a channel is given to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outgoing {
    /// By HTTP.
    Webhook(WebhookCall),
    /// By e-mail.
    Mail(Mail),
}

/// One call of a webhook.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookCall {
    /// The message.
    pub id: MessageId,
    /// Where to.
    pub url: String,
    /// What it is signed with, newest first.
    pub secrets: Vec<[u8; 32]>,
    /// When it is sent.
    pub at: Instant,
    /// What it says: JSON.
    pub body: String,
}

impl std::fmt::Debug for WebhookCall {
    /// Without the secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookCall").field("id", &self.id).finish_non_exhaustive()
    }
}

/// One e-mail.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// The message.
    pub id: MessageId,
    /// Whom to.
    pub to: EmailAddress,
    /// When it is sent.
    pub at: Instant,
    /// Its subject: one line.
    pub subject: String,
    /// Its text.
    pub text: String,
}

impl std::fmt::Debug for Mail {
    /// Without what is personal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mail").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What became of one attempt, as the channel tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// What.
    pub code: AttemptCode,
    /// The status that was answered.
    pub status: Option<u16>,
}

impl Outcome {
    /// An outcome without a status.
    #[must_use]
    pub fn of(code: AttemptCode) -> Self {
        Self { code, status: None }
    }

    /// What the status of an HTTP answer says.
    #[must_use]
    pub fn answered(status: u16) -> Self {
        let code = match status {
            200..300 => AttemptCode::Delivered,
            410 => AttemptCode::Gone,
            _ => AttemptCode::Status,
        };
        Self { code, status: Some(status) }
    }

    /// Whether another attempt would come to the same.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(
            self.code,
            AttemptCode::Delivered | AttemptCode::Gone | AttemptCode::Rejected | AttemptCode::NotConfigured
        )
    }
}

/// What is next for a message that was tried `attempts` times, `before` of them before it was replayed. `random` spreads
/// the attempts, so that a receiver that comes back is not met by all of them at once.
#[must_use]
pub fn next(outcome: Outcome, attempts: i64, before: i64, now: Instant, random: u8) -> Next {
    let tried = attempts - before;
    match outcome.code {
        AttemptCode::Delivered => Next::Sent,
        _ if outcome.is_final() || tried >= ATTEMPTS_MAX => Next::Dead,
        _ => Next::Again(now + pause(tried, random)),
    }
}

/// What is next for a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Nothing: it has arrived.
    Sent,
    /// Nothing, unless it is replayed.
    Dead,
    /// It is tried again.
    Again(Instant),
}

/// The pause after so many attempts.
fn pause(tried: i64, random: u8) -> TimeDelta {
    let steps = u32::try_from(tried.clamp(1, ATTEMPTS_MAX) - 1).unwrap_or_default();
    let millis = (PAUSE_FIRST_S * 3_i64.pow(steps)).min(PAUSE_MAX_S) * 1000;
    TimeDelta::milliseconds(millis + millis * i64::from(random) / JITTER_PARTS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_threefold_up_to_six_hours_and_a_fifth_more() {
        let seconds: Vec<_> = (1..=10).map(|tried| pause(tried, 0).num_seconds()).collect();
        assert_eq!(seconds, [10, 30, 90, 270, 810, 2430, 7290, 21600, 21600, 21600]);
        // About a day: from 21 to 25 hours.
        let total =
            |random| (1..ATTEMPTS_MAX).map(|tried| pause(tried, random)).sum::<TimeDelta>().num_hours();
        assert_eq!((total(0), total(255)), (21, 25));
        assert_eq!(pause(1, 128).num_milliseconds(), 11_000);
    }

    #[test]
    fn a_message_dies_after_its_attempts_or_at_once() {
        let now = Instant::UNIX_EPOCH;
        let refused = Outcome::answered(500);
        assert_eq!(next(refused, 1, 0, now, 0), Next::Again(now + TimeDelta::seconds(10)));
        assert_eq!(next(refused, ATTEMPTS_MAX, 0, now, 0), Next::Dead);
        assert_eq!(
            next(refused, ATTEMPTS_MAX + 1, ATTEMPTS_MAX, now, 0),
            Next::Again(now + TimeDelta::seconds(10))
        );
        assert_eq!(next(Outcome::answered(204), 1, 0, now, 0), Next::Sent);
        for code in [AttemptCode::Gone, AttemptCode::Rejected, AttemptCode::NotConfigured] {
            assert_eq!(next(Outcome::of(code), 1, 0, now, 0), Next::Dead, "{code}");
        }
        for status in [199, 301, 404, 429, 500, 503] {
            assert!(!Outcome::answered(status).is_final(), "{status}");
        }
    }
}
