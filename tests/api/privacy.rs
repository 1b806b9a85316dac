//! Firms see the least (Y-03), and the claims-support company nothing of cases and calls (D-02): every page is asked
//! for, with every id there is, by everybody who has no business there.

use kaketsuke::domain::actor::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    evidence,
    support::{
        db::{Engine, TestDb, on_both_engines},
        server::{Client, TestServer, id},
        world,
    },
};

/// What only the desk may see, ever: marks planted in every such field.
const DESK_ONLY: &[&str] = &[
    "MARK-CALLER",
    "MARK-WISH",
    "MARK-HOST",
    "MARK-KANA-DRAFT",
    "MARK-NOTE",
    "MARK-SYMPTOM",
    "MARK-AGE",
    "MARK-BASIS",
    "MARK-STOPGAP",
    "MARK-STOPPER",
    "MARK-LANDLORD",
    "+815255501990",
    "+815255501991",
    "mark@example.jp",
    "+819055501992",
];

/// What whoever is on the job needs, and nobody else may see (Y-03).
pub(crate) const ON_THE_JOB: &[&str] =
    &["MARK-NAME", "MARK-KANA", "+818055501993", "MARK-BUILDING", "MARK-RM", "MARK-ACCESS", "9-88-77"];

/// Ids of one of everything.
pub(crate) struct Story {
    pub(crate) job: String,
    pub(crate) ids: Vec<String>,
}

/// A case with something personal in every field there is, and a job that `near` is asked to do.
pub(crate) async fn planted(server: &TestServer) -> Story {
    let desk = server.dispatcher();
    let mut call = world::call();
    call["name"] = json!("MARK-CALLER");
    call["language_wish"] = json!("MARK-WISH");
    call["phone"] = json!("+819055501992");
    let call = id(&desk.post("/v1/calls", call).await.expect(201));
    let safe = format!("/v1/calls/{call}/hazard-answers");
    desk.post(&safe, json!({ "others": "no" })).await.expect(200);
    let mut case = world::case(&call);
    case["host_company"] = json!("MARK-HOST");
    case["language_wish"] = json!("MARK-WISH");
    case["resident"] = json!({ "name": "MARK-NAME", "name_kana": "MARK-KANA", "phone": "+818055501993" });
    case["place"] = json!({
        "postal_code": "460-0008", "address": "9-88-77", "building": "MARK-BUILDING", "room": "MARK-RM",
        "access_notes": "MARK-ACCESS",
    });
    let case = id(&desk.post("/v1/cases", case).await.expect(201));
    let second = id(&desk.post("/v1/calls", world::call()).await.expect(201));
    let draft = desk.request(Method::PUT, &format!("/v1/calls/{second}/draft"));
    desk.send(draft.json(&json!({ "memo": "MARK-KANA-DRAFT" }))).await.expect(200);
    let handover = id(&desk.post("/v1/hand-overs", json!({ "note": "MARK-NOTE" })).await.expect(201));
    let job = json!({ "job_code": "W-TOILET-CLOG" });
    let job = id(&desk.post(&format!("/v1/cases/{case}/jobs"), job).await.expect(201));
    let referral = json!({
        "reason": "wear", "stage": "triage", "component": "tap", "symptom": "MARK-SYMPTOM", "age_hint": "MARK-AGE",
        "basis_text": "MARK-BASIS", "lessee_kind": "worker", "consent_to_contact": "yes", "job_id": job,
        "stop_gap": { "description": "MARK-STOPGAP", "by": "MARK-STOPPER" },
        "recipients": [{
            "kind": "landlord", "name": "MARK-LANDLORD", "phone": "+815255501990", "emergency_phone": "+815255501991",
            "email": "mark@example.jp",
        }],
    });
    let referral = desk.post(&format!("/v1/cases/{case}/referrals"), referral).await.expect(201);
    server.settle().await;
    let picture = id(&evidence::send(&desk, &job, 40, "damage").await.expect(201));
    let offers = desk.get("/v1/offers").await.expect(200);
    let offer = id(&offers["items"][0]);
    let ids = vec![call, second, case, job.clone(), handover, id(&referral), picture, offer];
    Story { job, ids }
}

