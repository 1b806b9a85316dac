//! Billing pulls the ledger by position: every line exactly once, nothing late skipped.

use kaketsuke::domain::actor::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    support::{
        db::{TestDb, on_both_engines},
        server::{Client, Reply, TestServer, id},
    },
    visits::{self as site, Device, Site, at},
};

on_both_engines! {
    async fn each_consumer_pulls_every_line_exactly_once(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (tax, books) = (Consumer::new(&server, "税理士").await, Consumer::new(&server, "経理").await);
        let ledger = settle_four(&server).await;
        assert_eq!(ledger.len(), 1 + 2 + 4);
        for consumer in [&tax, &books] {
            let page = consumer.pull("").await;
            assert_eq!(in_order(&page), ledger, "{}", consumer.name);
            assert_eq!(page["has_more"], false);
            assert_eq!(consumer.pull("").await, page, "the same pull twice gives the same rows");
            let acknowledged = consumer.acknowledge(pos(&page)).await.expect(200);
            assert_eq!(acknowledged["acknowledged_pos"], page["pos"]);
            server.settle().await;
            let rest = consumer.pull("").await;
            assert_eq!((&rest["items"], &rest["has_more"]), (&json!([]), &json!(false)));
            // What was read can be read again without going back.
            assert_eq!(consumer.pull("?after=0").await["items"], page["items"]);
        }
        server.stop().await;
    }

    async fn a_correction_is_pulled_after_what_it_corrects(db: TestDb) {
        let server = TestServer::start(&db).await;
        let books = Consumer::new(&server, "経理").await;
        let site = Site::open(&server, "栄水道").await;
        server.pass(120).await;
        let (mut phone, mut tablet) = (Device::new("phone"), Device::new("tablet"));
        let facts = phone.plain(72 * 60, None);
        site.report(&server, &phone, &facts).await;
        server.settle().await;
        let first = books.pull("").await;
        assert_eq!(site::brief(&first["items"]), [("write_off", "2", 0, "programme")]);
        books.acknowledge(pos(&first)).await.expect(200);
        let late = tablet.tell(at("22:05:00"), &site::yes(at("22:05:00"), 2, 0));
        site.report(&server, &tablet, &[late]).await;
        server.settle().await;
        let second = books.pull("").await;
        assert_eq!(
            site::brief(&second["items"]),
            [("reversal", "-2", 0, "programme"), ("overtime", "2", 2_200, "worker")]
        );
        assert_eq!(second["items"][0]["reverses"], first["items"][0]["id"]);
        assert_eq!(in_order(&books.pull("?after=0").await), statement_lines(&server, &[&site]).await);
        server.stop().await;
    }

    async fn an_acknowledgement_goes_forward_only_and_not_beyond_the_end(db: TestDb) {
        let server = TestServer::start(&db).await;
        let books = Consumer::new(&server, "経理").await;
        settle_four(&server).await;
        let page = books.pull("").await;
        let end = pos(&page);
        let beyond = books.acknowledge(end + 1).await;
        assert_eq!((beyond.status.as_u16(), beyond.problem()), (409, "acknowledgement-ahead"));
        assert_eq!(books.pull("").await["items"], page["items"], "a refused acknowledgement skips nothing");
        books.acknowledge(end).await.expect(200);
        books.acknowledge(end).await.expect(200);
        for back in [end - 1, 0] {
            let back = books.acknowledge(back).await;
            assert_eq!((back.status.as_u16(), back.problem()), (409, "acknowledgement-back"));
        }
        assert_eq!(books.acknowledge(-1).await.refused_field(), "pos");
        assert_eq!(books.show().await.expect(200)["acknowledged_pos"], end);
        for (query, field) in [("?limit=0", "limit"), ("?limit=501", "limit"), ("?after=-1", "after")] {
            let refused = books.client.get(&format!("{}/lines{query}", books.path)).await;
            assert_eq!(refused.refused_field(), field);
        }
        server.stop().await;
    }

    async fn a_billing_token_sees_its_own_consumer_only(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (tax, books) = (Consumer::new(&server, "税理士").await, Consumer::new(&server, "経理").await);
        settle_four(&server).await;
        let path = &tax.path;
        for path in [path.clone(), format!("{path}/lines"), format!("{path}/lines?limit=1&after=0")] {
            let hidden = books.client.get(&path).await;
            assert_eq!((hidden.status.as_u16(), hidden.problem()), (404, "not-found"), "{path}");
        }
        let end = pos(&tax.pull("").await);
        let foreign = books.client.post(&format!("{path}/acknowledgements"), json!({ "pos": end })).await;
        assert_eq!((foreign.status.as_u16(), foreign.problem()), (404, "not-found"));
        assert_eq!(tax.show().await.expect(200)["acknowledged_pos"], 0);
        assert_eq!(tax.pull("").await["items"].as_array().unwrap().len(), 7);
        assert_eq!(books.client.get("/v1/billing-consumers").await.problem(), "forbidden");
        server.stop().await;
    }

    async fn a_new_token_goes_on_where_the_old_one_was(db: TestDb) {
        let server = TestServer::start(&db).await;
        let old = Consumer::new(&server, "経理").await;
        let ledger = settle_four(&server).await;
        let first = old.pull("?limit=1").await;
        old.acknowledge(pos(&first)).await.expect(200);
        let new = old.with_new_token(&server).await;
        let administrator = server.administrator();
        let revoke = administrator.request(Method::DELETE, &format!("/v1/tokens/{}", old.token));
        administrator.send(revoke).await.expect(200);
        let refused = old.client.get(&format!("{}/lines", old.path)).await;
        assert_eq!((refused.status.as_u16(), refused.problem()), (401, "unauthenticated"));
        assert_eq!(new.show().await.expect(200)["acknowledged_pos"], first["pos"]);
        let rest = new.pull("").await;
        assert_eq!([in_order(&first), in_order(&rest)].concat(), ledger);
        server.stop().await;
    }

    async fn small_pages_lose_and_repeat_nothing(db: TestDb) {
        let server = TestServer::start(&db).await;
        let (tax, books) = (Consumer::new(&server, "税理士").await, Consumer::new(&server, "経理").await);
        let late = Site::open(&server, "新栄水道").await;
        let mut ledger = settle_four(&server).await;
        // One consumer acknowledges each page, the other one reads on first; a job settles while they are at it.
        let (mut acknowledging, mut reading, mut after) = (Vec::new(), Vec::new(), 0);
        for round in 0.. {
            assert!(round < 20, "the end is never reached");
            let page = tax.pull("?limit=1").await;
            let lines = page["items"].as_array().unwrap();
            assert!(lines.iter().all(|line| line["pos"] == lines[0]["pos"]), "one settlement a page: {page}");
            acknowledging.extend(in_order(&page));
            tax.acknowledge(pos(&page)).await.expect(200);
            let ahead = books.pull(&format!("?limit=1&after={after}")).await;
            reading.extend(in_order(&ahead));
            after = pos(&ahead);
            if round == 1 {
                let mut device = Device::new("phone");
                let facts = device.plain(92 * 60, Some(1));
                late.report(&server, &device, &facts).await;
                ledger.extend(statement_lines(&server, &[&late]).await);
                server.settle().await;
            }
            if round > 1 && page["has_more"] == false && ahead["has_more"] == false {
                break;
            }
        }
        assert_eq!(ledger.len(), 7 + 2);
        assert_eq!(acknowledging, ledger);
        assert_eq!(reading, ledger);
        assert_eq!(books.show().await.expect(200)["acknowledged_pos"], 0);
        assert_eq!(in_order(&books.pull("").await), ledger);
        server.stop().await;
    }

    async fn names_are_taken_once(db: TestDb) {
        let server = TestServer::start(&db).await;
        let administrator = server.administrator();
        Consumer::new(&server, "経理").await;
        let again = administrator.post("/v1/billing-consumers", json!({ "name": "経理" })).await;
        assert_eq!((again.status.as_u16(), again.problem()), (409, "consumer-exists"));
        let nameless = administrator.post("/v1/billing-consumers", json!({ "name": "" })).await;
        assert_eq!(nameless.refused_field(), "name");
        let unbound = administrator.post("/v1/tokens", json!({ "name": "経理", "role": "billing" })).await;
        assert_eq!(unbound.status.as_u16(), 422);
        let listed = administrator.get("/v1/billing-consumers").await.expect(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), 1);
        server.stop().await;
    }
}

