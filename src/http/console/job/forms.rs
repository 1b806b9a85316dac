//! What can be done now: a form for each command that the job's state allows and the role may call.

use crate::{
    app::job_file::File,
    domain::{
        appointments::{Consequence, UnbookCode},
        fitness::Weight,
        ids::TechnicianId,
        jobs::{Action, CancelReason},
        offers::{DeclineCode, OverrideReason, ReassignReason, WithdrawCode},
    },
    http::console::page::Page,
};

/// Which forms there are.
#[derive(Default)]
pub(super) struct JobForms {
    pub(super) book: bool,
    pub(super) unbook: bool,
    pub(super) give: bool,
    pub(super) reassign: bool,
    pub(super) withdraw: bool,
    pub(super) add_helper: bool,
    pub(super) cancel: bool,
    pub(super) rework: bool,
    pub(super) answer: bool,
    /// Somebody who does not agree with the bill can be heard.
    pub(super) dispute: bool,
    /// That somebody else has agreed to pay can be recorded.
    pub(super) authorise: bool,
    /// Dead messages can be tried anew.
    pub(super) replay: bool,
    /// The bill has a page, where it is corrected.
    pub(super) bill: bool,
    /// What is doubtful can be looked at.
    pub(super) reviews: bool,
}

impl JobForms {
    /// Whether nothing can be done.
    pub(super) fn none(&self) -> bool {
        !(self.book
            || self.unbook
            || self.give
            || self.reassign
            || self.withdraw
            || self.add_helper
            || self.cancel
            || self.rework)
    }
}

/// The forms for a job.
pub(super) fn of_job(file: &File, page: &Page) -> JobForms {
    let may = |path: &str| page.may_post(path);
    let mut forms = JobForms {
        answer: may("/v1/offers/{id}/acceptance"),
        dispute: may("/v1/jobs/{id}/disputes") && !file.statement.lines.is_empty(),
        authorise: may("/v1/jobs/{id}/payer-authorities"),
        replay: may("/v1/messages/{id}/replay"),
        reviews: page.may_get("/reviews"),
        bill: page.may_get("/billing/jobs/{id}") && !file.statement.lines.is_empty(),
        ..JobForms::default()
    };
    for action in &file.job.open {
        match action {
            Action::Book => forms.book = may("/v1/jobs/{id}/appointment"),
            Action::Unbook => forms.unbook = may("/v1/jobs/{id}/appointment/cancellation"),
            Action::Override => forms.give = may("/v1/jobs/{id}/override"),
            Action::Reassign => forms.reassign = may("/v1/jobs/{id}/reassignment"),
            Action::Withdraw => forms.withdraw = may("/v1/assignments/{id}/withdrawal"),
            Action::AddHelper => forms.add_helper = may("/v1/jobs/{id}/helpers"),
            Action::Cancel => forms.cancel = may("/v1/jobs/{id}/cancellation"),
            Action::Rework => forms.rework = may("/v1/jobs/{id}/rework"),
        }
    }
    forms
}

/// A code with its name.
pub(super) type Choice = (&'static str, String);

/// Somebody to be sent.
pub(super) struct PersonChoice {
    pub(super) id: TechnicianId,
    /// Name and firm, and why they come first or were refused.
    pub(super) label: String,
    /// Whether nobody may send them (G-17).
    pub(super) never: bool,
}

/// What forms offer to choose from.
pub(super) struct Choices {
    /// Whom the latest matching run names: candidates first, then who was refused with the reason.
    pub(super) people: Vec<PersonChoice>,
    pub(super) overrides: Vec<Choice>,
    pub(super) consequences: Vec<Choice>,
    pub(super) reassigns: Vec<Choice>,
    pub(super) withdraws: Vec<Choice>,
    pub(super) cancels: Vec<Choice>,
    pub(super) unbooks: Vec<Choice>,
    pub(super) declines: Vec<Choice>,
}

impl Choices {
    pub(super) fn of(file: &File, page: &Page) -> Self {
        let latest = file.decisions.last().map(|record| record.people.as_slice()).unwrap_or_default();
        let people = latest.iter().map(|one| {
            let why = if page.is_japanese() { &one.why.ja } else { &one.why.en };
            let short: String = why.chars().take(60).collect();
            PersonChoice {
                id: one.technician_id,
                label: format!("{} ({}) {short}", one.technician_name, one.firm_name),
                never: one.reason.is_some_and(|reason| reason.weight() == Weight::Never),
            }
        });
        Self {
            people: people.collect(),
            overrides: named(page, "override", OverrideReason::ALL.iter().map(|code| code.as_str())),
            consequences: named(page, "consequence", Consequence::ALL.iter().map(|code| code.as_str())),
            reassigns: named(page, "reassign", ReassignReason::ALL.iter().map(|code| code.as_str())),
            withdraws: named(page, "withdraw", WithdrawCode::CONTRACTOR.iter().map(|code| code.as_str())),
            cancels: named(page, "cancel", CancelReason::ALL.iter().map(|code| code.as_str())),
            unbooks: named(page, "unbook", UnbookCode::ALL.iter().map(|code| code.as_str())),
            declines: named(page, "decline", DeclineCode::ALL.iter().map(|code| code.as_str())),
        }
    }
}

fn named(page: &Page, vocabulary: &str, codes: impl Iterator<Item = &'static str>) -> Vec<Choice> {
    codes.map(|code| (code, page.texts().code(vocabulary, code))).collect()
}
