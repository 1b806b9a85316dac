//! What an upheld dispute can change of a bill beside the record: who pays a line, how much of it is given back (C13, G-06); and
//! until when a contract is rescinded (Y-11).

use kaketsuke::{app::settlement, domain::actor::Role};
use serde_json::{Value, json};

use crate::{
    support::{
        db::{TestDb, on_both_engines},
        server::{Client, Reply, TestServer, id},
    },
    visits::{self as site, Device, Site},
};

/// A bill of 2,200 yen of the worker.
async fn billed(server: &TestServer) -> Site {
    let site = Site::open(server, "栄水道").await;
    server.pass(120).await;
    report(server, &site).await;
    site
}

async fn report(server: &TestServer, site: &Site) {
    let mut phone = Device::new("phone");
    let facts = phone.plain(72 * 60, Some(2));
    site.report(server, &phone, &facts).await;
}

async fn dispute(server: &TestServer, site: &Site, reason: &str) -> String {
    let body = json!({ "reason": reason, "payer": "worker" });
    id(&server.dispatcher().post(&format!("/v1/jobs/{}/disputes", site.job), body).await.expect(201))
}

fn correct(field: &str, what: &Value) -> Value {
    json!({ "ruling": "correct", "reason": "goodwill", "note": "半額でよい", field: what })
}

async fn uphold(supervisor: &Client, dispute: &str, correction: &Value) -> Reply {
    let body = json!({ "outcome": "upheld", "correction": correction });
    supervisor.post(&format!("/v1/disputes/{dispute}/resolution"), body).await
}

