//! The map: what it may load, how much it weighs, and what one does on it in a real browser.

use kaketsuke::{
    domain::{actor::Role, tokens::Grant},
    http::Tiles,
};
use reqwest::Method;

use crate::{
    driver::Browser,
    support::{
        db::{TestDb, on_both_engines, on_sqlite},
        server::TestServer,
        world,
    },
    visitor::{PASSWORD, add, signed_in},
};

const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";
const DOWN: &str = "\u{e015}";
const ESCAPE: &str = "\u{e00c}";

/// What a page may weigh, packed, before tiles.
const WEIGHT_MAX: usize = 300_000;

/// A dispatcher's browser at a page; none where there is no browser.
async fn at(server: &TestServer, path: &str) -> Option<Browser> {
    let browser = Browser::open().await?;
    add(server, "dispatcher", Grant::Dispatcher).await;
    browser.go(&format!("{}/sign-in", server.base)).await;
    browser.press(&format!("dispatcher{TAB}{PASSWORD}{ENTER}")).await;
    browser.until("location.pathname === '/'").await;
    browser.go(&format!("{}{path}", server.base)).await;
    browser.until("document.getElementById('map-page')?.dataset.ready").await;
    Some(browser)
}

on_both_engines! {
    async fn jobs_and_technicians_are_found_by_keys_alone(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let Some(browser) = at(&server, "/map").await else { return };
        assert_eq!(browser.run("return document.querySelectorAll('#list-jobs .map-item').length").await, 0);
        // A job appears by itself, on the map and in the list.
        let job = world::job(&server).await;
        browser.until(&format!("document.querySelector('#list-jobs [data-id=\"{job}\"]')")).await;
        browser.until("document.querySelector('.job-pin.j-P1 use[href=\"#d-asked\"], .job-pin.j-P2 use[href=\"#d-asked\"]')").await;
        // Down from the tab into the list; enter centres it and names the candidates with their minutes.
        browser.run("document.getElementById('tab-jobs').focus()").await;
        browser.press(&format!("{DOWN}{ENTER}")).await;
        browser.until("document.querySelector('#map-chosen .map-candidates b')?.textContent.match(/分|すぐ/)").await;
        browser.until("document.querySelector('.route-minutes')").await;
        browser.until(&format!("location.search.includes('job={job}') && location.search.includes('at=')")).await;
        browser.press(ESCAPE).await;
        browser.until("document.getElementById('map-chosen').hidden").await;
        // The filter stands in the address, and comes back with it.
        browser.run("document.querySelector('.chip[data-value=\"free\"]').click()").await;
        browser.until("location.search.includes('state=free') && document.getElementById('count-technicians').textContent === '0'").await;
        browser.go(&format!("{}/map?state=asked", server.base)).await;
        browser.until("document.getElementById('count-technicians').textContent === '1'").await;
        assert_eq!(browser.run("return document.querySelector('.chip[data-value=\"asked\"][data-group=\"state\"]').ariaPressed").await, "true");
        // The areas of a firm are filled.
        browser.run(&format!("const select = document.getElementById('map-firm'); select.value = '{}'; select.dispatchEvent(new Event('change'))", crew.firm)).await;
        browser.until("document.querySelector('.leaflet-areas-pane canvas')").await;
        server.stop().await;
    }
}

