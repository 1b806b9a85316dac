//! The figures of the service: charts, and tables that say the same.

mod chart;
mod tables;

use askama::Template;
use axum::{Router, extract::State, routing::get};
use chrono::{Datelike as _, Days, NaiveDate};
use garde::Validate;
use serde::Deserialize;

use super::page::{Html, Page};
use crate::{
    app::{
        self, Error,
        kpis::{Question, days},
    },
    domain::span::tokyo,
    http::{Service, extract::Query, reply::Answer},
};
use chart::Chart;
use tables::{Table, Tile};

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/kpi", get(show))
}

/// Which days.
#[derive(Debug, Clone, Copy, Deserialize, Validate)]
struct Chosen {
    #[garde(inner(custom(of_this_century)))]
    from: Option<NaiveDate>,
    #[garde(inner(custom(of_this_century)))]
    to: Option<NaiveDate>,
}

fn of_this_century(day: &NaiveDate, (): &()) -> garde::Result {
    if (2000..2100).contains(&day.year()) {
        Ok(())
    } else {
        Err(garde::Error::new("must be from 2000 to 2099"))
    }
}

#[derive(Template)]
#[template(path = "console/kpi.html")]
struct View {
    page: Page,
    from: NaiveDate,
    to: NaiveDate,
    spans: Vec<Preset>,
    tiles: Vec<Tile>,
    charts: Vec<Chart>,
    tables: Vec<Table>,
    refusal: Option<String>,
}

/// A span that is often asked for.
struct Preset {
    name: String,
    path: String,
    on: bool,
}

/// Days of the usual spans.
const SPANS: [u64; 3] = [1, 7, 30];

fn presets(page: &Page, today: NaiveDate, from: NaiveDate, to: NaiveDate) -> Vec<Preset> {
    let preset = |length: u64| {
        let begin = today.checked_sub_days(Days::new(length - 1)).unwrap_or(today);
        let length = usize::try_from(length).unwrap_or_default();
        Preset {
            name: page.count("kpi-last-days", length),
            path: format!("/kpi?from={begin}&to={today}"),
            on: (from, to) == (begin, today),
        }
    };
    SPANS.into_iter().map(preset).collect()
}

async fn show(
    State(service): State<Service>,
    page: Page,
    Query(chosen): Query<Chosen>,
) -> Answer<Html<View>> {
    let ctx = &service.ctx;
    let today = tokyo(ctx.now()).date_naive();
    let mut question = Question { from: chosen.from, to: chosen.to, ..Question::default() };
    // A form can be filled in wrongly: the page says so and shows the usual days.
    let (kpis, refusal) = match app::kpis::show(ctx, &question).await {
        Ok(kpis) => (kpis, None),
        Err(Error::Refused(_)) => {
            question = Question::default();
            (app::kpis::show(ctx, &question).await?, Some(page.text("kpi-span-wrong")))
        }
        Err(error) => return Err(error.into()),
    };
    let (from, to) = days(ctx, &question)?;
    let reference = ctx.reference();
    Ok(Html(View {
        spans: presets(&page, today, from, to),
        tiles: tables::tiles(&kpis, &page),
        charts: chart::charts(&kpis, &page),
        tables: tables::tables(&kpis, &page, &reference),
        from,
        to,
        refusal,
        page,
    }))
}
