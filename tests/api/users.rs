//! People who sign in: added, given another password, disabled, by an administrator.

use kaketsuke::{
    app::{
        self, Command,
        sessions::{Attempt, Outcome},
        users,
    },
    domain::{
        actor::{Actor, Role},
        tokens::{Grant, LastAdministrator},
        users::{Login, Password},
    },
};
use reqwest::Method;
use serde_json::json;

use crate::support::{
    db::{TestDb, on_both_engines},
    server::{Client, TestServer, id},
    world,
};

on_both_engines! {
    async fn a_person_is_added_once_with_what_the_role_needs(db: TestDb) {
        let server = TestServer::start(&db).await;
        let administrator = server.administrator();
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let body = json!({ "login": "Sato", "name": "佐藤", "role": "firm", "firm_id": crew.firm, "password": "correct horse battery" });
        let person = administrator.post("/v1/users", body.clone()).await.expect(201);
        assert_eq!((&person["login"], &person["role"], &person["firm_id"]), (&json!("sato"), &json!("firm"), &json!(crew.firm)));
        assert!(!person.to_string().contains("battery"));
        assert_eq!(administrator.post("/v1/users", body.clone()).await.refused_field(), "login");
        for (field, value) in [
            ("login", json!("佐藤")),
            ("password", json!("short")),
            ("password", json!("my sato password")),
            ("firm_id", json!("00000000-0000-7000-8000-000000000000")),
        ] {
            let mut wrong = body.clone();
            wrong["login"] = json!("sato2");
            if value == json!("my sato password") {
                wrong["login"] = json!("sato");
            }
            wrong[field] = value.clone();
            assert_eq!(administrator.post("/v1/users", wrong).await.refused_field(), field, "{value}");
        }
        let listed = administrator.get("/v1/users").await.expect(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), 1);
        server.stop().await;
    }

    async fn a_disabled_person_stays_out_and_nobody_disables_himself(db: TestDb) {
        let server = TestServer::start(&db).await;
        let administrator = server.administrator();
        let body = json!({ "login": "tanaka", "name": "田中", "role": "dispatcher", "password": "correct horse battery" });
        let tanaka = id(&administrator.post("/v1/users", body).await.expect(201));
        let path = |what: &str| format!("/v1/users/{tanaka}/{what}");
        // What looks like a card number is a password all the same.
        let password = json!({ "password": "card 4539578763621486" });
        administrator.post(&path("password"), password).await.expect(200);
        administrator.post(&path("sessions/ending"), json!({})).await.expect(200);
        let disabled = administrator.post(&path("disabling"), json!({})).await.expect(200);
        assert!(disabled["disabled_at"].is_string());
        let refused = administrator.post(&path("password"), json!({ "password": "correct horse battery" })).await;
        assert_eq!(refused.problem(), "user-disabled");
        let nobody = "/v1/users/00000000-0000-7000-8000-000000000000/disabling";
        administrator.post(nobody, json!({})).await.expect(404);
        // As the page would: in the name of the person's own token.
        let own = json!({ "login": "chief", "name": "管理", "role": "administrator", "password": "correct horse battery" });
        let own = administrator.post("/v1/users", own).await.expect(201);
        let login: Login = "chief".parse().unwrap();
        let user = users::by_login(&server.ctx, &login).await.unwrap();
        let command = Command::new(user.actor(), user.id);
        let refused = users::disable(&server.ctx, LastAdministrator::Stays, command).await.unwrap_err().to_string();
        assert!(refused.contains("own account"), "{refused}");
        assert_eq!(own["token_id"], json!(user.principal.id));
        assert_eq!(server.client(Role::Supervisor).get("/v1/users").await.status.as_u16(), 403);
        server.stop().await;
    }

    async fn the_last_administrator_stays_unless_that_is_said(db: TestDb) {
        let server = TestServer::start(&db).await;
        let first = server.administrator();
        let issued = first.post("/v1/tokens", json!({ "name": "二人目", "role": "administrator" })).await.expect(201);
        let second = server.with(issued["secret"].as_str());
        let (first_id, second_id) = (of_test(&first).await, id(&issued));
        let revoke = |client: &Client, token: &str| client.request(Method::DELETE, &format!("/v1/tokens/{token}"));
        second.send(revoke(&second, &first_id)).await.expect(200);
        let refused = second.send(revoke(&second, &second_id)).await;
        assert_eq!((refused.status.as_u16(), refused.problem()), (409, "last-administrator"));
        second.get("/v1/me").await.expect(200);
        // Somebody who cannot sign in again is no way in.
        let guest = users::guest_link(&server.ctx, Grant::Administrator, "見学", chrono::TimeDelta::hours(1)).await;
        guest.unwrap();
        assert_eq!(second.send(revoke(&second, &second_id)).await.problem(), "last-administrator");
        let chief = json!({ "login": "chief", "name": "管理", "role": "administrator", "password": "correct horse battery" });
        let chief = id(&second.post("/v1/users", chief).await.expect(201));
        second.send(revoke(&second, &second_id)).await.expect(200);
        // The person is the last one now, whoever asks; at the command line it may be meant.
        let chief: uuid::Uuid = chief.parse().unwrap();
        let command = || Command::new(Actor::Service("command_line"), chief.into());
        let refused = users::disable(&server.ctx, LastAdministrator::Stays, command()).await.unwrap_err().to_string();
        assert!(refused.contains("--last-administrator"), "{refused}");
        assert!(users::find(&server.ctx, chief.into()).await.unwrap().is_live(server.ctx.now()));
        let gone = users::disable(&server.ctx, LastAdministrator::MayGo, command()).await.unwrap();
        assert!(gone.disabled_at.is_some());
        server.stop().await;
    }

    async fn of_two_administrators_who_revoke_each_other_one_stays(db: TestDb) {
        let server = TestServer::start(&db).await;
        let first = server.administrator();
        let issued = first.post("/v1/tokens", json!({ "name": "二人目", "role": "administrator" })).await.expect(201);
        let second = server.with(issued["secret"].as_str());
        let (first_id, second_id) = (of_test(&first).await, id(&issued));
        let revoke = |client: &Client, token: &str| {
            let request = client.request(Method::DELETE, &format!("/v1/tokens/{token}"));
            let client = client.clone();
            async move { client.send(request).await.status.as_u16() }
        };
        let (one, other) = tokio::join!(revoke(&first, &second_id), revoke(&second, &first_id));
        let mut answers = [one, other];
        answers.sort_unstable();
        // Whoever came second was the last one, or no administrator any more.
        assert!(answers[0] == 200 && [401, 409].contains(&answers[1]), "{answers:?}");
        server.stop().await;
    }

    // F3: what was refused because we are busy is nobody's wrong password.
    async fn whoever_was_refused_as_overload_has_not_guessed(db: TestDb) {
        let server = TestServer::start(&db).await;
        let body = json!({ "login": "sato", "name": "佐藤", "role": "dispatcher", "password": "correct horse battery" });
        server.administrator().post("/v1/users", body).await.expect(201);
        let attempt = |login: &str, password: &str, address: String| Attempt {
            login: login.parse().unwrap(), password: Password::typed(password), address: address.parse().unwrap(),
            browser: None,
        };
        let own = || attempt("sato", "correct horse battery", "192.0.2.1".to_owned());
        let mut refused = 0;
        for round in 0..40 {
            // Strangers from everywhere, more than are hashed at once, and the owner among the last.
            let strangers = (0..48).map(|at| attempt("nobody", "wrong", format!("198.51.{round}.{at}")));
            let all = strangers.chain([own()]).map(|attempt| app::sessions::confirm(&server.ctx, attempt));
            match futures_util::future::join_all(all).await.pop().unwrap() {
                Err(app::Error::Overloaded) => refused += 1,
                Ok(Outcome::Right(_)) => {}
                other => panic!("{other:?} after {refused}"),
            }
            if refused == 6 {
                break;
            }
        }
        assert_eq!(refused, 6, "more often than mistyping costs nothing");
        let now = app::sessions::confirm(&server.ctx, own()).await;
        assert!(matches!(now, Ok(Outcome::Right(_))), "{now:?}");
        server.stop().await;
    }
}

/// The id of the administrator's token of the tests.
async fn of_test(client: &Client) -> String {
    let tokens = client.get("/v1/tokens?limit=200").await.expect(200);
    let mut tokens = tokens["items"].as_array().unwrap().iter();
    id(tokens.find(|token| token["name"] == "test administrator").unwrap())
}
