//! Languages: who is there now, and what comes instead (I-01 to I-07, N-01 to N-03).

use serde_json::{Value, json};

use crate::support::{
    db::{TestDb, on_both_engines},
    server::TestServer,
    world,
};

on_both_engines! {
    async fn the_thirteen_and_japanese_are_listed(db: TestDb) {
        let server = TestServer::start(&db).await;
        let all = server.dispatcher().get("/v1/languages").await.expect(200);
        let tags: Vec<_> = all.as_array().unwrap().iter().map(|one| one["tag"].as_str().unwrap()).collect();
        let expected = [
            "en", "zh", "ko", "pt-BR", "es-419", "fil", "vi", "th", "ne", "hi", "id", "my", "uk", "ja", "ja-x-easy",
        ];
        assert_eq!(tags, expected);
        let of = |tag: &str| all.as_array().unwrap().iter().find(|one| one["tag"] == tag).unwrap().clone();
        assert_eq!(of("en")["availability"], "open");
        // Sunday 22 November 2026, 21:00: Vietnamese is closed until Monday's holiday, 10:00 (I-04).
        assert_eq!((&of("vi")["availability"], &of("vi")["opens_at"]), (&json!("closed"), &json!("2026-11-23T01:00:00Z")));
        assert!(of("vi")["advice_ja"].as_str().unwrap().contains("11月23日10時00分"), "{}", of("vi"));
        assert_eq!(of("ne")["availability"], "unspecified");
        assert!(of("ne")["advice_ja"].as_str().unwrap().contains("設定されていません"), "{}", of("ne"));
        server.stop().await;
    }

    async fn what_comes_instead_follows_the_callers_other_languages(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        let shown = desk.get("/v1/languages/VI-vn?also=en,pt").await.expect(200);
        assert_eq!(shown["tag"], "vi");
        let order: Vec<_> = shown["fallbacks"].as_array().unwrap().iter()
            .map(|one| (one["step"].as_str().unwrap(), one["tag"].as_str().unwrap()))
            .collect();
        let expected = [
            ("other_language", "en"), ("other_language", "pt-BR"), ("plain_japanese", "ja-x-easy"), ("call_back", "vi"),
        ];
        assert_eq!(order, expected);
        for (tag, instead) in [("yue", "zh"), ("nan", "zh"), ("ceb", "fil")] {
            let refused = desk.get(&format!("/v1/languages/{tag}")).await;
            let detail = refused.body["detail"].as_str().unwrap().to_owned();
            assert!(detail.contains(&format!("offered instead: {instead}")), "{detail}");
            assert_eq!(refused.refused_field(), "tag");
        }
        for (query, named) in [("?also=xx", "also"), ("?also=en,yue", "also"), ("?also=", "also"), ("?and=en", "query")] {
            assert_eq!(desk.get(&format!("/v1/languages/vi{query}")).await.refused_field(), named, "{query}");
        }
        assert_eq!(desk.get("/v1/languages/zz").await.refused_field(), "tag");
        server.stop().await;
    }

    async fn speech_reading_and_wish_are_kept_apart(db: TestDb) {
        let server = TestServer::start(&db).await;
        let desk = server.dispatcher();
        let mut body = world::call();
        body["language"] = json!("cmn");
        body["reading_language"] = json!("zh-hant");
        body["language_wish"] = json!("國語");
        let call = desk.post("/v1/calls", body).await.expect(201);
        assert_eq!((&call["language"], &call["reading_language"]), (&json!("zh"), &json!("zh-Hant")));
        let path = format!("/v1/calls/{}", call["id"].as_str().unwrap());
        assert_eq!(desk.get(&path).await.expect(200)["caller"]["language_wish"], "國語");
        desk.post(&format!("{path}/hazard-answers"), json!({ "others": "no" })).await.expect(200);
        let mut case = world::case(call["id"].as_str().unwrap());
        case["resident"]["name_kana"] = json!("ラム エグザンプル");
        let case = desk.post("/v1/cases", case).await.expect(201);
        assert_eq!((&case["language"], &case["reading_language"]), (&json!("zh"), &json!("zh-Hant")), "the call's");
        let whole = desk.get(&format!("/v1/cases/{}", case["id"].as_str().unwrap())).await.expect(200);
        assert_eq!(whole["resident"]["name_kana"], "ラム エグザンプル");
        assert_eq!(whole["background"]["host_company"], Value::Null);
        server.stop().await;
    }

    // T-02: in a year of which no holidays are on file, whoever looks at the hours of a language is told so.
    async fn a_year_without_holidays_on_file_is_said_beside_the_hours(db: TestDb) {
        // Half past eleven at night in Tokyo, on the last day that is on file.
        let server = TestServer::start_at(&db, "2028-12-31T14:30:00Z".parse().unwrap()).await;
        for (minutes, is_known) in [(0, true), (29, true), (1, false)] {
            server.pass(minutes).await;
            for language in server.dispatcher().get("/v1/languages").await.expect(200).as_array().unwrap() {
                let (ja, en) = (language["advice_ja"].as_str().unwrap(), language["advice_en"].as_str().unwrap());
                assert_eq!(language["holidays"] == "unknown", !is_known, "{language}");
                assert_eq!(en.contains("No holidays of this year are on file"), !is_known, "{en}");
                assert_eq!(ja.contains("祝日"), !is_known, "{ja}");
            }
        }
        server.stop().await;
    }
}
