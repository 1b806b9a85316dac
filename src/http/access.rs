//! Who may call what: one table for every endpoint. What is not in it is forbidden.

use axum::http::Method;

use crate::domain::actor::Role::{self, Administrator, Dispatcher, Firm, Supervisor, Technician};

/// The roles that may call an endpoint.
type Row = (&'static str, &'static str, &'static [Role]);

const EVERYONE: &[Role] = Role::ALL;
const DESK: &[Role] = &[Administrator, Supervisor, Dispatcher];
const OFFICE: &[Role] = &[Administrator, Supervisor];
const FIELD: &[Role] = &[Administrator, Supervisor, Dispatcher, Firm, Technician];
const CONTRACTOR: &[Role] = &[Firm, Technician];

/// Every endpoint with the roles that may call it.
pub(super) const ACCESS: &[Row] = &[
    ("GET", "/v1/me", EVERYONE),
    ("POST", "/v1/tokens", &[Administrator]),
    ("GET", "/v1/tokens", &[Administrator]),
    ("DELETE", "/v1/tokens/{id}", &[Administrator]),
];

/// The roles that may call this endpoint; none when it is not in the table.
pub(super) fn roles(method: &Method, path: &str) -> &'static [Role] {
    // A HEAD request is answered by the GET handler.
    let method = if method == Method::HEAD { "GET" } else { method.as_str() };
    ACCESS.iter().find(|row| row.0 == method && row.1 == path).map_or(&[], |row| row.2)
}
