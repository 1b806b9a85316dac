//! E-mail: notices of referrals, and what a real mail server is handed.

use kaketsuke::{
    app::{self, verify::Verdict},
    notify::{MailBy, Outbox},
};
use serde_json::{Value, json};

use crate::{
    referrals::referral,
    support::{
        db::{TestDb, on_both_engines},
        receiver::until,
        server::{Client, TestServer, id},
        smtp::MailServer,
        world,
    },
};

async fn made(server: &TestServer, body: Value) -> String {
    let case = world::opened_case(server).await;
    let made = server.dispatcher().post(&format!("/v1/cases/{case}/referrals"), body).await.expect(201);
    format!("/v1/referrals/{}", id(&made))
}

fn to(recipient: &str) -> Value {
    json!({ "recipient": recipient, "language": "ja" })
}

async fn attempts(client: &Client, referral: &str) -> Vec<Value> {
    client.get(referral).await.expect(200)["attempts"].as_array().unwrap().clone()
}

on_both_engines! {
    async fn a_notice_is_mailed_when_it_is_asked_for_and_logged_when_it_is_sent(db: TestDb) {
        let outbox = Outbox::default();
        let server = TestServer::start_telling(&db, Some(MailBy::Memory(outbox.clone()))).await;
        let dispatcher = server.dispatcher();
        let referral = made(&server, referral()).await;
        server.settle().await;
        assert!(outbox.mails().is_empty(), "nobody has asked");
        let asked = dispatcher.post(&format!("{referral}/mails"), to("management_company")).await.expect(202);
        assert_eq!(asked["attempts"], json!([]), "not sent yet");
        until("it is logged", async || attempts(&dispatcher, &referral).await.len() == 1).await;
        let attempt = attempts(&dispatcher, &referral).await.remove(0);
        assert_eq!(
            (&attempt["channel"], &attempt["delivery_status"], &attempt["recipient"], &attempt["template_version"]),
            (&json!("email"), &json!("sent"), &json!("management_company"), &json!("referral-landlord-ja/1"))
        );
        let letter = outbox.mails().remove(0);
        assert_eq!(letter.to.as_str(), "desk@example.jp");
        let written = dispatcher.get(&format!("{referral}/notices?language=ja&to=landlord")).await.expect(200);
        assert_eq!((json!(letter.subject), json!(letter.text)), (written["subject"].clone(), written["text"].clone()));
        // What is kept of it says nothing about anybody.
        let kept = server.administrator().get("/v1/messages").await.expect(200);
        assert_eq!((&kept["items"][0]["state"], &kept["items"][0]["channel"]), (&json!("sent"), &json!("email")));
        assert!(!kept.to_string().contains("example.jp"), "{kept}");
        let events = db.raw().await.texts("SELECT data FROM event WHERE kind LIKE 'referral.%'").await;
        assert!(events.iter().all(|event| !event.contains("example.jp") && !event.contains("架空")), "{events:?}");
        server.stop().await;
    }

    async fn a_notice_that_cannot_be_mailed_is_logged_as_failed(db: TestDb) {
        let server = TestServer::start_telling(&db, None).await;
        let dispatcher = server.dispatcher();
        let referral = made(&server, referral()).await;
        dispatcher.post(&format!("{referral}/mails"), to("management_company")).await.expect(202);
        until("it is logged", async || attempts(&dispatcher, &referral).await.len() == 1).await;
        assert_eq!(attempts(&dispatcher, &referral).await[0]["delivery_status"], "failed");
        let dead = server.administrator().get("/v1/messages?state=dead").await.expect(200);
        assert_eq!(dead["items"].as_array().unwrap().len(), 1);
        let whole = server.administrator().get(&format!("/v1/messages/{}", id(&dead["items"][0]))).await.expect(200);
        assert_eq!(whole["tried"][0]["code"], "not_configured");
        server.stop().await;
    }

    async fn nobody_is_mailed_without_consent_or_address(db: TestDb) {
        let server = TestServer::start(&db).await;
        let dispatcher = server.dispatcher();
        let mut body = referral();
        body["consent_to_contact"] = json!("no");
        let without = made(&server, body).await;
        let refused = dispatcher.post(&format!("{without}/mails"), to("management_company")).await;
        assert_eq!((refused.problem(), &refused.body["rule"]), ("no-consent-to-contact", &json!("Y-03")));
        let mut body = referral();
        body["recipients"][0].as_object_mut().unwrap().remove("email");
        let without = made(&server, body).await;
        let refused = dispatcher.post(&format!("{without}/mails"), to("management_company")).await;
        assert_eq!(refused.refused_field(), "recipient");
        let path = format!("{}/mails", made(&server, referral()).await);
        for (body, field) in [
            (json!({ "recipient": "landlord", "language": "ja" }), "recipient"),
            (json!({ "recipient": "uncle", "language": "ja" }), "recipient"),
            (json!({ "recipient": "management_company", "language": "fr" }), "language"),
            (json!({ "recipient": "management_company" }), "language"),
        ] {
            assert_eq!(dispatcher.post(&path, body.clone()).await.refused_field(), field, "{body}");
        }
        let nobody = "/v1/referrals/00000000-0000-7000-8000-000000000000/mails";
        assert_eq!(dispatcher.post(nobody, to("landlord")).await.problem(), "not-found");
        server.stop().await;
    }

    async fn whoever_keeps_the_head_of_the_log_is_mailed_it_each_night(db: TestDb) {
        let Some(mail) = MailServer::start().await else { return };
        let server = TestServer::start_telling(&db, Some(mail.settings())).await;
        server.settle().await;
        server.ctx.mail_anchors_to("audit@example.jp".to_owned().try_into().unwrap());
        server.pass(7 * 60).await;
        until("it was handed over", async || mail.count() == 1).await;
        let letter = mail.letters().remove(0);
        assert_eq!(letter["to"], "audit@example.jp");
        let text = letter["text"].as_str().unwrap();
        let (_, kept) = text.split_once("verify --expect ").unwrap();
        let (pos, hash) = kept.lines().next().unwrap().trim().split_once(':').unwrap();
        let mut head = [0; 32];
        hex::decode_to_slice(hash, &mut head).unwrap();
        let held = app::verify::expected(&server.ctx, pos.parse().unwrap(), head).await.unwrap();
        assert!(matches!(held, Verdict::Intact(_)), "{held:?}");
        server.pass(24 * 60).await;
        until("the next one", async || mail.count() == 2).await;
        server.stop().await;
    }

    async fn a_real_mail_server_is_handed_what_people_can_read(db: TestDb) {
        let Some(mut mail) = MailServer::start().await else { return };
        let server = TestServer::start_telling(&db, Some(mail.settings())).await;
        let dispatcher = server.dispatcher();
        let referral = made(&server, referral()).await;
        dispatcher.post(&format!("{referral}/mails"), to("management_company")).await.expect(202);
        until("it was handed over", async || attempts(&dispatcher, &referral).await.len() == 1).await;
        let letter = mail.letters().remove(0);
        let written = dispatcher.get(&format!("{referral}/notices?language=ja&to=landlord")).await.expect(200);
        assert_eq!(letter["subject"], written["subject"]);
        // On its way a line ends with CRLF (RFC 5322).
        let text = letter["text"].as_str().unwrap().replace("\r\n", "\n");
        assert_eq!(text.trim_end(), written["text"].as_str().unwrap().trim_end());
        assert_eq!((&letter["type"], &letter["charset"]), (&json!("text/plain"), &json!("utf-8")));
        assert_eq!((&letter["from"], &letter["to"]), (&json!("center@example.jp"), &json!("desk@example.jp")));
        assert_eq!(letter["date"], "Sun, 22 Nov 2026 12:00:00 +0000");
        assert_eq!(letter["ascii_head"], true, "RFC 2047");
        // The server is away for a while: the letter waits, and comes once.
        mail.stop();
        dispatcher.post(&format!("{referral}/mails"), to("management_company")).await.expect(202);
        let administrator = server.administrator();
        let tried = async || {
            let pending = administrator.get("/v1/messages?state=pending").await.expect(200);
            pending["items"].as_array().unwrap().iter().any(|message| message["attempts"] == 1)
        };
        until("it was tried", tried).await;
        mail.start_again().await;
        until("it comes", async || {
            server.pass(1).await;
            attempts(&dispatcher, &referral).await.len() == 2
        }).await;
        assert_eq!(mail.count(), 2);
        let ids: std::collections::BTreeSet<_> = mail.letters().iter().map(|one| one["message_id"].to_string()).collect();
        assert_eq!(ids.len(), 2);
        server.stop().await;
    }
}
