//! Whoever holds connections, sends slowly or sends nothing keeps nobody else out.

use std::{net::SocketAddr, time::Duration};

use kaketsuke::{
    domain::actor::Role,
    http::{Limits, Pace},
};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::support::{
    db::{TestDb, on_both_engines},
    server::TestServer,
    world,
};

/// Longer than any test may take: what has to end earlier would fail it.
const LONG: Duration = Duration::from_secs(600);
/// So short that nobody waits for it.
const SHORT: Duration = Duration::from_millis(100);

/// A connection that has sent this and nothing more.
async fn holding(server: &TestServer, sent: &str) -> TcpStream {
    let address: SocketAddr = server.base.strip_prefix("http://").unwrap().parse().unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(sent.as_bytes()).await.unwrap();
    stream
}

/// Everything that comes until the other side closes.
async fn until_closed(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    // A reset is an end as well.
    let end = stream.read_to_end(&mut all);
    drop(tokio::time::timeout(Duration::from_secs(60), end).await.expect("the connection is closed"));
    String::from_utf8_lossy(&all).into_owned()
}

/// The answer to one request on a connection that stays open.
async fn answer(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    while !all.ends_with(b"alive\n") {
        assert_ne!(stream.read_buf(&mut all).await.unwrap(), 0, "{}", String::from_utf8_lossy(&all));
    }
    String::from_utf8(all).unwrap()
}

