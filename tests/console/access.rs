//! Every page x every role x both languages: the table below says who may see it.

use kaketsuke::domain::{
    actor::Role::{self, *},
    tokens::Grant,
};
use serde_json::json;

use crate::{
    support::{
        db::{TestDb, on_both_engines},
        server::TestServer,
        world,
    },
    visitor::{PASSWORD, Visitor, add},
};

const DESK: &[Role] = &[Administrator, Supervisor, Dispatcher];

const DESK_AND_FIRM: &[Role] = &[Administrator, Supervisor, Dispatcher, Firm];
const OFFICE: &[Role] = &[Administrator, Supervisor];

const OFFICE_AND_BILLING: &[Role] = &[Administrator, Supervisor, Billing];

/// Written from the rules of the service, not from its code.
const EXPECTED: &[(&str, &[Role])] = &[
    ("/", DESK),
    ("/?stage=open&priority=P1&trade=water&alarms=true", DESK),
    ("/board/head", DESK),
    ("/board/rows?ids=00000000-0000-7000-8000-000000000000", DESK),
    ("/map", DESK),
    ("/map?priority=P1&stage=open&state=free&trade=lock", DESK),
    ("/roster", DESK_AND_FIRM),
    ("/account", Role::ALL),
    ("/calls", DESK),
    ("/calls/new", DESK),
    ("/kpi?from=2026-11-16&to=2026-11-22", OFFICE),
    ("/programmes", OFFICE),
    ("/reviews", OFFICE),
    ("/staff", OFFICE),
    ("/firm", &[Firm]),
    ("/firm?state=completed", &[Firm]),
    ("/audit", OFFICE),
    ("/audit?case=A-1&purpose=&from=2026-11-22&to=", OFFICE),
    ("/billing", OFFICE_AND_BILLING),
    ("/billing?kind=overtime&payer=worker&from=2026-11-22&to=", OFFICE_AND_BILLING),
    ("/users", &[Administrator]),
    ("/reviews?state=decided", OFFICE),
];

/// What changes something, with a path of nothing there is.
const CHANGES: &[(&str, &[Role])] = &[
    ("/board/alarms/00000000-0000-7000-8000-000000000000/acknowledgement", DESK),
    ("/account/sessions/00000000-0000-7000-8000-000000000000/ending", Role::ALL),
    ("/account/password", Role::ALL),
];

/// One person of each role, signed in.
async fn everybody(server: &TestServer) -> Vec<(Role, Visitor)> {
    let crew = world::crew(server, "栄水道", 35.165, 136.91).await;
    let consumer = server.administrator().post("/v1/billing-consumers", json!({ "name": "経理" })).await;
    let consumer: uuid::Uuid = consumer.expect(201)["id"].as_str().unwrap().parse().unwrap();
    let firm: uuid::Uuid = crew.firm.parse().unwrap();
    let technician: uuid::Uuid = crew.technician.parse().unwrap();
    let mut visitors = Vec::new();
    for &role in Role::ALL {
        let bound = (role == Firm || role == Technician).then_some(firm.into());
        let who = (role == Technician).then_some(technician.into());
        let whose = (role == Billing).then_some(consumer.into());
        add(server, role.as_str(), Grant::new(role, bound, who, whose).unwrap()).await;
        let mut visitor = Visitor::new(server);
        visitor.sign_in(role.as_str(), PASSWORD).await.expect(303);
        visitors.push((role, visitor));
    }
    visitors
}

on_both_engines! {
    async fn every_page_admits_exactly_its_roles_in_both_languages(db: TestDb) {
        let server = TestServer::start(&db).await;
        let mut visitors = everybody(&server).await;
        world::job(&server).await;
        for (role, visitor) in &mut visitors {
            for language in ["ja", "en"] {
                visitor.set_cookie("kaketsuke_language", language);
                for (path, allowed) in EXPECTED {
                    let answer = visitor.get(path).await;
                    let status = if allowed.contains(role) { 200 } else { 403 };
                    assert_eq!(answer.status.as_u16(), status, "{role} {path}");
                    assert!(!answer.text.contains('⟦'), "{role} {path} {language}: {}", answer.text);
                    if answer.text.contains("<html") {
                        assert!(answer.text.contains(&format!("<html lang=\"{language}\"")), "{path}");
                    }
                    let way = answer.text.contains("href=\"/\" aria-current") || answer.text.contains(">受付ボード<");
                    assert!(DESK.contains(role) || !way, "{role} is shown the way to the Board");
                }
            }
            for (path, allowed) in CHANGES {
                let status = visitor.post(path, &[("old", ""), ("new", "")]).await.status.as_u16();
                assert!(status < 500 && (status == 403) != allowed.contains(role), "{role} {path}: {status}");
            }
        }
        let mut nobody = Visitor::new(&server);
        for (path, _) in EXPECTED {
            assert!(nobody.get(path).await.expect(303).location().starts_with("/sign-in"), "{path}");
        }
        for (path, _) in CHANGES {
            nobody.post_raw(path, &[]).await.expect(401);
        }
        nobody.get("/nowhere").await.expect(404);
        server.stop().await;
    }
}
