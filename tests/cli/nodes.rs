//! Two nodes on one PostgreSQL, of which one freezes, is cut off or is killed after each step of a call: the other goes on at
//! once, and nothing is done twice.

use std::{
    process::Child,
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tokio::{task::JoinSet, time::timeout};

use super::commands::{run, serve, text};
use crate::support::{
    db::{TestDb, on_postgres},
    proxy::Proxy,
    server::{Client, id},
    world,
};

/// For nothing does the other node wait longer.
const AT_ONCE: Duration = Duration::from_secs(5);
/// After a death the other node makes the offer within two seconds of its clock; a machine that does other things takes a little
/// longer to show it.
const OFFERED: Duration = Duration::from_secs(3);
/// How long a node may take to start, or to come back: far less than a statement may take.
const BACK: Duration = Duration::from_secs(15);
/// Who asks the node while it fails, so that it is in the middle of something.
const CROWD: usize = 4;

#[derive(Debug, Clone, Copy)]
enum Fault {
    Frozen,
    CutOff,
    Killed,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Rings,
    Answered,
    JobMade,
    Offered,
    Accepted,
    Reported,
    Completed,
}

const STEPS: [Step; 7] = [
    Step::Rings,
    Step::Answered,
    Step::JobMade,
    Step::Offered,
    Step::Accepted,
    Step::Reported,
    Step::Completed,
];

/// A node as a process.
struct Node {
    process: Child,
    base: String,
}

impl Node {
    fn start(url: &str) -> Self {
        let (process, base) = serve(url);
        Self { process, base }
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.process), signal).unwrap();
    }

    /// Until it is ready.
    async fn ready(&self, within: Duration) {
        let nobody = Client::at(&self.base, None);
        let ready = async { while nobody.get("/readyz").await.status.as_u16() != 200 {} };
        timeout(within, ready).await.expect("it is ready");
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Fault {
    fn strike(self, node: &mut Node, network: &Proxy) {
        match self {
            Self::Frozen => node.signal(Signal::STOP),
            Self::CutOff => network.cut(),
            Self::Killed => node.process.kill().unwrap(),
        }
    }

    async fn pass(self, node: &mut Node, network: &Proxy, db: &TestDb) {
        match self {
            Self::Frozen => node.signal(Signal::CONT),
            Self::CutOff => network.mend(),
            Self::Killed => *node = Node::start(&network.url(db)),
        }
        node.ready(BACK).await;
    }
}

/// Those who speak with the service.
struct People {
    desk: Client,
    phone: Client,
}

impl People {
    /// A dispatcher, and the one technician there is.
    async fn register(db: &TestDb, base: &str) -> Self {
        let issued = run(db, &["token", "issue", "--role", "administrator", "--name", "管理"]);
        assert!(issued.status.success(), "{}", text(&issued.stderr));
        let office = Client::at(base, Some(text(&issued.stdout).trim()));
        let firm = id(&office.post("/v1/firms", world::firm("栄水道")).await.expect(201));
        let technician = world::technician("栄太郎", &["water"], world::point(35.165, 136.91));
        let path = format!("/v1/firms/{firm}/technicians");
        let technician = id(&office.post(&path, technician).await.expect(201));
        let token = async |body: Value| {
            let issued = office.post("/v1/tokens", body).await.expect(201);
            Client::at(base, issued["secret"].as_str())
        };
        Self {
            desk: token(json!({ "name": "夜勤", "role": "dispatcher" })).await,
            phone: token(json!({ "name": "栄", "role": "technician", "technician_id": technician })).await,
        }
    }

    fn at(&self, node: &Node) -> Self {
        Self { desk: self.desk.elsewhere(&node.base), phone: self.phone.elsewhere(&node.base) }
    }
}

/// One call, as far as it has come.
#[derive(Default)]
struct Story {
    name: String,
    call: Option<String>,
    case: Option<String>,
    job: Option<String>,
    offer: Option<String>,
    assignment: Option<String>,
    /// When the job was accepted.
    at: Value,
}

/// What is answered again names what was made first.
fn same<'s>(kept: &'s mut Option<String>, made: &Value) -> &'s str {
    let made = id(made);
    let kept = kept.get_or_insert_with(|| made.clone());
    assert_eq!(*kept, made, "one effect a key");
    kept
}

impl Story {
    /// Takes a step, or once more the one it took.
    async fn take(&mut self, step: Step, people: &People) {
        let People { desk, phone } = people;
        let key = |what: &str| format!("{}-{what}", self.name);
        let call = format!("/v1/calls/{}", self.call.as_deref().unwrap_or_default());
        match step {
            Step::Rings => {
                let mut body = world::call();
                body["state"] = json!("offered");
                let rings = desk.post_as(&key("call"), "/v1/calls", body).await.expect(201);
                same(&mut self.call, &rings);
            }
            Step::Answered => {
                desk.post_as(&key("answer"), &format!("{call}/answer"), json!({})).await.expect(200);
                let answers = format!("{call}/hazard-answers");
                desk.post_as(&key("hazards"), &answers, json!({ "others": "no" })).await.expect(200);
            }
            Step::JobMade => {
                let case = world::case(self.call.as_deref().unwrap());
                let (opened, made) = (key("case"), key("job"));
                let case = desk.post_as(&opened, "/v1/cases", case).await.expect(201);
                let path = format!("/v1/cases/{}/jobs", same(&mut self.case, &case));
                let job = desk.post_as(&made, &path, json!({ "job_code": "W-TOILET-CLOG" })).await;
                same(&mut self.job, &job.expect(201));
            }
            Step::Offered => {
                let offer = loop {
                    if let Some(offer) = world::open_offer(phone).await {
                        break offer;
                    }
                };
                same(&mut self.offer, &json!({ "id": offer }));
            }
            Step::Accepted => {
                let path = format!("/v1/offers/{}/acceptance", self.offer.as_deref().unwrap());
                let yes = phone.post_as(&key("yes"), &path, json!({})).await.expect(201);
                same(&mut self.assignment, &yes["assignment"]);
                self.at = yes["assignment"]["assigned_at"].clone();
            }
            Step::Reported => self.report(phone, 1, &[json!({ "kind": "departure" })], "en_route").await,
            Step::Completed => {
                let work = json!({ "kind": "work_start", "work": "work" });
                let kind = |kind: &str| json!({ "kind": kind });
                let facts = [kind("arrival"), work, kind("work_end"), kind("completion")];
                self.report(phone, 2, &facts, "completed").await;
            }
        }
    }

