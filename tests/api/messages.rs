//! Messages: told once, tried on, dead and replayed; a dead receiver slows nothing.

use std::{collections::BTreeMap, time::Duration};

use kaketsuke::notify::{MailBy, Outbox};
use serde_json::{Value, json};

use crate::support::{
    db::{TestDb, on_both_engines},
    receiver::{Received, Receiver, until},
    server::{Client, TestServer, id},
    world::{self, Crew},
};

/// How long a dispatch may take beside a receiver that never answers; the receiver itself has ten minutes.
const DISPATCH_MAX: Duration = Duration::from_secs(60);

async fn made(client: &Client, url: &str, kinds: Value) -> (String, String) {
    let made = client.post("/v1/webhooks", json!({ "url": url, "kinds": kinds })).await.expect(201);
    (id(&made), made["secret"].as_str().unwrap().to_owned())
}

/// The messages of a webhook.
async fn messages(client: &Client, webhook: &str) -> Vec<Value> {
    let listed = client.get(&format!("/v1/messages?limit=200&webhook={webhook}")).await.expect(200);
    listed["items"].as_array().unwrap().clone()
}

async fn all_are(client: &Client, webhook: &str, state: &str, count: usize) -> bool {
    let found = messages(client, webhook).await;
    found.iter().filter(|message| message["state"] == state).count() == count && found.len() == count
}

async fn accept(crew: &Crew) {
    let offer = world::open_offer(&crew.phone).await.unwrap();
    crew.phone.post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await.expect(201);
}

fn kinds(received: &[Received]) -> Vec<String> {
    let mut kinds: Vec<_> = received.iter().map(Received::kind).collect();
    kinds.sort();
    kinds
}

