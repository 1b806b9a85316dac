//! Which pages show personal data of residents, landlords and callers: reading one is noted (Y-02). Every page that can be
//! read is in one of the two lists.

use axum::http::Method;
use uuid::Uuid;

use crate::{
    app::Ctx,
    domain::{
        actor::Actor,
        reads::{Part, ReadSubject},
    },
};

/// A page that shows personal data: method, route, the part of the record, and what its `{id}` is.
type Row = (&'static str, &'static str, Part, Option<ReadSubject>);

#[rustfmt::skip] // a table is read as a table
const PERSONAL: &[Row] = &[
    ("GET",  "/v1/blocks",                         Part::Record,    None),
    ("POST", "/v1/blocks",                         Part::Record,    None),
    ("GET",  "/v1/calls/{id}",                     Part::Record,    Some(ReadSubject::Call)),
    ("GET",  "/v1/calls/{id}/draft",               Part::Record,    Some(ReadSubject::Call)),
    ("GET",  "/v1/hand-overs/{id}",                Part::Record,    Some(ReadSubject::Shift)),
    ("GET",  "/v1/cases/{id}",                     Part::Record,    Some(ReadSubject::Case)),
    ("PUT",  "/v1/cases/{id}/place",               Part::Record,    Some(ReadSubject::Case)),
    ("GET",  "/v1/jobs/{id}",                      Part::Record,    Some(ReadSubject::Job)),
    ("GET",  "/v1/assignments/{id}/order-note",    Part::Record,    Some(ReadSubject::Assignment)),
    // As a document it names the resident.
    ("GET",  "/v1/jobs/{id}/statement",            Part::Money,     Some(ReadSubject::Job)),
    ("GET",  "/v1/jobs/{id}/payer-authorities",    Part::Money,     Some(ReadSubject::Job)),
    ("GET",  "/v1/jobs/{id}/disputes",             Part::Money,     Some(ReadSubject::Job)),
    ("GET",  "/v1/reviews/{id}",                   Part::Money,     Some(ReadSubject::Review)),
    ("GET",  "/v1/evidence/{id}",                  Part::Record,    Some(ReadSubject::Evidence)),
    ("POST", "/v1/cases/{id}/referrals",           Part::Referral,  Some(ReadSubject::Case)),
    ("GET",  "/v1/referrals/{id}",                 Part::Referral,  Some(ReadSubject::Referral)),
    ("GET",  "/v1/referrals/{id}/notices",         Part::Referral,  Some(ReadSubject::Referral)),
    ("POST", "/v1/referrals/{id}/notifications",   Part::Referral,  Some(ReadSubject::Referral)),
    ("POST", "/v1/referrals/{id}/acknowledgement", Part::Referral,  Some(ReadSubject::Referral)),
    ("POST", "/v1/referrals/{id}/outcome",         Part::Referral,  Some(ReadSubject::Referral)),
    ("GET",  "/v1/read-log",                       Part::Oversight, None),
    ("GET",  "/calls/{id}",                        Part::Record,    Some(ReadSubject::Call)),
    ("GET",  "/cases/{id}",                        Part::Record,    Some(ReadSubject::Case)),
    ("GET",  "/jobs/{id}",                         Part::Record,    Some(ReadSubject::Job)),
    ("GET",  "/firm/jobs/{id}",                    Part::Record,    Some(ReadSubject::Job)),
    ("GET",  "/billing/jobs/{id}",                 Part::Money,     Some(ReadSubject::Job)),
    ("GET",  "/reviews/{id}",                      Part::Money,     Some(ReadSubject::Review)),
    ("GET",  "/audit",                             Part::Oversight, None),
];

