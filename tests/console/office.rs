//! The pages of the office: reviews, bills, people, the audit; and a contractor's own page.

use kaketsuke::domain::{actor::Role, tokens::Grant};
use serde_json::{Value, json};

use crate::{
    driver::Browser,
    support::{
        db::{TestDb, on_both_engines},
        server::TestServer,
        site::{self, Device},
        world::{self, Crew},
    },
    visitor::{PASSWORD, Visitor, add, signed_in},
};

const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";
const DOWN: &str = "\u{e015}";

/// 72 minutes of work with consent to two units. With `skipped` reports of the device missing, it is doubtful.
pub(crate) async fn worked(server: &TestServer, crew: &Crew, skipped: i64) -> String {
    let job = site::accepted_job(server, crew).await;
    server.pass(80).await;
    let mut phone = Device::new(&job, "phone").after(skipped);
    let facts = site::agreed(&mut phone, "21:05", ("21:50", 2), "22:17");
    phone.send(server, &crew.phone, &facts).await.expect(200);
    server.settle().await;
    job
}

pub(crate) async fn firm_visitor(server: &TestServer, crew: &Crew, login: &str) -> Visitor {
    let firm: uuid::Uuid = crew.firm.parse().unwrap();
    add(server, login, Grant::new(Role::Firm, Some(firm.into()), None, None).unwrap()).await;
    let mut visitor = Visitor::new(server);
    visitor.sign_in(login, PASSWORD).await.expect(303);
    visitor
}

pub(crate) async fn sign_in(browser: &Browser, server: &TestServer, login: &str, then: &str) {
    browser.go(&format!("{}/sign-in", server.base)).await;
    browser.press(&format!("{login}{TAB}{PASSWORD}{ENTER}")).await;
    browser.until(&format!("location.pathname === '{then}'")).await;
}

/// What a page of a browser sees of the API.
pub(crate) async fn first_of(server: &TestServer, path: &str) -> Value {
    server.client(Role::Supervisor).get(path).await.expect(200)["items"][0].clone()
}

