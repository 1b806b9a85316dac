//! The way in: by password, by link; slower and slower for who guesses, and for nobody else.

use kaketsuke::{
    app::users,
    domain::{actor::Role, tokens::Grant},
    http::Limits,
};

use crate::{
    support::{
        db::{TestDb, on_both_engines},
        server::TestServer,
    },
    visitor::{PASSWORD, Visitor, add, signed_in},
};

on_both_engines! {
    async fn who_is_not_signed_in_is_shown_the_way_in_and_back(db: TestDb) {
        let server = TestServer::start(&db).await;
        add(&server, "dispatcher", Grant::Dispatcher).await;
        let mut visitor = Visitor::new(&server);
        assert_eq!(visitor.get("/").await.expect(303).location(), "/sign-in");
        let answer = visitor.get("/?stage=open&priority=P1").await.expect(303);
        assert_eq!(answer.location(), "/sign-in?to=/%3Fstage%3Dopen%26priority%3DP1");
        let form = visitor.get(answer.location()).await.expect(200);
        assert!(form.text.contains("name=\"to\" value=\"/?stage=open&#38;priority=P1\""), "{}", form.text);
        let fields = [("login", "Dispatcher"), ("password", PASSWORD), ("to", "/?stage=open&priority=P1")];
        let entered = visitor.post_raw("/sign-in", &fields).await.expect(303);
        assert_eq!(entered.location(), "/?stage=open&priority=P1");
        let cookie = entered.headers["set-cookie"].to_str().unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"), "{cookie}");
        assert!(!cookie.contains("Secure"), "without TLS the browser would not send it back");
        visitor.get("/").await.expect(200);
        assert_eq!(visitor.get("/sign-in").await.expect(303).location(), "/");
        let elsewhere = [("login", "dispatcher"), ("password", PASSWORD), ("to", "//evil.example/")];
        assert_eq!(Visitor::new(&server).post_raw("/sign-in", &elsewhere).await.expect(303).location(), "/");
        server.stop().await;
    }

    async fn over_tls_the_cookie_is_secure_and_of_this_host_only(db: TestDb) {
        let server = TestServer::start(&db).await;
        add(&server, "dispatcher", Grant::Dispatcher).await;
        let mut visitor = Visitor::new(&server).with("x-forwarded-proto", "https");
        let entered = visitor.sign_in("dispatcher", PASSWORD).await.expect(303);
        let cookie = entered.headers["set-cookie"].to_str().unwrap();
        assert!(cookie.starts_with("__Host-kaketsuke_session=") && cookie.contains("Secure"), "{cookie}");
        visitor.get("/").await.expect(200);
        server.stop().await;
    }

    async fn a_wrong_password_and_an_unknown_login_are_answered_alike(db: TestDb) {
        let server = TestServer::start(&db).await;
        add(&server, "dispatcher", Grant::Dispatcher).await;
        let mut visitor = Visitor::new(&server);
        let wrong = visitor.sign_in("dispatcher", "not the password").await.expect(422);
        let unknown = visitor.sign_in("nobody", "not the password").await.expect(422);
        let no_login = visitor.sign_in("<佐藤>", "not the password").await.expect(422);
        for answer in [&wrong, &unknown, &no_login] {
            assert!(answer.text.contains("ログイン名またはパスワードが違います。"), "{}", answer.text);
            assert!(!answer.headers.contains_key("set-cookie"));
        }
        assert!(no_login.text.contains("&#60;佐藤&#62;"), "what was typed is escaped");
        server.stop().await;
    }

    async fn guessing_is_slowed_down_and_the_owner_is_not(db: TestDb) {
        let server = TestServer::start(&db).await;
        add(&server, "dispatcher", Grant::Dispatcher).await;
        let mut guesser = Visitor::new(&server).with("x-forwarded-for", "192.0.2.66");
        for _ in 0..4 {
            guesser.sign_in("dispatcher", "not the password").await.expect(422);
        }
        let slowed = guesser.sign_in("dispatcher", PASSWORD).await.expect(429);
        let wait: i64 = slowed.headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=3).contains(&wait), "{wait}");
        // Neither the owner at another place nor a colleague at the same one notices.
        let mut owner = Visitor::new(&server).with("x-forwarded-for", "198.51.100.7");
        owner.sign_in("dispatcher", PASSWORD).await.expect(303);
        add(&server, "suzuki", Grant::Dispatcher).await;
        let mut colleague = Visitor::new(&server).with("x-forwarded-for", "192.0.2.66");
        colleague.sign_in("suzuki", PASSWORD).await.expect(303);
        server.ctx.clock().advance(chrono::TimeDelta::seconds(wait)).await;
        guesser.sign_in("dispatcher", PASSWORD).await.expect(303);
        server.stop().await;
    }

    async fn whoever_was_signed_in_here_gets_in_although_somebody_guesses_at_the_same_address(db: TestDb) {
        let server = TestServer::start(&db).await;
        add(&server, "dispatcher", Grant::Dispatcher).await;
        let office = "192.0.2.66";
        let mut owner = Visitor::new(&server).with("x-forwarded-for", office);
        owner.sign_in("dispatcher", PASSWORD).await.expect(303);
        owner.cookies.retain(|(name, _)| name == "kaketsuke_browser");
        assert_eq!(owner.cookies.len(), 1, "it outlives the session");
        let mut guesser = Visitor::new(&server).with("x-forwarded-for", office);
        for number in 0..30 {
            guesser.sign_in(&format!("user{number}"), "not the password").await.expect(422);
        }
        let mut stranger = Visitor::new(&server).with("x-forwarded-for", office);
        stranger.sign_in("dispatcher", PASSWORD).await.expect(429);
        // What the browser keeps is of nobody else, and opens nothing.
        stranger.cookies.clone_from(&owner.cookies);
        stranger.sign_in("suzuki", PASSWORD).await.expect(429);
        stranger.get("/").await.expect(303);
        owner.sign_in("dispatcher", PASSWORD).await.expect(303);
        server.stop().await;
    }

    async fn a_link_signs_in_once_and_not_after_its_time(db: TestDb) {
        let server = TestServer::start(&db).await;
        let life = chrono::TimeDelta::minutes(10);
        let link = users::guest_link(&server.ctx, Grant::Dispatcher, "見学", life).await.unwrap();
        let mut visitor = Visitor::new(&server);
        assert_eq!(visitor.get(&link).await.expect(303).location(), "/");
        let board = visitor.get("/").await.expect(200);
        assert!(board.text.contains("見学"), "{}", board.text);
        let mut second = Visitor::new(&server);
        second.get(&link).await.expect(422);
        second.get("/").await.expect(303);
        let link = users::guest_link(&server.ctx, Grant::Dispatcher, "見学", life).await.unwrap();
        server.pass(10).await;
        second.get(&link).await.expect(422);
        second.get("/sign-in/link/kkt_none").await.expect(422);
        server.stop().await;
    }

    async fn the_page_is_in_the_language_and_colours_one_chose(db: TestDb) {
        let server = TestServer::start(&db).await;
        let mut visitor = Visitor::new(&server);
        let japanese = visitor.get("/sign-in").await.expect(200);
        assert!(japanese.text.contains("<html lang=\"ja\" data-theme=\"auto\">"), "{}", japanese.text);
        let fields = [("language", "en"), ("to", "/sign-in")];
        assert_eq!(visitor.post_raw("/preferences", &fields).await.expect(303).location(), "/sign-in");
        visitor.post_raw("/preferences", &[("theme", "dark"), ("to", "/sign-in")]).await.expect(303);
        let english = visitor.get("/sign-in").await.expect(200);
        assert!(english.text.contains("<html lang=\"en\" data-theme=\"dark\">"), "{}", english.text);
        let cross = Visitor::new(&server).with("sec-fetch-site", "cross-site");
        cross.clone().post_raw("/preferences", &fields).await.expect(403);
        cross.clone().sign_in("dispatcher", PASSWORD).await.expect(403);
        visitor.post_raw("/preferences", &[("language", "fr")]).await.expect(400);
        server.stop().await;
    }

    async fn signing_in_again_ends_the_session_before(db: TestDb) {
        let server = TestServer::start(&db).await;
        let mut visitor = signed_in(&server, Role::Dispatcher).await;
        let mut before = visitor.clone();
        visitor.sign_in("dispatcher", PASSWORD).await.expect(303);
        visitor.get("/").await.expect(200);
        before.get("/").await.expect(303);
        server.stop().await;
    }

    async fn forms_that_never_come_hold_nobody_up(db: TestDb) {
        use tokio::{
            io::{AsyncReadExt as _, AsyncWriteExt as _},
            net::TcpStream,
        };
        let form_timeout = std::time::Duration::from_millis(200);
        let server = TestServer::start_with(&db, Limits { requests_max: 2, form_timeout, ..Limits::default() }).await;
        add(&server, "dispatcher", Grant::Dispatcher).await;
        let address = server.base.strip_prefix("http://").unwrap();
        let mut held = Vec::new();
        for _ in 0..5 {
            let mut stream = TcpStream::connect(address).await.unwrap();
            let head = "POST /sign-in HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\n\
                        content-length: 100\r\n\r\nlogin=a";
            stream.write_all(head.as_bytes()).await.unwrap();
            held.push(stream);
        }
        let mut visitor = Visitor::new(&server);
        visitor.get("/sign-in").await.expect(200);
        visitor.sign_in("dispatcher", PASSWORD).await.expect(303);
        for mut stream in held {
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
            assert!(answer.to_ascii_lowercase().contains("connection: close"), "{answer}");
        }
        server.stop().await;
    }
}