/// Every page that can be read, from the description of the API.
pub(crate) async fn pages(server: &TestServer) -> Vec<String> {
    let document = server.with(None).get("/openapi.json").await.expect(200);
    let paths = document["paths"].as_object().unwrap().iter();
    let read = paths.filter(|(_, operations)| operations["get"].is_object());
    read.map(|(path, _)| path.clone()).collect()
}

/// Everything a client can read of all pages and ids, and of a notice.
pub(crate) async fn everything(client: &Client, pages: &[String], ids: &[String]) -> String {
    let mut all = String::new();
    let mut read = async |path: &str| {
        let answer = client.request(Method::GET, path).send().await.unwrap();
        assert!(answer.status().as_u16() < 500, "{path}");
        all.push_str(&format!("\n{path}: {}", answer.text().await.unwrap()));
    };
    for page in pages {
        let page = page.replace("{tag}", "ne").replace("{code}", "W-TOILET-CLOG");
        if page.contains("{id}") {
            for id in ids {
                read(&page.replace("{id}", id)).await;
                if page.ends_with("/statement") {
                    read(&format!("{}?format=html", page.replace("{id}", id))).await;
                }
                if page.ends_with("/notices") {
                    read(&format!("{}?language=ja&to=landlord", page.replace("{id}", id))).await;
                }
            }
        } else {
            read(&page).await;
        }
    }
    all
}

#[track_caller]
pub(crate) fn holds_none(who: &str, text: &str, marks: &[&str]) {
    for mark in marks {
        // Without the sign: a number is a number however it is written.
        let mark = mark.trim_start_matches('+');
        let found = text.lines().find(|line| line.contains(mark));
        assert_eq!(found, None, "{who} sees {mark}");
    }
}

