//! What another site makes a browser send changes nothing.

use kaketsuke::domain::actor::Role;
use reqwest::Method;

use crate::{
    support::{
        db::{TestDb, on_both_engines},
        server::TestServer,
    },
    visitor::{Visitor, signed_in},
};

on_both_engines! {
    async fn a_form_without_the_token_of_its_session_is_refused(db: TestDb) {
        let server = TestServer::start(&db).await;
        let mut visitor = signed_in(&server, Role::Dispatcher).await;
        let mut other = signed_in(&server, Role::Supervisor).await;
        let (own, foreign) = (visitor.csrf().await, other.csrf().await);
        assert_ne!(own, foreign);
        for fields in [vec![], vec![("csrf", "")], vec![("csrf", foreign.as_str())]] {
            let refused = visitor.post_raw("/sign-out", &fields).await.expect(403);
            assert!(refused.text.contains("画面の有効期限が切れています"), "{}", refused.text);
        }
        // Nor as another kind of content that a foreign page can send without asking.
        let plain = visitor.request(Method::POST, "/sign-out").header("content-type", "text/plain");
        visitor.send(plain.body(format!("csrf={own}"))).await.expect(403);
        let wrong = visitor.request(Method::POST, "/sign-out").header("x-csrf-token", &foreign);
        visitor.send(wrong).await.expect(403);
        visitor.get("/").await.expect(200);
        visitor.post_raw("/sign-out", &[("csrf", &own)]).await.expect(303);
        server.stop().await;
    }

    async fn another_site_is_refused_even_with_the_token(db: TestDb) {
        let server = TestServer::start(&db).await;
        let mut visitor = signed_in(&server, Role::Dispatcher).await;
        let csrf = visitor.csrf().await;
        let foreign: [(&'static str, &str); 3] =
            [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example")];
        for (name, value) in foreign {
            let mut there = visitor.clone().with(name, value);
            there.post_raw("/sign-out", &[("csrf", &csrf)]).await.expect(403);
        }
        visitor.get("/").await.expect(200);
        server.stop().await;
    }

    async fn pages_say_what_browsers_may_do_with_them(db: TestDb) {
        let server = TestServer::start(&db).await;
        let mut visitor = signed_in(&server, Role::Dispatcher).await;
        for path in ["/", "/account", "/sign-in", "/board/head", "/board/rows?ids=x", "/sign-in/link/none"] {
            let answer = visitor.get(path).await;
            let policy = answer.headers["content-security-policy"].to_str().unwrap();
            assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"), "{policy}");
            assert!(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"), "{policy}");
            assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{path}");
            assert_eq!(answer.headers["cache-control"], "no-store", "{path}");
            // What the policy forbids is not there either.
            for inline in ["<script>", " style=\"", " onclick=", " hx-on", "javascript:"] {
                assert!(!answer.text.contains(inline), "{path}: {inline}");
            }
        }
        let mut nobody = Visitor::new(&server);
        assert!(nobody.get("/").await.expect(303).headers.contains_key("content-security-policy"));
        server.stop().await;
    }
}
