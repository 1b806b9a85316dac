//! Who was asked, who goes, and why.

use uuid::Uuid;

use crate::{
    app::{decisions::Considered, job_file::File},
    domain::{
        ids::{AssignmentId, InterpretationId, OfferId},
        interpretations::Interpretation,
        offers::{Addressee, Via},
        reference::Reference,
    },
    http::console::{page::Page, words},
};

/// Somebody who was asked.
pub(super) struct OfferView {
    pub(super) id: OfferId,
    pub(super) technician_id: Uuid,
    pub(super) technician: String,
    pub(super) firm: String,
    pub(super) state: &'static str,
    pub(super) state_name: String,
    pub(super) at: String,
    pub(super) deadline_ms: i64,
    pub(super) answer: String,
    pub(super) open: bool,
    /// A firm has accepted and has yet to name its technician.
    pub(super) to_name: bool,
    pub(super) to_firm: bool,
}

/// The offers, oldest first.
pub(super) fn offers(file: &File, page: &Page) -> Vec<OfferView> {
    let view = |offer: &crate::domain::offers::Offer| {
        let (technician, firm) = file.name(offer.technician_id);
        let named = file.job.assignments.iter().any(|one| one.offer_id == offer.id);
        let code = offer.decline_code().map(|code| page.code("decline", code));
        let code = code.or_else(|| offer.withdraw_code().map(|code| page.code("withdraw", code)));
        let due = offer.arrival_promised_at().map(|at| page.with("job-promised", "at", words::moment(at)));
        let via = offer.answered_via().filter(|via| *via == Via::Phone).map(|_| page.text("job-by-phone"));
        let answer: Vec<_> = [code, due, via].into_iter().flatten().collect();
        OfferView {
            id: offer.id,
            technician_id: offer.technician_id.0,
            technician,
            firm,
            state: offer.state().as_str(),
            state_name: page.code("offer-state", offer.state()),
            at: words::moment(offer.offered_at),
            deadline_ms: offer.deadline.timestamp_millis(),
            answer: answer.join(" / "),
            open: offer.is_open(),
            to_name: offer.is_accepted() && offer.addressee == Addressee::Firm && !named,
            to_firm: offer.addressee == Addressee::Firm,
        }
    };
    file.job.offers.iter().map(view).collect()
}

/// The interpreter on the line from the site.
pub(super) struct InterpreterView {
    pub(super) id: InterpretationId,
    pub(super) who: String,
    pub(super) joined: bool,
}

/// The interpreter who is asked to join from the site, or is on that line.
pub(super) fn interpreter(file: &File, page: &Page, reference: &Reference) -> Option<InterpreterView> {
    let view = |one: &Interpretation| InterpreterView {
        id: one.id,
        who: format!("{} ({})", words::language(&one.language, page, reference), one.interpreter),
        joined: one.on_the_line().is_some(),
    };
    file.interpreter.as_ref().map(view)
}

/// Somebody who goes, or went.
pub(super) struct AssignmentView {
    pub(super) id: AssignmentId,
    pub(super) technician: String,
    pub(super) firm: String,
    pub(super) on_it: bool,
    pub(super) slot: String,
    pub(super) field_state: Option<String>,
    pub(super) assigned: String,
    pub(super) due: Option<String>,
    pub(super) released: Option<String>,
    /// What is sent when the danger is acknowledged.
    pub(super) to_acknowledge: Option<String>,
}

/// The assignments, oldest first.
pub(super) fn assignments(file: &File, page: &Page) -> Vec<AssignmentView> {
    let view = |one: &crate::domain::offers::Assignment| {
        let (technician, firm) = file.name(one.technician_id);
        let why = one.release_code().map(|code| page.texts().code_or_itself("withdraw", code.as_str()));
        AssignmentView {
            id: one.id,
            technician,
            firm,
            on_it: !one.is_over(),
            slot: page.code("slot", one.slot()),
            field_state: file.job.field_state(one).map(|state| page.code("field-state", state)),
            to_acknowledge: words::acknowledgement(&file.job.unheard(one)),
            assigned: words::moment(one.assigned_at),
            due: one.arrival_due_at.map(words::moment),
            released: one
                .released_at()
                .map(|at| [words::moment(at), why.unwrap_or_default()].join(" ").trim().to_owned()),
        }
    };
    file.job.assignments.iter().map(view).collect()
}

/// A matching run.
pub(super) struct DecisionView {
    pub(super) at: String,
    pub(super) summary: String,
    pub(super) candidates: Vec<PersonView>,
    pub(super) rejected: Vec<PersonView>,
    pub(super) rest: Vec<(usize, String)>,
    pub(super) latest: bool,
}

/// Somebody a matching run names.
pub(super) struct PersonView {
    pub(super) technician: String,
    pub(super) firm: String,
    pub(super) why: String,
}

/// The matching runs, newest first.
pub(super) fn decisions(file: &File, page: &Page) -> Vec<DecisionView> {
    let last = file.decisions.len();
    let view = |(number, record): (usize, &crate::app::decisions::Record)| {
        let pick = |ja: &str, en: &str| if page.is_japanese() { ja.to_owned() } else { en.to_owned() };
        let people = |standing: Considered| {
            let people = record.people.iter().filter(|one| one.standing == standing);
            people
                .map(|one| PersonView {
                    technician: one.technician_name.clone(),
                    firm: one.firm_name.clone(),
                    why: pick(&one.why.ja, &one.why.en),
                })
                .collect()
        };
        DecisionView {
            at: words::moment(record.decided_at),
            summary: pick(&record.summary.ja, &record.summary.en),
            candidates: people(Considered::Candidate),
            rejected: people(Considered::Rejected),
            rest: record.rest.iter().map(|one| (one.count, pick(&one.words.ja, &one.words.en))).collect(),
            latest: number + 1 == last,
        }
    };
    file.decisions.iter().enumerate().map(view).rev().collect()
}
