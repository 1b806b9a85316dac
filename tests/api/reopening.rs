//! A case that was closed is opened again; a call that was attached to the wrong one is taken from it.

use serde_json::{Value, json};

use crate::{
    erasing::verify,
    privacy::events,
    support::{
        db::{TestDb, on_both_engines},
        server::{TestServer, id},
        site::{self, Device},
        world::{self, close},
    },
};

async fn called_again(server: &TestServer) -> String {
    world::safe_call(server).await
}

/// What rings about a case.
async fn rings(server: &TestServer, case: &str) -> Vec<String> {
    server.settle().await;
    let listed = server.dispatcher().get("/v1/alarms?limit=200").await.expect(200);
    let own = listed["items"].as_array().unwrap().iter();
    let own = own.filter(|alarm| alarm["subject_id"] == case && alarm["state"] != "resolved");
    own.map(|alarm| alarm["kind"].as_str().unwrap().to_owned()).collect()
}

on_both_engines! {
    async fn a_repeat_call_about_a_closed_case_leads_on(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (desk, crew) = (server.dispatcher(), world::crew(&server, "栄水道", 35.165, 136.91).await);
        let job = site::accepted_job(&server, &crew).await;
        let case = desk.get(&format!("/v1/jobs/{job}")).await.expect(200)["case_id"].as_str().unwrap().to_owned();
        server.pass(90).await;
        let mut phone = Device::new(&job, "phone-1");
        let facts = site::work(&mut phone, "21:10", "22:00");
        phone.send(&server, &crew.phone, &facts).await.expect(200);
        server.settle().await;
        let path = format!("/v1/cases/{case}/reopening");
        let again = json!({ "reason": "came_back" });
        assert_eq!(desk.post(&path, again.clone()).await.problem(), "case-not-closed");
        close(&server, &case, "no").await;
        let call = called_again(&server).await;
        let about = json!({ "case_id": case, "purpose": "where_is_he" });
        desk.post(&format!("/v1/calls/{call}/attachment"), about).await.expect(200);
        let jobs = format!("/v1/cases/{case}/jobs");
        assert_eq!(desk.post(&jobs, json!({ "job_code": "W-TOILET-CLOG" })).await.problem(), "case-closed");
        for reason in [json!("because"), Value::Null] {
            assert_eq!(desk.post(&path, json!({ "reason": reason })).await.refused_field(), "reason");
        }
        assert_eq!(crew.phone.post(&path, again.clone()).await.problem(), "forbidden");
        let open = desk.post_as("again", &path, again.clone()).await.expect(200);
        assert_eq!((&open["state"], &open["closed_at"]), (&json!("open"), &Value::Null));
        assert_eq!(desk.post_as("again", &path, again).await.expect(200), open);
        assert_eq!(events(&db, "case.reopened").await, [json!({ "reason": "came_back" })]);
        let again = desk.post(&format!("/v1/jobs/{job}/rework"), json!({})).await.expect(201);
        assert_eq!(again["case_id"], case.as_str());
        server.settle().await;
        verify(&server).await;
        server.stop().await;
    }

    /// A repeat call about a closed case opens it again where the trouble goes on; whoever only asks does not.
    async fn a_repeat_call_opens_a_closed_case_again(db: TestDb) {
        let server = TestServer::start(&db).await;
        world::crew(&server, "栄水道", 35.165, 136.91).await;
        let desk = server.dispatcher();
        for (purpose, reason) in [
            ("where_is_he", None), ("goes_on", Some("not_solved")), ("complaint", Some("complaint")),
            ("more_information", Some("more_to_do")), ("other", Some("more_to_do")),
        ] {
            let job = world::job(&server).await;
            let case = world::case_of(&server, &job).await;
            let path = format!("/v1/jobs/{job}/cancellation");
            desk.post(&path, json!({ "reason": "solved_by_itself" })).await.expect(200);
            close(&server, &case, "no").await;
            let before = events(&db, "case.reopened").await.len();
            let call = called_again(&server).await;
            let path = format!("/v1/calls/{call}/hazard-answers");
            let gas = json!({ "answers": [{ "hazard": "H-GAS", "answer": "yes" }] });
            desk.post(&path, gas).await.expect(200);
            let about = json!({ "case_id": case, "purpose": purpose });
            desk.post_as(purpose, &format!("/v1/calls/{call}/attachment"), about.clone()).await.expect(200);
            desk.post_as(purpose, &format!("/v1/calls/{call}/attachment"), about).await.expect(200);
            let shown = desk.get(&format!("/v1/cases/{case}")).await.expect(200);
            let said = events(&db, "case.reopened").await.split_off(before);
            match reason {
                None => assert_eq!((&shown["state"], said.len()), (&json!("closed"), 0)),
                Some(reason) => {
                    assert_eq!((&shown["state"], said), (&json!("open"), vec![json!({ "reason": reason })]));
                    // Nobody has gone on with it: that rings, whatever was done before.
                    server.pass(11).await;
                    assert!(rings(&server, &case).await.contains(&"case_without_job".to_owned()), "{purpose}");
                }
            }
            // A danger told before the call was attached rings, open or closed.
            assert!(rings(&server, &case).await.iter().any(|kind| kind.contains("danger")), "{purpose}: {:?}", rings(&server, &case).await);
        }
        server.stop().await;
    }

    async fn an_erased_case_stays_closed(db: TestDb) {
        let server = TestServer::start(&db).await;
        let case = world::opened_case(&server).await;
        close(&server, &case, "no").await;
        let supervisor = server.client(kaketsuke::domain::actor::Role::Supervisor);
        let asked = json!({ "reason": "person_asked" });
        supervisor.post(&format!("/v1/cases/{case}/erasure"), asked).await.expect(200);
        let reopened = server.dispatcher().post(&format!("/v1/cases/{case}/reopening"), json!({ "reason": "complaint" })).await;
        assert_eq!(reopened.problem(), "case-erased");
        server.stop().await;
    }

    async fn a_call_is_taken_from_the_wrong_case(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        let (wrong, right) = (world::opened_case(&server).await, world::opened_case(&server).await);
        let call = called_again(&server).await;
        let attach = format!("/v1/calls/{call}/attachment");
        let detach = format!("/v1/calls/{call}/detachment");
        let about = |case: &str| json!({ "case_id": case, "purpose": "other" });
        assert_eq!(desk.post(&detach, json!({})).await.problem(), "call-has-no-case");
        desk.post(&attach, about(&wrong)).await.expect(200);
        assert_eq!(desk.post(&attach, about(&right)).await.problem(), "call-has-case");
        let free = desk.post(&detach, json!({})).await.expect(200);
        assert_eq!((&free["case_id"], &free["purpose"]), (&Value::Null, &Value::Null));
        assert_eq!(events(&db, "call.detached").await, [json!({ "case": wrong })]);
        let moved = desk.post(&attach, about(&right)).await.expect(200);
        assert_eq!(moved["call"]["case_id"], right.as_str());
        // Or a case of its own is opened from it.
        desk.post(&detach, json!({})).await.expect(200);
        let own = desk.post("/v1/cases", world::case(&call)).await.expect(201);
        assert_eq!(desk.post(&detach, json!({})).await.problem(), "call-opened-its-case");
        let shown = desk.get(&format!("/v1/cases/{}", id(&own))).await.expect(200);
        assert_eq!(shown["calls"].as_array().unwrap().len(), 1);
        server.stop().await;
    }
}
