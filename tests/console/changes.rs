//! What changes is told as it happens, in the order of the feed, without a gap.

use kaketsuke::{app, domain::actor::Role};
use reqwest::Method;

use crate::{
    support::{
        db::{TestDb, on_both_engines},
        server::TestServer,
        world,
    },
    visitor::{Visitor, signed_in},
};

/// A connection to the changes.
struct Stream {
    response: reqwest::Response,
    read: String,
}

/// One of what is told.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    id: Option<i64>,
    kind: String,
    data: String,
}

impl Stream {
    async fn open(visitor: &Visitor, path: &str, last: Option<i64>) -> Self {
        let mut request = visitor.request(Method::GET, path).header("accept", "text/event-stream");
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status().as_u16(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, read: String::new() }
    }

    /// The next that is told; nothing when the stream is over.
    async fn next(&mut self) -> Option<Told> {
        loop {
            if let Some((told, rest)) = self.read.split_once("\n\n") {
                let told = told.to_owned();
                self.read = rest.to_owned();
                let field = |name: &str| {
                    told.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")).map(str::to_owned))
                };
                return Some(Told {
                    id: field("id").map(|id| id.parse().unwrap()),
                    kind: field("event").unwrap(),
                    data: field("data").unwrap(),
                });
            }
            let chunk = tokio::time::timeout(std::time::Duration::from_secs(20), self.response.chunk());
            match chunk.await.unwrap().unwrap_or_default() {
                Some(bytes) => self.read.push_str(std::str::from_utf8(&bytes).unwrap()),
                None => return None,
            }
        }
    }

    /// The next change.
    async fn change(&mut self) -> Told {
        loop {
            let told = self.next().await.unwrap();
            if told.kind == "change" {
                return told;
            }
            assert_eq!(told.kind, "time");
        }
    }

    /// Everything up to a position, as pairs of subject and id.
    async fn up_to(&mut self, pos: i64) -> Vec<String> {
        let mut all = Vec::new();
        loop {
            let told = self.change().await;
            let changes: Vec<serde_json::Value> = serde_json::from_str(&told.data).unwrap();
            all.extend(changes.iter().map(|change| {
                let (subject, id) = (change["subject"].as_str().unwrap(), change["id"].as_str().unwrap());
                assert_eq!(change.as_object().unwrap().len(), 2, "ids only: {change}");
                format!("{subject} {id}")
            }));
            if told.id.unwrap() >= pos {
                assert_eq!(told.id, Some(pos));
                return all;
            }
        }
    }
}

/// What the feed says between two positions, as a reader of the database sees it.
async fn in_feed(server: &TestServer, after: i64) -> Vec<String> {
    let mut all = Vec::new();
    for entry in app::feed::after(&server.ctx, after, 10_000).await.unwrap() {
        let (subject, subject_id) = entry.event.subject();
        all.push(format!("{subject} {subject_id}"));
        let data = entry.event.data();
        if subject.as_str() == "alarm" {
            let text = |key: &str| data[key].as_str().unwrap().to_owned();
            all.push(format!("{} {}", text("subject"), text("subject_id")));
        }
    }
    all
}

on_both_engines! {
    async fn whoever_was_cut_off_goes_on_where_he_was(db: TestDb) {
        let server = TestServer::start(&db).await;
        let visitor = signed_in(&server, Role::Dispatcher).await;
        server.settle().await;
        let start = app::feed::position(&server.ctx).await.unwrap();
        let mut stream = Stream::open(&visitor, &format!("/events?after={start}"), None).await;
        let told = stream.next().await.unwrap();
        assert_eq!((told.kind.as_str(), told.data.as_str()), ("time", "1795348800000"), "the service's clock");
        world::crew(&server, "栄水道", 35.165, 136.91).await;
        let job = world::job(&server).await;
        let middle = app::feed::position(&server.ctx).await.unwrap();
        let mut heard = stream.up_to(middle).await;
        assert!(heard.contains(&format!("job {job}")), "{heard:?}");
        // The connection drops; things go on meanwhile.
        drop(stream);
        server.pass(30).await;
        world::job(&server).await;
        let end = app::feed::position(&server.ctx).await.unwrap();
        assert!(end > middle);
        // The browser connects again to the same address and says what it has seen.
        let visitor = visitor.clone();
        let mut again = visitor.clone();
        again.sign_in("dispatcher", crate::visitor::PASSWORD).await.expect(303);
        server.settle().await;
        let end = app::feed::position(&server.ctx).await.unwrap();
        let mut stream = Stream::open(&again, &format!("/events?after={start}"), Some(middle)).await;
        heard.extend(stream.up_to(end).await);
        assert_eq!(heard, in_feed(&server, start).await, "nothing missed, nothing twice, in order");
        server.stop().await;
    }

    async fn an_ended_session_hears_no_more(db: TestDb) {
        let server = TestServer::start(&db).await;
        let mut visitor = signed_in(&server, Role::Dispatcher).await;
        // The signing in itself is a change: let it be told before anybody listens.
        server.settle().await;
        let mut stream = Stream::open(&visitor, "/events", None).await;
        assert_eq!(stream.next().await.unwrap().kind, "time");
        visitor.post("/sign-out", &[]).await.expect(303);
        server.settle().await;
        world::crew(&server, "栄水道", 35.165, 136.91).await;
        let told = stream.next().await.unwrap();
        assert_eq!(told.kind, "signed-out", "{told:?}");
        assert_eq!(stream.next().await, None);
        let refused = visitor.request(Method::GET, "/events").header("accept", "text/event-stream");
        visitor.send(refused).await.expect(401);
        server.stop().await;
    }

    async fn one_session_does_not_take_everybody_s_places(db: TestDb) {
        let server = TestServer::start(&db).await;
        let mut visitor = signed_in(&server, Role::Dispatcher).await;
        let mut streams = Vec::new();
        for _ in 0..12 {
            streams.push(Stream::open(&visitor, "/events", None).await);
        }
        let another = visitor.request(Method::GET, "/events").header("accept", "text/event-stream");
        visitor.send(another).await.expect(503);
        // Another session of the same person is another one, but there is an end to it: 30 in all.
        for more in [12, 6] {
            let mut elsewhere = Visitor::new(&server);
            elsewhere.sign_in("dispatcher", crate::visitor::PASSWORD).await.expect(303);
            for _ in 0..more {
                streams.push(Stream::open(&elsewhere, "/events", None).await);
            }
            visitor = elsewhere;
        }
        let another = visitor.request(Method::GET, "/events").header("accept", "text/event-stream");
        visitor.send(another).await.expect(503);
        server.stop().await;
    }

    async fn a_stopping_service_lets_its_listeners_go_and_is_not_held_up(db: TestDb) {
        let server = TestServer::start(&db).await;
        let visitor = signed_in(&server, Role::Dispatcher).await;
        let mut stream = Stream::open(&visitor, "/events", None).await;
        assert_eq!(stream.next().await.unwrap().kind, "time");
        let stopped = tokio::time::timeout(std::time::Duration::from_secs(15), server.stop()).await;
        assert!(stopped.is_ok(), "the service waits for its listeners");
        while let Some(told) = stream.next().await {
            assert_ne!(told.kind, "signed-out", "who is cut off by a restart stays signed in");
        }
    }
}
