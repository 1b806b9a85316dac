//! A contractor's office: what it is asked, whom it sends, what it has in hand, who is on duty today. It sees its own only.

mod job;

use askama::Template;
use axum::{Router, extract::State, routing::get};
use chrono::{Days, TimeDelta};
use garde::Validate;
use serde::Deserialize;

use super::{
    confirming::Confirming,
    figures,
    page::{Html, Page, Visitor},
    words,
};
use crate::{
    app::{self, Ctx, firm_office::FirmOffice, offer_lists::Offered, rosters::RosterDays},
    domain::{
        actor::{Actor, Scope},
        firms::{Standing, Technician},
        ids::{FirmId, JobId, OfferId, TechnicianId},
        jobs::{Job, JobState},
        offers::{Addressee, DeclineCode},
        perils::{Perils, codes},
        span::{Instant, Span, tokyo},
    },
    http::{Service, extract::Query, problem::Problem, reply::Answer},
};

/// What is put into the field of the arrival, from now.
const ARRIVAL_IN: TimeDelta = TimeDelta::minutes(30);

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/firm", get(show)).route("/firm/jobs/{id}", get(job::show))
}

/// Which jobs; nothing said, those that are not finished.
#[derive(Debug, Clone, Copy, Deserialize, Validate)]
struct Filter {
    #[garde(skip)]
    state: Option<JobState>,
}

struct Chip {
    name: String,
    path: String,
    on: bool,
}

#[derive(Template)]
#[template(path = "console/firm.html")]
struct View {
    page: Page,
    firm: String,
    is_suspended: bool,
    offers: Vec<OfferView>,
    naming: Vec<OfferView>,
    jobs: Vec<JobRow>,
    endangered: Vec<Endangered>,
    chips: Vec<Chip>,
    technicians: Vec<DutyView>,
    declines: &'static [DeclineCode],
    confirming: Confirming,
    /// The offers and dangers shown, for the script that looks whether there are others.
    shown: String,
}

/// A job in hand of which something is dangerous, or unchecked (G-08).
struct Endangered {
    id: JobId,
    what: String,
    dangers: Vec<String>,
}

/// An offer, with the technicians who could be named for it.
struct OfferView {
    id: OfferId,
    what: String,
    job_code: String,
    priority: String,
    priority_code: &'static str,
    language: String,
    district: String,
    to_firm: bool,
    technician: String,
    due_ms: i64,
    arrival: String,
    able: Vec<(TechnicianId, String, bool)>,
}

struct JobRow {
    id: JobId,
    what: String,
    priority: String,
    priority_code: &'static str,
    state: String,
    stage: &'static str,
    since_ms: i64,
    since: String,
    is_final: bool,
    is_endangered: bool,
}

/// A technician's day.
struct DutyView {
    name: String,
    phone: String,
    is_active: bool,
    /// Whether the office has to confirm something of it.
    is_proposed: bool,
    trades: Vec<String>,
    windows: Vec<String>,
    visits: Vec<String>,
}

/// The firm of who is signed in.
fn own_firm(actor: &Actor) -> Answer<FirmId> {
    match actor.scope() {
        Scope::Firm(firm) => Ok(firm),
        _ => Err(Problem::forbidden()),
    }
}

async fn show(
    State(service): State<Service>,
    page: Page,
    visitor: Visitor,
    Query(filter): Query<Filter>,
) -> Answer<Html<View>> {
    let (ctx, actor) = (&service.ctx, &visitor.actor);
    let id = own_firm(actor)?;
    let FirmOffice { firm, rosters, open, naming, jobs, endangered } =
        app::firm_office::show(ctx, actor, id, today(ctx)?, filter.state).await?;
    let shown = shown(open.iter().chain(&naming), &endangered);
    let arrival = tokyo(ctx.now() + ARRIVAL_IN).format("%Y-%m-%dT%H:%M").to_string();
    let view = |offered: &Offered| offer(offered, &rosters, &arrival, &page, ctx);
    Ok(Html(View {
        is_suspended: firm.state == Standing::Suspended,
        firm: firm.name,
        offers: open.iter().map(view).collect(),
        naming: naming.iter().map(view).collect(),
        jobs: jobs.iter().map(|job| job_row(job, &endangered, &page, ctx)).collect(),
        endangered: endangered.iter().map(|one| warning(one, &page, ctx)).collect(),
        chips: chips(filter, &page),
        technicians: rosters.iter().map(|days| duty(days, ctx.now(), &page)).collect(),
        declines: DeclineCode::ALL,
        confirming: Confirming::of(&page),
        shown,
        page,
    }))
}

/// Today, from its midnight to the next.
fn today(ctx: &Ctx) -> Answer<Span> {
    let day = tokyo(ctx.now()).date_naive();
    Ok(app::rosters::days(day, day.checked_add_days(Days::new(1)).unwrap_or(day))?)
}

