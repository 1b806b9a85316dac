//! Every page is usable by whoever cannot see it well or holds no mouse: axe-core finds nothing against WCAG 2.2 AA, in
//! both languages and both schemes.

use kaketsuke::domain::{actor::Role, tokens::Grant};
use serde_json::json;

use crate::{
    driver::Browser,
    support::{
        db::{TestDb, on_sqlite},
        server::{TestServer, id},
        site::{self, Device},
        world,
    },
    visitor::{PASSWORD, add},
};

const AXE: &str = include_str!(concat!(env!("OUT_DIR"), "/browser/node_modules/axe-core/axe.min.js"));
const TAGS: [&str; 5] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/// What axe finds on the page: rule and element of each violation.
async fn violations(browser: &Browser) -> Vec<String> {
    browser.run(&format!("{AXE};")).await;
    let script = format!(
        "const done = arguments[arguments.length - 1];
         axe.run(document, {{ runOnly: {} }}).then((found) => done(found.violations.flatMap((one) =>
           one.nodes.map((node) => `${{one.id}}: ${{node.target.join(' ')}}: ${{node.failureSummary}}`))))",
        json!(TAGS)
    );
    let found = browser.run_async(&script).await;
    found.as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect()
}

/// A night with something on every page.
async fn night(server: &TestServer) -> Vec<String> {
    let crew = world::crew(server, "栄水道", 35.165, 136.91).await;
    let dispatcher = server.dispatcher();
    let done = site::accepted_job(server, &crew).await;
    server.pass(120).await;
    let mut device = Device::new(&done, "phone");
    let facts = site::agreed(&mut device, "21:10", ("21:50", 2), "22:22");
    device.send(server, &crew.phone, &facts).await.expect(200);
    let open = world::job(server).await;
    let case = dispatcher.get(&format!("/v1/jobs/{open}")).await.expect(200)["case_id"].clone();
    let call = id(&dispatcher.post("/v1/calls", world::call()).await.expect(201));
    let ringing = json!({ "state": "offered", "channel": "chat", "language": "vi", "caller_role": "worker", "phone": "+818055500103" });
    dispatcher.post("/v1/calls", ringing).await.expect(201);
    server.settle().await;
    let case = case.as_str().unwrap();
    [
        "/".to_owned(),
        "/?stage=open".to_owned(),
        "/calls".to_owned(),
        "/calls/new".to_owned(),
        format!("/calls/{call}"),
        format!("/jobs/{done}"),
        format!("/jobs/{open}"),
        format!("/cases/{case}"),
        format!("/map?job={open}"),
        "/map?state=free,coming".to_owned(),
        "/roster".to_owned(),
        "/account".to_owned(),
    ]
    .to_vec()
}

async fn sign_in(browser: &Browser, server: &TestServer, role: Role) {
    add(server, role.as_str(), Grant::new(role, None, None, None).unwrap()).await;
    browser.go(&format!("{}/sign-in", server.base)).await;
    assert_eq!(violations(browser).await, Vec::<String>::new(), "/sign-in");
    let form = format!(
        "const form = document.querySelector('main form'); form.login.value = '{role}'; form.password.value = '{PASSWORD}'; form.requestSubmit()"
    );
    browser.run(&form).await;
    browser.until("document.querySelector('.who-name')").await;
}

async fn check(browser: &Browser, server: &TestServer, paths: &[String]) {
    for (language, theme) in [("ja", "light"), ("en", "dark"), ("ja", "dark"), ("en", "light")] {
        for (name, value) in [("language", language), ("theme", theme)] {
            browser.set_cookie(&format!("kaketsuke_{name}"), value).await;
        }
        for path in paths {
            browser.go(&format!("{}{path}", server.base)).await;
            browser.until("document.readyState === 'complete' && document.getElementById('wall-clock').textContent !== ''").await;
            // Map and roster are drawn by their scripts.
            browser.until("[...document.querySelectorAll('#map-page, #roster')].every((page) => page.dataset.ready)").await;
            // Everything that is folded is looked at as well.
            browser
                .run("for (const details of document.querySelectorAll('details')) details.open = true")
                .await;
            let found = violations(browser).await;
            assert!(found.is_empty(), "{path} {language} {theme}: {found:#?}");
            let wide = browser.run("return document.documentElement.scrollWidth - innerWidth").await;
            assert!(wide.as_i64().unwrap() <= 0, "{path} {language}: {wide} pixels too wide");
            // Usable on an older screen.
            browser.resize(1024, 768).await;
            let wide = browser.run("return document.documentElement.scrollWidth - innerWidth").await;
            assert!(wide.as_i64().unwrap() <= 0, "{path} {language}: {wide} pixels too wide at 1024");
            browser.resize(1280, 800).await;
        }
    }
}