on_both_engines! {
    async fn an_upheld_dispute_gives_a_part_of_a_line_back(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (site, supervisor) = (billed(&server).await, server.client(Role::Supervisor));
        let disputed = dispute(&server, &site, "wrong_amount").await;
        let back = |payer: &str, yen: i64| json!([{ "of": { "kind": "overtime", "payer": payer }, "yen": yen }]);
        for (what, field) in [
            (back("worker", 2_201), "goodwill[0].yen"),
            (back("host_company", 1), "goodwill[0].of"),
            (json!([{ "of": { "kind": "item", "fact_id": site.job }, "yen": 1 }]), "goodwill[0].of"),
        ] {
            assert_eq!(uphold(&supervisor, &disputed, &correct("goodwill", &what)).await.refused_field(), field);
        }
        let half = correct("goodwill", &back("worker", 700));
        let preview = supervisor.post(&format!("/v1/disputes/{disputed}/preview"), half.clone()).await.expect(200);
        let changes = [("reversal", "-2", -2_200, "worker"), ("overtime", "1", 1_500, "worker")];
        assert_eq!((site::brief(&preview["difference"]), &preview["change_yen"]), (changes.to_vec(), &json!(-700)));
        uphold(&supervisor, &disputed, &half).await.expect(200);
        let statement = site.statement(&supervisor).await;
        assert_eq!(site::brief(&statement["lines"])[1..], changes);
        assert_eq!((&statement["total_yen"], &statement["due_yen"], &statement["tax_included_yen"]), (&json!(1_500), &json!(1_500), &json!(136)));
        let left = &statement["lines"][2];
        assert_eq!((&left["unit_price_yen"], &left["proof"]["goodwill"]["given_back_yen"]), (&json!(1_500), &json!(700)));
        assert!(left["text_ja"].as_str().unwrap().contains("減額 700円 → 1,500円(税込)。"), "{left}");
        assert_eq!(settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        // Another dispute starts from there: the part that was given back stays so.
        let again = dispute(&server, &site, "poor_work").await;
        uphold(&supervisor, &again, &correct("goodwill", &back("worker", 2_200))).await.expect(200);
        assert_eq!(site.statement(&supervisor).await["total_yen"], 0);
        assert_eq!(settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        server.stop().await;
    }

    async fn what_the_wrong_one_was_billed_goes_to_a_payer_who_has_agreed(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (site, supervisor) = (billed(&server).await, server.client(Role::Supervisor));
        let disputed = dispute(&server, &site, "wrong_payer").await;
        let to = |payer: &str| correct("payers", &json!([{ "of": { "kind": "overtime", "payer": "worker" }, "payer": payer }]));
        for payer in ["host_company", "landlord"] {
            assert_eq!(uphold(&supervisor, &disputed, &to(payer)).await.refused_field(), "payers[0].payer", "nobody has agreed");
        }
        let agreed = json!({ "payer": "host_company", "person": "架空 花子" });
        server.dispatcher().post(&format!("/v1/jobs/{}/payer-authorities", site.job), agreed).await.expect(201);
        uphold(&supervisor, &disputed, &to("host_company")).await.expect(200);
        let statement = site.statement(&supervisor).await;
        assert_eq!(
            site::brief(&statement["lines"])[1..],
            [("reversal", "-2", -2_200, "worker"), ("overtime", "2", 2_200, "host_company")]
        );
        let totals = statement["totals"].as_array().unwrap();
        let of = |payer: &str| totals.iter().find(|one| one["payer"] == payer);
        let due = |payer: &str| of(payer).map_or(0, |one| one["due_yen"].as_i64().unwrap());
        assert_eq!((due("worker"), due("host_company")), (0, 2_200), "{}", statement["totals"]);
        assert_eq!(settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        // What is written off is billed to nobody by another correction, unless that starts from the record.
        let last = dispute(&server, &site, "damage").await;
        let off = json!({ "ruling": "write_off", "reason": "goodwill", "note": "全額免除" });
        uphold(&supervisor, &last, &off).await.expect(200);
        let more = dispute(&server, &site, "not_done").await;
        assert_eq!(uphold(&supervisor, &more, &to("host_company")).await.refused_field(), "starts_from");
        assert_eq!(site.statement(&supervisor).await["total_yen"], 0);
        server.stop().await;
    }

    async fn after_the_eight_days_a_rescission_is_asked_back(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (late, timely) = (Site::open(&server, "栄水道").await, Site::open(&server, "別会社").await);
        server.pass(120).await;
        report(&server, &late).await;
        report(&server, &timely).await;
        let supervisor = server.client(Role::Supervisor);
        let received = json!({ "received_on": "2026-11-22" });
        for site in [&late, &timely] {
            supervisor.post(&format!("/v1/jobs/{}/statutory-receipts", site.job), received.clone()).await.expect(201);
        }
        let in_time = dispute(&server, &timely, "cooling_off").await;
        server.pass(8 * 24 * 60).await;
        // The ninth day: the eight days do not begin anew.
        let again = json!({ "received_on": "2026-11-30" });
        let path = format!("/v1/jobs/{}/statutory-receipts", late.job);
        assert_eq!(supervisor.post(&path, again).await.problem(), "receipt-dated-later");
        let mut rescind = json!({ "ruling": "rescind", "reason": "cooling_off", "note": "書面で申出" });
        let too_late = dispute(&server, &late, "cooling_off").await;
        let refused = uphold(&supervisor, &too_late, &rescind).await;
        assert_eq!((refused.status.as_u16(), refused.problem()), (409, "cooling-off-over"));
        assert_eq!(late.statement(&supervisor).await["total_yen"], 2_200);
        // Who has asked in time has rescinded then, whenever it is decided; who has not may be let off all the same, by name.
        uphold(&supervisor, &in_time, &rescind).await.expect(200);
        rescind["confirm"] = json!(["cooling_off_over"]);
        uphold(&supervisor, &too_late, &rescind).await.expect(200);
        for site in [&late, &timely] {
            let statement = site.statement(&supervisor).await;
            assert_eq!((&statement["total_yen"], &statement["settlements"][1]["basis"]), (&json!(0), &json!("rescinded")));
        }
        assert_eq!(settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        server.stop().await;
    }
}
