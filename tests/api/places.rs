//! Looking places up, through HTTP.

use serde_json::json;

use crate::support::{
    db::{TestDb, on_both_engines},
    server::TestServer,
};

on_both_engines! {
    async fn a_line_fills_a_form(db: TestDb) {
        let server = TestServer::start(&db).await;
        let dispatcher = server.dispatcher();
        let line = "愛知県名古屋市中区栄三丁目15番33号 栄ハイツ205号室";
        let request = dispatcher.request(reqwest::Method::GET, "/v1/places").query(&[("q", line)]);
        let found = dispatcher.send(request).await.expect(200);
        let expected = json!({
            "postal_code": "4600008", "jis_code": "23106", "parent_code": "23100", "prefecture": "愛知県",
            "municipality": "名古屋市中区", "town": "栄", "town_kana": "サカエ",
            "point": { "type": "Point", "coordinates": [136.9052, 35.1656] },
            "precision": "town", "precision_error": "middle of the town: 9 in 10 are within 0.6 km",
            "precision_error_p90_m": 600, "matched": "town",
            "block": "3-15-33", "building": "栄ハイツ", "room": "205",
        });
        assert_eq!(found[0], expected);
        for text in ["4600008", "460-0008", "なかくさかえ", "ﾅｶｸｻｶｴ", "nagoya naka-ku sakae", "中区栄"] {
            let request = dispatcher.request(reqwest::Method::GET, "/v1/places").query(&[("q", text)]);
            let found = dispatcher.send(request).await.expect(200);
            assert_eq!((&found[0]["town"], &found[0]["jis_code"]), (&json!("栄"), &json!("23106")), "{text}");
        }
        let by_code = dispatcher.get("/v1/places?postal_code=460-0008").await.expect(200);
        assert_eq!(by_code.as_array().unwrap().len(), 1);
        assert_eq!((&by_code[0]["town"], &by_code[0]["matched"]), (&json!("栄"), &json!("postal_code")));
        let office = dispatcher.get("/v1/places?postal_code=460-0000").await.expect(200);
        assert_eq!(office[0]["precision_error_p90_m"], 12_000);
        // Listed twice in the gazetteer.
        assert_eq!(dispatcher.get("/v1/places?postal_code=0741273").await.expect(200).as_array().unwrap().len(), 1);
        for (limit, count) in [("", 20), ("&limit=1", 1), ("&limit=50", 50)] {
            let found = dispatcher.get(&format!("/v1/places?q=sakae{limit}")).await.expect(200);
            assert_eq!(found.as_array().unwrap().len(), count);
        }
        for (query, field) in [
            ("", "q"),
            ("?q=", "q"),
            ("?q=%20", "q"),
            ("?q=46", "q"),
            ("?q=s", "q"),
            ("?q=12345678", "q"),
            ("?q=%07%07%07", "q"),
            ("?q=sakae&postal_code=460-0008", "q"),
            ("?q=sakae&limit=0", "limit"),
            ("?q=sakae&limit=51", "limit"),
            ("?q=sakae&limit=many", "query"),
            ("?postal_code=460", "query"),
            ("?q=sakae&colour=red", "query"),
        ] {
            assert_eq!(dispatcher.get(&format!("/v1/places{query}")).await.refused_field(), field, "{query}");
        }
        let long = format!("/v1/places?q={}", "s".repeat(201));
        assert_eq!(dispatcher.get(&long).await.refused_field(), "q");
        server.stop().await;
    }

    async fn a_place_listed_twice_is_one(db: TestDb) {
        let server = TestServer::start(&db).await;
        let dispatcher = server.dispatcher();
        let call = crate::support::world::safe_call(&server).await;
        let mut case = crate::support::world::case(&call);
        case["place"]["postal_code"] = json!("074-1273");
        dispatcher.post("/v1/cases", case).await.expect(201);
        server.stop().await;
    }
}
