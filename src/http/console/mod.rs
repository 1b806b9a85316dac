//! The pages of the staff.
//!
//! A page is one handler file here, one template in `templates/console`, and its texts in `src/i18n/ja` and `en`:
//!
//! 1. `src/http/console/NAME.rs` with `routes()`, whose handlers take [`page::Page`] and answer `Answer<Html<T>>`;
//! 2. `templates/console/NAME.html`, which extends `console/layout.html`;
//! 3. `src/i18n/ja/NAME.ftl` and `en/NAME.ftl`, named in `src/i18n/bundle.rs`;
//! 4. its routes in `http/access.rs` and in `tests/console/access.rs`; and in `navigation.rs`, where it has a place there.
//!
//! Who may see it, the refusal of forged requests, headers and failures are the same for all pages and stand around
//! them, in `guard`, `dress` and `headers`. Pages call `app`, as the API does, and nothing else; their scripts and forms
//! (`assets/send.js`) call the API, where the session stands for a token (`caller`).

mod account;
mod assets;
mod audit;
mod billing;
mod board;
mod caller;
mod confirming;
mod cookies;
mod dress;
mod events;
mod figures;
mod firm;
mod forms;
mod guard;
mod headers;
mod intake;
mod job;
mod kpi;
mod map;
mod navigation;
mod page;
mod preferences;
mod programmes;
mod reviews;
mod roster;
mod script_texts;
mod sign_in;
mod staff;
mod users;
mod words;

use axum::{Router, middleware, routing::get};

pub(super) use caller::Call;
pub(super) use events::Listeners;

use super::Service;

/// Every page.
pub(super) fn routes(service: &Service) -> Router<Service> {
    let guarded = Router::new()
        .merge(account::routes())
        .merge(audit::routes())
        .merge(billing::routes())
        .merge(board::routes())
        .merge(events::routes())
        .merge(intake::routes())
        .merge(job::routes())
        .merge(map::routes())
        .merge(roster::routes())
        .merge(firm::routes())
        .merge(kpi::routes())
        .merge(programmes::routes())
        .merge(reviews::routes())
        .merge(sign_in::guarded_routes())
        .merge(staff::routes())
        .merge(users::routes())
        .route_layer(middleware::from_fn_with_state(service.clone(), guard::guard));
    let open = Router::new()
        .merge(sign_in::open_routes())
        .merge(preferences::routes())
        .route_layer(middleware::from_fn(guard::same_origin));
    Router::new()
        .merge(guarded)
        .merge(open)
        .route_layer(middleware::from_fn_with_state(service.clone(), dress::dress))
        .route("/assets/{version}/{file}", get(assets::serve))
        .route_layer(middleware::from_fn_with_state(
            headers::policy(service.tiles.as_deref()),
            headers::protect,
        ))
}
