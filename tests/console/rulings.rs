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

/// A job whose eight days are over, of which so many reports are missing: its bill is disputed, or its review is open.
async fn late_to_rescind(browser: &Browser, server: &TestServer, skipped: i64) -> (String, Value) {
    let crew = world::crew(server, "栄水道", 35.165, 136.91).await;
    let job = worked(server, &crew, skipped).await;
    let received = json!({ "received_on": "2026-11-22" });
    let path = format!("/v1/jobs/{job}/statutory-receipts");
    server.client(Role::Supervisor).post(&path, received).await.expect(201);
    server.pass(8 * 24 * 60).await;
    let review = if skipped > 0 {
        first_of(server, "/v1/reviews").await
    } else {
        let says = json!({ "reason": "cooling_off", "payer": "worker" });
        server.dispatcher().post(&format!("/v1/jobs/{job}/disputes"), says).await.expect(201);
        Value::Null
    };
    add(server, "supervisor", Grant::Supervisor).await;
    sign_in(browser, server, "supervisor", "/").await;
    (job, review)
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

    // G-18: who pays how much of a line is a part of the decision in force, and stays where something else is corrected.
    async fn what_was_given_back_stays_so_when_something_else_is_corrected(db: TestDb) {
        let Some(browser) = Browser::open().await else { return };
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        worked(&server, &crew, 1).await;
        let review = first_of(&server, "/v1/reviews").await;
        let of = json!({ "kind": "overtime", "payer": "worker" });
        let decision = json!({
            "ruling": "correct", "reason": "goodwill", "note": "電話で約束", "payers": [{ "of": of, "payer": "programme" }],
            "goodwill": [{ "of": of, "yen": 700 }],
        });
        let body = json!({ "version": review["version"], "decision": decision });
        server.client(Role::Supervisor).post(&format!("/v1/reviews/{}/decision", id(&review)), body).await.expect(200);
        add(&server, "supervisor", Grant::Supervisor).await;
        sign_in(&browser, &server, "supervisor", "/").await;
        let path = format!("{}/reviews/{}", server.base, id(&review));
        browser.go(&path).await;
        browser.run("document.querySelector('[value=correct]').click()").await;
        // It starts from there: nothing changes, and both are on the page.
        browser.until("document.getElementById('difference').textContent.includes('変わりません')").await;
        let shown = browser.run("return [...document.querySelectorAll('[name=payers], [name=goodwill]')].map((box) => `${box.checked} ${box.closest('label').textContent.trim()}`).join('; ')").await;
        assert_eq!(shown, "true 超過料金 (本人) → 制度; true 超過料金 (本人) −700 円");
        // Work is stated besides, which leaves one unit.
        let state = "const own = document.querySelector('.stated'); own.querySelector('[data-state]').click();
                     const to = own.querySelector('[data-to]'); to.value = to.value.slice(0, 11) + '22:10:00';
                     to.dispatchEvent(new Event('input', { bubbles: true }))";
        browser.run(state).await;
        browser.until("document.querySelector('[data-cost=correct]').textContent.includes('400')").await;
        send(&browser).await;
        browser.until("location.pathname === '/reviews'").await;
        let decided = decisions(&server, &review).await[1]["correction"].clone();
        assert_eq!((&decided["payers"], &decided["goodwill"]), (&json!([{ "of": of, "payer": "programme" }]), &json!([{ "of": of, "yen": 700 }])));
        assert_eq!(decided["work"].as_array().unwrap().len(), 1);
        // What is taken back is taken back, and nothing else.
        browser.go(&path).await;
        browser.run("document.querySelector('[value=correct]').click(); document.querySelector('[name=goodwill]').click()").await;
        browser.until("document.querySelector('[data-cost=correct]').textContent.includes('1,100')").await;
        send(&browser).await;
        browser.until("location.pathname === '/reviews'").await;
        let decided = decisions(&server, &review).await[2]["correction"].clone();
        assert_eq!((&decided["payers"], &decided["goodwill"]), (&json!([{ "of": of, "payer": "programme" }]), &json!([])));
        server.stop().await;
    }

    // Y-11: after the eight days a supervisor lets somebody off by name, on either page.
    async fn a_review_that_rescinds_after_the_eight_days_is_confirmed_there(db: TestDb) {
        let Some(browser) = Browser::open().await else { return };
        let server = TestServer::start(&db).await;
        let review = late_to_rescind(&browser, &server, 1).await.1;
        browser.go(&format!("{}/reviews/{}", server.base, id(&review))).await;
        answer_questions(&browser, "true").await;
        browser.run("document.querySelector('[value=rescind]').click()").await;
        let fill = "const by = (name) => document.getElementById(name); by('reason').value = 'cooling_off'; by('note').value = 'asked'; by('decide').requestSubmit()";
        browser.run(fill).await;
        let confirm = "document.querySelector('[name=confirm][value=cooling_off_over]:not(:disabled)')";
        browser.until(&format!("{confirm}?.offsetParent")).await;
        assert_eq!(decisions(&server, &review).await, [] as [Value; 0]);
        browser.run(&format!("{confirm}.click(); document.getElementById('decide').requestSubmit()")).await;
        browser.until("location.pathname === '/reviews'").await;
        assert_eq!(decisions(&server, &review).await[0]["ruling"], "rescind");
        server.stop().await;
    }

    async fn a_dispute_upheld_after_the_eight_days_is_confirmed_there(db: TestDb) {
        let Some(browser) = Browser::open().await else { return };
        let server = TestServer::start(&db).await;
        let job = late_to_rescind(&browser, &server, 0).await.0;
        browser.go(&format!("{}/billing/jobs/{job}", server.base)).await;
        answer_questions(&browser, "true").await;
        let fill = "const form = document.querySelector('form[data-resolution]');
                    for (const [name, value] of [['outcome', 'upheld'], ['correction.ruling', 'rescind'], ['correction.reason', 'cooling_off'], ['correction.note', 'asked']]) {
                      form.elements[name].value = value; form.elements[name].dispatchEvent(new Event('change', { bubbles: true })); }
                    form.requestSubmit()";
        browser.run(fill).await;
        let confirm = "document.querySelector('[name=\"correction.confirm\"][value=cooling_off_over]:not(:disabled)')";
        browser.until(&format!("{confirm}?.offsetParent")).await;
        assert_eq!(first_of(&server, "/v1/disputes").await["state"], "open");
        browser.run(&format!("{confirm}.click(); document.querySelector('form[data-resolution]').requestSubmit()")).await;
        browser.until("document.querySelector('.dispute .t-resolved')").await;
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
