//! Several technicians on one job, and jobs that are done again.

use kaketsuke::app::settlement;
use serde_json::{Value, json};

use crate::support::{
    db::{TestDb, on_both_engines},
    server::{TestServer, id},
    site::{self, Device, accepted_job, post_facts},
    world::{self, Crew},
};

fn kind(kind: &str) -> Value {
    json!({ "kind": kind })
}

async fn helped_job(server: &TestServer) -> (String, Crew, Crew) {
    let lead = world::crew(server, "栄水道", 35.165, 136.91).await;
    let job = accepted_job(server, &lead).await;
    let helper = world::crew(server, "別会社", 35.17, 136.91).await;
    let path = format!("/v1/jobs/{job}/helpers");
    let body = json!({ "technician_id": helper.technician });
    server.dispatcher().post(&path, body).await.expect(201);
    (job, lead, helper)
}

on_both_engines! {
    async fn c_16_two_technicians_of_two_firms_work_on_one_job(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (job, lead, helper) = helped_job(&server).await;
        let path = format!("/v1/jobs/{job}");
        // C08: both from 21:10 to 21:50 are 40 minutes of work by the clock.
        let (mut first, mut second) = (Device::new(&job, "phone-1"), Device::new(&job, "phone-2"));
        server.pass(5).await;
        for (device, crew) in [(&mut first, &lead), (&mut second, &helper)] {
            let departure = device.fact("21:04", kind("departure"));
            device.send(&server, &crew.phone, &[departure]).await.expect(200);
        }
        server.pass(55).await;
        let start = |device: &mut Device| vec![
            device.fact("21:10", kind("arrival")),
            device.fact("21:10", json!({ "kind": "work_start", "work": "work" })),
        ];
        first.send(&server, &lead.phone, &start(&mut first.clone())).await.expect(200);
        let shown = server.dispatcher().get(&path).await.expect(200);
        // The lead first: two assignments of one instant have no order of their own.
        let states = |shown: &Value| -> Vec<Value> {
            let mut all = shown["assignments"].as_array().unwrap().clone();
            all.sort_by_key(|one| one["technician_id"] != lead.technician);
            all.iter().map(|one| one["field_state"].clone()).collect()
        };
        assert_eq!((&shown["state"], states(&shown)), (&json!("working"), vec![json!("working"), json!("en_route")]));
        second.send(&server, &helper.phone, &start(&mut second.clone())).await.expect(200);
        let own = helper.phone.get(&path).await.expect(200);
        assert_eq!(states(&own), [json!("working")], "each sees the own assignment");
        let (mut first, mut second) = (first.after(3), second.after(3));
        let gone = [second.fact("21:50", kind("work_end")), second.fact("21:51", json!({ "kind": "leaving", "return_planned": false }))];
        let receipt = second.send(&server, &helper.phone, &gone).await.expect(200);
        assert_eq!(receipt["job_state"], "working", "the other one is still at it");
        let done = [first.fact("21:50", kind("work_end")), first.fact("21:55", kind("completion"))];
        let receipt = first.send(&server, &lead.phone, &done).await.expect(200);
        assert_eq!((&receipt["job_state"], &receipt["flags"]), (&json!("completed"), &json!([])));
        let statement = server.dispatcher().get(&format!("{path}/statement")).await.expect(200);
        assert_eq!((&statement["worked_seconds"], &statement["total_yen"]), (&json!(2_400), &json!(0)));
        let shown = server.dispatcher().get(&path).await.expect(200);
        assert_eq!(states(&shown), [json!("done"), json!("left")]);
        assert!(shown["assignments"].as_array().unwrap().iter().all(|one| one["slot"] == "released"));
        assert_eq!(settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        server.stop().await;
    }

    async fn when_one_of_two_cannot_go_on_the_other_one_has_the_job(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (job, lead, helper) = helped_job(&server).await;
        let shown = lead.phone.get(&format!("/v1/jobs/{job}")).await.expect(200);
        let assignment = shown["assignments"][0]["id"].as_str().unwrap();
        let code = json!({ "code": "illness" });
        let left = lead.phone.post(&format!("/v1/assignments/{assignment}/withdrawal"), code).await.expect(200);
        assert_eq!(left["state"], "assigned");
        let mut device = Device::new(&job, "phone-2");
        server.pass(5).await;
        let withdrawal = device.fact("21:04", json!({ "kind": "withdrawal", "code": "accident" }));
        let receipt = device.send(&server, &helper.phone, &[withdrawal]).await.expect(200);
        assert!(["unassigned", "offered"].contains(&receipt["job_state"].as_str().unwrap()), "{receipt}");
        server.stop().await;
    }

    async fn whoever_cannot_help_is_refused(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (job, lead, helper) = helped_job(&server).await;
        let dispatcher = server.dispatcher();
        let path = format!("/v1/jobs/{job}/helpers");
        for technician in [&lead.technician, &helper.technician] {
            let refused = dispatcher.post(&path, json!({ "technician_id": technician })).await;
            assert_eq!((refused.status.as_u16(), refused.refused_field()), (422, "technician_id".to_owned()));
        }
        let nobody = json!({ "technician_id": "019ab7a0-0000-7000-8000-000000000001" });
        assert_eq!(dispatcher.post(&path, nobody).await.refused_field(), "technician_id");
        let third = world::crew(&server, "第三社", 35.17, 136.92).await;
        let past = json!({ "technician_id": third.technician, "arrival_at": "2026-11-22T20:59:00+09:00" });
        assert_eq!(dispatcher.post(&path, past).await.refused_field(), "arrival_at");
        dispatcher.post(&format!("/v1/jobs/{job}/cancellation"), json!({ "reason": "duplicate" })).await.expect(200);
        let late = dispatcher.post(&path, json!({ "technician_id": third.technician })).await;
        assert_eq!((late.status.as_u16(), late.body["code"].as_str().unwrap_or_default().to_owned()).0, 409);
        server.stop().await;
    }

    async fn c_14_a_job_done_again_costs_and_counts_nothing(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let first = accepted_job(&server, &crew).await;
        let dispatcher = server.dispatcher();
        let path = format!("/v1/jobs/{first}/rework");
        assert_eq!(dispatcher.post(&path, json!({})).await.status.as_u16(), 409, "not while it is under way");
        server.pass(90).await;
        let device = Device::new(&first, "phone-1");
        device.send(&server, &crew.phone, &site::work(&mut device.clone(), "21:10", "22:00")).await.expect(200);
        let again = dispatcher.post(&path, json!({})).await.expect(201);
        let before = dispatcher.get(&format!("/v1/jobs/{first}")).await.expect(200);
        assert_eq!((&again["rework_of"], &again["case_id"]), (&json!(first), &before["case_id"]));
        assert_eq!((&again["job_code"], &again["priority"]), (&before["job_code"], &before["priority"]));
        let again = id(&again);
        server.settle().await;
        let offer = world::open_offer(&crew.phone).await.unwrap();
        crew.phone.post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await.expect(201);
        server.pass(100).await;
        let mut device = Device::new(&again, "phone-1");
        let facts = site::work(&mut device, "22:30", "23:50");
        let receipt = device.send(&server, &crew.phone, &facts).await.expect(200);
        assert_eq!((&receipt["job_state"], &receipt["flags"]), (&json!("completed"), &json!([])));
        // 80 minutes on top of 50, and neither a unit billed nor one written off.
        let statement = dispatcher.get(&format!("/v1/jobs/{again}/statement")).await.expect(200);
        assert_eq!((&statement["worked_seconds"], &statement["units"], &statement["lines"]), (&json!(0), &json!(0), &json!([])));
        let part = device.fact("23:00", json!({
            "kind": "part", "item": "00000000-0000-4000-8000-000000000480", "name": "パッキン", "quantity": "1",
            "unit_price_yen": 480, "price_basis": "tax_inclusive",
        }));
        let receipt = post_facts(&crew.phone, &again, &device.batch(&server, &[part])).await.expect(200);
        assert_eq!(receipt["flags"][0]["code"], "charged_on_rework");
        assert_eq!(settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        server.stop().await;
    }
}