on_both_engines! {
    async fn each_role_begins_where_its_work_is(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let (consumer, _) = site::consumer(&server, "経理").await;
        let consumer: uuid::Uuid = consumer.parse().unwrap();
        add(&server, "billing", Grant::new(Role::Billing, None, None, Some(consumer.into())).unwrap()).await;
        let firm: uuid::Uuid = crew.firm.parse().unwrap();
        add(&server, "firm", Grant::new(Role::Firm, Some(firm.into()), None, None).unwrap()).await;
        add(&server, "supervisor", Grant::Supervisor).await;
        for (login, first) in [("billing", "/billing"), ("firm", "/firm"), ("supervisor", "/")] {
            let mut visitor = Visitor::new(&server);
            let answer = visitor.sign_in(login, PASSWORD).await.expect(303);
            assert_eq!(answer.location(), first, "{login}");
        }
        server.stop().await;
    }

    async fn a_doubt_stands_on_its_page_with_both_clocks(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        worked(&server, &crew, 1).await;
        let review = first_of(&server, "/v1/reviews").await;
        let path = format!("/reviews/{}", review["id"].as_str().unwrap());
        let mut supervisor = signed_in(&server, Role::Supervisor).await;
        let list = supervisor.get("/reviews").await.expect(200).text;
        assert!(list.contains("端末からまだ届いていない報告があります") && list.contains(&path), "{list}");
        let page = supervisor.get(&path).await.expect(200).text;
        for text in ["栄水道 太郎", "#1", "21:05:00", "22:20:00", "name=\"note\""] {
            assert!(page.contains(text), "{text}: {page}");
        }
        let mut administrator = signed_in(&server, Role::Administrator).await;
        let read_only = administrator.get(&path).await.expect(200).text;
        assert!(!read_only.contains("name=\"note\"") && read_only.contains("決定できるのは責任者です"));
        supervisor.get("/reviews/00000000-0000-7000-8000-000000000000").await.expect(404);
        server.stop().await;
    }

    async fn what_somebody_says_who_disputes_stands_where_it_is_decided(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = worked(&server, &crew, 0).await;
        let says = json!({ "reason": "wrong_amount", "payer": "worker", "note": "60分も<かかって>いない" });
        server.dispatcher().post(&format!("/v1/jobs/{job}/disputes"), says).await.expect(201);
        let mut tablet = Device::new(&job, "tablet").after(1);
        let second = tablet.fact("22:18", json!({ "kind": "payment", "method": "none" }));
        tablet.send(&server, &crew.phone, &[second]).await.expect(200);
        server.settle().await;
        let review = first_of(&server, "/v1/reviews").await;
        let mut supervisor = signed_in(&server, Role::Supervisor).await;
        for path in [format!("/billing/jobs/{job}"), format!("/reviews/{}", review["id"].as_str().unwrap())] {
            let page = supervisor.get(&path).await.expect(200).text;
            let words = page.split_once("<blockquote class=\"words\">").expect(&page).1;
            let words = words.split_once("</blockquote>").unwrap().0;
            assert!(words.starts_with("60分も") && words.ends_with("いない") && !words.contains('<'), "{path}: {words}");
        }
        server.stop().await;
    }

    async fn a_review_is_decided_by_keys_alone(db: TestDb) {
        let Some(browser) = Browser::open().await else { return };
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = worked(&server, &crew, 1).await;
        let review = first_of(&server, "/v1/reviews").await;
        add(&server, "supervisor", Grant::Supervisor).await;
        sign_in(&browser, &server, "supervisor", "/").await;
        browser.go(&format!("{}/reviews/{}", server.base, review["id"].as_str().unwrap())).await;
        // What each decision would cost.
        browser.until("document.querySelector('[data-cost=accept]').textContent.includes('2,200')").await;
        browser.until("document.querySelector('[data-cost=write_off]').textContent.includes('0')").await;
        browser.until("document.querySelectorAll('#lines li').length === 1").await;
        // 3: nothing is billed; on to the reason (the ninth), the explanation, the button.
        browser.press("3").await;
        browser.until("document.querySelector('[value=write_off]').checked").await;
        browser.press(&format!("{TAB}{TAB}{}", DOWN.repeat(9))).await;
        browser.until("document.activeElement.value === 'goodwill'").await;
        browser.press(&format!("{TAB}confirmed with the resident{TAB}{ENTER}")).await;
        browser.until("location.pathname === '/reviews'").await;
        let lines = server.client(Role::Supervisor).get(&format!("/v1/ledger-lines?job_id={job}")).await.expect(200);
        assert_eq!(lines["items"][0]["kind"], "write_off", "{lines}");
        browser.go(&format!("{}/billing?kind=write_off", server.base)).await;
        browser.until("document.body.innerText.includes('請求しません')").await;
        server.stop().await;
    }

    async fn a_bill_is_read_with_its_proof_and_paid(db: TestDb) {
        let Some(browser) = Browser::open().await else { return };
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = worked(&server, &crew, 0).await;
        let (consumer, _) = site::consumer(&server, "経理一").await;
        site::consumer(&server, "経理二").await;
        let consumer: uuid::Uuid = consumer.parse().unwrap();
        add(&server, "billing", Grant::new(Role::Billing, None, None, Some(consumer.into())).unwrap()).await;
        sign_in(&browser, &server, "billing", "/billing").await;
        browser.until("document.querySelector('.proof').textContent.includes('2,200円')").await;
        // Its own position, and nobody else's.
        assert_eq!(browser.run("return document.body.innerText.includes('経理一')").await, true);
        assert_eq!(browser.run("return document.body.innerText.includes('経理二')").await, false);
        browser.run("document.querySelector('.row-link').click()").await;
        browser.until(&format!("location.pathname === '/billing/jobs/{job}'")).await;
        browser.run("const by = (n) => document.getElementById(n); by('method').value = 'card'; by('payer').value = 'worker'; by('amount').value = '2200'; by('amount').form.requestSubmit()").await;
        browser.until("document.querySelector('.sums strong')?.textContent.startsWith('0')").await;
        let payments = server.client(Role::Supervisor).get("/v1/payments").await.expect(200);
        assert_eq!((&payments["items"][0]["amount_yen"], &payments["items"][0]["method"]), (&json!(2_200), &json!("card")));
        server.stop().await;
    }

    async fn the_office_sees_what_a_contractor_says_beside_what_is_known(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let mut supervisor = signed_in(&server, Role::Supervisor).await;
        assert!(supervisor.get("/staff").await.expect(200).text.contains("承認待ちの届け出はありません"));
        let path = format!("/v1/technicians/{}", crew.technician);
        let mut more = world::technician("栄水道 太郎", &["water", "lock"], world::point(35.165, 136.91));
        more["languages"] = json!(["ja", "en", "ne"]);
        crew.office.put(&path, 1, more).await.expect(200);
        let ghost = world::technician("幽霊 <b>", &["water"], world::point(35.2, 136.95));
        crew.office.post(&format!("/v1/firms/{}/technicians", crew.firm), ghost).await.expect(201);
        let page = supervisor.get("/staff").await.expect(200).text;
        for shown in ["承認待ち 2 件", "栄水道 太郎", "ネパール語", "新規", "35.20000, 136.95000", "高圧洗浄機"] {
            assert_eq!(page.contains(shown), shown != "高圧洗浄機", "{shown}: {page}");
        }
        assert!(!page.contains("幽霊 <b>"), "what a contractor types is no markup");
        let mut firm = firm_visitor(&server, &crew, "own").await;
        assert_eq!(firm.get("/firm").await.expect(200).text.matches("承認待ち").count(), 2);
        let proposals = server.client(Role::Supervisor).get("/v1/technician-proposals").await.expect(200);
        for proposal in proposals["items"].as_array().unwrap() {
            let decided = format!("/v1/technician-proposals/{}/decision", proposal["id"].as_str().unwrap());
            server.client(Role::Supervisor).post(&decided, json!({ "outcome": "confirmed" })).await.expect(200);
        }
        assert!(supervisor.get("/staff").await.expect(200).text.contains("承認待ちの届け出はありません"));
        server.stop().await;
    }

    async fn g_10_a_suspended_contractor_finds_what_it_has_in_hand(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = site::accepted_job(&server, &crew).await;
        let mut own = firm_visitor(&server, &crew, "own").await;
        own.get("/roster").await.expect(200);
        let mut firm = world::firm("栄水道");
        firm["state"] = json!("suspended");
        server.administrator().put(&format!("/v1/firms/{}", crew.firm), 1, firm).await.expect(200);
        let page = own.get("/firm").await.expect(200).text;
        assert!(page.contains("停止中です") && page.contains(&format!("/firm/jobs/{job}")), "{page}");
        assert!(own.get(&format!("/firm/jobs/{job}")).await.expect(200).text.contains("Ram Example"));
        own.get("/account").await.expect(200);
        let refused = own.get("/roster").await.expect(403).text;
        assert!(refused.contains("停止中です"), "{refused}");
        let back = json!({ "reason": "other" });
        server.dispatcher().post(&format!("/v1/jobs/{job}/reassignment"), back).await.expect(200);
        own.get(&format!("/firm/jobs/{job}")).await.expect(404);
        assert!(!own.get("/firm").await.expect(200).text.contains(&job));
        server.stop().await;
    }

    async fn a_contractor_sees_and_answers_its_own_only(db: TestDb) {
        let Some(browser) = Browser::open().await else { return };
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = world::job(&server).await;
        // Registered later, so that the first one is asked.
        let other = world::crew(&server, "名駅設備", 35.30, 137.05).await;
        let mut stranger = firm_visitor(&server, &other, "other").await;
        let page = stranger.get("/firm").await.expect(200).text;
        assert!(page.contains("打診はありません") && page.contains("名駅設備") && !page.contains("栄水道"), "{page}");
        firm_visitor(&server, &crew, "own").await;
        sign_in(&browser, &server, "own", "/firm").await;
        browser.until("document.querySelector('.offer .clock-time').textContent !== ''").await;
        // Before it is accepted: the district, nobody's name.
        assert_eq!(browser.run("return document.body.innerText.includes('Ram')").await, false);
        browser.run("document.querySelector('.offer .primary').focus()").await;
        browser.press(ENTER).await;
        browser.until(&format!("document.querySelector('a[href=\"/firm/jobs/{job}\"]')")).await;
        browser.go(&format!("{}/firm/jobs/{job}", server.base)).await;
        browser.until("document.body.innerText.includes('Ram Example') && document.body.innerText.includes('栄')").await;
        stranger.get(&format!("/firm/jobs/{job}")).await.expect(404);
        // The read is on record, with who it was.
        let mut supervisor = signed_in(&server, Role::Supervisor).await;
        let audit = supervisor.get("/audit").await.expect(200).text;
        assert!(audit.contains("GET /firm/jobs/{id}") && audit.contains("架空 own"), "{audit}");
        let none = supervisor.get("/audit?purpose=billing").await.expect(200).text;
        assert!(!none.contains("GET /firm/jobs/{id}"));
        server.stop().await;
    }

    async fn people_are_added_and_disabled(db: TestDb) {
        let Some(browser) = Browser::open().await else { return };
        let server = TestServer::start(&db).await;
        add(&server, "administrator", Grant::Administrator).await;
        sign_in(&browser, &server, "administrator", "/").await;
        browser.go(&format!("{}/users", server.base)).await;
        browser.run("document.getElementById('p-name').focus()").await;
        browser.press(&format!("Sato{TAB}sato")).await;
        browser.run("document.getElementById('p-role').value = 'dispatcher'; document.getElementById('p-password').value = 'correct horse battery'; document.getElementById('p-name').form.requestSubmit()").await;
        browser.until("document.body.innerText.includes('sato')").await;
        let mut sato = Visitor::new(&server);
        sato.sign_in("sato", PASSWORD).await.expect(303);
        sato.get("/").await.expect(200);
        // A token's secret is shown once.
        browser.run("document.getElementById('t-name').value = 'cti'; const r = document.getElementById('t-role'); r.value = 'dispatcher'; r.form.requestSubmit()").await;
        browser.until("document.querySelector('#secret output').textContent.startsWith('kkt_')").await;
        browser.go(&format!("{}/users", server.base)).await;
        browser.until("document.body.innerText.includes('cti') && document.getElementById('secret').hidden").await;
        browser.run("window.confirm = () => true; document.querySelector('form[data-send$=\"/disabling\"]').requestSubmit()").await;
        browser.until("document.querySelector('.t-disabled')").await;
        sato.get("/").await.expect(303);
        server.stop().await;
    }
}
