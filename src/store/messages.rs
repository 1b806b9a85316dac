//! Messages, their attempts, and how far the feed has been turned into them.

use sqlx::{FromRow, Row};
use uuid::Uuid;

use super::{
    Error, Tx,
    codec::row,
    db::{One, query},
    feed::{self, Entry},
    search::Search,
};
use crate::domain::{
    ids::{FirmId, JobId, MessageId, ReferralId, WebhookId},
    messages::{
        AttemptCode, DeliveryAttempt, JobMessage, Message, MessageChannel, MessageState, Next, Outcome,
    },
    receivers::host_of,
    span::Instant,
};

/// Whom a message goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receiver {
    /// A webhook.
    Webhook(WebhookId),
    /// A firm, by e-mail.
    Firm(FirmId),
    /// A recipient of a referral, by e-mail.
    Referral(ReferralId),
    /// Whoever keeps the head of the log, by e-mail, as is configured.
    Keeper,
}

/// What stands in place of the id of whoever keeps the head of the log: there is one.
const KEEPER: Uuid = Uuid::from_u128(1);

impl Receiver {
    /// Its id.
    #[must_use]
    pub fn id(self) -> Uuid {
        match self {
            Self::Webhook(id) => id.0,
            Self::Firm(id) => id.0,
            Self::Referral(id) => id.0,
            Self::Keeper => KEEPER,
        }
    }

    fn channel(self) -> MessageChannel {
        match self {
            Self::Webhook(_) => MessageChannel::Webhook,
            Self::Firm(_) | Self::Referral(_) | Self::Keeper => MessageChannel::Email,
        }
    }

    fn columns(self) -> (Option<Uuid>, Option<Uuid>, Option<Uuid>) {
        match self {
            Self::Webhook(id) => (Some(id.0), None, None),
            Self::Firm(id) => (None, Some(id.0), None),
            Self::Referral(id) => (None, None, Some(id.0)),
            Self::Keeper => (None, None, None),
        }
    }
}

/// Where the reader of the feed stands; held until this transaction ends, so that one reads at a time.
pub async fn lock_cursor(tx: &mut Tx) -> Result<i64, Error> {
    let (pos,) = query!(tx, one One<i64>, "UPDATE message_cursor SET pos = pos WHERE name = 'messages' RETURNING pos")?;
    Ok(pos)
}

/// Where the reader of the feed stands.
pub async fn cursor(tx: &mut Tx) -> Result<i64, Error> {
    let (pos,) = query!(tx, one One<i64>, "SELECT pos FROM message_cursor WHERE name = 'messages'")?;
    Ok(pos)
}

/// Moves the reader of the feed on.
pub async fn move_cursor(tx: &mut Tx, pos: i64) -> Result<(), Error> {
    query!(tx, execute, "UPDATE message_cursor SET pos = $1 WHERE name = 'messages'", pos)?;
    Ok(())
}

/// Keeps a message to a receiver, unless there is one of this position.
pub async fn insert(
    tx: &mut Tx,
    id: MessageId,
    receiver: Receiver,
    pos: i64,
    now: Instant,
) -> Result<(), Error> {
    let (webhook, firm, referral) = receiver.columns();
    query!(
        tx,
        execute,
        "INSERT INTO message (id, channel, receiver, webhook_id, firm_id, referral_id, pos, state, attempts,
                              attempts_before, next_at, created_at)
         SELECT $1, CAST($2 AS TEXT), $3, $4, $5, $6, $7, 'pending', 0, 0, $8, $8
         WHERE NOT EXISTS (SELECT 1 FROM message WHERE receiver = $3 AND pos = $7)",
        id,
        receiver.channel().as_str(),
        receiver.id(),
        webhook,
        firm,
        referral,
        pos,
        now
    )?;
    Ok(())
}

/// Takes away messages that were over before an instant, oldest first. Their attempts go before them; a message that is
/// replayed meanwhile keeps what is left of it.
pub async fn forget(tx: &mut Tx, before: Instant, limit: i64) -> Result<u64, Error> {
    query!(
        tx,
        execute,
        "DELETE FROM message_attempt WHERE message_id IN
           (SELECT id FROM message WHERE settled_at < $1 ORDER BY settled_at, id LIMIT $2)",
        before,
        limit
    )?;
    query!(
        tx,
        execute,
        "DELETE FROM message WHERE settled_at < $1 AND id IN
           (SELECT id FROM message WHERE settled_at < $1 ORDER BY settled_at, id LIMIT $2)",
        before,
        limit
    )
}

