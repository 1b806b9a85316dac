//! A call from the ring to the billed line: the dispatcher by keys alone, the technician by the API, billing by its own.
//! And the five commonest calls, with the keys they take.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use kaketsuke::domain::{actor::Role, tokens::Grant};
use serde_json::json;

use crate::{
    driver::Browser,
    support::{
        db::{TestDb, on_both_engines, on_sqlite},
        server::TestServer,
        site::{self, Device},
        world,
    },
    visitor::{PASSWORD, add},
};

const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";
const DOWN: &str = "\u{e015}";
const READY: &str = "document.querySelector('#intake[data-ready=true]')";

async fn signed_in(browser: &Browser, server: &TestServer) {
    browser.go(&format!("{}/sign-in", server.base)).await;
    browser.press(&format!("dispatcher{TAB}{PASSWORD}{ENTER}")).await;
    browser
        .until("location.pathname === '/' && document.querySelector('#connection[data-state=live]')")
        .await;
}

/// Takes a call: N on the Board, the language, the number.
async fn begin(browser: &Browser, language: &str, phone: &str) {
    browser.press("n").await;
    browser
        .until("location.pathname === '/calls/new' && document.activeElement.id === 'language-text'")
        .await;
    browser.press(&format!("{language}{ENTER}")).await;
    browser.until("document.activeElement.id === 'phone'").await;
    browser.press(&format!("{phone}{ENTER}")).await;
    browser.until(READY).await;
}

/// No danger, what it is, whether others are harmed; then the place and who.
async fn tell(browser: &Browser, work: &str, harmed: &str, name: &str) {
    browser.press("0").await;
    browser.until("document.activeElement.id === 'job-text'").await;
    browser.press(&format!("{work}{ENTER}")).await;
    browser.until("document.activeElement.id === 'liability_flag'").await;
    browser.press(&format!("{harmed}{ENTER}")).await;
    browser.until("document.activeElement.id === 'place-text'").await;
    browser.press(&format!("4600008{ENTER}")).await;
    browser.until("document.activeElement.id === 'place.address'").await;
    browser.press(&format!("3-15-27{ENTER}{ENTER}205")).await;
    browser.chord(Browser::ALT, "5").await;
    browser.until("document.activeElement.id === 'resident.name'").await;
    browser.press(name).await;
    browser.until("document.querySelectorAll('#candidates li').length > 0").await;
}

async fn dispatch(browser: &Browser) -> String {
    browser.chord(Browser::CONTROL, ENTER).await;
    browser.until("location.pathname.startsWith('/jobs/')").await;
    let path = browser.run("return location.pathname").await;
    path.as_str().unwrap().trim_start_matches("/jobs/").to_owned()
}

