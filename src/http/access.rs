//! Who may call what: one table for every endpoint. What is not in it is forbidden.

use axum::http::Method;

use crate::domain::actor::Role::{self, Administrator, Billing, Dispatcher, Firm, Supervisor, Technician};

/// The roles that may call an endpoint.
type Row = (&'static str, &'static str, &'static [Role]);

const EVERYONE: &[Role] = Role::ALL;
const ADMINISTRATOR: &[Role] = &[Administrator];
const OFFICE: &[Role] = &[Administrator, Supervisor];
const OFFICE_AND_BILLING: &[Role] = &[Administrator, Supervisor, Billing];
const DESK: &[Role] = &[Administrator, Supervisor, Dispatcher];
const DESK_AND_FIRM: &[Role] = &[Administrator, Supervisor, Dispatcher, Firm];
const DESK_AND_FIELD: &[Role] = &[Administrator, Supervisor, Dispatcher, Firm, Technician];

/// Every endpoint with the roles that may call it.
#[rustfmt::skip]
pub(super) const ACCESS: &[Row] = &[
    ("GET",    "/v1/me",                       EVERYONE),
    ("POST",   "/v1/tokens",                   ADMINISTRATOR),
    ("GET",    "/v1/tokens",                   ADMINISTRATOR),
    ("DELETE", "/v1/tokens/{id}",              ADMINISTRATOR),
    ("POST",   "/v1/firms",                    OFFICE),
    ("GET",    "/v1/firms",                    DESK_AND_FIELD),
    ("GET",    "/v1/firms/{id}",               DESK_AND_FIELD),
    ("PUT",    "/v1/firms/{id}",               OFFICE),
    ("POST",   "/v1/firms/{id}/technicians",   &[Administrator, Supervisor, Firm]),
    ("GET",    "/v1/firms/{id}/technicians",   DESK_AND_FIELD),
    ("GET",    "/v1/technicians/{id}",         DESK_AND_FIELD),
    ("PUT",    "/v1/technicians/{id}",         &[Administrator, Supervisor, Firm]),
    ("POST",   "/v1/positions",                &[Firm, Technician]),
    ("POST",   "/v1/blocks",                   DESK),
    ("GET",    "/v1/blocks",                   DESK),
    ("DELETE", "/v1/blocks/{id}",              DESK),
    ("GET",    "/v1/places",                   DESK_AND_FIRM),
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
    ("POST",   "/v1/interpretations/{id}/outcome", DESK),
    ("POST",   "/v1/interpretations/{id}/ending", DESK),
    ("POST",   "/v1/calls/{id}/call-backs", DESK),
    ("POST",   "/v1/calls/{id}/attachment", DESK),
    ("GET",    "/v1/calls/{id}/duplicates", DESK),
    ("POST",   "/v1/hand-overs", DESK),
    ("GET",    "/v1/hand-overs/{id}", DESK),
    ("POST",   "/v1/hand-overs/{id}/acceptance", DESK),
    ("GET",    "/v1/languages",                DESK),
    ("GET",    "/v1/languages/{tag}",          DESK),
    ("POST",   "/v1/cases",                    DESK),
    ("GET",    "/v1/cases", DESK),
    ("PUT",    "/v1/cases/{id}", DESK),
    ("POST",   "/v1/cases/{id}/closing", DESK),
    ("POST",   "/v1/jobs/{id}/identity-plan", DESK),
    ("GET",    "/v1/job-codes", DESK),
    ("GET",    "/v1/job-codes/{code}", DESK),
    ("GET",    "/v1/common-area-aid", DESK),
    ("GET",    "/v1/out-of-scope", DESK),
    ("GET",    "/v1/cases/{id}",               DESK),
    ("PUT",    "/v1/cases/{id}/place",         DESK),
    ("POST",   "/v1/cases/{id}/referrals",     DESK),
    ("GET",    "/v1/cases/{id}/referrals",     DESK),
    ("GET",    "/v1/referrals",                DESK),
    ("GET",    "/v1/referrals/{id}",           DESK),
    ("GET",    "/v1/referrals/{id}/notices",   DESK),
    ("POST",   "/v1/referrals/{id}/notifications", DESK),
    ("POST",   "/v1/referrals/{id}/acknowledgement", DESK),
    ("POST",   "/v1/referrals/{id}/outcome",   DESK),
    ("POST",   "/v1/cases/{id}/jobs",          DESK),
    ("GET",    "/v1/jobs",                     DESK_AND_FIELD),
    ("GET",    "/v1/jobs/{id}",                DESK_AND_FIELD),
    ("POST",   "/v1/jobs/{id}/cancellation",   DESK),
    ("GET",    "/v1/jobs/{id}/decisions",      DESK),
    ("GET",    "/v1/queue",                    DESK),
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
    ("POST",   "/v1/jobs/{id}/override",       DESK),
    ("POST",   "/v1/jobs/{id}/reassignment",   DESK),
    ("POST",   "/v1/jobs/{id}/appointment",    DESK),
    ("GET",    "/v1/jobs/{id}/windows",        DESK),
    ("GET",    "/v1/jobs/{id}/appointment",    DESK_AND_FIELD),
    ("POST",   "/v1/jobs/{id}/appointment/cancellation", DESK),
    ("POST",   "/v1/jobs/{id}/facts",          DESK_AND_FIELD),
    ("GET",    "/v1/jobs/{id}/facts",          DESK_AND_FIELD),
    ("GET",    "/v1/jobs/{id}/statement",      DESK_AND_FIELD),
    ("POST",   "/v1/billing-consumers",        ADMINISTRATOR),
    ("GET",    "/v1/billing-consumers",        OFFICE),
    ("GET",    "/v1/billing-consumers/{id}",   OFFICE_AND_BILLING),
    ("GET",    "/v1/billing-consumers/{id}/lines", OFFICE_AND_BILLING),
    ("POST",   "/v1/billing-consumers/{id}/acknowledgements", &[Billing]),
    ("GET",    "/v1/programmes",               EVERYONE),
    ("GET",    "/v1/programmes/{id}",          EVERYONE),
    ("POST",   "/v1/programmes/{id}/charge-estimate", EVERYONE),
    // The pages; the way in is open to anybody and not in the table.
    ("GET",    "/",                            DESK),
    ("GET",    "/board/rows",                  DESK),
    ("GET",    "/board/head",                  DESK),
    ("POST",   "/board/alarms/{id}/acknowledgement", DESK),
    ("GET",    "/events",                      DESK),
    ("GET",    "/account",                     EVERYONE),
    ("POST",   "/account/password",            EVERYONE),
    ("POST",   "/account/sessions/{id}/ending", EVERYONE),
    ("POST",   "/sign-out",                    EVERYONE),
];

/// The roles that may call this endpoint; none when it is not in the table.
pub(super) fn roles(method: &Method, path: &str) -> &'static [Role] {
    // A HEAD request is answered by the GET handler.
    let method = if method == Method::HEAD { "GET" } else { method.as_str() };
    ACCESS.iter().find(|row| row.0 == method && row.1 == path).map_or(&[], |row| row.2)
}
