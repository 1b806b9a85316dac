//! The endpoints, one file a resource.

mod alarms;
mod appointments;
mod assignments;
mod blocks;
mod calls;
mod case_place;
mod cases;
mod consumers;
mod dangers;
mod decisions;
mod drafts;
mod emergencies;
mod facts;
mod firms;
mod jobs;
mod me;
mod offers;
mod places;
mod programmes;
mod queue;
mod statements;
mod technicians;
mod tokens;

use chrono::{DateTime, Datelike as _, NaiveDate, SubsecRound as _, Timelike as _, Utc};
use utoipa::OpenApi as _;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Service, openapi::Base};
use crate::domain::firms::Standing;

/// Every endpoint of the API.
pub(super) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::with_openapi(Base::openapi())
        .routes(routes!(me::show))
        .routes(routes!(tokens::issue, tokens::list))
        .routes(routes!(tokens::revoke))
        .routes(routes!(firms::register, firms::list))
        .routes(routes!(firms::show, firms::change))
        .routes(routes!(technicians::register, technicians::list))
        .routes(routes!(technicians::show, technicians::change))
        .routes(routes!(technicians::report))
        .routes(routes!(places::search))
        .routes(routes!(blocks::make, blocks::list))
        .routes(routes!(blocks::end))
        .routes(routes!(calls::take))
        .routes(routes!(calls::show))
        .routes(routes!(calls::end))
        .routes(routes!(dangers::answer, dangers::show))
        .routes(routes!(dangers::acknowledge))
        .routes(routes!(dangers::clear))
        .routes(routes!(drafts::save, drafts::show))
        .routes(routes!(emergencies::begin))
        .routes(routes!(emergencies::connect))
        .routes(routes!(emergencies::end))
        .routes(routes!(cases::open))
        .routes(routes!(cases::show))
        .routes(routes!(case_place::correct))
        .routes(routes!(jobs::create))
        .routes(routes!(jobs::list))
        .routes(routes!(jobs::show))
        .routes(routes!(jobs::cancel))
        .routes(routes!(decisions::list))
        .routes(routes!(queue::show))
        .routes(routes!(alarms::list))
        .routes(routes!(alarms::acknowledge))
        .routes(routes!(offers::list))
        .routes(routes!(offers::show))
        .routes(routes!(offers::accept))
        .routes(routes!(offers::decline))
        .routes(routes!(offers::name))
        .routes(routes!(offers::take_back))
        .routes(routes!(assignments::withdraw))
        .routes(routes!(assignments::order_note))
        .routes(routes!(assignments::give))
        .routes(routes!(assignments::reassign))
        .routes(routes!(appointments::book, appointments::show))
        .routes(routes!(appointments::unbook))
        .routes(routes!(facts::report, facts::list))
        .routes(routes!(statements::show))
        .routes(routes!(consumers::create, consumers::list))
        .routes(routes!(consumers::show))
        .routes(routes!(consumers::lines))
        .routes(routes!(consumers::acknowledge))
        .routes(routes!(programmes::list))
        .routes(routes!(programmes::show))
        .routes(routes!(programmes::would_cost))
}

/// Text a person typed: something visible, nothing that steers a screen.
fn text(value: &str, _: &()) -> garde::Result {
    // An empty one is too short already: one problem a field.
    if !value.is_empty() && value.trim().is_empty() {
        return Err(garde::Error::new("must not be blank"));
    }
    if value.chars().any(char::is_control) {
        return Err(garde::Error::new("must not contain control characters"));
    }
    Ok(())
}

/// An instant that every engine and every sum can hold: of this century, and no leap second.
fn instant(value: &DateTime<Utc>, _: &()) -> garde::Result {
    if !(2000..2100).contains(&value.year()) || value.nanosecond() >= 1_000_000_000 {
        return Err(garde::Error::new("must be from 2000 to 2099, and not a leap second"));
    }
    Ok(())
}

/// A day that every sum can hold: of this century.
fn date(value: &NaiveDate, _: &()) -> garde::Result {
    if !(2000..2100).contains(&value.year()) {
        return Err(garde::Error::new("must be from 2000 to 2099"));
    }
    Ok(())
}

/// An instant cut to what both engines keep.
fn cut(at: DateTime<Utc>) -> DateTime<Utc> {
    at.trunc_subsecs(6)
}

fn active() -> Standing {
    Standing::Active
}
