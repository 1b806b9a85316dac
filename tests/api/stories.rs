//! Random stories of calls, cases, jobs, hand-overs, referrals and reports in which anybody may fall silent at any time:
//! afterwards everything is finished, or has an instant at which it is looked at again, or rings (G-09).

mod money;

use std::collections::BTreeMap;

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use serde_json::{Value, json};

use crate::{
    erasing::verify,
    referrals::referral,
    support::{
        db::{Engine, Raw, TestDb, on_both_engines},
        server::{Client, Reply, TestServer, id},
        site,
        world::{self, Crew},
    },
};

/// Stories of the quick engine, and of the one on which each takes long.
const STORIES: u64 = 6;
const STORIES_OF_A_SERVER: u64 = 2;
/// Steps of one story.
const STEPS: usize = 90;

/// Where most of a story happens.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scene {
    /// Where calls are taken.
    Desk,
    /// Where work is done and billed.
    Site,
}

/// What there is to go on with.
struct Story<'s> {
    server: &'s TestServer,
    scene: Scene,
    desk: Client,
    crews: &'s [Crew],
    rng: StdRng,
    calls: Vec<String>,
    cases: Vec<String>,
    jobs: Vec<String>,
    hand_overs: Vec<String>,
    interpretations: Vec<String>,
    referrals: Vec<String>,
    /// Who has said yes to which job.
    taken: Vec<(String, usize)>,
    /// How many reports each of the crews has sent, by job.
    reports: BTreeMap<(String, usize), i64>,
}

/// Nothing is a defect of the service but what it says is one.
fn told(reply: Reply) -> Option<Value> {
    assert!(reply.status.is_success() || reply.status.is_client_error(), "{} {}", reply.status, reply.body);
    reply.status.is_success().then_some(reply.body)
}

