//! One job of the queue, as it is shown.

use uuid::Uuid;

use crate::{
    app::in_hand::{ClockKind, InHand, QueueClock, QueueStage},
    domain::{reference::Reference, span::Instant},
    http::console::{page::Page, words},
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
pub(in crate::http::console) struct ClockView {
    pub(in crate::http::console) kind: &'static str,
    pub(in crate::http::console) name: String,
    /// The instant it counts to, or since which.
    pub(in crate::http::console) at_ms: i64,
    /// What is left while it stands still.
    pub(in crate::http::console) left_s: Option<i64>,
}

impl RowView {
    pub(super) fn of(job: &InHand, page: &Page, reference: &Reference) -> Self {
        let entry = &job.entry;
        let created_ms = entry.created_at.timestamp_millis();
        Self {
            id: entry.job_id.0,
            case_id: entry.case_id.0,
            number: entry.number.clone(),
            priority: entry.priority.as_str(),
            priority_name: page.code("priority", entry.priority),
            trade: entry.trade.as_str(),
            what: words::job_code(&entry.job_code, page, reference),
            job_code: entry.job_code.clone(),
            district: entry.district.clone().unwrap_or_default(),
            language: words::language(&entry.language, page, reference),
            foreign: !entry.language.starts_with("ja"),
            stage: QueueStage::of(entry.state).map_or("", QueueStage::as_str),
            state: page.code("job-state", entry.state),
            hold: entry.hold.as_deref().map(|code| words::hold(code, page, reference)),
            clock: clock_view(job.clock, job.entry.state_since, page),
            created_ms,
            alarms: job.alarms.iter().map(|kind| page.code("alarm", kind)).collect(),
            technician: job.on_it.as_ref().map(|one| one.technician_name.clone()),
            firm: job.on_it.as_ref().map(|one| one.firm_name.clone()),
            queued: job.on_it.as_ref().is_some_and(|one| one.slot == crate::domain::offers::Slot::Queued),
            order: format!("{} {created_ms:015} {}", entry.priority, entry.job_id),
        }
    }
}

/// The clock that matters now, of a job in hand.
pub(in crate::http::console) fn clock_view(
    clock: QueueClock,
    state_since: Instant,
    page: &Page,
) -> ClockView {
    ClockView {
        kind: clock.kind.as_str(),
        name: page.code("clock", clock.kind),
        at_ms: clock.at.timestamp_millis(),
        left_s: (clock.kind == ClockKind::PausedFreeLeft).then(|| (clock.at - state_since).num_seconds()),
    }
}
