//! 200 jobs complete while two billing consumers pull and commits are held back: each line exactly once, in order.
//!
//! On PostgreSQL a trigger that runs at the very end of a transaction makes chosen ones wait for a lock that the test
//! holds: their events were numbered before those of others that commit first. On SQLite one writer follows the other: all of
//! them complete while the readers pull, and nothing can be held back.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use reqwest::StatusCode;
use serde_json::json;
use uuid::Uuid;

use crate::{
    support::{
        db::{Engine, Raw, TestDb, on_both_engines},
        server::{Client, TestServer},
        site::{acknowledge, consumer},
    },
    visits::{Device, Site},
};

const JOBS: usize = 200;
/// Jobs of a round: the first of them are held back.
const ROUND: usize = 5;
const HELD: usize = 2;
/// Connections of the service: enough for everybody beside those held back.
const CONNECTIONS: u32 = 8;
/// How often a report is sent again that the service was too busy for.
const AGAIN_MAX: usize = 20;
/// The first key of the locks that hold commits back.
const KEY: u64 = 900_000;

on_both_engines! {
    async fn each_line_is_pulled_once_and_in_order(db: TestDb) {
        let server = TestServer::start_wide(&db, CONNECTIONS).await;
        server.pass(120).await;
        let mut readers = [Reader::new(&server, "税理士").await, Reader::new(&server, "経理").await];
        let (jobs, office) = cloned_jobs(&db, &server).await;
        let mut gate = Gate::new(&db, &jobs).await;
        let mut random = StdRng::seed_from_u64(20_261_122);
        for round in jobs.chunks(ROUND) {
            let (held, free) = round.split_at(HELD);
            gate.close(held).await;
            let held: Vec<_> = held.iter().map(|job| tokio::spawn(job.clone().complete(office.clone()))).collect();
            gate.wait_until_held(HELD).await;
            let limits = [random.random_range(1..8), random.random_range(1..8)];
            // These are numbered after the held ones, and have a position before them.
            join_all(free.iter().map(|job| job.clone().complete(office.clone()))).await;
            if db.engine() == Engine::Postgres {
                server.settle().await;
            }
            follow_all(&mut readers, limits).await;
            gate.open(random.random_bool(0.5), &mut readers, limits).await;
            for done in held {
                done.await.unwrap();
            }
        }
        server.settle().await;
        follow_all(&mut readers, [3, 100]).await;
        let mut raw = db.raw().await;
        let id = match db.engine() {
            Engine::Sqlite => "lower(hex(id))",
            Engine::Postgres => "replace(CAST(id AS text), '-', '')",
        };
        let ledger: BTreeSet<String> =
            raw.texts(&format!("SELECT {id} FROM ledger_line")).await.into_iter().collect();
        let settled = raw.integer("SELECT count(*) FROM settlement").await;
        assert_eq!(settled, i64::try_from(JOBS).unwrap());
        // Every third job has one line, every third two, every third none.
        assert_eq!(ledger.len(), JOBS / 3 * 3 + [0, 1, 3][JOBS % 3]);
        for reader in &readers {
            let pulled: BTreeSet<String> = reader.lines.iter().map(|line| line.replace('-', "")).collect();
            assert_eq!(reader.lines.len(), pulled.len(), "no line twice");
            assert_eq!(pulled, ledger, "no line missing");
        }
        assert_eq!(readers[0].lines, readers[1].lines, "both in the order of the feed");
        if db.engine() == Engine::Postgres {
            let late = "SELECT count(*) FROM feed one JOIN feed next ON next.pos = one.pos + 1 WHERE next.ord < one.ord";
            assert!(raw.integer(late).await >= 40, "commits were held back in every round");
        }
        assert_eq!(kaketsuke::app::settlement::verify(&server.ctx).await.unwrap(), Vec::<String>::new());
        server.stop().await;
    }
}

/// A billing consumer that acknowledges each page, and all it was given.
struct Reader {
    id: String,
    client: Client,
    lines: Vec<String>,
    last: (i64, i64),
}

impl Reader {
    async fn new(server: &TestServer, name: &str) -> Self {
        let (id, client) = consumer(server, name).await;
        Self { id, client, lines: Vec::new(), last: (0, 0) }
    }

