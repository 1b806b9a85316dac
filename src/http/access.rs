//! Who may call what: one table for every endpoint. What is not in it is forbidden.

use axum::http::Method;

use super::problem::Problem;
use crate::domain::{
    actor::{
        Actor,
        Role::{self, Administrator, Billing, Dispatcher, Firm, Supervisor, Technician},
    },
    firms::Standing,
};

/// The roles that may call an endpoint.
type Row = (&'static str, &'static str, &'static [Role]);

const EVERYONE: &[Role] = Role::ALL;
const ADMINISTRATOR: &[Role] = &[Administrator];
const SUPERVISOR: &[Role] = &[Supervisor];
const OFFICE: &[Role] = &[Administrator, Supervisor];
const OFFICE_AND_BILLING: &[Role] = &[Administrator, Supervisor, Billing];
const DESK: &[Role] = &[Administrator, Supervisor, Dispatcher];
const DESK_AND_BILLING: &[Role] = &[Administrator, Supervisor, Dispatcher, Billing];
const DESK_AND_FIRM: &[Role] = &[Administrator, Supervisor, Dispatcher, Firm];
const DESK_AND_FIELD: &[Role] = &[Administrator, Supervisor, Dispatcher, Firm, Technician];

/// Every endpoint with the roles that may call it.
#[rustfmt::skip]
pub(super) const ACCESS: &[Row] = &[
    ("GET",    "/v1/me",                       EVERYONE),
    ("POST",   "/v1/tokens",                   ADMINISTRATOR),
    ("GET",    "/v1/tokens",                   ADMINISTRATOR),
    ("DELETE", "/v1/tokens/{id}",              ADMINISTRATOR),
    ("POST",   "/v1/users",                    ADMINISTRATOR),
    ("GET",    "/v1/users",                    ADMINISTRATOR),
    ("POST",   "/v1/users/{id}/password",      ADMINISTRATOR),
    ("POST",   "/v1/users/{id}/disabling",     ADMINISTRATOR),
    ("POST",   "/v1/users/{id}/sessions/ending", ADMINISTRATOR),
    ("POST",   "/v1/firms",                    OFFICE),
    ("GET",    "/v1/firms",                    DESK_AND_FIELD),
    ("GET",    "/v1/firms/{id}",               DESK_AND_FIELD),
    ("PUT",    "/v1/firms/{id}",               OFFICE),
    ("POST",   "/v1/firms/{id}/technicians",   &[Administrator, Supervisor, Firm]),
    ("GET",    "/v1/firms/{id}/technicians",   DESK_AND_FIELD),
    ("GET",    "/v1/technicians/{id}",         DESK_AND_FIELD),
    ("PUT",    "/v1/technicians/{id}",         &[Administrator, Supervisor, Firm]),
    ("GET",    "/v1/technician-proposals",     &[Administrator, Supervisor, Firm]),
    ("POST",   "/v1/technician-proposals/{id}/decision", OFFICE),
    ("POST",   "/v1/technicians/{id}/shift-entries", &[Administrator, Supervisor, Firm]),
    ("GET",    "/v1/technicians/{id}/shift-entries", DESK_AND_FIRM),
    ("DELETE", "/v1/shift-entries/{id}",       &[Administrator, Supervisor, Firm]),
    ("POST",   "/v1/shift-swaps",              &[Administrator, Supervisor, Firm]),
    ("GET",    "/v1/shift-swaps/{id}",         DESK_AND_FIRM),
    ("DELETE", "/v1/shift-swaps/{id}",         &[Administrator, Supervisor, Firm]),
    ("GET",    "/v1/firms/{id}/roster",        DESK_AND_FIRM),
    ("GET",    "/v1/roster-lint",              DESK),
    ("POST",   "/v1/positions",                &[Firm, Technician]),
    ("POST",   "/v1/blocks",                   DESK),
    ("GET",    "/v1/blocks",                   DESK),
    ("DELETE", "/v1/blocks/{id}",              DESK),
    ("GET",    "/v1/places",                   DESK_AND_FIRM),
    ("GET",    "/v1/candidates",               DESK),
    ("POST",   "/v1/calls",                    DESK),
    ("GET",    "/v1/calls/{id}",               DESK),
    ("POST",   "/v1/calls/{id}/ending",        DESK),
    ("POST",   "/v1/calls/{id}/hazard-answers", DESK),
    ("GET",    "/v1/calls/{id}/hazard-answers", DESK),
    ("POST",   "/v1/calls/{id}/instructions/{hazard}/acknowledgement", DESK),
    ("PUT",    "/v1/calls/{id}/draft", DESK),
    ("GET",    "/v1/calls/{id}/draft", DESK),
    ("POST",   "/v1/calls/{id}/emergency-handovers", DESK),
    ("POST",   "/v1/emergency-handovers/{id}/connection", DESK),
    ("POST",   "/v1/emergency-handovers/{id}/ending", DESK),
    ("POST",   "/v1/cases/{id}/clearances", DESK),
    ("GET",    "/v1/calls", DESK),
    ("POST",   "/v1/calls/{id}/answer", DESK),
    ("POST",   "/v1/calls/{id}/abandonment", DESK),
    ("POST",   "/v1/calls/{id}/wrap-up", DESK),
    ("POST",   "/v1/calls/{id}/interpretations", DESK),
    ("POST",   "/v1/jobs/{id}/interpretations", DESK_AND_FIELD),
    ("POST",   "/v1/interpretations/{id}/outcome", DESK_AND_FIELD),
    ("POST",   "/v1/interpretations/{id}/ending", DESK_AND_FIELD),
    ("POST",   "/v1/calls/{id}/call-backs", DESK),
    ("POST",   "/v1/calls/{id}/attachment", DESK),
    ("POST",   "/v1/calls/{id}/detachment", DESK),
    ("GET",    "/v1/calls/{id}/duplicates", DESK),
    ("POST",   "/v1/hand-overs", DESK),
    ("GET",    "/v1/hand-overs/{id}", DESK),
    ("POST",   "/v1/hand-overs/{id}/acceptance", DESK),
    ("GET",    "/v1/languages",                DESK_AND_FIELD),
    ("GET",    "/v1/languages/{tag}",          DESK_AND_FIELD),
    ("POST",   "/v1/cases",                    DESK),
    ("GET",    "/v1/cases", DESK),
    ("PUT",    "/v1/cases/{id}", DESK),
    ("POST",   "/v1/cases/{id}/closing", DESK),
    ("POST",   "/v1/cases/{id}/reopening", DESK),
    ("POST",   "/v1/cases/{id}/eligibility", DESK),
    ("POST",   "/v1/cases/{id}/warrants", DESK),
    ("POST",   "/v1/jobs/{id}/identity-plan", DESK),
    ("GET",    "/v1/consent-texts", DESK_AND_FIELD),
    ("GET",    "/v1/consent-texts/{version}/{language}", DESK_AND_FIELD),
    ("GET",    "/v1/job-codes", DESK_AND_FIELD),
    ("GET",    "/v1/job-codes/{code}", DESK_AND_FIELD),
    ("GET",    "/v1/common-area-aid", DESK),
    ("GET",    "/v1/out-of-scope", DESK),
    ("GET",    "/v1/cases/{id}",               DESK),
    ("PUT",    "/v1/cases/{id}/phone",         DESK),
    ("PUT",    "/v1/cases/{id}/place",         DESK),
    ("POST",   "/v1/cases/{id}/referrals",     DESK),
    ("GET",    "/v1/cases/{id}/referrals",     DESK),
    ("GET",    "/v1/referrals",                DESK),
    ("GET",    "/v1/referrals/{id}",           DESK),
    ("PUT",    "/v1/referrals/{id}/recipients", DESK),
    ("GET",    "/v1/referrals/{id}/notices",   DESK),
    ("POST",   "/v1/referrals/{id}/notifications", DESK),
    ("POST",   "/v1/referrals/{id}/mails",     DESK),
    ("POST",   "/v1/referrals/{id}/acknowledgement", DESK),
    ("POST",   "/v1/referrals/{id}/outcome",   DESK),
    ("POST",   "/v1/cases/{id}/jobs",          DESK),
    ("GET",    "/v1/jobs",                     DESK_AND_FIELD),
    ("GET",    "/v1/jobs/{id}",                DESK_AND_FIELD),
    ("POST",   "/v1/jobs/{id}/cancellation",   DESK),
    ("POST",   "/v1/jobs/{id}/helpers",        DESK),
    ("POST",   "/v1/jobs/{id}/rework",         DESK),
    ("GET",    "/v1/jobs/{id}/decisions",      DESK),
    ("GET",    "/v1/jobs/{id}/messages",       DESK_AND_FIRM),
    ("GET",    "/v1/queue",                    DESK),
    ("GET",    "/v1/fleet",                    DESK),
    ("GET",    "/v1/outlines",                 DESK),
    ("GET",    "/v1/alarms",                   DESK),
    ("POST",   "/v1/alarms/{id}/acknowledgement", DESK),
    ("GET",    "/v1/offers",                   DESK_AND_FIELD),
    ("GET",    "/v1/offers/{id}",              DESK_AND_FIELD),
    ("POST",   "/v1/offers/{id}/acceptance",   DESK_AND_FIELD),
    ("POST",   "/v1/offers/{id}/refusal",      DESK_AND_FIELD),
    ("POST",   "/v1/offers/{id}/technician",   DESK_AND_FIRM),
    ("POST",   "/v1/offers/{id}/withdrawal",   DESK),
    ("GET",    "/v1/assignments/{id}/order-note", DESK_AND_FIELD),
    ("POST",   "/v1/assignments/{id}/withdrawal", DESK_AND_FIELD),
    ("POST",   "/v1/assignments/{id}/danger-acknowledgements", DESK_AND_FIELD),
    ("POST",   "/v1/jobs/{id}/override",       DESK),
    ("POST",   "/v1/jobs/{id}/reassignment",   DESK),
    ("POST",   "/v1/jobs/{id}/appointment",    DESK),
    ("GET",    "/v1/jobs/{id}/windows",        DESK),
    ("GET",    "/v1/jobs/{id}/appointment",    DESK_AND_FIELD),
    ("POST",   "/v1/jobs/{id}/appointment/cancellation", DESK),
    ("POST",   "/v1/jobs/{id}/facts",          DESK_AND_FIELD),
    ("GET",    "/v1/jobs/{id}/facts",          DESK_AND_FIELD),
    ("POST",   "/v1/jobs/{id}/evidence",       DESK_AND_FIELD),
    ("GET",    "/v1/jobs/{id}/evidence",       DESK_AND_FIELD),
    ("GET",    "/v1/evidence/{id}",            DESK_AND_FIELD),
    ("POST",   "/v1/jobs/{id}/signature-absence", DESK_AND_FIELD),
    ("POST",   "/v1/cases/{id}/erasure",       OFFICE),
    ("POST",   "/v1/cases/{id}/legal-hold",    OFFICE),
    ("POST",   "/v1/cases/{id}/legal-hold-lifting", OFFICE),
    ("GET",    "/v1/read-log",                 OFFICE),
    ("GET",    "/v1/retention-runs",           OFFICE),
    ("GET",    "/v1/jobs/{id}/statement",      DESK_AND_FIELD),
    ("GET",    "/v1/reviews",                  OFFICE),
    ("GET",    "/v1/reviews/{id}",             OFFICE),
    ("POST",   "/v1/reviews/{id}/decision",    SUPERVISOR),
    ("POST",   "/v1/reviews/{id}/preview",     OFFICE),
    ("POST",   "/v1/jobs/{id}/payer-authorities", DESK),
    ("GET",    "/v1/jobs/{id}/payer-authorities", DESK_AND_BILLING),
    ("POST",   "/v1/jobs/{id}/payments",       DESK_AND_BILLING),
    ("GET",    "/v1/jobs/{id}/payments",       DESK_AND_BILLING),
    ("POST",   "/v1/jobs/{id}/statutory-receipts", DESK_AND_BILLING),
    ("POST",   "/v1/jobs/{id}/disputes",       DESK_AND_BILLING),
    ("GET",    "/v1/jobs/{id}/disputes",       DESK_AND_BILLING),
    ("POST",   "/v1/disputes/{id}/resolution", SUPERVISOR),
    ("POST",   "/v1/disputes/{id}/preview",    OFFICE),
    ("GET",    "/v1/ledger-lines",             OFFICE_AND_BILLING),
    ("GET",    "/v1/payments",                 OFFICE_AND_BILLING),
    ("GET",    "/v1/disputes",                 OFFICE_AND_BILLING),
    ("POST",   "/v1/billing-consumers",        ADMINISTRATOR),
    ("GET",    "/v1/billing-consumers",        OFFICE),
    ("GET",    "/v1/billing-consumers/{id}",   OFFICE_AND_BILLING),
    ("GET",    "/v1/billing-consumers/{id}/lines", OFFICE_AND_BILLING),
    ("POST",   "/v1/billing-consumers/{id}/acknowledgements", &[Billing]),
    ("POST",   "/v1/webhooks",                 &[Administrator, Firm]),
    ("GET",    "/v1/webhooks",                 &[Administrator, Firm]),
    ("GET",    "/v1/webhooks/{id}",            &[Administrator, Firm]),
    ("PUT",    "/v1/webhooks/{id}",            &[Administrator, Firm]),
    ("DELETE", "/v1/webhooks/{id}",            &[Administrator, Firm]),
    ("POST",   "/v1/webhooks/{id}/secrets",    &[Administrator, Firm]),
    ("POST",   "/v1/webhooks/{id}/replay",     &[Administrator, Firm]),
    ("GET",    "/v1/messages",                 &[Administrator, Firm]),
    ("GET",    "/v1/messages/{id}",            &[Administrator, Firm]),
    ("POST",   "/v1/messages/{id}/replay",     &[Administrator, Firm]),
    ("GET",    "/v1/kpis",                     OFFICE),
    ("GET",    "/v1/programmes",               EVERYONE),
    ("GET",    "/v1/programmes/{id}",          EVERYONE),
    ("POST",   "/v1/programmes/{id}/charge-estimate", EVERYONE),
    // The pages; the way in is open to anybody and not in the table.
    ("GET",    "/",                            DESK),
    ("GET",    "/board/rows",                  DESK),
    ("GET",    "/board/head",                  DESK),
    ("POST",   "/board/alarms/{id}/acknowledgement", DESK),
    ("GET",    "/kpi",                         OFFICE),
    ("GET",    "/staff",                       OFFICE),
    ("GET",    "/reviews",                     OFFICE),
    ("GET",    "/reviews/{id}",                OFFICE),
    ("GET",    "/users",                       ADMINISTRATOR),
    ("GET",    "/programmes",                  OFFICE),
    ("GET",    "/billing",                     OFFICE_AND_BILLING),
    ("GET",    "/billing/jobs/{id}",           OFFICE_AND_BILLING),
    ("GET",    "/audit",                       OFFICE),
    ("GET",    "/firm",                        &[Firm]),
    ("GET",    "/firm/jobs/{id}",              &[Firm]),
    ("GET",    "/events",                      DESK),
    ("GET",    "/calls",                       DESK),
    ("GET",    "/calls/new",                   DESK),
    ("GET",    "/calls/{id}",                  DESK),
    ("GET",    "/cases/{id}",                  DESK),
    ("GET",    "/jobs/{id}",                   DESK),
    ("GET",    "/map",                         DESK),
    ("GET",    "/roster",                      DESK_AND_FIRM),
    ("GET",    "/account",                     EVERYONE),
    ("POST",   "/account/password",            EVERYONE),
    ("POST",   "/account/sessions/{id}/ending", EVERYONE),
    ("POST",   "/sign-out",                    EVERYONE),
];

/// What whoever is suspended reaches with their token all the same: what they have in hand, reports of what they had, and
/// their own account (G-10). Which jobs those are says `domain::sight`.
#[rustfmt::skip]
const SUSPENDED: &[(&str, &str)] = &[
    ("GET",    "/v1/me"),
    ("GET",    "/v1/jobs"),
    ("GET",    "/v1/jobs/{id}"),
    ("GET",    "/v1/assignments/{id}/order-note"),
    ("POST",   "/v1/assignments/{id}/withdrawal"),
    ("POST",   "/v1/assignments/{id}/danger-acknowledgements"),
    ("POST",   "/v1/jobs/{id}/facts"),
    ("GET",    "/v1/jobs/{id}/facts"),
    ("POST",   "/v1/jobs/{id}/evidence"),
    ("GET",    "/v1/jobs/{id}/evidence"),
    ("GET",    "/v1/evidence/{id}"),
    ("POST",   "/v1/jobs/{id}/signature-absence"),
    ("GET",    "/v1/jobs/{id}/statement"),
    // What a consent at the site needs: an interpreter, the text, and the names of things.
    ("POST",   "/v1/jobs/{id}/interpretations"),
    ("POST",   "/v1/interpretations/{id}/outcome"),
    ("POST",   "/v1/interpretations/{id}/ending"),
    ("GET",    "/v1/consent-texts"),
    ("GET",    "/v1/consent-texts/{version}/{language}"),
    ("GET",    "/v1/languages"),
    ("GET",    "/v1/languages/{tag}"),
    ("GET",    "/v1/job-codes"),
    ("GET",    "/v1/job-codes/{code}"),
    ("GET",    "/firm"),
    ("GET",    "/firm/jobs/{id}"),
    ("GET",    "/account"),
    ("POST",   "/account/password"),
    ("POST",   "/account/sessions/{id}/ending"),
    ("POST",   "/sign-out"),
];

/// Whether somebody may call this endpoint: the role, and whoever is suspended at all.
pub(super) fn admit(actor: &Actor, method: &Method, path: &str) -> Result<(), Problem> {
    if !may(actor.role(), method, path) {
        return Err(Problem::forbidden());
    }
    let is_open = || SUSPENDED.contains(&(asked(method), path));
    let is_admitted = actor.standing() == Standing::Active || is_open();
    is_admitted.then_some(()).ok_or_else(Problem::suspended)
}

/// Whether this role may call this endpoint; nobody may without one.
pub(super) fn may(role: Option<Role>, method: &Method, path: &str) -> bool {
    role.is_some_and(|role| roles(method, path).contains(&role))
}

/// The roles that may call this endpoint; none when it is not in the table.
pub(super) fn roles(method: &Method, path: &str) -> &'static [Role] {
    let method = asked(method);
    ACCESS.iter().find(|row| row.0 == method && row.1 == path).map_or(&[], |row| row.2)
}

/// A HEAD request is answered by the GET handler.
fn asked(method: &Method) -> &str {
    if method == Method::HEAD { "GET" } else { method.as_str() }
}
