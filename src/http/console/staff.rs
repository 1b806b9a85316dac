//! What firms say of their staff and the office has not confirmed: each beside what is known, to be confirmed or refused as a
//! whole (G-10).

use askama::Template;
use axum::{Router, extract::State, routing::get};
use uuid::Uuid;

use super::{
    figures,
    page::{Html, Page, Visitor},
    words,
};
use crate::{
    app::{self, proposals::Beside},
    domain::{
        ids::TechnicianProposalId,
        place::Point,
        proposals::{ProposalRefusal, ProposalState},
        reference::{JobCode, Reference},
        tools::Tool,
        trade::Trade,
    },
    http::{Service, reply::Answer},
};

/// Proposals on the page at most; the oldest are first.
const PROPOSALS_MAX: i64 = 100;

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/staff", get(show))
}

#[derive(Template)]
#[template(path = "console/staff.html")]
struct View {
    page: Page,
    proposals: Vec<ProposalView>,
    reasons: &'static [ProposalRefusal],
    more: bool,
}

struct ProposalView {
    id: TechnicianProposalId,
    name: String,
    firm: String,
    made: String,
    is_new: bool,
    changes: Vec<Change>,
}

/// A field: what is known of it, and what it would be.
struct Change {
    field: &'static str,
    now: String,
    then: String,
}

async fn show(State(service): State<Service>, page: Page, visitor: Visitor) -> Answer<Html<View>> {
    let ctx = &service.ctx;
    let waiting = Some(ProposalState::Waiting);
    let found = app::proposals::list(ctx, &visitor.actor, waiting, Uuid::nil(), PROPOSALS_MAX).await?;
    let reference = ctx.reference();
    let more = i64::try_from(found.len()).is_ok_and(|count| count >= PROPOSALS_MAX);
    let proposals = found.iter().map(|beside| view(beside, &page, &reference)).collect();
    Ok(Html(View { proposals, reasons: ProposalRefusal::ALL, more, page }))
}

fn view(beside: &Beside, page: &Page, reference: &Reference) -> ProposalView {
    let Beside { proposal, technician, firm } = beside;
    let is_new = technician.confirmed_at.is_none();
    ProposalView {
        id: proposal.id,
        name: technician.name.clone(),
        firm: firm.clone(),
        made: figures::minute(proposal.made_at),
        is_new,
        changes: changes(beside, page, reference)
            .into_iter()
            // Of somebody new nothing is known but what is said here.
            .map(|change| if is_new { Change { now: String::new(), ..change } } else { change })
            .collect(),
    }
}

fn changes(beside: &Beside, page: &Page, reference: &Reference) -> Vec<Change> {
    let (then, now) = (&beside.proposal.proposed, &beside.technician);
    let trades = |all: &Vec<Trade>| joined(all.iter().map(|one| page.code("trade", one)));
    let tools = |all: &Vec<Tool>| joined(all.iter().map(|one| page.code("tool", one)));
    let languages = |all: &Vec<String>| joined(all.iter().map(|tag| words::language(tag, page, reference)));
    let codes = |all: &Vec<JobCode>| match all.as_slice() {
        [] => page.text("staff-every-code"),
        some => joined(some.iter().map(|code| words::job_code(code.as_str(), page, reference))),
    };
    let changed = |field, now: String, then: Option<String>| then.map(|then| Change { field, now, then });
    let badge = now.badge_number.clone().unwrap_or_default();
    let all = [
        changed("name", now.name.clone(), then.name.clone()),
        changed(
            "phone",
            now.phone.as_str().to_owned(),
            then.phone.as_ref().map(|one| one.as_str().to_owned()),
        ),
        changed("base", point(now.base), then.base.map(point)),
        changed("trades", trades(&now.trades), then.trades.as_ref().map(trades)),
        changed("job-codes", codes(&now.job_codes), then.job_codes.as_ref().map(codes)),
        changed("tools", tools(&now.tools), then.tools.as_ref().map(tools)),
        changed(
            "opening-tools",
            page.code("opening-tools", now.opening_tools),
            then.opening_tools.map(|one| page.code("opening-tools", one)),
        ),
        changed("badge", badge, then.badge_number.clone()),
        changed("languages", languages(&now.languages), then.languages.as_ref().map(languages)),
        changed("state", page.code("standing", now.state), then.state.map(|one| page.code("standing", one))),
    ];
    all.into_iter().flatten().collect()
}

fn joined(all: impl Iterator<Item = String>) -> String {
    all.collect::<Vec<_>>().join("・")
}

/// Degrees with five decimals: a metre.
fn point(point: Point) -> String {
    let degrees = |e6: i64| {
        let e5 = e6.abs() / 10;
        format!("{}{}.{:05}", if e6 < 0 { "-" } else { "" }, e5 / 100_000, e5 % 100_000)
    };
    format!("{}, {}", degrees(point.lat_e6()), degrees(point.lon_e6()))
}