    /// Pulls and acknowledges until there is nothing more.
    async fn follow(&mut self, limit: u32) {
        loop {
            let path = format!("/v1/billing-consumers/{}/lines?limit={limit}", self.id);
            let page = self.client.get(&path).await.expect(200);
            for line in page["items"].as_array().unwrap() {
                let place = (line["pos"].as_i64().unwrap(), line["line"].as_i64().unwrap());
                assert!(place > self.last, "{place:?} after {:?}", self.last);
                self.last = place;
                self.lines.push(line["id"].as_str().unwrap().to_owned());
            }
            acknowledge(&self.client, &self.id, &page["pos"]).await.expect(200);
            if page["has_more"] == false {
                return;
            }
        }
    }
}

async fn follow_all(readers: &mut [Reader; 2], limits: [u32; 2]) {
    let [one, other] = readers;
    tokio::join!(one.follow(limits[0]), other.follow(limits[1]));
}

/// One job with the technician who is on it.
#[derive(Clone)]
struct Ordered {
    number: usize,
    job: Uuid,
    technician: Uuid,
}

impl Ordered {
    /// Reports all of it in one batch: every third job costs one line, every third two, every third nothing.
    async fn complete(self, office: Client) {
        let mut device = Device::new("phone");
        let facts = match self.number % 3 {
            0 => device.plain(72 * 60, Some(2)),
            1 => device.plain(92 * 60, Some(2)),
            _ => device.plain(55 * 60, None),
        };
        let body = json!({
            "technician_id": self.technician, "device": "phone", "sent_at": "2026-11-22T23:00:00+09:00",
            "facts": facts,
        });
        // What is refused as overloaded is sent again, as its answer says: the same reports are the same facts.
        let path = format!("/v1/jobs/{}/facts", self.job);
        let mut reply = office.post(&path, body.clone()).await;
        for _ in 0..AGAIN_MAX {
            if reply.status != StatusCode::SERVICE_UNAVAILABLE {
                break;
            }
            reply = office.post(&path, body.clone()).await;
        }
        let receipt = reply.expect(200);
        assert_eq!(
            (&receipt["flags"], &receipt["settlement"]["number"]),
            (&json!([]), &json!(1)),
            "{receipt}"
        );
    }
}

/// One job is made as always; the others are copies of its rows, each with a technician of its own.
async fn cloned_jobs(db: &TestDb, server: &TestServer) -> (Vec<Ordered>, Client) {
    let site = Site::open(server, "栄水道").await;
    let mut raw = db.raw().await;
    let job: Uuid = site.job.parse().unwrap();
    let technician: Uuid = site.crew.technician.parse().unwrap();
    let assignment = format!("job_id = {}", literal(db, job));
    // Made and accepted at nine, before what is told of it.
    let made = "'2026-11-22T12:00:00+00:00'";
    raw.execute(&format!("UPDATE job SET created_at = {made}")).await.unwrap();
    raw.execute(&format!("UPDATE assignment SET counts_from = {made}")).await.unwrap();
    let id = match db.engine() {
        Engine::Sqlite => "lower(hex(offer_id))",
        Engine::Postgres => "CAST(offer_id AS text)",
    };
    let offer = raw.texts(&format!("SELECT {id} FROM assignment WHERE {assignment}")).await;
    let offer: Uuid = offer[0].parse().unwrap();
    let mut jobs = vec![Ordered { number: 0, job, technician }];
    for number in 1..JOBS {
        let own = |kind: u64| Uuid::from_u64_pair(0xC10E_0000 + kind, number as u64);
        let [new_technician, new_job, new_offer, new_assignment] = [1, 2, 3, 4].map(own);
        let by_id = |id| format!("id = {}", literal(db, id));
        let [t, j, o, a] = [new_technician, new_job, new_offer, new_assignment].map(|id| literal(db, id));
        copy(db, &mut raw, "technician", &by_id(technician), &[("id", &t)]).await;
        copy(db, &mut raw, "job", &by_id(job), &[("id", &j)]).await;
        let named: [(&str, &str); 3] = [("id", &o), ("job_id", &j), ("technician_id", &t)];
        copy(db, &mut raw, "offer", &by_id(offer), &named).await;
        let named: [(&str, &str); 4] = [("id", &a), ("job_id", &j), ("offer_id", &o), ("technician_id", &t)];
        copy(db, &mut raw, "assignment", &assignment, &named).await;
        jobs.push(Ordered { number, job: new_job, technician: new_technician });
    }
    (jobs, site.crew.office)
}

