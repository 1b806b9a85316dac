//! From the call to a technician on the way.

use serde_json::json;

use crate::support::{
    db::{TestDb, on_both_engines},
    server::TestServer,
    world,
};

on_both_engines! {
    async fn the_nearest_is_asked_and_accepts(db: TestDb) {
        let server = TestServer::start(&db).await;
        let far = world::crew(&server, "遠方設備", 35.10, 136.80).await;
        let near = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = world::job(&server).await;
        assert_eq!(world::open_offer(&far.phone).await, None);
        let offer = world::open_offer(&near.phone).await.unwrap();
        let shown = near.phone.get(&format!("/v1/offers/{offer}")).await.expect(200);
        assert_eq!((&shown["job_code"], &shown["language"]), (&json!("W-TOILET-CLOG"), &json!("ne")));
        assert_eq!(shown["district"], "名古屋市中区栄");
        assert!(!shown.to_string().contains("3-15-27") && !shown.to_string().contains("Ram"), "{shown}");
        assert_eq!(near.phone.get(&format!("/v1/jobs/{job}")).await.problem(), "not-found");
        let path = format!("/v1/offers/{offer}/acceptance");
        let promised = json!({ "arrival_at": "2026-11-22T21:25:00+09:00" });
        let accepted = near.phone.post(&path, promised).await.expect(201);
        let assignment = accepted["assignment"].clone();
        assert_eq!(assignment["slot"], "current");
        assert_eq!(assignment["technician_id"], near.technician.as_str());
        // Whoever has accepted sees whom to help and where (Y-03).
        let brief = near.phone.get(&format!("/v1/jobs/{job}")).await.expect(200);
        assert_eq!(brief["resident"], json!({ "name": "Ram Example", "phone": "+818055500101" }));
        assert_eq!((&brief["place"]["address"], &brief["place"]["room"]), (&json!("3-15-27"), &json!("205")));
        let seen = server.dispatcher().get(&format!("/v1/jobs/{job}")).await.expect(200);
        assert_eq!(seen["state"], "assigned");
        assert_eq!(seen["assignments"][0]["id"], assignment["id"]);
        server.stop().await;
    }

    async fn a_refusal_goes_to_the_next_at_once(db: TestDb) {
        let server = TestServer::start(&db).await;
        let near = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let far = world::crew(&server, "遠方設備", 35.10, 136.80).await;
        world::job(&server).await;
        let offer = world::open_offer(&near.phone).await.unwrap();
        near.phone.post(&format!("/v1/offers/{offer}/refusal"), json!({ "code": "vehicle" })).await.expect(200);
        server.settle().await;
        assert_eq!(world::open_offer(&near.phone).await, None);
        assert!(world::open_offer(&far.phone).await.is_some());
        server.stop().await;
    }

    async fn an_unanswered_offer_expires_and_the_next_is_asked(db: TestDb) {
        let server = TestServer::start(&db).await;
        let near = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let far = world::crew(&server, "遠方設備", 35.10, 136.80).await;
        let job = world::job(&server).await;
        let offer = world::open_offer(&near.phone).await.unwrap();
        server.pass(5).await;
        assert!(world::open_offer(&far.phone).await.is_some());
        let late = near.phone.post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await;
        assert_eq!(late.problem(), "offer-expired");
        assert_eq!(late.status.as_u16(), 409);
        // The last rung: nobody is left, and the job keeps being looked at.
        server.pass(5).await;
        let seen = server.dispatcher().get(&format!("/v1/jobs/{job}")).await.expect(200);
        assert_eq!(seen["state"], "unassigned");
        assert!(seen["wake_at"].is_string(), "{seen}");
        server.stop().await;
    }

    async fn a_place_nobody_serves_is_said_so(db: TestDb) {
        let server = TestServer::start(&db).await;
        let job = world::job(&server).await;
        let seen = server.dispatcher().get(&format!("/v1/jobs/{job}")).await.expect(200);
        assert_eq!(seen["state"], "no_coverage");
        let why = server.dispatcher().get(&format!("/v1/jobs/{job}/decisions")).await.expect(200);
        assert_eq!(why[0]["document"]["verdict"], "no_coverage");
        server.stop().await;
    }

    async fn calling_off_frees_the_technician_for_the_job_that_waits(db: TestDb) {
        let server = TestServer::start(&db).await;
        let near = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let first = world::job(&server).await;
        accept(&near, &first).await;
        // Nobody else is there: the next job may wait behind the present one, a third one may not.
        let second = world::job(&server).await;
        assert_eq!(accept(&near, &second).await["slot"], "queued");
        let third = world::job(&server).await;
        assert_eq!(world::open_offer(&near.phone).await, None, "busy with {first} and {second}");
        let path = format!("/v1/jobs/{first}/cancellation");
        server.dispatcher().post(&path, json!({ "reason": "solved_by_itself" })).await.expect(200);
        server.settle().await;
        let seen = server.dispatcher().get(&format!("/v1/jobs/{second}")).await.expect(200);
        assert_eq!(seen["assignments"][0]["slot"], "current");
        let offer = world::open_offer(&near.phone).await.unwrap();
        let offer = near.phone.get(&format!("/v1/offers/{offer}")).await.expect(200);
        assert_eq!(offer["job_id"], third.as_str());
        server.stop().await;
    }
}

/// Accepts the open offer of a job; gives the assignment.
async fn accept(crew: &world::Crew, job: &str) -> serde_json::Value {
    let offer = world::open_offer(&crew.phone).await.unwrap();
    let shown = crew.phone.get(&format!("/v1/offers/{offer}")).await.expect(200);
    assert_eq!(shown["job_id"], job);
    let path = format!("/v1/offers/{offer}/acceptance");
    crew.phone.post(&path, json!({})).await.expect(201)["assignment"].clone()
}
