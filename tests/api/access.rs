//! Every endpoint x every role: the table below says who may, and an endpoint that is not in it fails the test.

use std::collections::BTreeSet;

use kaketsuke::domain::actor::Role::{self, *};
use reqwest::Method;
use serde_json::json;

use crate::{
    standing::put_state,
    support::{
        db::{TestDb, on_both_engines},
        server::TestServer,
        world,
    },
};

const DESK: &[Role] = &[Administrator, Supervisor, Dispatcher];
const FIELD: &[Role] = &[Administrator, Supervisor, Dispatcher, Firm, Technician];
const OFFICE: &[Role] = &[Administrator, Supervisor];
const EVERYONE: &[Role] = &[Administrator, Supervisor, Dispatcher, Firm, Technician, Billing, ClaimsSupport];

/// Written from the rules of the service, not from its code: who needs the endpoint for the work, and nobody else.
#[rustfmt::skip]
const EXPECTED: &[(&str, &str, &[Role])] = &[
    ("GET",    "/v1/me",                       EVERYONE),
    ("POST",   "/v1/tokens",                   &[Administrator]),
    ("GET",    "/v1/tokens",                   &[Administrator]),
    ("DELETE", "/v1/tokens/{id}",              &[Administrator]),
    ("POST",   "/v1/users",                    &[Administrator]),
    ("GET",    "/v1/users",                    &[Administrator]),
    ("POST",   "/v1/users/{id}/password",      &[Administrator]),
    ("POST",   "/v1/users/{id}/disabling",     &[Administrator]),
    ("POST",   "/v1/users/{id}/sessions/ending", &[Administrator]),
    ("POST",   "/v1/firms",                    OFFICE),
    ("GET",    "/v1/firms",                    FIELD),
    ("GET",    "/v1/firms/{id}",               FIELD),
    ("PUT",    "/v1/firms/{id}",               OFFICE),
    ("POST",   "/v1/firms/{id}/technicians",   &[Administrator, Supervisor, Firm]),
    ("GET",    "/v1/firms/{id}/technicians",   FIELD),
    ("GET",    "/v1/technicians/{id}",         FIELD),
    ("PUT",    "/v1/technicians/{id}",         &[Administrator, Supervisor, Firm]),
    ("GET",    "/v1/technician-proposals",     &[Administrator, Supervisor, Firm]),
    ("POST",   "/v1/technician-proposals/{id}/decision", OFFICE),
    ("POST",   "/v1/technicians/{id}/shift-entries", &[Administrator, Supervisor, Firm]),
    ("GET",    "/v1/technicians/{id}/shift-entries", &[Administrator, Supervisor, Dispatcher, Firm]),
    ("DELETE", "/v1/shift-entries/{id}",       &[Administrator, Supervisor, Firm]),
    ("POST",   "/v1/shift-swaps",              &[Administrator, Supervisor, Firm]),
    ("GET",    "/v1/shift-swaps/{id}",         &[Administrator, Supervisor, Dispatcher, Firm]),
    ("DELETE", "/v1/shift-swaps/{id}",         &[Administrator, Supervisor, Firm]),
    ("GET",    "/v1/firms/{id}/roster",        &[Administrator, Supervisor, Dispatcher, Firm]),
    ("GET",    "/v1/roster-lint",              DESK),
    ("POST",   "/v1/positions",                &[Firm, Technician]),
    ("POST",   "/v1/blocks",                   DESK),
    ("GET",    "/v1/blocks",                   DESK),
    ("DELETE", "/v1/blocks/{id}",              DESK),
    ("GET",    "/v1/places",                   &[Administrator, Supervisor, Dispatcher, Firm]),
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
    ("POST",   "/v1/jobs/{id}/interpretations", FIELD),
    ("POST",   "/v1/interpretations/{id}/outcome", FIELD),
    ("POST",   "/v1/interpretations/{id}/ending", FIELD),
    ("POST",   "/v1/calls/{id}/call-backs", DESK),
    ("POST",   "/v1/calls/{id}/attachment", DESK),
    ("POST",   "/v1/calls/{id}/detachment", DESK),
    ("GET",    "/v1/calls/{id}/duplicates", DESK),
    ("POST",   "/v1/hand-overs", DESK),
    ("GET",    "/v1/hand-overs/{id}", DESK),
    ("POST",   "/v1/hand-overs/{id}/acceptance", DESK),
    ("GET",    "/v1/languages",                FIELD),
    ("GET",    "/v1/languages/{tag}",          FIELD),
    ("POST",   "/v1/cases",                    DESK),
    ("GET",    "/v1/cases", DESK),
    ("PUT",    "/v1/cases/{id}", DESK),
    ("POST",   "/v1/cases/{id}/closing", DESK),
    ("POST",   "/v1/cases/{id}/reopening", DESK),
    ("POST",   "/v1/cases/{id}/eligibility", DESK),
    ("POST",   "/v1/cases/{id}/warrants", DESK),
    ("POST",   "/v1/jobs/{id}/identity-plan", DESK),
    ("GET",    "/v1/consent-texts", FIELD),
    ("GET",    "/v1/consent-texts/{version}/{language}", FIELD),
    ("GET",    "/v1/job-codes", FIELD),
    ("GET",    "/v1/job-codes/{code}", FIELD),
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
    ("GET",    "/v1/jobs",                     FIELD),
    ("GET",    "/v1/jobs/{id}",                FIELD),
    ("POST",   "/v1/jobs/{id}/cancellation",   DESK),
    ("POST",   "/v1/jobs/{id}/helpers",        DESK),
    ("POST",   "/v1/jobs/{id}/rework",         DESK),
    ("GET",    "/v1/jobs/{id}/decisions",      DESK),
    ("GET",    "/v1/jobs/{id}/messages",       &[Administrator, Supervisor, Dispatcher, Firm]),
    ("GET",    "/v1/queue",                    DESK),
    ("GET",    "/v1/fleet",                    DESK),
    ("GET",    "/v1/outlines",                 DESK),
    ("GET",    "/v1/alarms",                   DESK),
    ("POST",   "/v1/alarms/{id}/acknowledgement", DESK),
    ("GET",    "/v1/offers",                   FIELD),
    ("GET",    "/v1/offers/{id}",              FIELD),
    ("POST",   "/v1/offers/{id}/acceptance",   FIELD),
    ("POST",   "/v1/offers/{id}/refusal",      FIELD),
    ("POST",   "/v1/offers/{id}/technician",   &[Administrator, Supervisor, Dispatcher, Firm]),
    ("POST",   "/v1/offers/{id}/withdrawal",   DESK),
    ("GET",    "/v1/assignments/{id}/order-note", FIELD),
    ("POST",   "/v1/assignments/{id}/withdrawal", FIELD),
    ("POST",   "/v1/assignments/{id}/danger-acknowledgements", FIELD),
    ("POST",   "/v1/jobs/{id}/override",       DESK),
    ("POST",   "/v1/jobs/{id}/reassignment",   DESK),
    ("POST",   "/v1/jobs/{id}/appointment",    DESK),
    ("GET",    "/v1/jobs/{id}/windows",        DESK),
    ("GET",    "/v1/jobs/{id}/appointment",    FIELD),
    ("POST",   "/v1/jobs/{id}/appointment/cancellation", DESK),
    ("POST",   "/v1/jobs/{id}/facts",          FIELD),
    ("GET",    "/v1/jobs/{id}/facts",          FIELD),
    ("POST",   "/v1/jobs/{id}/evidence",       FIELD),
    ("GET",    "/v1/jobs/{id}/evidence",       FIELD),
    ("GET",    "/v1/evidence/{id}",            FIELD),
    ("POST",   "/v1/jobs/{id}/signature-absence", FIELD),
    ("POST",   "/v1/cases/{id}/erasure",       OFFICE),
    ("POST",   "/v1/cases/{id}/legal-hold",    OFFICE),
    ("POST",   "/v1/cases/{id}/legal-hold-lifting", OFFICE),
    ("GET",    "/v1/read-log",                 OFFICE),
    ("GET",    "/v1/retention-runs",           OFFICE),
    ("GET",    "/v1/jobs/{id}/statement",      FIELD),
    ("GET",    "/v1/reviews",                  OFFICE),
    ("GET",    "/v1/reviews/{id}",             OFFICE),
    ("POST",   "/v1/reviews/{id}/decision",    &[Supervisor]),
    ("POST",   "/v1/reviews/{id}/preview",     OFFICE),
    ("POST",   "/v1/jobs/{id}/payer-authorities", &[Administrator, Supervisor, Dispatcher]),
    ("GET",    "/v1/jobs/{id}/payer-authorities", &[Administrator, Supervisor, Dispatcher, Billing]),
    ("POST",   "/v1/jobs/{id}/payments",       &[Administrator, Supervisor, Dispatcher, Billing]),
    ("GET",    "/v1/jobs/{id}/payments",       &[Administrator, Supervisor, Dispatcher, Billing]),
    ("POST",   "/v1/jobs/{id}/statutory-receipts", &[Administrator, Supervisor, Dispatcher, Billing]),
    ("POST",   "/v1/jobs/{id}/disputes",       &[Administrator, Supervisor, Dispatcher, Billing]),
    ("GET",    "/v1/jobs/{id}/disputes",       &[Administrator, Supervisor, Dispatcher, Billing]),
    ("POST",   "/v1/disputes/{id}/resolution", &[Supervisor]),
    ("POST",   "/v1/disputes/{id}/preview",    &[Administrator, Supervisor]),
    ("GET",    "/v1/ledger-lines",             &[Administrator, Supervisor, Billing]),
    ("GET",    "/v1/payments",                 &[Administrator, Supervisor, Billing]),
    ("GET",    "/v1/disputes",                 &[Administrator, Supervisor, Billing]),
    ("POST",   "/v1/billing-consumers",        &[Administrator]),
    ("GET",    "/v1/billing-consumers",        OFFICE),
    ("GET",    "/v1/billing-consumers/{id}",   &[Administrator, Supervisor, Billing]),
    ("GET",    "/v1/billing-consumers/{id}/lines",            &[Administrator, Supervisor, Billing]),
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
];

