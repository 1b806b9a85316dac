//! The roster of a firm, week by week: shifts, on-call time, days off and planned visits of each technician, and the
//! hours in which nobody could be sent. Firm and week stand in the address; the script draws and changes through the API.

use askama::Template;
use axum::{Router, extract::State, routing::get};
use chrono::{Datelike as _, Days, NaiveDate, Weekday};
use garde::Validate;
use serde::Deserialize;

use super::{
    page::{Html, Page, Visitor},
    script_texts::ScriptTexts,
};
use crate::{
    app,
    domain::{
        actor::Role,
        firms::Firm,
        ids::FirmId,
        roster::{duty::DutyKind, duty::ShiftEntryKind, lint::Hole},
        span::tokyo,
        trade::Trade,
    },
    http::{Service, extract::Query, reply::Answer},
};

/// Firms in the list at most.
const FIRMS_MAX: i64 = 1_000;
/// What may be entered: as far back and ahead as the API takes days.
const WEEK_DAYS: u64 = 7;

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/roster", get(show))
}

/// Whose roster, and when.
#[derive(Debug, Deserialize, Validate)]
struct Wanted {
    /// The firm; the first, when not said.
    #[garde(skip)]
    firm: Option<FirmId>,
    /// A day of the week; today, when not said.
    #[garde(inner(custom(of_this_century)))]
    week: Option<NaiveDate>,
}

/// A day that every sum can hold.
fn of_this_century(day: &NaiveDate, _: &()) -> garde::Result {
    let known = (2000..2100).contains(&day.year());
    known.then_some(()).ok_or_else(|| garde::Error::new("must be from 2000 to 2099"))
}

#[derive(Template)]
#[template(path = "console/roster.html")]
struct Roster {
    page: Page,
    /// The feed's position when the page was made.
    pos: i64,
    texts: String,
    firms: Vec<(FirmId, String)>,
    chosen: Option<FirmId>,
    chosen_name: String,
    week: Week,
    may: May,
    kinds: &'static [ShiftEntryKind],
}

/// What the visitor can do beyond looking.
struct May {
    /// Change the roster.
    edit: bool,
    /// See where cover is missing, and be told of changes as they happen.
    see_all: bool,
}

/// A week from Monday.
struct Week {
    monday: NaiveDate,
    next: NaiveDate,
    before: Option<NaiveDate>,
    shown: String,
}

impl Week {
    fn of(day: NaiveDate, page: &Page) -> Self {
        let monday = day.week(Weekday::Mon).first_day();
        let next = monday.checked_add_days(Days::new(WEEK_DAYS)).unwrap_or(monday);
        let sunday = next.pred_opt().unwrap_or(next);
        let shown = if page.is_japanese() {
            format!("{}〜{}", monday.format("%Y年%-m月%-d日"), sunday.format("%-m月%-d日"))
        } else {
            format!("{} – {}", monday.format("%-d %b"), sunday.format("%-d %b %Y"))
        };
        Self { monday, next, before: monday.checked_sub_days(Days::new(WEEK_DAYS)), shown }
    }
}

async fn show(
    State(service): State<Service>,
    page: Page,
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Answer<Html<Roster>> {
    let (pos, firms) = app::firms::with_position(&service.ctx, &visitor.actor, FIRMS_MAX).await?;
    let chosen = wanted.firm.and_then(|id| firms.iter().find(|firm| firm.id == id)).or(firms.first());
    let chosen = chosen.map(|firm| (firm.id, firm.name.clone()));
    let today = tokyo(service.ctx.now()).date_naive();
    let named = |firm: Firm| (firm.id, firm.name);
    Ok(Html(Roster {
        pos,
        texts: texts(&page).json(),
        firms: firms.into_iter().map(named).collect(),
        chosen: chosen.as_ref().map(|(id, _)| *id),
        chosen_name: chosen.map(|(_, name)| name).unwrap_or_default(),
        week: Week::of(wanted.week.unwrap_or(today), &page),
        may: May {
            edit: page.may_post("/v1/technicians/{id}/shift-entries"),
            see_all: page.role() != Some(Role::Firm),
        },
        kinds: ShiftEntryKind::ENTERED,
        page,
    }))
}

fn texts(page: &Page) -> ScriptTexts {
    ScriptTexts::default()
        .plain(
            page,
            &[
                "roster-made",
                "roster-cancelled",
                "roster-moved",
                "roster-undone",
                "roster-undo-failed",
                "roster-change",
                "roster-cancel",
                "roster-save",
                "roster-enter",
                "roster-by-swap",
                "roster-over",
                "roster-none",
                "roster-visit",
                "roster-all-day",
                "roster-put-back",
                "roster-failed",
                "roster-suspended",
                "roster-covered",
                "roster-cover-none",
                "roster-cover-all",
                "signed-out",
            ],
        )
        .with(
            page,
            &[
                ("roster-more-places", "count"),
                ("roster-hole-minutes", "count"),
                ("roster-holes-of-day", "count"),
                ("roster-more-rows", "count"),
            ],
        )
        .codes(page, "duty", DutyKind::ALL)
        .codes(page, "entry", ShiftEntryKind::ALL)
        .codes(page, "hole", Hole::ALL)
        .codes(page, "trade", Trade::ALL)
}
