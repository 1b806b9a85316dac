//! What is told when nobody waits for it any more, or before anybody has written down who went: harmless words hold nothing
//! up, and what concerns money is asked about.

use kaketsuke::{app::settlement, domain::actor::Role};
use serde_json::{Value, json};

use crate::support::{
    db::{TestDb, on_both_engines},
    server::{TestServer, id},
    site::{self, Device, clock},
    world::{self, Crew},
};

fn kind(kind: &str) -> Value {
    json!({ "kind": kind })
}

fn cash(yen: i64) -> Value {
    json!({ "kind": "payment", "method": "cash", "amount_yen": yen })
}

/// The codes of what is doubtful, each once.
fn codes(answer: &Value) -> Vec<String> {
    let flags = answer["flags"].as_array().unwrap().iter();
    let mut codes: Vec<_> = flags.map(|flag| flag["code"].as_str().unwrap().to_owned()).collect();
    codes.sort();
    codes.dedup();
    codes
}

async fn statement(server: &TestServer, job: &str) -> Value {
    server.dispatcher().get(&format!("/v1/jobs/{job}/statement")).await.expect(200)
}

async fn open_reviews(server: &TestServer) -> Vec<Value> {
    let shown = server.client(Role::Supervisor).get("/v1/reviews?state=open").await.expect(200);
    shown["items"].as_array().unwrap().clone()
}

async fn ringing(server: &TestServer, kind: &str) -> usize {
    let shown = server.dispatcher().get("/v1/alarms?state=ringing").await.expect(200);
    shown["items"].as_array().unwrap().iter().filter(|alarm| alarm["kind"] == kind).count()
}

/// A supervisor decides a review so.
async fn rules(server: &TestServer, review: &Value, ruling: &str) -> crate::support::server::Reply {
    let decision =
        json!({ "ruling": ruling, "reason": "confirmed_by_phone", "note": "電話で確認", "disregard": [] });
    let body = json!({ "version": review["version"], "decision": decision });
    server.client(Role::Supervisor).post(&format!("/v1/reviews/{}/decision", id(review)), body).await
}

async fn crew(server: &TestServer) -> Crew {
    world::crew(server, "栄水道", 35.165, 136.91).await
}