    /// Reports from the site, numbered from `seq`; what was reported before is the same report.
    async fn report(&self, phone: &Client, seq: u128, kinds: &[Value], state: &str) {
        let job = self.job.as_deref().unwrap();
        let number: u128 = job.parse::<uuid::Uuid>().unwrap().as_u128();
        let facts = kinds.iter().zip(seq..).map(|(kind, seq)| {
            let mut fact = json!({ "id": uuid::Uuid::from_u128(number ^ seq), "device_seq": seq });
            fact["device_time"] = self.at.clone();
            fact.as_object_mut().unwrap().extend(kind.as_object().unwrap().clone());
            fact
        });
        let batch = json!({ "device": self.name, "facts": facts.collect::<Vec<_>>() });
        let request = phone.request(reqwest::Method::POST, &format!("/v1/jobs/{job}/facts"));
        let receipt = phone.send(request.json(&batch)).await.expect(200);
        assert_eq!(receipt["job_state"], state, "{receipt}");
    }
}

/// Takes calls at a node until it fails; answers the keys under which it was last asked.
struct Crowd {
    tasks: JoinSet<String>,
}

static CALLS: AtomicUsize = AtomicUsize::new(0);

async fn take_call(desk: &Client, key: &str) -> Result<(), ()> {
    let request = desk.request(reqwest::Method::POST, "/v1/calls").header("Idempotency-Key", key);
    let answer = request.json(&world::call()).timeout(AT_ONCE / 5).send().await.map_err(|_| ())?;
    if answer.status().as_u16() == 201 { Ok(()) } else { Err(()) }
}

impl Crowd {
    fn at(desk: &Client) -> Self {
        let mut tasks = JoinSet::new();
        for _ in 0..CROWD {
            let desk = desk.clone();
            tasks.spawn(async move {
                loop {
                    let key = format!("crowd-{}", CALLS.fetch_add(1, SeqCst));
                    if take_call(&desk, &key).await.is_err() {
                        break key;
                    }
                }
            });
        }
        Self { tasks }
    }

    /// What was not answered is asked of the other node.
    async fn go_to(self, desk: &Client) {
        let keys = self.tasks.join_all().await;
        let asked = keys.iter().map(async |key| {
            desk.post_as(key, "/v1/calls", world::call()).await.expect(201);
        });
        timeout(AT_ONCE, join_all(asked)).await.expect("answered at once");
    }
}

async fn play(
    fault: Fault,
    healthy: &Node,
    failing: &mut Node,
    network: &Proxy,
    people: &People,
    db: &TestDb,
) {
    let mut story = Story { name: format!("{fault:?}"), ..Story::default() };
    let here = people.at(healthy);
    for step in STEPS {
        let there = people.at(failing);
        let crowd = Crowd::at(&there.desk);
        story.take(step, &there).await;
        fault.strike(failing, network);
        let struck = Instant::now();
        let again = timeout(AT_ONCE, story.take(step, &here)).await;
        assert!(again.is_ok(), "{fault:?} after {step:?}: the other node answers");
        if let Step::JobMade = step {
            let offered = async { while world::open_offer(&here.phone).await.is_none() {} };
            let limit = OFFERED.saturating_sub(struck.elapsed());
            assert!(timeout(limit, offered).await.is_ok(), "{fault:?}: the other node makes the offer");
        }
        healthy.ready(AT_ONCE).await;
        crowd.go_to(&here.desk).await;
        fault.pass(failing, network, db).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_node_leaves_the_other_goes_on_with_at_once() {
    kaketsuke::server::provide_tls();
    on_postgres(|db| async move {
        let network = Proxy::before(&db);
        let healthy = Node::start(db.url());
        let mut failing = Node::start(&network.url(&db));
        let people = People::register(&db, &healthy.base).await;
        for fault in [Fault::Frozen, Fault::CutOff, Fault::Killed] {
            play(fault, &healthy, &mut failing, &network, &people, &db).await;
        }
        // One effect a key: those of the three stories, and the crowd's.
        let mut raw = db.raw().await;
        let calls = i64::try_from(CALLS.load(SeqCst)).unwrap();
        assert_eq!(raw.integer("SELECT count(*) FROM call WHERE case_id IS NULL").await, calls);
        for (what, number) in [("case_file", 3), ("job", 3), ("offer", 3), ("assignment", 3), ("fact", 15)] {
            assert_eq!(raw.integer(&format!("SELECT count(*) FROM {what}")).await, number, "{what}");
        }
        assert_eq!(raw.integer("SELECT count(*) FROM job WHERE state = 'completed'").await, 3);
    })
    .await;
}
