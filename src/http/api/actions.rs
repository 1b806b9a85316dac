//! What the caller can do with a job now, as links.

use axum::http::Method;
use serde::Serialize;

use crate::{
    app::job_file::Whole,
    domain::{
        actor::{Actor, Role, Scope},
        guidance::reports,
        jobs::Action,
        offers::Assignment,
    },
    http::access,
};

/// Something that can be done now.
#[derive(Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(super) struct JobAction {
    /// What: a command, `acknowledge_danger`, or `report` for what happens at the site.
    name: &'static str,
    /// By which method.
    method: &'static str,
    /// Where.
    href: String,
    /// Of `report`: the kinds of report that make sense now. Others are taken all the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    facts: Option<&'static [&'static str]>,
}

const FACTS: &str = "/v1/jobs/{id}/facts";
const ACKNOWLEDGEMENTS: &str = "/v1/assignments/{id}/danger-acknowledgements";

/// Where a command is sent to.
fn path(action: Action) -> &'static str {
    match action {
        Action::Book => "/v1/jobs/{id}/appointment",
        Action::Unbook => "/v1/jobs/{id}/appointment/cancellation",
        Action::Override => "/v1/jobs/{id}/override",
        Action::Reassign => "/v1/jobs/{id}/reassignment",
        Action::Withdraw => "/v1/assignments/{id}/withdrawal",
        Action::AddHelper => "/v1/jobs/{id}/helpers",
        Action::Cancel => "/v1/jobs/{id}/cancellation",
        Action::Rework => "/v1/jobs/{id}/rework",
    }
}

/// What the actor can do: what the job's state allows, and the role may call.
pub(super) fn actions(actor: &Actor, whole: &Whole) -> Vec<JobAction> {
    let Some(role) = actor.role() else { return Vec::new() };
    let mut actions = Vec::new();
    for &action in whole.open.iter().filter(|action| may(role, path(**action))) {
        let link = |id: String| JobAction {
            name: action.as_str(),
            method: "POST",
            href: path(action).replace("{id}", &id),
            facts: None,
        };
        if action == Action::Withdraw {
            let on_it = whole.assignments.iter().filter(|one| !one.is_over());
            actions.extend(on_it.map(|one| link(one.id.to_string())));
        } else {
            actions.push(link(whole.job.id.to_string()));
        }
    }
    actions.extend(acknowledgements(role, whole));
    actions.extend(report(actor, role, whole));
    actions
}

/// Each of those on the job who has a danger to acknowledge.
fn acknowledgements(role: Role, whole: &Whole) -> Vec<JobAction> {
    let awaited = whole.assignments.iter().filter(|one| !whole.unheard(one).is_empty());
    let link = |one: &Assignment| JobAction {
        name: "acknowledge_danger",
        method: "POST",
        href: ACKNOWLEDGEMENTS.replace("{id}", &one.id.to_string()),
        facts: None,
    };
    awaited.filter(|_| may(role, ACKNOWLEDGEMENTS)).map(link).collect()
}

fn may(role: Role, path: &str) -> bool {
    access::may(Some(role), &Method::POST, path)
}

/// Reports are open to whoever is or was on the job, and to the desk for them.
fn report(actor: &Actor, role: Role, whole: &Whole) -> Option<JobAction> {
    let last = whole.assignments.iter().max_by_key(|one| (!one.is_over(), one.id))?;
    let own = match actor.scope() {
        Scope::Technician(..) => whole.field_state(last),
        _ => whole
            .assignments
            .iter()
            .filter_map(|one| whole.field_state(one))
            .max_by_key(|state| state.of_job().map_or(0, crate::domain::jobs::JobState::progress)),
    };
    let facts = reports(whole.job.state(), own);
    (may(role, FACTS) && !facts.is_empty()).then(|| JobAction {
        name: "report",
        method: "POST",
        href: FACTS.replace("{id}", &whole.job.id.to_string()),
        facts: Some(facts),
    })
}