/// The firms that have a job, or had it, at an instant.
pub async fn firms_on(tx: &mut Tx, job: JobId, at: Instant) -> Result<Vec<FirmId>, Error> {
    query!(
        tx,
        all FirmId,
        "SELECT DISTINCT firm_id FROM assignment
         WHERE job_id = $1 AND assigned_at <= $2 AND (released_at IS NULL OR released_at >= $2)",
        job,
        at
    )
}

/// A receiver for whom something is due.
#[derive(Debug, Clone, FromRow)]
pub struct DueReceiver {
    /// Whom.
    pub receiver: Uuid,
    /// Whether several attempts in a row have failed.
    pub failing: bool,
}

/// The receivers for whom something is due, those first that wait longest. Paused webhooks wait.
pub async fn due_receivers(tx: &mut Tx, now: Instant, limit: i64) -> Result<Vec<DueReceiver>, Error> {
    query!(
        tx,
        all DueReceiver,
        "SELECT m.receiver, COALESCE(w.state, '') = 'failing' AS failing
         FROM message m LEFT JOIN webhook w ON w.id = m.webhook_id
         WHERE m.state = 'pending' AND m.next_at <= $1 AND COALESCE(w.state, 'active') IN ('active', 'failing')
         GROUP BY m.receiver, w.state ORDER BY MIN(m.next_at) LIMIT $2",
        now,
        limit
    )
}

/// When something is due next after `now`.
pub async fn next_due(tx: &mut Tx, now: Instant) -> Result<Option<Instant>, Error> {
    let (next,) = query!(
        tx,
        one One<Option<Instant>>,
        "SELECT MIN(m.next_at) FROM message m LEFT JOIN webhook w ON w.id = m.webhook_id
         WHERE m.state = 'pending' AND m.next_at > $1 AND COALESCE(w.state, 'active') IN ('active', 'failing')",
        now
    )?;
    Ok(next)
}

/// Messages that are due for a receiver and in nobody's hands, oldest first.
pub async fn due(tx: &mut Tx, receiver: Uuid, now: Instant, limit: i64) -> Result<Vec<MessageId>, Error> {
    query!(
        tx,
        all MessageId,
        {
            sqlite: "SELECT id FROM message WHERE receiver = $1 AND state = 'pending' AND next_at <= $2
                     ORDER BY pos LIMIT $3",
            postgres: "SELECT id FROM message WHERE receiver = $1 AND state = 'pending' AND next_at <= $2
                       ORDER BY pos LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED"
        },
        receiver,
        now,
        limit
    )
}

/// A message taken to be sent.
#[derive(Debug, Clone)]
pub struct Taken {
    /// Which.
    pub id: MessageId,
    /// Whom to.
    pub receiver: Receiver,
    /// Position of its event.
    pub pos: i64,
    /// How often it was tried.
    pub attempts: i64,
    /// How often before it was replayed.
    pub attempts_before: i64,
}

row! { Taken: id, receiver: flat, pos, attempts, attempts_before }

/// Whom a message goes to: one of three columns says it, or none.
#[derive(FromRow)]
struct ReceiverRow {
    webhook_id: Option<WebhookId>,
    firm_id: Option<FirmId>,
    referral_id: Option<ReferralId>,
}

impl<'r, R: Row> FromRow<'r, R> for Receiver
where
    ReceiverRow: FromRow<'r, R>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        let ReceiverRow { webhook_id, firm_id, referral_id } = ReceiverRow::from_row(row)?;
        let receiver =
            webhook_id.map(Self::Webhook).or(firm_id.map(Self::Firm)).or(referral_id.map(Self::Referral));
        Ok(receiver.unwrap_or(Self::Keeper))
    }
}

/// Takes a due message until `until`; nothing, when somebody else was faster.
pub async fn take(tx: &mut Tx, id: MessageId, now: Instant, until: Instant) -> Result<Option<Taken>, Error> {
    query!(
        tx,
        optional Taken,
        "UPDATE message SET next_at = $3 WHERE id = $1 AND state = 'pending' AND next_at <= $2
         RETURNING id, webhook_id, firm_id, referral_id, pos, attempts, attempts_before",
        id,
        now,
        until
    )
}

