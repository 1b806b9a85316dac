//! Whoever was taken off a job, or is suspended, settles nothing of it any more: no word about the signature, no picture that
//! proves, no interpreter who has joined, no report that counts (G-02, G-10).

use serde_json::{Value, json};

use crate::{
    evidence::send,
    guarding::{codes, give, kind, take_back},
    standing::put_state,
    support::{
        db::{TestDb, on_both_engines},
        server::{TestServer, id},
        site::{self, Device},
        world::{self, Crew},
    },
};

/// A job that the first of two crews has had for five minutes.
async fn given(server: &TestServer) -> (String, Crew, Crew) {
    let first = world::crew(server, "前水道", 35.165, 136.91).await;
    let second = world::crew(server, "後水道", 35.17, 136.91).await;
    let job = world::job(server).await;
    give(server, &job, &first).await;
    server.pass(5).await;
    (job, first, second)
}

fn whats(list: &Value) -> Vec<&str> {
    list["missing"].as_array().unwrap().iter().map(|one| one["what"].as_str().unwrap()).collect()
}

on_both_engines! {
    async fn where_they_are_says_nothing_about_those_who_have_it(db: TestDb) {
        let server = TestServer::start(&db).await;
        // Before the release, and after it within what clocks may differ by.
        for minutes in [-2, 1] {
            for told in ["departure", "arrival"] {
                let (job, first, second) = given(&server).await;
                take_back(&server, &job, "resident_refuses").await;
                let off_at = server.ctx.now();
                give(&server, &job, &second).await;
                server.pass(3).await;
                let mut ghost = Device::new(&job, "ghost");
                let mut facts = vec![ghost.fact("21:00", kind(told))];
                site::dated(&mut facts, off_at, &[minutes]);
                ghost.send(&server, &first.phone, &facts).await.expect(200);
                let desk = server.dispatcher();
                let stated = async || desk.get(&format!("/v1/jobs/{job}/statement")).await.expect(200)["state"].clone();
                assert_eq!(stated().await, Value::Null, "{told} {minutes}");
                let mut phone = Device::new(&job, "phone");
                let mut facts = vec![phone.fact("21:00", kind("departure"))];
                site::dated(&mut facts, server.ctx.now(), &[0]);
                phone.send(&server, &second.phone, &facts).await.expect(200);
                assert_eq!(stated().await, "en_route", "{told} {minutes}");
                for crew in [&first, &second] {
                    put_state(&server, &format!("/v1/technicians/{}", crew.technician), "suspended").await;
                }
            }
        }
        server.stop().await;
    }

    async fn nothing_they_send_afterwards_proves_anything(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (job, first, second) = given(&server).await;
        send(&first.phone, &job, 1, "photo_before").await.expect(201);
        take_back(&server, &job, "resident_refuses").await;
        give(&server, &job, &second).await;
        let absence = format!("/v1/jobs/{job}/signature-absence");
        for client in [&first.phone, &first.office] {
            let refused = client.post(&absence, json!({ "reason": "nobody_there" })).await;
            assert_eq!(refused.problem(), "nobody-on-it");
        }
        server.pass(60).await;
        // Kept, for the desk to see.
        for (number, kind) in [(2, "photo_after"), (3, "meter"), (4, "signature")] {
            send(&first.phone, &job, number, kind).await.expect(201);
        }
        let mut phone = Device::new(&job, "phone");
        let mut facts = site::work(&mut phone, "21:00", "21:00");
        site::dated(&mut facts, server.ctx.now(), &[-50, -49, -2, -1]);
        let receipt = phone.send(&server, &second.phone, &facts).await.expect(200);
        assert_eq!(receipt["job_state"], "completed", "{receipt}");
        let listed = server.dispatcher().get(&format!("/v1/jobs/{job}/evidence")).await.expect(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), 4);
        assert_eq!(whats(&listed), ["photo_after", "meter", "signature"], "what was sent in time counts");
        // Whoever has done it says the end of it.
        second.phone.post(&absence, json!({ "reason": "nobody_there" })).await.expect(201);
        server.stop().await;
    }

    async fn a_picture_of_whoever_has_left_after_their_visit_proves(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (job, first, second) = given(&server).await;
        let mut phone = Device::new(&job, "phone");
        let leaving = json!({ "kind": "leaving", "return_planned": true, "reason": "parts_to_order" });
        let mut facts = [phone.fact("21:00", kind("arrival")), phone.fact("21:00", leaving)];
        site::dated(&mut facts, server.ctx.now(), &[-3, -1]);
        phone.send(&server, &first.phone, &facts).await.expect(200);
        give(&server, &job, &second).await;
        server.pass(30).await;
        send(&first.phone, &job, 1, "photo_before").await.expect(201);
        let mut phone = Device::new(&job, "other");
        let mut facts = site::work(&mut phone, "21:00", "21:00");
        site::dated(&mut facts, server.ctx.now(), &[-20, -19, -2, -1]);
        phone.send(&server, &second.phone, &facts).await.expect(200);
        let listed = server.dispatcher().get(&format!("/v1/jobs/{job}/evidence")).await.expect(200);
        assert_eq!(whats(&listed), ["photo_after", "meter", "signature"]);
        server.stop().await;
    }

    async fn who_is_suspended_sends_pictures_of_what_is_in_hand_only(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (before, crew, _) = given(&server).await;
        take_back(&server, &before, "too_late").await;
        let now = world::job(&server).await;
        give(&server, &now, &crew).await;
        put_state(&server, &format!("/v1/technicians/{}", crew.technician), "suspended").await;
        let absence = format!("/v1/jobs/{before}/signature-absence");
        assert_eq!(send(&crew.phone, &before, 1, "photo_before").await.problem(), "not-found");
        assert_eq!(crew.phone.post(&absence, json!({ "reason": "other" })).await.problem(), "not-found");
        send(&crew.phone, &now, 2, "photo_before").await.expect(201);
        server.stop().await;
    }

    async fn they_say_of_no_interpreter_that_they_joined(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (job, first, second) = given(&server).await;
        let asks = json!({ "interpreter": "IP-07" });
        let path = format!("/v1/jobs/{job}/interpretations");
        let asked = first.phone.post(&path, asks.clone()).await.expect(201);
        take_back(&server, &job, "too_late").await;
        give(&server, &job, &second).await;
        let own = format!("/v1/interpretations/{}", id(&asked));
        for client in [&first.phone, &first.office] {
            let joined = client.post(&format!("{own}/outcome"), json!({ "outcome": "joined" })).await;
            assert!(["nobody-on-it", "not-found"].contains(&joined.problem()), "{}", joined.problem());
            assert_eq!(client.post(&path, asks.clone()).await.problem(), "nobody-on-it");
        }
        server.stop().await;
    }

    async fn whoever_of_the_firm_reports_for_who_is_suspended_it_is_asked_about(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (job, crew, second) = given(&server).await;
        take_back(&server, &job, "too_late").await;
        give(&server, &job, &second).await;
        put_state(&server, &format!("/v1/technicians/{}", crew.technician), "suspended").await;
        for (client, name) in [(&crew.phone, "phone"), (&crew.office, "office")] {
            let mut device = Device::new(&job, name);
            let mut facts = [device.fact("21:00", kind("arrival"))];
            site::dated(&mut facts, server.ctx.now(), &[-2]);
            let mut batch = device.batch(&server, &facts);
            batch["technician_id"] = json!(crew.technician);
            let receipt = site::post_facts(client, &job, &batch).await.expect(200);
            assert!(codes(&receipt).contains(&"reporter_suspended".to_owned()), "{name}: {receipt}");
        }
        server.stop().await;
    }
}
