//! A node that is cut off from PostgreSQL: what it sends is swallowed and nobody tells it. It waits for nothing for long, says
//! that it is not ready, and is at work again when it gets through by a new connection.

use std::time::Duration;

use futures_util::future::join_all;
use kaketsuke::{
    domain::ids::JobId,
    store::{self, Db, Error, Patience, Tx},
};
use serde_json::json;

use crate::support::{
    db::on_postgres,
    proxy::Proxy,
    server::{Client, TestServer, evening},
    world::{self, Crew},
};

/// So short that a test can wait for it.
const MOMENT: Duration = Duration::from_millis(500);
/// Longer than anything may take in which each wait is a moment.
const SOON: Duration = Duration::from_secs(20);
/// Longer than any test.
const FOR_EVER: Duration = Duration::from_secs(600);

async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(SOON, what).await.expect("nothing waits for ever")
}

/// What somebody is about when the network is cut.
#[derive(Debug, Clone, Copy)]
enum About {
    Statement,
    Begin,
    Commit,
    Nothing,
    /// Whoever asked has gone away meanwhile.
    Abandoned,
}

async fn look(tx: &mut Tx) -> Result<(), Error> {
    store::feed::head(tx).await.map(|_| ())
}

/// Goes about it; answers whether it was told that the database is away. The network is cut in the middle.
async fn go_about(about: About, db: &Db, network: &Proxy) -> bool {
    let told = match about {
        About::Begin => {
            let mut tx = db.write().await.unwrap();
            network.cut();
            // The transaction begins with the first change.
            store::jobs::put_off(&mut tx, JobId(uuid::Uuid::nil()), evening(), evening()).await
        }
        About::Statement => {
            let mut tx = db.write().await.unwrap();
            network.cut();
            look(&mut tx).await
        }
        About::Commit => {
            let mut tx = db.read().await.unwrap();
            look(&mut tx).await.unwrap();
            network.cut();
            tx.commit().await
        }
        About::Nothing => {
            let mut tx = db.read().await.unwrap();
            look(&mut tx).await.unwrap();
            network.cut();
            drop(tx);
            return true;
        }
        About::Abandoned => {
            let mut tx = db.read().await.unwrap();
            network.cut();
            assert!(tokio::time::timeout(MOMENT / 5, look(&mut tx)).await.is_err());
            return true;
        }
    };
    matches!(told, Err(Error::Unreachable(_)))
}

/// Where nobody listens, the limits alone.
#[tokio::test]
async fn whatever_is_asked_of_a_dead_line_ends_in_time_and_its_place_is_free() {
    on_postgres(|db| async move {
        let patience =
            Patience { statement: MOMENT, answer: MOMENT, place: 4 * MOMENT, ..Patience::default() };
        for about in [About::Statement, About::Begin, About::Commit, About::Nothing, About::Abandoned] {
            let network = Proxy::before(&db);
            let url: store::DatabaseUrl = network.url(&db).parse().unwrap();
            // One place, which must be free again.
            let node = Db::connect(&url.with_patience(patience), 1).await.unwrap();
            assert!(soon(go_about(about, &node, &network)).await, "{about:?}");
            network.mend();
            for _ in 0..3 {
                let again = soon(async { look(&mut node.read().await?).await }).await;
                again.unwrap_or_else(|error| panic!("{about:?}: {error}"));
            }
            soon(node.close()).await;
        }
    })
    .await;
}

/// What the desk does at the same moment, more than there are connections: each is answered.
async fn crowd(desk: &Client, outage: i64) -> Vec<u16> {
    let asked = (0..12).map(async |number: i64| {
        let answer = match number % 3 {
            0 => desk.post_as(&format!("call-{outage}-{number}"), "/v1/calls", world::call()).await,
            1 => desk.get("/v1/alarms").await,
            _ => desk.get("/v1/jobs?state=offered").await,
        };
        answer.status.as_u16()
    });
    soon(join_all(asked)).await
}

/// Who is asked, of two.
async fn who_is_asked(crews: &[Crew; 2]) -> usize {
    let asked = [world::open_offer(&crews[0].phone).await, world::open_offer(&crews[1].phone).await];
    let asked: Vec<_> = (0..2).filter(|one| asked[*one].is_some()).collect();
    assert_eq!(asked.len(), 1, "one is asked");
    asked[0]
}

/// However long a statement may take: the line that is asked all the time tells the others.
#[tokio::test]
async fn a_node_that_is_cut_off_is_at_work_again_as_soon_as_it_gets_through() {
    on_postgres(|db| async move {
        let patience = Patience {
            lock: FOR_EVER,
            statement: FOR_EVER,
            silence: MOMENT,
            answer: MOMENT,
            place: 2 * MOMENT,
            ..Patience::default()
        };
        let network = Proxy::before(&db);
        let server = TestServer::start_behind(&db, &network, patience, MOMENT).await;
        let crews = [
            world::crew(&server, "栄水道", 35.165, 136.91).await,
            world::crew(&server, "錦水道", 35.169, 136.91).await,
        ];
        let (desk, nobody) = (server.dispatcher(), server.with(None));
        for outage in 0..2 {
            let job = world::job(&server).await;
            let asked = who_is_asked(&crews).await;
            network.cut();
            for _ in 0..2 {
                let answers = crowd(&desk, outage).await;
                assert!(answers.iter().all(|status| *status == 503), "{answers:?}");
                assert_eq!(soon(nobody.get("/readyz")).await.status.as_u16(), 503);
            }
            // Workers, too, wait for nothing.
            soon(server.ctx.clock().advance(chrono::TimeDelta::seconds(7))).await;
            network.mend();
            soon(async { while nobody.get("/readyz").await.status.as_u16() != 200 {} }).await;
            let answers = crowd(&desk, outage).await;
            assert!(answers.iter().all(|status| [200, 201].contains(status)), "{answers:?}");
            let calls = "SELECT count(*) FROM call WHERE case_id IS NULL";
            assert_eq!(db.raw().await.integer(calls).await, 4 * (outage + 1), "taken once");
            // Who was asked keeps silent, and the next is asked.
            soon(server.pass(5)).await;
            assert_eq!(who_is_asked(&crews).await, 1 - asked);
            let cancelled = json!({ "reason": "duplicate" });
            desk.post(&format!("/v1/jobs/{job}/cancellation"), cancelled).await.expect(200);
        }
        soon(server.stop()).await;
    })
    .await;
}