/// Gives a taken message back: it is due at once.
pub async fn give_back(tx: &mut Tx, id: MessageId, now: Instant) -> Result<(), Error> {
    query!(tx, execute, "UPDATE message SET next_at = $2 WHERE id = $1 AND state = 'pending'", id, now)?;
    Ok(())
}

/// The event of a position.
pub async fn event_of(tx: &mut Tx, pos: i64) -> Result<Option<Entry>, Error> {
    Ok(feed::after(tx, pos - 1, 1).await?.into_iter().find(|entry| entry.pos == pos))
}

/// Writes what became of an attempt; `false` when the message has gone on meanwhile.
pub async fn tried(
    tx: &mut Tx,
    taken: &Taken,
    outcome: Outcome,
    next: Next,
    now: Instant,
) -> Result<bool, Error> {
    let (state, next_at) = match next {
        Next::Sent => (MessageState::Sent, None),
        Next::Dead => (MessageState::Dead, None),
        Next::Again(at) => (MessageState::Pending, Some(at)),
    };
    let number = taken.attempts + 1;
    let changed = query!(
        tx,
        execute,
        "UPDATE message SET attempts = $3, state = $4, next_at = $5, settled_at = $6
         WHERE id = $1 AND state = 'pending' AND attempts = $2",
        taken.id,
        taken.attempts,
        number,
        state,
        next_at,
        next_at.is_none().then_some(now)
    )?;
    if changed == 0 {
        return Ok(false);
    }
    query!(
        tx,
        execute,
        "INSERT INTO message_attempt (message_id, number, at, code, status) VALUES ($1, $2, $3, $4, $5)",
        taken.id,
        number,
        now,
        &outcome.code,
        outcome.status.map(i64::from)
    )?;
    Ok(true)
}

/// Drops a message that nobody needs any more.
pub async fn drop(tx: &mut Tx, id: MessageId, now: Instant) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "UPDATE message SET state = 'dropped', next_at = NULL, settled_at = $2 WHERE id = $1 AND state = 'pending'",
        id,
        now
    )?;
    Ok(())
}

/// Drops what has not arrived at a receiver that is gone.
pub async fn drop_all(tx: &mut Tx, receiver: Receiver, now: Instant) -> Result<(), Error> {
    query!(
        tx,
        execute,
        "UPDATE message SET state = 'dropped', next_at = NULL, settled_at = $2
         WHERE receiver = $1 AND state IN ('pending', 'dead')",
        receiver.id(),
        now
    )?;
    Ok(())
}

/// A dead message is tried anew, from the first pause on; whether it was dead.
pub async fn replay(tx: &mut Tx, id: MessageId, now: Instant) -> Result<bool, Error> {
    let changed = query!(
        tx,
        execute,
        "UPDATE message SET state = 'pending', attempts_before = attempts, next_at = $2, settled_at = NULL
         WHERE id = $1 AND state = 'dead'",
        id,
        now
    )?;
    Ok(changed == 1)
}

/// Every dead message of a webhook is tried anew; how many.
pub async fn replay_all(tx: &mut Tx, webhook: WebhookId, now: Instant) -> Result<u64, Error> {
    query!(
        tx,
        execute,
        "UPDATE message SET state = 'pending', attempts_before = attempts, next_at = $2, settled_at = NULL
         WHERE receiver = $1 AND state = 'dead'",
        webhook,
        now
    )
}

row! {
    Message: id, channel, webhook_id, firm_id, referral_id, pos, kind, state, attempts, next_at, created_at,
    settled_at
}

/// Of a message, with what it tells of.
macro_rules! columns {
    () => {
        "SELECT m.id, m.channel, m.webhook_id, m.firm_id, m.referral_id, m.pos, e.kind, m.state, m.attempts, m.next_at,
                m.created_at, m.settled_at"
    };
}

/// Which messages.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    /// Only those of this firm: to its address and to its webhooks.
    pub firm: Option<FirmId>,
    /// Only those to this webhook.
    pub webhook: Option<WebhookId>,
    /// Only those in this state.
    pub state: Option<MessageState>,
}

