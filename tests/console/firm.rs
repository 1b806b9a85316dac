//! A contractor's page: danger is seen first there, as what it is (G-08).

use kaketsuke::domain::actor::Role;
use serde_json::json;

use crate::{
    driver::Browser,
    office::{firm_visitor, sign_in},
    support::{
        db::{TestDb, on_both_engines},
        server::{TestServer, id},
        world::{self, Crew},
    },
};

/// A job that the crew has accepted, with the call of its case.
async fn accepted(server: &TestServer, crew: &Crew) -> (String, String) {
    let desk = server.dispatcher();
    let call = world::safe_call(server).await;
    let mut body = world::case(&call);
    body["categories"] = json!(["lock"]);
    let case = id(&desk.post("/v1/cases", body).await.expect(201));
    let made =
        desk.post(&format!("/v1/cases/{case}/jobs"), json!({ "job_code": "L-KEY-LOST" })).await.expect(201);
    server.settle().await;
    let offer = world::open_offer(&crew.phone).await.unwrap();
    crew.phone.post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await.expect(201);
    (id(&made), call)
}

async fn smells_of_gas(server: &TestServer, call: &str) {
    let gas = json!({ "answers": [{ "hazard": "H-GAS", "answer": "yes" }] });
    server.dispatcher().post(&format!("/v1/calls/{call}/hazard-answers"), gas).await.expect(200);
    server.settle().await;
}

/// There is no way to check the identity, or there is one again.
async fn plan(server: &TestServer, job: &str, method: &str) {
    let out = |method: &str| json!({ "method": method, "reason": "no_answer" });
    let better = ["card_on_person", "host_or_landlord_call_back", "police_present", "check_inside"];
    let impossible: Vec<_> = if method == "none" { better.map(out).to_vec() } else { Vec::new() };
    let body = json!({ "method": method, "impossible": impossible });
    server.dispatcher().post(&format!("/v1/jobs/{job}/identity-plan"), body).await.expect(201);
    server.settle().await;
}

on_both_engines! {
    async fn a_missing_identity_check_keeps_the_door_shut_and_a_danger_the_work(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let (job, call) = accepted(&server, &crew).await;
        let path = format!("/firm/jobs/{job}");
        let mut firm = firm_visitor(&server, &crew, "own").await;
        let (shut, safe) = ("本人確認の方法が決まるまで、開錠しないでください。", "安全確保のほかは作業を始めないでください。");
        let calm = firm.get(&path).await.expect(200).text;
        assert!(!calm.contains(shut) && !calm.contains(safe), "{calm}");
        assert!(!firm.get("/firm").await.expect(200).text.contains("要確認"));
        plan(&server, &job, "none").await;
        let page = firm.get(&path).await.expect(200).text;
        assert!(page.contains(shut) && !page.contains(safe), "{page}");
        plan(&server, &job, "card_on_person").await;
        smells_of_gas(&server, &call).await;
        let page = firm.get(&path).await.expect(200).text;
        assert!(page.contains(safe) && !page.contains(shut), "{page}");
        // It stands on the list as well, whichever jobs are looked at, and is nobody else's to know.
        let gas = "ガス";
        for list in ["/firm", "/firm?state=completed"] {
            let page = firm.get(list).await.expect(200).text;
            assert!(page.contains("作業の前に必ずご確認ください") && page.contains(gas) && page.contains(&path), "{list}: {page}");
        }
        assert!(firm.get("/firm").await.expect(200).text.contains("要確認"));
        let back = json!({ "reason": "not_reachable" });
        server.dispatcher().post(&format!("/v1/jobs/{job}/reassignment"), back).await.expect(200);
        for list in ["/firm", &path] {
            let page = firm.get(list).await.expect(200).text;
            assert!(!page.contains(gas) && !page.contains("作業の前に"), "{list}: {page}");
        }
        server.stop().await;
    }

    async fn a_danger_comes_to_the_page_that_is_open(db: TestDb) {
        let Some(browser) = Browser::open().await else { return };
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let (job, call) = accepted(&server, &crew).await;
        firm_visitor(&server, &crew, "own").await;
        sign_in(&browser, &server, "own", "/firm").await;
        browser.until(&format!("document.querySelector('a[href=\"/firm/jobs/{job}\"]')")).await;
        smells_of_gas(&server, &call).await;
        browser.run("dispatchEvent(new Event('focus'))").await;
        browser.until("document.getElementById('endangered')").await;
        let cleared = json!({ "hazard": "H-GAS", "cleared_by": "gas_company", "note_code": "checked_safe" });
        let case = server.dispatcher().get(&format!("/v1/jobs/{job}")).await.expect(200)["case_id"].clone();
        let path = format!("/v1/cases/{}/clearances", case.as_str().unwrap());
        server.dispatcher().post(&path, cleared).await.expect(201);
        server.settle().await;
        browser.run("dispatchEvent(new Event('focus'))").await;
        browser.until("!document.getElementById('endangered')").await;
        server.stop().await;
    }

    async fn a_suspended_contractor_is_not_told_that_it_has_nobody(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let (job, _) = accepted(&server, &crew).await;
        let mut own = firm_visitor(&server, &crew, "own").await;
        let mut firm = world::firm("栄水道");
        firm["state"] = json!("suspended");
        server.client(Role::Administrator).put(&format!("/v1/firms/{}", crew.firm), 1, firm).await.expect(200);
        let page = own.get("/firm").await.expect(200).text;
        assert!(page.contains(&job), "{page}");
        assert!(!page.contains("登録されていません") && !page.contains("打診はありません"), "{page}");
        server.stop().await;
    }
}