on_both_engines! {
    async fn a_receiver_is_told_once_signed_and_without_anything_personal(db: TestDb) {
        let receiver = Receiver::start(Some(204)).await;
        let server = TestServer::start_telling(&db, None).await;
        let administrator = server.administrator();
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let told = json!(["offer.made", "offer.accepted", "case.opened"]);
        let (webhook, secret) = made(&administrator, &receiver.url, told).await;
        let job = world::job(&server).await;
        accept(&crew).await;
        let received = receiver.wait_for(3).await;
        assert_eq!(kinds(&received), ["case.opened", "offer.accepted", "offer.made"]);
        for one in &received {
            assert!(one.is_signed_by(&secret) && one.signatures.len() == 1, "{one:?}");
            assert_eq!(one.timestamp, server.ctx.now().timestamp().to_string());
            for personal in ["Ram", "+8180", "3-15-27", "栄"] {
                assert!(!one.body.contains(personal), "{}", one.body);
            }
        }
        let offered = received.iter().find(|one| one.kind() == "offer.made").unwrap().json();
        assert_eq!((&offered["timestamp"], &offered["data"]["subject"]), (&json!("2026-11-22T12:00:00Z"), &json!("job")));
        assert_eq!(offered["data"]["subject_id"], json!(job));
        assert_eq!(offered["data"]["details"]["technician"], json!(crew.technician));
        until("they are written down", async || all_are(&administrator, &webhook, "sent", 3).await).await;
        let sent = &messages(&administrator, &webhook).await[0];
        let whole = administrator.get(&format!("/v1/messages/{}", id(sent))).await.expect(200);
        assert_eq!((&whole["attempts"], &whole["next_at"]), (&json!(1), &Value::Null));
        let tried = &whole["tried"][0];
        assert_eq!((&tried["number"], &tried["code"], &tried["status"]), (&json!(1), &json!("delivered"), &json!(204)));
        let replay = administrator.post(&format!("/v1/messages/{}/replay", id(sent)), json!({})).await;
        assert_eq!(replay.problem(), "message-not-dead");
        assert_eq!(receiver.received().len(), 3);
        server.stop().await;
    }

    async fn a_receiver_that_never_answers_slows_nothing(db: TestDb) {
        let (dead, good) = (Receiver::start(None).await, Receiver::start(Some(200)).await);
        let server = TestServer::start_telling(&db, None).await;
        let administrator = server.administrator();
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let told = json!(["offer.made", "offer.accepted", "job.created", "job.matched", "case.opened"]);
        let (silent, _) = made(&administrator, &dead.url, told.clone()).await;
        let (answering, _) = made(&administrator, &good.url, told).await;
        let dispatch = async {
            world::job(&server).await;
            accept(&crew).await;
            server.settle().await;
            // Hours pass all the same: no worker sits and waits for the receiver.
            server.pass(180).await;
        };
        tokio::time::timeout(DISPATCH_MAX, dispatch).await.expect("the dispatch waits for a receiver");
        let all = messages(&administrator, &answering).await.len();
        assert!(all >= 5, "{all}");
        until("the other one has everything", async || all_are(&administrator, &answering, "sent", all).await).await;
        // Four at once, as many as one receiver may have: each under way, none answered, none tried twice.
        assert_eq!(dead.wait_for(4).await.len(), 4);
        assert!(all_are(&administrator, &silent, "pending", all).await);
        // The end does not wait for it either.
        tokio::time::timeout(DISPATCH_MAX, server.stop()).await.expect("the service waits for a receiver");
    }

    async fn what_fails_for_a_while_arrives_once(db: TestDb) {
        let receiver = Receiver::start(Some(500)).await;
        let server = TestServer::start_telling(&db, None).await;
        let administrator = server.administrator();
        let told = json!(["hazards.answered", "case.opened", "job.created"]);
        let (webhook, _) = made(&administrator, &receiver.url, told).await;
        let path = format!("/v1/webhooks/{webhook}");
        world::job(&server).await;
        let failing = async || administrator.get(&path).await.expect(200)["state"] == "failing";
        until("three failures in a row", failing).await;
        until("every one was tried", async || {
            messages(&administrator, &webhook).await.iter().all(|message| message["attempts"] == 1)
        }).await;
        receiver.answer(Some(503));
        for minutes in [1, 2, 6] {
            server.pass(minutes).await;
        }
        assert!(receiver.taken().is_empty());
        receiver.answer(Some(200));
        // Whatever the random pauses are: within the day.
        until("it has everything", async || {
            server.pass(30).await;
            all_are(&administrator, &webhook, "sent", 3).await
        }).await;
        let mut times = BTreeMap::new();
        for one in receiver.taken() {
            *times.entry(one.id.clone()).or_insert(0) += 1;
        }
        assert_eq!(times.len(), 3);
        assert!(times.values().all(|count| *count == 1), "{times:?}");
        assert_eq!(kinds(&receiver.taken()), ["case.opened", "hazards.answered", "job.created"]);
        let healed = administrator.get(&path).await.expect(200);
        assert_eq!((&healed["state"], &healed["failures"]), (&json!("active"), &json!(0)));
        server.stop().await;
    }

    async fn a_crash_in_the_middle_loses_nothing(db: TestDb) {
        let receiver = Receiver::start(None).await;
        let server = TestServer::start_telling(&db, None).await;
        let administrator = server.administrator();
        made(&administrator, &receiver.url, json!(["hazards.answered", "case.opened"])).await;
        world::opened_case(&server).await;
        let before = receiver.wait_for(2).await;
        // As if the machine had failed: two are under way, nothing of it is written down.
        drop(server);
        receiver.answer(Some(200));
        let server = TestServer::start_telling_again(&db, None).await;
        // Nobody else touches what is under way until its time is over.
        server.pass(1).await;
        assert_eq!(receiver.received().len(), 2);
        server.pass(2).await;
        receiver.wait_for(4).await;
        let ids = |received: &[Received]| {
            let mut ids: Vec<_> = received.iter().map(|one| one.id.clone()).collect();
            ids.sort();
            ids
        };
        let raw_sent = async || {
            db.raw().await.integer("SELECT COUNT(*) FROM message WHERE state = 'sent'").await == 2
        };
        until("both are written down", raw_sent).await;
        server.pass(60 * 24).await;
        assert_eq!(ids(&receiver.taken()), ids(&before), "the same messages under the same ids, each once");
        server.stop().await;
    }

    async fn a_message_dies_after_a_day_and_is_replayed(db: TestDb) {
        let receiver = Receiver::start(Some(500)).await;
        let server = TestServer::start_telling(&db, None).await;
        let administrator = server.administrator();
        let (webhook, _) = made(&administrator, &receiver.url, json!(["case.opened"])).await;
        world::opened_case(&server).await;
        receiver.wait_for(1).await;
        let message = id(&messages(&administrator, &webhook).await[0]);
        let path = format!("/v1/messages/{message}");
        let began = server.ctx.now();
        for attempt in 1..=11 {
            until("it was tried", async || {
                let now = administrator.get(&path).await.expect(200);
                if now["attempts"].as_i64().unwrap() >= attempt {
                    return true;
                }
                server.pass(10).await;
                false
            }).await;
        }
        let hours = (server.ctx.now() - began).num_hours();
        assert!((20..=27).contains(&hours), "{hours} hours");
        let dead = administrator.get("/v1/messages?state=dead").await.expect(200);
        assert_eq!((dead["items"].as_array().unwrap().len(), &dead["items"][0]["id"]), (1, &json!(message)));
        let whole = administrator.get(&path).await.expect(200);
        assert_eq!(whole["tried"].as_array().unwrap().len(), 11);
        assert!(whole["tried"].as_array().unwrap().iter().all(|tried| tried["status"] == 500 && tried["code"] == "status"));
        let figures = server.with(None).get("/metrics").await.body;
        assert!(figures.as_str().unwrap().contains("kaketsuke_messages{state=\"dead\"} 1"), "{figures}");
        server.pass(60 * 24).await;
        assert_eq!(receiver.received().len(), 11, "the dead are left alone");
        receiver.answer(Some(200));
        administrator.post(&format!("{path}/replay"), json!({})).await.expect(202);
        until("it has arrived", async || all_are(&administrator, &webhook, "sent", 1).await).await;
        let received = receiver.received();
        assert_eq!(received.len(), 12);
        assert!(received.iter().all(|one| one.id == message), "one message, one id");
        let none = administrator.post(&format!("/v1/webhooks/{webhook}/replay"), json!({})).await.expect(202);
        assert_eq!(none, json!({ "messages": 0 }));
        server.stop().await;
    }

    async fn who_wants_no_more_is_left_alone_until_somebody_says_otherwise(db: TestDb) {
        let receiver = Receiver::start(Some(410)).await;
        let server = TestServer::start_telling(&db, None).await;
        let administrator = server.administrator();
        let (webhook, _) = made(&administrator, &receiver.url, json!(["case.opened"])).await;
        let path = format!("/v1/webhooks/{webhook}");
        world::opened_case(&server).await;
        let paused = async || administrator.get(&path).await.expect(200)["state"] == "paused";
        until("it is paused", paused).await;
        assert!(all_are(&administrator, &webhook, "dead", 1).await);
        for _ in 0..2 {
            world::opened_case(&server).await;
        }
        server.pass(60).await;
        assert_eq!(receiver.received().len(), 1, "what comes now waits");
        receiver.answer(Some(200));
        let now = administrator.get(&path).await.expect(200);
        let body = json!({ "url": receiver.url, "kinds": now["kinds"], "state": "active" });
        administrator.put(&path, now["version"].as_i64().unwrap(), body).await.expect(200);
        let replayed = administrator.post(&format!("{path}/replay"), json!({})).await.expect(202);
        assert_eq!(replayed, json!({ "messages": 1 }));
        until("all have arrived", async || all_are(&administrator, &webhook, "sent", 3).await).await;
        assert_eq!(receiver.received().len(), 4);
        server.stop().await;
    }

    async fn a_firm_is_told_of_its_own_only(db: TestDb) {
        let (one, other) = (Receiver::start(Some(200)).await, Receiver::start(Some(200)).await);
        let server = TestServer::start_telling(&db, None).await;
        let near = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let far = world::crew(&server, "錦水道", 35.20, 136.95).await;
        let told = json!(["offer.made", "offer.declined", "offer.accepted", "job.cancelled", "assignment.released"]);
        let (near_hook, _) = made(&near.office, &one.url, told.clone()).await;
        let (far_hook, _) = made(&far.office, &other.url, told).await;
        let job = world::job(&server).await;
        let offer = world::open_offer(&near.phone).await.unwrap();
        near.phone.post(&format!("/v1/offers/{offer}/refusal"), json!({ "code": "busy" })).await.expect(200);
        server.settle().await;
        accept(&far).await;
        let path = format!("/v1/jobs/{job}/cancellation");
        server.dispatcher().post(&path, json!({ "reason": "solved_by_itself" })).await.expect(200);
        server.settle().await;
        let near_told = one.wait_for(2).await;
        let far_told = other.wait_for(4).await;
        assert_eq!(kinds(&near_told), ["offer.declined", "offer.made"]);
        assert_eq!(kinds(&far_told), ["assignment.released", "job.cancelled", "offer.accepted", "offer.made"]);
        for body in near_told.iter().map(|one| &one.body) {
            assert!(!body.contains(&far.firm) && !body.contains(&far.technician), "{body}");
        }
        for body in far_told.iter().map(|one| &one.body) {
            assert!(!body.contains(&near.firm) && !body.contains(&near.technician), "{body}");
        }
        until("all is written down", async || all_are(&near.office, &near_hook, "sent", 2).await).await;
        let foreign = id(&messages(&near.office, &near_hook).await[0]);
        assert_eq!(messages(&far.office, &near_hook).await, [Value::Null; 0]);
        assert_eq!(far.office.get(&format!("/v1/messages/{foreign}")).await.problem(), "not-found");
        let replay = far.office.post(&format!("/v1/messages/{foreign}/replay"), json!({})).await;
        assert_eq!(replay.problem(), "not-found");
        assert_eq!(far.office.get("/v1/messages").await.expect(200)["items"].as_array().unwrap().len(), 4);
        assert!(messages(&near.office, &far_hook).await.is_empty());
        server.stop().await;
    }

    async fn two_secrets_sign_for_a_day(db: TestDb) {
        let receiver = Receiver::start(Some(200)).await;
        let server = TestServer::start_telling(&db, None).await;
        let administrator = server.administrator();
        let (webhook, first) = made(&administrator, &receiver.url, json!(["case.opened"])).await;
        let rotate = async || {
            let made = administrator.post(&format!("/v1/webhooks/{webhook}/secrets"), json!({})).await.expect(201);
            made["secret"].as_str().unwrap().to_owned()
        };
        let second = rotate().await;
        world::opened_case(&server).await;
        let one = receiver.wait_for(1).await[0].clone();
        assert!(one.is_signed_by(&first) && one.is_signed_by(&second) && one.signatures.len() == 2);
        let third = rotate().await;
        world::opened_case(&server).await;
        let two = receiver.wait_for(2).await[1].clone();
        assert!(!two.is_signed_by(&first) && two.is_signed_by(&second) && two.is_signed_by(&third));
        server.pass(24 * 60).await;
        world::opened_case(&server).await;
        let three = receiver.wait_for(3).await[2].clone();
        assert!(three.is_signed_by(&third) && three.signatures.len() == 1);
        server.stop().await;
    }

    async fn what_waits_for_a_paused_webhook_comes_later_and_goes_with_a_deleted_one(db: TestDb) {
        let receiver = Receiver::start(Some(200)).await;
        let server = TestServer::start_telling(&db, None).await;
        let administrator = server.administrator();
        let mut ids = Vec::new();
        for _ in 0..2 {
            let (webhook, _) = made(&administrator, &receiver.url, json!(["case.opened"])).await;
            let body = json!({ "url": receiver.url, "kinds": ["case.opened"], "state": "paused" });
            administrator.put(&format!("/v1/webhooks/{webhook}"), 1, body).await.expect(200);
            ids.push(webhook);
        }
        world::opened_case(&server).await;
        server.pass(60).await;
        assert!(receiver.received().is_empty());
        let body = json!({ "url": receiver.url, "kinds": ["case.opened"], "state": "active" });
        administrator.put(&format!("/v1/webhooks/{}", ids[0]), 2, body).await.expect(200);
        receiver.wait_for(1).await;
        let gone = administrator.request(reqwest::Method::DELETE, &format!("/v1/webhooks/{}", ids[1]));
        administrator.send(gone.header("If-Match", "\"2\"")).await.expect(200);
        assert!(all_are(&administrator, &ids[1], "dropped", 1).await);
        server.pass(60 * 24).await;
        assert_eq!(receiver.received().len(), 1);
        server.stop().await;
    }

    async fn a_firm_with_an_address_is_mailed_of_offers_and_their_end(db: TestDb) {
        let outbox = Outbox::default();
        let server = TestServer::start_telling(&db, Some(MailBy::Memory(outbox.clone()))).await;
        let administrator = server.administrator();
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let silent = world::crew(&server, "錦水道", 35.30, 136.99).await;
        let mut body = world::firm("栄水道");
        for bad in [json!("desk"), json!("a@b,c@d"), json!("a@b\r\nBcc: c@d"), json!(7)] {
            body["email"] = bad.clone();
            let refused = administrator.put(&format!("/v1/firms/{}", crew.firm), 1, body.clone()).await;
            assert_eq!(refused.refused_field(), "email", "{bad}");
        }
        body["email"] = json!("offers@example.jp");
        let changed = administrator.put(&format!("/v1/firms/{}", crew.firm), 1, body).await.expect(200);
        assert_eq!(changed["email"], "offers@example.jp");
        let job = world::job(&server).await;
        until("the letter is there", async || outbox.mails().len() == 1).await;
        let letter = outbox.mails().remove(0);
        assert_eq!(letter.to.as_str(), "offers@example.jp");
        assert!(letter.subject.contains("出動依頼") && letter.subject.contains("名古屋市中区栄"), "{}", letter.subject);
        for known in ["W-TOILET-CLOG", "P1", "ネパール語", "Nepali", "名古屋市中区栄"] {
            assert!(letter.text.contains(known), "{known}: {}", letter.text);
        }
        // Before acceptance nothing else is known (Y-03).
        for hidden in ["3-15-27", "栄ハイツ", "Ram", "+8180"] {
            assert!(!letter.text.contains(hidden) && !letter.subject.contains(hidden), "{}", letter.text);
        }
        let path = format!("/v1/jobs/{job}/cancellation");
        server.dispatcher().post(&path, json!({ "reason": "solved_by_itself" })).await.expect(200);
        until("its end is there", async || outbox.mails().len() == 2).await;
        assert!(outbox.mails()[1].subject.contains("依頼取消"), "{}", outbox.mails()[1].subject);
        let listed = crew.office.get("/v1/messages").await.expect(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), 2);
        assert!(!listed.to_string().contains("example.jp"), "{listed}");
        let path = format!("/v1/jobs/{job}/messages");
        // What became of a letter is written down after it has gone.
        until("both are written down", async || {
            let told = server.dispatcher().get(&path).await.expect(200);
            told.as_array().unwrap().iter().all(|one| one["state"] == "sent")
        })
        .await;
        let told = server.dispatcher().get(&path).await.expect(200);
        let told = told.as_array().unwrap();
        let facts = |one: &Value| ["kind", "channel", "receiver", "state", "outcome"].map(|key| one[key].clone());
        assert_eq!(
            told.iter().map(facts).collect::<Vec<_>>(),
            [
                ["offer.made", "email", "栄水道", "sent", "delivered"].map(Value::from),
                ["offer.withdrawn", "email", "栄水道", "sent", "delivered"].map(Value::from)
            ]
        );
        assert_eq!(silent.office.get(&path).await.problem(), "not-found");
        assert_eq!(silent.office.get("/v1/messages").await.expect(200)["items"], json!([]));
        server.stop().await;
    }

    async fn without_a_mail_server_no_offer_is_mailed(db: TestDb) {
        let server = TestServer::start_telling(&db, None).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let mut body = world::firm("栄水道");
        body["email"] = json!("offers@example.jp");
        server.administrator().put(&format!("/v1/firms/{}", crew.firm), 1, body).await.expect(200);
        world::job(&server).await;
        assert_eq!(server.administrator().get("/v1/messages").await.expect(200)["items"], json!([]));
        server.stop().await;
    }
}
