//! kill -9 in the middle of the demo: what was acknowledged is there, and nothing is half there.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};

use crate::support::db::{Raw, TestDb, on_both_engines};

const KAKETSUKE: &str = env!("CARGO_BIN_EXE_kaketsuke");

/// How often the demo is killed on each engine.
const ROUNDS: u64 = 20;

/// Changes the demo acknowledges at least; the kill comes after a number of them chosen at random.
const ACKNOWLEDGED_MIN: usize = 52;

fn demo(db: &TestDb) -> Child {
    Command::new(KAKETSUKE)
        .args(["demo", "--once", "--trace", "--speed", "max", "--listen", "127.0.0.1:0"])
        .args(["--database-url", db.url()])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// A change the service has acknowledged: where it was sent, and the id it gave.
#[derive(Debug)]
struct Acknowledged {
    path: String,
    id: String,
}

/// Reads acknowledgements until there are `enough`, or the demo has ended.
fn acknowledged(child: &mut Child, enough: usize) -> Vec<Acknowledged> {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let acks = lines.filter_map(|line| {
        let mut words = line.strip_prefix("ack ")?.split(' ').map(str::to_owned);
        let (_method, path, _status, id) = (words.next()?, words.next()?, words.next()?, words.next()?);
        Some(Acknowledged { path, id })
    });
    acks.take(enough).collect()
}

/// The table and column in which a change must be found, and the id to look for: the one the answer gave, or the one
/// in the path where the answer stands for something that was there before.
fn trace_of(ack: &Acknowledged) -> (&'static str, &str) {
    let parts: Vec<_> = ack.path.trim_start_matches("/v1/").split('/').collect();
    let sql = match parts.as_slice() {
        ["calls", call, "hazard-answers"] => {
            return ("SELECT COUNT(DISTINCT call_id) FROM hazard_answer WHERE call_id = ", call);
        }
        ["offers", offer, "acceptance"] => {
            return ("SELECT COUNT(*) FROM assignment WHERE offer_id = ", offer);
        }
        ["firms"] => "SELECT COUNT(*) FROM firm WHERE id = ",
        ["firms", _, "technicians"] => "SELECT COUNT(*) FROM technician WHERE id = ",
        ["tokens"] => "SELECT COUNT(*) FROM token WHERE id = ",
        ["calls"] => "SELECT COUNT(*) FROM call WHERE answered_at IS NOT NULL AND id = ",
        ["calls", _, "ending"] => "SELECT COUNT(*) FROM call WHERE state = 'ended' AND id = ",
        ["cases"] => "SELECT COUNT(*) FROM case_file WHERE id = ",
        ["cases", _, "jobs"] => "SELECT COUNT(*) FROM job WHERE id = ",
        ["offers", _, "refusal"] => "SELECT COUNT(*) FROM offer WHERE state = 'declined' AND id = ",
        ["jobs", _, "facts"] => "SELECT COUNT(*) FROM fact WHERE id = ",
        ["billing-consumers"] => "SELECT COUNT(*) FROM consumer WHERE id = ",
        ["billing-consumers", _, "acknowledgements"] => {
            "SELECT COUNT(*) FROM consumer WHERE acknowledged_pos > 0 AND id = "
        }
        other => panic!("an acknowledged change nobody looks for: {other:?}"),
    };
    (sql, &ack.id)
}

/// What would be half done: each must find nothing.
const HALF_DONE: &[&str] = &[
    "SELECT COUNT(*) FROM case_file c WHERE NOT EXISTS (SELECT 1 FROM case_place p WHERE p.case_id = c.id)
        OR NOT EXISTS (SELECT 1 FROM case_person p WHERE p.case_id = c.id)
        OR NOT EXISTS (SELECT 1 FROM case_category k WHERE k.case_id = c.id)
        OR NOT EXISTS (SELECT 1 FROM call l WHERE l.case_id = c.id)",
    "SELECT COUNT(*) FROM call c WHERE NOT EXISTS (SELECT 1 FROM call_person p WHERE p.call_id = c.id)",
    "SELECT COUNT(*) FROM offer o WHERE o.state = 'accepted'
        AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.offer_id = o.id)",
    "SELECT COUNT(*) FROM job j WHERE j.state = 'assigned'
        AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.job_id = j.id AND a.slot <> 'released')",
    "SELECT COUNT(*) FROM job j WHERE j.state = 'offered'
        AND NOT EXISTS (SELECT 1 FROM offer o WHERE o.job_id = j.id AND o.state = 'open')",
    "SELECT COUNT(*) FROM job j WHERE NOT EXISTS
        (SELECT 1 FROM event e WHERE e.subject_id = j.id AND e.kind = 'job.created')",
    "SELECT COUNT(*) FROM settlement s WHERE NOT EXISTS
        (SELECT 1 FROM event e WHERE e.subject_id = s.job_id AND e.kind = 'job.settled')",
    "SELECT COUNT(*) FROM idempotency WHERE outcome IS NULL",
];

async fn count(raw: &mut Raw, sql: &str) -> i64 {
    raw.integer(&sql.replace("COUNT(*)", "CAST(COUNT(*) AS BIGINT)")).await
}

/// An id as a literal of the engine.
fn literal(raw: &Raw, id: &str) -> String {
    match raw {
        Raw::Sqlite(_) => format!("x'{}'", id.replace('-', "")),
        Raw::Postgres(_) => format!("'{id}'"),
    }
}

/// Everything acknowledged is there, nothing is half there, and the proofs hold.
async fn assert_whole(db: &TestDb, acks: &[Acknowledged]) {
    let mut raw = db.raw().await;
    for ack in acks {
        let (sql, id) = trace_of(ack);
        let sql = format!("{sql}{}", literal(&raw, id));
        assert_eq!(count(&mut raw, &sql).await, 1, "lost: {ack:?}");
    }
    for sql in HALF_DONE {
        assert_eq!(count(&mut raw, sql).await, 0, "{sql}");
    }
    let verify = Command::new(KAKETSUKE).args(["verify", "--database-url", db.url()]).output().unwrap();
    assert!(verify.status.success(), "{}", String::from_utf8_lossy(&verify.stderr));
}

on_both_engines! {
    async fn the_demo_comes_out_as_expected(db: TestDb) {
        let mut child = demo(&db);
        let acks = acknowledged(&mut child, usize::MAX);
        assert!(child.wait().unwrap().success());
        assert!(acks.len() >= ACKNOWLEDGED_MIN, "{} acknowledged", acks.len());
        assert_whole(&db, &acks).await;
    }
}

mod killed_at_random_moments {
    use super::*;
    use crate::support::db::{on_postgres, on_sqlite};

    async fn round(db: TestDb, round: u64) {
        let enough = StdRng::seed_from_u64(round).random_range(1..=ACKNOWLEDGED_MIN);
        let mut child = demo(&db);
        let acks = acknowledged(&mut child, enough);
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(acks.len(), enough, "the demo ended before it was killed");
        assert_whole(&db, &acks).await;
    }

    #[tokio::test]
    async fn sqlite() {
        for number in 0..ROUNDS {
            on_sqlite(|db| round(db, number)).await;
        }
    }

    #[tokio::test]
    async fn postgres() {
        for number in 0..ROUNDS {
            on_postgres(|db| round(db, number)).await;
        }
    }
}
