//! The endpoints, one file a resource.

mod actions;
mod alarms;
mod appointments;
mod assignments;
mod billing_csv;
mod blocks;
mod calls;
mod candidates;
mod case_file;
mod case_phone;
mod case_place;
mod cases;
mod charge_estimates;
mod consent_texts;
mod consumers;
mod crew;
mod dangers;
mod decisions;
mod drafts;
mod emergencies;
mod evidence;
mod facts;
mod firms;
mod guidance;
mod handovers;
mod identity;
mod interpretations;
mod jobs;
mod kpis;
mod languages;
mod ledger;
mod me;
mod messages;
mod offers;
mod outlines;
mod payer_authorities;
mod payments;
mod places;
mod privacy;
mod programmes;
mod proposals;
mod queue;
mod referrals;
mod repeats;
mod reviews;
mod rosters;
mod shift_entries;
mod shift_swaps;
mod statements;
mod statutory_receipts;
mod technicians;
mod tokens;
mod users;
mod warrants;
mod webhooks;
mod whereabouts;

use axum::extract::DefaultBodyLimit;
use chrono::{DateTime, Datelike as _, NaiveDate, SubsecRound as _, Timelike as _, Utc};
use tower_http::compression::CompressionLayer;
use utoipa::OpenApi as _;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Service, openapi::Base};
use crate::domain::{
    evidence::BYTES_MAX,
    firms::Standing,
    offers::Yes,
    typed::{is_blank, steers},
};

/// Every endpoint of the API.
pub(super) fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::with_openapi(Base::openapi())
        .routes(routes!(me::show))
        .routes(routes!(tokens::issue, tokens::list))
        .routes(routes!(tokens::revoke))
        .routes(routes!(users::add, users::list))
        .routes(routes!(users::set_password))
        .routes(routes!(users::disable))
        .routes(routes!(users::end_sessions))
        .routes(routes!(firms::register, firms::list))
        .routes(routes!(firms::show, firms::change))
        .routes(routes!(technicians::register, technicians::list))
        .routes(routes!(technicians::show, technicians::change))
        .routes(routes!(technicians::report))
        .routes(routes!(proposals::list))
        .routes(routes!(proposals::decide))
        .routes(routes!(shift_entries::make, shift_entries::list))
        .routes(routes!(shift_entries::cancel))
        .routes(routes!(shift_swaps::make))
        .routes(routes!(shift_swaps::show, shift_swaps::undo))
        .routes(routes!(rosters::show))
        .routes(routes!(rosters::lint))
        .routes(routes!(places::search))
        .routes(routes!(candidates::preview))
        .routes(routes!(blocks::make, blocks::list))
        .routes(routes!(blocks::end))
        .merge(map_routes())
        .merge(intake_routes())
        .merge(dispatch_routes())
        .merge(facts_routes())
        .merge(billing_routes())
        .merge(message_routes())
        .merge(evidence_routes())
        .routes(routes!(privacy::erase))
        .routes(routes!(privacy::hold))
        .routes(routes!(privacy::lift))
        .routes(routes!(privacy::reads))
        .routes(routes!(privacy::runs))
        .routes(routes!(kpis::show))
        .routes(routes!(consent_texts::list))
        .routes(routes!(consent_texts::show))
        .routes(routes!(programmes::list))
        .routes(routes!(programmes::show))
        .routes(routes!(charge_estimates::would_cost))
}

/// The endpoints of billing: what it costs, what is doubtful or disputed, what was paid, who has pulled it.
fn billing_routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(statements::show))
        .routes(routes!(reviews::list))
        .routes(routes!(reviews::show))
        .routes(routes!(reviews::decide))
        .routes(routes!(reviews::preview))
        .routes(routes!(payer_authorities::record, payer_authorities::list))
        .routes(routes!(payments::pay, payments::list))
        .routes(routes!(statutory_receipts::record))
        .routes(routes!(payments::dispute, payments::disputes))
        .routes(routes!(payments::resolve))
        .routes(routes!(reviews::preview_dispute))
        .routes(routes!(ledger::lines))
        .routes(routes!(ledger::payments))
        .routes(routes!(ledger::disputes))
        .routes(routes!(consumers::create, consumers::list))
        .routes(routes!(consumers::show))
        .routes(routes!(consumers::lines))
        .routes(routes!(consumers::acknowledge))
}

/// What a map is drawn with: much of it, and alike, so that it is packed.
fn map_routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(whereabouts::show))
        .routes(routes!(outlines::show))
        .layer(CompressionLayer::new())
}

/// The endpoints of messages: where they go, what became of them.
fn message_routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(webhooks::make, webhooks::list))
        .routes(routes!(webhooks::show, webhooks::change, webhooks::delete))
        .routes(routes!(webhooks::rotate))
        .routes(routes!(messages::replay_all))
        .routes(routes!(messages::list))
        .routes(routes!(messages::show))
        .routes(routes!(messages::of_job))
        .routes(routes!(messages::replay))
}