on_both_engines! {
    async fn nobody_sees_more_than_the_work_needs(db: TestDb) {
        let server = TestServer::start(&db).await;
        let near = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let story = planted(&server).await;
        let other = world::crew(&server, "別会社", 35.10, 136.80).await;
        let pages = pages(&server).await;
        assert!(pages.len() > 30, "{pages:?}");
        let marks = [DESK_ONLY, ON_THE_JOB].concat();
        // That the marks are there to be seen at all: the desk sees every one of them.
        let desk = everything(&server.dispatcher(), &pages, &story.ids).await;
        for mark in &marks {
            assert!(desk.contains(mark), "{mark} is planted nowhere");
        }
        let offer = world::open_offer(&near.phone).await.unwrap();
        let before = [
            ("asked technician", &near.phone), ("asked firm", &near.office), ("other technician", &other.phone),
            ("other firm", &other.office),
        ];
        for (who, client) in before {
            let seen = everything(client, &pages, &story.ids).await;
            holds_none(who, &seen, &marks);
            assert!(!seen.contains("JFIF") && !seen.contains("\u{FFFD}"), "{who} sees a picture");
        }
        near.phone.post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await.expect(201);
        let mut ids = story.ids.clone();
        let job = near.phone.get(&format!("/v1/jobs/{}", story.job)).await.expect(200);
        ids.extend([id(&job["assignments"][0]), near.firm.clone(), near.technician.clone()]);
        for (who, client) in [("technician", &near.phone), ("firm", &near.office)] {
            let seen = everything(client, &pages, &ids).await;
            holds_none(who, &seen, DESK_ONLY);
            for mark in ON_THE_JOB {
                assert!(seen.contains(mark), "{who} needs {mark}");
            }
        }
        for (who, client) in [("other technician", &other.phone), ("other firm", &other.office)] {
            holds_none(who, &everything(client, &pages, &ids).await, &marks);
        }
        // Off the job again, unfinished: nothing is left to be seen (Y-03).
        let back = format!("/v1/jobs/{}/reassignment", story.job);
        server.dispatcher().post(&back, json!({ "reason": "not_reachable" })).await.expect(200);
        for (who, client) in [("technician", &near.phone), ("firm", &near.office)] {
            holds_none(who, &everything(client, &pages, &ids).await, &marks);
        }
        server.stop().await;
    }

    async fn d_02_the_claims_support_company_reads_no_case_and_no_call(db: TestDb) {
        let server = TestServer::start(&db).await;
        world::crew(&server, "栄水道", 35.165, 136.91).await;
        let story = planted(&server).await;
        let claims = server.client(Role::ClaimsSupport);
        let pages = pages(&server).await;
        let marks = [DESK_ONLY, ON_THE_JOB].concat();
        holds_none("claims support", &everything(&claims, &pages, &story.ids).await, &marks);
        for path in ["/v1/cases", "/v1/calls", "/v1/jobs", "/v1/referrals", "/v1/queue", "/v1/offers"] {
            assert_eq!(claims.get(path).await.problem(), "forbidden", "{path}");
        }
        for page in pages.iter().filter(|page| page.contains("{id}") && !page.starts_with("/v1/programmes")) {
            let path = page.replace("{id}", &story.ids[2]);
            assert_eq!(claims.get(&path).await.problem(), "forbidden", "{path}");
        }
        server.stop().await;
    }

    /// Events, decisions, facts and the ledger know ids, codes and figures.
    async fn what_is_never_changed_names_nobody(db: TestDb) {
        let server = TestServer::start(&db).await;
        let near = world::crew(&server, "栄水道", 35.165, 136.91).await;
        planted(&server).await;
        let offer = world::open_offer(&near.phone).await.unwrap();
        near.phone.post(&format!("/v1/offers/{offer}/acceptance"), json!({})).await.expect(201);
        server.settle().await;
        for mark in [DESK_ONLY, ON_THE_JOB].concat() {
            for table in tables_with(&db, mark).await {
                let (table, _) = table.split_once('.').unwrap();
                let side = [
                    "call_person", "call_draft", "case_person", "case_place", "hand_over_note", "referral_text",
                    "referral_recipient", "idempotency",
                ];
                assert!(side.contains(&table), "{mark} is in {table}");
            }
        }
        server.stop().await;
    }
}

/// The text columns of the database that hold a text, as `table.column`; but for those of the gazetteer, which is there
/// before anybody calls and is too large to be read through each time.
pub(crate) async fn tables_with(db: &TestDb, text: &str) -> Vec<String> {
    let columns = match db.engine() {
        Engine::Sqlite => {
            "SELECT m.name || '.' || c.name FROM sqlite_schema m, pragma_table_info(m.name) c
             WHERE m.type = 'table' AND c.type = 'TEXT' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE '_sqlx%'
               AND m.name <> 'town'"
        }
        Engine::Postgres => {
            "SELECT table_name || '.' || column_name FROM information_schema.columns
             WHERE table_schema = 'public' AND data_type = 'text' AND table_name NOT LIKE '_sqlx%'
               AND table_name <> 'town'"
        }
    };
    let mut raw = db.raw().await;
    let columns = raw.texts(columns).await;
    assert!(columns.len() > 50, "{columns:?}");
    let mut found = Vec::new();
    for column in columns {
        let (table, name) = column.split_once('.').unwrap();
        let position = if db.engine() == Engine::Sqlite { "instr" } else { "strpos" };
        let query = format!(
            "SELECT CAST(COUNT(*) AS BIGINT) FROM {table} WHERE {position}({name}, '{}') > 0",
            text.replace('\'', "''")
        );
        if raw.integer(&query).await > 0 {
            found.push(column);
        }
    }
    found
}

/// The only event of a kind, as its data.
pub(crate) async fn events(db: &TestDb, kind: &str) -> Vec<Value> {
    let query = format!("SELECT data FROM event WHERE kind = '{kind}' ORDER BY ord");
    db.raw().await.texts(&query).await.iter().map(|data| serde_json::from_str(data).unwrap()).collect()
}
