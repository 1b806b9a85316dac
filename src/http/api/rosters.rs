//! What rosters come to, and where they leave holes.

use axum::{Json, extract::State};
use chrono::{DateTime, NaiveDate, Utc};
use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{
    app,
    domain::{
        firms::Standing,
        ids::{FirmId, JobId, TechnicianId, WindowId},
        place::JisCode,
        roster::{
            duty::DutyKind,
            entries::ShiftEntry,
            lint::{Hole, in_words},
        },
        trade::Trade,
    },
    http::{
        Service,
        extract::{Caller, Path, Query},
        reply::{Answer, Cursor, Page, PageQuery},
    },
};

/// Which days of whom.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct RosterQuery {
    /// The first day, in Tokyo.
    #[garde(custom(super::date))]
    from: NaiveDate,
    /// The day after the last, at most 31 days on.
    #[garde(custom(super::date))]
    to: NaiveDate,
    /// Technicians on the page at most.
    #[garde(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// `next` of the page before.
    #[garde(skip)]
    #[param(value_type = Option<String>, min_length = 22, max_length = 22, pattern = "^[A-Za-z0-9_-]{22}$")]
    cursor: Option<Cursor>,
}

/// One technician's days.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct TechnicianRoster {
    /// Who.
    technician_id: TechnicianId,
    /// Name as on the badge.
    name: String,
    /// Whether the technician is in service.
    state: Standing,
    /// What the roster comes to, in order: shifts and on-call time as they are left, days off and windows given away
    /// as they were entered.
    windows: Vec<RosterWindow>,
    /// The dated entries behind it.
    entries: Vec<ShiftEntry>,
    /// The visits planned.
    visits: Vec<RosterVisit>,
}

/// One window of a roster.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct RosterWindow {
    /// What it is.
    kind: DutyKind,
    /// From when.
    starts_at: DateTime<Utc>,
    /// Until when; not included.
    ends_at: DateTime<Utc>,
}

/// A visit planned for a technician.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct RosterVisit {
    /// Its id.
    id: WindowId,
    /// Of which job.
    job_id: JobId,
    /// From when.
    starts_at: DateTime<Utc>,
    /// Until when; not included.
    ends_at: DateTime<Utc>,
}

/// Show what the rosters of a firm come to
///
/// Weekly shifts with their holiday rules, dated entries and swaps, resolved for up to 31 days.
#[utoipa::path(get, path = "/v1/firms/{id}/roster", tag = "firms", params(("id" = FirmId, Path), RosterQuery),
    responses((status = 200, body = Page<TechnicianRoster>)))]
pub(super) async fn show(
    State(service): State<Service>,
    Caller(actor): Caller,
    Path(firm): Path<FirmId>,
    Query(query): Query<RosterQuery>,
) -> Answer<Json<Page<TechnicianRoster>>> {
    let span = app::rosters::days(query.from, query.to).map_err(app::Error::from)?;
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let (after, limit) = (page.after(), page.fetch());
    let rosters = app::rosters::of_firm(&service.ctx, &actor, firm, span, after, limit).await?;
    Ok(Json(Page::new(&page, rosters, |roster: &app::rosters::RosterDays| roster.technician.id.0)))
}

impl From<app::rosters::RosterDays> for TechnicianRoster {
    fn from(days: app::rosters::RosterDays) -> Self {
        let window = |window: crate::domain::roster::duty::DutyWindow| RosterWindow {
            kind: window.kind,
            starts_at: window.span.from(),
            ends_at: window.span.to(),
        };
        let visit = |visit: crate::domain::appointments::Appointment| RosterVisit {
            id: visit.id,
            job_id: visit.job_id,
            starts_at: visit.starts_at,
            ends_at: visit.ends_at,
        };
        Self {
            technician_id: days.technician.id,
            name: days.technician.name,
            state: days.technician.state,
            windows: days.windows.into_iter().map(window).collect(),
            entries: days.entries,
            visits: days.visits.into_iter().map(visit).collect(),
        }
    }
}

/// Which days.
#[derive(Debug, Deserialize, Validate, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct LintQuery {
    /// The first day, in Tokyo; today, when not said.
    #[garde(inner(custom(super::date)))]
    from: Option<NaiveDate>,
    /// How many days.
    #[garde(range(min = 1, max = app::roster_lint::DAYS_MAX))]
    #[param(minimum = 1, maximum = 31, default = 7)]
    days: Option<u16>,
}

/// What the roster lint has found.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct RosterLint {
    /// From when.
    starts_at: DateTime<Utc>,
    /// Until when; not included.
    ends_at: DateTime<Utc>,
    /// How many municipalities were looked at.
    municipalities: usize,
    /// What is wrong, at most 1,000: those with nobody at all first, then by place, trade and time.
    findings: Vec<LintFinding>,
    /// How many more there are.
    left_out: usize,
    /// Whether there is nobody at all anywhere at any time.
    has_holes: bool,
}

/// Places and a trade without cover.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct LintFinding {
    /// The municipalities: the same technicians serve all of them.
    municipalities: Vec<LintPlace>,
    /// The trade.
    trade: Trade,
    /// `nobody`, or `on_call_only`: nobody on shift.
    hole: Hole,
    /// From when.
    starts_at: DateTime<Utc>,
    /// Until when; not included.
    ends_at: DateTime<Utc>,
    /// When, in Japanese.
    when_ja: String,
    /// When, in English.
    when_en: String,
}

/// A municipality.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct LintPlace {
    /// Its code.
    jis_code: JisCode,
    /// The city it is a ward of: an area may name either.
    #[serde(skip_serializing_if = "Option::is_none")]
    city: Option<JisCode>,
    /// Its name with the prefecture.
    name: String,
}

/// Show when nobody could be sent where
///
/// Every municipality that a firm in service names (or those configured), by trade, exact to the minute. When only
/// somebody on call could be asked, that is said too.
#[utoipa::path(get, path = "/v1/roster-lint", tag = "firms", params(LintQuery),
    responses((status = 200, body = RosterLint)))]
pub(super) async fn lint(
    State(service): State<Service>,
    Query(query): Query<LintQuery>,
) -> Answer<Json<RosterLint>> {
    let report = app::roster_lint::run(&service.ctx, query.from, query.days).await?;
    Ok(Json(RosterLint {
        starts_at: report.span.from(),
        ends_at: report.span.to(),
        municipalities: report.municipalities,
        findings: report.findings.into_iter().map(LintFinding::from).collect(),
        left_out: report.left_out,
        has_holes: report.has_holes,
    }))
}

impl From<app::roster_lint::Finding> for LintFinding {
    fn from(finding: app::roster_lint::Finding) -> Self {
        let (when_ja, when_en) = in_words(finding.run.span);
        let places = finding.municipalities.iter().map(|place| LintPlace {
            jis_code: place.jis_code.clone(),
            city: place.parent_code.clone(),
            name: format!("{}{}", place.prefecture, place.name),
        });
        Self {
            municipalities: places.collect(),
            trade: finding.trade,
            hole: finding.run.hole,
            starts_at: finding.run.span.from(),
            ends_at: finding.run.span.to(),
            when_ja,
            when_en,
        }
    }
}
