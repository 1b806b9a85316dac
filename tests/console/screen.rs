//! What one sees: the Board in a real browser, kept up to date without a reload, used without a mouse.

use std::time::{Duration, Instant};

use kaketsuke::domain::tokens::Grant;
use serde_json::json;

use crate::{
    driver::Browser,
    support::{
        db::{TestDb, on_both_engines},
        server::TestServer,
        world,
    },
    visitor::{PASSWORD, add},
};

/// The tab and enter keys of the WebDriver protocol.
const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";

on_both_engines! {
    async fn the_board_follows_what_happens_and_is_used_by_keys_alone(db: TestDb) {
        let Some(browser) = Browser::open().await else { return };
        let server = TestServer::start(&db).await;
        add(&server, "dispatcher", Grant::Dispatcher).await;
        // Nobody who could come: the ladder ends, and a person must know.
        let administrator = server.administrator();
        let firm = administrator.post("/v1/firms", world::firm("休業設備")).await.expect(201);
        let mut sleeper = world::technician("休業 太郎", &["water"], world::point(35.165, 136.91));
        sleeper["shifts"] = json!([{ "day": "mon", "from": "03:00", "to": "04:00" }]);
        administrator.post(&format!("/v1/firms/{}/technicians", firm["id"].as_str().unwrap()), sleeper).await.expect(201);

        // The form has the focus: login, tab, password, enter.
        browser.go(&format!("{}/sign-in", server.base)).await;
        browser.press(&format!("dispatcher{TAB}{PASSWORD}{ENTER}")).await;
        browser.until("location.pathname === '/' && document.querySelector('#connection[data-state=live]')").await;
        assert_eq!(browser.run("return document.documentElement.lang").await, "ja");
        assert_eq!(browser.run("return document.querySelectorAll('tr[data-job]').length").await, 0);

        // A job appears by itself, within a second of its commit, with its alarm and in the title.
        browser.run("window.loadedOnce = true").await;
        let made = Instant::now();
        let job = world::job(&server).await;
        browser.until(&format!("document.getElementById('job-{job}')")).await;
        assert!(made.elapsed() < Duration::from_secs(5), "on a busy machine: {:?}", made.elapsed());
        browser.until("document.querySelector('.alarms').dataset.ringing === '1' && document.title.startsWith('(1)')").await;
        browser.until("document.querySelector('.clock-time').textContent !== ''").await;

        // The alarm is taken by keys.
        browser.press("a").await;
        browser.until("document.activeElement.closest('.alarm')").await;
        browser.press(ENTER).await;
        browser.until("document.querySelector('.alarms').dataset.ringing === '0' && !document.title.startsWith('(')").await;

        // A job that is over goes away, without the page having been loaded again.
        let path = format!("/v1/jobs/{job}/cancellation");
        server.dispatcher().post(&path, json!({ "reason": "solved_by_itself" })).await.expect(200);
        server.settle().await;
        browser.until(&format!("!document.getElementById('job-{job}') && !document.getElementById('empty').hidden")).await;
        assert_eq!(browser.run("return window.loadedOnce").await, true);
        // Nothing was blocked by the policy, nothing failed.
        server.stop().await;
        browser.until("document.querySelector('#connection[data-state=lost]')").await;
    }
}