/// What whoever is suspended reaches all the same: what they have in hand, and reports of what they had (G-10).
const IN_HAND: &[(&str, &str)] = &[
    ("GET", "/v1/me"),
    ("GET", "/v1/jobs"),
    ("GET", "/v1/jobs/{id}"),
    ("GET", "/v1/jobs/{id}/facts"),
    ("GET", "/v1/jobs/{id}/evidence"),
    ("GET", "/v1/jobs/{id}/statement"),
    ("GET", "/v1/evidence/{id}"),
    ("GET", "/v1/assignments/{id}/order-note"),
    ("POST", "/v1/assignments/{id}/withdrawal"),
    ("POST", "/v1/assignments/{id}/danger-acknowledgements"),
    ("POST", "/v1/jobs/{id}/facts"),
    ("POST", "/v1/jobs/{id}/evidence"),
    ("POST", "/v1/jobs/{id}/signature-absence"),
    ("POST", "/v1/jobs/{id}/interpretations"),
    ("POST", "/v1/interpretations/{id}/outcome"),
    ("POST", "/v1/interpretations/{id}/ending"),
    ("GET", "/v1/consent-texts"),
    ("GET", "/v1/consent-texts/{version}/{language}"),
    ("GET", "/v1/languages"),
    ("GET", "/v1/languages/{tag}"),
    ("GET", "/v1/job-codes"),
    ("GET", "/v1/job-codes/{code}"),
];