impl Story<'_> {
    fn one_of(&mut self, all: fn(&Self) -> &Vec<String>) -> Option<String> {
        let count = all(self).len();
        (count > 0).then(|| self.rng.random_range(0..count)).map(|at| all(self)[at].clone())
    }

    async fn post(&self, path: &str, body: Value) -> Option<Value> {
        told(self.desk.post(path, body).await)
    }

    async fn post_of(&self, of: Option<String>, path: impl Fn(&str) -> String, body: Value) -> Option<Value> {
        self.post(&path(&of?), body).await
    }

    /// At a site there is work to begin with.
    async fn begin(&mut self) {
        let jobs = if self.scene == Scene::Site { self.crews.len() } else { 0 };
        for _ in 0..jobs {
            let job = world::job(self.server).await;
            self.cases.push(world::case_of(self.server, &job).await);
            self.jobs.push(job);
            for _ in 0..self.crews.len() * 2 {
                self.answer_offer().await;
            }
        }
    }

    /// Somebody does something, or nobody does anything for a while.
    async fn step(&mut self) {
        if self.scene == Scene::Site && self.rng.random_range(0..3) > 0 {
            return match self.rng.random_range(0..8) {
                0..=3 => self.report().await,
                4 | 5 => self.settle_something().await,
                6 => self.answer_offer().await,
                _ => self.server.pass(self.rng.random_range(1..25)).await,
            };
        }
        match self.rng.random_range(0..23) {
            0..=2 => self.take_call().await,
            3 | 4 => self.go_on_with_call().await,
            5 | 6 => self.open_case().await,
            7 | 8 => self.make_job().await,
            9..=12 => self.answer_offer().await,
            13 | 14 => self.report().await,
            15 => self.call_in_others().await,
            16 => self.refer().await,
            17 => self.end_something().await,
            18..=20 => self.settle_something().await,
            _ => {
                let minutes = self.rng.random_range(1..25);
                self.server.pass(minutes).await;
            }
        }
    }

    async fn take_call(&mut self) {
        let mut body = world::call();
        let rings = self.rng.random_range(0..3) == 0;
        body["state"] = json!(if rings { "offered" } else { "answered" });
        let call = id(&self.post("/v1/calls", body).await.unwrap());
        if !rings {
            self.post(&format!("/v1/calls/{call}/hazard-answers"), json!({ "others": "no" })).await;
        }
        self.calls.push(call);
    }

    async fn go_on_with_call(&mut self) {
        let Some(call) = self.one_of(|story| &story.calls) else { return };
        let what = ["answer", "abandonment", "ending", "wrap-up", "draft"][self.rng.random_range(0..5)];
        if what == "draft" {
            let draft = self.desk.request(reqwest::Method::PUT, &format!("/v1/calls/{call}/draft"));
            told(self.desk.send(draft.json(&json!({ "memo": "水" }))).await);
        } else {
            self.post(&format!("/v1/calls/{call}/{what}"), json!({})).await;
        }
    }

    async fn open_case(&mut self) {
        let Some(call) = self.one_of(|story| &story.calls) else { return };
        let mut body = world::case(&call);
        body["liability_flag"] = json!("no");
        body["categories"] = [json!(["water"]), json!(["water", "lock"]), json!(["liability"])]
            [self.rng.random_range(0..3)]
        .clone();
        // One of three lies where nobody serves.
        if self.rng.random_range(0..3) == 0 {
            body["place"] = json!({ "postal_code": "100-2101", "address": "1" });
        }
        let opened = self.post("/v1/cases", body).await;
        self.cases.extend(opened.as_ref().map(id));
    }

    async fn make_job(&mut self) {
        let case = self.one_of(|story| &story.cases);
        let code = ["W-TOILET-CLOG", "L-KEY-LOST", "W-FAUCET-DRIP"][self.rng.random_range(0..3)];
        let made =
            self.post_of(case, |case| format!("/v1/cases/{case}/jobs"), json!({ "job_code": code })).await;
        self.jobs.extend(made.as_ref().map(id));
        self.server.settle().await;
    }

    async fn answer_offer(&mut self) {
        let who = self.rng.random_range(0..self.crews.len());
        let crew = &self.crews[who];
        let Some(offer) = world::open_offer(&crew.phone).await else { return };
        let path = format!("/v1/offers/{offer}/acceptance");
        let accepted = told(crew.phone.post(&path, json!({})).await);
        let job = accepted.and_then(|accepted| Some(accepted["assignment"]["job_id"].as_str()?.to_owned()));
        self.taken.extend(job.map(|job| (job, who)));
        self.server.settle().await;
    }

    /// A job and somebody who reports on it: mostly whoever has said yes, and mostly to one that is new.
    fn somebody(&mut self) -> Option<(String, usize)> {
        if self.taken.is_empty() || self.rng.random_range(0..8) == 0 {
            let who = self.rng.random_range(0..self.crews.len());
            return self.one_of(|story| &story.jobs).map(|job| (job, who));
        }
        let last = self.taken.len().saturating_sub(3);
        Some(self.taken[self.rng.random_range(last..self.taken.len())].clone())
    }

    async fn report(&mut self) {
        let Some((job, who)) = self.somebody() else { return };
        let item = uuid::Uuid::from_u128(self.rng.random());
        let kinds = [
            json!({ "kind": "departure" }),
            json!({ "kind": "arrival" }),
            json!({ "kind": "work_start", "work": "work" }),
            site::consent("21:00", 2),
            json!({ "kind": "part", "item": item, "name": "止水栓", "quantity": "1", "unit_price_yen": 480, "price_basis": "tax_inclusive" }),
            json!({ "kind": "work_end" }),
            json!({ "kind": "payment", "method": "cash", "amount_yen": 1_100 }),
            json!({ "kind": "completion" }),
            json!({ "kind": "no_access", "reason": "nobody_there" }),
        ];
        // Mostly in the order in which they happen; a few are the only ones that are heard of.
        let from = if self.rng.random_range(0..4) == 0 { self.rng.random_range(0..kinds.len()) } else { 0 };
        let to = self.rng.random_range(from..kinds.len());
        let apart = self.rng.random_range(0..20);
        let (now, sent) = (self.server.ctx.now(), self.reports.entry((job.clone(), who)).or_default());
        let (mut facts, mut minutes) = (Vec::new(), Vec::new());
        for (at, kind) in kinds[from..=to].iter().enumerate() {
            *sent += 1;
            let mut fact = kind.clone();
            fact["id"] = json!(uuid::Uuid::from_u128(self.rng.random()));
            fact["device_seq"] = json!(*sent);
            facts.push(fact);
            minutes.push((at as i64 - (to - from) as i64) * apart);
        }
        site::dated(&mut facts, now, &minutes);
        let body = json!({ "device": "phone", "sent_at": now, "facts": facts });
        told(self.crews[who].phone.post(&format!("/v1/jobs/{job}/facts"), body).await);
        self.server.settle().await;
    }

    async fn call_in_others(&mut self) {
        let call = self.one_of(|story| &story.calls);
        match self.rng.random_range(0..4) {
            0 => {
                let path = |call: &str| format!("/v1/calls/{call}/emergency-handovers");
                let begun = self.post_of(call, path, json!({ "service": "police" })).await;
                self.hand_overs.extend(begun.as_ref().map(id));
            }
            1 => {
                let path = |call: &str| format!("/v1/calls/{call}/interpretations");
                let asked = self.post_of(call, path, json!({ "interpreter": "int-07" })).await;
                self.interpretations.extend(asked.as_ref().map(id));
            }
            2 => {
                let begun = self.one_of(|story| &story.hand_overs);
                let step = ["connection", "ending"][self.rng.random_range(0..2)];
                self.post_of(begun, |one| format!("/v1/emergency-handovers/{one}/{step}"), json!({})).await;
            }
            _ => {
                let asked = self.one_of(|story| &story.interpretations);
                let outcome = json!({ "outcome": "joined" });
                self.post_of(asked, |one| format!("/v1/interpretations/{one}/outcome"), outcome).await;
            }
        }
    }

    async fn refer(&mut self) {
        let case = self.one_of(|story| &story.cases);
        let made = self.post_of(case, |case| format!("/v1/cases/{case}/referrals"), referral()).await;
        self.referrals.extend(made.as_ref().map(id));
        if self.rng.random_range(0..4) == 0 {
            self.post("/v1/hand-overs", json!({})).await;
        }
    }

    async fn end_something(&mut self) {
        match self.rng.random_range(0..4) {
            0 => {
                let job = self.one_of(|story| &story.jobs);
                let reason = json!({ "reason": "duplicate" });
                self.post_of(job, |job| format!("/v1/jobs/{job}/cancellation"), reason).await;
            }
            1 => {
                let job = self.one_of(|story| &story.jobs);
                let dispute = json!({ "reason": "wrong_amount", "payer": "worker" });
                self.post_of(job, |job| format!("/v1/jobs/{job}/disputes"), dispute).await;
            }
            2 => {
                let call = self.one_of(|story| &story.calls);
                let outcome = json!({ "outcome": "no_answer" });
                self.post_of(call, |call| format!("/v1/calls/{call}/call-backs"), outcome).await;
            }
            _ => {
                let case = self.one_of(|story| &story.cases);
                self.post_of(case, |case| format!("/v1/cases/{case}/closing"), json!({})).await;
            }
        }
    }
}

