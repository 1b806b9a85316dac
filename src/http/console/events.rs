//! What changes, told to browsers as it happens (server-sent events): ids only, in the order of the feed. A page reads
//! anew what it shows of them. The position is the event's id, so that whoever was cut off goes on where he was.

use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, HeaderValue, Method, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use futures_util::stream;
use garde::Validate;
use serde::{Deserialize, Serialize};
use tokio::sync::{OwnedSemaphorePermit, watch};
use uuid::Uuid;

use super::{cookies, guard, page::Visitor};
use crate::{
    app::{self, Ctx, Error, Stream, feed},
    domain::{
        events::{AlarmAcknowledged, AlarmRaised, AlarmRang, AlarmResolved, Event, Subject},
        ids::{SessionId, UserId},
    },
    http::{Service, extract::Query, peer::Peer, problem::Problem, reply::Answer},
};

/// Entries of the feed told at once at most.
const PAGE: i64 = 200;
/// After so much silence a sign of life is sent, and it is asked whether the session still counts.
const SILENCE_MAX: Duration = Duration::from_secs(15);
/// Streams of one session at once: a browser needs one, or one a page where its pages cannot share it.
const OF_SESSION_MAX: usize = 12;
/// Streams of one person at once, however many browsers they have signed in with.
const OF_PERSON_MAX: usize = 30;
/// How long a browser waits before it connects again.
const RECONNECT_MS: u32 = 1_000;

/// How many streams each session and each person has. Cheap to clone.
#[derive(Clone, Default)]
pub(in crate::http) struct Listeners(Arc<Mutex<HashMap<Whose, usize>>>);

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Whose {
    Session(SessionId),
    /// In whichever sessions.
    Person(UserId),
}

/// One stream of somebody.
struct Own(Listeners, Whose);

impl Listeners {
    /// One more stream of a visitor; none where they have enough.
    fn take(&self, visitor: &Visitor) -> Option<[Own; 2]> {
        let session = self.one(Whose::Session(visitor.session), OF_SESSION_MAX)?;
        Some([session, self.one(Whose::Person(visitor.user), OF_PERSON_MAX)?])
    }

    fn one(&self, whose: Whose, most: usize) -> Option<Own> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = all.entry(whose).or_default();
        if *number >= most {
            return None;
        }
        *number += 1;
        Some(Own(self.clone(), whose))
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        let mut all = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(number) = all.get_mut(&self.1) {
            *number = number.saturating_sub(1);
            if *number == 0 {
                all.remove(&self.1);
            }
        }
    }
}

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/events", get(follow))
}

/// From where.
#[derive(Debug, Deserialize, Validate)]
struct Start {
    /// The last position that is known; the end of the feed, when not said.
    #[garde(range(min = 0))]
    after: Option<i64>,
}

async fn follow(
    State(service): State<Service>,
    method: Method,
    headers: HeaderMap,
    peer: Peer,
    visitor: Visitor,
    Query(from): Query<Start>,
) -> Answer<Response> {
    let kinds = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        // For proxies: pass it on as it comes.
        (header::HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    if method == Method::HEAD {
        return Ok(kinds.into_response());
    }
    let own = service.listeners.take(&visitor).ok_or_else(Problem::overloaded)?;
    let place = service.streams.clone().try_acquire_owned().map_err(|_| Problem::overloaded())?;
    // What the browser knows by itself is newer than what its address says.
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()?.parse().ok());
    let end = feed::position(&service.ctx).await?;
    let pos = last.or(from.after).unwrap_or(end).min(end);
    let secret = cookies::session(&headers, peer);
    let changes = service.ctx.stream();
    let listener = Listener { service, secret, pos, changes, greeted: false, _places: (place, own) };
    let body = stream::unfold(Some(listener), |listener| async {
        let mut listener = listener?;
        let (text, listener) = match listener.next().await {
            Told::More(text) => (text, Some(listener)),
            Told::SignedOut => ("event: signed-out\ndata: {}\n\n".to_owned(), None),
            Told::Over => return None,
        };
        Some((Ok::<_, Infallible>(Bytes::from(text)), listener))
    });
    Ok((kinds, Body::from_stream(body)).into_response())
}

/// One browser that listens.
struct Listener {
    service: Service,
    secret: Option<String>,
    /// Everything up to here has been told.
    pos: i64,
    changes: watch::Receiver<Stream>,
    greeted: bool,
    _places: (OwnedSemaphorePermit, [Own; 2]),
}

/// What has changed.
#[derive(Debug, Serialize)]
struct Change {
    subject: Subject,
    id: Uuid,
}

/// The next thing to tell.
enum Told {
    More(String),
    /// Who listens is not signed in any more.
    SignedOut,
    /// The service stops, or cannot read: the browser connects again.
    Over,
}

impl Listener {
    async fn next(&mut self) -> Told {
        if !self.greeted {
            self.greeted = true;
            return Told::More(format!("retry: {RECONNECT_MS}\n{}", self.time()));
        }
        loop {
            // Seen before it is read: what comes in between wakes again.
            if *self.changes.borrow_and_update() == Stream::Closing {
                return Told::Over;
            }
            match self.read().await {
                Ok(Some(told)) => return self.unless_signed_out(told).await,
                Ok(None) => {}
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "the changes cannot be read");
                    return Told::Over;
                }
            }
            match tokio::time::timeout(SILENCE_MAX, self.changes.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return Told::Over,
                Err(_) => return self.unless_signed_out(self.time()).await,
            }
        }
    }

    /// What the clock shows, for browsers whose clock is wrong.
    fn time(&self) -> String {
        format!("event: time\ndata: {}\n\n", self.service.ctx.now().timestamp_millis())
    }

    async fn unless_signed_out(&self, text: String) -> Told {
        match guard::visitor(&self.service, self.secret.as_deref()).await {
            Ok(Some(_)) => Told::More(text),
            Ok(None) => Told::SignedOut,
            Err(_) => Told::Over,
        }
    }

    /// The next entries of the feed.
    async fn read(&mut self) -> Result<Option<String>, Error> {
        let ctx: &Ctx = &self.service.ctx;
        let entries = app::feed::after(ctx, self.pos, PAGE).await?;
        let Some(last) = entries.last() else { return Ok(None) };
        self.pos = last.pos;
        let mut changes = Vec::new();
        // That rows were sealed changes nothing on any page; who has read one would have it read again.
        let told = entries.iter().filter(|entry| entry.event.subject().0 != Subject::Log);
        for entry in told {
            let (subject, id) = entry.event.subject();
            changes.push(Change { subject, id });
            // An alarm changes what it is about as well.
            if let Event::AlarmRaised(AlarmRaised { subject, subject_id, .. })
            | Event::AlarmRang(AlarmRang { subject, subject_id, .. })
            | Event::AlarmAcknowledged(AlarmAcknowledged { subject, subject_id, .. })
            | Event::AlarmResolved(AlarmResolved { subject, subject_id, .. }) = entry.event
            {
                changes.push(Change { subject, id: subject_id });
            }
        }
        if changes.is_empty() {
            return Ok(None);
        }
        let data = serde_json::to_string(&changes).map_err(|error| Error::Internal(error.to_string()))?;
        Ok(Some(format!("id: {}\nevent: change\ndata: {data}\n\n", self.pos)))
    }
}