fn offer(offered: &Offered, rosters: &[RosterDays], arrival: &str, page: &Page, ctx: &Ctx) -> OfferView {
    let reference = ctx.reference();
    let offer = &offered.offer;
    let trade = reference.job_codes().get(&offered.job_code).and_then(|kind| kind.trade());
    let does = |one: &Technician| trade.is_none_or(|trade| one.trades.contains(&trade));
    let fits = |one: &&Technician| one.state == Standing::Active && does(one);
    let able = rosters.iter().map(|days| &days.technician).filter(fits);
    let named = |one: &Technician| (one.id, one.name.clone(), one.id == offer.technician_id);
    let asked = rosters.iter().find(|days| days.technician.id == offer.technician_id);
    let promised = offer.arrival_promised_at().map(|at| tokyo(at).format("%Y-%m-%dT%H:%M").to_string());
    OfferView {
        id: offer.id,
        what: words::job_code(&offered.job_code, page, &reference),
        job_code: offered.job_code.clone(),
        priority: page.code("priority", offered.priority),
        priority_code: offered.priority.as_str(),
        language: words::language(&offered.language, page, &reference),
        district: offered.district.clone().unwrap_or_default(),
        to_firm: offer.addressee == Addressee::Firm,
        technician: asked.map(|days| days.technician.name.clone()).unwrap_or_default(),
        due_ms: offer
            .acceptance()
            .and_then(|yes| yes.naming_due_at)
            .unwrap_or(offer.deadline)
            .timestamp_millis(),
        arrival: promised.unwrap_or_else(|| arrival.to_owned()),
        able: able.map(named).collect(),
    }
}

/// What is shown of offers and dangers: another text, and the page is to be read anew.
fn shown<'o>(offers: impl Iterator<Item = &'o Offered>, endangered: &[(Job, Perils)]) -> String {
    let offers = offers.map(|offered| offered.offer.id.to_string());
    let dangers =
        endangered.iter().map(|(job, perils)| format!("{}:{}", job.id, codes(perils.open()).join("+")));
    offers.chain(dangers).collect::<Vec<_>>().join(",")
}

fn warning((job, perils): &(Job, Perils), page: &Page, ctx: &Ctx) -> Endangered {
    let reference = ctx.reference();
    Endangered {
        id: job.id,
        what: words::job_code(&job.job_code, page, &reference),
        dangers: perils.open().map(|peril| words::hold(peril.what.as_str(), page, &reference)).collect(),
    }
}

fn job_row(job: &Job, endangered: &[(Job, Perils)], page: &Page, ctx: &Ctx) -> JobRow {
    JobRow {
        is_endangered: endangered.iter().any(|(one, _)| one.id == job.id),
        id: job.id,
        what: words::job_code(&job.job_code, page, &ctx.reference()),
        priority: page.code("priority", job.priority),
        priority_code: job.priority.as_str(),
        state: page.code("job-state", job.state()),
        stage: app::in_hand::QueueStage::of(job.state()).map_or("", app::in_hand::QueueStage::as_str),
        since_ms: job.state_since.timestamp_millis(),
        since: figures::minute(job.state_since),
        is_final: job.state().is_final(),
    }
}

/// The states a contractor's job can be in.
const STATES: &[JobState] = &[
    JobState::Booked,
    JobState::Assigned,
    JobState::EnRoute,
    JobState::OnSite,
    JobState::Working,
    JobState::Paused,
    JobState::AwaitingReturn,
    JobState::Completed,
    JobState::Cancelled,
];

fn chips(filter: Filter, page: &Page) -> Vec<Chip> {
    let in_hand =
        Chip { name: page.text("firm-in-hand"), path: "/firm#jobs".to_owned(), on: filter.state.is_none() };
    let states = STATES.iter().map(|&state| Chip {
        name: page.code("job-state", state),
        path: format!("/firm?state={state}#jobs"),
        on: filter.state == Some(state),
    });
    std::iter::once(in_hand).chain(states).collect()
}

fn clock(at: Instant, today: Instant) -> String {
    let (at, today) = (tokyo(at), tokyo(today));
    if at.date_naive() > today.date_naive() { "24:00".to_owned() } else { at.format("%H:%M").to_string() }
}

fn duty(days: &RosterDays, now: Instant, page: &Page) -> DutyView {
    let technician = &days.technician;
    let windows = days.windows.iter().map(|window| {
        let kind = page.code("duty", window.kind);
        format!("{kind} {}–{}", clock(window.span.from(), now), clock(window.span.to(), now))
    });
    let visits = days
        .visits
        .iter()
        .map(|visit| format!("{}–{}", clock(visit.starts_at, now), clock(visit.ends_at, now)));
    DutyView {
        name: technician.name.clone(),
        phone: technician.phone.as_str().to_owned(),
        is_active: technician.state == Standing::Active,
        is_proposed: technician.proposed.is_some(),
        trades: technician.trades.iter().map(|trade| page.code("trade", trade)).collect(),
        windows: windows.collect(),
        visits: visits.collect(),
    }
}
