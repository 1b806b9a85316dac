//! One job of a contractor: whom to help and where, who goes, and taking it back.

use askama::Template;
use axum::extract::State;

use super::{Page, figures, words};
use crate::{
    app::{self, job_file::Whole},
    domain::{
        guidance::Caution,
        ids::{AssignmentId, JobId},
        jobs::Action,
        offers::{Assignment, WithdrawCode},
    },
    http::{
        Service,
        console::page::{Html, Visitor},
        extract::Path,
        reply::Answer,
    },
};

#[derive(Template)]
#[template(path = "console/firm_job.html")]
pub(super) struct View {
    page: Page,
    job: JobId,
    what: String,
    priority: String,
    priority_code: &'static str,
    state: String,
    language: String,
    resident: Option<(String, Option<String>, Option<String>)>,
    place: Option<Place>,
    dangers: Vec<String>,
    /// What is to be refrained from meanwhile.
    restraint: Option<String>,
    crew: Vec<Goer>,
    codes: &'static [WithdrawCode],
    may_withdraw: bool,
}

struct Place {
    postal_code: String,
    lines: Vec<String>,
    access_notes: Option<String>,
}

/// Who goes.
struct Goer {
    id: AssignmentId,
    name: String,
    arrival: Option<String>,
    slot: String,
    is_released: bool,
    /// What is sent when the danger is acknowledged.
    to_acknowledge: Option<String>,
}

fn place(whole: &Whole, town: Option<String>) -> Option<Place> {
    let site = whole.site.as_ref()?;
    let street = format!("{}{} {}", town.unwrap_or_default(), site.town, site.address);
    let home = [site.building.clone(), site.room.clone()].into_iter().flatten().collect::<Vec<_>>().join(" ");
    Some(Place {
        postal_code: site.postal_code.to_string(),
        lines: vec![street, home].into_iter().filter(|line| !line.trim().is_empty()).collect(),
        access_notes: site.access_notes.clone(),
    })
}

fn restraint(caution: Caution, page: &Page) -> Option<String> {
    match caution {
        Caution::MakeSafeOnly => Some(page.text("firm-make-safe-only")),
        Caution::KeepShut => Some(page.text("firm-keep-shut")),
        Caution::Acknowledge | Caution::None => None,
    }
}

pub(super) async fn show(
    State(service): State<Service>,
    page: Page,
    visitor: Visitor,
    Path(id): Path<JobId>,
) -> Answer<Html<View>> {
    let (ctx, actor) = (&service.ctx, &visitor.actor);
    super::own_firm(actor)?;
    let app::job_file::OwnFile { job: whole, municipality, names } =
        app::job_file::own_file(ctx, actor, id).await?;
    let reference = ctx.reference();
    let goer = |assignment: &Assignment| Goer {
        id: assignment.id,
        name: names.get(&assignment.technician_id).cloned().unwrap_or_default().0,
        arrival: assignment.arrival_due_at.map(figures::minute),
        slot: page.code("slot", assignment.slot()),
        is_released: assignment.is_over(),
        to_acknowledge: words::acknowledgement(&whole.unheard(assignment)),
    };
    let crew = whole.assignments.iter().map(goer).collect();
    Ok(Html(View {
        job: id,
        what: words::job_code(&whole.job.job_code, &page, &reference),
        priority: page.code("priority", whole.job.priority),
        priority_code: whole.job.priority.as_str(),
        state: page.code("job-state", whole.job.state()),
        language: words::language(&whole.language, &page, &reference),
        resident: whole
            .resident
            .as_ref()
            .map(|one| (one.name.clone(), one.name_kana.clone(), one.phone.clone().map(String::from))),
        place: place(&whole, municipality),
        dangers: whole
            .perils
            .open()
            .map(|peril| words::hold(peril.what.as_str(), &page, &reference))
            .collect(),
        restraint: restraint(whole.caution(), &page),
        crew,
        codes: WithdrawCode::CONTRACTOR,
        may_withdraw: whole.open.contains(&Action::Withdraw),
        page,
    }))
}