/// An id nothing has.
const NOBODY: &str = "00000000-0000-7000-8000-000000000000";

on_both_engines! {
    async fn every_endpoint_admits_exactly_its_roles(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let consumer = server.administrator().post("/v1/billing-consumers", json!({ "name": "経理" })).await;
        let consumer: uuid::Uuid = consumer.expect(201)["id"].as_str().unwrap().parse().unwrap();
        let billing = server.token(Billing, None, None, Some(consumer.into())).await;
        let document = server.with(None).get("/openapi.json").await.expect(200);
        let mut described = BTreeSet::new();
        for (path, operations) in document["paths"].as_object().unwrap() {
            for method in operations.as_object().unwrap().keys() {
                described.insert((method.to_uppercase(), path.clone()));
            }
        }
        let expected: BTreeSet<_> = EXPECTED.iter().map(|row| (row.0.to_owned(), row.1.to_owned())).collect();
        assert_eq!(described, expected, "an endpoint is missing from the table, or from the API");
        for (method, path, allowed) in EXPECTED {
            let method: Method = method.parse().unwrap();
            let path = path.replace("{id}", NOBODY).replace("{hazard}", "H-GAS").replace("{tag}", "ne").replace("{code}", "none");
            let asked = |client: &crate::support::server::Client| {
                let request = client.request(method.clone(), &path);
                let request = request.header("Idempotency-Key", "k").header("If-Match", "\"1\"");
                if method == Method::GET { request } else { request.json(&json!({ "no": "such field" })) }
            };
            let nobody = server.with(None);
            assert_eq!(nobody.send(asked(&nobody)).await.problem(), "unauthenticated", "{method} {path}");
            for &role in Role::ALL {
                let client = match role {
                    Firm => crew.office.clone(),
                    Technician => crew.phone.clone(),
                    Billing => server.with(Some(&billing)),
                    other => server.client(other),
                };
                let status = client.send(asked(&client)).await.status.as_u16();
                if allowed.contains(&role) {
                    assert!(![401, 403].contains(&status) && status < 500, "{role} {method} {path}: {status}");
                } else {
                    assert_eq!(status, 403, "{role} {method} {path}");
                }
            }
        }
        server.stop().await;
    }

    async fn whoever_is_suspended_or_revoked_reaches_no_more_than_they_may(db: TestDb) {
        let server = TestServer::start(&db).await;
        let firm = world::crew(&server, "停止会社", 35.165, 136.91).await;
        put_state(&server, &format!("/v1/firms/{}", firm.firm), "suspended").await;
        let one = world::crew(&server, "別会社", 35.165, 136.91).await;
        put_state(&server, &format!("/v1/technicians/{}", one.technician), "suspended").await;
        let revoked = world::crew(&server, "失効会社", 35.165, 136.91).await;
        let administrator = server.administrator();
        let tokens = administrator.get("/v1/tokens?limit=200").await.expect(200);
        for token in tokens["items"].as_array().unwrap().iter().filter(|token| token["firm_id"] == json!(revoked.firm)) {
            let path = format!("/v1/tokens/{}", token["id"].as_str().unwrap());
            administrator.send(administrator.request(Method::DELETE, &path)).await.expect(200);
        }
        for (method, path, allowed) in EXPECTED {
            let is_open = IN_HAND.contains(&(*method, *path));
            let method: Method = method.parse().unwrap();
            let path = path.replace("{id}", NOBODY).replace("{hazard}", "H-GAS").replace("{tag}", "ne").replace("{code}", "none");
            let asked = |client: &crate::support::server::Client| {
                let request = client.request(method.clone(), &path);
                let request = request.header("Idempotency-Key", "k").header("If-Match", "\"1\"");
                if method == Method::GET { request } else { request.json(&json!({ "no": "such field" })) }
            };
            for (role, client) in [(Firm, &firm.office), (Technician, &firm.phone), (Technician, &one.phone)] {
                let answer = client.send(asked(client)).await;
                let status = answer.status.as_u16();
                match (allowed.contains(&role), is_open) {
                    (true, true) => assert!(![401, 403].contains(&status) && status < 500, "{role} {method} {path}: {status}"),
                    (true, false) => assert_eq!(answer.problem(), "suspended", "{role} {method} {path}"),
                    (false, _) => assert_eq!(answer.problem(), "forbidden", "{role} {method} {path}"),
                }
            }
            for client in [&revoked.office, &revoked.phone] {
                assert_eq!(client.send(asked(client)).await.problem(), "unauthenticated", "{method} {path}");
            }
            // The firm of a suspended technician is in service, and goes on.
            let status = one.office.send(asked(&one.office)).await.status.as_u16();
            assert_eq!(status == 403, !allowed.contains(&Firm), "{method} {path}: {status}");
        }
        server.stop().await;
    }

    async fn a_revoked_or_expired_token_counts_for_nothing(db: TestDb) {
        let server = TestServer::start(&db).await;
        let administrator = server.administrator();
        let body = json!({ "name": "夜勤", "role": "dispatcher", "expires_at": "2026-11-22T21:10:00+09:00" });
        let issued = administrator.post("/v1/tokens", body.clone()).await.expect(201);
        let client = server.with(issued["secret"].as_str());
        client.get("/v1/me").await.expect(200);
        server.pass(10).await;
        assert_eq!(client.get("/v1/me").await.problem(), "unauthenticated");
        let issued = administrator.post("/v1/tokens", json!({ "name": "夜勤", "role": "dispatcher" })).await.expect(201);
        let client = server.with(issued["secret"].as_str());
        client.get("/v1/me").await.expect(200);
        let path = format!("/v1/tokens/{}", issued["id"].as_str().unwrap());
        let revoked = administrator.send(administrator.request(Method::DELETE, &path)).await.expect(200);
        assert!(revoked["revoked_at"].is_string());
        assert_eq!(client.get("/v1/me").await.problem(), "unauthenticated");
        let listed = administrator.get("/v1/tokens?limit=200").await.expect(200).to_string();
        assert!(!listed.contains("secret") && !listed.contains("kkt_"), "{listed}");
        server.stop().await;
    }
}