on_both_engines! {
    async fn what_says_that_a_cancelled_job_was_done_or_paid_is_asked_about(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = crew(&server).await;
        let job = site::accepted_job(&server, &crew).await;
        server.pass(5).await;
        let reason = json!({ "reason": "resident_withdrew" });
        server.dispatcher().post(&format!("/v1/jobs/{job}/cancellation"), reason).await.expect(200);
        server.pass(85).await;
        // Where somebody went is nothing to ask about.
        let mut phone = Device::new(&job, "phone-1");
        let moved = [phone.fact("21:10", kind("departure")), phone.fact("21:50", kind("arrival"))];
        phone.send(&server, &crew.phone, &moved).await.expect(200);
        server.settle().await;
        assert_eq!(open_reviews(&server).await, [] as [Value; 0]);
        for (time, what) in [("21:03", cash(2_200)), ("21:25", kind("completion")), ("22:20", cash(1_100))] {
            let told = phone.fact(time, what.clone());
            let receipt = phone.send(&server, &crew.phone, &[told]).await.expect(200);
            assert!(codes(&receipt).contains(&"after_cancellation".to_owned()), "{what}: {receipt}");
            assert_eq!(receipt["job_state"], "cancelled");
            server.settle().await;
            let reviews = open_reviews(&server).await;
            assert_eq!(reviews.len(), 1, "{what}");
            assert_eq!((&reviews[0]["accepted_yen"], codes(&reviews[0])), (&json!(0), vec!["after_cancellation".to_owned()]));
            for ruling in ["write_off", "rescind"] {
                assert_eq!(rules(&server, &reviews[0], ruling).await.problem(), "nothing-to-correct");
            }
            rules(&server, &reviews[0], "accept").await.expect(200);
            assert_eq!(open_reviews(&server).await, [] as [Value; 0]);
            let shown = statement(&server, &job).await;
            assert_eq!((&shown["total_yen"], &shown["collected_yen"]), (&json!(0), &json!(0)));
            assert_eq!(settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        }
        server.stop().await;
    }

    async fn who_goes_and_comes_after_the_completion_holds_no_bill(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (lead, helper) = (crew(&server).await, world::crew(&server, "別会社", 35.17, 136.91).await);
        let job = site::accepted_job(&server, &lead).await;
        let body = json!({ "technician_id": helper.technician });
        server.dispatcher().post(&format!("/v1/jobs/{job}/helpers"), body).await.expect(201);
        server.pass(5).await;
        let (mut phone, mut tablet) = (Device::new(&job, "phone-1"), Device::new(&job, "tablet"));
        let facts = site::agreed(&mut phone, "21:05", ("21:55", 2), "22:25");
        phone.send(&server, &lead.phone, &facts[..2]).await.expect(200);
        let there = [tablet.fact("21:05", kind("arrival"))];
        tablet.send(&server, &helper.phone, &there).await.expect(200);
        server.pass(115).await;
        let receipt = phone.send(&server, &lead.phone, &facts[2..]).await.expect(200);
        assert_eq!((&receipt["settlement"]["number"], &receipt["flags"]), (&json!(1), &json!([])));
        let before = statement(&server, &job).await;
        server.pass(60).await;
        for (crew, device) in [(&lead, &mut phone), (&helper, &mut tablet)] {
            for what in [
                kind("departure"),
                json!({ "kind": "delay", "arrival_at": clock("23:30") }),
                kind("arrival"),
                json!({ "kind": "leaving", "return_planned": true, "reason": "parts_to_order" }),
                json!({ "kind": "withdrawal", "code": "breakdown" }),
            ] {
                let told = device.fact("22:50", what.clone());
                let receipt = device.send(&server, &crew.phone, &[told]).await.expect(200);
                assert_eq!((&receipt["flags"], &receipt["job_state"]), (&json!([]), &json!("completed")), "{what}");
            }
        }
        server.settle().await;
        assert_eq!(open_reviews(&server).await, [] as [Value; 0]);
        let after = statement(&server, &job).await;
        assert_eq!((&after["lines"], &after["visits"]), (&before["lines"], &before["visits"]));
        assert_eq!(settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        server.stop().await;
    }

    async fn a_colleagues_yes_that_came_after_the_work_it_covers_is_asked_about(db: TestDb) {
        let server = TestServer::start(&db).await;
        for (asked, received, is_asked) in [(30, 45, false), (55, 57, false), (55, 80, true)] {
            let (lead, colleague) = (crew(&server).await, world::crew(&server, "別会社", 35.17, 136.91).await);
            let job = world::job(&server).await;
            let begun = server.ctx.now();
            let given = json!({ "technician_id": lead.technician, "reason": "volunteered" });
            server.dispatcher().post(&format!("/v1/jobs/{job}/override"), given).await.expect(201);
            let helps = json!({ "technician_id": colleague.technician });
            server.dispatcher().post(&format!("/v1/jobs/{job}/helpers"), helps).await.expect(201);
            let (mut phone, mut tablet) = (Device::new(&job, "phone-1"), Device::new(&job, "tablet"));
            let mut facts = site::work(&mut phone, "21:00", "22:00");
            site::dated(&mut facts, begun, &[1, 1, 82, 82]);
            let mut told = [tablet.fact("21:00", kind("arrival")), tablet.fact("21:00", site::consent("21:00", 3))];
            site::dated(&mut told, begun, &[1, asked]);
            server.pass(2).await;
            phone.send(&server, &lead.phone, &facts[..2]).await.expect(200);
            tablet.send(&server, &colleague.phone, &told[..1]).await.expect(200);
            server.pass(received - 2).await;
            tablet.send(&server, &colleague.phone, &told[1..]).await.expect(200);
            server.pass(85 - received).await;
            let receipt = phone.send(&server, &lead.phone, &facts[2..]).await.expect(200);
            if is_asked {
                assert_eq!((codes(&receipt), &receipt["settlement"]), (vec!["consent_too_late".to_owned()], &Value::Null));
                server.settle().await;
                let reviews = open_reviews(&server).await;
                // Accepted, it counts from its receipt: of the units that began at 61, 71 and 81 minutes the last one.
                rules(&server, &reviews[0], "accept").await.expect(200);
                assert_eq!(statement(&server, &job).await["total_yen"], 1_100);
            } else {
                assert_eq!(receipt["flags"], json!([]), "{asked} {received}");
                assert_eq!(statement(&server, &job).await["total_yen"], 3_300, "{asked} {received}");
            }
            assert_eq!(settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        }
        server.stop().await;
    }

    // The resident tells the desk that it is done while the phone that has asked for the yes has no signal.
    async fn a_completion_told_by_the_desk_makes_no_honest_yes_late(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = crew(&server).await;
        let job = site::accepted_job(&server, &crew).await;
        server.pass(5).await;
        let mut van = Device::new(&job, "van");
        let departure = [van.fact("21:04", kind("departure"))];
        van.send(&server, &crew.phone, &departure).await.expect(200);
        server.pass(95).await;
        let done = Device::new(&job, "desk").fact("22:30", kind("completion"));
        let body = json!({ "device": "desk", "technician_id": crew.technician, "facts": [done] });
        let receipt = site::post_facts(&server.dispatcher(), &job, &body).await.expect(200);
        assert_eq!((&receipt["job_state"], &receipt["settlement"]), (&json!("completed"), &Value::Null));
        server.pass(30).await;
        let mut phone = Device::new(&job, "phone-1");
        let facts = site::agreed(&mut phone, "21:05", ("21:55", 3), "22:29");
        let receipt = phone.send(&server, &crew.phone, &facts).await.expect(200);
        assert_eq!((&receipt["flags"], &receipt["settlement"]["number"]), (&json!([]), &json!(1)));
        assert_eq!(statement(&server, &job).await["total_yen"], 3_300);
        server.stop().await;
    }

    async fn a_number_left_open_is_asked_for_closed_by_a_person_and_doubtful_when_it_comes(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = crew(&server).await;
        let job = site::accepted_job(&server, &crew).await;
        server.pass(120).await;
        let mut phone = Device::new(&job, "phone-1");
        let item = "00000000-0000-4000-8000-000000000480";
        let mut yes = site::consent("21:10", 2);
        yes["covers"].as_array_mut().unwrap().push(json!({ "kind": "item", "item": item, "max_yen": 480 }));
        yes["cap_yen"] = json!(2_680);
        let mut facts = vec![phone.fact("21:05", kind("arrival")), phone.fact("21:10", yes)];
        let lost = phone.fact("21:12", json!({
            "kind": "part", "item": item, "name": "止水栓パッキン", "quantity": "1", "unit_price_yen": 480,
            "price_basis": "tax_inclusive",
        }));
        facts.extend([
            phone.fact("21:15", json!({ "kind": "work_start", "work": "work" })),
            phone.fact("22:25", kind("work_end")),
            phone.fact("22:25", kind("completion")),
        ]);
        phone.send(&server, &crew.phone, &facts).await.expect(200);
        server.pass(59).await;
        assert_eq!(ringing(&server, "report_missing").await, 0);
        server.pass(2).await;
        assert_eq!(ringing(&server, "report_missing").await, 1);
        let reviews = open_reviews(&server).await;
        rules(&server, &reviews[0], "accept").await.expect(200);
        assert_eq!(ringing(&server, "report_missing").await, 0);
        assert_eq!(statement(&server, &job).await["total_yen"], 1_100);
        server.pass(10).await;
        let receipt = phone.send(&server, &crew.phone, &[lost]).await.expect(200);
        assert_eq!((codes(&receipt), &receipt["settlement"]), (vec!["filled_late".to_owned()], &Value::Null));
        assert_eq!(statement(&server, &job).await["total_yen"], 1_100);
        assert_eq!(open_reviews(&server).await.len(), 1);
        assert_eq!(settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        server.stop().await;
    }

    // G-04: what the desk writes down of a yes counts by the service's clock, whatever instant it says.
    async fn a_yes_told_by_the_desk_counts_from_its_receipt(db: TestDb) {
        let server = TestServer::start(&db).await;
        for (told_after, yen) in [(58, 2_200), (90, 0)] {
            let crew = world::crew(&server, &format!("社 {told_after}"), 35.165, 136.91).await;
            let job = world::job(&server).await;
            let begun = server.ctx.now();
            crate::guarding::give(&server, &job, &crew).await;
            let (mut phone, mut desk) = (Device::new(&job, "phone-1"), Device::new(&job, "desk"));
            let mut facts = site::work(&mut phone, "21:00", "22:00");
            site::dated(&mut facts, begun, &[2, 2, 82, 82]);
            server.pass(3).await;
            phone.send(&server, &crew.phone, &facts[..2]).await.expect(200);
            server.pass(told_after - 3).await;
            let mut yes = [desk.fact("21:00", site::consent("21:00", 2))];
            site::dated(&mut yes, begun, &[50]);
            let body = json!({ "device": "desk", "technician_id": crew.technician, "facts": yes });
            site::post_facts(&server.dispatcher(), &job, &body).await.expect(200);
            server.pass(100 - told_after).await;
            phone.send(&server, &crew.phone, &facts[2..]).await.expect(200);
            let statement = server.dispatcher().get(&format!("/v1/jobs/{job}/statement")).await.expect(200);
            assert_eq!(statement["total_yen"], yen, "told after {told_after} minutes");
        }
        server.stop().await;
    }
}
