//! Where a case is, corrected by the desk.

use serde_json::{Value, json};

use crate::support::{
    db::{TestDb, on_both_engines},
    server::{TestServer, id},
    world,
};

/// Sakae again, another house.
fn correction() -> Value {
    json!({ "postal_code": "460-0008", "address": "5-2-1", "building": "矢場荘", "room": "301" })
}

async fn place_changed(server: &TestServer, job: &str) -> usize {
    let listed = server.dispatcher().get("/v1/alarms?limit=200").await.expect(200);
    let items = listed["items"].as_array().unwrap();
    items.iter().filter(|alarm| alarm["subject_id"] == job && alarm["kind"] == "place_changed").count()
}

on_both_engines! {
    async fn the_contractor_on_the_way_must_be_told(db: TestDb) {
        let server = TestServer::start(&db).await;
        let dispatcher = server.dispatcher();
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = world::job(&server).await;
        let case = dispatcher.get(&format!("/v1/jobs/{job}")).await.expect(200)["case_id"].clone();
        let path = format!("/v1/cases/{}/place", case.as_str().unwrap());
        // Asked, not accepted: the offer stays.
        let offer = world::open_offer(&crew.phone).await.unwrap();
        let shown = dispatcher.get(&format!("/v1/cases/{}", case.as_str().unwrap())).await.expect(200);
        let version = shown["version"].as_i64().unwrap();
        let first = dispatcher.put(&path, version, correction()).await;
        assert_eq!(first.headers["etag"], format!("\"{}\"", version + 1).as_str());
        let first = first.expect(200);
        assert_eq!(first["municipality_changed"], false);
        assert_eq!(first["case_version"], version + 1);
        assert_eq!(first["place"]["building"], "矢場荘");
        server.settle().await;
        assert_eq!(world::open_offer(&crew.phone).await, Some(offer.clone()));
        assert_eq!(place_changed(&server, &job).await, 0);
        crew.phone.post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await.expect(201);
        // Nothing new is nothing to tell.
        dispatcher.put(&path, version + 1, correction()).await.expect(200);
        assert_eq!(place_changed(&server, &job).await, 0);
        let mut moved = correction();
        moved["postal_code"] = json!("461-0001");
        moved["address"] = json!("1-1");
        let moved = dispatcher.put(&path, version + 2, moved).await.expect(200);
        assert_eq!((&moved["municipality_changed"], &moved["moved_from"]), (&json!(true), &json!("23106")));
        assert_eq!(place_changed(&server, &job).await, 1);
        let seen = crew.phone.get(&format!("/v1/jobs/{job}")).await.expect(200);
        assert_eq!((&seen["place"]["address"], &seen["place"]["jis_code"]), (&json!("1-1"), &json!("23102")));
        let mut raw = db.raw().await;
        let events = raw.texts("SELECT data FROM event WHERE kind LIKE '%.place_changed' ORDER BY ord").await;
        assert_eq!(events.len(), 3, "{events:?}");
        for event in &events {
            assert!(!event.contains("矢場荘") && !event.contains("5-2-1"), "{event}");
        }
        server.stop().await;
    }

    async fn who_is_looked_for_is_looked_for_at_once(db: TestDb) {
        let server = TestServer::start(&db).await;
        let dispatcher = server.dispatcher();
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let first = world::job(&server).await;
        let offer = world::open_offer(&crew.phone).await.unwrap();
        crew.phone.post(&format!("/v1/offers/{offer}/refusal"), json!({ "code": "vehicle" })).await.expect(200);
        server.settle().await;
        let seen = dispatcher.get(&format!("/v1/jobs/{first}")).await.expect(200);
        assert_eq!(seen["state"], "unassigned");
        // Each look that finds nobody ends a round of the ladder.
        let looks = || async {
            dispatcher.get(&format!("/v1/jobs/{first}")).await.expect(200)["round"].as_i64().unwrap()
        };
        let before = looks().await;
        let case = format!("/v1/cases/{}", seen["case_id"].as_str().unwrap());
        let version = dispatcher.get(&case).await.expect(200)["version"].as_i64().unwrap();
        dispatcher.put(&format!("{case}/place"), version, correction()).await.expect(200);
        server.settle().await;
        assert!(looks().await > before, "looked at again at once");
        server.stop().await;
    }

    async fn a_pin_is_kept_until_it_is_given_up(db: TestDb) {
        let server = TestServer::start(&db).await;
        let dispatcher = server.dispatcher();
        let case = world::opened_case(&server).await;
        let path = format!("/v1/cases/{case}/place");
        let mut pinned = correction();
        pinned["pin"] = world::point(35.16, 136.9);
        let set = dispatcher.put(&path, 1, pinned.clone()).await.expect(200);
        assert_eq!((&set["place"]["precision"], &set["kept_pin_off_m"]), (&json!("pin"), &Value::Null));
        let kept = dispatcher.put(&path, 2, correction()).await.expect(200);
        assert_eq!((&kept["place"]["precision"], &kept["place"]["point"]), (&json!("pin"), &pinned["pin"]));
        // Sakae in the gazetteer is at 35.1656, 136.9052.
        let off = kept["kept_pin_off_m"].as_i64().unwrap();
        assert!((700..900).contains(&off), "{off}");
        let mut given_up = correction();
        given_up["pin"] = json!("lookup");
        let found = dispatcher.put(&path, 3, given_up).await.expect(200);
        assert_eq!(found["place"]["precision"], "town");
        assert_eq!(found["place"]["point"], world::point(35.1656, 136.9052));
        let shown = dispatcher.get(&format!("/v1/cases/{case}")).await.expect(200);
        assert_eq!(shown["place"], found["place"]);
        server.stop().await;
    }

    async fn a_pin_far_from_its_town_is_confirmed_by_a_person(db: TestDb) {
        let server = TestServer::start(&db).await;
        let dispatcher = server.dispatcher();
        // Sapporo, of an address in Nagoya; Sakae is known to 600 m, so that 1,800 are its reach.
        let sapporo = world::point(43.06, 141.35);
        for (pin, far) in [(sapporo.clone(), true), (world::point(35.1825, 136.9052), true), (world::point(35.18, 136.9052), false)] {
            let mut case = world::case(&world::safe_call(&server).await);
            case["place"]["pin"] = pin.clone();
            let made = dispatcher.post("/v1/cases", case.clone()).await;
            if !far {
                assert_eq!(made.expect(201)["state"], "open");
                continue;
            }
            assert_eq!((made.status.as_u16(), made.problem()), (409, "pin-far-from-town"));
            assert_eq!(made.body["rule"], "G-13");
            case["place"]["pin_confirmed"] = json!("somehow");
            assert_eq!(dispatcher.post("/v1/cases", case.clone()).await.refused_field(), "place.pin_confirmed");
            case["place"]["pin_confirmed"] = json!("far_from_town");
            let made = id(&dispatcher.post("/v1/cases", case).await.expect(201));
            let shown = dispatcher.get(&format!("/v1/cases/{made}")).await.expect(200);
            assert_eq!((&shown["place"]["point"], &shown["place"]["precision"]), (&pin, &json!("pin")));
        }
        let told = db.raw().await.texts("SELECT data FROM event WHERE kind = 'case.pin_confirmed' ORDER BY ord").await;
        assert_eq!(told.len(), 2, "{told:?}");
        // A correction asks as well: of a new pin, and of one that would be kept far from the new address.
        let path = format!("/v1/cases/{}/place", world::opened_case(&server).await);
        let mut pinned = correction();
        pinned["pin"] = sapporo.clone();
        assert_eq!(dispatcher.put(&path, 1, pinned.clone()).await.problem(), "pin-far-from-town");
        pinned["pin_confirmed"] = json!("far_from_town");
        dispatcher.put(&path, 1, pinned).await.expect(200);
        assert_eq!(dispatcher.put(&path, 2, correction()).await.problem(), "pin-far-from-town");
        let mut kept = correction();
        kept["pin_confirmed"] = json!("far_from_town");
        let kept = dispatcher.put(&path, 2, kept).await.expect(200);
        assert_eq!((&kept["place"]["point"], &kept["pin_dropped"]), (&sapporo, &json!(false)));
        server.stop().await;
    }

    async fn another_municipality_drops_the_pin(db: TestDb) {
        let server = TestServer::start(&db).await;
        let dispatcher = server.dispatcher();
        let path = format!("/v1/cases/{}/place", world::opened_case(&server).await);
        let mut pinned = correction();
        pinned["pin"] = world::point(35.16, 136.9);
        dispatcher.put(&path, 1, pinned).await.expect(200);
        let mut moved = correction();
        (moved["postal_code"], moved["address"]) = (json!("461-0001"), json!("1-1"));
        let moved = dispatcher.put(&path, 2, moved).await.expect(200);
        assert_eq!((&moved["pin_dropped"], &moved["place"]["precision"]), (&json!(true), &json!("town")));
        assert_eq!(moved["kept_pin_off_m"], Value::Null);
        server.stop().await;
    }

    async fn every_field_is_refused_by_name(db: TestDb) {
        let server = TestServer::start(&db).await;
        let dispatcher = server.dispatcher();
        let case = world::opened_case(&server).await;
        let path = format!("/v1/cases/{case}/place");
        let before = dispatcher.get(&format!("/v1/cases/{case}")).await.expect(200);
        for (field, value, named) in [
            ("postal_code", json!("46"), "postal_code"),
            ("postal_code", json!("999-9999"), "postal_code"),
            ("postal_code", json!(4_600_008), "postal_code"),
            ("jis_code", json!("231"), "jis_code"),
            ("jis_code", json!("01101"), "town"),
            ("town", json!("三田"), "town"),
            ("town", json!("a\u{0007}b"), "town"),
            ("address", json!(""), "address"),
            ("address", json!(" "), "address"),
            ("address", json!("1".repeat(201)), "address"),
            ("address", Value::Null, "address"),
            ("building", json!(""), "building"),
            ("building", json!("荘".repeat(101)), "building"),
            ("room", json!("2".repeat(21)), "room"),
            ("access_notes", json!("犬".repeat(501)), "access_notes"),
            ("pin", json!("here"), "pin"),
            ("pin", json!({ "type": "Point", "coordinates": [200.0, 35.0] }), "pin"),
            ("pin", json!({ "type": "Polygon", "coordinates": [136.0, 35.0] }), "pin"),
            ("pin", json!(5), "pin"),
            ("colour", json!("red"), "colour"),
        ] {
            let mut body = correction();
            body[field] = value.clone();
            assert_eq!(dispatcher.put(&path, 1, body).await.refused_field(), named, "{field}={value}");
        }
        assert_eq!(dispatcher.put(&path, 7, correction()).await.problem(), "version-mismatch");
        let nobody = "/v1/cases/00000000-0000-7000-8000-000000000000/place";
        assert_eq!(dispatcher.put(nobody, 1, correction()).await.problem(), "not-found");
        assert_eq!(id(&dispatcher.get(&format!("/v1/cases/{case}")).await.expect(200)), case);
        assert_eq!(dispatcher.get(&format!("/v1/cases/{case}")).await.expect(200), before);
        server.stop().await;
    }
}
