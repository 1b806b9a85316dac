//! The map: jobs by urgency and stage, technicians by what they are doing and how old that knowledge is, the areas a
//! firm serves, whom a job's latest decision names. Drawn by its script out of what the API gives; the list beside it
//! holds the same for whoever uses keys or a screen reader.

use std::sync::Arc;

use askama::Template;
use axum::{Router, extract::State, routing::get};

use super::{
    page::{Html, Page},
    script_texts::ScriptTexts,
};
use crate::{
    app::{
        self,
        in_hand::{ClockKind, QueueStage},
        whereabouts::FleetState,
    },
    domain::{
        alarms::AlarmKind,
        jobs::JobState,
        trade::{Priority, Trade},
    },
    http::{Service, Tiles, reply::Answer},
};

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/map", get(show))
}

#[derive(Template)]
#[template(path = "console/map.html")]
struct Map {
    page: Page,
    /// The feed's position when the page was made: what came later is told.
    pos: i64,
    texts: String,
    chips: Vec<Chip>,
    legend: Vec<Sign>,
    tiles: Option<Arc<Tiles>>,
}

/// A switch of the filter; the script turns it and keeps the address up to date.
struct Chip {
    group: &'static str,
    value: &'static str,
    name: String,
}

/// A sign of the legend: the name of its drawing, its class and what it means.
struct Sign {
    drawing: &'static str,
    class: String,
    name: String,
}

async fn show(State(service): State<Service>, page: Page) -> Answer<Html<Map>> {
    let pos = app::feed::position(&service.ctx).await?;
    let reference = service.ctx.reference();
    let job_codes = reference.job_codes().all().iter().map(|kind| {
        let name = if page.is_japanese() { &kind.ja } else { &kind.en };
        (format!("job-code-{}", kind.code), name.clone())
    });
    let texts = texts(&page).named(job_codes).json();
    let (chips, legend) = (chips(&page), legend(&page));
    Ok(Html(Map { pos, texts, chips, legend, tiles: service.tiles.clone(), page }))
}

fn texts(page: &Page) -> ScriptTexts {
    ScriptTexts::default()
        .plain(
            page,
            &[
                "map-none-jobs",
                "map-none-technicians",
                "map-no-candidates",
                "map-loading",
                "map-failed",
                "map-nobody",
                "map-candidates",
                "map-close",
                "map-open-job",
                "map-no-firm",
                "map-minutes-now",
                "map-base",
                "map-site",
                "map-zoom-in",
                "map-zoom-out",
                "map-more",
                "map-without-place",
                "signed-out",
            ],
        )
        .with(
            page,
            &[
                ("map-shown", "count"),
                ("map-free-count", "count"),
                ("map-minutes", "count"),
                ("map-position-age", "age"),
                ("map-stale-age", "age"),
                ("map-until", "time"),
                ("map-from", "time"),
                ("map-job-of", "number"),
                ("map-promised", "time"),
            ],
        )
        .codes(page, "priority", Priority::ALL)
        .codes(page, "stage", QueueStage::ALL)
        .codes(page, "fleet", FleetState::ALL)
        .codes(page, "trade", Trade::ALL)
        .codes(page, "job-state", JobState::ALL)
        .codes(page, "clock", ClockKind::ALL)
        .codes(page, "alarm", AlarmKind::ALL)
}

fn chips(page: &Page) -> Vec<Chip> {
    let mut chips = Vec::new();
    for priority in Priority::ALL {
        let (value, name) = (priority.as_str(), page.code("priority", priority));
        chips.push(Chip { group: "priority", value, name });
    }
    for stage in QueueStage::ALL {
        chips.push(Chip { group: "stage", value: stage.as_str(), name: page.code("stage", stage) });
    }
    for state in FleetState::ALL {
        chips.push(Chip { group: "state", value: state.as_str(), name: page.code("fleet", state) });
    }
    for trade in Trade::ALL {
        chips.push(Chip { group: "trade", value: trade.as_str(), name: page.code("trade", trade) });
    }
    chips
}

fn legend(page: &Page) -> Vec<Sign> {
    let mut signs: Vec<_> = FleetState::ALL
        .iter()
        .map(|state| Sign {
            drawing: state.as_str(),
            class: format!("sign f-{state}"),
            name: page.code("fleet", state),
        })
        .collect();
    let stale = page.text("map-legend-stale");
    signs.push(Sign { drawing: "free", class: "sign f-free stale".to_owned(), name: stale });
    signs
}