/// The messages after `after`, oldest first.
pub async fn list(tx: &mut Tx, filter: Filter, after: Uuid, limit: i64) -> Result<Vec<Message>, Error> {
    let head = concat!(
        columns!(),
        " FROM message m JOIN feed f ON f.pos = m.pos JOIN event e ON e.ord = f.ord WHERE m.id > $1"
    );
    let search = Search::of(tx, head).bind(after);
    let search = search
        .and(
            "(m.receiver = $ OR m.receiver IN (SELECT w.id FROM webhook w WHERE w.firm_id = $))",
            filter.firm,
        )
        .and("m.receiver = $", filter.webhook)
        .and("m.state = $", filter.state);
    search.all(tx, "ORDER BY m.id LIMIT $", limit).await
}

/// The message of an id; only if it is of this firm, where one is given.
pub async fn find(tx: &mut Tx, id: MessageId, firm: Option<FirmId>) -> Result<Option<Message>, Error> {
    let head = concat!(
        columns!(),
        " FROM message m JOIN feed f ON f.pos = m.pos JOIN event e ON e.ord = f.ord
               LEFT JOIN webhook w ON w.id = m.webhook_id
          WHERE m.id = $1"
    );
    Search::of(tx, head).bind(id).and("(m.firm_id = $ OR w.firm_id = $)", firm).optional(tx).await
}

/// The attempts of a message, oldest first.
pub async fn attempts(tx: &mut Tx, id: MessageId) -> Result<Vec<DeliveryAttempt>, Error> {
    let rows = query!(
        tx,
        all(i64, Instant, AttemptCode, Option<i64>),
        "SELECT number, at, code, status FROM message_attempt WHERE message_id = $1 ORDER BY number",
        id
    )?;
    let attempts = rows.into_iter().map(|(number, at, code, status)| {
        let status = status.and_then(|status| u16::try_from(status).ok());
        DeliveryAttempt { number, at, code, status }
    });
    Ok(attempts.collect())
}

#[derive(FromRow)]
struct JobMessageRow {
    #[sqlx(flatten)]
    message: Message,
    firm: Option<String>,
    url: Option<String>,
    outcome: Option<AttemptCode>,
}

/// The messages about a job, its case and the referrals of that, oldest first; only those to this firm, where one is
/// given.
pub async fn of_job(
    tx: &mut Tx,
    job: JobId,
    firm: Option<FirmId>,
    limit: i64,
) -> Result<Vec<JobMessage>, Error> {
    let head = concat!(
        columns!(),
        ", n.name AS firm, w.url,
         (SELECT a.code FROM message_attempt a WHERE a.message_id = m.id ORDER BY a.number DESC LIMIT 1) AS outcome
         FROM event e JOIN feed f ON f.ord = e.ord JOIN message m ON m.pos = f.pos
              LEFT JOIN webhook w ON w.id = m.webhook_id
              LEFT JOIN firm n ON n.id = COALESCE(m.firm_id, w.firm_id)
         WHERE e.subject_id IN (SELECT j.id FROM job j WHERE j.id = $1
                                UNION SELECT j.case_id FROM job j WHERE j.id = $1
                                UNION SELECT r.id FROM referral r JOIN job j ON j.case_id = r.case_id WHERE j.id = $1)"
    );
    let search = Search::of(tx, head).bind(job).and("(m.firm_id = $ OR w.firm_id = $)", firm);
    let rows: Vec<JobMessageRow> = search.all(tx, "ORDER BY m.pos, m.id LIMIT $", limit).await?;
    Ok(rows.into_iter().map(JobMessage::from).collect())
}

impl From<JobMessageRow> for JobMessage {
    fn from(row: JobMessageRow) -> Self {
        // The path of an address may be a secret.
        let receiver = row.firm.or_else(|| Some(host_of(row.url.as_deref()?)?.to_owned()));
        Self { message: row.message, receiver, outcome: row.outcome }
    }
}

/// How many messages are in a state.
pub async fn count(tx: &mut Tx, state: MessageState) -> Result<i64, Error> {
    let (count,) =
        query!(tx, one One<i64>, "SELECT CAST(COUNT(*) AS BIGINT) FROM message WHERE state = $1", state)?;
    Ok(count)
}
