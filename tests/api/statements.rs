//! What each page that can be read asks of the database: so many statements at most, in one snapshot, however much there
//! is.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::{
    evidence, referrals,
    support::{
        asked::so_far,
        db::{TestDb, on_both_engines},
        receiver::{Receiver, until},
        server::{TestServer, id},
        site::{self, Device},
        world::{self, Crew},
    },
};

/// Nothing but the reference data.
const NONE: u32 = 0;
/// One thing: one row, or few.
const ONE: u32 = 6;
/// One job and everything around it.
const JOB: u32 = 15;
/// A list of any length.
const LIST: u32 = 6;
/// Nine kinds of rows for the figures.
const FIGURES: u32 = 9;

/// Every page that can be read: its route, its limit, and how it is asked for here.
#[rustfmt::skip]
const LIMITS: &[(&str, u32, &str)] = &[
    ("/v1/me",                             NONE, "/v1/me"),
    ("/v1/tokens",                         LIST, "/v1/tokens?limit=200"),
    ("/v1/users",                          LIST, "/v1/users?limit=200"),
    ("/v1/firms",                          LIST, "/v1/firms?limit=200"),
    ("/v1/firms/{id}",                     ONE,  "/v1/firms/{firm}"),
    ("/v1/firms/{id}/technicians",         LIST, "/v1/firms/{firm}/technicians?limit=200"),
    ("/v1/firms/{id}/roster",              LIST, "/v1/firms/{firm}/roster?from=2026-11-23&to=2026-11-24"),
    ("/v1/technicians/{id}",               ONE,  "/v1/technicians/{technician}"),
    ("/v1/technician-proposals",           LIST, "/v1/technician-proposals?limit=200"),
    ("/v1/technicians/{id}/shift-entries", LIST, "/v1/technicians/{technician}/shift-entries?limit=200"),
    ("/v1/shift-swaps/{id}",               ONE,  "/v1/shift-swaps/{swap}"),
    ("/v1/roster-lint",                    LIST, "/v1/roster-lint?from=2026-11-29&days=1"),
    ("/v1/places",                         LIST, "/v1/places?postal_code=460-0008"),
    ("/v1/candidates",                     JOB,  "/v1/candidates?job_code=W-TOILET-CLOG&lat=35.168&lon=136.908&jis_code=23106"),
    ("/v1/calls",                          LIST, "/v1/calls?limit=200"),
    ("/v1/calls/{id}",                     JOB,  "/v1/calls/{call}"),
    ("/v1/calls/{id}/draft",               ONE,  "/v1/calls/{call}/draft"),
    ("/v1/calls/{id}/hazard-answers",      ONE,  "/v1/calls/{call}/hazard-answers"),
    ("/v1/calls/{id}/duplicates",          LIST, "/v1/calls/{call}/duplicates"),
    ("/v1/hand-overs/{id}",                ONE,  "/v1/hand-overs/{hand-over}"),
    ("/v1/languages",                      NONE, "/v1/languages"),
    ("/v1/languages/{tag}",                NONE, "/v1/languages/ne"),
    ("/v1/consent-texts",                  NONE, "/v1/consent-texts"),
    ("/v1/consent-texts/{version}/{language}", NONE, "/v1/consent-texts/C-1.1/en"),
    ("/v1/cases",                          LIST, "/v1/cases?limit=200"),
    ("/v1/cases/{id}",                     JOB,  "/v1/cases/{case}"),
    ("/v1/cases/{id}/referrals",           LIST, "/v1/cases/{case}/referrals"),
    ("/v1/job-codes",                      NONE, "/v1/job-codes"),
    ("/v1/job-codes/{code}",               NONE, "/v1/job-codes/W-TOILET-CLOG"),
    ("/v1/common-area-aid",                NONE, "/v1/common-area-aid?component=stack"),
    ("/v1/out-of-scope",                   NONE, "/v1/out-of-scope"),
    ("/v1/referrals",                      LIST, "/v1/referrals?limit=200"),
    ("/v1/referrals/{id}",                 JOB,  "/v1/referrals/{referral}"),
    ("/v1/referrals/{id}/notices",         JOB,  "/v1/referrals/{referral}/notices?language=ja&to=landlord"),
    ("/v1/jobs",                           LIST, "/v1/jobs?limit=200"),
    ("/v1/jobs/{id}",                      JOB,  "/v1/jobs/{job}"),
    ("/v1/jobs/{id}/decisions",            JOB,  "/v1/jobs/{job}/decisions"),
    ("/v1/jobs/{id}/messages",             JOB,  "/v1/jobs/{job}/messages"),
    ("/v1/jobs/{id}/windows",              JOB,  "/v1/jobs/{tap}/windows?days=1"),
    ("/v1/jobs/{id}/appointment",          JOB,  "/v1/jobs/{booked}/appointment"),
    ("/v1/jobs/{id}/facts",                JOB,  "/v1/jobs/{job}/facts"),
    ("/v1/jobs/{id}/evidence",             JOB,  "/v1/jobs/{job}/evidence"),
    ("/v1/jobs/{id}/statement",            JOB,  "/v1/jobs/{job}/statement"),
    ("/v1/jobs/{id}/payer-authorities",    JOB,  "/v1/jobs/{job}/payer-authorities"),
    ("/v1/jobs/{id}/payments",             JOB,  "/v1/jobs/{job}/payments"),
    ("/v1/jobs/{id}/disputes",             JOB,  "/v1/jobs/{job}/disputes"),
    ("/v1/queue",                          LIST, "/v1/queue"),
    ("/v1/fleet",                          LIST, "/v1/fleet"),
    ("/v1/outlines",                       LIST, "/v1/outlines"),
    ("/v1/alarms",                         LIST, "/v1/alarms?limit=200"),
    ("/v1/offers",                         LIST, "/v1/offers?limit=200"),
    ("/v1/offers/{id}",                    ONE,  "/v1/offers/{offer}"),
    ("/v1/assignments/{id}/order-note",    JOB,  "/v1/assignments/{assignment}/order-note"),
    ("/v1/evidence/{id}",                  ONE,  "/v1/evidence/{evidence}"),
    ("/v1/read-log",                       LIST, "/v1/read-log?limit=200"),
    ("/v1/retention-runs",                 LIST, "/v1/retention-runs"),
    ("/v1/reviews",                        LIST, "/v1/reviews?limit=200"),
    ("/v1/reviews/{id}",                   JOB,  "/v1/reviews/{review}"),
    ("/v1/ledger-lines",                   LIST, "/v1/ledger-lines?limit=200"),
    ("/v1/payments",                       LIST, "/v1/payments?limit=200"),
    ("/v1/disputes",                       LIST, "/v1/disputes?limit=200"),
    ("/v1/billing-consumers",              LIST, "/v1/billing-consumers?limit=200"),
    ("/v1/billing-consumers/{id}",         ONE,  "/v1/billing-consumers/{consumer}"),
    ("/v1/billing-consumers/{id}/lines",   LIST, "/v1/billing-consumers/{consumer}/lines"),
    ("/v1/webhooks",                       LIST, "/v1/webhooks?limit=200"),
    ("/v1/webhooks/{id}",                  ONE,  "/v1/webhooks/{webhook}"),
    ("/v1/messages",                       LIST, "/v1/messages?limit=200"),
    ("/v1/messages/{id}",                  ONE,  "/v1/messages/{message}"),
    ("/v1/blocks",                         LIST, "/v1/blocks?limit=200"),
    ("/v1/kpis",                           FIGURES, "/v1/kpis"),
    ("/v1/programmes",                     NONE, "/v1/programmes"),
    ("/v1/programmes/{id}",                NONE, "/v1/programmes/000"),
];

