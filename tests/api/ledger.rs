//! The ledger, payments and disputes of all jobs, newest first.

use kaketsuke::domain::actor::Role;
use serde_json::{Value, json};

use crate::support::{
    db::{TestDb, on_both_engines},
    server::TestServer,
    site::{self, Device, clock},
    world,
};

async fn billed(server: &TestServer) -> String {
    let crew = world::crew(server, "栄水道", 35.165, 136.91).await;
    let job = site::accepted_job(server, &crew).await;
    server.pass(90).await;
    let mut phone = Device::new(&job, "phone");
    // Two units of work, one agreed to.
    let facts = site::agreed(&mut phone, "21:05", ("21:50", 1), "22:25");
    phone.send(server, &crew.phone, &facts).await.expect(200);
    server.settle().await;
    job
}

fn brief(list: &Value) -> Vec<(String, i64)> {
    let items = list["items"].as_array().unwrap().iter();
    items
        .map(|line| (line["kind"].as_str().unwrap().to_owned(), line["amount_yen"].as_i64().unwrap()))
        .collect()
}

on_both_engines! {
    async fn lines_are_listed_newest_first_and_filtered(db: TestDb) {
        let server = TestServer::start(&db).await;
        let job = billed(&server).await;
        let (consumer, billing) = site::consumer(&server, "経理").await;
        let list = async |query: &str| billing.get(&format!("/v1/ledger-lines{query}")).await.expect(200);
        let all = list("").await;
        // Both are of one instant, and within that the order is nobody's.
        let mut sorted = brief(&all);
        sorted.sort();
        assert_eq!(sorted, [("overtime".to_owned(), 1_100), ("write_off".to_owned(), 0)]);
        for line in all["items"].as_array().unwrap() {
            assert_eq!(line["firm_name"], "栄水道");
            assert!(line["case_number"].is_string() && line["is_reversed"] == json!(false));
        }
        assert_eq!(brief(&list("?kind=overtime").await).len(), 1);
        assert_eq!(brief(&list("?payer=landlord").await).len(), 0);
        assert_eq!(brief(&list(&format!("?job_id={job}")).await).len(), 2);
        assert_eq!(brief(&list("?to=2026-11-22T12:00:00Z").await).len(), 0);
        // Page by page, back in time.
        let first = list("?limit=1").await;
        let second = list(&format!("?limit=1&cursor={}", first["next"].as_str().unwrap())).await;
        assert_eq!([brief(&first), brief(&second)].concat(), brief(&all));
        assert!(second["next"].is_null());
        // The same as a file.
        let path = format!("/v1/billing-consumers/{consumer}/lines?format=csv");
        let csv = billing.get(&path).await;
        assert_eq!(csv.headers["content-disposition"], "attachment; filename=\"lines.csv\"");
        assert!(csv.body.as_str().unwrap().contains("overtime"), "{}", csv.body);
        server.stop().await;
    }

    async fn a_download_is_the_whole_file(db: TestDb) {
        let server = TestServer::start(&db).await;
        let job = billed(&server).await;
        let (consumer, billing) = site::consumer(&server, "経理").await;
        let supervisor = server.client(Role::Supervisor);
        // The two lines of a settlement, which are never torn apart, and three payments.
        for yen in [10, 20, 30] {
            server.pass(15).await;
            let paid = json!({
                "kind": "later", "method": "card", "payer": "worker", "amount_yen": yen, "received_at": server.ctx.now(),
            });
            supervisor.post(&format!("/v1/jobs/{job}/payments"), paid).await.expect(201);
        }
        server.settle().await;
        let rows = async |query: &str| {
            let csv = billing.get(&format!("/v1/billing-consumers/{consumer}/lines?format=csv{query}")).await;
            let text = csv.body.as_str().unwrap().to_owned();
            let rows: Vec<_> = text.lines().skip(1).map(str::to_owned).collect();
            (csv.headers.get("x-has-more").is_some(), rows)
        };
        let (has_more, page) = rows("&limit=1").await;
        assert_eq!((has_more, page.len()), (true, 2));
        for limit in [1, 2, 3, 500] {
            let (has_more, whole) = rows(&format!("&limit={limit}&extent=whole&bom=true&after=0")).await;
            assert_eq!((has_more, whole.len()), (false, 5), "{limit}");
            let ids: std::collections::BTreeSet<_> = whole.iter().map(|row| row.split(',').nth(2).unwrap()).collect();
            assert_eq!(ids.len(), 5, "each once");
        }
        assert_eq!(rows("&extent=page&limit=1").await.1, page);
        let refused = billing.get(&format!("/v1/billing-consumers/{consumer}/lines?format=csv&extent=half")).await;
        assert_eq!(refused.refused_field(), "query");
        server.stop().await;
    }

    async fn payments_and_disputes_are_listed_with_their_case(db: TestDb) {
        let server = TestServer::start(&db).await;
        let job = billed(&server).await;
        let supervisor = server.client(Role::Supervisor);
        let paid = json!({ "kind": "later", "method": "card", "payer": "worker", "amount_yen": 1_100, "received_at": clock("22:26") });
        supervisor.post(&format!("/v1/jobs/{job}/payments"), paid).await.expect(201);
        let dispute = json!({ "reason": "wrong_amount", "payer": "worker" });
        let dispute = supervisor.post(&format!("/v1/jobs/{job}/disputes"), dispute).await.expect(201);
        let payments = supervisor.get("/v1/payments").await.expect(200);
        assert_eq!(payments["items"][0]["amount_yen"], 1_100);
        let open = supervisor.get("/v1/disputes?state=open").await.expect(200);
        assert_eq!((&open["items"][0]["id"], &open["items"][0]["case_number"]), (&dispute["id"], &payments["items"][0]["case_number"]));
        let path = format!("/v1/disputes/{}/resolution", dispute["id"].as_str().unwrap());
        supervisor.post(&path, json!({ "outcome": "rejected" })).await.expect(200);
        assert_eq!(supervisor.get("/v1/disputes?state=open").await.expect(200)["items"], json!([]));
        assert_eq!(supervisor.get("/v1/disputes?state=resolved").await.expect(200)["items"].as_array().unwrap().len(), 1);
        server.stop().await;
    }
}
