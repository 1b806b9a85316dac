//! kill -9 in the middle of the demo: what was acknowledged is there, nothing is half there, and the night goes on and
//! comes out the same.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};

use super::demo::{ACKNOWLEDGED_MIN, assert_as_expected, command, played, text};
use crate::support::db::{Raw, TestDb, on_both_engines};

const KAKETSUKE: &str = env!("CARGO_BIN_EXE_kaketsuke");

/// How often one night is killed on each engine: once in each part of it, at a moment chosen at random.
const KILLS: usize = 5;

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
    let made = ack.id.as_str();
    match parts.as_slice() {
        ["firms"] => ("SELECT COUNT(*) FROM firm WHERE id = ", made),
        ["firms", _, "technicians"] => ("SELECT COUNT(*) FROM technician WHERE id = ", made),
        ["tokens"] => ("SELECT COUNT(*) FROM token WHERE id = ", made),
        ["calls"] => ("SELECT COUNT(*) FROM call WHERE answered_at IS NOT NULL AND id = ", made),
        ["calls", ..] | ["interpretations" | "emergency-handovers", ..] | ["jobs", _, "interpretations"] => {
            trace_of_call(&parts, made)
        }
        ["cases"] => ("SELECT COUNT(*) FROM case_file WHERE id = ", made),
        ["cases", case, "closing"] => {
            ("SELECT COUNT(*) FROM case_file WHERE state = 'closed' AND id = ", case)
        }
        ["cases", case, "clearances"] => (
            "SELECT COUNT(DISTINCT case_id) FROM case_hazard WHERE cleared_at IS NOT NULL AND case_id = ",
            case,
        ),
        ["cases", case, "warrants"] => ("SELECT COUNT(DISTINCT case_id) FROM warrant WHERE case_id = ", case),
        ["cases", _, "jobs"] => ("SELECT COUNT(*) FROM job WHERE id = ", made),
        ["jobs", job, "identity-plan"] => {
            ("SELECT COUNT(DISTINCT job_id) FROM identity_plan WHERE job_id = ", job)
        }
        ["jobs", _, "appointment"] => ("SELECT COUNT(*) FROM planned_window WHERE id = ", made),
        ["jobs", _, "helpers" | "override"] => ("SELECT COUNT(*) FROM assignment WHERE id = ", made),
        ["jobs", _, "payer-authorities"] => ("SELECT COUNT(*) FROM payer_authority WHERE id = ", made),
        ["jobs", _, "payments"] => ("SELECT COUNT(*) FROM payment WHERE id = ", made),
        ["jobs", job, "reassignment"] => (
            "SELECT COUNT(DISTINCT subject_id) FROM event WHERE kind = 'job.reassigned' AND subject_id = ",
            job,
        ),
        ["jobs", job, "cancellation"] => {
            ("SELECT COUNT(*) FROM job WHERE state = 'cancelled' AND id = ", job)
        }
        ["offers", offer, "acceptance"] => {
            ("SELECT COUNT(*) FROM offer WHERE answered_at IS NOT NULL AND state <> 'open' AND id = ", offer)
        }
        ["offers", offer, "technician"] => ("SELECT COUNT(*) FROM assignment WHERE offer_id = ", offer),
        ["offers", _, "refusal"] => ("SELECT COUNT(*) FROM offer WHERE state = 'declined' AND id = ", made),
        ["assignments", one, "withdrawal"] => {
            ("SELECT COUNT(*) FROM assignment WHERE slot = 'released' AND id = ", one)
        }
        ["jobs", _, "facts"] => ("SELECT COUNT(*) FROM fact WHERE id = ", made),
        ["cases", _, "referrals"] | ["referrals", ..] => trace_of_referral(&parts, made),
        ["billing-consumers"] => ("SELECT COUNT(*) FROM consumer WHERE id = ", made),
        ["billing-consumers", _, "acknowledgements"] => {
            ("SELECT COUNT(*) FROM consumer WHERE acknowledged_pos > 0 AND id = ", made)
        }
        other => panic!("an acknowledged change nobody looks for: {other:?}"),
    }
}

