//! Billing: programmes and estimates, consumers, and the ledger pulled by position.

use kaketsuke::{app, domain::reference::Dataset};
use serde_json::{Value, json};

use crate::support::{
    db::{TestDb, on_both_engines},
    server::TestServer,
    site::{self, Device, accepted_job, acknowledge, consent, consumer},
    world,
};

/// A completed job of 80 minutes with consent to two units; its overtime line.
async fn billed_job(server: &TestServer, crew: &world::Crew) -> String {
    let (job, begun) = (accepted_job(server, crew).await, server.ctx.now());
    let mut device = Device::new(&job, "phone-1");
    let mut facts = vec![device.fact("21:00", json!({ "kind": "departure" }))];
    facts.extend(site::agreed(&mut device, "21:00", ("21:00", 2), "21:00"));
    site::dated(&mut facts, begun, &[1, 10, 10, 65, 90, 90]);
    for (minutes, told) in [(1, &facts[..1]), (90, &facts[1..])] {
        server.pass(minutes).await;
        device.send(server, &crew.phone, told).await.expect(200);
    }
    server.settle().await;
    job
}

fn jobs(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|line| line["job_id"].as_str().unwrap().to_owned()).collect()
}

on_both_engines! {
    async fn lines_are_pulled_in_order_and_acknowledged_forward_only(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let (id, client) = consumer(&server, "経理").await;
        server.pass(120).await;
        let mut done = Vec::new();
        for _ in 0..3 {
            done.push(billed_job(&server, &crew).await);
        }
        let path = format!("/v1/billing-consumers/{id}");
        let first = client.get(&format!("{path}/lines?limit=2")).await.expect(200);
        assert_eq!((jobs(&first), &first["has_more"]), (done[..2].to_vec(), &json!(true)));
        assert_eq!(first["pos"], first["items"][1]["pos"]);
        assert_eq!(client.get(&format!("{path}/lines?limit=2")).await.expect(200), first, "the same pull, the same lines");
        let read_on = format!("{path}/lines?after={}", first["pos"]);
        let rest = client.get(&read_on).await.expect(200);
        assert_eq!((jobs(&rest), &rest["has_more"]), (done[2..].to_vec(), &json!(false)));
        let acknowledged = acknowledge(&client, &id, &first["pos"]).await.expect(200);
        assert_eq!(acknowledged["acknowledged_pos"], first["pos"]);
        let again = acknowledge(&client, &id, &first["pos"]).await.expect(200);
        for field in ["id", "version", "acknowledged_pos"] {
            assert_eq!(again[field], acknowledged[field], "the same again: {field}");
        }
        assert_eq!(jobs(&client.get(&format!("{path}/lines")).await.expect(200)), done[2..]);
        let back = acknowledge(&client, &id, &json!(first["pos"].as_i64().unwrap() - 1)).await;
        assert_eq!((back.status.as_u16(), back.problem()), (409, "acknowledgement-back"));
        let ahead = acknowledge(&client, &id, &json!(i64::MAX)).await;
        assert_eq!((ahead.status.as_u16(), ahead.problem()), (409, "acknowledgement-ahead"));
        assert_eq!(acknowledge(&client, &id, &json!(-1)).await.refused_field(), "pos");
        let rest = client.get(&format!("{path}/lines")).await.expect(200);
        acknowledge(&client, &id, &rest["pos"]).await.expect(200);
        let end = client.get(&format!("{path}/lines")).await.expect(200);
        assert_eq!((jobs(&end), &end["has_more"]), (vec![], &json!(false)));
        server.stop().await;
    }

    async fn a_settlement_is_never_torn_apart_and_what_comes_late_is_not_skipped(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let (id, client) = consumer(&server, "経理").await;
        let job = billed_job(&server, &crew).await;
        let path = format!("/v1/billing-consumers/{id}/lines?limit=1");
        let page = client.get(&path).await.expect(200);
        acknowledge(&client, &id, &page["pos"]).await.expect(200);
        let mut office = Device::new(&job, "office");
        let mut no = consent("22:15", 2);
        no["answer"] = json!("no");
        let no = office.fact("22:15", no);
        office.send(&server, &crew.phone, &[no]).await.expect(200);
        server.settle().await;
        let late = client.get(&path).await.expect(200);
        let lines: Vec<_> = late["items"].as_array().unwrap().iter().map(|line| (line["kind"].as_str().unwrap(), line["amount_yen"].as_i64().unwrap())).collect();
        assert_eq!(lines, [("reversal", -2_200), ("overtime", 1_100), ("write_off", 0)]);
        assert_eq!(late["items"][0]["reverses"], page["items"][0]["id"]);
        assert_eq!(late["items"][0]["pos"], late["items"][2]["pos"]);
        server.stop().await;
    }

    async fn newer_terms_never_change_what_a_job_was_made_under(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let old = accepted_job(&server, &crew).await;
        server.pass(1).await;
        let printed = String::from_utf8(Dataset::Programme000.embedded().to_vec()).unwrap();
        let dearer = printed
            .replace("overtime_unit_price_incl_tax = 1100", "overtime_unit_price_incl_tax = 2200")
            .replace("overtime_unit_price_excl_tax = 1000", "overtime_unit_price_excl_tax = 2000")
            .replace("overtime_unit_tax = 100", "overtime_unit_tax = 200");
        let files = [(Dataset::Programme000, dearer.into_bytes())].into();
        assert_eq!(app::reference::load(&server.ctx, files).await.unwrap(), ["programme-000"]);
        let work = async |job: &str, from: &str, asked: &str, until: &str| {
            let mut device = Device::new(job, "phone-1");
            let mut facts = site::agreed(&mut device, from, (asked, 2), until);
            facts[2]["cap_yen"] = json!(10_000);
            device.send(&server, &crew.phone, &facts).await.expect(200);
            let statement = crew.phone.get(&format!("/v1/jobs/{job}/statement")).await.expect(200);
            (statement["total_yen"].as_i64(), statement["lines"][0]["proof"]["terms"].as_i64())
        };
        server.pass(85).await;
        assert_eq!(work(&old, "21:05", "21:58", "22:25").await, (Some(2_200), Some(1)));
        let new = accepted_job(&server, &crew).await;
        server.pass(85).await;
        assert_eq!(work(&new, "22:30", "23:22", "23:50").await, (Some(4_400), Some(2)));
        assert_eq!(app::settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        server.stop().await;
    }

    async fn a_billing_token_knows_its_own_consumer_only(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (own, client) = consumer(&server, "経理").await;
        let (other, _) = consumer(&server, "監査").await;
        let administrator = server.administrator();
        let same = administrator.post("/v1/billing-consumers", json!({ "name": "経理" })).await;
        assert_eq!((same.status.as_u16(), same.problem()), (409, "consumer-exists"));
        client.get(&format!("/v1/billing-consumers/{own}")).await.expect(200);
        for path in [format!("/v1/billing-consumers/{other}"), format!("/v1/billing-consumers/{other}/lines")] {
            assert_eq!(client.get(&path).await.problem(), "not-found");
            administrator.get(&path).await.expect(200);
        }
        assert_eq!(acknowledge(&client, &other, &json!(0)).await.problem(), "not-found");
        let listed = administrator.get("/v1/billing-consumers?limit=1").await.expect(200);
        assert_eq!((listed["items"].as_array().unwrap().len(), listed["next"].is_string()), (1, true));
        server.stop().await;
    }

    async fn programmes_and_what_something_would_cost(db: TestDb) {
        let server = TestServer::start(&db).await;
        let dispatcher = server.dispatcher();
        let listed = dispatcher.get("/v1/programmes").await.expect(200);
        let ids: Vec<_> = listed.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
        assert_eq!(ids, ["000", "001", "002", "003", "004"]);
        let shown = dispatcher.get("/v1/programmes/000").await.expect(200);
        assert_eq!(shown["name_ja"], "生活トラブルサポート");
        assert_eq!((&shown["charging"]["overtime_unit_price_yen"], &shown["charging"]["free_seconds"]), (&json!(1_100), &json!(3_600)));
        assert!(dispatcher.get("/v1/programmes/001").await.expect(200)["charging"].is_null());
        let visits = json!([[{ "technician": "A", "from": "2026-11-22T21:10:00+09:00", "to": "2026-11-22T22:22:00+09:00", "kind": "work" }]]);
        let ask = async |programme: &str, body: Value| {
            let path = format!("/v1/programmes/{programme}/charge-estimate");
            dispatcher.send(dispatcher.request(reqwest::Method::POST, &path).json(&body)).await
        };
        let estimate = ask("000", json!({ "visits": visits, "consented_units": 1 })).await.expect(200);
        assert_eq!((&estimate["units"], &estimate["billable_units"], &estimate["total_yen"]), (&json!(2), &json!(1), &json!(1_100)));
        for unknown in ["001", "999", "%00"] {
            assert_eq!(ask(unknown, json!({ "visits": visits })).await.problem(), "not-found", "{unknown}");
        }
        assert_eq!(ask("000", json!({ "visits": visits, "consented_units": -1 })).await.refused_field(), "consented_units");
        server.stop().await;
    }
}
