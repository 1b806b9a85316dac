//! Calls that wait for somebody: ringing, answered without a case, owed a call back.

use askama::Template;
use axum::extract::State;

use crate::{
    app::{self, calls::Waiting},
    domain::{
        calls::{Call, CallState, CallerRole, Channel},
        ids::CallId,
        reference::Reference,
    },
    http::{
        Service,
        console::{
            page::{Html, Page},
            words,
        },
        reply::Answer,
    },
};

/// Calls of one kind shown at most.
const CALLS_MAX: i64 = 100;

/// A call, as it is shown.
pub(super) struct CallView {
    pub(super) id: CallId,
    pub(super) channel: Channel,
    pub(super) caller_role: CallerRole,
    pub(super) tag: String,
    pub(super) language: String,
    pub(super) offered_ms: i64,
    /// Somebody is on it.
    pub(super) talking: bool,
    /// It is over, and what it left to do is not done.
    pub(super) to_wrap: bool,
}

impl CallView {
    pub(super) fn of(call: &Call, page: &Page, reference: &Reference) -> Self {
        Self {
            id: call.id,
            channel: call.channel,
            caller_role: call.caller_role,
            language: words::language(&call.language, page, reference),
            tag: call.language.clone(),
            offered_ms: call.offered_at.timestamp_millis(),
            talking: call.state == CallState::Answered,
            to_wrap: call.state == CallState::Ended,
        }
    }
}

#[derive(Template)]
#[template(path = "console/calls.html")]
pub(super) struct Calls {
    page: Page,
    pos: i64,
    ringing: Vec<CallView>,
    open: Vec<CallView>,
    call_backs: Vec<CallView>,
}

/// The calls that wait.
pub(super) async fn show(State(service): State<Service>, page: Page) -> Answer<Html<Calls>> {
    let ctx = &service.ctx;
    let Waiting { pos, ringing, open, due } = app::calls::waiting(ctx, CALLS_MAX).await?;
    let reference = ctx.reference();
    let view = |call: &Call| CallView::of(call, &page, &reference);
    Ok(Html(Calls {
        pos,
        ringing: ringing.iter().map(view).collect(),
        open: open.iter().map(view).collect(),
        call_backs: due.iter().map(view).collect(),
        page,
    }))
}