/// Reports from the site: a batch is larger than other requests.
fn facts_routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(facts::report, facts::list))
        .layer(DefaultBodyLimit::max(facts::BODY_BYTES_MAX))
}

/// The endpoints of the evidence; a picture may be larger than any other body.
fn evidence_routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(evidence::upload, evidence::list))
        .layer(DefaultBodyLimit::max(BYTES_MAX))
        .routes(routes!(evidence::show))
        .routes(routes!(evidence::sign_nothing))
}

/// The endpoints of the dispatch: jobs, whom they are put to, who goes, what is planned, what must be known.
fn dispatch_routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(jobs::create))
        .routes(routes!(jobs::list))
        .routes(routes!(jobs::show))
        .routes(routes!(jobs::cancel))
        .routes(routes!(crew::add_helper))
        .routes(routes!(crew::rework))
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
        .routes(routes!(assignments::acknowledge_danger))
        .routes(routes!(assignments::order_note))
        .routes(routes!(assignments::give))
        .routes(routes!(assignments::reassign))
        .routes(routes!(appointments::book, appointments::show))
        .routes(routes!(appointments::unbook))
        .routes(routes!(appointments::windows))
}

/// The endpoints of the intake: calls, dangers, cases, languages, what a dispatcher looks up.
fn intake_routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(calls::take, calls::list))
        .routes(routes!(calls::show))
        .routes(routes!(calls::answer))
        .routes(routes!(calls::abandon))
        .routes(routes!(calls::end))
        .routes(routes!(calls::wrap))
        .routes(routes!(warrants::record))
        .routes(routes!(case_file::verify_eligibility))
        .routes(routes!(interpretations::request))
        .routes(routes!(interpretations::request_at_site))
        .routes(routes!(interpretations::settle))
        .routes(routes!(interpretations::end))
        .routes(routes!(repeats::call_back))
        .routes(routes!(repeats::attach))
        .routes(routes!(repeats::detach))
        .routes(routes!(repeats::duplicates))
        .routes(routes!(languages::list))
        .routes(routes!(languages::show))
        .routes(routes!(handovers::give))
        .routes(routes!(handovers::show))
        .routes(routes!(handovers::accept))
        .routes(routes!(dangers::answer, dangers::show))
        .routes(routes!(dangers::acknowledge))
        .routes(routes!(dangers::clear))
        .routes(routes!(drafts::save, drafts::show))
        .routes(routes!(emergencies::begin))
        .routes(routes!(emergencies::connect))
        .routes(routes!(emergencies::end))
        .routes(routes!(cases::open, case_file::list))
        .routes(routes!(case_file::show, case_file::change))
        .routes(routes!(case_file::close))
        .routes(routes!(case_file::reopen))
        .routes(routes!(case_phone::correct))
        .routes(routes!(case_place::correct))
        .routes(routes!(identity::plan))
        .routes(routes!(guidance::job_codes))
        .routes(routes!(guidance::job_code))
        .routes(routes!(guidance::common_area))
        .routes(routes!(guidance::out_of_scope))
        .routes(routes!(referrals::make, referrals::of_case))
        .routes(routes!(referrals::list))
        .routes(routes!(referrals::show))
        .routes(routes!(referrals::address))
        .routes(routes!(referrals::notice))
        .routes(routes!(referrals::attempt))
        .routes(routes!(referrals::mail_notice))
        .routes(routes!(referrals::acknowledge))
        .routes(routes!(referrals::close))
}

/// Text a person typed: something visible, nothing that steers a screen.
fn text(value: &str, _: &()) -> garde::Result {
    // An empty one is too short already: one problem a field.
    if !value.is_empty() && is_blank(value) {
        return Err(garde::Error::new("must not be blank"));
    }
    if value.chars().any(steers) {
        return Err(garde::Error::new("must not contain control characters, nor any that nobody sees"));
    }
    Ok(())
}

/// A longer text a person typed: several lines, nothing else that steers a screen.
fn paragraphs(value: &str, _: &()) -> garde::Result {
    text(&value.replace('\n', " "), &())
}

/// A code: letters, digits, point, hyphen, underscore.
fn code(value: &str, _: &()) -> garde::Result {
    let fits = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    if fits { Ok(()) } else { Err(garde::Error::new("must be letters, digits, '.', '-' and '_' only")) }
}

/// A field that may say `null` and may not be left out: who forgets it has not said that there is nothing.
fn said_or_null<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: serde::Deserialize<'de>,
{
    serde::Deserialize::deserialize(deserializer)
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

/// What a yes comes with.
fn yes(arrival_at: Option<DateTime<Utc>>, agreed_at: Option<DateTime<Utc>>) -> Yes {
    Yes { arrival_at: arrival_at.map(cut), agreed_at: agreed_at.map(cut) }
}

fn active() -> Standing {
    Standing::Active
}
