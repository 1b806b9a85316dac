//! The place of a request among those under way. It is taken when there is something to do: a request with a body has to
//! bring it first, so that nobody holds places by sending slowly.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use axum::{
    body::HttpBody as _,
    extract::Request,
    http::{HeaderValue, Method, header},
    response::Response,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::problem::Problem;

/// The place of one request; given back when its last copy is dropped.
#[derive(Clone)]
pub(super) struct Place {
    places: Arc<Semaphore>,
    taken: Arc<Mutex<Option<OwnedSemaphorePermit>>>,
    /// A body was announced that nobody has read.
    unread: Arc<AtomicBool>,
}

impl Place {
    /// Of a request: taken at once, where nothing has to be read for it.
    pub(super) fn of(request: &Request, places: Arc<Semaphore>) -> Result<Self, Problem> {
        let unread = !request.body().is_end_stream();
        let place = Self { places, taken: Arc::default(), unread: Arc::new(AtomicBool::new(unread)) };
        let is_read = [Method::POST, Method::PUT, Method::PATCH].contains(request.method());
        if !unread || !is_read {
            place.take()?;
        }
        Ok(place)
    }

    /// The body is there: now there is something to do.
    pub(super) fn body_read(&self) -> Result<(), Problem> {
        self.unread.store(false, Ordering::Relaxed);
        self.take()
    }

    fn take(&self) -> Result<(), Problem> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.is_none() {
            let place = self.places.clone().try_acquire_owned().map_err(|_| Problem::overloaded())?;
            *taken = Some(place);
        }
        Ok(())
    }

    /// A body that was not read is thrown away with its line: the client is told not to send another request on it.
    pub(super) fn answered(&self, response: &mut Response) {
        if self.unread.load(Ordering::Relaxed) {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
    }
}
