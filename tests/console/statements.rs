//! What the pages ask of the database: so many statements at most, in one snapshot.

use kaketsuke::domain::{actor::Role, tokens::Grant};
use serde_json::json;
use uuid::Uuid;

use crate::{
    support::{
        asked::so_far,
        db::{TestDb, on_both_engines},
        server::{TestServer, id},
        site::{self, Device},
        world,
    },
    visitor::{PASSWORD, Visitor, add, signed_in},
};

/// One job or case and everything around it.
const ONE: u32 = 15;
/// A list of any length.
const LIST: u32 = 6;
/// Several lists beside each other.
const SEVERAL: u32 = 10;

on_both_engines! {
    async fn a_page_is_of_one_snapshot_and_stays_below_its_limit(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let desk = server.dispatcher();
        let (first, job) = (site::accepted_job(&server, &crew).await, world::job(&server).await);
        server.pass(60).await;
        // The same time on two jobs: the second one is doubtful, and what the first one is beside must be read.
        for one in [&first, &job] {
            if one == &job {
                let given = json!({ "technician_id": crew.technician, "reason": "volunteered" });
                desk.post(&format!("/v1/jobs/{job}/override"), given).await.expect(201);
            }
            let mut phone = Device::new(one, "phone");
            let facts = site::work(&mut phone, "21:10", "21:40");
            phone.send(&server, &crew.phone, &facts).await.expect(200);
        }
        let whole = desk.get(&format!("/v1/jobs/{job}")).await.expect(200);
        let case = whole["case_id"].as_str().unwrap();
        let again = desk.post(&format!("/v1/cases/{case}/jobs"), json!({ "job_code": "W-FAUCET-DRIP" })).await.expect(201);
        let review = server.administrator().get("/v1/reviews").await.expect(200)["items"][0]["id"].clone();
        server.settle().await;
        let (job, again, review) = (job.as_str(), id(&again), review.as_str().unwrap().to_owned());
        let firm: Uuid = crew.firm.parse().unwrap();
        add(&server, "firm", Grant::new(Role::Firm, Some(firm.into()), None, None).unwrap()).await;
        let mut contractor = Visitor::new(&server);
        contractor.sign_in("firm", PASSWORD).await.expect(303);
        let mut visitor = signed_in(&server, Role::Administrator).await;
        for (route, path, limit) in [
            ("/jobs/{id}", format!("/jobs/{job}"), ONE),
            ("/jobs/{id}", format!("/jobs/{again}"), ONE),
            ("/cases/{id}", format!("/cases/{case}"), ONE),
            ("/reviews/{id}", format!("/reviews/{review}"), ONE),
            ("/reviews", "/reviews".to_owned(), LIST),
            ("/staff", "/staff".to_owned(), LIST),
            ("/", "/".to_owned(), LIST),
            ("/calls", "/calls".to_owned(), LIST),
            ("/roster", "/roster".to_owned(), LIST),
            ("/billing", "/billing".to_owned(), LIST),
            ("/audit", "/audit".to_owned(), LIST),
            ("/programmes", "/programmes".to_owned(), LIST),
            ("/account", "/account".to_owned(), LIST),
            ("/map", "/map".to_owned(), LIST),
            ("/users", "/users".to_owned(), SEVERAL),
            ("/firm", "/firm".to_owned(), SEVERAL),
            ("/kpi", "/kpi?from=2026-11-16&to=2026-11-22".to_owned(), ONE),
        ] {
            let before = so_far(&server, route).await;
            let visitor = if route == "/firm" { &mut contractor } else { &mut visitor };
            visitor.get(&path).await.expect(200);
            let after = so_far(&server, route).await;
            let [statements, transactions] = [0, 1].map(|at| after[at] - before[at]);
            eprintln!("{statements:3} statements, {transactions} transactions: {path}");
            assert!(statements <= limit, "{path}: {statements} statements, {limit} at most");
            assert!(transactions <= 1, "{path}: {transactions} transactions");
        }
        server.stop().await;
    }
}
