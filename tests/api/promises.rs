//! A promised arrival has a limit by urgency, whoever promises it on whichever way (G-16).

use serde_json::{Value, json};

use crate::support::{
    db::{TestDb, on_both_engines},
    server::TestServer,
    site::{Device, accepted_job, clock},
    world,
};

/// Three hours after the evening of the tests begins, and one second more.
const LATEST: &str = "2026-11-23T00:00:00+09:00";
const TOO_LATE: &str = "2026-11-23T00:00:01+09:00";

on_both_engines! {
    async fn every_way_to_promise_an_arrival_has_the_same_limit(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = world::job(&server).await;
        let offer = world::open_offer(&crew.phone).await.unwrap();
        let helper = world::crew(&server, "別会社", 35.17, 136.91).await;
        let dispatcher = server.dispatcher();
        let acceptance = format!("/v1/offers/{offer}/acceptance");
        let given = |arrival_at: &str| json!({ "technician_id": helper.technician, "reason": "other", "arrival_at": arrival_at });
        let years = "2099-01-01T00:00:00+09:00";
        for late in [TOO_LATE, years] {
            let promise = json!({ "arrival_at": late });
            for (client, path, body) in [
                (&crew.phone, &acceptance, promise.clone()),
                (&crew.office, &acceptance, promise.clone()),
                (&dispatcher, &acceptance, promise),
                (&dispatcher, &format!("/v1/jobs/{job}/override"), given(late)),
            ] {
                let refused = client.post(path, body).await;
                assert_eq!((refused.status.as_u16(), refused.refused_field()), (422, "arrival_at".to_owned()), "{path}");
            }
        }
        // Refused is refused: the offer stands, and the latest promise is kept.
        let accepted = crew.phone.post(&acceptance, json!({ "arrival_at": LATEST })).await.expect(201);
        assert_eq!(accepted["assignment"]["arrival_due_at"], "2026-11-22T15:00:00Z");
        let path = format!("/v1/jobs/{job}/helpers");
        let help = |arrival_at: &str| json!({ "technician_id": helper.technician, "arrival_at": arrival_at });
        assert_eq!(dispatcher.post(&path, help(TOO_LATE)).await.refused_field(), "arrival_at");
        dispatcher.post(&path, help(LATEST)).await.expect(201);
        server.stop().await;
    }

    async fn a_delay_of_years_switches_no_watch_off(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = accepted_job(&server, &crew).await;
        let mut device = Device::new(&job, "phone-1");
        server.pass(5).await;
        let delay = json!({ "kind": "delay", "arrival_at": "2031-01-01T00:00:00+09:00" });
        let told = [device.fact("21:03", json!({ "kind": "departure" })), device.fact("21:04", delay)];
        device.send(&server, &crew.phone, &told).await.expect(200);
        let shown = crew.phone.get(&format!("/v1/jobs/{job}")).await.expect(200);
        let due = "2026-11-23T00:00:00+09:00".parse::<chrono::DateTime<chrono::Utc>>().unwrap();
        assert_eq!(shown["assignments"][0]["arrival_due_at"], json!(due));
        // Late from five minutes after that (`late_s`) on.
        for (minutes, rings) in [(179, false), (2, true)] {
            server.pass(minutes).await;
            let alarms = server.dispatcher().get("/v1/alarms?state=ringing").await.expect(200);
            let is_late = |alarm: &Value| alarm["subject_id"] == job.as_str() && alarm["kind"] == "late_arrival";
            assert_eq!(alarms["items"].as_array().unwrap().iter().any(is_late), rings, "after {minutes} minutes: {alarms}");
        }
        server.stop().await;
    }

    async fn honest_delays_one_after_the_other_have_one_limit(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = accepted_job(&server, &crew).await;
        let mut device = Device::new(&job, "phone-1");
        let departure = device.fact("21:00", json!({ "kind": "departure" }));
        device.send(&server, &crew.phone, &[departure]).await.expect(200);
        for (hour, told) in [("21:50", "2026-11-22T23:00:00+09:00"), ("22:50", "2026-11-23T01:00:00+09:00"), ("23:50", "2026-11-23T03:00:00+09:00")] {
            server.ctx.clock().advance_to(clock(hour).parse().unwrap()).await;
            let delay = device.fact(hour, json!({ "kind": "delay", "arrival_at": told }));
            device.send(&server, &crew.phone, &[delay]).await.expect(200);
        }
        let shown = crew.phone.get(&format!("/v1/jobs/{job}")).await.expect(200);
        assert_eq!(shown["assignments"][0]["arrival_due_at"], "2026-11-22T15:00:00Z", "three hours from the acceptance");
        server.stop().await;
    }

    async fn whoever_has_promised_nothing_is_late_by_what_was_reckoned(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = accepted_job(&server, &crew).await;
        let decisions = server.dispatcher().get(&format!("/v1/jobs/{job}/decisions")).await.expect(200);
        let travel_s = decisions[0]["document"]["candidates"][0]["figures"]["travel_s"].as_i64().unwrap();
        assert!(travel_s < 600, "next door: {travel_s}");
        let mut device = Device::new(&job, "phone-1");
        server.pass(5).await;
        let departure = device.fact("21:05", json!({ "kind": "departure" }));
        device.send(&server, &crew.phone, &[departure]).await.expect(200);
        let is_late = async || {
            let alarms = server.dispatcher().get("/v1/alarms?state=ringing").await.expect(200);
            let own = |alarm: &Value| alarm["subject_id"] == job.as_str() && alarm["kind"] == "late_arrival";
            alarms["items"].as_array().unwrap().iter().any(own)
        };
        // `late_s` after the way that was reckoned; nobody has promised anything.
        server.ctx.clock().advance(chrono::TimeDelta::seconds(travel_s + 299)).await;
        assert!(!is_late().await);
        server.ctx.clock().advance(chrono::TimeDelta::seconds(1)).await;
        server.settle().await;
        assert!(is_late().await);
        server.stop().await;
    }
}
