//! One job, whole: what happened by both clocks, who was asked and why, who worked how long, what it costs and why,
//! and everything its state allows, and nothing else. The parts are read anew as things change.

mod dispatch;
mod forms;
mod head;
mod messages;
mod money;
mod timeline;

use askama::Template;
use axum::{Router, extract::State, routing::get};

use super::{
    confirming::Confirming,
    page::{Html, Page, Visitor},
    words,
};
use crate::{
    app::{case_file, job_file},
    domain::{
        ids::{CaseId, JobId},
        jobs::Job,
        reference::Reference,
    },
    http::{Service, extract::Path, reply::Answer},
};
use dispatch::{AssignmentView, DecisionView, InterpreterView, OfferView};
use forms::{Choices, JobForms};
use head::{CaseView, HeadView};
use messages::MessageView;
use money::{EvidenceView, MoneyView, ReferralView};
use timeline::Line;

pub(super) fn routes() -> Router<Service> {
    Router::new().route("/jobs/{id}", get(show)).route("/cases/{id}", get(show_case))
}

#[derive(Template)]
#[template(path = "console/job.html")]
struct JobPage {
    page: Page,
    pos: i64,
    head: HeadView,
    case: CaseView,
    offers: Vec<OfferView>,
    assignments: Vec<AssignmentView>,
    interpreter: Option<InterpreterView>,
    decisions: Vec<DecisionView>,
    lines: Vec<Line>,
    money: MoneyView,
    evidence: EvidenceView,
    referrals: Vec<ReferralView>,
    messages: Vec<MessageView>,
    forms: JobForms,
    choices: Choices,
    confirming: Confirming,
}

async fn show(
    State(service): State<Service>,
    page: Page,
    visitor: Visitor,
    Path(id): Path<JobId>,
) -> Answer<Html<JobPage>> {
    let file = job_file::file(&service.ctx, &visitor.actor, id).await?;
    let reference = service.ctx.reference();
    Ok(Html(JobPage {
        pos: file.case.pos,
        head: HeadView::of(&file, &page, &reference),
        case: CaseView::of(&file.case, &page, &reference),
        offers: dispatch::offers(&file, &page),
        assignments: dispatch::assignments(&file, &page),
        interpreter: dispatch::interpreter(&file, &page, &reference),
        decisions: dispatch::decisions(&file, &page),
        lines: timeline::lines(&file, &page),
        money: MoneyView::of(&file.statement, &page),
        evidence: EvidenceView::of(&file.evidence, &page),
        referrals: money::referrals(&file.case.referrals, &page),
        messages: messages::of_job(&file, &page),
        forms: forms::of_job(&file, &page),
        choices: Choices::of(&file, &page),
        confirming: Confirming::of(&page),
        page,
    }))
}

#[derive(Template)]
#[template(path = "console/case.html")]
struct CasePage {
    page: Page,
    pos: i64,
    case: CaseView,
    referrals: Vec<ReferralView>,
    job_codes: Vec<(String, String)>,
    /// What is under way, beside which another one of the same kind may be made.
    under_way: Vec<Beside>,
}

/// A job under way.
struct Beside {
    id: JobId,
    job_code: String,
    /// Its kind, where it stands and since when, in words.
    what: String,
}

fn beside(job: &Job, page: &Page, reference: &Reference) -> Beside {
    let (kind, state) =
        (words::job_code(&job.job_code, page, reference), page.code("job-state", job.state()));
    Beside {
        id: job.id,
        job_code: job.job_code.clone(),
        what: format!("{kind} / {state} / {}", words::moment(job.created_at)),
    }
}

async fn show_case(
    State(service): State<Service>,
    page: Page,
    Path(id): Path<CaseId>,
) -> Answer<Html<CasePage>> {
    let case = case_file::page(&service.ctx, id).await?;
    let reference = service.ctx.reference();
    let kinds = reference.job_codes().all().iter().filter(|kind| kind.trade().is_some());
    let name = |ja: &str, en: &str| if page.is_japanese() { ja.to_owned() } else { en.to_owned() };
    let under_way = case.case.jobs.iter().filter(|job| !job.state().is_final());
    Ok(Html(CasePage {
        pos: case.pos,
        case: CaseView::of(&case, &page, &reference),
        referrals: money::referrals(&case.referrals, &page),
        under_way: under_way.map(|job| beside(job, &page, &reference)).collect(),
        job_codes: kinds.map(|kind| (kind.code.as_str().to_owned(), name(&kind.ja, &kind.en))).collect(),
        page,
    }))
}