/// How many there are at first of what lists list, and later.
const FEW: usize = 3;
const MANY: usize = 30;

/// A night with everything in it.
struct Night {
    server: TestServer,
    receiver: Receiver,
    crews: Vec<Crew>,
    /// Ids by what they stand for in the paths of the table.
    ids: BTreeMap<&'static str, String>,
    /// How many there are of what lists list.
    count: usize,
}

impl Night {
    async fn begin(db: &TestDb) -> Self {
        let receiver = Receiver::start(Some(204)).await;
        let server = TestServer::start_telling(db, None).await;
        let crews = vec![world::crew(&server, "栄水道", 35.165, 136.91).await];
        let mut night = Self { server, receiver, crews, ids: BTreeMap::new(), count: 0 };
        night.tell().await;
        night.work().await;
        night.talk().await;
        night.grow(FEW).await;
        night
    }

    fn keep(&mut self, what: &'static str, id: String) {
        self.ids.insert(what, id);
    }

    async fn tell(&mut self) {
        let kinds = json!(["offer.made", "offer.accepted", "case.opened"]);
        let body = json!({ "url": self.receiver.url, "kinds": kinds });
        let webhook = self.server.administrator().post("/v1/webhooks", body).await.expect(201);
        self.keep("webhook", id(&webhook));
        let consumer = json!({ "name": "経理" });
        let consumer = self.server.administrator().post("/v1/billing-consumers", consumer).await.expect(201);
        self.keep("consumer", id(&consumer));
    }

