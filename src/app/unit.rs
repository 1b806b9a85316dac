//! One use-case, one transaction: the outcome is written last under its idempotency key, with the events, and everything
//! commits together or not at all. A key that is there already takes all of it back, and the first outcome is the answer.

use futures_util::future::BoxFuture;
use rand::RngExt as _;
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{Ctx, Error};
use crate::{
    domain::{
        actor::Actor,
        events::{self, Event},
        ids::TokenId,
        refusal::{OfficeRefused, Refusal},
        span::Instant,
    },
    store::{self, Batch, Tx},
};

/// How often a use-case is run again when a concurrent transaction was in the way.
const ATTEMPTS_MAX: usize = 20;

/// Longest idempotency key, in characters.
pub const KEY_CHARS_MAX: usize = 255;

/// What makes a repeated request the same request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    key: String,
    fingerprint: [u8; 32],
}

impl IdempotencyKey {
    /// A key of 1 to 255 visible ASCII characters, with the SHA-256 of the request it stands for.
    pub fn new(key: &str, fingerprint: [u8; 32]) -> Result<Self, Refusal> {
        let fits =
            (1..=KEY_CHARS_MAX).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
        if !fits {
            return Err(Refusal::field("Idempotency-Key", "must be 1 to 255 visible ASCII characters"));
        }
        Ok(Self { key: key.to_owned(), fingerprint })
    }
}

/// Who wants what done, once.
#[derive(Debug, Clone)]
pub struct Command<C> {
    /// Who.
    pub actor: Actor,
    /// What makes a repetition harmless.
    pub key: Option<IdempotencyKey>,
    /// What.
    pub body: C,
}

impl<C> Command<C> {
    /// A command without an idempotency key.
    pub fn new(actor: Actor, body: C) -> Self {
        Self { actor, key: None, body }
    }

    /// The same command with another body.
    pub fn map<D>(self, body: impl FnOnce(C) -> D) -> Command<D> {
        Command { actor: self.actor, key: self.key, body: body(self.body) }
    }
}

/// A use-case under way.
pub struct Unit {
    /// The transaction.
    pub tx: Tx,
    /// The one instant of this use-case.
    pub now: Instant,
    /// Who acts.
    pub actor: Actor,
    /// The service around it.
    pub ctx: Ctx,
    /// What is written last, in one call with the events: everything that nothing in this use-case reads again. A row that
    /// is not as it was read, or exists already, has the use-case run again.
    pub writes: Batch,
    events: Vec<(Uuid, Event)>,
}

impl Unit {
    /// A new id; ids of one use-case ascend.
    pub fn id<T: From<Uuid>>(&mut self) -> T {
        self.ctx.new_id(self.now).into()
    }

    /// Fresh random bytes.
    pub fn random<const N: usize>(&mut self) -> [u8; N] {
        self.ctx.random()
    }

    /// The next value of a counter, from 1. Not every one is used.
    pub(super) async fn next_number(&mut self, counter: &str) -> Result<i64, store::Error> {
        store::cases::next_number(self.ctx.db(), &mut self.tx, counter).await
    }

    /// Writes what is to be written now, for what must come after it.
    pub async fn flush(&mut self) -> Result<(), store::Error> {
        let writes = std::mem::replace(&mut self.writes, Batch::of(&self.tx));
        writes.run(&mut self.tx).await.map(|_| ())
    }

    /// Writes down what happened; it commits with the rest.
    pub fn emit(&mut self, event: impl Into<Event>) {
        let id = self.ctx.new_id(self.now);
        self.events.push((id, event.into()));
    }
}

/// A use-case as `transact` runs it; possibly several times.
pub trait UseCase<C, O>: for<'u> Fn(&'u mut Unit, &'u C) -> BoxFuture<'u, Result<O, Error>> {}
impl<C, O, F> UseCase<C, O> for F where F: for<'u> Fn(&'u mut Unit, &'u C) -> BoxFuture<'u, Result<O, Error>> {}

impl Ctx {
    /// Runs a use-case in one transaction and remembers its outcome under the idempotency key. It runs in a task of
    /// its own: what has begun is finished even when the client hangs up.
    pub async fn transact<C, O, F>(&self, command: Command<C>, run: F) -> Result<O, Error>
    where
        C: Send + Sync + 'static,
        O: Serialize + DeserializeOwned + Send + 'static,
        F: UseCase<C, O> + Send + Sync + 'static,
    {
        let ctx = self.clone();
        let task = tokio::spawn(store::counting::carried(async move {
            for _ in 1..ATTEMPTS_MAX {
                match ctx.attempt(&command, &run).await {
                    // What was in the way may not be durable yet, and the snapshot reads what is.
                    Err(Error::Conflict) => {
                        ctx.db().settled().await;
                        tokio::task::yield_now().await;
                    }
                    done => return done,
                }
            }
            match ctx.attempt(&command, &run).await {
                Err(Error::Conflict) => Err(contended().into()),
                done => done,
            }
        }));
        task.await.map_err(|error| Error::Internal(error.to_string()))?
    }

