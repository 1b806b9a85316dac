//! Card numbers and My Number are taken out at the door, and who typed them is told (Y-08, Y-09).

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{
    db::{TestDb, on_both_engines},
    server::{Reply, TestServer, id},
    site, world,
};

const RESIDENCE_CARD: &str = "AB12345678CD";
const MY_NUMBER: &str = "１２３４ ５６７８ ９０１８";
const CARD: &str = "4111-1111-1111-1111";

#[track_caller]
fn told(reply: &Reply) -> &str {
    reply.headers.get("x-redacted").map_or("", |value| value.to_str().unwrap())
}

on_both_engines! {
    async fn every_free_text_is_guarded_and_the_answer_says_so(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let desk = server.dispatcher();
        let mut call = world::call();
        call["name"] = json!(format!("Ram {RESIDENCE_CARD}"));
        let taken = desk.post_as("call", "/v1/calls", call.clone()).await;
        assert_eq!(told(&taken), "residence_card");
        let call_id = id(&taken.expect(201));
        // The repetition is told the same.
        assert_eq!(told(&desk.post_as("call", "/v1/calls", call).await), "residence_card");
        let shown = desk.get(&format!("/v1/calls/{call_id}")).await;
        assert_eq!(told(&shown), "");
        assert_eq!(shown.expect(200)["caller"]["name"], "Ram ［削除済］");
        let draft = json!({ "memo": { "lines": [format!("番号 {MY_NUMBER}")] }, "typed": 123_456_789_018_u64, "phone": "+818055500101" });
        let path = format!("/v1/calls/{call_id}/draft");
        let saved = desk.send(desk.request(Method::PUT, &path).json(&draft)).await;
        assert_eq!(told(&saved), "my_number");
        let saved = desk.get(&path).await.expect(200);
        let expected = json!({ "memo": { "lines": ["番号 ［削除済］"] }, "typed": "［削除済］", "phone": "+818055500101" });
        assert_eq!(saved["body"], expected);
        let safe = format!("/v1/calls/{call_id}/hazard-answers");
        desk.post(&safe, json!({ "others": "no" })).await.expect(200);
        let mut case = world::case(&call_id);
        case["place"]["access_notes"] = json!(format!("管理室 090-5550-0101、カード {CARD}"));
        case["host_company"] = json!(format!("架空製作所 {RESIDENCE_CARD}"));
        let opened = desk.post("/v1/cases", case).await;
        assert_eq!(told(&opened), "residence_card, payment_card");
        let case_id = id(&opened.expect(201));
        let shown = desk.get(&format!("/v1/cases/{case_id}")).await.expect(200);
        assert_eq!(shown["place"]["access_notes"], "管理室 090-5550-0101、カード ［削除済］");
        let note = desk.post("/v1/hand-overs", json!({ "note": format!("続き\n{MY_NUMBER}") })).await;
        assert_eq!(told(&note), "my_number");
        let referral = json!({
            "reason": "wear", "stage": "triage", "component": "tap", "symptom": format!("蛇口 {CARD}"), "lessee_kind": "worker",
            "recipients": [{ "kind": "landlord", "name": format!("大家 {RESIDENCE_CARD}") }], "consent_to_contact": "yes",
        });
        let made = desk.post(&format!("/v1/cases/{case_id}/referrals"), referral).await;
        assert_eq!(told(&made), "residence_card, payment_card");
        assert_eq!(made.expect(201)["texts"]["symptom"], "蛇口 ［削除済］");
        // What a technician types is guarded by the same door.
        let job = site::accepted_job(&server, &crew).await;
        server.pass(30).await;
        let mut device = site::Device::new(&job, "353879234252633");
        let part = json!({
            "kind": "part", "item": "00000000-0000-4000-8000-123456789018", "name": format!("パッキン {MY_NUMBER}"),
            "quantity": "1", "unit_price_yen": 480, "price_basis": "tax_inclusive",
        });
        let facts = [device.fact("21:05", json!({ "kind": "arrival" })), device.fact("21:06", part)];
        let reported = device.send(&server, &crew.phone, &facts).await;
        assert_eq!(told(&reported), "my_number");
        assert_eq!(site::outcomes(&reported.expect(200)), ["recorded", "recorded"]);
        let facts = crew.phone.get(&format!("/v1/jobs/{job}/facts")).await.expect(200);
        let part = facts["items"].as_array().unwrap().iter().find(|fact| fact["kind"] == "part").unwrap();
        assert_eq!((&part["name"], &part["device"]), (&json!("パッキン ［削除済］"), &json!("353879234252633")));
        assert_eq!(part["item"], "00000000-0000-4000-8000-123456789018", "an id is no number of anybody's");
        nothing_is_left(&db).await;
        server.stop().await;
    }

    async fn the_description_says_what_the_header_means(db: TestDb) {
        let server = TestServer::start(&db).await;
        let document = server.with(None).get("/openapi.json").await.expect(200);
        let taken = &document["paths"]["/v1/calls"]["post"]["responses"]["201"]["headers"]["X-Redacted"];
        let said = taken["description"].as_str().unwrap();
        assert!(said.contains("residence_card") && said.contains("在留カード"), "{said}");
        let listed = &document["paths"]["/v1/calls"]["get"]["responses"]["200"]["headers"];
        assert_eq!(listed["X-Redacted"], Value::Null, "what has no body has nothing to say");
        server.stop().await;
    }
}

/// Nothing of the numbers is anywhere in the database: remembered answers and the log included.
async fn nothing_is_left(db: &TestDb) {
    for number in [RESIDENCE_CARD, MY_NUMBER, "5678 9018", CARD] {
        let found = crate::privacy::tables_with(db, number).await;
        assert!(found.is_empty(), "{number}: {found:?}");
    }
}