on_both_engines! {
    async fn a_call_from_the_ring_to_the_billed_line(db: TestDb) {
        let Some(browser) = Browser::open().await else { return };
        let server = TestServer::start(&db).await;
        add(&server, "dispatcher", Grant::Dispatcher).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let (consumer, billing) = site::consumer(&server, "経理").await;
        signed_in(&browser, &server).await;

        begin(&browser, "ne", "08055500101").await;
        assert_eq!(browser.run("return document.getElementById('resident.phone').value").await, "+818055500101");
        tell(&browser, "toilet clog", DOWN, "Ram Example").await;
        let first = browser.run("return document.querySelector('#candidates .who').textContent").await;
        assert_eq!(first, "栄水道 太郎");
        let job = dispatch(&browser).await;
        server.settle().await;

        // The page follows by itself: the contractor is asked, accepts, works; nobody touches it.
        browser.run("window.loadedOnce = true").await;
        browser.until("document.querySelector('tr[data-offer] .o-open')").await;
        let offer = world::open_offer(&crew.phone).await.unwrap();
        crew.phone.post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await.expect(201);
        server.settle().await;
        browser.until("document.querySelector('.job-head .s-coming')").await;
        server.pass(120).await;
        let mut device = Device::new(&job, "phone");
        let mut facts = vec![device.fact("21:05", json!({ "kind": "departure" }))];
        facts.extend(site::agreed(&mut device, "21:10", ("21:50", 2), "22:22"));
        device.send(&server, &crew.phone, &facts).await.expect(200);
        server.settle().await;
        // 72 minutes: the first 60 are free, 12 are two begun units of 10 (C-01, C-02).
        browser.until("document.querySelector('.ledger strong')?.textContent.includes('2,200') || document.querySelector('.ledger strong')?.textContent.includes('2200')").await;
        assert_eq!(browser.run("return window.loadedOnce").await, true);
        let proof = browser.run("return document.querySelector('.ledger .proof').textContent").await;
        assert!(proof.as_str().unwrap().contains("72"), "{proof}");

        // Billing sees the line with its proof on its own page, in a browser of its own.
        let Some(books) = Browser::open().await else { return };
        add(&server, "billing", Grant::new(Role::Billing, None, None, Some(consumer.parse::<uuid::Uuid>().unwrap().into())).unwrap()).await;
        books.go(&format!("{}/sign-in", server.base)).await;
        books.press(&format!("billing{TAB}{PASSWORD}{ENTER}")).await;
        books.until("location.pathname === '/billing' && document.querySelector('table.list tbody tr')").await;
        let row = books.run("return document.querySelector('table.list tbody tr').textContent").await;
        let row = row.as_str().unwrap();
        assert!(row.contains("2,200") && row.contains("C-08"), "{row}");
        assert_eq!(books.run("return document.querySelector('nav a[href=\"/\"]')").await, json!(null), "no Board for billing");

        let pulled = billing.get(&format!("/v1/billing-consumers/{consumer}/lines")).await.expect(200);
        let lines = pulled["items"].as_array().unwrap();
        let amounts: Vec<_> = lines.iter().map(|line| line["amount_yen"].as_i64().unwrap()).collect();
        assert_eq!(amounts, [2_200], "{pulled}");
        assert_eq!(lines[0]["job_id"], json!(job));
        server.stop().await;
    }

    // G-14: why somebody is served who is not entitled is said on the page of the case, and the way there is shown.
    async fn who_is_not_entitled_leads_to_the_page_where_it_is_answered_for(db: TestDb) {
        let Some(browser) = Browser::open().await else { return };
        let server = TestServer::start(&db).await;
        add(&server, "dispatcher", Grant::Dispatcher).await;
        world::crew(&server, "栄水道", 35.165, 136.91).await;
        signed_in(&browser, &server).await;
        begin(&browser, "ne", "08055500103").await;
        tell(&browser, "toilet clog", DOWN, "Ram Example").await;
        browser.run("document.getElementById('eligibility').value = 'not_eligible'").await;
        browser.chord(Browser::CONTROL, ENTER).await;
        browser.until("document.querySelector('#form > .refusal a[href^=\"/cases/\"]')").await;
        browser.run("document.querySelector('#form > .refusal a').click()").await;
        browser.until("location.pathname.startsWith('/cases/') && document.querySelector('form[data-send$=\"/warrants\"]')").await;
        server.stop().await;
    }

    async fn a_danger_fills_the_screen_until_its_instruction_was_given(db: TestDb) {
        let Some(browser) = Browser::open().await else { return };
        let server = TestServer::start(&db).await;
        add(&server, "dispatcher", Grant::Dispatcher).await;
        world::crew(&server, "栄水道", 35.165, 136.91).await;
        signed_in(&browser, &server).await;
        begin(&browser, "vi", "08055500102").await;
        // The third hazard is gas.
        browser.press("3").await;
        browser.until("document.getElementById('instruction').open && document.getElementById('instruction-ja').children.length > 3").await;
        assert_eq!(browser.run("return document.getElementById('instruction').dataset.hazard").await, "H-GAS");
        // There is no way around it: neither Escape nor sending.
        browser.press("\u{e00c}").await;
        browser.chord(Browser::CONTROL, ENTER).await;
        assert_eq!(browser.run("return document.getElementById('instruction').open").await, true);
        browser.press(ENTER).await;
        browser.until("!document.getElementById('instruction').open").await;
        tell(&browser, "W-TOILET-CLOG", DOWN, "Nguyen Example").await;
        let job = dispatch(&browser).await;
        let held = server.dispatcher().get(&format!("/v1/jobs/{job}")).await.expect(200);
        assert_eq!((&held["state"], &held["hold"]), (&json!("held"), &json!("H-GAS")));
        browser.until("document.querySelector('.job-head .hold')").await;
        server.stop().await;
    }

    async fn what_is_half_written_survives_a_reload_and_a_service_that_is_away(db: TestDb) {
        let Some(browser) = Browser::open().await else { return };
        let server = TestServer::start(&db).await;
        add(&server, "dispatcher", Grant::Dispatcher).await;
        world::crew(&server, "栄水道", 35.165, 136.91).await;
        signed_in(&browser, &server).await;
        begin(&browser, "ne", "08055500101").await;
        tell(&browser, "toilet clog", DOWN, "Ram Example").await;
        browser.until("document.getElementById('draft-state').dataset.kind === 'saved'").await;
        browser.run("location.reload()").await;
        browser.until(&format!("{READY} && document.getElementById('resident.name').value === 'Ram Example'")).await;
        for (field, value) in [("place.address", "3-15-27"), ("place.room", "205"), ("liability_flag", "no")] {
            assert_eq!(browser.run(&format!("return document.getElementById('{field}').value")).await, value);
        }
        // Of another browser, with nothing but what the service has.
        let page = browser.run("return location.href").await;
        browser.run("sessionStorage.clear()").await;
        browser.go(page.as_str().unwrap()).await;
        browser.until(&format!("{READY} && document.getElementById('resident.name').value === 'Ram Example'")).await;
        // Nobody is there to save it: what is typed stays with the page and is saved once somebody is.
        server.stop().await;
        browser.run("document.getElementById('resident.name').focus()").await;
        browser.press(" B").await;
        browser.until("document.getElementById('draft-state').dataset.kind === 'kept'").await;
        let kept = browser.run("return sessionStorage.getItem(Object.keys(sessionStorage).find((key) => key.startsWith('draft-')))").await;
        assert!(kept.as_str().unwrap().contains("Ram Example B"), "{kept}");
    }
}