#[tokio::test]
async fn axe_finds_nothing_on_any_page() {
    on_sqlite(|db: TestDb| async move {
        let Some(browser) = Browser::open().await else { return };
        let server = TestServer::start(&db).await;
        let paths = night(&server).await;
        sign_in(&browser, &server, Role::Dispatcher).await;
        check(&browser, &server, &paths).await;
        server.stop().await;
    })
    .await;
}

/// A bill, a dispute about it, and a report that makes it doubtful.
async fn office_night(server: &TestServer, crew: &world::Crew) -> Vec<String> {
    let job = site::accepted_job(server, crew).await;
    server.pass(120).await;
    let mut phone = Device::new(&job, "phone");
    let facts = site::agreed(&mut phone, "21:10", ("21:50", 2), "22:22");
    phone.send(server, &crew.phone, &facts).await.expect(200);
    server.settle().await;
    let supervisor = server.client(Role::Supervisor);
    let dispute = json!({ "reason": "wrong_amount", "payer": "worker", "note": "60分もかかっていない" });
    supervisor.post(&format!("/v1/jobs/{job}/disputes"), dispute).await.expect(201);
    let mut tablet = Device::new(&job, "tablet").after(1);
    let crossing = tablet.fact("21:40", json!({ "kind": "work_start", "work": "work" }));
    tablet.send(server, &crew.phone, &[crossing]).await.expect(200);
    server.settle().await;
    let reviews = supervisor.get("/v1/reviews").await.expect(200);
    let review = reviews["items"][0]["id"].as_str().unwrap().to_owned();
    let billed = format!("/billing/jobs/{job}");
    let pages =
        ["/kpi", "/reviews", "/staff", "/billing", "/audit", "/users", "/programmes", billed.as_str()];
    pages.map(str::to_owned).into_iter().chain([format!("/reviews/{review}")]).collect()
}

#[tokio::test]
async fn axe_finds_nothing_on_the_pages_of_the_office() {
    on_sqlite(|db: TestDb| async move {
        let Some(browser) = Browser::open().await else { return };
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let paths = office_night(&server, &crew).await;
        sign_in(&browser, &server, Role::Administrator).await;
        check(&browser, &server, &paths).await;
        server.stop().await;
    })
    .await;
}

#[tokio::test]
async fn axe_finds_nothing_on_a_contractors_pages() {
    on_sqlite(|db: TestDb| async move {
        let Some(browser) = Browser::open().await else { return };
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let second = world::technician("栄水道 次郎", &["water"], world::point(35.17, 136.92));
        let path = format!("/v1/firms/{}/technicians", crew.firm);
        server.administrator().post(&path, second).await.expect(201);
        let job = site::accepted_job(&server, &crew).await;
        world::job(&server).await;
        let firm: uuid::Uuid = crew.firm.parse().unwrap();
        add(&server, "office", Grant::new(Role::Firm, Some(firm.into()), None, None).unwrap()).await;
        browser.go(&format!("{}/sign-in", server.base)).await;
        browser.run(&format!("const form = document.querySelector('main form'); form.login.value = 'office'; form.password.value = '{PASSWORD}'; form.requestSubmit()")).await;
        browser.until("document.querySelector('.who-name')").await;
        check(&browser, &server, &["/firm".to_owned(), format!("/firm/jobs/{job}")]).await;
        server.stop().await;
    })
    .await;
}

#[tokio::test]
async fn axe_would_find_something() {
    let Some(browser) = Browser::open().await else { return };
    browser
        .go("data:text/html,<html><body><img src='x'><input><p style='color:%23bbb;background:%23fff'>pale")
        .await;
    let found = violations(&browser).await;
    for rule in ["image-alt", "label", "color-contrast", "html-has-lang"] {
        assert!(found.iter().any(|one| one.starts_with(rule)), "{rule}: {found:#?}");
    }
}
