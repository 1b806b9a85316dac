//! Taking calls: which calls wait, a new one, and the screen on which a case is written down while somebody speaks.
//! The screen's script calls the API; what is typed is kept as a draft (4.1: danger first, a draft always saves).

mod waiting;

use askama::Template;
use axum::{Router, extract::State, routing::get};

use super::page::{Html, Page};
use crate::{
    app::{self, calls::Whole},
    domain::{
        calls::{CallerRole, Channel},
        cases::{Eligibility, LesseeKind},
        ids::CallId,
    },
    http::{Service, extract::Path, reply::Answer},
};
use waiting::CallView;

pub(super) fn routes() -> Router<Service> {
    Router::new()
        .route("/calls", get(waiting::show))
        .route("/calls/new", get(begin))
        .route("/calls/{id}", get(show))
}

/// A language to choose, as it stands now.
struct LanguageView {
    tag: String,
    name: String,
    other: String,
    availability: &'static str,
    stands: String,
}

fn languages(service: &Service, page: &Page) -> Vec<LanguageView> {
    let japanese = page.is_japanese();
    let view = |shown: app::languages::Shown| {
        let availability = shown.now.availability.as_str();
        let (name, other) = if japanese { (shown.ja, shown.en) } else { (shown.en, shown.ja) };
        let stands = match shown.now.opens_at.or(shown.now.until) {
            Some(at) => page.with(
                &format!("intake-{availability}-at"),
                "at",
                crate::domain::span::tokyo(at).format("%-m/%-d %H:%M"),
            ),
            None => page.code("availability", availability),
        };
        LanguageView { tag: shown.tag, name, other, availability, stands }
    };
    app::languages::list(&service.ctx).into_iter().map(view).collect()
}

#[derive(Template)]
#[template(path = "console/call_new.html")]
struct NewCall {
    page: Page,
    languages: Vec<LanguageView>,
}

impl NewCall {
    fn channels(&self) -> &'static [Channel] {
        Channel::ALL
    }

    fn roles(&self) -> &'static [CallerRole] {
        CallerRole::ALL
    }
}

async fn begin(State(service): State<Service>, page: Page) -> Answer<Html<NewCall>> {
    let languages = languages(&service, &page);
    Ok(Html(NewCall { languages, page }))
}

/// A hazard to ask about.
struct HazardView {
    id: String,
    name: String,
    /// The key that says yes to it.
    key: usize,
}

/// A job code to choose.
struct JobCodeView {
    code: String,
    name: String,
    other: String,
    category: &'static str,
    priority: &'static str,
    dispatched: bool,
    ask: Vec<String>,
    guidance: Vec<String>,
}

#[derive(Template)]
#[template(path = "console/intake.html")]
struct Intake {
    page: Page,
    call: CallView,
    caller_name: String,
    phone: String,
    no_number: Option<String>,
    answered_ms: i64,
    target_s: u32,
    languages: Vec<LanguageView>,
    hazards: Vec<HazardView>,
    job_codes: Vec<JobCodeView>,
    programme: String,
    topics: Vec<(String, String)>,
    case_path: Option<String>,
}

impl Intake {
    fn eligibilities(&self) -> &'static [Eligibility] {
        Eligibility::ALL
    }

    fn lessees(&self) -> &'static [LesseeKind] {
        LesseeKind::ALL
    }

    fn is_worker(&self) -> bool {
        self.call.caller_role == CallerRole::Worker
    }
}

async fn show(State(service): State<Service>, page: Page, Path(id): Path<CallId>) -> Answer<Html<Intake>> {
    let whole = app::calls::find(&service.ctx, id).await?;
    Ok(Html(intake(&service, page, whole)))
}

fn intake(service: &Service, page: Page, whole: Whole) -> Intake {
    let reference = service.ctx.reference();
    let japanese = page.is_japanese();
    let pick = |ja: &str, en: &str| if japanese { ja.to_owned() } else { en.to_owned() };
    let hazards = reference.hazards().all().iter().zip(1..).map(|(hazard, key)| HazardView {
        id: hazard.id.as_str().to_owned(),
        name: pick(&hazard.ja, &hazard.en),
        key,
    });
    let job_codes = reference.job_codes().all().iter().map(|kind| JobCodeView {
        code: kind.code.as_str().to_owned(),
        name: pick(&kind.ja, &kind.en),
        other: pick(&kind.en, &kind.ja),
        category: kind.category.as_str(),
        priority: kind.priority.as_str(),
        dispatched: kind.trade().is_some(),
        ask: if japanese { kind.ask_ja.clone() } else { kind.ask.clone() },
        guidance: if japanese { kind.guidance_ja.clone() } else { kind.guidance.clone() },
    });
    let topics = reference.out_of_scope().all().iter();
    let topics = topics.map(|topic| (topic.code.clone(), pick(&topic.ja, &topic.en)));
    let caller = whole.caller;
    let call = whole.call;
    Intake {
        hazards: hazards.collect(),
        job_codes: job_codes.collect(),
        // What entitles to be helped; the covers pay for damage and send nobody.
        programme: reference.call_out().id.as_str().to_owned(),
        topics: topics.collect(),
        phone: caller.as_ref().and_then(|caller| caller.phone.clone()).map(String::from).unwrap_or_default(),
        no_number: caller.as_ref().and_then(|caller| caller.no_number).map(|why| page.code("no-number", why)),
        caller_name: caller.and_then(|caller| caller.name).unwrap_or_default(),
        answered_ms: call.answered_at.unwrap_or(call.offered_at).timestamp_millis(),
        target_s: reference.dispatch().intake.processing_s.seconds(),
        case_path: call.case_id.map(|case| format!("/cases/{case}")),
        languages: languages(service, &page),
        call: CallView::of(&call, &page, &reference),
        page,
    }
}