/// Copies a row, with other values in some columns.
async fn copy(db: &TestDb, raw: &mut Raw, table: &str, which: &str, other: &[(&str, &str)]) {
    let catalogue = match db.engine() {
        Engine::Sqlite => format!("SELECT name FROM pragma_table_info('{table}')"),
        Engine::Postgres => format!(
            "SELECT CAST(column_name AS text) FROM information_schema.columns
             WHERE table_schema = 'public' AND table_name = '{table}'"
        ),
    };
    let columns = raw.texts(&catalogue).await;
    let values: Vec<&str> = columns
        .iter()
        .map(|column| match other.iter().find(|(name, _)| name == column) {
            Some((_, own)) => *own,
            None => column.as_str(),
        })
        .collect();
    let copied = format!(
        "INSERT INTO {table} ({}) SELECT {} FROM {table} WHERE {which}",
        columns.join(", "),
        values.join(", ")
    );
    assert_eq!(raw.execute(&copied).await.unwrap(), 1, "{copied}");
}

fn literal(db: &TestDb, id: Uuid) -> String {
    match db.engine() {
        Engine::Sqlite => format!("X'{}'", id.simple()),
        Engine::Postgres => format!("CAST('{id}' AS uuid)"),
    }
}

/// What holds commits back.
struct Gate {
    raw: Raw,
    jobs: Vec<Uuid>,
    closed: Vec<u64>,
}

impl Gate {
    async fn new(db: &TestDb, jobs: &[Ordered]) -> Self {
        let mut raw = db.raw().await;
        if db.engine() == Engine::Postgres {
            // The lock is asked for when everything else of the transaction is done, right before it commits.
            raw.execute(&format!(
                "CREATE TABLE held (job_id uuid PRIMARY KEY, key bigint NOT NULL);
                 CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$
                 BEGIN
                     PERFORM pg_advisory_xact_lock_shared(key) FROM held WHERE job_id = NEW.job_id;
                     RETURN NULL;
                 END
                 $$;
                 CREATE CONSTRAINT TRIGGER hold AFTER INSERT ON settlement DEFERRABLE INITIALLY DEFERRED
                 FOR EACH ROW EXECUTE FUNCTION hold();
                 INSERT INTO held VALUES {}",
                jobs.iter()
                    .zip(KEY..)
                    .map(|(job, key)| format!("('{}', {key})", job.job))
                    .collect::<Vec<_>>()
                    .join(", ")
            ))
            .await
            .unwrap();
        }
        Self { raw, jobs: jobs.iter().map(|job| job.job).collect(), closed: Vec::new() }
    }

    /// From now on these jobs' transactions wait.
    async fn close(&mut self, held: &[Ordered]) {
        if matches!(self.raw, Raw::Sqlite(_)) {
            return;
        }
        for job in held {
            let index = self.jobs.iter().position(|known| *known == job.job).unwrap();
            let key = KEY + index as u64;
            self.raw.execute(&format!("SELECT pg_advisory_lock({key})")).await.unwrap();
            self.closed.push(key);
        }
    }

    /// Until so many transactions wait: asked again and again, no time is slept through.
    async fn wait_until_held(&mut self, count: usize) {
        if matches!(self.raw, Raw::Sqlite(_)) {
            return;
        }
        let waiting = format!(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND classid = 0
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
             AND objid BETWEEN {KEY} AND {}",
            KEY + JOBS as u64
        );
        for _ in 0..200_000 {
            if usize::try_from(self.raw.integer(&waiting).await).unwrap() == count {
                return;
            }
            tokio::task::yield_now().await;
        }
        panic!("nobody waits");
    }

    /// Lets them commit one after the other, in this order or the other one, with pulls in between.
    async fn open(&mut self, backwards: bool, readers: &mut [Reader; 2], limits: [u32; 2]) {
        let mut keys = std::mem::take(&mut self.closed);
        if backwards {
            keys.reverse();
        }
        for key in keys {
            self.raw.execute(&format!("SELECT pg_advisory_unlock({key})")).await.unwrap();
            follow_all(readers, limits).await;
        }
    }
}
