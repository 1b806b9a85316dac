//! What happened, by both clocks: the service's, and that of the device at the site.

use crate::{
    app::{histories::Happening, job_file::File},
    domain::{
        events::Event,
        facts::Fact,
        span::{Instant, tokyo},
    },
    http::console::page::Page,
};

/// A difference between the clocks that is worth showing, seconds.
const LATE_S: i64 = 60;

/// One line.
pub(super) struct Line {
    pub(super) at: String,
    pub(super) iso: String,
    /// By the device's clock, of a report.
    pub(super) device_at: Option<String>,
    /// Minutes the report was under way, where that is worth saying.
    pub(super) late_min: Option<i64>,
    pub(super) what: String,
    pub(super) detail: String,
    pub(super) who: String,
    pub(super) kind: &'static str,
}

/// The lines, by when the service was told, oldest first; of one batch, by the device's clock.
pub(super) fn lines(file: &File, page: &Page) -> Vec<Line> {
    // Each report has a line of its own; the event only counts them.
    let told = file.happenings.iter().filter(|happening| !matches!(happening.event, Event::FactRecorded(_)));
    let told = told.map(|happening| (happening.at, None, happened(happening, file, page)));
    let reports =
        file.facts.iter().map(|fact| (fact.received_at, Some(fact.device_time), reported(fact, file, page)));
    let mut lines: Vec<_> = reports.chain(told).collect();
    // What a report has brought about comes after it.
    lines.sort_by_key(|(at, device, _)| (*at, device.is_none(), *device));
    lines.into_iter().map(|(_, _, line)| line).collect()
}

fn happened(happening: &Happening, file: &File, page: &Page) -> Line {
    let event = &happening.event;
    let name = event.technician().map(|id| file.name(id).0).unwrap_or_default();
    let code = code(event).map(|(vocabulary, code)| page.texts().code_or_itself(vocabulary, code));
    let detail: Vec<_> =
        [name, code.unwrap_or_default()].into_iter().filter(|text| !text.is_empty()).collect();
    Line {
        at: clock(happening.at),
        iso: happening.at.to_rfc3339(),
        device_at: None,
        late_min: None,
        what: page.code("event", event.kind().as_str().replace('.', "-")),
        detail: detail.join(" / "),
        who: page.texts().code_or_itself("actor", &happening.actor),
        kind: group(event),
    }
}

fn reported(fact: &Fact, file: &File, page: &Page) -> Line {
    let late = (fact.received_at - fact.device_time).num_seconds();
    Line {
        at: clock(fact.received_at),
        iso: fact.received_at.to_rfc3339(),
        device_at: Some(clock(fact.device_time)),
        late_min: (late > LATE_S).then_some(late / 60),
        what: page.code("fact", fact.what.code()),
        detail: file.name(fact.technician_id).0,
        who: page.text("actor-site"),
        kind: "fact",
    }
}

/// Day, hour, minute and second on the wall clock of Tokyo.
fn clock(at: Instant) -> String {
    tokyo(at).format("%-m/%-d %H:%M:%S").to_string()
}

/// The code an event is told with, and the vocabulary it is a word of.
fn code(event: &Event) -> Option<(&'static str, &'static str)> {
    Some(match event {
        Event::JobCancelled(event) => ("cancel", event.reason.as_str()),
        Event::JobReassigned(event) => ("reassign", event.reason.as_str()),
        Event::JobUnbooked(event) => ("unbook", event.code.as_str()),
        Event::OfferDeclined(event) => ("decline", event.code.as_str()),
        Event::OfferWithdrawn(event) => ("withdraw", event.code.as_str()),
        Event::AssignmentReleased(event) => ("withdraw", event.code.as_str()),
        Event::JobOverridden(event) => ("override", event.reason.as_str()),
        Event::SignatureMissed(event) => ("unsigned", event.reason.as_str()),
        Event::CaseErased(event) => ("erasure", event.reason.as_str()),
        Event::CaseReopened(event) => ("reopen", event.reason.as_str()),
        Event::CaseHoldPlaced(event) => ("legal-hold", event.reason.as_str()),
        Event::ReviewDecided(event) => ("withdraw", event.reason.as_str()),
        Event::JobProgressed(event) => ("job-state", event.to.as_str()),
        _ => return None,
    })
}

fn group(event: &Event) -> &'static str {
    match event.kind().as_str().split('.').next().unwrap_or_default() {
        "offer" | "assignment" => "offer",
        "alarm" | "hazards" | "emergency" => "alarm",
        "review" | "payment" | "dispute" => "money",
        _ => "plain",
    }
}
