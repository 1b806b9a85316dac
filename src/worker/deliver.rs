//! Delivers messages: turns the feed into messages, sends what is due, writes down what became of it.
//!
//! Only the sending waits for somebody else, so it happens in tasks of its own, outside the seat at the clock: a receiver
//! that never answers holds up neither the clock nor a transaction nor another receiver. A task that is done rings the
//! worker's own bell.

use std::{collections::HashMap, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use chrono::TimeDelta;
use futures_util::FutureExt as _;
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinSet,
};

use crate::{
    app::{
        Ctx, Error,
        clock::{Bell, Wake},
        messages::{self, Claim, Flight, Mailing, Room},
        readers::{self, Reader},
    },
    domain::{
        ids::MessageId,
        messages::{AttemptCode, Outcome, Outgoing},
        span::Instant,
    },
    notify::Channels,
};

/// Sendings at once.
const AT_ONCE_MAX: usize = 64;
/// Sendings at once to one receiver.
const TO_ONE_MAX: usize = 4;
/// Sendings at once to receivers that fail.
const TO_FAILING_MAX: usize = 16;
/// How often it looks without being woken: for what another node had in its hands and gave back by ending.
const LOOK_AGAIN_S: i64 = 4;
/// How long it waits after a failure.
const AFTER_FAILURE_S: i64 = 5;
/// How long it waits at the end for what is under way.
const GRACE: Duration = Duration::from_secs(2);

/// What became of one sending.
type Done = (Claim, Outcome);

/// Starts delivering.
pub(super) fn start(ctx: &Ctx, channels: Channels, workers: &mut JoinSet<()>) {
    let mut seat = ctx.clock().seat();
    ctx.ring_on_feed(seat.bell());
    let mut delivery = Delivery::new(ctx.clone(), channels, seat.bell());
    workers.spawn(async move {
        loop {
            let next = match delivery.round().await {
                Ok(next) => next,
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "delivering failed; trying again"
                    );
                    Some(delivery.ctx.now() + TimeDelta::seconds(AFTER_FAILURE_S))
                }
            };
            let look = delivery.ctx.now() + TimeDelta::seconds(LOOK_AGAIN_S);
            if seat.watch(next, look).await == Wake::Stop {
                break;
            }
        }
        if let Err(error) = delivery.end().await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "what was being sent is sent again later"
            );
        }
    });
}

struct Delivery {
    ctx: Ctx,
    channels: Arc<Channels>,
    bell: Bell,
    tasks: JoinSet<()>,
    under_way: HashMap<MessageId, Flight>,
    tell: UnboundedSender<Done>,
    told: UnboundedReceiver<Done>,
    /// Not written down yet.
    done: Vec<Done>,
    /// How far the feed is read.
    read: i64,
}

impl Delivery {
    fn new(ctx: Ctx, channels: Channels, bell: Bell) -> Self {
        let (tell, told) = unbounded_channel();
        Self {
            ctx,
            channels: Arc::new(channels),
            bell,
            tasks: JoinSet::new(),
            under_way: HashMap::new(),
            tell,
            told,
            done: Vec::new(),
            read: 0,
        }
    }

    /// Does everything that can be done now; answers when there is more.
    async fn round(&mut self) -> Result<Option<Instant>, Error> {
        while let Ok(done) = self.told.try_recv() {
            self.done.push(done);
        }
        self.write_down().await?;
        let mailing = if self.channels.has_mail() { Mailing::Possible } else { Mailing::Impossible };
        let spread = messages::spread(&self.ctx, mailing, &mut self.read).await;
        readers::took(&self.ctx, Reader::Messages, &spread).await?;
        // What cannot be read keeps back nothing that was made before.
        let unread = spread.err();
        loop {
            let room = Room {
                under_way: &self.under_way,
                at_once_max: AT_ONCE_MAX,
                to_one_max: TO_ONE_MAX,
                to_failing_max: TO_FAILING_MAX,
            };
            let taken = messages::take(&self.ctx, room).await?;
            if taken.is_empty() {
                break;
            }
            for (claim, outgoing) in taken {
                self.send(claim, outgoing);
            }
        }
        if let Some(error) = unread {
            return Err(error);
        }
        let next = messages::next_due(&self.ctx).await?;
        let again = (!self.done.is_empty()).then(|| self.ctx.now() + TimeDelta::seconds(AFTER_FAILURE_S));
        Ok(next.into_iter().chain(again).min())
    }

    fn send(&mut self, claim: Claim, outgoing: Outgoing) {
        // Tasks that are done leave their place.
        while self.tasks.try_join_next().is_some() {}
        self.under_way.insert(claim.id(), claim.flight());
        let (channels, tell, bell) = (self.channels.clone(), self.tell.clone(), self.bell.clone());
        self.tasks.spawn(async move {
            let sending = AssertUnwindSafe(channels.send(outgoing)).catch_unwind();
            let outcome = sending.await.unwrap_or(Outcome::of(AttemptCode::Failed));
            // Told before the bell rings, so that whoever hears it finds it. Nobody listens any more at the end.
            let _ = tell.send((claim, outcome));
            bell.ring();
        });
    }

    async fn write_down(&mut self) -> Result<(), Error> {
        let left = messages::record(&self.ctx, &self.done).await?;
        self.done.retain(|(claim, _)| {
            let is_left = left.contains(&claim.id());
            if !is_left {
                self.under_way.remove(&claim.id());
            }
            is_left
        });
        Ok(())
    }

    /// Waits a little for what is under way; what does not end is given back.
    async fn end(mut self) -> Result<(), Error> {
        let ending = async { while self.tasks.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(GRACE, ending).await;
        self.tasks.shutdown().await;
        while let Ok(done) = self.told.try_recv() {
            self.done.push(done);
        }
        self.write_down().await?;
        messages::give_back(&self.ctx, self.under_way.into_keys()).await
    }
}