on_both_engines! {
    async fn bodies_that_never_come_hold_no_places(db: TestDb) {
        let limits = Limits { requests_max: 2, request_timeout: LONG, ..Limits::default() };
        let server = TestServer::start_with(&db, limits).await;
        let token = server.token(Role::Dispatcher, None, None, None).await;
        let mut held = Vec::new();
        for _ in 0..5 {
            let head = format!(
                "POST /v1/calls HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\nidempotency-key: slow\r\n\
                 content-type: application/json\r\ncontent-length: 100\r\n\r\n{{"
            );
            held.push(holding(&server, &head).await);
        }
        for _ in 0..20 {
            server.dispatcher().get("/v1/me").await.expect(200);
        }
        server.dispatcher().post("/v1/calls", world::call()).await.expect(201);
        drop(held);
        server.stop().await;
    }

    async fn a_body_that_drips_is_given_up_and_one_that_comes_is_not(db: TestDb) {
        let pace = Pace { bytes: 1_000, within: SHORT };
        let limits = Limits { pace, request_timeout: LONG, ..Limits::default() };
        let server = TestServer::start_with(&db, limits).await;
        let token = server.token(Role::Dispatcher, None, None, None).await;
        let head = |path: &str, kind: &str| {
            format!(
                "POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\nidempotency-key: slow\r\n\
                 content-type: {kind}\r\ncontent-length: 100000\r\n\r\n"
            )
        };
        let picture = "/v1/jobs/00000000-0000-7000-8000-000000000000/evidence?\
                       id=00000000-0000-7000-8000-000000000001&kind=photo_after&device_time=2026-11-22T12:00:00Z";
        // Of one sender four pictures are taken in at once: they are given up as well, and keep nobody else out.
        for (path, kind, held) in [("/v1/calls", "application/json", 1_usize), (picture, "image/jpeg", 20)] {
            let mut lines = Vec::new();
            for _ in 0..held {
                lines.push(holding(&server, &head(path, kind)).await);
            }
            let mut slow = 0;
            for line in &mut lines {
                let told = until_closed(line).await;
                slow += usize::from(told.starts_with("HTTP/1.1 408") && told.contains("too-slow"));
                assert!(told.contains("connection: close"), "{told}");
            }
            assert!(slow >= held.min(4), "{path}: {slow}");
        }
        server.dispatcher().post("/v1/calls", world::call()).await.expect(201);
        server.stop().await;
    }

    async fn it_says_how_it_is_however_much_there_is_to_do(db: TestDb) {
        let server = TestServer::start_with(&db, Limits { requests_max: 0, ..Limits::default() }).await;
        let refused = server.dispatcher().get("/v1/me").await;
        assert_eq!((refused.status.as_u16(), refused.problem()), (503, "overloaded"));
        let refused = server.dispatcher().post("/v1/calls", world::call()).await;
        assert_eq!((refused.status.as_u16(), refused.problem()), (503, "overloaded"));
        for page in ["/healthz", "/readyz", "/metrics"] {
            assert_eq!(server.with(None).get(page).await.status.as_u16(), 200, "{page}");
        }
        let wrong = server.with(None).post("/healthz", json!({})).await;
        assert_eq!((wrong.status.as_u16(), wrong.problem()), (405, "method-not-allowed"));
        server.stop().await;
    }

    async fn a_header_that_does_not_end_in_time_ends_its_connection(db: TestDb) {
        let limits = Limits { header_timeout: SHORT, keep_alive: LONG, ..Limits::default() };
        let server = TestServer::start_with(&db, limits).await;
        for begun in ["", "G", "GET /healthz HTTP/1.1\r\nhost: x\r\n"] {
            assert_eq!(until_closed(&mut holding(&server, begun).await).await, "", "{begun}");
        }
        // Nor does one byte after the other make it longer.
        let mut dripping = holding(&server, "GET /healthz HTTP/1.1\r\nx: ").await;
        while dripping.write_all(b"x").await.is_ok() {
            tokio::task::yield_now().await;
        }
        // Between two requests there is more time.
        let request = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
        let mut patient = holding(&server, request).await;
        assert!(answer(&mut patient).await.starts_with("HTTP/1.1 200"));
        until_closed(&mut holding(&server, "").await).await;
        patient.write_all(request.as_bytes()).await.unwrap();
        assert!(answer(&mut patient).await.starts_with("HTTP/1.1 200"));
        server.stop().await;
    }

    async fn a_connection_that_asks_nothing_more_is_closed(db: TestDb) {
        let limits = Limits { header_timeout: LONG, keep_alive: SHORT, ..Limits::default() };
        let server = TestServer::start_with(&db, limits).await;
        let mut idle = holding(&server, "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await;
        assert!(until_closed(&mut idle).await.ends_with("alive\n"));
        server.stop().await;
    }

    async fn whoever_has_been_silent_longest_makes_room(db: TestDb) {
        let limits =
            Limits { connections_max: 3, header_timeout: LONG, keep_alive: LONG, ..Limits::default() };
        let server = TestServer::start_with(&db, limits).await;
        let mut first = holding(&server, "GET /").await;
        let mut held = Vec::new();
        for _ in 0..20 {
            held.push(holding(&server, "GET /").await);
        }
        for _ in 0..5 {
            // A connection of its own each time.
            let mut next = holding(&server, "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await;
            assert!(answer(&mut next).await.starts_with("HTTP/1.1 200"));
            held.push(next);
        }
        assert_eq!(until_closed(&mut first).await, "");
        server.stop().await;
    }

    async fn a_refusal_before_the_body_says_that_the_connection_ends(db: TestDb) {
        let server = TestServer::start(&db).await;
        let early = server.with(Some("kkt_wrong")).post("/v1/calls", world::call()).await;
        assert_eq!((early.status.as_u16(), early.headers["connection"].to_str().unwrap()), (401, "close"));
        // Where the body was read the connection goes on.
        let late = server.dispatcher().post("/v1/calls", json!({})).await;
        assert_eq!((late.status.as_u16(), late.headers.get("connection")), (422, None));
        let none = server.with(Some("kkt_wrong")).get("/v1/me").await;
        assert_eq!((none.status.as_u16(), none.headers.get("connection")), (401, None));
        server.stop().await;
    }

    async fn whoever_came_by_tls_comes_by_nothing_else(db: TestDb) {
        let server = TestServer::start(&db).await;
        let nobody = server.with(None);
        let by_tls = nobody.request(reqwest::Method::GET, "/healthz").header("x-forwarded-proto", "https");
        let by_tls = nobody.send(by_tls).await;
        assert_eq!(by_tls.headers["strict-transport-security"], "max-age=15552000");
        assert!(!nobody.get("/healthz").await.headers.contains_key("strict-transport-security"));
        for page in ["/docs/", "/docs/swagger-ui-bundle.js", "/openapi.json"] {
            let headers = nobody.get(page).await.headers;
            assert_eq!(headers["x-frame-options"], "DENY", "{page}");
            assert_eq!(headers["x-content-type-options"], "nosniff", "{page}");
            assert!(headers["content-security-policy"].to_str().unwrap().contains("frame-ancestors 'none'"), "{page}");
        }
        server.stop().await;
    }
}