/// That no alarm about a thing is unresolved. Whether somebody is entitled is asked on another day, whatever becomes of the
/// trouble (E-05).
const UNTOLD: &str = "NOT EXISTS (SELECT 1 FROM alarm a WHERE a.state <> 'resolved' AND a.kind <> 'eligibility_open' AND a.subject_id = ";

/// What is neither finished nor told of, long after everybody has fallen silent: by the tables alone. A case may be left for a
/// day, a review and a dispute for four hours.
async fn silent(raw: &mut Raw) -> Vec<String> {
    let mut found = Vec::new();
    for (what, from) in [
        ("call", "call t WHERE state IN ('offered', 'answered', 'ended')".to_owned()),
        ("call back", "call t WHERE call_back = 'due'".to_owned()),
        (
            "case without a job",
            "case_file t WHERE state = 'open' AND EXISTS (SELECT 1 FROM case_category k
            WHERE k.case_id = t.id AND k.category IN ('water', 'lock')
              AND NOT EXISTS (SELECT 1 FROM job j WHERE j.case_id = t.id AND j.trade = k.category))"
                .to_owned(),
        ),
        ("no coverage", "job t WHERE state = 'no_coverage'".to_owned()),
        ("referral", "referral t WHERE state <> 'closed'".to_owned()),
        ("review", "review t WHERE state = 'open'".to_owned()),
        ("shift", "hand_over t WHERE accepted_at IS NULL".to_owned()),
        (
            "hand-over",
            "(SELECT call_id AS id FROM emergency_handover
            WHERE connected_at IS NULL AND ended_at IS NULL) t WHERE TRUE"
                .to_owned(),
        ),
        (
            "interpreter",
            "(SELECT COALESCE(call_id, job_id) AS id FROM interpretation WHERE state = 'requested') t WHERE TRUE".to_owned(),
        ),
    ] {
        let count = raw.integer(&format!("SELECT COUNT(*) FROM {from} AND {UNTOLD}t.id)")).await;
        found.extend((count > 0).then(|| format!("{count} × {what}")));
    }
    for (what, text) in [
        ("job without an instant", "SELECT COUNT(*) FROM job WHERE wake_at IS NULL AND state NOT IN ('completed', 'cancelled')"),
        ("done and neither settled nor reviewed", "SELECT COUNT(*) FROM job j WHERE state IN ('completed', 'cancelled')
            AND NOT EXISTS (SELECT 1 FROM settlement s WHERE s.job_id = j.id)
            AND NOT EXISTS (SELECT 1 FROM review r WHERE r.job_id = j.id AND r.state = 'open')"),
        ("alarm of what is finished", "SELECT COUNT(*) FROM alarm a WHERE a.state <> 'resolved' AND a.kind <> 'eligibility_open' AND (
            a.subject_id IN (SELECT id FROM call WHERE state = 'wrapped' OR call_back <> 'due')
              AND a.kind <> 'handover_not_connected'
            OR a.subject_id IN (SELECT id FROM case_file WHERE state = 'closed')
            OR a.subject_id IN (SELECT id FROM referral WHERE state = 'closed')
            OR a.subject_id IN (SELECT j.id FROM job j JOIN case_file c ON c.id = j.case_id WHERE c.state = 'closed'))"),
    ] {
        let count = raw.integer(text).await;
        found.extend((count > 0).then(|| format!("{count} × {what}")));
    }
    found
}