    /// Jobs with reports, lines, pictures, a payment and a dispute. The one technician is said to have worked on all of
    /// them at the same time, so that each but the first is a review.
    async fn work(&mut self) {
        let desk = self.server.dispatcher();
        let begun = self.server.ctx.now();
        let mut jobs = Vec::new();
        for _ in 0..3 {
            jobs.push(world::job(&self.server).await);
        }
        self.server.pass(120).await;
        for (number, job) in (0..).zip(jobs) {
            // Agreed by telephone, and begun before the desk wrote it down.
            let given = json!({ "technician_id": self.crews[0].technician, "reason": "volunteered" });
            desk.post(&format!("/v1/jobs/{job}/override"), given).await.expect(201);
            evidence::send(&self.crews[0].phone, &job, number, "photo_before").await.expect(201);
            let mut phone = Device::new(&job, "phone");
            let mut facts = site::work(&mut phone, "21:10", "21:40");
            site::dated(&mut facts, begun, &[10, 10, 40, 40]);
            phone.send(&self.server, &self.crews[0].phone, &facts).await.expect(200);
            let paid = json!({
                "kind": "cash_on_site", "method": "cash", "payer": "worker", "amount_yen": 500,
                "received_at": site::clock("21:40"), "reference": "R-1", "confirm": ["nothing_owed"],
            });
            desk.post(&format!("/v1/jobs/{job}/payments"), paid).await.expect(201);
            self.keep("job", job);
        }
        self.server.settle().await;
        let job = self.ids["job"].clone();
        let whole = desk.get(&format!("/v1/jobs/{job}")).await.expect(200);
        self.keep("case", whole["case_id"].as_str().unwrap().to_owned());
        self.keep("offer", id(&whole["offers"][0]));
        self.keep("assignment", id(&whole["assignments"][0]));
        let pictures = desk.get(&format!("/v1/jobs/{job}/evidence")).await.expect(200);
        self.keep("evidence", id(&pictures["items"][0]));
        let reviews = self.server.administrator().get("/v1/reviews").await.expect(200);
        assert!(!reviews["items"].as_array().unwrap().is_empty(), "nothing is doubtful");
        self.keep("review", id(&reviews["items"][0]));
        let path = format!("/v1/cases/{}/referrals", self.ids["case"]);
        let referral = desk.post(&path, referrals::referral()).await.expect(201);
        self.keep("referral", id(&referral));
    }

    /// A call that is being taken, a visit, a roster that was changed.
    async fn talk(&mut self) {
        let desk = self.server.dispatcher();
        let (firm, technician) = (self.crews[0].firm.clone(), self.crews[0].technician.clone());
        let call = world::safe_call(&self.server).await;
        let draft = desk.request(reqwest::Method::PUT, &format!("/v1/calls/{call}/draft"));
        desk.send(draft.json(&json!({ "name": "Ram" }))).await.expect(200);
        let hand_over = desk.post("/v1/hand-overs", json!({ "note": "申し送り" })).await.expect(201);
        let mut body = world::technician("同僚", &["water"], world::point(35.16, 136.90));
        body["shifts"] = json!([]);
        let path = format!("/v1/firms/{firm}/technicians");
        let mate = id(&self.server.administrator().post(&path, body).await.expect(201));
        let swap = json!({
            "giver_id": technician, "taker_id": mate, "starts_at": "2026-11-25T00:00:00+09:00",
            "ends_at": "2026-11-26T00:00:00+09:00",
        });
        let swap = id(&self.crews[0].office.post("/v1/shift-swaps", swap).await.expect(201));
        for what in ["tap", "booked"] {
            let case = world::opened_case(&self.server).await;
            let drip = json!({ "job_code": "W-FAUCET-DRIP", "priority": "P3" });
            let job = id(&desk.post(&format!("/v1/cases/{case}/jobs"), drip).await.expect(201));
            self.keep(what, job);
        }
        let visit = json!({
            "technician_id": technician, "starts_at": "2026-11-24T10:00:00+09:00", "ends_at": "2026-11-24T12:00:00+09:00",
        });
        desk.post(&format!("/v1/jobs/{}/appointment", self.ids["booked"]), visit).await.expect(201);
        for (what, id) in [
            ("call", call),
            ("hand-over", id(&hand_over)),
            ("swap", swap),
            ("firm", firm),
            ("technician", technician),
        ] {
            self.keep(what, id);
        }
    }

