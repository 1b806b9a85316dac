//! How fast a body has to come: whoever sends slower than anybody's line is given up, so that a few of them hold neither places
//! nor pictures for as long as a request may take.

use std::{error::Error, time::Duration};

use axum::{
    body::{Body, Bytes, HttpBody as _},
    extract::Request,
};
use futures_util::{StreamExt as _, stream};

/// So many bytes at least, or the rest of it, within each span of time.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Bytes.
    pub bytes: usize,
    /// Within how long.
    pub within: Duration,
}

/// The body came too slowly.
#[derive(Debug, thiserror::Error)]
#[error("the body comes too slowly")]
struct TooSlow;

/// The request, its body at this pace.
pub(super) fn paced(request: Request, pace: Pace) -> Request {
    if request.body().is_end_stream() {
        return request;
    }
    request.map(|body| {
        let pieces = stream::unfold(Some(body.into_data_stream().fuse()), move |pieces| async move {
            let mut pieces = pieces?;
            let mut piece = Vec::new();
            let enough = async {
                while piece.len() < pace.bytes {
                    match pieces.next().await {
                        Some(more) => piece.extend_from_slice(&more?),
                        None => break,
                    }
                }
                Ok(())
            };
            let come = tokio::time::timeout(pace.within, enough).await;
            match come.unwrap_or_else(|_| Err(axum::Error::new(TooSlow))) {
                Ok(()) if piece.is_empty() => None,
                Ok(()) => Some((Ok(Bytes::from(piece)), Some(pieces))),
                Err(error) => Some((Err(error), None)),
            }
        });
        Body::from_stream(pieces)
    })
}

/// Whether that is why a body could not be read.
pub(super) fn was_too_slow(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<TooSlow>() {
            return true;
        }
        cause = error.source();
    }
    false
}