    /// Runs a use-case and takes everything back: what would come of it.
    pub(super) async fn rehearse<C, O, F>(&self, command: Command<C>, run: F) -> Result<O, Error>
    where
        F: UseCase<C, O>,
    {
        let tx = self.db().write().await?;
        let (now, ctx) = (self.now(), self.clone());
        let writes = Batch::of(&tx);
        let mut unit = Unit { tx, now, actor: command.actor, ctx, writes, events: Vec::new() };
        let outcome = run(&mut unit, &command.body).await?;
        let Unit { mut tx, writes, .. } = unit;
        writes.run(&mut tx).await.map_err(Error::in_the_way)?;
        // The transaction is dropped, and with it all that was written.
        Ok(outcome)
    }

    async fn attempt<C, O, F>(&self, command: &Command<C>, run: &F) -> Result<O, Error>
    where
        C: Sync,
        O: Serialize + DeserializeOwned,
        F: UseCase<C, O>,
    {
        let tx = self.db().write().await?;
        let now = self.now();
        let claim = command.actor.token().zip(command.key.as_ref());
        let (ctx, writes) = (self.clone(), Batch::of(&tx));
        let mut unit = Unit { tx, now, actor: command.actor, ctx, writes, events: Vec::new() };
        let outcome = match run(&mut unit, &command.body).await {
            Ok(outcome) => outcome,
            Err(error) => {
                drop(unit);
                return self.answered_before(claim, error).await;
            }
        };
        let Unit { mut tx, mut events, mut writes, .. } = unit;
        writes.take_over(&mut tx);
        if events.is_empty() && writes.is_unsealed() {
            events.push((self.new_id(now), self.rows_sealed(now).into()));
        }
        if let Some((principal, key)) = claim {
            let outcome =
                serde_json::to_string(&outcome).map_err(|error| Error::Internal(error.to_string()))?;
            let answered = store::idempotency::Earlier { fingerprint: key.fingerprint, outcome };
            store::idempotency::keep(&mut writes, principal, &key.key, &answered, now);
        }
        store::events::append(&mut writes, now, &command.actor, &events);
        // What the database looks at when everything is there, it looks at now.
        match writes.commit(tx).await.map_err(Error::in_the_way) {
            Ok(soonest) => {
                self.committed(events.into_iter().map(|(_, event)| event).collect(), soonest).await;
                Ok(outcome)
            }
            Err(error) => self.answered_before(claim, error).await,
        }
    }

    /// The event that bears the seals of rows of which no other one tells.
    pub(super) fn rows_sealed(&self, now: Instant) -> events::RowsSealed {
        events::RowsSealed { seal: self.new_id(now).into() }
    }

    /// A use-case that fails because the same request has been carried out already, at any time before, answers as it did
    /// then. That is looked up only now: nearly every request is the first.
    async fn answered_before<O: DeserializeOwned>(
        &self,
        claim: Option<(TokenId, &IdempotencyKey)>,
        error: Error,
    ) -> Result<O, Error> {
        let Some((principal, key)) = claim else { return Err(error) };
        self.db().settled().await;
        let mut tx = self.db().glance().await?;
        match store::idempotency::find(&mut tx, principal, &key.key).await? {
            Some(earlier) => recall(earlier, key),
            None => Err(error),
        }
    }
}

/// What was in the way each time will be in the way the next time: a person looks at it again.
fn contended() -> Refusal {
    OfficeRefused::Contended.into()
}

/// The answer given the first time.
fn recall<O: DeserializeOwned>(
    earlier: store::idempotency::Earlier,
    key: &IdempotencyKey,
) -> Result<O, Error> {
    if earlier.fingerprint != key.fingerprint {
        return Err(Error::KeyReused);
    }
    serde_json::from_str(&earlier.outcome)
        .map_err(|error| Error::Internal(format!("remembered outcome: {error}")))
}

impl Ctx {
    /// A new time-ordered id (UUID version 7).
    #[must_use]
    pub fn new_id(&self, now: Instant) -> Uuid {
        let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(millis, &self.random()).into_uuid()
    }

    /// Fresh random bytes.
    #[must_use]
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.rng().fill(&mut bytes);
        bytes
    }
}
