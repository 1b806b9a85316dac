//! A job's page: everything on file, and a form for each thing its state allows.

use kaketsuke::domain::{actor::Role, tokens::Grant};
use serde_json::json;

use crate::{
    driver::Browser,
    support::{
        db::{TestDb, on_both_engines},
        receiver::{Receiver, until},
        server::{TestServer, id},
        site::{self, Device},
        world,
    },
    visitor::{PASSWORD, add, signed_in},
};

const DOWN: &str = "\u{e015}";
const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";

/// The commands a page has forms for.
fn commands(page: &str) -> Vec<String> {
    let sends = page.match_indices("data-send=\"").map(|(at, found)| &page[at + found.len()..]);
    sends.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

/// The dispatcher signs in and looks at a job.
async fn sign_in(browser: &Browser, server: &TestServer, job: &str) {
    browser.go(&format!("{}/sign-in?to=/jobs/{job}", server.base)).await;
    browser.press(&format!("dispatcher{TAB}{PASSWORD}{ENTER}")).await;
    browser.until("location.pathname.startsWith('/jobs/') && document.querySelector('#connection[data-state=live]')").await;
}

on_both_engines! {
    // I-06: whoever asked may be gone; the desk says what became of an interpreter from the site.
    async fn the_line_of_an_interpreter_from_the_site_is_ended_on_the_page(db: TestDb) {
        let Some(browser) = Browser::open().await else { return };
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = site::accepted_job(&server, &crew).await;
        let asked = json!({ "interpreter": "int-07" });
        crew.phone.post(&format!("/v1/jobs/{job}/interpretations"), asked).await.expect(201);
        add(&server, "dispatcher", Grant::Dispatcher).await;
        sign_in(&browser, &server, &job).await;
        browser.until("document.body.innerText.includes('int-07')").await;
        browser.run("document.querySelector('form[data-send$=\"/outcome\"]').requestSubmit()").await;
        browser.until("document.querySelector('form[data-send^=\"POST /v1/interpretations\"][data-send$=\"/ending\"]')").await;
        browser.run("document.querySelector('form[data-send^=\"POST /v1/interpretations\"][data-send$=\"/ending\"]').requestSubmit()").await;
        browser.until("!document.body.innerText.includes('int-07')").await;
        let asked = json!({ "interpreter": "int-08" });
        crew.phone.post(&format!("/v1/jobs/{job}/interpretations"), asked).await.expect(201);
        server.stop().await;
    }

    async fn there_is_a_form_for_what_the_state_allows_and_for_nothing_else(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = world::job(&server).await;
        let mut visitor = signed_in(&server, Role::Dispatcher).await;
        let path = format!("/jobs/{job}");
        let has = |page: &str, command: &str| commands(page).iter().any(|one| one.ends_with(command));

        let asked = visitor.get(&path).await.expect(200).text;
        for command in ["/acceptance", "/refusal", "/override", "/cancellation"] {
            assert!(has(&asked, command), "{command}: {:?}", commands(&asked));
        }
        for command in ["/helpers", "/rework", "/reassignment", "/disputes", "/attachment"] {
            assert!(!has(&asked, command), "{command}");
        }
        // Whom to help and where, and why this contractor.
        for text in ["Ram Example", "+818055500101", "460-0008", "栄ハイツ", "205", "1番目"] {
            assert!(asked.contains(text), "{text}");
        }

        let offer = world::open_offer(&crew.phone).await.unwrap();
        crew.phone.post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await.expect(201);
        server.settle().await;
        let coming = visitor.get(&path).await.expect(200).text;
        assert!(has(&coming, "/reassignment") && has(&coming, "/helpers") && has(&coming, "/withdrawal"));
        assert!(!has(&coming, "/acceptance"));

        server.pass(120).await;
        let mut device = Device::new(&job, "phone");
        let facts = site::agreed(&mut device, "21:10", ("21:50", 2), "22:22");
        device.send(&server, &crew.phone, &facts).await.expect(200);
        server.settle().await;
        // Two hours without a sign of the browser.
        visitor.sign_in("dispatcher", PASSWORD).await.expect(303);
        let done = visitor.get(&path).await.expect(200).text;
        assert!(has(&done, "/rework") && !has(&done, "/cancellation") && !has(&done, "/override"));
        // Whoever does not agree is heard here; the bill itself is the office's.
        assert!(has(&done, "/disputes") && !done.contains("/billing/jobs/"));
        let mut supervisor = signed_in(&server, Role::Supervisor).await;
        assert!(supervisor.get(&path).await.expect(200).text.contains(&format!("/billing/jobs/{job}")));
        for text in ["2,200 円", "C-08", "11/22 21:10:00", "1:12:00", "作業開始"] {
            assert!(done.contains(text), "{text}");
        }
        visitor.get("/jobs/00000000-0000-7000-8000-000000000000").await.expect(404);
        visitor.get("/cases/00000000-0000-7000-8000-000000000000").await.expect(404);
        // Who has read it, and what for, is written down (Y-02).
        let log = server.administrator().get("/v1/read-log").await.expect(200);
        let routes: Vec<_> = log["items"].as_array().unwrap().iter().map(|read| read["route"].clone()).collect();
        assert_eq!(routes.iter().filter(|route| **route == json!("GET /jobs/{id}")).count(), 4, "{routes:?}");
        server.stop().await;
    }

    async fn what_is_said_on_the_telephone_is_recorded_by_keys(db: TestDb) {
        let Some(browser) = Browser::open().await else { return };
        let server = TestServer::start(&db).await;
        add(&server, "dispatcher", Grant::Dispatcher).await;
        world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = world::job(&server).await;
        sign_in(&browser, &server, &job).await;
        // Unfold, to the time, leave it empty, accept.
        browser.run("document.querySelector('[data-send$=acceptance]').closest('details').querySelector('summary').focus()").await;
        browser.press(ENTER).await;
        browser.run("document.querySelector('[data-send$=acceptance] button').focus()").await;
        browser.press(ENTER).await;
        browser.until("document.querySelector('.job-head .s-coming')").await;
        let shown = server.dispatcher().get(&format!("/v1/jobs/{job}")).await.expect(200);
        assert_eq!(shown["offers"][0]["answered_via"], "phone");
        // A refusal is told at the form: the same command again is not possible.
        browser.run("window.confirm = () => true; const form = document.querySelector('[data-send$=cancellation]'); form.closest('details').open = true; form.querySelector('button').focus()").await;
        server.dispatcher().post(&format!("/v1/jobs/{job}/cancellation"), json!({ "reason": "duplicate" })).await.expect(200);
        browser.press(ENTER).await;
        browser.until("document.querySelector('[data-send$=cancellation] .refusal')?.textContent.includes('状況が変わった')").await;
        server.stop().await;
    }

    async fn nobody_unfit_is_chosen_beforehand_and_what_may_be_passed_over_is_confirmed_there(db: TestDb) {
        let server = TestServer::start(&db).await;
        let kept = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let off = world::crew(&server, "休日水道", 35.166, 136.91).await;
        let body = json!({ "technician_id": kept.technician, "phone": "+818055500101", "reason": "complaint" });
        server.dispatcher().post("/v1/blocks", body).await.expect(201);
        let mut resting = world::technician("休み 次郎", &["water"], world::point(35.166, 136.91));
        resting["shifts"] = json!([]);
        server.administrator().put(&format!("/v1/technicians/{}", off.technician), 1, resting).await.expect(200);
        server.settle().await;
        let job = world::job(&server).await;
        let mut visitor = signed_in(&server, Role::Dispatcher).await;
        let page = visitor.get(&format!("/jobs/{job}")).await.expect(200).text;
        let (_, choice) = page.split_once("id=\"g-who\"").unwrap();
        let (choice, _) = choice.split_once("</select>").unwrap();
        assert!(choice.trim_start_matches(|char| char != '<').starts_with("<option value=\"\">"), "{choice}");
        assert!(choice.contains(&format!("value=\"{}\" disabled>", kept.technician)), "{choice}");
        assert!(choice.contains(&format!("value=\"{}\">", off.technician)) && choice.contains("勤務予定がありません"), "{choice}");
        let Some(browser) = Browser::open().await else { return };
        sign_in(&browser, &server, &job).await;
        let form = "const form = document.querySelector('[data-send$=override]'); form.closest('details').open = true;";
        browser.run(&format!("{form} form.elements.technician_id.value = '{}'; form.requestSubmit()", off.technician)).await;
        browser.until("document.querySelector('[data-send$=override] fieldset.confirmation:not([hidden])')").await;
        browser.run(&format!("{form} form.querySelector('input[value=off_shift]').checked = true; form.requestSubmit()")).await;
        browser.until("document.querySelector('.job-head .s-coming')").await;
        let shown = server.dispatcher().get(&format!("/v1/jobs/{job}")).await.expect(200);
        assert_eq!(shown["assignments"][0]["technician_id"], off.technician.as_str());
        server.stop().await;
    }

    async fn a_call_that_is_being_taken_is_attached_to_the_case_it_is_about(db: TestDb) {
        let Some(browser) = Browser::open().await else { return };
        let server = TestServer::start(&db).await;
        add(&server, "dispatcher", Grant::Dispatcher).await;
        let job = world::job(&server).await;
        let body = json!({ "channel": "phone", "language": "vi", "caller_role": "worker", "phone": "+818055500777" });
        let call = id(&server.dispatcher().post("/v1/calls", body).await.expect(201));
        sign_in(&browser, &server, &job).await;
        browser.run("document.querySelector('[data-send$=attachment]').closest('details').open = true; document.querySelector('[data-send$=attachment] select').focus()").await;
        // The second purpose, and on to the button.
        browser.press(&format!("{DOWN}{TAB}{ENTER}")).await;
        browser.until(&format!("document.querySelector('.card a[href=\"/calls/{call}\"]') && !document.querySelector('[data-send$=attachment]')")).await;
        let shown = server.dispatcher().get(&format!("/v1/calls/{call}")).await.expect(200);
        let case = server.dispatcher().get(&format!("/v1/jobs/{job}")).await.expect(200)["case_id"].clone();
        assert_eq!((&shown["case_id"], &shown["purpose"]), (&case, &json!("more_information")));
        server.stop().await;
    }

    async fn whether_a_message_has_arrived_is_seen_without_another_change(db: TestDb) {
        let Some(browser) = Browser::open().await else { return };
        let receiver = Receiver::start(Some(503)).await;
        let server = TestServer::start_telling(&db, None).await;
        add(&server, "dispatcher", Grant::Dispatcher).await;
        let webhook = json!({ "url": receiver.url, "kinds": ["job.cancelled"] });
        server.administrator().post("/v1/webhooks", webhook).await.expect(201);
        world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = world::job(&server).await;
        let path = format!("/v1/jobs/{job}/cancellation");
        server.dispatcher().post(&path, json!({ "reason": "duplicate" })).await.expect(200);
        until("it was tried", async || !receiver.received().is_empty()).await;
        sign_in(&browser, &server, &job).await;
        browser.until("document.querySelector('.messages .m-pending')?.parentElement.textContent.includes('受け取りを拒まれた')").await;
        let told = browser.run("return document.querySelector('.messages tbody').textContent").await;
        assert!(told.as_str().unwrap().contains("127.0.0.1"), "{told}");
        // Why it was cancelled is told in words.
        let timeline = browser.run("return document.querySelector('.timeline tbody').textContent").await;
        let timeline = timeline.as_str().unwrap();
        assert!(timeline.contains("重複") && !timeline.contains("duplicate"), "{timeline}");
        receiver.answer(Some(200));
        // The first pause is ten seconds and a little.
        server.pass(1).await;
        browser.until("document.querySelector('.messages .m-sent')?.textContent === '送信済み'").await;
        server.stop().await;
    }
}