    /// Until there are so many of what lists list.
    async fn grow(&mut self, count: usize) {
        let (desk, administrator) = (self.server.dispatcher(), self.server.administrator());
        for number in self.count..count {
            self.crews.push(world::crew(&self.server, &format!("水道{number}"), 35.15, 136.9).await);
            let phone = format!("+8180555{number:05}");
            let block = json!({ "firm_id": self.crews[0].firm, "phone": phone, "reason": "dispute" });
            desk.post("/v1/blocks", block).await.expect(201);
            administrator
                .post("/v1/billing-consumers", json!({ "name": format!("経理{number}") }))
                .await
                .expect(201);
            let user = json!({
                "login": format!("desk{number}"), "name": "佐藤", "role": "dispatcher",
                "password": "correct horse battery",
            });
            administrator.post("/v1/users", user).await.expect(201);
            let case = world::opened_case(&self.server).await;
            desk.post(&format!("/v1/cases/{case}/referrals"), referrals::referral()).await.expect(201);
            world::job(&self.server).await;
            let entry = json!({
                "kind": "on_call", "starts_at": format!("2026-12-{:02}T00:00:00+09:00", number + 1),
                "ends_at": format!("2026-12-{:02}T12:00:00+09:00", number + 1),
            });
            let path = format!("/v1/technicians/{}/shift-entries", self.crews[0].technician);
            administrator.post(&path, entry).await.expect(201);
        }
        self.count = count;
        self.server.settle().await;
        let told = || async { !messages(&self.server).await.is_empty() };
        until("somebody is told", told).await;
        let message = id(&messages(&self.server).await[0]);
        self.keep("message", message);
    }

    fn path(&self, template: &str) -> String {
        self.ids.iter().fold(template.to_owned(), |path, (what, id)| path.replace(&format!("{{{what}}}"), id))
    }

    /// Statements and transactions of one request.
    async fn asks(&self, route: &str, template: &str) -> (u32, u32) {
        let path = self.path(template);
        let before = so_far(&self.server, route).await;
        let client = self.server.administrator();
        let answer = client.request(reqwest::Method::GET, &path).send().await.unwrap();
        let status = answer.status();
        assert!(status.is_success(), "{path}: {status} {}", answer.text().await.unwrap());
        let after = so_far(&self.server, route).await;
        let [statements, transactions] = [0, 1].map(|at| after[at] - before[at]);
        (statements, transactions)
    }
}

async fn messages(server: &TestServer) -> Vec<Value> {
    let listed = server.administrator().get("/v1/messages?limit=200").await.expect(200);
    listed["items"].as_array().unwrap().clone()
}

on_both_engines! {
    async fn every_page_stays_below_its_limit_however_much_there_is(db: TestDb) {
        let mut night = Night::begin(&db).await;
        let document = night.server.with(None).get("/openapi.json").await.expect(200);
        let described: BTreeSet<_> = document["paths"].as_object().unwrap().iter()
            .filter(|(_, operations)| operations.get("get").is_some())
            .map(|(path, _)| path.as_str())
            .collect();
        let limited: BTreeSet<_> = LIMITS.iter().map(|row| row.0).collect();
        assert_eq!(described, limited, "a page is missing from the table of limits, or from the API");
        let mut few = BTreeMap::new();
        let mut complaints = Vec::new();
        for (route, limit, path) in LIMITS {
            let (statements, transactions) = night.asks(route, path).await;
            if statements > *limit || transactions > 1 {
                complaints.push(format!("{route}: {statements} of {limit} statements, {transactions} transactions"));
            }
            few.insert(route, statements);
        }
        night.grow(MANY).await;
        for (route, _, path) in LIMITS {
            let (statements, transactions) = night.asks(route, path).await;
            if statements != few[route] || transactions > 1 {
                complaints.push(format!("{route}: {statements} statements, {transactions} transactions, of more"));
            }
        }
        assert!(complaints.is_empty(), "{}", complaints.join("\n"));
        night.server.stop().await;
    }
}
