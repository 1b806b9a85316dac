//! What the Board shows, and what one does on it.

use kaketsuke::domain::actor::Role;
use reqwest::Method;
use serde_json::json;

use crate::{
    support::{
        db::{TestDb, on_both_engines},
        server::TestServer,
        site::{Device, accepted_job},
        world,
    },
    visitor::{between, signed_in},
};

/// The row of a job.
#[track_caller]
fn row<'t>(page: &'t str, job: &str) -> &'t str {
    between(page, &format!("<tr id=\"job-{job}\""), "</tr>")
}

on_both_engines! {
    async fn a_job_is_shown_with_the_clock_that_matters_now(db: TestDb) {
        let server = TestServer::start(&db).await;
        let mut visitor = signed_in(&server, Role::Dispatcher).await;
        assert!(visitor.get("/").await.expect(200).text.contains("進行中の案件はありません。"));
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = accepted_job(&server, &crew).await;
        let page = visitor.get("/").await.expect(200).text;
        let shown = row(&page, &job);
        for text in ["栄水道 太郎", "名古屋市中区", "ネパール語", "トイレ", "受諾済み"] {
            assert!(shown.contains(text), "{text}: {shown}");
        }
        // A page that a caller's name or telephone number stands on is read for a reason; the Board has none.
        assert!(!page.contains("Ram Example") && !page.contains("+818055500101"));
        let mut device = Device::new(&job, "phone-1");
        let arrival = device.fact("21:00", json!({ "kind": "arrival" }));
        let start = device.fact("21:00", json!({ "kind": "work_start", "work": "work" }));
        device.send(&server, &crew.phone, &[arrival, start]).await.expect(200);
        server.pass(20).await;
        let page = visitor.get("/").await.expect(200).text;
        let shown = row(&page, &job);
        let until: i64 = between(shown, "data-kind=\"free_until\" data-at=\"", "\"").parse().unwrap();
        let began: chrono::DateTime<chrono::Utc> = "2026-11-22T12:00:00Z".parse().unwrap();
        assert_eq!(until, (began + chrono::TimeDelta::minutes(60)).timestamp_millis(), "60 minutes are free");
        assert!(shown.contains("作業中"));
        visitor.set_cookie("kaketsuke_language", "en");
        let english = visitor.get("/").await.expect(200).text;
        for text in ["Nepali", "Working", "of free work left"] {
            assert!(row(&english, &job).contains(text), "{text}");
        }
        server.stop().await;
    }

    async fn the_filter_stands_in_the_address(db: TestDb) {
        let server = TestServer::start(&db).await;
        let mut visitor = signed_in(&server, Role::Dispatcher).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = accepted_job(&server, &crew).await;
        for (query, shown) in [
            ("", true),
            ("?stage=coming", true),
            ("?stage=open", false),
            ("?trade=water", true),
            ("?trade=lock", false),
            ("?stage=coming&trade=water&alarms=true", false),
        ] {
            let page = visitor.get(&format!("/{query}")).await.expect(200).text;
            assert_eq!(page.contains(&format!("id=\"job-{job}\"")), shown, "{query}");
            let separator = if query.is_empty() { "?" } else { "&" };
            let rows = visitor.get(&format!("/board/rows{query}{separator}ids={job}")).await.expect(200).text;
            assert_eq!(rows.contains(&format!("id=\"job-{job}\"")), shown, "rows {query}");
        }
        for wrong in ["?stage=nowhere", "?priority=P9", "?alarms=perhaps"] {
            visitor.get(&format!("/{wrong}")).await.expect(400);
        }
        let long = format!("/board/rows?ids={}", "x".repeat(2001));
        visitor.get(&long).await.expect(422);
        server.stop().await;
    }

    async fn an_alarm_stays_until_somebody_takes_it_and_comes_back(db: TestDb) {
        let server = TestServer::start(&db).await;
        let mut visitor = signed_in(&server, Role::Dispatcher).await;
        // A firm that serves the place, and nobody of it on duty.
        let administrator = server.administrator();
        let firm = administrator.post("/v1/firms", world::firm("休業設備")).await.expect(201);
        let mut sleeper = world::technician("休業 太郎", &["water"], world::point(35.165, 136.91));
        sleeper["shifts"] = json!([{ "day": "mon", "from": "03:00", "to": "04:00" }]);
        let path = format!("/v1/firms/{}/technicians", firm["id"].as_str().unwrap());
        administrator.post(&path, sleeper).await.expect(201);
        let job = world::job(&server).await;
        let page = visitor.get("/").await.expect(200).text;
        assert!(page.contains("data-ringing=\"1\"") && page.contains("手配先が見つからない"), "{page}");
        let alarm = between(&page, "data-alarm=\"", "\"").to_owned();
        let path = format!("/board/alarms/{alarm}/acknowledgement");
        let csrf = visitor.csrf().await;
        let request = visitor.request(Method::POST, &path).header("x-csrf-token", &csrf);
        let request = request.header("hx-request", "true");
        let request = request.header("content-type", "application/x-www-form-urlencoded").body("key=k-1");
        let part = visitor.send(request).await.expect(200).text;
        assert!(part.contains("data-ringing=\"0\"") && !part.contains("<html"), "{part}");
        // Twice is refused in words, not in code.
        let again = visitor.post(&path, &[]).await.expect(409);
        assert!(again.text.contains("このアラームは、すでに対応済みです"), "{}", again.text);
        server.pass(16).await;
        let page = visitor.get("/").await.expect(200).text;
        assert!(page.contains("data-ringing=\"1\"") && row(&page, &job).contains("手配先が見つからない"), "{page}");
        let back = visitor.post(&path, &[("to", "/?alarms=true")]).await.expect(303);
        assert_eq!(back.location(), "/?alarms=true");
        server.stop().await;
    }
}