/// Pages without: ids, codes and figures, terms, and what firms and their people have said of themselves.
#[cfg(test)]
const PLAIN: &[&str] = &[
    "/v1/me",
    "/v1/tokens",
    "/v1/users",
    "/v1/firms",
    "/v1/firms/{id}",
    "/v1/firms/{id}/technicians",
    "/v1/technicians/{id}",
    "/v1/technician-proposals",
    "/v1/places",
    "/v1/calls",
    "/v1/calls/{id}/hazard-answers",
    "/v1/calls/{id}/duplicates",
    "/v1/languages",
    "/v1/languages/{tag}",
    "/v1/consent-texts",
    "/v1/consent-texts/{version}/{language}",
    "/v1/cases",
    "/v1/job-codes",
    "/v1/job-codes/{code}",
    "/v1/common-area-aid",
    "/v1/out-of-scope",
    "/v1/cases/{id}/referrals",
    "/v1/referrals",
    "/v1/jobs",
    "/v1/jobs/{id}/decisions",
    "/v1/queue",
    "/v1/alarms",
    "/v1/fleet",
    "/v1/outlines",
    "/v1/offers",
    "/v1/offers/{id}",
    "/v1/jobs/{id}/windows",
    "/v1/jobs/{id}/appointment",
    "/v1/jobs/{id}/facts",
    "/v1/jobs/{id}/evidence",
    "/v1/retention-runs",
    "/v1/ledger-lines",
    "/v1/payments",
    "/v1/disputes",
    "/v1/billing-consumers",
    "/v1/billing-consumers/{id}",
    "/v1/billing-consumers/{id}/lines",
    "/v1/kpis",
    "/v1/programmes",
    "/v1/programmes/{id}",
    "/v1/firms/{id}/roster",
    "/v1/technicians/{id}/shift-entries",
    "/v1/shift-swaps/{id}",
    "/v1/roster-lint",
    "/v1/jobs/{id}/payments",
    "/v1/jobs/{id}/messages",
    "/v1/messages",
    "/v1/messages/{id}",
    "/v1/webhooks",
    "/v1/webhooks/{id}",
    "/v1/reviews",
    // The Board shows case numbers, districts and languages; nobody's name.
    "/",
    "/account",
    // Channel, language and age of what waits; nobody's number.
    "/calls",
    "/calls/new",
    "/v1/candidates",
    "/board/head",
    "/board/rows",
    "/events",
    // The map shows districts to a hundred metres, the roster technicians.
    "/map",
    "/roster",
    "/kpi",
    "/reviews",
    "/staff",
    "/billing",
    "/users",
    "/programmes",
    // Of an offer the district and the language, as the API tells.
    "/firm",
];

/// A route with what it shows, and of what.
type Shown = (String, Part, Option<(ReadSubject, Uuid)>);

/// What a request reads, before it is answered.
pub(super) struct Reading(Option<Shown>);

impl Reading {
    /// What a request to this route reads; the thing is taken from the path.
    pub(super) fn of(method: &Method, route: &str, path: &str) -> Self {
        // A HEAD request is answered by the GET handler.
        let method = if method == Method::HEAD { "GET" } else { method.as_str() };
        let row = PERSONAL.iter().find(|row| row.0 == method && row.1 == route);
        Self(row.map(|(method, route, part, subject)| {
            let id = route.split('/').position(|segment| segment == "{id}");
            let id = id.and_then(|at| path.split('/').nth(at)).and_then(|id| Uuid::try_parse(id).ok());
            (format!("{method} {route}"), *part, subject.zip(id))
        }))
    }

    /// Notes it, once it was answered.
    pub(super) fn note(self, ctx: &Ctx, actor: &Actor) {
        if let Some((route, part, subject)) = self.0 {
            ctx.note_read(actor, route, part, subject);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::http::access::ACCESS;

    #[test]
    fn of_every_page_it_is_said_whether_it_shows_personal_data() {
        let pages: BTreeSet<_> = ACCESS.iter().filter(|row| row.0 == "GET").map(|row| row.1).collect();
        let personal: BTreeSet<_> = PERSONAL.iter().filter(|row| row.0 == "GET").map(|row| row.1).collect();
        let plain: BTreeSet<_> = PLAIN.iter().copied().collect();
        assert!(personal.is_disjoint(&plain), "{personal:?}");
        assert_eq!(pages, personal.union(&plain).copied().collect(), "say so in http/reads.rs");
    }

    #[test]
    fn every_row_names_an_endpoint_and_takes_its_thing_from_the_path() {
        for (method, route, _, subject) in PERSONAL {
            assert!(ACCESS.iter().any(|row| (row.0, row.1) == (*method, *route)), "{method} {route}");
            let id = Uuid::from_u128(7);
            let path = route.replace("{id}", &id.to_string());
            let Reading(reading) = Reading::of(&method.parse().unwrap(), route, &path);
            assert_eq!(reading.unwrap().2, subject.map(|subject| (subject, id)), "{route}");
        }
        assert!(Reading::of(&Method::GET, "/v1/jobs", "/v1/jobs").0.is_none());
        assert!(Reading::of(&Method::HEAD, "/v1/jobs/{id}", "/v1/jobs/x").0.is_some());
    }
}