#[tokio::test]
async fn five_thousand_markers_are_drawn_and_answer_a_zoom() {
    on_sqlite(|db| async move {
        let server = TestServer::start(&db).await;
        let Some(browser) = at(&server, "/map").await else { return };
        // The page reads anew when one comes back to it.
        browser
            .run(
                "const real = window.fetch;
                 const technicians = Array.from({ length: 5000 }, (_, n) => ({
                   id: `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`, name: `作業員 ${n}`, firm_id: 'f', trades: ['water'],
                   state: ['free', 'asked', 'coming', 'there', 'on_call', 'off'][n % 6], sighting: n % 3 ? 'fresh' : 'stale', measured_at: new Date().toISOString(),
                   point: { type: 'Point', coordinates: [130 + (n * 7919 % 1000) / 80, 32 + (n * 104729 % 1000) / 110] },
                 }));
                 const body = JSON.stringify({ at: new Date().toISOString(), firms: [{ id: 'f', name: '架空' }], technicians, more: false });
                 window.fetch = (path, ...rest) => path === '/v1/fleet' ? Promise.resolve(new Response(body, { headers: { 'content-type': 'application/json' } })) : real(path, ...rest);
                 const page = document.getElementById('map-page');
                 const watch = new MutationObserver(() => requestAnimationFrame(() => setTimeout(() => {
                   const now = performance.now();
                   if (page.dataset.drawn === '5000') window.drawnAt ??= now;
                   if (window.zoomFrom !== undefined && page.dataset.zoom !== window.zoomFrom) window.zoomedAt ??= now;
                 })));
                 watch.observe(page, { attributes: true });
                 performance.mark('asked');
                 document.dispatchEvent(new Event('visibilitychange'));",
            )
            .await;
        browser.until("window.drawnAt").await;
        assert_eq!(browser.run("return document.getElementById('count-technicians').textContent").await, "5000");
        // What cannot be told apart stands together: few signs, everybody in them.
        let signs = browser.run("return document.querySelectorAll('.leaflet-marker-pane .map-mark').length").await;
        assert!((1..1500).contains(&signs.as_i64().unwrap()), "{signs}");
        browser
            .run(
                "const page = document.getElementById('map-page');
                 window.zoomFrom = page.dataset.zoom ?? ''; window.zoomBegan = performance.now();
                 document.querySelector('.leaflet-control-zoom-in').click();",
            )
            .await;
        browser.until("window.zoomedAt").await;
        let measured = browser
            .run("return [window.drawnAt - performance.getEntriesByName('asked')[0].startTime, window.zoomedAt - window.zoomBegan].map(Math.round)")
            .await;
        eprintln!("5,000 markers: drawn after {} ms (400 ms of waiting for more included), zoomed after {} ms", measured[0], measured[1]);
        server.stop().await;
    })
    .await;
}

#[tokio::test]
async fn the_page_is_light_before_any_tile() {
    on_sqlite(|db| async move {
        let server = TestServer::start(&db).await;
        let mut visitor = signed_in(&server, Role::Dispatcher).await;
        let page = visitor.get("/map").await.expect(200).text;
        let assets = page
            .match_indices("\"/assets/")
            .map(|(at, _)| page[at + 1..].split('"').next().unwrap().to_owned());
        let modules = ["map-outlines.js", "map-signs.js", "send.js", "changes.js", "clocks.js"];
        let folder = page.split("\"/assets/").nth(1).unwrap().split('/').next().unwrap();
        let mut paths: Vec<_> =
            assets.chain(modules.map(|name| format!("/assets/{folder}/{name}"))).collect();
        paths.extend(["/v1/outlines", "/v1/fleet", "/v1/queue"].map(str::to_owned));
        paths.sort();
        paths.dedup();
        let mut weight = page.len();
        for path in &paths {
            let packed =
                visitor.request(Method::GET, path).header("accept-encoding", "gzip").send().await.unwrap();
            assert!(packed.status().is_success(), "{path}");
            weight += packed.bytes().await.unwrap().len();
        }
        assert!(paths.len() > 12 && weight < WEIGHT_MAX, "{weight} bytes in {paths:?}");
        eprintln!("the map weighs {weight} bytes, packed");
        server.stop().await;
    })
    .await;
}

#[tokio::test]
async fn pictures_come_from_a_server_of_tiles_only_where_one_is_configured() {
    on_sqlite(|db| async move {
        let tiles = Tiles::new("https://tile.example/{z}/{x}/{y}.png", "© 地図 <b>").unwrap();
        let server = TestServer::start_tiled(&db, tiles).await;
        let mut visitor = signed_in(&server, Role::Dispatcher).await;
        let page = visitor.get("/map").await.expect(200);
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("img-src 'self' data: https://tile.example;"), "{policy}");
        assert!(page.text.contains("data-tiles=\"https://tile.example/{z}/{x}/{y}.png\""), "{}", page.text);
        assert!(!page.text.contains("<b>"), "{}", page.text);
        server.stop().await;
        let server = TestServer::start_again(&db).await;
        let mut visitor = crate::visitor::Visitor::new(&server);
        visitor.sign_in("dispatcher", PASSWORD).await.expect(303);
        let page = visitor.get("/map").await.expect(200);
        assert!(
            !page.text.contains("data-tiles")
                && !page.headers["content-security-policy"].to_str().unwrap().contains("https://")
        );
        assert!(page.text.contains("気象庁"), "the source of the outlines is named");
        let wrong = visitor.request(Method::GET, "/v1/outlines?prefecture=99");
        visitor.send(wrong).await.expect(422);
        server.stop().await;
    })
    .await;
}
