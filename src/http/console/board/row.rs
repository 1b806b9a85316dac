//! One job of the queue, as it is shown.

use uuid::Uuid;

use crate::{
    app::queue::{ClockKind, InHand, QueueStage},
    domain::reference::Reference,
    http::console::page::Page,
};

/// A row.
pub(super) struct RowView {
    pub(super) id: Uuid,
    pub(super) case_id: Uuid,
    pub(super) number: String,
    pub(super) priority: &'static str,
    pub(super) priority_name: String,
    pub(super) trade: &'static str,
    pub(super) job_code: String,
    /// What is to be done, in words.
    pub(super) what: String,
    pub(super) district: String,
    pub(super) language: String,
    /// Whether an interpreter is needed.
    pub(super) foreign: bool,
    pub(super) stage: &'static str,
    pub(super) state: String,
    pub(super) hold: Option<String>,
    pub(super) clock: ClockView,
    pub(super) created_ms: i64,
    pub(super) alarms: Vec<String>,
    pub(super) technician: Option<String>,
    pub(super) firm: Option<String>,
    pub(super) queued: bool,
    /// Texts sort as the rows do: urgency, age, id.
    pub(super) order: String,
}

/// The clock that matters now.
pub(super) struct ClockView {
    pub(super) kind: &'static str,
    pub(super) name: String,
    /// The instant it counts to, or since which.
    pub(super) at_ms: i64,
    /// What is left while it stands still.
    pub(super) left_s: Option<i64>,
}

impl RowView {
    pub(super) fn of(job: &InHand, page: &Page, reference: &Reference) -> Self {
        let entry = &job.entry;
        let kind = reference.job_codes().get(&entry.job_code);
        let what = kind.map(|kind| if page.is_japanese() { &kind.ja } else { &kind.en });
        let created_ms = entry.created_at.timestamp_millis();
        Self {
            id: entry.job_id.0,
            case_id: entry.case_id.0,
            number: entry.number.clone(),
            priority: entry.priority.as_str(),
            priority_name: page.code("priority", entry.priority),
            trade: entry.trade.as_str(),
            what: what.cloned().unwrap_or_else(|| entry.job_code.clone()),
            job_code: entry.job_code.clone(),
            district: entry.district.clone().unwrap_or_default(),
            language: language(&entry.language, page, reference),
            foreign: !entry.language.starts_with("ja"),
            stage: QueueStage::of(entry.state).map_or("", QueueStage::as_str),
            state: page.code("job-state", entry.state),
            hold: entry.hold.as_deref().map(|code| hold(code, page, reference)),
            clock: ClockView {
                kind: job.clock.kind.as_str(),
                name: page.code("clock", job.clock.kind),
                at_ms: job.clock.at.timestamp_millis(),
                left_s: (job.clock.kind == ClockKind::PausedFreeLeft)
                    .then(|| (job.clock.at - entry.state_since).num_seconds()),
            },
            created_ms,
            alarms: job.alarms.iter().map(|kind| page.code("alarm", kind)).collect(),
            technician: job.on_it.as_ref().map(|one| one.technician_name.clone()),
            firm: job.on_it.as_ref().map(|one| one.firm_name.clone()),
            queued: job.on_it.as_ref().is_some_and(|one| one.slot == crate::domain::offers::Slot::Queued),
            order: format!("{} {created_ms:015} {}", entry.priority, entry.job_id),
        }
    }
}

/// The name of a language; its tag, where it has none.
fn language(tag: &str, page: &Page, reference: &Reference) -> String {
    let languages = reference.languages();
    let base = languages.base();
    let pick = |ja: &str, en: &str| if page.is_japanese() { ja.to_owned() } else { en.to_owned() };
    if tag == base.tag.as_str() {
        return pick(&base.ja, &base.en);
    }
    let known = languages.foreign().iter().find(|language| {
        language.tag.as_str() == tag || language.accept.iter().any(|other| other.as_str() == tag)
    });
    known.map_or_else(|| tag.to_owned(), |language| pick(&language.ja, &language.en))
}

/// What holds a job, in words.
fn hold(code: &str, page: &Page, reference: &Reference) -> String {
    if code == "identity" {
        return page.text("board-hold-identity");
    }
    let hazard = reference.hazards().get(code);
    hazard.map_or_else(
        || code.to_owned(),
        |hazard| if page.is_japanese() { hazard.ja.clone() } else { hazard.en.clone() },
    )
}
