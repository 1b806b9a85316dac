//! Webhooks as resources: who may make which, what is refused, secrets shown once.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{
    db::{TestDb, on_both_engines},
    receiver::Receiver,
    server::{TestServer, id},
    world,
};

/// A webhook that is told of offers.
pub(crate) fn webhook(url: &str) -> Value {
    json!({ "url": url, "kinds": ["offer.made", "offer.accepted", "offer.withdrawn"] })
}

const PUBLIC: &str = "https://example.jp/hooks/kaketsuke";

on_both_engines! {
    async fn a_webhook_is_made_changed_and_deleted(db: TestDb) {
        let server = TestServer::start(&db).await;
        let administrator = server.administrator();
        let made = administrator.post_as("once", "/v1/webhooks", webhook(PUBLIC)).await;
        assert_eq!(made.headers["etag"], "\"1\"");
        let made = made.expect(201);
        assert!(made["secret"].as_str().unwrap().starts_with("whsec_"), "{made}");
        assert_eq!((&made["state"], &made["firm_id"], &made["failures"]), (&json!("active"), &Value::Null, &json!(0)));
        // The secret is shown this once.
        let again = administrator.post_as("once", "/v1/webhooks", webhook(PUBLIC)).await.expect(201);
        assert_eq!((&again["id"], &again["secret"]), (&made["id"], &Value::Null));
        let path = format!("/v1/webhooks/{}", id(&made));
        for seen in [administrator.get(&path).await.expect(200), administrator.get("/v1/webhooks").await.expect(200)] {
            assert!(!seen.to_string().contains("whsec_") && !seen.to_string().contains("secret"), "{seen}");
        }
        let body = json!({ "url": PUBLIC, "kinds": ["job.settled", "job.created", "job.settled"], "state": "paused" });
        assert_eq!(administrator.put(&path, 7, body.clone()).await.problem(), "version-mismatch");
        let changed = administrator.put(&path, 1, body.clone()).await.expect(200);
        assert_eq!((&changed["version"], &changed["state"]), (&json!(2), &json!("paused")));
        assert_eq!(changed["kinds"].as_array().unwrap().len(), 2, "each once");
        let rotated = administrator.post(&format!("{path}/secrets"), json!({})).await.expect(201);
        assert_ne!(rotated["secret"], made["secret"]);
        assert_eq!(rotated["version"], 3);
        let delete = administrator.request(reqwest::Method::DELETE, &path);
        assert_eq!(administrator.send(delete).await.problem(), "if-match-required");
        let delete = administrator.request(reqwest::Method::DELETE, &path).header("If-Match", "\"3\"");
        assert_eq!(administrator.send(delete).await.expect(200)["state"], "deleted");
        assert_eq!(administrator.get(&path).await.problem(), "not-found");
        assert_eq!(administrator.put(&path, 4, body).await.problem(), "not-found");
        assert_eq!(administrator.post(&format!("{path}/secrets"), json!({})).await.problem(), "not-found");
        assert_eq!(administrator.post(&format!("{path}/replay"), json!({})).await.problem(), "not-found");
        let listed = administrator.get("/v1/webhooks").await.expect(200);
        assert_eq!(listed["items"], json!([]));
        assert_eq!(db.raw().await.integer("SELECT COUNT(*) FROM webhook_secret").await, 0);
        server.stop().await;
    }

    async fn a_firm_has_its_own_and_sees_no_other(db: TestDb) {
        let server = TestServer::start(&db).await;
        let administrator = server.administrator();
        let one = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let other = world::crew(&server, "錦水道", 35.17, 136.90).await;
        let service = id(&administrator.post("/v1/webhooks", webhook(PUBLIC)).await.expect(201));
        let own = one.office.post("/v1/webhooks", webhook(PUBLIC)).await.expect(201);
        assert_eq!(own["firm_id"], json!(one.firm));
        let mut given = webhook(PUBLIC);
        given["firm_id"] = json!(one.firm);
        let given = administrator.post("/v1/webhooks", given).await.expect(201);
        assert_eq!(given["firm_id"], json!(one.firm));
        // In the order of their ids, which within one instant is nobody's.
        let ids = |listed: Value| -> BTreeSet<String> { listed["items"].as_array().unwrap().iter().map(id).collect() };
        let own_two = BTreeSet::from([id(&own), id(&given)]);
        assert_eq!(ids(one.office.get("/v1/webhooks").await.expect(200)), own_two);
        let all: BTreeSet<_> = own_two.into_iter().chain([service.clone()]).collect();
        assert_eq!(ids(administrator.get("/v1/webhooks").await.expect(200)), all);
        assert!(ids(other.office.get("/v1/webhooks").await.expect(200)).is_empty());
        for hidden in [id(&own), service] {
            let path = format!("/v1/webhooks/{hidden}");
            let body = json!({ "url": PUBLIC, "kinds": ["offer.made"], "state": "active" });
            assert_eq!(other.office.get(&path).await.problem(), "not-found");
            assert_eq!(other.office.put(&path, 1, body).await.problem(), "not-found");
            assert_eq!(other.office.post(&format!("{path}/secrets"), json!({})).await.problem(), "not-found");
            assert_eq!(other.office.post(&format!("{path}/replay"), json!({})).await.problem(), "not-found");
            let delete = other.office.request(reqwest::Method::DELETE, &path).header("If-Match", "\"1\"");
            assert_eq!(other.office.send(delete).await.problem(), "not-found");
        }
        let mut foreign = webhook(PUBLIC);
        foreign["firm_id"] = json!(other.firm);
        assert_eq!(one.office.post("/v1/webhooks", foreign).await.refused_field(), "firm_id");
        server.stop().await;
    }

    async fn every_field_of_a_webhook_is_refused_by_name(db: TestDb) {
        let server = TestServer::start(&db).await;
        let administrator = server.administrator();
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        for (field, value, named) in [
            ("url", json!(""), "url"),
            ("url", json!(7), "url"),
            ("url", json!("example.jp"), "url"),
            ("url", json!("http://example.jp/"), "url"),
            ("url", json!("https://user:pass@example.jp/"), "url"),
            ("url", json!("https://localhost/"), "url"),
            ("url", json!("https://127.0.0.1/"), "url"),
            ("url", json!("https://169.254.169.254/latest/meta-data"), "url"),
            ("url", json!("https://192.168.0.1/"), "url"),
            ("url", json!("https://[::1]/"), "url"),
            ("url", json!("https://2130706433/"), "url"),
            ("url", json!(format!("https://example.jp/{}", "a".repeat(2048))), "url"),
            ("kinds", json!([]), "kinds"),
            ("kinds", json!(["offer.eaten"]), "kinds[0]"),
            ("kinds", json!(["offer.made", "token.issued"]), "kinds[1]"),
            ("kinds", json!(["message.died"]), "kinds[0]"),
            ("firm_id", json!("none"), "firm_id"),
            ("firm_id", json!("00000000-0000-7000-8000-000000000000"), "firm_id"),
            ("secret", json!("mine"), "secret"),
        ] {
            let mut body = webhook(PUBLIC);
            body[field] = value.clone();
            assert_eq!(administrator.post("/v1/webhooks", body).await.refused_field(), named, "{field}={value}");
        }
        // A firm hears of its own offers and jobs only.
        let mut body = webhook(PUBLIC);
        body["kinds"] = json!(["offer.made", "call.answered"]);
        assert_eq!(crew.office.post("/v1/webhooks", body).await.refused_field(), "kinds[1]");
        let made = id(&administrator.post("/v1/webhooks", webhook(PUBLIC)).await.expect(201));
        let path = format!("/v1/webhooks/{made}");
        for state in ["failing", "deleted", "asleep"] {
            let body = json!({ "url": PUBLIC, "kinds": ["offer.made"], "state": state });
            assert_eq!(administrator.put(&path, 1, body).await.refused_field(), "state", "{state}");
        }
        assert_eq!(administrator.get("/v1/messages?state=lost").await.refused_field(), "query");
        assert_eq!(administrator.get("/v1/messages?limit=0").await.refused_field(), "limit");
        let nobody = "00000000-0000-7000-8000-000000000000";
        assert_eq!(administrator.get(&format!("/v1/messages/{nobody}")).await.problem(), "not-found");
        let replay = administrator.post(&format!("/v1/messages/{nobody}/replay"), json!({})).await;
        assert_eq!(replay.problem(), "not-found");
        server.stop().await;
    }

    async fn an_owner_has_a_limited_number(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        for _ in 0..20 {
            crew.office.post("/v1/webhooks", webhook(PUBLIC)).await.expect(201);
        }
        assert_eq!(crew.office.post("/v1/webhooks", webhook(PUBLIC)).await.problem(), "too-many-webhooks");
        server.administrator().post("/v1/webhooks", webhook(PUBLIC)).await.expect(201);
        server.stop().await;
    }

    async fn a_receiver_on_this_machine_is_told_only_where_the_operator_allows(db: TestDb) {
        let receiver = Receiver::start(Some(204)).await;
        let server = TestServer::start(&db).await;
        assert_eq!(server.administrator().post("/v1/webhooks", webhook(&receiver.url)).await.refused_field(), "url");
        server.stop().await;
        let server = TestServer::start_telling_again(&db, None).await;
        server.administrator().post("/v1/webhooks", webhook(&receiver.url)).await.expect(201);
        server.stop().await;
    }
}
