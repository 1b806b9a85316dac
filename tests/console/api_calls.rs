//! Scripts of our pages call the API: the session stands for a token there, and nothing of another site does.

use kaketsuke::domain::actor::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    support::{
        db::{TestDb, on_both_engines},
        server::TestServer,
        world,
    },
    visitor::{Answer, Visitor, signed_in},
};

async fn post(visitor: &mut Visitor, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
    let mut request = visitor.request(Method::POST, path).json(body);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    visitor.send(request).await
}

on_both_engines! {
    async fn a_session_calls_what_its_role_may(db: TestDb) {
        let server = TestServer::start(&db).await;
        world::crew(&server, "栄水道", 35.165, 136.91).await;
        world::job(&server).await;
        let mut dispatcher = signed_in(&server, Role::Dispatcher).await;
        let me: Value = serde_json::from_str(&dispatcher.get("/v1/me").await.expect(200).text).unwrap();
        assert_eq!(me["role"], "dispatcher");
        let queue: Value = serde_json::from_str(&dispatcher.get("/v1/queue").await.expect(200).text).unwrap();
        assert_eq!(queue.as_array().map(Vec::len), Some(1), "{queue}");
        dispatcher.get("/v1/read-log").await.expect(403);
        let mut billing = signed_in(&server, Role::ClaimsSupport).await;
        billing.get("/v1/queue").await.expect(403);
        Visitor::new(&server).get("/v1/queue").await.expect(401);
        server.stop().await;
    }

    async fn a_change_must_come_from_a_page_of_the_session(db: TestDb) {
        let server = TestServer::start(&db).await;
        let mut visitor = signed_in(&server, Role::Dispatcher).await;
        let csrf = visitor.csrf().await;
        let key = ("idempotency-key", "of-this-test-1");
        let call = world::call();
        for forged in [
            vec![key],
            vec![key, ("x-csrf-token", "guessed")],
            vec![key, ("x-csrf-token", csrf.as_str()), ("sec-fetch-site", "cross-site")],
            vec![key, ("x-csrf-token", csrf.as_str()), ("origin", "https://evil.example")],
        ] {
            let refused = post(&mut visitor, "/v1/calls", &forged, &call).await.expect(403);
            assert!(refused.text.contains("urn:kaketsuke:problem:forged"), "{}", refused.text);
        }
        let none = server.dispatcher().get("/v1/calls").await.expect(200);
        assert_eq!(none["items"], json!([]));
        post(&mut visitor, "/v1/calls", &[key, ("x-csrf-token", &csrf)], &call).await.expect(201);
        server.stop().await;
    }

    async fn a_document_that_a_browser_opens_runs_nothing_and_is_not_kept(db: TestDb) {
        let server = TestServer::start(&db).await;
        world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = world::job(&server).await;
        let mut visitor = signed_in(&server, Role::Dispatcher).await;
        for path in [format!("/v1/jobs/{job}/statement?format=html"), format!("/v1/jobs/{job}")] {
            let answer = visitor.get(&path).await.expect(200);
            let policy = answer.headers["content-security-policy"].to_str().unwrap();
            assert!(policy.starts_with("default-src 'none'") && !policy.contains("script"), "{path}: {policy}");
            assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{path}");
            assert_eq!(answer.headers["cache-control"], "no-store", "{path}");
        }
        server.stop().await;
    }

    async fn refusals_are_told_in_the_language_of_the_page(db: TestDb) {
        let server = TestServer::start(&db).await;
        let mut visitor = signed_in(&server, Role::Dispatcher).await;
        let csrf = visitor.csrf().await;
        for (language, title) in [("ja", "入力内容を確認してください"), ("en", "Please check what was entered")] {
            visitor.set_cookie("kaketsuke_language", language);
            let key = format!("of-this-test-{language}");
            let headers = [("idempotency-key", key.as_str()), ("x-csrf-token", csrf.as_str())];
            let body = json!({ "channel": "phone", "language": "ne", "caller_role": "worker", "phone": "12" });
            let refused = post(&mut visitor, "/v1/calls", &headers, &body).await.expect(422);
            assert_eq!(refused.headers["content-type"], "application/problem+json");
            let problem: Value = serde_json::from_str(&refused.text).unwrap();
            assert_eq!((&problem["title"], &problem["errors"][0]["field"]), (&json!(title), &json!("phone")));
        }
        server.stop().await;
    }
}