/// The program itself on a database, at an address that it keeps over its deaths.
fn serve(db: &TestDb, listen: &str) -> (Child, String) {
    let mut command = program(db);
    let mut child = command.args(["serve", "--listen", listen]).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let base = line.trim().strip_prefix("kaketsuke listens on ").unwrap().to_owned();
    (child, base)
}

fn program(db: &TestDb) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kaketsuke"));
    command.env("KAKETSUKE_DATABASE_URL", db.url()).env("KAKETSUKE_LOG_FILTER", "error");
    command.env("KAKETSUKE_EVIDENCE_FOLDER", std::env::temp_dir().join("kaketsuke-test.evidence"));
    command
}

on_both_engines! {
    async fn what_is_half_written_survives_a_killed_service(db: TestDb) {
        let Some(browser) = Browser::open().await else { return };
        let adding = ["user", "add", "--login", "dispatcher", "--name", "架空 受付", "--role", "dispatcher"];
        let mut adding = program(&db).args(adding).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        writeln!(adding.stdin.take().unwrap(), "{PASSWORD}").unwrap();
        assert!(adding.wait().unwrap().success());
        let (mut child, base) = serve(&db, "127.0.0.1:0");
        browser.go(&format!("{base}/sign-in")).await;
        browser.press(&format!("dispatcher{TAB}{PASSWORD}{ENTER}")).await;
        browser.until("location.pathname === '/' && document.querySelector('#connection[data-state=live]')").await;
        begin(&browser, "ne", "08055500101").await;
        browser.press("0").await;
        browser.until("document.activeElement.id === 'job-text'").await;
        browser.chord(Browser::ALT, "5").await;
        browser.press("Ram Exa").await;
        browser.until("document.getElementById('draft-state').dataset.kind === 'saved'").await;
        // SIGKILL between two words; the dispatcher goes on writing.
        child.kill().unwrap();
        child.wait().unwrap();
        browser.press("mple").await;
        browser.until("document.getElementById('draft-state').dataset.kind === 'kept'").await;
        let (mut child, _) = serve(&db, base.strip_prefix("http://").unwrap());
        browser.until("document.getElementById('draft-state').dataset.kind === 'saved'").await;
        browser.run("sessionStorage.clear(); location.reload()").await;
        browser.until(&format!("{READY} && document.getElementById('resident.name').value === 'Ram Example'")).await;
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

/// One of the commonest calls.
struct Common {
    name: &'static str,
    language: &'static str,
    work: &'static str,
    harmed: &'static str,
}

const COMMON: [Common; 4] = [
    Common { name: "locked out", language: "ne", work: "key-lo", harmed: DOWN },
    Common { name: "toilet overflows", language: "vi", work: "toilet-c", harmed: DOWN },
    Common { name: "tap leaks", language: "id", work: "drip", harmed: DOWN },
    Common {
        name: "washing machine floods the flat below",
        language: "zh",
        work: "washer-l",
        harmed: "\u{e015}\u{e015}",
    },
];

#[tokio::test]
async fn the_five_commonest_calls_take_few_keys() {
    on_sqlite(|db| async move {
        let Some(browser) = Browser::open().await else { return };
        let server = TestServer::start(&db).await;
        add(&server, "dispatcher", Grant::Dispatcher).await;
        for number in 0..4 {
            world::crew(&server, &format!("第{number}設備"), 35.165, 136.91).await;
        }
        signed_in(&browser, &server).await;
        let mut told = Vec::new();
        for (number, common) in (0..).zip(&COMMON) {
            browser.go(&server.base).await;
            browser.until("document.querySelector('#connection[data-state=live]')").await;
            let (keys, began) = (browser.strokes(), Instant::now());
            begin(&browser, common.language, &format!("0805550020{number}")).await;
            tell(&browser, common.work, common.harmed, "Ram Example").await;
            dispatch(&browser).await;
            told.push((common.name, browser.strokes() - keys, began.elapsed()));
        }
        // "Where is he?": the same number calls again; its case is on the screen, and one key attaches the call.
        browser.go(&server.base).await;
        browser.until("document.querySelector('#connection[data-state=live]')").await;
        let (keys, began) = (browser.strokes(), Instant::now());
        begin(&browser, "ne", "08055500200").await;
        browser.until("document.querySelectorAll('#repeats-list li').length > 0").await;
        browser.chord(Browser::ALT, "r").await;
        browser.until("document.querySelector('#attached .told')").await;
        told.push(("where is he?", browser.strokes() - keys, began.elapsed()));
        for (name, keys, took) in told {
            println!("{name}: {keys} keys, {:.1} s at the machine's pace", took.as_secs_f64());
            // Eleven digits of a number, seven of a postal code, a name: the rest must be little.
            assert!(keys < 90 && took < Duration::from_secs(120), "{name}: {keys} keys in {took:?}");
        }
        server.stop().await;
    })
    .await;
}