/// A billing consumer with a client of its own.
struct Consumer {
    name: &'static str,
    path: String,
    token: String,
    client: Client,
}

impl Consumer {
    async fn new(server: &TestServer, name: &'static str) -> Self {
        let made = server.administrator().post("/v1/billing-consumers", json!({ "name": name })).await;
        Self::with_token(server, name, &id(&made.expect(201))).await
    }

    async fn with_token(server: &TestServer, name: &'static str, consumer: &str) -> Self {
        let body = json!({ "name": name, "role": Role::Billing, "consumer_id": consumer });
        let issued = server.administrator().post("/v1/tokens", body).await.expect(201);
        Self {
            name,
            path: format!("/v1/billing-consumers/{consumer}"),
            token: id(&issued),
            client: server.with(issued["secret"].as_str()),
        }
    }

    async fn with_new_token(&self, server: &TestServer) -> Self {
        let consumer = self.path.rsplit('/').next().unwrap();
        Self::with_token(server, self.name, consumer).await
    }

    async fn pull(&self, query: &str) -> Value {
        self.client.get(&format!("{}/lines{query}", self.path)).await.expect(200)
    }

    async fn acknowledge(&self, pos: i64) -> Reply {
        self.client.post(&format!("{}/acknowledgements", self.path), json!({ "pos": pos })).await
    }

