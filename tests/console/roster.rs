//! The roster page: whose roster whom is shown, and what one changes on it with keys alone.

use kaketsuke::domain::{actor::Role, tokens::Grant};
use serde_json::json;

use crate::{
    driver::Browser,
    support::{
        db::{TestDb, on_both_engines},
        server::TestServer,
        world,
    },
    visitor::{PASSWORD, Visitor, add, signed_in},
};

const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";
const DELETE: &str = "\u{e017}";

on_both_engines! {
    async fn a_firm_sees_its_own_roster_and_the_desk_everybodys(db: TestDb) {
        let server = TestServer::start(&db).await;
        let own = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let other = world::crew(&server, "金山設備", 35.14, 136.90).await;
        let mut desk = signed_in(&server, Role::Dispatcher).await;
        let page = desk.get(&format!("/roster?firm={}&week=2026-11-26", other.firm)).await.expect(200).text;
        assert!(page.contains("栄水道") && page.contains("data-firm-name=\"金山設備\""), "{page}");
        assert!(page.contains("data-from=\"2026-11-23\"") && page.contains("2026年11月23日〜11月29日"), "{page}");
        assert!(page.contains("data-edit=\"false\"") && !page.contains("entry-form"), "a dispatcher looks");
        assert!(page.contains("id=\"coverage\""));
        let firm: uuid::Uuid = own.firm.parse().unwrap();
        add(&server, "office", Grant::new(Role::Firm, Some(firm.into()), None, None).unwrap()).await;
        let mut office = Visitor::new(&server);
        office.sign_in("office", PASSWORD).await.expect(303);
        let page = office.get(&format!("/roster?firm={}", other.firm)).await.expect(200).text;
        assert!(!page.contains("金山設備") && page.contains("data-firm-name=\"栄水道\""), "{page}");
        assert!(page.contains("data-edit=\"true\"") && !page.contains("id=\"coverage\""), "{page}");
        desk.get("/roster?week=yesterday").await.expect(400);
        desk.get("/roster?week=1999-12-31").await.expect(422);
        desk.get("/roster?firm=nobody").await.expect(400);
        server.stop().await;
    }

    async fn an_entry_is_made_changed_cancelled_and_put_back_by_keys(db: TestDb) {
        let Some(browser) = Browser::open().await else { return };
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        add(&server, "supervisor", Grant::Supervisor).await;
        browser.go(&format!("{}/sign-in", server.base)).await;
        browser.press(&format!("supervisor{TAB}{PASSWORD}{ENTER}")).await;
        browser.until("location.pathname === '/'").await;
        browser.go(&format!("{}/roster?firm={}&week=2026-11-23", server.base, crew.firm)).await;
        browser.until("document.getElementById('roster').dataset.ready && document.querySelector('.ec-event')").await;
        // Made: the times are set as a picker would.
        let fill = |from: &str, to: &str| format!("document.getElementById('entry-kind').value = 'day_off'; document.getElementById('entry-from').value = '2026-11-{from}'; document.getElementById('entry-to').value = '2026-11-{to}'; document.getElementById('entry-from').focus()");
        browser.run(&fill("25T09:00", "25T17:00")).await;
        browser.press(ENTER).await;
        browser.until("document.querySelectorAll('#entry-rows tr[data-entry]').length === 1 && !document.getElementById('roster-undo').hidden").await;
        let path = format!("/v1/technicians/{}/shift-entries", crew.technician);
        let planned = async || {
            let listed = server.dispatcher().get(&path).await.expect(200);
            let items = listed["items"].as_array().unwrap().clone();
            items.into_iter().filter(|entry| entry["state"] == "planned").collect::<Vec<_>>()
        };
        assert_eq!(planned().await[0]["starts_at"], "2026-11-25T00:00:00Z", "09:00 in Tokyo");
        browser.until("document.querySelector('.ec-event.k-day_off')").await;
        // Changed: the entry goes into the form, which is sent again.
        browser.run("document.querySelector('#entry-rows button').focus()").await;
        browser.press(ENTER).await;
        browser.until("document.activeElement.id === 'entry-from'").await;
        browser.until("document.querySelector('#roster-undo').textContent.includes('登録しました')").await;
        browser.run(&fill("25T10:00", "25T18:00")).await;
        browser.press(ENTER).await;
        browser.until("document.querySelector('#roster-undo').textContent.includes('変更しました')").await;
        assert_eq!(planned().await[0]["starts_at"], "2026-11-25T01:00:00Z");
        // Cancelled with a key on the entry, and put back.
        browser.run("document.querySelector('#entry-rows button').focus()").await;
        browser.press(DELETE).await;
        browser.until("document.querySelector('#roster-undo').textContent.includes('取り消しました')").await;
        assert_eq!(planned().await.len(), 0);
        browser.run("document.querySelector('#roster-undo button').focus()").await;
        browser.press(ENTER).await;
        browser.until("document.querySelector('#roster-undo').textContent.includes('元に戻しました')").await;
        assert_eq!(planned().await[0]["starts_at"], "2026-11-25T01:00:00Z");
        // What overlaps is refused at the form, and nothing has changed.
        browser.run(&fill("25T12:00", "25T13:00")).await;
        browser.press(ENTER).await;
        browser.until("document.querySelector('#entry-form .refusal')").await;
        assert_eq!(planned().await.len(), 1);
        // Somebody else's change appears by itself.
        let extra = json!({ "kind": "on_call", "starts_at": "2026-11-26T12:00:00Z", "ends_at": "2026-11-26T14:00:00Z" });
        crew.office.post(&path, extra).await.expect(201);
        server.settle().await;
        browser.until("document.querySelectorAll('#entry-rows tr[data-entry]').length === 2").await;
        // The day off leaves a hole, which the table shows in its hours.
        browser.until("document.querySelector('#coverage-days b')").await;
        browser.run("[...document.querySelectorAll('#coverage-days button')].find((day) => day.textContent.includes('25')).click()").await;
        browser.until("document.querySelectorAll('#coverage tr:nth-child(1) td.nobody').length === 8").await;
        server.stop().await;
    }
}
