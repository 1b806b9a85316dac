//! What a decision about a bill would change is seen before it is made (G-18).

use kaketsuke::domain::{actor::Role, tokens::Grant};
use serde_json::{Value, json};

use crate::{
    driver::Browser,
    office::{first_of, sign_in, worked},
    support::{
        db::{TestDb, on_both_engines},
        server::{TestServer, id},
        site::{Device, clock},
        world,
    },
    visitor::add,
};

/// Counts what the page asks of a person, and answers so.
async fn answer_questions(browser: &Browser, answer: &str) {
    browser
        .run(&format!("window.asked = []; window.confirm = (question) => (asked.push(question), {answer})"))
        .await;
}

/// Gives a reason and a note, and sends the decision.
async fn send(browser: &Browser) {
    let fill = "const by = (name) => document.getElementById(name); by('reason').value = 'goodwill'; by('note').value = 'asked'; by('decide').requestSubmit()";
    browser.run(fill).await;
}

async fn decisions(server: &TestServer, review: &Value) -> Vec<Value> {
    let path = format!("/v1/reviews/{}", id(review));
    let shown = server.client(Role::Supervisor).get(&path).await.expect(200);
    shown["decisions"].as_array().unwrap().clone()
}

on_both_engines! {
    async fn what_nobody_knows_is_not_told_as_nothing(db: TestDb) {
        let Some(browser) = Browser::open().await else { return };
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        worked(&server, &crew, 1).await;
        let review = first_of(&server, "/v1/reviews").await;
        add(&server, "supervisor", Grant::Supervisor).await;
        sign_in(&browser, &server, "supervisor", "/").await;
        browser.go(&format!("{}/reviews/{}", server.base, id(&review))).await;
        browser.until("document.getElementById('lines').textContent.includes('2,200')").await;
        // A correction of nothing is no decision: there is no bill of it.
        browser.run("document.querySelector('[value=correct]').click()").await;
        browser.until("document.getElementById('lines').textContent.trim() === '–'").await;
        assert_eq!(browser.run("return document.getElementById('difference').textContent.trim()").await, "–");
        server.stop().await;
    }

    async fn a_correction_in_force_is_seen_whole_and_can_be_taken_back(db: TestDb) {
        let Some(browser) = Browser::open().await else { return };
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = crate::support::site::accepted_job(&server, &crew).await;
        let helper = world::crew(&server, "手伝い", 35.18, 136.91).await;
        let help = json!({ "technician_id": helper.technician });
        server.dispatcher().post(&format!("/v1/jobs/{job}/helpers"), help).await.expect(201);
        server.pass(80).await;
        let mut phone = Device::new(&job, "phone").after(1);
        let facts = crate::support::site::agreed(&mut phone, "21:05", ("21:50", 2), "22:17");
        phone.send(&server, &crew.phone, &facts).await.expect(200);
        server.settle().await;
        // The helper has told nothing; a supervisor knows of their work all the same.
        let review = first_of(&server, "/v1/reviews").await;
        let stretches = json!([{ "from": clock("21:30"), "to": clock("21:40"), "work": "work" }]);
        let decision = json!({
            "ruling": "correct", "reason": "confirmed_by_phone", "note": "電話で確認",
            "work": [{ "technician_id": helper.technician, "stretches": stretches }],
        });
        let body = json!({ "version": review["version"], "decision": decision });
        server.client(Role::Supervisor).post(&format!("/v1/reviews/{}/decision", id(&review)), body).await.expect(200);
        add(&server, "supervisor", Grant::Supervisor).await;
        sign_in(&browser, &server, "supervisor", "/").await;
        browser.go(&format!("{}/reviews/{}", server.base, id(&review))).await;
        browser.run("document.querySelector('[value=correct]').click()").await;
        browser.until(&format!("document.querySelector('.stated[data-technician=\"{}\"] [data-state]').checked", helper.technician)).await;
        browser.until("document.getElementById('difference').textContent.includes('変わりません')").await;
        // Nothing is left of the correction: the record counts as it was reported.
        browser.run("const box = document.querySelector('.stated [data-state]:checked'); box.click()").await;
        browser.until("document.querySelector('[data-cost=correct]').textContent.includes('2,200')").await;
        send(&browser).await;
        browser.until("location.pathname === '/reviews'").await;
        let decisions = decisions(&server, &review).await;
        assert_eq!((&decisions[1]["ruling"], &decisions[1]["correction"]["work"]), (&json!("accept"), &json!([])));
        server.stop().await;
    }

    async fn a_rescission_asks_once_and_an_upheld_dispute_shows_what_it_changes(db: TestDb) {
        let Some(browser) = Browser::open().await else { return };
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = worked(&server, &crew, 0).await;
        let says = json!({ "reason": "wrong_amount", "payer": "worker" });
        server.dispatcher().post(&format!("/v1/jobs/{job}/disputes"), says).await.expect(201);
        add(&server, "supervisor", Grant::Supervisor).await;
        sign_in(&browser, &server, "supervisor", "/").await;
        browser.go(&format!("{}/billing/jobs/{job}", server.base)).await;
        answer_questions(&browser, "false").await;
        let choose = |name: &str, value: &str| format!("
            {{ const field = document.querySelector('form[data-resolution]').elements['{name}']; field.value = '{value}';
               field.dispatchEvent(new Event('change', {{ bubbles: true }})); }}");
        browser.run(&choose("outcome", "upheld")).await;
        browser.until("document.querySelector('[data-change]').textContent.includes('-2,200')").await;
        browser.until("document.querySelector('[data-difference]').textContent.includes('2,200')").await;
        browser.run(&choose("correction.ruling", "rescind")).await;
        browser.until("document.querySelector('[data-change]').textContent.includes('-2,200')").await;
        browser.run(&choose("correction.reason", "cooling_off")).await;
        browser.run("const form = document.querySelector('form[data-resolution]'); form.elements['correction.note'].value = 'asked'; form.requestSubmit()").await;
        browser.until("asked.length === 1").await;
        assert_eq!(first_of(&server, "/v1/disputes").await["state"], "open");
        answer_questions(&browser, "true").await;
        browser.run("document.querySelector('form[data-resolution]').requestSubmit()").await;
        browser.until("document.querySelector('.dispute .t-resolved')").await;
        assert_eq!(first_of(&server, "/v1/disputes").await["resolution"]["outcome"], "upheld");
        server.stop().await;
    }

    async fn a_review_that_is_decided_by_rescission_asks_once(db: TestDb) {
        let Some(browser) = Browser::open().await else { return };
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        worked(&server, &crew, 1).await;
        let review = first_of(&server, "/v1/reviews").await;
        add(&server, "supervisor", Grant::Supervisor).await;
        sign_in(&browser, &server, "supervisor", "/").await;
        browser.go(&format!("{}/reviews/{}", server.base, id(&review))).await;
        browser.until("document.getElementById('lines').textContent.includes('2,200')").await;
        answer_questions(&browser, "false").await;
        browser.run("document.querySelector('[value=rescind]').click()").await;
        send(&browser).await;
        browser.until("asked.length === 1").await;
        assert_eq!(decisions(&server, &review).await, [] as [Value; 0]);
        answer_questions(&browser, "true").await;
        send(&browser).await;
        browser.until("location.pathname === '/reviews'").await;
        assert_eq!(decisions(&server, &review).await[0]["ruling"], "rescind");
        server.stop().await;
    }

    // G-07: what is doubtful about money is asked at the screen, and what was confirmed stays so.
    async fn money_that_cannot_be_right_is_confirmed_there(db: TestDb) {
        let Some(browser) = Browser::open().await else { return };
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = worked(&server, &crew, 0).await;
        let path = format!("/v1/jobs/{job}/payments");
        let paid = json!({ "kind": "later", "method": "card", "payer": "worker", "amount_yen": 2_200, "received_at": server.ctx.now() });
        server.dispatcher().post(&path, paid.clone()).await.expect(201);
        let refused = server.dispatcher().post(&path, paid).await;
        assert_eq!((refused.problem(), &refused.body["confirm"]), ("payment-overpaid", &json!(["overpaid"])));
        add(&server, "supervisor", Grant::Supervisor).await;
        sign_in(&browser, &server, "supervisor", "/").await;
        browser.go(&format!("{}/billing/jobs/{job}", server.base)).await;
        let fill = "const by = (n) => document.getElementById(n); by('method').value = 'card'; by('payer').value = 'worker'; by('amount').value = '2200'; by('amount').form.requestSubmit()";
        browser.run(fill).await;
        for doubt in ["overpaid", "repeated"] {
            browser.until(&format!("document.querySelector('[name=confirm][value={doubt}]:not(:disabled)')?.offsetParent")).await;
            browser.run(&format!("document.querySelector('[name=confirm][value={doubt}]').click(); document.getElementById('amount').form.requestSubmit()")).await;
        }
        browser.until("document.querySelector('.sums strong')?.textContent.includes('-2,200')").await;
        server.stop().await;
    }
}