    async fn show(&self) -> Reply {
        self.client.get(&self.path).await
    }
}

/// Settles four jobs, one after the other: with one line, with none, with two, and with four; answers the lines' ids.
async fn settle_four(server: &TestServer) -> Vec<String> {
    let mut sites = Vec::new();
    for name in ["栄水道", "錦水道", "丸の内水道", "大須水道"] {
        sites.push(Site::open(server, name).await);
    }
    server.pass(120).await;
    for (number, site) in sites.iter().enumerate() {
        let mut device = Device::new("phone");
        let facts = match number {
            0 => device.plain(72 * 60, Some(2)),
            1 => device.plain(55 * 60, None),
            _ => device.plain(92 * 60, Some(2)),
        };
        if number == 3 {
            // One packing is agreed to; of two under the same key the second is not.
            let mut tablet = Device::new("tablet");
            let sold = [
                tablet.tell(at("22:20:00"), &site::yes(at("22:06:00"), 2, 480)),
                tablet.tell(at("22:21:00"), &site::part()),
                tablet.tell(at("22:22:00"), &site::part()),
            ];
            site.report(server, &tablet, &sold).await;
        }
        let receipt = site.report(server, &device, &facts).await;
        assert_eq!((&receipt["settlement"]["number"], &receipt["flags"]), (&json!(1), &json!([])));
    }
    server.settle().await;
    statement_lines(server, &sites.iter().collect::<Vec<_>>()).await
}

/// The ids of all lines of these jobs, as their statements show them.
async fn statement_lines(server: &TestServer, sites: &[&Site]) -> Vec<String> {
    let mut lines = Vec::new();
    for site in sites {
        let statement = site.statement(&server.dispatcher()).await;
        lines.extend(statement["lines"].as_array().unwrap().iter().map(id));
    }
    lines
}

/// The ids of a page's lines, after checking that they are in order and that no settlement is torn apart.
#[track_caller]
fn in_order(page: &Value) -> Vec<String> {
    let lines = page["items"].as_array().unwrap();
    let place = |line: &Value| (line["pos"].as_i64().unwrap(), line["line"].as_i64().unwrap());
    for pair in lines.windows(2) {
        let ((pos, line), next) = (place(&pair[0]), place(&pair[1]));
        assert!(next == (pos, line + 1) || next.0 > pos && next.1 == 1, "{page}");
    }
    assert!(lines.iter().all(|line| place(line).0 <= pos(page)), "{page}");
    assert!(lines.first().is_none_or(|line| place(line).1 == 1), "{page}");
    lines.iter().map(id).collect()
}

fn pos(page: &Value) -> i64 {
    page["pos"].as_i64().unwrap()
}
