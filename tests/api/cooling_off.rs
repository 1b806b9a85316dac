//! Cooling-off (Y-11 to Y-13): eight days from the day on which the customer received the statutory document.

use kaketsuke::domain::actor::Role;
use serde_json::{Value, json};

use crate::{
    support::{
        db::{TestDb, on_both_engines},
        server::{Client, Reply, TestServer, id},
        site::consumer,
    },
    visits::{Device, Site, at},
};

async fn receive(client: &Client, job: &str, day: Value) -> Reply {
    client.post(&format!("/v1/jobs/{job}/statutory-receipts"), json!({ "received_on": day })).await
}

async fn page(client: &Client, site: &Site) -> String {
    let path = format!("/v1/jobs/{}/statement?format=html", site.job);
    client.get(&path).await.expect(200).as_str().unwrap().to_owned()
}

on_both_engines! {
    async fn y_11_the_eight_days_begin_when_the_document_is_received_and_not_before(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (_, billing) = consumer(&server, "経理").await;
        let site = Site::open(&server, "栄水道").await;
        server.pass(120).await;
        let dispatcher = server.dispatcher();
        assert_eq!(site.statement(&dispatcher).await["cooling_off"], Value::Null, "nothing is sold yet");
        let mut phone = Device::new("phone");
        let facts = phone.plain(72 * 60, Some(2));
        site.report(&server, &phone, &facts).await;
        let open = json!({ "document_received_on": "unspecified", "ends_on": "unspecified" });
        assert_eq!(site.statement(&dispatcher).await["cooling_off"], open);
        assert!(page(&dispatcher, &site).await.contains("書面の受領日 未登録"));

        // It is 23:00 on the 22nd.
        let receipt = receive(&dispatcher, &site.job, json!("2026-11-22")).await.expect(201);
        assert_eq!((&receipt["number"], &receipt["received_on"]), (&json!(1), &json!("2026-11-22")));
        let until = |from: &str, to: &str| json!({ "document_received_on": from, "ends_on": to });
        assert_eq!(site.statement(&dispatcher).await["cooling_off"], until("2026-11-22", "2026-11-29"));
        // Two hours later it turns out that the document came by post: the later record counts.
        server.pass(120).await;
        assert_eq!(receive(&billing, &site.job, json!("2026-11-23")).await.problem(), "receipt-dated-later");
        assert_eq!(site.statement(&dispatcher).await["cooling_off"], until("2026-11-22", "2026-11-29"));
        let path = format!("/v1/jobs/{}/statutory-receipts", site.job);
        let meant = json!({ "received_on": "2026-11-23", "confirm": ["dated_later"] });
        let corrected = billing.post(&path, meant).await.expect(201);
        assert_eq!(corrected["number"], 2);
        for reader in [&dispatcher, &site.crew.office] {
            assert_eq!(site.statement(reader).await["cooling_off"], until("2026-11-23", "2026-11-30"));
            let page = page(reader, &site).await;
            assert!(page.contains("書面の受領日 2026年11月23日、クーリング・オフの期限 2026年11月30日"), "{page}");
        }
        server.stop().await;
    }

    async fn y_12_where_no_document_is_required_there_is_nothing_to_cool_off_from(db: TestDb) {
        let server = TestServer::start(&db).await;
        let site = Site::open(&server, "栄水道").await;
        server.pass(120).await;
        let mut phone = Device::new("phone");
        let mut facts = phone.plain(72 * 60, Some(2));
        let taken = json!({ "kind": "payment", "method": "cash", "amount_yen": 2_200 });
        facts.push(phone.tell(at("22:28:00"), &taken));
        site.report(&server, &phone, &facts).await;
        let dispatcher = server.dispatcher();
        receive(&dispatcher, &site.job, json!("2026-11-22")).await.expect(201);
        let statement = site.statement(&dispatcher).await;
        assert_eq!((&statement["total_yen"], &statement["due_yen"]), (&json!(2_200), &json!(0)));
        assert_eq!(statement["cooling_off"], Value::Null, "under 3,000 yen, in cash at once");
        assert!(!page(&dispatcher, &site).await.contains("クーリング・オフ"));
        server.stop().await;
    }

    // Y-11: who was refused, or took it back, has not rescinded; the eight days go on.
    async fn a_notice_that_was_rejected_or_taken_back_is_none(db: TestDb) {
        let server = TestServer::start(&db).await;
        let outcomes = ["rejected", "withdrawn"];
        let sites = [Site::open(&server, "栄水道").await, Site::open(&server, "別会社").await];
        server.pass(120).await;
        let (dispatcher, supervisor) = (server.dispatcher(), server.client(Role::Supervisor));
        let asks = json!({ "reason": "cooling_off", "payer": "worker" });
        let resolution = |dispute: &Value| format!("/v1/disputes/{}/resolution", id(dispute));
        for (site, outcome) in sites.iter().zip(outcomes) {
            let mut phone = Device::new("phone");
            let facts = phone.plain(72 * 60, Some(2));
            site.report(&server, &phone, &facts).await;
            receive(&supervisor, &site.job, json!("2026-11-22")).await.expect(201);
            let first = dispatcher.post(&format!("/v1/jobs/{}/disputes", site.job), asks.clone()).await.expect(201);
            supervisor.post(&resolution(&first), json!({ "outcome": outcome })).await.expect(200);
        }
        server.pass(8 * 24 * 60).await;
        for site in &sites {
            let again = dispatcher.post(&format!("/v1/jobs/{}/disputes", site.job), asks.clone()).await.expect(201);
            let mut rescind = json!({ "ruling": "rescind", "reason": "cooling_off", "note": "書面で申出" });
            let upheld = |correction: &Value| json!({ "outcome": "upheld", "correction": correction });
            let refused = supervisor.post(&resolution(&again), upheld(&rescind)).await;
            assert_eq!((refused.problem(), &refused.body["confirm"]), ("cooling-off-over", &json!(["cooling_off_over"])));
            assert_eq!(site.statement(&supervisor).await["total_yen"], 2_200);
            rescind["confirm"] = refused.body["confirm"].clone();
            supervisor.post(&resolution(&again), upheld(&rescind)).await.expect(200);
            assert_eq!(site.statement(&supervisor).await["total_yen"], 0);
        }
        server.stop().await;
    }

    async fn a_day_on_which_it_cannot_have_been_received_is_refused(db: TestDb) {
        let server = TestServer::start(&db).await;
        let site = Site::open(&server, "栄水道").await;
        let dispatcher = server.dispatcher();
        for day in [
            json!("2026-11-21"), json!("2026-11-23"), json!("1999-11-22"), json!("2100-01-01"), json!("2026-11-31"),
            json!("22.11.2026"), json!("2026-11-22T21:00:00+09:00"), json!(""), json!(20_261_122), Value::Null,
        ] {
            assert_eq!(receive(&dispatcher, &site.job, day.clone()).await.refused_field(), "received_on", "{day}");
        }
        let unknown = receive(&dispatcher, "019ab7a0-0000-7000-8000-000000000001", json!("2026-11-22")).await;
        assert_eq!(unknown.problem(), "not-found");
        assert_eq!(db.raw().await.integer("SELECT COUNT(*) FROM statutory_receipt").await, 0);
        // Typing errors have a limit too.
        for number in 1..=20 {
            let receipt = receive(&dispatcher, &site.job, json!("2026-11-22")).await.expect(201);
            assert_eq!(receipt["number"], number);
        }
        assert_eq!(receive(&dispatcher, &site.job, json!("2026-11-22")).await.problem(), "too-many-receipts");
        server.stop().await;
    }
}
