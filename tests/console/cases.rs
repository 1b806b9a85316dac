//! A case's page: what an alarm asks for can be said there, and where it stands is seen.

use kaketsuke::domain::{actor::Role, tokens::Grant};
use serde_json::json;

use crate::{
    driver::Browser,
    office::sign_in,
    support::{
        db::{TestDb, on_both_engines},
        server::{TestServer, id},
        world,
    },
    visitor::{add, signed_in},
};

on_both_engines! {
    // E-05: also of a closed case, for whose alarm there is no other page.
    async fn whether_somebody_is_entitled_is_recorded_on_the_page(db: TestDb) {
        let Some(browser) = Browser::open().await else { return };
        let server = TestServer::start(&db).await;
        let call = world::safe_call(&server).await;
        let mut body = world::case(&call);
        body["liability_flag"] = json!("no");
        let case = id(&server.dispatcher().post("/v1/cases", body).await.expect(201));
        server.dispatcher().post(&format!("/v1/cases/{case}/closing"), json!({})).await.expect(200);
        add(&server, "dispatcher", Grant::Dispatcher).await;
        sign_in(&browser, &server, "dispatcher", "/").await;
        browser.go(&format!("{}/cases/{case}", server.base)).await;
        let choose = |basis: &str| format!("
            const form = document.querySelector('form[data-send$=\"/eligibility\"]'); form.closest('details').open = true;
            form.elements.eligibility.value = 'eligible'; form.elements.basis.value = '{basis}'; form.requestSubmit()");
        browser.run(&choose("")).await;
        browser.until("document.querySelector('[name=basis][aria-invalid=true]')").await;
        browser.run(&choose("host_call_back")).await;
        browser.until("document.querySelector('dl.facts').innerText.includes('対象者\\n')").await;
        let shown = server.dispatcher().get(&format!("/v1/cases/{case}")).await.expect(200);
        assert_eq!((&shown["eligibility"], &shown["state"]), (&json!("eligible"), &json!("closed")));
        server.stop().await;
    }

    async fn a_legal_hold_is_seen_by_all_of_the_desk_and_placed_by_the_office(db: TestDb) {
        let Some(browser) = Browser::open().await else { return };
        let server = TestServer::start(&db).await;
        let case = world::opened_case(&server).await;
        let path = format!("/cases/{case}");
        let mut desk = signed_in(&server, Role::Dispatcher).await;
        let page = desk.get(&path).await.expect(200).text;
        assert!(!page.contains("消去の停止") && !page.contains("/legal-hold"), "{page}");
        add(&server, "supervisor", Grant::Supervisor).await;
        sign_in(&browser, &server, "supervisor", "/").await;
        browser.go(&format!("{}{path}", server.base)).await;
        browser.run("window.confirm = () => true; const form = document.querySelector('form[data-send$=\"/legal-hold\"]'); form.elements.reason.value = 'insurer'; form.requestSubmit()").await;
        browser.until("document.querySelector('form[data-send$=\"/legal-hold-lifting\"]')").await;
        let page = desk.get(&path).await.expect(200).text;
        assert!(page.contains("消去の停止") && page.contains("保険会社の照会") && !page.contains("/legal-hold"), "{page}");
        browser.run("window.confirm = () => true; document.querySelector('form[data-send$=\"/legal-hold-lifting\"]').requestSubmit()").await;
        browser.until("document.querySelector('form[data-send$=\"/legal-hold\"]')").await;
        assert_eq!(server.dispatcher().get(&format!("/v1{path}")).await.expect(200)["legal_hold"], json!(null));
        server.stop().await;
    }

    async fn another_job_is_made_beside_one_of_the_same_kind(db: TestDb) {
        let Some(browser) = Browser::open().await else { return };
        let server = TestServer::start(&db).await;
        world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = world::job(&server).await;
        let case = server.dispatcher().get(&format!("/v1/jobs/{job}")).await.expect(200)["case_id"].clone();
        add(&server, "dispatcher", Grant::Dispatcher).await;
        sign_in(&browser, &server, "dispatcher", "/").await;
        browser.go(&format!("{}/cases/{}", server.base, case.as_str().unwrap())).await;
        let choose = |code: &str| format!("const kind = document.getElementById('job_code'); kind.value = '{code}'; kind.dispatchEvent(new Event('change', {{ bubbles: true }}))");
        browser.run(&choose("W-FAUCET-DRIP")).await;
        browser.until("document.getElementById('beside-box').hidden").await;
        browser.run(&choose("W-TOILET-CLOG")).await;
        browser.until("!document.getElementById('beside-box').hidden").await;
        let named = browser.run("return document.querySelector('#beside option[data-code]').textContent").await;
        let named = named.as_str().unwrap();
        assert!(!named.contains("W-TOILET-CLOG") && named.contains("つまり"), "{named}");
        server.stop().await;
    }
}