/// The same of what is done in a call, and with whoever is asked to join.
fn trace_of_call<'a>(parts: &[&'a str], made: &'a str) -> (&'static str, &'a str) {
    match parts {
        ["calls", _, "ending"] => ("SELECT COUNT(*) FROM call WHERE ended_at IS NOT NULL AND id = ", made),
        ["calls", _, "wrap-up"] => ("SELECT COUNT(*) FROM call WHERE wrapped_at IS NOT NULL AND id = ", made),
        ["calls", call, "hazard-answers"] => {
            ("SELECT COUNT(DISTINCT call_id) FROM hazard_answer WHERE call_id = ", call)
        }
        ["calls", call, "instructions", ..] => {
            ("SELECT COUNT(DISTINCT call_id) FROM hazard_instruction WHERE call_id = ", call)
        }
        ["calls" | "jobs", _, "interpretations"] => ("SELECT COUNT(*) FROM interpretation WHERE id = ", made),
        ["interpretations", one, "ending"] => {
            ("SELECT COUNT(*) FROM interpretation WHERE state = 'left' AND id = ", one)
        }
        ["interpretations", one, "outcome"] => {
            ("SELECT COUNT(*) FROM interpretation WHERE state <> 'requested' AND id = ", one)
        }
        ["calls", _, "emergency-handovers"] => ("SELECT COUNT(*) FROM emergency_handover WHERE id = ", made),
        ["emergency-handovers", one, "connection"] => {
            ("SELECT COUNT(*) FROM emergency_handover WHERE connected_at IS NOT NULL AND id = ", one)
        }
        ["emergency-handovers", one, "ending"] => {
            ("SELECT COUNT(*) FROM emergency_handover WHERE ended_at IS NOT NULL AND id = ", one)
        }
        ["calls", call, "attachment"] => {
            ("SELECT COUNT(*) FROM call WHERE purpose IS NOT NULL AND id = ", call)
        }
        other => panic!("an acknowledged change nobody looks for: {other:?}"),
    }
}

/// The same of what is done about a referral.
fn trace_of_referral<'a>(parts: &[&'a str], made: &'a str) -> (&'static str, &'a str) {
    match parts {
        ["cases", _, "referrals"] => ("SELECT COUNT(*) FROM referral WHERE id = ", made),
        ["referrals", one, "notifications"] => {
            ("SELECT COUNT(DISTINCT referral_id) FROM referral_attempt WHERE referral_id = ", one)
        }
        ["referrals", one, "acknowledgement"] => {
            ("SELECT COUNT(*) FROM referral_acknowledgement WHERE referral_id = ", one)
        }
        ["referrals", one, "outcome"] => {
            ("SELECT COUNT(*) FROM referral WHERE state = 'closed' AND id = ", one)
        }
        other => panic!("an acknowledged change nobody looks for: {other:?}"),
    }
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
    async fn a_killed_night_goes_on_and_comes_out_the_same(db: TestDb) {
        let mut random = StdRng::seed_from_u64(20_261_122);
        let part = ACKNOWLEDGED_MIN / KILLS;
        for number in 0..KILLS {
            // What was acknowledged before is acknowledged again, so each kill comes later in the night than the last.
            let enough = number * part + random.random_range(1..=part);
            let mut child = command(&db).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
            let acks = acknowledged(&mut child, enough);
            child.kill().unwrap();
            child.wait().unwrap();
            assert_eq!(acks.len(), enough, "the demo ended before it was killed");
            assert_whole(&db, &acks).await;
        }
        let output = played(&db);
        assert_as_expected(&output);
        assert!(text(&output.stdout).contains("it goes on"), "{}", text(&output.stdout));
        assert_whole(&db, &[]).await;
    }
}
