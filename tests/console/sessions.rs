//! How sessions end: by hand, by another password, by time, with the person.

use kaketsuke::{
    app::{Command, users},
    domain::{
        actor::{Actor, Role},
        tokens::LastAdministrator,
    },
};

use crate::{
    support::{
        db::{TestDb, on_both_engines},
        server::TestServer,
    },
    visitor::{PASSWORD, Visitor, between, signed_in},
};

on_both_engines! {
    async fn signing_out_ends_the_session_for_good(db: TestDb) {
        let server = TestServer::start(&db).await;
        let mut visitor = signed_in(&server, Role::Dispatcher).await;
        let mut stolen = visitor.clone();
        assert_eq!(visitor.post("/sign-out", &[]).await.expect(303).location(), "/sign-in");
        visitor.get("/").await.expect(303);
        stolen.get("/").await.expect(303);
        server.stop().await;
    }

    async fn a_lost_browser_is_signed_out_from_another_one(db: TestDb) {
        let server = TestServer::start(&db).await;
        let mut lost = signed_in(&server, Role::Supervisor).await;
        let mut here = Visitor::new(&server);
        here.sign_in("supervisor", PASSWORD).await.expect(303);
        let page = here.get("/account").await.expect(200).text;
        let ending = format!("/account/sessions/{}", between(&page, "action=\"/account/sessions/", "\""));
        assert_eq!(page.matches("/ending\"").count(), 1, "one's own session has no such button");
        // Nobody else's session can be ended by its id.
        let mut other = signed_in(&server, Role::Dispatcher).await;
        other.post(&ending, &[]).await.expect(303);
        lost.get("/account").await.expect(200);
        here.post(&ending, &[]).await.expect(303);
        lost.get("/account").await.expect(303);
        here.get("/account").await.expect(200);
        server.stop().await;
    }

    async fn another_password_ends_every_other_session(db: TestDb) {
        let server = TestServer::start(&db).await;
        let mut lost = signed_in(&server, Role::Dispatcher).await;
        let mut here = Visitor::new(&server);
        here.sign_in("dispatcher", PASSWORD).await.expect(303);
        let better = "一番列車は四時五十三分発";
        here.post("/account/password", &[("old", "not the password"), ("new", better)]).await.expect(422);
        here.post("/account/password", &[("old", PASSWORD), ("new", "short")]).await.expect(422);
        lost.get("/account").await.expect(200);
        here.post("/account/password", &[("old", PASSWORD), ("new", better)]).await.expect(303);
        here.get("/account").await.expect(200);
        lost.get("/account").await.expect(303);
        Visitor::new(&server).sign_in("dispatcher", PASSWORD).await.expect(422);
        Visitor::new(&server).sign_in("dispatcher", better).await.expect(303);
        server.stop().await;
    }

    async fn a_session_idles_out_and_has_a_greatest_age(db: TestDb) {
        let server = TestServer::start(&db).await;
        let mut visitor = signed_in(&server, Role::Dispatcher).await;
        for _ in 0..33 {
            server.pass(25).await;
            visitor.get("/account").await.expect(200);
        }
        // 13 h 45 min have passed; it ends at 14 h, however busy.
        server.pass(14).await;
        visitor.get("/account").await.expect(200);
        server.pass(1).await;
        visitor.get("/account").await.expect(303);
        visitor.sign_in("dispatcher", PASSWORD).await.expect(303);
        server.pass(30).await;
        visitor.get("/account").await.expect(303);
        server.stop().await;
    }

    async fn a_disabled_person_is_out_at_once(db: TestDb) {
        let server = TestServer::start(&db).await;
        let mut visitor = signed_in(&server, Role::Dispatcher).await;
        let user = users::by_login(&server.ctx, &"dispatcher".parse().unwrap()).await.unwrap();
        users::disable(&server.ctx, LastAdministrator::MayGo, Command::new(Actor::Service("test"), user.id)).await.unwrap();
        visitor.get("/account").await.expect(303);
        visitor.sign_in("dispatcher", PASSWORD).await.expect(422);
        server.stop().await;
    }

    async fn nothing_that_signs_in_is_kept_readable(db: TestDb) {
        let server = TestServer::start(&db).await;
        let visitor = signed_in(&server, Role::Dispatcher).await;
        let (_, secret) = visitor.cookies.iter().find(|(name, _)| name == "kaketsuke_session").unwrap();
        assert_eq!(secret.len(), "kkt_".len() + 43, "256 bits");
        // The secret of a session is none of the API.
        assert_eq!(server.with(Some(secret)).get("/v1/me").await.problem(), "unauthenticated");
        let mut raw = db.raw().await;
        let hashes = raw.texts("SELECT password_hash FROM user_account").await;
        assert!(hashes.len() == 1 && hashes[0].starts_with("$argon2id$"), "{hashes:?}");
        let events = raw.texts("SELECT data FROM event WHERE subject = 'user'").await;
        assert_eq!(events.len(), 2);
        assert!(events.iter().all(|data| !data.contains("架空") && !data.contains("kkt_")), "{events:?}");
        server.stop().await;
    }
}