on_both_engines! {
    async fn whoever_falls_silent_when_nothing_is_lost(db: TestDb) {
        let server = TestServer::start(&db).await;
        let mut crews = Vec::new();
        for number in 0..3_u32 {
            let lat = 35.165 + 0.004 * f64::from(number);
            crews.push(world::crew(&server, &format!("{number}番水道"), lat, 136.91).await);
        }
        let mut raw = db.raw().await;
        let stories = if db.engine() == Engine::Sqlite { STORIES } else { STORIES_OF_A_SERVER };
        for seed in 0..stories {
            let mut story = Story {
                server: &server,
                scene: if seed % 2 == 0 { Scene::Desk } else { Scene::Site },
                desk: server.dispatcher(),
                crews: &crews,
                rng: StdRng::seed_from_u64(seed),
                calls: Vec::new(),
                cases: Vec::new(),
                jobs: Vec::new(),
                hand_overs: Vec::new(),
                interpretations: Vec::new(),
                referrals: Vec::new(),
                taken: Vec::new(),
                reports: BTreeMap::new(),
            };
            story.begin().await;
            for _ in 0..STEPS {
                story.step().await;
            }
            // Longer than anything about a caller may be left alone.
            server.pass(62).await;
            server.settle().await;
            let found = silent(&mut raw).await;
            assert_eq!(found, Vec::<String>::new(), "story {seed}");
            verify(&server).await;
            // So that the next one finds somebody free.
            for job in &story.jobs {
                let reason = json!({ "reason": "duplicate" });
                told(story.desk.post(&format!("/v1/jobs/{job}/cancellation"), reason).await);
            }
            server.settle().await;
        }
        server.pass(4 * 60 + 2).await;
        let disputes = format!(
            "SELECT COUNT(*) FROM dispute t WHERE NOT EXISTS (SELECT 1 FROM dispute_resolution r WHERE r.dispute_id = t.id) AND {UNTOLD}t.id)"
        );
        assert_eq!(raw.integer(&disputes).await, 0);
        verify(&server).await;
        server.stop().await;
    }
}
